"""Drives LibreOffice Calc without a window: it opens a workbook, edits it as a person would, saves.

    edit(sent, [SetCell("Yearly plan", "F5", 1200), Sort("Yearly plan", "A4:Z9", "C")],
         [folder / "back.xlsx", folder / "back.xls", folder / "back.ods"])

The edits are written as a Basic macro into a profile of this run's own, since a bare LibreOffice
brings no Python. Starting costs about two seconds: save in all formats wanted at once.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

_FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
    ".csv": "Text - txt - csv (StarCalc)",
    ".pdf": "calc_pdf_Export",
}
_SECONDS = 100


# -- what can be done ------------------------------------------------------------------------------


@dataclass(frozen=True)
class SetCell:
    """Type into a cell: a number, or a text that stays one (as behind an apostrophe)."""

    sheet: str
    cell: str
    value: float | str

    def basic(self) -> str:
        """The Basic statement."""
        kind = "String" if isinstance(self.value, str) else "Value"
        value = _quoted(self.value) if isinstance(self.value, str) else repr(self.value)
        return f"{_cells(self.sheet, self.cell)}.{kind} = {value}"


@dataclass(frozen=True)
class SetFormula:
    """Type a formula, with its "="."""

    sheet: str
    cell: str
    formula: str

    def basic(self) -> str:
        """The Basic statement."""
        return f"{_cells(self.sheet, self.cell)}.Formula = {_quoted(self.formula)}"


@dataclass(frozen=True)
class Clear:
    """Empty the cells of an area."""

    sheet: str
    area: str

    def basic(self) -> str:
        """The Basic statement: values, dates, texts and formulas go, looks stay."""
        return f"{_cells(self.sheet, self.area)}.clearContents(1 + 2 + 4 + 16)"


@dataclass(frozen=True)
class Sort:
    """Sort the rows of an area (without its heading) by one of its columns."""

    sheet: str
    area: str
    column: int  # counted from 0 within the area
    descending: bool = False

    def basic(self) -> str:
        """The Basic statement."""
        return (
            f"SortRows {_cells(self.sheet, self.area)}, {self.column}, "
            f"{'False' if self.descending else 'True'}"
        )


@dataclass(frozen=True)
class InsertRows:
    """Insert empty rows before a row (counted from 1)."""

    sheet: str
    before: int
    count: int = 1

    def basic(self) -> str:
        """The Basic statement."""
        return f"{_sheet(self.sheet)}.Rows.insertByIndex({self.before - 1}, {self.count})"


@dataclass(frozen=True)
class DeleteRows:
    """Delete rows from a row on (counted from 1)."""

    sheet: str
    first: int
    count: int = 1

    def basic(self) -> str:
        """The Basic statement."""
        return f"{_sheet(self.sheet)}.Rows.removeByIndex({self.first - 1}, {self.count})"


@dataclass(frozen=True)
class InsertColumns:
    """Insert empty columns before a column (counted from 1)."""

    sheet: str
    before: int
    count: int = 1

    def basic(self) -> str:
        """The Basic statement."""
        return f"{_sheet(self.sheet)}.Columns.insertByIndex({self.before - 1}, {self.count})"


@dataclass(frozen=True)
class DeleteColumns:
    """Delete columns from a column on (counted from 1)."""

    sheet: str
    first: int
    count: int = 1

    def basic(self) -> str:
        """The Basic statement."""
        return f"{_sheet(self.sheet)}.Columns.removeByIndex({self.first - 1}, {self.count})"


@dataclass(frozen=True)
class CopyRow:
    """Copy a row over another (counted from 1), hidden cells too."""

    sheet: str
    source: int
    target: int

    def basic(self) -> str:
        """The Basic statement."""
        return f"CopyRow {_sheet(self.sheet)}, {self.source - 1}, {self.target - 1}"


@dataclass(frozen=True)
class RenameSheet:
    """Give a sheet another name."""

    sheet: str
    name: str

    def basic(self) -> str:
        """The Basic statement."""
        return f"{_sheet(self.sheet)}.Name = {_quoted(self.name)}"


@dataclass(frozen=True)
class MoveSheet:
    """Put a sheet at a place among the others (counted from 0)."""

    sheet: str
    place: int

    def basic(self) -> str:
        """The Basic statement."""
        return f"document.Sheets.moveByName({_quoted(self.sheet)}, {self.place})"


Operation = (
    SetCell | SetFormula | Clear | Sort | InsertRows | DeleteRows | InsertColumns | DeleteColumns
    | CopyRow | RenameSheet | MoveSheet
)  # fmt: skip


# -- doing it --------------------------------------------------------------------------------------


def edit(
    path: Path,
    operations: Sequence[Operation],
    out: Path | Sequence[Path],
    *,
    password: str = "",
) -> None:
    """Open ``path``, do the ``operations`` in order, save to ``out``, each in its ending's format.

    With a ``password`` what is saved asks for it (.xlsx excepted). Raises AssertionError with what
    LibreOffice said when it couldn't.
    """
    outs = [out] if isinstance(out, Path) else list(out)
    lines = [operation.basic() for operation in operations]
    lines += [
        f"Store document, {_url(out)}, {_quoted(_FILTERS[out.suffix])}, {_quoted(password)}"
        for out in outs
    ]
    profile = _profile()
    answer = profile / "answer.txt"
    answer.unlink(missing_ok=True)
    for one in outs:
        one.unlink(missing_ok=True)
    program = _MACRO.format(answer=_url(answer), path=_url(path), lines="\n    ".join(lines))
    _write_module(profile, program)
    finished = _start(profile, "macro:///Standard.Edit.Run")
    said = answer.read_text("utf-8", "replace").strip() if answer.exists() else "no answer"
    assert said == "done", f"{said}\n{finished.stdout}\n{finished.stderr}"
    missing = [out for out in outs if not out.exists()]
    assert not missing, f"not written: {missing}\n{finished.stderr}"


def convert(path: Path, out: Path | Sequence[Path]) -> None:
    """Open ``path`` and save it to ``out``, each in its ending's format."""
    edit(path, [], out)


