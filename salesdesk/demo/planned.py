"""The demo's plans: this year's and last year's, teams' and people's, with targets that fit.

An invented office's targets are worked out from what it achieved, so that attainment lies where a
working office's does, whatever its kind and size; they are split by the program's own splits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from random import Random

from salesdesk.calc import pace as pace_rules
from salesdesk.calc.periods import (
    Kind,
    Period,
    containing,
    descendants,
    following,
    previous,
)
from salesdesk.demo.content import Content
from salesdesk.demo.crowd import Seller
from salesdesk.office import approvals, calendar, measures
from salesdesk.office.measures import Measure
from salesdesk.planning import (
    beginning,
    comments,
    deciding,
    grid,
    items,
    plans,
    remarks,
    revisions,
    splitting,
    summaries,
    targets,
    templates,
)
from salesdesk.planning.actuals import actuals
from salesdesk.planning.outlines import Line
from salesdesk.planning.places import OFFICE, Place, Who, person, team
from salesdesk.storage.history import Change
from salesdesk.text import _

#: Measures whose year is split over people and months; the others are set month by month.
_SOLD = ("amount", "units", "profit", "subscriptions", "contracts", "collections", "commission")
_DONE = ("calls", "effective_calls", "visits", "new_customers", "potential_customers")
#: Of what is done: down to which period the month is split.
_FINEST: Mapping[str, Kind] = {
    "calls": "day", "effective_calls": "day", "visits": "week", "new_customers": "week",
}  # fmt: skip
#: The yearly plan of one person: task and goal in yuan, and what each quarter gets.
TASK, GOAL, QUARTER = 300_000, 350_000, 75_000


@dataclass(frozen=True, slots=True)
class Staff:
    """Who the plans are for: the members of each team (its lead first), the manager."""

    team_ids: Sequence[int]
    members: Mapping[int, Sequence[Seller]]
    manager_id: int
    names: Mapping[int, str]

    @property
    def newcomers(self) -> list[Seller]:
        """The two who joined last, the newest first."""
        return sorted(self.sellers, key=lambda seller: -seller.joined)[:2]

    @property
    def sellers(self) -> list[Seller]:
        """All members in the teams' order."""
        return [seller for team_id in self.team_ids for seller in self.members[team_id]]


