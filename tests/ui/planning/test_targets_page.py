"""The split grid: what it shows, its gaps, its months, and that it follows the office."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.office import measures, people
from salesdesk.planning import deciding, plans, targets
from salesdesk.planning.places import OFFICE, Place, person
from tests.sample import Sample
from tests.ui.planning.conftest import Plan6, Settle
from tests.ui.planning.grid_keys import (
    ALT,
    go_to,
    text_at,
    type_and_enter,
)
from ui.planning.grid_model import CELL_ROLE
from ui.planning.tab import PlanningTab
from ui.planning.targets_page import TargetsPage
from ui.shared.session import Session


def test_rows_are_office_teams_people_and_columns_year_quarters_months(
    page: TargetsPage, sample: Sample
) -> None:
    names = [
        page.model.headerData(row, Qt.Orientation.Vertical).strip()
        for row in range(page.model.rowCount())
    ]
    assert names == ["Whole office", "钱经理", "East", "张三", "李四", "West", "王五"]
    keys = [period.key for period in page.model.columns]
    assert keys[:5] == ["2026", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    assert keys[5:] == [f"2026-{month:02}" for month in range(1, 13)]
    assert text_at(page, person(sample.zhang), "2026") == "2,400,000"


def test_the_grids_model_is_sound(
    page: TargetsPage, qtmodeltester: ModelTester, settle: Settle
) -> None:
    qtmodeltester.check(page.model, force_py=True)
    page.actuals.setChecked(True)
    page.month.set_value(parse("2026-10"))
    settle()
    qtmodeltester.check(page.model, force_py=True)


def test_sums_of_what_lies_below_look_other_than_what_was_entered(
    page: TargetsPage, sample: Sample
) -> None:
    entered = page.model.find(Place(person(sample.zhang), parse("2026-10")))
    summed = page.model.find(Place(person(sample.zhang), parse("2026-Q4")))
    assert entered is not None
    assert summed is not None
    assert page.model.cell(*entered).entered
    assert not page.model.cell(*summed).entered
    assert page.model.cell(*summed).text == "250,000"
    assert "the sum of what lies below" in page.model.describe(*summed)


def test_actuals_stand_under_the_targets_when_wanted(
    page: TargetsPage, sample: Sample, settle: Settle
) -> None:
    page.actuals.setChecked(True)
    settle()
    at = page.model.find(Place(person(sample.zhang), parse("2026-10")))
    assert at is not None
    assert page.model.cell(*at).actual == "350,000"
    assert "actual 350,000" in page.model.describe(*at)


# -- typing ----------------------------------------------------------------------------------------


def test_undo_of_the_window_is_seen_in_the_grid(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    go_to(page, person(sample.zhang), "2026-03")
    type_and_enter(qtbot, page, "5000")
    office.workspace.undo()
    settle()
    assert text_at(page, person(sample.zhang), "2026-03") == ""
    office.workspace.redo()
    settle()
    assert text_at(page, person(sample.zhang), "2026-03") == "5,000"


def test_plan_6_shows_50_000_of_the_goal_unassigned(
    office: Session, plan_6: Plan6, tab: PlanningTab, settle: Settle
) -> None:
    tab.select_plan(plan_6.plan_id)
    page = tab.show_page("targets")
    assert isinstance(page, TargetsPage)
    settle()
    assert page.tier.value() == "assigned"
    assert page.gaps.buttons == []
    page.set_tier("goal")
    settle()
    at = page.model.find(Place(plan_6.who, plan_6.year))
    assert at == (0, 0)
    assert page.model.index(*at).data(CELL_ROLE).gaps == {"time": 5_000_000}
    tip = page.model.index(*at).data(Qt.ItemDataRole.ToolTipRole)
    assert "50,000 not assigned to shorter periods" in tip
    assert [tool_button.text() for tool_button in page.gaps.buttons] == [
        "张三, 2026: 50,000 not assigned to shorter periods"
    ]


def test_a_gap_in_the_line_is_jumped_to_and_its_month_opened(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    week = parse("2026-10-W2")
    with office.changing("Set") as change:
        amount = measures.measure_with_code(change.connection, "amount")
        cells: dict[Place, int | None] = {
            Place(person(sample.wang), week): 900_000_000_00,
            Place(person(sample.wang), parse("2026-10-07")): 100,
        }
        targets.set_values(change, sample.plan, amount.id, "assigned", cells)
    settle()
    # The month of the office is exceeded by that week too, and by what the others have.
    assert page.gaps.buttons[0].text().startswith("Whole office, 2026-10: the people exceed it")
    of_week = next(
        line for line in page.gaps.buttons if line.text().startswith("王五, 2026, 10/W2")
    )
    qtbot.mouseClick(of_week, Qt.MouseButton.LeftButton)
    current = page.table.currentIndex()
    assert page.model.place(current.row(), current.column()) == Place(person(sample.wang), week)


def test_more_gaps_than_are_named_are_counted_and_listed(
    page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    with office.changing("Set") as change:
        amount = measures.measure_with_code(change.connection, "amount")
        cells: dict[Place, int | None] = {}
        for quarter, month in ((1, "01"), (2, "04"), (3, "07")):
            cells[Place(person(sample.wang), parse(f"2026-Q{quarter}"))] = 1_000
            cells[Place(person(sample.wang), parse(f"2026-{month}"))] = 300
        targets.set_values(change, sample.plan, amount.id, "assigned", cells)
    settle()
    count = len(page.model.grid.all_gaps()) if page.model.grid is not None else 0
    assert count > 3
    assert page.gaps.words.text() == f"{count} gaps:"
    more = page.gaps.buttons[3]
    assert more.text() == f"{count - 3} more…"
    assert len(more.menu().actions()) == count - 3


# -- months, weeks, days ---------------------------------------------------------------------------


def test_a_month_opens_into_weeks_then_days_by_keyboard(
    qtbot: QtBot, page: TargetsPage, sample: Sample
) -> None:
    go_to(page, person(sample.zhang), "2026-10")
    qtbot.keyClick(page.table, Qt.Key.Key_Right, ALT)
    keys = [period.key for period in page.model.columns]
    at = keys.index("2026-10")
    assert keys[at + 1 : at + 5] == [f"2026-10-W{number}" for number in range(1, 5)]
    assert text_at(page, person(sample.zhang), "2026-10-W1") != ""
    qtbot.keyClick(page.table, Qt.Key.Key_Right, ALT)
    assert "2026-10-31" in [period.key for period in page.model.columns]
    qtbot.keyClick(page.table, Qt.Key.Key_Left, ALT)
    assert len(page.model.columns) == 17
    assert page.model.columns[page.table.currentIndex().column()].key == "2026-10"


def test_a_click_on_a_months_heading_opens_and_closes_it(qtbot: QtBot, page: TargetsPage) -> None:
    header = page.table.horizontalHeader()
    place = [period.key for period in page.model.columns].index("2026-01")
    for expected in (17 + 5, 17):  # January 2026 has five weeks
        page.table.scrollTo(page.model.index(0, place))
        spot = header.viewport().rect().center()
        spot.setX(header.sectionViewportPosition(place) + 30)
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        assert len(page.model.columns) == expected


def test_a_months_plan_shows_its_weeks_at_once(
    office: Session, tab: PlanningTab, settle: Settle
) -> None:
    with office.changing("Plan") as change:
        plan_id = plans.new_plan(change, title="November", period=parse("2026-11"))
    settle()
    tab.select_plan(plan_id)
    page = tab.show_page("targets")
    settle()
    assert isinstance(page, TargetsPage)
    assert [period.key for period in page.model.columns] == [
        "2026-11", *(f"2026-11-W{number}" for number in range(1, 5))
    ]  # fmt: skip
    page.detail.set_value("day")
    assert len(page.model.columns) == 1 + 4 + 30


# -- splitting -------------------------------------------------------------------------------------


def test_the_cursor_stays_on_its_cell_when_somebody_joins(
    page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    go_to(page, person(sample.wang), "2026-10")
    with office.changing("New person") as change:
        people.add_person(change, "赵六", team_id=1)
    settle()
    current = page.table.currentIndex()
    assert page.model.rowCount() == 8
    assert page.model.place(current.row(), current.column()) == Place(
        person(sample.wang), parse("2026-10")
    )


def test_a_closed_plan_is_looked_at_and_not_changed(
    page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    with office.changing("Close") as change:
        deciding.move(change, sample.plan, "approved")
        deciding.move(change, sample.plan, "closed")
    settle()
    index = page.model.index(0, 0)
    assert not page.model.flags(index) & Qt.ItemFlag.ItemIsEditable
    assert not page.model.setData(index, "5")


def test_another_measure_is_shown_by_its_code(
    page: TargetsPage, sample: Sample, settle: Settle
) -> None:
    page.set_measure("calls")
    settle()
    assert page.model.grid is not None
    assert page.model.grid.measure.code == "calls"
    assert text_at(page, person(sample.zhang), "2026") == ""
    at = page.model.find(Place(person(sample.zhang), parse("2026")))
    assert at is not None
    assert not page.model.enter(*at, "3.5")
    assert "not a whole number" in page.status.text()


def test_a_changed_parent_asks_once_what_its_parts_shall_do(
    page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    year = Place(OFFICE, parse("2026"))
    months = {Place(OFFICE, parse(f"2026-{number:02}")): 400_000_00 for number in range(1, 13)}
    assert page.write("Set", {**months, year: 4_800_000_00})
    settle()
    assert not page.follow.isVisible()
    assert page.write("Type", {year: 6_000_000_00})
    assert page.follow.isVisible()
    assert "4,800,000" in page.follow.words.text()
    page.follow.follow_button.click()
    settle()
    assert not page.follow.isVisible()
    shown = page.model.grid
    assert shown is not None
    assert shown.stored(*next(iter(months))) == 500_000_00
    # Left alone, the gap stays and is shown.
    assert page.write("Type", {year: 6_100_000_00})
    page.follow.leave_button.click()
    assert not page.follow.isVisible()
    assert office.read(targets.values, sample.plan, shown.measure.id, shown.tier)[year].value == (
        6_100_000_00
    )
