"""The demo office: the same each time, dated relative to today, lively, and sound."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from salesdesk import demo, text
from salesdesk.calc.periods import containing, descendants, previous
from salesdesk.check import check
from salesdesk.customers import care
from salesdesk.customers.tables import activity, customer, customer_phone
from salesdesk.errors import Cancelled, InputError, OfficeFileError, WrongPasswordError
from salesdesk.office import calendar, people, settings
from salesdesk.office.undoing import undo_entry
from salesdesk.planning import comments, grid, items, meters, plans, revisions, targets
from salesdesk.planning.places import OFFICE, person
from salesdesk.reports import kinds
from salesdesk.reports.monthly import MONTHLY
from salesdesk.reports.sections.measures import MEASURES
from salesdesk.reports.sections.products import PRODUCTS
from salesdesk.reports.sections.ranking import PEOPLE
from salesdesk.reports.sections.remarks import REMARKS
from salesdesk.reports.sections.year import YEAR
from salesdesk.sales.tables import deal, deal_share, payment, product
from salesdesk.storage.schema import metadata
from salesdesk.workspace import Workspace

TODAY = date(2026, 11, 24)


#: What the making of the office below told of its progress, per cent.
_told: list[int] = []


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A demo office that the tests only read."""
    path = tmp_path_factory.mktemp("demo") / "demo.office"
    told = _told.append
    with demo.make(
        path, today=TODAY, progress=lambda done, of: told(done * 100 // of)
    ) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo office made by somebody who speaks Chinese, behind a password."""
    path = tmp_path_factory.mktemp("chinese") / "secret.office"
    before = text.language()
    text._Current.language = "zh"  # the content needs no catalogue
    try:
        demo.make(path, today=TODAY, password="芝麻开门").close()
    finally:
        text._Current.language = before
    return path


def _rows(db: Connection) -> dict[str, list[Any]]:
    """Everything in an office but what makes it itself."""
    found = {
        name: [tuple(row) for row in db.execute(select(table).order_by(*table.primary_key))]
        for name, table in metadata.tables.items()
    }
    found["setting"] = [row for row in found["setting"] if "office_id" not in row]
    found["row_sum"] = [row for row in found["row_sum"] if "setting" not in row]  # its sums
    return found


def _count(db: Connection, table: Any, *conditions: Any) -> int:
    return int(db.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())


def test_two_demo_offices_of_one_day_hold_the_same_rows(office: Workspace, tmp_path: Path) -> None:
    with demo.make(tmp_path / "again.office", today=TODAY) as again:
        assert again.read(_rows) == office.read(_rows)
        first, second = office.read(settings.read), again.read(settings.read)
    assert first.office_id != second.office_id


def test_an_office_of_another_day_is_dated_from_that_day(tmp_path: Path) -> None:
    today = date(2024, 2, 29)
    with demo.make(tmp_path / "leap.office", today=today) as workspace:

        def days(db: Connection) -> tuple[Any, ...]:
            return (
                db.execute(select(func.max(activity.c.day))).scalar(),
                db.execute(select(func.max(customer.c.registered_on))).scalar(),
                db.execute(select(func.max(payment.c.paid_on))).scalar(),
            )

        assert max(workspace.read(days)) == today
        titles = {plan.period.key for plan in workspace.read(plans.plans)}
    assert {"2023", "2024", "2024-02", "2024-03"} <= titles


def test_a_day_beyond_the_calendar_can_be_had_too(tmp_path: Path) -> None:
    today = date(2031, 1, 2)
    with demo.make(tmp_path / "late.office", today=today) as workspace:
        assert workspace.read(calendar.work_calendar).last_year == 2032
        assert workspace.read(kinds.read, MONTHLY, containing(today, "month"), today=today)[
            MEASURES
        ]
        assert check(workspace) == []


def test_the_scale_multiplies_customers_activities_and_deals_but_not_people(
    office: Workspace, tmp_path: Path
) -> None:
    def counts(db: Connection) -> list[int]:
        return [_count(db, table) for table in (customer, activity, deal)]

    with demo.make(tmp_path / "three.office", today=TODAY, scale=3) as threefold:
        one, three = office.read(counts), threefold.read(counts)
        assert three[0] == 3 * one[0]
        for single, triple in zip(one[1:], three[1:], strict=True):
            assert 2.5 * single < triple < 4 * single
        assert threefold.read(people.people) == office.read(people.people)
        assert check(threefold) == []


def test_the_numbers_of_an_office_are_those_it_promises(office: Workspace) -> None:
    staff = office.read(people.people)
    in_teams = [one for one in staff if one.team_id is not None]
    assert len(in_teams) == 12
    assert len({one.team_id for one in in_teams}) == 3
    assert {one.role for one in staff} == {"manager", "assistant", "salesperson"}
    assert office.read(_count, customer) >= 1_000
    assert office.read(_count, activity) >= 10_000
    assert check(office) == []
    assert office.person_name == next(one.name for one in staff if one.role == "manager")


@pytest.mark.parametrize("kind", ["shop", "b2b", "territory"])
def test_every_kind_of_office_is_sound_and_sells(kind: str, tmp_path: Path) -> None:
    with demo.make(tmp_path / "kind.office", kind=kind, today=TODAY) as workspace:
        assert check(workspace) == []
        year = workspace.read(kinds.read, MONTHLY, containing(TODAY, "month"), today=TODAY)
        assert year.facts.settings.kind == kind
        assert all(line.target for line in year[MEASURES])
        assert sum(line.amount for line in year[PRODUCTS]) > 0


def test_the_office_reaches_about_what_was_planned(office: Workspace) -> None:
    month = previous(containing(TODAY, "month"))
    figures = office.read(kinds.read, MONTHLY, month, today=TODAY)
    planned = [line for line in figures[MEASURES] if line.counted is not None]
    assert len(planned) > 6
    for line in planned:
        assert line.attainment is not None
        assert Fraction(1, 2) < line.attainment < Fraction(3, 2), line.measure.code
    past = [point for point in figures[YEAR].months if point.month.end <= TODAY]
    assert all(point.target for point in past)
    target, actual = sum(point.target or 0 for point in past), sum(p.actual for p in past)
    assert Fraction(7, 10) < Fraction(actual, target) < Fraction(12, 10)
    assert figures[MEASURES][0].last_year > 0


def test_targets_sum_on_every_level_of_time_and_people(office: Workspace) -> None:
    year_plan = _plan(office, "2026")
    for measure_id, tier in office.read(targets.measures_used, year_plan.id):
        found = office.read(grid.read, year_plan.id, measure_id, tier)
        if tier == "stretch":
            continue
        gaps = [
            gap
            for gap in found.all_gaps()
            # What newcomers do in a week and day stands in their own plans.
            if not (gap.axis == "time" and gap.place.period.kind in ("month", "week"))
        ]
        assert gaps == [], (found.measure.code, tier)


def test_the_stretch_leaves_a_rest_that_nobody_has_taken(office: Workspace) -> None:
    year_plan = _plan(office, "2026")
    amount = next(
        one for one, tier in office.read(targets.measures_used, year_plan.id) if tier == "stretch"
    )
    found = office.read(grid.read, year_plan.id, amount, "stretch")
    whole = found.stored(OFFICE, year_plan.period)
    assert whole is not None
    assert found.gaps(OFFICE, year_plan.period) == {"people": whole - whole * 95 // 100}


def test_the_yearly_task_leaves_50_000_of_the_goal_unassigned(office: Workspace) -> None:
    task = next(plan for plan in office.read(plans.plans) if plan.template == "yearly-abc")
    used = dict.fromkeys(one for one, _tier in office.read(targets.measures_used, task.id))
    (measure_id,) = used
    goal = office.read(grid.read, task.id, measure_id, "goal")
    assigned = office.read(grid.read, task.id, measure_id, "assigned")
    assert goal.stored(task.who, task.period) == 350_000_00
    assert [goal.stored(task.who, period) for period in descendants(task.period, "quarter")] == [
        75_000_00
    ] * 4
    assert [gap.amount for gap in goal.all_gaps()] == [50_000_00]
    assert assigned.stored(task.who, task.period) == 300_000_00
    assert assigned.all_gaps() == []


def test_a_plan_stands_in_every_state_and_from_each_of_the_ten_templates(
    office: Workspace,
) -> None:
    found = office.read(plans.plans)
    assert {plan.status for plan in found} == set(plans.STATUSES)
    assert {plan.template for plan in found} - {""} == {
        "property-sales", "shop-sales", "new-market", "sales-manager", "showroom-assistant",
        "yearly-abc", "call-plan", "management-by-objectives", "territory", "weekly-new-customers",
    }  # fmt: skip
    assert all(re.search(r"^# ", office.read(items.text_of, plan.id), re.M) for plan in found)
    closed = [plan for plan in found if plan.who == OFFICE and plan.status == "closed"]
    assert {plan.period.key for plan in closed} >= {f"2026-{month:02}" for month in range(1, 11)}
    draft = next(plan for plan in found if plan.period.key == "2026-12" and plan.who == OFFICE)
    assert draft.status == "draft"


def test_a_plan_was_revised_and_another_came_back_with_a_comment_on_an_item(
    office: Workspace,
) -> None:
    found = office.read(plans.plans)
    revised = [plan for plan in found if plan.revision > 1]
    assert [(plan.template, plan.status) for plan in revised] == [("property-sales", "approved")]
    (earlier,) = office.read(revisions.history, revised[0].id)
    assert (earlier.number, earlier.reason) == (1, "market")
    compared = office.read(revisions.compare, revised[0].id, 1)
    assert [line.what for line in compared.lines if line.what != "same"] == ["added"]
    returned = next(plan for plan in found if plan.status == "returned")
    (said,) = office.read(comments.of_plan, returned.id)
    assert said.item_id in {item.id for item in office.read(items.of_plan, returned.id)}


def test_the_newest_colleague_is_on_the_way_to_40_effective_calls_today(
    office: Workspace,
) -> None:
    def day_meters(person_id: int) -> dict[str, meters.Meter]:
        found = office.read(meters.quotas, person_id, TODAY)
        return {one.measure.code: one for one in found if one.period.kind == "day"}

    newest = max(office.read(people.people), key=lambda one: one.joined_on or date.min)
    calls = day_meters(newest.id)["effective_calls"]
    assert calls.target == 40
    assert 0 < calls.actual < 40
    for one in office.read(people.people):
        if one.role == "salesperson":
            kinds = {meter.period.kind for meter in office.read(meters.quotas, one.id, TODAY)}
            assert kinds == {"day", "week", "month"}


def test_some_customers_are_overdue_and_most_are_not(office: Workspace) -> None:
    def share(db: Connection) -> Fraction:
        due = customer.c.next_contact_on
        return Fraction(_count(db, customer, due < TODAY), _count(db, customer, due.is_not(None)))

    assert Fraction(2, 100) < office.read(share) < Fraction(25, 100)
    assert len(office.read(care.overdue_by_person, TODAY)) >= 8
    assert office.read(care.due_list, office.person_id, TODAY)


def test_somebody_is_on_leave_and_covered(office: Workspace) -> None:
    covers = office.read(people.covers, TODAY)
    ((absent, cover),) = covers.items()
    due = office.read(care.due_list, cover, TODAY, covers=covers)
    assert any(one.covering_for for one in due)

    def by_absent(db: Connection) -> int:
        return _count(db, activity, activity.c.person_id == absent, activity.c.day >= TODAY)

    assert office.read(by_absent) == 0


def test_deals_are_shared_cancelled_overdue_and_below_the_floor(office: Workspace) -> None:
    def shares(db: Connection) -> tuple[int, ...]:
        profit = deal.c.amount - deal.c.cost
        floor = product.c.profit_floor * deal.c.quantity
        return (
            _count(db, deal),
            _count(db, deal_share) - _count(db, deal),
            _count(db, deal, deal.c.cancelled_on.is_not(None)),
            _count(db, payment, payment.c.due_on < TODAY, payment.c.paid_on.is_(None)),
            _count(db, deal.join(product, product.c.id == deal.c.product_id), profit < floor),
        )

    whole, shared, cancelled, overdue, below = office.read(shares)
    assert Fraction(8, 100) < Fraction(shared, whole) < Fraction(22, 100)
    assert 0 < cancelled < whole // 10
    assert overdue > 0
    assert 0 < below < whole // 10


def test_no_two_customers_share_a_phone_and_no_house_is_sold_twice(office: Workspace) -> None:
    def doubles(db: Connection) -> tuple[Any, ...]:
        phones = select(customer_phone.c.number).group_by(customer_phone.c.number)
        houses = select(deal.c.product_id).group_by(deal.c.product_id, deal.c.unit_label)
        return (
            db.execute(phones.having(func.count() > 1)).all(),
            db.execute(houses.having(func.count() > 1)).all(),
            db.execute(select(customer_phone.c.number)).scalars().all(),
        )

    phones, houses, numbers = office.read(doubles)
    assert phones == []
    assert houses == []
    assert all(re.fullmatch(r"1[3-9]\d{9}", number) for number in numbers)


def test_a_missed_month_is_explained(office: Workspace) -> None:
    figures = office.read(kinds.read, MONTHLY, previous(containing(TODAY, "month")), today=TODAY)
    missed = {line.name for line in figures[PEOPLE] if line.status in ("behind", "at_risk")}
    assert figures[REMARKS]
    assert {remark.name for remark in figures[REMARKS]} <= missed
    assert all(remark.reason and remark.countermeasure for remark in figures[REMARKS])


def test_the_latest_change_can_be_undone(office: Workspace, tmp_path: Path) -> None:
    # A demo office is one file: its write-ahead log has gone into it.
    path = Path(shutil.copy(office.path, tmp_path / "undo.office"))
    with Workspace.open(path) as workspace:
        first = workspace.history()[0]
        someone = workspace.read(people.person_named, first.person_name)
        workspace.work_as(someone.id, someone.name)
        before = workspace.read(_count, activity)
        assert undo_entry(workspace, first.id) == first.label
        assert workspace.read(_count, activity) == before - 1


def test_in_chinese_names_products_and_plans_are_chinese(chinese: Path) -> None:
    with Workspace.open(chinese, "芝麻开门") as workspace:

        def names(db: Connection) -> list[str]:
            return [
                *db.execute(select(customer.c.name).limit(50)).scalars(),
                *db.execute(select(product.c.name)).scalars(),
                *(plan.title for plan in plans.plans(db)),
                *(one.name for one in people.people(db)),
            ]

        assert all(re.search(r"[\u4e00-\u9fff]", name) for name in workspace.read(names))
        keys = workspace.read(lambda db: db.execute(select(customer.c.search_key)).scalars().all())
        assert all(re.search(r"[a-z]", key) for key in keys)
        assert check(workspace) == []


def test_an_encrypted_demo_opens_with_its_password_only(chinese: Path) -> None:
    with pytest.raises(WrongPasswordError):
        Workspace.open(chinese)
    with Workspace.open(chinese, "芝麻开门") as workspace:
        assert workspace.encrypted


def test_a_cancelled_demo_leaves_no_file_behind(tmp_path: Path) -> None:
    def cancel(done: int, of: int) -> None:
        if done >= of // 2:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        demo.make(tmp_path / "no.office", today=TODAY, progress=cancel)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("office")
def test_progress_only_grows() -> None:
    assert _told == sorted(_told)
    assert _told[-1] == 100


@pytest.mark.parametrize("scale", [0, -1, 100_000])
def test_an_impossible_scale_is_refused(scale: int, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        demo.make(tmp_path / "no.office", scale=scale)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_exists_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine.office"
    path.write_text("mine")
    with pytest.raises(OfficeFileError):
        demo.make(path)
    assert path.read_text() == "mine"


def _plan(office: Workspace, key: str) -> plans.Plan:
    return next(
        plan for plan in office.read(plans.plans) if plan.period.key == key and plan.who == OFFICE
    )


def test_a_person_joins_the_plan_in_the_month_they_joined(office: Workspace) -> None:
    newest = max(office.read(people.people), key=lambda one: one.joined_on or date.min)
    joined = newest.joined_on
    assert joined is not None
    plan = _plan(office, "2026")
    amount = office.read(targets.measures_used, plan.id)[0][0]
    cells = office.read(targets.values, plan.id, amount, "assigned")
    for month in descendants(plan.period, "month"):
        cell = next(
            (c for at, c in cells.items() if at.who == person(newest.id) and at.period == month),
            None,
        )
        assert bool(cell and cell.value) == (month.end > joined), month.key
    assert joined + timedelta(days=27) == TODAY
