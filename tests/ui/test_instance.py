"""A second start hands its wish to the first window and goes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from ui.instance import OnlyInstance

SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from ui.instance import OnlyInstance
app = QCoreApplication([])
office = Path(sys.argv[2]) if len(sys.argv) > 2 else None
print(OnlyInstance(Path(sys.argv[1])).handed_over(office))
"""


def start_second(preferences: Path, *office: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SECOND, str(preferences), *(str(path) for path in office)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_the_first_hears_which_office_a_second_start_wished_for(
    qtbot: QtBot, tmp_path: Path
) -> None:
    first = OnlyInstance(tmp_path / "preferences.json")
    assert not first.handed_over(None)
    with qtbot.waitSignal(first.asked, timeout=20_000) as asked:
        second = start_second(tmp_path / "preferences.json", tmp_path / "销售部.office")
    output, _errors = second.communicate(timeout=20)
    assert output.strip() == "True"
    assert asked.args == [tmp_path / "销售部.office"]
    first.close()


def test_somebody_with_other_preferences_has_a_window_of_their_own(
    qtbot: QtBot, tmp_path: Path
) -> None:
    first = OnlyInstance(tmp_path / "preferences.json")
    assert not first.handed_over(None)
    output, _errors = start_second(tmp_path / "other.json").communicate(timeout=20)
    assert output.strip() == "False"
    first.close()


def test_what_isnt_a_wish_is_passed_over(qtbot: QtBot, tmp_path: Path) -> None:
    first = OnlyInstance(tmp_path / "preferences.json")
    assert not first.handed_over(None)
    heard: list[object] = []
    first.asked.connect(heard.append)
    stranger = QLocalSocket()
    stranger.connectToServer(first._name)
    assert stranger.waitForConnected(2000)
    stranger.write(b"[1, 2]\n{broken\n")
    stranger.flush()
    with qtbot.waitSignal(first.asked, timeout=20_000):
        second = start_second(tmp_path / "preferences.json")
    second.communicate(timeout=20)
    assert heard == [None]
    first.close()
