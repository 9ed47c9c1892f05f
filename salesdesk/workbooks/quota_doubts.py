"""Sees figures in a sheet that can hardly be meant: in another unit, or slipped by a row or month.

A doubt forbids nothing. It is said before anything is taken over, with the cell it starts at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from statistics import median

from salesdesk.text import _, ngettext
from salesdesk.workbooks.quota_comparison import Comparison, Difference, Notice
from salesdesk.workbooks.quota_layout import RowKey, Slot
from salesdesk.workbooks.quota_sent import SentBlock

#: A figure before (what went out) and after (what the sheet says now), in the measure's steps.
Pair = tuple[int | None, int | None]
#: What a target is about, where nothing went out to compare it with; None when nobody knows.
Expected = Callable[[Difference], int | None]
_TIMES = 10_000
#: How few of the changed figures make a doubt, at least: this part of them.
_PART = 0.75
_FEWEST_SLIPPED = 3


def doubts(
    sheet: str,
    block: SentBlock,
    slots: Sequence[Slot],
    order: Sequence[RowKey],
    result: Comparison,
    expected: Expected,
) -> list[Notice]:
    """What is doubtful in one sheet; ``order`` are its rows from the top down.

    ``expected`` is asked for cells that went out empty in a column that was empty too.
    """
    differences = [*result.changed, *result.conflicts]
    if not differences:
        return []
    return [*_of_unit(sheet, block, slots, differences, expected),
            *_of_place(sheet, block, slots, order, differences)]  # fmt: skip


def times_too_small(pairs: Sequence[tuple[int, int]], times: int = _TIMES) -> bool:
    """Whether changed figures (before, after) are about ``times`` smaller than they were.

    A figure counts when it is between half and twice that many times smaller: nobody moves a target
    further than that and by ten thousand as well. It is a doubt when at least three quarters of the
    changed figures do, so that a few corrected in yuan don't hide the rest; one figure alone is
    enough, since a target of 22,434 never becomes 2.2. Zeros, before or after, tell nothing.
    """
    telling = [(before, after) for before, after in pairs if before and after]
    small = [1 for before, after in telling if times / 2 <= before / after <= times * 2]
    return bool(small) and len(small) >= _PART * len(telling)


def slipped(lines: Iterable[Sequence[Pair]]) -> tuple[int, int]:
    """By how many places the figures of ``lines`` slipped (1 on, -1 back, 0 not), and how many.

    A line is what stands one below the other in a column, or beside each other in a row, each
    figure before and after. It slipped when at least three quarters of its changed figures are what
    its neighbour was, of which two must differ, since many people may be given one figure. In all
    lines together at least three figures must have.
    """
    counts = {1: 0, -1: 0}
    for line in lines:
        for way in counts:
            shown = line if way == 1 else line[::-1]
            changed = [
                (after, neighbour)
                for (neighbour, _later), (before, after) in pairwise(shown)
                if after is not None and after != before
            ]
            matching = {after for after, neighbour in changed if after and after == neighbour}
            count = sum(1 for after, neighbour in changed if after and after == neighbour)
            if len(matching) > 1 and count >= _PART * len(changed):
                counts[way] += count
    way = max(counts, key=lambda each: counts[each])
    return (way, counts[way]) if counts[way] >= _FEWEST_SLIPPED else (0, 0)


# -- of a sheet ------------------------------------------------------------------------------------


def _of_unit(
    sheet: str,
    block: SentBlock,
    slots: Sequence[Slot],
    differences: Sequence[Difference],
    expected: Expected,
) -> list[Notice]:
    """Amounts in 万元 (or, the other way round, a sheet in yuan that was read as 万元).

    A cell that was empty is compared with what others have in its column. Where the whole column
    was empty, as in every new plan, all such cells together are compared with what is expected of
    them: by their medians, since what is expected of one person alone says little.
    """
    usual = _usual(block, slots)
    known: list[tuple[Difference, int, int]] = []
    fresh: list[tuple[Difference, int, int]] = []
    for difference in differences:
        after = difference.sheet_value
        if not difference.measure.is_money or not isinstance(after, int) or not after:
            continue
        before = difference.base or usual.get(difference.slot)
        if isinstance(before, int):
            known.append((difference, before, after))
        elif figure := expected(difference):
            fresh.append((difference, figure, after))
    pairs = [(before, after) for _difference, before, after in known]
    if fresh:
        together = (int(median(figure for _difference, figure, _after in fresh)),
                    int(median(after for _difference, _figure, after in fresh)))  # fmt: skip
        pairs += [together] * len(fresh)
    if times_too_small(pairs):
        words = (
            ngettext(
                "{count} changed amount is about 10,000 times smaller than what went out, in "
                "{cell}: {before} became {after}. If the sheet was filled in 万元, have it read "
                "so.",
                "{count} changed amounts are about 10,000 times smaller than what went out, such "
                "as {cell}: {before} became {after}. If the sheet was filled in 万元, have it "
                "read so.",
                len(pairs),
            )
            if known
            else ngettext(
                "{count} amount is about 10,000 times smaller than is to be expected, in {cell}: "
                "{after}, where about {before} would be. If the sheet was filled in 万元, have "
                "it read so.",
                "{count} amounts are about 10,000 times smaller than is to be expected, such as "
                "{cell}: {after}, where about {before} would be. If the sheet was filled in "
                "万元, have it read so.",
                len(pairs),
            )
        )
    elif times_too_small([(after, before) for before, after in pairs]):
        words = (
            ngettext(
                "{count} changed amount is about 10,000 times larger than what went out, in "
                "{cell}: {before} became {after}. Was it meant in 万元?",
                "{count} changed amounts are about 10,000 times larger than what went out, such "
                "as {cell}: {before} became {after}. Were they meant in 万元?",
                len(pairs),
            )
            if known
            else ngettext(
                "{count} amount is about 10,000 times larger than is to be expected, in {cell}: "
                "{after}, where about {before} would be. Was it meant in 万元?",
                "{count} amounts are about 10,000 times larger than is to be expected, such as "
                "{cell}: {after}, where about {before} would be. Were they meant in 万元?",
                len(pairs),
            )
        )
    else:
        return []
    first, before, after = (known or fresh)[0]
    words = words.format(
        count=len(pairs), cell=first.cell, before=first.measure.format(before),
        after=first.measure.format(after),
    )  # fmt: skip
    return [Notice("doubt", sheet, first.cell, words)]


def _usual(block: SentBlock, slots: Sequence[Slot]) -> dict[Slot, int]:
    """The median of what went out in each column that wasn't empty."""
    usual = {}
    for place, slot in enumerate(slots):
        went_out = [
            value for row in block.rows.values()
            if place < len(row) and isinstance(value := row[place], int) and value
        ]  # fmt: skip
        if went_out:
            usual[slot] = int(median(went_out))
    return usual


