"""Any filter in any order, while the office changes: what filtering and sorting all rows gives."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, select

from salesdesk.customers import activities, customers, narrowing, paging
from salesdesk.customers.customers import Customer, CustomerFilter
from salesdesk.customers.tables import customer
from salesdesk.errors import InputError
from salesdesk.office import people
from salesdesk.office.names import fold
from salesdesk.office.phones import digits_of
from salesdesk.storage import marks
from salesdesk.workspace import Workspace
from tests.customers.test_paging import COMPANIES, FIRST, NAMES, REGIONS, SOURCES, WAYS, in_order
from tests.offices import STAFF, staffed_office


def _fits(listed: Customer, key: str, wanted: CustomerFilter, gone: set[int]) -> bool:
    """What a filter says, said once more over the row alone."""
    digits = digits_of(wanted.text)
    words = wanted.text.split() if digits is None else [digits]
    day = listed.last_contact_on or listed.registered_on
    due = listed.next_contact_on
    return (
        all(fold(word) in key for word in words)
        and wanted.grade in (None, listed.grade)
        and wanted.state in (None, listed.state)
        and wanted.source in (None, listed.source)
        and wanted.region in (None, listed.region)
        and wanted.owner_id in (None, listed.owner_id)
        and not (wanted.no_owner and listed.owner_id is not None)
        and not (wanted.owner_left and listed.owner_id not in gone)
        and (wanted.overdue_on is None or (due is not None and due < wanted.overdue_on))
        and (wanted.quiet_since is None or day < wanted.quiet_since)
        and (wanted.ids is None or listed.id in wanted.ids)
    )


def _any_filter(rng: Random) -> CustomerFilter:
    """Up to four conditions by chance."""
    chances: dict[str, Any] = {
        "text": rng.choice(("1", "13", "131", "zhang", "伟", "zh 13", "yin", "学校", "qqq", "an")),
        "grade": rng.choice(customers.GRADES), "state": rng.choice(list(customers.STATES)),
        "source": rng.choice(SOURCES), "region": rng.choice(REGIONS),
        "owner_id": rng.choice((STAFF.ann, STAFF.cleo, STAFF.max)), "no_owner": True,
        "owner_left": True, "overdue_on": FIRST + timedelta(days=rng.randrange(90)),
        "quiet_since": FIRST + timedelta(days=rng.randrange(40)),
        "ids": tuple(rng.sample(range(1, 60), 25)),
    }  # fmt: skip
    names = rng.sample(list(chances), rng.randrange(5))
    if "no_owner" in names and "owner_id" in names:
        names.remove("owner_id")
    return CustomerFilter(**{name: chances[name] for name in names})


def _fill(workspace: Workspace, rng: Random) -> None:
    """Sixty customers who differ in everything that lists are filtered and sorted by."""
    with workspace.change("Many") as change:
        for _number in range(60):
            own_id = customers.add(
                change,
                name=rng.choice(NAMES),
                company=rng.choice(COMPANIES),
                phones=rng.choice(("", f"13{rng.randrange(10**9):09}")),
                region=rng.choice(REGIONS),
                source=rng.choice(SOURCES),
                grade=rng.choice(customers.GRADES),
                state=rng.choice(list(customers.STATES)),
                owner_id=rng.choice([None, STAFF.ann, STAFF.cleo, STAFF.max]),
                needs=rng.choice(("", "two rooms", "two rooms near the lake", "shop")),
                registered_on=FIRST + timedelta(days=rng.randrange(30)),
            )
            if rng.random() < 0.4:
                day = FIRST + timedelta(days=30 + rng.randrange(20))
                activities.log(
                    change, person_id=STAFF.ann, customer_id=own_id, kind="call",
                    at=datetime.combine(day, time(10)),
                    next_contact_on=day + timedelta(days=rng.randrange(1, 40)),
                )  # fmt: skip


def _everybody_with_keys(db: Connection) -> list[tuple[Customer, str]]:
    keys = {
        row.id: row.search_key for row in db.execute(select(customer.c.id, customer.c.search_key))
    }
    listed = customers.customers_with(db, list(keys))
    return [(known, keys[known.id]) for known in listed]


@pytest.mark.parametrize("seed", range(4))
def test_any_list_of_any_office_is_what_filtering_and_sorting_all_rows_gives(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(seed)
    few, counted, looked_at, first_look = WAYS[seed % len(WAYS)]
    for name, number in (("FEW", few), ("COUNTED", counted), ("LOOKED_AT", looked_at)):
        monkeypatch.setattr(narrowing, name, number)
    monkeypatch.setattr(paging, "FIRST_LOOK", first_look)
    with staffed_office(tmp_path) as workspace, Workspace.open(workspace.path) as other:
        _fill(workspace, rng)
        with workspace.change("Leave") as change:
            people.edit_person(change, STAFF.cleo, seen_version=1, active=False)
        chosen = tuple(range(5, 40))
        asked = [_any_filter(rng) for _turn in range(9)]
        asked += [CustomerFilter(text="1", ids=chosen), CustomerFilter(grade="A", ids=chosen)]
        for turn in range(3):
            everybody = workspace.read(_everybody_with_keys)
            gone = {STAFF.cleo}
            for wanted in asked:
                listed = [known for known, key in everybody if _fits(known, key, wanted, gone)]
                assert workspace.read(customers.count, wanted) == len(listed), wanted
                assert workspace.read(customers.matching_ids, wanted) == [
                    known.id for known in listed
                ], wanted
                sort, descending = rng.choice((*customers.SORTS, "id")), rng.random() < 0.5
                expected = in_order(listed, sort, descending)
                place = rng.randrange(len(expected)) if expected else 0
                after = workspace.read(customers.customers_with, expected[place - 1 : place])
                # What is kept of the list is there for half of the pages, the others find it anew.
                for behind, start in ((None, 0), *[(known, place) for known in after]):
                    if rng.random() < 0.5:
                        workspace.read(lambda db: marks.forget(db))
                    page = workspace.read(
                        customers.page, wanted,
                        sort=sort, descending=descending, after=behind, limit=20,
                    )  # fmt: skip
                    assert [known.id for known in page] == expected[start : start + 20], (
                        wanted, sort, descending, start,
                    )  # fmt: skip
            # What is kept in memory of the lists mustn't outlive a change, here or elsewhere.
            regraded = rng.sample([known.id for known, _key in everybody], 15)
            with (workspace, other)[turn % 2].change("Grade") as change:
                customers.set_grade(change, regraded, rng.choice(customers.GRADES))
                customers.hand_over(change, regraded[:7], rng.choice((None, STAFF.ann)))
                customers.edit(change, regraded[0], name=rng.choice(NAMES))


def test_what_is_read_within_a_change_that_fails_is_forgotten(tmp_path: Path) -> None:
    wanted = CustomerFilter(grade="A", text="ou")

    def fail(workspace: Workspace, own_id: int) -> None:
        with workspace.change("Grade") as change:
            customers.set_grade(change, [own_id], "A")
            assert customers.matching_ids(change.connection, wanted) == [own_id]
            customers.set_grade(change, [own_id], "Z")

    with staffed_office(tmp_path) as workspace:
        with workspace.change("Add") as change:
            own_id = customers.add(change, name="欧阳修", grade="B")
        with pytest.raises(InputError):
            fail(workspace, own_id)
        assert workspace.read(customers.matching_ids, wanted) == []
        assert workspace.read(customers.count, wanted) == 0
