"""The split grid by keyboard: typing, filling, pasting, locking, splitting, and its gaps."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.office import measures, people
from salesdesk.planning import deciding, plans, targets
from salesdesk.planning.places import OFFICE, Place, Who, person, team
from tests.sample import Sample
from tests.ui.planning.conftest import Plan6, Settle
from ui.planning.grid_model import CELL_ROLE
from ui.planning.percent_table import PercentModel
from ui.planning.split_dialog import SplitDialog
from ui.planning.tab import PlanningTab
from ui.planning.targets_page import TargetsPage
from ui.shared.session import Session

_CTRL = Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier


def _go(page: TargetsPage, who: Who, period: str) -> None:
    """Put the cursor on a cell."""
    at = page.model.find(Place(who, parse(period)))
    assert at is not None
    page.table.go_to(*at)
    page.table.setFocus()


def _select(page: TargetsPage, who: Who, period: str, tall: int, wide: int) -> None:
    """Select a block whose upper left corner is a cell."""
    _go(page, who, period)
    corner = page.table.currentIndex()
    other = page.model.index(corner.row() + tall - 1, corner.column() + wide - 1)
    page.table.selectionModel().select(
        QItemSelection(corner, other), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )


def _type(qtbot: QtBot, page: TargetsPage, text: str) -> QWidget:
    """Type into the cursor's cell, Chinese by input method; the editor, still open."""
    for sign in text:
        if sign.isascii():
            qtbot.keyClicks(QApplication.focusWidget(), sign)
        else:
            composed = QInputMethodEvent()
            composed.setCommitString(sign)
            focused = QApplication.focusWidget()
            assert focused is not None
            QApplication.sendEvent(focused, composed)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert page.table.isAncestorOf(editor)
    return editor


def _enter(qtbot: QtBot, page: TargetsPage, text: str) -> None:
    """Type and press Enter; wait until the editor is gone."""
    editor = _type(qtbot, page, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.table)


def _stored(
    session: Session, plan_id: int, tier: str = "assigned"
) -> Mapping[Place, targets.Target]:
    amount = session.read(measures.measure_with_code, "amount")
    return session.read(targets.values, plan_id, amount.id, tier)


