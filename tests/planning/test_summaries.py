"""Summaries: who owes which, what they are handed in with, and who has read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.customers import activities, customers
from salesdesk.errors import ConflictError, InputError, NotFoundError, RightsError
from salesdesk.office import months, people, rights
from salesdesk.office.undoing import undo_entry
from salesdesk.planning import causes, deciding, plans, remarks, summaries, summary_figures
from salesdesk.planning.places import OFFICE, Place, Who, person
from salesdesk.planning.remarks import Words
from salesdesk.planning.summaries import Summary
from salesdesk.planning.summary_figures import Lost
from salesdesk.sales import selling
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, place, plan_for, sell, set_targets, staffed_office

ANN, BOB, EAST = person(STAFF.ann), person(STAFF.bob), Who(STAFF.east)
OCTOBER = parse("2026-10")
#: A Wednesday after the month that the tests review.
LATER = date(2026, 11, 4)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _asking(workspace: Workspace, key: str, *kinds: str, who: Who = OFFICE) -> int:
    plan_id = plan_for(workspace, key, who=who)
    with workspace.change("Ask") as change:
        version = plans.plan_by_id(change.connection, plan_id).version
        summaries.ask(change, plan_id, kinds, seen_version=version)
    return plan_id


def _begin(workspace: Workspace, who: Who = ANN, kind: str = "month", key: str = "2026-10") -> int:
    with workspace.change("Begin") as change:
        return summaries.begin(change, who, kind, parse(key).start)


def _write(workspace: Workspace, review_id: int, done: str = "Sold") -> None:
    with workspace.change("Write") as change:
        version = summaries.review_by_id(change.connection, review_id).version
        summaries.write(change, review_id, seen_version=version, done=done)


def _hand_in(workspace: Workspace, review_id: int) -> None:
    with workspace.change("Hand in") as change:
        summaries.hand_in(change, review_id)


def _read(workspace: Workspace, review_id: int, actor_id: int | None = None) -> Summary:
    return workspace.read(summaries.read, review_id, LATER, actor_id=actor_id)


def _log(workspace: Workspace, who: int, kind: str, day: date) -> None:
    with workspace.change("Log") as change:
        at = datetime(day.year, day.month, day.day, 10)
        activities.log(change, person_id=who, kind=kind, customer_id=STAFF.lin, at=at)


def _work_as(workspace: Workspace, person_id: int) -> None:
    workspace.work_as(person_id, workspace.read(people.person_by_id, person_id).name)


def _labels(found: list[summaries.Owed]) -> list[tuple[str, str, str]]:
    return [(owed.name, owed.kind, owed.start.isoformat()) for owed in found]


# -- what is owed ----------------------------------------------------------------------------------


def test_a_plan_owes_what_it_asks_for_once_the_period_is_over(workspace: Workspace) -> None:
    _asking(workspace, "2026-10", "week", "month", who=ANN)

    def owed(today: date) -> list[tuple[str, str, str]]:
        return _labels(workspace.read(summaries.due, STAFF.ann, today))

    # October 2026 has the weeks 1-4, 5-11, 12-18, 19-25, 26-31; all of 1-7 is a holiday.
    assert owed(date(2026, 10, 3)) == []
    assert owed(date(2026, 10, 4)) == [("Ann", "week", "2026-10-01")]
    # Saturday the 10th is worked in exchange for the holiday, so the week isn't over on Friday.
    assert owed(date(2026, 10, 9)) == [("Ann", "week", "2026-10-01")]
    assert owed(date(2026, 10, 10))[-1] == ("Ann", "week", "2026-10-05")
    # The last Friday ends both the last week and the month.
    assert owed(date(2026, 10, 30)) == [
        ("Ann", "week", "2026-10-01"),
        ("Ann", "week", "2026-10-05"),
        ("Ann", "week", "2026-10-12"),
        ("Ann", "week", "2026-10-19"),
        ("Ann", "week", "2026-10-26"),
        ("Ann", "month", "2026-10-01"),
    ]
    # Five weeks back and three months back it is still owed, and then nobody waits for it.
    assert owed(date(2026, 11, 23)) == [
        ("Ann", "week", "2026-10-19"),
        ("Ann", "week", "2026-10-26"),
        ("Ann", "month", "2026-10-01"),
    ]
    assert owed(date(2027, 1, 31)) == [("Ann", "month", "2026-10-01")]
    assert owed(date(2027, 2, 1)) == []
    assert workspace.read(summaries.due, STAFF.bob, date(2026, 11, 2)) == []


def test_a_year_and_a_stage_are_owed_at_their_end(workspace: Workspace) -> None:
    _asking(workspace, "2025", "quarter", "year")
    _asking(workspace, "2026-Q3", "stage", who=ANN)
    _asking(workspace, "2026-09", "stage", "month", who=ANN)  # its stage is its month
    of_office = workspace.read(summaries.due, STAFF.max, date(2026, 1, 5))
    assert _labels(of_office) == [
        ("", "quarter", "2025-07-01"), ("", "quarter", "2025-10-01"), ("", "year", "2025-01-01"),
    ]  # fmt: skip
    of_ann = workspace.read(summaries.due, STAFF.ann, date(2026, 10, 8))
    assert _labels(of_ann) == [("Ann", "month", "2026-09-01"), ("Ann", "stage", "2026-07-01")]
    assert of_ann[1].title == "Stage summary 2026-07-01 to 2026-09-30, Ann"
    assert workspace.read(summaries.due, STAFF.ann, date(2027, 1, 1)) == []


def test_one_summary_is_owed_however_many_plans_ask(workspace: Workspace) -> None:
    year = _asking(workspace, "2026", "month", who=ANN)
    of_month = _asking(workspace, "2026-10", "month", who=ANN)
    owed = workspace.read(summaries.due, STAFF.ann, LATER)
    assert _labels(owed) == [
        ("Ann", "month", "2026-08-01"), ("Ann", "month", "2026-09-01"),
        ("Ann", "month", "2026-10-01"),
    ]  # fmt: skip
    assert owed[-1].plan_ids == (year, of_month)
    review_id = _begin(workspace)
    assert workspace.read(summaries.due, STAFF.ann, LATER)[-1].review_id == review_id
    _write(workspace, review_id)
    _hand_in(workspace, review_id)
    assert len(workspace.read(summaries.due, STAFF.ann, LATER)) == 2


def test_the_manager_sees_who_hasnt_written(workspace: Workspace) -> None:
    _asking(workspace, "2026-10", "month", who=ANN)
    _asking(workspace, "2026-10", "month", who=BOB)
    _asking(workspace, "2026-10", "month", who=EAST)
    review_id = _begin(workspace)
    _write(workspace, review_id)
    _hand_in(workspace, review_id)
    missing = workspace.read(summaries.missing, STAFF.max, LATER)
    assert _labels(missing) == [("Bob", "month", "2026-10-01")]
    assert missing[0].owners == ("Bob",)
    # East has no manager of its own: Max answers for it, and owes its summary himself.
    assert _labels(workspace.read(summaries.due, STAFF.max, LATER)) == [
        ("East", "month", "2026-10-01")
    ]
    assert workspace.read(summaries.missing, STAFF.ann, LATER) == []


def test_what_a_plan_may_ask_for(workspace: Workspace) -> None:
    plan_id = _asking(workspace, "2026-10", "month", "week")
    plan = workspace.read(plans.plan_by_id, plan_id)
    assert (plan.reviewed, summaries.asked(plan)) == ("week,month", ("week", "month"))
    with workspace.change("Ask") as change:
        for kind, why in (("fortnight", "isn't a summary"), ("quarter", "too short")):
            with pytest.raises(InputError, match=why):
                summaries.ask(change, plan_id, [kind], seen_version=plan.version)
        with pytest.raises(ConflictError):
            summaries.ask(change, plan_id, [], seen_version=plan.version - 1)
        deciding.approve(change, plan_id)
        version = plans.plan_by_id(change.connection, plan_id).version
        summaries.ask(change, plan_id, ["stage"], seen_version=version)
        deciding.close(change, plan_id)
        with pytest.raises(InputError, match="closed"):
            summaries.ask(change, plan_id, [], seen_version=version + 2)
    assert workspace.read(summaries.due, STAFF.max, LATER) == []  # a closed plan asks nothing
    _work_as(workspace, STAFF.ann)
    with workspace.change("Ask") as change, pytest.raises(RightsError):
        summaries.ask(change, plan_id, [], seen_version=version + 1)


# -- figures ---------------------------------------------------------------------------------------


def test_figures_are_those_of_the_period(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026", who=ANN)
    set_targets(workspace, plan_id, {place("2026-10", ANN): 20_000_00})
    set_targets(workspace, plan_id, {place("2026-10", ANN): 25_000_00}, tier="stretch")
    set_targets(workspace, plan_id, {place("2026-10", ANN): 2}, code="visits")
    set_targets(workspace, plan_id, {place("2026-11", ANN): 9}, code="calls")
    sell(workspace, 12_000_00, date(2026, 10, 9))
    sell(workspace, 6_000_00, date(2026, 10, 31), shares={STAFF.ann: 5_000, STAFF.bob: 5_000})
    sell(workspace, 50_000_00, date(2026, 11, 1))
    sell(workspace, 70_000_00, date(2026, 10, 8), shares={STAFF.bob: 10_000})
    gone = sell(workspace, 8_000_00, date(2026, 9, 10))
    with workspace.change("Cancel") as change:
        selling.cancel(change, gone, date(2026, 10, 20), "Chose a rival")
    for kind, day in (("call", 8), ("effective_call", 9), ("visit", 10), ("visit", 12)):
        _log(workspace, STAFF.ann, kind, date(2026, 10, day))
    _log(workspace, STAFF.bob, "visit", date(2026, 10, 12))
    _log(workspace, STAFF.ann, "visit", date(2026, 11, 2))

    found = workspace.read(summary_figures.read, ANN, OCTOBER.start, OCTOBER.end, LATER)
    lines = {line.code: line for line in found.lines}
    amount = lines["amount"]
    # 12,000 + half of 6,000 - 8,000 that fell through in October.
    assert (amount.tier, amount.target, amount.stretch) == ("assigned", 20_000_00, 25_000_00)
    assert (amount.actual, amount.difference) == (7_000_00, -13_000_00)
    assert amount.attainment == Fraction(7, 20)
    assert amount.plans == (plan_id,)
    assert (lines["visits"].target, lines["visits"].actual) == (2, 2)
    assert not lines["visits"].missed
    assert amount.missed
    assert (lines["calls"].target, lines["calls"].actual) == (None, 2)
    assert found.lines[0] is amount  # what was missed comes first
    assert dict(found.activities) == {"call": 1, "effective_call": 1, "visit": 2}
    assert found.new_customers == 1  # 林先生, registered on the 1st
    assert found.lost == [Lost("林先生", "Laptop", 8_000_00, date(2026, 10, 20), "Chose a rival")]

    week = parse("2026-10-W2")  # 5 to 11 October
    of_week = workspace.read(summary_figures.read, ANN, week.start, week.end, LATER)
    assert {line.code: line.actual for line in of_week.lines}["amount"] == 12_000_00
    assert dict(of_week.activities) == {"call": 1, "effective_call": 1, "visit": 1}
    assert (of_week.new_customers, of_week.lost) == (0, [])

    team = workspace.read(summary_figures.read, EAST, OCTOBER.start, OCTOBER.end, LATER)
    # 12,000 + 6,000 + 70,000 - 8,000; the target is that of its people.
    assert [(line.target, line.actual) for line in team.lines if line.code == "amount"] == [
        (20_000_00, 80_000_00)
    ]
    assert dict(team.activities)["visit"] == 3


def test_a_stage_is_the_sum_of_the_periods_in_it(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026", who=ANN)
    set_targets(
        workspace, plan_id,
        {place("2026-09", ANN): 10_000_00, place("2026-10-W1", ANN): 3_000_00,
         place("2026-10-W2", ANN): 4_000_00},
    )  # fmt: skip
    sell(workspace, 9_000_00, date(2026, 9, 1))
    sell(workspace, 1_500_00, date(2026, 10, 11))
    sell(workspace, 99_000_00, date(2026, 10, 12))
    start, end = date(2026, 9, 1), date(2026, 10, 12)
    parts = summary_figures.parts_of(start, end)
    assert [part.key for part in parts] == ["2026-09", "2026-10-W1", "2026-10-W2"]
    line = workspace.read(summary_figures.read, ANN, start, end, LATER).lines[0]
    assert (line.code, line.target, line.actual) == ("amount", 17_000_00, 10_500_00)
    longer = workspace.read(summary_figures.read, ANN, start, date(2026, 10, 19), LATER).lines
    # The week after has no target, so the whole has none.
    assert {one.code: one.target for one in longer}["amount"] is None
    whole = summary_figures.parts_of(date(2026, 1, 1), date(2027, 1, 2))
    assert [part.key for part in whole] == ["2026", "2027-01-01"]


def test_regraded_customers_are_counted(workspace: Workspace) -> None:
    with workspace.change("Regrade") as change:
        now = change.now.date()
        customers.edit(change, STAFF.lin, seen_version=1, grade="B")
    found = workspace.read(
        summary_figures.read, ANN, now, date.fromordinal(now.toordinal() + 1), now
    )
    assert [(one.before, one.after, one.count) for one in found.regraded] == [("A", "B", 1)]
    of_bob = workspace.read(
        summary_figures.read, BOB, now, date.fromordinal(now.toordinal() + 1), now
    )
    assert of_bob.regraded == []


# -- written, handed in, seen ----------------------------------------------------------------------


def test_a_missed_target_wants_a_cause_and_words(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026", who=ANN)
    set_targets(workspace, plan_id, {place("2026-10", ANN): 20_000_00})
    set_targets(workspace, plan_id, {place("2026-10", ANN): 3}, code="visits")
    sell(workspace, 20_000_00, date(2026, 10, 9))
    review_id = _begin(workspace)
    with pytest.raises(InputError, match="Write first what was done"):
        _hand_in(workspace, review_id)
    _write(workspace, review_id)
    # Before the office's list was begun nothing has a cause.
    assert {one.cause for one in _read(workspace, review_id).lines} == {""}
    with pytest.raises(InputError, match="1 missed target needs a cause and words: Visits"):
        _hand_in(workspace, review_id)
    visits = measure(workspace, "visits").id
    with workspace.change("Explain") as change:
        cause = causes.chosen(change, "Too few contacts with customers")
        at = {place("2026-10", ANN): Words(cause_id=cause)}
        remarks.set_remarks(change, plan_id, visits, at)
    with pytest.raises(InputError, match="Visits"):
        _hand_in(workspace, review_id)  # a cause without words
    with workspace.change("Explain") as change:
        words = Words(reason="Rain", root_cause="No car", prevention="A car")
        remarks.set_remarks(change, plan_id, visits, {place("2026-10", ANN): words})
    _hand_in(workspace, review_id)
    line = next(one for one in _read(workspace, review_id).lines if one.line.code == "visits")
    assert (line.cause, line.side, line.plan_id) == (
        "Too few contacts with customers", "inside", plan_id,
    )  # fmt: skip
    assert line.remark == remarks.Remark("Rain", "", cause, "No car", "A car")
    assert line.warning == ""


def test_the_third_time_of_a_cause_is_pointed_out(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026", who=ANN)
    visits = measure(workspace, "visits").id
    for key in ("2026-08", "2026-09", "2026-10"):
        at = place(key, ANN)
        set_targets(workspace, plan_id, {at: 3}, code="visits")
        with workspace.change("Explain") as change:
            words = Words(cause_id=causes.chosen(change, "Customer pays late"), reason="Slow")
            remarks.set_remarks(change, plan_id, visits, {at: words})
        review_id = _begin(workspace, key=key)
        warning = _read(workspace, review_id).lines[0].warning
        assert ("3 times within twelve months" in warning) == (key == "2026-10")


def test_what_was_handed_in_keeps_its_figures(workspace: Workspace) -> None:
    sell(workspace, 5_000_00, date(2026, 10, 9))
    review_id = _begin(workspace)
    _write(workspace, review_id)
    _hand_in(workspace, review_id)
    sell(workspace, 4_000_00, date(2026, 10, 9))
    found = _read(workspace, review_id)
    assert found.review.status == "written"
    assert [one.line.actual for one in found.lines if one.line.code == "amount"] == [5_000_00]
    assert summary_figures.thawed(summary_figures.frozen(found.figures)) == found.figures
    with workspace.change("Take back") as change:
        summaries.take_back(change, review_id)
    found = _read(workspace, review_id)
    assert [one.line.actual for one in found.lines if one.line.code == "amount"] == [9_000_00]


def test_profit_is_hidden_from_who_may_not_see_costs(workspace: Workspace) -> None:
    sell(workspace, 5_000_00, date(2026, 10, 9))
    review_id = _begin(workspace)
    codes = {one.line.code for one in _read(workspace, review_id, STAFF.ann).lines}
    assert "profit" in codes
    with workspace.change("Hide") as change:
        rights.adjust(change, "costs.see", "salesperson", "none")
    found = _read(workspace, review_id, STAFF.ann)
    assert {one.line.code for one in found.lines} == codes - {"profit"}
    assert {line.code for line in found.figures.lines} == codes - {"profit"}


def test_a_summary_handed_in_takes_no_more_words(workspace: Workspace) -> None:
    review_id = _begin(workspace)
    with workspace.change("Write") as change, pytest.raises(ConflictError):
        summaries.write(change, review_id, seen_version=7, done="Sold")
    with workspace.change("Write") as change, pytest.raises(InputError, match="at most"):
        summaries.write(change, review_id, seen_version=1, done="x" * 4_001)
    _write(workspace, review_id)
    _hand_in(workspace, review_id)
    for again in (_write, _hand_in):
        with pytest.raises(InputError, match="take it back first"):
            again(workspace, review_id)
    with workspace.change("Close") as change:
        months.close(change, OCTOBER)
    with workspace.change("Back") as change, pytest.raises(InputError, match="closed month"):
        summaries.take_back(change, review_id)
    with workspace.change("Open") as change:
        months.reopen_all(change)
        summaries.take_back(change, review_id)
        with pytest.raises(InputError, match="isn't handed in"):
            summaries.take_back(change, review_id)


def test_a_summary_of_a_closed_month_can_still_be_written(workspace: Workspace) -> None:
    with workspace.change("Close") as change:
        months.close(change, OCTOBER)
    review_id = _begin(workspace)
    _write(workspace, review_id)
    _hand_in(workspace, review_id)
    assert _read(workspace, review_id).review.status == "written"


def test_the_superior_comments(workspace: Workspace) -> None:
    review_id = _begin(workspace)
    _write(workspace, review_id)
    with workspace.change("Comment") as change, pytest.raises(InputError, match="handed in yet"):
        summaries.comment(change, review_id, "Good")
    _hand_in(workspace, review_id)
    _work_as(workspace, STAFF.ann)
    with workspace.change("Comment") as change, pytest.raises(RightsError):
        summaries.comment(change, review_id, "Well done, me")
    _work_as(workspace, STAFF.max)
    with workspace.change("Comment") as change:
        summaries.comment(change, review_id, "Good")
    found = _read(workspace, review_id).review
    assert (found.status, found.comment, found.seen_by) == ("seen", "Good", "Max")
    with workspace.change("Back") as change, pytest.raises(InputError, match="Max has seen"):
        summaries.take_back(change, review_id)


def test_nobody_comments_on_their_own_while_others_can(workspace: Workspace) -> None:
    review_id = _begin(workspace, person(STAFF.max))
    _write(workspace, review_id)
    _hand_in(workspace, review_id)
    with workspace.change("Hire") as change:
        people.add_person(change, "Mia", role="manager")
    with workspace.change("Comment") as change, pytest.raises(InputError, match="can: Mia"):
        summaries.comment(change, review_id, "Good")


def test_what_cant_be_begun(workspace: Workspace) -> None:
    review_id = _begin(workspace)
    assert _begin(workspace) == review_id  # found, not begun twice
    with workspace.change("Begin") as change:
        for kind, start, end, why in (
            ("fortnight", OCTOBER.start, None, "isn't a summary"),
            ("month", date(2998, 1, 1), None, "hasn't begun"),
            ("stage", OCTOBER.start, OCTOBER.start, "first and a last day"),
            ("stage", OCTOBER.start, None, "first and a last day"),
        ):
            with pytest.raises(InputError, match=why):
                summaries.begin(change, ANN, kind, start, end)
        with pytest.raises(NotFoundError):
            summaries.begin(change, person(99), "month", OCTOBER.start)
        with pytest.raises(NotFoundError):
            summaries.review_by_id(change.connection, 99)
        running = summaries.begin(change, ANN, "year", change.now.date().replace(month=1))
        version = summaries.review_by_id(change.connection, running).version
        summaries.write(change, running, seen_version=version, done="Half")
        if (change.now.month, change.now.day) < (12, 25):
            with pytest.raises(InputError, match="isn't over"):
                summaries.hand_in(change, running)
    _work_as(workspace, STAFF.ann)
    with workspace.change("Begin") as change, pytest.raises(RightsError):
        summaries.begin(change, BOB, "month", OCTOBER.start)


def test_places_are_told_without_a_plan_that_takes_words(workspace: Workspace) -> None:
    office = plan_for(workspace, "2026")
    set_targets(workspace, office, {Place(ANN, OCTOBER): 20_000_00})
    review_id = _begin(workspace)
    line = _read(workspace, review_id).lines[0]
    assert (line.plan_id, line.asks) == (office, True)  # the office's plan holds Ann's target
    with workspace.change("Close") as change:
        deciding.approve(change, office)
        deciding.close(change, office)
    line = _read(workspace, review_id).lines[0]
    assert (line.plan_id, line.asks) == (None, False)


def test_undo_keeps_what_the_writers_keep(workspace: Workspace) -> None:
    review_id = _begin(workspace)
    _write(workspace, review_id, "Sold")
    written = workspace.history(limit=1)[0].id
    _hand_in(workspace, review_id)
    with pytest.raises(InputError, match="summary is handed in"):
        undo_entry(workspace, written)
    with workspace.change("Close") as change:
        months.close(change, OCTOBER)
    handed_in = workspace.history(limit=2)[1].id
    with pytest.raises(InputError, match="closed month"):
        undo_entry(workspace, handed_in)
    with workspace.change("Open") as change:
        months.reopen_all(change)
    undo_entry(workspace, handed_in)
    assert _read(workspace, review_id).review.status == "draft"


def test_products_and_categories_that_have_targets_stand_by_themselves(
    workspace: Workspace,
) -> None:
    plan_id = plan_for(workspace, "2026", who=ANN)
    laptop = ANN._replace(product_id=STAFF.laptop)
    computers = ANN._replace(category="Computers")
    set_targets(workspace, plan_id, {Place(laptop, OCTOBER): 10_000_00})
    set_targets(workspace, plan_id, {Place(computers, OCTOBER): 11_000_00})
    sell(workspace, 7_000_00, date(2026, 10, 9))
    sell(workspace, 4_500_00, date(2026, 10, 9), product_id=STAFF.tower)
    sell(workspace, 3_000_00, date(2026, 10, 9), shares={STAFF.bob: 10_000})
    review_id = _begin(workspace)
    _write(workspace, review_id)
    found = _read(workspace, review_id)
    told = {
        one.line.title: (one.line.target, one.line.actual, one.line.missed)
        for one in found.lines
        if one.line.part
    }
    assert told == {
        "Sales amount: Laptop": (10_000_00, 7_000_00, True),
        "Sales amount: Computers": (11_000_00, 11_500_00, False),
    }
    with pytest.raises(InputError, match=r"cause and words: .*Sales amount: Laptop"):
        _hand_in(workspace, review_id)
    with workspace.change("Explain") as change:
        cause = causes.chosen(change, "Customer pays late")
        words = Words(cause_id=cause, reason="Slow banks")
        wanted = {Place(laptop, OCTOBER): words, Place(ANN, OCTOBER): words}
        remarks.set_remarks(change, plan_id, measure(workspace).id, wanted)
    _hand_in(workspace, review_id)
    assert {one.line.title: one.remark.reason for one in _read(workspace, review_id).lines}[
        "Sales amount: Laptop"
    ] == "Slow banks"
    # One month and one cause are one time, however many targets it made miss.
    assert workspace.read(causes.repeated, ANN, cause, date(2026, 11, 1)) == 1
