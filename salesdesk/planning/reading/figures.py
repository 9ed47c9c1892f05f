"""Figures in running text: 40, 7.5万, 三十万元, 8000到1万元, 两成, xxx万元, RMB 300,000, twelve."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from salesdesk.calc.numerals import read_numerals

_SCALES = {
    "十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000, "k": 1_000, "w": 10_000,
    "m": 1_000_000, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000,
    "mn": 1_000_000, "hundred": 100, "dozen": 12,
}  # fmt: skip
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_HAN = (
    r"[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]"
    r"[零〇一二两三四五六七八九十百千万亿点壹贰叁肆伍陆柒捌玖拾佰仟]*"
)
_BLANK = r"(?<![\da-z])(?:[x×]{1,8}(?![a-z])|_+|\*{1,8}|○+|△+|□+|\(\s*\)|\.{3,}|…+)"
_SCALE = r"[十百千]?(?:万亿|[万亿])|[十百千]|[kwm](?![a-z])|"
_SCALE += "(?:thousand|million|billion|mn|hundred|dozen)(?![a-z])"
_MORE, _MORE_BEFORE = re.compile(r"[\s-]?\d"), re.compile(r"\d[\s-]?$")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[48]00\d{7}")
#: Two numbers side by side are either of them: 七八, 十七八, 二三十.
_ABOUT = re.compile(
    r"(?P<tens>[二三四五六七八九]?十)?"
    r"(?:(?P<first>[一二两三四五六七八九])(?P<second>[两二三四五六七八九]))(?P<times>[十百千万]?)"
)
#: The number of a section that begins a line: 1.1, 2.3.1.
_SECTION = re.compile(r"\s*\d{1,2}(?:\.\d{1,2})+[.、\s]+(?=[^\d\s])")
#: Longer digits are a phone, an order or a bank account.
_LONGEST = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure from ``start`` to ``end``; ``low`` is None for a blank, ``high`` ends a range.

    ``unit`` is "money", "percent", a counting word or "" for none; ``large`` tells that 万 or the
    like was written, ``bound`` that it is a least (1) or a most (-1), 0 for neither.
    """

    start: int
    end: int
    low: Fraction | None
    high: Fraction | None
    unit: str
    large: bool
    numerals: bool
    bound: int = 0
    digits_end: int = 0  # where the number ends, without its unit

    @property
    def is_blank(self) -> bool:
        return self.low is None

    @property
    def is_article(self) -> bool:
        """Whether it may be 一个, "a", rather than a count."""
        return self.numerals and self.low == 1 and self.unit in ("个", "套", "份", "张", "条", "批")


