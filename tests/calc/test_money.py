"""Numbers as people write them are read exactly, and amounts are written in capitals by rule."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesdesk.calc import money
from salesdesk.errors import InputError


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1,200", 1_200_00),
        ("１２００", 1_200_00),
        ("１，２００．５０", 1_200_50),
        ("1.2万", 12_000_00),
        ("1.2 万元", 12_000_00),
        ("35万元", 350_000_00),
        ("2百万", 2_000_000_00),
        ("0.35亿", 35_000_000_00),
        ("3千", 3_000_00),
        ("5百", 500_00),
        ("3十万", 300_000_00),
        ("三十万", 300_000_00),
        ("一百二十", 120_00),
        ("一百二", 120_00),
        ("一百零二", 102_00),
        ("十二套", 12_00),
        ("两千五百元", 2_500_00),
        ("一万五", 15_000_00),
        ("三点五万", 35_000_00),
        ("百万", 1_000_000_00),
        ("负壹仟零贰拾", -1_020_00),
        ("二千三百四十五万六千七百八十九", 23_456_789_00),
        ("5k", 5_000_00),
        ("¥300", 300_00),
        ("￥300.05", 300_05),
        ("-¥300", -300_00),
        ("¥-300", -300_00),
        ("(500)", -500_00),
        ("（500）", -500_00),
        ("−12", -12_00),
        ("+12", 12_00),
        (".5", 50),
        ("5.", 5_00),
        ("8台", 8_00),
        (" 1 200 ", 1_200_00),
        ("1\u00a0200", 1_200_00),
        ("0", 0),
        ("1234567890123456789012345678901", 123456789012345678901234567890100),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, cents: int) -> None:
    assert money.parse_number(text, 2) == cents


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", "1,20", "12,00", "1.2.3", "--5", "1e5", "5 and 6", "万", "百", "十十", "百千",
     "一二十", "五百零千", "¥", "()", "5%",
     "1/2", "NaN", "Infinity", "9" * 5_000],
)  # fmt: skip
def test_what_is_no_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        money.parse_number(text, 2)
    assert text.strip()[:40] in refusal.value.message


def test_more_decimals_than_the_measure_has_are_refused() -> None:
    with pytest.raises(InputError, match="more than 2 decimals"):
        money.parse_number("1.005", 2)
    with pytest.raises(InputError, match="not a whole number"):
        money.parse_number("3.5", 0)
    assert money.parse_number("3.50", 1) == 35
    assert money.parse_number("1.23456万", 2) == 12_345_60


@given(st.integers(0, 10**12 - 1))
def test_a_number_in_capital_numerals_is_read_back(yuan: int) -> None:
    capitals = money.capital_amount(yuan * 100).removesuffix("整")
    assert money.parse_number(capitals, 0) == yuan


@given(st.integers(-(10**20), 10**20), st.integers(0, 4))
def test_a_number_as_written_is_read_back(value: int, digits: int) -> None:
    assert money.parse_number(money.format_number(value, digits), digits) == value
    assert money.parse_number(money.format_number(value, digits, trim=True), digits) == value
    assert money.to_decimal(value, digits) == Decimal(value) / 10**digits


def test_numbers_are_grouped_and_trimmed() -> None:
    assert money.format_number(1_234_50, 2) == "1,234.50"
    assert money.format_number(1_234_50, 2, trim=True) == "1,234.5"
    assert money.format_number(-100_00, 2, trim=True) == "-100"
    assert money.format_number(100, 0, trim=True) == "100"


def test_wan_has_two_decimals_rounded_half_up() -> None:
    assert money.format_wan(350_000_00, 2) == "35.00"
    assert money.format_wan(12_345_67, 2) == "1.23"
    assert money.format_wan(50_00, 2) == "0.01"  # half of a hundredth goes up
    assert money.format_wan(49_99, 2) == "0.00"
    assert money.format_wan(-50_00, 2) == "-0.01"
    assert money.format_wan(123_456_789, 0) == "12,345.68"


def test_percentages_round_half_up_and_show_growth() -> None:
    assert money.format_percent(Fraction(1, 8)) == "12.5%"
    assert money.format_percent(Fraction(1, 2000)) == "0.1%"
    assert money.format_percent(Fraction(25, 10), digits=0) == "250%"
    assert money.format_percent(Fraction(1, 8), signed=True) == "+12.5%"
    assert money.format_percent(Fraction(-1, 8), signed=True) == "-12.5%"
    assert money.format_percent(Fraction(-1, 10_000)) == "0.0%"
    assert money.format_percent(None) == "—"


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        # Examples of the payment order regulations, 正确填写票据和结算凭证的基本规定.
        (1_409_50, "壹仟肆佰零玖元伍角整"),
        (6_007_14, "陆仟零柒元壹角肆分"),
        (16_409_02, "壹万陆仟肆佰零玖元零贰分"),
        (325_04, "叁佰贰拾伍元零肆分"),
        (1_680_32, "壹仟陆佰捌拾元叁角贰分"),
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (1_00, "壹元整"),
        (10_00, "壹拾元整"),
        (1_020_50, "壹仟零贰拾元伍角整"),
        (10_001_00, "壹万零壹元整"),
        (100_010_000_00, "壹亿零壹万元整"),
        (100_000_001_00, "壹亿零壹元整"),
        (10_000_000_00, "壹仟万元整"),
        (1_000_000_000_000_00, "壹万亿元整"),
        (-300_00, "负叁佰元整"),
    ],
)
def test_amounts_are_written_in_capitals(cents: int, words: str) -> None:
    assert money.capital_amount(cents) == words


def test_an_amount_too_large_for_capitals_is_refused() -> None:
    with pytest.raises(InputError):
        money.capital_amount(10**16)
    assert money.capital_amount(10**16 - 1).endswith("玖分")


@given(st.integers(1, 10**16 - 1))
def test_capitals_say_each_amount_apart_and_never_two_zeros(cents: int) -> None:
    words = money.capital_amount(cents)
    assert "零零" not in words
    assert _read(words) == cents


def _read(words: str) -> int:
    """The cents that capitals say, read by the plain rule of Chinese numerals."""
    groups = {"元": 1, "万": 10**4, "亿": 10**8, "兆": 10**12}
    cents = section = figure = 0
    for sign in words.replace("万亿", "兆").replace("整", "").replace("零", ""):
        if sign in "壹贰叁肆伍陆柒捌玖":
            figure = "壹贰叁肆伍陆柒捌玖".index(sign) + 1
        elif sign in "拾佰仟":
            section += figure * 10 ** ("拾佰仟".index(sign) + 1)
            figure = 0
        elif sign in groups:
            cents += (section + figure) * groups[sign] * 100
            section = figure = 0
        else:
            cents += figure * {"角": 10, "分": 1}[sign]
            figure = 0
    return cents


@pytest.mark.parametrize(
    ("text", "basis_points"),
    [
        ("1.5", 150),
        ("1.5%", 150),
        ("1.5 %", 150),
        ("１．５％", 150),
        ("1.5 percent", 150),
        ("百分之五", 500),
        ("百分之1.5", 150),
        ("百分之十二点五", 1250),
        ("千分之五", 50),
        ("5‰", 50),
        ("三成", 3000),
        ("-2%", -200),
        ("负百分之二", -200),
        ("100", 10_000),
    ],
)
def test_per_cent_is_read_with_its_sign_without_and_in_words(text: str, basis_points: int) -> None:
    assert money.parse_percent(text) == basis_points


@pytest.mark.parametrize("text", ["", "%", "百分之", "5%%", "百分之5%", "five%", "1.005%"])
def test_what_is_no_per_cent_is_refused_by_its_words(text: str) -> None:
    with pytest.raises(InputError, match=r"“.*” (is not a percentage|has more than 2 decimals)"):
        money.parse_percent(text)
