"""Commands about the kinds of records: list, add, edit and delete them, out to Excel and back.

Each kind's arguments come from its declaration: ``product add --name … --price …``.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from salesdesk.calc.money import to_decimal
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.files import add_output, output_of
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Fill, Parsers, actions
from salesdesk.customers import leave
from salesdesk.planning.record_kinds import KINDS
from salesdesk.records import records
from salesdesk.records import values as field_values
from salesdesk.records.kinds import Field, Kind
from salesdesk.records.records import Record, Wanted
from salesdesk.text import _, joined
from salesdesk.workspace import Connection, Workspace


def _add_kind(kind: Kind, parser: argparse.ArgumentParser) -> None:
    """The actions of a kind; leave has one of its own."""
    fills: dict[str, tuple[str, Fill]] = {
        "list": (_("list them"), partial(_fill_list, kind)),
        "add": (_("enter a new one"), partial(_fill_add, kind)),
        "edit": (_("change one"), partial(_fill_edit, kind)),
    }
    if kind.can_be_deleted:
        fills["delete"] = (_("delete one"), partial(_fill_delete, kind))
    if kind.code == leave.KIND.code:
        fills["end"] = (_("say on which day somebody is back"), _fill_end)
    fills["import"] = (_("take new and changed ones from Excel"), partial(_fill_import, kind))
    actions(parser, fills)


def _option(field: Field) -> str:
    """How a field is called on the command line: ``--cover`` for cover_id, ``--last-day``."""
    if field.type == "last_day":
        return "--last-day"
    return f"--{field.name.removesuffix('_id').replace('_', '-')}"


def _fill_fields(kind: Kind, parser: argparse.ArgumentParser, *, is_new: bool) -> None:
    for field in kind.fields:
        words = _(field.words)
        if field.offered:
            words += f" ({joined(str(code) for code in field.offered)})"
        elif field.hint:
            words += f" ({_(field.hint)})"
        parser.add_argument(
            _option(field), dest=f"field_{field.name}", metavar=_metavar(field),
            required=is_new and field.needed, help=words.replace("%", "%%"),
        )  # fmt: skip


def _metavar(field: Field) -> str:
    if field.type in ("day", "last_day"):
        return "2026-11-23"
    return "NUMBER" if field.is_number else "TEXT"


def _fill_list(kind: Kind, parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("--search", metavar="TEXT", default="", help=_("only those that hold this"))
    if kind.day:
        shared.add_month(parser, required=False, help_text=_("only of this month"))
    add_output(
        parser, ".xlsx", metavar="FILE.xlsx", required=False,
        help_text=_("write them to Excel as well"),
    )  # fmt: skip
    parser.set_defaults(run=partial(_list, kind))


def _list(kind: Kind, arguments: argparse.Namespace, console: Console) -> int:
    month = arguments.month if kind.day else None
    wanted = Wanted(
        search=arguments.search,
        since=None if month is None else month.start,
        before=None if month is None else month.end,
    )
    output = output_of(arguments)
    with opened(arguments) as workspace:
        actor_id = workspace.person_id
        fields = workspace.read(records.shown_fields, kind, actor_id)
        rows = workspace.read(records.page, kind, wanted, actor_id=actor_id)
        if output is not None:
            # The writer of workbooks is a large library that a list can do without.
            from salesdesk.workbooks import record_list

            record_list.write(workspace, kind, output, wanted)
    console.table(
        [_("No."), *(_(field.words) for field in fields)],
        [[str(record.id), *(record.text(field) for field in fields)] for record in rows],
        right=(0, *(place for place, field in enumerate(fields, 1) if field.is_number)),
    )
    console.result([_as_json(fields, record) for record in rows])
    return 0


def _as_json(fields: list[Field], one: Record) -> dict[str, object]:
    return {"id": one.id, **{field.name: _plain(field, one) for field in fields}}


def _plain(field: Field, one: Record) -> object:
    """A value for programs: exact numbers, days, codes; of what is named the name."""
    value = one.values[field.name]
    if value is None or field.is_text or field.type in ("choice", "flag"):
        return value
    if field.is_number:
        return to_decimal(value, one.digits.get(field.name, field.decimals))
    return one.text(field)


def _fill_add(kind: Kind, parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    _fill_fields(kind, parser, is_new=True)
    parser.set_defaults(run=partial(_add, kind))


def _add(kind: Kind, arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change("") as change:
            given = _given(change.connection, kind, arguments, None)
            record_id = records.enter(change, kind, given)
        return _told(workspace, kind, record_id, console)


def _fill_edit(kind: Kind, parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("number", metavar="NUMBER", type=shared.count, help=_("the entry's number"))
    _fill_fields(kind, parser, is_new=False)
    parser.set_defaults(run=partial(_edit, kind))


def _edit(kind: Kind, arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change("") as change:
            stored = records.record(
                change.connection, kind, arguments.number, actor_id=workspace.person_id
            )
            given = _given(change.connection, kind, arguments, stored)
            records.alter(change, kind, stored.id, given, seen_version=stored.version)
        return _told(workspace, kind, arguments.number, console)


def _given(
    db: Connection, kind: Kind, arguments: argparse.Namespace, stored: Record | None
) -> dict[str, Any]:
    """The values of the options that were given; an empty one empties its field.

    Numbers come after the measures whose decimals they have. Raises FieldError.
    """
    given: dict[str, Any] = {}
    for field in sorted(kind.fields, key=lambda one: bool(one.digits_of)):
        typed = getattr(arguments, f"field_{field.name}")
        if typed is None:
            continue
        digits = None
        if field.digits_of:
            known = None if stored is None else stored.values.get(field.digits_of)
            digits = field_values.digits_of_measure(db, given.get(field.digits_of, known))
        given[field.name] = field_values.parse(db, field, typed, digits=digits)
    return given


def _told(workspace: Workspace, kind: Kind, record_id: int, console: Console) -> int:
    fields = workspace.read(records.shown_fields, kind, workspace.person_id)
    stored = workspace.read(records.record, kind, record_id, actor_id=workspace.person_id)
    console.say(_("{id}: {name}").format(id=record_id, name=records.named(kind, stored)))
    console.result(_as_json(fields, stored))
    return 0


def _fill_delete(kind: Kind, parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("number", metavar="NUMBER", type=shared.count, help=_("the entry's number"))
    parser.set_defaults(run=partial(_delete, kind))


def _delete(kind: Kind, arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        stored = workspace.read(
            records.record, kind, arguments.number, actor_id=workspace.person_id
        )
        with workspace.change("") as change:
            records.delete(change, kind, stored.id, seen_version=stored.version)
    console.say(_("Deleted: {name}").format(name=records.named(kind, stored)))
    console.result({"deleted": stored.id})
    return 0


def _fill_end(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("number", metavar="NUMBER", type=shared.count, help=_("the entry's number"))
    parser.add_argument(
        "--back-on", metavar="2026-11-23", type=shared.day, required=True,
        help=_("the first day back at work"),
    )  # fmt: skip
    parser.set_defaults(run=_end)


def _end(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        stored = workspace.read(records.record, leave.KIND, arguments.number, actor_id=None)
        with workspace.change("") as change:
            leave.end_leave(change, stored.id, arguments.back_on)
    name = stored.names["person_id"]
    console.say(_("{name} is back").format(name=name))
    console.result({"id": stored.id, "person": name, "back_on": arguments.back_on})
    return 0


def _fill_import(kind: Kind, parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("file", metavar="FILE", type=Path, help=_("the workbook to read"))
    parser.add_argument("--preview", action="store_true", help=_("only say what it would do"))
    parser.set_defaults(run=partial(_import, kind))


def _import(kind: Kind, arguments: argparse.Namespace, console: Console) -> int:
    from salesdesk.workbooks import record_import

    with opened(arguments) as workspace:
        preview = record_import.read(workspace, kind, arguments.file)
        if not arguments.preview and not preview.errors:
            record_import.take(workspace, preview)
    for error in preview.errors:
        console.warn(
            _("{sheet}, cell {cell}: {cause}").format(
                sheet=error.sheet, cell=error.cell, cause=error.cause
            )
        )
    console.say(
        _("{new} new, {changed} changed, {same} as they are.").format(
            new=preview.new, changed=preview.changed, same=preview.same
        )
    )
    console.result(
        {
            "new": preview.new,
            "changed": preview.changed,
            "same": preview.same,
            "errors": [
                {"sheet": error.sheet, "cell": error.cell, "cause": error.cause}
                for error in preview.errors
            ],
        }
    )
    return 1 if preview.errors else 0


PARSERS: Parsers = {kind.code: partial(_add_kind, kind) for kind in KINDS}
