"""The records of a kind: reading a page, searching, adding, editing, deleting.

Whatever a declaration says is kept here, once for all kinds and for every way in: rights, needed
fields, types, lengths, bounds, closed months, and the kind's own rule. :func:`enter` and
:func:`alter` are the doors for forms, Excel and commands: they call the kind's typed writers where
it has some.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    false,
    func,
    or_,
    select,
)

from salesdesk.calc import texts
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import months, rights
from salesdesk.office.names import fold, matching_text
from salesdesk.office.phones import searched_words
from salesdesk.office.tables import person
from salesdesk.records import values as field_values
from salesdesk.records.kinds import REFERENCES, Field, Kind
from salesdesk.storage import marks, search_index
from salesdesk.storage.expressions import among
from salesdesk.storage.history import Change
from salesdesk.text import _


@dataclass(frozen=True, slots=True)
class Record:
    """One record: values by field as stored, without those the reader may not see.

    ``names`` says what the rows are called that references name, ``digits`` the decimals of
    numbers that have those of their measure.
    """

    id: int
    version: int
    values: Mapping[str, Any]
    names: Mapping[str, str]
    digits: Mapping[str, int]

    def text(self, field: Field) -> str:
        """A field's value as a person reads it."""
        return field_values.text(
            field,
            self.values.get(field.name),
            name=self.names.get(field.name, ""),
            digits=self.digits.get(field.name),
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records: those that hold every word of ``search``, have the values of ``equal`` (by
    field) and lie within the days.
    """

    search: str = ""
    equal: Mapping[str, Any] = field(default_factory=dict)
    since: date | None = None  # by the kind's day
    before: date | None = None
    ids: frozenset[int] | None = None  # these alone, a few


ALL = Wanted()


# -- reading ---------------------------------------------------------------------------------------


def shown_fields(db: Connection, kind: Kind, actor_id: int | None) -> list[Field]:
    """The fields of a kind that somebody may see; None sees everything."""
    return [one for one in kind.fields if not one.may_see or rights.may(db, actor_id, one.may_see)]


def page(
    db: Connection,
    kind: Kind,
    wanted: Wanted = ALL,
    *,
    actor_id: int | None,
    order: str = "",
    descending: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> list[Record]:
    """Records that ``actor_id`` may see, by the field ``order`` (else the kind's own order)."""
    reading = _Reading(kind, shown_fields(db, kind, actor_id))
    # Only ids are sorted, and only the page's rows read whole with all that they name.
    query = reading.ids(order, descending).where(*_conditions(db, reading, wanted, actor_id))
    ids = list(db.execute(query.limit(limit).offset(offset)).scalars())
    rows = db.execute(reading.select.where(among(kind.table.c.id, ids)))
    listed = {row.id: reading.record(row) for row in rows}
    return [listed[record_id] for record_id in ids]


def count(db: Connection, kind: Kind, wanted: Wanted = ALL, *, actor_id: int | None) -> int:
    """How many records ``page`` would give in all."""
    reading = _Reading(kind, shown_fields(db, kind, actor_id))
    conditions = _conditions(db, reading, wanted, actor_id)
    query = select(func.count()).select_from(kind.table).where(*conditions)
    return int(db.execute(query).scalar_one())


def record(db: Connection, kind: Kind, record_id: int, *, actor_id: int | None) -> Record:
    """One record. Raises NotFoundError when there is none that ``actor_id`` may see."""
    reading = _Reading(kind, shown_fields(db, kind, actor_id))
    query = reading.select.where(
        kind.table.c.id == record_id, *_conditions(db, reading, ALL, actor_id)
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise NotFoundError(
            _("There is no {kind} number {id}.").format(kind=_(kind.one), id=record_id)
        )
    return reading.record(row)


def about_customer(
    db: Connection,
    kinds: Iterable[Kind],
    customer_id: int,
    *,
    actor_id: int | None,
    since: date | None = None,
    before: date | None = None,
) -> list[tuple[date, Kind, Record]]:
    """(day, kind, record) of what was noted about a customer, the latest first."""
    found: list[tuple[date, Kind, Record]] = []
    for kind in kinds:
        if kind.about and kind.day:
            wanted = Wanted(equal={kind.about: customer_id}, since=since, before=before)
            found += [
                (one.values[kind.day], kind, one)
                for one in page(db, kind, wanted, actor_id=actor_id)
            ]
    return sorted(found, key=lambda entry: (entry[0], entry[1].code, entry[2].id), reverse=True)


def named(kind: Kind, one: Record) -> str:
    """What a record is called in a sentence: its naming fields, one after the other."""
    parts = [one.text(kind.field_named(name)) for name in kind.named_by]
    return " · ".join(text for text in parts if text) or str(one.id)


def choices(
    db: Connection, field: Field, search: str = "", *, limit: int | None = None
) -> list[tuple[int, str]]:
    """(id, name) of the rows a reference can name; those no longer in use are left out."""
    rows_of = field_values.table_named(field)
    query = select(rows_of.c.id, rows_of.c.name)
    if "active" in rows_of.c:
        query = query.where(rows_of.c.active)
    if field.type == "measure":
        query = query.where(rows_of.c.counts == "hand")
    if search:
        has_phones = "phones" in rows_of.c
        for word in searched_words(search) if has_phones else texts.searched(search).split():
            query = query.where(_is_called(db, rows_of, word)(rows_of.c.id))
    order = rows_of.c.position if "position" in rows_of.c else rows_of.c.name
    return [
        (row.id, row.name) for row in db.execute(query.order_by(order, rows_of.c.id).limit(limit))
    ]


class _Reading:
    """The query of a kind's records with what their references are called."""

    def __init__(self, kind: Kind, fields: Sequence[Field]) -> None:
        self.kind, self.fields = kind, fields
        self.named: dict[str, FromClause] = {}
        columns: list[ColumnElement[Any]] = [kind.table.c.id, kind.table.c.version]
        source: FromClause = kind.table
        for one in fields:
            columns.append(kind.table.c[one.name])
            if one.type in REFERENCES:
                alias = field_values.table_named(one).alias(f"{one.name}_row")
                self.named[one.name] = alias
                source = source.outerjoin(alias, alias.c.id == kind.table.c[one.name])
                columns.append(alias.c.name.label(f"{one.name}_called"))
        for one in fields:
            if one.digits_of:
                columns.append(self.named[one.digits_of].c.digits.label(f"{one.name}_digits"))
        self.select: Select[Any] = select(*columns).select_from(source)

    def record(self, row: Any) -> Record:
        values = row._mapping
        return Record(
            values["id"],
            values["version"],
            {one.name: values[one.name] for one in self.fields},
            {name: values[f"{name}_called"] or "" for name in self.named},
            {one.name: values[f"{one.name}_digits"] or 0 for one in self.fields if one.digits_of},
        )

    def ids(self, wanted: str, descending: bool) -> Select[int]:
        """The ids by a field, what is unknown last, then by id: always the same order."""
        table = self.kind.table
        if not wanted:
            wanted, descending = self.kind.order.lstrip("-"), self.kind.order.startswith("-")
        query: Select[int] = select(table.c.id)
        if wanted not in {one.name for one in self.fields}:
            return query.order_by(table.c.id)
        by: ColumnElement[Any] = table.c[wanted]
        alias = self.named.get(wanted)
        if alias is not None:
            query = query.select_from(table.outerjoin(alias, alias.c.id == by))
            by = alias.c.name
        keys = [by, table.c.id]
        unknown = [by.is_(None)] if alias is not None or table.c[wanted].nullable else []
        return query.order_by(*unknown, *[key.desc() if descending else key for key in keys])

    def holds(self, db: Connection, word: str) -> ColumnElement[bool]:
        """Whether one of the texts holds a word, or what a reference names is called so."""
        pattern = matching_text(word)
        conditions: list[ColumnElement[bool]] = [
            func.lower(self.kind.table.c[one.name]).like(pattern, escape="\\")
            for one in self.fields
            if one.is_text
        ]
        conditions += [
            _is_called(db, field_values.table_named(one), word)(self.kind.table.c[one.name])
            for one in self.fields
            if one.type in REFERENCES
        ]
        return or_(*conditions)


def _is_called(
    db: Connection, rows_of: Table, word: str
) -> Callable[[ColumnElement[int]], ColumnElement[bool]]:
    """Whether an id is that of a row whose name holds a word; by pinyin too where it has a key.

    The rows are found once, whatever number of records name them: those of a searched column by
    its index, as a set that is kept, of a few hundred thousand customers.
    """
    own_id = rows_of.c.id
    if "search_key" not in rows_of.c:
        like = func.lower(rows_of.c.name).like(matching_text(word), escape="\\")
        return lambda column: column.in_(select(own_id).where(like))
    key = rows_of.c.search_key
    like = key.like(matching_text(word), escape="\\")
    if not key.info.get("searched"):
        return lambda column: column.in_(select(own_id).where(like))

    def found_ids() -> marks.Marks:
        found = search_index.look(db, key, [fold(word)], counted=False)
        query = select(own_id).where(like)
        if found is not None and found.query is not None:
            query = query.where(found.among(own_id)) if found.count else query.where(false())
        return marks.selected(db, query)

    return marks.keep(db, f"{rows_of.name} called {word!r}", found_ids).holding


def _conditions(
    db: Connection, reading: _Reading, wanted: Wanted, actor_id: int | None
) -> list[ColumnElement[bool]]:
    kind, columns = reading.kind, reading.kind.table.c
    seen = {one.name for one in reading.fields}
    conditions = _searched(db, reading, wanted.search)
    conditions += [columns[name] == value for name, value in wanted.equal.items() if name in seen]
    if kind.day and wanted.since is not None:
        conditions.append(columns[kind.day] >= wanted.since)
    if kind.day and wanted.before is not None:
        conditions.append(columns[kind.day] < wanted.before)
    if wanted.ids is not None:
        conditions.append(columns.id.in_(sorted(wanted.ids)))
    if kind.may_see:
        conditions += _within_scope(db, kind, actor_id)
    return conditions


def _searched(db: Connection, reading: _Reading, search: str) -> list[ColumnElement[bool]]:
    """That a record holds every word, or names somebody by the phone number which they may be."""
    words = texts.searched(search).split()
    holding = [reading.holds(db, word) for word in words]
    phone = searched_words(search)
    if phone == words:
        return holding
    return [or_(and_(*holding), *[reading.holds(db, digits) for digits in phone])]


def _within_scope(db: Connection, kind: Kind, actor_id: int | None) -> list[ColumnElement[bool]]:
    """Own, the team's or all records; of the office's own things only all or none."""
    reach = rights.scope(db, actor_id, kind.may_see)
    if reach == "office":
        return []
    if reach == "none" or not kind.owner:
        return [false()]
    owner = kind.table.c[kind.owner]
    if reach == "own":
        return [owner == actor_id]
    team_id = select(person.c.team_id).where(person.c.id == actor_id).scalar_subquery()
    mates = select(person.c.id).where(person.c.team_id == team_id)
    return [or_(owner == actor_id, owner.in_(mates))]


# -- the doors for forms, Excel and commands -------------------------------------------------------


def enter(change: Change, kind: Kind, given: Mapping[str, Any]) -> int:
    """A new record with the values given by field; its id.

    Raises InputError (a FieldError where one field is to blame), RightsError, NotFoundError.
    """
    return add(change, kind, given) if kind.add is None else kind.add(change, **given)


def alter(
    change: Change, kind: Kind, record_id: int, given: Mapping[str, Any], *, seen_version: int
) -> None:
    """Set the values given by field. Raises as :func:`enter`, and ConflictError."""
    if kind.edit is None:
        edit(change, kind, record_id, given, seen_version=seen_version)
    else:
        kind.edit(change, record_id, seen_version=seen_version, **given)


# -- writing: what every kind's writers rest on ----------------------------------------------------


def add(change: Change, kind: Kind, given: Mapping[str, Any]) -> int:
    """Check a new record against its declaration and write it; its id. Raises as :func:`enter`."""
    fields = {one.name: one for one in kind.fields}
    _need_known(kind, given)
    everything = {name: given.get(name, one.empty) for name, one in fields.items()}
    _need_seen_fields(change, kind, [name for name in given if given[name] != fields[name].empty])
    everything = field_values.checked(change.connection, fields, everything)
    _need_may_write(change, kind, everything)
    if kind.check is not None:
        everything |= kind.check(change, everything, None)
    record_id = change.insert(kind.table, **_stored(kind, everything))
    _describe(change, kind, record_id, _("New {kind}: {name}"))
    return record_id


def edit(
    change: Change,
    kind: Kind,
    record_id: int,
    given: Mapping[str, Any],
    *,
    seen_version: int | None = None,
    words: str = "",
) -> None:
    """Check a record with the values given as it would stand, and write what differs.

    The history says ``words`` in place of "Edit …". Raises as :func:`alter`.
    """
    fields = {one.name: one for one in kind.fields}
    _need_known(kind, given)
    before = stored_values(change.connection, kind, record_id)
    # A stored value is no fault of who edits another: only what is given is looked at anew.
    context = {name: before[name] for name in _context(kind, given)}
    checked = field_values.checked(change.connection, fields, context | dict(given))
    differing = {name: checked[name] for name in given if checked[name] != before[name]}
    if not differing:
        return
    _need_numbers_anew(change.connection, kind, before, differing, given)
    _need_seen_fields(change, kind, differing)
    _need_may_write(change, kind, before)
    everything = before | differing
    _need_may_write(change, kind, everything)
    if kind.check is not None:
        differing |= kind.check(change, everything, record_id)
    change.update(kind.table, record_id, seen_version=seen_version, **_stored(kind, differing))
    _describe(change, kind, record_id, _("Edit {kind}: {name}"), words)


def delete(
    change: Change,
    kind: Kind,
    record_id: int,
    *,
    seen_version: int | None = None,
    words: str = "",
) -> None:
    """Delete a record; ``words`` as for :func:`edit`.

    Raises InputError, RightsError, ConflictError, NotFoundError.
    """
    if not kind.can_be_deleted:
        raise InputError(
            _("{kind} can't be deleted, only taken out of use.").format(kind=_(kind.words))
        )
    before = stored_values(change.connection, kind, record_id)
    _need_may_write(change, kind, before)
    if seen_version is not None:
        # An edit that sets nothing tells of a colleague's in the meantime.
        change.update(kind.table, record_id, seen_version=seen_version)
    _describe(change, kind, record_id, _("Delete {kind}: {name}"), words)
    change.delete(kind.table, record_id)


def stored_values(db: Connection, kind: Kind, record_id: int) -> dict[str, Any]:
    """A record's values by field, as they are stored. Raises NotFoundError."""
    row = db.execute(select(kind.table).where(kind.table.c.id == record_id)).one_or_none()
    if row is None:
        raise NotFoundError(
            _("There is no {kind} number {id}.").format(kind=_(kind.one), id=record_id)
        )
    return {one.name: row._mapping[one.name] for one in kind.fields}


def _need_known(kind: Kind, given: Mapping[str, Any]) -> None:
    unknown = set(given) - {one.name for one in kind.fields}
    if unknown:
        raise ValueError(f"kind {kind.code} has no field {', '.join(sorted(unknown))}")


def _context(kind: Kind, given: Mapping[str, Any]) -> set[str]:
    """The fields that those given are read with: a number's measure."""
    return {kind.field_named(name).digits_of for name in given} - {""} - set(given)


def _stored(kind: Kind, everything: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the values; a month's column repeats the day's."""
    stored = dict(everything)
    if kind.day in stored and "month" in kind.table.c:
        stored["month"] = month_of(stored[kind.day])
    return stored


def month_of(day: date) -> int:
    """202611 for a day of November 2026."""
    return day.year * 100 + day.month


def _need_may_write(change: Change, kind: Kind, everything: Mapping[str, Any]) -> None:
    """Whose record it is must be allowed, and its month be open."""
    rights.need(change, kind.may_write, everything[kind.owner] if kind.owner else None)
    if kind.day:
        months.need_open(change, everything[kind.day])


def _need_seen_fields(change: Change, kind: Kind, names: Iterable[str]) -> None:
    """Who may not see a field doesn't set it either."""
    for name in names:
        code = kind.field_named(name).may_see
        if code:
            rights.need(change, code)


def _need_numbers_anew(
    db: Connection,
    kind: Kind,
    before: Mapping[str, Any],
    differing: Mapping[str, Any],
    given: Mapping[str, Any],
) -> None:
    """A number kept in its measure's decimals means something else in another measure's."""
    for one in kind.fields:
        if one.digits_of in differing and one.name not in given:
            digits = [
                field_values.digits_of_measure(db, values[one.digits_of])
                for values in (before, differing)
            ]
            if digits[0] != digits[1]:
                raise field_values.FieldError(
                    one.name, _("{field} is missing.").format(field=_(one.words))
                )


def _describe(change: Change, kind: Kind, record_id: int, sentence: str, words: str = "") -> None:
    if not words:
        one = record(change.connection, kind, record_id, actor_id=None)
        words = sentence.format(kind=_(kind.one), name=named(kind, one))
    change.describe(words)
