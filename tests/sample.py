"""A small office with round figures, for tests that need one whole: who sold what, and when.

Team East: 张三 and 李四; team West: 王五; 钱经理 leads. October 2026, by contract date:
张三 300,000 (and half of a shared deal of 100,000), 李四 the other half, 王五 none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from salesdesk.calc import periods
from salesdesk.customers import activities, customers
from salesdesk.office import founding, measures, people
from salesdesk.planning import plans, splitting, targets
from salesdesk.planning.places import OFFICE, Place, person
from salesdesk.sales import deals, payments, products, selling
from salesdesk.workspace import Workspace


@dataclass(frozen=True)
class Sample:
    """The office's file and the ids of what is in it."""

    path: Path
    manager: int
    zhang: int
    li: int
    wang: int
    plan: int
    customer: int


def sample_office(path: Path, *, kind: str = "shop", password: str | None = None) -> Sample:
    """Make the office at ``path``; it is closed again."""
    with founding.new_office(
        path, name="青山电脑", kind=kind, founder="钱经理", password=password
    ) as workspace:
        return _filled(workspace)


def _filled(workspace: Workspace) -> Sample:
    with workspace.change("Set up") as change:
        east, west = people.add_team(change, "East"), people.add_team(change, "West")
        zhang = people.add_person(change, "张三", team_id=east)
        li = people.add_person(change, "李四", team_id=east)
        wang = people.add_person(change, "王五", team_id=west)
        laptop = products.add_product(
            change, "商用笔记本", category="笔记本", unit="台", price=500_000, cost=440_000,
            profit_floor=30_000, commission_rate=100,
        )  # fmt: skip
        tower = products.add_product(
            change, "台式机", category="整机", unit="台", price=400_000, cost=350_000
        )
        lin = customers.add(
            change, name="林先生", company="东风学校", phones="13800001111", source="Referral",
            grade="A", owner_id=zhang, needs="三十台办公用机", registered_on=date(2026, 10, 8),
        )  # fmt: skip
        customers.add(
            change, name="周女士", phones="13900002222", source="Walk-in", grade="B",
            owner_id=li, registered_on=date(2026, 10, 9),
        )  # fmt: skip
    with workspace.change("Sell") as change:
        selling.add_deal(
            change, customer_id=lin, product_id=laptop, amount=30_000_000, quantity=60,
            shares=[deals.Share(zhang, 10_000)], stages={"contracted": date(2026, 10, 12)},
        )  # fmt: skip
        shared = selling.add_deal(
            change, customer_id=lin, product_id=tower, amount=10_000_000, quantity=25,
            shares=[deals.Share(zhang, 5_000), deals.Share(li, 5_000)],
            stages={"intention": date(2026, 10, 10), "contracted": date(2026, 10, 20)},
        )  # fmt: skip
        payments.add_payment(
            change, shared, 4_000_000, due_on=date(2026, 10, 25), paid_on=date(2026, 10, 25)
        )
        payments.add_payment(change, shared, 6_000_000, due_on=date(2026, 10, 30))
        for number in range(3):
            activities.log(
                change, person_id=zhang, kind="effective_call", customer_id=lin,
                at=datetime(2026, 10, 13, 9 + number), words="谈配置",
            )  # fmt: skip
        activities.log(
            change, person_id=li, kind="visit", at=datetime(2026, 10, 14, 15), words="上门"
        )
    with workspace.change("Plan") as change:
        db = change.connection
        amount = measures.measure_with_code(db, "amount")
        year, october = periods.year(2026), periods.month(2026, 10)
        plan = plans.new_plan(change, title="2026 销售计划", period=year)
        cells = {
            Place(OFFICE, year): 480_000_000,
            Place(OFFICE, october): 40_000_000,
            Place(person(zhang), year): 240_000_000,
            Place(person(zhang), october): 25_000_000,
            Place(person(li), october): 15_000_000,
        }
        targets.set_values(change, plan, amount.id, "assigned", cells)
        targets.set_values(change, plan, amount.id, "goal", {Place(OFFICE, october): 45_000_000})
        splitting.split_time(
            change, plan, amount, "assigned", Place(person(zhang), october), "week"
        )
    return Sample(workspace.path, 1, zhang, li, wang, plan, lin)
