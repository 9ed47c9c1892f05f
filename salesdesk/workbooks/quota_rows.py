"""Finds whose figures the rows of a quota sheet are: by their hidden id, else by their names.

The id counts: a row is somebody's whatever they are called by now, and only the name of somebody
else beside it, as sorting one column alone leaves it, makes the row nobody's. People's own lines
(notes, totals) are skipped and named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from salesdesk.errors import InputError
from salesdesk.office.names import name_key
from salesdesk.planning.places import person
from salesdesk.text import _, in_every_language, mark
from salesdesk.workbooks.quota_cells import nothing, slot_of, value_of
from salesdesk.workbooks.quota_comparison import CellError, Comparison, Notice, NoticeKind, OddRow
from salesdesk.workbooks.quota_finding import Table
from salesdesk.workbooks.quota_layout import RowKey, heading_key, row_key
from salesdesk.workbooks.quota_office import OfficeNow
from salesdesk.workbooks.reader import cell_name, text_of

TOTAL, TEAM_TOTAL = mark("Total"), mark("{team} total")
#: What the lines below a team's total are called.
TO_REACH, STILL_OPEN = mark("To be reached"), mark("Still open")
#: Words that make a line one of totals or a note, whatever else stands in it.
_NOT_A_NAME = re.compile(
    "[合总小共累]计|总[数额和]|汇总|平均|均值|备注|说明|注[:：]|制表|填表|审[核批]|签[字名]|日期"
    r"|\b(?:sub)?totals?\b|\bsum\b|\baverage\b|\bnotes?\b|\bremarks?\b|[:：。；;，,!！?？\d]",
    re.IGNORECASE,
)
#: Longer than this (in characters) no name is.
_LONGEST_NAME = 20


class Rows:
    """The rows of one table; what is odd about them is told to ``result``."""

    def __init__(self, table: Table, office: OfficeNow, result: Comparison) -> None:
        self.table, self.office, self.result = table, office, result
        self._sent_people = table.block.people
        self._rid_column = table.header.rid_column
        self._slots = [slot_of(key) for key in table.block.keys]
        self._met: set[str] = set()  # the ids that stand in the sheet, taken or not
        self._team_names = {name_key(name) for name in office.team_names}
        self._own_totals = {
            words.format(team=team)
            for told in (TOTAL, TEAM_TOTAL, TO_REACH, STILL_OPEN)
            for words in in_every_language(told)
            for team in office.team_names | {""}
        }

    def held(self) -> Iterator[tuple[int, RowKey, bool]]:
        """(row, whose it is, whether it is new) of each line that holds somebody's figures.

        Of several rows of one person the one that says something counts: people paste what a
        colleague filled in below their own. Where two say different things none is given.
        """
        seen: dict[RowKey, list[int]] = {}
        for row in self.table.rows:
            key = self._key(row)
            if key is not None:
                seen.setdefault(key, []).append(row)
        self._tell_missing({key.rid for key in seen} | self._met)
        for key, rows in seen.items():
            counting = rows[0] if len(rows) == 1 else self._that_counts(key, rows)
            if counting is not None:
                yield counting, key, key.rid not in self.table.block.rows

    def _that_counts(self, key: RowKey, rows: Sequence[int]) -> int | None:
        """Of several rows of one person the one that counts; None where two disagree."""
        column = self.table.columns.naming.get("person", 0)
        said = [self._said(row, key) for row in rows]
        counting = next((place for place, news in enumerate(said) if news), 0)
        disagree = False
        for row, news in zip(rows, said, strict=True):
            if row == rows[counting]:
                continue
            if not news or news == said[counting]:
                words = _("{name} appears in rows {first} and {second}: row {first} counts.")
                first, second = rows[counting] + 1, row + 1
                words = words.format(name=self.office.name(key), first=first, second=second)
                self._notice("skipped", row, column, words)
            else:
                cause = _("{name} appears twice, in rows {first} and {second}.").format(
                    name=self.office.name(key), first=rows[counting] + 1, second=row + 1
                )
                self._error(row, column, cause)
                disagree = True
        return None if disagree else rows[counting]

    def _said(self, row: int, key: RowKey) -> dict[int, object]:
        """What a row says other than what went out, by the place of the input."""
        base = self.table.block.rows.get(key.rid, ())
        said: dict[int, object] = {}
        for column, place in self.table.columns.inputs:
            raw = self.table.sheet.cell(row, column)
            if not text_of(raw) and (row, column) not in self.table.sheet.unread:
                continue
            slot = self._slots[place]
            try:
                value: object = value_of(raw, slot, self.office.measures[slot.measure_id])
            except InputError:
                value = (text_of(raw),)  # wrong, or a mark: it says something in any case
            if value != (base[place] if place < len(base) else nothing(slot)):
                said[place] = value
        return said

    def _key(self, row: int) -> RowKey | None:
        """Whose a row is; None for a line that is nobody's, which is told where it matters."""
        rid_column = self._rid_column
        text = "" if rid_column is None else text_of(self.table.sheet.cell(row, rid_column))
        if not text:
            return self._named(row)
        key = row_key(text)
        if key is not None and key.block == self.table.block.code:
            self._met.add(key.rid)
            return key if self._names_agree(row, key) else None
        if heading_key(text) not in self.table.header.headings:  # the headings, pasted once more
            cause = _("“{text}” isn't a row of this sheet.").format(text=text[:40])
            self._error(row, rid_column or 0, cause)
        return None

    # -- rows without an id --------------------------------------------------------------------

    def _named(self, row: int) -> RowKey | None:
        """Whose a row without an id is, by its names; None for blank, note and total rows."""
        naming = self.table.columns.naming
        column = naming.get("person")
        name = "" if column is None else text_of(self.table.sheet.cell(row, column))
        filled = self._filled(row)
        if column is None or not name:
            if filled and not self._is_own_total(row):
                self._skip(row, column or 0, _("It has neither an id nor a name."))
            return None
        if heading_key(name) == heading_key(self.table.block.naming["person"]):
            return None  # the headings, pasted once more
        person_id = self.office.names.person_id(name, self._sent_people)
        if person_id is None:
            if filled and self._is_no_name(name):
                self._skip(row, column, _("“{text}” is no person.").format(text=name[:40]))
            elif filled:
                cause = _("Nobody in this office is called {name}.").format(name=name)
                self._error(row, column, cause)
            return None
        product_id = None
        if "product" in naming:
            product = text_of(self.table.sheet.cell(row, naming["product"]))
            product_id = self.office.names.products.get(name_key(product))
            if product_id is None:
                if filled and self._is_no_name(product):
                    self._skip(row, column, _("“{text}” is no product.").format(text=product[:40]))
                elif filled:
                    cause = _("There is no product called {name}.").format(name=product)
                    self._error(row, naming["product"], cause)
                return None
        key = RowKey(self.table.block.code, person_id, product_id)
        if key.rid not in self.table.block.rows and not self.office.holds(
            person(person_id, product_id)
        ):
            if filled:
                cause = _("{name} isn't one of those the plan “{plan}” is for.").format(
                    name=name, plan=self.office.plan.title
                )
                self._error(row, column, cause)
            return None
        self._tell_renamed(row, column, person_id, name)
        return key

    def _filled(self, row: int) -> bool:
        """Whether anything stands in a row's inputs."""
        sheet = self.table.sheet
        return any(text_of(sheet.cell(row, at)) for at, _place in self.table.columns.inputs)

    def _is_own_total(self, row: int) -> bool:
        """Whether a line is one of the totals that went out with the sheet, or stands below one."""
        column = self.table.columns.naming.get("team")
        return column is not None and (
            text_of(self.table.sheet.cell(row, column)) in self._own_totals
        )

    def _is_no_name(self, text: str) -> bool:
        """Whether a text where a name is expected is a note's, a total's or a team's."""
        return (
            not text
            or len(text) > _LONGEST_NAME
            or _NOT_A_NAME.search(text) is not None
            or name_key(text) in self._team_names
        )

    # -- rows with an id -----------------------------------------------------------------------

    def _names_agree(self, row: int, key: RowKey) -> bool:
        """Whether a row is still that of its id, as far as its names tell."""
        naming = self.table.columns.naming
        if key.person_id not in self.office.person_names:
            self._error(row, naming.get("person", 0), _("The row's person is no longer known."))
            return False
        if "person" in naming:
            raw = self.table.sheet.cell(row, naming["person"])
            name = text_of(raw)
            known = self.office.person_names[key.person_id]
            if raw != known and name and not self.office.names.was_called(key.person_id, name):
                other = self.office.names.people.get(name_key(name))
                if other is not None:
                    self._disagree(row, naming["person"], known, name)
                    return False
            if name:
                self._tell_renamed(row, naming["person"], key.person_id, name)
        if "product" in naming and key.product_id is not None:
            raw = self.table.sheet.cell(row, naming["product"])
            product = self.office.product_names.get(key.product_id)
            name = text_of(raw)
            if (
                raw != product
                and product is not None
                and name_key(name) in self.office.names.products
            ):
                if self.office.names.products[name_key(name)] != key.product_id:
                    self._disagree(row, naming["product"], product, name)
                    return False
            elif product is None:
                self._error(row, naming["product"], _("The row's product is no longer known."))
                return False
        return True

    def _disagree(self, row: int, column: int, known: str, text: str) -> None:
        cause = _("The row belongs to {known}, but it says “{text}”.")
        self._error(row, column, cause.format(known=known, text=text))

    # -- telling -------------------------------------------------------------------------------

    def _tell_renamed(self, row: int, column: int, person_id: int, name: str) -> None:
        known = self.office.person_names[person_id]
        if known != name and name_key(known) != name_key(name):
            words = _("The row is taken as {known}'s, though it says “{text}”.")
            self._notice("told", row, column, words.format(known=known, text=name[:40]))

    def _skip(self, row: int, column: int, reason: str) -> None:
        words = _("Row {row} is skipped. {reason}").format(row=row + 1, reason=reason)
        self._notice("skipped", row, column, words)

    def _tell_missing(self, there: set[str]) -> None:
        for rid in self.table.block.rows:
            key = None if rid in there else row_key(rid)
            if key is not None:
                person_name = self.office.person_names.get(key.person_id, "")
                product = self.office.product_names.get(key.product_id or 0, "")
                self.result.missing_rows.append(
                    OddRow(self.table.sheet.name, 0, person_name, product)
                )

    def _notice(self, kind: NoticeKind, row: int, column: int, words: str) -> None:
        cell = cell_name(row, column)
        self.result.notices.append(Notice(kind, self.table.sheet.name, cell, words))

    def _error(self, row: int, column: int, cause: str) -> None:
        self.result.errors.append(CellError(self.table.sheet.name, cell_name(row, column), cause))
