"""A timetable on paper: a week as a list to tick off, a month as a sheet of whole weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from salesdesk.calc.periods import Period
from salesdesk.office import settings
from salesdesk.planning import timetable
from salesdesk.planning.live import actions
from salesdesk.planning.live.rule import Rule
from salesdesk.planning.live.view import Names
from salesdesk.planning.tasks import Task
from salesdesk.planning.timetable import WEEKDAYS, Day, Timetable
from salesdesk.reports.layout import Column, Table, page_texts
from salesdesk.text import _, joined, ngettext

#: So many customers to contact are named on a day of a week's sheet; of the others their number.
_NAMED = 8
#: Actions that fall on more days than this are told by how often, not day by day.
_MOST_DAYS = 60
_ONE_DAY = timedelta(days=1)


def sheet(
    db: Connection, found: Timetable, *, today: date, month: Period | None = None
) -> dict[str, Any]:
    """What timetable.typ reads: a week's days one below the other, or a ``month`` in whole weeks.

    ``found`` begins and ends with whole weeks where a month is printed, else the days before and
    after it stay empty.
    """
    office = settings.read(db).office_name
    several = found.who.person_id is None
    if month is None:
        title = _("Timetable, {first} to {last}").format(
            first=found.start.isoformat(), last=(found.end - _ONE_DAY).isoformat()
        )
        days = [_day(day, several=several, month=None) for day in found.days]
    else:
        title = _("Timetable, {period}").format(period=month.label)
        known = {day.day: day for day in found.days}
        start, end = timetable.sheet_of(month)
        days = [
            _day(known[day], several=several, month=month) if day in known else _empty(day)
            for day in (start + timedelta(days=at) for at in range((end - start).days))
        ]
    return {
        "title": title,
        "subtitle": found.name if not several else joined([office, found.name]),
        "office": office,
        "made": _("Made on {day}").format(day=today.isoformat()),
        "texts": {**page_texts(), "free": _("Nothing planned"), "notes": _("What came of it")},
        "kind": "week" if month is None else "month",
        "weekdays": [_(name) for name in WEEKDAYS],
        "days": days,
    }


def annex(rules: Sequence[Rule], days: Mapping[int, list[Task]], names: Names) -> Table | None:
    """A plan's actions as a table, by day; None where it has none."""
    often, dated = [], []
    for rule in rules:
        found = days.get(rule.id, [])
        if rule.kind != "action":
            continue
        if len(found) > _MOST_DAYS or not found:
            often.append(["", "", actions.words(rule, names), ""])
        else:
            dated += found
    dated.sort(key=lambda one: (one.day, one.begins or "99", one.words))
    rows = [
        [one.day.isoformat(), _(WEEKDAYS[one.day.weekday()]), one.words, one.owner] for one in dated
    ]
    if not rows and not often:
        return None
    columns = [
        Column(_("Date"), 1.1, "left"),
        Column(_("Weekday"), 1, "left"),
        Column(_("What is to be done"), 5, "left"),
        Column(_("Who does it"), 1.4, "left"),
    ]
    return Table(columns, [*often, *rows])


# -- within ----------------------------------------------------------------------------------------


def _empty(day: date) -> dict[str, Any]:
    """A day beside the month, of which nothing was read."""
    return {
        "weekday": _(WEEKDAYS[day.weekday()]), "day": f"{day:%m-%d}", "off": True,
        "within": False, "note": "", "contacts": "", "tasks": [],
    }  # fmt: skip


def _day(day: Day, *, several: bool, month: Period | None) -> dict[str, Any]:
    away = joined(_("{name} on leave").format(name=one.name) for one in day.away)
    return {
        "weekday": day.weekday,
        "day": day.day.isoformat() if month is None else f"{day.day:%m-%d}",
        "off": not day.worked,
        "within": month is None or day.day in month,
        "note": joined(filter(None, [day.name, away])),
        "contacts": _contacts(day, named=month is None),
        "tasks": [
            {
                "status": one.status,
                "time": "–".join(filter(None, [one.begins, one.ends])),
                "words": one.words,
                "more": joined(
                    filter(
                        None,
                        [one.owner if several else "", one.customer_name, one.reason],
                    )
                ),
            }
            for one in day.tasks
        ],
    }


def _contacts(day: Day, *, named: bool) -> str:
    if not day.contacts_due:
        return ""
    words = ngettext(
        "{count} customer to contact", "{count} customers to contact", day.contacts_due
    ).format(count=day.contacts_due)
    shown = [contact.name for contact in day.contacts[:_NAMED]] if named else []
    if not shown:
        return words
    if day.contacts_due > len(shown):
        shown.append("…")
    return _("{name}: {words}").format(name=words, words=joined(shown))
