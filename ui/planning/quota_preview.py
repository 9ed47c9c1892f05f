"""What a quota sheet that came back would change: looked through, chosen from, then applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from salesdesk.errors import SalesDeskError
from salesdesk.planning.places import TIERS
from salesdesk.text import _, joined, ngettext
from ui.planning.quota_notices import Doubts, notice_columns
from ui.planning.quota_totals import TotalsTable
from ui.shared import background
from ui.shared.choosing import ChoosingDialog
from ui.shared.files import ask_workbook
from ui.shared.labels import button, label, row
from ui.shared.messages import say
from ui.shared.session import Session
from ui.shared.tables import Column, FilterField, RecordModel, RecordTable

if TYPE_CHECKING:
    from salesdesk.workbooks.quota_comparison import (
        CellError,
        Comparison,
        Difference,
        Notice,
        OddRow,
    )

Index = QModelIndex | QPersistentModelIndex
#: Which cell a difference is about: (sheet, cell).
CellKey = tuple[str, str]


class QuotaPreview(ChoosingDialog):
    """Shows a comparison; nothing is written before :meth:`apply`.

    ``applied`` tells how many cells were changed; the dialog then closes. ``unit_wanted`` tells
    that the amounts are to be read in another unit, and the sheet compared again.
    """

    applied = Signal(int)
    unit_wanted = Signal(str)

    def __init__(
        self, session: Session, comparison: Comparison, path: Path, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.session, self.comparison, self.path = session, comparison, path
        self.setWindowTitle(_("Take back: {name}").format(name=path.name))
        self.resize(1060, 620)
        self.changes = ChoiceTable(_differences(), name=_("Changes"), chosen=True)
        self.conflicts = ChoiceTable(_differences(), name=_("Conflicts"), chosen=False)
        self.deletions = ChoiceTable(_differences(), name=_("Deletions"), chosen=False)
        self.errors: RecordTable[CellError] = RecordTable(_errors(), name=_("Errors"))
        self.new_rows: RecordTable[OddRow] = RecordTable(_odd_rows(), name=_("New rows"))
        self.missing_rows: RecordTable[OddRow] = RecordTable(_odd_rows(), name=_("Missing rows"))
        self.office_changes: RecordTable[Difference] = RecordTable(
            _differences(), name=_("Changed in the office")
        )
        self.notices: RecordTable[Notice] = RecordTable(notice_columns(), name=_("Notes"))
        self.totals = TotalsTable(session, comparison)
        self.changes.show_differences(comparison.changed)
        self.deletions.show_differences(comparison.deletions)
        self.conflicts.show_differences(comparison.conflicts)
        self.errors.set_rows(comparison.errors)
        self.new_rows.set_rows(comparison.new_rows)
        self.missing_rows.set_rows(comparison.missing_rows)
        self.office_changes.set_rows(comparison.office_changed)
        self.notices.set_rows(comparison.notices)
        self.doubts = Doubts(comparison, self._ask_unit)
        self.take_good = QCheckBox()
        self.take_good.setVisible(bool(comparison.errors))
        self.summary = label(self._summary(), "subtitle", wrap=True)
        self.why = label("", "hint", wrap=True)
        self.tabs = QTabWidget()
        self._add_tabs()
        self.apply_button = button("", self.apply, primary=True)
        self.close_button = button(_("Cancel"), self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(self.summary)
        layout.addWidget(self.doubts)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.take_good)
        layout.addWidget(row(self.why, self.apply_button, self.close_button))
        self.changes.choices.chosen_changed.connect(self._count)
        self.deletions.choices.chosen_changed.connect(self._count)
        self.conflicts.choices.chosen_changed.connect(self._count)
        self.take_good.toggled.connect(self._count)
        self._at_first = self._ticked()
        self._count()

    def _add_tabs(self) -> None:
        comparison = self.comparison
        self._tab(
            _("Changes"), len(comparison.changed), self.changes,
            _("Untick what you don't want to take over."),
            button(_("Take all"), lambda: self.changes.choices.choose_all(True)),
            button(_("Take none"), lambda: self.changes.choices.choose_all(False)),
        )  # fmt: skip
        self._tab(
            _("Conflicts"), len(comparison.conflicts), self.conflicts,
            _("Changed in the sheet and in the office. Tick those where the sheet is right."),
            button(_("Take the sheet's figures everywhere"),
                   lambda: self.conflicts.choices.choose_all(True)),
            button(_("Take the office's figures everywhere"),
                   lambda: self.conflicts.choices.choose_all(False)),
        )  # fmt: skip
        self._tab(
            _("Deletions"), len(comparison.deletions), self.deletions,
            _("Marked to be deleted. Tick those whose targets shall go; an emptied cell deletes "
              "nothing."),
            button(_("Delete all"), lambda: self.deletions.choices.choose_all(True)),
            button(_("Delete none"), lambda: self.deletions.choices.choose_all(False)),
        )  # fmt: skip
        self.copy_button = button(_("Save marked copy…"), self._ask_error_copy)
        self.copy_button.setEnabled(bool(comparison.errors))
        self._tab(
            _("Errors"), len(comparison.errors), self.errors,
            _("Correct these cells in the workbook or in a marked copy, and take it back again; or "
              "take the good cells only."), self.copy_button,
        )  # fmt: skip
        self._tab(
            _("New rows"), len(comparison.new_rows), self.new_rows,
            _("Rows that didn't go out; their figures are among the changes."),
        )  # fmt: skip
        self._tab(
            _("Missing rows"), len(comparison.missing_rows), self.missing_rows,
            _("Rows that went out and aren't in the workbook; their targets stay as they are."),
        )  # fmt: skip
        self._tab(
            _("Changed in the office"), len(comparison.office_changed), self.office_changes,
            _("Changed here since the sheet went out, and not in the sheet: the office's "
        "figure stays."),
        )  # fmt: skip
        self._tab(
            _("Notes"), len(comparison.notices), self.notices,
            _("What isn't taken, rows that are skipped, and what else to know of the sheet."),
        )  # fmt: skip
        self._tab(
            _("Totals"), 0, self.totals,
            _("What the totals would be with what is ticked, beside what is to be reached."),
        )  # fmt: skip
        pages = (
            (comparison.errors, 3), (comparison.changed, 0), (comparison.conflicts, 1),
            (comparison.deletions, 2), (comparison.notices, self.tabs.count() - 2),
        )  # fmt: skip
        self.tabs.setCurrentIndex(next((page for rows, page in pages if rows), 0))

    def _tab(
        self, name: str, count: int, table: RecordTable[Any], hint: str, *buttons: QWidget
    ) -> None:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 10, 0, 0)
        layout.addWidget(row(label(hint, "hint", wrap=True), *buttons, FilterField(table)))
        layout.addWidget(table, 1)
        table.print_wanted.connect(lambda: self._print(name, table))
        title = _("{name} ({count})").format(name=name, count=count) if count else name
        self.tabs.addTab(page, title)

    def _print(self, name: str, table: RecordTable[Any]) -> None:
        from ui.shared.printing import print_listing  # the printer's modules load when first wanted

        print_listing(
            self, self.session, self.windowTitle(), name, table.printed_columns(),
            table.printed_rows(),
        )  # fmt: skip

    def _summary(self) -> str:
        comparison = self.comparison
        counts = [
            ngettext("{count} change", "{count} changes", len(comparison.changed)),
            ngettext("{count} deletion", "{count} deletions", len(comparison.deletions)),
            ngettext("{count} conflict", "{count} conflicts", len(comparison.conflicts)),
            ngettext("{count} error", "{count} errors", len(comparison.errors)),
            ngettext("{count} new row", "{count} new rows", len(comparison.new_rows)),
            ngettext("{count} missing row", "{count} missing rows", len(comparison.missing_rows)),
            ngettext("{count} note", "{count} notes", len(comparison.notices)),
        ]
        numbers = [
            len(rows)
            for rows in (
                comparison.changed,
                comparison.deletions,
                comparison.conflicts,
                comparison.errors,
                comparison.new_rows,
                comparison.missing_rows,
                comparison.notices,
            )
        ]
        parts = [
            text.format(count=f"{number:,}")
            for text, number in zip(counts, numbers, strict=True)
            if number
        ]
        if comparison.nothing_to_do:
            nothing = _("{plan}: nothing to take over, the office has it all.").format(
                plan=comparison.plan_title
            )
            return f"{nothing} {joined(parts)}".strip()
        return _("{plan}: {counts}").format(plan=comparison.plan_title, counts=joined(parts))

    def _count(self) -> None:
        """Say what Apply would do, or why it can't."""
        chosen = self._chosen()
        good = self.comparison.good(chosen)
        self.totals.follow(good)
        errors = len(self.comparison.errors)
        self.take_good.setText(
            _("Take the good cells ({good}), leave out the wrong ones ({wrong})").format(
                good=f"{len(good):,}", wrong=f"{errors:,}"
            )
        )
        self.take_good.setEnabled(bool(good))
        held_up = bool(errors) and not self.take_good.isChecked()
        why = self._why_not(chosen)
        self.apply_button.setText(
            ngettext("Take over {count} cell", "Take over {count} cells", len(good)).format(
                count=f"{len(good):,}"
            )
        )
        self.apply_button.setEnabled(not why and not held_up and bool(good))
        self.apply_button.setToolTip(why)
        if why:
            self.why.setText(why)
        elif held_up:
            self.why.setText(
                ngettext(
                    "{count} cell is wrong, so nothing can be taken over: all or nothing.",
                    "{count} cells are wrong, so nothing can be taken over: all or nothing.",
                    errors,
                ).format(count=f"{errors:,}")
            )
        elif not good:
            self.why.setText(_("Nothing is chosen that would change the office."))
        else:
            self.why.setText(_("It is one change: one undo takes all of it back."))

    @property
    def is_changed(self) -> bool:
        """Whether somebody turned a tick and didn't turn it back."""
        return self._ticked() != self._at_first

    def _ticked(self) -> tuple[object, ...]:
        tables = (self.changes, self.conflicts, self.deletions)
        return *(frozenset(table.choices.chosen) for table in tables), self.take_good.isChecked()

    def _chosen(self) -> list[Difference]:
        """What is ticked, wrong cells among it."""
        return [
            difference
            for table in (self.changes, self.conflicts, self.deletions)
            for difference in table.choices.chosen_differences()
        ]

    def _why_not(self, chosen: list[Difference]) -> str:
        """Why the person at work can't take over what is chosen."""
        from salesdesk.workbooks import quota_taking  # loads openpyxl: not at start

        session = self.session
        return session.read(
            quota_taking.refusal, self.comparison.plan_id, chosen, session.person_id
        )

    # -- what is done ----------------------------------------------------------------------------

    def apply(self) -> None:
        """Take over what is chosen as one change, in the background; then close."""
        comparison = self.comparison
        workspace = self.session.workspace
        leave_out = frozenset(self.changes.choices.left_out())
        choices = dict.fromkeys(self.conflicts.choices.chosen, "sheet")
        deletions = frozenset(self.deletions.choices.chosen)
        take_good = self.take_good.isChecked()

        def work(_progress: background.Progress) -> int:
            from salesdesk.workbooks import quota_taking  # loads openpyxl: not at start

            with workspace.change(_("Take quota sheet back")) as change:
                return quota_taking.apply(
                    change,
                    comparison,
                    choices=choices,  # type: ignore[arg-type]  # "sheet" is a Keep
                    leave_out=leave_out,
                    deletions=deletions,
                    take_good=take_good,
                )

        self.apply_button.setEnabled(False)
        background.run(self, _("Taking the quota sheet over…"), work, self._applied, self._refused)

    def _applied(self, count: int) -> None:
        self.applied.emit(count)
        self.accept()

    def _refused(self, error: SalesDeskError) -> None:
        self._count()
        self.why.setText(error.message)

    def _ask_unit(self, unit: str) -> None:
        self.reject()
        if not self.isVisible():
            self.unit_wanted.emit(unit)

    def _ask_error_copy(self) -> None:
        name = _("{name} marked").format(name=self.path.stem)
        path = ask_workbook(self, self.session.preferences, name, _("Save marked copy"))
        if path is not None:
            self.save_error_copy(path)

    def save_error_copy(self, path: Path) -> None:
        """Write a copy of the workbook's data with the wrong cells marked and explained."""
        source, errors = self.path, list(self.comparison.errors)

        def work(_progress: background.Progress) -> None:
            from salesdesk.workbooks import error_copy

            error_copy.write_error_copy(source, errors, path)

        def done(_nothing: None) -> None:
            say(self, _("The marked copy was written to {path}.").format(path=path))

        background.run(self, _("Writing the marked copy…"), work, done)


