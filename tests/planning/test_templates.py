"""The ten plan templates: a text in both languages, and targets that the program tracks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk import text
from salesdesk.calc import periods
from salesdesk.calc.periods import KINDS, Period
from salesdesk.errors import CalendarError, InputError, NotFoundError
from salesdesk.office import calendar, measures, people, settings
from salesdesk.planning import grid, items, meters, outlines, plans, targets, templates, wording
from salesdesk.planning.live import states
from salesdesk.planning.places import OFFICE, TIERS, Place, Who, person, team
from salesdesk.planning.reading.telling import MEASURES as TELLING
from salesdesk.workspace import Workspace
from tests.sample import Sample, sample_office

NAMES = [
    "property-sales", "shop-sales", "new-market", "sales-manager", "showroom-assistant",
    "yearly-abc", "call-plan", "management-by-objectives", "territory", "weekly-new-customers",
]  # fmt: skip


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return sample_office(tmp_path / "sample.office")


@pytest.fixture
def workspace(sample: Sample) -> Iterator[Workspace]:
    with Workspace.open(sample.path) as opened:
        yield opened


@pytest.fixture(params=["en", "zh"])
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each language in turn; the texts of templates need no catalogue."""
    before = text.language()
    text._Current.language = request.param
    yield request.param
    text._Current.language = before


def _new(workspace: Workspace, name: str, period: str, who: Who = OFFICE) -> int:
    with workspace.change("New plan") as change:
        return templates.new_plan(change, name, period=periods.parse(period), who=who)


def _values(workspace: Workspace, plan_id: int, code: str, tier: str) -> dict[str, int]:
    """The plan's targets of a measure by the period's key, in the smallest step."""
    measure = workspace.read(measures.measure_with_code, code)
    found = workspace.read(targets.values, plan_id, measure.id, tier)
    return {place.period.key: cell.value for place, cell in found.items()}


def test_the_ten_templates_are_offered_in_order() -> None:
    assert [template.name for template in templates.all()] == NAMES


def test_every_template_is_a_plan_to_hand_in(spoken: str) -> None:
    for template in templates.all():
        lines = template.text.splitlines()
        assert sum(line.startswith("# ") for line in lines) >= 5, template.name
        assert sum(bool(re.match(r"\d+\. ", line)) for line in lines) >= 10, template.name
        chinese = bool(
            re.search("[\u4e00-\u9fff]", template.title + template.about + template.text)
        )
        assert chinese == (spoken == "zh"), template.name


def test_every_figure_tracked_stands_in_the_text(spoken: str) -> None:
    for template in templates.all():
        for rule in template.rules:
            if not rule.written:
                assert rule.kind in ("action", "contingency") or rule.value == "0", rule
                continue
            assert re.search(rf"(?<![\d,]){rule.written}(?!,?\d)", template.text), rule
            if rule.kind in ("target", "floor"):
                low, high = wording.read_figure(rule.written)
                assert ("" if low is None else str(low)) == rule.value, rule
                assert ("" if high is None else str(high)) == rule.to, rule


def test_every_target_names_what_the_program_knows() -> None:
    known = {*TELLING, *measures._listed("zh")}
    for template in templates.all():
        assert template.targets, template.name
        for target in template.targets:
            assert target.measure in known or (target.called and target.unit)
            assert target.tier in TIERS
            every = {"weekday": "day"}.get(target.every, target.every)
            if every:
                usual = template.kinds[0]
                order: list[str] = [*KINDS]
                assert order.index(every) >= order.index(usual), template.name
            else:
                assert target.period


def test_a_template_says_what_its_rules_need(spoken: str) -> None:
    for template in templates.all():
        marks = [rule.mark for rule in template.rules]
        assert marks == list(range(1, len(marks) + 1)), template.name
        assert sorted(wording.numbers(template.marked)) == marks, template.name
        assert template.owner in ("office", "team", "person")
        assert set(template.reviews) <= {"week", "month", "quarter", "year"}
        for rule in template.rules:
            if rule.kind in ("action", "contingency"):
                assert rule.words, rule
            if rule.kind == "contingency":
                assert len(rule.steps.splitlines()) >= 2, rule


