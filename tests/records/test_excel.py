"""A kind's records out to Excel and back: a round trip changes nothing, a wrong sheet nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from salesdesk.errors import ConflictError, InputError, WorkbookError
from salesdesk.records import records
from salesdesk.records.kinds import Kind
from salesdesk.sales import products
from salesdesk.workbooks import record_import, record_list
from salesdesk.workspace import Workspace
from tests.offices import STAFF
from tests.records.conftest import held


def written(workspace: Workspace, kind: Kind, path: Path, **cells: Any) -> Path:
    """The kind's records as a workbook with cells set."""
    record_list.write(workspace, kind, path)
    book = load_workbook(path)
    for name, value in cells.items():
        book.worksheets[0][name] = value
    book.save(path)
    book.close()
    return path


def topics(workspace: Workspace, kind: Kind) -> list[str]:
    rows = workspace.read(records.page, kind, actor_id=None)
    return [record.values["topic"] for record in rows]


def test_what_went_out_and_came_back_changes_nothing(
    workspace: Workspace, training: Kind, tmp_path: Path
) -> None:
    held(
        workspace, training, hours=15, cost=1_234_56, form="drill", passed=True, note="=1+1\nline",
        customer_id=STAFF.lin, product_id=STAFF.laptop,
    )  # fmt: skip
    held(workspace, training, topic="007")
    path = written(workspace, training, tmp_path / "t.xlsx")
    preview = record_import.read(workspace, training, path)
    assert (preview.errors, preview.rows, preview.same) == ([], [], 2)


def test_rows_are_changed_and_added_in_one_undo(
    workspace: Workspace, training: Kind, tmp_path: Path
) -> None:
    held(workspace, training, hours=15)
    # The second line is new; Hours hold what a formula left of 0.1 + 0.2.
    path = written(
        workspace, training, tmp_path / "t.xlsx", E2=0.1 + 0.2, F2=0,
        B3=date(2026, 12, 1), C3="Bob", D3="prices", I3="1 林先生", G3="Drill",
    )  # fmt: skip
    preview = record_import.read(workspace, training, path)
    assert preview.errors == []
    assert next(dict(row.shown) for row in preview.rows) == {
        "Hours": ("1.5", "0.3"), "Cost": ("", "0"),
    }  # fmt: skip
    assert topics(workspace, training) == ["Rivals"]  # only shown so far
    record_import.take(workspace, preview)
    assert topics(workspace, training) == ["Prices", "Rivals"]
    newest = workspace.read(records.page, training, actor_id=None)[0]
    assert newest.values["customer_id"] == STAFF.lin
    assert newest.values["form"] == "drill"
    assert workspace.history()[0].label.startswith("Trainings from Excel: 1 new, 1 changed")
    workspace.undo()
    assert topics(workspace, training) == ["Rivals"]


def test_each_wrong_cell_is_named_and_nothing_is_taken(
    workspace: Workspace, training: Kind, tmp_path: Path
) -> None:
    held(workspace, training)
    path = written(
        workspace, training, tmp_path / "t.xlsx", E2="many",
        B3="tomorrowish", C3="Zoe", D3="x",
        B4=date(2026, 12, 1), C4="Bob", D4="nothing",
        B5=date(2026, 12, 1), C5="Bob",
        A6=77, D6="late",
    )  # fmt: skip
    preview = record_import.read(workspace, training, path)
    assert [(error.cell, error.cause.split(":")[0]) for error in preview.errors] == [
        ("E2", "Hours"), ("B3", "Day"), ("C3", "Trainer"), ("D4", "Talk about something."),
        ("D5", "Topic is missing."), ("A6", "There is no training number 77."),
    ]  # fmt: skip
    with pytest.raises(InputError, match="cell E2"):
        record_import.take(workspace, preview)
    assert topics(workspace, training) == ["Rivals"]


def test_what_a_colleague_changed_since_is_not_overwritten(
    workspace: Workspace, training: Kind, tmp_path: Path
) -> None:
    number = held(workspace, training)
    path = written(workspace, training, tmp_path / "t.xlsx", E2=2)
    with workspace.change("") as change:
        records.edit(change, training, number, {"hours": 30})
    stale = record_import.read(workspace, training, path)
    assert [error.cell for error in stale.errors] == ["A2"]
    fresh = record_import.read(
        workspace, training, written(workspace, training, tmp_path / "u.xlsx", E2=2)
    )
    with workspace.change("") as change:
        records.edit(change, training, number, {"hours": 40})
    with pytest.raises(ConflictError):
        record_import.take(workspace, fresh)


def test_a_sheet_does_nothing_that_a_form_couldn_t(
    workspace: Workspace, training: Kind, tmp_path: Path
) -> None:
    held(workspace, training)
    path = written(workspace, training, tmp_path / "t.xlsx", E2=2)
    workspace.work_as(STAFF.bob, "Bob")
    preview = record_import.read(workspace, training, path)
    assert ["Enter records" in error.cause for error in preview.errors] == [True]


def test_a_sheet_of_something_else_is_refused(
    workspace: Workspace, training: Kind, tmp_path: Path
) -> None:
    path = written(workspace, products.KIND, tmp_path / "p.xlsx")
    book = load_workbook(path)
    book.worksheets[0].delete_cols(1)
    book.save(path)
    book.close()
    with pytest.raises(WorkbookError, match="Day, Trainer, Topic"):
        record_import.read(workspace, training, path)
