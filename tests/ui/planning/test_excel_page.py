"""The quota sheet from the window: out, changed as people change it, previewed, taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.office import measures
from salesdesk.planning import deciding, targets
from salesdesk.planning.places import Place, person
from tests.sample import Sample
from tests.ui.planning.conftest import Settle
from ui import leaving
from ui.planning import excel_page, quota_preview
from ui.planning.excel_page import ExcelPage
from ui.planning.quota_preview import QuotaPreview
from ui.planning.tab import PlanningTab
from ui.shared import choosing
from ui.shared.session import Session

Change = Callable[[Worksheet], None]


@pytest.fixture
def page(tab: PlanningTab, sample: Sample, settle: Settle) -> ExcelPage:
    """The Excel page of the sample's plan."""
    tab.select_plan(sample.plan)
    plan_page = tab.show_page("excel")
    settle()
    assert isinstance(plan_page, ExcelPage)
    return plan_page


@pytest.fixture
def sent(page: ExcelPage, tmp_path: Path, settle: Settle) -> Path:
    """The yearly sheet of the amount, as it went out."""
    path = tmp_path / "quota.xlsx"
    page.send(path, measure_codes=["amount"])
    settle()
    assert path.is_file()
    return path


def _column(sheet: Worksheet, heading: str) -> tuple[int, int]:
    """Row and column of a heading, found as a person finds it."""
    for row in range(1, 11):
        for column in range(1, sheet.max_column + 1):
            if sheet.cell(row, column).value == heading:
                return row, column
    raise AssertionError(heading)


def _row(sheet: Worksheet, name: str) -> int:
    """The row of a person."""
    head, column = _column(sheet, "Person")
    return next(
        row for row in range(head + 1, sheet.max_row + 1) if sheet.cell(row, column).value == name
    )


