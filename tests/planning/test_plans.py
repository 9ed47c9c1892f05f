"""Plans move from draft to closed by rule; remarks say why a target was missed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.errors import ConflictError, InputError, NotFoundError
from salesdesk.planning import beginning, deciding, items, plans, remarks
from salesdesk.planning.places import OFFICE, person, team
from salesdesk.planning.remarks import Remark, Words
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, place, plan_for, set_targets, staffed_office, targets_of


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _plan(workspace: Workspace, plan_id: int) -> plans.Plan:
    return workspace.read(plans.plan_by_id, plan_id)


def _move(workspace: Workspace, plan_id: int, status: str) -> None:
    with workspace.change("Status") as change:
        deciding.move(change, plan_id, status, "Please look at it again", reason="market")


def test_a_new_plan_is_a_draft_of_its_owner_and_period(workspace: Workspace) -> None:
    plan = _plan(workspace, plan_for(workspace, "2026-Q4", who=person(STAFF.ann)))
    assert (plan.status, plan.revision, plan.owner) == ("draft", 1, "Ann")
    assert (plan.period, plan.who) == (parse("2026-Q4"), person(STAFF.ann))


def test_plans_stand_by_period_the_latest_first_the_office_s_before_others(
    workspace: Workspace,
) -> None:
    made = [
        plan_for(workspace, "2026", who=person(STAFF.ann)),
        plan_for(workspace, "2026", who=team(STAFF.east)),
        plan_for(workspace, "2026"),
        plan_for(workspace, "2026-12"),
        plan_for(workspace, "2027"),
    ]
    found = [plan.id for plan in workspace.read(plans.plans)]
    assert found == [made[4], made[3], made[2], made[1], made[0]]


def test_a_plan_needs_a_title_and_is_no_product_s(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    with pytest.raises(InputError, match="title"), workspace.change("Plan") as change:
        plans.new_plan(change, title=" ", period=parse("2026"))
    with pytest.raises(InputError, match="title"), workspace.change("Plan") as change:
        plans.rename(change, plan_id, seen_version=1, title=" ")
    with pytest.raises(InputError, match="product"), workspace.change("Plan") as change:
        plans.new_plan(
            change, title="T", period=parse("2026"), who=OFFICE._replace(product_id=STAFF.tower)
        )
    with pytest.raises(NotFoundError):
        _plan(workspace, 99)


def test_two_people_don_t_overwrite_each_other_s_text(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    with workspace.change("Write") as change:
        items.write_text(change, plan_id, "# One", seen_version=1)
    with pytest.raises(ConflictError, match="Max"), workspace.change("Write") as change:
        items.write_text(change, plan_id, "# Two", seen_version=1)
    with pytest.raises(ConflictError, match="Max"), workspace.change("Write") as change:
        plans.rename(change, plan_id, seen_version=1, title="Yours")
    assert workspace.read(items.text_of, plan_id) == "# One\n"


@pytest.mark.parametrize("now", sorted(plans.FOLLOWS))
@pytest.mark.parametrize("wanted", [*sorted(plans.FOLLOWS), "lost"])
def test_a_status_follows_only_those_it_may(workspace: Workspace, now: str, wanted: str) -> None:
    ways = {
        "draft": [], "submitted": ["submitted"], "returned": ["submitted", "returned"],
        "approved": ["submitted", "approved"], "closed": ["approved", "closed"],
    }  # fmt: skip
    plan_id = plan_for(workspace)
    for step in ways[now]:
        _move(workspace, plan_id, step)
    if wanted in plans.FOLLOWS[now]:
        _move(workspace, plan_id, wanted)
        assert _plan(workspace, plan_id).status == wanted
    else:
        with pytest.raises(InputError, match="can't become"):
            _move(workspace, plan_id, wanted)
        assert _plan(workspace, plan_id).status == now


def test_an_approved_plan_taken_up_again_is_a_new_revision(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    for status in ("submitted", "draft"):
        _move(workspace, plan_id, status)
    assert _plan(workspace, plan_id).revision == 1
    for status in ("approved", "draft"):
        _move(workspace, plan_id, status)
    assert _plan(workspace, plan_id).revision == 2


def test_a_deleted_plan_goes_with_its_targets_and_comes_back_with_them(
    workspace: Workspace,
) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026"): 1_00, place("2026-01"): 2_00})
    with workspace.change("Remark") as change:
        words = {place("2026-01"): Words("Snow")}
        remarks.set_remarks(change, plan_id, measure(workspace).id, words)
    before = targets_of(workspace, plan_id)
    with workspace.change("Delete") as change:
        plans.delete_plan(change, plan_id)
    assert targets_of(workspace, plan_id) == {}
    assert workspace.read(remarks.remarks, parse("2026-01")) == {}
    workspace.undo()
    assert targets_of(workspace, plan_id) == before
    assert len(workspace.read(remarks.remarks, parse("2026-01"))) == 1


@pytest.mark.parametrize("status", ["approved", "closed"])
def test_an_approved_plan_is_not_deleted(workspace: Workspace, status: str) -> None:
    plan_id = plan_for(workspace)
    for step in ("approved", "closed")[: ("approved", "closed").index(status) + 1]:
        _move(workspace, plan_id, step)
    with pytest.raises(InputError, match="draft first"), workspace.change("Delete") as change:
        plans.delete_plan(change, plan_id)


def test_a_copy_takes_the_text_and_not_the_targets(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, who=team(STAFF.east))
    set_targets(workspace, plan_id, {place("2026", team(STAFF.east)): 1_00})
    with workspace.change("Write and copy") as change:
        items.write_text(change, plan_id, "# Aims", seen_version=1)
        copy = beginning.from_plan(change, plan_id, parse("2027"), "2027", team(STAFF.east))
    plan = _plan(workspace, copy)
    assert (plan.title, plan.period, plan.owner) == ("2027", parse("2027"), "East")
    assert workspace.read(items.text_of, copy) == "# Aims\n"
    assert targets_of(workspace, copy) == {}


def test_remarks_are_kept_field_by_field(workspace: Workspace) -> None:
    plan_id, amount = plan_for(workspace), measure(workspace).id
    at = place("2026-11", person(STAFF.ann))

    def write(words: Words) -> int:
        with workspace.change("Remark") as change:
            return remarks.set_remarks(change, plan_id, amount, {at: words})

    assert write(Words("")) == 0
    assert write(Words("Snow")) == 1
    assert write(Words(countermeasure="Call more")) == 1
    assert write(Words(countermeasure="Call more")) == 0
    found = workspace.read(remarks.remarks, parse("2026-11"))
    assert found == {(plan_id, amount, at.who): Remark("Snow", "Call more")}
    assert workspace.read(remarks.remarks, parse("2026-11"), plan_id=plan_id + 1) == {}
    assert workspace.read(remarks.remarks, parse("2026-10")) == {}
