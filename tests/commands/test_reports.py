"""figures and report: the same figures as JSON, text, PDF and Excel."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from salesdesk.office.tables import setting
from salesdesk.workspace import Workspace
from tests.commands.conftest import Run


def _line(lines: list[dict[str, Any]], key: str, value: str) -> dict[str, Any]:
    (found,) = [line for line in lines if line[key] == value]
    return found


def test_figures_as_json_are_those_worked_out_by_hand(run: Run, office: Path) -> None:
    said = run("figures", office, "--month", "2026-10", "--json")
    assert said.status == 0
    found = said.json
    assert (found["period"], found["office"], found["level"], found["pace"]) == (
        "2026-10", "青山电脑", "office", 1,
    )  # fmt: skip
    amount = _line(found["measures"], "code", "amount")
    assert amount == {
        "code": "amount", "name": "Sales amount", "unit": "yuan", "digits": 2,
        "assigned": 400_000, "goal": 450_000, "stretch": None, "target": 400_000,
        "actual": 400_000, "attainment": 1, "difference": 0, "status": "on_track", "pace": 1,
        "before": 0, "last_year": 0, "growth": None, "year_on_year": None, "plans": [1],
    }  # fmt: skip
    # 60 x (5,000 - 4,400) + 25 x (4,000 - 3,500)
    assert _line(found["measures"], "code", "profit")["actual"] == 48_500
    assert _line(found["measures"], "code", "effective_calls")["actual"] == 3
    assert _line(found["measures"], "code", "units")["actual"] == 85
    keys = ("rank", "name", "actual", "attainment")
    assert [tuple(one[key] for key in keys) for one in found["people"]] == [
        (1, "张三", 350_000, 1.4), (2, "李四", 50_000, 0.333333), (3, "王五", 0, None),
    ]  # fmt: skip
    assert [(one["name"], one["actual"]) for one in found["teams"]] == [
        ("East", 400_000), ("West", 0),
    ]  # fmt: skip
    laptop = _line(found["products"], "name", "商用笔记本")
    assert laptop == {
        "name": "商用笔记本", "units": 60, "amount": 300_000, "average_price": 5_000,
        "cost": 264_000, "profit": 36_000, "margin": 0.12, "cost_unknown": 0, "below_floor": 0,
    }  # fmt: skip
    assert [point["month"] for point in found["year"]["months"]] == [
        f"2026-{n:02}" for n in range(1, 13)
    ]
    assert found["year"]["months"][9] == {"month": "2026-10", "target": 400_000, "actual": 400_000}
    assert found["money"] == {
        "due": 100_000, "received": 40_000, "overdue": 60_000, "cancelled": 0,
        "cancelled_amount": 0,
    }  # fmt: skip
    assert found["customers"]["new"] == 2
    stages = {one["stage"]: one["count"] for one in found["funnel"]}
    assert (stages["contact"], stages["visit"], stages["contracted"]) == (2, 2, 1)


def test_figures_of_a_person_and_of_a_team(run: Run, office: Path) -> None:
    person = run("figures", office, "--month", "2026-10", "--person", "李四", "--json").json
    assert (person["level"], person["scope"]) == ("person", "李四")
    assert _line(person["measures"], "code", "amount")["actual"] == 50_000
    # Half of a deal with two decimals: a contract of two sellers counts half for each.
    assert _line(person["measures"], "code", "contracts")["actual"] == 0.5
    team = run("figures", office, "--month", "2026-10", "--team", "West", "--json").json
    assert (team["level"], team["scope"]) == ("team", "West")
    assert _line(team["measures"], "code", "amount")["actual"] == 0
    assert "teams" not in team


def test_figures_as_text_read_like_the_report(run: Run, office: Path) -> None:
    said = run("figures", office, "--month", "2026-10")
    assert said.status == 0
    line = next(line for line in said.out.splitlines() if "张三" in line)
    assert line.split()[:7] == ["1", "张三", "East", "250,000", "350,000", "140.0%", "100,000"]


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["--month", "2026-10", "--person", "无名"], 1, "无名"),
        (["--month", "2026-10", "--team", "无队"], 1, "无队"),
        ([], 2, "--month"),
    ],
)
def test_figures_that_cant_be(
    run: Run, office: Path, words: list[str], status: int, sentence: str
) -> None:
    said = run("figures", office, *words, "--json")
    assert (said.status, said.out) == (status, "")
    assert sentence in said.err


def test_the_report_as_pdf_holds_the_figures(run: Run, office: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.pdf"
    said = run("report", "monthly", office, "--month", "2026-10", "-o", output, "--json")
    assert said.json == {"report": "monthly", "period": "2026-10", "file": str(output)}
    text = subprocess.run(
        ["pdftotext", "-layout", str(output), "-"], check=True, capture_output=True, text=True
    ).stdout
    line = next(line for line in text.splitlines() if "张三" in line)
    assert "350,000" in line
    assert "140.0%" in line


def test_the_report_as_workbook_holds_the_figures_of_a_person(
    run: Run, office: Path, tmp_path: Path
) -> None:
    output = tmp_path / "report.XLSX"
    said = run("report", "monthly", office, "--month", "2026-10", "--person", "张三",
               "--leave-out", "year", "funnel", "-o", output)  # fmt: skip
    assert (said.status, said.out) == (0, f"Wrote {output}.\n")
    sheet = openpyxl.load_workbook(output).worksheets[0]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    amount = next(row for row in rows if row and row[0] == "Sales amount (yuan)")
    assert amount[1:5] == [250_000, 350_000, 1.4, 100_000]
    headings = {row[0] for row in rows if row}
    assert "Products" in headings
    assert "People" not in headings
    assert "The year's months" not in headings


def test_the_report_in_chinese(run: Run, office: Path, tmp_path: Path) -> None:
    output = tmp_path / "月报.pdf"
    said = run("report", "monthly", office, "--month", "2026-10", "-o", output, "--lang", "zh")
    assert said.status == 0
    text = subprocess.run(
        ["pdftotext", "-layout", str(output), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "达成率" in text
    assert "Attainment" not in text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["yearly", "OFFICE", "--month", "2026-10", "-o", "OUT"], "invalid choice: 'yearly'"),
        (["monthly", "OFFICE", "--month", "2026-10", "-o", "report.txt"], "must end in"),
        (["monthly", "OFFICE", "--month", "2026-10", "--leave-out", "x", "-o", "OUT"], "'x'"),
        (["monthly", "OFFICE", "-o", "OUT"], "--period"),
        (["monthly", "OFFICE", "--period", "soon", "-o", "OUT"], "names no period"),
    ],
)
def test_a_report_asked_for_wrongly(
    run: Run, office: Path, tmp_path: Path, words: list[str], sentence: str
) -> None:
    known = {"OFFICE": office, "OUT": tmp_path / "out.pdf"}
    said = run("report", *[known.get(word, word) for word in words])
    assert (said.status, said.out) == (2, "")
    assert sentence in said.err
    assert not (tmp_path / "out.pdf").exists()


def test_a_period_the_report_isnt_made_for_is_refused(
    run: Run, office: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out.pdf"
    said = run("report", "weekly", office, "--month", "2026-10", "-o", output)
    assert (said.status, said.out) == (1, "")
    assert "“Weekly report” can't be made for 2026-10, only for: Week." in said.err
    assert not output.exists()


def test_a_report_is_shown_where_no_file_is_named(run: Run, office: Path) -> None:
    said = run("report", "weekly", office, "--period", "2026-10-W1", "--json").json
    assert (said["report"], said["period"]) == ("weekly", "2026-10-W1")
    assert "year" not in said
    text = run("report", "monthly", office, "--period", "2026-10").out
    assert text == run("figures", office, "--month", "2026-10").out


def test_the_kinds_of_report_are_listed(run: Run) -> None:
    kinds = {kind["code"]: kind for kind in run("reports", "--json").json}
    assert kinds["monthly"]["periods"] == ["month"]
    assert kinds["weekly"]["levels"] == ["office", "team", "person"]
    assert {"code": "money", "title": "Collections and cancellations"} in kinds["weekly"][
        "sections"
    ]
    assert "Weekly report" in run("reports").out


def test_who_looks_at_a_report_sees_what_their_role_allows(run: Run, office: Path) -> None:
    rights = {"reports.see": {"salesperson": "own"}, "costs.see": {"salesperson": "none"}}
    with Workspace.open(office) as workspace, workspace.unrecorded() as change:
        change.insert(setting, key="rights", value=json.dumps(rights))
    refused = run("figures", office, "--month", "2026-10", "--as", "李四")
    assert (refused.status, refused.out) == (1, "")
    assert "Your role allows this only for your own: See reports." in refused.err
    own = run(
        "figures", office, "--month", "2026-10", "--as", "李四", "--person", "李四", "--json"
    ).json
    assert "profit" not in {line["code"] for line in own["measures"]}
    assert own["products"] != []
    for line in own["products"]:
        assert not {"cost", "profit", "margin", "below_floor"} & line.keys()
