"""The planning room's writers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from salesdesk.calc.periods import month, parse
from salesdesk.office import measures, months
from salesdesk.office.measures import Measure
from salesdesk.planning import (
    beginning,
    causes,
    comments,
    corrective,
    deciding,
    from_text,
    grid,
    hand_counts,
    item_rules,
    items,
    measure_words,
    nesting,
    next_plan,
    outlines,
    own_templates,
    plans,
    remarks,
    revisions,
    splitting,
    summaries,
    taking,
    targets,
    tasks,
    templates,
)
from salesdesk.planning.live.rule import Draft
from salesdesk.planning.live.writing import Writer
from salesdesk.planning.places import OFFICE, Place, person
from salesdesk.planning.taking import Pick
from salesdesk.planning.tasks import Ref
from salesdesk.storage.history import Change
from tests.offices import STAFF
from tests.refusals import Line

LONG = "x" * 300_000
YEAR, OCTOBER, NOVEMBER = parse("2026"), month(2026, 10), month(2026, 11)
#: The measures "amount" and the first of an office's own.
AMOUNT, DRIVES = 1, 18
_VISITS = Draft(kind="target", measure_id=AMOUNT, tier="goal", value=200, every="week")
_DAY = date(2026, 11, 20)
AIMS = outlines.Line("heading", 0, "Aims")
INNER = {
    "planning.plan_rules.need_write": "refuses; changes nothing",
    "planning.plan_rules.need_review": "refuses; changes nothing",
    "planning.plan_rules.need_delete": "refuses; changes nothing",
    "planning.plan_rules.need_right": "refuses; changes nothing",
    "planning.live.writing.members": "reads who a plan is for",
    "planning.live.writing.rule_of_plan": "refuses; changes nothing",
}


def _amount(change: Change) -> Measure:
    return measures.measure_by_id(change.connection, AMOUNT)


def _plan(change: Change) -> int:
    return plans.new_plan(change, title="The year 2026", period=YEAR)


def _two(change: Change) -> None:
    _plan(change)
    items.write(change, 1, [AIMS], seen_version=1)
    plans.new_plan(change, title="The year 2027", period=parse("2027"))


def _prepared_for(change: Change) -> None:
    _two(change)
    plan = plans.plan_by_id(change.connection, 1)
    draft = Draft(kind="contingency", words="Prices fall", steps="Call all customers")
    Writer(change, plan).add(1, 1, draft)
    deciding.approve(change, 1)


def _a_template(change: Change) -> None:
    _two(change)
    own_templates.keep(change, 1, "Ours", "For the year.")


def _year_and_month(change: Change) -> None:
    _plan(change)
    plans.new_plan(change, title="November", period=NOVEMBER)


def _one_closed(change: Change) -> None:
    _closed(change)
    plans.new_plan(change, title="The year 2027", period=parse("2027"))


def _commented(change: Change) -> None:
    _two(change)
    comments.add(change, 1, "Too low", item_id=1)


def _line(change: Change, kind: str, level: int, words: str) -> list[int]:
    return items.write(change, 1, [AIMS, outlines.Line(kind, level, words)], seen_version=1)


def _set(change: Change, wanted: Mapping[Place, int | None], tier: str = "assigned") -> int:
    return targets.set_values(change, 1, AMOUNT, tier, wanted)


def _task(change: Change) -> None:
    _plan(change)
    _set(change, {Place(OFFICE, YEAR): 1_200_000_00, Place(OFFICE, OCTOBER): 90_000_00})


def _parts(change: Change) -> None:
    _task(change)
    _set(change, {Place(OFFICE, month(2026, number)): 10_000_00 for number in range(1, 13)})


def _summary(change: Change) -> None:
    summaries.begin(change, OFFICE, "month", OCTOBER.start)


def _correct(change: Change, words: str = "Call", *, day: date = OCTOBER.start) -> int:
    return corrective.add(change, 1, words=words, person_id=STAFF.ann, day=day)


def _written(change: Change) -> None:
    _summary(change)
    summaries.write(change, 1, seen_version=1, done="Sold")


def _handed_in(change: Change) -> None:
    _written(change)
    summaries.hand_in(change, 1)


def _retired(change: Change) -> None:
    causes.begin(change)
    causes.edit(change, 1, seen_version=1, active=False)
    _task(change)


def _a_task(change: Change) -> None:
    tasks.add(change, words="Call", person_id=STAFF.ann, day=_DAY)


def _a_task_done(change: Change) -> None:
    _a_task(change)
    tasks.mark_done(change, Ref(1), on=_DAY)


def _sentence(change: Change) -> None:
    _plan(change)
    items.write_text(change, 1, "每周拜访客户2次", seen_version=1)


def _ruled(change: Change) -> None:
    _sentence(change)
    item_rules.add(change, 1, _VISITS)


def _submitted(change: Change) -> None:
    _task(change)
    deciding.submit(change, 1, "Please")


def _approved(change: Change) -> None:
    _task(change)
    deciding.approve(change, 1)


def _closed(change: Change) -> None:
    _approved(change)
    deciding.close(change, 1)


def _shut_october(change: Change) -> None:
    _plan(change)
    months.close(change, OCTOBER)


def _drives(change: Change) -> None:
    assert measures.add(change, "Test drives", "drives") == DRIVES


def _count(change: Change, *, value: int = 3, measure_id: int = DRIVES, who: int = 2) -> int:
    return hand_counts.count(change, measure_id, who, date(2026, 11, 2), value)


def _counted(change: Change) -> None:
    _drives(change)
    _count(change)


def _reckon(change: Change) -> int:
    cells = grid.read(change.connection, 1, AMOUNT, "assigned")
    return splitting.set_reckoned(
        change, cells, lambda _db, _cells: {Place(OFFICE, NOVEMBER): 70_000_00}, splitting.SPLIT
    )


LINES = [
    Line(
        measure_words.add,
        lambda change: measure_words.add(change, "Visits to A", "visits", counts="visits"),
        (
            (
                "isn't something that can be counted",
                lambda change: measure_words.add(change, "X", "y", counts="kites"),
            ),
            ("Unit is missing", lambda change: measure_words.add(change, "X", " ")),
        ),
    ),
    Line(
        plans.new_plan,
        _plan,
        (
            ("", lambda change: plans.new_plan(change, title=" ", period=YEAR)),
            ("at most", lambda change: plans.new_plan(change, title=LONG, period=YEAR)),
            (
                "no person number 99",
                lambda change: plans.new_plan(change, title="A", period=YEAR, who=person(99)),
            ),
        ),
    ),
    Line(
        plans.rename,
        lambda change: plans.rename(change, 1, seen_version=1, title="Ours"),
        (
            ("title", lambda change: plans.rename(change, 1, seen_version=1, title="")),
            (
                "no plan number 99",
                lambda change: plans.rename(change, 99, seen_version=1, title="A"),
            ),
            ("", lambda change: plans.rename(change, 1, seen_version=9, title="Mine")),
        ),
        before=_plan,
    ),
    Line(
        from_text.fill,
        lambda change: from_text.fill(change, 1, [AIMS], ()),
        (
            (
                "has a text already",
                lambda change: (
                    from_text.fill(change, 1, [AIMS], ()),
                    from_text.fill(change, 1, [AIMS], ()),
                ),
            ),
            ("no plan number 9", lambda change: from_text.fill(change, 9, [AIMS], ())),
        ),
        before=_plan,
    ),
    Line(
        from_text.new_plan,
        lambda change: from_text.new_plan(change, [AIMS], (), title="Plan", period=YEAR),
        (
            (
                "needs a title",
                lambda change: from_text.new_plan(change, [AIMS], (), title=" ", period=YEAR),
            ),
        ),
    ),
    Line(
        item_rules.add,
        lambda change: item_rules.add(change, 1, _VISITS),
        (
            ("no item number 9", lambda change: item_rules.add(change, 9, _VISITS)),
            ("no such kind", lambda change: item_rules.add(change, 1, Draft(kind="wish"))),
            (
                "Write the range",
                lambda change: item_rules.add(change, 1, replace(_VISITS, value=5, highest=7)),
            ),
        ),
        before=_sentence,
    ),
    Line(
        item_rules.edit,
        lambda change: item_rules.edit(change, 1, replace(_VISITS, value=3)),
        (
            ("no rule number 9", lambda change: item_rules.edit(change, 9, _VISITS)),
            ("stays of its kind", lambda change: item_rules.edit(change, 1, Draft(kind="action"))),
            (
                "smaller end",
                lambda change: item_rules.edit(change, 1, replace(_VISITS, value=3, highest=2)),
            ),
        ),
        before=_ruled,
    ),
    Line(
        item_rules.remove,
        lambda change: item_rules.remove(change, 1),
        (("no rule number 9", lambda change: item_rules.remove(change, 9)),),
        before=_ruled,
    ),
    Line(
        items.write,
        lambda change: items.write(change, 1, [AIMS], seen_version=1),
        (
            ("at most", lambda change: items.write(change, 1, [AIMS] * 2_001, seen_version=1)),
            (
                "Line 2: ",
                lambda change: _line(change, "item", 9, "Deep"),
            ),
            (
                "no such kind",
                lambda change: _line(change, "poem", 0, "Rose"),
            ),
            (
                "one line",
                lambda change: _line(change, "item", 0, "A\nB"),
            ),
            ("Max", lambda change: items.write(change, 1, [AIMS], seen_version=9)),
            ("number 99", lambda change: items.write(change, 99, [AIMS], seen_version=1)),
        ),
        before=_plan,
    ),
    Line(
        items.write_text,
        lambda change: items.write_text(change, 1, "# Aims", seen_version=1),
        (
            ("at most", lambda change: items.write_text(change, 1, LONG, seen_version=1)),
            ("number 99", lambda change: items.write_text(change, 99, "# A", seen_version=1)),
        ),
        before=_plan,
    ),
    Line(
        tasks.add,
        lambda change: tasks.add(change, words="Call", person_id=STAFF.ann, day=date(2026, 11, 30)),
        (
            ("missing", lambda change: tasks.add(change, words=" ", person_id=2, day=_DAY)),
            ("kind of task", lambda change: tasks.add(
                change, words="x", person_id=2, day=_DAY, kind="party")),
            ("isn't a time", lambda change: tasks.add(
                change, words="x", person_id=2, day=_DAY, begins="25:00")),
            ("ends after", lambda change: tasks.add(
                change, words="x", person_id=2, day=_DAY, begins="10:00", ends="09:00")),
            ("number 99", lambda change: tasks.add(change, words="x", person_id=99, day=_DAY)),
            ("customer number 99", lambda change: tasks.add(
                change, words="x", person_id=2, day=_DAY, customer_id=99)),
        ),
    ),
    Line(
        tasks.arise,
        lambda change: tasks.arise(change, 1, _DAY),
        (
            ("number 99", lambda change: tasks.arise(change, 99, _DAY)),
            ("customer number 99", lambda change: tasks.arise(change, 1, _DAY, customer_id=99)),
        ),
        before=_prepared_for,
    ),
    Line(
        tasks.edit,
        lambda change: tasks.edit(change, 1, seen_version=1, words="Visit"),
        (
            ("missing", lambda change: tasks.edit(change, 1, seen_version=1, words="")),
            ("kind of task", lambda change: tasks.edit(change, 1, seen_version=1, kind="party")),
            ("number 99", lambda change: tasks.edit(change, 99, seen_version=1)),
            ("number 99", lambda change: tasks.edit(change, 1, seen_version=1, person_id=99)),
        ),
        before=_a_task,
    ),
    Line(
        tasks.mark_done,
        lambda change: tasks.mark_done(change, Ref(1)),
        (
            ("still to come", lambda change: tasks.mark_done(
                change, Ref(1), on=date(2099, 1, 1))),
            ("number 99", lambda change: tasks.mark_done(change, Ref(99))),
            ("no such task", lambda change: tasks.mark_done(change, Ref(None, 99, _DAY))),
        ),
        before=_a_task,
    ),
    Line(
        tasks.reopen,
        lambda change: tasks.reopen(change, Ref(1)),
        (("number 99", lambda change: tasks.reopen(change, Ref(99))),),
        before=_a_task_done,
    ),
    Line(
        tasks.move,
        lambda change: tasks.move(change, Ref(1), date(2026, 12, 1)),
        (
            ("isn't a time", lambda change: tasks.move(change, Ref(1), _DAY, begins="9")),
            ("number 99", lambda change: tasks.move(change, Ref(99), _DAY)),
        ),
        before=_a_task,
    ),
    Line(
        tasks.drop,
        lambda change: tasks.drop(change, Ref(1), "Not needed"),
        (
            ("missing", lambda change: tasks.drop(change, Ref(1), " ")),
            ("number 99", lambda change: tasks.drop(change, Ref(99), "x")),
        ),
        before=_a_task,
    ),
    Line(
        tasks.delete,
        lambda change: tasks.delete(change, 1),
        (("number 99", lambda change: tasks.delete(change, 99)),),
        before=_a_task,
    ),
    Line(
        taking.take,
        lambda change: taking.take(change, 1, [Pick(1, 0)]),
        (
            ("has changed since", lambda change: taking.take(change, 1, [Pick(1, 5)])),
            ("number 99", lambda change: taking.take(change, 99, [])),
        ),
        before=_sentence,
    ),
    Line(
        items.touch,
        lambda change: items.touch(change, plans.plan_by_id(change.connection, 1)),
        (
            (
                "Max",
                lambda change: items.touch(
                    change, plans.plan_by_id(change.connection, 1), seen_version=9
                ),
            ),
        ),
        before=_plan,
    ),
    Line(
        items.copied,
        lambda change: items.copied(change, 1, 2),
        (
            ("has a text already", lambda change: items.copied(change, 2, 1)),
            ("number 99", lambda change: items.copied(change, 1, 99)),
            ("number 99", lambda change: items.copied(change, 99, 2)),
        ),
        before=_two,
    ),
    Line(
        beginning.with_text,
        lambda change: beginning.with_text(change, "# Aims", title="A", period=YEAR),
        (
            ("title", lambda change: beginning.with_text(change, "", title=" ", period=YEAR)),
            ("at most", lambda change: beginning.with_text(change, LONG, title="A", period=YEAR)),
        ),
    ),
    Line(
        beginning.with_lines,
        lambda change: beginning.with_lines(change, [AIMS], title="A", period=YEAR),
        (("title", lambda change: beginning.with_lines(change, [], title=" ", period=YEAR)),),
    ),
    Line(
        beginning.from_plan,
        lambda change: beginning.from_plan(change, 1, parse("2027"), "Next year", OFFICE),
        (
            (
                "no plan number 99",
                lambda change: beginning.from_plan(change, 99, YEAR, "Next", OFFICE),
            ),
        ),
        before=_plan,
    ),
    Line(
        plans.delete_plan,
        lambda change: plans.delete_plan(change, 1),
        (("no plan number 99", lambda change: plans.delete_plan(change, 99)),),
        before=_task,
    ),
    Line(
        own_templates.keep,
        lambda change: own_templates.keep(change, 1, "Our year"),
        (
            ("A name is missing", lambda change: own_templates.keep(change, 1, " ")),
            ("exists already", lambda change: own_templates.keep(change, 1, "ours")),
            ("The program has", lambda change: own_templates.keep(change, 1, "call-plan")),
            ("has no text", lambda change: own_templates.keep(change, 2, "Theirs")),
            ("number 99", lambda change: own_templates.keep(change, 99, "Theirs")),
            ("", lambda change: own_templates.keep(change, 1, "Our year", LONG)),
        ),
        before=_a_template,
    ),
    Line(
        own_templates.edit,
        lambda change: own_templates.edit(change, 1, seen_version=1, name="Our year"),
        (
            (
                "A name is missing",
                lambda change: own_templates.edit(change, 1, seen_version=1, name=""),
            ),
            ("number 99", lambda change: own_templates.edit(change, 99, seen_version=1, about="")),
        ),
        before=_a_template,
    ),
    Line(
        own_templates.delete,
        lambda change: own_templates.delete(change, 1),
        (("number 99", lambda change: own_templates.delete(change, 99)),),
        before=_a_template,
    ),
    Line(
        own_templates.new_plan,
        lambda change: own_templates.new_plan(change, 1, period=YEAR),
        (("number 99", lambda change: own_templates.new_plan(change, 99, period=YEAR)),),
        before=_a_template,
    ),
    Line(
        templates.new_plan,
        lambda change: templates.new_plan(change, "yearly-abc", period=YEAR),
        (("", lambda change: templates.new_plan(change, "nonsense", period=YEAR)),),
    ),
    Line(
        deciding.submit,
        lambda change: deciding.submit(change, 1, "Please"),
        (("no plan number 99", lambda change: deciding.submit(change, 99)),),
        before=_task,
    ),
    Line(
        deciding.send_back,
        lambda change: deciding.send_back(change, 1, "Too low"),
        (("", lambda change: deciding.send_back(change, 1, "  ")),),
        before=_submitted,
    ),
    Line(
        deciding.approve,
        lambda change: deciding.approve(change, 1),
        (
            ("at most", lambda change: deciding.approve(change, 1, LONG)),
            ("no plan number 99", lambda change: deciding.approve(change, 99)),
        ),
        before=_submitted,
    ),
    Line(
        deciding.move,
        lambda change: deciding.move(change, 1, "approved"),
        (("", lambda change: deciding.move(change, 1, "forgotten")),),
        before=_submitted,
    ),
    Line(
        deciding.take_back,
        lambda change: deciding.take_back(change, 1, "market", "Prices fell"),
        (
            ("with a reason", lambda change: deciding.take_back(change, 1)),
            ("with a reason", lambda change: deciding.take_back(change, 1, "whim", "So")),
            ("Say why", lambda change: deciding.take_back(change, 1, "order", " ")),
            ("at most", lambda change: deciding.take_back(change, 1, "order", LONG)),
            ("", lambda change: _set(change, {Place(OFFICE, YEAR): 1_00})),
            ("can't be deleted", lambda change: plans.delete_plan(change, 1)),
            (
                "",
                lambda change: plans.rename(change, 1, seen_version=9, title="Mine"),
            ),
        ),
        before=_approved,
    ),
    Line(
        next_plan.make,
        lambda change: next_plan.make(change, 2),
        (("no plan number 99", lambda change: next_plan.make(change, 99)),),
        before=_year_and_month,
    ),
    Line(
        next_plan.make,
        lambda change: next_plan.make(change, 2),
        (("is a plan for 2027 already", lambda change: next_plan.make(change, 1)),),
        before=_two,
    ),
    Line(
        revisions.activate,
        lambda change: revisions.activate(change, 1, "Prices fell"),
        (
            ("no rule number 99", lambda change: revisions.activate(change, 99)),
            ("at most", lambda change: revisions.activate(change, 1, LONG)),
        ),
        before=_prepared_for,
    ),
    Line(
        nesting.set_parent,
        lambda change: nesting.set_parent(change, 2, 1),
        (
            ("isn't a wider plan", lambda change: nesting.set_parent(change, 1, 2)),
            ("isn't a wider plan", lambda change: nesting.set_parent(change, 1, 1)),
            ("no plan number 99", lambda change: nesting.set_parent(change, 99, 1)),
            ("no plan number 99", lambda change: nesting.set_parent(change, 2, 99)),
        ),
        before=_year_and_month,
    ),
    Line(
        comments.add,
        lambda change: comments.add(change, 1, "Too low", item_id=1),
        (
            ("says nothing", lambda change: comments.add(change, 1, "  ")),
            ("at most", lambda change: comments.add(change, 1, LONG)),
            ("no such item", lambda change: comments.add(change, 1, "Low", item_id=9)),
            ("no plan number 99", lambda change: comments.add(change, 99, "Low")),
        ),
        before=_two,
    ),
    Line(
        comments.add,
        lambda change: comments.add(change, 2, "Too low"),
        (("is closed", lambda change: comments.add(change, 1, "Low")),),
        before=_one_closed,
    ),
    Line(
        comments.settle,
        lambda change: comments.settle(change, 1),
        (("no comment number 99", lambda change: comments.settle(change, 99)),),
        before=_commented,
    ),
    Line(
        comments.delete,
        lambda change: comments.delete(change, 1),
        (("no comment number 99", lambda change: comments.delete(change, 99)),),
        before=_commented,
    ),
    Line(
        revisions.revise,
        lambda change: revisions.revise(change, 1, "market", "Prices fell"),
        (
            ("with a reason", lambda change: revisions.revise(change, 1, "", "Prices fell")),
            ("Say why", lambda change: revisions.revise(change, 1, "market", "")),
            ("no plan number 99", lambda change: revisions.revise(change, 99, "order", "So")),
        ),
        before=_approved,
    ),
    Line(
        deciding.close,
        lambda change: deciding.close(change, 1),
        (("no plan number 99", lambda change: deciding.close(change, 99)),),
        before=_approved,
    ),
    Line(
        deciding.reopen,
        lambda change: deciding.reopen(change, 1),
        (
            ("is closed", lambda change: _set(change, {Place(OFFICE, YEAR): 1_00})),
            (
                "is closed",
                lambda change: remarks.set_remarks(
                    change, 1, AMOUNT, {Place(OFFICE, OCTOBER): remarks.Words("Rain", "")}
                ),
            ),
        ),
        before=_closed,
    ),
    Line(
        targets.set_values,
        lambda change: _set(change, {Place(OFFICE, NOVEMBER): 80_000_00}),
        (
            ("can't be negative", lambda change: _set(change, {Place(OFFICE, NOVEMBER): -1_00})),
            ("too large", lambda change: _set(change, {Place(OFFICE, NOVEMBER): 10**18})),
            ("outside the plan", lambda change: _set(change, {Place(OFFICE, parse("2027")): 1_00})),
            ("isn't a tier", lambda change: _set(change, {Place(OFFICE, NOVEMBER): 1_00}, "wish")),
            (
                "no person number 99",
                lambda change: _set(change, {Place(person(99), NOVEMBER): 1_00}),
            ),
            (
                "no measure number 99",
                lambda change: targets.set_values(
                    change, 1, 99, "assigned", {Place(OFFICE, NOVEMBER): 1_00}
                ),
            ),
            (
                "no plan number 99",
                lambda change: targets.set_values(
                    change, 99, AMOUNT, "assigned", {Place(OFFICE, NOVEMBER): 1_00}
                ),
            ),
        ),
        before=_task,
    ),
    Line(
        targets.set_values,
        lambda change: _set(change, {Place(OFFICE, NOVEMBER): 80_000_00}),
        (("closed month", lambda change: _set(change, {Place(OFFICE, OCTOBER): 80_000_00})),),
        before=_shut_october,
    ),
    Line(
        targets.set_locked,
        lambda change: targets.set_locked(
            change, 1, AMOUNT, "assigned", [Place(OFFICE, OCTOBER)], True
        ),
        (
            (
                "no plan number 99",
                lambda change: targets.set_locked(
                    change, 99, AMOUNT, "assigned", [Place(OFFICE, OCTOBER)], True
                ),
            ),
        ),
        before=_task,
    ),
    Line(
        splitting.split_time,
        lambda change: splitting.split_time(
            change, 1, _amount(change), "assigned", Place(OFFICE, YEAR), "quarter"
        ),
        before=_task,
    ),
    Line(
        splitting.split_people,
        lambda change: splitting.split_people(
            change, 1, _amount(change), "assigned", Place(OFFICE, YEAR)
        ),
        before=_task,
    ),
    Line(
        splitting.split_products,
        lambda change: splitting.split_products(
            change, 1, _amount(change), "assigned", Place(OFFICE, YEAR),
            [STAFF.laptop, STAFF.tower],
        ),
        before=_task,
    ),
    Line(
        splitting.rebalance,
        lambda change: splitting.rebalance(
            change, 1, _amount(change), "assigned", Place(OFFICE, YEAR)
        ),
        before=_parts,
    ),
    Line(
        splitting.catch_up,
        lambda change: splitting.catch_up(
            change, 1, _amount(change), "assigned", Place(OFFICE, YEAR), date(2026, 11, 10)
        ),
        before=_parts,
    ),
    Line(splitting.set_reckoned, _reckon, before=_task),
    Line(
        remarks.set_remarks,
        lambda change: remarks.set_remarks(
            change, 1, AMOUNT, {Place(OFFICE, OCTOBER): remarks.Words("Rain", "Umbrellas")}
        ),
        (
            (
                "at most",
                lambda change: remarks.set_remarks(
                    change, 1, AMOUNT, {Place(OFFICE, OCTOBER): remarks.Words(LONG, "")}
                ),
            ),
            (
                "outside the plan",
                lambda change: remarks.set_remarks(
                    change, 1, AMOUNT, {Place(OFFICE, month(2027, 1)): remarks.Words("Rain", "")}
                ),
            ),
        ),
        before=_task,
    ),
    Line(causes.begin, causes.begin),
    Line(
        causes.add,
        lambda change: causes.add(change, "Rain", "outside"),
        (
            ("is missing", lambda change: causes.add(change, " ", "outside")),
            ("at most", lambda change: causes.add(change, LONG, "outside")),
            ("one of: outside", lambda change: causes.add(change, "Rain", "above")),
            ("exists already", lambda change: causes.add(change, "Target set too high", "inside")),
        ),
    ),
    Line(
        causes.edit,
        lambda change: causes.edit(change, 1, seen_version=1, name="Rain"),
        (
            ("is missing", lambda change: causes.edit(change, 1, seen_version=1, name="")),
            ("one of: outside", lambda change: causes.edit(change, 1, seen_version=1, side="up")),
            ("no cause number 99", lambda change: causes.edit(change, 99, seen_version=1)),
        ),
        before=causes.begin,
    ),
    Line(
        causes.chosen,
        lambda change: causes.chosen(change, "Target set too high"),
        (("no cause “Hail”", lambda change: causes.chosen(change, "Hail")),),
    ),
    Line(
        remarks.set_remarks,
        lambda change: remarks.set_remarks(
            change, 1, AMOUNT, {Place(OFFICE, OCTOBER): remarks.Words(cause_id=2)}
        ),
        (
            (
                "no longer used",
                lambda change: remarks.set_remarks(
                    change, 1, AMOUNT, {Place(OFFICE, OCTOBER): remarks.Words(cause_id=1)}
                ),
            ),
            (
                "no cause number 99",
                lambda change: remarks.set_remarks(
                    change, 1, AMOUNT, {Place(OFFICE, OCTOBER): remarks.Words(cause_id=99)}
                ),
            ),
            (
                "at most",
                lambda change: remarks.set_remarks(
                    change, 1, AMOUNT, {Place(OFFICE, OCTOBER): remarks.Words(root_cause=LONG)}
                ),
            ),
        ),
        before=_retired,
    ),
    Line(
        summaries.ask,
        lambda change: summaries.ask(change, 1, ["month"], seen_version=1),
        (
            ("isn't a summary", lambda change: summaries.ask(change, 1, ["x"], seen_version=1)),
            ("no plan number 99", lambda change: summaries.ask(change, 99, [], seen_version=1)),
        ),
        before=_plan,
    ),
    Line(
        summaries.begin,
        lambda change: summaries.begin(change, OFFICE, "month", OCTOBER.start),
        (
            ("isn't a summary", lambda change: summaries.begin(change, OFFICE, "x", YEAR.start)),
            (
                "hasn't begun",
                lambda change: summaries.begin(change, OFFICE, "year", date(2998, 1, 1)),
            ),
            (
                "first and a last day",
                lambda change: summaries.begin(change, OFFICE, "stage", YEAR.start),
            ),
            (
                "no person number 99",
                lambda change: summaries.begin(change, person(99), "month", OCTOBER.start),
            ),
            (
                "no plan number 99",
                lambda change: summaries.begin(
                    change, OFFICE, "month", OCTOBER.start, plan_id=99
                ),
            ),
        ),
    ),
    Line(
        summaries.write,
        lambda change: summaries.write(change, 1, seen_version=1, done="Sold", lessons="Call"),
        (
            ("at most", lambda change: summaries.write(change, 1, seen_version=1, next=LONG)),
            ("no summary number 99", lambda change: summaries.write(change, 99, seen_version=1)),
        ),
        before=_summary,
    ),
    Line(
        summaries.write,
        lambda change: summaries.take_back(change, 1),
        (("take it back first", lambda change: summaries.write(change, 1, seen_version=3)),),
        before=_handed_in,
    ),
    Line(
        summaries.hand_in,
        lambda change: summaries.hand_in(change, 1),
        (("no summary number 99", lambda change: summaries.hand_in(change, 99)),),
        before=_written,
    ),
    Line(
        summaries.hand_in,
        _written,
        (("Write first", lambda change: summaries.hand_in(change, 1)),),
        before=_summary,
    ),
    Line(
        summaries.take_back,
        lambda change: summaries.take_back(change, 1),
        (("no summary number 99", lambda change: summaries.take_back(change, 99)),),
        before=_handed_in,
    ),
    Line(
        summaries.take_back,
        lambda change: summaries.hand_in(change, 1),
        (("isn't handed in", lambda change: summaries.take_back(change, 1)),),
        before=_written,
    ),
    Line(
        corrective.add,
        _correct,
        (
            ("is missing", lambda change: _correct(change, " ")),
            ("at most", lambda change: _correct(change, LONG)),
            ("lies before", lambda change: _correct(change, day=YEAR.start)),
            (
                "no person number 99",
                lambda change: corrective.add(
                    change, 1, words="Call", person_id=99, day=OCTOBER.start
                ),
            ),
            (
                "no summary number 99",
                lambda change: corrective.add(
                    change, 99, words="Call", person_id=2, day=OCTOBER.start
                ),
            ),
        ),
        before=_summary,
    ),
    Line(
        corrective.add,
        lambda change: summaries.take_back(change, 1),
        (("take it back first", _correct),),
        before=_handed_in,
    ),
    Line(
        summaries.comment,
        lambda change: summaries.comment(change, 1, "Good"),
        (
            ("at most", lambda change: summaries.comment(change, 1, LONG)),
            ("no summary number 99", lambda change: summaries.comment(change, 99, "")),
        ),
        before=_handed_in,
    ),
    Line(
        hand_counts.count,
        _count,
        (
            ("", lambda change: _count(change, value=-1)),
            ("", lambda change: _count(change, measure_id=AMOUNT)),
            ("number 99", lambda change: _count(change, who=99)),
        ),
        before=_drives,
    ),
    Line(
        hand_counts.edit_count,
        lambda change: hand_counts.edit_count(change, 1, value=4),
        (("", lambda change: hand_counts.edit_count(change, 1, value=-4)),),
        before=_counted,
    ),
    Line(
        hand_counts.delete_count,
        lambda change: hand_counts.delete_count(change, 1),
        (("", lambda change: hand_counts.delete_count(change, 99)),),
        before=_counted,
    ),
]  # fmt: skip
