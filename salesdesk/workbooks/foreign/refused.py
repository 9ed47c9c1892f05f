"""How the reading process says why it doesn't read: words of the catalogue, and what goes in."""

from __future__ import annotations

from salesdesk.marking import mark
from salesdesk.workbooks.foreign.limits import MAX_CHARACTERS


class Refused(Exception):  # noqa: N818 - no fault: the file isn't taken
    """``words`` are marked for the catalogue; whoever asked translates them and fills in values.

    The file's own name goes in as ``name`` there, too.
    """

    def __init__(self, words: str, **values: str | int) -> None:
        super().__init__(words)
        self.words, self.values = words, values


def damaged() -> Refused:
    """The file is damaged. What a parser says of it means nothing to a person."""
    return Refused(mark("{name} is damaged: it can't be read as a workbook."))


def too_large() -> Refused:
    """The file, or what it unpacks to, is beyond the limits."""
    return Refused(mark("{name} is too large for an office's sheet and was not opened."))


def too_much_memory(size: int) -> Refused:
    """Reading would need more than ``size`` bytes."""
    return Refused(
        mark(
            "{name} was not read: it would need more than {size} MB of memory. "
            "Keep only the sheets and rows that are needed."
        ),
        size=size >> 20,
    )


def too_long() -> Refused:
    """Reading would take longer than the limits allow."""
    return Refused(
        mark(
            "{name} was not read: it would take too long. "
            "Keep only the sheets and rows that are needed."
        )
    )


def too_many(sheet: str, rows: int, columns: int) -> Refused:
    """The sheet's last value lies too far out."""
    return Refused(
        mark("Sheet {sheet} of {name} is too large: it reaches to row {rows} and column "
             "{columns}."),
        sheet=sheet, rows=rows, columns=columns,
    )  # fmt: skip


def no_workbook() -> Refused:
    """The content is nothing a sheet could be."""
    return Refused(mark("{name} isn't a workbook, whatever its name says."))


def text_too_long() -> Refused:
    """A cell holds more than any cell can."""
    return Refused(
        mark("{name} was not read: a cell in it holds more than {count} characters."),
        count=MAX_CHARACTERS,
    )


def as_document(refused: Refused) -> Refused:
    """What is said of workbooks, said of a written document."""
    words = _DOCUMENT.get(refused.words)
    return refused if words is None else Refused(words, **refused.values)


_DOCUMENT = {
    damaged().words: mark("{name} is damaged: it can't be read as a document."),
    too_large().words: mark("{name} is too large for a plan and was not opened."),
    too_much_memory(0).words: mark(
        "{name} was not read: it would need more than {size} MB of memory. "
        "Keep only the text that is needed."
    ),
    too_long().words: mark(
        "{name} was not read: it would take too long. Keep only the text that is needed."
    ),
    no_workbook().words: mark("{name} isn't a document."),
}
