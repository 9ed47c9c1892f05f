"""What a table of figures in a plan's text shows: kept as JSON in the words of its item."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from salesdesk.errors import InputError
from salesdesk.text import _, mark

#: How its lines divide the plan's period.
BY: Mapping[str, str] = {
    "month": mark("by month"),
    "quarter": mark("by quarter"),
    "year": mark("the whole period"),
}
#: How many measures stand side by side, and how many years before the plan's.
MOST_MEASURES, MOST_YEARS = 6, 3


@dataclass(frozen=True, slots=True)
class Spec:
    """``measures`` by code; of each ``years`` years before the plan's, with ``own`` what is
    achieved in its own period, with ``planned`` what the plan asks for.
    """

    measures: tuple[str, ...]
    by: str = "month"
    years: int = 1
    own: bool = False
    planned: bool = True

    def __post_init__(self) -> None:
        """Raises InputError where there is nothing to show, or too much."""
        if not 1 <= len(self.measures) <= MOST_MEASURES:
            raise InputError(
                _("A table of figures has 1 to {most} measures.").format(most=MOST_MEASURES)
            )
        if self.by not in BY or not 0 <= self.years <= MOST_YEARS:
            raise InputError(_("A table of figures is by month, quarter or period."))
        if not (self.years or self.own or self.planned):
            raise InputError(_("A table of figures needs a column."))

    @property
    def words(self) -> str:
        """The words of the item that shows it."""
        return json.dumps(asdict(self), ensure_ascii=False)


def spec_of(words: str) -> Spec:
    """What the words of an item ask for. Raises InputError for words that are no such."""
    try:
        said = json.loads(words)
        return Spec(
            tuple(str(code) for code in said["measures"]), str(said["by"]), int(said["years"]),
            bool(said["own"]), bool(said["planned"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(_("That is no table of figures.")) from error


def is_spec(words: str) -> bool:
    """Whether a line of text is a table of figures, as plans are written in texts."""
    if not words.startswith('{"measures"'):
        return False
    try:
        spec_of(words)
    except InputError:
        return False
    return True
