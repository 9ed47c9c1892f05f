"""Commands about what was changed: history, undo, redo."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from salesdesk import audit
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers
from salesdesk.errors import InputError
from salesdesk.office.undoing import undo_entry
from salesdesk.text import _, joined, mark
from salesdesk.workspace import Workspace

KINDS = {"do": mark("done"), "undo": mark("undo"), "redo": mark("redo")}


def _add_history(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "entry",
        metavar="NUMBER",
        type=shared.count,
        nargs="?",
        help=_("show what this entry changed, before and after"),
    )
    parser.add_argument(
        "--undo",
        action="store_true",
        help=_("undo the entry of that number; of an undo: take it back"),
    )
    parser.add_argument(
        "--limit", metavar="N", type=shared.count, default=20,
        help=_("how many, the newest first (20)"),
    )  # fmt: skip
    parser.set_defaults(run=_history)


def _history(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.undo and arguments.entry is None:
        raise InputError(_("Say which entry to undo: history OFFICE NUMBER --undo."))
    with opened(arguments) as workspace:
        if arguments.undo:
            label = undo_entry(workspace, arguments.entry)
            console.result({"label": label, "person": workspace.person_name})
            console.say(_("Undone: {label}").format(label=label))
            return 0
        if arguments.entry is not None:
            return _entry(workspace, arguments.entry, console)
        entries = workspace.history(limit=arguments.limit)
    console.table(
        [_("Number"), _("When"), _("Who"), _("What"), _("Rows")],
        [
            [
                str(entry.id),
                f"{entry.at:%Y-%m-%d %H:%M}",
                entry.person_name,
                entry.label + _note(entry.kind, entry.undone),
                str(entry.rows),
            ]
            for entry in entries
        ],
        right=(0, 4),
    )
    console.result(
        [
            {
                "id": entry.id,
                "at": entry.at,
                "person": entry.person_name,
                "label": entry.label,
                "kind": entry.kind,
                "undone": entry.undone,
                "rows": entry.rows,
            }
            for entry in entries
        ]
    )
    return 0


def _entry(workspace: Workspace, history_id: int, console: Console) -> int:
    rows = workspace.read(audit.told, history_id, actor_id=workspace.person_id)
    console.table(
        [_("Row"), _("Column"), _("Before"), _("After")],
        [
            [f"{row.table} {row.name} ({row.what})", altered.column, altered.before, altered.after]
            for row in rows
            for altered in row.altered
        ],
    )
    console.result([asdict(row) for row in rows])
    return 0


def _note(kind: str, undone: bool) -> str:
    notes = [] if kind == "do" else [_(KINDS[kind])]
    notes += [_("undone")] if undone else []
    return f" ({joined(notes)})" if notes else ""


def _add_undo(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.set_defaults(run=_undo)


def _add_redo(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.set_defaults(run=_redo)


def _undo(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        label = workspace.undo()
        nothing = _("Nothing to undo by {person}.")
        return _told(workspace, console, label, _("Undone: {label}"), nothing)


def _redo(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        label = workspace.redo()
        nothing = _("Nothing to redo by {person}.")
        return _told(workspace, console, label, _("Redone: {label}"), nothing)


def _told(
    workspace: Workspace, console: Console, label: str | None, done: str, nothing: str
) -> int:
    console.result({"label": label, "person": workspace.person_name})
    if label is None:
        console.warn(nothing.format(person=workspace.person_name))
        return 1
    console.say(done.format(label=label))
    return 0


PARSERS: Parsers = {"history": _add_history, "undo": _add_undo, "redo": _add_redo}
