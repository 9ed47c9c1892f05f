"""A small change costs the Plan tab what shows it, and nothing where it can't be seen."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.customers import activities
from salesdesk.office import measures
from salesdesk.planning import plans, remarks, targets
from salesdesk.planning.places import Place, person
from tests.sample import Sample
from tests.statements import statements
from tests.ui.counted import Counted
from tests.ui.planning.conftest import Plan6, Settle
from ui.planning.remarks_page import RemarksPage
from ui.planning.tab import PlanningTab
from ui.planning.targets_page import TargetsPage
from ui.shared.session import Session

#: What the lines above the pages and the list read, once for each change that they tell of.
_NESTING = ("nesting_strip._read", "next_plan.offered")


@pytest.fixture
def counted(office: Session, monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(office, monkeypatch)


def _set(office: Session, plan_id: int, who: int, month: str, value: int) -> None:
    amount = office.read(measures.measure_with_code, "amount")
    with office.changing("Set") as change:
        place = Place(person(who), parse(month))
        targets.set_values(change, plan_id, amount.id, "assigned", {place: value})


def _call(office: Session, sample: Sample, day: date) -> None:
    with office.changing("Log") as change:
        activities.log(
            change, person_id=sample.zhang, customer_id=None, kind="call", words="No",
            at=datetime.combine(day, time(9)),
        )  # fmt: skip


def _settled(tab: PlanningTab, settle: Settle, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not tab._settle.isActive(), timeout=20_000)
    settle()


def test_a_target_set_elsewhere_comes_into_the_grid_alone(
    page: TargetsPage, tab: PlanningTab, office: Session, sample: Sample, counted: Counted,
    settle: Settle, qtbot: QtBot,
) -> None:  # fmt: skip
    counted.watch(page.model)
    place = Place(person(sample.zhang), parse("2026-11"))
    counted.forget()
    _set(office, sample.plan, sample.zhang, "2026-11", 12_345_00)
    assert page.model.grid is not None
    assert page.model.grid.value(*place) == 12_345_00
    office.workspace.undo()
    assert page.model.grid.value(*place) != 12_345_00
    _settled(tab, settle, qtbot)
    # The grid isn't read again; of attainment only this plan's, once for both.
    assert counted.readers.count("targets.rows_at") == 2
    assert "grid.read" not in counted.readers
    assert counted.readers.count("standing.standings") == 1
    assert "plans.plans" not in counted.readers
    assert counted.anew == 0


def test_what_the_grid_doesnt_show_costs_it_nothing(
    plan_6: Plan6, page: TargetsPage, tab: PlanningTab, office: Session, sample: Sample,
    counted: Counted, settle: Settle, qtbot: QtBot,
) -> None:  # fmt: skip
    counted.forget()
    _set(office, plan_6.plan_id, sample.zhang, "2026-11", 1_00)
    _settled(tab, settle, qtbot)
    # The office's plan shows what its parts add up to, of which this is one.
    assert [name for name in counted.readers if name not in _NESTING] == [
        "measures.measure_with_code", "standing.standings"
    ]  # fmt: skip
    assert counted.readers.count("nesting_strip._read") == 1
    counted.forget()
    _call(office, sample, date(2026, 11, 24))  # plans are judged by amounts
    _settled(tab, settle, qtbot)
    assert counted.readers == []
    plan = office.read(plans.plan_by_id, plan_6.plan_id)
    counted.forget()
    with office.changing("Rename") as change:
        plans.rename(change, plan.id, seen_version=plan.version, title="Other")
    _settled(tab, settle, qtbot)
    assert [
        name for name in counted.readers
        if not name.startswith("plan_rules") and name not in _NESTING
    ] == ["plans.plans"]  # fmt: skip
    assert "Other" in [line.plan.title for line in tab.table.records.rows]


def test_attainment_is_read_in_as_many_statements_however_many_plans(
    tab: PlanningTab, office: Session, sample: Sample, settle: Settle, qtbot: QtBot
) -> None:
    from salesdesk.planning import standing

    counts = []
    for number in (1, 6):
        with office.changing("Plans") as change:
            for month in range(1, number + 1):
                period = parse(f"2026-{month:02}")
                plan_id = plans.new_plan(
                    change, title=f"{number} {month}", period=period, who=person(sample.zhang)
                )
                amount = measures.measure_with_code(change.connection, "amount")
                cell = {Place(person(sample.zhang), period): 100_00}
                targets.set_values(change, plan_id, amount.id, "assigned", cell)
        _settled(tab, settle, qtbot)
        with statements() as sent:
            found = office.read(standing.standings, office.today)
        counts.append((len(found), len(sent)))
    assert counts[1][0] == counts[0][0] + 6
    assert counts[1][1] == counts[0][1]


def test_a_remark_stands_in_the_review_without_its_being_reckoned_again(
    tab: PlanningTab, office: Session, sample: Sample, counted: Counted, settle: Settle,
    qtbot: QtBot,
) -> None:  # fmt: skip
    tab.select_plan(sample.plan)
    page = tab.show_page("remarks")
    assert isinstance(page, RemarksPage)
    _settled(tab, settle, qtbot)
    line = page.table.records.rows[0]
    counted.forget()
    with office.changing("Explain") as change:
        place = Place(line.who, parse("2026-10"))
        words = remarks.Words()._replace(reason="Rain")
        remarks.set_remarks(change, sample.plan, line.measure.id, {place: words})
    assert page.table.records.rows[0].reason == "Rain"
    assert counted.readers == ["remarks.remarks"]
    counted.forget()
    with office.changing("Explain") as change:
        place = Place(line.who, parse("2026-09"))
        remarks.set_remarks(change, sample.plan, line.measure.id, {place: words})
    _call(office, sample, date(2026, 10, 8))  # of October, but no amount
    _settled(tab, settle, qtbot)
    assert counted.readers == []


def test_actuals_in_the_grid_follow_what_is_sold(
    page: TargetsPage, office: Session, sample: Sample, counted: Counted, settle: Settle
) -> None:
    assert "deal" not in page.tables
    page.actuals.setChecked(True)
    settle()
    assert {"deal", "deal_share"} <= set(page.tables)
    assert "activity" not in page.tables


def test_a_hidden_tab_reads_once_when_it_comes_up(
    tab: PlanningTab, office: Session, sample: Sample, counted: Counted, settle: Settle,
    qtbot: QtBot,
) -> None:  # fmt: skip
    tab.hide()
    counted.forget()
    for value in (1_00, 2_00):
        _set(office, sample.plan, sample.zhang, "2026-11", value)
    QApplication.processEvents()
    assert counted.readers == ["measures.measure_with_code"] * 2
    tab.show()
    _settled(tab, settle, qtbot)
    assert counted.readers.count("plans.plans") == 1
    assert counted.readers.count("standing.standings") == 1
