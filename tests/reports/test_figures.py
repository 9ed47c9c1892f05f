"""Every figure of a month, reckoned by hand: as rows, and as text on the printed page."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from salesdesk.calc.periods import month
from salesdesk.customers import activities, customers
from salesdesk.errors import CalendarError
from salesdesk.office import settings
from salesdesk.planning import remarks
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.reports import documents, kinds
from salesdesk.reports.kinds import Figures
from salesdesk.reports.lines import Line
from salesdesk.reports.monthly import MONTHLY
from salesdesk.reports.sections.customers import CARE, CUSTOMERS
from salesdesk.reports.sections.funnel import FUNNEL, FunnelStage
from salesdesk.reports.sections.measures import MEASURES
from salesdesk.reports.sections.money import MONEY, Money
from salesdesk.reports.sections.products import PRODUCTS, ProductLine
from salesdesk.reports.sections.ranking import PEOPLE, TEAMS
from salesdesk.reports.sections.remarks import REMARKS
from salesdesk.reports.sections.upcoming import UPCOMING
from salesdesk.reports.sections.year import YEAR
from salesdesk.sales import deals, payments, selling
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, place, plan_for, sell, set_targets, staffed_office

NOVEMBER = month(2026, 11)
#: A Friday: 10 of November's 21 working days have passed.
TODAY = date(2026, 11, 13)
ANN, BOB, CLEO = person(STAFF.ann), person(STAFF.bob), person(STAFF.cleo)
EAST, WEST = team(STAFF.east), team(STAFF.west)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office with a November of few deals and round figures."""
    with staffed_office(tmp_path) as opened:
        with opened.change("Show amounts in yuan") as change:
            settings.store(change, in_wan=False)
        _set_november(opened)
        _sell(opened)
        _work(opened)
        yield opened


