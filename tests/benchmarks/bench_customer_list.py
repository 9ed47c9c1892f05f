"""Benchmark: the list of all customers out to Excel.

Measured against openpyxl's write-only mode for the same cells, values and looks, nothing read from
an office. The memory is that of the command, in a process of its own, at its highest.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from salesdesk.workbooks import customer_list
from salesdesk.workspace import Workspace

#: Runs the command and tells what its process took at most, in KB as Linux counts.
_MEASURED = (
    "import json, resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, "
    "stdout=subprocess.DEVNULL); "
    "print(json.dumps(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))"
)


def _cells(path: Path) -> list[list[tuple[Any, str, bool]]]:
    """Each row's cells: value, number format, whether it wraps."""
    [sheet] = load_workbook(path, read_only=True)
    return [
        [
            (None, "General", False)
            if cell.value is None
            else (cell.value, cell.number_format, bool(cell.alignment.wrap_text))
            for cell in row
        ]
        for row in sheet.iter_rows()
    ]


def _bare(rows: list[list[tuple[Any, str, bool]]], path: Path) -> None:
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet()
    styles: dict[tuple[str, bool], Any] = {}
    for row in rows:
        line: list[Any] = []
        for value, number_format, wraps in row:
            look = (number_format, wraps)
            if look == ("General", False) or value is None:
                line.append(value)
                continue
            cell: Any = WriteOnlyCell(sheet, value)
            if look not in styles:
                cell.number_format = number_format
                cell.alignment = cell.alignment.copy(wrap_text=wraps)
                styles[look] = cell._style
            cell._style = styles[look]
            line.append(cell)
        sheet.append(line)
    book.save(path)


def run(office: Path, large: Path, folder: Path, repeats: int = 3) -> dict[str, float]:
    """Medians in seconds and their ratio, taken in turns, of ``office``; megabytes of ``large``."""
    written, bare = folder / "customers.xlsx", folder / "customers-bare.xlsx"
    taken: dict[str, list[float]] = {"list": [], "bare": []}
    with Workspace.open(office) as workspace:
        count = customer_list.write(workspace, written)
        rows = _cells(written)
        for _turn in range(repeats):
            start = perf_counter()
            customer_list.write(workspace, written)
            taken["list"].append(perf_counter() - start)
            start = perf_counter()
            _bare(rows, bare)
            taken["bare"].append(perf_counter() - start)
    command = [sys.executable, "-m", "salesdesk", "customers", "export", str(large),
               "-o", str(written), "--force"]  # fmt: skip
    told = subprocess.run(
        [sys.executable, "-c", _MEASURED, *command], check=True, capture_output=True
    )
    return {
        "customers": float(count),
        "list_seconds": median(taken["list"]),
        "bare_seconds": median(taken["bare"]),
        "list_ratio": median(taken["list"]) / median(taken["bare"]),
        "list_memory_mb": json.loads(told.stdout) / 1024,
    }
