"""The office room's writers."""

from __future__ import annotations

from datetime import date

from salesdesk.calc.periods import month, parse
from salesdesk.office import approvals, calendar, measures, months, people, pins, rights, settings
from salesdesk.office.among import Among
from salesdesk.office.calendar import SpecialDay
from salesdesk.office.tables import person
from tests.offices import STAFF
from tests.refusals import Line

LONG = "x" * 300
NAMELESS = "A name is missing"
#: What takes a Change and isn't a writer that people reach, and why.
INNER = {
    "office.approvals.declare": "declares a rule",
    "office.months.need_open": "refuses; changes nothing",
    "office.names.free_name": "refuses; changes nothing",
    "office.rights.need": "refuses; changes nothing",
    "office.stored.put": "stores what its callers have asked the right for",
    "office.calendar.seed": "the founding's own, on a new file",
    "office.measures.seed": "the founding's own, on a new file",
}

approvals.declare(
    "door", approvals.Rule("Door", "plans.approve", lambda _db, number: f"Thing {number}")
)

LINES = [
    Line(
        people.add_team,
        lambda change: people.add_team(change, "North"),
        (
            (NAMELESS, lambda change: people.add_team(change, "  ")),
            ("at most 80", lambda change: people.add_team(change, LONG)),
            ("East exists", lambda change: people.add_team(change, "ｅａｓｔ")),
        ),
    ),
    Line(
        people.edit_team,
        lambda change: people.edit_team(change, STAFF.east, seen_version=1, name="Orient"),
        (
            (
                "West exists",
                lambda change: people.edit_team(change, STAFF.east, seen_version=1, name="w est"),
            ),
            ("no team number 99", lambda change: people.edit_team(change, 99, seen_version=1)),
            (
                "from 0 to 9,999",
                lambda change: people.edit_team(change, STAFF.east, seen_version=1, position=-1),
            ),
            (
                "still has 2 people",
                lambda change: people.edit_team(change, STAFF.east, seen_version=1, active=False),
            ),
        ),
    ),
    Line(
        people.add_person,
        lambda change: people.add_person(change, "Dora", team_id=STAFF.west),
        (
            ("Ann exists", lambda change: people.add_person(change, "a nn")),
            ("at most 80", lambda change: people.add_person(change, LONG)),
            ("king isn't a role", lambda change: people.add_person(change, "Rex", role="king")),
            ("no team number 99", lambda change: people.add_person(change, "Dora", team_id=99)),
            (
                "at most 40",
                lambda change: people.add_person(change, "Dora", phone="1" * 41),
            ),
            (
                "look at the year",
                lambda change: people.add_person(change, "Dora", joined_on=date(202, 1, 1)),
            ),
        ),
    ),
    Line(
        people.edit_person,
        lambda change: people.edit_person(change, STAFF.ann, seen_version=1, phone="139"),
        (
            (
                "Bob exists",
                lambda change: people.edit_person(change, STAFF.ann, seen_version=1, name="BOB"),
            ),
            (
                "before having joined",
                lambda change: people.edit_person(
                    change, STAFF.ann, seen_version=1,
                    joined_on=date(2026, 5, 1), left_on=date(2026, 4, 1),
                ),
            ),
            (
                "at least one sales manager",
                lambda change: people.edit_person(change, STAFF.max, seen_version=1, role="reader"),
            ),
            (
                "Ann left on 2026-01-05",
                lambda change: people.edit_person(
                    change, STAFF.ann, seen_version=1, left_on=date(2026, 1, 5), active=True
                ),
            ),
            (
                "no team number 99",
                lambda change: people.edit_person(change, STAFF.ann, seen_version=1, team_id=99),
            ),
            ("no person number 99", lambda change: people.edit_person(change, 99, seen_version=1)),
        ),
    ),
    Line(
        calendar.set_day,
        lambda change: calendar.set_day(change, date(2026, 11, 21), working=True, name="Fair"),
        (
            (
                "either worked or closed",
                lambda change: calendar.set_day(
                    change, date(2026, 11, 21), working=True, closed=True
                ),
            ),
            (
                "enter the announced days of 2031",
                lambda change: calendar.set_day(change, date(2031, 1, 2), working=False),
            ),
            (
                "at most 60",
                lambda change: calendar.set_day(
                    change, date(2026, 11, 21), working=True, name=LONG
                ),
            ),
        ),
    ),
    Line(
        calendar.clear_day,
        lambda change: calendar.clear_day(change, date(2026, 10, 1)),
    ),
    Line(
        calendar.import_year,
        lambda change: calendar.import_year(change, 2027, [_day(2027, 1, 1), _day(2027, 2, 5)]),
        (
            ("not those of 2027", lambda change: calendar.import_year(change, 2027, [])),
            (
                "not those of 2027",
                lambda change: calendar.import_year(change, 2027, [_day(2026, 1, 1)]),
            ),
            (
                "2027-01-01 stands there twice",
                lambda change: calendar.import_year(
                    change, 2027, [_day(2027, 1, 1), _day(2027, 1, 1)]
                ),
            ),
            (
                "the year next to them first",
                lambda change: calendar.import_year(change, 2031, [_day(2031, 1, 1)]),
            ),
        ),
    ),
    Line(
        settings.store,
        lambda change: settings.store(change, basis="collection"),
        (
            ("needs a name", lambda change: settings.store(change, office_name="  ")),
            ("at most 80", lambda change: settings.store(change, office_name=LONG)),
            ("not a choice for “Sales count on”", lambda change: settings.store(change, basis="x")),
            ("no grade D", lambda change: settings.store(change, cadence={"D": 3})),
            ("from 1 to 3,650", lambda change: settings.store(change, cadence={"A": 0})),
            (
                "seven numbers from 0 to 99",
                lambda change: settings.store(change, weekday_weights=[-1] * 7),
            ),
            (
                "can't all be zero",
                lambda change: settings.store(change, weekday_weights=[0] * 7),
            ),
        ),
    ),
    Line(
        measures.add,
        lambda change: measures.add(change, "Test drives", "drives"),
        (
            ("Calls exists", lambda change: measures.add(change, "c alls", "calls")),
            ("at most 60", lambda change: measures.add(change, LONG, "calls")),
            ("Unit is missing", lambda change: measures.add(change, "Drives", " ")),
            ("at most 20", lambda change: measures.add(change, "Drives", LONG)),
            ("from 0 to 4 decimals", lambda change: measures.add(change, "Drives", "km", 5)),
            (
                "can't be “At the end",
                lambda change: measures.add(change, "X", "y", counts="calls", nature="level"),
            ),
            ("can't be “often”", lambda change: measures.add(change, "X", "y", nature="often")),
            (
                "needs a numerator and",
                lambda change: measures.add(change, "X", "%", counts="ratio", numerator_id=1),
            ),
            (
                "divided by itself",
                lambda change: measures.add(
                    change, "X", "%", counts="ratio", numerator_id=1, denominator_id=1
                ),
            ),
            (
                "no measure number 99",
                lambda change: measures.add(
                    change, "X", "%", counts="ratio", numerator_id=1, denominator_id=99
                ),
            ),
            (
                "Only a ratio has",
                lambda change: measures.add(change, "X", "calls", numerator_id=1),
            ),
            (
                "can't be narrowed by: Kinds of activity",
                lambda change: measures.add(
                    change, "X", "calls", counts="amount", among=Among(kinds=("visit",))
                ),
            ),
            (
                "Product categories: there is no Boats",
                lambda change: measures.add(
                    change, "X", "boats", counts="units", among=Among(categories=("Boats",))
                ),
            ),
            (
                "over 1 to 3,660 days",
                lambda change: measures.add(
                    change, "X", "y", counts="active_customers", among=Among(days=3_661)
                ),
            ),
        ),
    ),
    Line(
        measures.take_into_use,
        lambda change: measures.take_into_use(change, "margin"),
        (
            ("no measure zeppelins", lambda change: measures.take_into_use(change, "zeppelins")),
            ("A name is missing", lambda change: measures.take_into_use(change, "own", " ")),
            ("at most 60", lambda change: measures.take_into_use(change, "own", LONG)),
        ),
    ),
    Line(
        measures.edit,
        lambda change: measures.edit(change, 1, seen_version=1, name="Turnover"),
        (
            (
                "Calls exists",
                lambda change: measures.edit(change, 1, seen_version=1, name="calls"),
            ),
            (
                "smallest part of a split must be from 0.01",
                lambda change: measures.edit(change, 1, seen_version=1, step=0),
            ),
            (
                "from 0 to 9,999",
                lambda change: measures.edit(change, 1, seen_version=1, position=-1),
            ),
            ("no measure number 99", lambda change: measures.edit(change, 99, seen_version=1)),
            (
                "can't be “At the end",
                lambda change: measures.edit(change, 1, seen_version=1, nature="level"),
            ),
            (
                "Only a ratio has",
                lambda change: measures.edit(change, 1, seen_version=1, numerator_id=2),
            ),
            (
                "can't be narrowed by: Answered",
                lambda change: measures.edit(change, 1, seen_version=1, among=Among(answered=True)),
            ),
        ),
    ),
    Line(
        rights.adjust,
        lambda change: rights.adjust(change, "deals.edit", "salesperson", "team"),
        (
            ("no right", lambda change: rights.adjust(change, "x", "salesperson", "team")),
            ("isn't a role", lambda change: rights.adjust(change, "deals.edit", "x", "team")),
            (
                "isn't a scope",
                lambda change: rights.adjust(change, "deals.edit", "salesperson", "x"),
            ),
            (
                "can't be taken away",
                lambda change: rights.adjust(change, "deals.edit", "manager", "none"),
            ),
            (
                "reader changes nothing",
                lambda change: rights.adjust(change, "deals.edit", "reader", "own"),
            ),
        ),
    ),
    Line(
        months.close,
        lambda change: months.close(change, month(2026, 5)),
        (
            ("isn't a month", lambda change: months.close(change, parse("2026"))),
            ("isn't over yet", lambda change: months.close(change, month(2999, 1))),
        ),
    ),
    Line(
        months.reopen,
        lambda change: months.reopen(change, month(2026, 5)),
        (("isn't closed", lambda change: months.reopen(change, month(2026, 6))),),
        before=lambda change: months.close(change, month(2026, 5)),
    ),
    Line(
        months.reopen_all,
        months.reopen_all,
        before=lambda change: months.close(change, month(2026, 5)),
    ),
    Line(
        pins.set_pin,
        lambda change: pins.set_pin(change, change.person_id or 0, "4711"),
        (
            ("from 4 to 32", lambda change: pins.set_pin(change, STAFF.max, "1")),
            ("Only Ann", lambda change: pins.set_pin(change, STAFF.ann, "4711")),
            ("no person number 99", lambda change: pins.set_pin(change, 99, "4711")),
        ),
        own=True,
    ),
    Line(
        pins.clear_pin,
        lambda change: pins.clear_pin(change, STAFF.ann),
        (("no person number 99", lambda change: pins.clear_pin(change, 99)),),
        before=lambda change: change.update(person, STAFF.ann, pin_hash="x"),
    ),
    Line(
        approvals.ask,
        lambda change: approvals.ask(change, "thing", 7, "door", words="Please"),
        (
            (
                "at most 1,000",
                lambda change: approvals.ask(change, "thing", 7, "door", words="x" * 1001),
            ),
        ),
    ),
    Line(
        approvals.withdraw,
        lambda change: approvals.withdraw(change, 1),
        (("no request number 99", lambda change: approvals.withdraw(change, 99)),),
        before=lambda change: approvals.ask(change, "thing", 7, "door"),
    ),
    Line(
        approvals.decide,
        lambda change: approvals.decide(change, 1, True),
        (
            ("Say why", lambda change: approvals.decide(change, 1, False)),
            ("at most 1,000", lambda change: approvals.decide(change, 1, True, "x" * 1001)),
            ("no request number 99", lambda change: approvals.decide(change, 99, True)),
        ),
        before=lambda change: approvals.ask(change, "thing", 7, "door"),
    ),
]  # fmt: skip


def _day(year: int, month_number: int, day: int) -> SpecialDay:
    return SpecialDay(date(year, month_number, day), False, "A feast", False)
