"""How a sheet lies on paper: A4, as large as it fits, never too small to be read.

A sheet that would have to be shrunk below :data:`SMALLEST` is laid on several pages side by side
instead, with the columns of names on each, broken where its columns belong apart.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

#: In per cent: what is set in 10 points prints in 8 at the least.
SMALLEST = 80
#: Points: A4's sides and the margins at the sides together.
_LONG, _SHORT, _MARGINS = 841.9, 595.3, 43.2
#: Points of a column's unit of width, a digit of the workbook's own font: 5.25 in Excel, up to this
#: where the font isn't installed and a wider one stands in.
_UNIT = 6.4
#: What the arrow of a filter takes of a column's width.
_ARROW = 2.5


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet is printed; ``scale`` in per cent, ``starts`` the columns that begin a page."""

    landscape: bool
    scale: int
    starts: tuple[int, ...] = ()


def layout(
    widths: Sequence[float],
    *,
    naming: int = 0,
    breaks: Sequence[int] = (),
    portrait: bool = False,
) -> Layout:
    """How columns of these ``widths`` are laid on A4.

    The first ``naming`` columns stand on each page; a page may begin at the columns ``breaks``
    (from 1), or at any where those don't do. ``portrait`` is kept where the sheet is narrow enough.
    """
    if portrait and (scale := _scale(sum(widths), _SHORT)) >= SMALLEST:
        return Layout(False, scale)
    scale = _scale(sum(widths), _LONG)
    if scale >= SMALLEST:
        return Layout(True, scale)
    places = [column for column in breaks if naming + 1 < column <= len(widths)]
    starts = _starts(widths, naming, places) or _as_they_come(widths, naming)
    return Layout(True, max(SMALLEST, _scale(_widest(widths, naming, starts), _LONG)), starts)


def _scale(width: float, side: float) -> int:
    room = (side - _MARGINS) / _UNIT
    return min(100, math.floor(100 * room / max(width, 1)))


def _widest(widths: Sequence[float], naming: int, starts: Sequence[int]) -> float:
    """The width of the widest page."""
    edges = [naming, *(column - 1 for column in starts), len(widths)]
    return sum(widths[:naming]) + max(sum(widths[a:b]) for a, b in pairwise(edges))


def _starts(widths: Sequence[float], naming: int, places: Sequence[int]) -> tuple[int, ...]:
    """The fewest and evenest pages that are large enough, begun at ``places``; () when none are."""
    for count in range(1, min(len(places), 4) + 1):
        best = min(combinations(places, count), key=lambda starts: _widest(widths, naming, starts))
        if _scale(_widest(widths, naming, best), _LONG) >= SMALLEST:
            return best
    return ()


def _as_they_come(widths: Sequence[float], naming: int) -> tuple[int, ...]:
    """A page begins at each column that has no room left on the one before."""
    room = (_LONG - _MARGINS) / _UNIT * 100 / SMALLEST - sum(widths[:naming])
    starts, used = [], 0.0
    for column, width in enumerate(widths[naming:], naming + 1):
        if used and used + width > room:
            starts.append(column)
            used = 0.0
        used += width
    return tuple(starts)


def heading_width(text: str) -> float:
    """The width of a column whose heading stands in the middle, clear of the filter's arrow."""
    return wide(text) + 2 * _ARROW


def number_width(text: str) -> float:
    """The width of a column that shows a figure in bold; signs between digits are narrow."""
    narrow = sum(text.count(sign) for sign in ",.")
    return (len(text) - 0.4 * narrow) * 1.1 + 1.3


@lru_cache(maxsize=20_000)
def wide(text: str) -> int:
    """How many columns of characters a text takes; Chinese ones take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in ``width`` characters; merged cells don't fit by themselves."""
    return sum(max(1, math.ceil(wide(line) / max(width, 1))) for line in text.splitlines()) or 1
