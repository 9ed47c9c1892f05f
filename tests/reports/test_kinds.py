"""A report kind declared here, in a few lines, is shown, printed, written and told as JSON."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest
from sqlalchemy import func, select

from salesdesk.calc.periods import containing, parse
from salesdesk.customers import activities, customers
from salesdesk.customers.regrading import Regraded
from salesdesk.customers.tables import customer
from salesdesk.errors import InputError, RightsError
from salesdesk.office import settings
from salesdesk.office.tables import setting
from salesdesk.planning import causes, remarks
from salesdesk.planning.places import OFFICE, person, team
from salesdesk.reports import catalogue, documents, kinds
from salesdesk.reports.kinds import Content, ReportKind, SectionKind
from salesdesk.reports.layout import Cell, Column, Table, count_cell
from salesdesk.reports.monthly import MONTHLY
from salesdesk.reports.reading import Facts, Reading
from salesdesk.reports.sections.measures import MEASURES
from salesdesk.reports.sections.products import PRODUCTS
from salesdesk.reports.sections.quotas import QUOTAS
from salesdesk.reports.sections.ranking import PEOPLE
from salesdesk.reports.sections.regraded import REGRADED
from salesdesk.reports.sections.remarks import ACTIONS, REMARKS
from salesdesk.reports.sections.year import YEAR
from salesdesk.reports.weekly import WEEKLY
from salesdesk.sales.tables import deal, deal_share
from salesdesk.workbooks import report_book
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, place, plan_for, sell, set_targets, staffed_office

OCTOBER, NOVEMBER, TODAY = parse("2026-10"), parse("2026-11"), date(2026, 11, 23)


def _read(reading: Reading) -> list[tuple[str, int]]:
    rows = reading.db.execute(
        select(customer.c.grade, func.count())
        .where(reading.days(customer.c.registered_on, customer.c.registered_month))
        .group_by(customer.c.grade)
        .order_by(customer.c.grade)
    )
    return [(grade, count) for grade, count in rows]


def _lay_out(rows: Sequence[tuple[str, int]], _facts: Facts) -> Content:
    columns = [Column("Grade", 1, "left"), Column("Count", 1), Column("Never", 1, optional=True)]
    cells: list[list[Cell | str]] = [[grade, count_cell(count), Cell("—")] for grade, count in rows]
    return Content([Table(columns, cells)])


GRADES = SectionKind("grades", "Grades", _read, _lay_out)
TINY = ReportKind(
    code="tiny",
    name="Tiny report",
    title="Grades of {period}",
    sections=(GRADES,),
    periods=("month", "quarter"),
    levels=("office",),
    signatures=("Seen by",),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with staffed_office(tmp_path) as opened:
        yield opened


def test_a_kind_of_a_few_lines_is_a_whole_report(workspace: Workspace, tmp_path: Path) -> None:
    for period in (OCTOBER, parse("2026-Q4")):
        figures = workspace.read(kinds.read, TINY, period, today=TODAY)
        assert figures[GRADES] == [("A", 1), ("C", 1)]
        assert kinds.as_json(figures)["grades"] == [
            [{"Grade": "A", "Count": 1, "Never": "—"}, {"Grade": "C", "Count": 1, "Never": "—"}]
        ]
    report = kinds.report(figures)
    pdf = tmp_path / "tiny.pdf"
    pdf.write_bytes(documents.pdf("report", report.data()))
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "Grades of 2026, Q4" in text
    assert "Seen by" in text
    assert "Approved by" not in text
    assert "Never" not in text  # a column in which no row says anything
    report_book.write(report, tmp_path / "tiny.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "tiny.xlsx").worksheets[0]
    assert sheet.title == "Tiny report"
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert ["A", 1] in rows
    assert ["Seen by:"] in rows


def test_a_period_or_scope_the_kind_is_not_made_for_is_refused(workspace: Workspace) -> None:
    with pytest.raises(InputError, match=r"“Tiny report” can't be made for 2026-11-W1"):
        workspace.read(kinds.read, TINY, parse("2026-11-W1"))
    with pytest.raises(InputError, match=r"“Tiny report” is only made for: Whole office"):
        workspace.read(kinds.read, TINY, NOVEMBER, who=person(STAFF.ann))


def test_a_report_of_nothing_says_so_in_a_line(workspace: Workspace) -> None:
    figures = workspace.read(kinds.read, TINY, parse("2026-03"), today=TODAY)
    (section,) = kinds.report(figures).sections
    assert (section.code, section.note) == (
        "nothing", "Nothing was planned or entered for this period.",
    )  # fmt: skip


def test_codes_of_kinds_and_of_sections_are_each_used_once() -> None:
    codes = [kind.code for kind in catalogue.KINDS]
    assert len(set(codes)) == len(codes)
    sections = {section.code: section for kind in catalogue.KINDS for section in kind.sections}
    for kind in catalogue.KINDS:
        assert all(sections[section.code] is section for section in kind.sections)
        assert len({section.code for section in kind.sections}) == len(kind.sections)


def test_a_week_has_its_own_targets_and_sales(workspace: Workspace) -> None:
    """Weekly and monthly report share their sections; the week counts its own days."""
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026-11-W2"): 10_000_00, place("2026-11"): 50_000_00})
    sell(workspace, 5_000_00, date(2026, 11, 10))
    sell(workspace, 3_000_00, date(2026, 11, 3))
    sell(workspace, 7_000_00, date(2026, 11, 24))
    week = workspace.read(kinds.read, WEEKLY, parse("2026-11-W2"), today=TODAY)
    line = next(line for line in week[MEASURES] if line.measure.code == "amount")
    assert (line.target, line.actual, line.before) == (10_000_00, 5_000_00, 3_000_00)
    assert [(row.name, row.actual) for row in week[PEOPLE]][:1] == [("Ann", 5_000_00)]
    month = workspace.read(kinds.read, MONTHLY, NOVEMBER, today=TODAY)
    line = next(line for line in month[MEASURES] if line.measure.code == "amount")
    assert (line.target, line.actual) == (50_000_00, 15_000_00)


# -- what was wrong once ---------------------------------------------------------------------------


def test_the_price_of_a_piece_is_in_yuan_where_sums_are_in_wan(workspace: Workspace) -> None:
    with workspace.change("Show amounts in 万") as change:
        settings.store(change, in_wan=True)
    sell(workspace, 98_00, date(2026, 11, 3), quantity=2, cost=60_00)
    figures = workspace.read(kinds.read, MONTHLY, NOVEMBER, today=TODAY)
    section = next(s for s in kinds.report(figures).sections if s.code == "products")
    (table,) = section.tables
    row = dict(zip((column.title for column in table.columns), table.rows[0], strict=True))
    assert (row["Amount"].text, row["Average price (yuan)"].text) == ("0.01", "49.00")  # type: ignore[union-attr]


def test_an_unknown_cost_is_never_taken_for_nothing(workspace: Workspace) -> None:
    """A deal of 5,000 that cost 4,400 is known, one of 8,000 isn't: profit 600, margin 12 %."""
    sell(workspace, 5_000_00, date(2026, 11, 3))
    unknown = sell(workspace, 8_000_00, date(2026, 11, 4))
    with workspace.change("Forget the cost") as change:
        change.update(deal, unknown, cost=None)
        share = change.connection.execute(
            select(deal_share.c.id).where(deal_share.c.deal_id == unknown)
        ).scalar_one()
        change.update(deal_share, share, cost=None)
    for who in (OFFICE, team(STAFF.east), person(STAFF.ann)):
        figures = workspace.read(kinds.read, MONTHLY, NOVEMBER, who=who, today=TODAY)
        (line,) = figures[PRODUCTS]
        assert (line.amount, line.cost, line.profit, line.unknown) == (
            13_000_00, 4_400_00, 600_00, 1,
        )  # fmt: skip
        assert line.margin is not None
        assert float(line.margin) == 0.12
        assert line.average_price == 6_500_00
        lines = {line.measure.code: line.actual for line in figures[MEASURES]}
        assert (lines["amount"], lines["profit"]) == (13_000_00, 600_00)
        note = next(s.note for s in kinds.report(figures).sections if s.code == "products")
        assert "The cost of 1 deal isn't known" in note


