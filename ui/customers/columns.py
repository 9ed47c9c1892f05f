"""The columns of lists of customers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from salesdesk.customers.customers import STATES, Customer
from salesdesk.text import _
from ui.customers.texts import day_text, due_colour, grade_colour
from ui.shared.tables import Column


def customer_columns(today: Callable[[], date]) -> list[Column[Customer]]:
    """What a paged list of customers shows; each can be sorted by."""
    return [
        Column(_("Grade"), lambda row: row.grade, 52, "center", key="grade",
               colour=lambda row: grade_colour(row.grade), bold=lambda row: bool(row.grade)),
        Column(_("Name"), lambda row: row.name, 120, key="name"),
        Column(_("Company"), lambda row: row.company, 140, key="company"),
        Column(_("Phone"), lambda row: row.phones, 120, key="phones",
               tip=lambda row: row.phones),
        Column(_("Owner"), lambda row: row.owner_name or _("nobody"), 100, key="owner_name",
               colour=lambda row: "" if row.owner_id else "pale"),
        Column(_("Next contact"), lambda row: day_text(row.next_contact_on), 100,
               key="next_contact_on", colour=lambda row: due_colour(row.next_contact_on, today())),
        Column(_("Last contact"), lambda row: day_text(row.last_contact_on), 100,
               key="last_contact_on"),
        Column(_("State"), lambda row: _(STATES[row.state]), 96, key="state"),
        Column(_("Source"), lambda row: row.source, 100, key="source"),
        Column(_("Region"), lambda row: row.region, 90, key="region"),
        Column(_("Registered"), lambda row: day_text(row.registered_on), 100,
               key="registered_on"),
        Column(_("Needs"), lambda row: one_line(row.needs), 220, key="needs",
               tip=lambda row: row.needs),
    ]  # fmt: skip


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())
