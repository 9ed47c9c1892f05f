"""Days are read as people type them; what is no day is refused by name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesdesk.calc.days import Towards, read_day
from salesdesk.errors import InputError

TODAY = date(2026, 11, 30)  # a Monday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-01", date(2025, 3, 1)),
        ("2025-3-1", date(2025, 3, 1)),
        ("20250301", date(2025, 3, 1)),
        ("20250415", date(2025, 4, 15)),
        ("250415", date(2025, 4, 15)),
        ("2025/3/1", date(2025, 3, 1)),
        ("2025.3.1", date(2025, 3, 1)),
        ("25-3-1", date(2025, 3, 1)),
        ("2025年3月1日", date(2025, 3, 1)),
        ("２０２５－３－１", date(2025, 3, 1)),
        ("3/1", date(2026, 3, 1)),
        ("3-1", date(2026, 3, 1)),
        ("3月1日", date(2026, 3, 1)),
        ("3月1号", date(2026, 3, 1)),
        (" 12 月 24 日 ", date(2026, 12, 24)),
        ("15", date(2026, 11, 15)),
        ("15号", date(2026, 11, 15)),
        ("今天", TODAY),
        ("明天", date(2026, 12, 1)),
        ("后天", date(2026, 12, 2)),
        ("昨天", date(2026, 11, 29)),
        ("Tomorrow", date(2026, 12, 1)),
        ("周五", date(2026, 12, 4)),
        ("星期日", date(2026, 12, 6)),
        ("下周一", date(2026, 12, 7)),
        ("上周3", date(2026, 11, 25)),
        ("next Friday", date(2026, 12, 11)),
        ("月底", date(2026, 11, 30)),
        ("下月底", date(2026, 12, 31)),
        ("+3", date(2026, 12, 3)),
        ("3天后", date(2026, 12, 3)),
        ("-2", date(2026, 11, 28)),
        ("2/29", date(2028, 2, 29)),
    ],
)
def test_days_are_read_as_people_type_them(text: str, day: date) -> None:
    assert read_day(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "towards", "day"),
    [
        ("3/1", "future", date(2027, 3, 1)),
        ("12/1", "future", date(2026, 12, 1)),
        ("12/1", "past", date(2025, 12, 1)),
        ("11/30", "past", TODAY),
        ("5", "future", date(2026, 12, 5)),
        ("31", "past", date(2026, 10, 31)),
        ("2026-01-05", "future", date(2026, 1, 5)),
    ],
)
def test_a_day_without_its_year_lies_where_the_field_looks(
    text: str, towards: Towards, day: date
) -> None:
    assert read_day(text, TODAY, towards=towards) == day


@pytest.mark.parametrize(
    "text",
    ["", " ", "abc", "2025-13-01", "2025-02-30", "20251301", "31", "0", "32", "3/", "1/2/3/4",
     "2025-3", "9999-12-31", "0001-01-01", "一", "3.14.15.9", "2025031", "99/99", "+", "周八"],
)  # fmt: skip
def test_what_is_no_day_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_day(text, TODAY)
    assert text.strip() in refusal.value.message


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_as_written_is_read_back(day: date) -> None:
    for form in ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d"):
        assert read_day(day.strftime(form), TODAY) == day
