"""What a command says: results on standard output, everything else on standard error."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from salesdesk.text import _, readable


class Console:
    """Results as text or, after :meth:`speak_json`, as one JSON document."""

    def __init__(self) -> None:
        self.as_json = False
        self._percent = -1
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                # A console that lacks a character shows a question mark rather than nothing.
                stream.reconfigure(errors="replace")

    def speak_json(self) -> None:
        """Give the result to a program: JSON, in UTF-8 wherever it goes."""
        self.as_json = True
        if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
            sys.stdout.reconfigure(encoding="utf-8")

    def say(self, words: str) -> None:
        """A line of the result, not with JSON."""
        if not self.as_json:
            print(readable(words))

    def result(self, data: Any) -> None:
        """The result as JSON, where that was asked for."""
        if self.as_json:
            print(json.dumps(_plain(data), ensure_ascii=False, indent=2))

    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()
    ) -> None:
        """Rows under headings; the columns numbered in ``right`` stand to the right."""
        lines = [list(columns), *(list(row) for row in rows)]
        widths = [max(_wide(line[place]) for line in lines) for place in range(len(columns))]
        for line in lines:
            cells = [
                " " * (width - _wide(cell)) + cell
                if place in right
                else cell + " " * (width - _wide(cell))
                for place, (cell, width) in enumerate(zip(line, widths, strict=True))
            ]
            self.say("  ".join(cells).rstrip())

    def warn(self, words: str) -> None:
        """A line that isn't part of the result."""
        print(readable(words), file=sys.stderr)

    def flush(self) -> None:
        """See to it that what was said is out. Raises OSError."""
        if sys.stdout is not None:  # closed by whoever started the program
            sys.stdout.flush()

    def progress(self, done: int, of: int) -> None:
        """How far long work is: each per cent on a terminal, each tenth elsewhere."""
        percent = 100 if of <= 0 else min(100, done * 100 // of)
        terminal = sys.stderr.isatty()
        if percent == self._percent or (not terminal and percent // 10 == self._percent // 10):
            return
        self._percent = percent
        line = _("Done: {percent} %").format(percent=percent)
        end = "\r" if terminal and percent < 100 else "\n"
        print(line, end=end, file=sys.stderr, flush=True)


def _plain(value: Any) -> Any:
    """``value`` in what JSON has: exact numbers as numbers, shares to six places, days as ISO."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Fraction):
        return round(float(value), 6)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value


def _wide(words: str) -> int:
    """Columns a text takes on a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words)
