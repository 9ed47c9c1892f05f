"""Forms: what was typed is kept when it is refused, and fields say what is wrong with them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from salesdesk.errors import InputError
from ui.shared.forms import Choice, FormDialog, NumberField, TextField


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


def test_typed_words_are_thrown_away_only_when_asked_twice(qtbot: QtBot) -> None:
    dialog = _Asking()
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.amount.setText("7")
    dialog.reject()
    assert dialog.isVisible()
    assert "isn't saved" in dialog.error.text()
    dialog.reject()
    assert not dialog.isVisible()
    untouched = _Asking()
    qtbot.addWidget(untouched)
    untouched.show()
    untouched.reject()
    assert not untouched.isVisible()


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
