"""Deals: the list by month, state and person, with its sums, and what is done with a deal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout

from salesdesk.calc import periods
from salesdesk.office import people, settings
from salesdesk.sales import deals
from salesdesk.sales.deals import STATES, Deal, Totals
from salesdesk.text import _, ngettext
from ui.customers.desk import Desk
from ui.customers.owned import concern
from ui.customers.printing import print_table
from ui.customers.texts import (
    UNKNOWN,
    day_text,
    large_sum,
    state_colour,
    state_name,
    unit_name,
    yuan,
    yuan_or_unknown,
)
from ui.shared import look
from ui.shared.flow import flow
from ui.shared.forms import Choice
from ui.shared.fresh import ChangedRows, FreshPage
from ui.shared.guarding import guard
from ui.shared.labels import EmptyPage, button, label, row
from ui.shared.session import Latest, Session
from ui.shared.tables import Column, FilterField, RecordTable, TableOrEmpty

if TYPE_CHECKING:
    from salesdesk.workspace import ChangeNotice, Connection

#: The longest list; a month of a large office fits.
LONGEST = 2_000
_SEEN_OF_CUSTOMERS = ("name", "company", "owner_id")
_PROFIT = 6  # the column
_MONTHS = 36


@dataclass(frozen=True, slots=True)
class _Found:
    """The deals listed, their sums, and whether sums are shown in 万元."""

    rows: list[Deal]
    totals: Totals
    in_wan: bool


class DealsPage(FreshPage):
    """The deals of the office."""

    tables = ("deal", "payment", "customer", "product", "person", "team", "setting")

    def __init__(self, session: Session, desk: Desk) -> None:
        super().__init__(session)
        self._desk = desk
        self._latest = Latest(session, self.failed)
        self.month: Choice[int | None] = Choice(_months(session.today))
        self.month.setCurrentIndex(1)
        states: list[tuple[str | None, str]] = [(None, _("Any state"))]
        states += [(code, _(name)) for code, name in STATES.items()]
        self.state: Choice[str | None] = Choice(states)
        self.person: Choice[int | None] = Choice([(None, _("Anybody"))])
        for name, field in (
            (_("Month"), self.month), (_("State"), self.state), (_("Person"), self.person),
        ):  # fmt: skip
            field.setAccessibleName(name)
        self.table: RecordTable[Deal] = RecordTable(
            _columns(_(settings.PIECE_NUMBERS[session.read(settings.read).kind])), name=_("Deals")
        )
        self.filter = FilterField(self.table)
        self.new_button = button(
            _("New deal"), self.new, primary=True,
            icon=look.icon("mdi6.plus", "accent_text"), tip="Ctrl+N",
        )  # fmt: skip
        self.sums = label("", wrap=True)
        self.more = label("", "hint", wrap=True)
        self.edit_button = button(_("Edit…"), self._edit)
        self.stages_button = button(_("Stage dates…"), self._date_stages)
        self.payments_button = button(_("Payments…"), self._payments)
        self.cancel_button = button(_("Cancel the deal…"), self._cancel)
        self.revive_button = button(_("Revive"), self._revive)
        self._guards = [
            guard(push_button, session, code)
            for push_button, code in (
                (self.edit_button, "deals.edit"), (self.stages_button, "deals.edit"),
                (self.cancel_button, "deals.cancel"), (self.revive_button, "deals.cancel"),
            )
        ]  # fmt: skip
        guard(self.new_button, session, "deals.add", at_all=True)
        self._assemble()
        for field in (self.month, self.state, self.person):
            field.currentIndexChanged.connect(self.refresh)
        self.table.picked.connect(self._picked)
        self.table.opened.connect(desk.edit_deal)
        self.table.print_wanted.connect(self.print_current)
        self._offer(None)

    def _no_deals(self) -> EmptyPage:
        return EmptyPage(
            _("No deals here"),
            _(
                "Intentions, subscriptions and contracts are listed here: who bought what, "
                "who shares it, what has been paid. Choose another month, or enter a deal."
            ),
            button(_("New deal"), self.new, primary=True),
            button(_("Show all"), self.show_all),
        )

    def _assemble(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 12)
        layout.setSpacing(8)
        layout.addWidget(row(self.filter, None, self.new_button))
        layout.addWidget(flow(self.month, self.state, self.person))
        layout.addWidget(TableOrEmpty(self.table, self._no_deals), 1)
        layout.addWidget(self.sums)
        layout.addWidget(self.more)
        layout.addWidget(
            flow(
                self.edit_button, self.stages_button, self.payments_button, self.cancel_button,
                self.revive_button,
            )
        )  # fmt: skip

    # -- what the tab asks -----------------------------------------------------------------------

    def begin_search(self) -> None:
        """Go to the filter."""
        self.filter.setFocus()
        self.filter.selectAll()

    def new(self) -> None:
        """Enter a deal."""
        self._desk.new_deal(None)

    def log_contact(self) -> None:
        """Log a contact with the customer of the deal the cursor is on."""
        current = self.table.current()
        self._desk.log_contact(None if current is None else current.customer_id)

    def print_current(self) -> None:
        """Print the list with its sums."""
        parts = [self.month.currentText(), self.state.currentText(), self.person.currentText()]
        print_table(
            self, self.session, self.table, _("Deals"), " · ".join([*parts, self.sums.text()])
        )

    def show_all(self) -> None:
        """Show all months, states and people."""
        for field in (self.month, self.state, self.person):
            field.blockSignals(True)
            field.setCurrentIndex(0)
            field.blockSignals(False)
        self.refresh()

    # -- reading ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the list again."""
        everybody: list[tuple[int | None, str]] = [(None, _("Anybody"))]
        everybody += [
            (person.id, person.name)
            for person in self.session.read(people.people, active_only=False)
        ]
        self.person.set_choices(everybody, self.person.value())
        self._latest.read(
            self._show,
            _read,
            person_id=self.person.value(),
            month=self.month.value(),
            state=self.state.value(),
            viewer_id=self.session.person_id,
        )

    def take_over(self, rows: ChangedRows, notice: ChangeNotice) -> bool:
        """Of customers nothing but who they are and whose is seen here."""
        return set(rows) == {"customer"} and not notice.alters("customer", _SEEN_OF_CUSTOMERS)

    def _show(self, found: _Found) -> None:
        # Reading again moves no cursor of a person's: the panel stays where it is.
        self.table.blockSignals(True)
        self.table.set_rows(found.rows, same=lambda deal: deal.id)
        self.table.setColumnHidden(_PROFIT, found.totals.costs_hidden)
        self.table.blockSignals(False)
        self.sums.setText(_sums(found.totals, found.in_wan))
        self.more.setVisible(len(found.rows) >= LONGEST)
        self.more.setText(
            _("The list shows the newest {count}; the sums are over all.").format(
                count=f"{LONGEST:,}"
            )
        )
        self._offer(self.table.current())

    # -- what is pressed -------------------------------------------------------------------------

    def _picked(self, deal: Deal | None) -> None:
        self._offer(deal)
        if deal is not None:
            self._desk.picked.emit(deal.customer_id)

    def _offer(self, deal: Deal | None) -> None:
        """Offer what can be done with the deal the cursor is on, and may be by who works here."""
        self.payments_button.setEnabled(deal is not None)
        for held in self._guards:
            held.enable(deal is not None)
            if deal is not None:
                concern(held, self.session, deal)
        cancelled = deal is not None and deal.cancelled_on is not None
        self.cancel_button.setVisible(not cancelled)
        self.revive_button.setVisible(cancelled)

    def _on_current(self, action: Callable[[Deal], None]) -> None:
        deal = self.table.current()
        if deal is not None:
            action(deal)

    def _edit(self) -> None:
        self._on_current(self._desk.edit_deal)

    def _date_stages(self) -> None:
        self._on_current(self._desk.date_stages)

    def _payments(self) -> None:
        self._on_current(self._desk.show_payments)

    def _cancel(self) -> None:
        self._on_current(self._desk.cancel_deal)

    def _revive(self) -> None:
        self._on_current(self._desk.revive_deal)


