"""Commands about what the office measures: measure list, offered, take, add, edit."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.office import measures
from salesdesk.office.among import EVERYTHING, WORDS, Among
from salesdesk.office.measures import NATURES, Measure
from salesdesk.planning import measure_words
from salesdesk.storage.edits import UNSET, Unset
from salesdesk.text import _

#: The arguments of a filter's lists, each of which may be given several times.
_LISTS = {"categories": "--category", "kinds": "--kind", "sources": "--source",
          "grades": "--grade", "states": "--state"}  # fmt: skip


def _add_measure(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "list": (_("list the measures"), _list_arguments),
            "offered": (_("list what could be taken into use"), _offered_arguments),
            "take": (_("take a measure of the list into use"), _take_arguments),
            "add": (
                _("enter a measure, counted by hand unless it says what it counts"),
                _add_arguments,
            ),
            "edit": (_("change a measure, or take it into use"), _edit_arguments),
        },
    )


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.set_defaults(run=_list)


def _list(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        rows = workspace.read(measure_words.told)
    console.table(
        [_("Code"), _("Name"), _("Unit"), _("What it counts"), _("Its figures"), _("State")],
        [
            [
                row.measure.code, row.measure.name, row.measure.unit, row.words,
                _(NATURES[row.measure.nature]),
                _("in use") if row.measure.active else _("not in use"),
            ]
            for row in rows
        ],
    )  # fmt: skip
    console.result([_as_json(row.measure) for row in rows])
    return 0


def _offered_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.set_defaults(run=_offered)


def _offered(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        rows = workspace.read(measure_words.told_offers)
    console.table(
        [_("Code"), _("Name"), _("Unit"), _("What it counts")],
        [[row.offered.code, row.offered.name, row.offered.unit, row.words] for row in rows],
    )
    console.result(
        [
            {
                "code": row.offered.code,
                "name": row.offered.name,
                "unit": row.offered.unit,
                "counts": row.offered.counts,
                "nature": row.offered.nature,
                "among": row.offered.among.given(),
            }
            for row in rows
        ]
    )
    return 0


def _take_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "code", metavar="CODE", help=_("a code of the list, or own for one counted by hand")
    )
    parser.add_argument("--name", metavar="TEXT", default="", help=_("what an own one is called"))
    parser.add_argument("--unit", metavar="TEXT", default="", help=_("what is counted"))
    parser.set_defaults(run=_take)


def _take(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change() as change:
            measure_id = measures.take_into_use(
                change, arguments.code, arguments.name, unit=arguments.unit
            )
        return _told(workspace.read(measures.measure_by_id, measure_id), console)


def _add_filters(parser: argparse.ArgumentParser) -> None:
    for name, option in _LISTS.items():
        parser.add_argument(
            option, dest=name, metavar="TEXT", action="append",
            help=_("only: {filter}; may be given several times").format(filter=_(WORDS[name])),
        )  # fmt: skip
    answered = parser.add_mutually_exclusive_group()
    answered.add_argument("--answered", action="store_true", help=_("only answered ones"))
    answered.add_argument("--unanswered", action="store_true", help=_("only unanswered ones"))
    parser.add_argument(
        "--days", metavar="N", type=int, help=_("how many days active customers are looked for")
    )
    parser.add_argument("--nature", choices=list(NATURES), help=_("how its figures add up"))
    parser.add_argument("--numerator", metavar="CODE", help=_("what a ratio divides"))
    parser.add_argument("--denominator", metavar="CODE", help=_("what it is divided by"))


def _among(arguments: argparse.Namespace, before: Among) -> Among | Unset:
    """The filter that the arguments ask for; lists that aren't given stay. An empty text clears."""
    wanted: dict[str, Any] = {}
    for name in _LISTS:
        given = getattr(arguments, name)
        if given is not None:
            wanted[name] = tuple(value for value in given if value)
    if arguments.answered or arguments.unanswered:
        wanted["answered"] = arguments.answered
    if arguments.days is not None:
        wanted["days"] = arguments.days
    return replace(before, **wanted) if wanted else UNSET


def _part(db: Connection, code: str | None) -> int | None:
    return None if code is None else measures.measure_with_code(db, code).id


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("name", metavar="NAME", help=_("what the measure is called"))
    parser.add_argument("--unit", metavar="TEXT", required=True, help=_("what is counted"))
    parser.add_argument(
        "--digits", metavar="N", type=int, default=0, help=_("how many decimals (otherwise none)")
    )
    parser.add_argument(
        "--counts", metavar="CODE", default="",
        help=_("what it counts: amount, calls, activities, tasks, ratio … (otherwise by hand)"),
    )  # fmt: skip
    _add_filters(parser)
    parser.set_defaults(run=_add)


def _add(arguments: argparse.Namespace, console: Console) -> int:
    among = _among(arguments, EVERYTHING)
    with opened(arguments) as workspace:
        above = workspace.read(_part, arguments.numerator)
        below = workspace.read(_part, arguments.denominator)
        ratio = above is not None or below is not None
        with workspace.change() as change:
            measure_id = measure_words.add(
                change, arguments.name, arguments.unit, arguments.digits,
                counts=arguments.counts or ("ratio" if ratio else "hand"),
                nature=arguments.nature or "", among=EVERYTHING if among is UNSET else among,
                numerator_id=above, denominator_id=below,
            )  # fmt: skip
        return _told(workspace.read(measures.measure_by_id, measure_id), console)


def _edit_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("measure", metavar="CODE", help=_("the measure's code or name"))
    parser.add_argument("--name", metavar="TEXT", help=_("the new name"))
    parser.add_argument("--unit", metavar="TEXT", help=_("what is counted"))
    use = parser.add_mutually_exclusive_group()
    use.add_argument("--use", action="store_true", help=_("take it into use"))
    use.add_argument("--leave", action="store_true", help=_("use it no longer"))
    _add_filters(parser)
    parser.set_defaults(run=_edit)


def _edit(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        stored = workspace.read(measures.measure_with_code, arguments.measure)
        above = workspace.read(_part, arguments.numerator)
        below = workspace.read(_part, arguments.denominator)
        with workspace.change() as change:
            measures.edit(
                change,
                stored.id,
                seen_version=stored.version,
                name=UNSET if arguments.name is None else arguments.name,
                unit=UNSET if arguments.unit is None else arguments.unit,
                active=arguments.use if arguments.use or arguments.leave else UNSET,
                nature=UNSET if arguments.nature is None else arguments.nature,
                among=_among(arguments, stored.among),
                numerator_id=UNSET if above is None else above,
                denominator_id=UNSET if below is None else below,
            )
        return _told(workspace.read(measures.measure_by_id, stored.id), console)


def _told(measure: Measure, console: Console) -> int:
    console.say(
        _("{code}: {name} ({unit}), {state}").format(
            code=measure.code,
            name=measure.name,
            unit=measure.unit,
            state=_("in use") if measure.active else _("not in use"),
        )
    )
    console.result(_as_json(measure))
    return 0


def _as_json(measure: Measure) -> dict[str, object]:
    return {
        "code": measure.code,
        "name": measure.name,
        "unit": measure.unit,
        "digits": measure.digits,
        "counts": measure.counts,
        "nature": measure.nature,
        "among": measure.among.given(),
        "numerator": None if measure.numerator is None else measure.numerator.code,
        "denominator": None if measure.denominator is None else measure.denominator.code,
        "in_use": measure.active,
    }


PARSERS: Parsers = {"measure": _add_measure}
