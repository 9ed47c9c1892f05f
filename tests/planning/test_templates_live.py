"""The work of every rule of every template is done, and the rule's state is seen to move.

Each template makes its plan in an office of its kind, for whom it usually is, with the measures it
needs in use. Then, rule by rule, somebody does what the rule asks for: a call, a deal, a figure
counted by hand, a contact that was due, a sale below the floor, a task.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.customers import activities, customers
from salesdesk.office import measures
from salesdesk.office.measures import Measure
from salesdesk.planning import (
    deciding,
    hand_counts,
    items,
    plans,
    revisions,
    taking,
    targets,
    tasks,
    templates,
)
from salesdesk.planning.live import cells, states
from salesdesk.planning.live.rule import Rule
from salesdesk.planning.live.state import State
from salesdesk.planning.places import Place, person
from salesdesk.sales import payments, products, selling
from salesdesk.workspace import Workspace
from tests.offices import STAFF, TODAY, staffed_office
from tests.planning.test_templates import NAMES, spoken

__all__ = ["spoken"]  # a fixture
LONG_AGO = date(2026, 1, 5)
#: Which activity each measure of activities counts.
ACTIVITIES = {
    "calls": "call", "effective_calls": "effective_call", "visits": "visit",
    "walk_ins": "walk_in", "invited_walk_ins": "invited_walk_in", "gifts": "gift",
}  # fmt: skip
#: In which state, or from which source, a customer counts for each measure of customers.
CUSTOMERS = {
    "new_customers": {"state": "lost"}, "potential_customers": {"state": "potential"},
    "lasting_customers": {"state": "lasting"}, "referrals": {"source": "Referral"},
}  # fmt: skip
#: Whose targets of money are met by a deal; of the others one piece, or deal, counts as 1.
DEALS = {
    "amount", "units", "notebooks", "profit", "contracts", "subscriptions", "commission",
    "collections",
}  # fmt: skip
RATIOS = {"margin", "collection_rate"}


class Office:
    """A plan from a template in an office of its kind, and whoever works there: Ann."""

    def __init__(self, workspace: Workspace, name: str) -> None:
        self.workspace = workspace
        self.template = templates.named(name)
        self.number = 0
        with workspace.change("Goods") as change:
            self.goods = {
                called: products.add_product(
                    change, called, category=category, price=5_000_00, cost=4_000_00,
                    commission_rate=1_000,
                )
                for called, category in (
                    ("Business notebooks", "Notebooks"), ("Home notebooks", "Notebooks"),
                    ("Two rooms", "Flats"), ("Ground floor", "Shops"),
                )
            }  # fmt: skip
        self.by_category = {"Flats": self.goods["Two rooms"], "Shops": self.goods["Ground floor"]}
        workspace.work_as(STAFF.ann, "Ann")
        who = workspace.read(templates.usual_owner, name, STAFF.ann)
        workspace.work_as(STAFF.max, "Max")
        period = {"year": "2026", "month": "2026-11"}[self.template.kinds[0]]
        with workspace.change("Plan") as change:
            self.plan_id = templates.new_plan(
                change, name, period=parse(period), who=who, use_measures=True
            )

    def run(self) -> None:
        """Approve the plan: from its first day on its actions are to be done."""
        with self.workspace.change("Approve") as change:
            kept, change.person_id = change.person_id, None
            deciding.approve(change, self.plan_id)
            change.person_id = kept

    @property
    def plan(self) -> plans.Plan:
        return self.workspace.read(plans.plan_by_id, self.plan_id)

    def rules(self) -> list[Rule]:
        found = self.workspace.read(items.of_plan, self.plan_id)
        return sorted((rule for item in found for rule in item.rules), key=lambda one: one.number)

    def state(self, rule: Rule, today: date = TODAY) -> State:
        return self.workspace.read(states.of_plan, self.plan_id, today)[rule.id]

    def measure(self, rule: Rule) -> Measure:
        return self.workspace.read(measures.measure_by_id, rule.measure_id or 0)

    # -- work ------------------------------------------------------------------------------------

    def customer(self, registered_on: date, *, grade: str = "", **more: str) -> int:
        self.number += 1
        with self.workspace.change("Customer") as change:
            return customers.add(
                change, name=f"Customer {self.number}", owner_id=STAFF.ann, grade=grade,
                registered_on=registered_on, state=more.get("state", "lost"),
                source=more.get("source", ""),
            )  # fmt: skip

    def log(self, kind: str, times: int, day: date, customer_id: int | None = None) -> None:
        with self.workspace.change("Log") as change:
            for number in range(times):
                activities.log(
                    change, person_id=STAFF.ann, kind=kind, customer_id=customer_id or STAFF.lin,
                    at=datetime(day.year, day.month, day.day) + timedelta(minutes=number),
                )  # fmt: skip

    def asked_of_ann(self, rule: Rule) -> int:
        """What the grid asks of Ann alone in the period that today lies in, in whole pieces."""
        stored = self.workspace.read(targets.values, self.plan_id, rule.measure_id or 0, rule.tier)
        period = next(place.period for place in rule.places if TODAY in place.period)
        value = stored[Place(person(STAFF.ann), period)].value
        scale: int = 10 ** self.measure(rule).digits
        return -(-value // scale)

    def sell(
        self, product_id: int, day: date, *, amount: int = 5_000_00, paid: bool = True
    ) -> None:
        """A deal that was subscribed, contracted and, if ``paid``, paid for on a day."""
        with self.workspace.change("Sell") as change:
            deal_id = selling.add_deal(
                change, customer_id=STAFF.lin, product_id=product_id, amount=amount,
                stages={"subscribed": day, "contracted": day},
            )  # fmt: skip
            if paid:
                payments.add_payment(change, deal_id, amount, due_on=day, paid_on=day)

    def count(self, measure: Measure, value: int, day: date) -> None:
        with self.workspace.change("Count") as change:
            hand_counts.count(change, measure.id, STAFF.ann, day, value)


def _day_of(rule: Rule) -> date:
    """A day that counts for a target: today, or of a stage that is over a working day in it."""
    periods = [place.period for place in rule.places]
    if any(TODAY in period for period in periods):
        return TODAY
    return periods[-1].start + timedelta(days=40)


def _meet(office: Office, rule: Rule) -> int:
    """Do a piece of what a target asks for; how much that is, in the measure's smallest step.

    Of a target for each person all of it: only then one more of them has reached it.
    """
    measure, day = office.measure(rule), _day_of(rule)
    scale: int = 10**measure.digits
    asked = office.asked_of_ann(rule) if rule.whom == "each" else 1
    if measure.code in ACTIVITIES:
        office.log(ACTIVITIES[measure.code], asked, day)
        return scale
    if measure.code in CUSTOMERS:
        office.customer(day, **CUSTOMERS[measure.code])
        return scale
    if measure.code == "tasks_done":
        with office.workspace.change("Tasks") as change:
            for number in range(asked):
                task_id = tasks.add(
                    change, words=f"Objective {number}", person_id=STAFF.ann, day=day
                )
                tasks.mark_done(change, tasks.Ref(task_id), on=day)
        return scale
    if measure.code in RATIOS:
        office.sell(office.goods["Home notebooks"], day, amount=4_500_00, paid=False)
        return 0
    if measure.code in DEALS:
        goods = office.by_category.get(rule.category, office.goods["Business notebooks"])
        if measure.code == "notebooks":
            goods = office.goods["Home notebooks"]
        office.sell(goods, day)
        return {
            "amount": 5_000_00, "collections": 5_000_00, "profit": 1_000_00, "commission": 500_00
        }.get(measure.code, 100)  # fmt: skip
    assert measure.counts == "hand", measure.code
    office.count(measure, asked * scale, day)
    return scale


def _done(state: State, measure: Measure) -> int:
    """What a state says is done, in the measure's smallest step."""
    found = re.search(r"([\d,.]+)/", state.words)
    assert found is not None, state
    return measure.parse(found[1]) or 0


