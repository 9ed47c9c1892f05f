"""Benchmark: a quota sheet of 200 people x 20 products x 12 months, out and back.

Out is measured against openpyxl's write-only mode for the same cells: values, formulas and looks,
the hidden sheet too, nothing computed. Back is measured against calamine reading the same file and
doing nothing with it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import python_calamine
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from salesdesk.calc import periods
from salesdesk.office import founding, measures, people
from salesdesk.planning import plans, targets
from salesdesk.planning.places import Place, person
from salesdesk.sales import products
from salesdesk.workbooks import quota_import, quota_sheet
from salesdesk.workbooks.quota_comparison import Comparison
from salesdesk.workspace import Workspace

PEOPLE, PRODUCTS, TEAMS = 200, 20, 10


def make_office(path: Path) -> int:
    """An office of that size with a year's plan, every cell of it set; the plan's id."""
    year = periods.year(2026)
    months = periods.descendants(year, "month")
    with (
        founding.new_office(path, name="Benchmark", kind="shop", founder="Max") as workspace,
        workspace.unrecorded() as change,
    ):
        team_ids = [people.add_team(change, f"Team {number}") for number in range(TEAMS)]
        staff = [
            people.add_person(change, f"Person {n:03}", team_id=team_ids[n % TEAMS])
            for n in range(PEOPLE)
        ]
        sold = [products.add_product(change, f"Product {n:02}") for n in range(PRODUCTS)]
        amount = measures.measure_with_code(change.connection, "amount")
        plan_id = plans.new_plan(change, title="Benchmark", period=year)
        tasks: dict[Place, int | None] = {}
        goals: dict[Place, int | None] = {}
        for number, person_id in enumerate(staff):
            for product_id in sold:
                who = person(person_id, product_id)
                parts = [(number * 37 + product_id * 11 + n) * 100_00 for n in range(12)]
                tasks.update(
                    {Place(who, period): part for period, part in zip(months, parts, strict=True)}
                )
                tasks[Place(who, year)] = sum(parts)
                goals[Place(who, year)] = sum(parts) * 11 // 10
        targets.set_values(change, plan_id, amount.id, "assigned", tasks)
        targets.set_values(change, plan_id, amount.id, "goal", goals)
    return plan_id


@dataclass(frozen=True)
class Cells:
    """The cells of a workbook as plain values: each sheet's rows of (value, look)."""

    looks: Sequence[tuple[Any, ...]]
    sheets: Sequence[tuple[str, Sequence[Sequence[tuple[Any, int]]]]]

    @property
    def count(self) -> int:
        """How many cells hold something or look like something."""
        return sum(
            1 for _name, rows in self.sheets for row in rows for value, look in row
            if value is not None or look
        )  # fmt: skip


def cells_of(path: Path) -> Cells:
    """What a workbook holds."""
    looks: list[tuple[Any, ...]] = [()]
    known: dict[tuple[int, ...], int] = {}
    sheets = []
    for sheet in load_workbook(path):
        rows = []
        for row in sheet.iter_rows():
            line: list[tuple[Any, int]] = []
            cell: Any
            for cell in row:
                style = tuple(cell._style) if cell.has_style else ()
                if style and style not in known:
                    known[style] = len(looks)
                    parts = (cell.font, cell.fill, cell.border, cell.alignment, cell.protection)
                    looks.append((cell.number_format, *map(copy, parts)))
                line.append((cell.value, known.get(style, 0)))
            rows.append(line)
        sheets.append((sheet.title, rows))
    return Cells(looks, sheets)


def write_only(cells: Cells, path: Path, *, styled: bool) -> None:
    """The same cells by openpyxl's write-only mode, each look registered once."""
    book = Workbook(write_only=True)
    for name, rows in cells.sheets:
        sheet: Any = book.create_sheet(name)
        if not styled:
            for row in rows:
                sheet.append([value for value, _look in row])
            continue
        styles = []
        for look in cells.looks:
            cell: Any = WriteOnlyCell(sheet)
            if look:
                cell.number_format, cell.font, cell.fill, cell.border = look[:4]
                cell.alignment, cell.protection = look[4:]
            styles.append(cell._style)
        for row in rows:
            line: list[Any] = []
            for value, look_number in row:
                if look_number:
                    cell = WriteOnlyCell(sheet, value)
                    cell._style = styles[look_number]
                    line.append(cell)
                else:
                    line.append(value)
            sheet.append(line)
    book.save(path)


def bare_read(path: Path) -> int:
    """Every sheet read by calamine; how many rows."""
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = perf_counter()
    work()
    return perf_counter() - start


def run(folder: Path, repeats: int = 5) -> dict[str, float]:
    """Medians in seconds, and their ratios, of both ways and their floors taken in turns.

    ``folder`` is for the files; the office is made there when it isn't there yet.
    """
    office, sheet = folder / "quota.office", folder / "quota.xlsx"
    if not office.exists():
        make_office(office)
    with Workspace.open(office) as workspace:
        plan_id = workspace.read(plans.plans)[0].id
        send = partial(quota_sheet.export, workspace, plan_id, sheet, with_products=True)
        send()
        cells = cells_of(sheet)

        def back() -> Comparison:
            return workspace.read(quota_import.compare, sheet)

        if not back().nothing_to_do:
            raise ValueError("a quota sheet that wasn't changed comes back with differences")
        works: dict[str, Callable[[], object]] = {
            "write_only": partial(write_only, cells, folder / "floor.xlsx", styled=True),
            "write_only_plain": partial(write_only, cells, folder / "plain.xlsx", styled=False),
            "export": send,
            "calamine": partial(bare_read, sheet),
            "compare": back,
        }
        taken: dict[str, list[float]] = {name: [] for name in works}
        gc.collect()
        gc.freeze()  # the benchmark's own cells aren't to be looked at in anybody's time
        for _turn in range(repeats):
            for name, work in works.items():
                taken[name].append(_seconds(work))
        gc.unfreeze()
    result = {f"{name}_seconds": median(times) for name, times in taken.items()}
    result["cells"] = float(cells.count)
    result["export_ratio"] = result["export_seconds"] / result["write_only_seconds"]
    result["export_ratio_to_plain"] = result["export_seconds"] / result["write_only_plain_seconds"]
    result["compare_ratio"] = result["compare_seconds"] / result["calamine_seconds"]
    return result


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        for measured, figure in run(Path(made)).items():
            print(f"{measured:28} {figure:10.3f}")
