"""Who is credited with which part: shares in basis points (of 10,000) that sum to the whole."""

from __future__ import annotations

from collections.abc import Sequence

from salesdesk.calc.split import split
from salesdesk.errors import InputError
from salesdesk.text import _

WHOLE = 10_000


def check(basis_points: Sequence[int]) -> None:
    """Raise InputError unless the shares are positive and sum to 100 %."""
    if not basis_points or min(basis_points) <= 0 or sum(basis_points) != WHOLE:
        total = sum(basis_points) / 100
        raise InputError(_("The shares sum to {total:g} %, not to 100 %.").format(total=total))


def credited(total: int, basis_points: Sequence[int]) -> list[int]:
    """``total`` split by the shares; the parts sum to it exactly. Raises InputError."""
    check(basis_points)
    return split(total, basis_points)
