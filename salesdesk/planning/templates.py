"""The plan templates that ship with the program: an outline to hand in, its figures live.

Each is a file in resources/plans, in both languages: a text whose marks "{1}" are the figures of
its rules, and the rules, which both languages share. What the office can't track, since it doesn't
use a rule's measure, is said before the plan is made and stays in the words. What no measure of the
program counts (``measure = "own"``) is counted by hand under the name that the template gives.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, select

from salesdesk.calc.money import parse_number
from salesdesk.calc.periods import KINDS, Kind, Period, children, descendants
from salesdesk.calc.split import split
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import measures, people
from salesdesk.office.measures import Measure
from salesdesk.office.names import same_name
from salesdesk.planning import outlines, plans, targets, wording
from salesdesk.planning.live.floors import PRICE
from salesdesk.planning.live.rule import Draft
from salesdesk.planning.live.writing import Writer
from salesdesk.planning.places import OFFICE, Place, Who, person, team
from salesdesk.planning.tables import plan_item
from salesdesk.sales.tables import product
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
class TemplateRule:
    """A rule of a template in the language in force: what "{mark}" stands for in its text.

    ``value`` and ``to`` are as people write them; ``written`` is how the figure stands in the
    text, "" where the words say it without one (every week). ``of`` is a product or category, as an
    office may call it. A contingency watches that the attainment of ``measure`` isn't ``below``.
    A measure of the office's own ("own") is ``called`` so and counted in ``unit``.
    """

    mark: int
    kind: str
    measure: str = ""
    tier: str = "assigned"
    value: str = ""
    to: str = ""
    every: str = ""
    step: int = 1
    at: str = ""
    days: int | None = None
    period: str = ""
    grade: str = ""
    state: str = ""
    whom: str = ""
    below: str = ""
    of: str = ""
    words: str = ""
    steps: str = ""
    written: str = ""
    called: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A template in the language in force; ``kinds`` are the periods it fits, the usual first.

    ``offices`` are the kinds of office it was written for (``settings.KINDS``), ``owner`` whose
    plan it usually is (office, team, person), ``reviews`` the summaries that it owes. ``marked`` is
    its text with "{1}" where the figure of rule 1 stands.
    """

    name: str
    title: str
    about: str
    marked: str
    kinds: tuple[Kind, ...]
    offices: tuple[str, ...]
    owner: str
    reviews: tuple[str, ...]
    rules: tuple[TemplateRule, ...]

    @property
    def text(self) -> str:
        """The text as people read it."""
        return wording.shown(self.marked, {rule.mark: rule.written for rule in self.rules}).text

    @property
    def targets(self) -> tuple[TemplateRule, ...]:
        """The rules that set targets."""
        return tuple(rule for rule in self.rules if rule.kind == "target")


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


@dataclass(frozen=True, slots=True)
class Unused:
    """A measure that a template asks for and the office doesn't use; its code may be "own"."""

    code: str
    name: str
    unit: str


def unused_measures(db: Connection, name: str) -> list[Unused]:
    """The measures that a template has rules for and that the office doesn't use but could.

    What it asks for of them stands in the plan's text and isn't tracked until they are in use.
    Raises NotFoundError for an unknown template.
    """
    used = _InUse(measures.measures(db))
    offered = {one.code: one for one in measures.offered(db)}
    found: dict[tuple[str, str], Unused] = {}
    for rule in named(name).rules:
        if not rule.measure or rule.kind == "floor" or used.of(rule) is not None:
            continue
        if rule.measure == "own":
            found[rule.measure, rule.called] = Unused("own", rule.called, rule.unit)
        elif rule.measure in offered:
            one = offered[rule.measure]
            found[rule.measure, ""] = Unused(one.code, one.name, one.unit)
    return list(found.values())


def usual_owner(db: Connection, name: str, actor_id: int | None) -> Who:
    """Whose plan a template usually makes for whoever writes one. Raises NotFoundError."""
    return whose(db, named(name).owner, actor_id)


