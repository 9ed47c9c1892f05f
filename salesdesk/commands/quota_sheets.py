"""Commands about quota sheets: send one out as Excel, take it back."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from salesdesk.calc.money import to_decimal
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.files import add_output, output_of, output_path
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.office import measures
from salesdesk.planning.places import TIERS
from salesdesk.storage import files
from salesdesk.text import _, ngettext
from salesdesk.workbooks import quota_import, quota_sheet, quota_taking
from salesdesk.workbooks.error_copy import check_place, write_error_copy
from salesdesk.workbooks.quota_cells import DELETION_MARKS, UNITS
from salesdesk.workbooks.quota_comparison import Comparison, Difference, Notice
from salesdesk.workbooks.quota_sent import Base
from salesdesk.workbooks.quota_totals import Total, Totals

#: Differences shown one by one; of more than that the first and how many there are.
_SHOWN = 50


def _add_quota_sheet(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "export": (_("send a quota sheet out as Excel"), _add_export),
            "import": (_("take a quota sheet back: show what differs, then apply it"), _add_import),
        },
    )


def _add_export(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("plan", metavar="ID", type=shared.count, help=_("the plan's number"))
    shared.add_month(
        parser, required=False, help_text=_("the sheet of a month (otherwise of the year)")
    )
    parser.add_argument(
        "--measure", metavar="CODE", nargs="+", default=[],
        help=_("of which measures (otherwise those the plan has targets for)"),
    )  # fmt: skip
    parser.add_argument("--tier", choices=list(TIERS), default="assigned", help=_("of three"))
    parser.add_argument("--products", action="store_true", help=_("a line for each product too"))
    add_output(parser, ".xlsx", metavar="FILE.xlsx", help_text=_("the file to write"))
    parser.set_defaults(run=_export)


def _export(arguments: argparse.Namespace, console: Console) -> int:
    output = output_of(arguments)
    assert output is not None  # argparse requires it
    with opened(arguments) as workspace:
        ids = [workspace.read(measures.measure_with_code, code).id for code in arguments.measure]
        sent = quota_sheet.export(
            workspace,
            arguments.plan,
            output,
            month=arguments.month,
            measure_ids=ids or None,
            tier=arguments.tier,
            with_products=arguments.products,
            progress=console.progress,
        )
    rows = max(len(block.rows) for block in sent.blocks.values())
    console.say(_("Wrote {path}.").format(path=output))
    console.result(
        {
            "file": output,
            "plan": sent.plan_id,
            "export_id": sent.export_id,
            "sheets": [block.title for block in sent.blocks.values()],
            "rows": rows,
        }
    )
    return 0


def _add_import(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("sheet", metavar="FILE", type=Path, help=_("the workbook that came back"))
    parser.add_argument(
        "--apply", action="store_true",
        help=_("take the differences over (otherwise they are only shown)"),
    )  # fmt: skip
    parser.add_argument(
        "--keep", choices=("sheet", "office"),
        help=_("what counts where sheet and office were both changed; without it a sheet with "
               "such conflicts is refused whole"),
    )  # fmt: skip
    parser.add_argument(
        "--take-good", action="store_true",
        help=_("take the right cells over although others are wrong (otherwise all or nothing)"),
    )  # fmt: skip
    parser.add_argument(
        "--with-deletions", action="store_true",
        help=_("delete the targets whose cells say so with one of: {marks}; an emptied cell "
               "deletes nothing").format(marks=" ".join(DELETION_MARKS)),
    )  # fmt: skip
    parser.add_argument(
        "--unit", choices=tuple(UNITS), default="yuan",
        help=_("what amounts were filled in in, where cells don't say: yuan, or wan for 万元"),
    )  # fmt: skip
    parser.add_argument(
        "--errors", metavar="OUT.xlsx", type=output_path(".xlsx"),
        help=_("where to write a copy with the wrong cells marked, if there are any"),
    )  # fmt: skip
    parser.add_argument(
        "--force", action="store_true",
        help=_("write over a file that is there (somebody may have filled it in)"),
    )  # fmt: skip
    parser.set_defaults(run=_import)


def _import(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.errors is not None:
        check_place(arguments.sheet, arguments.errors)
        files.need_free(arguments.errors, force=arguments.force)
    with opened(arguments) as workspace:
        comparison = workspace.read(
            quota_import.compare,
            arguments.sheet,
            unit=arguments.unit,
            person_id=workspace.person_id,
        )
        totals = workspace.read(Totals, comparison).of(_to_take(comparison, arguments))
        _say_found(console, comparison)
        _say_totals(console, totals)
        if comparison.errors and arguments.errors:
            write_error_copy(arguments.sheet, comparison.errors, arguments.errors)
            console.warn(_("The wrong cells are marked in {path}.").format(path=arguments.errors))
        refusal = workspace.read(quota_taking.why_not, comparison, workspace.person_id)
        if arguments.apply:
            refusal = refusal or _refusal(comparison, arguments)
        applied = arguments.apply and not refusal
        if applied:
            label = _("Take back the quota sheet of {plan}").format(plan=comparison.plan_title)
            with workspace.change(label) as change:
                written = quota_taking.apply(
                    change,
                    comparison,
                    keep=arguments.keep or "office",
                    deletions=_deletions(comparison) if arguments.with_deletions else (),
                    take_good=arguments.take_good,
                )
            console.say(
                ngettext(
                    "{count} cell taken over.",
                    "{count} cells taken over.",
                    written,
                ).format(count=written)
            )
    console.result({**_as_json(comparison, applied), "totals": [_total(one) for one in totals]})
    _say_left(console, comparison, arguments, applied)
    if refusal:
        console.warn(refusal)
    elif not arguments.apply and not comparison.nothing_to_do:
        console.say(_("Nothing was changed; --apply takes it over."))
    return 1 if (refusal and not comparison.nothing_to_do) or comparison.errors else 0


def _to_take(comparison: Comparison, arguments: argparse.Namespace) -> list[Difference]:
    """What would be taken over with these arguments."""
    deletions = _deletions(comparison) if arguments.with_deletions else set()
    return comparison.good(
        quota_taking.accepted(
            comparison, keep=arguments.keep or "office", choices={}, deletions=deletions
        )
    )


def _deletions(comparison: Comparison) -> set[tuple[str, str]]:
    """Every cell that would delete something."""
    return {
        (difference.sheet, difference.cell)
        for difference in (*comparison.deletions, *comparison.conflicts)
        if difference.is_deletion
    }


def _refusal(comparison: Comparison, arguments: argparse.Namespace) -> str:
    """Why nothing is taken over, if so."""
    if comparison.errors and not arguments.take_good:
        return _("{refusal} Say --take-good to take over the right ones.").format(
            refusal=quota_taking.wrong_cells(len(comparison.errors))
        )
    if comparison.conflicts and arguments.keep is None:
        return ngettext(
            "{count} cell was changed in the sheet and in the office: nothing was taken over. "
            "Say what counts with --keep sheet or --keep office.",
            "{count} cells were changed in the sheet and in the office: nothing was taken over. "
            "Say what counts with --keep sheet or --keep office.",
            len(comparison.conflicts),
        ).format(count=len(comparison.conflicts))
    return ""


def _say_left(
    console: Console, comparison: Comparison, arguments: argparse.Namespace, applied: bool
) -> None:
    """What of the sheet wasn't taken over with the rest."""
    if not applied:
        return
    if comparison.errors:
        left = ngettext(
            "{count} wrong cell was left out.", "{count} wrong cells were left out.",
            len(comparison.errors),
        )  # fmt: skip
        console.warn(left.format(count=len(comparison.errors)))
    if comparison.deletions and not arguments.with_deletions:
        left = ngettext(
            "{count} target is marked to be deleted and stays: --with-deletions deletes it.",
            "{count} targets are marked to be deleted and stay: --with-deletions deletes them.",
            len(comparison.deletions),
        )
        console.warn(left.format(count=len(comparison.deletions)))


