"""A plan's items and their rules: the sentence follows the grid, and the grid the sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.errors import InputError
from salesdesk.office import months
from salesdesk.planning import beginning, items, outlines, plans, wording
from salesdesk.planning.items import LineError
from salesdesk.planning.live.rule import Draft
from salesdesk.planning.live.writing import Writer
from salesdesk.planning.outlines import Line
from salesdesk.planning.places import person, team
from salesdesk.planning.tables import plan_item
from salesdesk.planning.wording import Span
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, place, plan_for, set_targets, staffed_office, targets_of

ANN = person(STAFF.ann)
TEXT = "# 目标\n  1. 完成任务30万元\n  2. 团结\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _write(workspace: Workspace, plan_id: int, text: str) -> None:
    with workspace.change("Write") as change:
        version = plans.plan_by_id(change.connection, plan_id).version
        items.write_text(change, plan_id, text, seen_version=version)


def _text(workspace: Workspace, plan_id: int) -> str:
    return workspace.read(items.text_of, plan_id)


def _rule(workspace: Workspace, plan_id: int, index: int, figure: str, **draft: object) -> None:
    """Let the figure in an item be a rule's."""
    with workspace.change("Rule") as change:
        plan = plans.plan_by_id(change.connection, plan_id)
        item = items.of_plan(change.connection, plan_id)[index]
        number = len(item.rules) + 1
        rule = {"kind": "target", "tier": "assigned", "written": figure, **draft}
        Writer(change, plan).add(item.id, number, Draft(**rule))  # type: ignore[arg-type]
        start = item.text.index(figure)
        spans = [*item.spans, Span(number, start, start + len(figure))]
        change.update(plan_item, item.id, words=wording.with_figures(item.text, spans))


def _amount_plan(workspace: Workspace, text: str = TEXT, figure: str = "30万") -> int:
    """A year's plan whose second line sets 300,000 yuan."""
    plan_id = plan_for(workspace, who=ANN)
    _write(workspace, plan_id, text)
    _rule(workspace, plan_id, 1, figure, measure_id=measure(workspace).id, value=300_000_00)
    return plan_id


def _year(workspace: Workspace, plan_id: int, tier: str = "assigned") -> int | None:
    return targets_of(workspace, plan_id, tier=tier).get(("2026", ANN))


def test_the_sentence_sets_the_cell(workspace: Workspace) -> None:
    plan_id = _amount_plan(workspace)
    assert _year(workspace, plan_id) == 300_000_00
    _write(workspace, plan_id, TEXT.replace("30万", "35.5万"))
    assert _year(workspace, plan_id) == 355_000_00
    workspace.undo()
    assert _year(workspace, plan_id) == 300_000_00
    assert _text(workspace, plan_id) == TEXT
    workspace.redo()
    assert _text(workspace, plan_id) == TEXT.replace("30万", "35.5万")


def test_the_cell_sets_the_sentence(workspace: Workspace) -> None:
    plan_id = _amount_plan(workspace)
    set_targets(workspace, plan_id, {place("2026", ANN): 420_000_00})
    assert "完成任务42万元" in _text(workspace, plan_id)
    set_targets(workspace, plan_id, {place("2026", ANN): 4_200_55})
    assert "完成任务4200.55元" in _text(workspace, plan_id) or "0.42" in _text(workspace, plan_id)
    workspace.undo()
    assert "完成任务42万元" in _text(workspace, plan_id)


def test_a_cleared_cell_leaves_the_sentence_as_written(workspace: Workspace) -> None:
    plan_id = _amount_plan(workspace)
    set_targets(workspace, plan_id, {place("2026", ANN): None})
    item = workspace.read(items.of_plan, plan_id)[1]
    assert item.text == "完成任务30万元"
    assert item.rules[0].asks_for_figure


def test_a_figure_deleted_from_the_sentence_takes_its_target_along(workspace: Workspace) -> None:
    plan_id = _amount_plan(workspace)
    _write(workspace, plan_id, TEXT.replace("30万元", ""))
    assert _year(workspace, plan_id) is None
    assert workspace.read(items.of_plan, plan_id)[1].rules == ()
    workspace.undo()
    assert _year(workspace, plan_id) == 300_000_00
    assert len(workspace.read(items.of_plan, plan_id)[1].rules) == 1


def test_a_deleted_line_takes_its_target_along_and_an_undo_brings_both(
    workspace: Workspace,
) -> None:
    plan_id = _amount_plan(workspace)
    before = workspace.read(items.of_plan, plan_id)
    _write(workspace, plan_id, "# 目标\n  1. 团结\n")
    assert targets_of(workspace, plan_id) == {}
    workspace.undo()
    assert [item.text for item in workspace.read(items.of_plan, plan_id)] == [
        item.text for item in before
    ]
    assert _year(workspace, plan_id) == 300_000_00


