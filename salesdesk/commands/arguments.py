"""Arguments that several commands share: the office, who works in it, periods, files."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from salesdesk.calc import periods
from salesdesk.calc.days import read_day
from salesdesk.calc.periods import Period
from salesdesk.errors import InputError
from salesdesk.text import _

T = TypeVar("T")


def add_office(parser: argparse.ArgumentParser) -> None:
    """The office file."""
    parser.add_argument("office", metavar="OFFICE", type=Path, help=_("the office file"))


def add_scope(parser: argparse.ArgumentParser) -> None:
    """Whose figures: a person's or a team's."""
    scope = parser.add_mutually_exclusive_group()
    scope.add_argument("--person", metavar="NAME", help=_("only this person's"))
    scope.add_argument("--team", metavar="NAME", help=_("only this team's"))


def add_month(parser: argparse.ArgumentParser, *, required: bool, help_text: str) -> None:
    """A month, written 2026-11."""
    parser.add_argument("--month", metavar="2026-11", type=month, required=required, help=help_text)


def period(words: str) -> Period:
    """The period a text names. Raises ArgumentTypeError with the sentence to show."""
    return told(periods.parse, words)


def month(words: str) -> Period:
    """A month. Raises ArgumentTypeError for any other period."""
    found = period(words)
    if found.kind != "month":
        raise argparse.ArgumentTypeError(
            _("{text} isn't a month: write 2026-11.").format(text=words)
        )
    return found


def day(words: str) -> date:
    """A day as people type it (calc.days). Raises ArgumentTypeError for anything else."""
    return told(lambda text: read_day(text, date.today()), words)


def count(words: str) -> int:
    """A whole number above zero. Raises ArgumentTypeError."""
    if not words.isascii() or not words.isdigit() or not int(words):
        raise argparse.ArgumentTypeError(
            _("“{text}” is not a whole number above zero.").format(text=words)
        )
    return int(words)


def told(read: Callable[[str], T], words: str) -> T:
    """What ``read`` makes of a text; its refusal becomes argparse's (ArgumentTypeError)."""
    try:
        return read(words)
    except InputError as error:
        raise argparse.ArgumentTypeError(error.message) from error
