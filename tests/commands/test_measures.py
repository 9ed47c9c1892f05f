"""measure list, offered, take, add, edit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import Run


def test_a_measure_of_the_list_is_taken_into_use_once(run: Run, office: Path) -> None:
    assert "margin" in run("measure", "offered", office).out
    taken = run("measure", "take", office, "margin", "--json").json
    assert (taken["nature"], taken["numerator"], taken["denominator"]) == (
        "ratio", "profit", "amount",
    )  # fmt: skip
    assert "margin" not in [one["code"] for one in run("measure", "offered", office, "--json").json]
    assert run("measure", "take", office, "margin").status == 0
    listed = [one["code"] for one in run("measure", "list", office, "--json").json]
    assert listed.count("margin") == 1
    assert "Profit / Sales amount" in run("measure", "list", office).out


def test_a_measure_says_what_it_counts_only_and_is_narrowed_otherwise(
    run: Run, office: Path
) -> None:
    made = run(
        "measure", "add", office, "Seen", "--unit", "times", "--counts", "activities",
        "--kind", "visit", "--kind", "Walk-in", "--grade", "A", "--json",
    )  # fmt: skip
    assert made.status == 0, made.err
    assert made.json["among"] == {"kinds": ["visit", "walk_in"], "grades": ["A"]}
    edited = run("measure", "edit", office, "Seen", "--kind", "gift", "--grade", "", "--json")
    assert edited.json["among"] == {"kinds": ["gift"]}


def test_an_own_ratio_and_a_level_by_hand(run: Run, office: Path) -> None:
    rate = run(
        "measure", "add", office, "Visits a call", "--unit", "%", "--digits", "1",
        "--numerator", "visits", "--denominator", "calls", "--json",
    ).json  # fmt: skip
    assert (rate["counts"], rate["numerator"], rate["digits"]) == ("ratio", "visits", 1)
    stock = run("measure", "add", office, "Boxes", "--unit", "boxes", "--nature", "level", "--json")
    assert (stock.json["counts"], stock.json["nature"]) == ("hand", "level")
    own = run("measure", "take", office, "own", "--name", "Songs", "--unit", "songs", "--json")
    assert (own.json["name"], own.json["counts"]) == ("Songs", "hand")


def test_a_quota_sheet_holds_only_what_sums_up(run: Run, office: Path, tmp_path: Path) -> None:
    run("measure", "take", office, "margin")
    sheet = tmp_path / "sheet.xlsx"
    sent = ("quota-sheet", "export", office, 1, "--output", sheet, "--measure")
    refused = run(*sent, "amount", "margin")
    assert (refused.status, sheet.exists()) == (1, False)
    assert "Margin doesn't sum up over months and people" in refused.err
    assert run(*sent, "amount").status == 0
    # What the plan has targets for goes out, without the ratio.
    assert run("target", "set", office, 1, "2026-11=15", "--measure", "margin").status == 0
    assert run("quota-sheet", "export", office, 1, "--output", tmp_path / "other.xlsx").status == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "X", "--unit", "y", "--counts", "kites"), "isn't something that can be counted"),
        (("add", "X", "--unit", "y", "--counts", "calls", "--kind", "visit"), "can't be narrowed"),
        (("add", "X", "--unit", "y", "--counts", "activities", "--kind", "dance"), "no dance"),
        (("add", "X", "--unit", "y", "--numerator", "visits"), "needs a numerator and"),
        (("add", "X", "--unit", "y", "--counts", "calls", "--nature", "level"), "can't be"),
        (("add", "X", "--unit", "y", "--numerator", "love", "--denominator", "calls"), "love"),
        (("take", "love"), "no measure love"),
        (("edit", "calls", "--days", "9"), "can't be narrowed by: Days looked back"),
    ],
)
def test_what_cant_be_is_refused(run: Run, office: Path, words: tuple[str, ...], said: str) -> None:
    refused = run("measure", words[0], office, *words[1:])
    assert refused.status == 1
    assert said in refused.err
