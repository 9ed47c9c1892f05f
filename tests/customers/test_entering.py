"""Many customers entered at once: the same rules, keys and history as one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from salesdesk.customers import customers, entering
from salesdesk.customers.customers import NewCustomer
from salesdesk.customers.tables import customer, customer_phone
from salesdesk.errors import InputError, NotFoundError, RightsError
from salesdesk.office import people
from salesdesk.storage import images, trail
from salesdesk.storage.trail import history_row
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office
from tests.storage.rows import all_rows

FULL = NewCustomer(
    "  查  理 ", " 重庆 Ünal 有限公司 ", "+86 138-0000-2222 转8; 023-12345678", "Pudong",
    "Web", "B", "lasting", STAFF.ann, "A flat\nwith a view", "吕's friend", date(2026, 10, 9),
)  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office: 林先生 (Ann's, 13800001111, 东风学校) and 周女士 (Cleo's)."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _people(count: int) -> list[NewCustomer]:
    return [
        NewCustomer(f"N{number}", phones=f"139{number:08}", grade="ABC"[number % 3],
                    owner_id=(STAFF.ann, STAFF.bob, None)[number % 3])
        for number in range(count)
    ]  # fmt: skip


def test_many_are_stored_as_each_alone_would_be(workspace: Workspace) -> None:
    rows = [FULL, NewCustomer("Plain"), replace(FULL, name="Other", grade="", owner_id=None)]
    with workspace.change() as change:
        together = customers.add_many(change, rows)
    with workspace.change() as change:
        alone = [customers.add(change, **asdict(row)) for row in rows]
    stored = workspace.read(lambda db: images.read(db, customer, [*together, *alone]))
    apart = [
        {key: value for key, value in images.opened(image).items() if key != "id"}
        for image in stored.values()
    ]
    assert apart[:3] == apart[3:]
    assert apart[0]["name"] == "查 理"
    assert "zhali" in apart[0]["search_key"]
    assert apart[0]["next_contact_on"] == "2026-10-26"  # 15 days later is a Saturday
    numbers = workspace.read(
        lambda db: (
            db.execute(
                select(customer_phone.c.number).where(customer_phone.c.customer_id == together[0])
            )
            .scalars()
            .all()
        )
    )
    assert numbers == ["13800002222", "02312345678"]


def test_the_history_holds_each_row_as_it_stands_and_undo_takes_all_away(
    workspace: Workspace,
) -> None:
    before = all_rows(workspace)
    with workspace.change() as change:
        ids = customers.add_many(change, _people(300))
    assert workspace.history(limit=1)[0].label == "300 new customers"
    recorded = workspace.read(
        lambda db: dict(
            db.execute(
                select(history_row.c.row_id, history_row.c.after).where(
                    history_row.c.history_id == trail.last_id(db),
                    history_row.c.table_name == "customer",
                )
            ).all()
        )
    )
    assert recorded == workspace.read(lambda db: images.read(db, customer, ids))
    after = all_rows(workspace)
    workspace.undo()
    assert _without_history(all_rows(workspace)) == _without_history(before)
    workspace.redo()
    assert _without_history(all_rows(workspace)) == _without_history(after)


def _without_history(rows: dict[str, Any]) -> dict[str, Any]:
    return {name: held for name, held in rows.items() if not name.startswith("history")}


@pytest.mark.parametrize(
    ("wrong", "column", "kind", "sentence"),
    [
        ({"name": " "}, "name", InputError, "needs a name"),
        ({"company": "x" * 121}, "company", InputError, "at most 120 characters, not 121"),
        ({"grade": "Z"}, "grade", InputError, "Z isn't a grade"),
        ({"state": "asleep"}, "state", InputError, "asleep isn't a state"),
        ({"owner_id": 99}, "owner_id", NotFoundError, "no person number 99"),
        ({"registered_on": date(2999, 1, 1)}, "registered_on", InputError, "still to come"),
    ],
)
def test_a_wrong_row_is_named_with_its_cell_and_nothing_is_entered(
    workspace: Workspace, wrong: dict[str, Any], column: str, kind: type, sentence: str
) -> None:
    rows = _people(5)
    rows[3] = replace(rows[3], **wrong)
    before = all_rows(workspace)
    with workspace.change() as change:
        [told] = entering.wrong_rows(change, rows)
    assert (told.place, told.column) == (3, column)
    assert sentence in told.error.message
    with (
        pytest.raises(kind, match=rf"Customer 4 of 5: .*{sentence}"),
        workspace.change() as change,
    ):
        customers.add_many(change, rows)
    assert all_rows(workspace) == before


def test_who_may_enter_only_their_own_enters_no_list_of_a_colleagues(workspace: Workspace) -> None:
    workspace.work_as(STAFF.ann, "Ann")
    rows = [NewCustomer("Mine", owner_id=STAFF.ann), NewCustomer("Bob's", owner_id=STAFF.bob)]
    with pytest.raises(RightsError, match="Customer 2 of 2"), workspace.change() as change:
        customers.add_many(change, rows)
    with workspace.change() as change:
        assert len(customers.add_many(change, [rows[0], NewCustomer("Nobody's")])) == 2


def test_likenesses_are_found_in_the_office_and_in_the_list_itself(workspace: Workspace) -> None:
    rows = [
        NewCustomer("Somebody", phones="138 0000 1111"),  # 林先生's phone
        NewCustomer("New", phones="13900000001"),
        NewCustomer("林先生", "东风学校"),
        NewCustomer("林先生", "Elsewhere"),
        NewCustomer("ＮＥＷ", phones="+86 139-0000-0001; 13900000002"),  # the second row twice over
        NewCustomer("Third", phones="13900000002"),
        NewCustomer(""),
        NewCustomer(""),
    ]
    alike = workspace.read(entering.likenesses, rows)
    assert {place: (like.known, like.above) for place, like in alike.items()} == {
        0: ((STAFF.lin,), ()),
        2: ((STAFF.lin,), ()),
        4: ((), (1,)),
        5: ((), (4,)),
    }


def test_ten_times_the_rows_ask_the_office_no_more_often(workspace: Workspace) -> None:
    """What a list costs is its rows, not questions: the same statements for 20 as for 200."""
    asked: list[str] = []
    engine = workspace._engine

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    counts = []
    for count in (20, 200):
        asked.clear()
        rows = [replace(row, name=f"{count} {row.name}") for row in _people(count)]
        with workspace.change() as change:
            entering.likenesses(change.connection, rows)
            customers.add_many(change, rows)
        counts.append(len(asked))
    event.remove(engine, "before_cursor_execute", note)
    assert counts[0] == counts[1] < 40


def test_a_left_owner_and_a_day_to_come_are_refused_by_row(workspace: Workspace) -> None:
    with workspace.change() as change:
        bob = people.person_by_id(change.connection, STAFF.bob)
        people.edit_person(change, STAFF.bob, seen_version=bob.version, active=False)
    rows = [NewCustomer("A"), NewCustomer("B", owner_id=STAFF.bob)]
    with workspace.change() as change:
        told = entering.wrong_rows(change, rows)
        assert [(wrong.place, wrong.column) for wrong in told] == [(1, "owner_id")]
        late = NewCustomer("C", registered_on=change.now.date() + timedelta(days=2))
        assert entering.wrong_rows(change, [late])[0].column == "registered_on"
