"""A plan printed: its text in pieces, its targets as tables, what isn't assigned named."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from salesdesk.calc import periods
from salesdesk.errors import NotFoundError
from salesdesk.office import measures, settings
from salesdesk.planning import beginning, deciding, plans, revisions, targets, templates
from salesdesk.planning.places import Place, person
from salesdesk.reports import documents, listing, plan_document
from salesdesk.reports.layout import Cell, Column, Table, count_cell
from salesdesk.reports.plan_document import PlanDocument
from salesdesk.workspace import Workspace
from tests.sample import Sample, sample_office


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return sample_office(tmp_path / "sample.office")


@pytest.fixture
def workspace(sample: Sample) -> Iterator[Workspace]:
    with Workspace.open(sample.path) as opened:
        yield opened


def _document(workspace: Workspace, plan_id: int) -> PlanDocument:
    return workspace.read(plan_document.document, plan_id, today=date(2026, 11, 2))


def _from_template(workspace: Workspace, name: str, period: str, person_id: int) -> PlanDocument:
    with workspace.change("New plan") as change:
        plan_id = templates.new_plan(
            change, name, period=periods.parse(period), who=person(person_id)
        )
    return _document(workspace, plan_id)


def _shown(table: Table) -> list[list[str]]:
    return [[one.text if isinstance(one, Cell) else one for one in row] for row in table.rows]


def _text_of(pdf: bytes, folder: Path) -> str:
    path = folder / "page.pdf"
    path.write_bytes(pdf)
    process = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True
    )
    return process.stdout


def test_the_overview_shows_each_tier_over_the_quarters_and_names_the_gap(
    workspace: Workspace, sample: Sample
) -> None:
    found = _from_template(workspace, "yearly-abc", "2026", sample.zhang)
    title, overview = found.tables[0]
    assert title == "Over the period"
    assert [column.title for column in overview.columns] == [
        "Measure", "Tier", "2026", "Q1", "Q2", "Q3", "Q4",
    ]  # fmt: skip
    quarters = ["75,000"] * 4
    assert _shown(overview) == [
        ["Sales amount (yuan)", "Assigned task", "300,000", *quarters],
        ["Sales amount (yuan)", "Own goal", "350,000", *quarters],
        ["New customers (customers)", "Assigned task", "96", *["24"] * 4],
    ]
    assert found.notes == [
        "Sales amount (yuan), Own goal: 50,000 of 2026 are not assigned to shorter periods yet."
    ]
    assert _shown(found.tables[1][1])[8] == ["Month 9", "25,000", "25,000", "8"]


def test_a_months_plan_shows_its_weeks_and_what_each_day_asks(
    workspace: Workspace, sample: Sample
) -> None:
    found = _from_template(workspace, "call-plan", "2026-11", sample.li)
    ((_title, overview),) = found.tables
    assert overview.columns[-1].title == "Each day"
    calls, visits = _shown(overview)[:2]
    assert (calls[0], calls[2], calls[-1]) == ("Effective calls (calls)", "1,200", "40")
    assert visits[2:] == ["8", "2", "2", "2", "2", "—"]


def test_days_that_differ_are_said_to_vary(workspace: Workspace, sample: Sample) -> None:
    calls = workspace.read(measures.measure_with_code, "calls")
    with workspace.change("Plan") as change:
        plan_id = plans.new_plan(
            change, title="Days", period=periods.month(2026, 11), who=person(sample.li)
        )
        days = periods.days(periods.month(2026, 11))
        targets.set_values(
            change, plan_id, calls.id, "goal",
            {Place(person(sample.li), day): number for number, day in enumerate(days[:3])},
        )  # fmt: skip
    ((_title, overview),) = _document(workspace, plan_id).tables
    assert _shown(overview)[0][2] == "3"
    assert _shown(overview)[0][-1] == "varies"


def test_an_offices_plan_lists_teams_and_people(workspace: Workspace, sample: Sample) -> None:
    found = _document(workspace, sample.plan)
    people = dict(found.tables)["By person"]
    # 王五 and the west have no target; 李四 has one in October only, which makes the year.
    assert _shown(people) == [
        ["East", "2,550,000", "—"], ["　张三", "2,400,000", "—"], ["　李四", "150,000", "—"],
    ]  # fmt: skip
    assert any("not assigned to anybody" in note for note in found.notes)


def test_parts_above_their_whole_are_named_too(workspace: Workspace, sample: Sample) -> None:
    amount = workspace.read(measures.measure_with_code, "amount")
    year = periods.year(2026)
    with workspace.change("Set") as change:
        place = Place(person(sample.zhang), year)
        targets.set_values(change, sample.plan, amount.id, "assigned", {place: 500_000_000})
    found = _document(workspace, sample.plan)
    assert (
        "Sales amount (yuan), Assigned task: the people together are 350,000 above 2026."
        in found.notes
    )


def test_amounts_follow_the_offices_unit(workspace: Workspace, sample: Sample) -> None:
    with workspace.change("In 10,000") as change:
        settings.store(change, in_wan=True)
    found = _from_template(workspace, "yearly-abc", "2026", sample.zhang)
    assert _shown(found.tables[0][1])[1][2] == "35.00"
    assert "5.00 of 2026" in found.notes[0]


def test_an_unknown_plan_is_refused(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError):
        _document(workspace, 999)


def test_the_printed_plan_holds_text_targets_and_lines_to_sign(
    workspace: Workspace, sample: Sample, tmp_path: Path
) -> None:
    found = _from_template(workspace, "yearly-abc", "2026", sample.zhang)
    text = _text_of(documents.pdf("plan", found.data()), tmp_path)
    for words in (
        "张三 · 2026 · Draft · Revision 1", "1. Task and goal", "350,000", "50,000 of 2026",
        "Prepared by:", "Page 1 of",
    ):  # fmt: skip
        assert words in text


def test_markup_in_a_plans_text_is_printed_as_it_stands(
    workspace: Workspace, tmp_path: Path
) -> None:
    words = "#pagebreak() *bold* $x$ \\ @ref [link] `code`"
    with workspace.change("Plan") as change:
        plan_id = beginning.with_text(
            change, f"Say {words}\n1. {words}", title="A #title", period=periods.year(2026)
        )
    text = _text_of(documents.pdf("plan", _document(workspace, plan_id).data()), tmp_path)
    assert text.count("#pagebreak() *bold* $x$") == 2
    assert "Page 1 of 1" in text


def test_a_revised_plan_says_why(workspace: Workspace, sample: Sample) -> None:
    with workspace.change("Revise") as change:
        deciding.approve(change, sample.plan)
        revisions.revise(change, sample.plan, "market", "Prices fell\nby 5 %")
    facts = dict(_document(workspace, sample.plan).facts)
    assert facts["Revision"] == "Revision 2 (Market event: Prices fell by 5 %)"


def test_a_plan_without_text_or_targets_prints_all_the_same(
    workspace: Workspace, tmp_path: Path
) -> None:
    with workspace.change("Plan") as change:
        plan_id = plans.new_plan(change, title="Empty", period=periods.year(2027))
    text = _text_of(documents.pdf("plan", _document(workspace, plan_id).data()), tmp_path)
    assert "Empty" in text
    assert "Targets of the plan" not in text


# -- any table as a list ---------------------------------------------------------------------------


def test_a_list_repeats_its_header_and_counts_its_pages(tmp_path: Path) -> None:
    rows: list[list[Cell | str]] = [[f"客户{number}", count_cell(number)] for number in range(120)]
    data = listing.listing("客户", "全部", ["姓名", "Deals"], rows, office="青山电脑")
    text = _text_of(documents.pdf("table", data), tmp_path)
    assert text.count("Deals") == text.count("of 3") == 3
    assert "客户 119" in text


def test_figures_stand_to_the_right_and_wide_lists_lie_down() -> None:
    narrow = listing.listing("t", "", ["Name", "Count"], [["a", count_cell(3)]])
    assert [column["align"] for column in narrow["columns"]] == ["left", "right"]
    assert narrow["flipped"] is False
    wide = listing.listing("t", "", [f"Column {n}" for n in range(8)], [["某某某某某某某"] * 8])
    assert wide["flipped"] is True


def test_given_columns_are_kept_and_an_empty_list_says_so(tmp_path: Path) -> None:
    data = listing.listing("t", "", [Column("Name", 3, "center")], [])
    assert data["columns"] == [{"title": "Name", "width": 3, "align": "center"}]
    assert "There is nothing in this list." in _text_of(documents.pdf("table", data), tmp_path)


def test_what_an_older_office_holds_and_no_font_has_is_printed_all_the_same(
    workspace: Workspace, sample: Sample
) -> None:
    with workspace.unrecorded() as change:  # as no writer would store it any more
        change.connection.exec_driver_sql("UPDATE plan SET title = char(11, 1)")
        change.connection.exec_driver_sql(
            "INSERT INTO plan_item (plan_id, kind, words)"
            " SELECT id, 'paragraph', 'Grow' || char(0, 7, 27, 8238) || 'North' FROM plan"
        )
    document = _document(workspace, sample.plan)
    assert documents.pdf("plan", document.data()).startswith(b"%PDF")