def _keep_in_touch(office: Office, rule: Rule) -> tuple[State, State]:
    """A customer who is due gets a call; the states before and after."""
    owed = {"grade": rule.grade} if rule.grade else {"state": rule.state}
    customer_id = office.customer(LONG_AGO, **owed)
    before = office.state(rule)
    assert before.mood in ("bad", "warn"), before
    office.log("call", 1, TODAY, customer_id)
    return before, office.state(rule)


def _undercut(office: Office, rule: Rule) -> tuple[State, State]:
    """A sale below a floor."""
    before = office.state(rule)
    assert before.words == "kept"
    goods = office.by_category.get(rule.category, rule.product_id or 0)
    office.sell(goods, TODAY, amount=3_900_00)
    return before, office.state(rule)


def _do(office: Office, rule: Rule) -> tuple[State, State]:
    """The oldest open task of an action is done; one that hangs on something arises first."""
    if rule.days is not None:
        assert office.state(rule).words == "done when it is due"
        with office.workspace.change("It happens") as change:
            tasks.arise(change, rule.id, TODAY, customer_id=STAFF.lin)
    before = office.state(rule)
    waiting = [
        one
        for one in office.workspace.read(tasks.of_rules, office.plan, [rule])[rule.id]
        if one.status == "open"
    ]
    with office.workspace.change("Done") as change:
        tasks.mark_done(change, waiting[0].ref, on=TODAY)
    return before, office.state(rule)


