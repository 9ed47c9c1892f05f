"""The plan templates that ship with the program: a text to hand in and targets the program tracks.

Each is a file in resources/plans, in both languages. A target stands for every period of a kind
within the plan's: 40 calls every day, 2 visits every week. Which targets the office can't track,
since it doesn't use their measures, is said before the plan is made.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from salesdesk.calc.pace import due_in_week
from salesdesk.calc.periods import KINDS, Kind, Period, children, descendants
from salesdesk.calc.split import split
from salesdesk.calc.workdays import WorkCalendar
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import calendar, measures
from salesdesk.office.measures import Measure
from salesdesk.planning import items, plans, targets
from salesdesk.planning.places import OFFICE, Place, Who
from salesdesk.storage.history import Change
from salesdesk.text import _, joined, language, mark, resources_folder

#: What kinds of period are called.
KIND_NAMES: Mapping[Kind, str] = {
    "year": mark("Year"),
    "quarter": mark("Quarter"),
    "month": mark("Month"),
    "week": mark("Week"),
    "day": mark("Day"),
}


@dataclass(frozen=True, slots=True)
class TemplateTarget:
    """A target of a template: ``value``, as people write it, for every period of kind ``every``."""

    measure: str
    tier: str
    value: str
    every: Kind


@dataclass(frozen=True, slots=True)
class Template:
    """A template in the language in force; ``kinds`` are the periods it fits, the usual first.

    ``offices`` are the kinds of office it was written for (``settings.KINDS``).
    """

    name: str
    title: str
    about: str
    text: str
    kinds: tuple[Kind, ...]
    offices: tuple[str, ...]
    targets: tuple[TemplateTarget, ...]


def all() -> list[Template]:  # noqa: A001 - read as templates.all()
    """Every template, in the order they are offered."""
    found = []
    for path in (resources_folder() / "plans").glob("*.toml"):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        found.append((data["position"], _template(path.stem, data)))
    return [template for _position, template in sorted(found, key=lambda pair: pair[0])]


def named(name: str) -> Template:
    """The template with a name ("call-plan"), or so titled. Raises NotFoundError naming them."""
    known = all()
    for template in known:
        if name.strip() in (template.name, template.title):
            return template
    raise NotFoundError(
        _("There is no plan template {name}; there are: {known}.").format(
            name=name, known=joined(template.name for template in known)
        )
    )


def unused_measures(db: Connection, name: str) -> list[Measure]:
    """The measures that a template has targets for and the office doesn't use.

    What it asks for of them stands in the plan's text and isn't tracked until they are in use.
    Raises NotFoundError for an unknown template.
    """
    asked = {wish.measure for wish in named(name).targets}
    return [
        measure
        for measure in measures.measures(db, active_only=False)
        if measure.code in asked and not measure.active
    ]


def new_plan(
    change: Change,
    name: str,
    *,
    period: Period,
    who: Who = OFFICE,
    title: str = "",
    use_measures: bool = False,
) -> int:
    """A new draft from a template, its targets set for ``who``; its id.

    Daily targets stand on each working day, weekly ones on each clipped week in proportion to its
    working days (``pace.due_in_week``); yearly and quarterly ones are split over the months in
    equal parts. Longer periods take the sum unless the template says otherwise. Measures that the
    office doesn't use (:func:`unused_measures`) get no target, unless ``use_measures`` takes them
    into use.
    Raises NotFoundError, InputError (the period doesn't fit), CalendarError (daily and weekly
    targets in a year the working calendar doesn't know).
    """
    template = named(name)
    if use_measures:
        for measure in unused_measures(change.connection, name):
            measures.edit(change, measure.id, seen_version=measure.version, active=True)
    if period.kind not in template.kinds:
        raise InputError(
            _("“{title}” isn't a plan for {period}; it can be for: {kinds}.").format(
                title=template.title,
                period=period.label,
                kinds=joined(_(KIND_NAMES[kind]) for kind in template.kinds),
            )
        )
    title = title.strip() or _("{period} {title}").format(period=period.label, title=template.title)
    with change.told_as(_("New plan: {title}").format(title=title)):
        plan_id = plans.new_plan(
            change,
            title=title,
            period=period,
            who=who,
            template=template.name,
        )
        items.write_text(change, plan_id, template.text, seen_version=1)
        for (measure_id, tier), values in _values(change.connection, template, period).items():
            places: dict[Place, int | None] = {
                Place(who, part): value for part, value in values.items()
            }
            targets.set_values(change, plan_id, measure_id, tier, places)
    return plan_id


def _values(
    db: Connection, template: Template, period: Period
) -> dict[tuple[int, str], dict[Period, int]]:
    """The template's targets in ``period`` by (measure id, tier)."""
    used = {measure.code: measure for measure in measures.measures(db)}
    work: WorkCalendar | None = None
    steps = {measure.id: measure.step for measure in used.values()}
    by_tier: dict[tuple[int, str], dict[Period, int]] = {}
    for wish in template.targets:
        measure = used.get(wish.measure)
        value = measure.parse(wish.value) if measure else None
        if measure is None or value is None:
            continue
        values = dict.fromkeys(descendants(period, wish.every), value)
        if wish.every in ("week", "day"):
            work = work or calendar.work_calendar(db)
        if wish.every == "day" and work is not None:
            values = {day: value for day in values if work.weight(day.start) > 0}
        elif wish.every == "week" and work is not None:
            values = {week: due_in_week(value, week, work, measure.step) for week in values}
        by_tier.setdefault((measure.id, wish.tier), {}).update(values)
    for (measure_id, _tier), values in by_tier.items():
        _split_to_months(values, steps[measure_id])
        _sum_up(values, period)
    return by_tier


def _split_to_months(values: dict[Period, int], step: int) -> None:
    """Split each year and quarter that has no value within it over its months, equally."""
    for kind in ("quarter", "year"):
        for whole in [period for period in values if period.kind == kind]:
            shorter = KINDS[KINDS.index(whole.kind) + 1 :]
            if not any(period.kind in shorter and period.start in whole for period in values):
                months = descendants(whole, "month")
                parts = split(values[whole], [1] * len(months), step=step)
                values.update(zip(months, parts, strict=True))


def _sum_up(values: dict[Period, int], period: Period) -> None:
    """Give every longer period within ``period`` that has no value the sum of its parts."""
    for kind in reversed(KINDS[KINDS.index(period.kind) :]):
        for one in descendants(period, kind):
            parts = [values[part] for part in children(one) if part in values]
            if one not in values and parts:
                values[one] = sum(parts)


def _template(name: str, data: Mapping[str, Any]) -> Template:
    words = data[language()]
    return Template(
        name,
        words["title"],
        words["about"],
        words["text"].strip() + "\n",
        tuple(data["kinds"]),
        tuple(data["offices"]),
        tuple(TemplateTarget(**one) for one in data["target"]),
    )
