"""A plan is typed, pasted and moved about as in a text editor, and its figures are its rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.office import measures
from salesdesk.planning import items, targets
from salesdesk.planning.figures_block import Figures
from salesdesk.planning.figures_spec import Spec
from salesdesk.planning.places import OFFICE, Place
from tests.sample import Sample
from tests.ui.planning.conftest import Settle
from ui.planning.figures_dialog import FiguresDialog
from ui.planning.outline_clipboard import OWN
from ui.planning.outline_editor import OutlineEditor
from ui.planning.outline_margin import Note
from ui.planning.tab import PlanningTab
from ui.planning.text_page import TextPage
from ui.shared.session import Session

NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key
Lines = Callable[[], list[tuple[str, int, str]]]


@pytest.fixture
def page(tab: PlanningTab, sample: Sample, settle: Settle) -> TextPage:
    """The text of the sample's plan, the cursor in it."""
    tab.select_plan(sample.plan)
    shown = tab.show_page("text")
    assert isinstance(shown, TextPage)
    shown.text.setFocus()
    settle()
    return shown


@pytest.fixture
def editor(page: TextPage) -> OutlineEditor:
    """The page's editor."""
    return page.text


def _lines(editor: OutlineEditor) -> list[tuple[str, int, str]]:
    lines, _places = editor.outline.written()
    return [(line.kind, line.level, line.text) for line in lines]


def _type(qtbot: QtBot, editor: OutlineEditor, *pieces: str | Qt.Key) -> None:
    for piece in pieces:
        if isinstance(piece, str) and piece.isascii():
            qtbot.keyClicks(editor, piece)
        elif isinstance(piece, str):  # composed, not typed by single keys
            editor.textCursor().insertText(piece)
        else:
            qtbot.keyClick(editor, piece)


def _paste(editor: OutlineEditor, *, text: str = "", html: str = "") -> None:
    data = QMimeData()
    data.setText(text)
    if html:
        data.setHtml(html)
    editor.insertFromMimeData(data)


def test_an_outline_is_typed_by_enter_and_tab(qtbot: QtBot, editor: OutlineEditor) -> None:
    _type(qtbot, editor, "# Aims", Key.Key_Return, "1. Sell", Key.Key_Return, "Visit",
          Key.Key_Return, Key.Key_Tab, "often", Key.Key_Return, Key.Key_Backtab, "Call",
          Key.Key_Return, Key.Key_Return, "The end")  # fmt: skip
    assert _lines(editor) == [
        ("heading", 0, "Aims"), ("item", 1, "Sell"), ("item", 1, "Visit"), ("item", 2, "often"),
        ("item", 1, "Call"), ("paragraph", 1, "The end"),
    ]  # fmt: skip
    assert editor.outline.labels() == ["", "1.", "2.", "(1)", "3.", ""]
    assert "#" not in editor.toPlainText()


def test_items_move_with_what_lies_below_them(qtbot: QtBot, editor: OutlineEditor) -> None:
    _paste(editor, text="1. One\n  (1) under one\n2. Two\n3. Three")
    before = _lines(editor)
    editor.go_to_block(0)
    qtbot.keyClick(editor, Key.Key_Down, ALT)
    assert [words for _kind, _level, words in _lines(editor)] == [
        "Two", "One", "under one", "Three",
    ]  # fmt: skip
    qtbot.keyClick(editor, Key.Key_Up, ALT)
    assert _lines(editor) == before
    editor.undo()
    editor.undo()
    assert _lines(editor) == before


def test_headings_lists_and_tables_of_word_become_items(editor: OutlineEditor) -> None:
    _paste(
        editor,
        text="目标\n今年要做好\n每周8台\n笔记本",
        html="<h1>目标</h1><p>今年要做好</p><ol><li>每周8台<ol><li>笔记本</li></ol></li>"
        "<li>利润</li></ol><table><tr><td>一月</td><td>20万</td></tr></table>",
    )
    kinds = [(kind, words) for kind, _level, words in _lines(editor)]
    assert kinds[:2] == [("heading", "目标"), ("paragraph", "今年要做好")]
    assert ("item", "每周8台") in kinds
    assert ("item", "笔记本") in kinds
    assert any("一月" in words and "20万" in words for _kind, words in kinds)


