"""Kinds of report, each declared once: which sections it has, for which periods and whom.

A section reads its figures from a :class:`~salesdesk.reports.reading.Reading` and lays them out as
tables; screen, paper, Excel and JSON all come from that. Sections that have nothing to say, and
those that don't apply (a ranking of teams in a person's report), are left out. ARCHITECTURE.md
shows how to add a kind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from salesdesk.calc.periods import Kind, Period
from salesdesk.errors import InputError
from salesdesk.planning.places import OFFICE, Who
from salesdesk.reports.layout import Cell, Chart, Report, Section, Table
from salesdesk.reports.reading import Facts, Reading
from salesdesk.text import _, joined, mark

#: What a section read.
F = TypeVar("F")
#: Who a report is about: the keys of Who.level, with their words.
LEVELS: Mapping[str, str] = {
    "office": mark("Whole office"),
    "team": mark("Team"),
    "person": mark("Person"),
}
PERIODS: Mapping[Kind, str] = {
    "year": mark("Year"),
    "quarter": mark("Quarter"),
    "month": mark("Month"),
    "week": mark("Week"),
    "day": mark("Day"),
}
#: Who signs a table (制表 审核 批准).
SIGNATURES = (mark("Prepared by"), mark("Checked by"), mark("Approved by"))


@dataclass(frozen=True, slots=True)
class Content:
    """What a section shows: tables, a line of words above them, a chart."""

    tables: Sequence[Table]
    note: str = ""
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class SectionKind(Generic[F]):
    """A section: its code, its marked title, its reader, its layout and its JSON.

    ``read`` gives None where the section doesn't apply. Without ``as_json`` commands print the
    rows of its tables.
    """

    code: str
    title: str
    read: Callable[[Reading], F | None]
    lay_out: Callable[[F, Facts], Content]
    as_json: Callable[[F, Facts], object] | None = None


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A kind of report.

    ``name`` ("Monthly report") and ``title`` ("Monthly sales report {period}") are marked texts;
    ``periods`` the kinds of period it can be made for, ``levels`` whether for the office, a team
    or a person; ``signatures`` are who signs it.
    """

    code: str
    name: str
    title: str
    sections: tuple[SectionKind[Any], ...]
    periods: tuple[Kind, ...]
    levels: tuple[str, ...] = ("office", "team", "person")
    signatures: tuple[str, ...] = SIGNATURES


@dataclass(frozen=True, slots=True)
class Figures:
    """What a report says, as its sections read it; one that doesn't apply is absent."""

    kind: ReportKind
    facts: Facts
    found: Mapping[str, Any]

    def __getitem__(self, section: SectionKind[F]) -> F:
        """What a section read. Raises KeyError where it doesn't apply or was left out."""
        found: F = self.found[section.code]
        return found

    def __contains__(self, section: object) -> bool:
        """Whether a section is among the figures."""
        return isinstance(section, SectionKind) and section.code in self.found


def read(
    db: Connection,
    kind: ReportKind,
    period: Period,
    *,
    who: Who = OFFICE,
    today: date | None = None,
    leave_out: Collection[str] = (),
    actor_id: int | None = None,
) -> Figures:
    """The figures of a report as they stood on ``today`` or at the period's end, if that is past.

    ``actor_id`` is who asks: what they may not see isn't among the figures. Raises InputError for
    a period or scope that the kind isn't made for, RightsError for a report that may not be seen,
    CalendarError for a period the working calendar doesn't know, NotFoundError for an unknown
    person.
    """
    _check(kind, period, who)
    reading = Reading(db, period, who, today or date.today(), actor_id=actor_id)
    found = {
        section.code: section.read(reading)
        for section in kind.sections
        if section.code not in leave_out
    }
    return Figures(
        kind,
        reading.facts,
        {code: figures for code, figures in found.items() if figures is not None},
    )


def report(figures: Figures) -> Report:
    """The report of figures, ready to be printed and written to Excel."""
    kind, facts = figures.kind, figures.facts
    day = facts.made_on.isoformat()
    scope = facts.scope or _("Whole office")
    sections = [
        section
        for section in (_laid_out(section, figures) for section in kind.sections)
        if section.chart is not None or any(table.rows for table in section.tables)
    ]
    if not sections:
        nothing = _("Nothing was planned or entered for this period.")
        sections = [Section("nothing", _("No figures"), [], nothing)]
    return Report(
        title=_(kind.title).format(period=facts.period.label),
        subtitle=_("{office} · {scope} · figures as of {day}").format(
            office=facts.settings.office_name, scope=scope, day=day
        ),
        office=facts.settings.office_name,
        made=_("Made on {day}").format(day=day),
        sections=sections,
        name=_(kind.name),
        sign=[_(name) for name in kind.signatures],
    )


def as_json(figures: Figures) -> dict[str, object]:
    """The figures as commands print them: what the report is of, then each section by its code."""
    facts = figures.facts
    told: dict[str, object] = {
        "report": figures.kind.code,
        "period": facts.period.key,
        "office": facts.settings.office_name,
        "level": facts.who.level,
        "scope": facts.scope,
        "made_on": facts.made_on,
        "basis": facts.settings.basis,
        "pace": facts.pace,
    }
    for section in figures.kind.sections:
        if section.code not in figures.found:
            continue
        of_section = figures.found[section.code]
        if section.as_json is not None:
            told[section.code] = section.as_json(of_section, facts)
        else:
            content = section.lay_out(of_section, facts)
            told[section.code] = [_rows(table) for table in content.tables]
    return told


def _check(kind: ReportKind, period: Period, who: Who) -> None:
    if period.kind not in kind.periods:
        raise InputError(
            _("“{report}” can't be made for {period}, only for: {kinds}.").format(
                report=_(kind.name),
                period=period.key,
                kinds=joined(_(PERIODS[name]) for name in kind.periods),
            )
        )
    if who.level not in kind.levels:
        raise InputError(
            _("“{report}” is only made for: {levels}.").format(
                report=_(kind.name), levels=joined(_(LEVELS[name]) for name in kind.levels)
            )
        )


def _laid_out(section: SectionKind[Any], figures: Figures) -> Section:
    if section.code not in figures.found:
        return Section(section.code, _(section.title), [])
    content = section.lay_out(figures.found[section.code], figures.facts)
    return Section(
        section.code,
        _(section.title),
        [table.trimmed() for table in content.tables],
        content.note,
        content.chart,
    )


def _rows(table: Table) -> list[dict[str, object]]:
    """A table's rows by the titles of its columns: values where there are any, else texts."""
    return [
        {
            column.title: cell.value if isinstance(cell, Cell) and cell.value is not None
            else cell.text if isinstance(cell, Cell) else cell
            for column, cell in zip(table.columns, row, strict=True)
        }
        for row in table.rows
    ]  # fmt: skip
