"""What deals and payments may hold: sizes, lengths and days, asked by their writers alone."""

from __future__ import annotations

from datetime import date, timedelta

from salesdesk.calc.money import format_number
from salesdesk.errors import InputError
from salesdesk.text import _

#: 100,000,000,000 yuan: the sums of 900,000 such deals still fit into 64 bits.
MOST_CENTS = 10**13
MOST_PIECES = 1_000_000
LONGEST_UNIT_LABEL = 60
LONGEST_NOTE = 2_000
LONGEST_REASON = 500
LONGEST_PAYMENT_NOTE = 200
#: Earlier days are slips of the finger, as are later ones than these.
EARLIEST = date(1980, 1, 1)
AHEAD = timedelta(days=731)
#: Instalments fall due over decades.
DUE_AHEAD = timedelta(days=366 * 40)


def money(field: str, cents: int, *, least: int = 0) -> int:
    """``cents`` if it can stand in ``field``. Raises InputError."""
    if not least <= cents <= MOST_CENTS:
        raise InputError(
            _("{field} must be from {least} to {most} yuan.").format(
                field=field,
                least=format_number(least, 2, trim=True),
                most=format_number(MOST_CENTS, 2, trim=True),
            )
        )
    return cents


def pieces(quantity: int) -> int:
    """``quantity`` if so much can be sold at once. Raises InputError."""
    if not 1 <= quantity <= MOST_PIECES:
        raise InputError(_("The quantity is from 1 to {most}.").format(most=f"{MOST_PIECES:,}"))
    return quantity


def day(field: str, value: date, today: date, *, ahead: timedelta = AHEAD) -> date:
    """``value`` if it can be a day of a deal. Raises InputError."""
    if not EARLIEST <= value <= today + ahead:
        raise InputError(
            _("{field}: {day} can't be right; it is from {first} to {last}.").format(
                field=field,
                day=value.isoformat(),
                first=EARLIEST.isoformat(),
                last=(today + ahead).isoformat(),
            )
        )
    return value
