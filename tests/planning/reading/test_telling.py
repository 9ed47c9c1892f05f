"""Each kind of offer can be said, and every measure that is read has a name."""

from __future__ import annotations

import pytest

from salesdesk.planning.reading import engine
from salesdesk.planning.reading.grammar import grammar
from salesdesk.planning.reading.telling import MEASURES, told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_measure_of_a_grammar_has_a_name(language: str) -> None:
    assert {entry["code"] for entry in grammar(language).data["measure"]} <= set(MEASURES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("每人每两周拜访3到5位客户",
         "Target: Visits, 3 to 5, every 2 weeks, assigned task, for each person"),
        ("第一季度完成xx万元", "Target: Sales amount, figure to be filled in, quarter 1"),
        ("全年销售额比去年增长20%", "Target: Sales amount, 20 % more than last year"),
        ("老客户每月回访一次", "Contact: 老客户, every 30 days"),
        ("A类客户每天联系一次", "Contact: grade A, every day"),
        ("商用笔记本单台利润不低于300元", "Floor: 商用笔记本, Profit at least 300"),
        ("如果竞品降价，立即上报", "When it happens: 竞品降价"),
        ("每周五提交周报", "To do: every week, on Friday, 提交周报"),
        ("6月30日前完成培训大纲", "To do: by 06-30, 完成培训大纲"),
        ("每月5日前提交报表", "To do: every month, on day 5, 提交报表"),
        ("提前3天通知客户", "To do: 3 days before, 通知客户"),
        ("送样后1天电话询问", "To do: 1 day after, 电话询问"),
    ],
)  # fmt: skip
def test_offers_in_words(text: str, words: str) -> None:
    [line] = [told(offer) for offer in engine.offers(text, 2026)]
    assert line.startswith(words)
