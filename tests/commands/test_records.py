"""Products, leave and hand counts on the command line, through the writers of the window."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from salesdesk.office import measures
from salesdesk.workspace import Workspace
from tests.commands.conftest import Run
from tests.sample import Sample


def test_a_product_is_entered_changed_and_listed(run: Run, sample: Sample) -> None:
    said = run("product", "add", sample.path, "--name", "Desk", "--price", "1.2万",
               "--commission-rate", "1.5", "--json")  # fmt: skip
    assert said.json == {
        "id": 3, "name": "Desk", "category": "", "unit": "", "price": 12_000, "cost": None,
        "profit_floor": None, "commission_rate": 1.5, "active": True,
    }  # fmt: skip
    said = run("product", "edit", sample.path, 3, "--cost", "0", "--price", "", "--active", "no",
               "--json")  # fmt: skip
    assert (said.json["cost"], said.json["price"], said.json["active"]) == (0, 0, False)
    listed = run("product", "list", sample.path, "--search", "des", "--json").json
    assert [one["name"] for one in listed] == ["Desk"]
    said = run("product", "add", sample.path, "--name", " DESK ", "--price", "1")
    assert said.status == 1
    assert "Desk exists already." in said.err
    said = run("product", "add", sample.path, "--name", "Chair", "--cost", "cheap")
    assert said.status == 1
    assert "Cost: “cheap” is not a number." in said.err
    said = run("product", "add", sample.path, "--name", "Chair", "--as", "张三")
    assert said.status == 1
    assert "Change products" in said.err


def test_leave_is_entered_and_ended(run: Run, sample: Sample) -> None:
    first = date.today() + timedelta(days=400)
    last = first + timedelta(days=4)
    alone = run("leave", "add", sample.path, "--person", "张三", "--first-day", first,
                "--last-day", last)  # fmt: skip
    assert alone.status == 1
    assert "say who covers" in alone.err
    said = run("leave", "add", sample.path, "--person", "张三", "--first-day", first,
               "--last-day", last, "--cover", "王五", "--json")  # fmt: skip
    assert said.status == 0, said.err
    assert said.json["end_day"] == last.isoformat()
    back = first + timedelta(days=2)
    number = said.json["id"]
    assert run("leave", "end", sample.path, number, "--back-on", back).status == 0
    [stored] = run("leave", "list", sample.path, "--json").json
    assert stored["end_day"] == (back - timedelta(days=1)).isoformat()
    assert "张三 is back" in run("history", sample.path).out


def test_counts_by_hand_are_entered_changed_deleted_and_come_from_excel(
    run: Run, sample: Sample, tmp_path: Path
) -> None:
    with Workspace.open(sample.path) as workspace, workspace.change("") as change:
        measures.add(change, "Leaflets", "pieces")
    given = ("--measure", "Leaflets", "--person", "张三", "--day", "2026-11-03")
    number = run("count", "add", sample.path, *given, "--value", "40", "--json").json["id"]
    said = run("count", "add", sample.path, *given, "--value", "1.5")
    assert said.status == 1
    assert "whole number" in said.err
    assert run("count", "edit", sample.path, number, "--value", "45", "--json").json["value"] == 45
    sheet = tmp_path / "counts.csv"
    sheet.write_text("Date,Measure,Person,Value\n2026-11-04,Leaflets,张三,7\n", "utf-8")
    assert run("count", "import", sample.path, sheet, "--preview", "--json").json["new"] == 1
    assert len(run("count", "list", sample.path, "--month", "2026-11", "--json").json) == 1
    assert run("count", "import", sample.path, sheet).status == 0
    assert len(run("count", "list", sample.path, "--month", "2026-11", "--json").json) == 2
    sheet.write_text("Date,Measure,Person,Value\n2026-11-04,Leaflets,Nobody,7\n", "utf-8")
    said = run("count", "import", sample.path, sheet)
    assert said.status == 1
    assert "cell C2: Person: There is none called Nobody." in said.err
    assert run("count", "delete", sample.path, number).status == 0
    assert run("count", "list", sample.path, "--month", "2026-10", "--json").json == []
