"""What went out with a quota sheet: kept in the office and carried in the workbook's hidden sheet.

The record in the office is the one that counts; the hidden sheet serves where the office doesn't
know the export, because an older backup was restored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.errors import WorkbookError
from salesdesk.storage.history import Change
from salesdesk.text import _
from salesdesk.workbooks.quota_layout import (
    FILE_KIND,
    HIDDEN_SHEET,
    SCHEMA_VERSION,
    Block,
    heading_key,
    row_key,
)
from salesdesk.workbooks.reader import Sheet, text_of
from salesdesk.workbooks.tables import quota_export
from salesdesk.workbooks.writer import Book

#: How many exports are looked through for a sheet that doesn't say which it belongs to.
_LOOKED_AT = 200
#: What names people in a block, as it stands in what is kept of an export.
_NAMES = re.compile(r'"person":("(?:[^"\\]|\\.)*")')
#: A target in its measure's smallest step, a remark's text, or None for an empty cell.
Base = int | str | None


@dataclass(frozen=True, slots=True)
class SentBlock:
    """One sheet as it went out."""

    code: str
    title: str
    naming: dict[str, str]  # role -> heading, of team, person and product
    headings: tuple[str, ...]  # of the inputs
    keys: tuple[str, ...]  # of the inputs: Slot.key
    rows: dict[str, tuple[Base, ...]] = field(default_factory=dict)  # by row id

    @property
    def people(self) -> frozenset[int]:
        """Whose rows went out."""
        keys = map(row_key, self.rows)
        return frozenset(key.person_id for key in keys if key is not None)


@dataclass(frozen=True, slots=True)
class Sent:
    """A whole export."""

    export_id: str
    office_id: str
    plan_id: int
    plan_revision: int
    blocks: dict[str, SentBlock]


def sent_block(block: Block, rows: dict[str, tuple[Base, ...]]) -> SentBlock:
    """What is remembered of ``block`` when it goes out with ``rows``."""
    inputs = [column for column in block.columns if column.slot is not None]
    return SentBlock(
        block.code,
        block.title,
        {c.role: c.heading for c in block.columns if c.role in ("team", "person", "product")},
        tuple(column.heading for column in inputs),
        tuple(slot.key for slot in block.slots),
        rows,
    )


def remember(change: Change, sent: Sent) -> None:
    """Keep the export in the office."""
    blocks = [[b.code, b.title, b.naming, b.headings, b.keys, b.rows] for b in sent.blocks.values()]
    change.insert(
        quota_export,
        uuid=sent.export_id,
        plan_id=sent.plan_id,
        plan_revision=sent.plan_revision,
        made_at=change.now,
        base=json.dumps(blocks, ensure_ascii=False, separators=(",", ":")),
    )


def recall(db: Connection, export_id: str, office_id: str) -> Sent | None:
    """The export as the office remembers it, None when it doesn't."""
    row = db.execute(select(quota_export).where(quota_export.c.uuid == export_id)).one_or_none()
    return None if row is None else _remembered(row, office_id)


def remembered(
    db: Connection, office_id: str, text: str, headings: Collection[str] | None = None
) -> Iterator[Sent]:
    """The newest exports whose description or rows hold ``text``, the newest first.

    A few hundred: who takes back something older sends it out again. With ``headings`` (as
    ``heading_key`` gives them) only exports of which one names people so.
    """
    query = (
        select(quota_export)
        .where(quota_export.c.base.contains(text, autoescape=True))
        .order_by(quota_export.c.id.desc())
        .limit(_LOOKED_AT)
    )
    for row in db.execute(query):
        # Reading a large export takes 20 ms: most sheets that are none of ours end here.
        if headings is not None and not any(
            heading_key(json.loads(heading)) in headings for heading in _NAMES.findall(row.base)
        ):
            continue
        yield _remembered(row, office_id)


def _remembered(row: Any, office_id: str) -> Sent:
    blocks = {}
    for code, title, naming, headings, keys, rows in json.loads(row.base):
        blocks[code] = SentBlock(
            code,
            title,
            naming,
            tuple(headings),
            tuple(keys),
            {rid: tuple(values) for rid, values in rows.items()},
        )
    return Sent(row.uuid, office_id, row.plan_id, row.plan_revision, blocks)


