"""Searching by the index finds what plain LIKE finds, and every way of paging gives one list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from salesdesk import check
from salesdesk.customers import customers, narrowing, paging
from salesdesk.customers.customers import Customer, CustomerFilter
from salesdesk.customers.tables import customer
from salesdesk.office.names import matching_text, sort_key
from salesdesk.office.phones import digits_of
from salesdesk.storage import marks, search_index
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office

NAMES = (
    "张伟", "张晓峰", "章伟", "吕正芳", "查良镛", "单雄信", "Ünal Öz", "Anna 100%", "O'Neil",
    'The "Best"', "a_b", "x\\y", "😀 Joy", "李 四", "重庆银行", "占领", "zhan", "ZHANG WEI",
)  # fmt: skip
COMPANIES = ("", "", "西风学校", "重庆银行", "Nord 50%", "北方公司")
REGIONS = ("", "North", "East")
SOURCES = ("Web", "", "Referral")
FIRST = date(2026, 9, 1)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """70 customers of all kinds."""
    rng = Random(8)
    with staffed_office(tmp_path_factory.mktemp("paging")) as workspace:
        with workspace.change("Many") as change:
            for number in range(70):
                customers.add(
                    change,
                    name=rng.choice(NAMES),
                    company=rng.choice(COMPANIES),
                    phones=f"13{number % 3}{rng.randrange(10**8):08}" if number % 5 else "",
                    region=rng.choice(REGIONS),
                    source=rng.choice(SOURCES),
                    grade=rng.choice(customers.GRADES),
                    state=rng.choice(list(customers.STATES)),
                    owner_id=rng.choice([None, STAFF.lin, STAFF.cleo, STAFF.max]),
                    needs=rng.choice(("", "two rooms", "two rooms near the lake", "shop")),
                    registered_on=FIRST + timedelta(days=rng.randrange(30)),
                )
        yield workspace


def _by_like(db: Connection, text: str) -> list[int]:
    """What plain LIKE says, word by word."""
    query = select(customer.c.id).order_by(customer.c.id)
    digits = digits_of(text)
    for word in text.split() if digits is None else [digits]:
        query = query.where(customer.c.search_key.like(matching_text(word), escape="\\"))
    return list(db.execute(query).scalars())


_PIECES = [
    *"张伟晓峰吕章zhang13 80%_\\'\"😀ü-()*^:", "zh", "wei", "AND", "OR", "NOT", "NEAR", "138",
]  # fmt: skip


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.one_of(
        st.lists(st.sampled_from(_PIECES), max_size=7).map("".join),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=4),
    )
)
@example("张伟")
@example("z")
@example("%")
@example('"')
@example("öz")
@example("138-1")
def test_the_index_finds_what_like_finds(office: Workspace, text: str) -> None:
    expected = office.read(_by_like, text)
    wanted = CustomerFilter(text=text)
    assert office.read(customers.matching_ids, wanted) == expected
    assert office.read(customers.count, wanted) == len(expected)
    shown = office.read(customers.page, wanted, limit=500)
    assert [listed.id for listed in shown] == expected
    newest = office.read(customers.find, text, limit=3)
    assert [listed.id for listed in newest] == expected[::-1][:3]


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_the_index_finds_any_part_of_a_key(office: Workspace, data: st.DataObject) -> None:
    keys = office.read(lambda db: db.execute(select(customer.c.id, customer.c.search_key)).all())
    own_id, key = data.draw(st.sampled_from(keys))
    start = data.draw(st.integers(0, len(key) - 1))
    part = key[start : data.draw(st.integers(start + 1, len(key)))]
    found = office.read(customers.matching_ids, CustomerFilter(text=part))
    assert own_id in found
    assert found == office.read(_by_like, part)


_FILTERS = (
    CustomerFilter(),
    CustomerFilter(text="zhang"),
    CustomerFilter(text="1"),
    CustomerFilter(text="131"),
    CustomerFilter(text="伟 13"),
    CustomerFilter(grade="A"),
    CustomerFilter(state="potential", source="Web"),
    CustomerFilter(text="zh", region="North", grade="B"),
    CustomerFilter(owner_id=STAFF.lin, overdue_on=date(2026, 10, 1)),
    CustomerFilter(no_owner=True),
    CustomerFilter(seen_by=STAFF.lin, text="1"),
    CustomerFilter(quiet_since=date(2026, 9, 15)),
    CustomerFilter(grade="C", quiet_since=date(2026, 9, 20), text="3"),
    CustomerFilter(overdue_on=date(2026, 9, 20)),
)
#: How many are few, are counted, are looked at and at first: each way of paging is gone.
WAYS = ((1_500, 40_000, 4_000, 400), (0, 40_000, 4_000, 5), (0, 1, 6, 3), (10, 40, 0, 3))


def in_order(everybody: Sequence[Customer], sort: str, descending: bool) -> list[int]:
    """The ids of some customers as a list sorts them, said once more over the rows."""

    def value(listed: Customer) -> Any:
        known = getattr(listed, sort)
        if sort == "name":
            return sort_key(known)
        if sort == "company":
            return sort_key(known, surname=False)
        if sort == "owner_name":
            return (sort_key(known), listed.owner_id)
        return known[:24] if sort == "needs" else known

    def blank(listed: Customer) -> bool:
        return getattr(listed, sort) in ("", None)

    return [
        listed.id
        for blanks in (False, True)
        for listed in sorted(
            [listed for listed in everybody if blank(listed) is blanks],
            key=lambda listed: (0 if blanks else value(listed), listed.id),
            reverse=descending,
        )
    ]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("wanted", _FILTERS)
def test_every_way_of_paging_gives_the_same_list(
    office: Workspace,
    wanted: CustomerFilter,
    way: tuple[int, int, int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everybody = office.read(customers.customers_with, office.read(customers.matching_ids, wanted))
    assert office.read(customers.count, wanted) == len(everybody)
    few, counted, looked_at, first_look = way
    for module, name, number in (
        (narrowing, "FEW", few), (narrowing, "COUNTED", counted),
        (narrowing, "LOOKED_AT", looked_at), (paging, "FIRST_LOOK", first_look),
        (paging, "TOGETHER", 30), (paging, "OWNS_MANY", 12),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, number)
    for sort in customers.SORTS:
        for descending in (False, True):
            paged: list[Customer] = []
            while len(paged) <= len(everybody):
                after = paged[-1] if paged else None
                office.read(lambda db: marks.forget(db))
                page = office.read(
                    customers.page, wanted, sort=sort, descending=descending, after=after, limit=30
                )
                paged += page
                if len(page) < 30:
                    break
            expected = in_order(everybody, sort, descending)
            assert [listed.id for listed in paged] == expected, (sort, descending)


def test_names_are_sorted_by_pinyin_each_character_together() -> None:
    names = ["zhan", "张伟", "章子怡", "占领", "Anna", "单雄信", "张晓峰", "李四", "尉迟恭", "重庆"]
    assert sorted(names, key=sort_key) == [
        "Anna", "重庆", "李四", "单雄信", "尉迟恭", "zhan", "占领", "张伟", "张晓峰", "章子怡",
    ]  # fmt: skip


def _in_step(workspace: Workspace) -> bool:
    return workspace.read(search_index.out_of_step) == []


def test_the_index_follows_every_change_and_undo(tmp_path: Path) -> None:
    def found(text: str) -> list[int]:
        return workspace.read(customers.matching_ids, CustomerFilter(text=text))

    with staffed_office(tmp_path) as workspace:
        workspace.work_as(STAFF.max, "Max")
        with workspace.change("Add") as change:
            own_id = customers.add(change, name="欧阳修", phones="13900001111")
        assert found("欧阳") == [own_id]
        workspace.undo()
        assert found("欧阳") == []
        workspace.redo()
        assert found("oyx") == [own_id]
        with workspace.change("Rename") as change:
            customers.edit(change, own_id, name="Ann", phones="13700002222")
        assert found("欧阳") == found("1390000") == []
        assert found("nn") == found("2222") == [own_id]
        with workspace.change("Grade") as change:
            customers.set_grade(change, [own_id], "A")
        workspace.undo()
        workspace.undo()
        assert found("欧阳") == [own_id]
        assert found("nn") == []
        assert _in_step(workspace)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO customer_search_key (rowid, search_key) VALUES (1, 'qqq')",
        "INSERT INTO customer_search_key (customer_search_key) VALUES ('delete-all')",
        "DROP TRIGGER customer_search_key_altered",
        "DROP TABLE customer_search_key_terms",
    ],
)
def test_an_index_out_of_step_is_told_and_made_anew(tmp_path: Path, statement: str) -> None:
    with staffed_office(tmp_path) as workspace:
        with workspace.change("Add") as change:
            own_id = customers.add(change, name="欧阳修")
        with workspace.unrecorded() as change:
            change.connection.exec_driver_sql(statement)
        [sentence] = check.check(workspace)
        assert "search index of customer" in sentence
        check.repair(workspace)
        assert check.check(workspace) == []
        assert [listed.id for listed in workspace.read(customers.find, "欧阳")] == [own_id]


def test_without_the_index_customers_are_found_all_the_same(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        with workspace.change("Add") as change:
            own_id = customers.add(change, name="欧阳修")
        with workspace.unrecorded() as change:
            search_index.remove(change.connection)
        assert [listed.id for listed in workspace.read(customers.find, "欧阳")] == [own_id]
        assert workspace.read(customers.count, CustomerFilter(text="oyx")) == 1
