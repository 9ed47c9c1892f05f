"""The command line: which commands there are, and what all of them understand.

Only the area of the command that is asked for is imported, so that ``--help`` and a call of one
command don't wait for the rooms of the others.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from salesdesk import __version__
from salesdesk.commands.usage import Parser, Parsers, as_sentence, common_arguments
from salesdesk.storage import files
from salesdesk.text import _, mark, quoted


def _offices() -> Parsers:
    from salesdesk.commands import offices

    return offices.PARSERS


def _plans() -> Parsers:
    from salesdesk.commands import plans

    return plans.PARSERS


def _targets() -> Parsers:
    from salesdesk.commands import targets

    return targets.PARSERS


def _reviews() -> Parsers:
    from salesdesk.commands import reviews

    return reviews.PARSERS


def _summaries() -> Parsers:
    from salesdesk.commands import summaries

    return summaries.PARSERS


def _timetable() -> Parsers:
    from salesdesk.commands import timetable

    return timetable.PARSERS


def _quota_sheets() -> Parsers:
    from salesdesk.commands import quota_sheets

    return quota_sheets.PARSERS


def _customers() -> Parsers:
    from salesdesk.commands import customers

    return customers.PARSERS


def _deals() -> Parsers:
    from salesdesk.commands import deals

    return deals.PARSERS


def _customer() -> Parsers:
    from salesdesk.commands import customer

    return customer.PARSERS


def _reports() -> Parsers:
    from salesdesk.commands import reports

    return reports.PARSERS


def _history() -> Parsers:
    from salesdesk.commands import history

    return history.PARSERS


def _staff() -> Parsers:
    from salesdesk.commands import staff

    return staff.PARSERS


def _measures() -> Parsers:
    from salesdesk.commands import measures

    return measures.PARSERS


def _rights() -> Parsers:
    from salesdesk.commands import rights

    return rights.PARSERS


def _rules() -> Parsers:
    from salesdesk.commands import rules

    return rules.PARSERS


def _records() -> Parsers:
    from salesdesk.commands import records

    return records.PARSERS


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what it is called, what it does, and who knows its arguments."""

    name: str
    summary: str
    area: Callable[[], Parsers]


COMMANDS = (
    Command("new", mark("make a new office, or the demo office"), _offices),
    Command("check", mark("check whether an office file is sound"), _offices),
    Command("backup", mark("write a verified, dated copy of an office"), _offices),
    Command("restore", mark("put a backup in an office's place"), _offices),
    Command("copy", mark("save a whole copy of an office elsewhere"), _offices),
    Command("password", mark("set, change or remove an office's password"), _offices),
    Command("plans", mark("list the plans"), _plans),
    Command("plan", mark("make, write, submit, decide on or print a plan"), _plans),
    Command("targets", mark("show a plan's targets"), _targets),
    Command("target", mark("set, clear, lock or unlock a plan's targets"), _targets),
    Command("split", mark("split a plan's target over time, people or products"), _targets),
    Command("review", mark("show a month's review, or say why a target was missed"), _reviews),
    Command("reviews", mark("write, hand in, comment on and print summaries"), _summaries),
    Command("tasks", mark("list what is to be done"), _timetable),
    Command("task", mark("enter, do, move or drop a task"), _timetable),
    Command(
        "timetable", mark("show or print a week or month, or write it for a phone"), _timetable
    ),
    Command("quota-sheet", mark("send a quota sheet out as Excel, or take it back"), _quota_sheets),
    Command("customers", mark("find customers, or write their list to Excel"), _customers),
    Command("customer", mark("enter, change, list and show customers"), _customer),
    Command("today", mark("who must be contacted, and how far the quotas are"), _customers),
    Command("log", mark("enter what was done with a customer"), _customers),
    Command("deal", mark("enter deals and payments, or list them"), _deals),
    Command("figures", mark("a month's figures"), _reports),
    Command("reports", mark("list the kinds of report"), _reports),
    Command("report", mark("show a report, or write it as PDF or Excel"), _reports),
    Command("person", mark("list the people of the office, enter or change one"), _staff),
    Command("team", mark("list the teams, enter or change one"), _staff),
    Command("pin", mark("set or clear a person's PIN"), _staff),
    Command("measure", mark("list what is measured, enter or change a measure"), _measures),
    Command("rules", mark("show or change how the office counts and works"), _rules),
    Command("rights", mark("who may do what"), _rights),
    Command("right", mark("adjust who may do something"), _rights),
    Command("month", mark("close a month that was reported, or open it again"), _rights),
    Command("approvals", mark("what waits for a decision"), _rights),
    Command("approval", mark("grant, refuse or withdraw a request"), _rights),
    Command("product", mark("the products: list them, enter or change one"), _records),
    Command("leave", mark("who is away: list it, enter leave or its end"), _records),
    Command("count", mark("what was counted by hand: list it, enter or change it"), _records),
    Command("history", mark("what was changed, when and by whom"), _history),
    Command("undo", mark("undo the latest change"), _history),
    Command("redo", mark("take the latest undo back"), _history),
)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments, with ``run`` to call; ends the program (SystemExit) on wrong usage."""
    common = common_arguments()
    _known, rest = common.parse_known_args(argv)
    wanted = next((word for word in rest if not word.startswith("-")), None)
    parser = Parser(
        prog="salesdesk",
        description=_("The office without its window. Each command explains itself with --help."),
        epilog=_(
            "Exit status: 0 done, 1 done in part or refused with reasons, 2 wrong usage or a file "
            "that can't be used."
        ),
        allow_abbrev=False,
        parents=[common],
    )
    parser.add_argument(
        "--version",
        action="version",
        version=__version__,
        help=_("show program's version number and exit"),
    )
    choices = parser.add_subparsers(title=_("commands"), metavar="COMMAND", required=True)
    for command in COMMANDS:
        summary = _(command.summary)
        subparser = choices.add_parser(
            command.name,
            help=summary,
            description=as_sentence(summary),
            allow_abbrev=False,
            parents=[common],
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if command.name == wanted:
            command.area()[command.name](subparser)
    arguments = parser.parse_args(argv)
    for value in vars(arguments).values():
        if isinstance(value, Path) and files.unfit(value):
            parser.error(
                _("{path} can't be used: {cause}.").format(
                    path=quoted(value), cause=files.unfit(value)
                )
            )
    # Left out of the parsers, so that a command's default doesn't hide what stands before it.
    for name, default in (("json", False), ("password_file", None), ("acting", None)):
        if name not in arguments:
            setattr(arguments, name, default)
    return arguments


def language_of(argv: Sequence[str]) -> str | None:
    """The language asked for on the command line, before anything else is looked at."""
    for place, word in enumerate(argv):
        if word == "--lang" and place + 1 < len(argv):
            return argv[place + 1]
        if word.startswith("--lang="):
            return word.partition("=")[2]
    return None
