"""Takes over what a comparison found and somebody accepted: one change, all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Connection

from salesdesk.errors import ConflictError, InputError
from salesdesk.planning import plan_rules, plans, remarks, targets
from salesdesk.planning.places import Place
from salesdesk.storage.history import Change
from salesdesk.text import _, ngettext
from salesdesk.workbooks.quota_comparison import Comparison, Difference
from salesdesk.workbooks.quota_office import OfficeNow

Keep = Literal["sheet", "office"]
#: Which cell a difference is about: (sheet, cell).
CellKey = tuple[str, str]


def apply(
    change: Change,
    comparison: Comparison,
    *,
    keep: Keep = "office",
    choices: Mapping[CellKey, Keep] | None = None,
    leave_out: Collection[CellKey] = frozenset(),
    deletions: Collection[CellKey] = frozenset(),
    take_good: bool = False,
) -> int:
    """Write the accepted differences; how many cells changed.

    ``keep`` settles conflicts, ``choices`` single ones, ``leave_out`` drops differences; what is
    marked to be deleted stays unless it is in ``deletions``; all by (sheet, cell). While there are
    errors nothing is written, or with ``take_good`` what has none. Raises InputError where there
    are errors, and where the writers refuse; ConflictError when the office changed since the
    comparison; RightsError.
    """
    if comparison.errors and not take_good:
        raise InputError(wrong_cells(len(comparison.errors)))
    differences = comparison.good(
        accepted(
            comparison, keep=keep, choices=choices or {}, leave_out=leave_out, deletions=deletions
        )
    )
    office = OfficeNow(change.connection, comparison.plan_id)
    for difference in differences:
        if office.value(difference.slot, difference.place.who) != difference.office_value:
            raise ConflictError(
                _("{person}, {period}: changed in the office meanwhile. Compare again.").format(
                    person=difference.person, period=difference.slot.period.label
                )
            )
    by_target: dict[tuple[int, str], dict[Place, int | None]] = {}
    by_remark: dict[int, dict[Place, remarks.Words]] = {}
    for difference in differences:
        if difference.slot.field:
            noted = by_remark.setdefault(difference.slot.measure_id, {})
            words = noted.get(difference.place, remarks.Words())
            said: dict[str, Any] = {difference.slot.field: str(difference.sheet_value or "")}
            noted[difference.place] = words._replace(**said)
        else:
            assert not isinstance(difference.sheet_value, str)
            key = (difference.slot.measure_id, difference.slot.tier)
            by_target.setdefault(key, {})[difference.place] = difference.sheet_value
    for (measure_id, tier), cells in by_target.items():
        targets.set_values(
            change, comparison.plan_id, measure_id, tier, cells,
            words=_("Quota sheet of {plan}: {what}"),
        )  # fmt: skip
    for measure_id, noted in by_remark.items():
        remarks.set_remarks(change, comparison.plan_id, measure_id, noted)
    return len(differences)


def accepted(
    comparison: Comparison,
    *,
    keep: Keep = "office",
    choices: Mapping[CellKey, Keep],
    leave_out: Collection[CellKey] = frozenset(),
    deletions: Collection[CellKey] = frozenset(),
) -> list[Difference]:
    """The differences that :func:`apply` would write, wrong cells not yet left out."""
    changed = [difference for difference in comparison.changed if _key(difference) not in leave_out]
    deleted = [difference for difference in comparison.deletions if _key(difference) in deletions]
    settled = [
        difference
        for difference in comparison.conflicts
        if choices.get(_key(difference), keep) == "sheet"
        # Said for all conflicts at once, "the sheet counts" is no word on what it would delete.
        and (
            not difference.is_deletion
            or _key(difference) in choices
            or _key(difference) in deletions
        )
    ]
    return [*changed, *deleted, *settled]


def why_not(db: Connection, comparison: Comparison, person_id: int | None) -> str:
    """Why somebody can't take over what a sheet says: the plan takes no change, or not theirs."""
    differences = [*comparison.changed, *comparison.deletions, *comparison.conflicts]
    return refusal(db, comparison.plan_id, differences, person_id)


def refusal(
    db: Connection, plan_id: int, differences: Sequence[Difference], person_id: int | None
) -> str:
    """Why somebody can't write these differences into a plan; "" where they can."""
    plan = plans.plan_by_id(db, plan_id)
    why = ""
    if any(not difference.slot.field for difference in differences):
        why = plan_rules.why_not_write(db, person_id, plan, plan_rules.TARGETS)
    if not why and any(difference.slot.field for difference in differences):
        why = plan_rules.why_not_review(db, person_id, plan)
    return why


def wrong_cells(count: int) -> str:
    """The sentence that refuses a sheet with wrong cells whole."""
    return ngettext(
        "{count} cell is wrong: nothing was taken over.",
        "{count} cells are wrong: nothing was taken over.",
        count,
    ).format(count=count)


def _key(difference: Difference) -> CellKey:
    return difference.sheet, difference.cell