def test_what_is_cut_and_pasted_keeps_its_rule(
    qtbot: QtBot, page: TextPage, editor: OutlineEditor, office: Session, sample: Sample,
    settle: Settle,
) -> None:  # fmt: skip
    _paste(editor, text="1. 每月拜访客户6次\n2. 每月新增客户3个")
    page.take_all()
    settle()
    rules = [item.rules[0].id for item in office.read(items.of_plan, sample.plan)]
    editor.go_to_block(0)
    cursor = editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
    cursor.movePosition(QTextCursor.MoveOperation.NextBlock, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    editor.cut()
    assert QApplication.clipboard().mimeData().hasFormat(OWN)
    editor.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClick(editor, Key.Key_Return)
    editor.paste()
    assert page.save()
    found = office.read(items.of_plan, sample.plan)
    assert [item.text for item in found] == ["每月新增客户3个", "每月拜访客户6次"]
    assert [item.rules[0].id for item in found] == rules[::-1]


def test_a_figure_typed_over_sets_the_target_and_back(
    qtbot: QtBot, page: TextPage, editor: OutlineEditor, office: Session, sample: Sample,
    settle: Settle,
) -> None:  # fmt: skip
    _type(qtbot, editor, "每年拜访客户120次")
    assert page.save()
    qtbot.keyClick(editor, Key.Key_Return, CTRL)
    settle()
    visits = office.read(measures.measure_with_code, "visits")
    place = Place(OFFICE, parse("2026"))
    assert office.read(targets.values, sample.plan, visits.id, "assigned")[place].value == 120
    start = editor.toPlainText().index("120")
    cursor = editor.textCursor()
    cursor.setPosition(start + 2)
    editor.setTextCursor(cursor)
    _type(qtbot, editor, Key.Key_Backspace, Key.Key_Backspace, "30")
    assert page.save()
    assert office.read(targets.values, sample.plan, visits.id, "assigned")[place].value == 300
    with office.changing("Grid") as change:
        targets.set_values(change, sample.plan, visits.id, "assigned", {place: 250})
    settle()
    assert editor.toPlainText() == "每年拜访客户250次"


def test_a_figure_its_rule_cant_have_is_told_at_its_line(
    qtbot: QtBot, page: TextPage, editor: OutlineEditor, office: Session, sample: Sample
) -> None:
    _paste(editor, text="第一行\n每年拜访客户120次\n第三行")
    page.take_all()
    editor.moveCursor(QTextCursor.MoveOperation.End)
    block = editor.outline.findBlockByNumber(1)
    cursor = QTextCursor(block)
    cursor.setPosition(block.position() + block.text().index("120"))
    cursor.setPosition(cursor.position() + 3, QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText("1.5")
    assert not page.save()
    assert page.error.text()
    assert editor.textCursor().blockNumber() == 1
    assert editor.outline.findBlockByNumber(1).text() == "每年拜访客户1.5次"
    assert office.read(items.of_plan, sample.plan)[1].text == "每年拜访客户120次"


def test_offers_stand_in_the_margin_until_they_are_taken(
    qtbot: QtBot, page: TextPage, editor: OutlineEditor, settle: Settle
) -> None:
    _paste(editor, text="1. 每月拜访客户6次\n2. A类客户每7天联系一次")
    assert page.margin.all_notes() == []  # nothing is saved yet
    assert page.save()
    settle()
    notes = page.margin.all_notes()
    assert [note.pick is not None for note in notes] == [True, True]
    assert page.offers_row.isVisible()
    editor.go_to_block(1)
    qtbot.keyClick(editor, Key.Key_Return, CTRL)
    settle()
    assert sorted(note.pick is None for note in page.margin.all_notes()) == [False, True]
    qtbot.keyClick(editor, Key.Key_Return, CTRL | SHIFT)
    settle()
    assert not page.offers_row.isVisible()
    assert all(note.where is not None for note in page.margin.all_notes())


def test_a_click_beside_an_item_tells_what_is_wanted(
    qtbot: QtBot, tab: PlanningTab, page: TextPage, editor: OutlineEditor, settle: Settle
) -> None:
    _paste(editor, text="每月拜访客户6次")
    page.take_all()
    settle()
    page.margin.grab()
    (place, note) = page.margin._places[0]
    assert page.margin.note_at(place.center()) is note
    assert page.margin.note_at(QPoint(5, 4_000)) is None
    wanted: list[Note] = []
    page.wanted.connect(wanted.append)
    qtbot.mouseClick(page.margin, Qt.MouseButton.LeftButton, NONE, place.center())
    assert [one.where.page for one in wanted if one.where] == ["targets"]
    settle()
    assert tab.page_shown == "targets"
    tab.show_page("text")
    editor.setFocus()
    qtbot.keyClick(editor, Key.Key_F4)
    assert len(wanted) == 2


def test_too_much_is_refused_with_a_sentence(page: TextPage, editor: OutlineEditor) -> None:
    _paste(editor, text="x\n" * 3_000)
    assert "at most 2,000" in page.error.text()
    _paste(editor, text="x" * 2_000_001 + "\ny")
    assert "at most 2,000,000" in page.error.text()
    assert editor.toPlainText() == ""
    _paste(editor, text="fine\nfine")
    assert page.error.text() == ""


def test_saving_leaves_the_cursor_and_undo_where_they_were(
    qtbot: QtBot, page: TextPage, editor: OutlineEditor
) -> None:
    _type(qtbot, editor, "1. One", Key.Key_Return, "Two")
    assert page.save()
    assert editor.textCursor().position() == len("One\nTwo")
    editor.undo()
    assert editor.toPlainText() != "One\nTwo"
    assert page.changed


def test_a_table_of_figures_stands_in_the_text_and_isnt_typed_into(
    qtbot: QtBot, page: TextPage, editor: OutlineEditor, office: Session, sample: Sample,
    settle: Settle,
) -> None:  # fmt: skip
    spec = Spec(("amount",), "quarter")
    _paste(editor, text="1. One\n2. Two")
    editor.go_to_block(0)
    editor.put_table(spec.words)
    assert page.save()
    settle()
    assert [kind for kind, _level, _words in _lines(editor)] == ["item", "figures", "item"]
    shown = editor.tables.shown(spec.words)
    assert isinstance(shown, Figures)
    assert len(shown.rows) == 5
    editor.go_to_block(1)
    _type(qtbot, editor, "below")
    assert _lines(editor)[1:3] == [("figures", 0, spec.words), ("paragraph", 0, "below")]
    editor.go_to_block(1)
    qtbot.keyClick(editor, Key.Key_Down, ALT)
    assert _lines(editor)[2] == ("figures", 0, spec.words)
    editor.selectAll()
    copied = editor.createMimeDataFromSelection()
    assert "measures" not in copied.text()
    page.discard()
    editor.go_to_block(1)
    form = FiguresDialog(office, spec.words, page)
    qtbot.addWidget(form)
    form.by.set_value("month")
    form.accept()
    assert form.spec == Spec(("amount",), "month")
    editor.put_table(form.spec.words)
    assert page.save()
    (_one, table, _two) = office.read(items.of_plan, sample.plan)
    assert table.text == form.spec.words
