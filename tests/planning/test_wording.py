"""The figure in a sentence is its rule's: edited both ways, in the way it was written."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesdesk.planning import wording
from salesdesk.planning.wording import Shown, Span

CALLS = "每天坚持打40个有效电话"


def _shown(text: str, *figures: str) -> Shown:
    """A text with these figures in it, from left to right."""
    spans, at = [], 0
    for number, figure in enumerate(figures, 1):
        start = text.index(figure, at)
        at = start + len(figure)
        spans.append(Span(number, start, at))
    return Shown(text, tuple(spans))


@pytest.mark.parametrize(
    ("before", "figures", "after", "expected"),
    [
        (CALLS, ["40"], "每天坚持打45个有效电话", {1: "45"}),
        (CALLS, ["40"], "每天坚持打4个有效电话", {1: "4"}),
        (CALLS, ["40"], "每天坚持打140个有效电话", {1: "140"}),
        (CALLS, ["40"], "每天坚持打400个有效电话", {1: "400"}),
        (CALLS, ["40"], "每天坚持打四十个有效电话", {1: "四十"}),
        (CALLS, ["40"], "每天坚持打30-50个有效电话", {1: "30-50"}),
        (CALLS, ["40"], "每天坚持打30到50个有效电话", {1: "30到50"}),
        (CALLS, ["40"], "每天坚持打xx个有效电话", {1: "xx"}),
        (CALLS, ["40"], "每天坚持打个有效电话", {}),
        (CALLS, ["40"], "", {}),
        (CALLS, ["40"], "我们每天都坚持打40个有效电话。", {1: "40"}),
        (CALLS, ["40"], "40个有效电话每天", {1: "40"}),
        (CALLS, ["40"], "上午9点起,每天坚持打40个有效电话", {1: "40"}),
        (CALLS, ["40"], "每天坚持打４５个有效电话", {1: "４５"}),
        ("任务30万元,目标35万元", ["30万", "35万"], "任务32万元,目标40万元",
         {1: "32万", 2: "40万"}),
        ("任务30万元,目标35万元", ["30万", "35万"], "任务30万元,目标36.5万元",
         {1: "30万", 2: "36.5万"}),
        ("任务30万元,目标35万元", ["30万", "35万"], "目标35万元", {2: "35万"}),
        ("任务30万元,目标35万元", ["30万", "35万"], "任务30万元", {1: "30万"}),
        ("完成8000到1万元的利润", ["8000到1万"], "完成8000到1.2万元的利润", {1: "8000到1.2万"}),
        ("完成8000到1万元的利润", ["8000到1万"], "完成9000元的利润", {1: "9000"}),
        ("每季7。5万", ["7。5万"], "每季8万", {1: "8万"}),
        ("Make 40 calls a day", ["40"], "Make 1,250 calls a day", {1: "1,250"}),
        ("xxx万元", ["xxx万"], "50万元", {1: "50万"}),
        ("A {brace} of 3", ["3"], "A {brace} of 4 {more}", {1: "4"}),
    ],
)  # fmt: skip
def test_an_edit_of_the_sentence_is_one_of_its_figures(
    before: str, figures: list[str], after: str, expected: dict[int, str]
) -> None:
    edited = wording.edited(_shown(before, *figures), after)
    assert edited.figures == expected
    again = wording.shown(edited.words, expected)
    assert again.text == after
    assert {span.number: after[span.start : span.end] for span in again.spans} == expected


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("40", 40, None), ("7.5万", 75_000, None), ("7。5万", 75_000, None), ("1,250", 1250, None),
        ("三十万", 300_000, None), ("两", 2, None), ("一百二十", 120, None), ("１２", 12, None),
        ("8-10万", 80_000, 100_000), ("8000到1万", 8_000, 10_000), ("8000～10000", 8_000, 10_000),
        ("两三", 2, 3), ("1.2亿", 120_000_000, None), ("xxx", None, None), ("", None, None),
        ("5千", 5_000, None), ("0", 0, None), ("10 to 12", 10, 12),
    ],
)  # fmt: skip
def test_a_figure_is_read_as_people_write_it(
    written: str, low: int | None, high: int | None
) -> None:
    assert wording.read_figure(written) == (low, high)


@pytest.mark.parametrize(
    ("written", "low", "high", "now"),
    [
        ("40", 45, None, "45"), ("40", 40, None, "40"), ("7.5万", 80_000, None, "8万"),
        ("7.5万", 81_234, None, "8.1234万"), ("30万", 333_333, None, "33.3333万"),
        ("1,250", 2_500, None, "2,500"), ("三十万", 350_000, None, "35万"), ("两", 3, None, "3"),
        ("8-10万", 90_000, 120_000, "9-12万"), ("8-10万", 80_000, None, "8万"),
        ("8000到1万", 8_000, 12_000, "8000到1.2万"), ("两三", 4, 5, "4-5"), ("40", 30, 50, "30-50"),
        ("xxx万", 500_000, None, "50万"), ("xx", 12, None, "12"), ("40", None, None, "40"),
        ("40", Fraction(1, 2), None, "0.5"),
    ],
)  # fmt: skip
def test_another_value_is_written_in_the_same_way(
    written: str, low: int | Fraction | None, high: int | None, now: str
) -> None:
    told = wording.write_figure(
        written,
        None if low is None else Fraction(low),
        None if high is None else Fraction(high),
    )
    assert told == now


@given(
    st.sampled_from(["40", "7.5万", "1,250", "三十万", "xx", "xxx万", "5千", "1亿", "8-10万"]),
    st.integers(0, 10**12),
    st.one_of(st.none(), st.integers(1, 10**6)),
)
def test_what_is_written_is_read_as_the_same(written: str, low: int, more: int | None) -> None:
    high = None if more is None else Fraction(low + more)
    told = wording.write_figure(written, Fraction(low), high)
    assert wording.read_figure(told) == (Fraction(low), high)


@given(st.text(max_size=40))
def test_words_without_figures_are_shown_as_they_were(text: str) -> None:
    assert wording.shown(wording.plain(text), {}).text == text


@given(st.text("每天打40个{}1电 ", max_size=12), st.text("每天打40个{}1电 ", max_size=12))
def test_whatever_is_typed_is_what_stands_there(before: str, after: str) -> None:
    shown = _shown(f"{before}40{after}", *([] if "40" in before else ["40"]))
    edited = wording.edited(shown, after + before)
    assert wording.shown(edited.words, edited.figures).text == after + before


def test_a_mark_of_a_figure_nobody_knows_is_left_out() -> None:
    assert wording.shown("打{1}个{2}", {1: "40"}) == Shown("打40个", (Span(1, 1, 3),))
    assert wording.numbers("打{1}个{2}{{3}}") == [1, 2]
