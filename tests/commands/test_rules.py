"""rules: what the window's Office, Rules shows and changes."""

from __future__ import annotations

from pathlib import Path

from tests.commands.conftest import Run


def test_every_rule_is_changed_in_one_step_and_taken_back(run: Run, office: Path) -> None:
    before = run("rules", "show", office, "--json").json
    said = run(
        "rules", "set", office, "--name", "Harbour", "--kind", "shop", "--basis", "collection",
        "--cancellations", "original_month", "--wan", "yes", "--holidays", "yes",
        "--contact", "a=5", "--contact", "C=45", "--weekdays", "1,1,1,1,1,2,2",
        "--discount", "salesperson=1.5%", "--json",
    )  # fmt: skip
    assert said.status == 0, said.err
    assert said.json == run("rules", "show", office, "--json").json == {
        "name": "Harbour", "kind": "shop", "basis": "collection",
        "cancellations": "original_month", "wan": True, "holidays": True,
        "contact": {"A": 5, "B": 15, "C": 45}, "weekdays": [1, 1, 1, 1, 1, 2, 2],
        "discount": {"salesperson": 1.5},
    }  # fmt: skip
    freed = run("rules", "set", office, "--discount", "salesperson=none", "--json")
    assert freed.json["discount"] == {}
    run("undo", office)
    run("undo", office)
    assert run("rules", "show", office, "--json").json == before


def test_a_kind_changed_after_founding_leaves_the_rest(run: Run, office: Path) -> None:
    before = run("rules", "show", office, "--json").json
    after = run("rules", "set", office, "--kind", "b2b", "--json").json
    assert after == {**before, "kind": "b2b"}
    assert "Component maker" in run("rules", "show", office).out


def test_a_rule_that_cant_be_is_refused_and_nothing_is_changed(run: Run, office: Path) -> None:
    before = run("rules", "show", office, "--json").json
    for words, status, cause in (
        (["--kind", "circus"], 2, "circus"),
        (["--weekdays", "1,2"], 1, "seven numbers"),
        (["--weekdays", "1,x"], 2, "1,x"),
        (["--contact", "D=4"], 1, "no grade D"),
        (["--contact", "A=soon"], 2, "soon"),
        (["--discount", "salesperson=120"], 1, "from 0 to 100 %"),
        (["--discount", "clown=5", "--name", "New"], 1, "clown"),
    ):
        said = run("rules", "set", office, *words)
        assert (said.status, cause in said.err) == (status, True), (words, said.err)
    assert run("rules", "show", office, "--json").json == before
