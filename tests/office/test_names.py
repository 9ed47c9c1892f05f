"""Names are the same by one rule, and found by however people type them."""

from __future__ import annotations

import pytest

from salesdesk.office.names import matching_text, same_name, search_key, sort_key


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        (("张", "zhangwei", "zw", "zhangw", "dongfeng", "school"), ("张伟", "东风 School")),
        (("lvzf", "luzf", "lüzf", "luzhengfang", "lvzhengfang", "lzf", "LÜ"), ("吕正芳",)),
        (("zhangxf", "zxf", "zhangxiaof", "xiaofeng"), ("张晓峰",)),
        (("zha", "zhaly", "cha"), ("查良镛",)),
        (("ou", "ouxb", "qu"), ("区小白",)),
        (("cqyh", "chongqing", "zhongqing"), ("重庆银行",)),
        (("shanxiongxin", "sxx", "dan"), ("单雄信",)),
        (("yuchi", "ycg"), ("尉迟恭",)),
        (("unal", "UNAL", "ünal", "oz"), ("Ünal Öz",)),
        (("abc", "kj"), ("ＡＢＣ科技",)),
    ],
)
def test_a_name_is_found_by_what_people_type(
    typed: tuple[str, ...], names: tuple[str, ...]
) -> None:
    key = search_key(*names)
    missing = [text for text in typed if matching_text(text).strip("%") not in key]
    assert missing == []


def test_what_isnt_in_a_name_doesnt_find_it() -> None:
    key = search_key("张晓峰")
    for text in ("lisi", "zxq", "zhangf"):
        assert matching_text(text).strip("%") not in key


def test_what_people_type_is_taken_literally() -> None:
    assert matching_text(" 50%_a\\b ") == "%50\\%\\_a\\\\b%"
    assert matching_text("A   B") == "%a b%"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("张 三", "张三", True), ("ＡＢＣ", "abc", True), ("Ann", "Anna", False), ("", " ", True)],
)
def test_one_rule_says_when_two_names_are_the_same(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("成都", "cheng 成du 都"),
        ("三徙成都", "san 三xi 徙cheng 成dou 都"),  # a longer word, read as its signs are alone
        ("新三徙成都成都", "xin 新san 三xi 徙cheng 成dou 都cheng 成du 都"),
        ("单成都", "shan 单cheng 成du 都"),
        ("A 成都", "a cheng 成du 都"),
    ],
)
def test_the_longest_word_at_a_place_says_how_it_is_read(text: str, key: str) -> None:
    assert sort_key(text) == key
