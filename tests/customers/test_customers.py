"""Customers are found however people ask, entered by rule, graded and handed over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from salesdesk.customers import activities, customers
from salesdesk.customers.customers import Customer, CustomerFilter
from salesdesk.errors import ConflictError, InputError, NotFoundError
from salesdesk.office.names import sort_key
from salesdesk.office.phones import numbers_in
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office: 林先生 (Ann's, A) and 周女士 (Cleo's, C)."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _customer(workspace: Workspace, customer_id: int = STAFF.lin) -> Customer:
    return workspace.read(customers.customer_by_id, customer_id)


def _add(workspace: Workspace, name: str, **values: object) -> int:
    with workspace.change("Register") as change:
        return customers.add(change, name=name, **values)  # type: ignore[arg-type]


# -- finding ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["林", "linxiansheng", "lxs", "LXS", "东风", "dongfeng", "13800001111", "0000111",
              "林 东风", "dfxx lxs"],
)  # fmt: skip
def test_a_customer_is_found_by_name_pinyin_initials_company_and_phone(
    workspace: Workspace, typed: str
) -> None:
    assert [customer.id for customer in workspace.read(customers.find, typed)] == [STAFF.lin]


@pytest.mark.parametrize("typed", ["%", "_", "林%", "zzz", "林 周"])
def test_signs_are_taken_literally_and_all_words_must_be_there(
    workspace: Workspace, typed: str
) -> None:
    assert workspace.read(customers.find, typed) == []


def test_lists_are_narrowed_by_owner_grade_state_source_region_and_due_day(
    workspace: Workspace,
) -> None:
    nobody = _add(workspace, "Nobody's", region="North", state="lasting")

    def ids(**wanted: object) -> list[int]:
        chosen = CustomerFilter(**wanted)  # type: ignore[arg-type]
        found = [customer.id for customer in workspace.read(customers.page, chosen)]
        assert workspace.read(customers.count, chosen) == len(found)
        return found

    assert ids() == [STAFF.lin, STAFF.zhou, nobody]
    assert ids(owner_id=STAFF.ann) == [STAFF.lin]
    assert ids(no_owner=True) == [nobody]
    assert ids(grade="C") == [STAFF.zhou]
    assert ids(grade="") == [nobody]
    assert ids(state="lasting") == [nobody]
    assert ids(source="Referral") == [STAFF.lin]
    assert ids(region="North") == [nobody]
    assert ids(overdue_on=date(2026, 10, 8)) == []
    assert ids(overdue_on=date(2026, 10, 9)) == [STAFF.lin]
    assert ids(grade="A", owner_id=STAFF.cleo) == []
    assert workspace.read(customers.used_values, "region") == ["North"]
    with pytest.raises(ValueError, match="no choices"):
        workspace.read(customers.used_values, "name")


@pytest.mark.parametrize("sort", customers.SORTS)
@pytest.mark.parametrize("descending", [False, True])
def test_pages_put_together_are_the_whole_list_in_order(
    workspace: Workspace, sort: str, descending: bool
) -> None:
    with workspace.change("Many") as change:
        for number in range(25):
            customers.add(
                change, name=f"N{number % 7}", company=f"C{number % 3}",
                grade="ABC"[number % 3] if number % 4 else "",
                registered_on=date(2026, 11, 1 + number % 5),
            )  # fmt: skip
    whole = workspace.read(customers.page, sort=sort, descending=descending, limit=1_000)
    assert len(whole) == 27
    paged: list[Customer] = []
    while True:
        found = workspace.read(
            customers.page, sort=sort, descending=descending,
            after=paged[-1] if paged else None, limit=4,
        )  # fmt: skip
        if not found:
            break
        paged += found
    assert paged == whole
    values = [getattr(customer, sort) for customer in whole]
    if sort in ("name", "company", "owner_name"):
        values = [sort_key(value) for value in values]
    known = [value for value in values if value not in (None, "")]
    assert known == sorted(known, reverse=descending)
    assert values[: len(known)] == known  # those without come last, in either direction


def test_an_unknown_order_is_a_fault(workspace: Workspace) -> None:
    with pytest.raises(ValueError, match="no such order"):
        workspace.read(customers.page, sort="shoe size")


def test_the_same_person_is_recognised_by_phone_or_by_name_and_company(
    workspace: Workspace,
) -> None:
    def ids(name: str, company: str = "", phones: str = "", own_id: int | None = None) -> list[int]:
        found = workspace.read(customers.duplicates, name, company, phones, own_id=own_id)
        return [customer.id for customer in found]

    assert ids("Someone", phones="+86 138-0000-1111") == [STAFF.lin]
    assert ids(" 林先生 ", "东风学校") == [STAFF.lin]
    assert ids("林先生", "Elsewhere") == []
    assert ids("林先生", "东风学校", own_id=STAFF.lin) == []
    assert ids("", "东风学校") == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("138 0000 1111", ["13800001111"]),
        ("+86 138-0000-1111", ["13800001111"]),
        ("008613800001111", ["13800001111"]),
        ("１３８００００１１１１", ["13800001111"]),
        ("13800001111、13900002222", ["13800001111", "13900002222"]),
        ("13800001111 / 13900002222; 010-88886666", ["13800001111", "13900002222", "01088886666"]),
        ("13800001111 13900002222", ["13800001111", "13900002222"]),
        ("13800001111\n13800001111", ["13800001111"]),
        ("021-88886666-8012", ["021888866668012"]),
        ("013800001111", ["13800001111"]),
        ("13800001111 转 02", ["13800001111"]),
        ("13800001111 ext 2", ["13800001111"]),
        ("13800001111 张太太", ["13800001111"]),
        ("(0755) 8888-6666", ["075588886666"]),
        ("none", []),
        ("", []),
        ("1234", []),
    ],
)
def test_phones_are_kept_as_digits(text: str, numbers: list[str]) -> None:
    assert numbers_in(text) == numbers


@pytest.mark.parametrize(
    "typed", ["138-0000", "(138) 0000", "+86 13800001111", "013800001111", "138 0000 1111 转 02"]
)
def test_a_phone_is_found_however_it_is_typed(workspace: Workspace, typed: str) -> None:
    assert [customer.id for customer in workspace.read(customers.find, typed)] == [STAFF.lin]


# -- entering and editing --------------------------------------------------------------------------


def test_a_new_customer_is_due_by_the_grade_s_cadence(workspace: Workspace) -> None:
    day = date(2026, 11, 2)
    for grade, due in (("A", date(2026, 11, 9)), ("B", date(2026, 11, 17)), ("", None)):
        customer = _customer(workspace, _add(workspace, "New", grade=grade, registered_on=day))
        assert customer.next_contact_on == due
        assert customer.registered_on == day


def test_names_are_tidied(workspace: Workspace) -> None:
    customer = _customer(workspace, _add(workspace, "  Wang   Min ", company=" A  B ", note=" x "))
    assert (customer.name, customer.company, customer.note) == ("Wang Min", "A B", "x")


@pytest.mark.parametrize(
    "values",
    [{"name": " "}, {"name": "x" * 81}, {"grade": "D"}, {"state": "asleep"}],
)
def test_what_a_customer_can_t_be_is_refused(workspace: Workspace, values: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        _add(workspace, **{"name": "New", **values})
    with pytest.raises(InputError), workspace.change("Edit") as change:
        customers.edit(change, STAFF.lin, **values)


def test_a_new_grade_moves_the_next_contact_until_a_day_is_agreed_again(
    workspace: Workspace,
) -> None:
    def agree(at: datetime, day: date) -> None:
        with workspace.change("Log") as change:
            activities.log(
                change, person_id=STAFF.ann, kind="call", customer_id=STAFF.lin, at=at,
                next_contact_on=day,
            )  # fmt: skip

    with workspace.change("Grade") as change:
        customers.edit(change, STAFF.lin, grade="C")
    assert _customer(workspace).next_contact_on == date(2026, 11, 2)  # 31 October is a Saturday
    agree(datetime(2026, 11, 2, 9), date(2026, 11, 14))
    assert _customer(workspace).next_contact_on == date(2026, 11, 14)  # a Saturday, but agreed
    with workspace.change("Grade") as change:
        customers.set_grade(change, [STAFF.lin], "A")
    assert _customer(workspace).next_contact_on == date(2026, 11, 9)
    # Entered after the grade, though it was earlier on the same day.
    agree(datetime(2026, 11, 2, 10), date(2026, 11, 12))
    assert _customer(workspace).next_contact_on == date(2026, 11, 12)


def test_new_phones_are_found_and_old_ones_no_longer(workspace: Workspace) -> None:
    with workspace.change("Phone") as change:
        customers.edit(change, STAFF.lin, phones="139 1111 2222")
    assert workspace.read(customers.duplicates, "", "", "13800001111") == []
    [customer] = workspace.read(customers.duplicates, "", "", "13911112222")
    assert customer.id == STAFF.lin
    assert workspace.read(customers.find, "13911112222") == [customer]


def test_grades_are_given_to_many_and_counted_where_they_change(workspace: Workspace) -> None:
    with workspace.change("Grade") as change:
        assert customers.set_grade(change, [STAFF.lin, STAFF.zhou], "A") == 1
    assert _customer(workspace, STAFF.zhou).next_contact_on == date(2026, 10, 8)
    with pytest.raises(InputError), workspace.change("Grade") as change:
        customers.set_grade(change, [STAFF.lin], "Z")


def test_customers_are_handed_over(workspace: Workspace) -> None:
    with workspace.change("Hand over") as change:
        assert customers.hand_over(change, [STAFF.lin, STAFF.zhou], STAFF.cleo) == 1
    assert _customer(workspace).owner_name == "Cleo"
    with workspace.change("Set free") as change:
        customers.hand_over(change, [STAFF.lin], None)
    assert _customer(workspace).owner_id is None
    with pytest.raises(NotFoundError), workspace.change("Hand over") as change:
        customers.hand_over(change, [STAFF.lin, 99], STAFF.ann)


def test_a_customer_edited_meanwhile_is_not_overwritten(workspace: Workspace) -> None:
    seen = _customer(workspace)
    with workspace.change("Note") as change:
        customers.edit(change, STAFF.lin, note="first")
    with pytest.raises(ConflictError), workspace.change("Note") as change:
        customers.edit(change, STAFF.lin, seen_version=seen.version, note="second")
    assert _customer(workspace).note == "first"


def test_a_customer_that_isn_t_there_is_named(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="99"):
        workspace.read(customers.customer_by_id, 99)
    with pytest.raises(NotFoundError), workspace.change("Edit") as change:
        customers.edit(change, 99, note="x")


@pytest.mark.parametrize("half", ["\ud83d", "\0", "\x1b", "\u202e"])
def test_what_no_customer_is_called_by_is_left_out_of_a_search(
    workspace: Workspace, half: str
) -> None:
    found = workspace.read(customers.find, "")
    name = found[0].name
    assert found[0] in workspace.read(customers.find, f"{name}{half}")
    assert workspace.read(customers.find, "长" * 100_000) == []
