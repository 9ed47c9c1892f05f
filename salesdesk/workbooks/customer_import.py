"""Takes customers from a workbook: a preview with everything that is wrong, then all in one change.

The headings are those of the list of customers that the program writes, in any of its languages, or
what lists kept elsewhere call the same; only the name is needed.
Every row is a new customer: who may be known already, in the office or further up in the sheet, is
told, and left out unless it is said that they are somebody else. What would be refused is told by
the very function that refuses it (``entering.wrong_rows``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from salesdesk.calc.days import read_day
from salesdesk.customers import customers, entering
from salesdesk.customers.bounds import FIELDS, STATES
from salesdesk.customers.entering import NewCustomer
from salesdesk.errors import InputError, WorkbookError
from salesdesk.office import people
from salesdesk.office.names import name_key
from salesdesk.text import _, in_every_language, joined, mark, ngettext
from salesdesk.workbooks.quota_comparison import CellError
from salesdesk.workbooks.reader import Progress, Sheet, Value, cell_name, read_workbook, text_of
from salesdesk.workspace import Change, Connection, Workspace

#: The columns of a new customer by the headings they may stand under, as lists have them.
HEADINGS: Mapping[str, str] = {
    "name": mark("Name"), "company": mark("Company"), "phones": mark("Phones"),
    "region": mark("Region"), "source": mark("Source"), "grade": mark("Grade"),
    "state": mark("State"), "owner_id": mark("Owner"), "needs": mark("Needs"), "note": mark("Note"),
    "registered_on": mark("Registered on"),
}  # fmt: skip
#: What lists that were kept elsewhere call the columns, the likeliest first; where a list has the
#: program's own heading too, that one counts.
OTHER_HEADINGS: Mapping[str, Sequence[str]] = {
    "name": ("客户姓名", "联系人", "客户名称", "客户", "名称", "Customer", "Contact"),
    "company": ("公司", "公司名称", "单位", "单位名称", "工作单位", "客户单位", "客户名称"),
    "phones": ("联系电话", "手机", "手机号", "手机号码", "电话号码", "联系方式", "Phone", "Mobile"),
    "region": ("地区", "区域", "所在地区", "Area"),
    "source": ("客户来源", "信息来源"),
    "grade": ("客户等级", "客户级别", "等级", "级别"),
    "state": ("客户状态",),
    "owner_id": ("负责人", "业务员", "销售员", "销售顾问", "跟进人", "Salesperson"),
    "needs": ("客户需求",),
    "note": ("备注", "说明", "Notes", "Remarks"),
    "registered_on": ("登记日期", "登记时间", "录入日期"),
}
#: The headings stand in one of the first so many rows.
_HEAD_ROWS = 10
#: Characters of a wrong word, and how many alike customers, that are told.
_TOLD, _TOLD_OF = 20, 3


@dataclass(frozen=True, slots=True)
class Alike:
    """A row whose customer may be known: ``with_whom`` says who, as people read it."""

    row: int  # as the sheet counts, from 1
    name: str
    with_whom: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a sheet would bring; ``rows`` are the sheet's rows (from 1) of ``new``, in order."""

    path: Path
    sheet: str
    new: Sequence[NewCustomer]
    rows: Sequence[int]
    alike: Sequence[Alike]
    errors: Sequence[CellError]
    unread: Sequence[str]  # headings of columns that aren't taken


def read(
    workspace: Workspace, path: Path, *, owner_id: int | None, progress: Progress | None = None
) -> Preview:
    """What the workbook would bring; nothing is changed.

    ``owner_id`` gets the customers whose row names no owner. Raises WorkbookError when the file
    can't be read, no sheet has a column for names, or a heading appears twice.
    """
    for sheet in read_workbook(path, progress):
        found = _columns(sheet) if sheet.visible else None
        if found is not None:
            break
    else:
        raise WorkbookError(
            _("{name} has no sheet with a heading {heading}.").format(
                name=path.name, heading=_("Name")
            )
        )
    head, columns = found
    reading = _Reading(sheet, head, columns, owner_id)
    with workspace.change() as change:  # nothing is written: no entry, nobody is told
        reading.read(change)
        alike = _alike(change.connection, reading.new, reading.rows)
    unread = [
        text_of(value)
        for place, value in enumerate(sheet.rows[head])
        if text_of(value) and place not in columns.values()
    ]
    return Preview(path, sheet.name, reading.new, reading.rows, alike, reading.errors, unread)


def take(workspace: Workspace, preview: Preview, *, even_if_known: bool = False) -> list[int]:
    """Enter the customers of a preview in one change; their ids.

    Those who may be known are left out unless ``even_if_known``; they are looked for again, since
    a colleague may have entered them meanwhile. Raises InputError when anything is wrong, and what
    ``entering.add_many`` raises; nothing is entered then.
    """
    if preview.errors:
        error, count = preview.errors[0], len(preview.errors)
        raise InputError(
            ngettext(
                "Nothing was taken from {name}: {sheet}, cell {cell}: {cause}",
                "Nothing was taken from {name}: {count} cells are wrong. {sheet}, cell {cell}: "
                "{cause}",
                count,
            ).format(
                name=preview.path.name, count=count, sheet=error.sheet, cell=error.cell,
                cause=error.cause,
            )
        )  # fmt: skip
    with workspace.change() as change:
        known = {} if even_if_known else entering.likenesses(change.connection, preview.new)
        new = [row for place, row in enumerate(preview.new) if place not in known]
        return entering.add_many(change, new)


