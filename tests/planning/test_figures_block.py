"""Tables of figures in a plan's text: what was achieved before beside what is planned."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.customers import activities
from salesdesk.errors import InputError
from salesdesk.office import measures
from salesdesk.planning import figures_block, items, outlines, plans, targets
from salesdesk.planning.figures_block import Figures
from salesdesk.planning.figures_spec import Spec, spec_of
from salesdesk.planning.items import LineError
from salesdesk.planning.places import Place, person
from salesdesk.reports import plan_document
from salesdesk.workspace import Workspace
from tests.sample import Sample, sample_office

TODAY = date(2026, 11, 24)
VISITS = Spec(("visits",), "quarter", 1, own=True, planned=True)


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    return sample_office(tmp_path / "sample.office")


def test_a_table_says_last_year_this_year_and_the_plan(sample: Sample) -> None:
    with Workspace.open(sample.path) as office:
        office.work_as(sample.manager, "钱经理")
        with office.change("Plan") as change:
            who = person(sample.zhang)
            plan_id = plans.new_plan(change, title="Year", period=parse("2026"), who=who)
            visits = measures.measure_with_code(change.connection, "visits")
            targets.set_values(
                change, plan_id, visits.id, "goal",
                {Place(who, parse(f"2026-{at:02}")): at for at in (1, 2, 3, 10)},
            )  # fmt: skip
            before = figures_block.read(change.connection, plan_id, [VISITS.words], TODAY)
            for person_id, day in (
                (sample.zhang, date(2025, 2, 3)), (sample.zhang, date(2025, 3, 4)),
                (sample.li, date(2025, 2, 3)), (sample.zhang, date(2026, 10, 20)),
            ):  # fmt: skip
                activities.log(
                    change, person_id=person_id, customer_id=None, kind="visit", words="Saw them",
                    at=datetime.combine(day, datetime.min.time()),
                )  # fmt: skip
            found = figures_block.read(change.connection, plan_id, [VISITS.words], TODAY)
    old, new = before[VISITS.words], found[VISITS.words]
    assert isinstance(old, Figures)
    assert isinstance(new, Figures)
    assert [head for _name, head in new.heads] == ["2025", "Achieved", "Planned"]
    assert [label for label, _values in new.rows][-1] == "Total"
    assert [values[2] for _label, values in new.rows] == ["6", "—", "—", "10", "16"]

    def added(row: int, column: int) -> int:
        one, other = (table.rows[row][1][column] for table in (old, new))
        return int(other.replace("—", "0")) - int(one.replace("—", "0"))

    assert [added(row, 0) for row in range(5)] == [2, 0, 0, 0, 2]  # 李四's visit isn't 张三's
    assert [added(row, 1) for row in range(5)] == [0, 0, 0, 1, 1]


def test_a_table_is_an_item_and_prints_in_its_place(sample: Sample) -> None:
    with Workspace.open(sample.path) as office:
        office.work_as(sample.manager, "钱经理")
        with office.change("Text") as change:
            lines = [
                outlines.Line("item", 0, "One"), outlines.Line("figures", 0, VISITS.words),
                outlines.Line("item", 0, "Two"),
            ]  # fmt: skip
            version = plans.plan_by_id(change.connection, sample.plan).version
            items.write(change, sample.plan, lines, seen_version=version)
            again = outlines.of_text(items.text_of(change.connection, sample.plan))
            made = plan_document.document(change.connection, sample.plan, today=TODAY).data()
    assert [(line.kind, line.text) for line in again] == [(line.kind, line.text) for line in lines]
    kinds = [block["kind"] for block in made["blocks"]]
    assert kinds == ["item", "figures", "item"]
    assert len(made["blocks"][1]["rows"]) == 5


def test_what_is_no_table_is_named(sample: Sample) -> None:
    for words in ("", "{}", '{"measures": []}', "[1]"):
        with pytest.raises(InputError, match="no table of figures"):
            spec_of(words)
    with pytest.raises(InputError, match="1 to 6 measures"):
        Spec(())
    with pytest.raises(InputError, match="needs a column"):
        Spec(("amount",), years=0, planned=False)
    with Workspace.open(sample.path) as office:
        office.work_as(sample.manager, "钱经理")
        with office.change("Text") as change:
            with pytest.raises(LineError, match="Line 1: That is no table"):
                items.write(change, sample.plan, [outlines.Line("figures", 0, "x")], seen_version=1)
            unknown = Spec(("nothing",)).words
            found = figures_block.read(change.connection, sample.plan, [unknown], TODAY)
    assert found == {unknown: "There is no measure “nothing”."}
