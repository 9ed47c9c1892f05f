"""Who may do what: declared once, adjusted by the office, asked at every door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.errors import InputError, RightsError
from salesdesk.office import people, rights
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office
from tests.statements import statements


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office, with Rita to read."""
    with staffed_office(tmp_path) as opened:
        with opened.change("Hire") as change:
            people.add_person(change, "Rita", role="reader")
        yield opened


RITA = 5


def _may(workspace: Workspace, who: int | None, code: str, **whose: int) -> bool:
    return workspace.read(rights.may, who, code, **whose)


def test_a_right_reaches_as_far_as_its_scope(workspace: Workspace) -> None:
    assert _may(workspace, STAFF.ann, "deals.edit", person_id=STAFF.ann)
    assert not _may(workspace, STAFF.ann, "deals.edit", person_id=STAFF.bob)
    assert not _may(workspace, STAFF.ann, "deals.edit")  # the office's
    with workspace.change("Trust teams") as change:
        rights.adjust(change, "deals.edit", "salesperson", "team")
    assert _may(workspace, STAFF.ann, "deals.edit", person_id=STAFF.bob)
    assert _may(workspace, STAFF.ann, "deals.edit", team_id=STAFF.east)
    assert not _may(workspace, STAFF.ann, "deals.edit", person_id=STAFF.cleo)
    assert not _may(workspace, STAFF.ann, "deals.edit", team_id=STAFF.west)
    assert workspace.read(rights.whose, STAFF.ann, "deals.edit") == frozenset(
        (STAFF.ann, STAFF.bob)
    )
    assert workspace.read(rights.whose, STAFF.max, "deals.edit") is None
    assert workspace.read(rights.whose, RITA, "deals.edit") == frozenset()
    assert workspace.undo() == "Right “Change deals” of Salesperson: Own team's"
    assert not _may(workspace, STAFF.ann, "deals.edit", person_id=STAFF.bob)


def test_those_who_have_a_right_are_found_in_one_statement(workspace: Workspace) -> None:
    things: list[dict[str, int]] = [
        {}, {"person_id": STAFF.ann}, {"person_id": STAFF.cleo}, {"person_id": STAFF.max},
        {"team_id": STAFF.east}, {"team_id": STAFF.west},
    ]  # fmt: skip
    everybody = {one.id: one.name for one in workspace.read(people.people)}
    with workspace.change("Leave") as change:
        people.edit_person(change, STAFF.bob, seen_version=1, active=False)
    for reach in rights.SCOPES:
        with workspace.change("Trust") as change:
            rights.adjust(change, "deals.edit", "salesperson", reach)
        for thing in things:
            expected = {
                person_id: name for person_id, name in everybody.items()
                if _may(workspace, person_id, "deals.edit", **thing)
            }  # fmt: skip
            assert STAFF.bob not in expected
            with statements() as sent:
                found = workspace.read(rights.holders, "deals.edit", **thing)
            assert found == expected, (reach, thing)
            assert len(sent) == 1


def test_a_reader_changes_nothing_and_a_manager_may_everything(workspace: Workspace) -> None:
    for code in rights.RIGHTS:
        assert _may(workspace, STAFF.max, code), code
        assert _may(workspace, None, code), code  # founding and demo
        if not code.endswith(".see"):
            assert not _may(workspace, RITA, code, person_id=RITA), code


def test_who_left_has_no_rights(workspace: Workspace) -> None:
    with workspace.change("Leave") as change:
        people.edit_person(change, STAFF.ann, seen_version=1, active=False)
    assert not _may(workspace, STAFF.ann, "deals.edit", person_id=STAFF.ann)


@pytest.mark.parametrize(
    ("code", "role", "scope", "sentence"),
    [
        ("rights.edit", "manager", "none", "can't be taken away"),
        ("deals.add", "reader", "own", "reader changes nothing"),
        ("months.close", "assistant", "own", "concerns the whole office"),
        ("gods.play", "assistant", "own", "no right gods.play; there are: customers.see"),
        ("deals.add", "king", "own", "king isn't a role"),
        ("deals.add", "assistant", "some", "some isn't a scope"),
    ],
)
def test_what_cant_be_adjusted_is_refused(
    workspace: Workspace, code: str, role: str, scope: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence), workspace.change("Adjust") as change:
        rights.adjust(change, code, role, scope)
    assert workspace.read(rights.adjusted) == {}


def test_only_who_may_adjusts_rights_or_gives_roles(workspace: Workspace) -> None:
    with workspace.change("Let assistants care for people") as change:
        rights.adjust(change, "people.edit", "salesperson", "office")
    workspace.work_as(STAFF.ann, "Ann")
    with pytest.raises(RightsError, match="Say who may do what"), workspace.change("Me") as change:
        rights.adjust(change, "deals.edit", "salesperson", "office")
    with workspace.change("Phone") as change:
        people.edit_person(change, STAFF.bob, seen_version=1, phone="139")
    # Whoever cares for people still can't make themselves, or a friend, manager.
    for writer in (
        lambda change: people.edit_person(change, STAFF.ann, seen_version=1, role="manager"),
        lambda change: people.add_person(change, "Friend", role="manager"),
    ):
        with (
            pytest.raises(RightsError, match="Say who may do what"),
            workspace.change("Role") as change,
        ):
            writer(change)


def test_an_adjustment_back_to_what_is_declared_leaves_nothing(workspace: Workspace) -> None:
    with workspace.change("There") as change:
        rights.adjust(change, "deals.edit", "salesperson", "office")
    assert workspace.read(rights.adjusted) == {("deals.edit", "salesperson"): "office"}
    with workspace.change("Back") as change:
        rights.adjust(change, "deals.edit", "salesperson", "own")
    assert workspace.read(rights.adjusted) == {}