def test_a_report_is_ranked_by_what_the_plan_holds(workspace: Workspace) -> None:
    """A person whose plan has units and profit only: months by units, not by the amount."""
    plan_id = plan_for(workspace, who=person(STAFF.ann))
    at = place("2026-11", person(STAFF.ann))
    set_targets(workspace, plan_id, {at: 3_00}, code="units")
    set_targets(workspace, plan_id, {at: 900_00}, code="profit")
    figures = workspace.read(kinds.read, MONTHLY, NOVEMBER, who=person(STAFF.ann), today=TODAY)
    assert figures[YEAR].measure.code == "units"
    office = workspace.read(kinds.read, MONTHLY, NOVEMBER, today=TODAY)
    assert {line.measure.code for line in office[PEOPLE]} == {"units"}
    set_targets(workspace, plan_id, {at: 5_000_00})
    figures = workspace.read(kinds.read, MONTHLY, NOVEMBER, who=person(STAFF.ann), today=TODAY)
    assert figures[YEAR].measure.code == "amount"


def test_rows_and_columns_that_say_nothing_are_left_out(workspace: Workspace) -> None:
    """One deal after October's two customers, no plan: no targets, nothing of last year."""
    sell(workspace, 5_000_00, date(2026, 11, 3))
    report = kinds.report(workspace.read(kinds.read, MONTHLY, NOVEMBER, today=TODAY))
    measures = report.sections[0]
    assert [column.title for column in measures.tables[0].columns] == [
        "Measure", "Actual", "Month on month",
    ]  # fmt: skip
    assert all(row[1] != "0" for row in measures.tables[0].rows)
    assert not {"remarks", "actions", "next", "money"} & {s.code for s in report.sections}
    assert all(table.rows for s in report.sections for table in s.tables if s.code != "customers")


