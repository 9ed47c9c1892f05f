"""Splitting, balancing and catching up from the grid."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import parse
from salesdesk.office import measures
from salesdesk.planning import targets
from salesdesk.planning.places import OFFICE, Place, person, team
from tests.sample import Sample
from tests.ui.planning.conftest import Settle
from tests.ui.planning.grid_keys import (
    go_to,
    split_dialog,
    text_at,
    yuan_of,
)
from ui.planning.percent_table import PercentModel
from ui.planning.targets_page import TargetsPage
from ui.shared.session import Session


def test_a_split_over_months_keeps_what_is_locked_and_is_one_undo(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    go_to(page, person(sample.zhang), "2026-10")
    page.toggle_lock()
    settle()
    form = split_dialog(page, qtbot, person(sample.zhang), "2026")
    assert form.total.text() == "2,400,000"
    form.way.set_value("equal")
    form.accept()
    qtbot.waitUntil(lambda: form.result() == 1)
    settle()
    months = [f"2026-{month:02}" for month in range(1, 13)]
    found = yuan_of(office, sample, person(sample.zhang), *months)
    assert found[9] == 250_000
    assert sum(value or 0 for value in found) == 2_400_000
    assert text_at(page, person(sample.zhang), "2026-01") == f"{found[0]:,}"
    assert office.workspace.undo() == (
        "Split targets of 2026 销售计划: Sales amount, 15 periods, 张三"
    )
    assert yuan_of(office, sample, person(sample.zhang), "2026-01") == [None]


def test_a_sum_can_be_split_after_it_is_written_into_the_dialog(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    form = split_dialog(page, qtbot, team(1), "2026-10")
    assert form.total.text() == "400,000"  # the sum of its people
    form.total.setText("50万")
    form.along.set_value("people")
    form.accept()
    qtbot.waitUntil(lambda: form.result() == 1)
    # 250,000 and 150,000 before: the proportions stay unless another way is chosen.
    assert yuan_of(office, sample, person(sample.zhang), "2026-10") == [312_500]
    assert yuan_of(office, sample, person(sample.li), "2026-10") == [187_500]
    assert yuan_of(office, sample, team(1), "2026-10") == [500_000]


def test_several_targets_are_split_as_one_change(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    li, wang = person(sample.li), person(sample.wang)
    with office.changing("Set") as change:
        amount = measures.measure_with_code(change.connection, "amount")
        cells: dict[Place, int | None] = {
            Place(li, parse("2026-Q3")): 300_00, Place(wang, parse("2026-Q3")): 600_00,
        }  # fmt: skip
        targets.set_values(change, sample.plan, amount.id, "assigned", cells)
    settle()
    go_to(page, li, "2026-Q3")
    at = page.model.find(Place(wang, parse("2026-Q3")))
    assert at is not None
    page.table.selectionModel().select(
        page.model.index(*at), QItemSelectionModel.SelectionFlag.Select
    )
    form = page.split_form()
    assert form is not None
    qtbot.addWidget(form)
    assert form.places == [Place(li, parse("2026-Q3")), Place(wang, parse("2026-Q3"))]
    form.way.set_value("equal")
    form.accept()
    qtbot.waitUntil(lambda: form.result() == 1)
    months = ("2026-07", "2026-08", "2026-09")
    assert yuan_of(office, sample, li, *months) == [100, 100, 100]
    assert yuan_of(office, sample, wang, *months) == [200, 200, 200]
    assert office.workspace.undo() == (
        "Split targets of 2026 销售计划: Sales amount, 2026-07 to 2026-09, 2 people"
    )
    assert yuan_of(office, sample, wang, *months) == [None, None, None]


def test_own_percentages_must_make_100(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    form = split_dialog(page, qtbot, OFFICE, "2026")
    form.to.set_value("quarter")
    form.way.set_value("percent")
    parts = form.percent.parts
    assert parts.hundredths == [2_500] * 4
    for row, text in enumerate(("10", "20%", "30", "30")):
        assert parts.setData(parts.index(row, 1), text)
    assert form.percent.sum.text() == "Sum 90% · 10% to 100"
    form.accept()
    qtbot.waitUntil(lambda: "not to 100" in form.error.text())
    assert form.result() != 1
    parts.setData(parts.index(3, 1), "40")
    form.accept()
    qtbot.waitUntil(lambda: form.result() == 1)
    quarters = [f"2026-Q{number}" for number in range(1, 5)]
    assert yuan_of(office, sample, OFFICE, *quarters) == [480_000, 960_000, 1_440_000, 1_920_000]


def test_a_split_is_rounded_to_what_is_typed(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample
) -> None:
    # 2,400,000 in equal quarters is 600,000 each; in steps of 500,000 one of them carries 900,000.
    form = split_dialog(page, qtbot, person(sample.zhang), "2026")
    form.to.set_value("quarter")
    form.way.set_value("equal")
    form.show()
    form.rounding.setFocus()
    qtbot.keyClicks(form.rounding, "500,000")
    qtbot.keyClick(form.rounding, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form.result() == 1)
    quarters = yuan_of(
        office, sample, person(sample.zhang), *(f"2026-Q{number}" for number in range(1, 5))
    )
    assert sorted(value or 0 for value in quarters) == [500_000, 500_000, 500_000, 900_000]


def test_a_split_over_people_goes_on_over_months(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    form = split_dialog(page, qtbot, OFFICE, "2026")
    form.along.set_value("people")
    form.then.set_value("month")
    form.accept()
    qtbot.waitUntil(lambda: form.result() == 1)
    settle()
    months = [f"2026-{month:02}" for month in range(1, 13)]
    found = yuan_of(office, sample, person(sample.wang), *months)
    assert sum(value or 0 for value in found) == 1_600_000
    assert page.model.grid is not None
    below = [gap for gap in page.model.grid.all_gaps() if gap.axis == "people"]
    assert below == []


def test_locked_cells_above_the_target_are_refused_in_the_dialog(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    go_to(page, person(sample.zhang), "2026-10")
    page.toggle_lock()
    settle()
    form = split_dialog(page, qtbot, person(sample.zhang), "2026")
    form.total.setText("1000")
    form.accept()
    qtbot.waitUntil(lambda: "exceed" in form.error.text())
    assert yuan_of(office, sample, person(sample.zhang), "2026") == [2_400_000]


def test_the_models_of_percentages_are_sound(qtmodeltester: ModelTester) -> None:
    model = PercentModel()
    model.show(["a", "b", "c"])
    assert sum(model.hundredths) == 10_000
    qtmodeltester.check(model, force_py=True)
    assert not model.setData(model.index(0, 1), "many")
    assert not model.setData(model.index(0, 1), "-3")


def test_rebalance_makes_the_parts_sum_again_and_says_so_before(
    qtbot: QtBot, page: TargetsPage, office: Session, sample: Sample, settle: Settle
) -> None:
    with office.changing("Set") as change:
        amount = measures.measure_with_code(change.connection, "amount")
        cells: dict[Place, int | None] = {
            Place(person(sample.wang), parse(key)): value * 100
            for key, value in {"2026-Q1": 900, "2026-01": 100, "2026-02": 200}.items()
        }
        targets.set_values(change, sample.plan, amount.id, "assigned", cells)
    settle()
    go_to(page, person(sample.wang), "2026-Q1")
    form = page.rebalance_form()
    assert form is not None
    qtbot.addWidget(form)
    with qtbot.waitSignal(form.effect.shown):
        form.show()
    assert form.way.value() == "time"
    assert form.effect.summary.text() == (
        "3 cells change, 2 of them have targets already; gaps: 5 before, 4 after."
    )
    form.accept()
    qtbot.waitUntil(lambda: form.result() == 1)
    months = ("2026-01", "2026-02", "2026-03")
    assert yuan_of(office, sample, person(sample.wang), *months) == [300, 600, 0]
    assert office.workspace.undo() == (
        "Rebalance targets of 2026 销售计划: Sales amount, 2026-01 to 2026-03, 王五"
    )


def test_catching_up_where_nothing_remains_says_so_below_the_grid(
    page: TargetsPage, sample: Sample
) -> None:
    go_to(page, person(sample.zhang), "2026-10")
    page.catch_up()
    assert page.status.text() == "Nothing is left of 2026-10 to catch up in."


# -- keeping in step -------------------------------------------------------------------------------
