"""A shop's October without the window: everything is entered, decided and reported by commands."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest

from salesdesk.check import check
from salesdesk.workspace import Workspace
from tests.commands.conftest import Run, run

__all__ = ["run"]


@pytest.fixture
def office(run: Run, tmp_path: Path) -> Path:
    """A new shop: Max manages, Ann and Bob sell; one product with a floor."""
    path = tmp_path / "shop.office"
    assert (
        run("new", path, "--name", "Corner Shop", "--kind", "shop", "--person", "Max").status == 0
    )
    for words in (
        ("team", "add", path, "Counter"),
        ("person", "add", path, "Ann", "--team", "Counter", "--joined", "2026-01-05"),
        ("person", "add", path, "Bob", "--team", "Counter", "--joined", "2026-01-05"),
        ("product", "add", path, "--name", "Notebook", "--category", "Computers",
         "--price", "5000", "--cost", "4400", "--profit-floor", "300"),
        ("product", "add", path, "--name", "Cable", "--price", "29.90"),
        ("measure", "add", path, "Leaflets", "--unit", "sheets"),
    ):  # fmt: skip
        said = run(*words)
        assert said.status == 0, said.err
    return path


def test_a_month_is_worked_without_the_window(run: Run, office: Path, tmp_path: Path) -> None:
    def done(*words: object) -> dict[str, object]:
        said = run("--json", *words)
        assert said.status == 0, (words, said.err)
        answer = said.json
        return answer if isinstance(answer, dict) else {"rows": answer}

    # Customers come, are called and visited; a call in vain is no contact.
    done("customer", "add", office, "Lin", "--phones", "138 0000 1111", "--grade", "A",
         "--owner", "Ann", "--registered", "2026-10-02")  # fmt: skip
    done("customer", "add", office, "Zhou", "--grade", "C", "--owner", "Bob",
         "--registered", "2026-10-03")  # fmt: skip
    done("log", office, "--customer", "Lin", "--kind", "call", "--at", "2026-10-04",
         "--words", "Wants two", "--as", "Ann")  # fmt: skip
    done("log", office, "--customer", "Lin", "--kind", "call", "--at", "2026-10-09",
         "--answered", "no", "--as", "Ann")  # fmt: skip
    lin = done("customers", "find", office, "Lin")
    assert "2026-10-04" in str(lin)
    assert "'last_contact_on': '2026-10-09'" not in str(lin)

    # A plan with targets, submitted by one who sells and approved by the manager.
    plan = done("plan", "new", office, "--template", "shop-sales", "--period", "2026-10",
                "--owner", "Ann", "--as", "Ann")  # fmt: skip
    plan_id = _number(plan)
    done("target", "set", office, plan_id, "2026-10=20000", "--measure", "amount", "--as", "Ann")
    done("plan", "submit", office, plan_id, "--as", "Ann")
    refused = run("plan", "approve", office, plan_id, "--as", "Ann")
    assert refused.status == 1
    done("plan", "approve", office, plan_id, "--words", "Go ahead")
    closed = run(
        "target", "set", office, plan_id, "2026-10=1", "--measure", "amount", "--as", "Ann"
    )
    assert closed.status == 1

    # Two deals; the cheap one waits for the manager's word.
    deal = done("deal", "add", office, "--customer", "Lin", "--product", "Notebook",
                "--amount", "10000", "--quantity", "2", "--contracted", "2026-10-10",
                "--as", "Ann")  # fmt: skip
    cheap = run("deal", "add", office, "--customer", "Zhou", "--product", "Notebook",
                "--amount", "4500", "--contracted", "2026-10-11", "--as", "Bob")  # fmt: skip
    assert cheap.status == 1
    assert "floor" in cheap.err
    done("deal", "pay", office, _number(deal), "--amount", "10000", "--on", "2026-10-12",
         "--as", "Ann")  # fmt: skip
    other = run("deal", "cancel", office, _number(deal), "--reason", "No", "--as", "Bob")
    assert other.status == 1

    # Leave to come needs a cover, since customers fall due; leaflets are counted by hand.
    first, last = date.today() + timedelta(days=40), date.today() + timedelta(days=41)
    alone = run("leave", "add", office, "--person", "Ann", "--first-day", first,
                "--last-day", last)  # fmt: skip
    assert alone.status == 1
    done("leave", "add", office, "--person", "Ann", "--first-day", first, "--last-day", last,
         "--cover", "Bob")  # fmt: skip
    done("count", "add", office, "--measure", "Leaflets", "--person", "Bob", "--day", "2026-10-18",
         "--value", "250")  # fmt: skip

    # The month's review and report; then it is closed and takes no more.
    figures = done("figures", office, "--month", "2026-10", "--person", "Ann")
    assert "10000" in str(figures)
    done(
        "review",
        "write",
        office,
        plan_id,
        "--month",
        "2026-10",
        "--measure",
        "amount",
        "--reason",
        "Full price",
        "--countermeasure",
        "Call all of grade A",
        "--as",
        "Ann",
    )
    pdf = tmp_path / "october.pdf"
    done("report", "monthly", office, "--month", "2026-10", "-o", pdf)
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "Full price" in text
    assert "10,000" in text
    done("month", "close", office, "2026-10")
    late = run("deal", "add", office, "--customer", "Lin", "--product", "Cable",
               "--amount", "29.90", "--contracted", "2026-10-30")  # fmt: skip
    assert late.status == 1
    assert "closed" in late.err
    with Workspace.open(office) as workspace:
        assert check(workspace) == []


def _number(deal: dict[str, object]) -> object:
    return deal["id"] if "id" in deal else deal["deal"]
