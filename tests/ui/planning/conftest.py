"""The small office with round figures, its Plan tab, and waiting for what is read meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from pytestqt.qtbot import QtBot

from salesdesk.calc.periods import Period, parse
from salesdesk.office import measures
from salesdesk.planning import plans, targets
from salesdesk.planning.places import Place, Who, person
from salesdesk.workspace import Workspace
from tests.sample import Sample, sample_office
from tests.ui.conftest import TODAY
from ui.planning.tab import PlanningTab
from ui.planning.targets_page import TargetsPage
from ui.preferences import Preferences
from ui.shared import background, printing
from ui.shared.session import Session

Settle = Callable[[], None]
#: The text of the pages that went to the printer last.
Printed = Callable[[], str]


class Plan6(NamedTuple):
    """A salesperson's year: task 300,000, own goal 350,000, and 75,000 a quarter of the goal."""

    plan_id: int
    who: Who
    year: Period


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample office, made once; tests work on copies."""
    return sample_office(tmp_path_factory.mktemp("planning") / "sample.office")


@pytest.fixture
def office(tmp_path: Path, sample: Sample, preferences: Preferences) -> Iterator[Session]:
    """A copy of the sample office with its manager at work."""
    path = tmp_path / "copy.office"
    path.write_bytes(sample.path.read_bytes())
    workspace = Workspace.open(path)
    workspace.work_as(sample.manager, "钱经理")
    session = Session(workspace, preferences, today=TODAY)
    yield session
    session.close()


@pytest.fixture
def settle(qtbot: QtBot) -> Settle:
    """Waits until nothing is read or written in the background any more."""

    def wait() -> None:
        qtbot.waitUntil(lambda: not background.running, timeout=20_000)

    return wait


@pytest.fixture
def tab(qtbot: QtBot, office: Session, settle: Settle) -> Iterator[PlanningTab]:
    """The Plan tab on screen, everything read."""
    planning_tab = PlanningTab(office)
    qtbot.addWidget(planning_tab)
    planning_tab.resize(1280, 760)
    with qtbot.waitExposed(planning_tab):
        planning_tab.show()
    planning_tab.activateWindow()
    settle()
    yield planning_tab
    settle()


@pytest.fixture
def plan_6(office: Session, sample: Sample) -> Plan6:
    """Plan 6 of 张三, in the office before the tab is shown."""
    who, year = person(sample.zhang), parse("2026")
    with office.workspace.change("Plan 6") as change:
        amount = measures.measure_with_code(change.connection, "amount")
        plan_id = plans.new_plan(change, title="Plan 6", period=year, who=who)
        task: dict[Place, int | None] = {Place(who, year): 30_000_000}
        goal: dict[Place, int | None] = {Place(who, year): 35_000_000}
        goal.update({Place(who, parse(f"2026-Q{number}")): 7_500_000 for number in range(1, 5)})
        targets.set_values(change, plan_id, amount.id, "assigned", task)
        targets.set_values(change, plan_id, amount.id, "goal", goal)
    return Plan6(plan_id, who, year)


@pytest.fixture
def page(tab: PlanningTab, sample: Sample, settle: Settle) -> TargetsPage:
    """The targets of the sample's plan, read."""
    tab.select_plan(sample.plan)
    plan_page = tab.show_page("targets")
    settle()
    assert isinstance(plan_page, TargetsPage)
    plan_page.table.setFocus()
    return plan_page


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Printed:
    """Takes the pages where the system's print dialog would come up."""
    pages: list[bytes] = []
    monkeypatch.setattr(
        printing, "print_pdf", lambda _parent, _kept, pdf, _title: pages.append(pdf)
    )

    def text() -> str:
        document = printing.Pages(pages[-1]).document
        return "".join(document.getAllText(at).text() for at in range(document.pageCount()))

    return text
