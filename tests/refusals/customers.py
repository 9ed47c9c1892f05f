"""The customers room's writers."""

from __future__ import annotations

from datetime import date, datetime

from salesdesk.calc.periods import month
from salesdesk.customers import activities, customers, leave
from salesdesk.customers.customers import NewCustomer
from salesdesk.office import months
from salesdesk.storage.history import Change
from tests.offices import STAFF
from tests.refusals import Line

LONG = "x" * 30_000
DAY = date(2026, 10, 20)
MOMENT = datetime(2026, 10, 20, 9, 30)
#: What takes a Change and isn't a writer that people reach, and why.
INNER = {
    "customers.access.need": "refuses; changes nothing",
    "customers.contacts.follow": "what follows from an activity, whose writer has asked",
    "customers.contacts.follow_many": "what follows from activities, whose writer has asked",
    "customers.entering.wrong_rows": "tells what would be refused; changes nothing",
    "customers.closings.follow": "what follows from a deal, whose writer has asked",
}


def _log(change: Change) -> int:
    return activities.log(
        change, person_id=STAFF.ann, kind="call", customer_id=STAFF.lin, at=MOMENT, words="Called"
    )


def _close_october(change: Change) -> None:
    months.close(change, month(2026, 10))


def _log_and_close(change: Change) -> None:
    _log(change)
    _close_october(change)


def _leave(change: Change) -> int:
    return leave.add_leave(
        change, STAFF.ann, date(2026, 11, 2), date(2026, 11, 9), cover_id=STAFF.bob
    )


LINES = [
    Line(
        customers.add,
        lambda change: customers.add(change, name="Newcomer", owner_id=STAFF.ann),
        (
            ("name", lambda change: customers.add(change, name="  ")),
            ("characters, not 30,000", lambda change: customers.add(change, name=LONG)),
            ("grade", lambda change: customers.add(change, name="New", grade="Z")),
            ("state", lambda change: customers.add(change, name="New", state="asleep")),
            ("no person number 99", lambda change: customers.add(change, name="New", owner_id=99)),
            (
                "still to come",
                lambda change: customers.add(change, name="New", registered_on=date(2999, 1, 1)),
            ),
        ),
    ),
    Line(
        customers.add_many,
        lambda change: customers.add_many(change, [NewCustomer("One"), NewCustomer("Two")]),
        (
            (
                "Customer 2 of 2: The customer needs a name",
                lambda change: customers.add_many(change, [NewCustomer("One"), NewCustomer(" ")]),
            ),
        ),
    ),
    Line(
        customers.edit,
        lambda change: customers.edit(change, STAFF.lin, needs="A flat"),
        (
            (
                "characters, not 30,000",
                lambda change: customers.edit(change, STAFF.lin, company=LONG),
            ),
            ("grade", lambda change: customers.edit(change, STAFF.lin, grade="Z")),
            ("no person number 99", lambda change: customers.edit(change, STAFF.lin, owner_id=99)),
            ("no customer number 99", lambda change: customers.edit(change, 99, needs="x")),
        ),
    ),
    Line(
        customers.set_grade,
        lambda change: customers.set_grade(change, [STAFF.lin], "B"),
        (
            ("grade", lambda change: customers.set_grade(change, [STAFF.lin], "Z")),
            ("", lambda change: customers.set_grade(change, [99], "B")),
        ),
    ),
    Line(
        customers.hand_over,
        lambda change: customers.hand_over(change, [STAFF.lin], STAFF.bob),
        (
            ("", lambda change: customers.hand_over(change, [99], STAFF.bob)),
            (
                "no person number 99",
                lambda change: customers.hand_over(change, [STAFF.lin], 99),
            ),
        ),
    ),
    Line(
        activities.log,
        _log,
        (
            ("dance", lambda change: activities.log(change, person_id=STAFF.ann, kind="dance")),
            (
                "characters, not 30,000",
                lambda change: activities.log(
                    change, person_id=STAFF.ann, kind="call", customer_id=1, words=LONG
                ),
            ),
            (
                "can't be negative",
                lambda change: activities.log(
                    change, person_id=STAFF.ann, kind="gift", customer_id=1, cost=-1
                ),
            ),
            (
                "no customer number 99",
                lambda change: activities.log(
                    change, person_id=STAFF.ann, kind="call", customer_id=99
                ),
            ),
            (
                "no person number 99",
                lambda change: activities.log(change, person_id=99, kind="call", customer_id=1),
            ),
            (
                "to come",
                lambda change: activities.log(
                    change, person_id=STAFF.ann, kind="call", customer_id=1, at=datetime(2999, 1, 1)
                ),
            ),
        ),
    ),
    Line(
        activities.log,
        lambda change: activities.log(
            change, person_id=STAFF.ann, kind="call", customer_id=1, at=datetime(2026, 11, 2, 9)
        ),
        (("closed month", _log),),
        before=_close_october,
    ),
    Line(
        activities.edit,
        lambda change: activities.edit(change, 1, words="Called again"),
        (
            ("no activity number 99", lambda change: activities.edit(change, 99, words="x")),
            ("characters, not 30,000", lambda change: activities.edit(change, 1, words=LONG)),
            ("dance", lambda change: activities.edit(change, 1, kind="dance")),
        ),
        before=_log,
    ),
    Line(
        activities.delete,
        lambda change: activities.delete(change, 1),
        (("no activity number 99", lambda change: activities.delete(change, 99)),),
        before=_log,
    ),
    Line(
        activities.log,
        lambda change: activities.log(change, person_id=STAFF.ann, kind="call", customer_id=1),
        (
            ("closed month", lambda change: activities.edit(change, 1, words="x")),
            ("closed month", lambda change: activities.delete(change, 1)),
        ),
        before=_log_and_close,
    ),
    Line(
        leave.add_leave,
        _leave,
        (
            (
                "must end after it begins",
                lambda change: leave.add_leave(change, STAFF.ann, DAY, DAY, cover_id=STAFF.bob),
            ),
            (
                "nothing with the number 99",
                lambda change: leave.add_leave(change, 99, DAY, date(2026, 10, 21)),
            ),
        ),
    ),
    Line(
        leave.edit_leave,
        lambda change: leave.edit_leave(change, 1, note="Wedding"),
        (("", lambda change: leave.edit_leave(change, 99, note="x")),),
        before=_leave,
    ),
    Line(
        leave.end_leave,
        lambda change: leave.end_leave(change, 1, date(2026, 11, 5)),
        (("", lambda change: leave.end_leave(change, 99, date(2026, 11, 5))),),
        before=_leave,
    ),
]
