"""Measures as data: filters, natures, ratios, and the list that comes with the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk import text
from salesdesk.errors import InputError
from salesdesk.office import among, measures
from salesdesk.office.among import Among
from salesdesk.planning.reading.telling import MEASURES
from salesdesk.sales import products
from salesdesk.workspace import Workspace
from tests.offices import staffed_office


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office of tests/offices.py."""
    with staffed_office(tmp_path) as workspace:
        yield workspace


def test_a_filter_is_stored_and_read_as_it_was(workspace: Workspace) -> None:
    with workspace.change() as change:
        products.add_product(change, "T14", category="Notebooks")
        number = measures.add(
            change, "Notebooks", "machines", counts="units", among=Among(categories=("Notebooks",))
        )
    stored = workspace.read(measures.measure_by_id, number)
    assert stored.among == Among(categories=("Notebooks",))
    # Of what is counted: pieces have two decimals, since shared deals halve them.
    assert (stored.nature, stored.digits, stored.step) == ("flow", 2, 100)
    assert workspace.read(among.told, stored.among) == "Product categories: Notebooks"
    workspace.undo()
    assert number not in [one.id for one in workspace.read(measures.measures, active_only=False)]


def test_values_are_taken_as_people_read_them(workspace: Workspace) -> None:
    with workspace.change() as change:
        number = measures.add(
            change, "Seen", "times", counts="activities", among=Among(kinds=("Visit", "visit"))
        )
    assert workspace.read(measures.measure_by_id, number).among.kinds == ("visit",)


def test_editing_a_filter_and_undoing_it(workspace: Workspace) -> None:
    with workspace.change() as change:
        number = measures.add(change, "Active", "customers", counts="active_customers")
    before = workspace.read(measures.measure_by_id, number)
    assert (before.nature, before.among) == ("level", Among())
    with workspace.change() as change:
        measures.edit(change, number, seen_version=before.version, among=Among(days=60))
    assert workspace.read(measures.measure_by_id, number).among.days == 60
    workspace.undo()
    assert workspace.read(measures.measure_by_id, number).among == Among()


def test_a_ratio_knows_its_parts_and_is_no_part_itself(workspace: Workspace) -> None:
    with workspace.change() as change:
        number = measures.take_into_use(change, "margin")
    margin = workspace.read(measures.measure_by_id, number)
    assert margin.is_ratio
    assert margin.tells_costs
    assert margin.numerator is not None
    assert margin.numerator.code == "profit"
    assert margin.denominator is not None
    assert margin.denominator.code == "amount"
    with pytest.raises(InputError, match="Margin is a ratio itself"), workspace.change() as change:
        measures.add(
            change, "X", "%", counts="ratio", numerator_id=number, denominator_id=1
        )  # fmt: skip
    with pytest.raises(InputError, match="is a ratio itself"), workspace.change() as change:
        measures.edit(change, number, seen_version=margin.version, denominator_id=number)


def test_everything_that_is_read_from_a_plan_can_be_taken_into_use(workspace: Workspace) -> None:
    for code in MEASURES:
        with workspace.change() as change:
            number = measures.take_into_use(change, code)
        stored = workspace.read(measures.measure_by_id, number)
        assert (stored.code, stored.active) == (code, True)
        with workspace.change() as change:
            assert measures.take_into_use(change, code) == number


def test_the_list_says_everything_in_both_languages(workspace: Workspace) -> None:
    before = text.language()
    try:
        for tongue in ("zh", "en"):
            text.set_language(tongue)
            listed = workspace.read(measures.offered)
            assert len(listed) > 40
            assert all(one.name and one.unit for one in listed)
            assert len({one.name for one in listed}) == len(listed)
    finally:
        text.set_language(before)


def test_what_isnt_sold_isnt_offered(workspace: Workspace) -> None:
    def codes() -> set[str]:
        return {one.code for one in workspace.read(measures.offered)}

    assert "notebooks" not in codes()
    with workspace.change() as change:
        products.add_product(change, "T14", category="Notebooks")
    assert "notebooks" in codes()
    with workspace.change() as change:
        measures.take_into_use(change, "notebooks")
    assert "notebooks" not in codes()


def test_own_measures_are_counted_by_hand_and_made_once(workspace: Workspace) -> None:
    with workspace.change() as change:
        first = measures.take_into_use(change, "own", "Boxes packed")
        assert measures.take_into_use(change, "own", "boxes  Packed") == first
        rate = measures.take_into_use(change, "own", "Tidy rate", unit="%")
    boxes = workspace.read(measures.measure_by_id, first)
    assert (boxes.counts, boxes.nature, boxes.digits) == ("hand", "flow", 0)
    stored = workspace.read(measures.measure_by_id, rate)
    assert (stored.nature, stored.digits) == ("level", 2)


def test_an_unused_one_of_the_same_name_is_taken_up_again(workspace: Workspace) -> None:
    with workspace.change() as change:
        own = measures.add(change, "Talks", "talks")
        stored = measures.measure_by_id(change.connection, own)
        measures.edit(change, own, seen_version=stored.version, active=False)
    with workspace.change() as change:
        assert measures.take_into_use(change, "talks") == own
    assert workspace.read(measures.measure_by_id, own).active