def _changed(path: Path, change: Change) -> Path:
    """A copy of the workbook with its first sheet changed."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    change(sheet)
    back = path.with_name("back.xlsx")
    book.save(back)
    return back


def _set(name: str, heading: str, value: str | int) -> Change:
    def change(sheet: Worksheet) -> None:
        sheet.cell(_row(sheet, name), _column(sheet, heading)[1]).value = value

    return change


def _both(*changes: Change) -> Change:
    def change(sheet: Worksheet) -> None:
        for one in changes:
            one(sheet)

    return change


def _take_back(page: ExcelPage, path: Path, settle: Settle) -> QuotaPreview:
    page.take_back(path)
    settle()
    assert page.preview is not None
    return page.preview


def _yuan(session: Session, sample: Sample, who: int, period: str) -> int | None:
    amount = session.read(measures.measure_with_code, "amount")
    cells = session.read(targets.values, sample.plan, amount.id, "assigned")
    cell = cells.get(Place(person(who), parse(period)))
    return None if cell is None else cell.value // 100


def _set_in_office(session: Session, sample: Sample, who: int, period: str, yuan: int) -> None:
    with session.changing("Set") as change:
        amount = measures.measure_with_code(change.connection, "amount")
        wanted: dict[Place, int | None] = {Place(person(who), parse(period)): yuan * 100}
        targets.set_values(change, sample.plan, amount.id, "assigned", wanted)


def test_changed_cells_are_shown_then_taken_over_as_one_change(
    page: ExcelPage, office: Session, sample: Sample, sent: Path, settle: Settle
) -> None:
    back = _changed(sent, _both(_set("张三", "Month 11", "1.2万"), _set("王五", "Month 11", 9_000)))
    preview = _take_back(page, back, settle)
    assert preview.isVisible()
    assert preview.summary.text() == "2026 销售计划: 2 changes"
    lines = preview.changes.printed_rows()
    assert [(line[2], line[6], line[7], line[8], line[9]) for line in lines] == [
        ("张三", "2026-11", "", "12,000", ""), ("王五", "2026-11", "", "9,000", "")
    ]  # fmt: skip
    assert {line[5] for line in lines} == {"Assigned task"}
    assert "21,000" in {line[6] for line in preview.totals.printed_rows()}
    assert _yuan(office, sample, sample.zhang, "2026-11") is None
    assert preview.apply_button.text() == "Take over 2 cells"
    preview.apply()
    settle()
    assert not preview.isVisible()
    assert _yuan(office, sample, sample.zhang, "2026-11") == 12_000
    assert _yuan(office, sample, sample.wang, "2026-11") == 9_000
    assert page.taken.text().startswith("2 cells were taken over")
    assert office.workspace.undo() == (
        "Quota sheet of 2026 销售计划: Sales amount, 2026-11, 2 people"
    )
    assert _yuan(office, sample, sample.zhang, "2026-11") is None
    assert _yuan(office, sample, sample.wang, "2026-11") is None


def test_the_same_sheet_taken_back_again_changes_nothing(
    page: ExcelPage, sample: Sample, sent: Path, settle: Settle
) -> None:
    back = _changed(sent, _set("张三", "Month 11", 5_000))
    _take_back(page, back, settle).apply()
    settle()
    again = _take_back(page, back, settle)
    assert again.summary.text().endswith("nothing to take over, the office has it all.")
    assert not again.apply_button.isEnabled()
    again.reject()


def test_what_is_unticked_stays_out(
    qtbot: QtBot, page: ExcelPage, office: Session, sample: Sample, sent: Path, settle: Settle
) -> None:
    back = _changed(sent, _both(_set("张三", "Month 11", 11), _set("李四", "Month 11", 12)))
    preview = _take_back(page, back, settle)
    preview.changes.setFocus()
    preview.changes.selectRow(0)
    qtbot.keyClick(preview.changes, Qt.Key.Key_Space)
    assert preview.apply_button.text() == "Take over 1 cell"
    after = [line[6] for line in preview.totals.printed_rows()]
    preview.changes.choices.choose_all(False)
    assert preview.totals.printed_rows() == []
    preview.changes.selectRow(1)
    qtbot.keyClick(preview.changes, Qt.Key.Key_Space)
    assert [line[6] for line in preview.totals.printed_rows()] == after
    assert len(after) == 3
    preview.apply()
    settle()
    assert _yuan(office, sample, sample.zhang, "2026-11") is None
    assert _yuan(office, sample, sample.li, "2026-11") == 12


def test_ticks_turned_by_hand_are_thrown_away_only_when_asked(
    qtbot: QtBot, page: ExcelPage, sent: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answers: list[bool] = []

    def ask(_parent: object, text: str, _yes: str, *, danger: bool) -> bool:
        asked.append(text)
        assert danger  # Enter keeps them
        return answers.pop(0)

    monkeypatch.setattr(choosing, "ask", ask)
    back = _changed(sent, _set("张三", "Month 11", 11))
    preview = _take_back(page, back, settle)
    qtbot.keyClick(preview, Qt.Key.Key_Escape)
    assert not preview.isVisible()
    assert asked == []
    preview = _take_back(page, back, settle)
    preview.changes.setFocus()
    preview.changes.selectRow(0)
    qtbot.keyClick(preview.changes, Qt.Key.Key_Space)
    answers += [False, False, False, True]
    qtbot.keyClick(preview, Qt.Key.Key_Escape)
    preview.close()
    assert not leaving.leave(page.window(), lambda: pytest.fail("left all the same"))
    assert preview.isVisible()
    words = "is taken over yet. What you ticked would be lost."
    assert asked == [f"Nothing of “{preview.windowTitle()}” {words}"] * 3
    preview.close_button.click()
    assert not preview.isVisible()


def test_ticks_turned_back_are_nothing_to_ask_about(
    page: ExcelPage, sent: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "ask", lambda *_args, **_named: pytest.fail("asked"))
    preview = _take_back(page, _changed(sent, _set("张三", "Month 11", 11)), settle)
    preview.changes.choices.toggle([0])
    preview.changes.choices.toggle([0])
    preview.reject()
    assert not preview.isVisible()


def test_wrong_cells_forbid_taking_over_and_can_be_saved_marked(
    page: ExcelPage, office: Session, sample: Sample, sent: Path, settle: Settle,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    said: list[str] = []
    monkeypatch.setattr(quota_preview, "say", lambda _parent, text: said.append(text))
    back = _changed(
        sent, _both(_set("张三", "Month 11", "about ten"), _set("李四", "Month 11", 12))
    )
    preview = _take_back(page, back, settle)
    assert preview.tabs.tabText(preview.tabs.currentIndex()) == "Errors (1)"
    (line,) = preview.errors.printed_rows()
    assert line[2] == "“about ten” is not a number."
    assert not preview.apply_button.isEnabled()
    assert preview.why.text().startswith("1 cell is wrong")
    marked = tmp_path / "marked.xlsx"
    preview.save_error_copy(marked)
    settle()
    assert str(marked) in said[0]
    book = openpyxl.load_workbook(marked)
    cell = book[line[0]][line[1]]
    assert cell.comment is not None
    assert "about ten" in cell.comment.text
    preview.reject()
    assert _yuan(office, sample, sample.li, "2026-11") is None


def test_a_conflict_is_the_offices_until_the_sheet_is_chosen(
    page: ExcelPage, office: Session, sample: Sample, sent: Path, settle: Settle
) -> None:
    _set_in_office(office, sample, sample.zhang, "2026-10", 260_000)
    _set_in_office(office, sample, sample.li, "2026-10", 160_000)
    _set_in_office(office, sample, sample.wang, "2026-10", 170_000)
    back = _changed(
        sent, _both(_set("张三", "Month 10", 270_000), _set("李四", "Month 10", 180_000))
    )
    preview = _take_back(page, back, settle)
    assert preview.summary.text() == "2026 销售计划: 2 conflicts"
    assert preview.tabs.tabText(preview.tabs.currentIndex()) == "Conflicts (2)"
    assert [line[2] for line in preview.office_changes.printed_rows()] == ["王五"]
    assert not preview.apply_button.isEnabled()
    choices = preview.conflicts.choices
    assert choices.setData(choices.index(0, 0), Qt.CheckState.Checked.value, _CHECK)
    preview.apply()
    settle()
    assert _yuan(office, sample, sample.zhang, "2026-10") == 270_000
    assert _yuan(office, sample, sample.li, "2026-10") == 160_000
    assert _yuan(office, sample, sample.wang, "2026-10") == 170_000


def test_all_conflicts_can_be_settled_for_the_sheet_at_once(
    page: ExcelPage, office: Session, sample: Sample, sent: Path, settle: Settle
) -> None:
    _set_in_office(office, sample, sample.zhang, "2026-10", 260_000)
    preview = _take_back(page, _changed(sent, _set("张三", "Month 10", 1_000)), settle)
    preview.conflicts.choices.choose_all(True)
    assert preview.apply_button.isEnabled()
    preview.conflicts.choices.choose_all(False)
    assert not preview.apply_button.isEnabled()
    preview.conflicts.choices.choose_all(True)
    preview.apply()
    settle()
    assert _yuan(office, sample, sample.zhang, "2026-10") == 1_000


def test_what_changed_since_the_preview_is_refused_in_it(
    page: ExcelPage, office: Session, sample: Sample, sent: Path, settle: Settle
) -> None:
    preview = _take_back(page, _changed(sent, _set("张三", "Month 11", 1_000)), settle)
    _set_in_office(office, sample, sample.zhang, "2026-11", 77)
    preview.apply()
    settle()
    assert preview.isVisible()
    assert "changed in the office meanwhile" in preview.why.text()
    assert _yuan(office, sample, sample.zhang, "2026-11") == 77
    preview.reject()


def test_missing_and_new_rows_are_shown(
    page: ExcelPage, sample: Sample, sent: Path, settle: Settle
) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.delete_rows(_row(sheet, "李四"))
        below = sheet.max_row + 3
        sheet.cell(below, _column(sheet, "Person")[1]).value = "钱经理"
        sheet.cell(below, _column(sheet, "Month 11")[1]).value = 5

    preview = _take_back(page, _changed(sent, change), settle)
    assert [line[2] for line in preview.missing_rows.printed_rows()] == ["李四"]
    assert [line[2] for line in preview.new_rows.printed_rows()] == ["钱经理"]
    assert preview.summary.text().endswith("1 change, 1 new row, 1 missing row")
    preview.reject()


def test_the_previews_models_are_sound(
    page: ExcelPage, office: Session, sample: Sample, sent: Path, settle: Settle,
    qtmodeltester: ModelTester,
) -> None:  # fmt: skip
    _set_in_office(office, sample, sample.zhang, "2026-10", 260_000)
    changes = (
        _set("张三", "Month 10", 1), _set("李四", "Month 11", 2), _set("王五", "Month 11", "x")
    )  # fmt: skip
    preview = _take_back(page, _changed(sent, _both(*changes)), settle)
    for table in (preview.changes, preview.conflicts, preview.errors, preview.missing_rows):
        qtmodeltester.check(table.records, force_py=True)
    preview.reject()


def test_cells_are_sorted_as_a_sheet_counts_them(
    page: ExcelPage, sample: Sample, sent: Path, settle: Settle
) -> None:
    names = ("张三", "李四", "王五")
    changes = [_set(name, f"Month {month}", 7) for name in names for month in (2, 11)]
    preview = _take_back(page, _changed(sent, _both(*changes)), settle)
    preview.changes.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    cells = [line[1] for line in preview.changes.printed_rows()]
    numbers = [int("".join(sign for sign in cell if sign.isdigit())) for cell in cells]
    assert numbers == sorted(numbers)
    preview.reject()


def test_a_file_that_is_no_quota_sheet_is_refused_with_a_sentence(
    page: ExcelPage, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(excel_page, "tell", lambda _parent, error: told.append(error.message))
    path = tmp_path / "letter.xlsx"
    path.write_bytes(b"Dear all")
    page.take_back(path)
    settle()
    assert page.preview is None
    assert "letter.xlsx" in told[0]
    assert page.taken.text() == told[0]


def test_the_sheet_of_a_month_goes_out_with_its_weeks(
    page: ExcelPage, sample: Sample, settle: Settle, tmp_path: Path
) -> None:
    path = tmp_path / "october.xlsx"
    page.send(path, month=parse("2026-10"), with_products=True)
    settle()
    assert str(path) in page.result.text()
    assert not page.open_button.isHidden()
    sheet = openpyxl.load_workbook(path).worksheets[0]
    headings = [str(cell.value) for row in sheet.iter_rows(max_row=9) for cell in row]
    assert "Week 4" in headings
    assert "Product" in headings


def test_measures_ticked_are_those_the_plan_has_targets_for(page: ExcelPage) -> None:
    ticked = [
        page.measures.item(place).text()
        for place in range(page.measures.count())
        if page.measures.item(place).checkState() == Qt.CheckState.Checked
    ]
    assert ticked == ["Sales amount (yuan)"]
    page.sheet.set_value("month")
    assert page.month.value() == parse("2026-11")
    assert not page.month.isHidden()


def test_asking_where_to_send_adds_the_ending_and_remembers_the_folder(
    page: ExcelPage, office: Session, settle: Settle, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    proposed: list[str] = []

    def choose(_parent: object, _title: str, start: str, _filter: str) -> tuple[str, str]:
        proposed.append(start)
        return str(tmp_path / f"sheet {len(proposed)}"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    page.ask_send()
    settle()
    assert (tmp_path / "sheet 1.xlsx").is_file()
    page.sheet.set_value("month")
    page.ask_send()
    settle()
    assert proposed[1] == str(tmp_path / "2026 销售计划 2026-11.xlsx")


def test_asking_for_the_sheet_that_came_back_opens_its_preview(
    page: ExcelPage, sent: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a: (str(sent), ""))
    page.ask_take_back()
    settle()
    assert page.preview is not None
    assert page.preview.comparison.nothing_to_do
    page.preview.reject()


def test_the_good_cells_can_be_taken_and_the_wrong_ones_left(
    page: ExcelPage, office: Session, sample: Sample, sent: Path, settle: Settle
) -> None:
    back = _changed(sent, _both(_set("张三", "Month 11", "ten"), _set("李四", "Month 11", 12)))
    preview = _take_back(page, back, settle)
    assert not preview.take_good.isHidden()
    assert preview.take_good.text() == "Take the good cells (1), leave out the wrong ones (1)"
    assert not preview.apply_button.isEnabled()
    preview.take_good.setChecked(True)
    assert preview.apply_button.text() == "Take over 1 cell"
    preview.apply()
    settle()
    assert _yuan(office, sample, sample.li, "2026-11") == 12
    assert _yuan(office, sample, sample.zhang, "2026-11") is None


def test_deletions_stand_apart_and_unticked(
    page: ExcelPage, office: Session, sample: Sample, sent: Path, settle: Settle
) -> None:
    back = _changed(sent, _both(_set("张三", "Month 10", "-"), _set("李四", "Month 10", "")))
    preview = _take_back(page, back, settle)
    assert preview.summary.text() == "2026 销售计划: 1 deletion"
    assert preview.tabs.tabText(preview.tabs.currentIndex()) == "Deletions (1)"
    assert not preview.apply_button.isEnabled()
    preview.deletions.choices.choose_all(True)
    preview.apply()
    settle()
    assert _yuan(office, sample, sample.zhang, "2026-10") is None
    assert _yuan(office, sample, sample.li, "2026-10") == 150_000


def test_a_sheet_in_wan_is_doubted_and_read_anew_on_request(
    page: ExcelPage, office: Session, sample: Sample, sent: Path, settle: Settle
) -> None:
    back = _changed(sent, _both(_set("张三", "Month 10", 26), _set("李四", "Month 10", "18")))
    preview = _take_back(page, back, settle)
    assert "about 10,000 times smaller" in preview.doubts.words.text()
    preview.doubts.read_button.click()
    settle()
    assert page.preview is not None
    assert page.preview is not preview
    assert page.preview.doubts.read_button.text() == "Read as yuan"
    page.preview.apply()
    settle()
    assert _yuan(office, sample, sample.zhang, "2026-10") == 260_000


def test_sheets_that_arent_taken_are_among_the_notes(
    page: ExcelPage, sample: Sample, sent: Path, settle: Settle
) -> None:
    def change(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        sheet.parent.create_sheet("Mine").append([1])

    preview = _take_back(page, _changed(sent, change), settle)
    assert preview.doubts.isHidden()
    assert preview.notices.printed_rows() == [["Not taken", "Mine", "", "It is no quota sheet."]]
    preview.reject()


def test_a_plan_that_takes_no_change_says_so_in_the_preview(
    page: ExcelPage, office: Session, sample: Sample, sent: Path, settle: Settle
) -> None:
    back = _changed(sent, _set("张三", "Month 11", 5))
    with office.changing("Approve") as change:
        deciding.move(change, sample.plan, "approved")
    preview = _take_back(page, back, settle)
    assert not preview.apply_button.isEnabled()
    assert "take it up again as a new revision" in preview.why.text()
    preview.reject()


_CHECK = int(Qt.ItemDataRole.CheckStateRole)