class Figures:
    """Finds figures as a language's grammar has them."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._words: Mapping[str, int] = data.get("words", {})
        number = rf"{_DIGITS}|{_HAN}|{_BLANK}"
        spelled = "|".join(sorted(self._words, key=len, reverse=True))
        if spelled:
            number += rf"|(?<![a-z])(?:{spelled})(?![a-z])"
        self.number = rf"(?:\d+(?:\.\d+)?|{_HAN}{'|' + spelled if spelled else ''})"
        before = data.get("money_before", "[¥￥]")
        unit = (
            rf"(?P<percent>{data['percent']})|(?P<money>{data['money']})"
            rf"|(?P<counter>{data['counters']})"
        )
        more = rf"\s*(?:{data['more']})?"
        low = rf"(?P<low>{number})\s*(?P<scale>{_SCALE})?{more}"
        high = rf"(?P<high>{number})\s*(?P<scale2>{_SCALE})?{more}"
        middle = rf"(?:(?P<middle>{data['money']})|%|{data['counters']})?"
        self._scan = re.compile(
            rf"(?:(?P<before>{before})\s*)?{low}"
            rf"(?:\s*{middle}\s*(?:{data['ranges']})\s*(?:{before})?\s*{high})?\s*(?:{unit})?"
        )
        self._not_after = re.compile(rf"\s*(?:{data['not_after']})")
        foreign = data.get("foreign")
        self._foreign = None if foreign is None else re.compile(foreign)
        bare = data.get("not_after_bare")
        self._not_after_bare = None if bare is None else re.compile(rf"\s*(?:{bare})")
        self._not_before = re.compile(rf"(?:{data['not_before']})\s*$")
        self._least = re.compile(rf"(?:{data['at_least']})")
        self._most = re.compile(rf"(?:{data['at_most']})")
        self._fixed = [
            (re.compile(entry["pattern"]), Fraction(entry["value"]), entry["unit"])
            for entry in data.get("fixed", ())
        ]
        self._count_unit = data.get("count_unit", True)

    def find(self, text: str) -> list[Figure]:
        """The figures of a normalised sentence, in their order; what can be none is left out."""
        if (
            not any(sign.isdigit() or sign in _SIGNS or sign in "半番" for sign in text)
            and not self._words
        ):
            return []
        figures = []
        numbered = _SECTION.match(text)
        for match in self._scan.finditer(text, numbered.end() if numbered else 0):
            figure = self._figure(match, text)
            if figure is not None:
                figures.append(figure)
        for pattern, value, unit in self._fixed:
            figures += [
                Figure(match.start(), match.end(), value, None, unit, False, True)
                for match in pattern.finditer(text)
            ]
            figures.sort(key=lambda figure: figure.start)
        return figures

    def number_in(self, text: str) -> Fraction | None:
        """The first number in a few words: 3 of "每隔3天"."""
        match = re.search(self.number, text)
        return None if match is None else self._value(match[0], "")

    def _figure(self, match: re.Match[str], text: str) -> Figure | None:
        unit_end = match.end()
        unit = "percent" if match["percent"] else "money" if match["money"] else ""
        if match["counter"]:
            unit = match["counter"].strip()
        elif match["before"] == "百分之":
            unit = "percent"
        elif not unit and (match["before"] or match["middle"]):
            unit = "money"
        elif not unit and "%" in match[0]:
            unit = "percent"
        raw = match["low"]
        spelled = raw in self._words
        numerals = spelled or raw[0] in _NUMERALS
        blank = not numerals and not raw[0].isdigit()
        large = bool(match["scale"] or match["scale2"]) or "万" in raw or "亿" in raw
        if (numerals and not unit and not large and not spelled) or (
            blank and not unit and not large and self._count_unit
        ):
            return None
        if self._not_before.search(text[max(0, match.start() - 8) : match.start()]):
            return None
        low = None if blank else self._value(raw, match["scale"] or "")
        about = _ABOUT.fullmatch(raw)
        # 300月 is a slip of the pen for 300元: no count of months goes so far.
        slip = text.startswith("月", unit_end) and low is not None and low > 60
        counts = unit not in ("money", "percent") and not slip
        if counts and self._not_after.match(text, unit_end):
            return None
        if self._foreign is not None and self._foreign.match(text, unit_end):
            return None
        if not unit and self._not_after_bare and self._not_after_bare.match(text, unit_end):
            return None
        high = None if match["high"] is None else self._value(match["high"], match["scale2"] or "")
        if about is not None and high is None:
            low, high = _either(about, match["scale"] or "")
        if low is None and not blank:
            return None
        if not unit and _PHONE.fullmatch(raw):
            return None
        if not unit and (_MORE_BEFORE.search(text[: match.start()]) or _MORE.match(text, unit_end)):
            return None  # a phone number in groups
        if raw[0].isdigit() and len(raw.replace(",", "").partition(".")[0]) >= _LONGEST:
            return None
        if low is not None and high is not None:
            scale = _scale(match["scale2"] or "")
            if not match["scale"] and low * scale <= high:  # 8到10万
                low *= scale
            if low >= high:
                return None
        if unit == "刻钟":
            low, high = low and low * 15, high and high * 15
        if unit == "成":
            low, unit = low and low * 10, "percent"
        elif match["percent"] == "成":
            low, high = low and low * 10, high and high * 10
        return Figure(
            match.start(), unit_end, low, high, unit, large, numerals,
            self._bound(text, match.start(), unit_end), _digits_end(match),
        )  # fmt: skip

    def _bound(self, text: str, start: int, end: int) -> int:
        before, after = text[max(0, start - 14) : start], text[end : end + 14]
        for pattern, bound in ((self._least, 1), (self._most, -1)):
            hits = list(pattern.finditer(before))
            if (hits and len(before) - hits[-1].end() <= 6) or pattern.match(after.lstrip()):
                return bound
        return 0

    def _value(self, raw: str, scale: str) -> Fraction | None:
        if raw in self._words:
            number: Fraction | None = Fraction(self._words[raw])
        elif raw[0].isdigit():
            number = Fraction(raw.replace(",", ""))
        else:
            number = read_numerals(raw)
        return None if number is None else number * _scale(scale)


def _digits_end(match: re.Match[str]) -> int:
    """Where the last number of a figure ends, with its 万 and without its unit."""
    return max(match.end(name) for name in ("low", "scale", "high", "scale2"))


_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟")
_SIGNS = _NUMERALS | frozenset("x×_*○△□(….")


def _either(about: re.Match[str], scale: str) -> tuple[Fraction, Fraction]:
    """The two numbers of 七八 (7 and 8), 十七八, 二三十, 三五百."""
    tens = (read_numerals(about["tens"]) if about["tens"] else None) or 0
    times = _scale(about["times"] or "") * _scale(scale)
    first, second = (read_numerals(about[name]) or 0 for name in ("first", "second"))
    return Fraction(tens + first) * times, Fraction(tens + second) * times


def _scale(signs: str) -> int:
    if signs in _SCALES:
        return _SCALES[signs]
    scale = 1
    for sign in signs:
        scale *= _SCALES[sign]
    return scale
