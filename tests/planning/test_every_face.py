"""Whoever asks for a target gets the same answer: grid, review, meters, report, commands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesdesk.__main__ import main
from salesdesk.calc.periods import Period, containing, parse
from salesdesk.office import people
from salesdesk.planning import deciding, meters, reviews, standing, targets
from salesdesk.planning.counting import Counted, counting
from salesdesk.planning.places import OFFICE, TIERS, Place, Who, person, team
from salesdesk.reports import kinds
from salesdesk.reports.monthly import MONTHLY
from salesdesk.reports.sections.measures import MEASURES
from salesdesk.reports.sections.ranking import PEOPLE, TEAMS
from salesdesk.reports.sections.year import YEAR as YEAR_SECTION
from salesdesk.workbooks import quota_contents
from salesdesk.workspace import Workspace
from tests.offices import (
    STAFF,
    grid_of,
    measure,
    place,
    plan_for,
    set_targets,
    staffed_office,
)

TODAY = date(2026, 11, 23)
NOVEMBER, YEAR = parse("2026-11"), parse("2026")
ANN, BOB, CLEO = person(STAFF.ann), person(STAFF.bob), person(STAFF.cleo)
EAST, WEST = team(STAFF.east), team(STAFF.west)
WHOS = (OFFICE, EAST, WEST, ANN, BOB, CLEO)
KEYS = ("2026", "2026-Q4", "2026-10", "2026-11", "2026-11-W1", "2026-11-W4", "2026-11-23")


@dataclass(frozen=True)
class Cell:
    """A target that somebody entered."""

    who: Who
    key: str
    tier: str
    product_id: int | None
    value: int


@dataclass(frozen=True)
class RandomPlan:
    """A plan of 2026 with its targets and how far it is."""

    who: Who
    status: str
    cells: tuple[Cell, ...]


def cells(whos: tuple[Who, ...]) -> st.SearchStrategy[tuple[Cell, ...]]:
    cell = st.builds(
        Cell,
        who=st.sampled_from(whos),
        key=st.sampled_from(KEYS),
        tier=st.sampled_from(list(TIERS)),
        product_id=st.sampled_from([None, None, None, STAFF.laptop, STAFF.tower]),
        value=st.integers(0, 1_000_000),
    )
    return st.lists(cell, min_size=1, max_size=8).map(tuple)


def random_plans(whos: tuple[Who, ...]) -> st.SearchStrategy[RandomPlan]:
    return st.builds(
        RandomPlan,
        who=st.just(whos[0]),
        status=st.sampled_from(["draft", "submitted", "approved"]),
        cells=cells(whos),
    )


ONE_OF_EACH = st.one_of(
    random_plans(WHOS), random_plans((EAST, ANN, BOB)), random_plans((ANN,)), random_plans((CLEO,))
)


def enter(workspace: Workspace, plan: RandomPlan) -> int:
    plan_id = plan_for(workspace, who=plan.who)
    for cell in plan.cells:
        who = cell.who._replace(product_id=cell.product_id)
        set_targets(workspace, plan_id, {place(cell.key, who): cell.value}, tier=cell.tier)
    if plan.status != "draft":
        with workspace.change("Status") as change:
            deciding.move(change, plan_id, plan.status)
    return plan_id


def counted(workspace: Workspace, who: Who, period: Period = NOVEMBER) -> Counted | None:
    amount = measure(workspace).id
    return workspace.read(lambda db: counting(db, [YEAR]).at(amount, who, period))


def as_number(value: object) -> int | None:
    """A value of a command in cents."""
    return None if value is None else round(float(str(value)) * 100)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json", "--lang", "en"]) == 0
    return json.loads(capsys.readouterr().out)


SOME = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@SOME
@given(chosen=st.lists(ONE_OF_EACH, min_size=1, max_size=3))
def test_meters_reports_and_commands_show_what_counts(
    chosen: list[RandomPlan],
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with staffed_office(tmp_path_factory.mktemp("office")) as workspace:
        for plan in chosen:
            enter(workspace, plan)
        expected = {who: counted(workspace, who) for who in WHOS}
        office = expected[OFFICE]
        # The meters of the status bar and of Today leave out targets of zero.
        month = workspace.read(meters.office_month, TODAY)
        shown = {meter.measure.code: meter.counted for meter in month}
        assert shown.get("amount") == (office if office and office.target else None)
        for who in (ANN, BOB, CLEO):
            assert who.person_id is not None
            own = expected[who]
            quotas = workspace.read(meters.quotas, who.person_id, TODAY)
            of_month = [meter.counted for meter in quotas if meter.period == NOVEMBER]
            assert of_month == ([own] if own and own.target else [])
        # The monthly report: the office's line, teams, people and the year's chart.
        report = workspace.read(kinds.read, MONTHLY, NOVEMBER, today=TODAY)
        lines = {line.measure.code: line for line in report[MEASURES]}
        assert lines["amount"].counted == office
        names = {"East": EAST, "West": WEST, "Ann": ANN, "Bob": BOB, "Cleo": CLEO}
        for line in [*report[TEAMS], *report[PEOPLE]]:
            if line.name in names and line.measure.code == "amount":
                assert line.counted == expected[names[line.name]]
        november = next(point for point in report[YEAR_SECTION].months if point.month == NOVEMBER)
        assert november.target == (None if office is None else office.target)
        for who in (EAST, ANN):
            own_report = workspace.read(kinds.read, MONTHLY, NOVEMBER, who=who, today=TODAY)
            own_lines = {line.measure.code: line for line in own_report[MEASURES]}
            assert own_lines["amount"].counted == expected[who]
        # The commands.
        path = str(workspace.path)
        said = told(capsys, "figures", path, "--month", "2026-11")
        amount = next(entry for entry in said["measures"] if entry["code"] == "amount")
        assert as_number(amount["target"]) == (None if office is None else office.target)
        assert amount["plans"] == ([] if office is None else list(office.plans))
        today = told(capsys, "today", path, "--date", TODAY.isoformat())
        values = {quota["measure"]: as_number(quota["target"]) for quota in today["quotas"]}
        assert values.get("amount") == (office.target if office and office.target else None)


@SOME
@given(plan=random_plans(WHOS))
def test_the_pages_of_a_plan_show_what_counts_of_it(
    plan: RandomPlan,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The only plan there is counts everywhere: grid, review, standing, quota sheet agree."""
    with staffed_office(tmp_path_factory.mktemp("office")) as workspace:
        plan_id = enter(workspace, plan)
        grids = {tier: grid_of(workspace, plan_id, tier=tier) for tier in TIERS}
        lines = {line.who: line for line in workspace.read(reviews.review, plan_id, NOVEMBER)}
        for who in WHOS:
            counts = counted(workspace, who)
            tiers: Mapping[str, int] = {} if counts is None else counts.tiers
            in_grid = {tier: grids[tier].value(who, NOVEMBER) for tier in TIERS}
            assert {tier: value for tier, value in in_grid.items() if value is not None} == tiers
            line = lines.get(who)
            assert (line and line.target) == (counts and counts.target)
            assert (line and line.tier) == (counts and counts.tier)
        whole = counted(workspace, OFFICE, YEAR)
        stands = workspace.read(standing.standings, TODAY).get(plan_id)
        assert (stands and stands.target) == (whole and whole.target)
        for tier in TIERS:
            said = told(
                capsys, "targets", str(workspace.path), str(plan_id), "--measure", "amount",
                "--tier", tier, "--by", "month",
            )  # fmt: skip
            rows = {
                (row["team_id"], row["person_id"]): row["cells"]
                for row in said["rows"]
                if row["product_id"] is None
            }
            for who in WHOS:
                cell = next(
                    cell for cell in rows[who.team_id, who.person_id] if cell["period"] == "2026-11"
                )
                assert as_number(cell["value"]) == grids[tier].value(who, NOVEMBER)
        contents = workspace.read(
            quota_contents.gather, plan_id, None, None, "assigned", with_products=False
        )
        for _block, shown in contents.blocks:
            for row in contents.rows:
                held = contents.held[shown.id, "assigned"].get(row.who)
                entered = held.values.get(NOVEMBER) if held else None
                # The sheet has what was entered; a sum that stands in isn't written as if it were.
                assert entered == grids["assigned"].stored(row.who, NOVEMBER)