def _of_place(
    sheet: str,
    block: SentBlock,
    slots: Sequence[Slot],
    order: Sequence[RowKey],
    differences: Sequence[Difference],
) -> list[Notice]:
    """Figures that are their neighbours' of before."""
    said = {(d.row, d.slot): d.sheet_value for d in differences}
    grid: list[list[Pair]] = []
    for key in order:
        base = block.rows.get(key.rid, ())
        grid.append([_pair(base[place] if place < len(base) else None, said.get((key, slot)))
                     for place, slot in enumerate(slots)])  # fmt: skip
    months = [place for place, slot in enumerate(slots) if slot.period.kind in ("month", "week")]
    by_row, rows = slipped([[line[place] for line in grid] for place in range(len(slots))])
    by_month, cells = slipped([[line[place] for place in months] for line in grid])
    if rows >= cells and rows:
        words = (
            _("{count} changed figures are those of the row above: did they slip by one row?")
            if by_row == 1
            else _("{count} changed figures are those of the row below: did they slip by one row?")
        )
        count = rows
    elif cells:
        words = (
            _("{count} changed figures are those of the column before: did they slip by one?")
            if by_month == 1
            else _("{count} changed figures are those of the column after: did they slip by one?")
        )
        count = cells
    else:
        return []
    return [Notice("doubt", sheet, differences[0].cell, words.format(count=count))]


def _pair(before: object, said: object) -> Pair:
    was = before if isinstance(before, int) else None
    return was, said if isinstance(said, int) else was
