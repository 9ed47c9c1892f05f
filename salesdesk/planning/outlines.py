"""A plan's outline as lines: read from a text that somebody wrote, and written as one.

The text form is what commands and the clipboard use: "# " before a heading (one sign a level),
"1. " before a numbered item, each level further in by two spaces; other lines are paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from salesdesk.planning.figures_spec import is_spec
from salesdesk.planning.reading import outline
from salesdesk.text import mark

#: What a piece of the outline is.
KINDS: Mapping[str, str] = {
    "heading": mark("Heading"),
    "item": mark("Item"),
    "paragraph": mark("Paragraph"),
    "figures": mark("Table of figures"),
}
DEEPEST = 8
#: How many lines further on an edited line is looked for, and how much of it must be the same.
_NEAR, _ALIKE = 8, 0.5
_FIGURES = re.compile(r"[\d.,，]+|[零〇一二两三四五六七八九十百千万亿]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an outline as it is to be written; ``id`` names the item it was."""

    kind: str
    level: int
    text: str
    id: int | None = None


def of_text(text: str) -> list[Line]:
    """The lines that a text writes, in its own marks or in people's (一、 （一） 1、 ①)."""
    return of_items(outline.outline(outline.lines(text)))


def of_items(items: Iterable[outline.Item]) -> list[Line]:
    """The lines of what was read from a text or document."""
    return [
        Line(
            "figures"
            if is_spec(item.text)
            else "heading"
            if item.is_heading
            else "item"
            if item.is_item
            else "paragraph",
            min(item.level, DEEPEST),
            _with_label(item) if item.is_heading else item.text,
        )
        for item in items
    ]


def as_text(lines: Iterable[Line]) -> str:
    """The lines as a text, which :func:`of_text` reads as the same outline."""
    written: list[str] = []
    every = list(lines)
    for line, label in zip(every, labels(every), strict=True):
        if line.kind == "heading":
            written.append(f"{'#' * (line.level + 1)} {line.text}")
        elif line.kind == "item":
            written.append(f"{'  ' * line.level}{label} {line.text}")
        else:
            written.append(line.text)
    return "".join(f"{line}\n" for line in written)


def paired(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """The places of lines in two texts side by side; None for a line that the other doesn't have.

    A line that was edited stands beside what it was: the next one that reads alike but for its
    figures, or the only one that stood between the same neighbours.
    """
    for code, first, last, start, end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if code == "equal" or last - first == end - start == 1:
            yield from zip(range(first, last), range(start, end), strict=True)
            continue
        at = first
        for place in range(start, end):
            near = range(at, min(at + _NEAR, last))
            partner = next((one for one in near if _alike(old[one], new[place])), None)
            if partner is None:
                yield None, place
                continue
            for before in range(at, partner):
                yield before, None
            yield partner, place
            at = partner + 1
        for before in range(at, last):
            yield before, None


def labels(lines: Sequence[Line]) -> list[str]:
    """How each line is numbered: "1.", below it "(1)", then "a)"; "" for what isn't numbered.

    Numbers begin anew below each heading and each item of a lower level; a paragraph between two
    items doesn't break their numbers.
    """
    return [_label(depth, number) if number else "" for depth, number in _numbered(lines)]


def depths(lines: Sequence[Line]) -> list[int]:
    """How many items each item lies below, from its heading on; 0 for what isn't numbered."""
    return [depth for depth, _number in _numbered(lines)]


def _numbered(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Each line's depth and number; (0, 0) for what isn't numbered."""
    counts: dict[int, int] = {}
    answer: list[tuple[int, int]] = []
    for line in lines:
        if line.kind == "heading":
            counts.clear()
        if line.kind != "item":
            answer.append((0, 0))
            continue
        for deeper in [level for level in counts if level > line.level]:
            del counts[deeper]
        counts[line.level] = counts.get(line.level, 0) + 1
        depth = sum(level < line.level for level in counts)
        answer.append((depth, counts[line.level]))
    return answer


def _alike(old: str, new: str) -> bool:
    """Whether two lines are one that was edited: more than half of their words are the same."""
    matcher = SequenceMatcher(None, _FIGURES.sub("", old), _FIGURES.sub("", new), autojunk=False)
    return matcher.quick_ratio() > _ALIKE and matcher.ratio() > _ALIKE


def _with_label(heading: outline.Item) -> str:
    """A heading with its number as written, which is part of it: nothing numbers headings anew."""
    label = heading.label
    between = " " if label[-1:].isascii() and label else ""
    return f"{label}{between}{heading.text}"


def _label(depth: int, number: int) -> str:
    if depth == 0:
        return f"{number}."
    if depth == 1:
        return f"({number})"
    return f"{chr(0x60 + number)})" if number <= 26 else f"{number})"
