"""What tests of the window share: preferences of their own, a small office, its session."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from salesdesk import text
from salesdesk.office import people
from salesdesk.office.founding import new_office
from salesdesk.sales import products
from ui.preferences import Preferences
from ui.shared import look
from ui.shared.session import Session

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """What the application of all tests is begun with."""
    return ["salesdesk", *look.ARGUMENTS]


@pytest.fixture(autouse=True)
def english(qapp: QApplication) -> Iterator[None]:
    """Every test starts in English and in light colours, whatever the machine prefers."""
    text.set_language("en")
    look.apply(qapp, "light")
    yield
    text.set_language("en")


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    """Preferences that touch nothing of the person who runs the tests."""
    return Preferences(tmp_path / "preferences.json")


@pytest.fixture
def session(tmp_path: Path, preferences: Preferences) -> Iterator[Session]:
    """An office with a manager, two salespeople in a team and two products, on TODAY."""
    workspace = new_office(
        tmp_path / "small.office", name="Riverside", kind="property", founder="Wang Min"
    )
    with workspace.unrecorded() as change:
        team = people.add_team(change, "Team One")
        people.add_person(change, "Zhang San", team_id=team)
        people.add_person(change, "Li Si", team_id=team)
        products.add_product(change, "Flat 90", category="Flats", price=180_000_000)
        products.add_product(
            change, "Shop 40", category="Shops", price=90_000_000, profit_floor=5_000_000
        )
    made = Session(workspace, preferences, today=TODAY)
    yield made
    made.close()
