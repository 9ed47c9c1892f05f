"""What was achieved, counted by the office's basis, credited by share, with cancellations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from salesdesk.calc.periods import parse
from salesdesk.customers import activities, customers
from salesdesk.customers.kinds import KINDS
from salesdesk.office import measures, settings
from salesdesk.planning import hand_counts, meters
from salesdesk.planning.actuals import actuals
from salesdesk.planning.places import OFFICE, person
from salesdesk.sales import payments, selling
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, place, plan_for, sell, set_targets, staffed_office

OCTOBER, NOVEMBER, DECEMBER = parse("2026-10"), parse("2026-11"), parse("2026-12")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office, whose basis is the contract date."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _actual(
    workspace: Workspace, code: str, key: str = "2026-11", **options: Any
) -> dict[int | None, int]:
    """One measure's actuals of a period by person."""
    period = parse(key)
    found = workspace.read(actuals, [measure(workspace, code)], period.start, period.end, **options)
    return {one.person_id: value for one, value in found.items()}


def _total(workspace: Workspace, code: str, key: str = "2026-11") -> int:
    return sum(_actual(workspace, code, key).values())


def _set(workspace: Workspace, **values: Any) -> None:
    with workspace.change("Rules") as change:
        settings.store(change, **values)


@pytest.fixture
def staged(workspace: Workspace) -> int:
    """Three machines for 15,000 yuan: subscribed in October, contracted in November, paid later."""
    sold = sell(workspace, 15_000_00, date(2026, 10, 20), quantity=3, stage="subscribed")
    with workspace.change("Contract and pay") as change:
        selling.set_stage(change, sold, "contracted", date(2026, 11, 5))
        payments.add_payment(change, sold, 4_000_00, paid_on=date(2026, 11, 6))
        payments.add_payment(change, sold, 11_000_00, due_on=date(2026, 11, 30),
                          paid_on=date(2026, 12, 1))  # fmt: skip
        payments.add_payment(change, sold, 500_00, due_on=date(2026, 11, 7))  # not received
    return sold


# -- by basis --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("staged")
@pytest.mark.parametrize(
    ("basis", "october", "november", "december"),
    [
        ("subscription", 15_000_00, 0, 0),
        ("contract", 0, 15_000_00, 0),
        ("collection", 0, 4_000_00, 11_000_00),
    ],
)
def test_the_amount_counts_on_the_date_of_the_office_s_basis(
    workspace: Workspace, basis: str, october: int, november: int, december: int
) -> None:
    _set(workspace, basis=basis)
    found = [_total(workspace, "amount", period.key) for period in (OCTOBER, NOVEMBER, DECEMBER)]
    assert found == [october, november, december]


@pytest.mark.usefixtures("staged")
@pytest.mark.parametrize(
    ("basis", "month"),
    [("subscription", "2026-10"), ("contract", "2026-11"), ("collection", "2026-11")],
)
def test_units_profit_and_commission_follow_the_basis_and_collections_the_contract(
    workspace: Workspace, basis: str, month: str
) -> None:
    _set(workspace, basis=basis)
    assert _total(workspace, "units", month) == 3_00
    assert _total(workspace, "profit", month) == 1_800_00
    assert _total(workspace, "commission", month) == 150_00
    others = {"2026-10", "2026-11", "2026-12"} - {month}
    assert not any(_total(workspace, "units", other) for other in others)


@pytest.mark.usefixtures("staged")
@pytest.mark.parametrize("basis", sorted(settings.BASES))
def test_subscriptions_contracts_and_collections_are_the_same_on_every_basis(
    workspace: Workspace, basis: str
) -> None:
    _set(workspace, basis=basis)
    months = [OCTOBER.key, NOVEMBER.key, DECEMBER.key]
    assert [_total(workspace, "subscriptions", month) for month in months] == [1_00, 0, 0]
    assert [_total(workspace, "contracts", month) for month in months] == [0, 1_00, 0]
    assert [_total(workspace, "collections", month) for month in months] == [0, 4_000_00, 11_000_00]


# -- cancellations ---------------------------------------------------------------------------------


def _cancel(workspace: Workspace, deal_id: int, day: date) -> None:
    with workspace.change("Cancel") as change:
        selling.cancel(change, deal_id, day, "no loan")


@pytest.mark.parametrize(
    ("rule", "october", "november"),
    [("when_cancelled", 5_000_00, -5_000_00), ("original_month", 0, 0)],
)
def test_a_cancelled_deal_is_taken_off_where_the_office_says(
    workspace: Workspace, rule: str, october: int, november: int
) -> None:
    _set(workspace, cancellations=rule)
    sold = sell(workspace, 5_000_00, date(2026, 10, 20))
    _cancel(workspace, sold, date(2026, 11, 3))
    assert _total(workspace, "amount", "2026-10") == october
    assert _total(workspace, "amount", "2026-11") == november
    assert _total(workspace, "contracts", "2026-11") == (-1_00 if november else 0)
    assert _total(workspace, "units", "2026-10") == (1_00 if october else 0)
    assert _total(workspace, "amount", "2026") == 0


