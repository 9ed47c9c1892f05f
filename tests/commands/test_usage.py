"""How all commands behave: help, languages, wrong usage, pipes, consoles, what is imported."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from salesdesk import __version__
from salesdesk.commands.parser import COMMANDS
from tests.commands.conftest import Run

ACTIONS = {
    "plan": ["new", "print"],
    "quota-sheet": ["export", "import"],
    "customers": ["find", "export"],
}
EVERY = [[command.name, *rest] for command in COMMANDS
         for rest in [[], *([action] for action in ACTIONS.get(command.name, []))]]  # fmt: skip


def _process(*words: object, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "salesdesk", *map(str, words)],
        capture_output=True,
        env={**os.environ, "SALESDESK_LANG": "en", **environment},
        timeout=60,
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_every_command_explains_itself(run: Run, command: list[str], language: str) -> None:
    said = run("--lang", language, *command, "--help")
    assert (said.status, said.err) == (0, "")
    assert f"salesdesk {' '.join(command)}" in said.out
    assert ("用法" if language == "zh" else "usage") in said.out


def test_the_help_of_all_lists_every_command(run: Run) -> None:
    said = run("--help")
    assert said.status == 0
    for command in COMMANDS:
        assert f"\n    {command.name} " in said.out
        assert command.summary in said.out


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").out == f"{__version__}\n"


@pytest.mark.parametrize(
    ("words", "english", "named"),
    [
        ([], "the following arguments are required: COMMAND", "COMMAND"),
        (["plans"], "the following arguments are required: OFFICE", "OFFICE"),
        (["fly"], "invalid choice: 'fly'", "'fly'"),
        (["plans", "a", "b"], "unrecognized arguments: b", "b"),
        (["figures", "a", "--month"], "expected one argument", "--month"),
        (["figures", "a", "--month", "2026"], "isn't a month", "2026"),
        (["figures", "a", "--month", "soon"], "names no period", "soon"),
        (["today", "a", "--date", "2026-13-45"], "no such day as 2026-13-45", "2026-13-45"),
        (["split", "a", "one", "--measure", "m", "--along", "time", "--by", "equal"],
         "“one” is not a whole number above zero", "one"),
        (["report", "monthly", "a", "--month", "2026-10", "-o", "a.doc"],
         "must end in .pdf or .xlsx", "a.doc"),
        (["plan", "print", "a", "1", "-o", "/nowhere/at/all/a.pdf"], "There is no folder",
         "/nowhere/at/all"),
        (["figures", "a", "--month", "2026-10", "--person", "A", "--team", "B"],
         "not allowed with argument", "--team"),
    ],
)  # fmt: skip
def test_wrong_usage_is_told_in_the_language_asked_for(
    run: Run, words: list[str], english: str, named: str
) -> None:
    said = run(*words)
    assert (said.status, said.out) == (2, "")
    assert english in said.err
    said = run("--lang", "zh", *words)
    assert (said.status, said.out) == (2, "")
    *_usage, sentence = said.err.splitlines()
    assert "用法" in said.err
    assert named in sentence
    assert re.search("[\u4e00-\u9fff]{2}", sentence)
    assert not re.search(r"(usage|error|required|expected|invalid|allowed)\b", said.err)


def test_an_unknown_language_is_wrong_usage(run: Run, office: Path) -> None:
    said = run("plans", office, "--lang", "fr")
    assert said.status == 2
    assert "'fr'" in said.err


def test_refusals_are_told_in_chinese(run: Run, office: Path, tmp_path: Path) -> None:
    missing = run("plans", tmp_path / "没有.office", "--lang=zh")
    assert missing.status == 2
    assert "没有.office" in missing.err
    assert re.search("[\u4e00-\u9fff]{4}", missing.err.replace("没有.office", ""))
    said = run("figures", office, "--month", "2026-10", "--person", "无名", "--lang", "zh")
    assert said.status == 1
    assert "无名" in said.err
    assert not re.search("[a-z]{3}", said.err)


def test_the_language_of_the_machine_is_taken_without_an_option(
    run: Run, office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALESDESK_LANG", "zh_CN.UTF-8")
    assert "标题" in run("plans", office).out


def test_common_options_stand_before_or_after_the_command(run: Run, office: Path) -> None:
    before = run("--json", "plans", office)
    after = run("plans", office, "--json")
    assert before.json == after.json
    assert len(after.json) == 1


def test_options_arent_abbreviated(run: Run, office: Path) -> None:
    assert run("plans", office, "--js").status == 2


# -- as a process ----------------------------------------------------------------------------------


def test_as_a_process_it_prints_json_in_utf_8_whatever_the_console_speaks(office: Path) -> None:
    done = _process("plans", office, "--json", PYTHONIOENCODING="gbk")
    assert done.returncode == 0
    assert json.loads(done.stdout.decode("utf-8"))[0]["title"] == "2026 销售计划"


def test_a_console_that_lacks_chinese_shows_question_marks(office: Path, tmp_path: Path) -> None:
    done = _process("plans", office, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"2026 ????" in done.stdout
    refused = _process("plans", tmp_path / "没有.office", PYTHONIOENCODING="ascii")
    assert refused.returncode == 2
    assert b"Traceback" not in refused.stderr


def test_exit_statuses_reach_the_shell(office: Path, tmp_path: Path) -> None:
    assert _process("plans").returncode == 2
    assert _process("plans", tmp_path / "missing").returncode == 2
    assert _process("figures", office, "--month", "2026-10", "--person", "X").returncode == 1
    assert _process("check", office).returncode == 0


def test_a_reader_that_leaves_early_is_no_fault(office: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "SALESDESK_LANG": "en", "XDG_STATE_HOME": str(tmp_path / "state")}
    with subprocess.Popen(
        [sys.executable, "-m", "salesdesk", "history", str(office)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0
    assert not (tmp_path / "state").exists()


def test_an_interrupted_command_leaves_nothing_half_made(tmp_path: Path) -> None:
    path = tmp_path / "big.office"
    with subprocess.Popen(
        [sys.executable, "-m", "salesdesk", "new", str(path), "--demo", "--scale", "40"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "SALESDESK_LANG": "en"},
        # Where the tests run in the background of a shell, Ctrl+C is ignored, and would be here.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert b"Done:" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(60) == 1
    assert rest.splitlines()[-1] == b"Cancelled; nothing is half done."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["--help"], ["sqlalchemy"]),
        (["plans", "OFFICE"], ["openpyxl", "typst", "pygal", "python_calamine", "pypinyin"]),
        (["figures", "OFFICE", "--month", "2026-10", "--json"], ["openpyxl", "typst", "pypinyin"]),
        (["log", "OFFICE", "--customer", "1", "--kind", "call"], ["openpyxl", "typst", "pypinyin"]),
    ],
)
def test_a_command_imports_only_what_it_needs(
    office: Path, words: list[str], heavy: list[str]
) -> None:
    argv = [str(office) if word == "OFFICE" else word for word in words]
    program = (
        "import sys; from salesdesk.__main__ import main; status = main(sys.argv[1:]);"
        # What is put off (salesdesk.starting) stands there without having been loaded.
        "print(status, [name for name, module in sys.modules.items()"
        " if getattr(module, '__spec__', 1) and "
        f"name.split('.')[0] in {[*heavy, 'PySide6', 'ui']!r}], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *argv], capture_output=True, text=True, timeout=60
    )
    assert done.stderr.splitlines()[-1] == "0 []"
