"""The figures of a month, computed once as frozen rows: screen, paper and Excel show the same.

Values are integers in each measure's smallest step; shares are exact fractions, None where there
is no target or no base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import ColumnElement, Connection, Table, func, or_, select

from salesdesk.calc import pace as pace_rules
from salesdesk.calc.periods import (
    Period,
    containing,
    descendants,
    following,
    previous,
    same_last_year,
)
from salesdesk.customers import care
from salesdesk.customers.tables import activity, customer
from salesdesk.office import calendar, measures, people, settings
from salesdesk.office.measures import Measure
from salesdesk.planning import remarks
from salesdesk.planning.actuals import Key, actuals
from salesdesk.planning.counting import Counted, counting
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.sales import products
from salesdesk.sales.tables import deal, deal_share, payment, payment_share, product
from salesdesk.storage.schema import whole_sum


@dataclass(frozen=True, slots=True)
class Line:
    """A measure, team or person against its target; ``counted`` is None without one."""

    name: str
    team_name: str
    measure: Measure
    counted: Counted | None
    actual: int
    last_month: int
    last_year: int
    status: pace_rules.Status

    @property
    def target(self) -> int | None:
        """The target that attainment is reckoned against."""
        return None if self.counted is None else self.counted.target

    @property
    def assigned(self) -> int | None:
        """The assigned task."""
        return None if self.counted is None else self.counted.assigned

    @property
    def goal(self) -> int | None:
        """The own goal."""
        return None if self.counted is None else self.counted.goal

    @property
    def stretch(self) -> int | None:
        """The stretch."""
        return None if self.counted is None else self.counted.stretch

    @property
    def attainment(self) -> Fraction | None:
        """Actual / target."""
        return pace_rules.attainment(self.actual, self.target)

    @property
    def difference(self) -> int | None:
        """Actual less target."""
        return None if self.target is None else self.actual - self.target

    @property
    def month_on_month(self) -> Fraction | None:
        """Growth against the month before (环比)."""
        return pace_rules.change(self.actual, self.last_month)

    @property
    def year_on_year(self) -> Fraction | None:
        """Growth against the same month a year before (同比)."""
        return pace_rules.change(self.actual, self.last_year)


@dataclass(frozen=True, slots=True)
class MonthPoint:
    """A month of the year's chart."""

    month: Period
    target: int | None
    actual: int


@dataclass(frozen=True, slots=True)
class ProductLine:
    """What a product brought: hundredths of pieces, cents; ``below_floor`` counts deals."""

    name: str
    units: int
    amount: int
    cost: int
    below_floor: int

    @property
    def profit(self) -> int:
        """Amount less cost."""
        return self.amount - self.cost

    @property
    def average_price(self) -> int | None:
        """Cents a piece, rounded half up; None when nothing was sold."""
        return None if self.units <= 0 else (self.amount * 200 + self.units) // (2 * self.units)

    @property
    def margin(self) -> Fraction | None:
        """Profit / amount."""
        return None if self.amount <= 0 else Fraction(self.profit, self.amount)


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """How many reached a stage, and which share of the stage before that is."""

    code: str
    count: int
    conversion: Fraction | None


@dataclass(frozen=True, slots=True)
class CustomerFigures:
    """Customers of the month: new by source and grade, and who is neglected now."""

    new: int
    by_source: Sequence[tuple[str, int]]
    by_grade: Sequence[tuple[str, int]]
    overdue: Sequence[care.Neglect]


@dataclass(frozen=True, slots=True)
class MoneyFigures:
    """Payments and cancellations: cents, counts of deals."""

    due: int
    received: int
    overdue: int
    cancelled: int
    cancelled_amount: int


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """Why a target was missed and what will be done."""

    name: str
    measure: str
    reason: str
    countermeasure: str


