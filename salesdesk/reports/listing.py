"""Any table as a printed list: what a page of the window shows, or a command finds.

Column widths follow what stands in the columns; a list too wide for an upright page lies down.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any

from salesdesk.reports.layout import Cell, Column, Table, page_texts
from salesdesk.text import _

#: Characters a column takes at least and at most; longer texts wrap.
_NARROWEST, _WIDEST = 4, 30
#: Characters that fit on an upright page.
_UPRIGHT = 92


def listing(
    title: str,
    subtitle: str,
    columns: Sequence[Column | str],
    rows: Sequence[Sequence[Cell | str]],
    *,
    office: str = "",
    today: date | None = None,
) -> dict[str, Any]:
    """The data of the template table.typ.

    A column given by its title alone is as wide as its texts, figures to the right.
    """
    widths = [_width(columns[place], place, rows) for place in range(len(columns))]
    table = Table(
        [
            one if isinstance(one, Column) else Column(one, width, _align(place, rows))
            for place, (one, width) in enumerate(zip(columns, widths, strict=True))
        ],
        rows,
    )
    day = today or date.today()
    return {
        "title": title,
        "subtitle": subtitle,
        "office": office,
        "made": _("Made on {day}").format(day=day.isoformat()),
        "texts": {**page_texts(), "nothing": _("There is nothing in this list.")},
        "flipped": sum(widths) + 2 * len(widths) > _UPRIGHT,
        **table.data(),
    }


def _width(column: Column | str, place: int, rows: Sequence[Sequence[Cell | str]]) -> float:
    """Characters the column needs."""
    title = column if isinstance(column, str) else column.title
    # Words may wrap, so that the longest text doesn't decide: nine of ten rows stand in a line.
    wide = sorted(_wide(_text(row[place])) for row in rows)
    most = wide[len(wide) * 9 // 10] if wide else 0
    return float(min(max(most, _wide(title), _NARROWEST), _WIDEST))


def _align(place: int, rows: Sequence[Sequence[Cell | str]]) -> str:
    """To the right where a figure stands, else to the left."""
    figures = any(isinstance(row[place], Cell) and row[place].value is not None for row in rows)  # type: ignore[union-attr]
    return "right" if figures else "left"


def _text(cell: Cell | str) -> str:
    return cell if isinstance(cell, str) else cell.text


def _wide(text: str) -> int:
    """Chinese characters take two columns."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
