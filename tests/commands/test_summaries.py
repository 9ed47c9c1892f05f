"""Summaries and causes from the command line: owed, written, handed in, commented on, printed."""

from __future__ import annotations

from pathlib import Path

from tests.commands.conftest import Run


def _plan(run: Run, office: Path) -> int:
    """张三's plan for October 2026 with targets of three contracts and ten visits."""
    made = run("plan", "new", office, "--owner", "张三", "--period", "2026-10", "--title", "十月",
               "--json").json  # fmt: skip
    number = int(made["plan"] if "plan" in made else made["id"])
    for measure, value in (("contracts", "3"), ("visits", "10")):
        said = run("target", "set", office, number, "--measure", measure, f"2026-10={value}")
        assert said.status == 0, said.err
    return number


def test_a_month_is_summed_up_from_what_is_owed_to_the_comment(
    run: Run, office: Path, tmp_path: Path
) -> None:
    plan = _plan(run, office)
    said = run("reviews", "ask", office, plan, "month", "week", "--json").json
    assert said["reviewed"] == ["week", "month"]
    day = ("--day", "2026-11-02")
    owed = run("reviews", "due", office, "--person", "张三", *day, "--json").json
    assert [(one["kind"], one["first_day"], one["last_day"]) for one in owed] == [
        ("week", "2026-10-01", "2026-10-04"),
        ("week", "2026-10-05", "2026-10-11"),
        ("week", "2026-10-12", "2026-10-18"),
        ("week", "2026-10-19", "2026-10-25"),
        ("week", "2026-10-26", "2026-10-31"),
        ("month", "2026-10-01", "2026-10-31"),
    ]
    assert run("reviews", "missing", office, *day, "--json").json == owed
    assert "Monthly summary" in run("reviews", "missing", office, *day).out
    acting = ("--as", "张三")
    written = run("reviews", "write", office, "--period", "2026-10", "--done", "卖了六十台",
                  "--lessons", "早约客户", *acting, "--json").json  # fmt: skip
    number = written["review"]
    assert (written["status"], written["name"], written["done"]) == ("draft", "张三", "卖了六十台")

    refused = run("reviews", "hand-in", office, number, *acting)
    assert refused.status == 1
    assert "2 missed targets need a cause and words: Contracts, Visits" in refused.err
    for measure, cause in (("contracts", "goods out of stock"), ("visits", "Target set too high")):
        said = run("review", "write", office, plan, "--month", "2026-10", "--measure", measure,
                   "--cause", cause, "--reason", "缺货", "--root-cause", "订货晚",
                   "--prevention", "提前订货", *acting, "--json")  # fmt: skip
        assert said.json["root_cause"] == "订货晚", said.err
    assert run("reviews", "hand-in", office, number, *acting).status == 0

    whole = run("reviews", "show", office, number, "--json").json
    contracts = next(line for line in whole["lines"] if line["measure"] == "contracts")
    # One of his own and half of a shared one, of three.
    assert (contracts["target"], contracts["actual"], contracts["difference"]) == (3, 1.5, -1.5)
    assert contracts["attainment"] == 0.5
    amount = next(line for line in whole["lines"] if line["measure"] == "amount")
    assert amount["actual"] == 350_000
    assert (contracts["cause"], contracts["side"]) == ("Goods out of stock", "inside")
    assert whole["figures"]["new_customers"] == 1
    shown = run("reviews", "show", office, number).out
    for words in (
        "Monthly summary 2026-10, 张三 (Handed in)",
        "50.0%",
        "Work done: 卖了六十台",
    ):
        assert words in shown

    assert run("reviews", "comment", office, number, "--words", "好", *acting).status == 1
    assert run("reviews", "comment", office, number, "--words", "好").status == 0
    assert "钱经理: 好" in run("reviews", "show", office, number).out
    assert "钱经理 has seen" in run("reviews", "take-back", office, number, *acting).err
    pdf = tmp_path / "summary.pdf"
    assert run("reviews", "print", office, number, "-o", pdf).status == 0
    assert pdf.read_bytes().startswith(b"%PDF")
    assert [one["status"] for one in run("reviews", "list", office, "--json").json] == ["seen"]
    assert len(run("reviews", "due", office, *day, *acting, "--json").json) == 5


def test_a_stage_and_an_office_have_summaries_too(run: Run, office: Path) -> None:
    said = run("reviews", "write", office, "--stage", "2026-10-08", "2026-10-20", "--owner", "-",
               "--done", "开业", "--json").json  # fmt: skip
    assert (said["kind"], said["level"]) == ("stage", "office")
    assert (said["first_day"], said["last_day"]) == ("2026-10-08", "2026-10-20")
    team = run("reviews", "write", office, "--period", "2026-10-W2", "--owner", "East", "--json")
    assert (team.json["kind"], team.json["level"]) == ("week", "team")
    assert "a day has no summary" in run(
        "reviews", "write", office, "--period", "2026-10-08"
    ).err.lower()  # fmt: skip
    assert run("reviews", "due", office).out.strip() == "No summary is due."


def test_the_list_of_causes_is_the_offices_own(run: Run, office: Path) -> None:
    before = run("reviews", "causes", office, "--json").json
    added = run("reviews", "causes", office, "--add", "下雨", "--side", "outside", "--json").json
    assert added == [*before, {"name": "下雨", "side": "outside", "in_use": True}]
    edited = run("reviews", "causes", office, "--edit", "下雨", "--name", "下雪", "--json").json
    assert edited[-1]["name"] == "下雪"
    assert not run("reviews", "causes", office, "--retire", "下雪", "--json").json[-1]["in_use"]
    plan = _plan(run, office)
    refused = run("review", "write", office, plan, "--month", "2026-10", "--measure", "visits",
                  "--cause", "下雪")  # fmt: skip
    assert "no longer used" in refused.err
    assert run("reviews", "causes", office, "--use", "下雪", "--json").json[-1]["in_use"]
    assert "There is no cause “冰雹”" in run("reviews", "causes", office, "--edit", "冰雹").err
    assert run("reviews", "causes", office, "--add", "冰雹").status == 2


def test_an_action_is_decided_and_settled(run: Run, office: Path) -> None:
    acting = ("--as", "张三")
    for period in ("2026-09", "2026-10"):
        run("reviews", "write", office, "--period", period, "--done", "x", *acting)
    made = run("reviews", "correct", office, 1, "--words", "每天先打电话", "--by", "2026-10-09",
               *acting, "--json").json  # fmt: skip
    assert (made["person"], made["day"], made["status"]) == ("张三", "2026-10-09", "open")
    refused = run("reviews", "hand-in", office, 2, *acting)
    assert "1 earlier action: 每天先打电话" in refused.err
    assert "每天先打电话 (Not settled yet)" in run("reviews", "show", office, 2).out
    moved = run("reviews", "settle", office, made["task"], "--move", "2026-11-20", *acting)
    assert moved.status == 0
    assert "每天先打电话 (Moved to 2026-11-20)" in run("reviews", "show", office, 2).out
    dropped = run("reviews", "settle", office, made["task"], "--drop", "没有用", *acting, "--json")
    assert (dropped.json["status"], dropped.json["reason"]) == ("dropped", "没有用")
    assert run("reviews", "settle", office, made["task"], "--done", *acting).status == 1