def _say_found(console: Console, comparison: Comparison) -> None:
    console.say(_("Quota sheet of {plan}").format(plan=comparison.plan_title))
    for notice in comparison.told("doubt"):
        console.warn(_("{sheet}: {reason}").format(sheet=notice.sheet, reason=notice.words))
    if comparison.nothing_to_do:
        console.say(_("The office has all of it already."))
    _say_differences(console, _("Changed in the sheet: {count}"), comparison.changed)
    _say_differences(console, _("Marked to be deleted: {count}"), comparison.deletions)
    _say_differences(
        console, _("Changed in the sheet and in the office: {count}"), comparison.conflicts
    )
    if comparison.errors:
        console.say(_("Wrong cells: {count}").format(count=len(comparison.errors)))
        console.table(
            [_("Sheet"), _("Cell"), _("Cause")],
            [
                [cell_error.sheet, cell_error.cell, cell_error.cause]
                for cell_error in comparison.errors[:_SHOWN]
            ],
        )
    _say_notices(console, _("Not taken: {count}"), comparison.told("not_taken"))
    _say_notices(console, _("Skipped rows: {count}"), comparison.told("skipped"))
    _say_notices(console, _("To be known: {count}"), comparison.told("told"))
    for heading, rows in (
        (_("New rows: {count}"), comparison.new_rows),
        (_("Missing rows, which stay as they are: {count}"), comparison.missing_rows),
    ):
        if rows:
            console.say(heading.format(count=len(rows)))
            for odd_row in rows[:_SHOWN]:
                console.say(
                    "  " + " / ".join(part for part in (odd_row.person, odd_row.product) if part)
                )


