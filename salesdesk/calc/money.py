"""Numbers as people write and read them: parsing, grouping, 万元, per cent, capital amounts.

A value is an integer of ``10 ** -digits``: cents have two digits, calls none.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from salesdesk.calc.numerals import read_numerals
from salesdesk.errors import InputError
from salesdesk.text import _, ngettext

_SCALES = {"": 1, "十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000,
           "k": 1_000, "w": 10_000, "m": 1_000_000}  # fmt: skip
_COUNTED_IN = "(?:元|圆|块|套|台|个|件|次|单|组|户|人)?"
_NUMBER = re.compile(
    r"(?P<sign>[-+]?)[¥￥]?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)"
    rf"(?P<scale>[十百千]?(?P<group>万亿|[万亿])?|[kwm]){_COUNTED_IN}",
    re.IGNORECASE,
)
_IN_NUMERALS = re.compile(rf"(?P<sign>[-+负]?)(?P<number>[^-+]+?){_COUNTED_IN}")
#: How a share is said: 5 %, 百分之五, 千分之五, 5 ‰, 三成; and how many per cent one of them is.
_SHARE = re.compile(
    "(?P<sign>[-+负]?)(?P<before>[百千]分之)?(?P<number>.+?)(?P<after>%|‰|percent|成)?"
)
_PER: dict[str, Fraction] = {"千分之": Fraction(1, 10), "‰": Fraction(1, 10), "成": Fraction(10)}
#: Nobody writes a number with more figures than this; it would be a slip of the paste.
_LONGEST = 60
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
#: The largest amount that is written in capitals: 万亿 are the largest group.
_LARGEST = 10**16


def parse_number(text: str, digits: int) -> int:
    """The value a text means: 1,200 · １２００ · 1.2万 · 5百 · 三十万 · ¥300 · (500) for minus 500.

    Raises InputError, naming the text, when it is no number or has more than ``digits`` decimals.
    """
    return _fixed(_read(text), text, digits)


def parse_percent(text: str, digits: int = 2) -> int:
    """The per cent a text means, in ``10 ** -digits``: 1.5 · 1.5% · 1.5％ · 百分之五 · 千分之五.

    With two digits they are basis points. Raises InputError, naming the text.
    """
    return _fixed(read_percent(text), text, digits)


def read_percent(text: str) -> Fraction:
    """The same, exact, however many decimals there are. Raises InputError, naming the text."""
    cleaned = re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", text)).lower()
    match = _SHARE.fullmatch(cleaned)
    if match is None or (match["before"] and match["after"]):
        raise InputError(_not_a_percentage(text))
    try:
        number = _read(match["sign"] + match["number"])
    except InputError as error:
        raise InputError(_not_a_percentage(text)) from error
    return number * _PER.get(match["before"] or match["after"] or "", Fraction(1))


def _fixed(number: Fraction, text: str, digits: int) -> int:
    """The number in ``10 ** -digits``. Raises InputError when it is finer."""
    value: Fraction = number * 10**digits
    if value.denominator != 1:
        raise InputError(_too_fine(text, digits))
    return value.numerator


def _read(text: str) -> Fraction:
    """The number a text means, exactly. Raises InputError, naming the text."""
    cleaned = unicodedata.normalize("NFKC", text)
    cleaned = re.sub(r"[\s\u200b\ufeff]+", "", cleaned).replace("−", "-").replace("–", "-")
    negative = cleaned.startswith("(") and cleaned.endswith(")")
    if negative:
        cleaned = cleaned[1:-1]
    cleaned = cleaned.lstrip("¥￥")
    if len(cleaned) > _LONGEST:
        raise InputError(_not_a_number(text))
    match = _NUMBER.fullmatch(cleaned)
    if match is not None:
        # Fractions, since decimals round what has more than 28 figures.
        number = Fraction(match["number"].replace(",", "")) * _scale(match["scale"].lower())
    else:
        match = _IN_NUMERALS.fullmatch(cleaned)
        numerals = read_numerals(match["number"]) if match is not None else None
        if match is None or numerals is None:
            raise InputError(_not_a_number(text))
        number = numerals
    return -number if negative or match["sign"] in ("-", "负") else number


def _scale(signs: str) -> int:
    """What 万, 百万 or 万亿 stand for."""
    scale = 1
    for sign in signs:
        scale *= _SCALES[sign]
    return scale


def _not_a_number(text: str) -> str:
    return _("“{text}” is not a number.").format(text=text.strip()[:40])


def _not_a_percentage(text: str) -> str:
    return _("“{text}” is not a percentage.").format(text=text.strip()[:40])


def _too_fine(text: str, digits: int) -> str:
    if digits == 0:
        return _("“{text}” is not a whole number.").format(text=text.strip()[:40])
    return ngettext(
        "“{text}” has more than {digits} decimal.",
        "“{text}” has more than {digits} decimals.",
        digits,
    ).format(text=text.strip()[:40], digits=digits)


def to_decimal(value: int, digits: int) -> Decimal:
    """The value as an exact decimal number."""
    return Decimal(value).scaleb(-digits)


def format_number(value: int, digits: int, *, trim: bool = False) -> str:
    """1,234.50; with ``trim`` without decimals that are zero: 1,234.5."""
    text = f"{to_decimal(value, digits):,.{digits}f}"
    if trim and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def format_wan(value: int, digits: int) -> str:
    """The value in 万 with two decimals, rounded half up: 35.00 for 350,000."""
    hundredths = 10 ** (digits + 2)
    rounded = (abs(value) * 2 + hundredths) // (2 * hundredths)
    return format_number(-rounded if value < 0 else rounded, 2)


def format_percent(share: Fraction | None, *, digits: int = 1, signed: bool = False) -> str:
    """12.5 %, rounded half up; a dash for None. ``signed`` puts + before growth."""
    if share is None:
        return "—"
    scaled = share * 100 * 10**digits
    rounded = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    text = f"{Decimal(rounded).scaleb(-digits):,.{digits}f}%"
    if scaled < 0 and rounded:
        return f"-{text}"
    return f"+{text}" if signed and scaled > 0 else text


def capital_amount(cents: int) -> str:
    """An amount in capital numerals, as forms and cheques ask: 壹仟零贰拾元伍角整.

    By the rules of the payment order regulations (《支付结算办法》): a zero between figures is
    written once, 整 follows yuan or jiao, never fen. Raises InputError from 10^14 yuan on.
    """
    if abs(cents) >= _LARGEST:
        raise InputError(_("The amount is too large to be written in words."))
    yuan, rest = divmod(abs(cents), 100)
    jiao, fen = divmod(rest, 10)
    text = _capital_integer(yuan) + "元" if yuan else ""
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif fen and yuan:
        text += "零"
    text += _DIGITS[fen] + "分" if fen else "整"
    if not cents:
        return "零元整"
    return f"负{text}" if cents < 0 else text


def _capital_integer(number: int) -> str:
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    gap = False  # a zero that must still be written before the next figure
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group == 0:
            gap = bool(text)
            continue
        if text and (gap or group < 1_000):
            text += "零"
        text += _capital_group(group) + _GROUPS[place]
        gap = False
    return text


def _capital_group(group: int) -> str:
    text, gap = "", False
    for place in (3, 2, 1, 0):
        figure = group // 10**place % 10
        if figure == 0:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[figure] + _UNITS[place]
        gap = False
    return text
