"""New customers by source and grade, and who was neglected as the period ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from salesdesk.customers import contacts
from salesdesk.customers.tables import activity, customer
from salesdesk.reports.kinds import Content, SectionKind
from salesdesk.reports.layout import Cell, Column, Table, count_cell, share_cell
from salesdesk.reports.reading import Facts, Reading
from salesdesk.storage.schema import whole_sum
from salesdesk.text import _, mark, ngettext


@dataclass(frozen=True, slots=True)
class NewCustomers:
    """Customers registered in the period: how many, by source and by grade."""

    count: int
    by_source: Sequence[tuple[str, int]]
    by_grade: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Care:
    """How a person kept contact: customers with a next contact, overdue ones, the worst's days."""

    person_id: int
    name: str
    cared_for: int
    overdue: int
    worst_days: int

    @property
    def kept(self) -> Fraction | None:
        """Which share of the customers with a next contact wasn't overdue."""
        return Fraction(self.cared_for - self.overdue, self.cared_for) if self.cared_for else None


def read_new(reading: Reading) -> NewCustomers:
    """Who was registered in the period."""
    conditions = [
        reading.days(customer.c.registered_on, customer.c.registered_month),
        *reading.of_people(customer.c.owner_id),
    ]
    sources: defaultdict[str, int] = defaultdict(int)
    grades: defaultdict[str, int] = defaultdict(int)
    for source, grade, count in reading.db.execute(
        select(customer.c.source, customer.c.grade, func.count())
        .where(*conditions)
        .group_by(customer.c.source, customer.c.grade)
    ):
        sources[source] += count
        grades[grade] += count
    return NewCustomers(
        sum(sources.values()),
        sorted(sources.items(), key=lambda item: (-item[1], item[0])),
        sorted(grades.items(), key=lambda item: item[0] or "Z"),
    )


def read_care(reading: Reading) -> list[Care]:
    """Who has customers to keep contact with, the most overdue first, as the period ended.

    For a past period by the contacts known then: of a customer contacted since, the last contact
    before the period's end says when the next one was due. Owner and grade are today's.
    """
    day = reading.due_before
    found: defaultdict[int, list[date]] = defaultdict(list)
    counted: dict[int, tuple[int, int, date | None]] = {}
    past = reading.period.end <= reading.today
    for owner_id, cared_for, overdue, oldest in reading.db.execute(
        _as_they_are(reading, day, past)
    ):
        counted[owner_id] = (cared_for, overdue or 0, oldest)
    if past:
        _add_contacted_since(reading, found)
    rows = []
    for member in reading.everyone:
        cared_for, overdue, oldest = counted.get(member.id, (0, 0, None))
        since = found.get(member.id, [])
        late = [due for due in since if due < day]
        dates = [*late, *([oldest] if oldest is not None and oldest < day else [])]
        if reading.within(member.id) and (cared_for or since):
            worst = (day - min(dates)).days if dates else 0
            rows.append(
                Care(member.id, member.name, cared_for + len(since), overdue + len(late), worst)
            )
    return sorted(rows, key=lambda row: (-row.overdue, row.person_id))


def _as_they_are(reading: Reading, day: date, past: bool) -> Select[Any]:
    """By owner: customers with a next contact, how many of them due before ``day``, the oldest.

    In a past period only those not contacted since.
    """
    due = customer.c.next_contact_on
    conditions: list[ColumnElement[bool]] = [
        due.is_not(None), customer.c.owner_id.is_not(None), *reading.of_people(customer.c.owner_id),
    ]  # fmt: skip
    if past:
        conditions += [
            customer.c.registered_on < reading.until,
            func.coalesce(customer.c.last_contact_on, customer.c.registered_on) < reading.until,
        ]
    return (
        select(
            customer.c.owner_id,
            func.count(),
            whole_sum(case((due < day, 1), else_=0)),
            func.min(due),
        )
        .where(*conditions)
        .group_by(customer.c.owner_id)
    )


def _add_contacted_since(reading: Reading, found: defaultdict[int, list[date]]) -> None:
    """By owner, when those contacted since were due, by their last contact before the end."""
    latest = (
        select(activity.c.id)
        .where(
            activity.c.customer_id == customer.c.id,
            activity.c.at < reading.until,
            contacts.is_contact(),
        )
        .order_by(activity.c.at.desc(), activity.c.id.desc())
        .limit(1)
        .correlate(customer)
        .scalar_subquery()
    )
    rows = reading.db.execute(
        select(
            customer.c.owner_id, customer.c.grade, customer.c.registered_on,
            customer.c.agreed_after, activity.c.id, activity.c.day, activity.c.next_contact_on,
        )
        .outerjoin(activity, activity.c.id == latest)
        .where(
            customer.c.last_contact_on >= reading.until,
            customer.c.registered_on < reading.until,
            customer.c.owner_id.is_not(None),
            *reading.of_people(customer.c.owner_id),
        )
    )  # fmt: skip
    in_force = contacts.rules(reading.db)
    for owner_id, grade, registered_on, agreed_after, contact_id, contacted_on, agreed in rows:
        # As contacts.follow has it: a new grade sets aside what was agreed before.
        planned = agreed if contact_id is not None and contact_id > agreed_after else None
        due = planned or in_force.next_contact(contacted_on or registered_on, grade)
        if due is not None:
            found[owner_id].append(due)


def _new(found: NewCustomers, _facts: Facts) -> Content:
    by_source = Table(
        [Column(_("Source"), 2, "left"), Column(_("New customers"), 1)],
        [[name or _("Not stated"), count_cell(count)] for name, count in found.by_source],
    )
    by_grade = Table(
        [Column(_("Grade"), 2, "left"), Column(_("New customers"), 1)],
        [[name or _("None"), count_cell(count)] for name, count in found.by_grade],
    )
    note = ngettext(
        "{count} customer was registered in the period.",
        "{count} customers were registered in the period.",
        found.count,
    ).format(count=found.count)
    return Content([by_source, by_grade], note)


def _care(rows: Sequence[Care], facts: Facts) -> Content:
    columns = [
        Column(_("Name"), 2, "left"),
        Column(_("To contact"), 1),
        Column(_("Overdue"), 1),
        Column(_("Contact kept"), 1),
        Column(_("Worst, days"), 1),
    ]
    cells: list[list[Cell | str]] = [
        [
            row.name,
            count_cell(row.cared_for),
            count_cell(row.overdue),
            share_cell(row.kept),
            count_cell(row.worst_days or None),
        ]
        for row in rows
    ]
    day = min(facts.period.last_day, facts.made_on)
    note = _("As of {day}").format(day=day.isoformat())
    return Content([Table(columns, cells)], note)


def _new_json(found: NewCustomers, _facts: Facts) -> object:
    return {
        "new": found.count,
        "by_source": [{"source": name, "count": count} for name, count in found.by_source],
        "by_grade": [{"grade": name, "count": count} for name, count in found.by_grade],
    }


def _care_json(rows: Sequence[Care], _facts: Facts) -> object:
    return [
        {
            "person": row.name,
            "customers": row.cared_for,
            "overdue": row.overdue,
            "kept": row.kept,
            "worst_days": row.worst_days,
        }
        for row in rows
    ]


CUSTOMERS = SectionKind("customers", mark("New customers"), read_new, _new, _new_json)
CARE = SectionKind("care", mark("Contact with customers"), read_care, _care, _care_json)
