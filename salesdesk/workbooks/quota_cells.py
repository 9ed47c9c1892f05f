"""What a cell that came back says: a target, a remark's text, or why it is neither."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from salesdesk.calc.money import parse_number
from salesdesk.calc.periods import containing
from salesdesk.errors import InputError
from salesdesk.office.measures import Measure
from salesdesk.planning import target_rules
from salesdesk.text import _
from salesdesk.workbooks.quota_layout import Slot
from salesdesk.workbooks.quota_sent import Base
from salesdesk.workbooks.reader import Sheet, Value, text_of
from salesdesk.workbooks.writer import allowed_text

#: What asks for a figure to be deleted: an emptied cell doesn't, since columns are emptied to be
#: filled in anew, and cells by a slip.
DELETION_MARKS = ("-", "删", "删除", "delete", "del")
#: How amounts may have been filled in, and how many digits that adds.
UNITS = {"yuan": 0, "wan": 4}
_DASHES = re.compile("[-‐‑‒–—―−－﹣]+")
#: A number that says nothing of its unit: in 300元 or 3万 it is said.
_BARE = re.compile(r"[-+(]?[¥￥]?[\d,.]+\)?")


def slot_of(key: str) -> Slot:
    """The slot whose ``key`` went out in the hidden sheet."""
    measure_id, what, kind, start = key.split("/")
    period = containing(date.fromisoformat(start), kind)  # type: ignore[arg-type]
    if what in ("reason", "countermeasure"):
        return Slot(int(measure_id), "", period, what)
    return Slot(int(measure_id), what, period)


def check_read(sheet: Sheet, row: int, column: int) -> None:
    """Refuse an empty cell that only reads as empty. Raises InputError saying why."""
    error = sheet.unread.get((row, column))
    if error == "":
        raise InputError(_("The formula has no value: open and save the file in Excel first."))
    if error is not None:
        raise InputError(_("The cell shows the error {error}.").format(error=error))


def says_delete(raw: Value) -> bool:
    """Whether a cell holds a mark that asks for its figure to be deleted (DELETION_MARKS).

    Dashes of any width and number count as one.
    """
    if not isinstance(raw, str):
        return False
    text = unicodedata.normalize("NFKC", text_of(raw)).casefold()
    return text in DELETION_MARKS or _DASHES.fullmatch(text) is not None


def value_of(raw: Value, slot: Slot, measure: Measure, unit: str = "yuan") -> Base:
    """The cell's value as stored. Raises InputError saying what is wrong with it.

    With ``unit`` "wan", amounts that don't say their unit are in 万元.
    """
    if slot.field:
        return text_of(raw)
    if raw == "" or (isinstance(raw, str) and not raw.strip()):
        return None
    if isinstance(raw, bool | date) or not isinstance(raw, int | float | str):
        raise InputError(_("“{text}” is not a number.").format(text=text_of(raw)))
    digits = measure.digits + (UNITS[unit] if measure.is_money else 0)
    if isinstance(raw, str):
        bare = _BARE.fullmatch("".join(unicodedata.normalize("NFKC", raw).split()))
        value = parse_number(raw, digits if bare else measure.digits)
    else:
        exact = Decimal(repr(raw)).scaleb(digits)
        if not exact.is_finite():
            raise InputError(_("“{text}” is not a number.").format(text=raw))
        if abs(exact) >= target_rules.LARGEST:
            raise InputError(_("{value} is too large for a target.").format(value=text_of(raw)))
        # A formula may leave 0.1 + 0.2 or a third of a yuan: what Excel shows counts. A count
        # of calls isn't rounded, since nobody means 3.5 of them.
        rounded = exact.quantize(Decimal(1), ROUND_HALF_UP)
        if measure.digits == 0 and abs(exact - rounded) > Decimal("1e-6"):
            raise InputError(_("“{text}” is not a whole number.").format(text=raw))
        value = int(rounded)
    target_rules.check_value(measure, value)
    return value


def same(value: Base, other: Base) -> bool:
    """Whether two values are the same as far as a cell can hold them."""
    if isinstance(value, str) and isinstance(other, str):
        return value == other or _as_held(value) == _as_held(other)
    return value == other


def nothing(slot: Slot) -> Base:
    """What stands at a slot where nothing does."""
    return "" if slot.field else None


def _as_held(words: str) -> str:
    """Words as they come back from a cell: one kind of line end, no spaces around."""
    return text_of(allowed_text(words).replace("\r\n", "\n").replace("\r", "\n"))
