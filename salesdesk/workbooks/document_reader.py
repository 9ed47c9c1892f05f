"""Reads a plan's text out of a file that somebody sends: .docx, .txt or .md, safely.

Like workbooks (``reader``) it is read in a process of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from salesdesk.errors import InputError
from salesdesk.planning.reading.outline import Line
from salesdesk.text import _, quoted, readable
from salesdesk.workbooks.foreign import asking
from salesdesk.workbooks.foreign.refused import Refused, as_document, damaged


def read_document(path: Path, wanted: Callable[[], None] = lambda: None) -> list[Line]:
    """The paragraphs of the file, in its order; rows of tables are paragraphs, too.

    ``wanted`` is called several times a second; what it raises ends the work. Raises InputError,
    naming file and cause, for a file that is missing, empty, no document, damaged, protected by a
    password, or too large for a plan.
    """
    lines: list[Line] = []
    done = False

    def take(line: bytes) -> None:
        nonlocal done
        said = json.loads(line)
        if isinstance(said, list):
            lines.extend(Line(readable(text), heading, depth) for text, heading, depth in said)
        elif "refused" in said:
            raise Refused(said["refused"], **said["values"])
        elif "done" in said:
            done = True

    try:
        asking.ask(path, take, wanted, document=True)
        if not done:
            raise damaged()
    except Refused as refused:
        told = as_document(refused)
        raise InputError(_(told.words).format(name=quoted(path.name), **told.values)) from refused
    if not any(line.text.strip() for line in lines):
        raise InputError(_("There is no text in {name}.").format(name=quoted(path.name)))
    return lines