def test_a_line_put_above_an_edited_one_doesnt_take_its_rule(workspace: Workspace) -> None:
    plan_id = _amount_plan(workspace)
    _write(workspace, plan_id, "# 目标\n  1. 招聘3人\n  2. 完成任务36万元\n  3. 团结\n")
    found = workspace.read(items.of_plan, plan_id)
    assert [(item.text, len(item.rules)) for item in found] == [
        ("目标", 0), ("招聘3人", 0), ("完成任务36万元", 1), ("团结", 0)
    ]  # fmt: skip
    assert _year(workspace, plan_id) == 360_000_00


def test_lines_move_with_their_rules(workspace: Workspace) -> None:
    plan_id = _amount_plan(workspace)
    found = workspace.read(items.of_plan, plan_id)
    lines = [found[2].line, Line("item", 1, "新的"), found[0].line, found[1].line]
    with workspace.change("Move") as change:
        version = plans.plan_by_id(change.connection, plan_id).version
        ids = items.write(change, plan_id, lines, seen_version=version)
    assert (ids[0], ids[2], ids[3]) == (found[2].id, found[0].id, found[1].id)
    moved = workspace.read(items.of_plan, plan_id)
    assert [item.text for item in moved] == ["团结", "新的", "目标", "完成任务30万元"]
    assert len(moved[3].rules) == 1
    assert _year(workspace, plan_id) == 300_000_00


def test_a_line_copied_is_another_item_without_the_rule(workspace: Workspace) -> None:
    plan_id = _amount_plan(workspace)
    found = workspace.read(items.of_plan, plan_id)
    with workspace.change("Copy") as change:
        version = plans.plan_by_id(change.connection, plan_id).version
        items.write(
            change, plan_id, [found[1].line, found[1].line], seen_version=version
        )  # fmt: skip
    now = workspace.read(items.of_plan, plan_id)
    assert [(item.text, len(item.rules)) for item in now] == [
        ("完成任务30万元", 1), ("完成任务30万元", 0)
    ]  # fmt: skip


def test_a_range_stands_in_two_tiers(workspace: Workspace) -> None:
    text = "# 目标\n  1. 完成8000到1万元的销售\n"
    plan_id = plan_for(workspace, who=ANN)
    _write(workspace, plan_id, text)
    amount = measure(workspace).id
    _rule(workspace, plan_id, 1, "8000到1万", measure_id=amount, value=8_000_00, highest=10_000_00)
    assert (_year(workspace, plan_id), _year(workspace, plan_id, "stretch")) == (
        8_000_00,
        10_000_00,
    )
    _write(workspace, plan_id, text.replace("8000到1万", "9000到1.2万"))
    assert (_year(workspace, plan_id), _year(workspace, plan_id, "stretch")) == (
        9_000_00,
        12_000_00,
    )
    set_targets(workspace, plan_id, {place("2026", ANN): 15_000_00}, tier="stretch")
    assert "9000到1.5万" in _text(workspace, plan_id)
    _write(workspace, plan_id, text.replace("8000到1万", "9000"))
    assert (_year(workspace, plan_id), _year(workspace, plan_id, "stretch")) == (9_000_00, None)


def test_a_blank_asks_for_its_figure_and_takes_it(workspace: Workspace) -> None:
    text = "# 目标\n  1. 完成xxx万元\n"
    plan_id = plan_for(workspace, who=ANN)
    _write(workspace, plan_id, text)
    _rule(workspace, plan_id, 1, "xxx万", measure_id=measure(workspace).id)
    assert workspace.read(items.of_plan, plan_id)[1].rules[0].asks_for_figure
    assert _text(workspace, plan_id) == text
    _write(workspace, plan_id, text.replace("xxx万", "50万"))
    assert _year(workspace, plan_id) == 500_000_00
    assert not workspace.read(items.of_plan, plan_id)[1].rules[0].asks_for_figure


def test_braces_are_only_braces(workspace: Workspace) -> None:
    text = "# {目标}\n  1. 完成{1}任务30万元{{\n  2. 团结\n"
    plan_id = _amount_plan(workspace, text)
    assert _text(workspace, plan_id) == text
    _write(workspace, plan_id, text.replace("30", "31"))
    assert _text(workspace, plan_id) == text.replace("30", "31")
    assert _year(workspace, plan_id) == 310_000_00


@pytest.mark.parametrize(
    ("figure", "cause"), [("0.001", "decimals"), ("10000000000000", "too large"), ("5-3", "range")]
)
def test_a_figure_that_no_target_has_is_refused_by_line(
    workspace: Workspace, figure: str, cause: str
) -> None:
    plan_id = _amount_plan(workspace)
    with pytest.raises(LineError, match=cause) as refusal:
        _write(workspace, plan_id, TEXT.replace("30万", figure))
    assert refusal.value.index == 1
    assert _text(workspace, plan_id) == TEXT
    assert _year(workspace, plan_id) == 300_000_00


