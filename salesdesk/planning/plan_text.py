"""What the text of a plan is made of: headings, numbered items, bullets, paragraphs.

People write "# Goal" in the editor, and paste what they wrote: 一、 （一） 1、 1: （1） ①.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

#: A line behind 一、 or （一） that is longer than this, or is a sentence, is an item, no heading.
_LONGEST_HEADING = 30
_SENTENCE_ENDS = tuple("。；;！!？?，,")
_CHINESE = "零〇一二三四五六七八九十百"
#: How items are numbered, outermost first; what stands in the brackets is the label.
_NUMBERED = (
    re.compile(
        rf"((?:第[{_CHINESE}\d]{{1,4}}[章节条步部分]+|[{_CHINESE}]{{1,4}})[、.．:：])\s*(.+)"
    ),
    re.compile(rf"([（(][{_CHINESE}]{{1,4}}[)）][、.．:：]?)\s*(.+)"),
    re.compile(r"(\d{1,3}[、.．:：](?!\d)|\d{1,3}[)）][、.．:：]?)\s*(.+)"),
    re.compile(r"([（(]\d{1,3}[)）][、.．:：]?|[\u2460-\u2473\u2474-\u249b])\s*(.+)"),
)
_BULLETS = ("- ", "* ", "• ", "· ", "● ", "■ ", "◆ ")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the text; ``label`` is an item's number as written, ``level`` 1 the outermost."""

    kind: Literal["heading", "item", "bullet", "paragraph"]
    text: str
    label: str = ""
    level: int = 1


def blocks(text: str) -> list[Block]:
    """The pieces of a plan's text, a line each; empty lines say nothing."""
    lines = (raw.strip().strip("\u3000") for raw in text.splitlines())
    return [_block(line) for line in lines if line]


def _block(line: str) -> Block:
    if line.startswith("#"):
        signs = len(line) - len(line.lstrip("#"))
        return Block("heading", line[signs:].strip(), level=min(signs, 4))
    if line.startswith(_BULLETS):
        return Block("bullet", line[1:].strip())
    for level, pattern in enumerate(_NUMBERED, 1):
        numbered = pattern.fullmatch(line)
        if numbered is None:
            continue
        label, words = numbered[1], numbered[2]
        if level <= 2 and len(words) <= _LONGEST_HEADING and not words.endswith(_SENTENCE_ENDS):
            return Block("heading", f"{label}{words}", level=level)
        return Block("item", words, label, level)
    return Block("paragraph", line)
