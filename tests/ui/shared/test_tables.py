"""The record table: it sorts, pages, copies and keeps its place."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ui.shared.labels import EmptyPage
from ui.shared.tables import PAGE, Column, FilterField, RecordModel, RecordTable, TableOrEmpty


@dataclass(frozen=True)
class Fruit:
    name: str
    weight: int | None


COLUMNS = [
    Column[Fruit]("Name", lambda fruit: fruit.name, key="name"),
    Column[Fruit](
        "Weight",
        lambda fruit: "" if fruit.weight is None else f"{fruit.weight:,}",
        align="right",
        sort=lambda fruit: fruit.weight,
        key="weight",
    ),
]
PEAR, FIG, PLUM = Fruit("Pear", 1200), Fruit("Fig", 90), Fruit("Plum\tred", None)


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester) -> None:
    model: RecordModel[Fruit] = RecordModel(COLUMNS)
    model.set_rows([PEAR, FIG, PLUM])
    model.sort(1, Qt.SortOrder.DescendingOrder)
    qtmodeltester.check(model, force_py=True)


def test_numbers_sort_by_value_and_missing_ones_come_last_both_ways() -> None:
    model: RecordModel[Fruit] = RecordModel(COLUMNS)
    model.set_rows([PEAR, PLUM, FIG])
    model.sort(1, Qt.SortOrder.AscendingOrder)
    assert list(model.rows) == [FIG, PEAR, PLUM]
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert list(model.rows) == [PEAR, FIG, PLUM]


def test_rows_set_anew_keep_the_order_asked_for() -> None:
    model: RecordModel[Fruit] = RecordModel(COLUMNS)
    model.sort(0, Qt.SortOrder.AscendingOrder)
    model.set_rows([PEAR, FIG])
    assert list(model.rows) == [FIG, PEAR]


def test_a_long_list_is_read_a_page_at_a_time_in_the_order_asked_for() -> None:
    everything = [Fruit(f"F{number:04}", number) for number in range(PAGE + 50)]
    asked: list[tuple[str, bool, Fruit | None]] = []

    def pager(key: str, descending: bool, after: Fruit | None) -> list[Fruit]:
        asked.append((key, descending, after))
        rows = sorted(everything, key=lambda fruit: fruit.name, reverse=descending)
        start = 0 if after is None else rows.index(after) + 1
        return rows[start : start + PAGE]

    model: RecordModel[Fruit] = RecordModel(COLUMNS)
    model.set_pager(pager)
    assert model.rowCount() == PAGE
    assert model.canFetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert model.rowCount() == PAGE + 50
    assert not model.canFetchMore(QModelIndex())
    model.sort(0, Qt.SortOrder.DescendingOrder)
    assert model.record(0).name == f"F{PAGE + 49:04}"
    assert asked[-1] == ("name", True, None)


def test_a_list_read_elsewhere_asks_for_another_order_and_reads_on_itself(qtbot: QtBot) -> None:
    everything = [Fruit(f"F{number:04}", number) for number in range(PAGE + 5)]
    model: RecordModel[Fruit] = RecordModel(COLUMNS)
    model.show_pages(lambda _key, _down, _after: everything[PAGE:], everything[:PAGE], more=True)
    assert model.rowCount() == PAGE
    model.fetchMore(QModelIndex())
    assert list(model.rows) == everything
    model.show_pages(lambda _key, _down, _after: everything[PAGE:], everything[:PAGE], more=True)
    with qtbot.waitSignal(model.order_wanted):
        model.sort(0, Qt.SortOrder.DescendingOrder)
    assert model.order == ("name", True)
    assert not model.canFetchMore(QModelIndex())  # what is shown has the old order


def test_copied_rows_are_tab_separated_with_headings(qtbot: QtBot) -> None:
    table: RecordTable[Fruit] = RecordTable(COLUMNS, name="Fruit")
    qtbot.addWidget(table)
    table.set_rows([PEAR, PLUM])
    table.copy()
    assert QApplication.clipboard().text() == "Name\tWeight\nPear\t1,200\nPlum red\t"


def test_the_cursor_stays_on_its_row_when_rows_are_read_again(qtbot: QtBot) -> None:
    table: RecordTable[Fruit] = RecordTable(COLUMNS, name="Fruit")
    qtbot.addWidget(table)
    table.set_rows([PEAR, FIG])
    table.pick(lambda fruit: fruit.name == "Fig")
    table.set_rows([PLUM, PEAR, Fruit("Fig", 100)], same=lambda fruit: fruit.name)
    current = table.current()
    assert current is not None
    assert current.weight == 100


def test_enter_opens_the_row_under_the_cursor(qtbot: QtBot) -> None:
    table: RecordTable[Fruit] = RecordTable(COLUMNS, name="Fruit")
    qtbot.addWidget(table)
    table.set_rows([PEAR, FIG])
    table.selectRow(1)
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [FIG]


def test_a_filter_narrows_down_by_any_cell_and_keeps_the_order(qtbot: QtBot) -> None:
    table: RecordTable[Fruit] = RecordTable(COLUMNS, name="Fruit")
    field = FilterField(table)
    qtbot.addWidget(table)
    qtbot.addWidget(field)
    table.set_rows([PEAR, FIG, PLUM])
    table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    qtbot.keyClicks(field, "p")
    assert list(table.records.rows) == [PLUM, PEAR]
    qtbot.keyClicks(field, " 1,2")
    assert list(table.records.rows) == [PEAR]
    qtbot.keyClicks(field, "9")
    assert list(table.records.rows) == []
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert list(table.records.rows) == [PLUM, PEAR, FIG]


def test_an_empty_table_shows_what_helps_instead(qtbot: QtBot) -> None:
    table: RecordTable[Fruit] = RecordTable(COLUMNS, name="Fruit")
    empty = EmptyPage("No fruit", "Buy some.")
    both = TableOrEmpty(table, lambda: empty)
    qtbot.addWidget(both)
    both.show()
    assert empty.isVisible()
    table.set_rows([PEAR])
    assert table.isVisible()
    assert not empty.isVisible()
