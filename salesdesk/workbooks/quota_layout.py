"""The quota sheet's layout: which columns it has, what each input stands for, how rows are named.

The same description writes the sheet and reads it back. A sheet is a **block**: the yearly sheet
of one measure, or the sheet of one month. A block's rows are people (and products); its inputs
are targets or remarks. Nothing is found by position: rows by their id or names, columns by their
heading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from salesdesk.calc.periods import Period
from salesdesk.text import _, mark

#: The heading of the hidden column with row ids; never translated.
RID = "_rid"
#: The hidden sheet, the document property with the export's id, and the form of both.
HIDDEN_SHEET = "_salesdesk"
PROPERTY = "SalesDeskExport"
SCHEMA_VERSION = 1
FILE_KIND = "salesdesk-quota-sheet"

#: The first line of the page that says how to fill in.
HELP_TITLE = mark("How to fill in this quota sheet")

Role = Literal["number", "team", "person", "product", "input", "remark", "computed", "rid"]

PERSON_HEADING = mark("Person")
PRODUCT_HEADING = mark("Product")
TEAM_HEADING = mark("Team")
NUMBER_HEADING = mark("No.")


@dataclass(frozen=True, slots=True)
class Slot:
    """What an input column holds: a target's measure, tier and period, or a remark's field."""

    measure_id: int
    tier: str  # "" for a remark
    period: Period
    field: str = ""  # "reason", "countermeasure"; "" for a target

    @property
    def key(self) -> str:
        """The slot's name in the hidden sheet: stable over languages and versions."""
        what = self.field or self.tier
        return f"{self.measure_id}/{what}/{self.period.kind}/{self.period.start.isoformat()}"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading as shown, its role and, for inputs, its slot."""

    heading: str
    role: Role
    slot: Slot | None = None
    formula: str = ""  # of computed columns: see quota_block
    width: float = 11
    #: What stands above the headings from here on: tier and unit. A printed page may begin here.
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One sheet's description: its code is part of each row id."""

    code: str  # "Y.3" (yearly sheet of measure 3), "M.202611" (sheet of a month)
    title: str
    columns: tuple[Column, ...]

    @property
    def slots(self) -> list[Slot]:
        """The slots of the inputs, in the order of their columns."""
        return [column.slot for column in self.columns if column.slot is not None]


class RowKey(NamedTuple):
    """Whose row it is within a block."""

    block: str
    person_id: int
    product_id: int | None

    @property
    def rid(self) -> str:
        """The text in the hidden column."""
        product = f".s{self.product_id}" if self.product_id is not None else ""
        return f"{self.block}/p{self.person_id}{product}"


def row_key(rid: str) -> RowKey | None:
    """The row a hidden id names, or None for a text that is none."""
    match = re.fullmatch(r"([YM]\.\d+)/p(\d+)(?:\.s(\d+))?", rid.strip())
    if match is None:
        return None
    return RowKey(match[1], int(match[2]), int(match[3]) if match[3] else None)


def heading_key(text: str) -> str:
    """A heading without spaces and line breaks, as headings are compared."""
    return re.sub(r"\s+", "", text).lower()


def yearly_columns(
    measure_id: int,
    period: Period,
    quarters: list[tuple[Period, list[Period]]],
    tiers: list[tuple[str, str]],
    split_tier: str,
    unit: str,
    *,
    with_products: bool,
    with_reach: bool,
) -> tuple[Column, ...]:
    """The columns of the sheet of a plan's whole period.

    ``tiers`` are (code, heading) of the whole-period inputs; the months belong to ``split_tier``.
    A plan of one month has no columns of months, one of one quarter none of quarters: they would
    be the same figure twice. ``with_reach`` shows what each row has to reach, and what is missing.
    """
    columns = _naming_columns(with_products)
    whole = _("{name} ({unit})").format(name=period.label, unit=unit)
    if with_reach:
        columns += _reach_columns(whole)
    columns += [
        Column(
            heading,
            "input",
            Slot(measure_id, tier, period),
            width=14,
            caption=whole if number == 0 and not with_reach else "",
        )
        for number, (tier, heading) in enumerate(tiers)
    ]
    if all(month == period for _quarter, months in quarters for month in months):
        return (*columns, Column(RID, "rid"))
    split = _("{name} ({unit})").format(name=dict(tiers)[split_tier], unit=unit)
    for quarter, months in quarters:
        columns += [
            Column(
                _month_heading(month.start, period),
                "input",
                Slot(measure_id, split_tier, month),
                caption=split if month == months[0] else "",
            )
            for month in months
        ]
        if len(quarters) > 1:
            columns.append(Column(quarter.label_short, "computed", formula="quarter", width=12))
    columns.append(Column(_("Sum"), "computed", formula="sum", width=13))
    columns.append(Column(_("Difference"), "computed", formula="difference", width=12))
    columns.append(Column(RID, "rid"))
    return tuple(columns)