class Planner:
    """Writes the plans of an office whose customers and deals are there already."""

    def __init__(
        self, change: Change, content: Content, staff: Staff, today: date, rng: Random
    ) -> None:
        self.change, self.content, self.staff = change, content, staff
        self.today, self.rng = today, rng
        db = change.connection
        self.work = calendar.work_calendar(db)
        self.measures = {measure.code: measure for measure in measures.measures(db)}
        self.month = containing(today, "month")
        self.year = containing(today, "year")
        #: (measure code, month key, person id or None for all) -> what was achieved
        self.done = self._achieved()

    def write(self) -> None:
        """Every plan, the oldest first."""
        last = self._office_year(previous(self.year))
        self._approve(last)
        now = self._office_year(self.year)
        self._lock(now)
        self._approve(now)
        self._explain(last, now)
        self._move(last, ("closed",))
        for month in descendants(self.year, "month"):
            if month.start <= self.today:
                self._office_month(month, now)
        self._from_templates(now)
        self._yearly_task(self.staff.sellers[1])
        self._manager()
        self._next_month(now)

    # -- what was achieved -------------------------------------------------------------------------

    def _achieved(self) -> dict[tuple[str, int, int | None], int]:
        start = date(self.year.start.year - 3, 1, 1)
        found = actuals(
            self.change.connection, self.measures.values(), start, self.year.end, bucket="month"
        )
        code = {measure.id: measure.code for measure in self.measures.values()}
        sums: dict[tuple[str, int, int | None], int] = {}
        for key, value in found.items():
            assert isinstance(key.bucket, int)
            for person_id in {key.person_id, None}:
                at = (code[key.measure_id], key.bucket, person_id)
                sums[at] = sums.get(at, 0) + value
        return sums

    def _of(self, measure: Measure, period: Period, person_id: int | None = None) -> int:
        return sum(
            self.done.get((measure.code, month.month_key, person_id), 0)
            for month in descendants(period, "month")
        )

    def _month_weights(self, measure: Measure, whole: Period) -> dict[Period, int]:
        return splitting.month_weights(
            self.change.connection, measure, OFFICE, whole, splitting.HISTORY_YEARS
        )

    def _forecast(self, measure: Measure, whole: Period) -> int:
        """What the whole year will bring, going by what it brought so far and the year before."""
        if whole.end <= self.today:
            return self._of(measure, whole)
        weights = self._month_weights(measure, whole)
        share = pace_rules.pace(self.month, self.work, self.today)
        passed = sum(
            weight if month.end <= self.today else weight * share
            for month, weight in weights.items()
            if month.start <= self.today
        )
        rest = 1 - Fraction(passed) / sum(weights.values())
        before = self._of(measure, previous(whole)) * Fraction(12, 10)
        return int(self._of(measure, whole) + rest * before)

    # -- the office's plans ------------------------------------------------------------------------

    def _office_year(self, whole: Period) -> int:
        plan_id = self._plan("office_year", whole, template="sales-manager")
        for code in _SOLD:
            measure = self.measures.get(code)
            if measure is None:
                continue
            # A little more than was achieved: a task is seldom met by all.
            expected = _nice(self._forecast(measure, whole) * 103 // 100, measure.step)
            if expected <= 0:
                continue
            self._split_year(plan_id, measure, "assigned", whole, expected)
            if code in ("amount", "contracts", "collections"):
                goal = _nice(expected * 108 // 100, measure.step)
                self._split_year(plan_id, measure, "goal", whole, goal)
            if code == "amount":
                self._stretch(plan_id, measure, whole, expected)
        for code in _DONE:
            if code in self.measures:
                self._split_months(plan_id, self.measures[code], whole)
        own = next((one for one in self.measures.values() if one.counts == "hand"), None)
        if own is not None and whole == self.year:
            self._split_months(plan_id, own, whole)
        return plan_id

    def _split_year(
        self, plan_id: int, measure: Measure, tier: str, whole: Period, total: int
    ) -> None:
        """A year's total over people by skill and time here, then over months; sums above."""
        weights = self._month_weights(measure, whole)
        here = {
            seller.id: {
                month: weight if seller.joined < month.end.toordinal() else 0
                for month, weight in weights.items()
            }
            for seller in self.staff.sellers
        }
        weigh = {
            seller.id: seller.skill * sum(here[seller.id].values()) for seller in self.staff.sellers
        }
        place = Place(OFFICE, whole)
        targets.set_values(self.change, plan_id, measure.id, tier, {place: total})
        self._over_people(plan_id, measure, tier, {place: weigh})
        self._over_time(
            plan_id,
            measure,
            tier,
            {
                Place(person(seller.id), whole): _percent(list(here[seller.id].values()))
                for seller in self.staff.sellers
                if weigh[seller.id]
            },
            "month",
        )
        self._add_up(plan_id, measure, tier, descendants(whole, "month"))
        if whole == self.year and measure.code == "amount" and tier == "assigned":
            self._down_to(plan_id, measure, tier, "week")

    def _split_months(self, plan_id: int, measure: Measure, whole: Period) -> None:
        """Targets of what people do, a month at a time: near what they do, a little above."""
        share = pace_rules.pace(self.month, self.work, self.today)
        before = self._of(measure, previous(self.month))
        totals: dict[Place, int | None] = {}
        weights: dict[Place, Mapping[int, int]] = {}
        for month in descendants(whole, "month"):
            if month.end <= self.today:
                expected = self._of(measure, month)
                done = self._by_person(measure, month)
            else:
                expected = int(self._of(measure, self.month) + (1 - share) * before)
                done = self._by_person(measure, self.month, previous(self.month))
            expected = int(expected * (0.98 + 0.14 * self.rng.random()))
            expected = max(measure.step, expected // measure.step * measure.step)
            weigh = {
                seller.id: done[seller.id] if seller.joined < month.end.toordinal() else 0
                for seller in self.staff.sellers
            }
            if any(weigh.values()):
                totals[Place(OFFICE, month)] = expected
                weights[Place(OFFICE, month)] = weigh
        targets.set_values(self.change, plan_id, measure.id, "assigned", totals)
        self._over_people(plan_id, measure, "assigned", weights)
        self._add_up(plan_id, measure, "assigned", descendants(whole, "month"))
        if whole == self.year and measure.code in _FINEST:
            self._down_to(plan_id, measure, "assigned", _FINEST[measure.code])

    def _by_person(self, measure: Measure, *months: Period) -> dict[int, int]:
        """How much each person does in 1,000 days, by what they did and by what all did."""
        start = min(month.start for month in months).toordinal()
        end = min(max(month.end for month in months), self.today + timedelta(days=1)).toordinal()
        found = {}
        for seller in self.staff.sellers:
            done = max(0, sum(self._of(measure, month, seller.id) for month in months))
            here = end - max(start, min(seller.joined, end - 1))
            found[seller.id] = done * 1_000 // here
        whole = sum(found.values())
        skill = sum(seller.skill for seller in self.staff.sellers)
        return {
            seller.id: found[seller.id] * 2 + whole * seller.skill // skill
            for seller in self.staff.sellers
        }

    def _stretch(self, plan_id: int, measure: Measure, whole: Period, expected: int) -> None:
        """The stretch is shared out to the teams but for a rest that nobody has taken yet."""
        total = _nice(expected * 118 // 100, measure.step)
        given = total * 95 // 100
        place = Place(OFFICE, whole)
        targets.set_values(self.change, plan_id, measure.id, "stretch", {place: given})
        weigh = {seller.id: seller.skill for seller in self.staff.sellers}
        self._over_people(plan_id, measure, "stretch", {place: weigh})
        targets.set_values(self.change, plan_id, measure.id, "stretch", {place: total})

    def _down_to(self, plan_id: int, measure: Measure, tier: str, kind: Kind) -> None:
        """Each person's current month over its weeks or days, and the sums above.

        What newcomers do daily and weekly stands in their own plans.
        """
        stored = targets.values(self.change.connection, plan_id, measure.id, tier)
        newcomers = self.staff.newcomers if measure.code in _FINEST else []
        places = [
            Place(person(seller.id), self.month)
            for seller in self.staff.sellers
            if seller not in newcomers
        ]
        places = [place for place in places if place in stored]
        self._over_time(plan_id, measure, tier, dict.fromkeys(places), kind)
        parts = list(descendants(self.month, "week"))
        if kind == "day":
            parts += descendants(self.month, "day")
        self._sum_people(plan_id, measure, tier, parts)

    def _over_people(
        self,
        plan_id: int,
        measure: Measure,
        tier: str,
        weights: Mapping[Place, Mapping[int, int]],
    ) -> None:
        """Split each place over people by its weights.

        Who has none gets no target, rather than one of zero.
        """
        db = self.change.connection
        cells = grid.read(db, plan_id, measure.id, tier)
        changes: dict[Place, int | None] = {}
        for place, weigh in weights.items():
            percent = dict(zip(weigh, _percent(list(weigh.values())), strict=True))
            parts = splitting.over_people(db, cells, place, way="percent", percent=percent)
            for part, value in parts.items():
                person_id = part.who.person_id
                changes[part] = value if person_id is None or weigh.get(person_id) else None
        self._set_parts(plan_id, measure, tier, changes)

    def _over_time(
        self,
        plan_id: int,
        measure: Measure,
        tier: str,
        percents: Mapping[Place, Sequence[int | Fraction] | None],
        kind: Kind,
    ) -> None:
        """Split each place over time by its percentages, by working days where it has none."""
        db = self.change.connection
        cells = grid.read(db, plan_id, measure.id, tier)
        changes: dict[Place, int | None] = {}
        for place, percent in percents.items():
            way = "workdays" if percent is None else "percent"
            changes |= splitting.over_time(db, cells, place, kind, way=way, percent=percent)
        self._set_parts(plan_id, measure, tier, changes)

    def _set_parts(
        self, plan_id: int, measure: Measure, tier: str, changes: Mapping[Place, int | None]
    ) -> None:
        """Set what a split gave: parts of an odd total needn't be multiples of the step."""
        targets.set_values(self.change, plan_id, measure.id, tier, changes, any_step=True)

    def _add_up(self, plan_id: int, measure: Measure, tier: str, months: Sequence[Period]) -> None:
        """Quarters and years of people, then everything of teams and the office, as sums."""
        whole = containing(months[0].start, "year")
        stored = targets.values(self.change.connection, plan_id, measure.id, tier)
        wanted: dict[Place, int | None] = {}
        for seller in self.staff.sellers:
            who = person(seller.id)
            for longer in (*descendants(whole, "quarter"), whole):
                parts = [
                    stored[Place(who, month)].value
                    for month in descendants(longer, "month")
                    if Place(who, month) in stored
                ]
                if parts:
                    wanted[Place(who, longer)] = sum(parts)
        targets.set_values(self.change, plan_id, measure.id, tier, wanted)
        periods = [whole, *descendants(whole, "quarter"), *descendants(whole, "month")]
        self._sum_people(plan_id, measure, tier, periods)

    def _sum_people(
        self, plan_id: int, measure: Measure, tier: str, periods: Sequence[Period]
    ) -> None:
        """Teams as the sums of their people, the office as the sum of its teams."""
        stored = targets.values(self.change.connection, plan_id, measure.id, tier)
        wanted: dict[Place, int | None] = {}
        for period in periods:
            all_teams = []
            for team_id in self.staff.team_ids:
                parts = [
                    stored[Place(person(seller.id), period)].value
                    for seller in self.staff.members[team_id]
                    if Place(person(seller.id), period) in stored
                ]
                if parts:
                    wanted[Place(team(team_id), period)] = sum(parts)
                    all_teams.append(sum(parts))
            if all_teams:
                wanted[Place(OFFICE, period)] = sum(all_teams)
        targets.set_values(self.change, plan_id, measure.id, tier, wanted)

    def _lock(self, plan_id: int) -> None:
        """Lock what two people have promised: this month's amount, and the last month's."""
        amount = self.measures["amount"]
        first, second = self.staff.sellers[0], self.staff.sellers[5]
        months = descendants(self.year, "month")
        places = [Place(person(first.id), self.month), Place(person(second.id), months[-1])]
        targets.set_locked(self.change, plan_id, amount.id, "assigned", places, True)

    def _explain(self, last_year_plan: int, this_year_plan: int) -> None:
        """Reason and countermeasure where somebody missed the month just past or before that."""
        amount = self.measures["amount"]
        month = previous(self.month)
        for limit in (Fraction(9, 10), Fraction(6, 10)):
            plan_id = this_year_plan if month.start >= self.year.start else last_year_plan
            stored = targets.values(self.change.connection, plan_id, amount.id, "assigned")
            wanted: dict[Place, remarks.Words] = {}
            for seller in self.staff.sellers:
                cell = stored.get(Place(person(seller.id), month))
                if cell and cell.value and self._of(amount, month, seller.id) < limit * cell.value:
                    wanted[Place(person(seller.id), month)] = remarks.Words(
                        self.rng.choice(self.content.reasons),
                        self.rng.choice(self.content.countermeasures),
                    )
            remarks.set_remarks(self.change, plan_id, amount.id, wanted)
            month = previous(month)

    def _office_month(self, month: Period, year_plan: int) -> None:
        """A month's plan says in words what the year's plan holds in figures."""
        plan_id = self._plan("office_month", month)
        for code in ("amount", "contracts", "collections"):
            if code not in self.measures:
                continue
            measure = self.measures[code]
            stored = targets.values(self.change.connection, year_plan, measure.id, "assigned")
            cell = stored.get(Place(OFFICE, month))
            if cell is not None:
                targets.set_values(
                    self.change, plan_id, measure.id, "assigned", {Place(OFFICE, month): cell.value}
                )
        self._approve(plan_id, close=month.end <= self.today)

    def _next_month(self, year_plan: int) -> None:
        """The draft for next month, split over people and weeks."""
        month = following(self.month)
        plan_id = self._plan("office_month", month)
        weigh = {seller.id: seller.skill for seller in self.staff.sellers}
        for code in ("amount", "contracts", "collections", "calls", "visits", "new_customers"):
            measure = self.measures.get(code)
            if measure is None:
                continue
            stored = targets.values(self.change.connection, year_plan, measure.id, "assigned")
            cell = stored.get(Place(OFFICE, month)) or stored.get(Place(OFFICE, self.month))
            if cell is None:
                continue
            total = _nice(cell.value * 105 // 100, measure.step)
            place = Place(OFFICE, month)
            targets.set_values(self.change, plan_id, measure.id, "assigned", {place: total})
            self._over_people(plan_id, measure, "assigned", {place: weigh})
            own = [Place(person(seller.id), month) for seller in self.staff.sellers]
            self._over_time(plan_id, measure, "assigned", dict.fromkeys(own), "week")
            self._sum_people(plan_id, measure, "assigned", descendants(month, "week"))

    # -- teams' and people's plans -----------------------------------------------------------------

    def _from_templates(self, year_plan: int) -> None:
        """A plan from each template, in every state; two newcomers follow theirs to the letter."""
        sellers, quarter = self.staff.sellers, containing(self.today, "quarter")
        teams = [team(team_id) for team_id in self.staff.team_ids]
        approved, submitted = ("submitted", "approved"), ("submitted",)
        returned = ("submitted", "returned")
        for name, period, who, moves in (
            ("property-sales", self.year, person(sellers[0].id), approved),
            ("shop-sales", self.month, person(sellers[9].id), ()),
            ("showroom-assistant", quarter, OFFICE, submitted),
            ("management-by-objectives", quarter, teams[0], approved),
            ("management-by-objectives", quarter, teams[1], submitted),
            ("management-by-objectives", quarter, teams[2], returned),
            ("territory", self.year, person(sellers[8].id), submitted),
            ("weekly-new-customers", self.month, person(sellers[2].id), approved),
        ):
            plan_id = self._filled(name, period, who, year_plan)
            self._move(plan_id, moves)
            if name == "property-sales":
                self._revise(plan_id)
        for name, seller in zip(("call-plan", "new-market"), self.staff.newcomers, strict=False):
            plan_id = templates.new_plan(
                self.change, name, period=self.month, who=person(seller.id)
            )
            self._move(plan_id, approved)

    def _filled(self, name: str, period: Period, who: Who, year_plan: int) -> int:
        """A plan with a template's text, and for its measures the office's targets for ``who``.

        A template's own figures are those of the trade it was written for.
        """
        template = templates.named(name)
        plan_id = beginning.with_text(
            self.change,
            template.text,
            title=_("{period} {title}").format(period=period.label, title=template.title),
            period=period,
            who=who,
            template=name,
        )
        version = plans.plan_by_id(self.change.connection, plan_id).version
        # Who the plan is for sees in the demo, too, what is to be written.
        summaries.ask(self.change, plan_id, template.reviews, seen_version=version)
        for code, tier in dict.fromkeys(
            (template_target.measure, template_target.tier) for template_target in template.targets
        ):
            measure = self.measures.get(code)
            if measure is None:
                continue
            stored = targets.values(self.change.connection, year_plan, measure.id, tier)
            wanted: dict[Place, int | None] = {
                place: cell.value
                for place, cell in stored.items()
                if place.who == who
                and period.start <= place.period.start
                and place.period.end <= period.end
            }
            targets.set_values(self.change, plan_id, measure.id, tier, wanted)
        return plan_id

    def _yearly_task(self, one: Seller) -> None:
        """Task 300,000, goal 350,000, 75,000 a quarter: 50,000 of the goal belong to no quarter."""
        plan_id = self._plan("yearly_task", self.year, who=person(one.id), template="yearly-abc")
        measure = self.measures.get("commission") or self.measures["profit"]
        scale = 10**measure.digits
        who = person(one.id)
        quarters = {
            Place(who, quarter): QUARTER * scale for quarter in descendants(self.year, "quarter")
        }
        for tier, whole in (("assigned", TASK), ("goal", GOAL)):
            targets.set_values(
                self.change, plan_id, measure.id, tier,
                {Place(who, self.year): whole * scale, **quarters},
            )  # fmt: skip
        self._approve(plan_id)

    def _manager(self) -> None:
        """The manager's own month: a few calls a day, visits every week."""
        who = person(self.staff.manager_id)
        plan_id = self._plan("person_month", self.month, who=who)
        days = sum(1 for day in descendants(self.month, "day") if self.work.weight(day.start))
        for code, total in (("calls", 3 * days), ("effective_calls", days), ("visits", 8)):
            measure = self.measures[code]
            place = Place(who, self.month)
            targets.set_values(self.change, plan_id, measure.id, "assigned", {place: total})
            splitting.split_time(self.change, plan_id, measure, "assigned", place, _FINEST[code])
        self._approve(plan_id)

    def _plan(self, name: str, period: Period, *, who: Who = OFFICE, template: str = "") -> int:
        """A plan titled in the demo's words, with a template's text or the demo's own."""
        start = period.start
        title = self.content.titles[name].format(
            year=start.year, month=start.month, person=self.staff.names.get(who.person_id or 0, "")
        )
        text = templates.named(template).text if template else self.content.texts[name]
        return beginning.with_text(
            self.change, text, title=title, period=period, who=who, template=template
        )

    def _approve(self, plan_id: int, *, close: bool = False) -> None:
        self._move(plan_id, ("submitted", "approved", "closed")[: 3 if close else 2])

    def _move(self, plan_id: int, statuses: Iterable[str], on: date | None = None) -> None:
        """Submitted by its owner (a team's lead) as its period begins, or on another day, decided
        by the manager.
        """
        plan = plans.plan_by_id(self.change.connection, plan_id)
        asker = plan.who.person_id or self.staff.manager_id
        if plan.who.team_id is not None:
            asker = self.staff.members[plan.who.team_id][0].id
        kept = self.change.person_id, self.change.now
        self.change.now = datetime.combine(on or min(self.today, plan.period.start), time(9))
        for status in statuses:
            if status == "submitted":
                self.change.person_id = None
                deciding.submit(self.change, plan_id)
                approvals.ask(self.change, plans.SUBJECT, plan_id, plans.RULE, asker_id=asker)
                continue
            self.change.person_id = self.staff.manager_id
            words = ""
            if status == "returned":
                words = self.content.plan_comment
                self._comment(plan_id)
            deciding.move(self.change, plan_id, status, words)
        self.change.person_id, self.change.now = kept

    def _comment(self, plan_id: int) -> None:
        """Ask of the plan's first item who does it by when."""
        first = next(
            item for item in items.of_plan(self.change.connection, plan_id) if item.kind == "item"
        )
        comments.add(self.change, plan_id, self.content.item_comment, item_id=first.id)

    def _revise(self, plan_id: int) -> None:
        """Take an approved plan up again as the market moved, and have it approved once more."""
        plan = plans.plan_by_id(self.change.connection, plan_id)
        day = max(plan.period.start, self.today - timedelta(days=30))
        kept = self.change.person_id, self.change.now
        self.change.person_id = self.staff.manager_id
        self.change.now = datetime.combine(day, time(9))
        revisions.revise(self.change, plan_id, "market", self.content.revision_words)
        found = [item.line for item in items.of_plan(self.change.connection, plan_id)]
        lines = [*found, Line("item", found[-1].level, self.content.revision_item)]
        version = plans.plan_by_id(self.change.connection, plan_id).version
        items.write(self.change, plan_id, lines, seen_version=version)
        self.change.person_id, self.change.now = kept
        self._move(plan_id, ("submitted", "approved"), day)


def _nice(value: int, step: int) -> int:
    """A round figure near ``value``: two leading digits, at least one step."""
    steps: int = max(1, value // step)
    unit = int(10 ** max(0, len(str(steps)) - 2))
    return (steps + unit // 2) // unit * unit * step


def _percent(weights: Sequence[int]) -> list[int | Fraction]:
    """Weights as percentages that sum to exactly 100."""
    total = sum(weights)
    return [Fraction(weight * 100, total) for weight in weights]
