"""What is wrong with an office file: the file itself, and what its rows repeat of each other.

For speed a date's month, a customer's last contact or what a deal credits to whom are kept beside
what they follow from. The program keeps them in step; this looks whether they are. Every look is
one pass of the database over a table, so that a large office takes seconds. Gaps between targets
are no problem: people leave them on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from salesdesk.calc.periods import KINDS, containing
from salesdesk.customers.customers import key_of
from salesdesk.customers.phones import numbers_in
from salesdesk.errors import OfficeFileError
from salesdesk.planning import tables as planning_tables
from salesdesk.sales import deals
from salesdesk.storage.schema import metadata
from salesdesk.text import _, mark
from salesdesk.workbooks import tables as workbook_tables
from salesdesk.workspace import Workspace

#: The tables of every room are declared once their modules are imported.
ROOMS = (planning_tables, workbook_tables)
#: Sentences of one kind that are told one by one; the rest is counted.
MOST = 20
CACHE_KILOBYTES = 200_000
#: Customers whose search key is made again and compared; of the others only its parts are.
SAMPLE = 2_000

#: (table, date, its month, sentence)
_MONTHS = (
    ("customer", "registered_on", "registered_month",
     mark("{count} customers stand in another month than that of their registration (number {id} "
          "first).")),
    ("activity", "day", "month",
     mark("{count} activities stand in another month than that of their day (number {id} first).")),
    ("deal", "intention_on", "intention_month",
     mark("{count} deals stand in another month than that of their intention (number {id} "
          "first).")),
    ("deal", "subscribed_on", "subscribed_month",
     mark("{count} deals stand in another month than that of their subscription (number {id} "
          "first).")),
    ("deal", "contracted_on", "contracted_month",
     mark("{count} deals stand in another month than that of their contract (number {id} first).")),
    ("deal", "cancelled_on", "cancelled_month",
     mark("{count} deals stand in another month than that of their cancellation (number {id} "
          "first).")),
    ("payment", "paid_on", "paid_month",
     mark("{count} payments stand in another month than that of their receipt (number {id} "
          "first).")),
    ("hand_count", "day", "month",
     mark("{count} counts by hand stand in another month than that of their day (number {id} "
          "first).")),
)  # fmt: skip
#: (query for the ids that are wrong, sentence)
_ROWS = (
    ("SELECT id FROM activity WHERE day <> substr(at, 1, 10)",
     mark("{count} activities stand on another day than that of their time (number {id} first).")),
    ("SELECT c.id FROM (SELECT customer_id, max(at) AS latest FROM activity"
     "  WHERE customer_id IS NOT NULL GROUP BY customer_id) AS a"
     " JOIN customer AS c ON c.id = a.customer_id"
     " WHERE c.last_contact_on IS NULL OR c.last_contact_on < substr(a.latest, 1, 10)",
     mark("{count} customers were contacted after what is noted as their last contact (number "
          "{id} first).")),
    ("SELECT id FROM deal WHERE intention_on > coalesce(subscribed_on, contracted_on, cancelled_on)"
     " OR subscribed_on > coalesce(contracted_on, cancelled_on) OR contracted_on > cancelled_on",
     mark("{count} deals have their dates out of order (number {id} first).")),
    ("SELECT id FROM deal"
     " WHERE coalesce(intention_on, subscribed_on, contracted_on) IS NULL",
     mark("{count} deals have no date at all (number {id} first).")),
    ("SELECT d.id FROM deal AS d JOIN deal_share AS s ON s.deal_id = d.id GROUP BY d.id"
     " HAVING sum(s.basis_points) <> 10000 OR sum(s.deals) <> 100"
     " OR sum(s.quantity) <> 100 * d.quantity",
     mark("{count} deals are shared out to more or less than the whole (number {id} first).")),
    ("SELECT id FROM target WHERE team_id IS NOT NULL AND person_id IS NOT NULL",
     mark("{count} targets are a team's and a person's at once (number {id} first).")),
    ("SELECT id FROM leave WHERE end_day <= first_day",
     mark("{count} leaves end before they begin (number {id} first).")),
)  # fmt: skip

_STANDING = (
    ("target",
     mark("{count} targets stand in a period that doesn't exist (number {id} first).")),
    ("remark",
     mark("{count} remarks stand in a period that doesn't exist (number {id} first).")),
)  # fmt: skip


def check(office: Workspace | Path, password: str | None = None) -> list[str]:
    """Whole sentences on what is wrong; none when the office is sound.

    For a path the office is opened (an older one is brought up to date first) and closed again.
    Raises WrongPasswordError, and OfficeFileError when the file isn't there or no office at all.
    """
    if isinstance(office, Workspace):
        return _checked(office)
    with Workspace.open(office, password) as workspace:
        return _checked(workspace)


def _checked(workspace: Workspace) -> list[str]:
    try:
        damaged = workspace.read(_file)
        if damaged:
            return damaged  # rows of a damaged file say nothing
        return [sentence for look in _LOOKS for sentence in workspace.read(_all_of, look)]
    except OfficeFileError as error:
        return [error.message]


def _all_of(db: Connection, look: Callable[[Connection], Iterator[str]]) -> list[str]:
    return list(look(db))


# -- the file --------------------------------------------------------------------------------------


def _file(db: Connection) -> list[str]:
    """What SQLite finds wrong with its own pages and indexes."""
    # Every entry of an index is looked up in its table: with too small a cache that reads a large
    # file many times over.
    usual = db.exec_driver_sql("PRAGMA cache_size").scalar_one()
    db.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KILOBYTES}")
    found = db.exec_driver_sql(f"PRAGMA integrity_check({MOST})").scalars().all()
    db.exec_driver_sql(f"PRAGMA cache_size = {usual}")
    return [
        _("The file is damaged: {cause}.").format(cause=str(one).strip())
        for one in found
        if one != "ok"
    ]


def _references(db: Connection) -> Iterator[str]:
    """Rows that name others which aren't there."""
    sums: dict[tuple[str, str], list[int]] = {}
    for table, row_id, parent, _key in db.exec_driver_sql("PRAGMA foreign_key_check"):
        sums.setdefault((table, parent), []).append(row_id)
    for (table, parent), ids in sorted(sums.items()):
        yield _(
            "{count} rows of {table} name a {parent} that doesn't exist (number {id} first)."
        ).format(count=len(ids), table=table, parent=parent, id=min(ids))


