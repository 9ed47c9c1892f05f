"""A field's value: as a person reads it, as a person types it, and whether it may stand there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Table, func, select

from salesdesk.calc import texts
from salesdesk.calc.days import read_day
from salesdesk.calc.money import format_number, parse_number, parse_percent
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office.names import same_name
from salesdesk.records.kinds import YES_NO, Field
from salesdesk.storage.schema import metadata
from salesdesk.text import _, joined

#: Days outside these are slips of the finger; numbers beyond the last are slips of the paste.
EARLIEST, LATEST = date(1990, 1, 1), date(2099, 12, 31)
LARGEST = 10**15
#: Words are kept in full, but a novel isn't a note.
LONGEST_WORDS = 10_000
_STORED_AS: Mapping[str, type] = {
    "text": str, "words": str, "day": date, "last_day": date, "flag": bool, "choice": str,
}  # fmt: skip
_ONE_DAY = timedelta(days=1)


class FieldError(InputError):
    """One field of a record is wrong; ``field`` is its name."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def table_named(field: Field) -> Table:
    """The table whose rows a reference names."""
    return metadata.tables[field.type]


# -- as a person reads it --------------------------------------------------------------------------


def text(field: Field, value: Any, *, name: str = "", digits: int | None = None) -> str:
    """The value as a person reads it, "" for none.

    ``name`` is what the row a reference names is called; ``digits`` the decimals of a number that
    has those of its measure.
    """
    if value is None:
        return ""
    if field.type in ("choice", "flag"):
        words = field.offered.get(value)
        return str(value) if words is None else _(words)
    if field.is_number:
        decimals = field.decimals if digits is None else digits
        return format_number(value, decimals, trim=True) + ("%" if field.unit == "%" else "")
    if field.type in ("day", "last_day"):
        return shown_day(field, value).isoformat()
    return str(value) if field.is_text else name


def shown_day(field: Field, stored: date) -> date:
    """The day as screens show it: of a stretch its last, which is kept as the day after."""
    return stored - _ONE_DAY if field.type == "last_day" else stored


def stored_day(field: Field, shown: date) -> date:
    """The day as it is kept (see :func:`shown_day`)."""
    return shown + _ONE_DAY if field.type == "last_day" else shown


# -- as a person types it --------------------------------------------------------------------------


def parse(db: Connection, field: Field, typed: str, *, digits: int | None = None) -> Any:
    """The value a text means, the field's empty one for nothing.

    Choices are known by code and by words, rows by name; customers, of whom several may be called
    the same, by number too. Raises FieldError, naming field and text.
    """
    typed = typed.strip()
    if not typed:
        return field.empty
    try:
        return _parsed(db, field, typed, field.decimals if digits is None else digits)
    except (InputError, NotFoundError) as error:
        raise FieldError(field.name, _named(field, error.message)) from error


def _parsed(db: Connection, field: Field, typed: str, digits: int) -> Any:
    if field.is_text:
        return typed
    if field.is_number:
        return (parse_percent if field.unit == "%" else parse_number)(typed, digits)
    if field.type in ("day", "last_day"):
        return stored_day(field, read_day(typed, date.today()))
    if field.type in ("choice", "flag"):
        # "yes" and "no" are understood too where a flag has words of its own.
        plain = YES_NO.items() if field.type == "flag" else ()
        for value, words in (*field.offered.items(), *plain):
            if typed.casefold() in (str(value).casefold(), words.casefold(), _(words).casefold()):
                return value
        known = joined(_(words) for words in field.offered.values())
        raise InputError(
            _("“{text}” can't be chosen; there are: {known}.").format(text=typed[:40], known=known)
        )
    return row_named(db, field, typed)


def row_named(db: Connection, field: Field, typed: str) -> int:
    """The id of the row a reference means. Raises NotFoundError, InputError where several are."""
    rows_of = table_named(field)
    query = select(rows_of.c.id, rows_of.c.name)
    number = typed.split()[0].removeprefix("#")
    if field.type == "customer":
        # Of customers there are many, of the same name too: a number before the name decides.
        if number.isascii() and number.isdigit() and len(number) < 11:
            found = db.execute(query.where(rows_of.c.id == int(number))).one_or_none()
            if found is None:
                raise NotFoundError(_("There is no customer number {id}.").format(id=number))
            return int(found.id)
        matching = db.execute(query.where(rows_of.c.name == " ".join(typed.split()))).all()
    else:
        matching = [row for row in db.execute(query) if same_name(row.name, typed)]
    if not matching and field.type == "measure":
        matching = list(db.execute(query.where(rows_of.c.code == typed)))
    if not matching:
        raise NotFoundError(_("There is none called {name}.").format(name=typed[:40]))
    if len(matching) > 1:
        raise InputError(_("Several are called {name}: give the number.").format(name=typed[:40]))
    return int(matching[0].id)


