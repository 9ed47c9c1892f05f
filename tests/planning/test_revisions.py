"""An approved plan changes only by a revision with its reason, and any two are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import months
from salesdesk.office.undoing import undo_entry
from salesdesk.planning import deciding, items, plans, revisions, tasks
from salesdesk.planning.live import rule as rules
from salesdesk.planning.live.rule import Draft
from salesdesk.planning.live.writing import Writer
from salesdesk.planning.places import OFFICE, Who, person, team
from salesdesk.planning.revisions import Comparison, Piece
from salesdesk.planning.tables import plan_revision
from salesdesk.workspace import Workspace
from tests.offices import STAFF, place, plan_for, set_targets, staffed_office, targets_of

ANN = person(STAFF.ann)
TEXT = "# 目标\n  1. 每周8台笔记本\n  2. 每天40个电话\n  3. 团结\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _write(workspace: Workspace, plan_id: int, text: str, title: str = "") -> None:
    with workspace.change("Write") as change:
        version = plans.plan_by_id(change.connection, plan_id).version
        items.write_text(change, plan_id, text, seen_version=version)
        if title:
            version = plans.plan_by_id(change.connection, plan_id).version
            plans.rename(change, plan_id, seen_version=version, title=title)


def _approved(workspace: Workspace, text: str = TEXT) -> int:
    plan_id = plan_for(workspace)
    _write(workspace, plan_id, text)
    set_targets(workspace, plan_id, {place("2026"): 100_00, place("2026-11", ANN): 7_00})
    set_targets(workspace, plan_id, {place("2026-12", team(STAFF.east)): 9}, code="visits")
    with workspace.change("Approve") as change:
        deciding.approve(change, plan_id)
    return plan_id


def _revise(workspace: Workspace, plan_id: int, reason: str = "market", words: str = "So") -> None:
    with workspace.change("Revise") as change:
        revisions.revise(change, plan_id, reason, words)


def _again(workspace: Workspace, plan_id: int) -> None:
    with workspace.change("Approve") as change:
        deciding.approve(change, plan_id)


def _compare(
    workspace: Workspace, plan_id: int, before: int, after: int | None = None
) -> Comparison:
    return workspace.read(revisions.compare, plan_id, before, after)


def _marked(found: Comparison) -> list[tuple[str, str | None, str | None]]:
    return [
        (
            line.what,
            None if line.before is None else line.before.text,
            None if line.after is None else line.after.text,
        )
        for line in found.lines
        if line.what != "same"
    ]


def _figures(found: Comparison) -> list[tuple[str, str, str, str, int | None, int | None]]:
    return [
        (one.measure.code, one.tier, one.whose, one.period.key, one.before, one.after)
        for one in found.figures
    ]


def test_a_revision_keeps_the_plan_as_it_was_approved_with_who_and_why(
    workspace: Workspace,
) -> None:
    plan_id = _approved(workspace)
    _revise(workspace, plan_id, "order", "The board wants more")
    plan = workspace.read(plans.plan_by_id, plan_id)
    assert (plan.status, plan.revision) == ("draft", 2)
    (kept,) = workspace.read(revisions.history, plan_id)
    assert (kept.number, kept.reason, kept.words, kept.person_name) == (
        1, "order", "The board wants more", "Max"
    )  # fmt: skip
    assert _compare(workspace, plan_id, 1).is_same


@pytest.mark.parametrize(
    ("reason", "words", "cause"),
    [("", "So", "with a reason"), ("whim", "So", "with a reason"), ("order", " ", "Say why")],
)
def test_without_a_reason_nothing_moves(
    workspace: Workspace, reason: str, words: str, cause: str
) -> None:
    plan_id = _approved(workspace)
    with pytest.raises(InputError, match=cause):
        _revise(workspace, plan_id, reason, words)
    assert workspace.read(plans.plan_by_id, plan_id).status == "approved"
    assert workspace.read(revisions.history, plan_id) == []


@pytest.mark.parametrize("steps", [[], ["submitted"], ["submitted", "returned"]])
def test_what_was_never_approved_is_no_revision(workspace: Workspace, steps: list[str]) -> None:
    plan_id = plan_for(workspace)
    for status in steps:
        with workspace.change("Step") as change:
            deciding.move(change, plan_id, status, "Look again")
    if steps:
        with workspace.change("Back") as change:
            deciding.take_back(change, plan_id)
    else:
        with pytest.raises(InputError, match="can't become"):
            _revise(workspace, plan_id)
    assert workspace.read(revisions.history, plan_id) == []
    assert workspace.read(plans.plan_by_id, plan_id).revision == 1


def test_two_revisions_are_compared_word_by_word_and_figure_by_figure(
    workspace: Workspace,
) -> None:
    plan_id = _approved(workspace)
    _revise(workspace, plan_id)
    _write(
        workspace, plan_id, "# 目标\n  1. 每周12台笔记本\n"
        "  2. 每天40个电话\n  3. 踩盘\n  4. 团结\n",
        "Another title",
    )  # fmt: skip
    set_targets(workspace, plan_id, {place("2026"): 120_00, place("2026-11", ANN): None})
    set_targets(workspace, plan_id, {place("2026-10"): 3_00}, tier="stretch")
    found = _compare(workspace, plan_id, 1)
    assert found.titles == ("Plan 2026", "Another title")
    assert _marked(found) == [
        ("changed", "每周8台笔记本", "每周12台笔记本"),
        ("added", None, "踩盘"),
    ]
    changed = next(line for line in found.lines if line.what == "changed")
    assert changed.before_pieces == [
        Piece("每周", False), Piece("8", True), Piece("台笔记本", False)
    ]  # fmt: skip
    assert changed.after_pieces[1] == Piece("12", True)
    assert _figures(found) == [
        ("amount", "assigned", "Ann", "2026-11", 7_00, None),
        ("amount", "assigned", "Whole office", "2026", 100_00, 120_00),
        ("amount", "stretch", "Whole office", "2026-10", None, 3_00),
    ]
    back = _compare(workspace, plan_id, 2, 1)
    assert ("removed", "踩盘", None) in _marked(back)
    assert ("amount", "stretch", "Whole office", "2026-10", 3_00, None) in _figures(back)


def test_a_rule_that_changed_is_told_though_its_words_are_the_same(workspace: Workspace) -> None:
    plan_id, rule_id = _prepared(workspace)
    _revise(workspace, plan_id)
    assert _compare(workspace, plan_id, 1).is_same
    with workspace.change("Rule") as change:
        plan, rule = rules.plan_and_rule(change.connection, rule_id)
        said = replace(rules.draft_of(rule), steps="打电话")
        Writer(change, plan).edit(rule, said)
    found = _compare(workspace, plan_id, 1)
    assert _marked(found) == [("changed", "突变市场做好预案", "突变市场做好预案")]
    (line,) = found.lines
    assert ("报告经理" in line.before_rules[0], "报告经理" in line.after_rules[0]) == (True, False)


def test_any_two_of_several_are_compared(workspace: Workspace) -> None:
    plan_id = _approved(workspace)
    for number in (2, 3):
        _revise(workspace, plan_id, "correction", f"Slip {number}")
        set_targets(workspace, plan_id, {place("2026"): number * 100_00})
        _write(workspace, plan_id, f"# 目标\n  1. 第{number}版\n")
        _again(workspace, plan_id)
    assert [one.number for one in workspace.read(revisions.history, plan_id)] == [2, 1]
    assert [one[4:] for one in _figures(_compare(workspace, plan_id, 1, 2))] == [(100_00, 200_00)]
    assert [one[4:] for one in _figures(_compare(workspace, plan_id, 2))] == [(200_00, 300_00)]
    assert _figures(_compare(workspace, plan_id, 1, 3)) == _figures(_compare(workspace, plan_id, 1))
    assert _compare(workspace, plan_id, 3, 3).is_same
    with pytest.raises(NotFoundError, match="no revision 4"):
        _compare(workspace, plan_id, 4)
    with pytest.raises(NotFoundError, match="no plan number 99"):
        _compare(workspace, 99, 1)


def test_an_undone_revision_is_as_if_it_had_not_been(workspace: Workspace) -> None:
    plan_id = _approved(workspace)
    _revise(workspace, plan_id)
    workspace.undo()
    plan = workspace.read(plans.plan_by_id, plan_id)
    assert (plan.status, plan.revision) == ("approved", 1)
    assert workspace.read(revisions.history, plan_id) == []
    _revise(workspace, plan_id)
    assert [one.number for one in workspace.read(revisions.history, plan_id)] == [1]


def test_closed_months_dont_move_by_a_revision_nor_by_an_undo(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026-10"): 5_00})
    entry = workspace.history(limit=1)[0].id
    _again(workspace, plan_id)
    with workspace.change("Close") as change:
        months.close(change, parse("2026-10"))
    _revise(workspace, plan_id)
    with pytest.raises(InputError, match="closed month"):
        set_targets(workspace, plan_id, {place("2026-10"): 6_00})
    with pytest.raises(InputError, match="closed month"):
        undo_entry(workspace, entry)
    set_targets(workspace, plan_id, {place("2026-11"): 6_00})
    assert targets_of(workspace, plan_id)["2026-10", OFFICE] == 5_00


def test_words_written_before_the_approval_arent_undone_after_it(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    _write(workspace, plan_id, TEXT)
    entry = workspace.history(limit=1)[0].id
    _again(workspace, plan_id)
    with pytest.raises(InputError, match="only changed by a revision"):
        undo_entry(workspace, entry)
    assert workspace.read(items.text_of, plan_id) == TEXT


def _prepared(workspace: Workspace, who: Who = OFFICE, **draft: object) -> tuple[int, int]:
    """An approved plan whose first item prepares for something, and the rule."""
    plan_id = plan_for(workspace, who=who)
    _write(workspace, plan_id, "1. 突变市场做好预案\n")
    with workspace.change("Rule") as change:
        plan = plans.plan_by_id(change.connection, plan_id)
        item = items.of_plan(change.connection, plan_id)[0]
        said = {"kind": "contingency", "words": "竞品降价", "steps": "打电话\n\n 报告经理 \n"}
        rule_id = Writer(change, plan).add(item.id, 1, Draft(**{**said, **draft}))  # type: ignore[arg-type]
    _again(workspace, plan_id)
    return plan_id, rule_id


def test_what_was_prepared_for_makes_a_revision_and_its_steps_tasks(workspace: Workspace) -> None:
    plan_id, rule_id = _prepared(workspace, ANN)
    with workspace.change("It happened") as change:
        assert revisions.activate(change, rule_id, "降了5%") == 2
    plan = workspace.read(plans.plan_by_id, plan_id)
    assert (plan.status, plan.revision) == ("draft", 2)
    (kept,) = workspace.read(revisions.history, plan_id)
    assert (kept.reason, kept.words) == ("contingency", "降了5%")
    today = kept.made_at.date()
    found = workspace.read(tasks.tasks_between, today, today + timedelta(days=1), ANN)
    assert {(one.words, one.who) for one in found} == {("报告经理", ANN), ("打电话", ANN)}
    workspace.undo()
    assert workspace.read(plans.plan_by_id, plan_id).status == "approved"
    assert workspace.read(tasks.tasks_between, today, today + timedelta(days=1), ANN) == []


def test_its_own_words_tell_what_happened_and_the_named_person_does_the_steps(
    workspace: Workspace,
) -> None:
    plan_id, rule_id = _prepared(workspace, person_id=STAFF.bob)
    assert [one.id for one in workspace.read(revisions.contingencies, plan_id)] == [rule_id]
    with workspace.change("It happened") as change:
        revisions.activate(change, rule_id)
    (kept,) = workspace.read(revisions.history, plan_id)
    assert kept.words == "竞品降价"
    day = kept.made_at.date()
    found = workspace.read(tasks.tasks_between, day, day + timedelta(days=1))
    assert {one.who for one in found} == {person(STAFF.bob)}
    with pytest.raises(InputError, match="isn't approved"), workspace.change("") as change:
        revisions.activate(change, rule_id)


def test_only_what_was_prepared_for_is_activated(workspace: Workspace) -> None:
    _plan, rule_id = _prepared(workspace, kind="action", every="month", at="end")
    with pytest.raises(InputError, match="prepared for"), workspace.change("") as change:
        revisions.activate(change, rule_id)


def test_a_damaged_revision_is_told(workspace: Workspace) -> None:
    plan_id = _approved(workspace)
    _revise(workspace, plan_id)
    with workspace.unrecorded() as change:
        change.connection.execute(plan_revision.update().values(contents='{"title":'))
    with pytest.raises(InputError, match="damaged"):
        _compare(workspace, plan_id, 1)


def test_a_deleted_plan_goes_with_its_revisions_and_comes_back_with_them(
    workspace: Workspace,
) -> None:
    plan_id = _approved(workspace)
    _revise(workspace, plan_id)
    with workspace.change("Delete") as change:
        plans.delete_plan(change, plan_id)
    workspace.undo()
    assert len(workspace.read(revisions.history, plan_id)) == 1
    assert _compare(workspace, plan_id, 1).is_same
