"""A plan's text falls into the pieces people see in it, typed here or pasted from elsewhere."""

from __future__ import annotations

import pytest

from salesdesk.planning.plan_text import Block, blocks


def test_a_text_typed_in_the_editor_falls_into_its_pieces() -> None:
    text = "# 目标\n先把客户找到。\n\nTwo lines\n1. 每天 40 个电话\n2、拜访\n- 礼品\n## 小结"
    assert blocks(text) == [
        Block("heading", "目标"),
        Block("paragraph", "先把客户找到。"),
        Block("paragraph", "Two lines"),
        Block("item", "每天 40 个电话", "1.", 3),
        Block("item", "拜访", "2、", 3),
        Block("bullet", "礼品"),
        Block("heading", "小结", level=2),
    ]


@pytest.mark.parametrize(
    ("line", "block"),
    [
        ("一、销售目标", Block("heading", "一、销售目标", level=1)),
        (
            "一、对于老客户，要经常保持联系。",
            Block("item", "对于老客户，要经常保持联系。", "一、", 1),
        ),
        ("十二、附则", Block("heading", "十二、附则", level=1)),
        ("第二步：拜访", Block("heading", "第二步：拜访", level=1)),
        ("（一）客户", Block("heading", "（一）客户", level=2)),
        ("(二) 回访老客户，每月一次。", Block("item", "回访老客户，每月一次。", "(二)", 2)),
        ("1:每周至少 8 台机器", Block("item", "每周至少 8 台机器", "1:", 3)),
        ("1：每周", Block("item", "每周", "1：", 3)),
        ("2）记下单子", Block("item", "记下单子", "2）", 3)),
        ("（3）了解需求", Block("item", "了解需求", "（3）", 4)),
        ("①准备资料", Block("item", "准备资料", "①", 4)),
        ("\u3000\u3000自信是非常重要的。", Block("paragraph", "自信是非常重要的。")),
        ("2026.5 万元以内", Block("paragraph", "2026.5 万元以内")),
        ("12.5 万元", Block("paragraph", "12.5 万元")),
        ("10:30 开会", Block("paragraph", "10:30 开会")),
        ("一个月内完成", Block("paragraph", "一个月内完成")),
        ("-", Block("paragraph", "-")),
        ("1.", Block("paragraph", "1.")),
    ],
)
def test_a_pasted_line_is_what_people_see_in_it(line: str, block: Block) -> None:
    assert blocks(line) == [block]


def test_each_plain_line_is_a_paragraph_and_empty_lines_say_nothing() -> None:
    assert blocks("第一句。\n\n  \n第二句。\n") == [
        Block("paragraph", "第一句。"),
        Block("paragraph", "第二句。"),
    ]
