"""How the office counts and works, as Office, Rules has it in the window: rules."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from salesdesk.calc.days import WEEKDAYS
from salesdesk.calc.money import format_number, parse_percent
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.office import settings
from salesdesk.office.rights import ROLES
from salesdesk.office.settings import Settings
from salesdesk.sales import floors
from salesdesk.storage.edits import UNSET
from salesdesk.text import _, joined, mark
from salesdesk.workspace import Workspace

_YES_NO: Mapping[str, str] = {"yes": mark("yes"), "no": mark("no")}


def _add_rules(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "show": (_("show the rules"), _show_arguments),
            "set": (_("change some of the rules"), _set_arguments),
        },
    )


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.set_defaults(run=_show)


def _show(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        return _told(workspace, console)


def _set_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "--name", metavar="NAME", default=UNSET, help=_("what the office is called")
    )
    for flag, choices in (
        ("kind", settings.KINDS),
        ("basis", settings.BASES),
        ("cancellations", settings.CANCELLATIONS),
        ("wan", _YES_NO),
        ("holidays", _YES_NO),
    ):
        parser.add_argument(
            f"--{flag}",
            choices=list(choices),
            default=UNSET,
            help=_("{setting}: {choices}").format(
                setting=_(settings.NAMES[_SETTINGS[flag]]), choices=joined(choices)
            ),
        )
    parser.add_argument(
        "--contact", metavar="A=7", type=_cadence, action="append", default=[],
        help=_("a grade's contact interval in days; may be given several times"),
    )  # fmt: skip
    parser.add_argument(
        "--weekdays", metavar="1,1,1,1,1,0,0", type=_weights, default=UNSET,
        help=_("weight of each weekday, Monday to Sunday; 0 is closed"),
    )  # fmt: skip
    parser.add_argument(
        "--discount", metavar="ROLE=5", type=_discount, action="append", default=[],
        help=_(
            "per cent of the list price that a role may give without approval, or “none” for no "
            "limit; may be given several times"
        ),
    )  # fmt: skip
    parser.set_defaults(run=_set)


#: What the flags set.
_SETTINGS = {
    "kind": "kind",
    "basis": "basis",
    "cancellations": "cancellations",
    "wan": "in_wan",
    "holidays": "holidays_open",
}


def _set(arguments: argparse.Namespace, console: Console) -> int:
    cadence = dict(arguments.contact)
    with opened(arguments) as workspace:
        before = workspace.read(settings.read)
        with workspace.change("") as change:
            settings.store(
                change,
                office_name=arguments.name,
                kind=arguments.kind,
                basis=arguments.basis,
                cancellations=arguments.cancellations,
                in_wan=UNSET if arguments.wan is UNSET else arguments.wan == "yes",
                holidays_open=(
                    UNSET if arguments.holidays is UNSET else arguments.holidays == "yes"
                ),
                cadence={**before.cadence, **cadence} if cadence else UNSET,
                weekday_weights=arguments.weekdays,
            )
            for role, limit in arguments.discount:
                floors.set_discount_limit(change, role, limit)
        return _told(workspace, console)


def _told(workspace: Workspace, console: Console) -> int:
    now = workspace.read(settings.read)
    limits = workspace.read(floors.discount_limits)
    console.table(
        [_("Rule"), _("Now")],
        [
            *([_(settings.NAMES[name]), value] for name, value in _in_words(now).items()),
            [
                _("Discount without approval"),
                joined(
                    _("{role}: {limit}").format(
                        role=_(ROLES[role]), limit=format_number(limit, 2, trim=True) + " %"
                    )
                    for role, limit in limits.items()
                )
                or _("no limit"),
            ],
        ],
    )
    console.result(
        {
            "name": now.office_name,
            "kind": now.kind,
            "basis": now.basis,
            "cancellations": now.cancellations,
            "wan": now.in_wan,
            "holidays": now.holidays_open,
            "contact": dict(now.cadence),
            "weekdays": list(now.weekday_weights),
            "discount": {role: limit / 100 for role, limit in limits.items()},
        }
    )
    return 0


def _in_words(now: Settings) -> dict[str, str]:
    """The settings a person changes, as people read them."""
    return {
        "office_name": now.office_name,
        "kind": _(settings.KINDS[now.kind]),
        "basis": _(settings.BASES[now.basis]),
        "cancellations": _(settings.CANCELLATIONS[now.cancellations]),
        "in_wan": _("yes") if now.in_wan else _("no"),
        "cadence": joined(f"{grade} {days}" for grade, days in now.cadence.items()),
        "weekday_weights": joined(
            f"{_(day)} {weight}" for day, weight in zip(WEEKDAYS, now.weekday_weights, strict=True)
        ),
        "holidays_open": _("yes") if now.holidays_open else _("no"),
    }


# -- what is typed ---------------------------------------------------------------------------------


def _cadence(words: str) -> tuple[str, int]:
    grade, _equals, days = words.partition("=")
    return grade.strip().upper(), shared.count(days.strip())


def _weights(words: str) -> list[int]:
    parts = [part.strip() for part in words.replace("，", ",").split(",")]
    if not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
        raise argparse.ArgumentTypeError(
            _("“{text}” isn't seven whole numbers with commas between.").format(text=words)
        )
    return [int(part) for part in parts]


def _discount(words: str) -> tuple[str, int | None]:
    role, _equals, limit = words.partition("=")
    if limit.strip().lower() == "none":
        return role.strip(), None
    return role.strip(), shared.told(parse_percent, limit)


PARSERS: Parsers = {"rules": _add_rules}