def test_costs_and_others_reports_are_for_those_who_may_see_them(workspace: Workspace) -> None:
    sell(workspace, 5_000_00, date(2026, 11, 3))
    rights = '{"reports.see": {"salesperson": "own"}, "costs.see": {"salesperson": "none"}}'
    with workspace.unrecorded() as change:
        change.insert(setting, key="rights", value=rights)
    with pytest.raises(RightsError, match="only for your own: See reports"):
        workspace.read(kinds.read, MONTHLY, NOVEMBER, today=TODAY, actor_id=STAFF.ann)
    figures = workspace.read(
        kinds.read, MONTHLY, NOVEMBER, who=person(STAFF.ann), today=TODAY, actor_id=STAFF.ann
    )
    assert "profit" not in {line.measure.code for line in figures[MEASURES]}
    tables = [table.data() for s in kinds.report(figures).sections for table in s.tables]
    words = str(kinds.as_json(figures)) + str(tables)
    assert "5,000.00" in words
    for secret in ("4,400", "600.00", "Profit", "Margin", "Cost", "margin", "cost"):
        assert secret not in words


# -- what was missing ------------------------------------------------------------------------------


def test_regraded_customers_there_and_back_again_is_none(workspace: Workspace) -> None:
    """林先生 A to B to C in November is one from A to C; 周女士 C to A and back is none."""
    for customer_id, grade in (
        (STAFF.lin, "B"), (STAFF.zhou, "A"), (STAFF.lin, "C"), (STAFF.zhou, "C"),
    ):  # fmt: skip
        with workspace.change("Grade") as change:
            customers.set_grade(change, [customer_id], grade)
    month = containing(date.today(), "month")
    for who, rows in (
        (OFFICE, [Regraded("A", "C", 1)]), (person(STAFF.ann), [Regraded("A", "C", 1)]),
        (person(STAFF.cleo), []),
    ):  # fmt: skip
        figures = workspace.read(kinds.read, MONTHLY, month, who=who)
        assert figures[REGRADED] == rows


