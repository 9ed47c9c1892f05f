"""The looks: fields of one height, and colours that follow when the scheme is switched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QSpinBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.shared import look
from ui.shared.forms import Choice, TextField
from ui.shared.labels import show_status


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    look.apply(qapp, "light")
    yield qapp
    look.apply(qapp, "light")


def test_fields_beside_each_other_have_one_height(dressed: QApplication, qtbot: QtBot) -> None:
    page = QWidget()
    layout = QVBoxLayout(page)
    fields = [TextField("Text"), Choice({1: "One"}), QSpinBox()]
    for field in fields:
        layout.addWidget(field)
    qtbot.addWidget(page)
    page.show()
    heights = [field.height() for field in fields]
    assert max(heights) - min(heights) <= 1


def test_icons_and_statuses_follow_when_the_scheme_is_switched(
    dressed: QApplication, qtbot: QtBot
) -> None:
    drawn = look.icon("mdi6.phone", "text")
    status = QLabel("■■■■")
    qtbot.addWidget(status)
    show_status(status, "behind")
    status.show()
    assert _has(drawn.pixmap(32, 32).toImage(), look.colour("text"))
    assert _has(status.grab().toImage(), look.colour("behind"))
    look.apply(dressed, "dark")
    assert _has(drawn.pixmap(32, 32).toImage(), look.colour("text"))
    assert _has(status.grab().toImage(), look.colour("behind"))


def _has(image: QImage, colour: QColor) -> bool:
    """Whether some point of a picture is of a colour."""
    points = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return any(point.rgb() == colour.rgb() for point in points)
