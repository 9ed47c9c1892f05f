"""How a plan begins: with a text, or from an earlier plan. From a template: ``templates``."""

from __future__ import annotations

from collections.abc import Sequence

from salesdesk.calc.periods import Period
from salesdesk.planning import items, outlines, plans
from salesdesk.planning.outlines import Line
from salesdesk.planning.places import OFFICE, Who
from salesdesk.storage.history import Change
from salesdesk.text import _


def with_text(
    change: Change, text: str, *, title: str, period: Period, who: Who = OFFICE, template: str = ""
) -> int:
    """A new draft with the outline that a text writes; its id.

    Raises as ``plans.new_plan`` and ``items.write``.
    """
    lines = outlines.of_text(text)
    return with_lines(change, lines, title=title, period=period, who=who, template=template)


def with_lines(
    change: Change,
    lines: Sequence[Line],
    *,
    title: str,
    period: Period,
    who: Who = OFFICE,
    template: str = "",
) -> int:
    """A new draft with an outline, such as one that was read from a document; its id.

    Raises as ``plans.new_plan`` and ``items.write``.
    """
    with change.told_as(_("New plan: {title}").format(title=title.strip())):
        plan_id = plans.new_plan(change, title=title, period=period, who=who, template=template)
        items.write(change, plan_id, lines, seen_version=1)
    return plan_id


def from_plan(change: Change, plan_id: int, period: Period, title: str, who: Who) -> int:
    """A new draft of ``who`` for ``period`` with the items of an earlier plan; its id.

    Targets that a rule asks for are set in the new period, those set by hand aren't. Raises as
    ``plans.new_plan``, NotFoundError.
    """
    stored = plans.plan_by_id(change.connection, plan_id)
    with change.told_as(_("New plan: {title}").format(title=title.strip())):
        new_id = plans.new_plan(
            change, title=title, period=period, who=who, template=stored.template,
            reviewed=stored.reviewed,
        )  # fmt: skip
        items.copied(change, plan_id, new_id)
    return new_id