def test_work_stands_beside_its_quota_by_person(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    for who, quota in ((STAFF.ann, 5), (STAFF.bob, 3)):
        set_targets(workspace, plan_id, {place("2026-11", person(who)): quota}, code="calls")
    with workspace.change("Call") as change:
        for _turn in range(2):
            activities.log(change, person_id=STAFF.ann, kind="call", at=datetime(2026, 11, 4, 9))
    figures = workspace.read(kinds.read, MONTHLY, NOVEMBER, today=TODAY)
    told = [
        (row.name, [(line.measure.code, line.actual, line.target) for line in row.lines])
        for row in figures[QUOTAS]
    ]
    assert told == [("Ann", [("calls", 2, 5)]), ("Bob", [("calls", 0, 3)])]


def test_what_was_to_be_done_is_checked_a_month_later(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    ann = person(STAFF.ann)
    set_targets(workspace, plan_id, {place("2026-10", ann): 10_000_00,
                                     place("2026-11", ann): 8_000_00})  # fmt: skip
    sell(workspace, 5_000_00, date(2026, 10, 8))
    sell(workspace, 10_000_00, date(2026, 11, 8))
    with workspace.change("Explain") as change:
        words = {place("2026-10", ann): remarks.Words("Ill", "Call old customers")}
        remarks.set_remarks(change, plan_id, measure(workspace).id, words)
    [said] = workspace.read(kinds.read, MONTHLY, OCTOBER, today=TODAY)[REMARKS]
    assert (said.reason, said.cause) == ("Ill", "")
    (line,) = workspace.read(kinds.read, MONTHLY, NOVEMBER, today=TODAY)[ACTIONS]
    assert (line.name, line.action) == ("Ann", "Call old customers")
    assert line.attainment_before == Fraction(1, 2)
    assert line.now is not None
    assert line.now.attainment == Fraction(5, 4)
    assert workspace.read(kinds.read, MONTHLY, OCTOBER, today=TODAY)[ACTIONS] == []


def test_the_cause_that_was_chosen_stands_beside_the_reason(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    with workspace.change("Explain") as change:
        words = remarks.Words(
            "Ill", "Call", causes.chosen(change, "Customer pays late"), "No rules", "Rules"
        )
        where = {place("2026-11", person(STAFF.ann)): words}
        remarks.set_remarks(change, plan_id, measure(workspace).id, where)
    figures = workspace.read(kinds.read, MONTHLY, NOVEMBER, today=TODAY)
    [line] = figures[REMARKS]
    assert (line.cause, line.root_cause, line.prevention) == (
        "Customer pays late (Outside)", "No rules", "Rules",
    )  # fmt: skip
    [section] = [one for one in kinds.report(figures).sections if one.code == "remarks"]
    assert [column.title for column in section.tables[0].columns] == [
        "Name", "Measure", "Cause of the miss", "Reason", "Countermeasure", "Root cause",
        "Prevention",
    ]  # fmt: skip


def test_the_example_of_the_architecture_is_a_whole_report(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The two files that ARCHITECTURE.md shows, as they stand there."""
    text = (Path(__file__).parents[2] / "ARCHITECTURE.md").read_text(encoding="utf-8")
    chapter = text.split("## How to add a report kind")[1].split("\n## ")[0]
    indented = re.findall(r"(?:^(?: {4}.*|)\n)+", chapter, re.MULTILINE)
    blocks = [textwrap.dedent(block).strip() for block in indented]
    section, report = (block for block in blocks if block.startswith('"""'))
    module = ModuleType("salesdesk.reports.sections.expenses")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(section, module.__dict__)
    declared: dict[str, ReportKind] = {}
    exec(report, declared)
    with workspace.change("Dinner") as change:
        settings.store(change, in_wan=False)
        activities.log(change, person_id=STAFF.ann, kind="gift", at=datetime(2026, 11, 4, 19),
                       cost=250_00)  # fmt: skip
    figures = workspace.read(kinds.read, declared["SPENDING"], NOVEMBER, today=TODAY)
    laid_out = kinds.report(figures)
    assert laid_out.title == "Spending on customers 2026-11"
    (row,) = laid_out.sections[0].tables[0].rows
    assert [cell if isinstance(cell, str) else cell.text for cell in row] == ["Ann", "250.00"]
    assert documents.pdf("report", laid_out.data()).startswith(b"%PDF")
