"""What undo must know of the office: it needs the same rights as doing.

Who undoes their own change may have lost the right for it since; a role, a right or a PIN must not
come back by an undo that couldn't be given by a writer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from salesdesk.errors import InputError, RightsError
from salesdesk.office import months, rights
from salesdesk.office.names import search_key
from salesdesk.office.tables import calendar_day, measure, person, setting, team
from salesdesk.storage.expressions import among
from salesdesk.storage.history import Change
from salesdesk.storage.undo_rules import RowChange, derived, guarded
from salesdesk.text import _

#: Which right the settings need that aren't the office's rules.
_RIGHTS = {rights.SETTING: "rights.edit", months.SETTING: "months.close"}


@derived(person, "search_key")
def search_keys(db: Connection, ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """What people are found by, as they are called now."""
    rows = db.execute(select(person.c.id, person.c.name).where(among(person.c.id, ids)))
    return {row.id: {"search_key": search_key(row.name)} for row in rows}


@guarded(person)
def guard_people(change: Change, rows: Sequence[RowChange]) -> None:
    """Refuse a role or a PIN that couldn't be given, and an office without a manager."""
    for row in rows:
        altered = {
            column
            for column in {*(row.before or {}), *(row.after or {})}
            if (row.before or {}).get(column) != (row.after or {}).get(column)
        }
        if altered - {"pin_hash", "version"}:
            _need_until_now(change, rows, "people.edit", row.id)
        if "role" in altered and row.values("role") - {"salesperson"}:
            _need_until_now(change, rows, "rights.edit")
        if "pin_hash" in altered and change.person_id not in (None, row.id):
            if row.after is not None and row.after["pin_hash"]:
                raise RightsError(_("Only its owner can bring back a PIN that was cleared."))
            _need_until_now(change, rows, "people.edit", row.id)
    managers = change.connection.execute(
        select(func.count()).where(person.c.role == "manager", person.c.active)
    ).scalar_one()
    if not managers:
        raise InputError(_("The office needs at least one sales manager."))


def _need_until_now(
    change: Change, rows: Sequence[RowChange], code: str, person_id: int | None = None
) -> None:
    """Ask for a right by the role that who undoes had until now, not by the one put back."""
    for row in rows:
        if row.id == change.person_id and row.before is not None:
            reach = rights.scope_of_role(change.connection, row.before["role"], code)
            if reach != "office" or not row.before["active"]:
                raise RightsError(
                    _("Your role doesn't allow this: {right}.").format(
                        right=_(rights.RIGHTS[code].words)
                    )
                )
            return
    rights.need(change, code, person_id)


@guarded(setting)
def guard_settings(change: Change, rows: Sequence[RowChange]) -> None:
    """Ask for the right that each setting needs."""
    for row in rows:
        for key in row.values("key"):
            rights.need(change, _RIGHTS.get(key, "rules.edit"))


@guarded(team)
def guard_teams(change: Change, rows: Sequence[RowChange]) -> None:
    """Ask for the right to change teams."""
    for row in rows:
        rights.need(change, "teams.edit", team_id=row.id)


@guarded(calendar_day)
def guard_calendar(change: Change, _rows: Sequence[RowChange]) -> None:
    """Ask for the right to change the calendar."""
    rights.need(change, "calendar.edit")


@guarded(measure)
def guard_measures(change: Change, _rows: Sequence[RowChange]) -> None:
    """Ask for the right to change what is measured."""
    rights.need(change, "measures.edit")
