"""The command that reads a plan somebody wrote and shows which rules its sentences offer."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from salesdesk.commands.console import Console
from salesdesk.planning.reading import engine, telling
from salesdesk.planning.reading.outline import outline
from salesdesk.text import _, ngettext
from salesdesk.workbooks.document_reader import read_document


def add(parser: argparse.ArgumentParser) -> None:
    """``plan read FILE``."""
    parser.add_argument(
        "file", metavar="FILE", type=Path,
        help=_("the plan as it was written: .docx, .txt or .md"),
    )  # fmt: skip
    parser.epilog = _(
        "Nothing is entered: the command shows the plan's items and, below each, the rules that "
        "its sentences offer, with the words they come from."
    )
    parser.set_defaults(run=_read)


def _read(arguments: argparse.Namespace, console: Console) -> int:
    items = engine.read(outline(read_document(arguments.file)), date.today().year)
    count = 0
    for item in items:
        indent = "  " * item.item.level
        console.say(f"{indent}{item.item.label}{item.item.text}")
        for offer in item.offers:
            count += 1
            words = item.item.text[offer.start : offer.end].strip()
            console.say(f"{indent}    → {telling.told(offer)}  [{words}]")
    console.say(
        ngettext("{count} rule offered", "{count} rules offered", count).format(count=count)
    )
    console.result({"items": [item.to_json() for item in items]})
    return 0