class ChoiceModel(RecordModel["Difference"]):
    """Differences of which some are chosen, by ticks in the first column."""

    chosen_changed = Signal()

    def __init__(self, columns: Sequence[Column[Difference]]) -> None:
        super().__init__(columns)
        self.chosen: set[CellKey] = set()
        self._known: dict[CellKey, Difference] = {}

    def begin(self, differences: Sequence[Difference], *, chosen: bool) -> None:
        """Show ``differences``, all of them chosen or none."""
        self._known = {_key(difference): difference for difference in differences}
        self.chosen = set(self._known) if chosen else set()
        self.set_rows(differences)
        self.chosen_changed.emit()

    def choose_all(self, chosen: bool) -> None:
        """Choose all, or none."""
        self.chosen = set(self._known) if chosen else set()
        if self.rows:
            last = self.index(len(self.rows) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self.chosen_changed.emit()

    def chosen_differences(self) -> list[Difference]:
        """Those chosen."""
        return [self._known[key] for key in self._known if key in self.chosen]

    def left_out(self) -> set[CellKey]:
        """Those not chosen."""
        return set(self._known) - self.chosen

    def toggle(self, places: Sequence[int]) -> None:
        """Turn the ticks of rows: to what the first of them isn't."""
        if places:
            wish = _key(self.record(places[0])) not in self.chosen
            for place in places:
                self._choose(place, wish)
            self.chosen_changed.emit()

    def _choose(self, place: int, wish: bool) -> None:
        key = _key(self.record(place))
        if wish:
            self.chosen.add(key)
        else:
            self.chosen.discard(key)
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(self.columns) - 1))

    # -- Qt --------------------------------------------------------------------------------------

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and index.column() == 0:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.CheckStateRole and index.isValid() and index.column() == 0:
            ticked = _key(self.record(index.row())) in self.chosen
            return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid() or index.column() != 0:
            return False
        self._choose(index.row(), Qt.CheckState(value) == Qt.CheckState.Checked)
        self.chosen_changed.emit()
        return True


