"""Every figure of a month, reckoned again from the rows by plain Python, is the report's.

The rows are read whole and nothing of the readers is used: no sums, conditions or periods of
theirs. The office is the demo's, made harder: some costs are unknown, somebody changed teams.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from salesdesk import demo
from salesdesk.calc.periods import Period, parse
from salesdesk.office import calendar, people
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.reports import kinds
from salesdesk.reports.kinds import Figures
from salesdesk.reports.monthly import MONTHLY
from salesdesk.reports.sections.customers import CARE, CUSTOMERS
from salesdesk.reports.sections.funnel import FUNNEL
from salesdesk.reports.sections.measures import MEASURES
from salesdesk.reports.sections.money import MONEY
from salesdesk.reports.sections.products import PRODUCTS
from salesdesk.reports.sections.quotas import QUOTAS
from salesdesk.reports.sections.ranking import PEOPLE, TEAMS
from salesdesk.reports.sections.remarks import REMARKS
from salesdesk.reports.sections.year import YEAR
from salesdesk.reports.weekly import WEEKLY
from salesdesk.sales.tables import deal, deal_share
from salesdesk.storage.schema import metadata
from salesdesk.workspace import Workspace

TODAY = date(2026, 11, 24)
#: A past month, and a running one.
OCTOBER, NOVEMBER, WEEK = parse("2026-10"), parse("2026-11"), parse("2026-11-W2")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Office:
    """All rows of an office, by table."""

    rows: Mapping[str, Sequence[Row]]

    def __getitem__(self, name: str) -> Sequence[Row]:
        return self.rows[name]

    def by_id(self, name: str) -> dict[int, Row]:
        """A table's rows by their id."""
        return {row["id"]: row for row in self.rows[name]}


def _everything(db: Connection) -> Office:
    tables = metadata.tables
    names = (
        "person", "team", "membership", "measure", "customer", "activity", "product", "deal",
        "deal_share", "payment", "payment_share", "hand_count", "plan", "target", "remark",
    )  # fmt: skip
    rows: dict[str, list[Row]] = {
        name: [dict(row) for row in db.execute(select(tables[name])).mappings()] for name in names
    }
    return Office(rows)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    path = tmp_path_factory.mktemp("demo") / "demo.office"
    with demo.make(path, today=TODAY) as made:
        with made.unrecorded() as change:
            for table, key in ((deal, deal.c.id), (deal_share, deal_share.c.deal_id)):
                change.connection.execute(update(table).where(key % 7 == 0).values(cost=None))
            mover = next(p for p in people.people(change.connection) if p.role == "salesperson")
            other = next(t for t in people.teams(change.connection) if t.id != mover.team_id)
            people.edit_person(change, mover.id, seen_version=mover.version, team_id=other.id)
        yield made


@pytest.fixture(scope="module")
def office(workspace: Workspace) -> Office:
    return workspace.read(_everything)


# -- reckoned by hand ------------------------------------------------------------------------------


def _team_of(office: Office, person_id: int, day: date) -> int | None:
    """The team a person was in at the end of the day's month."""
    end = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    rows = sorted(
        (row for row in office["membership"] if row["person_id"] == person_id),
        key=lambda row: row["since"],
    )
    before = [row for row in rows if row["since"] < end]
    return before[-1]["team_id"] if before else rows[0]["team_id"] if rows else None


def _counts_for(office: Office, who: Who, person_id: int, day: date) -> bool:
    if who.person_id is not None:
        return person_id == who.person_id
    return who.team_id is None or _team_of(office, person_id, day) == who.team_id


def _credits(office: Office, stage: str) -> Iterator[tuple[date, int, int, Row, Row]]:
    """(day, sign, person, share, deal) of deals by a stage, and of those taken off again."""
    deals = office.by_id("deal")
    for share in office["deal_share"]:
        whole = deals[share["deal_id"]]
        if whole[f"{stage}_on"] is None:
            continue
        yield whole[f"{stage}_on"], 1, share["person_id"], share, whole
        if whole["cancelled_on"] is not None:
            yield whole["cancelled_on"], -1, share["person_id"], share, whole


