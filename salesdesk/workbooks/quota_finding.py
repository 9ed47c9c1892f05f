"""Finds the quota sheets in a workbook that came back, and what each of them went out as.

A sheet is known by its hidden ids; which export it belongs to, by the mark above them, by the
workbook's hidden sheet, or, moved elsewhere, by what the office remembers of its exports. A sheet
that lost its ids is known by its headings, title and figures. What isn't taken is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from sqlalchemy import Connection

from salesdesk.errors import WorkbookError
from salesdesk.office import measures, settings
from salesdesk.planning import plans
from salesdesk.text import _, in_every_language, joined
from salesdesk.workbooks import quota_sent
from salesdesk.workbooks.error_copy import is_error_list
from salesdesk.workbooks.quota_comparison import CellError, Notice
from salesdesk.workbooks.quota_headers import (
    Columns,
    Header,
    code_in,
    columns_under,
    doubled,
    has_ids,
    header_errors,
    header_of,
    header_with_ids,
    headings_in,
)
from salesdesk.workbooks.quota_layout import HELP_TITLE
from salesdesk.workbooks.quota_office import Names, names_in
from salesdesk.workbooks.quota_resemblance import Resemblance, resemblance
from salesdesk.workbooks.quota_sent import Sent, SentBlock
from salesdesk.workbooks.reader import Sheet, text_of

_EXPORT_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: This part of what went out must stand in a sheet that nothing but its figures tells of.
_ALIKE = 0.5
#: How many sheets a refusal of the whole workbook gives its reason for.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Table:
    """A block found in a sheet: where its header stands and what its columns are (from 0)."""

    sheet: Sheet
    sent: Sent
    block: SentBlock
    header: Header
    columns: Columns

    @property
    def rows(self) -> range:
        """The rows below the headings, from 0."""
        return range(self.header.row + 1, len(self.sheet.rows))


@dataclass(slots=True)
class Finding:
    """What a workbook holds for one plan, and what else is in it."""

    plan_id: int
    export_id: str
    tables: list[Table]
    errors: list[CellError] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def find(db: Connection, sheets: Sequence[Sheet], name: str) -> Finding:
    """The quota sheets of a workbook; ``name`` is the file's, for messages.

    Those of one plan: the one its hidden sheet names, else the first sheet's. Raises WorkbookError
    when there is none, when it comes from another office, or when its plan is gone.
    """
    return _Finder(db, sheets, name).run()


class _NotTaken(Exception):  # noqa: N818 - no fault: the sheet is left out, and why is told
    """A sheet that looks like a quota sheet and can't be taken; the reason."""


#: A block that a sheet may be, and how much it resembles it.
Candidate = tuple[Resemblance, Header, Sent, SentBlock]


