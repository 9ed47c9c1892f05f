"""The quota sheet as it goes out: what stands in it, and that taking it back changes nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesdesk.calc.periods import descendants, month, parse
from salesdesk.errors import InputError, NotFoundError, WriteError
from salesdesk.office import people
from salesdesk.planning import remarks, targets
from salesdesk.planning.places import Place, person, team
from salesdesk.sales import payments
from salesdesk.text import unshowable
from salesdesk.workbooks import quota_sheet
from salesdesk.workbooks.reader import read_workbook
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, place, plan_for, sell, set_targets, staffed_office
from tests.workbooks.quota import HEAD, Page, changes, compared, send, take_back

ANN, BOB, CLEO = person(STAFF.ann), person(STAFF.bob), person(STAFF.cleo)
MONTHS = descendants(parse("2026"), "month")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _cached(path: Path, sheet: int = 0) -> list[list[Any]]:
    """A sheet's values as a viewer shows them that calculates nothing."""
    page = openpyxl.load_workbook(path, data_only=True).worksheets[sheet]
    return [[cell.value for cell in row] for row in page.iter_rows()]


# -- what stands in it -----------------------------------------------------------------------------


def test_the_yearly_sheet_has_a_row_a_person_and_sums_that_are_formulas_with_values(
    workspace: Workspace,
) -> None:
    plan_id = plan_for(workspace)
    set_targets(
        workspace, plan_id,
        {place("2026", ANN): 1_000_00, place("2026-01", ANN): 100_50, place("2026-02", ANN): 200_00,
         place("2026-12", ANN): 7_00, place("2026-01", BOB): 50_00, place("2026-05", CLEO): 9_00},
    )  # fmt: skip
    set_targets(workspace, plan_id, {place("2026", ANN): 2_000_00}, tier="goal")
    path = send(workspace, plan_id)
    rows = _cached(path)
    # The title scrolls with the figures: in the columns that stay it would be cut.
    assert rows[0][0] == "Riverside"
    assert rows[0][3] == "2026 sales plan: Sales amount (yuan), Assigned task by month"
    captions = dict(zip(rows[2], rows[1], strict=True))
    assert captions["Assigned task"] == "2026 (yuan)"
    assert captions["Month 1"] == captions["Month 10"] == "Assigned task (yuan)"
    assert rows[HEAD - 1] == [
        "No.", "Team", "Person", "Assigned task", "Own goal",
        "Month 1", "Month 2", "Month 3", "Q1", "Month 4", "Month 5", "Month 6", "Q2",
        "Month 7", "Month 8", "Month 9", "Q3", "Month 10", "Month 11", "Month 12", "Q4",
        "Sum", "Difference", "_rid",
    ]  # fmt: skip
    none = [None, None, None, 0]
    assert rows[HEAD] == [
        1, "East", "Ann", 1_000, 2_000, 100.5, 200, None, 300.5, *none, *none, None, None, 7, 7,
        307.5, 692.5, f"Y.{measure(workspace).id}/p{STAFF.ann}",
    ]  # fmt: skip
    assert rows[HEAD + 1][:6] == [2, "East", "Bob", None, None, 50]
    totals = [row[1:9] for row in rows[HEAD + 3 :]]
    assert totals == [
        ["East total", None, 1_000, 2_000, 150.5, 200, 0, 350.5],
        ["West total", None, 0, 0, 0, 0, 0, 0],
        ["Total", None, 1_000, 2_000, 150.5, 200, 0, 350.5],
    ]
    formulas = Page(path)
    line = HEAD + 1
    assert formulas.cell("Ann", "Q1").value == f"=SUM(F{line}:H{line})"
    assert str(formulas.cell("Ann", "Sum").value).startswith("=")
    assert str(formulas.sheet.cell(HEAD + 6, 4).value).startswith("=SUM(")


