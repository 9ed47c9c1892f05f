"""An item's words and the figures in them: the words are stored with "{1}" where rule 1's figure
stands, and shown with the figure that the rule has now.

So the figure in the sentence *is* the rule: when the rule's value changes, the sentence says the
new one, in the way it was written (7.5万 stays in 万); when the sentence is edited, what stands in
the figure's place afterwards is the rule's new value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction

from salesdesk.calc.numerals import read_numerals

_SCALES = {"": 1, "十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_HAN = "零〇一二两三四五六七八九十百千万亿点"
_NUMBER = re.compile(
    rf"(?P<digits>\d[\d,，]*(?:[.。．]\d+)?)(?:\s*(?P<scale>[十百千万亿]))?|(?P<han>[{_HAN}]+)"
)
_BLANK = re.compile(r"[xX×_*○△□…]+")
_ABOUT = re.compile(r"[一二两三四五六七八九]{2}")
_RANGE = re.compile(r"\s*(?:到|至|[-~～—–]{1,2}|to)\s*")
_MARK = re.compile(r"\{\{|\}\}|\{(\d+)\}")
_WIDE = str.maketrans("０１２３４５６７８９．，", "0123456789.,")


@dataclass(frozen=True, slots=True)
class Span:
    """Where the figure of the item's rule ``number`` stands in the shown text."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Shown:
    """An item's words as people read them."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Edited:
    """Words as they are to be stored, and the figures that stand in them now, by number.

    A figure that was deleted, or has no number left in its place, is missing.
    """

    words: str
    figures: Mapping[int, str]


def plain(text: str) -> str:
    """Words without figures, as they are stored."""
    return text.replace("{", "{{").replace("}", "}}")


def numbers(words: str) -> list[int]:
    """The numbers of the rules whose figures stand in stored words, in their order."""
    return [int(match[1]) for match in _MARK.finditer(words) if match[1]]


def without_marks(words: str, figures: Mapping[int, str]) -> str:
    """Stored words in which some figures are words like others."""

    def put(match: re.Match[str]) -> str:
        number = match[1]
        if number is None or int(number) not in figures:
            return match[0]
        return plain(figures[int(number)])

    return _MARK.sub(put, words)


def shown(words: str, figures: Mapping[int, str]) -> Shown:
    """Stored words with their figures; a figure that ``figures`` doesn't know leaves its mark out.

    A number standing twice is the same figure twice.
    """
    parts: list[str] = []
    spans: list[Span] = []
    length = at = 0
    for match in _MARK.finditer(words):
        before = words[at : match.start()]
        at = match.end()
        number = match[1]
        said = match[0][0] if number is None else figures.get(int(number), "")
        parts += (before, said)
        length += len(before)
        if number is not None and said:
            spans.append(Span(int(number), length, length + len(said)))
        length += len(said)
    parts.append(words[at:])
    return Shown("".join(parts), tuple(spans))


def with_figures(text: str, spans: Iterable[Span]) -> str:
    """The stored words of a text whose figures stand at ``spans``, which don't overlap."""
    parts: list[str] = []
    at = 0
    for span in sorted(spans, key=lambda span: span.start):
        parts += (plain(text[at : span.start]), f"{{{span.number}}}")
        at = span.end
    parts.append(plain(text[at:]))
    return "".join(parts)


def edited(before: Shown, text: str) -> Edited:
    """What an edit of the shown text did to its figures.

    Each is looked for between what stood left and right of it and was left alone.
    """
    if text == before.text:
        return Edited(
            with_figures(text, before.spans),
            {span.number: text[span.start : span.end] for span in before.spans},
        )
    left, right = _kept(before.text, text)
    found: list[Span] = []
    figures: dict[int, str] = {}
    taken = 0
    for span in before.spans:
        low, high = max(left[span.start], taken), right[span.end]
        if high < low:
            continue
        place = _figure_in(text[low:high], before.text[span.start : span.end])
        if place is None:
            continue
        start, end = low + place[0], low + place[1]
        found.append(Span(span.number, start, end))
        figures[span.number] = text[start:end]
        taken = end
    return Edited(with_figures(text, found), figures)


def read_figure(written: str) -> tuple[Fraction | None, Fraction | None]:
    """A figure as written: its value and, of a range, the upper end; (None, None) for a blank.

    In "8-10万" the unit counts for both, in "8000到1万" for the one it stands behind.
    """
    found = _values(written)
    if not found:
        return None, None
    return found[0].value, found[1].value if len(found) > 1 else None


