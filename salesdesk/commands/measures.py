"""Commands about what the office measures: measure list, add, edit."""

from __future__ import annotations

import argparse

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.office import measures
from salesdesk.office.measures import COUNTS, Measure
from salesdesk.storage.edits import UNSET
from salesdesk.text import _


def _add_measure(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "list": (_("list the measures"), _list_arguments),
            "add": (_("enter a measure that is counted by hand"), _add_arguments),
            "edit": (_("change a measure, or take it into use"), _edit_arguments),
        },
    )


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.set_defaults(run=_list)


def _list(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        rows = workspace.read(measures.measures, active_only=False)
    console.table(
        [_("Code"), _("Name"), _("Unit"), _("Counts"), _("State")],
        [
            [
                row.code, row.name, row.unit, _(COUNTS.get(row.counts, row.counts)),
                _("in use") if row.active else _("not in use"),
            ]
            for row in rows
        ],
    )  # fmt: skip
    console.result([_as_json(row) for row in rows])
    return 0


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("name", metavar="NAME", help=_("what the measure is called"))
    parser.add_argument("--unit", metavar="TEXT", required=True, help=_("what is counted"))
    parser.add_argument(
        "--digits", metavar="N", type=int, default=0, help=_("how many decimals (otherwise none)")
    )
    parser.set_defaults(run=_add)


def _add(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change() as change:
            measure_id = measures.add(change, arguments.name, arguments.unit, arguments.digits)
        return _told(workspace.read(measures.measure_by_id, measure_id), console)


def _edit_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("measure", metavar="CODE", help=_("the measure's code or name"))
    parser.add_argument("--name", metavar="TEXT", help=_("the new name"))
    parser.add_argument("--unit", metavar="TEXT", help=_("what is counted"))
    use = parser.add_mutually_exclusive_group()
    use.add_argument("--use", action="store_true", help=_("take it into use"))
    use.add_argument("--leave", action="store_true", help=_("use it no longer"))
    parser.set_defaults(run=_edit)


def _edit(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        stored = workspace.read(measures.measure_with_code, arguments.measure)
        with workspace.change() as change:
            measures.edit(
                change,
                stored.id,
                seen_version=stored.version,
                name=UNSET if arguments.name is None else arguments.name,
                unit=UNSET if arguments.unit is None else arguments.unit,
                active=arguments.use if arguments.use or arguments.leave else UNSET,
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
        "in_use": measure.active,
    }


PARSERS: Parsers = {"measure": _add_measure}