def test_the_texts_hold_what_the_ten_plans_ask_for() -> None:
    """Each plan's own figures and rhythms, as the description of the work gives them."""
    asked = {
        "property-sales": [("surveys", "2", "month"), ("own", "4", "year")],
        "shop-sales": [("units", "8", "week"), ("profit", "8000", "month")],
        "sales-manager": [("talks", "2", "week"), ("minutes_early", "20", "weekday")],
        "showroom-assistant": [("surveys", "1", "week")],
        "yearly-abc": [
            ("amount", "300000", "year"), ("amount", "350000", "year"),
            ("amount", "75000", "quarter"),
        ],
        "call-plan": [("effective_calls", "40", "day"), ("visits", "2", "week")],
        "weekly-new-customers": [("new_customers", "2", "week")],
    }  # fmt: skip
    for name, wanted in asked.items():
        found = {(one.measure, one.value, one.every) for one in templates.named(name).targets}
        assert set(wanted) <= found, name
    rhythms = {(one.grade, one.days) for one in templates.named("yearly-abc").rules if one.grade}
    assert rhythms == {("A", 7), ("B", 15), ("C", 30)}
    floors = {(one.of, one.value) for one in templates.named("shop-sales").rules
              if one.kind == "floor"}  # fmt: skip
    assert floors == {("Business notebooks", "300"), ("Home notebooks", "0")}
    trials = [one.days for one in templates.named("new-market").rules if one.at == "after"]
    assert trials == [3, 7, 15]


@pytest.mark.parametrize("name", NAMES)
def test_each_template_makes_a_plan_with_its_text_and_targets(
    workspace: Workspace, sample: Sample, name: str
) -> None:
    template = templates.named(name)
    period = {"year": "2026", "month": "2026-11"}[template.kinds[0]]
    plan_id = _new(workspace, name, period, person(sample.zhang))
    plan = workspace.read(plans.plan_by_id, plan_id)
    assert (plan.template, plan.owner) == (name, "张三")
    assert outlines.of_text(workspace.read(items.text_of, plan_id)) == outlines.of_text(
        template.text
    )
    assert plan.title == f"{plan.period.label} {template.title}"
    used = {measure.code for measure in workspace.read(measures.measures)}
    wanted = {
        (template_target.measure, template_target.tier)
        for template_target in template.targets
        if template_target.measure in used
    } | {(one.measure, "stretch") for one in template.targets if one.to and one.measure in used}
    by_id = {measure.id: measure.code for measure in workspace.read(measures.measures)}
    stored = workspace.read(targets.measures_used, plan_id)
    assert {(by_id[measure_id], tier) for measure_id, tier in stored} == wanted


def test_daily_calls_stand_on_working_days_and_sum_to_the_month(
    workspace: Workspace, sample: Sample
) -> None:
    with workspace.change("Office days") as change:
        settings.store(change, weekday_weights=[1, 1, 1, 1, 1, 0, 0], holidays_open=False)
    plan_id = _new(workspace, "call-plan", "2026-10", person(sample.zhang))
    calls = _values(workspace, plan_id, "effective_calls", "assigned")
    days = {key: value for key, value in calls.items() if key.count("-") == 2 and "W" not in key}
    # The National Day week is closed; Saturday the 10th is worked in exchange.
    assert "2026-10-01" not in days
    assert "2026-10-11" not in days
    assert days["2026-10-10"] == days["2026-10-12"] == 40
    assert calls["2026-10"] == 40 * len(days) == 40 * 18
    assert calls["2026-10-W2"] == 40 * len([day for day in days if "-05" <= day[7:] <= "-11"])


def test_weekly_visits_follow_the_working_days_of_each_clipped_week(
    workspace: Workspace, sample: Sample
) -> None:
    with workspace.change("Office days") as change:
        settings.store(change, weekday_weights=(1, 1, 1, 1, 1, 0, 0), holidays_open=False)
    plan_id = _new(workspace, "call-plan", "2026-10", person(sample.zhang))
    visits = _values(workspace, plan_id, "visits", "assigned")
    # 1 to 4 October are holidays: nothing is due there. Then 3 working days (5 to 7 are holidays,
    # Saturday the 10th is worked), twice a whole week, and 26 to 31.
    assert [visits[f"2026-10-W{number}"] for number in range(1, 6)] == [0, 1, 2, 2, 2]
    assert visits["2026-10"] == 7