@dataclass(frozen=True, slots=True)
class MonthlyFigures:
    """Everything a monthly report says."""

    month: Period
    who: Who
    scope: str
    settings: settings.Settings
    made_on: date
    pace: Fraction
    main: Measure | None  # what months, teams and people are shown by
    lines: Sequence[Line]
    months: Sequence[MonthPoint]
    teams: Sequence[Line]
    people: Sequence[Line]
    products: Sequence[ProductLine]
    funnel: Sequence[FunnelStage]
    customers: CustomerFigures
    money: MoneyFigures
    remarks: Sequence[RemarkLine]
    next_month: Sequence[tuple[Measure, int]]


def monthly(
    db: Connection, month: Period, *, who: Who = OFFICE, today: date | None = None
) -> MonthlyFigures:
    """The figures of ``month`` for the office, a team or a person, as they stand on ``today``.

    Raises CalendarError for a month the working calendar doesn't know.
    """
    day = today or date.today()
    return _Month(db, month, who, day).figures()


class _Month:
    """The figures of one month being computed."""

    def __init__(self, db: Connection, month: Period, who: Who, today: date) -> None:
        self.db, self.month, self.who, self.today = db, month, who, today
        self.measures = measures.measures(db)
        self.everyone = people.people(db, active_only=False)
        self.year = containing(month.start, "year")
        self.targets = counting(db, [self.year, following(month)])
        self.structure = self.targets.structure
        self.insiders = self.structure.people_of(who, month)
        self.share = pace_rules.pace(month, calendar.work_calendar(db), today)
        before, year_before = previous(month), same_last_year(month)
        both = actuals(db, self.measures, before.start, month.end, bucket="month")
        self.now = {key: value for key, value in both.items() if key.bucket == month.month_key}
        self.before = {key: value for key, value in both.items() if key.bucket == before.month_key}
        self.year_before = actuals(db, self.measures, year_before.start, year_before.end)
        #: Payments received: how many, and cents.
        self.received = self._payments(payment.c.paid_month == month.month_key)

    def figures(self) -> MonthlyFigures:
        return MonthlyFigures(
            month=self.month,
            who=self.who,
            scope=self._scope(),
            settings=settings.read(self.db),
            made_on=self.today,
            pace=self.share,
            main=self._main(),
            lines=[self._line(one, self.who, one.name) for one in self.measures],
            months=self._year(),
            teams=self._teams(),
            people=self._people(),
            products=self._products(),
            funnel=self._funnel(),
            customers=self._customers(),
            money=self._money(),
            remarks=self._remarks(),
            next_month=self._next_month(),
        )

    # -- targets and actuals -----------------------------------------------------------------------

    def _belongs(self, who: Who, person_id: int | None, month_key: int) -> bool:
        """Whether a person's month counts for somebody."""
        if who.level == "office":
            return True
        if person_id is None or who.person_id is not None:
            return person_id == who.person_id
        return self.structure.team_in_month(person_id, month_key) == who.team_id

    def within(self, person_id: int | None) -> bool:
        """Whether a person's month of the report counts for whom the figures are of."""
        return self.who == OFFICE or person_id in self.insiders

    def _scope(self) -> str:
        if self.who.person_id is not None:
            return people.person_by_id(self.db, self.who.person_id).name
        if self.who.team_id is not None:
            names = {one.id: one.name for one in people.teams(self.db, active_only=False)}
            return names.get(self.who.team_id, "")
        return ""

    def _line(self, measure: Measure, who: Who, name: str, team_name: str = "") -> Line:
        def total(reached: Mapping[Key, int], month: Period) -> int:
            return sum(
                value
                for key, value in reached.items()
                if key.measure_id == measure.id
                and self._belongs(who, key.person_id, month.month_key)
            )

        counted = self.targets.at(measure.id, who, self.month)
        target = None if counted is None else counted.target
        actual = total(self.now, self.month)
        return Line(
            name,
            team_name,
            measure,
            counted,
            actual,
            total(self.before, previous(self.month)),
            total(self.year_before, same_last_year(self.month)),
            pace_rules.status(actual, target, self.share),
        )

    def _main(self) -> Measure | None:
        return next((one for one in self.measures if one.code == "amount"), None)

    def _teams(self) -> list[Line]:
        main = self._main()
        if main is None or self.who != OFFICE:
            return []
        lines = [self._line(main, team(one.id), one.name) for one in people.teams(self.db)]
        return sorted(lines, key=_rank)

    def _people(self) -> list[Line]:
        main = self._main()
        if main is None:
            return []
        active = {key.person_id for key in self.now if key.measure_id == main.id}
        lines = [
            self._line(main, person(one.id), one.name, one.team_name)
            for one in self.everyone
            if self.within(one.id) and (one.id in active or (one.active and one.role != "manager"))
        ]
        return sorted(lines, key=_rank)

    def _year(self) -> list[MonthPoint]:
        main = self._main()
        if main is None:
            return []
        found = actuals(self.db, [main], self.year.start, self.year.end, bucket="month")
        sums: dict[object, int] = {}
        for key, value in found.items():
            assert isinstance(key.bucket, int)
            if self._belongs(self.who, key.person_id, key.bucket):
                sums[key.bucket] = sums.get(key.bucket, 0) + value
        points = []
        for month in descendants(self.year, "month"):
            target = self._target(month, main)
            points.append(MonthPoint(month, target, sums.get(month.month_key, 0)))
        return points

    def _target(self, month: Period, measure: Measure) -> int | None:
        """What counts in a month for whom the figures are of."""
        counted = self.targets.at(measure.id, self.who, month)
        return None if counted is None else counted.target

    def _next_month(self) -> list[tuple[Measure, int]]:
        month = following(self.month)
        wanted = [(one, self._target(month, one)) for one in self.measures]
        return [(one, value) for one, value in wanted if value is not None]

    def _remarks(self) -> list[RemarkLine]:
        names = {one.id: one.name for one in self.everyone}
        team_names = {one.id: one.name for one in people.teams(self.db, active_only=False)}
        known = {one.id: one.name for one in self.measures}
        found = []
        for (_plan_id, measure_id, who), words in remarks.remarks(self.db, self.month).items():
            if who.person_id is not None and not self.within(who.person_id):
                continue
            if who.person_id is None and self.who not in (OFFICE, who):
                continue
            name = names.get(who.person_id or 0) or team_names.get(who.team_id or 0, "")
            found.append(
                RemarkLine(name, known.get(measure_id, ""), words.reason, words.countermeasure)
            )
        return found

    # -- what else happened ------------------------------------------------------------------------

    def _products(self) -> list[ProductLine]:
        by_code = {one.counts: one for one in measures.measures(self.db, active_only=False)}
        wanted = [by_code[code] for code in ("amount", "units", "profit") if code in by_code]
        found = actuals(self.db, wanted, self.month.start, self.month.end, by_product=True)
        code = {one.id: one.counts for one in wanted}
        sums: dict[int, dict[str, int]] = {}
        for key, value in found.items():
            if key.product_id is not None and self.within(key.person_id):
                part = sums.setdefault(key.product_id, {})
                name = code[key.measure_id]
                part[name] = part.get(name, 0) + value
        below = self._below_floor()
        lines = [
            ProductLine(
                one.name,
                sums[one.id].get("units", 0),
                sums[one.id].get("amount", 0),
                sums[one.id].get("amount", 0) - sums[one.id].get("profit", 0),
                below.get(one.id, 0),
            )
            for one in products.products(self.db, active_only=False)
            if one.id in sums
        ]
        return sorted(lines, key=lambda line: (-line.amount, line.name))

    def _below_floor(self) -> dict[int, int]:
        """Deals of the month whose profit is below the product's floor, by product.

        The rule is that of ``products.below_floor``.
        """
        least = product.c.profit_floor * deal.c.quantity
        query = (
            select(deal.c.product_id, func.count(func.distinct(deal.c.id)))
            .join(product, product.c.id == deal.c.product_id)
            .where(
                deal.c.contracted_month == self.month.month_key,
                deal.c.amount - deal.c.cost < least,
            )
            .group_by(deal.c.product_id)
        )
        if self.who != OFFICE:
            query = query.join(deal_share, deal_share.c.deal_id == deal.c.id).where(
                *self._people_condition(deal_share.c.person_id)
            )
        return {row[0]: row[1] for row in self.db.execute(query)}

    def _people_condition(self, column: ColumnElement[int]) -> list[ColumnElement[bool]]:
        if self.who == OFFICE:
            return []
        return [column.in_([one.id for one in self.everyone if self.within(one.id)])]

    def _funnel(self) -> list[FunnelStage]:
        key = self.month.month_key
        kinds: dict[str, int] = {}
        for kind, count in self.db.execute(
            select(activity.c.kind, func.count())
            .where(activity.c.month == key, *self._people_condition(activity.c.person_id))
            # In the order of the index, so that nothing is sorted.
            .group_by(activity.c.person_id, activity.c.kind)
        ):
            kinds[kind] = kinds.get(kind, 0) + count
        counts = {
            "calls": sum(kinds.get(k, 0) for k in ("call", "effective_call", "call_received")),
            "visits": kinds.get("visit", 0) + kinds.get("walk_in", 0),
        }
        for stage in ("intention", "subscribed", "contracted"):
            counts[stage] = self._deals(deal.c[f"{stage}_month"] == key)[0]
        counts["collected"] = self.received[0]
        stages = []
        before: int | None = None
        for code, count in counts.items():
            share = None if not before or code == "collected" else Fraction(count, before)
            stages.append(FunnelStage(code, count, share))
            before = count
        return stages

    def _deals(self, *conditions: ColumnElement[bool]) -> tuple[int, int]:
        return self._credited(deal, deal_share, deal_share.c.deal_id, conditions)

    def _payments(self, *conditions: ColumnElement[bool]) -> tuple[int, int]:
        return self._credited(payment, payment_share, payment_share.c.payment_id, conditions)

    def _credited(
        self,
        whole: Table,
        share: Table,
        key: ColumnElement[int],
        conditions: Sequence[ColumnElement[bool]],
    ) -> tuple[int, int]:
        """(how many deals or payments, cents credited to whom the figures are of)."""
        if self.who == OFFICE:  # all the parts together are the whole: they needn't be read
            query = select(func.count(), whole_sum(whole.c.amount)).where(*conditions)
        else:
            query = (
                select(func.count(func.distinct(whole.c.id)), whole_sum(share.c.amount))
                .join(share, key == whole.c.id)
                .where(*conditions, *self._people_condition(share.c.person_id))
            )
        count, amount = self.db.execute(query).one()
        return count, amount or 0

    def _customers(self) -> CustomerFigures:
        within = [
            customer.c.registered_month == self.month.month_key,
            *self._people_condition(customer.c.owner_id),
        ]

        def by(column: ColumnElement[str]) -> list[tuple[str, int]]:
            rows = self.db.execute(
                select(column, func.count()).where(*within).group_by(column)
            ).all()
            return sorted(((row[0], row[1]) for row in rows), key=lambda row: (-row[1], row[0]))

        sources = by(customer.c.source)
        neglected = care.overdue_by_person(self.db, self.today)
        return CustomerFigures(
            sum(count for _source, count in sources),
            sources,
            sorted(by(customer.c.grade), key=lambda row: row[0] or "Z"),
            [one for one in neglected if self.within(one.person_id)],
        )

    def _money(self) -> MoneyFigures:
        until = min(self.month.end, self.today)  # what is due today isn't overdue yet
        # Nothing more is expected of a deal that fell through; what was paid of it was due.
        gone = select(deal.c.id).where(deal.c.cancelled_month.is_not(None))
        due = self._payments(
            payment.c.due_on >= self.month.start,
            payment.c.due_on < self.month.end,
            or_(payment.c.paid_on.is_not(None), payment.c.deal_id.not_in(gone)),
        )
        overdue = self._payments(
            payment.c.due_on < until, payment.c.paid_on.is_(None), payment.c.deal_id.not_in(gone)
        )
        cancelled = self._deals(deal.c.cancelled_month == self.month.month_key)
        return MoneyFigures(due[1], self.received[1], overdue[1], *cancelled)


def _rank(line: Line) -> tuple[bool, Fraction, int, str]:
    """Best attainment first, those without a target after the others, then by amount."""
    reached = line.attainment
    return (reached is None, -(reached or Fraction(0)), -line.actual, line.name)
