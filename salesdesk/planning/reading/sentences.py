"""An item's text, made uniform sign for sign, and cut into sentences and clauses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SIGNS = str.maketrans(
    {
        **{chr(code): chr(plain) for code, plain in _WIDE.items()},
        "\u3000": " ", "\u00a0": " ", "\t": " ", "％": "%", "〔": "(", "【": "(", "】": ")",
        "〕": ")", "∶": ":", "﹕": ":", "﹒": ".", "—": "-", "–": "-", "−": "-", "─": "-",
        "～": "~",
        "〜": "~", "＿": "_", "’": "'", "週": "周", "個": "个", "萬": "万", "億": "亿", "戶": "户",
        "銷": "销", "標": "标", "務": "务", "電": "电", "話": "话", "訪": "访", "聯": "联",
        "繫": "系", "係": "系", "業": "业", "績": "绩", "額": "额", "達": "达", "類": "类",
        "級": "级", "兩": "两", "潤": "润", "單": "单", "臺": "台", "會": "会",
        "總": "总", "結": "结", "劃": "划", "計": "计", "開": "开", "發": "发", "購": "购",
        "約": "约", "認": "认", "簽": "签", "條": "条", "組": "组", "間": "间", "應": "应",
        "對": "对", "與": "与", "進": "进", "貨": "货", "產": "产", "於": "于", "過": "过",
    }
)  # fmt: skip
#: Someone who types Chinese writes 7。5 when he means 7.5.
_POINT = re.compile(r"(?<=\d)\s?[。．·](?=\d)")
#: Brackets around nothing are left to be filled in.
_BLANK = re.compile(r"\(\s*\)")
_SENTENCE = re.compile(r"[^。!?\n]*?(?:[。!?\n]+|(?<=[a-z0-9)%])\.(?=\s|$)|$)")
_CLAUSE = re.compile(r";|\||、(?![a-e][类级、])|:|,(?!\d{3}(?!\d))|[()]|(?<=[a-z0-9]) - | -- ")
_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence or a clause of it; ``start`` is its place in the item's text."""

    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def uniform(text: str) -> str:
    """The text in half-width signs, simplified where it counts, in lower case; as long."""
    plain = text.translate(_SIGNS)
    lower = plain.lower()
    if len(lower) == len(plain):  # a few letters of other languages grow when they are lowered
        plain = lower
    plain = _POINT.sub(lambda match: "." if len(match[0]) == 1 else " .", plain)
    return _BLANK.sub(lambda match: "_" * len(match[0]), plain)


def language_of(sentence: str) -> str:
    """The language whose grammar reads a sentence."""
    return "zh" if _CHINESE.search(sentence) else "en"


def sentences(text: str) -> Iterator[Piece]:
    """The sentences of a uniform text, with their full stops."""
    for match in _SENTENCE.finditer(text):
        if match[0].strip():
            yield Piece(match.start(), match[0])


def clauses(sentence: str) -> Iterator[Piece]:
    """The parts between commas; places are those in the sentence."""
    start = 0
    for match in _CLAUSE.finditer(sentence):
        if match.start() > start:
            yield Piece(start, sentence[start : match.start()])
        start = match.end()
    if start < len(sentence):
        yield Piece(start, sentence[start:])
