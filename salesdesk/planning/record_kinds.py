"""All kinds of records an office keeps: a new one is added here (ARCHITECTURE.md says how)."""

from __future__ import annotations

from salesdesk.customers import leave
from salesdesk.errors import NotFoundError
from salesdesk.planning import hand_counts
from salesdesk.records.kinds import Kind
from salesdesk.sales import products
from salesdesk.text import _, joined

KINDS: tuple[Kind, ...] = (products.KIND, leave.KIND, hand_counts.KIND)


def kind_with_code(code: str) -> Kind:
    """The kind with a code. Raises NotFoundError naming those known."""
    for kind in KINDS:
        if kind.code == code:
            return kind
    known = joined(kind.code for kind in KINDS)
    raise NotFoundError(
        _("There is no kind of record {code}; there are: {known}.").format(code=code, known=known)
    )
