"""Writes rules: what a sentence asks for goes where the program keeps it.

A target goes into the cells of the grid, and the longer periods above them follow where they were
the sum of their parts; a figure that only people read in the words would be dead text again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from salesdesk.calc.periods import KINDS, Period, children, descendants
from salesdesk.calc.workdays import WorkCalendar
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import calendar, measures
from salesdesk.office.measures import Measure
from salesdesk.planning import plan_rules, plans, structure, target_rules, targets, wording
from salesdesk.planning.live import cells
from salesdesk.planning.live.rule import KINDS as RULE_KINDS
from salesdesk.planning.live.rule import Draft, Rule, columns, of_plan, plan_and_rule
from salesdesk.planning.places import Place, Who
from salesdesk.planning.tables import item_rule, task
from salesdesk.storage.history import Change
from salesdesk.text import _

#: A cadence is no longer than this, in days.
_LONGEST_CADENCE = 3_660
_LONGEST_WRITTEN = 60


@dataclass
class Writer:
    """Writes the rules of one plan; what it asks of the office, it asks once."""

    change: Change
    plan: plans.Plan

    def __post_init__(self) -> None:
        db = self.change.connection
        self.known: dict[int, Measure] = {
            measure.id: measure for measure in measures.measures(db, active_only=False)
        }
        self.work: WorkCalendar = calendar.work_calendar(db)
        self._stored: list[Rule] | None = None

    def know(self, measure: Measure) -> None:
        """Take in a measure that came into use since."""
        self.known[measure.id] = measure

    def add(self, item_id: int, number: int, draft: Draft) -> int:
        """A new rule of an item, its targets set; its id. Raises InputError, NotFoundError."""
        self._check(draft)
        self._stored = None
        rule_id = self.change.insert(
            item_rule, plan_item_id=item_id, number=number, **columns(draft)
        )
        if draft.kind == "target" and draft.value is not None:
            self._set_cells(draft, draft.value, draft.highest, before=None)
        return rule_id

    def set_figure(self, rule: Rule, written: str) -> Rule:
        """Let a rule have the figure that is written now; the rule as it is then.

        Raises InputError naming the figure (it doesn't fit the measure, the cells are locked).
        """
        low, high = wording.read_figure(written)
        if low is None:
            raise InputError(_("“{text}” isn't a figure.").format(text=written))
        return self.set_numbers(rule, low, high, written)

    def set_numbers(
        self, rule: Rule, low: Fraction, high: Fraction | None, written: str = ""
    ) -> Rule:
        """Let a rule have values in people's units (yuan, pieces, days, per cent)."""
        changed = replace(rule, written=written or rule.written)
        if rule.growth is not None:
            raise InputError(
                _("A growth over last year is set anew from the text, not typed over.")
            )
        if rule.kind == "cadence":
            changed = replace(changed, days=_whole(low, _("days")))
        else:
            scale = 100
            if rule.kind == "target":
                scale = 10 ** self.known[rule.measure_id or 0].digits
            changed = replace(
                changed, value=_scaled(low, scale),
                highest=None if high is None else _scaled(high, scale),
            )  # fmt: skip
        self._check(changed)
        if rule.kind == "target":
            assert changed.value is not None
            self._set_cells(changed, changed.value, changed.highest, before=rule)
        self._update(rule, columns(changed))
        return changed

    def edit(self, rule: Rule, draft: Draft) -> None:
        """Let a rule say something else: another measure, tier, rhythm, whom.

        Cells that only the old rule set are emptied. Raises InputError.
        """
        self._check(draft)
        moved = _pointed(rule) != _pointed(draft)
        if rule.kind == "target" and (moved or draft.kind != "target"):
            self._clear(rule)
        if draft.kind == "target" and draft.value is not None:
            self._set_cells(draft, draft.value, draft.highest, before=None if moved else rule)
        self._update(rule, columns(draft))

    def remove(self, rule: Rule, *, keep_targets: bool = False) -> None:
        """Take a rule away, with the targets that it set unless ``keep_targets``.

        What was done of it stays, as tasks of nobody's rule.
        """
        if rule.kind == "target" and not keep_targets:
            self._clear(rule)
        done = self.change.connection.execute(
            select(task.c.id).where(task.c.item_rule_id == rule.id).order_by(task.c.id)
        ).scalars()
        self.change.update_many(task, {row_id: {"item_rule_id": None} for row_id in done})
        self.change.delete(item_rule, rule.id)
        if self._stored is not None:
            self._stored = [one for one in self._stored if one.id != rule.id]

    # -- the grid's cells ------------------------------------------------------------------------

    def _set_cells(self, rule: Draft, low: int, high: int | None, *, before: Rule | None) -> None:
        measure = self.known[rule.measure_id or 0]
        for tier, value in ((rule.tier, low), (cells.UPPER, high)):
            if value is not None:
                found = cells.wanted(rule, value, self.plan.period, self.work, measure)
                self._write(rule, measure, tier, dict(found))
        if before is not None and before.highest is not None and high is None:
            gone = cells.periods(before, self.plan.period, self.work)
            self._write(before, measure, cells.UPPER, dict.fromkeys(gone))

    def _clear(self, rule: Rule) -> None:
        """Empty the cells that only this rule points to."""
        measure = self.known[rule.measure_id or 0]
        for tier in (rule.tier, *([cells.UPPER] if rule.highest is not None else [])):
            others = {
                place
                for one in self._of_plan()
                if one.id != rule.id and one.measure_id == measure.id and tier in _tiers(one)
                for place in one.places
            }
            found: dict[Period, int | None] = {
                place.period: None for place in rule.places if place not in others
            }
            self._write(rule, measure, tier, found)

    def _of_plan(self) -> list[Rule]:
        """All rules of the plan, as they stood when they were last written."""
        if self._stored is None:
            self._stored = of_plan(self.change.connection, self.plan)
        return self._stored

    def _write(
        self, rule: Draft, measure: Measure, tier: str, values: Mapping[Period, int | None]
    ) -> None:
        db = self.change.connection
        who = cells.whose(rule, self.plan.who)
        whose = [who]
        if rule.whom == "each":
            whose = members(self.change, self.plan)
        stored = targets.values(db, self.plan.id, measure.id, tier)
        places: dict[Place, int | None] = {}
        for one in whose:
            places |= {Place(one, period): value for period, value in values.items()}
            if measure.is_flow:  # a level or a ratio of a year isn't the sum of its months'
                places |= _sums(one, values, stored, self.plan.period)
        changed = {
            place: value for place, value in places.items()
            if value != (stored[place].value if place in stored else None)
        }  # fmt: skip
        if changed:
            # Parts of a week, or of a half year, needn't be whole steps.
            targets.set_values(self.change, self.plan.id, measure.id, tier, changed, any_step=True)

    # -- rules -----------------------------------------------------------------------------------

    def _update(self, rule: Rule, values: dict[str, Any]) -> None:
        self._stored = None
        self.change.update(item_rule, rule.id, **values)

    def _check(self, draft: Draft) -> None:
        """Refuse what no rule may say. Raises InputError, NotFoundError."""
        if draft.kind not in RULE_KINDS:
            raise InputError(_("There is no such kind of rule."))
        if len(draft.written) > _LONGEST_WRITTEN:
            raise InputError(_("The figure is too long."))
        for text in (draft.words, draft.steps):
            target_rules.check_words(text, target_rules.LONGEST_REMARK, _("What is to be done"))
        if draft.kind == "target":
            self._check_target(draft)
        elif draft.kind == "cadence":
            if draft.days is not None and not 1 <= draft.days <= _LONGEST_CADENCE:
                raise InputError(
                    _("Customers are contacted every 1 to {most} days.").format(
                        most=_LONGEST_CADENCE
                    )
                )
        elif draft.value is not None and (draft.value < 0 or draft.value >= target_rules.LARGEST):
            raise InputError(_("A limit can't be negative or that large."))

    def _check_target(self, draft: Draft) -> None:
        target_rules.check_tier(draft.tier)
        measure = self.known.get(draft.measure_id or 0)
        if measure is None:
            raise NotFoundError(_("A target needs a measure."))
        target_rules.check_who(self.change.connection, cells.whose(draft, self.plan.who))
        for value in (draft.value, draft.highest):
            if value is not None:
                target_rules.check_value(measure, value)
        if draft.value is not None and draft.highest is not None and draft.highest < draft.value:
            raise InputError(_("A range begins with its smaller end."))
        cells.periods(draft, self.plan.period, self.work)


def members(change: Change, plan: plans.Plan) -> list[Who]:
    """Each person that a plan is for: of a team or the office, all that belong to it."""
    everyone = structure.read(change.connection)
    return [Who(None, key) for key in sorted(everyone.people_of(plan.who, plan.period))]


def rule_of_plan(change: Change, rule_id: int) -> tuple[plans.Plan, Rule]:
    """A rule and its plan, if the plan may be written. Raises as ``plan_rules.need_write``."""
    plan, rule = plan_and_rule(change.connection, rule_id)
    plan_rules.need_write(change, plan)
    return plan, rule


# -- within ----------------------------------------------------------------------------------------


def _pointed(rule: Draft) -> tuple[Any, ...]:
    """What decides which cells a target points to."""
    return (
        rule.kind, rule.measure_id, rule.tier, rule.every, rule.step, rule.period, rule.whom,
        rule.category, rule.product_id, rule.team_id, rule.person_id,
    )  # fmt: skip


def _tiers(rule: Rule) -> tuple[str, ...]:
    """The tiers that a target rule's cells stand in."""
    return (rule.tier,) if rule.highest is None else (rule.tier, cells.UPPER)


def _sums(
    who: Who, values: Mapping[Period, int | None], stored: Mapping[Place, Any], whole: Period
) -> dict[Place, int | None]:
    """What the longer periods above become: those that had no value, or were the sum of their
    parts, stay the sum of their parts; others stay as they are.
    """

    def was(period: Period) -> int | None:
        cell = stored.get(Place(who, period))
        return None if cell is None else cell.value

    now: dict[Period, int | None] = dict(values)
    found: dict[Place, int | None] = {}
    shortest = next(iter(values), None)
    if shortest is None:
        return found
    for kind in reversed(KINDS[KINDS.index(whole.kind) : KINDS.index(shortest.kind)]):
        for one in descendants(whole, kind):
            parts = children(one)
            if not any(part in now for part in parts):
                continue
            before = [was(part) for part in parts]
            old, old_sum = was(one), sum(value or 0 for value in before)
            if old is not None and old != old_sum:
                continue
            after = [now[part] if part in now else was(part) for part in parts]
            given = [value for value in after if value is not None]
            now[one] = sum(given) if given else None
            found[Place(who, one)] = now[one]
    return found


def _whole(value: Fraction, unit: str) -> int:
    if value.denominator != 1:
        raise InputError(_("{value} isn't a whole number of {unit}.").format(
            value=float(value), unit=unit
        ))  # fmt: skip
    return value.numerator


def _scaled(value: Fraction, scale: int) -> int:
    scaled = value * scale
    if scaled.denominator != 1:
        raise InputError(_("{value} has more decimals than are kept.").format(value=float(value)))
    return scaled.numerator
