"""What every command understands, and how an area of commands says what its own are.

Below the areas and the parser, so that neither needs to know the other.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from salesdesk import text
from salesdesk.text import _, presentable

#: Fills the parser of a command and sets its ``run``.
Fill = Callable[[argparse.ArgumentParser], None]
Parsers = Mapping[str, Fill]


class Parser(argparse.ArgumentParser):
    """Says of what was typed as much as people read; the parsers of commands are of its kind."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave the program with status 2."""
        super().error(" ".join(presentable(message).split()))

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """The value of an argument: of ``--name=--`` the text, where Python gives an empty list."""
        if action.option_strings and action.nargs is None and arg_strings == ["--"]:
            value = self._get_value(action, "--")
            self._check_value(action, value)
            return value
        return super()._get_values(action, arg_strings)


def actions(parser: argparse.ArgumentParser, fills: Mapping[str, tuple[str, Fill]]) -> None:
    """Give a command actions of its own: ``plan new``, ``plan print``."""
    choices = parser.add_subparsers(title=_("actions"), metavar="ACTION", required=True)
    common = common_arguments()
    for name, (summary, fill) in fills.items():
        subparser = choices.add_parser(
            name,
            help=summary,
            description=as_sentence(summary),
            allow_abbrev=False,
            parents=[common],
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        fill(subparser)


def as_sentence(summary: str) -> str:
    """A summary as a sentence of its own."""
    return _("{sentence}.").format(sentence=summary[:1].upper() + summary[1:])


def common_arguments() -> Parser:
    """What every command understands, wherever on the line it stands."""
    common = Parser(prog="salesdesk", add_help=False, allow_abbrev=False)
    every = common.add_argument_group(_("every command"))
    every.add_argument(
        "--lang", choices=sorted(text.LANGUAGES), default=argparse.SUPPRESS,
        help=_("speak Chinese or English"),
    )  # fmt: skip
    every.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS,
        help=_("print the result for programs"),
    )  # fmt: skip
    every.add_argument(
        "--password-file", metavar="FILE", type=Path, default=argparse.SUPPRESS,
        help=_(
            "a file whose first line is the office's password; otherwise SALESDESK_PASSWORD, or "
            "it is asked for"
        ),
    )  # fmt: skip
    every.add_argument(
        "--as", metavar="NAME", dest="acting", default=argparse.SUPPRESS,
        help=_(
            "who works: changes are noted under this name and need this person's rights "
            "(otherwise the office's first sales manager)"
        ),
    )  # fmt: skip
    return common