def whose(db: Connection, owner: str, actor_id: int | None) -> Who:
    """Whose the plan of an office, team or person is that somebody begins.

    The office's, the writer's team's (else that of the only one there is), or the writer's own; the
    office's where there is no such team, or nobody writes.
    """
    me = None if actor_id is None else people.person_by_id(db, actor_id)
    if owner == "person" and me is not None:
        return person(me.id)
    if owner == "team":
        if me is not None and me.team_id is not None:
            return team(me.team_id)
        every = people.teams(db)
        if len(every) == 1:
            return team(every[0].id)
    return OFFICE


def new_plan(
    change: Change,
    name: str,
    *,
    period: Period,
    who: Who | None = None,
    title: str = "",
    use_measures: bool = False,
) -> int:
    """A new draft from a template, its targets set for ``who``; its id.

    Without ``who`` it is for whom the template usually is (:func:`usual_owner`).

    Daily targets stand on each working day, weekly ones on each clipped week in proportion to its
    working days (``pace.due_in_week``); yearly and quarterly ones are split over the months in
    equal parts. Longer periods take the sum unless the template says otherwise. Measures that the
    office doesn't use (:func:`unused_measures`) get no target, unless ``use_measures`` takes them
    into use.
    Raises NotFoundError, InputError (the period doesn't fit), CalendarError (daily and weekly
    targets in a year the working calendar doesn't know).
    """
    template = named(name)
    if who is None:
        who = usual_owner(change.connection, name, change.person_id)
    if period.kind not in template.kinds:
        raise InputError(
            _("“{title}” isn't a plan for {period}; it can be for: {kinds}.").format(
                title=template.title,
                period=period.label,
                kinds=joined(_(KIND_NAMES[kind]) for kind in template.kinds),
            )
        )
    title = title.strip() or _("{period} {title}").format(period=period.label, title=template.title)
    told = _("New plan: {title}").format(title=title)
    taken = unused_measures(change.connection, name) if use_measures else []
    if taken:  # undoing the plan puts them out of use again
        told = _("{what}; measures taken into use: {measures}").format(
            what=told, measures=joined(one.name for one in taken)
        )
    with change.told_as(told):
        for one in taken:
            measures.take_into_use(change, one.code, one.name, unit=one.unit)
        plan_id = plans.new_plan(
            change,
            title=title,
            period=period,
            who=who,
            template=template.name,
            reviewed=",".join(template.reviews),
        )
        _write(change, plan_id, template)
        _split_longer(change, plan_id, period)
    return plan_id


def _write(change: Change, plan_id: int, template: Template) -> None:
    """The template's items with its rules; a rule that the office or the period has no place for
    is left as words.
    """
    plan = plans.plan_by_id(change.connection, plan_id)
    lines = outlines.of_text(template.marked)
    ids = change.insert_many(
        plan_item,
        [
            {"plan_id": plan_id, "position": position, "level": line.level, "kind": line.kind,
             "words": line.text}
            for position, line in enumerate(lines)
        ],
    )  # fmt: skip
    writer = Writer(change, plan)
    used = _InUse(measures.measures(change.connection))
    goods = _Goods(change.connection)
    by_mark = {rule.mark: rule for rule in template.rules}
    for line, item_id in zip(lines, ids, strict=True):
        left: dict[int, str] = {}
        for number in wording.numbers(line.text):
            rule = by_mark[number]
            draft = _draft(rule, used, goods, plan)
            if draft is None:
                left[number] = rule.written
            elif rule.written and not draft.written:  # a contingency that can watch nothing
                left[number] = rule.written
                writer.add(item_id, number, draft)
            else:
                writer.add(item_id, number, draft)
        words = wording.without_marks(
            line.text, left | {rule.mark: "" for rule in template.rules if not rule.written}
        )
        if words != line.text:
            change.update(plan_item, item_id, words=words)


class _InUse:
    """The measures that the office uses, by code and by name."""

    def __init__(self, active: Sequence[Measure]) -> None:
        self.active = active

    def of(self, rule: TemplateRule) -> Measure | None:
        """What counts for a template's rule; None where the office doesn't use it."""
        for measure in self.active:
            if rule.measure == "own" and same_name(measure.name, rule.called):
                return measure
            if rule.measure == measure.code:
                return measure
        return None


