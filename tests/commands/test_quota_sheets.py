"""quota-sheet export and import: out, changed by the team, back."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from salesdesk.calc import periods
from salesdesk.office import measures
from salesdesk.planning import targets
from salesdesk.planning.places import Place, person
from salesdesk.workspace import Workspace
from tests.commands.conftest import Run
from tests.sample import Sample, sample_office
from tests.workbooks.quota import head_of


@pytest.fixture
def sheet(run: Run, office: Path, tmp_path: Path) -> Path:
    """The yearly quota sheet as it went out."""
    path = tmp_path / "quota.xlsx"
    said = run("quota-sheet", "export", office, 1, "-o", path)
    assert said.status == 0, said.err
    return path


def _edit(sheet: Path, changes: dict[tuple[str, str], object]) -> dict[tuple[str, str], str]:
    """Write values by (person, heading) as a person would; the cells they stand in."""
    book = openpyxl.load_workbook(sheet)
    page: Any = book.worksheets[0]
    head = head_of(page)
    headings = {cell.value: cell.column for cell in page[head]}
    rows = {
        row[headings["Person"] - 1].value: row[0].row for row in page.iter_rows(min_row=head + 1)
    }
    cells = {}
    for (name, heading), value in changes.items():
        cell = page.cell(rows[name], headings[heading])
        cell.value = value
        cells[name, heading] = cell.coordinate
    book.save(sheet)
    return cells


def _october(office: Path, person_id: int) -> int:
    with Workspace.open(office) as workspace:
        amount = workspace.read(measures.measure_with_code, "amount")
        found = workspace.read(targets.values, 1, amount.id, "assigned")
    return found[Place(person(person_id), periods.month(2026, 10))].value


def _import(run: Run, office: Path, sheet: Path, *words: object, status: int = 0) -> Any:
    said = run("quota-sheet", "import", office, sheet, "--json", *words)
    assert said.status == status, said.err
    return said.json


NOTHING: dict[str, Any] = {
    "changed": [], "deletions": [], "conflicts": [], "errors": [], "new_rows": [],
    "missing_rows": [], "not_taken": [], "skipped_rows": [], "told": [], "doubts": [],
    "unit": "yuan", "totals": [],
}  # fmt: skip


def test_export_says_what_went_out(run: Run, office: Path, tmp_path: Path) -> None:
    path = tmp_path / "month.xlsx"
    said = run("quota-sheet", "export", office, 1, "--month", "2026-10", "--products",
               "-o", path, "--json")  # fmt: skip
    assert said.status == 0
    assert said.json["file"] == str(path)
    assert said.json["rows"] == 6
    assert len(said.json["sheets"]) == 1


def test_an_unchanged_sheet_changes_nothing(run: Run, office: Path, sheet: Path) -> None:
    assert _import(run, office, sheet) == {**NOTHING, "applied": False}
    assert _import(run, office, sheet, "--apply") == {**NOTHING, "applied": True}


def test_a_change_is_shown_first_and_taken_over_by_apply_once(
    run: Run, sample: Sample, sheet: Path
) -> None:
    office = sample.path
    cells = _edit(sheet, {("李四", "Month 10"): "18万"})
    changed = {
        "sheet": "Yearly plan", "cell": cells["李四", "Month 10"], "person": "李四", "product": "",
        "measure": "amount", "tier": "assigned", "period": "2026-10", "base": 150_000,
        "sheet_value": 180_000, "office_value": 150_000,
    }  # fmt: skip
    found = _import(run, office, sheet)
    totals = found["totals"]
    assert found == {**NOTHING, "changed": [changed], "totals": totals, "applied": False}
    october = next(total for total in totals if total["period"] == "2026-10")
    assert (october["person"], october["tier"]) == ("", "assigned")
    assert (october["before"], october["after"]) == (400_000, 430_000)
    assert october["still_open"] == october["to_be_reached"] - 430_000
    assert _october(office, sample.li) == 15_000_000
    assert _import(run, office, sheet, "--apply") == {
        **NOTHING, "changed": [changed], "totals": totals, "applied": True,
    }  # fmt: skip
    assert _october(office, sample.li) == 18_000_000
    before = run("history", office, "--json").json
    assert _import(run, office, sheet, "--apply")["changed"] == []
    assert run("history", office, "--json").json == before
    assert run("undo", office).status == 0
    assert _october(office, sample.li) == 15_000_000


def test_the_preview_as_text_names_cell_and_values(run: Run, office: Path, sheet: Path) -> None:
    _edit(sheet, {("李四", "Month 10"): 180_000})
    said = run("quota-sheet", "import", office, sheet)
    assert said.status == 0
    line = next(line for line in said.out.splitlines() if "李四" in line)
    assert line.split()[-3:] == ["150,000", "180,000", "150,000"]
    assert "Nothing was changed; --apply takes it over." in said.out
    assert "Assigned task" in line
    assert "Totals before and after, and what is to be reached:" in said.out


def _conflict(run: Run, sample: Sample, sheet: Path) -> None:
    """李四's October is changed in the sheet and in the office; 张三's in the sheet only."""
    _edit(sheet, {("李四", "Month 10"): 180_000, ("张三", "Month 10"): 260_000})
    with Workspace.open(sample.path) as workspace, workspace.change("Office") as change:
        amount = measures.measure_with_code(change.connection, "amount")
        place = Place(person(sample.li), periods.month(2026, 10))
        targets.set_values(change, 1, amount.id, "assigned", {place: 17_000_000})


def test_conflicts_are_refused_whole_without_keep(run: Run, sample: Sample, sheet: Path) -> None:
    _conflict(run, sample, sheet)
    assert _import(run, sample.path, sheet)["applied"] is False
    said = run("quota-sheet", "import", sample.path, sheet, "--apply", "--json")
    assert said.status == 1
    assert said.json["applied"] is False
    assert [one["office_value"] for one in said.json["conflicts"]] == [170_000]
    assert "--keep sheet or --keep office" in said.err
    assert (_october(sample.path, sample.zhang), _october(sample.path, sample.li)) == (
        25_000_000, 17_000_000,
    )  # fmt: skip


@pytest.mark.parametrize(("keep", "kept"), [("sheet", 18_000_000), ("office", 17_000_000)])
def test_keep_settles_conflicts(
    run: Run, sample: Sample, sheet: Path, keep: str, kept: int
) -> None:
    _conflict(run, sample, sheet)
    done = _import(run, sample.path, sheet, "--apply", "--keep", keep)
    assert done["applied"] is True
    assert (_october(sample.path, sample.zhang), _october(sample.path, sample.li)) == (
        26_000_000, kept,
    )  # fmt: skip


def test_wrong_cells_are_named_marked_and_nothing_is_taken_over(
    run: Run, sample: Sample, sheet: Path, tmp_path: Path
) -> None:
    cells = _edit(sheet, {("李四", "Month 10"): "many", ("张三", "Month 10"): 260_000})
    marked = tmp_path / "errors.xlsx"
    done = _import(run, sample.path, sheet, "--apply", "--errors", marked, status=1)
    assert done["applied"] is False
    assert done["errors"] == [
        {"sheet": "Yearly plan", "cell": cells["李四", "Month 10"],
         "cause": "“many” is not a number."}
    ]  # fmt: skip
    assert _october(sample.path, sample.zhang) == 25_000_000
    page: Any = openpyxl.load_workbook(marked)["Yearly plan"]
    assert "is not a number" in page[cells["李四", "Month 10"]].comment.text


def test_a_new_row_of_a_known_person_comes_in(run: Run, office: Path, sheet: Path) -> None:
    book = openpyxl.load_workbook(sheet)
    page: Any = book.worksheets[0]
    headings = {cell.value: cell.column for cell in page[head_of(page)]}
    last = page.max_row + 2
    page.cell(last, headings["Person"]).value = "钱经理"
    page.cell(last, headings["Month 11"]).value = 5_000
    page.delete_rows(head_of(page) + 2)  # 李四
    book.save(sheet)
    done = _import(run, office, sheet, "--apply")
    assert [(one["person"], one["row"]) for one in done["new_rows"]] == [("钱经理", last - 1)]
    assert [one["person"] for one in done["missing_rows"]] == ["李四"]
    assert [(one["person"], one["sheet_value"]) for one in done["changed"]] == [("钱经理", 5_000)]


def test_export_doesnt_write_over_a_sheet_unless_forced(
    run: Run, office: Path, sheet: Path
) -> None:
    _edit(sheet, {("李四", "Month 10"): 180_000})
    before = sheet.read_bytes()
    said = run("quota-sheet", "export", office, 1, "-o", sheet)
    assert said.status == 2
    assert sheet.read_bytes() == before
    assert run("quota-sheet", "export", office, 1, "-o", sheet, "--force").status == 0
    assert sheet.read_bytes() != before


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04garbage", b"\xd0\xcf\x11\xe0" * 9])
def test_a_file_that_is_no_workbook_is_refused(
    run: Run, office: Path, tmp_path: Path, content: bytes
) -> None:
    for name in ("a.xlsx", "a.xls", "a.ods", "a.csv", "a.txt"):
        (tmp_path / name).write_bytes(content)
        said = run("quota-sheet", "import", office, tmp_path / name, "--apply", "--json")
        assert (said.status, said.out) == (2, ""), name
        assert said.err
    assert run("quota-sheet", "import", office, tmp_path / "missing.xlsx").status == 2


def test_a_sheet_of_another_office_is_refused(run: Run, sheet: Path, tmp_path: Path) -> None:
    other = sample_office(tmp_path / "other.office").path
    said = run("quota-sheet", "import", other, sheet, "--apply")
    assert said.status == 2
    assert "another office" in said.err


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["9", "-o", "OUT"], 1, "no plan number 9"),
        (["1", "--month", "2027-01", "-o", "OUT"], 1, "isn't part of the plan"),
        (["1", "--measure", "love", "-o", "OUT"], 1, "no measure love"),
        (["1", "-o", "out.pdf"], 2, "must end in .xlsx"),
        (["1"], 2, "-o/--output"),
    ],
)
def test_an_export_that_cant_be_writes_no_file(
    run: Run, office: Path, tmp_path: Path, words: list[str], status: int, sentence: str
) -> None:
    out = tmp_path / "out.xlsx"
    said = run("quota-sheet", "export", office, *[out if w == "OUT" else w for w in words])
    assert (said.status, said.out) == (status, "")
    assert sentence in said.err
    assert not out.exists()


def test_a_sheet_sent_out_before_a_backup_was_restored_still_comes_back(
    run: Run, office: Path, tmp_path: Path
) -> None:
    before = Path(shutil.copy(office, tmp_path / "before.office"))
    sheet = tmp_path / "quota.xlsx"
    run("quota-sheet", "export", office, 1, "-o", sheet)
    _edit(sheet, {("李四", "Month 10"): 180_000})
    assert len(_import(run, before, sheet, "--apply")["changed"]) == 1


def test_the_right_cells_can_be_taken_over_alone(run: Run, sample: Sample, sheet: Path) -> None:
    _edit(sheet, {("李四", "Month 10"): "many", ("张三", "Month 10"): 260_000})
    said = run("quota-sheet", "import", sample.path, sheet, "--apply")
    assert said.status == 1
    assert "1 cell is wrong: nothing was taken over. Say --take-good" in said.err
    assert _october(sample.path, sample.zhang) == 25_000_000
    said = run("quota-sheet", "import", sample.path, sheet, "--apply", "--take-good")
    assert said.status == 1  # something was left out
    assert "1 wrong cell was left out." in said.err
    assert _october(sample.path, sample.zhang) == 26_000_000


def test_targets_are_deleted_only_by_a_mark_and_an_option(
    run: Run, sample: Sample, sheet: Path
) -> None:
    _edit(sheet, {("李四", "Month 10"): None, ("张三", "Month 10"): "删"})
    done = _import(run, sample.path, sheet, "--apply")
    assert (done["changed"], [one["person"] for one in done["deletions"]]) == ([], ["张三"])
    said = run("quota-sheet", "import", sample.path, sheet, "--apply")
    assert "1 target is marked to be deleted and stays" in said.err
    assert _october(sample.path, sample.zhang) == 25_000_000
    assert (
        run("quota-sheet", "import", sample.path, sheet, "--apply", "--with-deletions").status == 0
    )
    with pytest.raises(KeyError):
        _october(sample.path, sample.zhang)
    assert _october(sample.path, sample.li) == 15_000_000


def test_a_sheet_in_wan_is_doubted_and_read_so_when_asked(
    run: Run, sample: Sample, sheet: Path
) -> None:
    _edit(sheet, {("李四", "Month 10"): 18, ("张三", "Month 10"): "26"})
    said = run("quota-sheet", "import", sample.path, sheet)
    assert "about 10,000 times smaller than what went out" in said.err
    assert _import(run, sample.path, sheet, "--apply", "--unit", "wan")["doubts"] == []
    assert _october(sample.path, sample.li) == 18_000_000


def test_the_marked_copy_overwrites_nothing_unasked_and_never_the_sheet(
    run: Run, office: Path, sheet: Path, tmp_path: Path
) -> None:
    _edit(sheet, {("李四", "Month 10"): "many"})
    before = sheet.read_bytes()
    for words in ([], ["--force"]):
        said = run("quota-sheet", "import", office, sheet, "--errors", sheet, *words)
        assert said.status == 2
        assert "is the sheet itself" in said.err
    assert sheet.read_bytes() == before
    marked = tmp_path / "marked.xlsx"
    marked.write_bytes(b"mine")
    said = run("quota-sheet", "import", office, sheet, "--errors", marked)
    assert said.status == 2
    assert marked.read_bytes() == b"mine"
    run("quota-sheet", "import", office, sheet, "--errors", marked, "--force")
    assert openpyxl.load_workbook(marked).sheetnames[0] == "Errors"


def test_what_isnt_taken_is_said(run: Run, office: Path, sheet: Path) -> None:
    book = openpyxl.load_workbook(sheet)
    page: Any = book.worksheets[0]
    page.cell(page.max_row + 1, 3).value = "合计"
    page.cell(page.max_row, 6).value = 5
    book.create_sheet("Mine").append([1])
    book.save(sheet)
    said = run("quota-sheet", "import", office, sheet)
    assert "Mine: It is no quota sheet." in said.out
    assert "“合计” is no person." in said.out


def test_a_plan_that_takes_no_change_is_told_before(run: Run, office: Path, sheet: Path) -> None:
    _edit(sheet, {("李四", "Month 10"): 1})
    assert run("plan", "approve", office, 1).status == 0
    for words in ([], ["--apply"]):
        said = run("quota-sheet", "import", office, sheet, *words)
        assert said.status == 1
        assert "take it up again as a new revision" in said.err
    assert run("plan", "close", office, 1).status == 0
    assert "open it again first" in run("quota-sheet", "import", office, sheet).err
