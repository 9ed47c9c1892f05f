"""What a start loads, and what it doesn't."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def _loaded_by(code: str) -> set[str]:
    """The modules that a process of its own has loaded after ``code``."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return set(done.stdout.split())


def test_sqlalchemy_comes_without_what_waits_for_networks() -> None:
    loaded = _loaded_by("import salesdesk, sqlalchemy, sqlalchemy.dialects.sqlite")
    assert "sqlalchemy.sql.selectable" in loaded
    assert not {"ssl", "asyncio.base_events", "email.message"} & loaded
    assert "sqlalchemy.connectors.asyncio" not in loaded


def test_what_was_put_off_is_there_when_it_is_used() -> None:
    loaded = _loaded_by(
        "import salesdesk, asyncio\n"
        "from importlib import metadata\n"
        "from sqlalchemy.util import concurrency\n"
        "assert not concurrency.iscoroutine(1)\n"
        "assert asyncio.run(asyncio.sleep(0, 'slept')) == 'slept'\n"
        "assert metadata.version('sqlalchemy')\n"
        "from sqlalchemy.dialects.sqlite import aiosqlite\n"
        "assert aiosqlite.SQLiteDialect_aiosqlite.is_async\n"
    )
    assert {"ssl", "asyncio.base_events"} <= loaded


def test_the_first_page_of_customers_loads_neither_plans_nor_deals() -> None:
    loaded = _loaded_by("import ui.opening, ui.status, ui.customers.tab, ui.customers.today")
    assert "salesdesk.customers.care" in loaded
    rooms = ("salesdesk.planning", "salesdesk.sales", "salesdesk.reports", "salesdesk.workbooks")
    assert [name for name in loaded if name.startswith(rooms)] == []
    assert not {"openpyxl", "alembic", "sqlalchemy.orm", "ui.customers.panel"} & loaded