def _read(
    db: Connection,
    *,
    person_id: int | None,
    month: int | None,
    state: str | None,
    viewer_id: int | None,
) -> _Found:
    return _Found(
        deals.deals(
            db, person_id=person_id, month=month, state=state, limit=LONGEST, viewer_id=viewer_id
        ),
        deals.totals(db, person_id=person_id, month=month, state=state, viewer_id=viewer_id),
        settings.read(db).in_wan,
    )


def _sums(totals: Totals, in_wan: bool) -> str:
    """The line below the list; the profit only of deals whose cost is known, which is said."""
    count = ngettext("{count} deal", "{count} deals", totals.count).format(
        count=f"{totals.count:,}"
    )
    if totals.costs_hidden:
        text = _("{deals}: amount {amount}, received {paid}, outstanding {open} ({unit})")
    else:
        text = _(
            "{deals}: amount {amount}, profit {profit}, received {paid}, outstanding {open} "
            "({unit})"
        )
    return text.format(
        deals=count,
        amount=large_sum(totals.amount, in_wan),
        profit=_profit_sum(totals, in_wan),
        paid=large_sum(totals.paid, in_wan),
        open=large_sum(totals.amount - totals.paid, in_wan),
        unit=unit_name(in_wan),
    )


def _profit_sum(totals: Totals, in_wan: bool) -> str:
    shown = UNKNOWN if totals.profit is None else large_sum(totals.profit, in_wan)
    if totals.costed == totals.count:
        return shown
    return _("{profit} (cost known for {known} of {count})").format(
        profit=shown, known=f"{totals.costed:,}", count=f"{totals.count:,}"
    )