def _indexes(db: Connection) -> Iterator[str]:
    """Indexes that aren't there: without them everything works, but slowly."""
    there = set(db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars())
    for table in metadata.sorted_tables:
        for name in sorted(str(index.name) for index in table.indexes):
            if name not in there:
                yield _("The index {name} of {table} is missing.").format(
                    name=name, table=table.name
                )


# -- the rows --------------------------------------------------------------------------------------


def _months(db: Connection) -> Iterator[str]:
    """Months that disagree with the dates they repeat."""
    for table, on, month, sentence in _MONTHS:
        told = f'CAST(substr("{on}", 1, 4) || substr("{on}", 6, 2) AS INTEGER)'
        yield from _found(db, f'SELECT id FROM "{table}" WHERE "{month}" IS NOT {told}', sentence)


def _rows(db: Connection) -> Iterator[str]:
    """Rows that contradict themselves or others."""
    for query, sentence in _ROWS:
        yield from _found(db, query, sentence)


def _found(db: Connection, query: str, sentence: str) -> Iterator[str]:
    count, first = db.exec_driver_sql(f"SELECT count(*), min(id) FROM ({query}) AS found").one()
    if count:
        yield _(sentence).format(count=count, id=first)


def _credits(db: Connection) -> Iterator[str]:
    """Deals and payments whose credited parts don't sum to them."""
    found = deals.problems(db)
    yield from found[:MOST]
    if len(found) > MOST:
        yield _("And {count} more deals and payments like these.").format(count=len(found) - MOST)


def _phones(db: Connection) -> Iterator[str]:
    """Numbers kept for finding that aren't the customer's phones."""
    rows = db.exec_driver_sql(
        "SELECT c.id, c.phones, coalesce(group_concat(p.number, ';' ORDER BY p.id), '') AS kept"
        " FROM customer AS c LEFT JOIN customer_phone AS p ON p.customer_id = c.id"
        # Most phones are digits with signs between: only the others need a closer look.
        " GROUP BY c.id HAVING replace(replace(c.phones, ' ', ''), '-', '') <> kept"
    )
    wrong = [row.id for row in rows if ";".join(numbers_in(row.phones)) != row.kept]
    if wrong:
        yield _(
            "{count} customers are found under other phone numbers than theirs (number {id} first)."
        ).format(count=len(wrong), id=min(wrong))


def _search_keys(db: Connection) -> Iterator[str]:
    """Customers whose search key isn't made of their name, company and phones any more."""
    count = db.exec_driver_sql("SELECT count(*) FROM customer").scalar_one()
    rows = db.exec_driver_sql(
        "SELECT id, name, company, phones, search_key FROM customer WHERE id % ? = 0"
        " OR instr(search_key, lower(name)) = 0 OR instr(search_key, lower(company)) = 0"
        " OR instr(search_key, replace(replace(substr(phones, 1, 13), ' ', ''), '-', '')) = 0",
        (count // SAMPLE + 1,),
    )
    wrong = [row.id for row in rows if key_of(row.name, row.company, row.phones) != row.search_key]
    if wrong:
        yield _(
            "{count} customers can't be found by what they are called now (number {id} first)."
        ).format(count=len(wrong), id=min(wrong))


def _periods(db: Connection) -> Iterator[str]:
    """Targets and remarks at a first day no period of their kind begins with."""
    for table, sentence in _STANDING:
        rows = db.exec_driver_sql(
            f'SELECT period_kind, start_day, count(*), min(id) FROM "{table}" GROUP BY 1, 2'
        ).all()
        wrong = [row for row in rows if not _begins(row[0], row[1])]
        if wrong:
            yield _(sentence).format(
                count=sum(row[2] for row in wrong), id=min(row[3] for row in wrong)
            )


def _begins(kind: str, day: str) -> bool:
    try:
        start = date.fromisoformat(day)
        return kind in KINDS and containing(start, kind).start == start
    except ValueError:
        return False


def _people(db: Connection) -> Iterator[str]:
    """Whether anybody may set things."""
    managers = db.exec_driver_sql(
        "SELECT count(*) FROM person WHERE role = 'manager' AND active"
    ).scalar_one()
    if not managers:
        yield _("The office has no sales manager.")


_LOOKS: tuple[Callable[[Connection], Iterator[str]], ...] = (
    _references, _indexes, _months, _rows, _credits, _phones, _search_keys, _periods, _people,
)  # fmt: skip