def test_the_shop_has_a_floor_and_a_stretch_of_monthly_profit(workspace: Workspace) -> None:
    plan_id = _new(workspace, "shop-sales", "2026-11")
    assert _values(workspace, plan_id, "profit", "assigned") == {"2026-11": 800_000}
    assert _values(workspace, plan_id, "profit", "stretch") == {"2026-11": 1_000_000}
    units = _values(workspace, plan_id, "units", "assigned")
    # 8 a week; the first week has eight days, of them two Sundays, which weigh double.
    assert (units["2026-11-W1"], units["2026-11-W2"]) == (10_00, 8_00)


def test_the_quarters_leave_50_000_of_the_goal_unassigned(
    workspace: Workspace, sample: Sample
) -> None:
    plan_id = _new(workspace, "yearly-abc", "2026", person(sample.zhang))
    goal = _values(workspace, plan_id, "amount", "goal")
    assert (goal["2026"], goal["2026-Q3"]) == (35_000_000, 7_500_000)
    assert [goal[f"2026-{number:02}"] for number in range(1, 13)] == [2_500_000] * 12
    amount = workspace.read(measures.measure_with_code, "amount")
    found = workspace.read(grid.read, plan_id, amount.id, "goal")
    assert [(gap.place.period.key, gap.axis, gap.amount) for gap in found.all_gaps()] == [
        ("2026", "time", 5_000_000)
    ]


def test_sums_never_leave_a_gap_of_their_own(workspace: Workspace, sample: Sample) -> None:
    for name in NAMES:
        template = templates.named(name)
        for kind in template.kinds:
            period = {
                "year": "2026", "quarter": "2026-Q4", "month": "2026-11", "week": "2026-11-W2"
            }[kind]  # fmt: skip
            plan_id = _new(workspace, name, period, person(sample.li))
            for measure_id, tier in workspace.read(targets.measures_used, plan_id):
                found = workspace.read(grid.read, plan_id, measure_id, tier)
                gaps = found.all_gaps()
                assert len(gaps) == (1 if name == "yearly-abc" and tier == "goal" else 0), name


def test_a_templates_quotas_are_the_persons_meters(workspace: Workspace, sample: Sample) -> None:
    _new(workspace, "weekly-new-customers", "2026-11", person(sample.wang))
    day = periods.parse("2026-11-24").start
    found = workspace.read(meters.quotas, sample.wang, day)
    weekly = {meter.measure.code: meter.target for meter in found if meter.period.kind == "week"}
    assert weekly == {"new_customers": 2, "potential_customers": 4}


def test_a_years_task_is_split_over_its_months_in_whole_pieces(workspace: Workspace) -> None:
    plan_id = _new(workspace, "sales-manager", "2026")
    contracts = _values(workspace, plan_id, "contracts", "assigned")
    months = [contracts[f"2026-{number:02}"] for number in range(1, 13)]
    assert sum(months) == contracts["2026"] == 15_000
    assert set(months) == {1_200, 1_300}
    quarters = [contracts[f"2026-Q{number}"] for number in range(1, 5)]
    assert quarters == [sum(months[first : first + 3]) for first in (0, 3, 6, 9)]


def test_measures_out_of_use_get_no_target_and_are_named(workspace: Workspace) -> None:
    unused = workspace.read(templates.unused_measures, "sales-manager")
    assert {measure.code for measure in unused} >= {"subscriptions", "commission"}
    plan_id = _new(workspace, "sales-manager", "2026")
    assert _values(workspace, plan_id, "contracts", "assigned")["2026"] == 15_000
    assert _values(workspace, plan_id, "commission", "assigned") == {}


def test_measures_out_of_use_are_taken_into_use_with_the_plan(workspace: Workspace) -> None:
    with workspace.change("New plan") as change:
        plan_id = templates.new_plan(
            change, "sales-manager", period=periods.year(2026), use_measures=True
        )
    assert workspace.read(templates.unused_measures, "sales-manager") == []
    assert _values(workspace, plan_id, "commission", "assigned")["2026"] == 96_000_000
    assert "Commission" in (workspace.undo() or "")  # the measures go out of use with it
    unused = workspace.read(templates.unused_measures, "sales-manager")
    assert "commission" in {measure.code for measure in unused}


@pytest.mark.parametrize(
    ("name", "period"), [("yearly-abc", "2026-11"), ("call-plan", "2026-11-W2")]
)
def test_a_period_that_doesnt_fit_is_refused_and_nothing_is_made(
    workspace: Workspace, name: str, period: str
) -> None:
    before = workspace.read(plans.plans)
    with pytest.raises(InputError, match=r"can be for: (Year|Month)"):
        _new(workspace, name, period)
    assert workspace.read(plans.plans) == before