class ChoiceTable(RecordTable["Difference"]):
    """A table with ticks; the space bar turns those of the selected rows."""

    def __init__(self, columns: Sequence[Column[Difference]], *, name: str, chosen: bool) -> None:
        self.choices = ChoiceModel(columns)
        super().__init__(columns, name=name, several=True, model=self.choices)
        self.choices.setParent(self)
        self._chosen_first = chosen

    def show_differences(self, differences: Sequence[Difference]) -> None:
        """Show differences, chosen or not as the table is for."""
        self.choices.begin(differences, chosen=self._chosen_first)

    # -- Qt --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.choices.toggle(
                sorted(index.row() for index in self.selectionModel().selectedRows())
            )
            return
        super().keyPressEvent(event)


def _key(one: Difference) -> CellKey:
    return one.sheet, one.cell


def _differences() -> list[Column[Difference]]:
    return [
        Column(_("Sheet"), lambda difference: difference.sheet, 150),
        Column(_("Cell"), lambda difference: difference.cell, 60, sort=_cell_order),
        Column(_("Person"), lambda difference: difference.person, 90),
        Column(_("Product"), lambda difference: difference.product, 100),
        Column(_("Measure"), _measure_text, 120),
        Column(_("Tier"), lambda difference: _(TIERS.get(difference.slot.tier, "")), 80),
        Column(_("Period"), lambda difference: difference.slot.period.label, 100,
               sort=lambda difference: difference.slot.period),
        Column(_("Was"), lambda difference: difference.shown(difference.base), 100, "right",
               sort=_order(lambda difference: difference.base)),
        Column(_("In the sheet"), lambda row: row.shown(row.sheet_value), 110, "right",
               sort=_order(lambda row: row.sheet_value), bold=lambda _row: True),
        Column(_("Now in the office"), lambda row: row.shown(row.office_value), 110, "right",
               sort=_order(lambda row: row.office_value)),
    ]  # fmt: skip