def _yuan(session: Session, sample: Sample, who: Who, *periods: str) -> list[int | None]:
    """The stored targets of someone in periods, in yuan."""
    found = _stored(session, sample.plan)
    cells = [found.get(Place(who, parse(period))) for period in periods]
    return [None if cell is None else cell.value // 100 for cell in cells]


def _shown(page: TargetsPage, who: Who, period: str) -> str:
    at = page.model.find(Place(who, parse(period)))
    assert at is not None
    return page.model.cell(*at).text


# -- what is shown ---------------------------------------------------------------------------------


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
    assert _shown(page, person(sample.zhang), "2026") == "2,400,000"


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


def test_typed_figures_are_one_change_each_and_enter_goes_down(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    _go(page, person(sample.zhang), "2026-03")
    _enter(qtbot, page, "1.2万")
    assert page.table.currentIndex().row() == 4  # 李四, below 张三
    _enter(qtbot, page, "8,000")
    march = parse("2026-03").key
    assert _yuan(office, sample, person(sample.zhang), march) == [12_000]
    assert _yuan(office, sample, person(sample.li), march) == [8_000]
    assert _shown(page, team(1), "2026-03") == "20,000"
    assert office.workspace.undo() == ("Targets of 2026 销售计划: Sales amount, 2026-03, 李四")
    assert _yuan(office, sample, person(sample.li), march) == [None]
    assert _yuan(office, sample, person(sample.zhang), march) == [12_000]


def test_undo_of_the_window_is_seen_in_the_grid(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    _go(page, person(sample.zhang), "2026-03")
    _enter(qtbot, page, "5000")
    office.workspace.undo()
    settle()
    assert _shown(page, person(sample.zhang), "2026-03") == ""
    office.workspace.redo()
    settle()
    assert _shown(page, person(sample.zhang), "2026-03") == "5,000"


def test_what_is_no_number_is_said_below_and_stays_to_be_corrected(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    _go(page, person(sample.zhang), "2026-03")
    editor = _type(qtbot, page, "12x")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "12x" in page.status.text())
    assert page.status.text() == "张三, 2026-03: “12x” is not a number."
    assert QApplication.focusWidget() is editor
    assert _yuan(office, sample, person(sample.zhang), "2026-03") == [None]
    _enter(qtbot, page, "12")
    assert _yuan(office, sample, person(sample.zhang), "2026-03") == [12]


def test_escape_drops_what_was_typed(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    _go(page, person(sample.zhang), "2026-10")
    editor = _type(qtbot, page, "7")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert _yuan(office, sample, person(sample.zhang), "2026-10") == [250_000]


def test_enter_on_a_sum_that_was_only_looked_at_enters_nothing(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    _go(page, person(sample.zhang), "2026-Q4")
    qtbot.keyClick(page.table, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "250,000"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.table)
    assert _yuan(office, sample, person(sample.zhang), "2026-Q4") == [None]


def test_a_target_is_not_negative_and_not_absurd(page: TargetsPage, sample: Sample) -> None:
    at = page.model.find(Place(person(sample.zhang), parse("2026-03")))
    assert at is not None
    assert not page.model.enter(*at, "-5")
    assert page.status.text().endswith("A target can't be negative.")
    assert not page.model.enter(*at, "999999999亿")
    assert "too large" in page.status.text()


def test_arrow_keys_move_and_delete_clears_the_selection_at_once(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    _go(page, person(sample.zhang), "2026-Q4")
    qtbot.keyClick(page.table, Qt.Key.Key_Right)
    assert page.model.columns[page.table.currentIndex().column()].key == "2026-01"
    _select(page, person(sample.zhang), "2026-10", 2, 1)
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert _yuan(office, sample, person(sample.zhang), "2026-10") == [None]
    assert _yuan(office, sample, person(sample.li), "2026-10") == [None]
    assert office.workspace.undo() == ("Targets of 2026 销售计划: Sales amount, 2026-10, 2 people")
    assert _yuan(office, sample, person(sample.li), "2026-10") == [150_000]


# -- blocks ----------------------------------------------------------------------------------------


def test_fill_right_copies_the_first_column_over_the_selection(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    _go(page, person(sample.wang), "2026-01")
    _enter(qtbot, page, "100")
    _select(page, person(sample.wang), "2026-01", 1, 12)
    qtbot.keyClick(page.table, Qt.Key.Key_R, _CTRL)
    months = [f"2026-{month:02}" for month in range(1, 13)]
    assert _yuan(office, sample, person(sample.wang), *months) == [100] * 12
    assert _shown(page, person(sample.wang), "2026") == "1,200"
    assert office.workspace.undo() == (
        "Targets of 2026 销售计划: Sales amount, 2026-02 to 2026-12, 王五"
    )
    assert _yuan(office, sample, person(sample.wang), *months) == [100] + [None] * 11


def test_fill_down_takes_the_upper_neighbour_of_a_single_cell(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    _go(page, person(sample.zhang), "2026-05")
    _enter(qtbot, page, "900")  # the cursor is on 李四 now
    qtbot.keyClick(page.table, Qt.Key.Key_D, _CTRL)
    assert _yuan(office, sample, person(sample.li), "2026-05") == [900]


def test_a_block_copied_from_excel_is_pasted_as_one_change(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    QGuiApplication.clipboard().setText("1,000\t2000.50\t\r\n3万\t4000\t５０００\r\n")
    _go(page, person(sample.zhang), "2026-01")
    qtbot.keyClick(page.table, Qt.Key.Key_V, _CTRL)
    stored = _stored(office, sample.plan)
    assert stored[Place(person(sample.zhang), parse("2026-02"))].value == 200_050
    assert Place(person(sample.zhang), parse("2026-03")) not in stored
    months = ("2026-01", "2026-02", "2026-03")
    assert _yuan(office, sample, person(sample.li), *months) == [30_000, 4_000, 5_000]
    assert office.workspace.undo() == (
        "Targets of 2026 销售计划: Sales amount, 2026-01 to 2026-03, 2 people"
    )
    assert _yuan(office, sample, person(sample.li), *months) == [None] * 3


def test_a_block_with_one_wrong_cell_is_refused_whole_naming_the_cell(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    before = _stored(office, sample.plan)
    QGuiApplication.clipboard().setText("1\t2\n3\tabout four\n")
    _go(page, person(sample.zhang), "2026-01")
    qtbot.keyClick(page.table, Qt.Key.Key_V, _CTRL)
    assert page.status.text() == "李四, 2026-02: “about four” is not a number."
    assert _stored(office, sample.plan) == before


def test_a_block_that_does_not_fit_is_refused_with_its_size(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    before = _stored(office, sample.plan)
    QGuiApplication.clipboard().setText("1\t2\t3")
    _go(page, person(sample.zhang), "2026-11")
    qtbot.keyClick(page.table, Qt.Key.Key_V, _CTRL)
    assert "1 rows and 3 columns" in page.status.text()
    assert "only 4 rows and 2 columns" in page.status.text()
    assert _stored(office, sample.plan) == before


def test_one_value_is_pasted_into_every_selected_cell(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    QGuiApplication.clipboard().setText("77\n")
    _select(page, person(sample.zhang), "2026-01", 2, 3)
    qtbot.keyClick(page.table, Qt.Key.Key_V, _CTRL)
    months = ("2026-01", "2026-02", "2026-03")
    assert _yuan(office, sample, person(sample.zhang), *months) == [77] * 3
    assert _yuan(office, sample, person(sample.li), *months) == [77] * 3


def test_what_was_copied_can_be_pasted_back(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    _select(page, person(sample.zhang), "2026-10", 2, 1)
    qtbot.keyClick(page.table, Qt.Key.Key_C, _CTRL)
    assert QGuiApplication.clipboard().text() == "250000\n150000"
    _go(page, person(sample.zhang), "2026-11")
    qtbot.keyClick(page.table, Qt.Key.Key_V, _CTRL)
    assert _yuan(office, sample, person(sample.li), "2026-11") == [150_000]
    page.table.copy_all()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0].split("\t")[:3] == ["", "2026", "Q1"]
    assert len(lines) == 8


# -- locks -----------------------------------------------------------------------------------------


def test_a_locked_target_refuses_typing_pasting_and_clearing(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    _go(page, person(sample.zhang), "2026-10")
    qtbot.keyClick(page.table, Qt.Key.Key_K, _CTRL)
    settle()
    at = page.model.find(Place(person(sample.zhang), parse("2026-10")))
    assert at is not None
    assert page.model.cell(*at).locked
    acts: list[Callable[[], bool]] = [
        lambda: page.model.enter(*at, "1"),
        lambda: page.model.paste(*at, [["1"]]),
        lambda: page.model.clear_cells([at]),
    ]
    for act in acts:
        assert not act()
        assert page.status.text().startswith("张三, 2026-10 is locked")
    qtbot.keyClick(page.table, Qt.Key.Key_K, _CTRL)
    settle()
    assert page.model.enter(*at, "1")


def test_a_sum_cannot_be_locked(qtbot: QtBot, page: TargetsPage, sample: Sample) -> None:
    _go(page, person(sample.zhang), "2026-Q4")
    qtbot.keyClick(page.table, Qt.Key.Key_K, _CTRL)
    assert page.status.text().startswith("Only entered targets can be locked")


# -- gaps ------------------------------------------------------------------------------------------


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
    _go(page, person(sample.zhang), "2026-10")
    qtbot.keyClick(page.table, Qt.Key.Key_Right, _ALT)
    keys = [period.key for period in page.model.columns]
    at = keys.index("2026-10")
    assert keys[at + 1 : at + 5] == [f"2026-10-W{number}" for number in range(1, 5)]
    assert _shown(page, person(sample.zhang), "2026-10-W1") != ""
    qtbot.keyClick(page.table, Qt.Key.Key_Right, _ALT)
    assert "2026-10-31" in [period.key for period in page.model.columns]
    qtbot.keyClick(page.table, Qt.Key.Key_Left, _ALT)
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


def _split(page: TargetsPage, qtbot: QtBot, who: Who, period: str) -> SplitDialog:
    _go(page, who, period)
    form = page.split_form()
    assert form is not None
    qtbot.addWidget(form)
    return form


def test_a_split_over_months_keeps_what_is_locked_and_is_one_undo(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    _go(page, person(sample.zhang), "2026-10")
    page.toggle_lock()
    settle()
    form = _split(page, qtbot, person(sample.zhang), "2026")
    assert form.total.text() == "2,400,000"
    form.way.set_value("equal")
    form.accept()
    qtbot.waitUntil(lambda: form.result() == 1)
    settle()
    months = [f"2026-{month:02}" for month in range(1, 13)]
    found = _yuan(office, sample, person(sample.zhang), *months)
    assert found[9] == 250_000
    assert sum(value or 0 for value in found) == 2_400_000
    assert _shown(page, person(sample.zhang), "2026-01") == f"{found[0]:,}"
    assert office.workspace.undo() == (
        "Split targets of 2026 销售计划: Sales amount, 15 periods, 张三"
    )
    assert _yuan(office, sample, person(sample.zhang), "2026-01") == [None]


def test_a_sum_can_be_split_after_it_is_written_into_the_dialog(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    form = _split(page, qtbot, team(1), "2026-10")
    assert form.total.text() == "400,000"  # the sum of its people
    form.total.setText("50万")
    form.along.set_value("people")
    form.accept()
    qtbot.waitUntil(lambda: form.result() == 1)
    # 250,000 and 150,000 before: the proportions stay unless another way is chosen.
    assert _yuan(office, sample, person(sample.zhang), "2026-10") == [312_500]
    assert _yuan(office, sample, person(sample.li), "2026-10") == [187_500]
    assert _yuan(office, sample, team(1), "2026-10") == [500_000]


def test_several_targets_are_split_as_one_change(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    li, wang = person(sample.li), person(sample.wang)
    with office.changing("Set") as change:
        amount = measures.measure_with_code(change.connection, "amount")
        cells: dict[Place, int | None] = {
            Place(li, parse("2026-Q3")): 300_00, Place(wang, parse("2026-Q3")): 600_00,
        }  # fmt: skip
        targets.set_values(change, sample.plan, amount.id, "assigned", cells)
    settle()
    _go(page, li, "2026-Q3")
    at = page.model.find(Place(wang, parse("2026-Q3")))
    assert at is not None
    page.table.selectionModel().select(
        page.model.index(*at), QItemSelectionModel.SelectionFlag.Select
    )
    form = page.split_form()
    assert form is not None
    qtbot.addWidget(form)
    assert form.places == [Place(li, parse("2026-Q3")), Place(wang, parse("2026-Q3"))]
    form.way.set_value("equal")
    form.accept()
    qtbot.waitUntil(lambda: form.result() == 1)
    months = ("2026-07", "2026-08", "2026-09")
    assert _yuan(office, sample, li, *months) == [100, 100, 100]
    assert _yuan(office, sample, wang, *months) == [200, 200, 200]
    assert office.workspace.undo() == (
        "Split targets of 2026 销售计划: Sales amount, 2026-07 to 2026-09, 2 people"
    )
    assert _yuan(office, sample, wang, *months) == [None, None, None]


def test_own_percentages_must_make_100(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    form = _split(page, qtbot, OFFICE, "2026")
    form.to.set_value("quarter")
    form.way.set_value("percent")
    parts = form.percent.parts
    assert parts.hundredths == [2_500] * 4
    for row, text in enumerate(("10", "20%", "30", "30")):
        assert parts.setData(parts.index(row, 1), text)
    assert form.percent.sum.text() == "Sum 90% · 10% to 100"
    form.accept()
    qtbot.waitUntil(lambda: "not to 100" in form.error.text())
    assert form.result() != 1
    parts.setData(parts.index(3, 1), "40")
    form.accept()
    qtbot.waitUntil(lambda: form.result() == 1)
    quarters = [f"2026-Q{number}" for number in range(1, 5)]
    assert _yuan(office, sample, OFFICE, *quarters) == [480_000, 960_000, 1_440_000, 1_920_000]


def test_a_split_over_people_goes_on_over_months(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    form = _split(page, qtbot, OFFICE, "2026")
    form.along.set_value("people")
    form.then.set_value("month")
    form.accept()
    qtbot.waitUntil(lambda: form.result() == 1)
    settle()
    months = [f"2026-{month:02}" for month in range(1, 13)]
    found = _yuan(office, sample, person(sample.wang), *months)
    assert sum(value or 0 for value in found) == 1_600_000
    assert page.model.grid is not None
    below = [gap for gap in page.model.grid.all_gaps() if gap.axis == "people"]
    assert below == []


def test_locked_cells_above_the_target_are_refused_in_the_dialog(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    _go(page, person(sample.zhang), "2026-10")
    page.toggle_lock()
    settle()
    form = _split(page, qtbot, person(sample.zhang), "2026")
    form.total.setText("1000")
    form.accept()
    qtbot.waitUntil(lambda: "exceed" in form.error.text())
    assert _yuan(office, sample, person(sample.zhang), "2026") == [2_400_000]


def test_the_models_of_percentages_are_sound(qtmodeltester: ModelTester) -> None:
    model = PercentModel()
    model.show(["a", "b", "c"])
    assert sum(model.hundredths) == 10_000
    qtmodeltester.check(model, force_py=True)
    assert not model.setData(model.index(0, 1), "many")
    assert not model.setData(model.index(0, 1), "-3")


def test_rebalance_makes_the_parts_sum_again_and_says_so_before(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    with office.changing("Set") as change:
        amount = measures.measure_with_code(change.connection, "amount")
        cells: dict[Place, int | None] = {
            Place(person(sample.wang), parse(key)): value * 100
            for key, value in {"2026-Q1": 900, "2026-01": 100, "2026-02": 200}.items()
        }
        targets.set_values(change, sample.plan, amount.id, "assigned", cells)
    settle()
    _go(page, person(sample.wang), "2026-Q1")
    form = page.rebalance_form()
    assert form is not None
    qtbot.addWidget(form)
    with qtbot.waitSignal(form.effect.shown):
        form.show()
    assert form.way.value() == "time"
    assert form.effect.summary.text() == (
        "3 cells change, 2 of them have targets already; gaps: 5 before, 4 after."
    )
    form.accept()
    qtbot.waitUntil(lambda: form.result() == 1)
    months = ("2026-01", "2026-02", "2026-03")
    assert _yuan(office, sample, person(sample.wang), *months) == [300, 600, 0]
    assert office.workspace.undo() == (
        "Rebalance targets of 2026 销售计划: Sales amount, 2026-01 to 2026-03, 王五"
    )


def test_catching_up_where_nothing_remains_says_so_below_the_grid(
    page: TargetsPage, sample: Sample
) -> None:
    _go(page, person(sample.zhang), "2026-10")
    page.catch_up()
    assert page.status.text() == "Nothing is left of 2026-10 to catch up in."


# -- keeping in step -------------------------------------------------------------------------------


def test_the_cursor_stays_on_its_cell_when_somebody_joins(
    page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    _go(page, person(sample.wang), "2026-10")
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
    assert _shown(page, person(sample.zhang), "2026") == ""
    at = page.model.find(Place(person(sample.zhang), parse("2026")))
    assert at is not None
    assert not page.model.enter(*at, "3.5")
    assert "not a whole number" in page.status.text()
