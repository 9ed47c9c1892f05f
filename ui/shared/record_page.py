"""The list of a kind's records, made from its declaration: search, filters, form, Excel, print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from salesdesk.calc.periods import containing
from salesdesk.records import records
from salesdesk.records.kinds import REFERENCES, Field, Kind
from salesdesk.records.records import Record, Wanted
from salesdesk.text import _, ngettext
from salesdesk.workspace import ChangeNotice
from ui.shared.flow import flow
from ui.shared.forms import Choice
from ui.shared.fresh import NAMED, ChangedRows, FreshPage, Shown
from ui.shared.guarding import guard
from ui.shared.labels import button, label, row
from ui.shared.messages import ask
from ui.shared.record_form import RecordForm
from ui.shared.session import Session
from ui.shared.tables import PAGE, Column, RecordTable

#: How many months back can be chosen, the present one included.
_MONTHS = 13
#: Types whose values can be chosen as a filter.
_FILTERED = ("person", "measure", "choice", "flag")


class RecordPage(FreshPage):
    """All records of ``kind`` that the person may see."""

    def __init__(self, session: Session, kind: Kind) -> None:
        super().__init__(session)
        self.kind = kind
        self._shown = session.read(records.shown_fields, kind, session.person_id)
        references = {field.type for field in self._shown} & REFERENCES
        self.tables = (kind.table.name, *sorted(references))
        self.table: RecordTable[Record] = RecordTable(
            [_column(field) for field in self._shown], name=_(kind.words), several=True
        )
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Search"))
        self.search.setAccessibleName(_("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(220)
        self.search.textChanged.connect(self.refresh)
        self.month: Choice[date | None] = Choice(_months(session.today))
        self.month.setAccessibleName(_("Month"))
        self.month.setVisible(bool(kind.day))
        self.filters = {
            field.name: self._filter(field) for field in self._shown if _can_filter(field)
        }
        for choice in (self.month, *self.filters.values()):
            choice.currentIndexChanged.connect(self.refresh)
        self.number = label("", "hint")
        self.new_button = button(_("New…"), self.new, primary=True)
        self.edit_button = button(_("Edit…"), self._edit_current)
        self.delete_button = button(_("Delete…"), self._delete)
        self.delete_button.setVisible(kind.can_be_deleted)
        guard(self.new_button, session, kind.may_write, at_all=True)
        self._guards = [
            guard(push_button, session, kind.may_write)
            for push_button in (self.edit_button, self.delete_button)
        ]
        self.import_button = button(_("Import from Excel…"), self._import)
        guard(self.import_button, session, kind.may_write, at_all=True)
        self._lay_out()
        self.table.opened.connect(self.edit)
        self.table.picked.connect(self._picked)
        self.table.print_wanted.connect(self.print_current)
        self.table.records.set_pager(self._page)
        self.refresh()

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        if self.kind.hint:
            whole.addWidget(label(_(self.kind.hint), "hint", wrap=True))
        whole.addWidget(flow(self.search, self.month, *self.filters.values(), self.number))
        whole.addWidget(self.table, 1)
        whole.addWidget(
            row(
                self.new_button,
                self.edit_button,
                self.delete_button,
                None,
                button(_("Export to Excel…"), self._export),
                self.import_button,
                button(_("Print…"), self.print_current),
            )
        )
        self._picked(None)

    # -- reading ---------------------------------------------------------------------------------

    def wanted(self) -> Wanted:
        """Which records are asked for."""
        equal = {name: choice.value() for name, choice in self.filters.items()}
        month = self.month.value() if self.kind.day else None
        return Wanted(
            search=self.search.text(),
            equal={name: value for name, value in equal.items() if value is not None},
            since=month,
            before=None if month is None else containing(month, "month").end,
        )

    def refresh(self) -> None:
        """Read the records again; the cursor stays on its row."""
        kept = self.table.current()
        self.table.records.reload()
        count = self.session.read(
            records.count, self.kind, self.wanted(), actor_id=self.session.person_id
        )
        self.number.setText(
            ngettext("{count} entry", "{count} entries", count).format(count=f"{count:,}")
        )
        if kept is not None:
            self.table.pick(lambda record: record.id == kept.id)

    def shown_parts(self) -> Mapping[str, Shown]:
        return {name: NAMED for name in REFERENCES if name != self.kind.table.name}

    def take_over(self, rows: ChangedRows, notice: ChangeNotice) -> bool:
        """Show records that changed and stay where they stand; others are read with the list."""
        model, ids = self.table.records, rows.get(self.kind.table.name, frozenset())
        if set(rows) != {self.kind.table.name}:
            return False
        now = {
            record.id: record
            for record in self.session.read(
                records.page, self.kind, replace(self.wanted(), ids=ids),
                actor_id=self.session.person_id,
            )
        }  # fmt: skip
        before = {record.id: record for record in model.rows if record.id in ids}
        key = model.order[0] or self.kind.order.lstrip("-")
        if now.keys() != before.keys() or any(
            _sorting(now[record_id], key) != _sorting(record, key)
            for record_id, record in before.items()
        ):
            return False
        self.table.merge_rows(
            [now.get(record.id, record) for record in model.rows], lambda record: record.id
        )
        return True

    def _page(self, key: str, descending: bool, after: Record | None) -> Sequence[Record]:
        return self.session.read(
            records.page,
            self.kind,
            self.wanted(),
            actor_id=self.session.person_id,
            order=key,
            descending=descending,
            limit=PAGE,
            offset=0 if after is None else len(self.table.records.rows),
        )

    def _filter(self, field: Field) -> Choice[Any]:
        everything: list[tuple[Any, str]] = [(None, _("{field}: any").format(field=_(field.words)))]
        if field.type in ("choice", "flag"):
            everything += [(code, _(words)) for code, words in field.offered.items()]
        else:
            everything += self.session.read(records.choices, field)
        choice: Choice[Any] = Choice(everything)
        choice.setAccessibleName(_(field.words))
        return choice

    # -- what is pressed -------------------------------------------------------------------------

    def new(self) -> None:
        """Enter a record."""
        RecordForm(self.session, self.kind, None, self).exec()

    def edit(self, record: Record) -> None:
        """Change a record."""
        RecordForm(self.session, self.kind, record, self).exec()

    def print_current(self) -> None:
        """Print the selected records, all that were read when at most one is."""
        from ui.shared.printing import print_listing  # the printer's modules load when first wanted

        while self.table.records.canFetchMore(self.table.rootIndex()):
            self.table.records.fetchMore(self.table.rootIndex())
        print_listing(
            self,
            self.session,
            _(self.kind.words),
            self._described(),
            self.table.printed_columns(),
            self.table.printed_rows(),
        )

    def _export(self) -> None:
        from ui.shared.record_excel import ask_export

        ask_export(self, self.session, self.kind, self.wanted(), self.table.records.order)

    def _import(self) -> None:
        from ui.shared.record_excel import ask_import

        ask_import(self, self.session, self.kind)

    def _described(self) -> str:
        """What the list was narrowed down to."""
        chosen = [self.month] if self.month.value() is not None else []
        chosen += [choice for choice in self.filters.values() if choice.value() is not None]
        texts = [choice.currentText() for choice in chosen]
        return " · ".join([*texts, *filter(None, [self.search.text().strip()])])

    def _edit_current(self) -> None:
        current = self.table.current()
        if current is not None:
            self.edit(current)

    def _delete(self) -> None:
        current = self.table.current()
        if current is None:
            return
        name = records.named(self.kind, current)
        question = _("Delete {name}? It can be undone.").format(name=name)
        if ask(self, question, _("Delete"), danger=True):
            self.session.change(
                self,
                _("Delete"),
                records.delete,
                self.kind,
                current.id,
                seen_version=current.version,
            )

    def _picked(self, record: Record | None) -> None:
        owner = self.kind.owner
        for one in self._guards:
            if record is not None and owner:
                one.concern(person_id=record.values[owner])
            one.enable(record is not None)


def _sorting(record: Record, key: str) -> object:
    """What a record is ordered by: a name where it refers to something."""
    return record.names.get(key, record.values.get(key))


def _can_filter(field: Field) -> bool:
    return field.type in _FILTERED


def _column(field: Field) -> Column[Record]:
    right = "right" if field.is_number else "left"
    colour = partial(_colour, field) if field.type == "flag" else None
    return Column(
        _(field.words), lambda record: record.text(field), field.width, right, colour=colour,
        key=field.name,
    )  # fmt: skip


def _colour(field: Field, record: Record) -> str:
    """What doesn't hold (any more) is pale."""
    return "" if record.values.get(field.name) else "pale"


def _months(today: date) -> list[tuple[date | None, str]]:
    months: list[tuple[date | None, str]] = [(None, _("All months"))]
    month = containing(today, "month")
    for _number in range(_MONTHS):
        months.append((month.start, month.label))
        month = containing(date.fromordinal(month.start.toordinal() - 1), "month")
    return months