def _happened(office: Office) -> dict[str, list[tuple[date, int, int]]]:
    """(day, person, value) of everything that counts, by what counts it."""
    found: defaultdict[str, list[tuple[date, int, int]]] = defaultdict(list)
    for day, sign, who, share, _whole in _credits(office, "contracted"):
        found["amount"].append((day, who, sign * share["amount"]))
        found["units"].append((day, who, sign * share["quantity"]))
        found["commission"].append((day, who, sign * share["commission"]))
        found["contracts"].append((day, who, sign * share["deals"]))
        if share["cost"] is not None:
            found["profit"].append((day, who, sign * (share["amount"] - share["cost"])))
    for day, sign, who, share, _whole in _credits(office, "subscribed"):
        found["subscriptions"].append((day, who, sign * share["deals"]))
    payments = office.by_id("payment")
    for share in office["payment_share"]:
        paid_on = payments[share["payment_id"]]["paid_on"]
        if paid_on is not None:
            found["collections"].append((paid_on, share["person_id"], share["amount"]))
    for row in office["activity"]:
        names = {
            "call": ("calls",), "effective_call": ("calls", "effective_calls"),
            "visit": ("visits",), "call_received": ("calls_received",),
            "walk_in": ("walk_ins",), "invited_walk_in": ("walk_ins", "invited_walk_ins"),
        }.get(row["kind"], ())  # fmt: skip
        if "walk_ins" in names:
            names += ("repeat_walk_ins" if row["repeated"] else "first_walk_ins",)
        for name in names:
            found[name].append((row["day"], row["person_id"], 1))
    for row in office["customer"]:
        found["new_customers"].append((row["registered_on"], row["owner_id"] or 0, 1))
        # A contract that closed a customer leaves what they were when they came.
        state = (row["state"] == "closed" and row["state_before"]) or row["state"]
        if state == "potential":
            found["potential_customers"].append((row["registered_on"], row["owner_id"] or 0, 1))
    for row in office["hand_count"]:
        found[f"hand{row['measure_id']}"].append((row["day"], row["person_id"], row["value"]))
    return found


def _actual(office: Office, measure: Any, who: Who, period: Period) -> int:
    name = f"hand{measure.id}" if measure.counts == "hand" else measure.counts
    return sum(
        value
        for day, person_id, value in _happened(office).get(name, [])
        if period.start <= day < period.end and _counts_for(office, who, person_id, day)
    )


def _insiders(office: Office, who: Who, period: Period) -> set[int]:
    return {
        row["id"]
        for row in office["person"]
        if _counts_for(office, who, row["id"], period.last_day)
    }


def _until(period: Period) -> date:
    return min(period.end, TODAY + timedelta(days=1))


def _standing(row: Row, period: Period) -> bool:
    return row["cancelled_on"] is None or row["cancelled_on"] >= _until(period)


def _shared_by(office: Office, inside: set[int]) -> set[int]:
    return {row["deal_id"] for row in office["deal_share"] if row["person_id"] in inside}


SCOPES = [
    pytest.param("office", id="office"),
    pytest.param("team", id="team"),
    pytest.param("person", id="person"),
]


def _who(office: Office, level: str) -> Who:
    """The team that somebody left this month, and who left it."""
    if level == "office":
        return OFFICE
    mover = max(office["membership"], key=lambda row: (row["since"], row["id"]))
    if level == "person":
        return person(mover["person_id"])
    return team(mover["team_id"])


def _read(workspace: Workspace, office: Office, level: str, period: Period) -> tuple[Who, Figures]:
    who = _who(office, level)
    kind = WEEKLY if period.kind == "week" else MONTHLY
    return who, workspace.read(kinds.read, kind, period, who=who, today=TODAY)


