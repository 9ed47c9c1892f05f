"""Sending a quota sheet out, changing it as people do, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import openpyxl

from salesdesk.planning.places import Place, Who
from salesdesk.workbooks import quota_import, quota_sheet, quota_taking
from salesdesk.workbooks.quota_comparison import Comparison
from salesdesk.workspace import Workspace

#: The row of headings in a sheet as it goes out.
HEAD = 3


def send(workspace: Workspace, plan_id: int, name: str = "quota.xlsx", **options: Any) -> Path:
    """Export a plan's quota sheet beside the office."""
    path = workspace.path.with_name(name)
    quota_sheet.export(workspace, plan_id, path, **options)
    return path


def compared(workspace: Workspace, path: Path) -> Comparison:
    """What a sheet that came back would change."""
    return workspace.read(quota_import.compare, path)


def take_back(workspace: Workspace, path: Path, **options: Any) -> int:
    """Compare and apply as one change; how many cells changed."""
    with workspace.change("Take the quota sheet back") as change:
        comparison = quota_import.compare(change.connection, path)
        return quota_taking.apply(change, comparison, **options)


def changes(found: Comparison) -> dict[tuple[Place, str], Any]:
    """The changed cells: what would stand at each place, and in which tier or field."""
    return {
        (difference.place, difference.slot.field or difference.slot.tier): difference.sheet_value
        for difference in found.changed
    }


def causes(found: Comparison) -> dict[str, str]:
    """The errors: cell and cause."""
    return {cell_error.cell: cell_error.cause for cell_error in found.errors}


def head_of(sheet: Any) -> int:
    """The row of headings; it stands lower where there is something to be reached."""
    return next(
        cast(int, row[0].row) for row in sheet.iter_rows() if any(c.value == "_rid" for c in row)
    )


def head_in(path: Path) -> int:
    """The row of headings in a workbook's first sheet."""
    return head_of(openpyxl.load_workbook(path).worksheets[0])


class Page:
    """A sheet of a workbook, to be changed by who and heading; :meth:`save` writes it back."""

    def __init__(self, path: Path, sheet: int = 0) -> None:
        self.path = path
        self.book: Any = openpyxl.load_workbook(path)
        self.sheet: Any = self.book.worksheets[sheet]
        self.head = head_of(self.sheet)
        self.columns = {
            cell.value: cell.column for cell in self.sheet[self.head] if cell.value is not None
        }

    def row(self, person: str, product: str | None = None) -> int:
        """The row of a person (and product), counted from 1."""
        for row in range(self.head + 1, self.sheet.max_row + 1):
            same = self.sheet.cell(row, self.columns["Person"]).value == person
            if product is not None:
                same &= self.sheet.cell(row, self.columns["Product"]).value == product
            if same:
                return row
        raise AssertionError(f"no row of {person} {product}")

    def cell(self, person: str, heading: str, product: str | None = None) -> Any:
        """The cell at a person's row and a heading."""
        return self.sheet.cell(self.row(person, product), self.columns[heading])

    def set(
        self,
        person: str,
        heading: str,
        value: Any,
        *,
        product: str | None = None,
        text: bool = False,
    ) -> str:
        """Write a value (as ``text``, as behind an apostrophe); the cell's name."""
        cell = self.cell(person, heading, product)
        cell.value = value
        if text:
            cell.data_type = "s"
        return str(cell.coordinate)

    def values(self, row: int) -> list[Any]:
        """A row's values."""
        return [cell.value for cell in self.sheet[row]]

    def reorder(self, order: Sequence[int]) -> None:
        """Put the rows of people in another order: whole rows, as a sort does."""
        rows = [self.values(self.head + 1 + number) for number in order]
        for number, values in enumerate(rows):
            for column, value in enumerate(values, 1):
                self.sheet.cell(self.head + 1 + number, column).value = value

    def save(self) -> Path:
        """Write the workbook back; its path."""
        self.book.save(self.path)
        return self.path


def who_of(people: dict[str, int], name: str, product_id: int | None = None) -> Who:
    """The place of somebody by name."""
    return Who(None, people[name], product_id)
