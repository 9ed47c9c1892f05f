"""Forms: what was typed is kept when it is refused, and fields say what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QSpinBox
from pytestqt.qtbot import QtBot

from salesdesk.errors import InputError
from ui.customers.customer_form import SuggestField
from ui.shared.day_field import DayField
from ui.shared.dialogs import room_on_screen
from ui.shared.forms import Choice, FormDialog, NumberField, TextField, WordsField
from ui.start.dialogs import PasswordDialog


class _Asking(FormDialog):
    def __init__(self) -> None:
        super().__init__("Ask", None)
        self.amount = NumberField("Amount")
        self.note = TextField()
        self.add("Amount", self.amount, "In yuan")
        self.saved: int | None = None

    def save(self) -> None:
        self.saved = self.amount.value()


def test_a_refused_form_stays_open_and_says_why(qtbot: QtBot) -> None:
    dialog = _Asking()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.amount.setText("a lot")
    dialog.accept()
    assert dialog.isVisible()
    assert dialog.error.isVisible()
    assert "Amount" in dialog.error.text()
    assert "a lot" in dialog.error.text()
    dialog.amount.setText("1.2万")
    dialog.accept()
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.saved == 1_200_000


def test_typing_begins_in_the_first_field_and_enter_saves(qtbot: QtBot) -> None:
    dialog = _Asking()
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.focusWidget() is dialog.amount
    qtbot.keyClicks(dialog.amount, "350")
    qtbot.keyClick(dialog.amount, Qt.Key.Key_Return)
    assert dialog.saved == 350_00
    assert not dialog.isVisible()


def test_tab_goes_through_the_fields_then_the_buttons(qtbot: QtBot) -> None:
    dialog = _Asking()
    dialog.add("Note", dialog.note)
    qtbot.addWidget(dialog)
    dialog.show()
    order = [dialog.focusWidget()]
    for _step in range(3):
        dialog.focusNextChild()
        order.append(dialog.focusWidget())
    assert order == [dialog.amount, dialog.note, dialog.save_button, dialog.cancel_button]


class _Rich(_Asking):
    """Every kind of field."""

    def __init__(self) -> None:
        super().__init__()
        self.words = WordsField("Calls back")
        self.grade = Choice([("A", "Grade A"), ("B", "Grade B")], "B")
        self.region = SuggestField(["North"], "North", longest=20)
        self.holiday = QCheckBox("Open on holidays")
        self.day = DayField(date(2026, 11, 24), today=date(2026, 11, 24))
        self.weight = QSpinBox()
        for field in (self.words, self.grade, self.region, self.holiday, self.day, self.weight):
            self.add(type(field).__name__, field)


@pytest.mark.parametrize(
    "change",
    [
        lambda form: form.amount.setText("7"),
        lambda form: form.words.setPlainText("Calls back tomorrow"),
        lambda form: form.grade.set_value("A"),
        lambda form: form.region.setEditText("South"),
        lambda form: form.holiday.setChecked(True),
        lambda form: form.day.set_value(date(2026, 11, 25)),
        lambda form: form.weight.setValue(3),
    ],
    ids=["figure", "words", "choice", "suggestion", "tick", "day", "counter"],
)
def test_what_was_entered_is_thrown_away_only_when_asked_twice(
    qtbot: QtBot, change: Callable[[_Rich], None]
) -> None:
    dialog = _Rich()
    qtbot.addWidget(dialog)
    dialog.show()
    change(dialog)
    dialog.reject()
    assert dialog.isVisible()
    assert "aren't saved" in dialog.error.text()
    dialog.reject()
    assert not dialog.isVisible()


def test_who_goes_on_after_the_question_is_asked_again(qtbot: QtBot) -> None:
    dialog = _Rich()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.grade.set_value("A")
    dialog.reject()
    dialog.words.setPlainText("An hour's work")
    dialog.reject()
    assert dialog.isVisible()
    dialog.reject()
    assert not dialog.isVisible()


def test_what_was_put_back_needs_no_question(qtbot: QtBot) -> None:
    dialog = _Rich()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.grade.set_value("A")
    dialog.day.edit.setText("tomorrow")
    dialog.grade.set_value("B")
    dialog.day.edit.setText("2026-11-24")
    dialog.reject()
    assert not dialog.isVisible()


def test_a_dialog_that_only_asks_on_the_way_closes_at_once(qtbot: QtBot) -> None:
    dialog = PasswordDialog(None, "shop.office")
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.password.setText("secret")
    dialog.reject()
    assert not dialog.isVisible()


def test_words_kept_elsewhere_name_what_is_ticked(qtbot: QtBot) -> None:
    dialog = _Rich()
    qtbot.addWidget(dialog)
    dialog.holiday.setChecked(True)
    assert "QCheckBox: Open on holidays" in dialog.typed_text().splitlines()


def test_a_form_higher_than_the_screen_scrolls_and_keeps_its_buttons(qtbot: QtBot) -> None:
    form = _Asking()
    fields = [TextField() for _number in range(60)]
    for number, field in enumerate(fields):
        form.add(f"Line {number}", field)
    qtbot.addWidget(form)
    form.show()
    room = room_on_screen(form)
    assert form.height() <= room.height()
    assert form.screen().availableGeometry().contains(form.geometry())
    form.amount.setText("cheap")
    form.accept()
    for part in (form.error, form.save_button, form.cancel_button):
        assert form.rect().contains(part.mapTo(form, part.rect().bottomRight())), part
    last = fields[-1]
    assert last.visibleRegion().isEmpty()
    fields[-2].setFocus()
    qtbot.keyClick(fields[-2], Qt.Key.Key_Tab)
    assert not last.visibleRegion().isEmpty()


def test_a_form_grows_when_a_line_comes_in(qtbot: QtBot) -> None:
    form = _Asking()
    words = WordsField(lines=8)
    form.add("Words", words)
    form.form.setRowVisible(words, False)
    qtbot.addWidget(form)
    form.show()
    before = form.height()
    form.form.setRowVisible(words, True)
    qtbot.waitUntil(lambda: form.height() >= before + words.height())
    assert words.visibleRegion().boundingRect() == words.rect()


def test_every_field_has_a_name_for_a_screen_reader(qtbot: QtBot) -> None:
    dialog = _Asking()
    qtbot.addWidget(dialog)
    assert dialog.amount.accessibleName() == "Amount"


def test_a_missing_number_is_named(qtbot: QtBot) -> None:
    field = NumberField("Price")
    qtbot.addWidget(field)
    assert field.value_or_none() is None
    with pytest.raises(InputError, match="Price"):
        field.value()


def test_a_choice_keeps_its_value_and_refuses_when_empty(qtbot: QtBot) -> None:
    choice: Choice[int | None] = Choice([(None, "Nobody"), (7, "Seven")], 7)
    qtbot.addWidget(choice)
    assert choice.value() == 7
    choice.set_choices([(None, "Nobody")])
    assert choice.value() is None
    choice.set_choices([])
    with pytest.raises(InputError):
        choice.value()


def test_offering_other_choices_tells_nobody(qtbot: QtBot) -> None:
    choice: Choice[int] = Choice([(1, "One"), (2, "Two")], 2)
    qtbot.addWidget(choice)
    with qtbot.assertNotEmitted(choice.currentIndexChanged):
        choice.set_choices([(3, "Three"), (2, "Two"), (1, "One")], 1)
    assert choice.value() == 1


def test_a_text_field_gives_the_text_without_spaces_around(qtbot: QtBot) -> None:
    field = TextField("  Zhang ")
    qtbot.addWidget(field)
    assert field.value() == "Zhang"
