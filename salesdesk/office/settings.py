"""The office's settings: how it counts, grades, works and shows figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from sqlalchemy import Connection

from salesdesk.calc import texts
from salesdesk.errors import InputError
from salesdesk.office import rights, stored
from salesdesk.storage.edits import UNSET, Unset, given
from salesdesk.storage.history import Change
from salesdesk.text import LANGUAGES, _, joined, mark, quoted

#: Kinds of office; the kind sets measures, cadence, weekday weights and words at the founding.
KINDS: Mapping[str, str] = {
    "property": mark("Property showroom"),
    "shop": mark("Shop"),
    "b2b": mark("Component maker (B2B)"),
    "territory": mark("Regional sales force"),
}
#: What tells one piece sold from another of its product, as each kind of office calls it.
PIECE_NUMBERS: Mapping[str, str] = {
    "property": mark("House number"),
    "shop": mark("Serial number"),
    "b2b": mark("Part number"),
    "territory": mark("Machine number"),
}
#: Which date makes a deal's amount count.
BASES: Mapping[str, str] = {
    "subscription": mark("Subscription date"),
    "contract": mark("Contract date"),
    "collection": mark("Collections received"),
}
#: Where a cancelled deal is taken off.
CANCELLATIONS: Mapping[str, str] = {
    "when_cancelled": mark("In the month of the cancellation"),
    "original_month": mark("In the deal's own month"),
}
GRADES = ("A", "B", "C")
LONGEST_NAME = 80
HEAVIEST = 99  # weight of a weekday
#: What the settings are called, for refusals and the history.
NAMES: Mapping[str, str] = {
    "office_id": mark("Number of the office"),
    "office_name": mark("Name of the office"),
    "kind": mark("Kind of office"),
    "language": mark("Language"),
    "basis": mark("Sales count on"),
    "cancellations": mark("Cancelled deals are taken off"),
    "cadence": mark("Contact every … days"),
    "weekday_weights": mark("Weight of weekdays"),
    "holidays_open": mark("Open on public holidays"),
    "in_wan": mark("Show large sums in 10,000 yuan"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an office can set; ``cadence`` is in days, weights are Monday to Sunday."""

    office_id: str = ""
    office_name: str = ""
    kind: str = "property"
    language: str = "zh"
    basis: str = "contract"
    cancellations: str = "when_cancelled"
    cadence: Mapping[str, int] = field(default_factory=lambda: {"A": 7, "B": 15, "C": 30})
    weekday_weights: tuple[int, ...] = (1, 1, 1, 1, 1, 0, 0)
    holidays_open: bool = False
    in_wan: bool = False


def read(db: Connection) -> Settings:
    """The settings in force; what was never stored has its default."""
    known = {setting.name for setting in fields(Settings)}
    values = {key: value for key, value in stored.values(db).items() if key in known}
    if "weekday_weights" in values:
        values["weekday_weights"] = tuple(values["weekday_weights"])
    return Settings(**values)


def store(
    change: Change,
    *,
    office_id: str | Unset = UNSET,
    office_name: str | Unset = UNSET,
    kind: str | Unset = UNSET,
    language: str | Unset = UNSET,
    basis: str | Unset = UNSET,
    cancellations: str | Unset = UNSET,
    cadence: Mapping[str, int] | Unset = UNSET,
    weekday_weights: Sequence[int] | Unset = UNSET,
    holidays_open: bool | Unset = UNSET,
    in_wan: bool | Unset = UNSET,
) -> None:
    """Set some settings. Raises RightsError; InputError, naming the setting, for what can't be."""
    rights.need(change, "rules.edit")
    if office_name is not UNSET:
        office_name = _checked_office_name(office_name)
    for key, choice, choices in (
        ("kind", kind, KINDS),
        ("language", language, LANGUAGES),
        ("basis", basis, BASES),
        ("cancellations", cancellations, CANCELLATIONS),
    ):
        if choice is not UNSET and choice not in choices:
            raise InputError(
                _("{value} is not a choice for “{setting}”.").format(
                    value=choice, setting=_(NAMES[key])
                )
            )
    if cadence is not UNSET:
        _check_cadence(cadence)
    if weekday_weights is not UNSET:
        _check_weights(weekday_weights)
    values = given(
        office_id=office_id,
        office_name=office_name,
        kind=kind,
        language=language,
        basis=basis,
        cancellations=cancellations,
        cadence=cadence if cadence is UNSET else dict(cadence),
        weekday_weights=weekday_weights if weekday_weights is UNSET else list(weekday_weights),
        holidays_open=holidays_open,
        in_wan=in_wan,
    )
    before = stored.values(change.connection)
    altered = [key for key, value in values.items() if before.get(key) != value]
    for key in altered:
        stored.put(change, key, values[key])
    if altered:
        change.describe(_("Rules: {names}").format(names=joined(_(NAMES[key]) for key in altered)))


def _checked_office_name(name: str) -> str:
    name = texts.line(_("The name {name}").format(name=quoted(name, 20)), name, LONGEST_NAME)
    if not name:
        raise InputError(_("The office needs a name."))
    return name


def _check_cadence(cadence: Mapping[str, int]) -> None:
    for grade, days in cadence.items():
        if grade not in GRADES:
            raise InputError(_("There is no grade {grade}.").format(grade=grade))
        if not 1 <= days <= 3650:
            raise InputError(_("A grade's contact interval must be from 1 to 3,650 days."))


def _check_weights(weights: Sequence[int]) -> None:
    if len(weights) != 7 or not all(0 <= weight <= HEAVIEST for weight in weights):
        raise InputError(
            _("Weekday weights are seven numbers from 0 to {most}.").format(most=HEAVIEST)
        )
    if not any(weights):
        raise InputError(_("Weekday weights can't all be zero: the office is open sometimes."))
