"""The reading process: binds itself, reads one file, answers in lines of JSON, and is gone.

The lines: ``{"ready": true}``; for each sheet ``{"sheet": name, "visible": bool, "unread": [[row,
column, error], …]}`` and its rows, some hundred lists in a list; at last ``{"done": true}`` or
``{"refused": words, "values": {…}}``. A document's lines are lists of its paragraphs. Dates
are ``{"date": "2026-11-23"}`` and the like. An answer that doesn't end in one of the two is that
of a process that died.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path

from salesdesk.workbooks.foreign import limits, sheets
from salesdesk.workbooks.foreign.refused import Refused, damaged, too_large, too_much_memory

TYPE_CHECKING = False  # importing typing takes as long as reading a small file
if TYPE_CHECKING:
    from typing import IO, Any

_ROWS_A_LINE = 200


def main() -> int:
    """Read the file that a line of JSON on standard input names; the exit status, always 0."""
    request = json.loads(sys.stdin.buffer.readline())
    answer = _Answer(sys.stdout.buffer)
    answer.say({"ready": True})
    sys.stdout.buffer.flush()
    path = Path(request["path"])
    try:
        limits.confine(limits.processor_seconds(sheets.file_size(path)))
        if request.get("document", False):
            answer.document(path)
        else:
            for sheet in sheets.sheets(path):
                answer.sheet(sheet)
        answer.say({"done": True})
    except Refused as refused:
        answer.refuse(refused)
    except MemoryError:
        answer.refuse(too_much_memory(limits.MEMORY_BYTES))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - each parser has its own; a panic is none
        swelled = "capacity overflow" in str(error)  # more than any memory holds
        answer.refuse(too_much_memory(limits.MEMORY_BYTES) if swelled else damaged())
    sys.stdout.buffer.flush()
    return 0


class _Answer:
    """What is said, counted."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._bytes = self._values = 0
        self._encode = json.JSONEncoder(
            ensure_ascii=False, check_circular=False, separators=(",", ":"), default=_plain
        ).encode

    def say(self, line: Any) -> None:
        content = self._encode(line).encode("utf-8", "replace") + b"\n"
        self._bytes += len(content)
        if self._bytes > limits.MAX_ANSWER_BYTES:
            raise too_large()
        self._stream.write(content)

    def refuse(self, refused: Refused) -> None:
        self._bytes = 0
        self.say({"refused": refused.words, "values": refused.values})

    def document(self, path: Path) -> None:
        from salesdesk.workbooks.foreign import documents

        paragraphs = documents.paragraphs(path)
        while lines := list(islice(paragraphs, _ROWS_A_LINE)):
            self.say(lines)

    def sheet(self, sheet: sheets.ForeignSheet) -> None:
        unread = [[row, column, error] for (row, column), error in sheet.unread.items()]
        self.say({"sheet": sheet.name, "visible": sheet.visible, "unread": unread})
        rows: list[list[sheets.Value]] = []
        for row in sheet.rows:
            self._values += len(row) - row.count("")
            if self._values > limits.MAX_VALUES:
                raise too_large()
            rows.append(row)
            if len(rows) == _ROWS_A_LINE:
                self.say(rows)
                rows = []
        if rows:
            self.say(rows)


def _plain(value: Any) -> dict[str, str | float]:
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time):
        return {"time": value.isoformat()}
    if isinstance(value, timedelta):
        return {"timedelta": value.total_seconds()}
    raise TypeError(f"a cell holds a {type(value).__name__}")


def leave(status: int) -> None:
    """End the process at once: what was read needn't be taken down piece by piece."""
    sys.stdout.buffer.flush()
    os._exit(status)