@pytest.mark.parametrize("level", SCOPES)
@pytest.mark.parametrize("period", [OCTOBER, NOVEMBER, WEEK], ids=lambda period: period.key)
def test_measures_and_rankings(
    workspace: Workspace, office: Office, level: str, period: Period
) -> None:
    who, figures = _read(workspace, office, level, period)
    before = {"2026-10": "2026-09", "2026-11": "2026-10", "2026-11-W2": "2026-11-W1"}[period.key]
    year_before = period.key.replace("2026", "2025")
    assert len(figures[MEASURES]) > 8
    assert any(line.actual for line in figures[MEASURES])
    for line in figures[MEASURES]:
        reckoned = [
            _actual(office, line.measure, who, at)
            for at in (period, parse(before), parse(year_before))
        ]
        assert [line.actual, line.before, line.last_year] == reckoned, line.measure.code
        if line.target:
            assert line.attainment == Fraction(line.actual, line.target)
            assert line.difference == line.actual - line.target
    ranked = [
        line for section in (TEAMS, PEOPLE) if section in figures for line in figures[section]
    ]
    assert bool(ranked) == (level != "person")
    for line in ranked:
        assert line.actual == _actual(office, line.measure, line.who, period), line.name
    if PEOPLE in figures and level == "office":
        main = figures[PEOPLE][0].measure
        total = sum(line.actual for line in figures[PEOPLE])
        assert total == _actual(office, main, who, period)
    quotas = figures[QUOTAS] if level != "person" else []
    for row in quotas:
        for line in row.lines:
            assert line.actual == _actual(office, line.measure, line.who, period)


@pytest.mark.parametrize("level", SCOPES)
def test_the_targets_that_were_entered(workspace: Workspace, office: Office, level: str) -> None:
    """Where an approved plan holds a target of the month, the widest and newest one counts."""
    who, figures = _read(workspace, office, level, OCTOBER)
    plans = office.by_id("plan")
    compared = 0
    for line in figures[MEASURES]:
        entered = [
            row
            for row in office["target"]
            if (row["measure_id"], row["period_kind"], row["start_day"])
            == (line.measure.id, "month", OCTOBER.start)
            and Who(row["team_id"], row["person_id"], row["product_id"]) == who
            and plans[row["plan_id"]]["status"] in ("approved", "closed")
        ]
        if not entered:
            continue
        first = min(
            (plans[row["plan_id"]] for row in entered),
            key=lambda plan: (plan["person_id"] is not None, plan["team_id"] is not None,
                              -plan["id"]),
        )  # fmt: skip
        tiers = {row["tier"]: row["value"] for row in entered if row["plan_id"] == first["id"]}
        told = {"assigned": line.assigned, "goal": line.goal, "stretch": line.stretch}
        for tier, value in tiers.items():
            assert told[tier] == value, (line.measure.code, tier)
            compared += 1
    assert compared or level != "office"


@pytest.mark.parametrize("level", SCOPES)
@pytest.mark.parametrize("period", [OCTOBER, NOVEMBER], ids=lambda period: period.key)
def test_products(workspace: Workspace, office: Office, level: str, period: Period) -> None:
    who, figures = _read(workspace, office, level, period)
    inside = _insiders(office, who, period)
    names = {row["id"]: row["name"] for row in office["product"]}
    floors = {row["id"]: row["profit_floor"] for row in office["product"]}
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    unknown: set[tuple[str, int, int]] = set()
    for day, sign, person_id, share, whole in _credits(office, "contracted"):
        if not period.start <= day < period.end or person_id not in inside:
            continue
        name = names[whole["product_id"]]
        sums[name].update(units=sign * share["quantity"], amount=sign * share["amount"])
        if share["cost"] is None:
            unknown.add((name, whole["id"], sign))
        else:
            sums[name].update(known=sign * share["amount"], cost=sign * share["cost"])
    shared = _shared_by(office, inside)
    below = Counter(
        names[row["product_id"]]
        for row in office["deal"]
        if row["contracted_on"] is not None
        and period.start <= row["contracted_on"] < period.end
        and row["id"] in shared
        and _standing(row, period)
        and row["cost"] is not None
        and floors[row["product_id"]] is not None
        and row["amount"] - row["cost"] < floors[row["product_id"]] * row["quantity"]
    )
    reckoned = {
        name: (
            part["units"], part["amount"], part["cost"], part["known"] - part["cost"],
            sum(entry[0] == name for entry in unknown), below[name],
        )
        for name, part in sums.items()
    }  # fmt: skip
    told = {
        line.name: (
            line.units, line.amount, line.cost, line.profit or 0, line.unknown, line.below_floor,
        )
        for line in figures[PRODUCTS]
    }  # fmt: skip
    assert told == reckoned
    for line in figures[PRODUCTS]:
        if line.units > 0:
            assert line.average_price == (line.amount * 100 * 2 + line.units) // (line.units * 2)
        if line.margin is not None:
            known = sums[line.name]["known"]
            assert line.margin == Fraction(known - line.cost, known)
    if level == "office":
        assert unknown