def test_the_monthly_sheet_shows_past_actuals_weeks_and_remarks(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(
        workspace, plan_id, {place("2026-11", ANN): 1_000_00, place("2026-11-W1", ANN): 400_00}
    )
    set_targets(workspace, plan_id, {place("2026-11", ANN): 4_00}, code="units")
    sell(workspace, 500_00, date(2026, 10, 2))
    sell(workspace, 300_00, date(2025, 11, 2))
    sold = sell(workspace, 800_00, date(2026, 11, 2), shares={STAFF.ann: 5_000, STAFF.bob: 5_000})
    with workspace.change("Pay and remark") as change:
        payments.add_payment(change, sold, 100_00, paid_on=date(2026, 11, 3))
        remarks.set_remarks(
            change, plan_id, measure(workspace).id,
            {place("2026-11", ANN): remarks.Words("=Snow", "Call")},
        )  # fmt: skip
    rows = _cached(send(workspace, plan_id, month=month(2026, 11)))
    heads = rows[HEAD - 1]
    ann = dict(zip(heads, rows[HEAD], strict=True))
    assert {key: value for key, value in ann.items() if key not in ("No.", "Team", "_rid")} == {
        "Person": "Ann",
        "Last month actual": 500,
        "Same month last year": 300,
        "Target Units sold (pieces)": 4,
        "Target Sales amount (yuan)": 1_000,
        "Target Profit (yuan)": None,
        "Week 1": 400, "Week 2": None, "Week 3": None, "Week 4": None,
        "Left after weeks": 600,
        "Contracts": 0.5,
        "Collections": 50,
        "Actual": 400,
        "Attainment": 0.4,
        "Difference": -600,
        "Reason": "=Snow",
        "Countermeasure": "Call",
    }  # fmt: skip
    bob = dict(zip(heads, rows[HEAD + 1], strict=True))
    assert (bob["Actual"], bob["Attainment"], bob["Difference"]) == (400, None, 400)


def test_identity_travels_hidden_and_unlocked(workspace: Workspace) -> None:
    path = send(workspace, plan_for(workspace))
    page = Page(path)
    column = page.sheet.column_dimensions[page.sheet.cell(HEAD, page.columns["_rid"]).column_letter]
    assert column.hidden
    assert not page.cell("Ann", "_rid").protection.locked
    assert not page.sheet.protection.sheet
    assert [worksheet.sheet_state for worksheet in page.book.worksheets] == [
        "visible",
        "visible",
        "hidden",
    ]
    assert page.book.custom_doc_props["SalesDeskExport"].value
    assert page.sheet.page_setup.orientation == "landscape"
    assert page.sheet.freeze_panes == f"D{HEAD + 1}"


def test_a_sheet_for_each_measure_that_has_targets(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026", ANN): 1_00})
    set_targets(workspace, plan_id, {place("2026", ANN): 5}, code="calls")
    names = [sheet.name for sheet in read_workbook(send(workspace, plan_id)) if sheet.visible]
    assert names == ["Yearly plan Sales amount", "Yearly plan Calls", "How to fill in"]


def test_a_team_s_plan_goes_to_its_people_and_a_person_s_to_that_person(
    workspace: Workspace,
) -> None:
    for who, names in ((team(STAFF.west), ["Cleo"]), (BOB, ["Bob"])):
        path = send(workspace, plan_for(workspace, who=who))
        rows = _cached(path)
        assert [row[2] for row in rows[HEAD:] if row[2]] == names


def test_what_can_t_go_out_is_refused(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    with pytest.raises(NotFoundError):
        send(workspace, 99)
    with pytest.raises(InputError, match="isn't part of the plan"):
        send(workspace, plan_id, month=month(2027, 1))
    empty = plan_for(workspace, who=team(STAFF.west))
    with workspace.change("Leave") as change:
        people.edit_person(change, STAFF.cleo, seen_version=1, left_on=date(2026, 1, 1))
    with pytest.raises(InputError, match="nobody"):
        send(workspace, empty)
    with pytest.raises(WriteError, match="can't be written"):
        quota_sheet.export(workspace, plan_id, workspace.path.parent / "no" / "such.xlsx")


def test_an_export_that_is_cancelled_leaves_no_file_and_is_not_remembered(
    workspace: Workspace,
) -> None:
    def cancel(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    plan_id = plan_for(workspace)
    with workspace.change("Hire") as change:
        for number in range(400):
            people.add_person(change, f"Person {number}", team_id=STAFF.east)
    with pytest.raises(KeyboardInterrupt):
        send(workspace, plan_id, progress=cancel)
    assert {path.name for path in workspace.path.parent.iterdir()} <= {
        "small.office", "small.office-wal", "small.office-shm",
    }  # fmt: skip


# -- out and back ----------------------------------------------------------------------------------

cents = st.integers(0, 10**11)
people_ids = st.sampled_from([STAFF.ann, STAFF.bob, STAFF.cleo])
product_ids = st.sampled_from([STAFF.laptop, STAFF.tower])
# What texts.need_writable takes: a sheet holds what an office holds.
words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Mn", "Me"]), max_size=30
).map(lambda text: "".join(sign for sign in text if not unshowable(sign)))


@given(
    st.dictionaries(st.tuples(people_ids, st.none() | product_ids, st.integers(0, 12)), cents),
    st.dictionaries(st.tuples(people_ids, st.integers(0, 12)), cents, max_size=5),
    st.sets(people_ids),
    st.booleans(),
)
@settings(max_examples=8)
def test_any_yearly_grid_comes_back_unchanged(
    assigned: dict[tuple[int, int | None, int], int],
    goals: dict[tuple[int, int], int],
    locked: set[int],
    with_products: bool,
) -> None:
    periods = [parse("2026"), *MONTHS]
    with tempfile.TemporaryDirectory() as folder, staffed_office(Path(folder)) as workspace:
        plan_id, amount = plan_for(workspace), measure(workspace)
        wanted: dict[Place, int | None] = {
            Place(person(who, product), periods[at]): value
            for (who, product, at), value in assigned.items()
        }
        set_targets(workspace, plan_id, wanted)
        set_targets(
            workspace, plan_id,
            {Place(person(who), periods[at]): value for (who, at), value in goals.items()},
            tier="goal",
        )  # fmt: skip
        with workspace.change("Lock") as change:
            places = [place for place in wanted if place.who.person_id in locked]
            targets.set_locked(change, plan_id, amount.id, "assigned", places, True)
        path = send(workspace, plan_id, measure_ids=[amount.id], with_products=with_products)
        comparison = compared(workspace, path)
        assert comparison.nothing_to_do
        assert comparison.office_changed == []
        assert comparison.new_rows == comparison.missing_rows == []


@given(
    st.dictionaries(st.tuples(people_ids, st.integers(0, 4)), cents, max_size=8),
    st.dictionaries(people_ids, st.tuples(words, words), max_size=3),
)
@settings(max_examples=8)
def test_any_monthly_grid_and_any_words_come_back_unchanged(
    weeks: dict[tuple[int, int], int], said: dict[int, tuple[str, str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder, staffed_office(Path(folder)) as workspace:
        plan_id, amount = plan_for(workspace), measure(workspace)
        places = [parse("2026-11"), *descendants(parse("2026-11"), "week")]
        set_targets(
            workspace, plan_id,
            {Place(person(who), places[at]): value for (who, at), value in weeks.items()},
        )  # fmt: skip
        with workspace.change("Remark") as change:
            remarks.set_remarks(
                change, plan_id, amount.id,
                {
                    place("2026-11", person(who)): remarks.Words(one, other)
                    for who, (one, other) in said.items()
                },
            )  # fmt: skip
        comparison = compared(workspace, send(workspace, plan_id, month=month(2026, 11)))
        assert comparison.nothing_to_do
        assert comparison.office_changed == []
        assert comparison.new_rows == comparison.missing_rows == []


def _as_written(value: int, way: int) -> Any:
    """The cents as somebody may type them."""
    yuan = value / 100
    return [
        yuan,
        f"{yuan:,.2f}",
        f" {yuan:.2f} ",
        f"￥{yuan:,.2f}".translate(str.maketrans("0123456789.", "０１２３４５６７８９．")),
        f"{value // 100}.{value % 100:02}元",
        f"{value / 1_000_000:.6f}万",
    ][way]


@given(
    st.dictionaries(st.tuples(people_ids, st.integers(0, 13)), cents, max_size=10),
    st.dictionaries(
        st.tuples(people_ids, st.integers(0, 13)),
        st.none() | st.tuples(st.integers(0, 10**9), st.integers(0, 5)),
        max_size=10,
    ),
    st.permutations([0, 1, 2]),
)
@settings(max_examples=8)
def test_any_edits_come_back_as_exactly_those_edits(
    start: dict[tuple[int, int], int],
    edits: dict[tuple[int, int], tuple[int, int] | None],
    order: list[int],
) -> None:
    slots = [("assigned", parse("2026")), ("goal", parse("2026"))]
    slots += [("assigned", one) for one in MONTHS]
    headings = ["Assigned task", "Own goal", *(f"Month {number}" for number in range(1, 13))]
    names = {STAFF.ann: "Ann", STAFF.bob: "Bob", STAFF.cleo: "Cleo"}
    with tempfile.TemporaryDirectory() as folder, staffed_office(Path(folder)) as workspace:
        plan_id = plan_for(workspace)
        for tier in ("assigned", "goal"):
            values = {
                Place(person(who), slots[at][1]): value
                for (who, at), value in start.items()
                if slots[at][0] == tier
            }
            set_targets(workspace, plan_id, values, tier=tier)
        path = send(workspace, plan_id, measure_ids=[measure(workspace).id])
        page = Page(path)
        expected = {}
        for (who, at), edit in edits.items():
            tier, period = slots[at]
            new = None if edit is None else edit[0]
            shown = "-" if edit is None else _as_written(*edit)
            page.set(names[who], headings[at], shown)
            if new != start.get((who, at)):
                expected[Place(person(who), period), tier] = new
        page.reorder(order)
        page.save()
        comparison = compared(workspace, path)
        assert comparison.errors == []
        deleted = {(d.place, d.slot.tier): d.sheet_value for d in comparison.deletions}
        assert set(deleted.values()) <= {None}
        assert changes(comparison) | deleted == expected
        assert comparison.conflicts == comparison.office_changed == []
        history = len(workspace.history())
        marked = {(d.sheet, d.cell) for d in comparison.deletions}
        assert take_back(workspace, path, deletions=marked) == len(expected)
        assert len(workspace.history()) == history + bool(expected)
        again = compared(workspace, path)
        assert again.nothing_to_do
        assert take_back(workspace, path) == 0
        if expected:
            workspace.undo()
            again = compared(workspace, path)
            assert (
                changes(again) | {(d.place, d.slot.tier): None for d in again.deletions} == expected
            )


def test_a_sheet_an_office_no_longer_remembers_is_read_by_what_it_carries(
    workspace: Workspace,
) -> None:
    """As when an older backup was restored in the meantime."""
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026", ANN): 100_00, place("2026-03", BOB): 7_00})
    copy = workspace.back_up()
    path = send(workspace, plan_id)
    page = Page(path)
    page.set("Ann", "Month 3", 5)
    page.save()
    with Workspace.open(copy) as restored:
        restored.work_as(STAFF.max, "Max")
        comparison = compared(restored, path)
        assert changes(comparison) == {(place("2026-03", ANN), "assigned"): 5_00}
        assert take_back(restored, path) == 1


def test_progress_is_told_up_to_the_last_row(workspace: Workspace) -> None:
    told: list[tuple[int, int]] = []
    with workspace.change("Hire") as change:
        for number in range(450):
            people.add_person(change, f"Person {number}", team_id=STAFF.east)
    quota_sheet.export(
        workspace, plan_for(workspace), workspace.path.with_name("a.xlsx"),
        progress=lambda done, of: told.append((done, of)),
    )  # fmt: skip
    assert told
    assert told == sorted(told)
    assert {of for _done, of in told} == {453}