def test_a_deal_cancelled_in_its_own_month_counts_nothing(workspace: Workspace) -> None:
    sold = sell(workspace, 5_000_00, date(2026, 11, 2))
    _cancel(workspace, sold, date(2026, 11, 20))
    assert _actual(workspace, "amount") == {}


def test_a_cancellation_takes_off_only_what_was_counted(workspace: Workspace) -> None:
    """A deal that fell through before its contract never counted as one."""
    sold = sell(workspace, 5_000_00, date(2026, 10, 20), stage="subscribed")
    _cancel(workspace, sold, date(2026, 11, 3))
    assert _actual(workspace, "amount") == {}
    assert _actual(workspace, "contracts") == {}
    assert _total(workspace, "subscriptions") == -1_00


def test_payments_stay_until_the_refund_is_entered(workspace: Workspace) -> None:
    _set(workspace, basis="collection")
    sold = sell(workspace, 5_000_00, date(2026, 10, 20))
    with workspace.change("Pay") as change:
        payments.add_payment(change, sold, 5_000_00, paid_on=date(2026, 10, 21))
    _cancel(workspace, sold, date(2026, 11, 3))
    assert _total(workspace, "amount", "2026") == 5_000_00
    with workspace.change("Refund") as change:
        payments.add_payment(change, sold, -5_000_00, paid_on=date(2026, 11, 4))
    assert _total(workspace, "amount", "2026-11") == -5_000_00
    assert _total(workspace, "collections", "2026") == 0


# -- shares, products, time ------------------------------------------------------------------------


def test_a_shared_deal_is_credited_by_share_and_once(workspace: Workspace) -> None:
    sold = sell(
        workspace, 10_000_01, date(2026, 11, 2), shares={STAFF.ann: 5_000, STAFF.cleo: 5_000}
    )
    with workspace.change("Pay") as change:
        payments.add_payment(change, sold, 1_01, paid_on=date(2026, 11, 3))
    assert _actual(workspace, "amount") == {STAFF.ann: 5_000_01, STAFF.cleo: 5_000_00}
    assert _actual(workspace, "units") == {STAFF.ann: 50, STAFF.cleo: 50}
    assert _actual(workspace, "contracts") == {STAFF.ann: 50, STAFF.cleo: 50}
    assert _actual(workspace, "collections") == {STAFF.ann: 51, STAFF.cleo: 50}
    # 1 % of 10,000.01, rounded down: 100.00.
    assert _actual(workspace, "commission") == {STAFF.ann: 50_00, STAFF.cleo: 50_00}


def test_actuals_are_cut_by_product(workspace: Workspace) -> None:
    sell(workspace, 5_000_00, date(2026, 11, 2))
    sold = sell(workspace, 4_000_00, date(2026, 11, 2), product_id=STAFF.tower)
    with workspace.change("Pay and call") as change:
        payments.add_payment(change, sold, 1_000_00, paid_on=date(2026, 11, 3))
        activities.log(change, person_id=STAFF.ann, kind="call", at=datetime(2026, 11, 2, 9))
    wanted = [measure(workspace, code) for code in ("amount", "collections", "calls")]
    found = workspace.read(actuals, wanted, NOVEMBER.start, NOVEMBER.end, by_product=True)
    codes = {one.id: one.code for one in wanted}
    assert {(codes[key.measure_id], key.product_id): value for key, value in found.items()} == {
        ("amount", STAFF.laptop): 5_000_00,
        ("amount", STAFF.tower): 4_000_00,
        ("collections", STAFF.tower): 1_000_00,
        ("calls", None): 1,
    }


def test_a_period_holds_its_first_day_and_not_its_end(workspace: Workspace) -> None:
    for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)):
        sell(workspace, 1_00 * day.day, day)
    amount = [measure(workspace)]
    assert _total(workspace, "amount") == 31_00
    assert _total(workspace, "amount", "2026") == 63_00
    assert _total(workspace, "amount", "2026-11-30") == 30_00
    assert _total(workspace, "amount", "2026-11-W1") == 1_00
    found = workspace.read(actuals, amount, date(2026, 10, 31), date(2026, 12, 1), bucket="month")
    assert {key.bucket: value for key, value in found.items()} == {202610: 31_00, 202611: 31_00}
    found = workspace.read(actuals, amount, date(2026, 10, 31), date(2026, 11, 2), bucket="day")
    assert {key.bucket: value for key, value in found.items()} == {
        date(2026, 10, 31): 31_00, date(2026, 11, 1): 1_00,
    }  # fmt: skip
    assert workspace.read(actuals, amount, date(2026, 11, 2), date(2026, 11, 30)) == {}


# -- activities, customers, counts by hand ---------------------------------------------------------