def test_a_month_entered_for_people_only_is_the_office_s_everywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The case that the grid showed as 200,000 and the report as "not set"."""
    with staffed_office(tmp_path) as workspace:
        plan_id = plan_for(workspace)
        set_targets(
            workspace,
            plan_id,
            {place("2026-11", ANN): 120_000_00, place("2026-11", BOB): 80_000_00},
        )
        assert grid_of(workspace, plan_id).value(OFFICE, NOVEMBER) == 200_000_00
        assert grid_of(workspace, plan_id).value(OFFICE, YEAR) == 200_000_00
        report = workspace.read(kinds.read, MONTHLY, NOVEMBER, today=TODAY)
        assert report[MEASURES][0].target == 200_000_00
        (meter,) = workspace.read(meters.office_month, TODAY)
        assert (meter.target, meter.plans) == (200_000_00, ("Plan 2026",))


def test_personal_plans_make_the_office_s_target(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        for who, value in ((ANN, 30), (BOB, 20), (CLEO, 50)):
            plan_id = plan_for(workspace, "2026-11", who=who)
            set_targets(workspace, plan_id, {place("2026-11", who): value})
        office = counted(workspace, OFFICE)
        assert office is not None
        assert (office.target, office.plans, office.summed) == (100, (1, 2, 3), True)
        east = counted(workspace, EAST)
        assert east is not None
        assert (east.target, east.plans) == (50, (1, 2))
        # An office's own target goes before the sum of its parts.
        set_targets(workspace, plan_for(workspace), {place("2026-11"): 120})
        own = counted(workspace, OFFICE)
        assert own is not None
        assert (own.target, own.plans, own.summed) == (120, (4,), False)


def test_task_and_goal_of_a_place_come_from_one_plan(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        of_person = plan_for(workspace, "2026-11", who=ANN)
        set_targets(workspace, of_person, {place("2026-11", ANN): 70}, tier="goal")
        of_office = plan_for(workspace)
        set_targets(workspace, of_office, {place("2026-11", ANN): 50})
        own = counted(workspace, ANN)
        assert own is not None
        assert (own.assigned, own.goal, own.plans) == (50, None, (of_office,))


def test_a_draft_gives_way_to_parts_that_are_all_approved(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        months = [containing(date(2026, month, 1), "month") for month in (10, 11, 12)]
        quarter = plan_for(workspace, "2026-Q4")
        set_targets(workspace, quarter, {place("2026-Q4"): 500})
        for month in months:
            plan_id = plan_for(workspace, month.key)
            set_targets(workspace, plan_id, {Place(OFFICE, month): 100})
            with workspace.change("Approve") as change:
                deciding.move(change, plan_id, "approved")
        fourth = counted(workspace, OFFICE, parse("2026-Q4"))
        assert fourth is not None
        assert (fourth.target, fourth.plans) == (300, (2, 3, 4))


def test_the_stretch_stands_beside_and_alone_it_is_the_target(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        plan_id = plan_for(workspace)
        set_targets(workspace, plan_id, {place("2026-11"): 8_000_00})
        set_targets(workspace, plan_id, {place("2026-11"): 10_000_00}, tier="stretch")
        (meter,) = workspace.read(meters.office_month, TODAY)
        assert (meter.target, meter.stretch) == (8_000_00, 10_000_00)
        (line,) = [
            line for line in workspace.read(reviews.review, plan_id, NOVEMBER) if line.who == OFFICE
        ]
        assert (line.target, line.stretch) == (8_000_00, 10_000_00)
        (stands,) = workspace.read(standing.standings, TODAY).values()
        assert (stands.target, stands.stretch) == (8_000_00, 10_000_00)
        set_targets(workspace, plan_id, {place("2026-11"): None})
        alone = counted(workspace, OFFICE)
        assert alone is not None
        assert (alone.tier, alone.target) == ("stretch", 10_000_00)


def test_a_person_s_months_stay_with_the_team_of_their_last_day(tmp_path: Path) -> None:
    """Bob goes West on 16 November: October stays with the East, November goes with him."""
    with staffed_office(tmp_path) as workspace:
        plan_id = plan_for(workspace)
        set_targets(workspace, plan_id, {place("2026-10", BOB): 10, place("2026-11", BOB): 20})
        with workspace.change("Move") as change:
            people.edit_person(
                change, STAFF.bob, seen_version=1, team_id=STAFF.west,
                team_since=date(2026, 11, 16),
            )  # fmt: skip

        def target(who: Who, key: str) -> int | None:
            counts = counted(workspace, who, parse(key))
            return None if counts is None else counts.target

        assert (target(EAST, "2026-10"), target(WEST, "2026-10")) == (10, None)
        assert (target(EAST, "2026-11"), target(WEST, "2026-11")) == (None, 20)
        assert target(OFFICE, "2026-Q4") == 30
        grid = grid_of(workspace, plan_id)
        assert (grid.value(EAST, parse("2026-Q4")), grid.value(WEST, parse("2026-Q4"))) == (10, 20)
        amount = measure(workspace)
        with workspace.change("Targets") as change:
            targets.set_values(change, plan_id, amount.id, "assigned", {place("2026", BOB): 99})
        # A year set as a whole goes with no team: its months went with two.
        assert (target(EAST, "2026"), target(WEST, "2026")) == (10, 20)
        assert target(OFFICE, "2026") == 99
        assert workspace.undo() == "Targets of Plan 2026: Sales amount, 2026, Bob"
        assert workspace.undo() == "Edit person Bob"
        assert target(EAST, "2026-11") == 20
