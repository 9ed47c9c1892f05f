"""Whatever is typed behind a command ends in one sentence: no trace, no name of 100,000 characters.

Every argument of every command that takes a text gets values as nobody types them on purpose, and
as bytes that are no UTF-8 arrive. `make test` gives each argument some of them, `make soak` all.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.__main__ import main
from salesdesk.commands.parser import COMMANDS
from salesdesk.commands.usage import Parser, common_arguments
from tests.sample import sample_office

HOSTILE = {
    "surrogate": "张\ud83d三",
    "bytes": "\udcd5\udcc5\udcc8\udcfd",  # 张三 in GBK, as Linux hands it over
    "nul": "a\0b",
    "escape": "\x1b[2J\x1b]0;owned\x07",
    "turned": "txt.\u202eexe",
    "marks": "a" + "\u0301" * 40,
    "lines": "first\nsecond\r\nthird",
    "long": "长" * 100_000,
    "deep path": "/" + "x/" * 2_000 + "y.office",
    "long name": "x" * 4_000 + ".office",
    "empty": "",
    "spaces": " \u3000 ",
    "format": "{name} %s {0} %(x)s",
    "noncharacter": "a\uffffb",
    "dashes": "--",
}
#: What makes a call whole, by an argument's name.
SENSIBLE = {
    "month": "2026-10", "period": "2026-10", "plan": "1", "measure": "Sales amount",
    "day": "2026-10-08", "person": "张三", "who": "张三", "owner": "张三", "name": "林先生",
    "customer": "1", "product": "台式机", "value": "100", "kind": "call", "words": "ok",
    "key": "1", "deal": "1", "number": "1", "id": "1", "amount": "100", "on": "2026-10-08",
    "tier": "assigned", "output": "out.xlsx", "right": "plans.write",
}  # fmt: skip


def _leaves() -> Iterator[tuple[list[str], argparse.ArgumentParser]]:
    """Every command that can be called, with its own parser."""
    for command in COMMANDS:
        parser = Parser(prog=command.name, parents=[common_arguments()])
        command.area()[command.name](parser)
        actions = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
        if not actions:
            yield [command.name], parser
        for choices in actions:
            for name, leaf in choices.choices.items():
                yield [command.name, name], leaf


def _taking(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """The arguments that take a text."""
    return [
        action
        for action in parser._actions
        if type(action).__name__ in ("_StoreAction", "_AppendAction")
    ]


def _call(
    command: list[str],
    parser: argparse.ArgumentParser,
    asked: argparse.Action,
    value: str,
    office: Path,
) -> list[str]:
    """A call in which ``asked`` has ``value`` and all that must be given is sensible."""
    words = list(command)
    needed = [
        group._group_actions[0]  # one of them is enough
        for group in parser._mutually_exclusive_groups
        if group.required and asked not in group._group_actions
    ]
    for action in _taking(parser):
        if action is asked:
            given = value
        elif action.dest == "office":
            given = str(office)
        elif action.choices:
            given = str(next(iter(action.choices)))
        else:
            given = SENSIBLE.get(action.dest, "1")
        if not action.option_strings:
            words += [] if action.nargs == "?" and action is not asked else [given]
        elif action is asked or action.required or action in needed:
            words += [f"{action.option_strings[-1]}={given}"]
    return words


CALLS = [(command, parser, action) for command, parser in _leaves() for action in _taking(parser)]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hostile") / "sound.office"
    sample_office(path)
    return path


@pytest.mark.parametrize("each", [2, pytest.param(len(HOSTILE), marks=pytest.mark.soak)])
def test_every_argument_of_every_command_refuses_in_a_sentence(
    each: int,
    sound: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chance = random.Random("hostile texts")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    office = Path(shutil.copy(sound, tmp_path / "copy.office"))
    wrong: list[str] = []
    for command, parser, action in CALLS:
        for name in chance.sample(sorted(HOSTILE), each):
            words = _call(command, parser, action, HOSTILE[name], office)
            status = main(["--lang=en", *words])
            said = capsys.readouterr()
            last = said.err.strip().splitlines()[-1:] or [""]
            told = f"{' '.join(command)} {action.dest} ({name}): {status} {last[0][:200]}"
            if (
                status not in (0, 1, 2)
                or "Something went wrong" in said.err
                or "Traceback" in said.err
                or (status and not said.out and not last[0])
            ):
                wrong.append(told)
            elif len(last[0]) > 500 or not last[0].replace("\u3000", " ").isprintable():
                wrong.append(f"{told} …{len(last[0])}")
        if not office.exists():  # `new` and `restore` may have been called over it
            shutil.copy(sound, office)
    assert not wrong, "\n".join(wrong)


def test_the_sweep_reaches_every_command() -> None:
    assert {command[0] for command, _parser, _action in CALLS} >= {
        "new", "check", "customer", "customers", "deal", "plan", "target", "log",
        "person", "product",
    }  # fmt: skip
    assert len(CALLS) > 150
    assert os.fsencode(HOSTILE["bytes"]).decode("gbk") == "张三"
