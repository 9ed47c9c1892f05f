"""A plan's text becomes an outline, and headings tell what the figures below them are of."""

from __future__ import annotations

from salesdesk.planning.reading import engine
from salesdesk.planning.reading.outline import LONGEST_ITEM, Line, lines, outline

TEXT = """销售部年度工作计划
为做好新一年的工作，特制定本计划。

一、目标
1、销售任务30万元
2、销售目标35万元
（1）第一季度10万元
二、做法
（一）客户
1. 每周拜访2位客户
- 事先约好
  - 带上资料
① 当天记录
# English part
* Make 40 calls a day.
"""


def test_marks_make_levels_and_are_not_part_of_the_words() -> None:
    assert [(item.level, item.text) for item in outline(lines(TEXT))] == [
        (0, "销售部年度工作计划"),
        (1, "为做好新一年的工作，特制定本计划。"),
        (1, "目标"),
        (2, "销售任务30万元"),
        (2, "销售目标35万元"),
        (3, "第一季度10万元"),
        (1, "做法"),
        (2, "客户"),
        (3, "每周拜访2位客户"),
        (4, "事先约好"),
        (5, "带上资料"),
        (4, "当天记录"),
        (0, "English part"),
        (1, "Make 40 calls a day."),
    ]


def test_what_a_file_says_of_headings_and_lists_counts() -> None:
    content = [Line("计划", heading=0), Line("目标", heading=1), Line("每周8台", depth=0),
               Line("其中笔记本5台", depth=1), Line("完了")]  # fmt: skip
    assert [(item.level, item.is_heading) for item in outline(content)] == [
        (0, True), (1, True), (2, False), (3, False), (2, False),
    ]  # fmt: skip


def _said(text: str) -> list[dict[str, object]]:
    items = engine.read(outline(lines(text)), 2026)
    return [offer.to_json() for item in items for offer in item.offers]


def test_a_figure_without_a_period_is_that_of_the_plan() -> None:
    assert [offer["every"] for offer in _said("五月份工作计划\n1、销售任务8万元")] == ["month"]
    assert [offer["every"] for offer in _said("年度销售计划\n1、销售任务8万元")] == ["year"]
    assert [offer["every"] for offer in _said("1、销售任务8万元")] == [None]
    two = "五月份工作计划\n1、销售任务8万元\n店员工作计划\n1、销售任务9万元"
    assert [offer["every"] for offer in _said(two)] == ["month", None]


def test_what_stands_under_a_heading_that_looks_back_is_no_rule() -> None:
    assert _said("一、去年完成情况\n1、签约80套，回款300万元\n二、今年目标\n1、回款400万元") == [
        {"rule": "target", "measure": "collections", "tier": "assigned", "value": "4000000",
         "to": None, "every": "year"},
    ]  # fmt: skip


def test_a_line_of_a_million_signs_becomes_items() -> None:
    items = outline([Line("字" * 1_000_000)])
    assert len(items) == 1_000_000 // LONGEST_ITEM
    assert all(len(item.text) <= LONGEST_ITEM for item in items)
    assert not any(item.offers for item in engine.read(items, 2026))


def test_the_same_text_is_always_read_the_same_way() -> None:
    assert _said(TEXT) == _said(TEXT) != []
