"""Reads workbooks people send: .xlsx, .xlsm, .xls, .ods and .csv, safely and as plain values.

A file that people send may be anything. It is read in a process of its own (``foreign``) that may
take so much memory and time and no more; whatever happens to it there ends in a sentence. Nothing
here knows what a quota sheet or a customer list is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from salesdesk.errors import WorkbookError
from salesdesk.text import _
from salesdesk.workbooks.foreign import asking
from salesdesk.workbooks.foreign.refused import Refused, damaged

Value = int | float | str | bool | date | datetime | time | timedelta
Row = Sequence[Value]
#: Hears what is done, and of how much (0: nobody knows); what it raises ends the work.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name and rows; row i, column j of ``rows`` is the cell in row i+1, j+1.

    Empty cells are ``""``; what is empty at the end of a row and below the last value is cut off.
    ``unread`` tells by 0-based (row, column) which cells only read as empty: the error that stands
    there, "" for a formula nobody has calculated yet.
    """

    name: str
    visible: bool
    rows: Sequence[Row]
    unread: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def cell(self, row: int, column: int) -> Value:
        """The value at 0-based ``row`` and ``column``; ``""`` outside."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return ""
        return self.rows[row][column]


def read_workbook(path: Path, progress: Progress | None = None) -> list[Sheet]:
    """Every sheet of the workbook, hidden ones too, in the file's order.

    ``progress`` hears several times a second how many rows there are so far. Raises
    WorkbookError, naming file and cause, for a file that is missing, no workbook, damaged,
    protected by a password, or too large to be an office's sheet.
    """
    hearing = _Hearing()

    def still_wanted() -> None:
        if progress is not None:
            progress(hearing.rows, 0)

    try:
        asking.ask(path, hearing.take, still_wanted)
        if not hearing.done:
            raise damaged()
    except Refused as refused:
        raise WorkbookError(_(refused.words).format(name=path.name, **refused.values)) from refused
    return hearing.sheets


class _Hearing:
    """Makes sheets of the lines of an answer (``foreign/serving.py`` says what they are)."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self.rows = 0
        self.done = False
        self._rows: list[Row] = []
        self._decode = json.JSONDecoder(object_hook=_said).decode

    def take(self, line: bytes) -> None:
        said = self._decode(line.decode())
        if isinstance(said, list):
            self._rows.extend(said)
            self.rows += len(said)
        elif "sheet" in said:
            self._rows = []
            unread = {(row, column): error for row, column, error in said["unread"]}
            self.sheets.append(Sheet(said["sheet"], said["visible"], self._rows, unread))
        elif "refused" in said:
            raise Refused(said["refused"], **said["values"])
        elif "done" in said:
            self.done = True


def _said(said: dict[str, Any]) -> Any:
    """A value that JSON has no notation for, else the object itself."""
    if len(said) != 1:
        return said
    [(kind, value)] = said.items()
    if kind == "datetime":
        return datetime.fromisoformat(value)
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "time":
        return time.fromisoformat(value)
    if kind == "timedelta":
        return timedelta(seconds=value)
    return said


def text_of(value: Value) -> str:
    """The cell's value as a person would have typed it, trimmed; whole numbers without ".0"."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value).replace("\u00a0", " ").replace("\u3000", " ").strip()


def cell_name(row: int, column: int) -> str:
    """The name of the cell at 0-based ``row`` and ``column``: (0, 27) is AB1."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
