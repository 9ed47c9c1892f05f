"""The day field reads what people type and shows what it understood."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from salesdesk.errors import InputError
from ui.shared.day_field import DayField

TODAY = date(2026, 11, 30)


@pytest.fixture
def field(qtbot: QtBot) -> DayField:
    day_field = DayField(TODAY, today=TODAY)
    day_field.setAccessibleName("On")
    qtbot.addWidget(day_field)
    day_field.show()
    return day_field


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2025-03-01", date(2025, 3, 1)),
        ("20250415", date(2025, 4, 15)),
        ("3/1", date(2026, 3, 1)),
        ("3月1日", date(2026, 3, 1)),
        ("明天", date(2026, 12, 1)),
    ],
)
def test_what_is_typed_is_the_day(field: DayField, typed: str, day: date) -> None:
    field.edit.selectAll()
    field.edit.insert(typed)  # an input method commits whole texts
    assert field.value() == day
    assert day.isoformat() in f"{field.edit.text()} {field.meaning.text()}"
    field.edit.left.emit()
    assert field.edit.text() == day.isoformat()


def test_what_is_no_day_is_said_at_once_and_refused_by_the_fields_name(field: DayField) -> None:
    field.edit.setText("2026-02-30")
    assert field.meaning.text() == "not a day"
    with pytest.raises(InputError, match="On: There is no such day as 2026-02-30"):
        field.value()
    field.edit.clear()
    with pytest.raises(InputError, match="On is missing"):
        field.value()


def test_an_optional_field_may_be_empty(qtbot: QtBot) -> None:
    field = DayField(optional=True, today=TODAY)
    qtbot.addWidget(field)
    assert field.value() is None
    field.set_value(date(2026, 2, 28))
    assert field.value() == date(2026, 2, 28)
    field.edit.clear()
    with pytest.raises(InputError):
        field.day()


def test_arrow_keys_go_by_days_and_weeks(qtbot: QtBot, field: DayField) -> None:
    heard: list[date | None] = []
    field.changed.connect(heard.append)
    qtbot.keyClick(field.edit, Qt.Key.Key_Up)
    qtbot.keyClick(field.edit, Qt.Key.Key_PageDown)
    assert field.value() == date(2026, 11, 24)
    assert heard == [date(2026, 12, 1), date(2026, 11, 24)]
