"""Days as people type them: 2025-3-1, 20250301, 3/1, 3月1日, 明天, 下周一, +3."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date, timedelta
from typing import Literal

from salesdesk.errors import InputError
from salesdesk.text import _, mark

#: Which way a field looks: a payment was received, a next contact will be.
Towards = Literal["past", "future"]

WEEKDAYS = (
    mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"),
)  # fmt: skip
_WORDS = {
    "大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1,
    "后天": 2, "大后天": 3, "yesterday": -1, "today": 0, "tomorrow": 1,
}  # fmt: skip
_WEEKDAYS = {
    **{sign: number for number, sign in enumerate("一二三四五六日")},
    "天": 6, "1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "7": 6,
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
_WEEKS = {"上上": -2, "上": -1, "last": -1, "": 0, "本": 0, "这": 0, "this": 0, "下": 1, "next": 1,
          "下下": 2}  # fmt: skip
_WHOLE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
_SHORT_YEAR = re.compile(r"(\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
_RUN = re.compile(r"(\d{4}|\d{2})(\d{2})(\d{2})")
_MONTH_AND_DAY = re.compile(r"(\d{1,2})(?:[-/.]|月)(\d{1,2})[日号]?")
_DAY_ALONE = re.compile(r"(\d{1,2})[日号]?")
_DISTANCE = re.compile(r"([-+])(\d{1,3})|(\d{1,3})天(后|前)")
_WEEKDAY = re.compile(
    r"(上上|上|本|这|下下|下|last|this|next)?个?(?:周|星期|礼拜)?"
    r"([一二三四五六日天]|(?<=[周期拜])[1-7]|mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day)?"
)
_MONTH_END = {"月底": 0, "月末": 0, "本月底": 0, "这个月底": 0, "下月底": 1, "下个月底": 1,
              "上月底": -1, "上个月底": -1}  # fmt: skip


def read_day(text: str, today: date, *, towards: Towards | None = None) -> date:
    """The day that ``text`` means for somebody who types it on ``today``.

    Without a year it is this year's; ``towards`` "past" takes last year's where this year's is
    still to come, "future" next year's where it is over. A figure alone is that day of the month,
    a weekday that of the current week. Raises InputError, naming the text, for anything else, for
    days that don't exist, and beyond the years 1900 to 2199.
    """
    written = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    day = _told(written, today) if written else None
    if day is None:
        day = _by_calendar(written, today, towards, text)
    if not 1900 <= day.year < 2200:
        raise InputError(_no_day(text))
    return day


def _told(written: str, today: date) -> date | None:
    """Words and distances, None for what isn't one."""
    if written in _WORDS:
        return today + timedelta(days=_WORDS[written])
    if written in _MONTH_END:
        months = today.year * 12 + today.month - 1 + _MONTH_END[written]
        year, month = divmod(months, 12)
        return date(year, month + 1, calendar.monthrange(year, month + 1)[1])
    distance = _DISTANCE.fullmatch(written)
    if distance is not None:
        number = int(distance[2] or distance[3])
        back = distance[1] == "-" or distance[4] == "前"
        return today + timedelta(days=-number if back else number)
    weekday = _WEEKDAY.fullmatch(written)
    if weekday is not None and written not in "一二三四五六日天":
        monday = today - timedelta(days=today.weekday())
        weeks = _WEEKS[weekday[1] or ""]
        return monday + timedelta(days=7 * weeks + _WEEKDAYS[weekday[2]])
    return None


def _by_calendar(written: str, today: date, towards: Towards | None, text: str) -> date:
    whole = _WHOLE.fullmatch(written) or _SHORT_YEAR.fullmatch(written) or _RUN.fullmatch(written)
    if whole is not None:
        year, month, number = (int(part) for part in whole.groups())
        century = 2000 if len(whole[1]) == 2 else 0
        return _day(century + year, month, number, text)
    short = _MONTH_AND_DAY.fullmatch(written)
    if short is not None:
        month, number = int(short[1]), int(short[2])
        years = [today.year, today.year - 1] if towards == "past" else [today.year, today.year + 1]
        if (month, number) == (2, 29):
            # Only some years have it: the nearest that does.
            near = range(today.year - 8, today.year + 9)
            years = sorted(filter(calendar.isleap, near), key=lambda y: (abs(y - today.year), -y))
        days = [_day(year, month, number, text) for year in years]
        return _towards(days, today, towards)
    alone = _DAY_ALONE.fullmatch(written)
    if alone is None:
        raise InputError(_no_day(text))
    return _in_month(int(alone[1]), today, towards, text)


def _in_month(number: int, today: date, towards: Towards | None, text: str) -> date:
    """The so-manieth of this month, or of the next or last one that has such a day."""
    if not 1 <= number <= 31:
        raise InputError(_no_day(text))
    step = -1 if towards == "past" else 1
    days = []
    for months in range(3):
        year, month = divmod(today.year * 12 + today.month - 1 + step * months, 12)
        if number <= calendar.monthrange(year, month + 1)[1]:
            days.append(date(year, month + 1, number))
    if towards is None and (days[0].year, days[0].month) != (today.year, today.month):
        raise InputError(_no_day(text))
    return _towards(days, today, towards)


def _towards(days: list[date], today: date, towards: Towards | None) -> date:
    """The first of ``days`` that lies the right way, else the first."""
    if towards == "past":
        return next((day for day in days if day <= today), days[0])
    if towards == "future":
        return next((day for day in days if day >= today), days[0])
    return days[0]


def _day(year: int, month: int, number: int, text: str) -> date:
    try:
        return date(year, month, number)
    except ValueError as error:
        raise InputError(
            _("There is no such day as {text}.").format(text=text.strip()[:40])
        ) from error


def _no_day(text: str) -> str:
    return _("“{text}” isn't a day: write 2026-11-23, 11/23 or tomorrow.").format(
        text=text.strip()[:40]
    )