def _happen(office: Office, rule: Rule) -> tuple[State, State]:
    """Half of what a contingency watches comes in, or all of it."""
    before = office.state(rule)
    assert before.mood == "bad", before
    measure = office.measure(rule)
    needed = _watched(office, rule)
    assert needed
    target = next(
        one for one in office.rules() if one.kind == "target" and one.measure_id == rule.measure_id
        and one.tier == "assigned" and not one.category
    )  # fmt: skip
    if measure.code in ACTIVITIES:
        office.log(ACTIVITIES[measure.code], needed, TODAY)
    elif measure.is_money:
        office.sell(office.goods["Home notebooks"], TODAY, amount=needed)
    else:
        for _piece in range(-(-needed // 100)):
            office.sell(office.goods["Home notebooks"], TODAY)
    assert target.value
    return before, office.state(rule)


def _declare(office: Office, rule: Rule) -> tuple[State, State]:
    """What nothing in the program counts is declared by whoever sees it happen: its steps begin."""
    before = office.state(rule)
    assert before.words == "declared when it happens"
    with office.workspace.change("It happens") as change:
        count = revisions.activate(change, rule.id)
    declared = office.state(rule)
    assert declared.words.endswith(f"0 of {count} steps done"), declared
    with office.workspace.change("First step") as change:
        first = tasks.of_rules(change.connection, office.plan, [rule])[rule.id][0]
        tasks.mark_done(change, first.ref)
    after = office.state(rule)
    assert after.words.endswith(f"1 of {count} steps done"), after
    office.run()  # the revision is approved
    return before, after


def _watched(office: Office, rule: Rule) -> int:
    """The target of the month, or of the plan, that a contingency watches."""
    stored = office.workspace.read(targets.values, office.plan_id, rule.measure_id or 0, "assigned")
    who = cells.whose(rule, office.plan.who)
    found = stored.get(Place(who, parse("2026-11")))
    return 0 if found is None else found.value


@pytest.fixture(params=NAMES)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    template = templates.named(request.param)
    with staffed_office(tmp_path, template.offices[0]) as workspace:
        yield Office(workspace, request.param)


def test_a_plan_of_a_template_offers_nothing_more(office: Office, spoken: str) -> None:
    """All that the recogniser finds in a template's text is a rule of it already."""
    with office.workspace.change("Plan") as change:
        plan_id = templates.new_plan(
            change, office.template.name, period=office.plan.period, who=office.plan.who,
            use_measures=True,
        )  # fmt: skip
    offered = office.workspace.read(taking.offers, plan_id)
    # The office of this test calls its notebooks in English.
    assert [one.words for one in offered if one.offer.rule != "target" or spoken == "en"] == []


def test_the_work_of_every_rule_moves_its_state(office: Office) -> None:
    rules = office.rules()
    assert [rule.number for rule in rules] == [rule.mark for rule in office.template.rules]
    for rule in rules:
        if rule.asks_for_figure:  # the office's own lowest prices
            assert office.state(rule).words == "figure missing"
            text = office.workspace.read(items.text_of, office.plan_id)
            with office.workspace.change("Fill in") as change:
                items.write_text(
                    change, office.plan_id, text.replace("____", "4500", 1),
                    seen_version=office.plan.version,
                )  # fmt: skip
    office.run()
    # What watches a figure first: it is low as long as nobody has worked.
    for rule in sorted(office.rules(), key=lambda one: one.kind != "contingency"):
        if rule.kind == "target":
            before = office.state(rule)
            amount = _meet(office, rule)
            after = office.state(rule)
            if rule.whom == "each":
                assert (before.words[0], after.words[0]) == ("0", "1"), (rule, after)
            elif office.measure(rule).code not in RATIOS:
                measure = office.measure(rule)
                assert _done(after, measure) - _done(before, measure) == amount, (rule, after)
        elif rule.kind == "cadence":
            before, after = _keep_in_touch(office, rule)
        elif rule.kind == "floor":
            before, after = _undercut(office, rule)
            assert (after.words, after.mood) == ("broken once", "bad")
        elif rule.kind == "action":
            before, after = _do(office, rule)
        elif rule.measure_id:
            before, after = _happen(office, rule)
            assert after.mood == "good", after
        else:
            before, after = _declare(office, rule)
        assert (before.words, before.mood) != (after.words, after.mood), (rule, before)
