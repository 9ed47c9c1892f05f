"""Several hundred sentences of plans, right and wrong ones, each with the offers it should give.

A line is a sentence, a tab, and the offers in order of place, with " | " between them:
``target MEASURE VALUE EVERY [tier=] [to=] [interval=] [period=] [whom=] [of=] [growth=] [over=]
[name=]``, ``cadence GRADE DAYS [of=]``, ``floor MEASURE VALUE [OF]``,
``action EVERY AT [interval=] [days=]``, ``contingency``; "-" stands for what isn't there.
``held_out.tsv`` was written before the grammar.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.planning.reading import engine, telling
from salesdesk.planning.reading.offers import Offer

FOLDER = Path(__file__).parent
YEAR = 2026
_FIRST = {
    "target": ("measure", "value", "every"),
    "cadence": ("grade", "days"),
    "floor": ("measure", "value"),
    "action": ("every", "at"),
    "contingency": (),
}
_MORE = {
    "target": ("tier", "to", "interval", "period", "whom", "of", "growth", "over", "name"),
    "cadence": ("of",),
    "floor": (),
    "action": ("interval", "days"),
    "contingency": (),
}
_USUAL = {"tier": "assigned", "over": "last_year"}


def noted(offer: Offer) -> str:
    """An offer in the notation of the tables."""
    said = offer.to_json()
    words = [offer.rule, *(str(said[key] or "-") for key in _FIRST[offer.rule])]
    if offer.rule == "floor" and said["of"]:
        words.append(str(said["of"]))
    words += [
        f"{key}={said[key]}"
        for key in _MORE[offer.rule]
        if said.get(key) and said[key] != _USUAL.get(key)
    ]
    return " ".join(words)


def sentences(name: str) -> Iterator[tuple[str, str]]:
    """The sentences of a table, each with what it should offer."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("# "):
            sentence, _tab, expected = line.partition("\t")
            yield sentence, expected


@pytest.mark.parametrize(("table", "least"), [("sentences.tsv", 300), ("held_out.tsv", 150)])
def test_each_sentence_offers_what_it_says_and_nothing_else(table: str, least: int) -> None:
    wrong = []
    rows = list(sentences(table))
    assert len(rows) >= least
    for sentence, expected in rows:
        offers = engine.offers(sentence, YEAR)
        got = " | ".join(map(noted, offers)) or "-"
        if got != expected:
            wrong.append(f"{sentence}\n  expected {expected}\n  got      {got}")
        for offer in offers:
            assert 0 <= offer.start < offer.end <= len(sentence)
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_json_is_what_the_program_promises() -> None:
    text = (
        "每天坚持打40个有效电话；A类客户每周联系一次；商用笔记本单台利润不低于300元；"
        "每月初拟定计划表。如果竞品降价，立即上报。"
    )
    assert [offer.to_json() for offer in engine.offers(text, YEAR)] == [
        {"rule": "target", "measure": "effective_calls", "tier": "assigned", "value": "40",
         "to": None, "every": "day"},
        {"rule": "cadence", "grade": "A", "days": 7},
        {"rule": "floor", "measure": "profit", "value": "300", "of": "商用笔记本"},
        {"rule": "action", "every": "month", "at": "start", "words": "拟定计划表"},
        {"rule": "contingency", "when": "竞品降价", "then": "立即上报"},
    ]  # fmt: skip


def test_an_offer_names_the_words_it_came_from() -> None:
    text = "我的想法：首先，每周至少拜访２位客户；其次多学习。"
    [offer] = engine.offers(text, YEAR)
    assert text[offer.start : offer.end] == "每周至少拜访２位"


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("本月完成销售额２０万元，毛利三万元", ["２０万", "三万"]),
        ("每天打40到50个电话", ["40到50"]),
        ("每月完成xxx万元", ["xxx万"]),
        ("商用笔记本单台利润不低于300元", ["300"]),
        ("A类客户每周联系一次", [None]),
        ("每月初拟定计划", [None]),
    ],
)
def test_an_offer_knows_where_its_number_stands(text: str, figures: list[str | None]) -> None:
    offers = engine.offers(f"第一点：{text}。", YEAR)
    places = [offer.figure for offer in offers]
    assert [place and f"第一点：{text}。"[slice(*place)] for place in places] == figures


def test_a_measure_that_nobody_named_keeps_its_words() -> None:
    [offer] = engine.offers("每月至少跑两场城市马拉松。", YEAR)
    assert offer.to_json() == {
        "rule": "target", "measure": "own", "tier": "assigned", "value": "2", "to": None,
        "every": "month", "name": "跑城市马拉松",
    }  # fmt: skip
    assert telling.told(offer) == "Target: 跑城市马拉松, 2, every month, assigned task"


@pytest.mark.parametrize(
    ("text", "value", "to"),
    [
        ("每月完成7.5万元", "75000", None),
        ("每月完成7。5万元", "75000", None),
        ("每月完成１２，０００元", "12000", None),
        ("每月完成三万五千元", "35000", None),
        ("每月完成三点五万元", "35000", None),
        ("每月完成0.035亿元", "3500000", None),
        ("每月完成8到10万元", "80000", "100000"),
        ("每月完成8万-10万", "80000", "100000"),
        ("每月完成不超过10万元", "0", "100000"),
        ("每月完成10万元左右", "100000", None),
        ("每月完成12,345.5元", "12345.5", None),
        ("每月完成＿＿万元", None, None),
    ],
)
def test_figures_are_read_as_they_are_written(text: str, value: str | None, to: str | None) -> None:
    [offer] = engine.offers(text, YEAR)
    said = offer.to_json()
    assert (said["measure"], said["value"], said["to"]) == ("amount", value, to)


def test_a_past_year_is_known_by_the_year_it_is_read_in() -> None:
    text = "2026年签约120套"
    assert [noted(offer) for offer in engine.offers(text, 2026)] == ["target contracts 120 year"]
    assert engine.offers(text, 2027) == []


@pytest.mark.parametrize(
    "text",
    ["", " ", "。。。", "（）（）", "9" * 5_000, "每" * 5_000, f"每天打{'九' * 5_000}个电话",
     "1-2-3-4-5到6到7", "x" * 5_000, "(" * 3_000, "每天每周每月每年" * 300,
     "İstanbul 40 个电话 每天"],
)  # fmt: skip
def test_nothing_that_is_typed_is_too_much(text: str) -> None:
    for offer in engine.offers(text, YEAR):
        assert 0 <= offer.start < offer.end <= len(text)
        offer.to_json()