@pytest.mark.parametrize("level", SCOPES)
@pytest.mark.parametrize("period", [OCTOBER, NOVEMBER], ids=lambda period: period.key)
def test_the_funnel(workspace: Workspace, office: Office, level: str, period: Period) -> None:
    """Each stage: customers who came that far or farther, one contact after the other."""
    who, figures = _read(workspace, office, level, period)
    inside = _insiders(office, who, period)
    shared = _shared_by(office, inside)
    order = ["contact", "visit", "intention", "subscribed", "contracted", "collected"]
    farthest: dict[object, int] = {}

    def reached(whose: object, stage: str) -> None:
        farthest[whose] = max(farthest.get(whose, 0), order.index(stage))

    for row in office["activity"]:
        if period.start <= row["day"] < period.end and row["person_id"] in inside:
            whose = row["customer_id"] or ("nobody", row["id"])
            if row["kind"] in ("call", "effective_call", "call_received") and row["answered"]:
                reached(whose, "contact")
            elif row["kind"] in ("visit", "walk_in", "invited_walk_in") and row["answered"]:
                reached(whose, "visit")
    paid = {
        row["deal_id"]
        for row in office["payment"]
        if row["paid_on"] is not None and row["paid_on"] < _until(period)
    }
    for row in office["deal"]:
        if row["id"] not in shared or not _standing(row, period):
            continue
        for stage in ("intention", "subscribed", "contracted"):
            day = row[f"{stage}_on"]
            if day is not None and period.start <= day < period.end:
                reached(row["customer_id"], stage)
                if stage == "contracted" and row["id"] in paid:
                    reached(row["customer_id"], "collected")
    counts = {
        stage: sum(far >= place for far in farthest.values()) for place, stage in enumerate(order)
    }
    assert {stage.code: stage.count for stage in figures[FUNNEL]} == counts
    assert counts["contact"] >= counts["contracted"]


@pytest.mark.parametrize("level", SCOPES)
@pytest.mark.parametrize("period", [OCTOBER, NOVEMBER], ids=lambda period: period.key)
def test_money(workspace: Workspace, office: Office, level: str, period: Period) -> None:
    who, figures = _read(workspace, office, level, period)
    inside = _insiders(office, who, period)
    deals, payments = office.by_id("deal"), office.by_id("payment")
    until, due_before = _until(period), min(period.end, TODAY)
    due = received = overdue = 0
    for share in office["payment_share"]:
        if share["person_id"] not in inside:
            continue
        row = payments[share["payment_id"]]
        is_paid = row["paid_on"] is not None and row["paid_on"] < until
        whole = deals[row["deal_id"]]
        gone = whole["cancelled_on"] is not None and whole["cancelled_on"] < until
        if row["due_on"] is not None:
            if period.start <= row["due_on"] < period.end and (is_paid or not gone):
                due += share["amount"]
            if row["due_on"] < due_before and not is_paid and not gone:
                overdue += share["amount"]
        if row["paid_on"] is not None and period.start <= row["paid_on"] < period.end:
            received += share["amount"]
    cancelled = {
        share["deal_id"]: share["amount"]
        for share in office["deal_share"]
        if share["person_id"] in inside
        and (day := deals[share["deal_id"]]["cancelled_on"]) is not None
        and period.start <= day < period.end
    }
    amount = sum(
        share["amount"]
        for share in office["deal_share"]
        if share["deal_id"] in cancelled and share["person_id"] in inside
    )
    money = figures[MONEY]
    assert (money.due, money.received, money.overdue) == (due, received, overdue)
    assert (money.cancelled, money.cancelled_amount) == (len(cancelled), amount)
    assert received or level != "office"


