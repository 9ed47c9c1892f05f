"""Small offices made by hand, for tests that say themselves what is in them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from salesdesk.calc.periods import parse
from salesdesk.customers import customers
from salesdesk.office import people, rights
from salesdesk.office.founding import new_office
from salesdesk.office.measures import Measure, measure_with_code
from salesdesk.office.tables import setting
from salesdesk.planning import grid, plans, targets
from salesdesk.planning.places import OFFICE, Place, Who
from salesdesk.sales import deals, products, selling
from salesdesk.storage.edits import UNSET, Unset
from salesdesk.workspace import Workspace

#: The day the tests' offices work on: a Monday.
TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Staff:
    """The ids of what :func:`staffed_office` enters.

    Team East has Ann and Bob, team West has Cleo; Max manages and belongs to no team.
    """

    max: int = 1
    east: int = 1
    west: int = 2
    ann: int = 2
    bob: int = 3
    cleo: int = 4
    laptop: int = 1  # 5,000 yuan, costs 4,400, floor 300, commission 1 %
    tower: int = 2  # 4,000 yuan, costs 3,500
    lin: int = 1  # Ann's customer, grade A, registered on 1 October 2026
    zhou: int = 2  # Cleo's customer, grade C, registered on 1 October 2026


STAFF = Staff()


def found(folder: Path, *, kind: str = "b2b", password: str | None = None) -> Workspace:
    """A new office with nobody in it but Max, its manager."""
    path = folder / "small.office"
    return new_office(path, name="Riverside", kind=kind, founder="Max", password=password)


@contextmanager
def staffed_office(folder: Path, kind: str = "b2b") -> Iterator[Workspace]:
    """An office with :class:`Staff` in it, open, with Max at work."""
    path = folder / "small.office"
    path.write_bytes(_staffed(kind))
    with Workspace.open(path) as workspace:
        workspace.work_as(STAFF.max, "Max")
        yield workspace


@cache
def _staffed(kind: str) -> bytes:
    """The file of such an office, made once for each kind."""
    with tempfile.TemporaryDirectory() as folder:
        with found(Path(folder), kind=kind) as workspace:
            employ(workspace)
        # Closed, the office is one file: the log has gone into it.
        assert not Path(f"{workspace.path}-wal").exists()
        return workspace.path.read_bytes()


def employ(workspace: Workspace) -> None:
    """Enter what :class:`Staff` names in a new office."""
    with workspace.unrecorded() as change:
        east, west = people.add_team(change, "East"), people.add_team(change, "West")
        ann = people.add_person(change, "Ann", team_id=east)
        people.add_person(change, "Bob", team_id=east)
        cleo = people.add_person(change, "Cleo", team_id=west)
        products.add_product(
            change, "Laptop", category="Computers", price=5_000_00, cost=4_400_00,
            profit_floor=300_00, commission_rate=100,
        )  # fmt: skip
        products.add_product(change, "Tower", category="Computers", price=4_000_00, cost=3_500_00)
        day = date(2026, 10, 1)
        customers.add(
            change, name="林先生", company="东风学校", phones="138 0000 1111", grade="A",
            owner_id=ann, source="Referral", registered_on=day,
        )  # fmt: skip
        customers.add(change, name="周女士", grade="C", owner_id=cleo, registered_on=day)


def trust_everybody(workspace: Workspace) -> None:
    """Give every role every right for the whole office: for tests that aren't about rights."""
    everything = {code: dict.fromkeys(people.ROLES, "office") for code in rights.RIGHTS}
    with workspace.unrecorded() as change:
        if not rights.adjusted(change.connection):
            change.insert(setting, key=rights.SETTING, value=json.dumps(everything))


# -- short ways to say what is in an office -------------------------------------------------------


def measure(workspace: Workspace, code: str = "amount") -> Measure:
    """The measure with a code."""
    return workspace.read(measure_with_code, code)


def place(key: str, who: Who = OFFICE) -> Place:
    """The place of the period with a key (2026, 2026-Q4, 2026-11, 2026-11-W2)."""
    return Place(who, parse(key))


def plan_for(workspace: Workspace, key: str = "2026", *, who: Who = OFFICE) -> int:
    """A plan for the period with a key; its id."""
    with workspace.change("New plan") as change:
        return plans.new_plan(change, title=f"Plan {key}", period=parse(key), who=who)


def set_targets(
    workspace: Workspace,
    plan_id: int,
    wanted: Mapping[Place, int | None],
    *,
    code: str = "amount",
    tier: str = "assigned",
) -> None:
    """Enter targets."""
    with workspace.change("Set targets") as change:
        targets.set_values(change, plan_id, measure(workspace, code).id, tier, wanted)


def targets_of(
    workspace: Workspace, plan_id: int, *, code: str = "amount", tier: str = "assigned"
) -> dict[tuple[str, Who], int]:
    """What is entered in a plan, by the period's key and whose it is."""
    stored = workspace.read(targets.values, plan_id, measure(workspace, code).id, tier)
    return {(at.period.key, at.who): cell.value for at, cell in stored.items()}


def grid_of(
    workspace: Workspace, plan_id: int, *, code: str = "amount", tier: str = "assigned"
) -> grid.Grid:
    """The split grid."""
    return workspace.read(grid.read, plan_id, measure(workspace, code).id, tier)


def sell(
    workspace: Workspace,
    amount: int,
    day: date,
    *,
    shares: Mapping[int, int] | None = None,
    product_id: int = STAFF.laptop,
    quantity: int = 1,
    cost: int | Unset | None = UNSET,
    stage: str = "contracted",
    customer_id: int = STAFF.lin,
) -> int:
    """A deal of ``amount`` cents dated in one stage; Ann's alone unless shared. Its id."""
    parts = [deals.Share(one, points) for one, points in (shares or {STAFF.ann: 10_000}).items()]
    with workspace.change("Sell") as change:
        return selling.add_deal(
            change, customer_id=customer_id, product_id=product_id, amount=amount,
            quantity=quantity, cost=cost, shares=parts, stages={stage: day},
        )  # fmt: skip
