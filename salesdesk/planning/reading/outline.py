"""A written text as an outline: items with levels, without the marks that numbered them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from salesdesk.planning.plan_text import blocks

#: An item keeps no more than this; what is longer goes on in the next.
LONGEST_ITEM = 20_000
_TITLE = re.compile(r"^.{2,40}(?:计划|方案|规划|计划书|总结)(?:[篇之]?[一二三四五六七八九十\d]*)$")
_LABEL = re.compile(
    r"^\d{1,2}(?:\.\d{1,2})+(?:[、.．]\s*|\s+)(?=\D)|^[（(]?[零〇一二三四五六七八九十百\d]{1,4}[)）]?[、.．:：;；]?\s*|^[\u2460-\u249b]\s*"
)
_BULLET_DEPTH = re.compile(r"^[ \t\u3000]*")
#: Ranks of marks, the outermost first: # to ####, a title, 一、 （一） 1、 (1) ①, bullets.
_HEADING, _TITLE_RANK, _NUMBER, _BULLET = 0, 4, 5, 10


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph; ``heading`` and ``depth``, from 0 on, are what its format says of it."""

    text: str
    heading: int | None = None
    depth: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of the outline; ``level`` 0 is the outermost, ``label`` its number as written.

    A title names a plan; another one begins another plan.
    """

    level: int
    text: str
    is_heading: bool
    label: str = ""
    is_title: bool = False
    is_item: bool = False


def lines(text: str) -> list[Line]:
    """The lines of a text file."""
    return [Line(line) for line in text.splitlines()]


def outline(content: Iterable[Line]) -> list[Item]:
    """The items of a plan, each below the nearest line above it whose mark ranks higher."""
    items: list[Item] = []
    ranks: list[tuple[int, bool]] = []
    for line in content:
        for rank, heading, label, text in _ranked(line):
            numbered = not heading and rank is not None
            if rank is None:  # a paragraph: below the heading it follows
                while ranks and not ranks[-1][1]:
                    ranks.pop()
                items.append(Item(len(ranks), text, False))
                continue
            while ranks and ranks[-1][0] >= rank:
                ranks.pop()
            items.append(Item(len(ranks), text, heading, label, rank == _TITLE_RANK, numbered))
            ranks.append((rank, heading))
    return items


def _ranked(line: Line) -> Iterable[tuple[int | None, bool, str, str]]:
    """The line's rank (None for a paragraph), whether it is a heading, its label and its words."""
    text = line.text.strip(" \t\u3000\ufeff")
    if not text:
        return
    if line.heading is not None:
        yield _HEADING + min(line.heading, 3), True, *_label(text)
        return
    for block in blocks(text):
        words = block.text
        if not words:
            continue
        for start in range(0, len(words), LONGEST_ITEM):
            part = words[start : start + LONGEST_ITEM]
            if block.kind == "heading":
                if block.label or text.startswith("#"):
                    rank = block.level - 1
                label, part = _label(part)
                numbered = not text.startswith("#")
                yield (_NUMBER + block.level - 1 if numbered else rank), True, label, part
            elif block.kind == "item":
                yield _NUMBER + block.level - 1, False, block.label, part
            elif block.kind == "bullet" or line.depth is not None:
                indent = _BULLET_DEPTH.match(line.text.replace("\t", "  "))
                depth = (
                    line.depth if line.depth is not None else len(indent[0]) // 2 if indent else 0
                )
                yield _BULLET + depth, False, "", part
            elif _TITLE.match(part):
                yield _TITLE_RANK, True, "", part
            else:
                yield None, False, "", part


def _label(text: str) -> tuple[str, str]:
    match = _LABEL.match(text)
    if match is None or match.end() == len(text) or match[0].strip()[-1:] not in "、.．:：)）;；":
        return "", text
    return match[0].strip(), text[match.end() :]