_MACRO = """\
Option Explicit

Sub Run
    Dim document As Object, options(0) As New com.sun.star.beans.PropertyValue
    On Error GoTo Failed
    options(0).Name = "Hidden"
    options(0).Value = True
    document = StarDesktop.loadComponentFromURL({path}, "_blank", 0, options())
    {lines}
    document.close(True)
    Answer "done"
    StarDesktop.terminate()
    Exit Sub
Failed:
    Answer "line " & Erl & ": " & Error$
    ' Else its lock stays beside the workbook, which then opens no more.
    If Not IsNull(document) Then document.close(True)
    StarDesktop.terminate()
End Sub

Sub Answer(text As String)
    Dim number As Integer
    number = FreeFile
    Open {answer} For Output As #number
    Print #number, text
    Close #number
End Sub

Sub SortRows(area As Object, column As Integer, ascending As Boolean)
    Dim fields(0) As New com.sun.star.table.TableSortField
    Dim how(1) As New com.sun.star.beans.PropertyValue
    fields(0).Field = column
    fields(0).IsAscending = ascending
    how(0).Name = "SortFields"
    how(0).Value = fields()
    how(1).Name = "ContainsHeader"
    how(1).Value = False
    area.sort(how())
End Sub

Sub CopyRow(sheet As Object, source As Long, target As Long)
    Dim place As New com.sun.star.table.CellAddress
    place = sheet.getCellByPosition(0, target).CellAddress
    sheet.copyRange(place, sheet.Rows.getByIndex(source).RangeAddress)
End Sub

Sub Store(document As Object, url As String, filter As String, password As String)
    Dim how(1) As New com.sun.star.beans.PropertyValue
    how(0).Name = "FilterName"
    how(0).Value = filter
    If password <> "" Then
        how(1).Name = "Password"
        how(1).Value = password
    End If
    document.storeToURL(url, how())
End Sub
"""


@cache
def _profile() -> Path:
    """A profile of this run's own, removed when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="salesdesk-libreoffice-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # The first start fills the profile, and would write over a macro that stands there already.
    finished = _start(folder, "--terminate_after_init")
    assert (folder / "user" / "basic" / "Standard").is_dir(), finished.stderr
    return folder


def _start(profile: Path, what: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore",
         "--nologo", what],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )  # fmt: skip


def _write_module(profile: Path, program: str) -> None:
    library = profile / "user" / "basic" / "Standard"
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE {0} PUBLIC "{1}" "{2}">\n'
    public = "-//OpenOffice.org//DTD OfficeDocument 1.0//EN"
    library.joinpath("Edit.xba").write_text(
        head.format("script:module", public, "module.dtd")
        + '<script:module xmlns:script="http://openoffice.org/2000/script" '
        f'script:name="Edit" script:language="StarBasic">{escape(program)}</script:module>\n',
        "utf-8",
    )
    library.joinpath("script.xlb").write_text(
        head.format("library:library", public, "library.dtd")
        + '<library:library xmlns:library="http://openoffice.org/2000/library" '
        'library:name="Standard" library:readonly="false" library:passwordprotected="false">'
        '<library:element library:name="Edit"/></library:library>\n',
        "utf-8",
    )


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _url(path: Path) -> str:
    return _quoted(path.resolve().as_uri())


def _sheet(name: str) -> str:
    return f"document.Sheets.getByName({_quoted(name)})"


def _cells(sheet: str, area: str) -> str:
    return f"{_sheet(sheet)}.getCellRangeByName({_quoted(area)})"
