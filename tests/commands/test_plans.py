"""plans, plan new and print, targets, split."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from salesdesk.planning import templates
from tests.commands.conftest import Run
from tests.sample import Sample


def _text(pdf: Path) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    )
    return done.stdout


def _cells(shown: Any, name: str) -> dict[str, Any]:
    """The values of a row by period."""
    (row,) = [one for one in shown["rows"] if one["name"] == name]
    return {cell["period"]: cell["value"] for cell in row["cells"]}


def _targets(run: Run, office: Path, *words: object) -> Any:
    said = run("targets", office, 1, "--measure", "amount", "--json", *words)
    assert said.status == 0, said.err
    return said.json


# -- plans -----------------------------------------------------------------------------------------


def test_plans_are_listed_with_owner_period_and_status(run: Run, office: Path) -> None:
    assert run("plans", office, "--json").json == [
        {"id": 1, "title": "2026 销售计划", "owner": "", "level": "office", "period": "2026",
         "status": "draft", "template": "", "revision": 1}
    ]  # fmt: skip
    lines = run("plans", office).out.splitlines()
    assert [line.split() for line in lines] == [
        ["No.", "Title", "Owner", "Period", "Status"],
        ["1", "2026", "销售计划", "Whole", "office", "2026", "Draft"],
    ]


@pytest.mark.parametrize("name", [template.name for template in templates.all()])
def test_a_plan_is_made_from_each_template(run: Run, office: Path, name: str) -> None:
    kind = templates.named(name).kinds[0]
    period = {"year": "2026", "month": "2026-11"}[kind]
    said = run(
        "plan", "new", office, "--template", name, "--owner", "李四", "--period", period, "--json"
    )
    assert said.status == 0, said.err
    assert said.json["owner"] == "李四"
    assert said.json["template"] == name
    assert said.json["id"] in {one["id"] for one in run("plans", office, "--json").json}


def test_the_offices_own_templates_are_kept_listed_used_and_deleted(run: Run, office: Path) -> None:
    run("plan", "new", office, "--template", "call-plan", "--owner", "李四", "--period", "2026-11")
    kept = run("plan", "keep-as-template", office, "2", "--name", "电话计划", "--json")
    assert kept.status == 0, kept.err
    assert kept.json == {"id": 1, "name": "电话计划", "about": "", "rules": 13}
    edited = run("plan", "edit-template", office, "1", "--about", "给新人", "--json")
    assert (edited.json["name"], edited.json["about"]) == ("电话计划", "给新人")
    listed = run("plans", office, "--templates", "--json").json
    assert [(one["name"], one["own"]) for one in listed[:2]] == [
        ("电话计划", True), ("shop-sales", False)
    ]  # fmt: skip
    assert len(listed) == 11
    assert "电话计划" in run("plans", office, "--templates").out
    made = run("plan", "new", office, "--template", "电话计划", "--owner", "张三", "--period",
               "2026-12", "--json")  # fmt: skip
    assert (made.json["title"], made.json["untracked"]) == ("2026-12 电话计划", [])
    assert run("plan", "delete-template", office, "1").status == 0
    gone = run("plan", "new", office, "--template", "电话计划", "--period", "2026-12")
    assert gone.status == 1
    assert "There is no plan template 电话计划" in gone.err


def test_a_teams_and_the_offices_own_plan(run: Run, office: Path) -> None:
    words = ("--template", "management-by-objectives", "--period", "2026", "--json")
    assert run("plan", "new", office, *words, "--owner", "West").json["level"] == "team"
    own = run("plan", "new", office, *words, "--title", "我们的计划").json
    assert (own["level"], own["title"]) == ("office", "我们的计划")
    # Whose a plan usually is, the template knows.
    mine = ("--template", "call-plan", "--period", "2026-11", "--json", "--as", "李四")
    assert run("plan", "new", office, *mine).json["owner"] == "李四"


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["--template", "novel", "--period", "2026"], 1, "no plan template novel"),
        (["--template", "territory", "--period", "soon"], 2, "names no period"),
        (["--template", "territory", "--period", "2026-W47"], 1, "isn't a plan for"),
        (["--template", "call-plan", "--period", "2031-01"], 1, "The working calendar knows"),
        (["--template", "territory", "--period", "2026", "--owner", "无名"], 1, "无名"),
        (["--template", "territory", "--period", "2026", "--as", "无名"], 1, "无名"),
        (["--template", "territory"], 2, "--period"),
    ],
)
def test_a_plan_that_cant_be_made_leaves_nothing(
    run: Run, office: Path, words: list[str], status: int, sentence: str
) -> None:
    said = run("plan", "new", office, *words)
    assert (said.status, said.out) == (status, "")
    assert sentence in said.err
    assert len(run("plans", office, "--json").json) == 1


def test_a_plan_is_printed(run: Run, office: Path, tmp_path: Path) -> None:
    made = run("plan", "new", office, "--template", "yearly-abc", "--owner", "张三",
               "--period", "2026", "--json").json  # fmt: skip
    output = tmp_path / "plan.pdf"
    said = run("plan", "print", office, made["id"], "-o", output)
    assert (said.status, said.out) == (0, f"Wrote {output}.\n")
    text = _text(output)
    assert "Personal yearly plan with A, B, C customers" in text
    assert "50,000 of 2026" in text


def test_printing_a_plan_that_isnt_there_writes_no_file(
    run: Run, office: Path, tmp_path: Path
) -> None:
    said = run("plan", "print", office, 99, "-o", tmp_path / "plan.pdf")
    assert said.status == 1
    assert "no plan number 99" in said.err
    assert not (tmp_path / "plan.pdf").exists()


def test_a_file_that_cant_be_written_is_named(run: Run, office: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").mkdir()
    said = run("plan", "print", office, 1, "-o", tmp_path / "plan.pdf")
    assert said.status == 2
    assert "plan.pdf can't be written" in said.err
    assert not list(tmp_path.glob("*.part"))


# -- targets ---------------------------------------------------------------------------------------


def test_targets_are_shown_by_quarter_with_their_gaps(run: Run, office: Path) -> None:
    shown = _targets(run, office)
    assert (shown["measure"], shown["tier"], shown["unit"]) == ("amount", "assigned", "yuan")
    assert _cells(shown, "张三") == {
        "2026": 2_400_000, "2026-Q1": None, "2026-Q2": None, "2026-Q3": None, "2026-Q4": 250_000,
    }  # fmt: skip
    assert {"name": "张三", "period": "2026", "axis": "time", "amount": 2_150_000} in shown["gaps"]


def test_targets_by_week_of_people_only(run: Run, office: Path) -> None:
    shown = _targets(run, office, "--by", "week", "--per", "person")
    assert [row["name"] for row in shown["rows"]] == ["钱经理", "张三", "李四", "王五"]
    weeks = {key: value for key, value in _cells(shown, "张三").items() if value and "W" in key}
    assert sum(weeks.values()) == 250_000
    assert len(weeks) == 5


def test_targets_of_teams_and_of_another_tier(run: Run, office: Path) -> None:
    shown = _targets(run, office, "--per", "team", "--tier", "goal", "--by", "month")
    assert [row["name"] for row in shown["rows"]] == ["East", "West"]
    assert _cells(shown, "East")["2026-10"] is None


def test_targets_as_text_say_what_isnt_assigned(run: Run, office: Path) -> None:
    said = run("targets", office, 1, "--measure", "amount", "--by", "month")
    assert said.status == 0
    assert "Whole office  4,800,000" in said.out
    assert "Gap of 2,150,000 in 张三, 2026, over time" in said.out


def test_many_columns_are_turned_into_lines(run: Run, office: Path) -> None:
    said = run("targets", office, 1, "--measure", "amount", "--by", "week", "--per", "person")
    line = next(line for line in said.out.splitlines() if line.startswith("2026-10-W2"))
    assert line.split() == ["2026-10-W2", "-", "56,250", "-", "-"]


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["9", "--measure", "amount"], 1, "no plan number 9"),
        (["1", "--measure", "love"], 1, "no measure love"),
        (["0", "--measure", "amount"], 2, "whole number above zero"),
        (["1", "--measure", "amount", "--by", "decade"], 2, "invalid choice"),
        (["1"], 2, "--measure"),
    ],
)
def test_targets_that_arent_there(
    run: Run, office: Path, words: list[str], status: int, sentence: str
) -> None:
    said = run("targets", office, *words)
    assert (said.status, said.out) == (status, "")
    assert sentence in said.err


def test_a_month_isnt_made_of_quarters(run: Run, office: Path) -> None:
    made = run("plan", "new", office, "--template", "shop-sales", "--period", "2026-11", "--json")
    said = run("targets", office, made.json["id"], "--measure", "units", "--by", "quarter")
    assert said.status == 1
    assert "isn't made of longer periods" in said.err


# -- split -----------------------------------------------------------------------------------------


def _split(run: Run, office: Path, *words: object) -> Any:
    said = run("split", office, 1, "--measure", "amount", "--json", *words)
    assert said.status == 0, said.err
    return said.json


def test_a_year_is_split_over_its_months_and_sums(run: Run, office: Path) -> None:
    done = _split(run, office, "--along", "time", "--by", "workdays", "--to", "month")
    assert done["changed"] >= 15
    cells = _cells(_targets(run, office, "--by", "month"), "")
    months = [cells[f"2026-{number:02}"] for number in range(1, 13)]
    assert sum(months) == cells["2026"] == 4_800_000
    # Of October only one of the two people has weeks: that gap stays, the year has none.
    found = [gap["period"] for gap in done["gaps"] if gap["name"] == "" and gap["axis"] == "time"]
    assert found == ["2026-10"]


def test_a_locked_cell_keeps_its_value_in_this_split_and_the_next(run: Run, office: Path) -> None:
    words = ("--along", "time", "--by", "equal", "--to", "month")
    _split(run, office, *words, "--lock", "2026-10")
    _split(run, office, *words)
    shown = _targets(run, office, "--by", "month")
    assert _cells(shown, "")["2026-10"] == 400_000
    locked = [cell["period"] for cell in shown["rows"][0]["cells"] if cell["locked"]]
    assert locked == ["2026-10"]
    _split(run, office, *words, "--unlock", "2026-10")
    assert len({*_cells(_targets(run, office, "--by", "month"), "").values()}) == 2


def test_a_persons_cell_is_split_by_name(run: Run, office: Path) -> None:
    _split(run, office, "--along", "time", "--by", "equal", "--cell", "张 三:2026")
    cells = _cells(_targets(run, office), "张三")
    assert [cells[f"2026-Q{number}"] for number in range(1, 5)] == [600_000] * 4


def test_a_split_by_percentages_over_time(run: Run, office: Path) -> None:
    percent = ("10", "20", "30.5%", "39.5")
    _split(run, office, "--along", "time", "--by", "percent", "--percent", *percent)
    cells = _cells(_targets(run, office), "")
    assert [cells[f"2026-Q{number}"] for number in range(1, 5)] == [
        480_000, 960_000, 1_464_000, 1_896_000,
    ]  # fmt: skip


def test_a_month_is_split_over_people_by_percentages(run: Run, office: Path) -> None:
    _split(run, office, "--along", "people", "--cell", "2026-10", "--by", "percent",
           "--percent", "张三=50", "李四=30", "王五=20")  # fmt: skip
    shown = _targets(run, office, "--by", "month")
    names = ("张三", "李四", "王五", "East", "West")
    assert [_cells(shown, name)["2026-10"] for name in names] == [
        200_000, 120_000, 80_000, 320_000, 80_000,
    ]  # fmt: skip


def test_a_locked_persons_part_is_kept_over_people(run: Run, office: Path) -> None:
    _split(run, office, "--along", "people", "--cell", "2026-10", "--by", "equal",
           "--lock", "张三:2026-10")  # fmt: skip
    shown = _targets(run, office, "--by", "month")
    assert _cells(shown, "张三")["2026-10"] == 250_000
    assert _cells(shown, "李四")["2026-10"] + _cells(shown, "王五")["2026-10"] == 150_000


def test_people_by_last_periods_actual(run: Run, office: Path) -> None:
    _split(run, office, "--along", "time", "--by", "equal", "--to", "month")
    _split(run, office, "--along", "people", "--cell", "2026-11", "--by", "history")
    shown = _targets(run, office, "--by", "month")
    assert _cells(shown, "张三")["2026-11"] == _cells(shown, "")["2026-11"] * 7 / 8


def test_products_share_a_target(run: Run, office: Path) -> None:
    _split(run, office, "--along", "products", "--cell", "张三:2026-10", "--by", "percent",
           "--percent", "商用笔记本=60", "台式机=40")  # fmt: skip
    shown = _targets(run, office, "--by", "month", "--per", "product")
    mine = {row["name"]: row["cells"][10]["value"] for row in shown["rows"]
            if row["cells"][10]["value"] is not None}  # fmt: skip
    assert mine == {"商用笔记本": 150_000, "台式机": 100_000}
    _split(run, office, "--along", "time", "--cell", "张三/台式机:2026-10", "--by", "equal",
           "--to", "week")  # fmt: skip


def test_a_split_is_one_undo(run: Run, office: Path) -> None:
    before = _targets(run, office, "--by", "month")
    _split(run, office, "--along", "time", "--by", "equal", "--to", "month", "--lock", "2026-10")
    assert run("undo", office).status == 0
    assert _targets(run, office, "--by", "month") == before


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["--along", "people", "--by", "workdays"], 2, "a target is split by"),
        (["--along", "time", "--by", "percent"], 2, "--percent goes with"),
        (["--along", "time", "--by", "equal", "--percent", "100"], 2, "--percent goes with"),
        (["--along", "products", "--by", "equal", "--to", "month"], 2, "--to goes with"),
        (["--along", "time", "--by", "percent", "--percent", "50", "50"], 1, "Give 4 percentages"),
        (["--along", "time", "--by", "percent", "--percent", "1", "2", "3", "4"], 1, "not to 100"),
        (["--along", "time", "--by", "percent", "--percent", "a", "2", "3", "4"], 1,
         "“a” is not a percentage"),
        (["--along", "people", "--by", "percent", "--percent", "100"], 1, "form NAME=P"),
        (["--along", "people", "--by", "percent", "--percent", "East=100"], 1, "called East"),
        (["--along", "products", "--by", "percent", "--percent", "汽车=100"], 1, "汽车"),
        (["--along", "time", "--by", "equal", "--cell", "王五:2026"], 1, "nothing to split"),
        (["--along", "time", "--by", "equal", "--cell", "无名:2026"], 1, "无名"),
        (["--along", "time", "--by", "equal", "--cell", "2026-99"], 1, "no period 2026-99"),
        (["--along", "time", "--by", "equal", "--lock", "2026-05"], 1, "nothing to lock"),
        (["--along", "time", "--by", "equal", "--cell", "2026-10", "--to", "quarter"], 1,
         "isn't made of longer periods"),
        (["--along", "time", "--by", "equal", "--tier", "stretch"], 1, "Set a target for 2026"),
    ],
)  # fmt: skip
def test_a_split_that_cant_be_changes_nothing(
    run: Run, office: Path, words: list[str], status: int, sentence: str
) -> None:
    before = run("history", office, "--json").json
    said = run("split", office, 1, "--measure", "amount", *words)
    assert (said.status, said.out) == (status, "")
    assert sentence in said.err
    assert run("history", office, "--json").json == before


def test_locks_that_exceed_the_whole_are_refused_and_not_kept(run: Run, sample: Sample) -> None:
    office = sample.path
    said = run("split", office, 1, "--measure", "amount", "--along", "people", "--cell", "2026-10",
               "--by", "equal", "--lock", "张三:2026-10", "李四:2026-10")  # fmt: skip
    # The two sum to the whole: the third gets nothing, and that is a split.
    assert said.status == 0
    run("undo", office)
    said = run("split", office, 1, "--measure", "amount", "--along", "people", "--by", "equal",
               "--lock", "张三:2026", "--tier", "goal")  # fmt: skip
    assert said.status == 1
    shown = _targets(run, office)
    assert not any(cell["locked"] for row in shown["rows"] for cell in row["cells"])


# -- writing and deciding --------------------------------------------------------------------------


def test_targets_are_set_cleared_and_locked(run: Run, office: Path) -> None:
    measured = ("--measure", "amount")
    said = run(
        "target", "set", office, 1, *measured, "2026-11=12万", "李四:2026-11=50000", "--json"
    )
    assert said.json == {"plan": 1, "changed": 2}
    assert _cells(_targets(run, office, "--by", "month"), "李四")["2026-11"] == 50_000
    assert run("target", "lock", office, 1, *measured, "2026-11").status == 0
    assert "locked" in run("target", "set", office, 1, *measured, "2026-11=").err
    assert run("target", "unlock", office, 1, *measured, "2026-11").status == 0
    assert run("target", "set", office, 1, *measured, "2026-11=", "--json").json["changed"] == 1
    assert "negative" in run("target", "set", office, 1, *measured, "2026-11=-5").err


def test_a_plan_is_written_submitted_and_decided_on(run: Run, office: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("# 目标\n", encoding="utf-8")
    new = run("plan", "new", office, "--as", "李四", "--owner", "李四", "--period", "2026-11",
              "--title", "十一月", "--json")  # fmt: skip
    number = new.json["id"]
    assert (
        run("plan", "text", office, number, "--write", words, "--json").json["text"] == "# 目标\n"
    )
    assert run("plan", "submit", office, number, "--as", "李四", "--words", "请看").status == 0
    assert (
        "Your role doesn't allow this" in run("plan", "approve", office, number, "--as", "李四").err
    )
    said = run("plan", "return", office, number, "--words", "分到每周", "--json")
    assert said.json["status"] == "returned"
    assert said.json["decisions"][0]["answer"] == "分到每周"
    assert "分到每周" in run("plan", "status", office, number).out
    for step in ("submit", "approve", "close", "reopen"):
        assert run("plan", step, office, number).status == 0, step
    assert "with a reason" in run("plan", "take-back", office, number).err
    said = run("plan", "revise", office, number, "--reason", "market", "--words", "降价", "--json")
    assert (said.json["status"], said.json["revision"]) == ("draft", 2)
    words.write_text("# 目标\n1. 八台\n", encoding="utf-8")
    assert run("plan", "text", office, number, "--write", words).status == 0
    told = run("plan", "revisions", office, number, "--json").json["revisions"]
    assert [(one["number"], one["reason"], one["words"]) for one in told] == [(1, "market", "降价")]
    assert "降价" in run("plan", "revisions", office, number).out
    said = run("plan", "compare", office, number, 1, "--json")
    assert said.json["lines"] == [
        {"what": "same", "before": "目标", "after": "目标"},
        {"what": "added", "before": None, "after": "八台"},
    ]
    assert "+   八台" in run("plan", "compare", office, number, 1, 2).out
    assert "no revision 9" in run("plan", "compare", office, number, 9).err
    assert run("plan", "status", office, number, "--json").json["revision"] == 2
    assert run("plan", "delete", office, number, "--json").json["deleted"]


def test_a_review_is_written_and_shown(run: Run, office: Path) -> None:
    said = run("review", "write", office, 1, "--month", "2026-10", "--measure", "amount",
               "--of", "李四", "--reason", "缺货", "--json")  # fmt: skip
    assert said.json["reason"] == "缺货"
    lines = run("review", "show", office, 1, "--month", "2026-10", "--missed", "--json").json
    assert [line["reason"] for line in lines if line["name"] == "李四"] == ["缺货"]
    assert "缺货" in run("review", "show", office, 1, "--month", "2026-10").out


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (None, "there is no such file"),
        ("目标".encode("gbk"), "it isn't written in UTF-8"),
        ("目标".encode() * 400_000, "at most"),  # cut in the middle of a sign by what is read of it
    ],
)
def test_a_text_of_a_plan_that_cant_be_read_is_refused_by_name(
    run: Run, office: Path, tmp_path: Path, content: bytes | None, cause: str
) -> None:
    file = tmp_path / "text.md"
    if content is not None:
        file.write_bytes(content)
    said = run("plan", "text", office, "1", "--write", file)
    assert (said.status, said.out) == (1, "")
    assert cause in said.err
    assert "text.md" in said.err or cause == "at most"


def test_a_plan_is_commented_on_by_line(run: Run, office: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("# 目标\n1. 八台\n", encoding="utf-8")
    assert run("plan", "text", office, 1, "--write", words).status == 0
    said = run("plan", "comment", office, 1, "--line", 2, "--words", "十台", "--json").json
    assert [(one["line"], one["words"], one["settled"]) for one in said] == [(2, "十台", False)]
    number = said[0]["id"]
    assert "no line 3" in run("plan", "comment", office, 1, "--line", 3, "--words", "x").err
    assert run("plan", "settle", office, number, "--json").json[0]["settled"]
    assert run("plan", "comments", office, 1, "--open", "--json").json == []
    assert "2: 八台" in run("plan", "comments", office, 1).out
    assert not run("plan", "settle", office, number, "--again", "--json").json[0]["settled"]
    assert run("plan", "submit", office, 1).status == 0
    assert run("plan", "return", office, 1, "--json").json["status"] == "returned"
    assert run("plan", "uncomment", office, number, "--json").json == []
    assert "Nobody commented" in run("plan", "comments", office, 1).out


def test_a_plan_is_told_between_its_wider_plan_and_its_parts(run: Run, office: Path) -> None:
    number = run("plan", "new", office, "--owner", "张三", "--period", "2026-12",
                 "--title", "十二月", "--json").json["id"]  # fmt: skip
    said = run("plan", "nesting", office, number, "--json").json
    assert (said["from"], said["named"], said["parts"]) == (1, False, [])
    assert number in run("plan", "nesting", office, 1, "--json").json["parts"]
    assert run("plan", "nesting", office, number, "--in", 1, "--json").json["named"]
    assert not run("plan", "nesting", office, number, "--by-itself", "--json").json["named"]
    assert "isn't a wider plan" in run("plan", "nesting", office, 1, "--in", number).err
    assert "From: " in run("plan", "nesting", office, number).out


def test_the_next_months_plan_is_made_of_the_last(run: Run, office: Path) -> None:
    number = run("plan", "new", office, "--owner", "张三", "--period", "2026-10",
                 "--title", "十月", "--json").json["id"]  # fmt: skip
    due = run("plan", "next", office, "--as", "张三", "--day", "2026-10-30", "--json").json
    assert due == [{"plan": number, "title": "十月", "next": "2026-11"}]
    assert "十月" in run("plan", "next", office, "--as", "张三", "--day", "2026-10-30").out
    said = run("plan", "next", office, number, "--as", "张三", "--json").json
    assert (said["title"], said["period"]) == ("十一月", "2026-11")
    assert "already" in run("plan", "next", office, number).err
    none = run("plan", "next", office, "--as", "张三", "--day", "2026-10-30")
    assert "No plan's next one is due." in none.out


def test_what_a_plan_prepares_for_is_activated_by_line(
    run: Run, office: Path, tmp_path: Path
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("# 目标\n", encoding="utf-8")
    assert run("plan", "text", office, 1, "--write", words).status == 0
    assert "no line 2" in run("plan", "activate", office, 1, "--line", 2).err
    assert "prepares for nothing" in run("plan", "activate", office, 1, "--line", 1).err
