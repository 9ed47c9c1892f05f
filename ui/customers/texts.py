"""How customers, deals and days are written on the pages of the Customers tab."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from salesdesk.calc.money import format_number, format_wan
from salesdesk.customers.customers import Customer
from salesdesk.text import _, ngettext

if TYPE_CHECKING:
    from salesdesk.sales.deals import Deal

#: What stands for a figure that nobody knows.
UNKNOWN = "–"


def day_text(day: date | None) -> str:
    """2026-11-24, nothing for no day."""
    return "" if day is None else day.isoformat()


def days_text(count: int) -> str:
    """A number of days in words."""
    return ngettext("{count} day", "{count} days", count).format(count=count)


def yuan(cents: int) -> str:
    """1,234.5 for 123,450 cents."""
    return format_number(cents, 2, trim=True)


def yuan_or_unknown(cents: int | None) -> str:
    """The same, and a dash for a sum that nobody knows."""
    return UNKNOWN if cents is None else yuan(cents)


def large_sum(cents: int, in_wan: bool) -> str:
    """A sum in 万 or in yuan, as the office wants; :func:`unit_name` is its unit."""
    return format_wan(cents, 2) if in_wan else yuan(cents)


def unit_name(in_wan: bool) -> str:
    """The unit of large sums."""
    return _("10,000 yuan") if in_wan else _("yuan")


def grade_name(grade: str) -> str:
    """A, B, C or what no grade is called."""
    return grade or _("No grade")


def grade_colour(grade: str) -> str:
    """The colour a grade is written in."""
    return {"A": "behind", "B": "at_risk", "C": "on_track"}.get(grade, "pale")


def due_colour(due: date | None, today: date) -> str:
    """The colour of a next contact: red once it is overdue, blue on the day itself."""
    if due is None or due > today:
        return ""
    return "behind" if due < today else "on_track"


def full_name(customer: Customer) -> str:
    """Name and company."""
    if not customer.company:
        return customer.name
    return _("{name}, {company}").format(name=customer.name, company=customer.company)


def deal_name(deal: Deal) -> str:
    """Whose deal about what."""
    return deal.title


def state_name(deal: Deal) -> str:
    """What the state a deal is in is called."""
    from salesdesk.sales.deals import STATES

    return _(STATES[deal.state])


def state_colour(deal: Deal) -> str:
    """The colour of a deal's state."""
    return {"cancelled": "pale", "paid": "ahead", "contracted": "on_track"}.get(deal.state, "")
