"""Numbers written in Chinese numerals: 三十万, 一百二十, 两千五, 三点五万, 壹仟零贰拾."""

from __future__ import annotations

from fractions import Fraction

_FIGURES = {
    sign: value
    for value, signs in enumerate(
        ("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for sign in signs
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000}
_GROUPS = {"亿": 100_000_000, "万": 10_000}
_POINT = "点"


def read_numerals(text: str) -> Fraction | None:
    """The number that ``text`` writes in Chinese numerals alone, None when it is none.

    What is said short counts as it is said: 一百二 is 120, 一万五 is 15,000.
    """
    if not text or not set(text) <= {*_FIGURES, *_UNITS, *_GROUPS, _POINT}:
        return None
    if text in ("百", "佰", "千", "仟"):
        return None  # a unit without a figure is a slip
    if _POINT in text:
        return _with_decimals(text)
    return _whole(text)


def _with_decimals(text: str) -> Fraction | None:
    """三点五, and 三点五万: the unit behind the decimals counts for all of it."""
    before, after = text.split(_POINT, 1)
    scale = 1
    while after and after[-1] in (*_UNITS, *_GROUPS):
        scale *= (_UNITS | _GROUPS)[after[-1]]
        after = after[:-1]
    whole = _whole(before)
    if whole is None or not after or any(sign not in _FIGURES for sign in after):
        return None
    decimals = int("".join(str(_FIGURES[sign]) for sign in after))
    return (whole + Fraction(decimals, 10 ** len(after))) * scale


def _whole(text: str) -> Fraction | None:
    for sign, size in _GROUPS.items():
        if sign in text:
            before, after = text.rsplit(sign, 1)
            high = _whole(before)
            low = _rest(after, size)
            return None if not high or low is None else high * size + low
    return _group(text)


def _rest(text: str, size: int) -> Fraction | None:
    """What stands behind 万 or 亿: the smaller part, or one figure said short."""
    if not text:
        return Fraction(0)
    if len(text) == 1 and _FIGURES.get(text):
        return Fraction(_FIGURES[text] * size, 10)
    low = _whole(text)
    return low if low is not None and low < size else None


def _group(text: str) -> Fraction | None:
    """A number below 10,000 by its units, or figure by figure (二〇二六)."""
    if all(sign in _FIGURES for sign in text):
        return Fraction(int("".join(str(_FIGURES[sign]) for sign in text))) if text else None
    total, figure, smallest, zero = 0, None, 10_000, False
    for sign in text:
        if sign in _FIGURES:
            if figure:
                return None
            figure = _FIGURES[sign]
            zero = zero or figure == 0
        else:
            unit = _UNITS[sign]
            if unit >= smallest or figure == 0 or (figure is None and total):
                return None
            total += (1 if figure is None else figure) * unit
            smallest, figure, zero = unit, None, False
    if figure:
        total += figure if zero or smallest == 10 else figure * smallest // 10
    return Fraction(total)