def _months(today: date) -> list[tuple[int | None, str]]:
    found: list[tuple[int | None, str]] = [(None, _("Any month"))]
    month = periods.containing(today, "month")
    for _number in range(_MONTHS):
        found.append((month.month_key, month.label))
        month = periods.previous(month)
    return found


def _columns(piece_number: str) -> list[Column[Deal]]:
    return [
        Column(_("Customer"), lambda one: one.customer_name, 120),
        Column(_("Product"), lambda one: one.product_name, 180, tip=lambda one: one.product_name),
        Column(piece_number, lambda one: one.unit_label, 90),
        Column(_("State"), state_name, 96, colour=state_colour,
               sort=lambda one: list(STATES).index(one.state)),
        Column(_("Date"), lambda one: day_text(one.latest_on), 96,
               sort=lambda one: one.latest_on),
        Column(_("Amount"), lambda one: yuan(one.amount), 110, "right",
               sort=lambda one: one.amount),
        Column(_("Profit"), lambda deal: yuan_or_unknown(deal.profit), 100, "right",
               sort=lambda deal: deal.profit,
               colour=lambda deal: "behind" if (deal.profit or 0) < 0 else "",
               tip=lambda deal: _("The cost isn't known.") if deal.profit is None else ""),
        Column(_("Received"), lambda one: yuan(one.paid), 110, "right",
               sort=lambda one: one.paid),
        Column(_("Quantity"), lambda one: str(one.quantity), 70, "right",
               sort=lambda one: one.quantity),
        Column(_("People"), lambda one: one.people, 130, tip=lambda one: one.people),
        Column(_("Note"), _note, 160, tip=_note),
    ]  # fmt: skip


def _note(one: Deal) -> str:
    """The note, and why the deal was cancelled."""
    return " · ".join(" ".join(part.split()) for part in (one.cancel_reason, one.note) if part)
