"""Whether an office is sound enough to be kept: asked before a backup lets earlier ones go.

Storage knows nothing of customers and deals; what to look at is declared with :func:`examiner` in
the module ``soundness`` of whichever room knows it, which is found by its name.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from salesdesk.storage.schema import load_from_rooms

#: Whole sentences on what is wrong; none where nothing is.
Examiner = Callable[[Connection], list[str]]

_examiners: list[Examiner] = []


def examiner(function: Examiner) -> Examiner:
    """Declare that an office is sound only where the function decorated finds nothing."""
    _examiners.append(function)
    return function


def problems(db: Connection) -> list[str]:
    """What is wrong with the rows of an office that is at the program's own version."""
    load_from_rooms("soundness")
    return [sentence for examine in _examiners for sentence in examine(db)]
