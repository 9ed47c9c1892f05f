"""The office's own templates: kept from a plan, and plans made of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from salesdesk.calc import periods
from salesdesk.errors import ConflictError, InputError, NotFoundError, RightsError
from salesdesk.office import measures
from salesdesk.planning import items, own_templates, plans, targets, templates
from salesdesk.planning.places import OFFICE, Place, person
from salesdesk.planning.tables import plan_template
from salesdesk.workspace import Workspace
from tests.sample import Sample, sample_office


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return sample_office(tmp_path / "sample.office")


@pytest.fixture
def workspace(sample: Sample) -> Iterator[Workspace]:
    with Workspace.open(sample.path) as opened:
        opened.work_as(sample.manager, "钱经理")
        yield opened


@pytest.fixture
def november(workspace: Workspace, sample: Sample) -> int:
    """A plan of 张三's for November, from the call plan."""
    with workspace.change("New plan") as change:
        return templates.new_plan(
            change, "call-plan", period=periods.month(2026, 11), who=person(sample.zhang)
        )


def _keep(workspace: Workspace, plan_id: int, name: str = "电话计划", about: str = "") -> int:
    with workspace.change("Keep") as change:
        return own_templates.keep(change, plan_id, name, about)


def _new(workspace: Workspace, template_id: int, period: str, **more: object) -> int:
    with workspace.change("New") as change:
        return own_templates.new_plan(
            change, template_id, period=periods.parse(period), **more  # type: ignore[arg-type]
        )  # fmt: skip


def _offices_year(workspace: Workspace, sample: Sample) -> int:
    """The office's own plan, with a line of text."""
    with workspace.change("Write") as change:
        items.write_text(change, sample.plan, "1. 每天开早会", seen_version=1)
    return sample.plan


def test_what_a_plan_asks_for_is_asked_of_another_person_in_another_month(
    workspace: Workspace, sample: Sample, november: int
) -> None:
    template_id = _keep(workspace, november, about="给新人")
    kept = workspace.read(own_templates.template_by_id, template_id)
    assert (kept.name, kept.about, kept.kind, kept.owner) == (
        "电话计划",
        "给新人",
        "month",
        "person",
    )
    plan_id = _new(workspace, template_id, "2026-12", who=person(sample.li))
    plan = workspace.read(plans.plan_by_id, plan_id)
    assert plan.title == "2026-12 电话计划"
    assert plan.reviewed == "week,month"
    old = workspace.read(items.of_plan, november)
    new = workspace.read(items.of_plan, plan_id)
    assert [item.line.text for item in new] == [item.line.text for item in old]
    assert [[rule.kind for rule in item.rules] for item in new] == [
        [rule.kind for rule in item.rules] for item in old
    ]
    calls = workspace.read(measures.measure_with_code, "effective_calls")
    stored = workspace.read(targets.values, plan_id, calls.id, "assigned")
    day = Place(person(sample.li), periods.parse("2026-12-01"))
    assert stored[day].value == 40
    assert {place.who for place in stored} == {person(sample.li)}


def test_figures_are_kept_as_they_are_now_and_hand_set_targets_are_not(
    workspace: Workspace, sample: Sample, november: int
) -> None:
    amount = workspace.read(measures.measure_with_code, "amount")
    visits = workspace.read(measures.measure_with_code, "visits")
    who = person(sample.zhang)
    weeks = periods.descendants(periods.month(2026, 11), "week")
    with workspace.change("By hand") as change:
        place = Place(who, periods.month(2026, 11))
        targets.set_values(change, november, amount.id, "assigned", {place: 900_000})
        targets.set_values(
            change, november, visits.id, "assigned", {Place(who, week): 5 for week in weeks}
        )
    template_id = _keep(workspace, november)
    plan_id = _new(workspace, template_id, "2026-12", who=person(sample.li))
    assert (amount.id, "assigned") not in workspace.read(targets.measures_used, plan_id)
    said = workspace.read(items.text_of, plan_id)
    assert "At least 5 visits" in said
    stored = workspace.read(targets.values, plan_id, visits.id, "assigned")
    assert stored[Place(person(sample.li), periods.parse("2026-12-W2"))].value == 5