def write_figure(written: str, low: Fraction | None, high: Fraction | None) -> str:
    """The figure with other values, in the way it was written; as it was where they are the same.

    Without a value it stays as written.
    """
    if low is None or (low, high) == read_figure(written):
        return written
    found = _values(written)
    wanted = [low] if high is None or high == low else [low, high]
    touching = len(found) > 1 and found[0].end == found[1].start  # 两三 can't be two figures
    if len(found) != len(wanted) or touching:
        scale = found[-1].scale if found else _SCALES.get(written[-1:], 1)
        return "-".join(_number(value, scale, False) for value in wanted)
    parts: list[str] = []
    at = 0
    for value, new in zip(found, wanted, strict=True):
        was = written[value.start : value.end]
        parts += (written[at : value.start], was if new == value.value
                  else _number(new, value.scale, "," in was, bare=value.inherits))  # fmt: skip
        at = value.end
    parts.append(written[at:])
    return "".join(parts)


def figures_in(text: str) -> list[tuple[int, int]]:
    """Where a text writes numbers or ranges of them: start and end of each, in their order."""
    plain_text = text.translate(_WIDE)
    found: list[tuple[int, int]] = []
    for match in _NUMBER.finditer(plain_text):
        if found and _RANGE.fullmatch(plain_text[found[-1][1] : match.start()]):
            found[-1] = found[-1][0], match.end()
        else:
            found.append(match.span())
    return found


# -- within ----------------------------------------------------------------------------------------


def _kept(before: str, after: str) -> tuple[list[int], list[int]]:
    """For each boundary in ``before``, where in ``after`` what stands left of it ends, and where
    what stands right of it begins.
    """
    left, right = [0] * (len(before) + 1), [len(after)] * (len(before) + 1)
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    for block in blocks:
        for offset in range(block.size):
            left[block.a + offset + 1] = block.b + offset + 1
            right[block.a + offset] = block.b + offset
    for index in range(1, len(left)):
        left[index] = max(left[index], left[index - 1])
    for index in range(len(right) - 2, -1, -1):
        right[index] = min(right[index], right[index + 1])
    return left, right


def _figure_in(text: str, was: str) -> tuple[int, int] | None:
    """The part of ``text`` that writes a figure: a number, a range, or a blank.

    Of several numbers the one that was there before, else the first.
    """
    plain_text = text.translate(_WIDE)
    found = list(_NUMBER.finditer(plain_text))
    if not found:
        blank = _BLANK.search(text)
        return None if blank is None else blank.span()
    place = text.find(was)
    index = next((at for at, match in enumerate(found) if place >= 0 and match.end() > place), 0)
    first = last = index
    while first > 0 and _RANGE.fullmatch(plain_text[found[first - 1].end() : found[first].start()]):
        first -= 1
    while last + 1 < len(found) and _RANGE.fullmatch(
        plain_text[found[last].end() : found[last + 1].start()]
    ):
        last += 1
    return found[first].start(), found[last].end()


@dataclass(frozen=True, slots=True)
class _Value:
    """A number in a figure: its value, its place, the unit it is written in.

    ``inherits``: the unit stands only behind the other end of the range.
    """

    value: Fraction
    start: int
    end: int
    scale: int
    inherits: bool = False


def _values(written: str) -> list[_Value]:
    """The one or two numbers in a figure."""
    text = written.translate(_WIDE)
    if _ABOUT.fullmatch(text):  # two numbers side by side: either of them
        return [
            _Value(read_numerals(sign) or Fraction(0), index, index + 1, 1)
            for index, sign in enumerate(text)
        ]
    found: list[_Value] = []
    for match in _NUMBER.finditer(text):
        if match["han"] is not None:
            value = read_numerals(match["han"])
            if value is None:
                continue
            scale = next((_SCALES[sign] for sign in "亿万" if match["han"].endswith(sign)), 1)
        else:
            scale = _SCALES[match["scale"] or ""]
            bare = re.sub("[。．]", ".", re.sub("[,，]", "", match["digits"]))
            value = Fraction(bare) * scale
        found.append(_Value(value, match.start(), match.end(), scale))
    if len(found) > 1:
        low, high = found[0], found[1]
        if low.scale == 1 and low.value < high.value / high.scale and high.scale > 1:
            found[0] = _Value(low.value * high.scale, low.start, low.end, high.scale, True)
    return found[:2]


def _number(value: Fraction, scale: int, grouped: bool, *, bare: bool = False) -> str:
    """A value as it is written in a unit, which is dropped where it doesn't fit.

    ``bare``: without the sign of the unit, since it stands behind the other end of a range.
    """
    scaled = value / scale
    fits = scale == 1 or (scaled * 10_000).denominator == 1
    if not fits:
        scaled = value
    digits = f"{float(scaled):.4f}".rstrip("0").rstrip(".")
    if scaled.denominator == 1:
        digits = f"{scaled.numerator:,}" if grouped else str(scaled.numerator)
    if bare or not fits or scale == 1:
        return digits
    return digits + next(sign for sign, size in _SCALES.items() if size == scale)
