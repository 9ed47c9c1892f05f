"""The quota sheet out: the yearly sheet of each measure, the sheet of a month, how to fill in.

What stands in it is read by :mod:`quota_contents` in the layout of :mod:`quota_layout`, and each of
its sheets is written by :mod:`quota_block`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from salesdesk.calc.periods import Period
from salesdesk.storage import files
from salesdesk.text import _
from salesdesk.workbooks import quota_sent
from salesdesk.workbooks.paper import lines_of
from salesdesk.workbooks.quota_block import BlockWriter
from salesdesk.workbooks.quota_contents import Contents, gather, sent_block_of
from salesdesk.workbooks.quota_layout import HELP_TITLE, PROPERTY, Block
from salesdesk.workbooks.quota_sent import Sent
from salesdesk.workbooks.writer import Book, Look
from salesdesk.workspace import Workspace

#: Told how many of all rows are written; raises to cancel.
Progress = Callable[[int, int], None]


def export(
    workspace: Workspace,
    plan_id: int,
    path: Path,
    *,
    month: Period | None = None,
    measure_ids: Sequence[int] | None = None,
    tier: str = "assigned",
    with_products: bool = False,
    progress: Progress = lambda done, of: None,
) -> Sent:
    """Write the quota sheet of a plan to ``path`` and remember what went out.

    A yearly sheet for each of ``measure_ids`` (those the plan has targets for, else the amount),
    or with ``month`` the sheet of that month. ``tier`` is the one split over months and weeks.
    Raises NotFoundError, InputError (nobody to write to), WriteError (can't be written).
    """
    contents = workspace.read(
        gather, plan_id, month, measure_ids, tier, with_products=with_products
    )
    sent = Sent(
        str(uuid.uuid4()),
        contents.office.office_id,
        plan_id,
        contents.plan.revision,
        {block.code: sent_block_of(contents, block) for block, _measure in contents.blocks},
    )
    with files.written(path) as target:
        _build(contents, sent, progress).write(target)
        target.flush()  # is there room for it?
        # Before the file is in its place: a sheet that nobody remembers must not go out.
        with workspace.unrecorded() as change:
            quota_sent.remember(change, sent)
    return sent


# -- how it looks ----------------------------------------------------------------------------------


def _build(contents: Contents, sent: Sent, progress: Progress) -> Book:
    book = Book(contents.plan.title)
    book.property(PROPERTY, sent.export_id)
    total = len(contents.rows) * len(contents.blocks)
    for number, (block, measure) in enumerate(contents.blocks):
        name = block.title if block.code.startswith("M") else f"{measure.name}"
        sheet = book.sheet(_sheet_name(contents, block, name))
        BlockWriter(contents, block, measure, sheet).write(
            partial(_advance, progress, number * len(contents.rows), total)
        )
        # The sheet says itself what it is, in its hidden column: people move it elsewhere.
        sheet.put(1, len(block.columns), sent.export_id, Look(grid=False))
    _write_help(book)
    quota_sent.write_hidden(book, sent)
    return book


def _advance(progress: Progress, before: int, total: int, done: int) -> None:
    progress(before + done, total)


def _sheet_name(contents: Contents, block: Block, measure_name: str) -> str:
    period = block.slots[0].period
    if block.code.startswith("M") or period.kind != "year":
        name = _("{month} plan").format(month=period.label_short)
    else:
        name = _("Yearly plan")
    if len(contents.blocks) == 1:
        return name
    return _("{name} {measure}").format(name=name, measure=measure_name)


def _write_help(book: Book) -> None:
    sheet = book.sheet(_("How to fill in"))
    lines = [
        (_(HELP_TITLE), Look(bold=True, size=14, grid=False)),
        (_("Fill in the yellow cells; numbers like 1,200, 1.2万 or 35万元 are understood."), None),
        (_("Violet cells are locked in the plan and stay as they are."), None),
        (_("Grey cells are computed: quarters, sums and differences follow by themselves."), None),
        (_("Rows may be sorted and filtered, columns hidden or moved, sheets renamed."), None),
        (
            _(
                "What is to be reached, and by which plan, stands above the headings where it is "
                "set; what is still open follows while you fill in."
            ),
            None,
        ),
        (_("Money is in yuan, not in 10,000 yuan; the unit stands above the headings."), None),
        (_("A new row needs the name of a person (and product) of the office."), None),
        (
            _("An emptied cell changes nothing; to delete a figure, write - or 删除 in its place."),
            None,
        ),
        (_("Don't delete the hidden column and the hidden sheet: they tell rows apart."), None),
        (_("Send the file back; every difference is shown before anything is changed."), None),
    ]
    for number, (text, look) in enumerate(lines, 1):
        sheet.put(number, 1, text, look or Look(grid=False, wrap=True))
        sheet.worksheet.row_dimensions[number].height = 28 if look else 16 * lines_of(text, 84)
    sheet.widths([88])
    sheet.page(1, len(lines), 1, portrait=True)
