"""A kind declared in the tests is in the window too: on the timeline and among the measures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from salesdesk.customers import activities
from salesdesk.office import measures
from salesdesk.planning import measure_words
from salesdesk.records.kinds import Kind
from salesdesk.workspace import Workspace
from tests.offices import STAFF, TODAY
from tests.records.conftest import held
from ui.customers import timeline
from ui.customers.timeline import Noted, TimelineModel
from ui.office.measure_form import MeasureForm
from ui.office.measures import MeasuresDialog
from ui.office.record_dialog import RecordDialog
from ui.preferences import Preferences
from ui.shared.record_form import RecordForm
from ui.shared.session import Session


@pytest.fixture
def session(workspace: Workspace, tmp_path: Path) -> Iterator[Session]:
    session = Session(workspace, Preferences(tmp_path / "preferences.json"), today=TODAY)
    yield session
    workspace.off_change(session._heard)  # the office itself is closed by its own fixture


def test_a_record_is_entered_by_the_form_and_listed(
    qtbot: QtBot, session: Session, training: Kind
) -> None:
    form = RecordForm(session, training, None, None)
    qtbot.addWidget(form)
    form.fields["topic"].setText("rivals")
    form.fields["hours"].setText("1.5")
    form.fields["passed"].set_value(True)
    form.fields["customer_id"].setText("林先生")
    form.fields["note"].setPlainText("Two\nlines")
    form.accept()
    assert form.error.text() == ""
    dialog = RecordDialog(session, "training", None)
    qtbot.addWidget(dialog)
    [record] = dialog.page.table.records.rows
    assert (record.values["hours"], record.values["customer_id"]) == (15, STAFF.lin)
    assert dialog.page.table.as_text([record]).splitlines()[1] == (
        f"{TODAY}\tMax\tRivals\t1.5\t\tTalk\tyes\t林先生\t\tTwo lines"
    )


def test_the_timeline_tells_records_among_contacts_each_once(
    session: Session, training: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "PAGE", 2)
    with session.changing("") as change:
        for day in (3, 5, 9, 9, 12):
            activities.log(
                change, person_id=STAFF.ann, kind="call", customer_id=STAFF.lin,
                at=datetime(2026, 11, day, 10), words=f"Call {day}",
            )  # fmt: skip
    for day in (1, 5, 9, 12, 20):
        held(
            session.workspace, training, topic=f"on {day}", customer_id=STAFF.lin,
            day=date(2026, 11, day), hours=10,
        )  # fmt: skip
    model = TimelineModel(session)
    model.show(STAFF.lin)
    while model.canFetchMore(model.index(-1)):
        model.fetchMore(model.index(-1))
    told = [row.record.values["topic"] if isinstance(row, Noted) else row.words
            for row in model.rows]  # fmt: skip
    assert told == ["On 20", "On 12", "Call 12", "On 9", "Call 9", "Call 9", "On 5", "Call 5",
                    "Call 3", "On 1"]  # fmt: skip
    text = str(model.data(model.index(0)))
    assert text.splitlines() == ["2026-11-20 · training · On 20 · Ann",
                                 "Hours: 1 · Form: Talk · Passed: no"]  # fmt: skip


def test_a_measure_of_records_is_made_in_the_window(
    qtbot: QtBot, session: Session, training: Kind
) -> None:
    form = MeasureForm(session, None, None)
    qtbot.addWidget(form)
    form.name.setText("Taught")
    form.unit.setText("hours")
    form.counts.set_value("training.hours")
    form.accept()
    taught = session.read(measures.measure_with_code, "Taught")
    assert (taught.counts, taught.digits) == ("training.hours", 1)
    dialog = MeasuresDialog(session, None)
    qtbot.addWidget(dialog)
    told = [row for row in session.read(measure_words.told) if row.measure.id == taught.id]
    assert "Hours of training" in dialog.records.table.as_text(told)
