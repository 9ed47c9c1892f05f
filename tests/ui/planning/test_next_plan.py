"""The notice at the turn of a month: what is due, and one click that makes it."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import month
from salesdesk.planning import plans
from salesdesk.planning.places import OFFICE
from salesdesk.planning.plans import Plan
from tests.ui.planning.conftest import Settle
from ui.planning.tab import PlanningTab
from ui.shared.session import Session


def _october(office: Session) -> int:
    with office.changing("Plan") as change:
        return plans.new_plan(change, title="十月计划", period=month(2026, 10), who=OFFICE)


def _plans(office: Session) -> list[Plan]:
    return office.read(plans.plans)


def test_one_click_makes_the_next_plan_and_shows_it(
    qtbot: QtBot, tab: PlanningTab, office: Session, settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    _october(office)
    monkeypatch.setattr(Session, "today", property(lambda _session: date(2026, 10, 20)))
    tab.next_plans.refresh()
    assert tab.next_plans.offers == []
    assert not tab.next_plans.findChildren(QPushButton)
    monkeypatch.setattr(Session, "today", property(lambda _session: date(2026, 10, 30)))
    tab.next_plans.refresh()
    words = " ".join(one.text() for one in tab.next_plans.findChildren(QLabel))
    assert "十月计划" in words
    (make,) = tab.next_plans.findChildren(QPushButton)
    qtbot.mouseClick(make, Qt.MouseButton.LeftButton)
    settle()
    assert tab.plan is not None
    assert (tab.plan.title, tab.plan.period) == ("十一月计划", month(2026, 11))
    assert tab.next_plans.offers == []
    assert len(_plans(office)) == 3
