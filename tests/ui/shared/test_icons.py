"""Icons: every name the window uses is in the set, and is drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from ui.shared import icons, look

UI = Path(__file__).parents[3] / "ui"
USED = sorted(
    {
        name
        for file in UI.rglob("*.py")
        for name in re.findall(r'"(mdi6\.[a-z0-9-]+)"', file.read_text("utf-8"))
    }
)


def test_the_window_uses_icons() -> None:
    assert len(USED) > 10


@pytest.mark.parametrize("name", USED)
def test_every_icon_that_is_used_is_in_the_set(name: str) -> None:
    assert len(icons.character(name)) == 1


def test_a_name_that_is_no_icon_is_refused() -> None:
    with pytest.raises(KeyError):
        icons.character("mdi6.no-such-icon")


def test_an_icon_is_drawn_in_its_colour_in_any_size(qtbot: QtBot) -> None:
    for size in (16, 48):
        picture = look.icon("mdi6.lock", "behind").pixmap(QSize(size, size)).toImage()
        wanted = look.colour("behind")
        inked = [
            picture.pixelColor(x, y)
            for x in range(picture.width())
            for y in range(picture.height())
            if picture.pixelColor(x, y).alpha() == 255
        ]
        assert len(inked) > size * size * 0.1
        assert any(
            abs(one.red() - wanted.red()) < 8 and abs(one.blue() - wanted.blue()) < 8
            for one in inked
        )
