"""Measures that are data: what they count only, levels, ratios; figures reckoned by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from salesdesk.calc.periods import parse
from salesdesk.customers import activities, customers
from salesdesk.errors import InputError
from salesdesk.office import measures, rights
from salesdesk.office.among import Among
from salesdesk.office.measures import Measure
from salesdesk.planning import balancing, grid, hand_counts, meters, splitting, standing, tasks
from salesdesk.planning.actuals import Key, achieved, actuals, counted_tables, summed
from salesdesk.planning.counting import counting
from salesdesk.planning.parts import Level, Quotient, value_of
from salesdesk.planning.places import OFFICE, Place, person, team
from salesdesk.reports.reading import Reading
from salesdesk.sales import payments, products, selling
from salesdesk.workspace import Workspace
from tests.offices import STAFF, plan_for, sell, set_targets, staffed_office

OCTOBER, NOVEMBER = parse("2026-10"), parse("2026-11")
#: A second category's product, and a customer whom Bob found on the web.
DESK, WEB = 3, 3


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office with a desk besides its computers, and a customer of Bob's."""
    with staffed_office(tmp_path) as opened:
        with opened.change("") as change:
            assert products.add_product(change, "Desk", category="Furniture", price=9_00) == DESK
            assert customers.add(
                change, name="Web shop", owner_id=STAFF.bob, source="Web",
                registered_on=date(2026, 11, 2),
            ) == WEB  # fmt: skip
        yield opened


def _made(workspace: Workspace, counts: str, **options: Any) -> Measure:
    with workspace.change("") as change:
        there = len(measures.measures(change.connection, active_only=False))
        number = measures.add(change, f"Own {there}", "times", counts=counts, **options)
    return workspace.read(measures.measure_by_id, number)


def _taken(workspace: Workspace, code: str) -> Measure:
    with workspace.change("") as change:
        number = measures.take_into_use(change, code)
    return workspace.read(measures.measure_by_id, number)


def _log(workspace: Workspace, kind: str, customer_id: int, day: date, **options: Any) -> None:
    with workspace.change("") as change:
        activities.log(
            change, person_id=options.pop("by", STAFF.ann), kind=kind, customer_id=customer_id,
            at=datetime(day.year, day.month, day.day, 10), **options,
        )  # fmt: skip


def _of(
    workspace: Workspace, measure: Measure, key: str = "2026-11", **options: Any
) -> dict[int | None, int]:
    """The actuals of a period by person."""
    period = parse(key)
    found = workspace.read(actuals, [measure], period.start, period.end, **options)
    return {one.person_id: value for one, value in found.items()}


# -- only some -------------------------------------------------------------------------------------


def test_only_products_of_a_category(workspace: Workspace) -> None:
    day = date(2026, 11, 3)
    sell(workspace, 15_000_00, day, quantity=3)
    sell(workspace, 90_00, day, quantity=10, product_id=DESK)
    computers = _made(workspace, "units", among=Among(categories=("Computers",)))
    furniture = _made(workspace, "amount", among=Among(categories=("Furniture",)))
    both = _made(workspace, "contracts", among=Among(categories=("Computers", "Furniture")))
    assert _of(workspace, computers) == {STAFF.ann: 3_00}
    assert _of(workspace, furniture) == {STAFF.ann: 90_00}
    assert _of(workspace, both) == {STAFF.ann: 2_00}
    assert {"product", "deal"} <= counted_tables([computers])
    period = NOVEMBER
    by_product = workspace.read(
        actuals, [both, computers], period.start, period.end, by_product=True, bucket="day"
    )
    assert by_product == {
        Key(both.id, day, STAFF.ann, STAFF.laptop): 1_00,
        Key(both.id, day, STAFF.ann, DESK): 1_00,
        Key(computers.id, day, STAFF.ann, STAFF.laptop): 3_00,
    }
    # A product that changes its category takes what was sold of it along.
    with workspace.change("") as change:
        desk = products.product_by_id(change.connection, DESK)
        products.edit_product(change, DESK, seen_version=desk.version, category="Computers")
    assert _of(workspace, computers) == {STAFF.ann: 13_00}
    workspace.undo()
    assert _of(workspace, computers) == {STAFF.ann: 3_00}


