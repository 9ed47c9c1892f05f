"""How much a sheet resembles what once went out: for sheets that don't say which export's they are.

A sheet moved into another workbook leaves the hidden sheet behind, and one whose hidden column was
deleted has no ids. What went out is then told by the title above it and by the figures in it: the
export that a sheet came from differs from it only in what people changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from salesdesk.errors import InputError
from salesdesk.office.measures import Measure
from salesdesk.office.names import name_key
from salesdesk.workbooks.quota_cells import same, slot_of, value_of
from salesdesk.workbooks.quota_headers import Columns, Header, columns_under
from salesdesk.workbooks.quota_layout import RowKey, Slot, heading_key, row_key
from salesdesk.workbooks.quota_office import Names
from salesdesk.workbooks.quota_sent import Base, SentBlock
from salesdesk.workbooks.reader import Sheet, Value, text_of


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How much a sheet is like a block that went out."""

    titled: bool  # the block's title stands above it
    plan_named: bool  # the plan's title stands above it
    complete: bool  # all its headings are there
    rows: int  # how many of its rows went out
    named_alike: int  # how many of those are called as the office calls them
    alike: float  # which part of all figures, that went out or stand in it, are the same

    @property
    def rank(self) -> tuple[bool, bool, bool, float]:
        """What decides between two."""
        return self.titled, self.plan_named, self.complete, self.alike


def resemblance(
    sheet: Sheet,
    header: Header,
    block: SentBlock,
    plan_title: str,
    names: Names,
    measures: Mapping[int, Measure],
) -> Resemblance:
    """How much the rows under ``header`` are like ``block`` as it went out."""
    columns = columns_under(header, block)
    slots = [slot_of(key) for key in block.keys]
    inputs = {place: column for column, place in columns.inputs}
    people = block.people
    rows = named_alike = equal = filled = 0
    for row in range(header.row + 1, len(sheet.rows)):
        key = _row_key(sheet, row, header, columns, names, people, block.code)
        if key is None:
            continue
        base = block.rows.get(key.rid)
        if base is None:
            continue
        rows += 1
        name = text_of(sheet.cell(row, columns.naming.get("person", 10**6)))
        named_alike += names.was_called(key.person_id, name)
        for place, slot in enumerate(slots):
            went_out = base[place] if place < len(base) else None
            raw = sheet.cell(row, inputs[place]) if place in inputs else ""
            if slot.measure_id in measures and (went_out not in (None, "") or text_of(raw)):
                filled += 1
                equal += same(_read(raw, slot, measures[slot.measure_id]), went_out)
    return Resemblance(
        heading_key(block.title) in header.above,
        heading_key(plan_title) in header.above,
        len(columns.inputs) == len(block.headings),
        rows,
        named_alike,
        equal / filled if filled else 0.0,
    )


def _row_key(
    sheet: Sheet,
    row: int,
    header: Header,
    columns: Columns,
    names: Names,
    people: Collection[int],
    code: str,
) -> RowKey | None:
    if header.rid_column is not None:
        key = row_key(text_of(sheet.cell(row, header.rid_column)))
        if key is not None:
            return key
    if "person" not in columns.naming:
        return None
    person_id = names.person_id(text_of(sheet.cell(row, columns.naming["person"])), people)
    product_id = None
    if "product" in columns.naming:
        product = text_of(sheet.cell(row, columns.naming["product"]))
        product_id = names.products.get(name_key(product))
        if product_id is None:
            return None
    return None if person_id is None else RowKey(code, person_id, product_id)


def _read(raw: Value, slot: Slot, measure: Measure) -> Base:
    try:
        return value_of(raw, slot, measure)
    except InputError:
        return None