def test_a_rule_without_a_place_in_the_period_stays_as_words(
    workspace: Workspace, sample: Sample, november: int
) -> None:
    template_id = _keep(workspace, november)
    plan_id = _new(workspace, template_id, "2026-12-W2", who=person(sample.li))
    said = workspace.read(items.text_of, plan_id)
    assert said == workspace.read(items.text_of, november)
    rules = [rule for item in workspace.read(items.of_plan, plan_id) for rule in item.rules]
    assert {rule.every for rule in rules if rule.kind == "target"} == {"day", "week"}


def test_without_an_owner_the_plan_is_for_whom_the_kept_one_was(
    workspace: Workspace, sample: Sample, november: int
) -> None:
    mine = _keep(workspace, november)
    whole = _keep(workspace, _offices_year(workspace, sample), "全年")
    workspace.work_as(sample.li, "李四")
    assert workspace.read(plans.plan_by_id, _new(workspace, mine, "2026-12")).owner == "李四"
    workspace.work_as(sample.manager, "钱经理")
    assert workspace.read(plans.plan_by_id, _new(workspace, whole, "2027")).who == OFFICE


def test_a_name_is_the_templates_alone(workspace: Workspace, november: int) -> None:
    _keep(workspace, november)
    for taken in ("电话计划", "电话 计划", "call-plan", templates.named("call-plan").title):
        with pytest.raises(InputError):
            _keep(workspace, november, taken)
    assert [one.name for one in workspace.read(own_templates.all)] == ["电话计划"]
    assert workspace.read(own_templates.named, "电话计划").name == "电话计划"
    assert workspace.read(own_templates.named, "call-plan").name == "call-plan"
    with pytest.raises(NotFoundError, match="电话计划"):
        workspace.read(own_templates.named, "novel")


def test_a_template_is_called_otherwise_and_deleted_and_undo_brings_it_back(
    workspace: Workspace, sample: Sample, november: int
) -> None:
    template_id = _keep(workspace, november)
    with workspace.change("Edit") as change:
        own_templates.edit(change, template_id, seen_version=1, name="新人计划", about="第一个月")
    with pytest.raises(ConflictError), workspace.change("Edit") as change:
        own_templates.edit(change, template_id, seen_version=1, name="旧的")
    made = _new(workspace, template_id, "2026-12", who=person(sample.li))
    with workspace.change("Delete") as change:
        own_templates.delete(change, template_id)
    assert workspace.read(own_templates.all) == []
    assert workspace.read(items.of_plan, made)
    assert "新人计划" in (workspace.undo() or "")
    [kept] = workspace.read(own_templates.all)
    assert (kept.name, kept.about) == ("新人计划", "第一个月")


def test_a_salesperson_keeps_their_own_plans_only_and_deletes_none(
    workspace: Workspace, sample: Sample, november: int
) -> None:
    office = _offices_year(workspace, sample)
    template_id = _keep(workspace, november)
    workspace.work_as(sample.zhang, "张三")
    _keep(workspace, november, "我的")
    for refused in (
        lambda change: own_templates.keep(change, office, "公司的"),
        lambda change: own_templates.edit(change, template_id, seen_version=1, name="x"),
        lambda change: own_templates.delete(change, template_id),
    ):
        with pytest.raises(RightsError), workspace.change("Try") as change:
            refused(change)


def test_a_damaged_template_is_named_and_the_others_are_offered(
    workspace: Workspace, november: int
) -> None:
    first, second = _keep(workspace, november), _keep(workspace, november, "另一个")
    with workspace.unrecorded() as change:
        change.connection.execute(
            update(plan_template).where(plan_template.c.id == first).values(contents='{"kind":1}')
        )
    assert [one.id for one in workspace.read(own_templates.all)] == [second]
    with pytest.raises(InputError, match="电话计划"):
        workspace.read(own_templates.template_by_id, first)
    with workspace.change("Delete") as change:
        own_templates.delete(change, first)
    rows = workspace.read(lambda db: db.execute(select(plan_template.c.id)).scalars().all())
    assert rows == [second]
