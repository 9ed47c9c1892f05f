"""Commands about what was changed: history, undo, redo."""

from __future__ import annotations

import argparse

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers
from salesdesk.text import _, mark
from salesdesk.workspace import Workspace

KINDS = {"do": mark("done"), "undo": mark("undo"), "redo": mark("redo")}


def _add_history(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "--limit", metavar="N", type=shared.count, default=20,
        help=_("how many, the newest first (20)"),
    )  # fmt: skip
    parser.set_defaults(run=_history)


def _history(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        entries = workspace.history(limit=arguments.limit)
    console.table(
        [_("When"), _("Who"), _("What"), _("Rows")],
        [
            [
                f"{one.at:%Y-%m-%d %H:%M}",
                one.person_name,
                one.label + _note(one.kind, one.undone),
                str(one.rows),
            ]
            for one in entries
        ],
        right=(3,),
    )
    console.result(
        [
            {
                "id": one.id,
                "at": one.at,
                "person": one.person_name,
                "label": one.label,
                "kind": one.kind,
                "undone": one.undone,
                "rows": one.rows,
            }
            for one in entries
        ]
    )
    return 0


def _note(kind: str, undone: bool) -> str:
    notes = [] if kind == "do" else [_(KINDS[kind])]
    notes += [_("undone")] if undone else []
    return f" ({', '.join(notes)})" if notes else ""


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
