"""What the history tells of an entry: rows, columns and values in people's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from salesdesk import audit
from salesdesk.customers.tables import customer
from salesdesk.errors import NotFoundError
from salesdesk.office import measures
from salesdesk.office.among import Among
from salesdesk.office.tables import setting
from salesdesk.planning import record_kinds
from salesdesk.planning.places import OFFICE
from salesdesk.storage.schema import all_tables
from salesdesk.workspace import Workspace
from tests.offices import STAFF, place, plan_for, sell, set_targets, staffed_office


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office, Max at work."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _told(workspace: Workspace, actor_id: int | None = STAFF.max) -> list[audit.Told]:
    return workspace.read(audit.told, workspace.history(limit=1)[0].id, actor_id=actor_id)


def test_an_edit_is_told_by_column_before_and_after(workspace: Workspace) -> None:
    with workspace.change("Edit") as change:
        change.update(customer, STAFF.lin, owner_id=STAFF.bob, state="lasting", note="new")
    (row,) = _told(workspace)
    assert (row.table, row.name, row.what) == ("Customer", "林先生", "Changed")
    assert [(altered.column, altered.before, altered.after) for altered in row.altered] == [
        ("State", "Potential", "Lasting"), ("Owner", "Ann", "Bob"), ("Note", "", "new"),
    ]  # fmt: skip


def test_new_rows_are_told_by_names_amounts_in_yuan_and_days(workspace: Workspace) -> None:
    sell(workspace, 5_000_00, date(2026, 11, 3))
    rows = {row.table: row for row in _told(workspace)}
    deal = rows["Deal"]
    assert deal.what == "Added"
    assert deal.name == "林先生 · Laptop"
    shown = {altered.column: altered.after for altered in deal.altered}
    assert shown["Amount"] == "5,000"
    assert shown["Customer"] == "林先生"
    assert shown["Contracted on"] == "2026-11-03"
    assert "contracted_month" not in shown
    assert {altered.column: altered.after for altered in rows["Share"].altered}["Quantity"] == "1"


def test_a_measures_filter_and_parts_are_told_in_words(workspace: Workspace) -> None:
    with workspace.change("") as change:
        among = Among(kinds=("visit", "message"), answered=False)
        measures.add(change, "Seen", "times", counts="activities", among=among)
    (row,) = _told(workspace)
    shown = {altered.column: altered.after for altered in row.altered}
    assert shown["Only of"] == "Kinds of activity: Visit, Message; Answered: no"
    assert shown["Its figures"] == "Sums up"
    with workspace.change("") as change:
        measures.take_into_use(change, "margin")
    ratio = {altered.column: altered.after for altered in _told(workspace)[0].altered}
    assert "Profit" in ratio.values()
    assert "Sales amount" in ratio.values()


def test_targets_are_told_by_plan_measure_and_period(workspace: Workspace) -> None:
    plan_id = plan_for(workspace)
    set_targets(workspace, plan_id, {place("2026-11", OFFICE): 350_000_00})
    (row,) = _told(workspace)
    assert "Plan 2026" in row.name
    assert "Sales amount" in row.name
    assert "2026-11" in row.name
    assert {altered.column: altered.after for altered in row.altered}["Value"] == "350,000"


def test_costs_stay_hidden_from_who_may_not_see_them(workspace: Workspace) -> None:
    with workspace.change("Rights") as change:
        change.insert(setting, key="rights", value='{"costs.see": {"salesperson": "none"}}')
    sell(workspace, 5_000_00, date(2026, 11, 3), cost=4_000_00)
    columns = [altered.column for row in _told(workspace) for altered in row.altered]
    assert "Cost" in columns
    columns = [altered.column for row in _told(workspace, STAFF.ann) for altered in row.altered]
    assert "Cost" not in columns


def test_a_long_entry_is_told_in_part(workspace: Workspace) -> None:
    with workspace.change("Many") as change:
        change.insert_many(
            setting, [{"key": f"key {number}", "value": '"x"'} for number in range(10)]
        )
    entry = workspace.history(limit=1)[0]
    assert len(workspace.read(audit.told, entry.id, actor_id=None, limit=3)) == 3
    with pytest.raises(NotFoundError):
        workspace.read(audit.told, 999, actor_id=None)


def test_every_table_and_column_has_words() -> None:
    missing = []
    declared = {kind.table.name: kind for kind in record_kinds.KINDS}
    for name, table in all_tables().items():
        if name in ("history", "history_row"):
            continue
        known = {field.name for field in declared[name].fields} if name in declared else set()
        if name not in audit._TABLES and name not in declared:
            missing.append(name)
        missing += [
            f"{name}.{column.name}"
            for column in table.c
            if column.name not in known | audit._COLUMNS.keys() | audit._LEFT_OUT
            and not column.name.endswith("_month")
        ]
    assert missing == []
