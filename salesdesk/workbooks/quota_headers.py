"""The line of headings of a sheet that came back, and which block's columns stand under it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from salesdesk.text import _, joined
from salesdesk.workbooks.quota_comparison import CellError
from salesdesk.workbooks.quota_layout import RID, heading_key, row_key
from salesdesk.workbooks.quota_sent import SentBlock
from salesdesk.workbooks.reader import Sheet, cell_name, text_of

#: How far down a sheet's line of headings may stand.
_HEAD_WITHIN = 60


@dataclass(frozen=True, slots=True)
class Header:
    """A line of headings: its row (from 0), what they are, and what stands above it.

    Headings and ``above`` are without spaces, as headings are compared.
    """

    row: int
    headings: list[str]
    above: str

    def columns(self, heading: str) -> list[int]:
        """Where a heading stands, from 0: nowhere, once, or wrongly several times."""
        key = heading_key(heading)
        return [column for column, text in enumerate(self.headings) if text == key]

    @property
    def rid_column(self) -> int | None:
        """Where the ids stand, None when they are gone."""
        return next(iter(self.columns(RID)), None)


@dataclass(frozen=True, slots=True)
class Columns:
    """A block's columns in a sheet, from 0: who a row is of by role, the inputs by their place."""

    naming: dict[str, int]
    inputs: list[tuple[int, int]]  # (column, place among the block's inputs)


def header_with_ids(sheet: Sheet) -> Header | None:
    """The line of headings that has the hidden column's, None when no line has."""
    for row in range(min(_HEAD_WITHIN, len(sheet.rows))):
        header = _header(sheet, row)
        if RID in header.headings:
            return header
    return None


def headings_in(sheet: Sheet) -> set[str]:
    """Every text that may be a heading, without spaces, as headings are compared."""
    return {
        heading_key(value)
        for row in sheet.rows[:_HEAD_WITHIN]
        for value in row
        if isinstance(value, str)
    }


def header_of(sheet: Sheet, block: SentBlock) -> Header | None:
    """The line of headings that are a block's: who it is of, and at least half of the inputs."""
    naming = [text for role, text in block.naming.items() if role != "team"]
    for row in range(min(_HEAD_WITHIN, len(sheet.rows))):
        header = _header(sheet, row)
        if not naming or not all(header.columns(text) for text in naming):
            continue
        there = sum(1 for text in block.headings if header.columns(text))
        if there and there * 2 >= len(block.headings):
            return header
    return None


def code_in(sheet: Sheet, header: Header) -> str | None:
    """The block that the ids under a header are of, None when there are none."""
    rid_column = header.rid_column
    if rid_column is not None:
        for row in range(header.row + 1, len(sheet.rows)):
            key = row_key(text_of(sheet.cell(row, rid_column)))
            if key is not None:
                return key.block
    return None


def has_ids(sheet: Sheet) -> bool:
    """Whether ids of a quota sheet's rows stand anywhere in a sheet."""
    return any(
        isinstance(value, str) and row_key(value) is not None
        for line in sheet.rows
        for value in line
    )


def columns_under(header: Header, block: SentBlock) -> Columns:
    """Where a block's columns stand; of a heading that stands twice, the first."""
    naming = {
        role: places[0] for role, text in block.naming.items() if (places := header.columns(text))
    }
    inputs = [
        (places[0], place)
        for place, text in enumerate(block.headings)
        if (places := header.columns(text))
    ]
    return Columns(naming, inputs)


def header_errors(sheet: Sheet, header: Header, block: SentBlock) -> list[CellError]:
    """What is wrong with the headings: two columns of one, or one that is missing.

    Nobody can tell which of two columns counts, so that none of the sheet's figures can be taken.
    """
    errors = []
    names = [text for text in block.naming.values() if len(header.columns(text)) > 1]
    for text in [*names, *block.headings, RID]:
        places = header.columns(text)
        if len(places) > 1:
            cause = _(
                "The columns {columns} have the same heading “{heading}”: give those that aren't "
                "the sheet's own another heading, or delete them."
            ).format(columns=joined(map(_letters, places)), heading=text)
            errors.append(CellError(sheet.name, cell_name(header.row, places[-1]), cause))
        elif not places and text != RID:
            cause = _("The column “{heading}” is missing.").format(heading=text)
            errors.append(CellError(sheet.name, cell_name(header.row, 0), cause))
    return errors


def doubled(header: Header, block: SentBlock) -> bool:
    """Whether a heading that decides where figures belong stands twice."""
    texts: Iterable[str] = [*block.naming.values(), *block.headings, RID]
    return any(len(header.columns(text)) > 1 for text in texts)


def _header(sheet: Sheet, row: int) -> Header:
    headings = [heading_key(text_of(value)) for value in sheet.rows[row]]
    above = [text_of(value) for line in sheet.rows[:row] for value in line]
    return Header(row, headings, heading_key("\n".join(above)))


def _letters(column: int) -> str:
    return cell_name(0, column)[:-1]