def _columns(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """The row of the headings, and which column stands where; None without one for names."""
    by_heading = {
        name_key(words): column
        for column, heading in HEADINGS.items()
        for words in in_every_language(heading)
    }
    for head in range(min(_HEAD_ROWS, len(sheet.rows))):
        columns: dict[str, int] = {}
        for place, value in enumerate(sheet.rows[head]):
            column = by_heading.get(name_key(text_of(value)))
            if column in columns:
                raise WorkbookError(
                    _("The heading {name} appears twice in sheet {sheet}.").format(
                        name=text_of(value), sheet=sheet.name
                    )
                )
            if column is not None:
                columns[column] = place
        _add_others([name_key(text_of(value)) for value in sheet.rows[head]], columns)
        if "name" in columns:
            return head, columns
    return None


def _add_others(headings: Sequence[str], columns: dict[str, int]) -> None:
    """Add the columns that stand under another heading than the program's."""
    for column, others in OTHER_HEADINGS.items():
        places = [headings.index(key) for key in map(name_key, others) if key in headings]
        free = [place for place in places if place not in columns.values()]
        if column not in columns and free:
            columns[column] = free[0]


class _Reading:
    """Reads the rows of one sheet, gathering what is wrong."""

    def __init__(
        self, sheet: Sheet, head: int, columns: Mapping[str, int], owner_id: int | None
    ) -> None:
        self.new: list[NewCustomer] = []
        self.rows: list[int] = []
        self._wrong_cells: list[tuple[tuple[int, int], str]] = []
        self._sheet, self._head, self._columns, self._owner_id = sheet, head, columns, owner_id
        self._owners: dict[str, int] = {}
        self._states = {
            name_key(words): code
            for code, name in STATES.items()
            for words in (code, name, _(name))
        }

    def read(self, change: Change) -> None:
        """Read every row that isn't empty, then ask what the writer would refuse."""
        staff = people.people(change.connection, active_only=False)
        self._owners = {name_key(person.name): person.id for person in staff}
        for row in range(self._head + 1, len(self._sheet.rows)):
            if any(text_of(self._sheet.cell(row, place)) for place in self._columns.values()):
                self._read_row(row, change.now.date())
        for wrong in entering.wrong_rows(change, self.new):
            self._wrong(self.rows[wrong.place] - 1, wrong.column, wrong.error.message)
        self._wrong_cells.sort(key=lambda told: told[0])

    @property
    def errors(self) -> list[CellError]:
        """What is wrong, as the sheet is read."""
        return [
            CellError(self._sheet.name, cell_name(*place), cause)
            for place, cause in self._wrong_cells
        ]

    def _wrong(self, row: int, column: str, cause: str) -> None:
        """Note that a cell is wrong; of a column that isn't there the name is blamed."""
        place = self._columns.get(column, self._columns["name"])
        self._wrong_cells.append(((row, place), cause))

    def _read_row(self, row: int, today: date) -> None:
        cells: dict[str, Value] = {
            column: self._sheet.cell(row, place) for column, place in self._columns.items()
        }
        texts = {column: text_of(cells.get(column, "")) for column in HEADINGS}
        owner_id, owner = self._owner_id, texts["owner_id"]
        if owner:
            owner_id = self._owners.get(name_key(owner))
            if owner_id is None:
                sentence = _("Nobody in this office is called {name}.").format(name=owner[:80])
                self._wrong(row, "owner_id", sentence)
                return
        try:
            registered = _day(cells.get("registered_on", ""), today)
        except InputError as error:
            self._wrong(row, "registered_on", error.message)
            return
        state = texts["state"] or "potential"
        self.rows.append(row + 1)
        self.new.append(
            NewCustomer(
                **{column: texts[column] for column in FIELDS},
                grade=texts["grade"].upper(),
                state=self._states.get(name_key(state), state[:_TOLD]),
                owner_id=owner_id,
                registered_on=registered,
            )
        )


def _day(value: Value, today: date) -> date | None:
    """The day of a cell, None for an empty one. Raises InputError."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    written = text_of(value)
    return read_day(written, today, towards="past") if written else None


def _alike(db: Connection, new: Sequence[NewCustomer], rows: Sequence[int]) -> list[Alike]:
    """Who may be known, with the words that say as whom."""
    found = entering.likenesses(db, new)
    ids = sorted({known_id for likeness in found.values() for known_id in likeness.known})
    known = {listed.id: listed for listed in customers.customers_with(db, ids)}
    told = []
    for place, likeness in found.items():
        words = [
            _("{id} {name}").format(id=known_id, name=known[known_id].name)
            for known_id in likeness.known[:_TOLD_OF]
        ]
        words += [_("row {row}").format(row=rows[above]) for above in likeness.above[:_TOLD_OF]]
        told.append(Alike(rows[place], new[place].name, joined(words)))
    return told