def test_only_activities_of_some_kinds_and_answered_ones(workspace: Workspace) -> None:
    day = date(2026, 11, 4)
    for kind, answered in (("call", True), ("call", False), ("visit", True), ("message", True)):
        _log(workspace, kind, STAFF.lin, day, answered=answered)
    some = _made(workspace, "activities", among=Among(kinds=("visit", "message")))
    every = _made(workspace, "activities")
    reached = _taken(workspace, "answered_calls")
    missed = _made(workspace, "calls", among=Among(answered=False))
    assert _of(workspace, some) == {STAFF.ann: 2}
    assert _of(workspace, every) == {STAFF.ann: 4}
    assert _of(workspace, reached) == {STAFF.ann: 1}
    assert _of(workspace, missed) == {STAFF.ann: 1}
    assert _of(workspace, missed, person_id=STAFF.bob) == {}
    assert _of(workspace, missed, "2026-10") == {}


def test_only_what_comes_from_some_customers(workspace: Workspace) -> None:
    day = date(2026, 11, 5)
    for customer_id, amount in ((STAFF.lin, 5_000_00), (WEB, 7_000_00)):
        sold = sell(workspace, amount, day, customer_id=customer_id)
        with workspace.change("") as change:
            payments.add_payment(change, sold, amount // 2, paid_on=day)
    _log(workspace, "visit", STAFF.lin, day)
    _log(workspace, "visit", WEB, day, by=STAFF.bob)
    _log(workspace, "visit", WEB, day, by=STAFF.bob)
    web = Among(sources=("Web",))
    assert sum(_of(workspace, _made(workspace, "amount", among=web)).values()) == 7_000_00
    assert sum(_of(workspace, _made(workspace, "collections", among=web)).values()) == 3_500_00
    assert _of(workspace, _made(workspace, "visits", among=web)) == {STAFF.bob: 2}
    assert _of(workspace, _made(workspace, "new_customers", among=web)) == {STAFF.bob: 1}
    graded = _made(workspace, "activities", among=Among(grades=("A",)))
    assert _of(workspace, graded) == {STAFF.ann: 1}
    # Source and category together: the web shop bought no furniture.
    narrow = Among(sources=("Web",), categories=("Furniture",))
    with workspace.change("") as change:
        number = measures.add(change, "Both", "yuan", counts="amount", among=narrow)
    assert _of(workspace, workspace.read(measures.measure_by_id, number)) == {}


def test_rows_that_were_cancelled_are_taken_off_as_everywhere(workspace: Workspace) -> None:
    sold = sell(workspace, 7_000_00, date(2026, 11, 5), customer_id=WEB)
    with workspace.change("") as change:
        selling.cancel(change, sold, date(2026, 11, 20), "no loan")
    sell(workspace, 1_000_00, date(2026, 11, 6), customer_id=WEB)
    web = _made(workspace, "amount", among=Among(sources=("Web",)))
    assert sum(_of(workspace, web).values()) == 1_000_00


def test_customers_registered_in_some_states(workspace: Workspace) -> None:
    with workspace.change("") as change:
        for name, state in (("A", "lasting"), ("B", "lasting"), ("C", "lost"), ("D", "potential")):
            customers.add(
                change, name=name, state=state, owner_id=STAFF.ann,
                registered_on=date(2026, 11, 9),
            )  # fmt: skip
    found = _made(workspace, "new_customers", among=Among(states=("lasting", "lost")))
    assert _of(workspace, found) == {STAFF.ann: 3}


def test_tasks_done_count_on_the_day_they_were_done(workspace: Workspace) -> None:
    done = _taken(workspace, "tasks_done")
    with workspace.change("") as change:
        for on in (date(2026, 11, 3), date(2026, 11, 30), date(2026, 10, 31), None):
            number = tasks.add(
                change, words="Call back", person_id=STAFF.ann, day=date(2026, 11, 2)
            )
            if on is not None:
                tasks.mark_done(change, tasks.Ref(number), on=on)
                last = number
    assert _of(workspace, done) == {STAFF.ann: 2}
    assert _of(workspace, done, "2026-10") == {STAFF.ann: 1}
    with workspace.change("") as change:
        tasks.reopen(change, tasks.Ref(last))
    assert _of(workspace, done, "2026-10") == {}
    workspace.undo()
    assert _of(workspace, done, "2026-10") == {STAFF.ann: 1}


# -- levels ----------------------------------------------------------------------------------------


def test_customers_there_are_at_the_ends_of_months(workspace: Workspace) -> None:
    found = _made(workspace, "customers", among=Among(states=("potential",)))
    year = parse("2026")
    by_month = workspace.read(
        actuals, [found], year.start, year.end, bucket="month", today=date(2026, 11, 20)
    )
    assert by_month == {
        Key(found.id, 202610, STAFF.ann, None): 1,
        Key(found.id, 202610, STAFF.cleo, None): 1,
        Key(found.id, 202611, STAFF.ann, None): 1,
        Key(found.id, 202611, STAFF.cleo, None): 1,
        Key(found.id, 202611, STAFF.bob, None): 1,
    }
    # Over time the last month stands, over people it is summed.
    whole = workspace.read(
        summed, [found], year.start, year.end, lambda _key: ["all"], bucket="month",
        today=date(2026, 11, 20),
    )  # fmt: skip
    assert whole == {(found.id, "all"): 3}
    assert sum(_of(workspace, found, "2026-11-01").values()) == 2
    assert sum(_of(workspace, found, "2026-11-02").values()) == 3


def test_active_customers_were_met_or_bought_within_the_days_looked_back(
    workspace: Workspace,
) -> None:
    _log(workspace, "visit", STAFF.lin, date(2026, 11, 1))
    _log(workspace, "visit", STAFF.lin, date(2026, 11, 3))
    _log(workspace, "call", WEB, date(2026, 11, 6), answered=False, by=STAFF.bob)
    _log(workspace, "group_message", WEB, date(2026, 11, 6), by=STAFF.bob)
    sell(workspace, 100_00, date(2026, 11, 8), customer_id=WEB)
    week = _made(workspace, "active_customers", among=Among(days=7))
    days = workspace.read(
        actuals, [week], date(2026, 11, 1), date(2026, 11, 20), bucket="day",
        today=date(2026, 11, 19),
    )  # fmt: skip
    ann = [key.bucket for key in days if key.person_id == STAFF.ann]
    bob = [key.bucket for key in days if key.person_id == STAFF.bob]
    assert ann == [date(2026, 11, day) for day in range(1, 10)]
    assert bob == [date(2026, 11, day) for day in range(8, 15)]
    assert set(days.values()) == {1}
    # One end is counted by the database, several here.
    for day in range(1, 20):
        assert _of(workspace, week, f"2026-11-{day:02}") == {
            key.person_id: 1 for key in days if key.bucket == date(2026, 11, day)
        }


def test_active_today_is_told_by_last_contacts(workspace: Workspace) -> None:
    _log(workspace, "visit", STAFF.lin, date(2026, 11, 3))
    _log(workspace, "call", STAFF.lin, date(2026, 11, 9), answered=False)
    _log(workspace, "group_message", WEB, date(2026, 11, 9), by=STAFF.bob)
    sell(workspace, 100_00, date(2026, 11, 8), customer_id=WEB)
    week = _made(workspace, "active_customers", among=Among(days=7))
    for day in range(9, 17):
        today = date(2026, 11, day)
        now = _of(workspace, week, "2026-11", today=today)
        then = _of(workspace, week, f"2026-11-{day:02}", today=date(2026, 12, 1))
        assert now == then
        assert now.get(STAFF.ann) == (1 if day <= 9 else None)
        assert now.get(STAFF.bob) == (1 if day <= 14 else None)
        for person_id in (STAFF.ann, STAFF.bob):
            own = _of(
                workspace, week, f"2026-11-{day:02}", today=date(2026, 12, 1), person_id=person_id
            )
            assert own == {key: value for key, value in now.items() if key == person_id}


def test_what_fell_to_nothing_doesnt_hold_on(workspace: Workspace) -> None:
    _log(workspace, "visit", STAFF.lin, date(2026, 10, 5))
    active = _made(workspace, "active_customers")
    found = workspace.read(
        summed, [active], OCTOBER.start, NOVEMBER.end, lambda _key: ["all"], bucket="month",
        today=date(2026, 12, 1),
    )  # fmt: skip
    assert found == {(active.id, "all"): 0}
    parts = workspace.read(
        achieved, [active], OCTOBER.start, NOVEMBER.end, bucket="month", today=date(2026, 12, 1)
    )
    assert parts[Key(active.id, 202610, STAFF.ann, None)] == Level(date(2026, 10, 31), 1)


def test_a_level_counted_by_hand_is_each_ones_latest(workspace: Workspace) -> None:
    stock = _taken(workspace, "stock")
    with workspace.change("") as change:
        for day, who, value in (
            (date(2026, 10, 30), STAFF.ann, 50), (date(2026, 11, 10), STAFF.ann, 30),
            (date(2026, 11, 10), STAFF.ann, 35), (date(2026, 10, 2), STAFF.bob, 8),
        ):  # fmt: skip
            hand_counts.count(change, stock.id, who, day, value)
    assert _of(workspace, stock, "2026-10") == {STAFF.ann: 50, STAFF.bob: 8}
    assert _of(workspace, stock, "2026-11") == {STAFF.ann: 35, STAFF.bob: 8}
    with workspace.change("") as change:
        hand_counts.count(change, stock.id, STAFF.ann, date(2026, 11, 11), 0)
    assert _of(workspace, stock, "2026-11") == {STAFF.bob: 8}


# -- ratios ----------------------------------------------------------------------------------------


def test_a_ratio_divides_the_sums_and_never_sums_the_quotients(workspace: Workspace) -> None:
    # Ann: 5,000 - 4,400 = 600 of 5,000: 12 %. Bob: 9,000 - 8,800 = 200 of 9,000: 2.22 %.
    sell(workspace, 5_000_00, date(2026, 10, 5))
    sell(workspace, 9_000_00, date(2026, 11, 5), quantity=2, shares={STAFF.bob: 10_000})
    margin = _taken(workspace, "margin")
    assert _of(workspace, margin, "2026-10") == {STAFF.ann: 12_00}
    assert _of(workspace, margin, "2026-11") == {STAFF.bob: 2_22}
    # Together 800 of 14,000: 5.71 %, not 14.22 and not 7.11.
    found = workspace.read(
        summed, [margin], OCTOBER.start, NOVEMBER.end, lambda _key: ["all"], bucket="month"
    )
    assert found == {(margin.id, "all"): 5_71}
    assert _of(workspace, margin, "2026-09") == {}


def test_a_ratio_divided_by_nothing_is_none(workspace: Workspace) -> None:
    rate = _taken(workspace, "closing_rate")
    sell(workspace, 5_000_00, date(2026, 9, 5))
    assert _of(workspace, rate, "2026-09") == {}
    assert value_of(rate, Quotient(1_00, 0)) is None
    # One contract (1.00) to three new customers: 33.33 %.
    assert value_of(rate, Quotient(1_00, 3)) == 33_33
    assert value_of(rate, Quotient(2_00, 3)) == 66_67


def test_a_ratio_that_isnt_in_per_cent_keeps_its_unit(workspace: Workspace) -> None:
    sell(workspace, 9_000_00, date(2026, 11, 5), quantity=2)
    price = _taken(workspace, "price")
    assert _of(workspace, price) == {STAFF.ann: 4_500_00}


# -- beside targets --------------------------------------------------------------------------------


def test_meters_of_a_ratio_and_a_level_want_all_of_it_every_day(workspace: Workspace) -> None:
    today = date(2026, 11, 10)
    margin, active = _taken(workspace, "margin"), _taken(workspace, "active_customers")
    sell(workspace, 5_000_00, date(2026, 11, 5))
    plan_id = plan_for(workspace, "2026-11")
    ann = Place(person(STAFF.ann), NOVEMBER)
    for measure, value in ((margin, 15_00), (active, 1)):
        set_targets(workspace, plan_id, {ann: value}, code=measure.code)
    found = {
        meter.measure.code: meter
        for meter in workspace.read(meters.quotas, STAFF.ann, today)
        if meter.period == NOVEMBER
    }
    # A third of the month has passed, but 12 % of 15 % is at risk on any day.
    assert (found["margin"].actual, found["margin"].status) == (12_00, "at_risk")
    assert (found["active_customers"].actual, found["active_customers"].status) == (1, "on_track")
    assert found["margin"].needed is None


def test_targets_of_a_ratio_arent_summed_and_levels_end_with_the_last(
    workspace: Workspace,
) -> None:
    margin, active = _taken(workspace, "margin"), _taken(workspace, "active_customers")
    quarter = parse("2026-Q4")
    plan_id = plan_for(workspace, "2026-Q4")
    months = [parse("2026-10"), parse("2026-11"), parse("2026-12")]
    for measure in (margin, active):
        wanted: dict[Place, int | None] = {
            Place(OFFICE, month): value
            for month, value in zip(months, (3_00, 5_00, 4_00), strict=True)
        }
        set_targets(workspace, plan_id, wanted, code=measure.code)

    def counted(db: Connection, measure: Measure) -> int | None:
        found = counting(db, [quarter]).at(measure.id, OFFICE, quarter)
        return None if found is None else found.target

    assert workspace.read(counted, margin) is None
    assert workspace.read(counted, active) == 4_00
    cells = workspace.read(grid.read, plan_id, active.id, "assigned")
    assert cells.value(OFFICE, quarter) == 4_00
    assert workspace.read(grid.read, plan_id, margin.id, "assigned").value(OFFICE, quarter) is None


def test_a_plan_stands_by_the_quotient_of_its_whole_period(workspace: Workspace) -> None:
    sell(workspace, 5_000_00, date(2026, 10, 5))
    sell(workspace, 9_000_00, date(2026, 11, 5), quantity=2)
    margin = _taken(workspace, "margin")
    plan_id = plan_for(workspace, "2026-Q4")
    set_targets(workspace, plan_id, {Place(OFFICE, parse("2026-Q4")): 5_00}, code=margin.code)
    found = workspace.read(standing.standings, date(2026, 12, 1))[plan_id]
    assert (found.actual, found.status) == (5_71, "ahead")
    cells = workspace.read(grid.read, plan_id, margin.id, "assigned", with_actuals=True)
    assert cells.actual_of(OFFICE, parse("2026-Q4")) == 5_71
    assert cells.actual_of(team(STAFF.east), NOVEMBER) == 2_22


def test_a_ratio_isnt_split_and_a_level_not_over_time(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026-Q4")
    quarter = Place(OFFICE, parse("2026-Q4"))
    for code, refused in (("margin", "is a ratio"), ("active_customers", "at a period's end")):
        measure = _taken(workspace, code)
        set_targets(workspace, plan_id, {quarter: 10_00}, code=code)
        cells = workspace.read(grid.read, plan_id, measure.id, "assigned")
        with pytest.raises(InputError, match=refused):
            workspace.read(splitting.over_time, cells, quarter, "month")
        with pytest.raises(InputError, match=refused):
            workspace.read(splitting.catching_up, cells, quarter, date(2026, 11, 1))
        with pytest.raises(InputError, match=refused):
            balancing.rebalance(cells, quarter)
        if code == "margin":
            with pytest.raises(InputError, match=refused):
                workspace.read(splitting.over_people, cells, quarter)
        else:
            assert workspace.read(splitting.over_people, cells, quarter)


def test_reports_divide_sums_of_teams_and_months_and_hide_what_tells_costs(
    workspace: Workspace,
) -> None:
    # October: Ann 600 of 5,000. November: Ann 600 of 5,000, Bob 200 of 9,000; both in East.
    sell(workspace, 5_000_00, date(2026, 10, 5))
    sell(workspace, 5_000_00, date(2026, 11, 5))
    sell(workspace, 9_000_00, date(2026, 11, 6), quantity=2, shares={STAFF.bob: 10_000})
    margin = _taken(workspace, "margin")

    def read(db: Connection, actor_id: int, key: str) -> Reading:
        return Reading(db, parse(key), OFFICE, date(2026, 12, 1), actor_id=actor_id)

    def figures(db: Connection) -> tuple[int, ...]:
        month, quarter = (read(db, STAFF.max, key) for key in ("2026-11", "2026-Q4"))
        line = month.line(margin, team(STAFF.east), "East")
        whole = quarter.line(margin, OFFICE, "Office")
        return line.actual, line.before, whole.actual

    # 800 of 14,000; 600 of 5,000; 1,400 of 19,000.
    assert workspace.read(figures) == (5_71, 12_00, 7_37)

    def shown(db: Connection, actor_id: int) -> set[str]:
        return {one.code for one in read(db, actor_id, "2026-11").measures}

    assert {"margin", "profit"} <= workspace.read(shown, STAFF.max)
    with workspace.change("") as change:
        rights.adjust(change, "reports.see", "salesperson", "office")
        rights.adjust(change, "costs.see", "salesperson", "none")
    assert {"margin", "profit"}.isdisjoint(workspace.read(shown, STAFF.ann))
