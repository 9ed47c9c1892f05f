"""All kinds of report, in the order the Reports tab and ``salesdesk reports`` list them."""

from __future__ import annotations

from salesdesk.errors import NotFoundError
from salesdesk.reports.kinds import ReportKind
from salesdesk.reports.monthly import MONTHLY
from salesdesk.reports.weekly import WEEKLY
from salesdesk.text import _, joined

KINDS: tuple[ReportKind, ...] = (MONTHLY, WEEKLY)


def kind_with_code(code: str) -> ReportKind:
    """The kind with a code ("monthly"). Raises NotFoundError naming those there are."""
    for kind in KINDS:
        if kind.code == code:
            return kind
    raise NotFoundError(
        _("There is no report {code}; there are: {known}.").format(
            code=code, known=joined(kind.code for kind in KINDS)
        )
    )
