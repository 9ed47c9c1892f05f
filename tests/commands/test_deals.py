"""deal add, edit, stage, pay, cancel, list, discount: the writers' rules, headless."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from salesdesk.office import approvals, people
from salesdesk.sales import deals
from salesdesk.workspace import Workspace
from tests.commands.conftest import Run

LAPTOP = ("--customer", "林先生", "--product", "商用笔记本")


def test_a_deal_goes_from_intention_to_paid(run: Run, office: Path) -> None:
    said = run(
        "deal", "add", office, *LAPTOP, "--amount", "1万", "--quantity", 2, "--unit", "SN-7",
        "--intention", "2026-11-02", "--share", "张三=60", "--share", "李四=40", "--json",
    )  # fmt: skip
    assert said.status == 0, said.err
    number = said.json["id"]
    assert (said.json["state"], said.json["amount"], said.json["cost"]) == (
        "intention", 10_000, 8_800,
    )  # fmt: skip
    assert said.json["shares"] == [
        {"person": "张三", "percent": 60}, {"person": "李四", "percent": 40},
    ]  # fmt: skip
    said = run("deal", "edit", office, number, "--amount", 9_900, "--note", "Rush", "--json")
    assert (said.json["amount"], said.json["note"], said.json["profit"]) == (9_900, "Rush", 1_100)
    said = run("deal", "stage", office, number, "--contracted", "2026-11-05", "--json")
    assert (said.json["state"], said.json["contracted_on"]) == ("contracted", "2026-11-05")
    said = run("deal", "pay", office, number, "--amount", 5_000, "--due", "2026-11-20", "--json")
    [due] = said.json["payments"]
    said = run("deal", "pay", office, number, "--payment", due["id"], "--on", "2026-11-21")
    assert "received 5,000.00" in said.out
    run("deal", "pay", office, number, "--amount", 4_900, "--on", "2026-11-22")
    said = run("deal", "list", office, "--deal", number, "--json")
    assert (said.json["state"], said.json["received"]) == ("paid", 9_900)
    said = run("deal", "cancel", office, number, "--on", "2026-11-25", "--reason", "Faulty")
    assert said.status == 0
    said = run(
        "deal", "pay", office, number, "--amount", 9_900, "--on", "2026-11-25", "--refund", "--json"
    )
    assert (said.json["state"], said.json["received"]) == ("cancelled", 0)
    assert run("deal", "cancel", office, number, "--revive", "--json").json["state"] == "contracted"


def test_the_list_has_the_sums_of_all_and_says_for_how_many_the_cost_is_known(
    run: Run, office: Path
) -> None:
    run(
        "deal", "add", office, "--customer", "林先生", "--product", "台式机", "--amount", 4_000,
        "--cost", "unknown", "--contracted", "2026-10-30",
    )  # fmt: skip
    said = run("deal", "list", office, "--month", "2026-10", "--limit", 1, "--json")
    assert [deal["cost"] for deal in said.json["deals"]] == [None]
    assert said.json["totals"] == {
        "count": 3, "amount": 404_000, "cost": 351_500, "profit": 48_500, "cost_known": 2,
        "received": 40_000,
    }  # fmt: skip
    assert "(cost known for 2)" in run("deal", "list", office).out


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("add", *LAPTOP, "--amount", "5,000"), 1, "needs the date"),
        (("add", *LAPTOP, "--amount", "cheap", "--contracted", "2026-11-02"), 2, "not a number"),
        (("add", *LAPTOP, "--amount", 1, "--contracted", "2026-11-02", "--share", "张三"), 2,
         "isn't a share"),
        (("add", "--customer", "林先生", "--product", "Abacus", "--amount", 1, "--contracted",
          "2026-11-02"), 1, "Abacus"),
        (("edit", 99, "--amount", 1), 1, "no deal number 99"),
        (("stage", 1), 1, "Say which stage"),
        (("pay", 1), 1, "Give either"),
        (("pay", 1, "--payment", 2), 1, "isn't one of the deal"),
        (("pay", 1, "--amount", "400,000", "--on", "2026-11-02"), 1, "at most 300,000.00"),
        (("cancel", 1), 1, "why the deal was cancelled"),
    ],
)  # fmt: skip
def test_a_refusal_is_a_sentence_and_changes_nothing(
    run: Run, office: Path, words: tuple[object, ...], status: int, sentence: str
) -> None:
    action, *rest = words
    numbers = [rest.pop(0)] if rest and isinstance(rest[0], int) else []
    said = run("deal", action, office, *numbers, *rest)
    assert said.status == status
    assert sentence in said.err
    with Workspace.open(office) as workspace:
        assert [deal.amount for deal in workspace.read(deals.deals)] == [10_000_000, 30_000_000]
        assert len(workspace.read(deals.payments, 2)) == 2


def test_a_salesperson_asks_for_a_low_price_and_can_t_touch_others_deals(
    run: Run, office: Path
) -> None:
    cheap = ("deal", "add", office, *LAPTOP, "--amount", 4_600, "--contracted", "2026-11-02")
    said = run(*cheap, "--as", "张三")
    assert (said.status, "ask for approval" in said.err) == (1, True)
    said = run(*cheap, "--ask", "An old customer", "--as", "张三", "--json")
    assert (said.json["state"], said.json["asked"]) == ("intention", True)
    assert said.json["intention_on"] == "2026-11-02"
    number = said.json["id"]
    said = run("deal", "stage", office, number, "--contracted", "2026-11-02", "--as", "张三")
    assert said.status == 1
    said = run("deal", "edit", office, number, "--note", "Mine", "--as", "王五")
    assert (said.status, "your own" in said.err) == (1, True)
    said = run("deal", "discount", office, "--role", "salesperson", "--percent", 5, "--as", "张三")
    assert said.status == 1
    with Workspace.open(office) as workspace:
        manager = next(
            person for person in workspace.read(people.people) if person.role == "manager"
        )
        workspace.work_as(manager.id, manager.name)
        [request] = workspace.read(approvals.waiting, manager.id)
        with workspace.change("Grant") as change:
            approvals.decide(change, request.id, True)
    said = run(
        "deal", "stage", office, number, "--contracted", "2026-11-02", "--as", "张三", "--json"
    )
    assert said.json["contracted_on"] == "2026-11-02"


def test_the_discount_limit_is_shown_and_kept(run: Run, office: Path) -> None:
    said = run("deal", "discount", office, "--role", "salesperson", "--percent", "5%", "--json")
    assert said.json == {"salesperson": 5}
    tower = (
        "deal",
        "add",
        office,
        "--customer",
        "林先生",
        "--product",
        "台式机",
        "--amount",
        3_799,
    )
    said = run(*tower, "--contracted", date(2026, 11, 2).isoformat(), "--as", "张三")
    assert "201.00 yuan below the list price" in said.err
    run("deal", "discount", office, "--role", "salesperson", "--percent", "none")
    assert run(*tower, "--contracted", "2026-11-02", "--as", "张三").status == 0
