"""The split grid by keyboard: typing, filling, pasting, clearing and locking."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.planning.places import Place, person, team
from tests.sample import Sample
from tests.ui.planning.conftest import Settle
from tests.ui.planning.grid_keys import (
    CTRL,
    go_to,
    select_block,
    stored_targets,
    text_at,
    type_and_enter,
    type_in,
    yuan_of,
)
from ui.planning.targets_page import TargetsPage
from ui.shared.session import Session


def test_typed_figures_are_one_change_each_and_enter_goes_down(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    go_to(page, person(sample.zhang), "2026-03")
    type_and_enter(qtbot, page, "1.2万")
    assert page.table.currentIndex().row() == 4  # 李四, below 张三
    type_and_enter(qtbot, page, "8,000")
    march = parse("2026-03").key
    assert yuan_of(office, sample, person(sample.zhang), march) == [12_000]
    assert yuan_of(office, sample, person(sample.li), march) == [8_000]
    assert text_at(page, team(1), "2026-03") == "20,000"
    assert office.workspace.undo() == ("Targets of 2026 销售计划: Sales amount, 2026-03, 李四")
    assert yuan_of(office, sample, person(sample.li), march) == [None]
    assert yuan_of(office, sample, person(sample.zhang), march) == [12_000]


def test_what_is_no_number_is_said_below_and_stays_to_be_corrected(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    go_to(page, person(sample.zhang), "2026-03")
    editor = type_in(qtbot, page, "12x")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "12x" in page.status.text())
    assert page.status.text() == "张三, 2026-03: “12x” is not a number."
    assert QApplication.focusWidget() is editor
    assert yuan_of(office, sample, person(sample.zhang), "2026-03") == [None]
    type_and_enter(qtbot, page, "12")
    assert yuan_of(office, sample, person(sample.zhang), "2026-03") == [12]


def test_escape_drops_what_was_typed(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    go_to(page, person(sample.zhang), "2026-10")
    editor = type_in(qtbot, page, "7")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert yuan_of(office, sample, person(sample.zhang), "2026-10") == [250_000]


def test_enter_on_a_sum_that_was_only_looked_at_enters_nothing(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    go_to(page, person(sample.zhang), "2026-Q4")
    qtbot.keyClick(page.table, Qt.Key.Key_F2)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "250,000"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.table)
    assert yuan_of(office, sample, person(sample.zhang), "2026-Q4") == [None]


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
    go_to(page, person(sample.zhang), "2026-Q4")
    qtbot.keyClick(page.table, Qt.Key.Key_Right)
    assert page.model.columns[page.table.currentIndex().column()].key == "2026-01"
    select_block(page, person(sample.zhang), "2026-10", 2, 1)
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert yuan_of(office, sample, person(sample.zhang), "2026-10") == [None]
    assert yuan_of(office, sample, person(sample.li), "2026-10") == [None]
    assert office.workspace.undo() == ("Targets of 2026 销售计划: Sales amount, 2026-10, 2 people")
    assert yuan_of(office, sample, person(sample.li), "2026-10") == [150_000]


# -- blocks ----------------------------------------------------------------------------------------


def test_fill_right_copies_the_first_column_over_the_selection(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    go_to(page, person(sample.wang), "2026-01")
    type_and_enter(qtbot, page, "100")
    select_block(page, person(sample.wang), "2026-01", 1, 12)
    qtbot.keyClick(page.table, Qt.Key.Key_R, CTRL)
    months = [f"2026-{month:02}" for month in range(1, 13)]
    assert yuan_of(office, sample, person(sample.wang), *months) == [100] * 12
    assert text_at(page, person(sample.wang), "2026") == "1,200"
    assert office.workspace.undo() == (
        "Targets of 2026 销售计划: Sales amount, 2026-02 to 2026-12, 王五"
    )
    assert yuan_of(office, sample, person(sample.wang), *months) == [100] + [None] * 11


def test_fill_down_takes_the_upper_neighbour_of_a_single_cell(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    go_to(page, person(sample.zhang), "2026-05")
    type_and_enter(qtbot, page, "900")  # the cursor is on 李四 now
    qtbot.keyClick(page.table, Qt.Key.Key_D, CTRL)
    assert yuan_of(office, sample, person(sample.li), "2026-05") == [900]


def test_a_block_copied_from_excel_is_pasted_as_one_change(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    QGuiApplication.clipboard().setText("1,000\t2000.50\t\r\n3万\t4000\t５０００\r\n")
    go_to(page, person(sample.zhang), "2026-01")
    qtbot.keyClick(page.table, Qt.Key.Key_V, CTRL)
    stored = stored_targets(office, sample.plan)
    assert stored[Place(person(sample.zhang), parse("2026-02"))].value == 200_050
    assert Place(person(sample.zhang), parse("2026-03")) not in stored
    months = ("2026-01", "2026-02", "2026-03")
    assert yuan_of(office, sample, person(sample.li), *months) == [30_000, 4_000, 5_000]
    assert office.workspace.undo() == (
        "Targets of 2026 销售计划: Sales amount, 2026-01 to 2026-03, 2 people"
    )
    assert yuan_of(office, sample, person(sample.li), *months) == [None] * 3


def test_a_block_with_one_wrong_cell_is_refused_whole_naming_the_cell(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    before = stored_targets(office, sample.plan)
    QGuiApplication.clipboard().setText("1\t2\n3\tabout four\n")
    go_to(page, person(sample.zhang), "2026-01")
    qtbot.keyClick(page.table, Qt.Key.Key_V, CTRL)
    assert page.status.text() == "李四, 2026-02: “about four” is not a number."
    assert stored_targets(office, sample.plan) == before


def test_a_block_that_does_not_fit_is_refused_with_its_size(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    before = stored_targets(office, sample.plan)
    QGuiApplication.clipboard().setText("1\t2\t3")
    go_to(page, person(sample.zhang), "2026-11")
    qtbot.keyClick(page.table, Qt.Key.Key_V, CTRL)
    assert "is 1 × 3 cells" in page.status.text()
    assert "only room for 4 × 2." in page.status.text()
    assert stored_targets(office, sample.plan) == before


def test_one_value_is_pasted_into_every_selected_cell(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    QGuiApplication.clipboard().setText("77\n")
    select_block(page, person(sample.zhang), "2026-01", 2, 3)
    qtbot.keyClick(page.table, Qt.Key.Key_V, CTRL)
    months = ("2026-01", "2026-02", "2026-03")
    assert yuan_of(office, sample, person(sample.zhang), *months) == [77] * 3
    assert yuan_of(office, sample, person(sample.li), *months) == [77] * 3


def test_what_was_copied_can_be_pasted_back(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    select_block(page, person(sample.zhang), "2026-10", 2, 1)
    qtbot.keyClick(page.table, Qt.Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "250000\n150000"
    go_to(page, person(sample.zhang), "2026-11")
    qtbot.keyClick(page.table, Qt.Key.Key_V, CTRL)
    assert yuan_of(office, sample, person(sample.li), "2026-11") == [150_000]
    page.table.copy_all()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0].split("\t")[:3] == ["", "2026", "Q1"]
    assert len(lines) == 8


# -- locks -----------------------------------------------------------------------------------------


def test_a_locked_target_refuses_typing_pasting_and_clearing(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    go_to(page, person(sample.zhang), "2026-10")
    qtbot.keyClick(page.table, Qt.Key.Key_K, CTRL)
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
    qtbot.keyClick(page.table, Qt.Key.Key_K, CTRL)
    settle()
    assert page.model.enter(*at, "1")


def test_a_sum_cannot_be_locked(qtbot: QtBot, page: TargetsPage, sample: Sample) -> None:
    go_to(page, person(sample.zhang), "2026-Q4")
    qtbot.keyClick(page.table, Qt.Key.Key_K, CTRL)
    assert page.status.text().startswith("Only entered targets can be locked")


# -- gaps ------------------------------------------------------------------------------------------