def write_hidden(book: Book, sent: Sent) -> None:
    """The hidden sheet: a line of what it is, then each block's description and base values."""
    sheet = book.sheet(HIDDEN_SHEET, hidden=True)
    lines: list[Sequence[Any]] = [
        (FILE_KIND, SCHEMA_VERSION),
        ("export", sent.export_id),
        ("office", sent.office_id),
        ("plan", sent.plan_id, sent.plan_revision),
    ]
    for block in sent.blocks.values():
        naming = [part for pair in block.naming.items() for part in pair]
        lines += [
            ("block", block.code, block.title),
            ("naming", "", *naming),
            ("headings", "", *block.headings),
            ("keys", "", *block.keys),
        ]
        lines += [("row", rid, *values) for rid, values in block.rows.items()]
    for number, line in enumerate(lines, 1):
        sheet.plain_row(number, line)


@dataclass(frozen=True, slots=True)
class Carried:
    """What a workbook says of its export: which it is, and its hidden sheet."""

    export_id: str
    office_id: str
    plan_id: int
    plan_revision: int
    name: str
    sheet: Sheet

    def whole(self) -> Sent:
        """All that was sent, base values too. Raises WorkbookError for a damaged sheet."""
        try:
            blocks = {block.code: block for block in _blocks(self.sheet)}
        except (KeyError, IndexError, ValueError) as error:
            raise _damaged(self.name) from error
        return Sent(self.export_id, self.office_id, self.plan_id, self.plan_revision, blocks)


def is_hidden_sheet(sheet: Sheet) -> bool:
    """Whether a sheet is the hidden one that travels with quota sheets."""
    return text_of(sheet.cell(0, 0)) == FILE_KIND


def read_hidden(sheets: Sequence[Sheet], name: str) -> Carried | None:
    """What the workbook itself says of its export; ``name`` is the file's, for messages.

    None when it has no such sheet. Raises WorkbookError for a damaged one, and for one of a newer
    version.
    """
    sheet = next(filter(is_hidden_sheet, sheets), None)
    if sheet is None:
        return None
    try:
        if int(text_of(sheet.cell(0, 1))) > SCHEMA_VERSION:
            raise WorkbookError(
                _("{name} was written by a newer version of SalesDesk. Update the program.").format(
                    name=name
                )
            )
        facts = {text_of(row[0]): row for row in sheet.rows[1:4]}
        return Carried(
            text_of(facts["export"][1]),
            text_of(facts["office"][1]),
            int(text_of(facts["plan"][1])),
            int(text_of(facts["plan"][2])),
            name,
            sheet,
        )
    except (KeyError, IndexError, ValueError) as error:
        raise _damaged(name) from error


def _damaged(name: str) -> WorkbookError:
    return WorkbookError(
        _("The hidden sheet of {name} is damaged: send the quota sheet out again.").format(
            name=name
        )
    )


def _blocks(sheet: Sheet) -> Iterator[SentBlock]:
    block: SentBlock | None = None
    code = title = ""
    naming: dict[str, str] = {}
    headings: tuple[str, ...] = ()
    for row in sheet.rows[4:]:
        cells = [text_of(value) for value in row]
        kind, second = cells[0], cells[1]
        rest = [*cells[2:]]
        if kind == "block":
            code, title = second, rest[0]
            if block is not None:
                yield block
        elif kind == "naming":
            naming = dict(zip(rest[::2], rest[1::2], strict=False))
            naming.pop("", None)
        elif kind == "headings":
            headings = tuple(filter(None, rest))
        elif kind == "keys":
            block = SentBlock(code, title, naming, headings, tuple(filter(None, rest)), {})
        elif kind == "row" and block is not None:
            block.rows[second] = tuple(
                _base(key, text) for key, text in zip(block.keys, rest, strict=False)
            )
    if block is not None:
        yield block


def _base(key: str, text: str) -> Base:
    if key.split("/")[1] in ("reason", "countermeasure"):
        return text
    return int(text) if text else None