class _Goods:
    """What the office sells, by name: products, else categories."""

    def __init__(self, db: Connection) -> None:
        self.products = {
            row.name: row.id
            for row in db.execute(
                select(product.c.id, product.c.name).order_by(product.c.id)
            )
        }  # fmt: skip

    def of(self, called: str) -> tuple[int | None, str]:
        """The product so called; else the category, which no product may be of yet."""
        for name, product_id in self.products.items():
            if called and same_name(name, called):
                return product_id, ""
        return None, called


def _draft(rule: TemplateRule, used: _InUse, goods: _Goods, plan: plans.Plan) -> Draft | None:
    """What a template's rule says in an office; None where that has no place in it."""
    measure = used.of(rule)
    product_id, category = goods.of(rule.of)
    if rule.kind == "target":
        if measure is None:
            return None
        kind = {"weekday": "day", "half_year": "quarter"}.get(rule.every, rule.every)
        if kind and KINDS.index(cast(Kind, kind)) < KINDS.index(plan.period.kind):
            return None
        return Draft(
            kind="target", written=rule.written, measure_id=measure.id, tier=rule.tier,
            value=measure.parse(rule.value) if rule.value else None,
            highest=measure.parse(rule.to) if rule.to else None, every=rule.every, step=rule.step,
            period=rule.period, product_id=product_id, category=category,
            whom=rule.whom if plan.who.level != "person" else "",
        )  # fmt: skip
    if rule.kind == "contingency":
        watched = measure is not None and bool(rule.below)
        return Draft(
            kind="contingency", words=rule.words, steps=rule.steps, at=rule.at,
            written=rule.written if watched else "",
            measure_id=measure.id if measure is not None and watched else None,
            value=parse_number(rule.below, 2) if watched else None,
        )  # fmt: skip
    return Draft(
        kind=rule.kind, written=rule.written, every=rule.every, step=rule.step,
        at=rule.at or (PRICE if rule.measure == "price" else ""), days=rule.days,
        grade=rule.grade, state=rule.state, product_id=product_id, category=category,
        words=rule.words,
        value=parse_number(rule.value, 2) if rule.kind == "floor" and rule.value else None,
    )  # fmt: skip


def _split_longer(change: Change, plan_id: int, period: Period) -> None:
    """Split each year and quarter of the plan's own that has no value within it over its months,
    equally; longer periods without a value get the sum.
    """
    known = {one.id: one for one in measures.measures(change.connection, active_only=False)}
    for measure_id, tier in targets.measures_used(change.connection, plan_id):
        if not known[measure_id].is_flow:
            continue  # the office's level at a month's end isn't the sum of anything
        held: dict[Who, dict[Period, int]] = {}
        for place, cell in targets.values(change.connection, plan_id, measure_id, tier).items():
            held.setdefault(place.who, {})[place.period] = cell.value
        missing: dict[Place, int | None] = {}
        for who, had in held.items():
            values = dict(had)
            _split_to_months(values, known[measure_id].step)
            _sum_up(values, period)
            missing |= {Place(who, part): value for part, value in values.items()
                        if part not in had}  # fmt: skip
        targets.set_values(change, plan_id, measure_id, tier, missing, any_step=True)


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
        data.get("owner", "person"),
        tuple(data.get("reviews", ())),
        tuple(_rule(one) for one in data.get("rule", ())),
    )


def _rule(data: Mapping[str, Any]) -> TemplateRule:
    """A rule of a template's file; texts are given in both languages."""
    spoken = {
        name: value[language()] if isinstance(value, Mapping) else value
        for name, value in data.items()
    }
    if "written" not in spoken:
        spoken["written"] = ""
        if spoken["kind"] in ("target", "floor"):
            ends = [spoken["value"], *filter(None, [spoken.get("to")])]
            spoken["written"] = "–".join(f"{int(end):,}" if end.isdigit() else end for end in ends)
        elif spoken["kind"] == "cadence":
            spoken["written"] = str(spoken["days"])
    return TemplateRule(**spoken)