def _say_totals(console: Console, totals: Sequence[Total]) -> None:
    if not totals:
        return
    console.say(_("Totals before and after, and what is to be reached:"))
    console.table(
        [_("Sheet"), _("Measure"), _("Tier"), _("Whose"), _("Period"), _("Before"), _("After"),
         _("To be reached"), _("Still open")],
        [
            [
                total.sheet,
                _("{name} ({unit})").format(name=total.measure.name, unit=total.measure.unit),
                _(TIERS[total.tier]),
                total.person or _("All"),
                total.period,
                total.measure.format(total.before),
                total.measure.format(total.after),
                total.measure.format(total.reach.value if total.reach else None),
                total.measure.format(total.open),
            ]
            for total in totals[:_SHOWN]
        ],
        right=(5, 6, 7, 8),
    )  # fmt: skip


def _total(one: Total) -> dict[str, object]:
    def value(stored: int | None) -> object:
        return None if stored is None else to_decimal(stored, one.measure.digits)

    return {
        "sheet": one.sheet,
        "measure": one.measure.code,
        "tier": one.tier,
        "person": one.person,
        "period": one.period,
        "before": value(one.before),
        "after": value(one.after),
        "to_be_reached": value(one.reach.value if one.reach else None),
        "plans": list(one.reach.plans) if one.reach else [],
        "still_open": value(one.open),
    }


def _say_notices(console: Console, heading: str, notices: Sequence[Notice]) -> None:
    if notices:
        console.say(heading.format(count=len(notices)))
        for notice in notices[:_SHOWN]:
            place = " ".join(part for part in (notice.sheet, notice.cell) if part)
            console.say(f"  {place}: {notice.words}" if place else f"  {notice.words}")


def _say_differences(console: Console, heading: str, differences: Sequence[Difference]) -> None:
    if not differences:
        return
    console.say(heading.format(count=len(differences)))
    console.table(
        [_("Sheet"), _("Cell"), _("Name"), _("Measure"), _("Tier"), _("Period"), _("Sent out"),
         _("In the sheet"), _("In the office")],
        [
            [
                difference.sheet,
                difference.cell,
                " / ".join(part for part in (difference.person, difference.product) if part),
                difference.measure.name,
                _(TIERS.get(difference.slot.tier, "")),
                difference.slot.period.key,
                difference.shown(difference.base) or "-",
                difference.shown(difference.sheet_value) or "-",
                difference.shown(difference.office_value) or "-",
            ]
            for difference in differences[:_SHOWN]
        ],
        right=(6, 7, 8),
    )  # fmt: skip


def _as_json(comparison: Comparison, applied: bool) -> dict[str, object]:
    return {
        "changed": [_difference(difference) for difference in comparison.changed],
        "deletions": [_difference(difference) for difference in comparison.deletions],
        "conflicts": [_difference(difference) for difference in comparison.conflicts],
        "errors": [
            {"sheet": cell_error.sheet, "cell": cell_error.cell, "cause": cell_error.cause}
            for cell_error in comparison.errors
        ],
        "new_rows": [
            {
                "sheet": odd_row.sheet,
                "row": odd_row.row,
                "person": odd_row.person,
                "product": odd_row.product,
            }
            for odd_row in comparison.new_rows
        ],
        "missing_rows": [
            {"sheet": odd_row.sheet, "person": odd_row.person, "product": odd_row.product}
            for odd_row in comparison.missing_rows
        ],
        "not_taken": [
            {"sheet": notice.sheet, "reason": notice.words}
            for notice in comparison.told("not_taken")
        ],
        "skipped_rows": _notices(comparison.told("skipped")),
        "told": _notices(comparison.told("told")),
        "doubts": _notices(comparison.told("doubt")),
        "unit": comparison.unit,
        "applied": applied,
    }


def _notices(notices: Sequence[Notice]) -> list[dict[str, str]]:
    return [
        {"sheet": notice.sheet, "cell": notice.cell, "words": notice.words} for notice in notices
    ]


def _difference(one: Difference) -> dict[str, object]:
    digits = one.measure.digits

    def value(stored: Base) -> object:
        return to_decimal(stored, digits) if isinstance(stored, int) else stored

    return {
        "sheet": one.sheet,
        "cell": one.cell,
        "person": one.person,
        "product": one.product,
        "measure": one.measure.code,
        "tier": one.slot.tier,
        "period": one.slot.period.key,
        "base": value(one.base),
        "sheet_value": value(one.sheet_value),
        "office_value": value(one.office_value),
    }


PARSERS: Parsers = {"quota-sheet": _add_quota_sheet}