def _errors() -> list[Column[CellError]]:
    return [
        Column(_("Sheet"), lambda cell_error: cell_error.sheet, 140),
        Column(_("Cell"), lambda cell_error: cell_error.cell, 70, sort=_cell_order),
        Column(
            _("Cause"),
            lambda cell_error: cell_error.cause,
            600,
            tip=lambda cell_error: cell_error.cause,
        ),
    ]


def _odd_rows() -> list[Column[OddRow]]:
    return [
        Column(_("Sheet"), lambda odd_row: odd_row.sheet, 160),
        Column(_("Row"), lambda odd_row: str(odd_row.row) if odd_row.row else "", 70, "right",
               sort=lambda odd_row: odd_row.row),
        Column(_("Person"), lambda odd_row: odd_row.person, 160),
        Column(_("Product"), lambda odd_row: odd_row.product, 200),
    ]  # fmt: skip


def _measure_text(one: Difference) -> str:
    """The measure; of a remark, which of its two texts."""
    names = {"reason": _("Reason"), "countermeasure": _("Countermeasure")}
    return names.get(one.slot.field, one.measure.name)


def _order(value: Callable[[Difference], Any]) -> Callable[[Difference], Any]:
    """Figures by size; texts, which remarks have, after them."""

    def key(one: Difference) -> tuple[bool, Any] | None:
        found = value(one)
        return None if found is None else (isinstance(found, str), found)

    return key


def _cell_order(one: Difference | CellError) -> tuple[int, int, str]:
    """A cell's row, then its column: B9 before B10, Z1 before AA1."""
    letters = one.cell.rstrip("0123456789")
    return int(one.cell[len(letters) :] or 0), len(letters), letters
