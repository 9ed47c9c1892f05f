"""customer add, edit, list and show; log with everything a contact can say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.commands.conftest import Run
from tests.sample import Sample


def test_a_customer_is_entered_changed_and_shown(run: Run, office: Path) -> None:
    said = run(
        "customer", "add", office, "王先生", "--phones", "137 1111 2222", "--grade", "B",
        "--owner", "李四", "--registered", "2026-11-02", "--needs", "两台", "--json",
    )  # fmt: skip
    assert said.status == 0
    assert (said.json["owner"], said.json["grade"], said.json["next_contact_on"]) == (
        "李四", "B", "2026-11-17",
    )  # fmt: skip
    number = said.json["id"]
    said = run("customer", "edit", office, number, "--rename", "王老板", "--grade", "A",
               "--no-owner", "--state", "lasting", "--json")  # fmt: skip
    shown = run("customer", "show", office, "王老板", "--json").json
    assert (shown["id"], shown["owner"], shown["state"], shown["needs"]) == (
        number, "", "lasting", "两台",
    )  # fmt: skip
    listed = run("customer", "list", office, "--state", "lasting", "--json").json
    assert [row["id"] for row in listed] == [number]
    label = run("history", office, "--limit", "1", "--json").json[0]["label"]
    assert label == "Edit customer: 王先生"


def test_a_customer_known_already_isn_t_entered_twice(run: Run, office: Path) -> None:
    words = ["customer", "add", office, "林 先生", "--company", "东风学校"]
    said = run(*words)
    assert (said.status, said.out) == (1, "")
    assert "1 林先生 东风学校" in said.err
    assert run(*words, "--even-if-known").status == 0


def test_a_call_in_vain_is_logged_with_its_cost_and_a_new_grade(run: Run, sample: Sample) -> None:
    before = run("customer", "show", sample.path, sample.customer, "--json").json
    said = run("log", sample.path, "--customer", sample.customer, "--kind", "call", "--answered",
               "no", "--at", "2026-11-20", "--json")  # fmt: skip
    assert (said.status, said.json["answered"]) == (0, False)
    assert said.json["next_contact_on"] == before["next_contact_on"]
    said = run("log", sample.path, "--customer", sample.customer, "--kind", "gift", "--cost",
               "1.2百", "--grade", "C", "--at", "2026-11-20", "--json")  # fmt: skip
    assert (said.json["grade"], said.json["next_contact_on"]) == ("C", "2026-12-20")
    done = run("customer", "show", sample.path, sample.customer, "--json").json["activities"]
    assert [(row["kind"], row["answered"], row["cost"]) for row in done[:2]] == [
        ("gift", True, 120), ("call", False, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ["customer", "edit", "OFFICE", "林先生", "--note", "mine"],
        ["customer", "add", "OFFICE", "新客户", "--owner", "张三"],
        ["log", "OFFICE", "--customer", "林先生", "--kind", "call"],
        ["log", "OFFICE", "--customer", "林先生", "--kind", "call", "--person", "张三"],
    ],
)
def test_a_salesperson_doesn_t_change_others_customers(
    run: Run, office: Path, words: list[str]
) -> None:
    before = run("history", office, "--json").json
    said = run(*[office if word == "OFFICE" else word for word in words], "--as", "李四")
    assert (said.status, said.out) == (1, "")
    assert "only for your own" in said.err
    assert run("history", office, "--json").json == before


def test_what_isn_t_one_s_to_see_isn_t_found(run: Run, office: Path, tmp_path: Path) -> None:
    assert run("right", "set", office, "customers.see", "salesperson", "own").status == 0
    acting = ("--as", "李四", "--json")
    assert [row["name"] for row in run("customer", "list", office, *acting).json] == ["周女士"]
    assert run("customers", "find", office, "林", *acting).json == []
    assert run("customer", "show", office, "1", *acting).status == 1
    due = run("today", office, "--date", date(2026, 12, 31), *acting).json["due"]
    assert [row["name"] for row in due] == ["周女士"]
    output = tmp_path / "seen.xlsx"
    assert run("customers", "export", office, "-o", output, *acting).json["customers"] == 1


def test_two_dashes_are_a_text_like_any_other(run: Run, office: Path) -> None:
    assert run("customer", "edit", office, "1", "--note=--").status == 0
    assert run("customer", "show", office, "1", "--json").json["note"] == "--"
    said = run("customer", "edit", office, "1", "--grade=--")
    assert said.status == 2
    assert "invalid choice: '--'" in said.err
