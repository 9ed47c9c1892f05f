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
        Column(_("Grade"), lambda one: one.grade, 52, "center", key="grade",
               colour=lambda one: grade_colour(one.grade), bold=lambda one: bool(one.grade)),
        Column(_("Name"), lambda one: one.name, 120, key="name"),
        Column(_("Company"), lambda one: one.company, 140, key="company"),
        Column(_("Phone"), lambda one: one.phones, 120, key="phones",
               tip=lambda one: one.phones),
        Column(_("Owner"), lambda one: one.owner_name or _("nobody"), 100, key="owner_name",
               colour=lambda one: "" if one.owner_id else "pale"),
        Column(_("Next contact"), lambda one: day_text(one.next_contact_on), 100,
               key="next_contact_on", colour=lambda one: due_colour(one.next_contact_on, today())),
        Column(_("Last contact"), lambda one: day_text(one.last_contact_on), 100,
               key="last_contact_on"),
        Column(_("State"), lambda one: _(STATES[one.state]), 96, key="state"),
        Column(_("Source"), lambda one: one.source, 100, key="source"),
        Column(_("Region"), lambda one: one.region, 90, key="region"),
        Column(_("Registered"), lambda one: day_text(one.registered_on), 100,
               key="registered_on"),
        Column(_("Needs"), lambda one: one_line(one.needs), 220, key="needs",
               tip=lambda one: one.needs),
    ]  # fmt: skip


def one_line(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())
