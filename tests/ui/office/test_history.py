"""The history dialog: what an entry changed, and undoing it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from salesdesk.office import people
from ui.office.history import HistoryDialog
from ui.shared.session import Session


def test_an_entry_shows_before_and_after_and_is_undone(qtbot: QtBot, session: Session) -> None:
    manager = session.read(people.person_named, "Wang Min")
    session.work_as(manager.id, manager.name)
    before = {team.name for team in session.read(people.teams)}
    with session.changing("New team") as change:
        people.add_team(change, "North")
    with session.changing("Another") as change:
        people.add_team(change, "South")
    dialog = HistoryDialog(session, None)
    qtbot.addWidget(dialog)
    assert not dialog.undo.isEnabled()
    dialog.table.pick(lambda entry: entry is dialog.table.records.rows[1])
    lines = dialog.altered.records.rows
    assert ("Name", "", "North") in [(line.column, line.before, line.after) for line in lines]
    assert dialog.undo.isEnabled()
    dialog.undo.click()
    assert {team.name for team in session.read(people.teams)} == before | {"South"}


def test_others_changes_can_t_be_undone_by_a_salesperson(qtbot: QtBot, session: Session) -> None:
    manager = session.read(people.person_named, "Wang Min")
    session.work_as(manager.id, manager.name)
    with session.changing("New team") as change:
        people.add_team(change, "North")
    seller = next(person for person in session.read(people.people) if person.role == "salesperson")
    session.work_as(seller.id, seller.name)
    dialog = HistoryDialog(session, None)
    qtbot.addWidget(dialog)
    dialog.table.pick(lambda entry: entry is dialog.table.records.rows[0])
    assert not dialog.undo.isEnabled()
    assert "right" in dialog.note.text()