def test_calls_include_effective_ones_and_not_those_received(workspace: Workspace) -> None:
    with workspace.change("Log") as change:
        for kind in KINDS:
            for who in (STAFF.ann, STAFF.ann, STAFF.bob):
                activities.log(change, person_id=who, kind=kind, at=datetime(2026, 11, 3, 9))
    assert _actual(workspace, "calls") == {STAFF.ann: 4, STAFF.bob: 2}
    assert _actual(workspace, "effective_calls") == {STAFF.ann: 2, STAFF.bob: 1}
    assert _actual(workspace, "visits") == {STAFF.ann: 2, STAFF.bob: 1}
    assert _actual(workspace, "calls", "2026-11-04") == {}
    assert _actual(workspace, "calls", "2026-11-03", bucket="day") == {STAFF.ann: 4, STAFF.bob: 2}


def test_registered_customers_count_for_their_owner(workspace: Workspace) -> None:
    with workspace.change("Register") as change:
        for number, owner in enumerate((STAFF.ann, STAFF.ann, STAFF.bob, None)):
            customers.add(
                change, name=f"New {number}", owner_id=owner, registered_on=date(2026, 11, 3),
                state="lasting" if number == 0 else "potential",
            )  # fmt: skip
    assert _actual(workspace, "new_customers") == {STAFF.ann: 2, STAFF.bob: 1, None: 1}
    assert _actual(workspace, "potential_customers") == {STAFF.ann: 1, STAFF.bob: 1, None: 1}
    assert _actual(workspace, "new_customers", "2026-10") == {STAFF.ann: 1, STAFF.cleo: 1}


def test_own_measures_are_counted_by_hand(workspace: Workspace) -> None:
    with workspace.change("Count") as change:
        drives = measures.add(change, "Test drives", "drives")
        other = measures.add(change, "Leaflets", "leaflets")
        for day in (2, 3):
            hand_counts.count(change, drives, STAFF.ann, date(2026, 11, day), 5)
        hand_counts.count(change, drives, STAFF.bob, date(2026, 11, 2), 2, product_id=STAFF.tower)
        hand_counts.count(change, other, STAFF.ann, date(2026, 11, 2), 100)
    one = workspace.read(measures.measure_by_id, drives)
    found = workspace.read(actuals, [one], NOVEMBER.start, NOVEMBER.end)
    assert {key.person_id: value for key, value in found.items()} == {STAFF.ann: 10, STAFF.bob: 2}
    found = workspace.read(actuals, [one], NOVEMBER.start, NOVEMBER.end, by_product=True)
    assert {key.product_id: value for key, value in found.items()} == {None: 10, STAFF.tower: 2}


# -- quota meters ----------------------------------------------------------------------------------

WEDNESDAY = date(2026, 11, 18)


def test_a_person_s_quotas_of_today_this_week_and_this_month(workspace: Workspace) -> None:
    plan_id, ann = plan_for(workspace), person(STAFF.ann)
    set_targets(
        workspace, plan_id,
        {place("2026-11-18", ann): 40, place("2026-11-W3", ann): 200, place("2026-11", ann): 840,
         place("2026-11", person(STAFF.bob)): 1},
        code="calls",
    )  # fmt: skip
    set_targets(workspace, plan_id, {place("2026-11", ann): 100_00}, tier="goal")
    with workspace.change("Call") as change:
        for day, times in ((2, 3), (16, 2), (18, 44)):
            for _number in range(times):
                activities.log(
                    change, person_id=STAFF.ann, kind="effective_call",
                    at=datetime(2026, 11, day, 9),
                )  # fmt: skip
    found = workspace.read(meters.quotas, STAFF.ann, WEDNESDAY)
    assert [
        (meter.measure.code, meter.period.key, meter.target, meter.actual, meter.status)
        for meter in found
    ] == [
        ("calls", "2026-11-18", 40, 44, "ahead"),
        # By Wednesday three of five days have passed: 120 are expected.
        ("calls", "2026-11-W3", 200, 46, "behind"),
        ("amount", "2026-11", 100_00, 0, "behind"),
        ("calls", "2026-11", 840, 49, "behind"),
    ]


def test_what_was_assigned_goes_before_the_own_goal(workspace: Workspace) -> None:
    plan_id, ann = plan_for(workspace), person(STAFF.ann)
    set_targets(workspace, plan_id, {place("2026-11", ann): 100_00}, tier="goal")
    set_targets(workspace, plan_id, {place("2026-11", ann): 80_00})
    [meter] = workspace.read(meters.quotas, STAFF.ann, WEDNESDAY)
    assert meter.target == 80_00


def test_the_office_s_meters_count_everybody(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026-11"): 100_00, place("2026-11-W3"): 9})
    sell(workspace, 30_00, date(2026, 11, 2))
    sell(workspace, 40_00, date(2026, 11, 2), shares={STAFF.cleo: 10_000})
    [meter] = workspace.read(meters.office_month, WEDNESDAY)
    # 13 of 21 working days have passed: 61.90 are expected.
    assert (meter.target, meter.actual, meter.status) == (100_00, 70_00, "ahead")
    assert workspace.read(meters.quotas, STAFF.ann, WEDNESDAY) == []
    assert OFFICE.level == "office"
