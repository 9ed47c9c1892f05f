"""Every writer of workbooks on a full disk: a sentence, the old file, nothing half."""

from __future__ import annotations

import errno
import gc
import io
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from salesdesk.customers import customers
from salesdesk.reports.layout import Column, Report, Section, Table
from salesdesk.sales import products
from salesdesk.workbooks import customer_list, quota_sheet, record_list, report_book
from salesdesk.workbooks.writer import streamed
from salesdesk.workspace import Workspace
from tests.offices import plan_for, staffed_office
from tests.storage.children import in_child, refusal_of


@pytest.fixture(scope="module")
def office() -> Iterator[Path]:
    """An office with a plan and customers, in a folder that every user can reach."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        with staffed_office(Path(folder)) as workspace:
            plan_for(workspace)
            with workspace.change("Customers") as change:
                for number in range(300):
                    customers.add(change, name=f"Customer {number}", needs=f"{number * 7919} " * 9)
        workspace.path.chmod(0o666)
        yield workspace.path


def _report(path: Path) -> None:
    rows = [[f"{number * 104_729} {number * 7919}"] for number in range(2_000)]
    section = Section("a", "A", [Table([Column("A", 1, "left")], rows)])
    report_book.write(Report("Report", "", "", "", [section]), path)


@pytest.mark.parametrize(
    "write",
    [
        lambda workspace, path: quota_sheet.export(workspace, 1, path),
        lambda workspace, path: customer_list.write(workspace, path),
        lambda workspace, path: record_list.write(workspace, products.KIND, path),
        lambda _workspace, path: _report(path),
    ],
    ids=["quota", "customers", "records", "report"],
)
def test_no_trace_no_half_file(office: Path, write: Callable[[Workspace, Path], object]) -> None:
    path = office.with_name("list.xlsx")
    path.write_bytes(b"old")
    path.chmod(0o666)
    temporary = office.with_name("temporary")
    temporary.mkdir(exist_ok=True)
    temporary.chmod(0o777)
    before = sorted(entry.name for entry in office.parent.iterdir())

    def told() -> None:
        tempfile.tempdir = str(temporary)
        with Workspace.open(office) as workspace:
            # From here on the disk is full.
            resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, 4_000))
            write(workspace, path)

    answer = in_child(refusal_of(told))
    assert answer.startswith("WriteError: ")
    assert "list.xlsx can't be written" in answer
    assert path.read_bytes() == b"old"
    assert sorted(entry.name for entry in office.parent.iterdir()) == before
    assert list(temporary.iterdir()) == []


class _FullDisk(io.BytesIO):
    """A file on a disk that takes 3,000 bytes."""

    def write(self, content: Any) -> int:
        if self.tell() + len(content) > 3_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(content)


def test_an_archive_that_was_given_up_is_closed_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Left to Python, it prints that it could not close itself, with a trace."""
    printed: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", printed.append)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def write() -> None:
        with _FullDisk() as full, streamed(full) as book:
            sheet = book.create_sheet("A")
            for number in range(2_000):
                sheet.append([f"{number * 104_729} {number * 7919}"])
            assert list(tmp_path.iterdir())

    with pytest.raises(OSError, match="No space"):
        write()
    gc.collect()
    assert printed == []
    assert list(tmp_path.iterdir()) == []