# -- whether it may stand there --------------------------------------------------------------------


def checked(
    db: Connection, fields: Mapping[str, Field], values: Mapping[str, Any]
) -> dict[str, Any]:
    """The values as they are stored; each of the type, length and bounds its field declares.

    Raises FieldError, naming the field.
    """
    return {
        name: _checked(db, fields[name], value, _digits(db, fields[name], values))
        for name, value in values.items()
    }


def _digits(db: Connection, field: Field, values: Mapping[str, Any]) -> int:
    if not field.digits_of:
        return field.decimals
    return digits_of_measure(db, values.get(field.digits_of))


def digits_of_measure(db: Connection, measure_id: int | None) -> int:
    """The decimals of a measure, 0 where there is none."""
    measures = metadata.tables["measure"]
    digits = db.execute(select(measures.c.digits).where(measures.c.id == measure_id)).scalar()
    return int(digits or 0)


def _checked(db: Connection, field: Field, value: Any, digits: int) -> Any:
    if isinstance(value, str):
        value = _tidied(field, value)
    if value is None or value == "":
        if field.needed:
            raise _wrong(field, _("{field} is missing.").format(field=_(field.words)))
        return field.empty
    if not _is_of_type(field, value):
        raise _wrong(field, _named(field, _("“{text}” doesn't fit.").format(text=str(value)[:40])))
    if field.is_number:
        _check_bounds(field, value, digits)
    elif field.type in ("day", "last_day"):
        if not EARLIEST <= value <= LATEST:
            raise _wrong(
                field,
                _named(
                    field,
                    _("{day} lies too far back or ahead.").format(day=shown_day(field, value)),
                ),
            )
    elif field.type == "choice":
        if value not in field.choices:
            known = joined(_(words) for words in field.choices.values())
            sentence = _("“{text}” can't be chosen; there are: {known}.")
            raise _wrong(field, _named(field, sentence.format(text=value[:40], known=known)))
    elif field.type != "flag" and not field.is_text:
        rows_of = table_named(field)
        there = db.execute(select(func.count()).where(rows_of.c.id == value)).scalar_one()
        if not there:
            sentence = _("there is nothing with the number {id}.").format(id=value)
            raise _wrong(field, _named(field, sentence))
    return value


def _is_of_type(field: Field, value: Any) -> bool:
    stored_as = _STORED_AS.get(field.type, int)
    return isinstance(value, stored_as) and (stored_as is bool or not isinstance(value, bool))


def _tidied(field: Field, value: str) -> str:
    try:
        if field.type == "words":
            return texts.words(_(field.words), value, LONGEST_WORDS)
        return texts.line(_(field.words), value, field.longest if field.is_text else LONGEST_WORDS)
    except InputError as error:
        raise _wrong(field, error.message) from error


def _check_bounds(field: Field, value: int, digits: int) -> None:
    least = -LARGEST if field.least is None else field.least
    most = LARGEST if field.most is None else field.most
    if value > LARGEST or value < -LARGEST:
        raise _wrong(field, _("{field} is too large.").format(field=_(field.words)))
    if value < least == 0:
        raise _wrong(field, _("{field} can't be negative.").format(field=_(field.words)))
    if value < least:
        raise _wrong(
            field,
            _("{field} is at least {least}.").format(
                field=_(field.words), least=text(field, least, digits=digits)
            ),
        )
    if value > most:
        raise _wrong(
            field,
            _("{field} is at most {most}.").format(
                field=_(field.words), most=text(field, most, digits=digits)
            ),
        )


def _named(field: Field, sentence: str) -> str:
    return _("{field}: {cause}").format(field=_(field.words), cause=sentence)


def _wrong(field: Field, sentence: str) -> FieldError:
    return FieldError(field.name, sentence)