@pytest.mark.parametrize("level", SCOPES)
@pytest.mark.parametrize("period", [OCTOBER, NOVEMBER], ids=lambda period: period.key)
def test_customers_and_words(
    workspace: Workspace, office: Office, level: str, period: Period
) -> None:
    who, figures = _read(workspace, office, level, period)
    inside = _insiders(office, who, period)
    new = [
        row
        for row in office["customer"]
        if period.start <= row["registered_on"] < period.end
        and (level == "office" or row["owner_id"] in inside)
    ]
    told = figures[CUSTOMERS]
    assert told.count == len(new)
    assert dict(told.by_source) == Counter(row["source"] for row in new)
    assert dict(told.by_grade) == Counter(row["grade"] for row in new)
    remarks = [
        (row["reason"], row["countermeasure"])
        for row in office["remark"]
        if (row["period_kind"], row["start_day"]) == ("month", period.start)
        and (row["person_id"] in inside or level == "office")
    ]
    assert sorted((line.reason, line.countermeasure) for line in figures[REMARKS]) == sorted(
        remarks
    )


@pytest.mark.parametrize("level", SCOPES)
def test_the_year(workspace: Workspace, office: Office, level: str) -> None:
    who, figures = _read(workspace, office, level, OCTOBER)
    year = figures[YEAR]
    assert year.measure.code == "amount"
    reckoned = [_actual(office, year.measure, who, parse(f"2026-{n:02}")) for n in range(1, 13)]
    assert [point.actual for point in year.months] == reckoned
    assert year.so_far(OCTOBER) == sum(reckoned[:10])


@pytest.mark.parametrize("level", SCOPES)
def test_who_is_overdue_as_the_month_ended(
    workspace: Workspace, office: Office, level: str
) -> None:
    """By each customer's last contact before the end, and the interval of the grade."""
    who, figures = _read(workspace, office, level, OCTOBER)
    inside = _insiders(office, who, OCTOBER)
    last: dict[int, Row] = {}
    for row in sorted(office["activity"], key=lambda row: (row["at"], row["id"])):
        is_contact = row["answered"] and row["kind"] != "group_message"
        if row["customer_id"] is not None and row["day"] < OCTOBER.end and is_contact:
            last[row["customer_id"]] = row
    intervals, work = figures.facts.settings.cadence, workspace.read(calendar.work_calendar)
    cared_for: Counter[int] = Counter()
    overdue: Counter[int] = Counter()
    for row in office["customer"]:
        owner = row["owner_id"]
        if owner not in inside or row["registered_on"] >= OCTOBER.end:
            continue
        if row["last_contact_on"] is not None and row["last_contact_on"] >= OCTOBER.end:
            contact = last.get(row["id"])
            since = row["registered_on"] if contact is None else contact["day"]
            agreed = contact is not None and contact["id"] > row["agreed_after"]
            due = contact["next_contact_on"] if agreed and contact else None
            if due is None and row["grade"] in intervals:
                due = since + timedelta(days=intervals[row["grade"]])
                for back in range(8):  # a due day that isn't worked moves to one before it
                    if work.weight(due - timedelta(days=back)) > 0:
                        due -= timedelta(days=back)
                        break
        else:
            due = row["next_contact_on"]
        if due is not None:
            cared_for[owner] += 1
            overdue[owner] += due < OCTOBER.end
    told = {row.person_id: (row.cared_for, row.overdue) for row in figures[CARE]}
    assert told == {owner: (count, overdue[owner]) for owner, count in cared_for.items()}
    assert overdue or level != "office"
