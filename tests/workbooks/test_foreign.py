"""Files of unknown origin: read or refused in a sentence, within bounds of memory and time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from salesdesk.errors import Cancelled, WorkbookError
from salesdesk.workbooks.foreign import asking, limits, windows_job
from salesdesk.workbooks.reader import read_workbook
from salesdesk.workbooks.writer import Book, Look
from tests.workbooks import mutated

DATA = Path(__file__).parents[1] / "data" / "workbooks"
_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="S">{rows}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
_ODS_CELL = (
    '<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}">'
    "<text:p>a</text:p></table:table-cell>"
)


def _xlsx(path: Path, sheet: str, texts: str = "") -> None:
    """A workbook of which ``sheet`` is what stands in its one sheet."""
    book = Book("A book")
    book.sheet("Data").put(1, 1, "a", Look())
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    start, rest = parts["xl/worksheets/sheet1.xml"].split("<sheetData>")
    parts["xl/worksheets/sheet1.xml"] = f"{start}<sheetData>{sheet}{rest.partition('</row>')[2]}"
    if texts:
        parts["xl/sharedStrings.xml"] = (
            f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{texts}</sst>'
        )
        parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
            "</Relationships>",
            '<Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/sharedStrings" Target="sharedStrings.xml" Id="rId99"/></Relationships>',
        )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def _rows(count: int, cell: str) -> str:
    return "".join(f'<row r="{row}">{cell.format(row=row)}</row>' for row in range(1, count + 1))


def _ods(path: Path, rows: int, columns: int) -> None:
    cells = _ODS_CELL.format(columns=columns)
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cells}</table:table-row>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS.format(rows=row))


def _ods_doubled(path: Path) -> None:
    """Rows that swell, and an attribute that stands twice: no XML, and too large all the same."""
    cells = _ODS_CELL.format(columns=1)
    times = 'table:number-rows-repeated="1000000"'
    row = f"<table:table-row {times} {times}>{cells}</table:table-row>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS.format(rows=row))


def _lying(path: Path) -> None:
    """A part of 30 MB that says it has 100 bytes, in its own header and in the directory."""
    _xlsx(path, _rows(1, '<c r="A1"><v>1</v></c>' + " " * (30 << 20)))
    with zipfile.ZipFile(path) as archive:
        length = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    content = path.read_bytes()
    assert content.count(length.to_bytes(4, "little")) == 2
    path.write_bytes(content.replace(length.to_bytes(4, "little"), (100).to_bytes(4, "little")))


def _cut(path: Path) -> None:
    content = (DATA / "quota.xls").read_bytes()
    path.write_bytes(content[: len(content) * 9 // 10])


HOSTILE: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a column that doesn't exist": (
        "a.xlsx", lambda path: _xlsx(path, '<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>'),
        "too large: it reaches to row 1 and column",
    ),
    "a value far out, unseen by a look through": (
        "a.xlsx",
        lambda path: _xlsx(
            path,
            '<row r="1"><c r="A1"><v>1</v></c></row>'
            '<row\nr="1048576"><c\nr="XFD1048576"><v>1</v></c></row>',
        ),
        "more than 300 MB of memory",
    ),
    "a cell far beyond the last there is": (
        "a.xlsx",
        lambda path: _xlsx(
            path, '<row r="5000000000"><c r="ZZZZZZZ5000000000"><v>1</v></c></row>'
        ),
        r"too large: it reaches to row 5000000000 and column 8353082582\.",
    ),
    "a part that a parser has no room for": (
        "a.xlsx",
        lambda path: _xlsx(path, '<row\nr="1"><c\nr="ZZZZZZZ1"><v>1</v></c></row>'),
        "it reaches to|more than 300 MB of memory",
    ),
    "repeated rows, written twice over": ("a.ods", _ods_doubled, "is too large"),
    "parts longer than they say": ("a.xlsx", _lying, "is damaged"),
    "a part that swells": (
        "a.xlsx", lambda path: _xlsx(path, " " * (170 << 20)), "is too large",
    ),
    "one shared text of 8 MB": (
        "a.xlsx",
        lambda path: _xlsx(
            path, _rows(500, '<c r="A{row}" t="s"><v>0</v></c>'),
            f"<si><t>{'x' * (8 << 20)}</t></si>",
        ),
        "more than 32767 characters",
    ),
    "a long shared text in many cells": (
        "a.xlsx",
        lambda path: _xlsx(
            path, _rows(20_000, '<c r="A{row}" t="s"><v>0</v></c>'),
            f"<si><t>{'x' * 32_000}</t></si>",
        ),
        "more than 300 MB of memory",
    ),
    "repeated rows": (
        "a.ods", lambda path: _ods(path, 1_000_000, 1),
        r"too large: it reaches to row 1000000 and column 1\.",
    ),
    "repeated cells": (
        "a.ods", lambda path: _ods(path, 20_000, 900),
        r"too large: it reaches to row 20000 and column 900\.",
    ),
    "rows repeated beyond reckoning": ("a.ods", lambda path: _ods(path, 10**15, 1), "too large"),
    "an old workbook cut off": ("a.xls", _cut, "is damaged"),
    "a quotation mark that never ends": (
        "a.csv", lambda path: path.write_text('a,"b\n' + "c,d\n" * 100_000),
        "quotation mark missing",
    ),
    "too many lines": (
        "a.csv", lambda path: path.write_text("a\n" * 260_000),
        r"too large: it reaches to row 250001 and column 1\.",
    ),
    "too many values": (
        "a.csv", lambda path: path.write_text((",".join("a" * 900) + "\n") * 3_000), "too large"
    ),
    "too many columns": ("a.csv", lambda path: path.write_text("," * 5_000 + "a"), "column 5001"),
    "no end of a line": (
        "a.csv", lambda path: path.write_text("," * (20 << 20) + "a"),
        "too (large|long)|memory",
    ),
    "a pipe": ("a.csv", os.mkfifo, "isn't a workbook"),
    "a web page": ("a.xls", lambda path: path.write_text("<html>"), "isn't a workbook"),
    "nothing": ("a.xlsx", lambda path: path.write_bytes(b""), "isn't a workbook"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_ends_in_a_sentence_and_within_bounds(tmp_path: Path, case: str) -> None:
    name, write, words = HOSTILE[case]
    write(tmp_path / name)
    before = os.times()
    with pytest.raises(WorkbookError, match=words) as refusal:
        read_workbook(tmp_path / name)
    after = os.times()
    assert refusal.value.message.startswith(("Sheet", name))
    assert "{" not in refusal.value.message
    # Both processes, by the processor's clock: what else runs doesn't count.
    assert sum(after[:4]) - sum(before[:4]) < 4


def test_rows_and_columns_that_are_only_formatted_are_cut_off(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["a", 1])
    colour = PatternFill("solid", fgColor="FFFF00")
    for column in range(1, 16_385):
        sheet.cell(2, column).fill = colour
    for row in (9_999, 300_000, 1_048_576):
        sheet.cell(row, 16_384).fill = colour
    book.save(tmp_path / "wide.xlsx")
    [read] = read_workbook(tmp_path / "wide.xlsx")
    assert read.rows == [["a", 1]]


def test_what_is_empty_before_the_first_value_stays(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet["C3"] = "x"
    book.save(tmp_path / "book.xlsx")
    [read] = read_workbook(tmp_path / "book.xlsx")
    assert read.rows == [[], [], ["", "", "x"]]


@pytest.mark.parametrize("ending", [".xls", ".ods", ".et"])
def test_a_file_is_what_its_content_says(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"renamed{ending}"
    _xlsx(path, '<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><v>5</v></c></row>')
    [sheet] = read_workbook(path)
    assert sheet.rows == [["", 5]]
    assert sheet.unread == {(0, 0): ""}


def test_every_kind_of_value_comes_back_as_it_is(tmp_path: Path) -> None:
    values = [
        "a\nb 甲\u2028", 5.0, 2.5, True, date(2026, 11, 23), datetime(2026, 11, 23, 9, 30),
        time(9, 30), timedelta(hours=30),
    ]  # fmt: skip
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(values)
    book.save(tmp_path / "book.xlsx")
    [read] = read_workbook(tmp_path / "book.xlsx")
    assert read.rows == [values]
    assert [type(value) for value in read.rows[0]] == [type(value) for value in values]


def test_cancelling_ends_the_reading_process(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a,b,c\n" * 200_000)
    seen: list[int] = []

    def progress(rows: int, _of: int) -> None:
        seen.append(rows)
        if rows:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        read_workbook(path, progress)
    assert 0 < seen[-1] < 200_000
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_process_that_doesn_t_end_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("a")
    monkeypatch.setattr(limits, "WAIT_SECONDS", 0.3)
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(asking, "_command", lambda: sleeper)
    with pytest.raises(WorkbookError, match="would take too long"):
        read_workbook(tmp_path / "a.csv")


def test_a_process_that_doesn_t_start_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("a")
    monkeypatch.setattr(asking, "_command", lambda: [str(tmp_path / "missing")])
    with pytest.raises(WorkbookError, match="doesn't start"):
        read_workbook(tmp_path / "a.csv")


def test_nothing_is_imported_from_the_folder_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('hijacked')")
    (tmp_path / "a.csv").write_text("a,b")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    assert read_workbook(Path("a.csv"))[0].rows == [["a", "b"]]


def test_the_frozen_program_s_argument_makes_a_reading_process(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b")
    answer = subprocess.run(
        [sys.executable, "-m", "salesdesk", "--read-a-foreign-file"],
        input=json.dumps({"path": str(tmp_path / "a.csv")}).encode() + b"\n",
        capture_output=True, check=True,
    )  # fmt: skip
    assert [json.loads(line) for line in answer.stdout.splitlines()] == [
        {"ready": True}, {"sheet": "a", "visible": True, "unread": []}, [["a", "b"]],
        {"done": True},
    ]  # fmt: skip


def test_the_job_of_windows_is_laid_out_as_windows_expects() -> None:
    # The sizes and places of JOBOBJECT_EXTENDED_LIMIT_INFORMATION on 64-bit Windows.
    import ctypes

    job = windows_job.limits(300 << 20, 2)
    assert ctypes.sizeof(job) == 144
    assert type(job).ProcessMemoryLimit.offset == 112
    assert job.BasicLimitInformation.PerProcessUserTimeLimit == 20_000_000


def _read_damaged(count: int, folder: Path) -> None:
    """Read ``count`` damaged workbooks in a process of its own, and look at what it cost."""
    book = Book("A book")
    sheet = book.sheet("Data")
    for number in range(1, 60):
        sheet.row(number, [f"row {number}", number, "=1+1"], Look())
    book.save(folder / "book.xlsx")
    (folder / "list.csv").write_text('姓名,电话\n张三,138\n"李,四",139\n' * 40)
    sources = [folder / "book.xlsx", DATA / "quota.xls", DATA / "quota.ods", folder / "list.csv"]
    damaged = folder / "damaged"
    damaged.mkdir()
    mutated.write(count, 8, sources, damaged)
    # By way of a shell: a process is reckoned the memory of the one it was started by.
    command = [sys.executable, "-m", "tests.workbooks.mutated", str(damaged)]
    run = subprocess.run(
        ["sh", "-c", '"$@"; exit $?', "sh", *command],
        cwd=DATA.parents[2], capture_output=True, check=True,
    )  # fmt: skip
    result = json.loads(run.stdout)
    assert result["faults"] == []
    assert result["slowest"] < 2.5, result
    assert max(result["children_mb"], result["own_mb"]) < 300, result
    # Neither kind may be missing: else the damage is too small or too great to prove anything.
    assert min(result["read"], result["refused"]) > count / 10, result


@pytest.mark.timeout(600)
def test_damaged_files_neither_crash_nor_hang(tmp_path: Path) -> None:
    _read_damaged(200, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_damaged_files_neither_crash_nor_hang(tmp_path: Path) -> None:
    _read_damaged(2_000, tmp_path)
