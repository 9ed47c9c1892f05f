"""A kind of record declared in this test only: everything about it comes from the declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from salesdesk.customers import customers
from salesdesk.errors import ConflictError, InputError, NotFoundError, RightsError
from salesdesk.office import measures
from salesdesk.planning import actuals, record_kinds
from salesdesk.records import measuring, records
from salesdesk.records.kinds import Kind
from salesdesk.records.records import Wanted
from salesdesk.records.values import FieldError
from salesdesk.workspace import Workspace
from tests.offices import STAFF
from tests.records.conftest import FIELDS, held


def test_a_record_is_added_read_edited_and_deleted(workspace: Workspace, training: Kind) -> None:
    number = held(workspace, training, hours=15, cost=None)
    [record] = workspace.read(records.page, training, actor_id=STAFF.max)
    shown = {field.words: record.text(field) for field in FIELDS}
    assert shown == {
        "Day": "2026-11-03", "Trainer": "Ann", "Topic": "Rivals", "Hours": "1.5", "Cost": "",
        "Form": "Talk", "Passed": "no", "Customer": "", "Product": "", "Note": "",
    }  # fmt: skip
    with workspace.change("") as change:
        records.alter(change, training, number, {"cost": 0}, seen_version=record.version)
    after = workspace.read(records.record, training, number, actor_id=STAFF.max)
    assert after.values["cost"] == 0
    with pytest.raises(ConflictError), workspace.change("") as change:
        records.alter(change, training, number, {"cost": 7}, seen_version=record.version)
    with workspace.change("") as change:
        records.delete(change, training, number)
    assert [entry.label for entry in workspace.history(limit=3)] == [
        "Delete training: Rivals · Ann",
        "Edit training: Rivals · Ann",
        "New training: Rivals · Ann",
    ]
    with pytest.raises(NotFoundError, match="no training number"):
        workspace.read(records.record, training, number, actor_id=STAFF.max)
    workspace.undo()
    assert workspace.read(records.count, training, actor_id=STAFF.max) == 1


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({"topic": " "}, "topic", "Topic is missing"),
        ({"topic": "x" * 21}, "topic", "at most 20 characters"),
        ({"topic": "nothing"}, "topic", "Talk about something"),
        ({"hours": -1}, "hours", "negative"),
        ({"hours": 101}, "hours", "at most 10"),
        ({"hours": 1.5}, "hours", "doesn't fit"),
        ({"cost": 10**30}, "cost", "too large"),
        ({"day": date(26, 11, 3)}, "day", "0026-11-03"),
        ({"day": None}, "day", "Day is missing"),
        ({"form": "song"}, "form", "there are: Talk, Drill"),
        ({"person_id": 99}, "person_id", "number 99"),
        ({"passed": 1}, "passed", "doesn't fit"),
        ({"note": "x" * 10_001}, "note", "at most"),
    ],
)
def test_what_the_declaration_doesn_t_allow_is_refused(
    workspace: Workspace, training: Kind, given: Mapping[str, Any], field: str, why: str
) -> None:
    with pytest.raises(FieldError, match=why) as refusal:
        held(workspace, training, **given)
    assert refusal.value.field == field
    number = held(workspace, training)
    with pytest.raises(FieldError, match=why), workspace.change("") as change:
        records.edit(change, training, number, given)


def test_customers_of_records_are_found_by_phones_as_they_are_typed(
    workspace: Workspace, training: Kind
) -> None:
    with workspace.change("") as change:
        called = customers.add(change, name="欧阳修", phones="13812345678")
    held(workspace, training, topic="prices", customer_id=called)
    held(workspace, training, topic="rooms 301, 502, 138")

    def topics(search: str) -> list[str]:
        rows = workspace.read(records.page, training, Wanted(search=search), actor_id=STAFF.max)
        return sorted(record.values["topic"] for record in rows)

    assert topics("(138) 1234-5678") == topics("138 1234") == topics("oyx") == ["Prices"]
    assert topics("301 502") == ["Rooms 301, 502, 138"]
    assert topics("138") == ["Prices", "Rooms 301, 502, 138"]
    field = training.field_named("customer_id")
    assert workspace.read(records.choices, field, "138-1234 5678") == [(called, "欧阳修")]
    assert workspace.read(records.choices, field, "ouy") == [(called, "欧阳修")]
    assert workspace.read(records.choices, field, "ouyq") == []


def test_search_filter_days_and_order(workspace: Workspace, training: Kind) -> None:
    held(workspace, training, topic="prices", hours=20, customer_id=STAFF.lin)
    held(workspace, training, topic="50 % off", day=date(2026, 12, 1), hours=10, form="drill")
    held(workspace, training, topic="manners", person_id=STAFF.bob, product_id=STAFF.laptop)

    def topics(wanted: Wanted = records.ALL, **order: Any) -> list[str]:
        rows = workspace.read(records.page, training, wanted, actor_id=STAFF.max, **order)
        assert workspace.read(records.count, training, wanted, actor_id=STAFF.max) == (
            len(rows) if not order else 3
        )
        return [record.values["topic"] for record in rows]

    assert topics() == ["50 % off", "Manners", "Prices"]
    assert topics(Wanted(search="linxiansheng")) == ["Prices"]  # the customer, by pinyin
    assert topics(Wanted(search="lxs pri")) == topics(Wanted(search="xians")) == ["Prices"]
    assert topics(Wanted(search="qqq")) == topics(Wanted(search="lxs drill")) == []
    assert topics(Wanted(search="0 % o")) == ["50 % off"]
    assert topics(Wanted(search="bob lap")) == ["Manners"]
    assert topics(Wanted(equal={"form": "drill"})) == ["50 % off"]
    assert topics(Wanted(before=date(2026, 12, 1))) == ["Manners", "Prices"]
    assert topics(order="hours") == ["50 % off", "Prices", "Manners"]  # unknown comes last
    assert topics(order="person_id", descending=True, limit=1, offset=1) == ["50 % off"]


def test_a_salesperson_writes_own_records_and_sees_no_cost_where_the_office_says_so(
    workspace: Workspace, training: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    from salesdesk.office import rights

    ours = held(workspace, training, cost=5_00)
    held(workspace, training, person_id=STAFF.bob)
    held(workspace, training, person_id=STAFF.cleo)
    workspace.work_as(STAFF.bob, "Bob")
    with pytest.raises(RightsError), workspace.change("") as change:
        records.edit(change, training, ours, {"topic": "mine"})
    with pytest.raises(RightsError), workspace.change("") as change:
        records.delete(change, training, ours)
    narrowed = {
        **rights.RIGHTS,
        "costs.see": replace(rights.RIGHTS["costs.see"], salesperson="none"),
        "records.see": replace(rights.RIGHTS["records.see"], salesperson="team"),
    }
    monkeypatch.setattr(rights, "RIGHTS", narrowed)
    seen = workspace.read(records.page, training, actor_id=STAFF.bob)
    assert {record.values["person_id"] for record in seen} == {STAFF.ann, STAFF.bob}
    assert all("cost" not in record.values for record in seen)
    with pytest.raises(RightsError, match="costs"):
        held(workspace, training, person_id=STAFF.bob, cost=1_00)


def test_a_measure_counts_records_and_sums_a_field(workspace: Workspace, training: Kind) -> None:
    held(workspace, training, hours=15, product_id=STAFF.tower)
    held(workspace, training, hours=20, day=date(2026, 11, 30))
    held(workspace, training, hours=30, form="drill", person_id=STAFF.bob)
    held(workspace, training, hours=40, day=date(2026, 12, 1))
    known = record_kinds.KINDS
    with workspace.change("") as change:
        number = measuring.add_measure(
            change, record_kinds.KINDS, "training", "Trainings", "trainings"
        )
        hours = measuring.add_measure(
            change, record_kinds.KINDS, "training.hours", "Taught", "hours"
        )
        with pytest.raises(InputError, match=r"training\.hours"):
            measuring.add_measure(change, known, "training.cost", "Cost", "yuan")
    counting = [workspace.read(measures.measure_by_id, one) for one in (number, hours)]
    assert [measure.digits for measure in counting] == [0, 1]
    november = (date(2026, 11, 1), date(2026, 12, 1))
    found = workspace.read(actuals.actuals, counting, *november, bucket="month")
    assert found == {
        (number, 202611, STAFF.ann, None): 2,
        (number, 202611, STAFF.bob, None): 1,
        (hours, 202611, STAFF.ann, None): 35,
    }
    by_product = workspace.read(actuals.actuals, counting[1:], *november, by_product=True)
    assert by_product == {(hours, 0, STAFF.ann, STAFF.tower): 15, (hours, 0, STAFF.ann, None): 20}
    by_day = workspace.read(
        actuals.actuals, counting[:1], date(2026, 11, 3), date(2026, 11, 5), bucket="day"
    )
    assert by_day[actuals.Key(number, date(2026, 11, 3), STAFF.ann, None)] == 1


def test_what_was_noted_about_a_customer_is_told_latest_first(
    workspace: Workspace, training: Kind
) -> None:
    held(workspace, training, topic="first", customer_id=STAFF.lin)
    held(workspace, training, topic="last", customer_id=STAFF.lin, day=date(2026, 11, 9))
    held(workspace, training, topic="other", customer_id=STAFF.zhou)
    told = workspace.read(records.about_customer, record_kinds.KINDS, STAFF.lin, actor_id=STAFF.max)
    assert [(day.day, kind.code, records.named(kind, record)) for day, kind, record in told] == [
        (9, "training", "Last · Ann"), (3, "training", "First · Ann"),
    ]  # fmt: skip


def test_a_declaration_that_names_what_isn_t_there_is_refused(training: Kind) -> None:
    with pytest.raises(ValueError, match="nobody"):
        replace(training, owner="nobody")
    with pytest.raises(ValueError, match="needs an owner and a day"):
        replace(training, day="")
