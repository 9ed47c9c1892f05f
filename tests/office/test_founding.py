"""A new office has what its kind asks for; settings and measures keep to their rules."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from salesdesk import text
from salesdesk.check import check
from salesdesk.errors import ConflictError, InputError, NotFoundError
from salesdesk.office import measures, people, settings
from salesdesk.office.founding import KINDS, new_office
from salesdesk.workspace import Workspace
from tests.offices import found, measure, staffed_office


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


# -- founding --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_office_is_sound_from_the_start(tmp_path: Path, kind: str) -> None:
    with found(tmp_path, kind=kind) as workspace:
        assert check(workspace) == []
        stored = workspace.read(settings.read)
        assert (stored.office_name, stored.kind) == ("Riverside", kind)
        assert stored.cadence == {"A": 7, "B": 15, "C": 30}
        active = {one.code for one in workspace.read(measures.measures)}
        assert active == KINDS[kind].measures
        [founder] = workspace.read(people.people)
        assert (founder.name, founder.role) == ("Max", "manager")
        assert (workspace.person_id, workspace.person_name) == (founder.id, "Max")


def test_founding_is_no_change_that_could_be_undone(tmp_path: Path) -> None:
    with found(tmp_path) as workspace:
        assert workspace.undo() is None
        assert workspace.history() == []


def test_two_offices_are_told_apart(tmp_path: Path) -> None:
    ids = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        with found(tmp_path / name) as workspace:
            ids.append(workspace.read(settings.read).office_id)
    assert ids[0] != ids[1]


@pytest.mark.parametrize(
    ("name", "kind", "founder"),
    [("", "shop", "Max"), ("Riverside", "zoo", "Max"), ("R", "shop", " ")],
)
def test_an_office_needs_a_name_a_known_kind_and_a_founder(
    tmp_path: Path, name: str, kind: str, founder: str
) -> None:
    with pytest.raises(InputError):
        new_office(tmp_path / "a.office", name=name, kind=kind, founder=founder)
    assert list(tmp_path.iterdir()) == []


def test_a_founding_that_fails_half_way_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at most 80"):
        new_office(tmp_path / "a.office", name="R", kind="shop", founder="M" * 81)
    assert list(tmp_path.iterdir()) == []


def test_an_office_founded_in_chinese_has_chinese_measures(tmp_path: Path) -> None:
    text.set_language("zh")
    with found(tmp_path) as workspace:
        amount = measure(workspace)
        assert not amount.name.isascii()
        assert workspace.read(settings.read).language == "zh"
        # And is found by that name too.
        assert workspace.read(measures.measure_with_code, amount.name) == amount


# -- settings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "zoo"},
        {"basis": "gut feeling"},
        {"cancellations": "never"},
        {"office_name": "  "},
        {"cadence": {"A": 0, "B": 15, "C": 30}},
        {"cadence": {"A": 7, "B": 15, "C": 4_000}},
        {"weekday_weights": [1, 1, 1]},
        {"weekday_weights": [0] * 7},
        {"weekday_weights": [1, 1, 1, 1, 1, 1, -1]},
    ],
)
def test_a_setting_that_can_t_be_is_refused(workspace: Workspace, values: dict[str, Any]) -> None:
    before = workspace.read(settings.read)
    with pytest.raises(InputError), workspace.change("Set") as change:
        settings.store(change, in_wan=False, **values)
    assert workspace.read(settings.read) == before


def test_settings_are_read_as_they_were_stored(workspace: Workspace) -> None:
    with workspace.change("Set") as change:
        settings.store(
            change, basis="collection", weekday_weights=[1, 1, 1, 1, 1, 3, 3], in_wan=False
        )
    stored = workspace.read(settings.read)
    assert (stored.basis, stored.weekday_weights) == ("collection", (1, 1, 1, 1, 1, 3, 3))
    assert not stored.in_wan


# -- measures --------------------------------------------------------------------------------------


def test_an_own_measure_is_counted_by_hand(workspace: Workspace) -> None:
    with workspace.change("Measure") as change:
        measure_id = measures.add(change, "  Test  drives ", "drives", digits=1)
    own = workspace.read(measures.measure_by_id, measure_id)
    assert (own.name, own.counts, own.digits, own.step) == ("Test drives", "hand", 1, 1)
    assert workspace.read(measures.measures)[-1] == own
    assert own.format(15) == "1.5"
    assert own.parse("1.5") == 15


@pytest.mark.parametrize(("name", "digits"), [("", 0), ("Calls", 0), ("Drives", 5), ("Drives", -1)])
def test_an_own_measure_needs_a_free_name_and_few_decimals(
    workspace: Workspace, name: str, digits: int
) -> None:
    with pytest.raises(InputError), workspace.change("Measure") as change:
        measures.add(change, name, "drives", digits)


def test_a_measure_s_digits_stay_since_values_are_counted_in_them(workspace: Workspace) -> None:
    calls = measure(workspace, "calls")
    assert "digits" not in inspect.signature(measures.edit).parameters
    with pytest.raises(InputError), workspace.change("Edit") as change:
        measures.edit(change, calls.id, seen_version=calls.version, step=0)
    with workspace.change("Edit") as change:
        measures.edit(change, calls.id, seen_version=calls.version, active=False, step=5)
    assert "calls" not in [one.code for one in workspace.read(measures.measures)]
    with pytest.raises(ConflictError), workspace.change("Edit") as change:
        measures.edit(change, calls.id, seen_version=calls.version, step=6)


def test_an_unknown_measure_is_told_with_those_known(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="amount, units"):
        workspace.read(measures.measure_with_code, "turnover")
    with pytest.raises(NotFoundError):
        workspace.read(measures.measure_by_id, 99)


def test_values_are_shown_in_the_measure_s_own_decimals(workspace: Workspace) -> None:
    amount, calls = measure(workspace), measure(workspace, "calls")
    assert amount.format(1_234_50) == "1,234.5"
    assert amount.format(350_000_00, in_wan=True) == "35.00"
    assert calls.format(1_234, in_wan=True) == "1,234"
    assert amount.format(None) == ""
    assert amount.parse("35万") == 350_000_00
    assert amount.parse("  ") is None
    with pytest.raises(InputError):
        calls.parse("3.5")
