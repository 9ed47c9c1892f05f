"""Comments on plans and their items: said, settled, and enough to return a plan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.errors import InputError, RightsError
from salesdesk.office import people
from salesdesk.office.undoing import undo_entry
from salesdesk.planning import comments, deciding, items, plans
from salesdesk.planning.places import person
from salesdesk.workspace import Workspace
from tests.offices import STAFF, plan_for, staffed_office

ANN = person(STAFF.ann)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _as(workspace: Workspace, person_id: int) -> None:
    workspace.work_as(person_id, workspace.read(people.person_by_id, person_id).name)


def _plan(workspace: Workspace) -> int:
    """Ann's submitted plan of three lines, with the manager at work."""
    _as(workspace, STAFF.ann)
    plan_id = plan_for(workspace, "2026-11", who=ANN)
    with workspace.change("Write") as change:
        items.write_text(change, plan_id, "# 目标\n  1. 每天40个电话\n  2. 团结\n", seen_version=1)
        deciding.submit(change, plan_id)
    _as(workspace, STAFF.max)
    return plan_id


def _say(workspace: Workspace, plan_id: int, words: str, line: int | None = None) -> int:
    found = workspace.read(items.of_plan, plan_id)
    with workspace.change("Say") as change:
        return comments.add(
            change, plan_id, words, item_id=None if line is None else found[line].id
        )


def _status(workspace: Workspace, plan_id: int) -> str:
    return workspace.read(plans.plan_by_id, plan_id).status


def test_a_comment_keeps_who_said_it_of_what(workspace: Workspace) -> None:
    plan_id = _plan(workspace)
    _say(workspace, plan_id, "50 at least", 1)
    _as(workspace, STAFF.ann)
    _say(workspace, plan_id, "50 it is")
    first, second = workspace.read(comments.of_plan, plan_id)
    assert (first.person_name, first.words, first.settled) == ("Max", "50 at least", False)
    assert first.item_id == workspace.read(items.of_plan, plan_id)[1].id
    assert (second.person_name, second.item_id) == ("Ann", None)


def test_a_plan_is_returned_by_words_or_by_comments_on_its_items(workspace: Workspace) -> None:
    plan_id = _plan(workspace)
    with pytest.raises(InputError, match="comment on the items"), workspace.change("") as change:
        deciding.send_back(change, plan_id, "")
    _say(workspace, plan_id, "Of the whole")  # says nothing of an item
    with pytest.raises(InputError, match="comment on the items"), workspace.change("") as change:
        deciding.send_back(change, plan_id, "")
    comment = _say(workspace, plan_id, "50 at least", 1)
    with workspace.change("Settle") as change:
        comments.settle(change, comment)
    with pytest.raises(InputError, match="comment on the items"), workspace.change("") as change:
        deciding.send_back(change, plan_id, "")
    with workspace.change("Return") as change:
        comments.settle(change, comment, settled=False)
        deciding.send_back(change, plan_id, "")
    assert _status(workspace, plan_id) == "returned"
    asked = workspace.read(deciding.decisions, plan_id)[0]
    assert asked.answer == "See the comments on the items."


def test_only_ones_own_comment_is_deleted_and_anybody_concerned_settles(
    workspace: Workspace,
) -> None:
    plan_id = _plan(workspace)
    comment = _say(workspace, plan_id, "50 at least", 1)
    _as(workspace, STAFF.ann)
    with pytest.raises(RightsError, match="Only Max"), workspace.change("") as change:
        comments.delete(change, comment)
    with workspace.change("Settle") as change:
        comments.settle(change, comment)
    assert workspace.read(comments.comment_by_id, comment).settled
    _as(workspace, STAFF.max)
    with workspace.change("Delete") as change:
        comments.delete(change, comment)
    assert workspace.read(comments.of_plan, plan_id) == []
    workspace.undo()
    assert [one.words for one in workspace.read(comments.of_plan, plan_id)] == ["50 at least"]


def test_a_colleague_has_no_say(workspace: Workspace) -> None:
    plan_id = _plan(workspace)
    comment = _say(workspace, plan_id, "50 at least")
    _as(workspace, STAFF.bob)
    plan = workspace.read(plans.plan_by_id, plan_id)
    assert workspace.read(comments.why_not_comment, STAFF.bob, plan)
    with pytest.raises(RightsError), workspace.change("") as change:
        comments.add(change, plan_id, "Mine too")
    with pytest.raises(RightsError), workspace.change("") as change:
        comments.settle(change, comment)
    assert not workspace.read(comments.why_not_comment, STAFF.ann, plan)
    assert not workspace.read(comments.why_not_comment, STAFF.max, plan)


def test_a_comment_outlives_the_item_it_was_about(workspace: Workspace) -> None:
    plan_id = _plan(workspace)
    _say(workspace, plan_id, "50 at least", 1)
    version = workspace.read(plans.plan_by_id, plan_id).version
    with workspace.change("Write") as change:
        items.write_text(change, plan_id, "# 目标\n  1. 团结\n", seen_version=version)
    (kept,) = workspace.read(comments.of_plan, plan_id)
    assert (kept.words, kept.item_id) == ("50 at least", None)
    workspace.undo()
    (kept,) = workspace.read(comments.of_plan, plan_id)
    assert kept.item_id == workspace.read(items.of_plan, plan_id)[1].id


def test_a_closed_plan_hears_nothing_more_not_even_by_an_undo(workspace: Workspace) -> None:
    plan_id = _plan(workspace)
    comment = _say(workspace, plan_id, "Well done")
    entry = workspace.history(limit=1)[0].id
    for status in ("approved", "closed"):
        with workspace.change("Step") as change:
            deciding.move(change, plan_id, status)
    with pytest.raises(InputError, match="closed"), workspace.change("") as change:
        comments.settle(change, comment)
    with pytest.raises(InputError, match="closed"):
        undo_entry(workspace, entry)
    plan = workspace.read(plans.plan_by_id, plan_id)
    assert "closed" in workspace.read(comments.why_not_comment, STAFF.max, plan)
