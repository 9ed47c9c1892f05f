"""PINs: asked for by who set one, slower after wrong tries, counted over restarts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from salesdesk.errors import InputError, RightsError
from salesdesk.office import pins
from salesdesk.workspace import Workspace
from tests.offices import STAFF, staffed_office

NOW = datetime(2026, 11, 23, 9)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office where Ann has the PIN 4711."""
    with staffed_office(tmp_path) as opened:
        opened.work_as(STAFF.ann, "Ann")
        with opened.change("PIN") as change:
            pins.set_pin(change, STAFF.ann, "4711")
        yield opened


def test_the_right_pin_opens_and_a_wrong_one_does_not(workspace: Workspace) -> None:
    assert workspace.read(pins.has_pin, STAFF.ann)
    assert not workspace.read(pins.has_pin, STAFF.bob)
    pins.check(workspace, STAFF.ann, "4711")
    pins.check(workspace, STAFF.bob, "anything")
    with pytest.raises(InputError, match="isn't the PIN of Ann"):
        pins.check(workspace, STAFF.ann, "4712")
    assert b"4711" not in workspace.path.read_bytes()


def test_the_wait_grows_and_starting_again_doesn_t_help(workspace: Workspace) -> None:
    for _number in range(3):
        with pytest.raises(InputError, match="isn't the PIN"):
            pins.check(workspace, STAFF.ann, "0000", now=NOW)
    with Workspace.open(workspace.path) as again:
        with pytest.raises(InputError, match="wait 5 seconds"):
            pins.check(again, STAFF.ann, "4711", now=NOW)
        with pytest.raises(InputError, match="isn't the PIN"):
            pins.check(again, STAFF.ann, "0000", now=NOW + timedelta(seconds=5))
        later = NOW + timedelta(seconds=5)
        assert again.read(pins.seconds_to_wait, STAFF.ann, later) == 10
        # A clock set back doesn't lengthen the wait.
        assert again.read(pins.seconds_to_wait, STAFF.ann, NOW - timedelta(days=1)) == 10
        pins.check(again, STAFF.ann, "4711", now=later + timedelta(seconds=10))
        assert again.read(pins.seconds_to_wait, STAFF.ann, later) == 0


def test_ones_own_pin_is_changed_with_the_present_one_only(workspace: Workspace) -> None:
    for present in ("", "0000"):
        with pytest.raises(InputError, match="isn't the PIN"), workspace.change("No") as change:
            pins.set_pin(change, STAFF.ann, "1234", present=present)
        with pytest.raises(InputError, match="isn't the PIN"), workspace.change("No") as change:
            pins.clear_pin(change, STAFF.ann, present=present)
    with workspace.change("PIN") as change:
        pins.set_pin(change, STAFF.ann, "1234", present="4711")
    pins.check(workspace, STAFF.ann, "1234")
    with workspace.change("PIN") as change:
        pins.clear_pin(change, STAFF.ann, present="1234")
    assert not workspace.read(pins.has_pin, STAFF.ann)


def test_a_manager_clears_anothers_pin_and_nobody_sets_it(workspace: Workspace) -> None:
    workspace.work_as(STAFF.bob, "Bob")
    with pytest.raises(RightsError), workspace.change("No") as change:
        pins.clear_pin(change, STAFF.ann)
    workspace.work_as(STAFF.max, "Max")
    with pytest.raises(RightsError, match="Only Ann"), workspace.change("No") as change:
        pins.set_pin(change, STAFF.ann, "9999", present="4711")
    with workspace.change("Clear") as change:
        pins.clear_pin(change, STAFF.ann)
    assert not workspace.read(pins.has_pin, STAFF.ann)


@pytest.mark.parametrize("pin", ["", "123", " 1234", "x" * 33])
def test_a_pin_has_four_to_thirty_two_characters(workspace: Workspace, pin: str) -> None:
    workspace.work_as(STAFF.bob, "Bob")
    with pytest.raises(InputError, match="from 4 to 32"), workspace.change("No") as change:
        pins.set_pin(change, STAFF.bob, pin)