class _Finder:
    """One workbook being looked through."""

    def __init__(self, db: Connection, sheets: Sequence[Sheet], name: str) -> None:
        self.db, self.sheets, self.name = db, sheets, name
        self.office_id = settings.read(db).office_id
        self.titles = {plan.id: plan.title for plan in plans.plans(db)}
        self.own = self._own()
        self.tables: list[Table] = []
        self.errors: list[CellError] = []
        self.notices: list[Notice] = []
        self._resembling = False  # whether a sheet that isn't taken looks like a quota sheet

    def run(self) -> Finding:
        """Place the sheets that have ids first: those without are one of the other blocks."""
        without_ids: list[Sheet] = []
        for sheet in self.sheets:
            if not sheet.rows or quota_sent.is_hidden_sheet(sheet):
                continue
            header = header_with_ids(sheet)
            code = None if header is None else code_in(sheet, header)
            if header is None or code is None:
                # Our own pages are never one that lost its ids: no export is looked through.
                if has_ids(sheet) or not is_own_page(sheet):
                    without_ids.append(sheet)
            else:
                self._place(sheet, partial(self._by_ids, sheet, header, code))
        for sheet in without_ids:
            self._place(sheet, partial(self._by_names, sheet))
        if not self.tables:
            raise WorkbookError(self._nothing_found())
        plan_ids = [table.sent.plan_id for table in self.tables]
        own_plan = self.own.plan_id if self.own is not None else None
        plan_id = own_plan if own_plan is not None and own_plan in plan_ids else plan_ids[0]
        mine = [table for table in self.tables if table.sent.plan_id == plan_id]
        for table in self.tables:
            if table.sent.plan_id != plan_id:
                self._leave(
                    table.sheet,
                    _(
                        "It belongs to the plan “{plan}”: take it back in a workbook of its own."
                    ).format(plan=self.titles[table.sent.plan_id]),
                )
        self._name_absent_blocks(mine)
        kept = [table for table in mine if not self._wrong_headings(table)]
        return Finding(plan_id, mine[0].sent.export_id, kept, self.errors, self.notices)

    def _own(self) -> Sent | None:
        """What the workbook's hidden sheet says went out, as the office remembers it."""
        carried = quota_sent.read_hidden(self.sheets, self.name)
        if carried is None:
            return None
        if carried.office_id != self.office_id:
            raise WorkbookError(_("{name} was sent out by another office.").format(name=self.name))
        recalled = quota_sent.recall(self.db, carried.export_id, self.office_id)
        sent = recalled or carried.whole()
        if sent.plan_id not in self.titles:
            raise WorkbookError(
                _("The plan that {name} belongs to has been deleted.").format(name=self.name)
            )
        return sent

    # -- placing -----------------------------------------------------------------------------------

    def _place(self, sheet: Sheet, placing: Callable[[], Table | None]) -> None:
        try:
            table = placing()
        except _NotTaken as reason:
            self._resembling = True
            self._leave(sheet, str(reason))
            return
        if table is not None:
            self.tables.append(table)
        elif has_ids(sheet):
            self._resembling = True
            self._leave(sheet, _("The line of headings is gone, so that no column is known."))
        else:
            self._leave(sheet, _("It is no quota sheet."))

    def _by_ids(self, sheet: Sheet, header: Header, code: str) -> Table:
        marks = _EXPORT_ID.findall(header.above)
        if marks:
            sent = self._recall(marks[-1])
            blocks = [] if sent is None else [sent]
        elif self.own is not None and code in self.own.blocks:
            blocks = [self.own]
        else:
            blocks = [
                sent
                for _alike, _header, sent, _block in self._ranked(
                    sheet, [(header, sent, sent.blocks[code]) for sent in self._remembered(code)]
                )
            ][:1]
        if not blocks or code not in blocks[0].blocks:
            raise _NotTaken(
                _("This office doesn't know of sending it out: is it another office's?")
            )
        if blocks[0].plan_id not in self.titles:
            raise _NotTaken(_("The plan it belongs to has been deleted."))
        return _table(sheet, header, blocks[0], blocks[0].blocks[code])

    def _recall(self, export_id: str) -> Sent | None:
        if self.own is not None and self.own.export_id == export_id:
            return self.own
        return quota_sent.recall(self.db, export_id, self.office_id)

    def _by_names(self, sheet: Sheet) -> Table | None:
        """Place a sheet without ids: one of the workbook's own blocks, else any that went out."""
        taken = {(table.sent.plan_id, table.block.code): table.sheet.name for table in self.tables}
        own = [] if self.own is None else [(self.own, block) for block in self.own.blocks.values()]
        free = self._fitting(sheet, [pair for pair in own if _key(*pair) not in taken])
        if len(free) == 1:  # nothing else it could be
            [(header, sent, block)] = free
            return _table(sheet, header, sent, block)
        ranked = self._ranked(sheet, free)
        if not free:
            for _header, sent, block in self._fitting(sheet, own):
                raise _NotTaken(
                    _("It has no ids, and “{block}” is taken from the sheet {sheet}.").format(
                        block=block.title, sheet=taken[_key(sent, block)]
                    )
                )
            blocks = (
                (sent, block)
                for sent in self._remembered("", headings_in(sheet))
                for block in sent.blocks.values()
                if _key(sent, block) not in taken
            )
            ranked = self._ranked(sheet, self._fitting(sheet, blocks))
        if not ranked:
            return None
        alike, header, sent, block = ranked[0]
        if not alike.titled and alike.alike < _ALIKE:
            raise _NotTaken(
                _("It has no ids, and neither title nor figures tell which sheet it is.")
            )
        return _table(sheet, header, sent, block)

    def _remembered(self, code: str, headings: Collection[str] | None = None) -> Iterator[Sent]:
        """The exports the office remembers, with a block if one is named, of plans that exist.

        Of ``headings``, if given, one must be what names people in them.
        """
        for sent in quota_sent.remembered(self.db, self.office_id, code, headings):
            if sent.plan_id in self.titles and (not code or code in sent.blocks):
                yield sent

    def _fitting(
        self, sheet: Sheet, blocks: Iterable[tuple[Sent, SentBlock]]
    ) -> list[tuple[Header, Sent, SentBlock]]:
        """The blocks whose headings a sheet has."""
        return [
            (header, sent, block)
            for sent, block in blocks
            if (header := header_of(sheet, block)) is not None
        ]

    def _ranked(
        self, sheet: Sheet, candidates: Iterable[tuple[Header, Sent, SentBlock]]
    ) -> list[Candidate]:
        """What a sheet may be, the likeliest first, of equals the newest.

        Raises _NotTaken when the two likeliest are different sheets and equally likely.
        """
        ranked = []
        for header, sent, block in candidates:
            alike = resemblance(
                sheet, header, block, self.titles[sent.plan_id], self._names, self._measures
            )
            # Ids of another office name people too: the names beside them must be theirs.
            if alike.rows and alike.named_alike * 2 >= alike.rows:
                ranked.append((alike, header, sent, block))
        ranked.sort(key=lambda candidate: candidate[0].rank, reverse=True)
        rivals = {_key(sent, block) for alike, _h, sent, block in ranked
                  if alike.rank == ranked[0][0].rank}  # fmt: skip
        if len(rivals) > 1:
            raise _NotTaken(
                _("It could be of several sheets that went out: {sheets}.").format(
                    sheets=joined(
                        dict.fromkeys(
                            f"{self.titles[sent.plan_id]} / {block.title}"
                            for _a, _h, sent, block in ranked
                            if _key(sent, block) in rivals
                        )
                    )
                )
            )
        return ranked

    @cached_property
    def _names(self) -> Names:
        return names_in(self.db)

    @cached_property
    def _measures(self) -> dict[int, measures.Measure]:
        return {known.id: known for known in measures.measures(self.db, active_only=False)}

    # -- what is told ------------------------------------------------------------------------------

    def _leave(self, sheet: Sheet, reason: str) -> None:
        self.notices.append(Notice("not_taken", sheet.name, "", reason))

    def _wrong_headings(self, table: Table) -> bool:
        """Tell what is wrong with a sheet's headings; whether nothing of it can be compared."""
        self.errors += header_errors(table.sheet, table.header, table.block)
        return doubled(table.header, table.block)

    def _name_absent_blocks(self, tables: Sequence[Table]) -> None:
        if self.own is None or self.own.plan_id != tables[0].sent.plan_id:
            return
        there = {table.block.code for table in tables}
        for block in self.own.blocks.values():
            if block.code not in there:
                words = _("“{block}” went out and no sheet holds it: its figures stay.")
                self.notices.append(Notice("not_taken", "", "", words.format(block=block.title)))

    def _nothing_found(self) -> str:
        """Why nothing can be taken, with what stands in the way of each sheet."""
        reasons = [
            _("{sheet}: {reason}").format(sheet=notice.sheet, reason=notice.words)
            for notice in self.notices
        ]
        if self.own is None and not self._resembling:
            return _("{name} isn't a quota sheet that SalesDesk sent out.").format(name=self.name)
        if not reasons:
            return _(
                "{name} has no quota sheet that can be taken back: those that went out are gone."
            ).format(name=self.name)
        return _("{name} has no quota sheet that can be taken back. {reasons}").format(
            name=self.name, reasons=" ".join(reasons[:_NAMED])
        )


def is_own_page(sheet: Sheet) -> bool:
    """Whether a sheet is one that the program put beside the quota sheets."""
    return text_of(sheet.cell(0, 0)) in in_every_language(HELP_TITLE) or is_error_list(sheet)


def _table(sheet: Sheet, header: Header, sent: Sent, block: SentBlock) -> Table:
    return Table(sheet, sent, block, header, columns_under(header, block))


def _key(sent: Sent, block: SentBlock) -> tuple[int, str]:
    return sent.plan_id, block.code