def monthly_columns(
    month: Period,
    weeks: list[Period],
    targets: list[tuple[int, str]],
    main: tuple[int, str],
    tier: tuple[str, str],
    *,
    with_products: bool,
    with_reach: bool,
) -> tuple[Column, ...]:
    """The columns of a month's sheet; ``targets`` are (measure id, heading) of the month's inputs.

    The weeks split the target of ``main``, (id, unit); reason and countermeasure belong to it too.
    ``tier`` is (code, heading). ``with_reach`` as in :func:`yearly_columns`.
    """
    main_measure, unit = main
    tier_code, tier_heading = tier
    split = _("{name} ({unit})").format(name=tier_heading, unit=unit)
    columns = _naming_columns(with_products)
    columns += [
        Column(
            _("Last month actual"), "computed", formula="last_month", width=13,
            caption=_("Actual ({unit})").format(unit=unit),
        ),
        Column(_("Same month last year"), "computed", formula="last_year", width=13),
    ]  # fmt: skip
    if with_reach:
        columns += _reach_columns(split)
    columns += [
        Column(
            heading,
            "input",
            Slot(measure_id, tier_code, month),
            width=13,
            caption=tier_heading if number == 0 else "",
        )
        for number, (measure_id, heading) in enumerate(targets)
    ]
    columns += [
        Column(
            _("Week {number}").format(number=number),
            "input",
            Slot(main_measure, tier_code, week),
            width=11,
            caption=split if number == 1 else "",
        )
        for number, week in enumerate(weeks, 1)
    ]
    columns += [
        Column(_("Left after weeks"), "computed", formula="week_gap", width=12),
        Column(
            _("Contracts"), "computed", formula="contracts", width=9, caption=_("Reached so far")
        ),
        Column(_("Collections"), "computed", formula="collections", width=13),
        Column(_("Actual"), "computed", formula="actual", width=13),
        Column(_("Attainment"), "computed", formula="attainment", width=9),
        Column(_("Difference"), "computed", formula="month_difference", width=13),
        Column(_("Reason"), "remark", Slot(main_measure, "", month, "reason"), width=20),
        Column(
            _("Countermeasure"), "remark", Slot(main_measure, "", month, "countermeasure"), width=20
        ),
        Column(RID, "rid"),
    ]
    return tuple(columns)


def _reach_columns(caption: str) -> list[Column]:
    return [
        Column(_("To be reached"), "computed", formula="reach", width=14, caption=caption),
        Column(_("Still open"), "computed", formula="open", width=13),
    ]


def _naming_columns(with_products: bool) -> list[Column]:
    columns = [
        Column(_(NUMBER_HEADING), "number", width=9),
        Column(_(TEAM_HEADING), "team", width=12),
        Column(_(PERSON_HEADING), "person", width=12),
    ]
    if with_products:
        columns.append(Column(_(PRODUCT_HEADING), "product", width=20))
    return columns


def _month_heading(day: date, period: Period) -> str:
    """Within one year "3月", "2026-03" in a period of several."""
    if (period.end.year, period.end.month, period.end.day) > (period.start.year + 1, 1, 1):
        return f"{day:%Y-%m}"
    return _("Month {number}").format(number=day.month)
