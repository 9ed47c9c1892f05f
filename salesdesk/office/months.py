"""Closed months: what is dated in them stays as it was counted.

A month is closed when its figures have been reported. Whatever is dated up to its last day is
then neither entered nor changed nor taken out, until somebody who may opens the month again.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from salesdesk.calc.periods import Period, month_of_key, previous
from salesdesk.errors import InputError
from salesdesk.office import rights, stored
from salesdesk.storage.history import Change
from salesdesk.text import _

#: The setting that keeps the newest closed month, as the database writes months (202610).
SETTING = "closed_through"


def closed_through(db: Connection) -> Period | None:
    """The newest closed month; all before it are closed too. None when none is."""
    key = stored.value(db, SETTING)
    return month_of_key(key) if isinstance(key, int) else None


def is_closed(db: Connection, day: date) -> bool:
    """Whether ``day`` lies in a closed month."""
    closed = closed_through(db)
    return closed is not None and day < closed.end


def need_open(change: Change, *days: date | None) -> None:
    """Refuse what is dated in a closed month; a day that is None is no day.

    For writers of what is dated: give the day as it is and as it is to be. Raises InputError.
    """
    closed = closed_through(change.connection)
    if closed is None or change.person_id is None:
        return
    for day in days:
        if day is not None and day < closed.end:
            raise InputError(
                _(
                    "{day} lies in a closed month: everything up to {month} stays as it was "
                    "reported. Somebody who may close months can open it again."
                ).format(day=day.isoformat(), month=closed.label)
            )


def close(change: Change, month: Period) -> None:
    """Close ``month`` and all before it.

    Raises RightsError; InputError for what is no month, isn't over or is closed already.
    """
    rights.need(change, "months.close")
    _check_month(month)
    if month.end > change.now.date():
        raise InputError(
            _("{month} isn't over yet: it can be closed from {day} on.").format(
                month=month.label, day=month.end.isoformat()
            )
        )
    closed = closed_through(change.connection)
    if closed is not None and month.start <= closed.start:
        raise InputError(_("{month} is closed already.").format(month=month.label))
    stored.put(change, SETTING, month.month_key)
    change.describe(_("Close {month}").format(month=month.label))


def reopen(change: Change, month: Period) -> None:
    """Open ``month`` and all after it again; those before it stay closed.

    Raises RightsError; InputError for what is no month or isn't closed.
    """
    rights.need(change, "months.close")
    _check_month(month)
    closed = closed_through(change.connection)
    if closed is None or month.start > closed.start:
        raise InputError(_("{month} isn't closed.").format(month=month.label))
    stored.put(change, SETTING, previous(month).month_key)
    change.describe(_("Open {month} again").format(month=month.label))


def reopen_all(change: Change) -> None:
    """Open every month again. Raises RightsError; InputError when none is closed."""
    rights.need(change, "months.close")
    if closed_through(change.connection) is None:
        raise InputError(_("No month is closed."))
    stored.put(change, SETTING, None)
    change.describe(_("Open all months again"))


def _check_month(month: Period) -> None:
    if month.kind != "month":
        raise InputError(_("{period} isn't a month.").format(period=month.label))
