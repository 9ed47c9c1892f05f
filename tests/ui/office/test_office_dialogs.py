"""The Office menu: each dialog shows what there is and changes it by one undoable change."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.office import calendar, measures, people, settings
from salesdesk.planning import causes
from salesdesk.sales import floors
from ui.office.calendar import CalendarDialog, DayForm, YearForm
from ui.office.causes import CauseForm, CausesDialog
from ui.office.history import HistoryDialog
from ui.office.measure_form import MeasureForm
from ui.office.measures import MeasuresDialog, OfferedDialog
from ui.office.people import PeopleDialog, PersonForm, TeamForm
from ui.office.rules import RulesDialog
from ui.shared.session import Session

ACCEPTED = QDialog.DialogCode.Accepted


def test_a_new_person_appears_and_undo_takes_them_away(qtbot: QtBot, session: Session) -> None:
    dialog = PeopleDialog(session, None)
    qtbot.addWidget(dialog)
    before = len(dialog.people.table.records.rows)
    form = PersonForm(session, None, dialog)
    form.name.setText("Zhao Wu")
    form.role.set_value("assistant")
    form.accept()
    assert form.result() == ACCEPTED
    assert len(dialog.people.table.records.rows) == before + 1
    assert session.workspace.undo() == "New person Zhao Wu"
    assert len(dialog.people.table.records.rows) == before


def test_the_last_manager_cannot_leave(qtbot: QtBot, session: Session) -> None:
    manager = session.read(people.person_named, "Wang Min")
    form = PersonForm(session, manager, None)
    qtbot.addWidget(form)
    form.left.set_value(session.today)
    form.accept()
    assert form.result() != ACCEPTED
    assert "manager" in form.error.text()
    assert session.read(people.person_named, "Wang Min").active


def test_a_taken_team_name_is_refused(qtbot: QtBot, session: Session) -> None:
    form = TeamForm(session, None, None)
    qtbot.addWidget(form)
    form.name.setText("Team One")
    form.accept()
    assert "Team One" in form.error.text()


def test_a_person_edited_by_somebody_else_is_not_overwritten(
    qtbot: QtBot, session: Session
) -> None:
    form = PersonForm(session, session.read(people.person_named, "Li Si"), None)
    qtbot.addWidget(form)
    li = session.read(people.person_named, "Li Si")
    with session.changing("Edit person") as change:
        people.edit_person(change, li.id, seen_version=li.version, phone="13900000000")
    form.phone.setText("13800000000")
    form.accept()
    assert form.result() != ACCEPTED
    assert session.read(people.person_named, "Li Si").phone == "13900000000"


def test_an_own_measure_is_added_and_a_standard_one_put_out_of_use(
    qtbot: QtBot, session: Session
) -> None:
    form = MeasureForm(session, None, None)
    qtbot.addWidget(form)
    form.name.setText("Leaflets")
    form.unit.setText("pieces")
    form.accept()
    assert session.read(measures.measure_with_code, "Leaflets").counts == "hand"
    visits = session.read(measures.measure_with_code, "visits")
    edit = MeasureForm(session, visits, None)
    qtbot.addWidget(edit)
    edit.active.set_value(False)
    edit.accept()
    assert not session.read(measures.measure_with_code, "visits").active


def test_a_measure_of_some_products_is_made_shown_and_narrowed_otherwise(
    qtbot: QtBot, session: Session
) -> None:
    dialog = MeasuresDialog(session, None)
    qtbot.addWidget(dialog)
    form = MeasureForm(session, None, dialog)
    form.show()
    form.name.setText("Shops sold")
    form.unit.setText("shops")
    form.counts.set_value("calls")
    assert not form.ticks["categories"].isVisible()
    form.counts.set_value("units")
    assert form.ticks["categories"].isVisible()
    assert not form.ticks["kinds"].isVisible()
    assert list(form.ticks["categories"].boxes) == ["Flats", "Shops"]
    form.ticks["categories"].boxes["Shops"].setChecked(True)
    form.accept()
    assert form.result() == ACCEPTED
    stored = session.read(measures.measure_with_code, "Shops sold")
    assert (stored.counts, stored.among.categories) == ("units", ("Shops",))
    assert dialog.records.table.pick(lambda row: row.measure.id == stored.id)
    row = dialog.records.table.current()
    assert row is not None
    assert row.words.endswith("only: Product categories: Shops")
    edit = MeasureForm(session, stored, dialog)
    edit.ticks["categories"].boxes["Flats"].setChecked(True)
    edit.accept()
    stored = session.read(measures.measure_with_code, "Shops sold")
    assert stored.among.categories == ("Flats", "Shops")


def test_a_ratio_is_made_of_two_measures(qtbot: QtBot, session: Session) -> None:
    form = MeasureForm(session, None, None)
    qtbot.addWidget(form)
    form.name.setText("Visits a call")
    form.unit.setText("%")
    form.counts.set_value("ratio")
    code = {one.id: one.code for one in session.read(measures.measures, active_only=False)}
    number = {name: key for key, name in code.items()}
    form.numerator.set_value(number["visits"])
    form.denominator.set_value(number["visits"])
    form.accept()
    assert "divided by itself" in form.error.text()
    form.denominator.set_value(number["calls"])
    form.accept()
    stored = session.read(measures.measure_with_code, "Visits a call")
    assert (stored.nature, stored.digits) == ("ratio", 2)


def test_a_measure_of_the_list_is_taken_and_leaves_the_list(qtbot: QtBot, session: Session) -> None:
    dialog = OfferedDialog(session, None)
    qtbot.addWidget(dialog)
    table = dialog.records.table
    assert table.pick(lambda row: row.offered.code == "margin")
    row = table.current()
    assert row is not None
    assert row.words == "Profit / Sales amount"
    table.opened.emit(row)
    assert session.read(measures.measure_with_code, "margin").active
    assert not table.pick(lambda row: row.offered.code == "margin")
    assert session.workspace.undo() == "New measure Margin"
    assert table.pick(lambda row: row.offered.code == "margin")


def test_the_rules_are_read_and_stored(qtbot: QtBot, session: Session) -> None:
    dialog = RulesDialog(session, None)
    qtbot.addWidget(dialog)
    dialog.basis.set_value("collection")
    dialog.cadence["A"].setValue(3)
    dialog.weights[6].setValue(0)
    dialog.discounts["salesperson"].setText("2.5")
    dialog.accept()
    assert session.read(floors.discount_limits) == {"salesperson": 250}
    now = session.read(settings.read)
    assert (now.basis, now.cadence["A"], now.weekday_weights[6]) == ("collection", 3, 0)


def test_a_day_is_set_and_given_back_to_its_weekday(qtbot: QtBot, session: Session) -> None:
    dialog = CalendarDialog(session, None)
    qtbot.addWidget(dialog)
    form = DayForm(session, calendar.SpecialDay(date(2026, 11, 28), True, "", False), dialog)
    form.name.setText("Opening day")
    form.accept()
    assert dialog.records.table.pick(lambda day: day.day == date(2026, 11, 28))
    assert session.workspace.undo() == "Working calendar: 2026-11-28"
    assert not dialog.records.table.pick(lambda day: day.day == date(2026, 11, 28))


def test_the_provisional_year_says_so_until_the_announced_one_is_entered(
    qtbot: QtBot, session: Session
) -> None:
    dialog = CalendarDialog(session, None)
    qtbot.addWidget(dialog)
    dialog.year.set_value(2027)
    assert "statutory" in dialog.provisional.text()
    form = YearForm(session, 2027, dialog)
    form.lines.setPlainText("2027-02-05 休 Spring Festival\n2027/02/20 work")
    form.accept()
    assert form.result() == ACCEPTED
    days = session.read(calendar.days, 2027)
    assert [(day.day, day.working) for day in days] == [
        (date(2027, 2, 5), False),
        (date(2027, 2, 20), True),
    ]
    assert not session.read(calendar.has_provisional, 2027)


@pytest.mark.parametrize(
    "line", ["2027-13-01 off", "2027-02-05", "tomorrow off", "2027-02-05 maybe"]
)
def test_a_line_that_is_no_day_is_named(qtbot: QtBot, session: Session, line: str) -> None:
    form = YearForm(session, 2027, None)
    qtbot.addWidget(form)
    before = session.read(calendar.days, 2027)
    form.lines.setPlainText(f"2027-01-01 off\n{line}")
    form.accept()
    assert "Line 2" in form.error.text()
    assert session.read(calendar.days, 2027) == before


def test_the_history_lists_changes_newest_first_and_marks_undone_ones(
    qtbot: QtBot, session: Session
) -> None:
    with session.changing("New team") as change:
        people.add_team(change, "Team Two")
    session.workspace.undo()
    dialog = HistoryDialog(session, None)
    qtbot.addWidget(dialog)
    shown = [(entry.label, entry.kind, entry.undone) for entry in dialog.table.records.rows]
    assert shown == [("New team Team Two", "undo", False), ("New team Team Two", "do", True)]


def test_models_of_the_office_dialogs_keep_qts_rules(
    qtbot: QtBot, qtmodeltester: ModelTester, session: Session
) -> None:
    dialog = MeasuresDialog(session, None)
    qtbot.addWidget(dialog)
    qtmodeltester.check(dialog.records.table.records, force_py=True)


def test_the_causes_of_a_miss_are_the_offices_own(session: Session, qtbot: QtBot) -> None:
    dialog = CausesDialog(session, None)
    qtbot.addWidget(dialog)
    dialog.show()
    table = dialog.records.table
    offered = [cause.name for cause in table.records.rows]
    assert "Target set too high" in offered
    assert session.read(causes.causes)[0].id == 0  # looking at the list enters nothing
    form = CauseForm(session, table.records.rows[-1], dialog)
    qtbot.addWidget(form)
    form.name.setText("Target far too high")
    form.accept()
    form = CauseForm(session, None, dialog)
    qtbot.addWidget(form)
    form.name.setText("Roadworks")
    form.accept()
    assert [cause.name for cause in table.records.rows] == [
        *offered[:-1], "Target far too high", "Roadworks",
    ]  # fmt: skip
    form = CauseForm(session, table.records.rows[-1], dialog)
    qtbot.addWidget(form)
    form.active.setChecked(False)
    form.accept()
    assert not table.records.rows[-1].active
    form = CauseForm(session, None, dialog)
    qtbot.addWidget(form)
    form.name.setText("roadworks")
    form.accept()
    assert "exists already" in form.error.text()