def _set_november(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(
        workspace, plan_id,
        {place("2026-11"): 30_000_00, place("2026-11", ANN): 10_000_00,
         place("2026-11", EAST): 20_000_00, place("2026-12"): 33_000_00},
    )  # fmt: skip
    set_targets(
        workspace, plan_id,
        {place("2026-11"): 40_000_00, place("2026-11", BOB): 8_000_00,
         place("2026-11", WEST): 10_000_00},
        tier="goal",
    )  # fmt: skip
    set_targets(workspace, plan_id, {place("2026-11"): 50_000_00}, tier="stretch")
    set_targets(workspace, plan_id, {place("2026-11"): 6, place("2026-12"): 100}, code="calls")
    with workspace.change("Explain") as change:
        words = {place("2026-11", ANN): remarks.Words("No stock", "Order more")}
        remarks.set_remarks(change, plan_id, measure(workspace).id, words)


def _sell(workspace: Workspace) -> None:
    """Amounts by contract date; a laptop costs 4,400 and a tower 3,500 yuan."""
    first = sell(workspace, 10_000_00, date(2026, 11, 2), quantity=2)
    cheap = sell(workspace, 4_600_00, date(2026, 11, 5), shares={STAFF.bob: 10_000})
    shared = sell(
        workspace, 12_000_00, date(2026, 11, 10), product_id=STAFF.tower, quantity=3,
        shares={STAFF.ann: 5_000, STAFF.cleo: 5_000},
    )  # fmt: skip
    gone = sell(workspace, 5_000_00, date(2026, 11, 11), shares={STAFF.cleo: 10_000})
    october = sell(workspace, 8_000_00, date(2026, 10, 20))
    fell_through = sell(
        workspace, 4_000_00, date(2026, 10, 25), product_id=STAFF.tower,
        shares={STAFF.cleo: 10_000},
    )  # fmt: skip
    sell(workspace, 20_000_00, date(2025, 11, 9), quantity=4, shares={STAFF.bob: 10_000})
    sell(workspace, 7_000_00, date(2026, 11, 3), stage="intention", shares={STAFF.bob: 10_000})
    with workspace.change("Cancel and pay") as change:
        selling.cancel(change, gone, date(2026, 11, 12), "no budget")
        selling.cancel(change, fell_through, date(2026, 11, 3), "bought elsewhere")
        payments.add_payment(change, first, 3_000_00, due_on=date(2026, 11, 5),
                          paid_on=date(2026, 11, 6))  # fmt: skip
        payments.add_payment(change, first, 4_000_00, due_on=date(2026, 11, 20))
        payments.add_payment(change, cheap, 600_00, due_on=TODAY)
        payments.add_payment(change, cheap, 500_00, due_on=date(2026, 11, 10))
        payments.add_payment(change, shared, 6_000_00, paid_on=date(2026, 11, 12))
        payments.add_payment(change, october, 1_000_00, due_on=date(2026, 10, 31))
        payments.add_payment(change, october, 2_000_00, paid_on=date(2026, 10, 21))
        # What a cancelled deal would have brought is neither due nor overdue.
        payments.add_payment(change, gone, 5_000_00, due_on=date(2026, 11, 12))


def _work(workspace: Workspace) -> None:
    with workspace.change("Work") as change:
        for who, kind in (
            (STAFF.ann, "effective_call"), (STAFF.ann, "effective_call"), (STAFF.ann, "call"),
            (STAFF.bob, "call_received"), (STAFF.bob, "visit"), (STAFF.bob, "visit"),
            (STAFF.cleo, "walk_in"), (STAFF.cleo, "gift"),
        ):  # fmt: skip
            activities.log(change, person_id=who, kind=kind, at=datetime(2026, 11, 4, 9))
        activities.log(change, person_id=STAFF.ann, kind="call", at=datetime(2026, 10, 4, 9))
        for name, day, source, grade, owner, state in (
            ("One", 2, "Walk-in", "A", STAFF.ann, "potential"),
            ("Two", 3, "Walk-in", "", STAFF.ann, "lasting"),
            ("Three", 4, "", "B", STAFF.cleo, "potential"),
        ):
            customers.add(
                change, name=name, source=source, grade=grade, owner_id=owner, state=state,
                registered_on=date(2026, 11, day),
            )  # fmt: skip


def _figures(workspace: Workspace, who: Who = OFFICE, today: date = TODAY) -> Figures:
    return workspace.read(kinds.read, MONTHLY, NOVEMBER, who=who, today=today)


def _lines(found: Figures) -> dict[str, Line]:
    return {line.measure.code: line for line in found[MEASURES]}


# -- the office ------------------------------------------------------------------------------------


def test_the_amount_against_task_goal_last_month_and_last_year(workspace: Workspace) -> None:
    """10,000 + 4,600 + 12,000 + 5,000, less the 5,000 and 4,000 that fell through: 22,600."""
    figures = _figures(workspace)
    line = _lines(figures)["amount"]
    assert figures.facts.pace == Fraction(10, 21)
    assert (line.assigned, line.goal, line.stretch) == (30_000_00, 40_000_00, 50_000_00)
    assert (line.actual, line.target, line.difference) == (22_600_00, 30_000_00, -7_400_00)
    assert line.attainment == Fraction(226, 300)
    assert (line.before, line.last_year) == (12_000_00, 20_000_00)
    assert line.growth == Fraction(226, 120) - 1
    assert line.year_on_year == Fraction(13, 100)
    # 30,000 x 10/21 is 14,285.71: well ahead.
    assert line.status == "ahead"


@pytest.mark.parametrize(
    ("code", "actual", "last_month"),
    [
        ("units", 5_00, 2_00),  # 2 + 1 + 3 + 1 - 1 - 1
        ("profit", 2_400_00, 4_100_00),  # 1,200 + 200 + 1,500 + 600 - 600 - 500
        ("contracts", 2_00, 2_00),  # 4 - 2
        ("collections", 9_000_00, 2_000_00),  # 3,000 + 6,000
        ("calls", 3, 1),
        ("effective_calls", 2, 0),
        ("visits", 2, 0),
        ("new_customers", 3, 2),
        ("potential_customers", 2, 2),
    ],
)
def test_the_other_measures(workspace: Workspace, code: str, actual: int, last_month: int) -> None:
    line = _lines(_figures(workspace))[code]
    assert (line.actual, line.before) == (actual, last_month)


def test_a_measure_without_target_or_base_says_so(workspace: Workspace) -> None:
    lines = _lines(_figures(workspace))
    visits = lines["visits"]
    assert (visits.target, visits.attainment, visits.difference) == (None, None, None)
    assert (visits.growth, visits.year_on_year) == (None, None)
    assert visits.status == "not_set"
    # 3 of 6 calls, 2.86 expected: on track.
    assert (lines["calls"].attainment, lines["calls"].status) == (Fraction(1, 2), "on_track")


def test_people_rank_by_attainment_those_without_target_last(workspace: Workspace) -> None:
    found = [
        (line.name, line.team_name, line.target, line.actual, line.attainment, line.status,
         line.growth, line.year_on_year)
        for line in _figures(workspace)[PEOPLE]
    ]  # fmt: skip
    assert found == [
        ("Ann", "East", 10_000_00, 16_000_00, Fraction(8, 5), "ahead", Fraction(1), None),
        # 8,000 x 10/21 is 3,809.52: 4,600 is 121 % of it.
        ("Bob", "East", 8_000_00, 4_600_00, Fraction(23, 40), "ahead", None, Fraction(-77, 100)),
        # 6,000 + 5,000 - 5,000 - 4,000, after 4,000 in October.
        ("Cleo", "West", None, 2_000_00, None, "not_set", Fraction(-1, 2), None),
    ]


def test_teams_rank_by_attainment(workspace: Workspace) -> None:
    found = [
        (line.name, line.target, line.actual, line.attainment, line.status)
        for line in _figures(workspace)[TEAMS]
    ]
    assert found == [
        ("East", 20_000_00, 20_600_00, Fraction(103, 100), "ahead"),
        ("West", 10_000_00, 2_000_00, Fraction(1, 5), "behind"),
    ]


def test_products_with_average_price_profit_margin_and_deals_below_the_floor(
    workspace: Workspace,
) -> None:
    laptop, tower = _figures(workspace)[PRODUCTS]
    # 2 + 1 + 1 - 1 laptops for 14,600 yuan; Bob's left 200 of the 300 it must bring.
    assert laptop == ProductLine("Laptop", 3_00, 14_600_00, 14_600_00, 14_600_00, 13_200_00, 0, 1)
    assert (laptop.average_price, laptop.profit) == (4_866_67, 1_400_00)
    assert laptop.margin == Fraction(1_400, 14_600)
    # 3 - 1 towers for 12,000 - 4,000 yuan.
    assert tower == ProductLine("Tower", 2_00, 8_000_00, 8_000_00, 8_000_00, 7_000_00, 0, 0)
    assert (tower.average_price, tower.margin) == (4_000_00, Fraction(1, 8))


def test_the_funnel_counts_customers_who_came_at_least_so_far(workspace: Workspace) -> None:
    """Seven contacts without a name, and 林先生 whose deals went all the way.

    Nobody in this office dates a subscription: the stage isn't one of theirs.
    """
    assert _figures(workspace)[FUNNEL] == [
        FunnelStage("contact", 8, None),
        FunnelStage("visit", 4, Fraction(1, 2)),
        FunnelStage("intention", 1, Fraction(1, 4)),
        FunnelStage("contracted", 1, Fraction(1)),
        FunnelStage("collected", 1, Fraction(1)),
    ]


def test_a_skipped_stage_and_a_cancelled_deal_never_lift_the_funnel_above_the_whole(
    workspace: Workspace,
) -> None:
    """周女士 subscribes and contracts at once, without a contact; her other deal falls through."""
    sell(workspace, 1_000_00, date(2026, 11, 9), customer_id=STAFF.zhou, stage="subscribed")
    gone = sell(workspace, 2_000_00, date(2026, 11, 9), customer_id=STAFF.zhou)
    with workspace.change("Cancel") as change:
        selling.cancel(change, gone, date(2026, 11, 10), "no money")
    stages = {stage.code: stage.count for stage in _figures(workspace)[FUNNEL]}
    assert stages == {
        "contact": 9, "visit": 5, "intention": 2, "subscribed": 2, "contracted": 1, "collected": 1,
    }  # fmt: skip
    for who in (OFFICE, EAST, WEST, ANN, BOB, CLEO):
        shares = [stage.conversion for stage in _figures(workspace, who)[FUNNEL]]
        assert all(share is None or share <= 1 for share in shares)


def test_new_customers_by_source_and_grade(workspace: Workspace) -> None:
    new = _figures(workspace)[CUSTOMERS]
    assert new.count == 3
    assert new.by_source == [("Walk-in", 2), ("", 1)]
    assert new.by_grade == [("A", 1), ("B", 1), ("", 1)]


def test_who_keeps_contact_and_who_is_overdue(workspace: Workspace) -> None:
    # 林先生 since 8 October, One since the 9th of November; 周女士 since 2 November (31 October
    # is a Saturday, and contacts move off closed days).
    # Three is due on the 19th; Two has no grade and so no next contact.
    care = [
        (row.name, row.cared_for, row.overdue, row.worst_days, row.kept)
        for row in _figures(workspace)[CARE]
    ]
    assert care == [("Ann", 2, 2, 36, Fraction(0)), ("Cleo", 2, 1, 11, Fraction(1, 2))]


def test_a_past_month_is_told_with_the_contacts_known_at_its_end(workspace: Workspace) -> None:
    """A call in December takes nothing from November's neglect, nor does it add any."""
    with workspace.change("Call at last") as change:
        activities.log(
            change, person_id=STAFF.ann, customer_id=STAFF.lin, kind="call",
            at=datetime(2026, 11, 20, 9), next_contact_on=date(2026, 11, 25),
        )  # fmt: skip
    late = date(2027, 1, 15)
    before = _figures(workspace, today=late)[CARE]
    with workspace.change("Call in December") as change:
        change.now = datetime(2027, 1, 15, 9)  # what was done is entered once it was
        activities.log(
            change, person_id=STAFF.ann, customer_id=STAFF.lin, kind="call",
            at=datetime(2026, 12, 10, 9), next_contact_on=date(2026, 12, 11),
        )  # fmt: skip
        customers.add(change, name="Later", grade="A", owner_id=STAFF.ann,
                      registered_on=date(2026, 12, 1))  # fmt: skip
    assert _figures(workspace, today=late)[CARE] == before
    # 林先生 since the 25th, One since the 9th; 周女士 since 2 November, Three since the 19th.
    assert [(row.name, row.cared_for, row.overdue, row.worst_days) for row in before] == [
        ("Ann", 2, 2, 22), ("Cleo", 2, 2, 29),
    ]  # fmt: skip


def test_money_due_received_overdue_and_cancelled(workspace: Workspace) -> None:
    # Due: 3,000 + 4,000 + 600 + 500. Overdue: 500, and 1,000 of October; not what is due today.
    assert _figures(workspace)[MONEY] == Money(8_100_00, 9_000_00, 1_500_00, 2, 9_000_00)
    # Looked at later, what was due's rest is overdue too.
    later = _figures(workspace, today=date(2027, 1, 15))[MONEY]
    assert later.overdue == 6_100_00


def test_what_is_paid_and_cancelled_later_leaves_a_past_month_as_it_was(
    workspace: Workspace,
) -> None:
    late = date(2027, 1, 15)
    before = _figures(workspace, today=late)
    with workspace.change("December") as change:
        for payment in deals.payments(change.connection, 1):
            if payment.paid_on is None:
                payments.pay(change, payment.id, date(2026, 12, 5))
        selling.cancel(change, 1, date(2026, 12, 20), "changed their mind")
    after = _figures(workspace, today=late)
    for code in ("measures", "money", "products", "funnel", "care"):
        assert after.found[code] == before.found[code]


def test_the_year_s_months_and_the_next_month_s_targets(workspace: Workspace) -> None:
    figures = _figures(workspace)
    points = [(point.target, point.actual) for point in figures[YEAR].months]
    assert points == [(None, 0)] * 9 + [
        (None, 12_000_00), (30_000_00, 22_600_00), (33_000_00, 0),
    ]  # fmt: skip
    assert [(upcoming.measure.code, upcoming.counted.target) for upcoming in figures[UPCOMING]] == [
        ("amount", 33_000_00), ("calls", 100),
    ]  # fmt: skip


def test_reasons_and_countermeasures_stand_with_their_name(workspace: Workspace) -> None:
    [remark_line] = _figures(workspace)[REMARKS]
    assert (remark_line.name, remark_line.measure) == ("Ann", "Sales amount")
    assert (remark_line.reason, remark_line.countermeasure) == ("No stock", "Order more")


# -- a team, a person, other rules -----------------------------------------------------------------


def test_a_team_s_figures_are_those_of_its_people(workspace: Workspace) -> None:
    figures = _figures(workspace, EAST)
    line = _lines(figures)["amount"]
    assert (figures.facts.scope, line.target, line.actual) == ("East", 20_000_00, 20_600_00)
    assert (line.before, line.last_year) == (8_000_00, 20_000_00)
    assert [one.name for one in figures[PEOPLE]] == ["Ann", "Bob"]
    assert TEAMS not in figures
    # Received: 3,000 and Ann's half of 6,000. Of the cancelled deals none was the team's.
    assert figures[MONEY] == Money(8_100_00, 6_000_00, 1_500_00, 0, 0)
    assert [(product_line.name, product_line.amount) for product_line in figures[PRODUCTS]] == [
        ("Laptop", 14_600_00), ("Tower", 6_000_00),
    ]  # fmt: skip
    assert [stage.count for stage in figures[FUNNEL]] == [7, 3, 1, 1, 1]
    assert figures[CUSTOMERS].count == 2
    assert [row.name for row in figures[CARE]] == ["Ann"]


def test_a_person_s_figures_are_their_own(workspace: Workspace) -> None:
    figures = _figures(workspace, CLEO)
    line = _lines(figures)["amount"]
    assert (figures.facts.scope, line.target, line.actual) == ("Cleo", None, 2_000_00)
    assert figures[MONEY] == Money(0, 3_000_00, 0, 2, 9_000_00)
    assert [
        (product_line.name, product_line.units, product_line.amount)
        for product_line in figures[PRODUCTS]
    ] == [("Tower", 50, 2_000_00)]
    assert figures[REMARKS] == []
    assert figures[UPCOMING] == []
    assert PEOPLE not in figures


def test_another_basis_and_rule_of_cancellation_change_the_figures(workspace: Workspace) -> None:
    with workspace.change("Rules") as change:
        settings.store(change, cancellations="original_month")
    line = _lines(_figures(workspace))["amount"]
    assert (line.actual, line.before) == (26_600_00, 8_000_00)
    with workspace.change("Rules") as change:
        settings.store(change, basis="collection")
    line = _lines(_figures(workspace))["amount"]
    assert (line.actual, line.before) == (9_000_00, 2_000_00)


def test_a_month_the_calendar_does_not_know_is_refused(workspace: Workspace) -> None:
    with pytest.raises(CalendarError):
        workspace.read(kinds.read, MONTHLY, month(2029, 1), today=date(2029, 1, 15))


def test_an_office_where_nothing_happened_has_a_report_too(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    with staffed_office(tmp_path / "new") as empty:
        figures = empty.read(kinds.read, MONTHLY, month(2026, 3), today=TODAY)
        assert [line.actual for line in figures[MEASURES]] == [0] * len(figures[MEASURES])
        assert figures[PRODUCTS] == []
        assert documents.pdf("report", kinds.report(figures).data()).startswith(b"%PDF")


# -- on paper --------------------------------------------------------------------------------------


def _printed(found: Figures, folder: Path) -> list[str]:
    """The lines of the printed report, spaces between words made one."""
    page = folder / "report.pdf"
    page.write_bytes(documents.pdf("report", kinds.report(found).data()))
    text = subprocess.run(
        ["pdftotext", "-layout", str(page), "-"], check=True, capture_output=True, text=True
    ).stdout
    return [re.sub(r"\s+", " ", line).strip() for line in text.splitlines()]


def test_the_printed_page_holds_the_figures(workspace: Workspace, tmp_path: Path) -> None:
    lines = _printed(_figures(workspace), tmp_path)
    for expected in (
        "Monthly sales report 2026-11",
        "30,000 40,000 50,000 22,600 75.3% -7,400 14,285.71 Ahead +88.3% +13.0%",
        "— — — 2,400 not set — — No target -41.5% 0.0%",
        "Calls (calls) 6 — — 3 50.0% -3 3",
        "Visits (visits) — — — 2 not set — — No target no base no base",
        "1 East 20,000 20,600 103.0% 600 Ahead +157.5% +3.0%",
        "2 West 10,000 2,000 20.0% -8,000 Behind -50.0% no base",
        "1 Ann East 10,000 16,000 160.0% 6,000 Ahead +100.0% no base",
        "2 Bob East 8,000 4,600 57.5% -3,400 Ahead no base -77.0%",
        "3 Cleo West — 2,000 not set — No target -50.0% no base",
        "Laptop 3 14,600.00 4,866.67 13,200.00 1,400.00 9.6% 1",
        "Tower 2 8,000.00 4,000.00 7,000.00 1,000.00 12.5% —",
        "Visit or walk-in 4 50.0%",
        "Payments due 8,100.00",
        "Payments received 9,000.00",
        "Overdue and not received 1,500.00",
        "Deals cancelled 2",
        "Amount cancelled 9,000.00",
        "Ann Sales amount No stock Order more",
        "Sales amount (yuan) 33,000",
    ):
        assert any(expected in line for line in lines), expected


def test_in_wan_amounts_are_divided_and_counts_are_not(
    workspace: Workspace, tmp_path: Path
) -> None:
    with workspace.change("Show amounts in 万") as change:
        settings.store(change, in_wan=True)
    lines = _printed(_figures(workspace), tmp_path)
    for expected in (
        "3.00 4.00 5.00 2.26 75.3% -0.74 1.43 Ahead +88.3% +13.0%",
        "Calls (calls) 6 — — 3 50.0% -3 3",
        "Payments due 0.81",
    ):
        assert any(expected in line for line in lines), expected