def test_daily_targets_in_an_unknown_year_are_refused_whole(workspace: Workspace) -> None:
    before = workspace.read(plans.plans)
    with pytest.raises(CalendarError):
        _new(workspace, "call-plan", "2031-05")
    assert workspace.read(plans.plans) == before


def test_an_unknown_template_is_refused_naming_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="yearly-abc"):
        templates.named("novel")


def test_a_title_of_ones_own_is_kept(workspace: Workspace, sample: Sample) -> None:
    with workspace.change("New plan") as change:
        plan_id = templates.new_plan(
            change, "call-plan", period=periods.month(2026, 11), who=person(sample.li),
            title="  李四的十一月 ",
        )  # fmt: skip
    assert workspace.read(plans.plan_by_id, plan_id).title == "李四的十一月"


def test_one_undo_takes_the_plan_and_its_targets_back(workspace: Workspace) -> None:
    plan_id = _new(workspace, "territory", "2026")
    undone = workspace.undo()
    assert undone is not None
    assert undone.startswith("New plan: 2026 ")
    assert ";" not in undone  # what came with it isn't told besides
    assert plan_id not in {plan.id for plan in workspace.read(plans.plans)}
    assert workspace.read(targets.measures_used, plan_id) == []


def test_a_showroom_open_every_day_calls_every_day(tmp_path: Path) -> None:
    sample = sample_office(tmp_path / "showroom.office", kind="property")
    with Workspace.open(sample.path) as workspace:
        plan_id = _new(workspace, "showroom-assistant", "2026-10")
        calls = _values(workspace, plan_id, "effective_calls", "assigned")
        assert calls["2026-10"] == 31 * 30
        work = workspace.read(calendar.work_calendar)
        assert work.weight(periods.parse("2026-10-03").start) == 2


def test_a_template_knows_whose_plan_it_usually_is(workspace: Workspace, sample: Sample) -> None:
    def usual(name: str, actor_id: int | None) -> Who:
        return workspace.read(templates.usual_owner, name, actor_id)

    east = workspace.read(people.team_named, "East").id
    assert usual("call-plan", sample.li) == person(sample.li)
    assert usual("showroom-assistant", sample.li) == team(east)
    # The manager is of no team, and there are two.
    assert usual("showroom-assistant", sample.manager) == OFFICE
    assert usual("sales-manager", sample.li) == OFFICE
    assert usual("call-plan", None) == OFFICE
    with workspace.change("New plan") as change:
        plan_id = templates.new_plan(change, "sales-manager", period=periods.year(2026))
    assert workspace.read(plans.plan_by_id, plan_id).who == OFFICE


def test_measures_of_the_templates_own_are_counted_by_hand(workspace: Workspace) -> None:
    with workspace.change("New plan") as change:
        templates.new_plan(change, "property-sales", period=periods.year(2026), use_measures=True)
    for name, unit in (("Trainings in selling shops", "trainings"), ("Site surveys", "surveys")):
        measure = workspace.read(measures.measure_with_code, name)
        assert (measure.counts, measure.unit, measure.active) == ("hand", unit, True)
    assert workspace.read(templates.unused_measures, "property-sales") == []


def test_a_category_that_the_office_lacks_makes_the_rule_all_the_same(
    workspace: Workspace, sample: Sample
) -> None:
    plan_id = _new(workspace, "shop-sales", "2026-11", person(sample.zhang))
    rules = [rule for item in workspace.read(items.of_plan, plan_id) for rule in item.rules]
    floors = [rule for rule in rules if rule.kind == "floor"]
    assert [(rule.category, rule.value) for rule in floors] == [
        ("Business notebooks", 30_000), ("Home notebooks", 0)
    ]  # fmt: skip
    today = periods.parse("2026-11-24").start
    said = workspace.read(states.of_plan, plan_id, today)
    assert {said[rule.id].words for rule in floors} == {"no such product"}


def test_places_are_the_plans_own(workspace: Workspace, sample: Sample) -> None:
    plan_id = _new(workspace, "yearly-abc", "2026", person(sample.zhang))
    amount = workspace.read(measures.measure_with_code, "amount")
    year: Period = periods.year(2026)
    found = workspace.read(targets.values, plan_id, amount.id, "assigned")
    assert found[Place(person(sample.zhang), year)].value == 30_000_000
    assert {place.who for place in found} == {person(sample.zhang)}
