"""Commands about quota sheets: send one out as Excel, take it back."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from salesdesk.calc.money import to_decimal
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.files import output_path
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.errors import WorkbookError
from salesdesk.office import measures
from salesdesk.planning.places import TIERS
from salesdesk.text import _
from salesdesk.workbooks import quota_import, quota_sheet
from salesdesk.workbooks.error_copy import write_error_copy
from salesdesk.workbooks.quota_comparison import Comparison, Difference
from salesdesk.workbooks.quota_sent import Base

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
    parser.add_argument(
        "-o", "--output", metavar="FILE.xlsx", type=output_path(".xlsx"), required=True,
        help=_("the file to write"),
    )  # fmt: skip
    parser.add_argument(
        "--force", action="store_true",
        help=_("write over a file that is there (somebody may have filled it in)"),
    )  # fmt: skip
    parser.set_defaults(run=_export)


def _export(arguments: argparse.Namespace, console: Console) -> int:
    output: Path = arguments.output
    if output.exists() and not arguments.force:
        raise WorkbookError(
            _("{path} exists already and is not overwritten unless you say so.").format(path=output)
        )
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
        "--errors", metavar="OUT.xlsx", type=output_path(".xlsx"),
        help=_("where to write a copy with the wrong cells marked, if there are any"),
    )  # fmt: skip
    parser.set_defaults(run=_import)


def _import(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        comparison = workspace.read(quota_import.compare, arguments.sheet)
        _say_found(console, comparison)
        if comparison.errors and arguments.errors:
            write_error_copy(arguments.sheet, comparison.errors, arguments.errors)
            console.warn(_("The wrong cells are marked in {path}.").format(path=arguments.errors))
        refusal = _refusal(comparison, arguments.keep) if arguments.apply else ""
        applied = arguments.apply and not refusal
        if applied:
            label = _("Take back the quota sheet of {plan}").format(plan=comparison.plan_title)
            with workspace.change(label) as change:
                written = quota_import.apply(change, comparison, keep=arguments.keep or "office")
            console.say(_("{count} cells taken over.").format(count=written))
    console.result(_as_json(comparison, applied))
    if refusal:
        console.warn(refusal)
    elif not arguments.apply and not comparison.nothing_to_do:
        console.say(_("Nothing was changed; --apply takes it over."))
    return 1 if refusal or comparison.errors else 0


def _refusal(found: Comparison, keep: str | None) -> str:
    """Why nothing is taken over, if so."""
    if found.errors:
        return _("{count} cells are wrong: nothing was taken over.").format(count=len(found.errors))
    if found.conflicts and keep is None:
        return _(
            "{count} cells were changed in the sheet and in the office: nothing was taken over. "
            "Say what counts with --keep sheet or --keep office."
        ).format(count=len(found.conflicts))
    return ""


def _say_found(console: Console, found: Comparison) -> None:
    console.say(_("Quota sheet of {plan}").format(plan=found.plan_title))
    if found.nothing_to_do:
        console.say(_("The office has all of it already."))
    _say_differences(console, _("Changed in the sheet: {count}"), found.changed)
    _say_differences(console, _("Changed in the sheet and in the office: {count}"), found.conflicts)
    if found.errors:
        console.say(_("Wrong cells: {count}").format(count=len(found.errors)))
        console.table(
            [_("Sheet"), _("Cell"), _("Cause")],
            [
                [cell_error.sheet, cell_error.cell, cell_error.cause]
                for cell_error in found.errors[:_SHOWN]
            ],
        )
    for heading, rows in (
        (_("New rows: {count}"), found.new_rows),
        (_("Missing rows, which stay as they are: {count}"), found.missing_rows),
    ):
        if rows:
            console.say(heading.format(count=len(rows)))
            for odd_row in rows[:_SHOWN]:
                console.say(
                    "  " + " / ".join(part for part in (odd_row.person, odd_row.product) if part)
                )


def _say_differences(console: Console, heading: str, found: Sequence[Difference]) -> None:
    if not found:
        return
    console.say(heading.format(count=len(found)))
    console.table(
        [_("Sheet"), _("Cell"), _("Name"), _("Measure"), _("Period"), _("Sent out"),
         _("In the sheet"), _("In the office")],
        [
            [
                difference.sheet,
                difference.cell,
                " / ".join(part for part in (difference.person, difference.product) if part),
                difference.measure.name,
                difference.slot.period.key,
                difference.shown(difference.base) or "-",
                difference.shown(difference.sheet_value) or "-",
                difference.shown(difference.office_value) or "-",
            ]
            for difference in found[:_SHOWN]
        ],
        right=(5, 6, 7),
    )  # fmt: skip


def _as_json(found: Comparison, applied: bool) -> dict[str, object]:
    return {
        "changed": [_difference(difference) for difference in found.changed],
        "conflicts": [_difference(difference) for difference in found.conflicts],
        "errors": [
            {"sheet": cell_error.sheet, "cell": cell_error.cell, "cause": cell_error.cause}
            for cell_error in found.errors
        ],
        "new_rows": [
            {
                "sheet": odd_row.sheet,
                "row": odd_row.row,
                "person": odd_row.person,
                "product": odd_row.product,
            }
            for odd_row in found.new_rows
        ],
        "missing_rows": [
            {"sheet": odd_row.sheet, "person": odd_row.person, "product": odd_row.product}
            for odd_row in found.missing_rows
        ],
        "applied": applied,
    }


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
        "period": one.slot.period.key,
        "base": value(one.base),
        "sheet_value": value(one.sheet_value),
        "office_value": value(one.office_value),
    }


PARSERS: Parsers = {"quota-sheet": _add_quota_sheet}