def test_a_closed_month_keeps_its_figure(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026-10", who=ANN)
    _write(workspace, plan_id, TEXT)
    _rule(workspace, plan_id, 1, "30万", measure_id=measure(workspace).id, value=300_000_00)
    with workspace.change("Close") as change:
        months.close(change, parse("2026-10"))
    with pytest.raises(InputError, match="closed month"):
        _write(workspace, plan_id, TEXT.replace("30万", "31万"))
    with pytest.raises(InputError, match="closed month"):
        _write(workspace, plan_id, "# 目标\n")
    _write(workspace, plan_id, TEXT.replace("团结", "更团结"))
    assert "更团结" in _text(workspace, plan_id)


def test_each_persons_target_is_read_where_it_stands(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, "2026-11", who=team(STAFF.east))
    _write(workspace, plan_id, "# 目标\n  1. 每人拜访20位\n")
    visits = measure(workspace, "visits").id
    _rule(workspace, plan_id, 1, "20", measure_id=visits, value=20, whom="each")

    def of(who: int) -> int | None:
        return targets_of(workspace, plan_id, code="visits").get(("2026-11", person(who)))

    assert (of(STAFF.ann), of(STAFF.bob), of(STAFF.cleo)) == (20, 20, None)
    rule = workspace.read(items.of_plan, plan_id)[1].rules[0]
    assert (rule.value, rule.varies) == (20, False)
    for who in (STAFF.ann, STAFF.bob):
        set_targets(workspace, plan_id, {place("2026-11", person(who)): 25}, code="visits")
    assert "每人拜访25位" in _text(workspace, plan_id)
    set_targets(workspace, plan_id, {place("2026-11", person(STAFF.bob)): 30}, code="visits")
    assert workspace.read(items.of_plan, plan_id)[1].rules[0].varies
    _write(workspace, plan_id, "# 目标\n")
    assert targets_of(workspace, plan_id, code="visits") == {}


def test_what_two_sentences_say_goes_only_with_the_second(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, who=ANN)
    _write(workspace, plan_id, "1. 完成30万元\n2. 全年30万元\n")
    amount = measure(workspace).id
    for index in (0, 1):
        _rule(workspace, plan_id, index, "30万", measure_id=amount, value=300_000_00)
    _write(workspace, plan_id, "1. 完成32万元\n2. 全年30万元\n")
    assert _text(workspace, plan_id) == "1. 完成32万元\n2. 全年32万元\n"
    _write(workspace, plan_id, "1. 完成32万元\n")
    assert _year(workspace, plan_id) == 320_000_00
    _write(workspace, plan_id, "1. 完成\n")
    assert _year(workspace, plan_id) is None


def test_a_copy_has_the_rules_and_sets_its_own_targets(workspace: Workspace) -> None:
    plan_id = _amount_plan(workspace)
    with workspace.change("Next") as change:
        copy = beginning.from_plan(change, plan_id, parse("2027"), "2027", ANN)
    assert _text(workspace, copy) == TEXT
    assert targets_of(workspace, copy) == {("2027", ANN): 300_000_00}
    set_targets(workspace, copy, {place("2027", ANN): 330_000_00})
    assert "33万" in _text(workspace, copy)
    assert "30万" in _text(workspace, plan_id)


def test_what_has_no_place_in_a_copys_period_stays_as_words(workspace: Workspace) -> None:
    plan_id = plan_for(workspace, who=ANN)
    _write(workspace, plan_id, "1. 每月完成3万元\n")
    _rule(workspace, plan_id, 0, "3万", measure_id=measure(workspace).id, value=3_000_000,
          every="month")  # fmt: skip
    assert _year(workspace, plan_id) == 36_000_000
    with workspace.change("Next") as change:
        copy = beginning.from_plan(change, plan_id, parse("2026-11-W2"), "Week", ANN)
    assert _text(workspace, copy) == "1. 每月完成3万元\n"
    assert workspace.read(items.of_plan, copy)[0].rules == ()


def test_a_text_is_read_as_it_was_written() -> None:
    text = (
        "# 一、工作目标\n  1. 完成任务\n  (1) 每周8台\n  (2) 每月总结\n2. 团结\n\n"
        "## 2.1 措施\n没有编号\n"
        "# 1. Task and goal\n"
    )
    lines = outlines.of_text(text)
    again = outlines.of_text(outlines.as_text(lines))
    assert again == lines
    assert [line.text for line in lines if line.kind == "heading"] == [
        "一、工作目标", "2.1 措施", "1. Task and goal"
    ]  # fmt: skip
