"""A salesperson and a reader try everything that there is on the command line.

Every command and action stands below once at least: among what a salesperson may do, or among what
is refused with a sentence and leaves every row as it was.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from salesdesk.__main__ import main
from salesdesk.calc.periods import month
from salesdesk.commands.parser import COMMANDS
from salesdesk.customers import leave
from salesdesk.office import measures, people
from salesdesk.planning import (
    comments,
    corrective,
    deciding,
    hand_counts,
    items,
    own_templates,
    plans,
    summaries,
    tasks,
)
from salesdesk.planning.live.rule import Draft
from salesdesk.planning.live.writing import Writer
from salesdesk.planning.places import OFFICE as WHOLE
from salesdesk.planning.places import Who, person
from salesdesk.planning.tasks import Ref
from salesdesk.sales import deals, floors, selling
from salesdesk.workspace import Change, Workspace
from tests.sample import sample_office
from tests.storage.rows import all_rows
from tests.workbooks.quota import head_of

#: Where the office's file, the folder for what is written, a sheet of the plan and a list of new
#: customers stand.
OFFICE, FOLDER, SHEET, LIST = "OFFICE", "FOLDER", "SHEET", "LIST"
DAY = "2026-11-03"
#: What 张三, a salesperson, may read.
READS = [
    ("check", OFFICE),
    ("copy", OFFICE, f"{FOLDER}/copy.office"),
    ("plans", OFFICE),
    ("plan", "status", OFFICE, "1"),
    ("plan", "revisions", OFFICE, "1"),
    ("plan", "comments", OFFICE, "1"),
    ("plan", "next", OFFICE),
    ("plan", "nesting", OFFICE, "1"),
    ("plan", "items", OFFICE, "1"),
    ("plan", "compare", OFFICE, "1", "1"),
    ("review", "show", OFFICE, "1", "--month", "2026-10"),
    ("plan", "print", OFFICE, "1", "-o", f"{FOLDER}/plan.pdf"),
    ("reviews", "due", OFFICE),
    ("reviews", "missing", OFFICE),
    ("reviews", "list", OFFICE),
    ("reviews", "show", OFFICE, "1"),
    ("reviews", "print", OFFICE, "1", "-o", f"{FOLDER}/summary.pdf"),
    ("reviews", "causes", OFFICE),
    ("tasks", OFFICE),
    ("timetable", OFFICE),
    ("targets", OFFICE, "1", "--measure", "amount"),
    ("quota-sheet", "export", OFFICE, "1", "-o", f"{FOLDER}/again.xlsx"),
    ("customers", "find", OFFICE, "林"),
    ("customers", "export", OFFICE, "-o", f"{FOLDER}/customers.xlsx"),
    ("customer", "list", OFFICE),
    ("customer", "show", OFFICE, "林先生"),
    ("today", OFFICE, "--person", "张三"),
    ("deal", "list", OFFICE),
    ("figures", OFFICE, "--month", "2026-10"),
    ("reports",),
    ("report", "monthly", OFFICE, "--month", "2026-10", "-o", f"{FOLDER}/report.pdf"),
    ("person", "list", OFFICE),
    ("team", "list", OFFICE),
    ("measure", "list", OFFICE),
    ("measure", "offered", OFFICE),
    ("rights", OFFICE),
    ("rules", "show", OFFICE),
    ("month", "show", OFFICE),
    ("approvals", OFFICE, "--all"),
    ("product", "list", OFFICE),
    ("leave", "list", OFFICE),
    ("count", "list", OFFICE),
    ("history", OFFICE),
]
#: What 张三 may change, of their own. A reader may none of it.
OWN = [
    ("plan", "new", OFFICE, "--owner", "张三", "--period", "2026-12", "--title", "年终"),
    ("plan", "text", OFFICE, "2", "--title", "张三的十一月"),
    ("plan", "keep-as-template", OFFICE, "2", "--name", "张三的样板"),
    ("plan", "submit", OFFICE, "2"),
    ("plan", "delete", OFFICE, "2"),
    ("target", "set", OFFICE, "2", "--measure", "amount", "2026-11=5万"),
    (
        "review",
        "write",
        OFFICE,
        "2",
        "--month",
        "2026-11",
        "--measure",
        "amount",
        "--of",
        "张三",
        "--reason",
        "下雨",
    ),
    ("reviews", "write", OFFICE, "--period", "2025-11", "--done", "卖了两台"),
    ("reviews", "correct", OFFICE, "1", "--words", "多打电话", "--by", "2026-11-09"),
    ("reviews", "settle", OFFICE, "1", "--drop", "没有用"),
    ("reviews", "hand-in", OFFICE, "1"),
    ("reviews", "take-back", OFFICE, "2"),
    ("task", "add", OFFICE, "拜访", "--day", DAY),
    ("task", "edit", OFFICE, "2", "--words", "去拜访"),
    ("task", "move", OFFICE, "2", "--day", DAY),
    ("task", "done", OFFICE, "2", "--on", "2026-11-03"),
    ("task", "reopen", OFFICE, "3"),
    ("task", "drop", OFFICE, "2", "--reason", "取消"),
    ("task", "delete", OFFICE, "3"),
    ("customer", "add", OFFICE, "新客户"),
    ("customers", "import", OFFICE, LIST, "--owner", "张三"),
    ("customer", "edit", OFFICE, "林先生", "--needs", "四十台"),
    ("log", OFFICE, "--customer", "林先生", "--kind", "call", "--at", DAY),
    (
        "deal",
        "add",
        OFFICE,
        "--customer",
        "林先生",
        "--product",
        "台式机",
        "--amount",
        "4000",
        "--contracted",
        DAY,
    ),
    ("deal", "edit", OFFICE, "1", "--note", "已约"),
    ("deal", "stage", OFFICE, "1", "--intention", "2026-10-11"),
    ("deal", "pay", OFFICE, "1", "--amount", "1000", "--on", DAY),
    ("deal", "cancel", OFFICE, "1", "--on", DAY, "--reason", "贷款未批"),
    (
        "leave",
        "add",
        OFFICE,
        "--person",
        "张三",
        "--first-day",
        DAY,
        "--last-day",
        DAY,
        "--cover",
        "李四",
    ),
    ("count", "add", OFFICE, "--day", DAY, "--measure", "试驾", "--person", "张三", "--value", "2"),
    ("count", "edit", OFFICE, "1", "--value", "5"),
    ("count", "delete", OFFICE, "1"),
    ("approval", "withdraw", OFFICE, "1"),
]
#: What is refused to 张三: others' things, the office's, and deciding what they asked themselves.
REFUSED = [
    ("plan", "new", OFFICE, "--template", "management-by-objectives", "--period", "2026"),
    ("plan", "text", OFFICE, "1", "--title", "我的"),
    ("plan", "keep-as-template", OFFICE, "3", "--name", "x"),
    ("plan", "edit-template", OFFICE, "1", "--name", "x"),
    ("plan", "delete-template", OFFICE, "1"),
    ("plan", "take", OFFICE, "1", "--all"),
    ("plan", "submit", OFFICE, "1"),
    ("plan", "approve", OFFICE, "2"),
    ("plan", "return", OFFICE, "3", "--words", "x"),
    ("plan", "take-back", OFFICE, "4"),
    ("plan", "revise", OFFICE, "4", "--reason", "market", "--words", "x"),
    ("plan", "comment", OFFICE, "4", "--words", "x"),
    ("plan", "settle", OFFICE, "1"),
    ("plan", "next", OFFICE, "4"),
    ("plan", "activate", OFFICE, "4", "--line", "1"),
    ("plan", "nesting", OFFICE, "3", "--in", "1"),
    ("plan", "uncomment", OFFICE, "1"),
    ("plan", "close", OFFICE, "4"),
    ("plan", "reopen", OFFICE, "5"),
    ("plan", "delete", OFFICE, "1"),
    ("target", "set", OFFICE, "1", "--measure", "amount", "2026-11=5万"),
    ("target", "lock", OFFICE, "1", "--measure", "amount", "2026-10"),
    ("target", "unlock", OFFICE, "1", "--measure", "amount", "2026-10"),
    ("review", "write", OFFICE, "1", "--month", "2026-10", "--measure", "amount", "--reason", "x"),
    ("reviews", "write", OFFICE, "--owner", "李四", "--period", "2025-11", "--done", "x"),
    ("reviews", "correct", OFFICE, "3", "--words", "x", "--by", "2026-11-09"),
    ("reviews", "settle", OFFICE, "4", "--done"),
    ("reviews", "hand-in", OFFICE, "3"),
    ("reviews", "take-back", OFFICE, "4"),
    ("reviews", "comment", OFFICE, "2", "--words", "x"),
    ("reviews", "ask", OFFICE, "1", "month"),
    ("task", "add", OFFICE, "拜访", "--day", DAY, "--person", "李四"),
    ("task", "arise", OFFICE, "1"),
    ("task", "edit", OFFICE, "5", "--words", "x"),
    ("task", "move", OFFICE, "5", "--day", DAY),
    ("task", "done", OFFICE, "5", "--on", "2026-11-03"),
    ("task", "reopen", OFFICE, "6"),
    ("task", "drop", OFFICE, "5", "--reason", "x"),
    ("task", "delete", OFFICE, "5"),
    ("reviews", "causes", OFFICE, "--add", "下雨", "--side", "outside"),
    ("split", OFFICE, "1", "--measure", "amount", "--along", "people", "--by", "equal"),
    ("quota-sheet", "import", OFFICE, SHEET, "--apply"),
    ("customer", "add", OFFICE, "抢来的", "--owner", "李四"),
    ("customers", "import", OFFICE, LIST, "--owner", "李四"),
    ("password", OFFICE, "--new-password-file", LIST),
    ("customer", "edit", OFFICE, "周女士", "--needs", "x"),
    ("customer", "edit", OFFICE, "林先生", "--owner", "李四"),
    ("log", OFFICE, "--customer", "周女士", "--kind", "call", "--at", DAY),
    ("log", OFFICE, "--customer", "林先生", "--kind", "call", "--person", "李四", "--at", DAY),
    ("deal", "add", OFFICE, "--customer", "周女士", "--product", "台式机", "--amount", "4000",
     "--contracted", DAY),
    ("deal", "add", OFFICE, "--customer", "林先生", "--product", "商用笔记本", "--amount", "4500",
     "--contracted", DAY),
    ("deal", "edit", OFFICE, "3", "--note", "x"),
    ("deal", "stage", OFFICE, "3", "--subscribed", DAY),
    ("deal", "pay", OFFICE, "3", "--amount", "1000", "--on", DAY),
    ("deal", "cancel", OFFICE, "3", "--on", DAY, "--reason", "x"),
    ("deal", "discount", OFFICE, "--role", "salesperson", "--percent", "50"),
    ("person", "add", OFFICE, "新人"),
    ("person", "edit", OFFICE, "张三", "--role", "manager"),
    ("person", "edit", OFFICE, "李四", "--phone", "1"),
    ("team", "add", OFFICE, "North"),
    ("team", "edit", OFFICE, "East", "--rename", "Mine"),
    ("pin", "clear", OFFICE, "--person", "李四"),
    ("measure", "add", OFFICE, "传单", "--unit", "张"),
    ("measure", "edit", OFFICE, "calls", "--leave"),
    ("measure", "take", OFFICE, "margin"),
    ("right", "set", OFFICE, "deals.edit", "salesperson", "office"),
    ("rules", "set", OFFICE, "--kind", "property"),
    ("month", "close", OFFICE, "2026-10"),
    ("month", "reopen", OFFICE, "2026-01"),
    ("approval", "grant", OFFICE, "1"),
    ("approval", "refuse", OFFICE, "1", "--words", "x"),
    ("product", "add", OFFICE, "--name", "新品"),
    ("product", "edit", OFFICE, "1", "--cost", "1"),
    ("leave", "add", OFFICE, "--person", "李四", "--first-day", DAY, "--last-day", DAY,
     "--cover", "王五"),
    ("leave", "edit", OFFICE, "1", "--note", "x"),
    ("leave", "end", OFFICE, "1", "--back-on", "2026-12-02"),
    ("leave", "delete", OFFICE, "1"),
    ("count", "add", OFFICE, "--day", DAY, "--measure", "试驾", "--person", "李四", "--value", "9"),
    ("count", "edit", OFFICE, "2", "--value", "9"),
    ("count", "delete", OFFICE, "2"),
]  # fmt: skip
#: What isn't about an office's rights, or is tried elsewhere.
ELSEWHERE = {
    "new": "founds an office",
    "restore": "puts a file in a place, before there is an office",
    "plan read": "opens no office; tests/commands/test_plan_read.py",
    "backup": "tests/commands/test_offices.py",
    "pin set": "tests/commands/test_staff.py: one's own",
    "undo": "takes back one's own; tests/storage/test_undo_by_column.py",
    "redo": "takes back one's own",
    "product import": "tests/records/test_excel.py: row by row through the writers above",
    "leave import": "tests/records/test_excel.py",
    "count import": "tests/records/test_excel.py",
}
Walk = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office with a deal, a leave and a count of 李四's, and a request of 张三's."""
    folder = tmp_path_factory.mktemp("walk")
    sample = sample_office(folder / "shop.office")
    with Workspace.open(sample.path) as workspace:
        workspace.work_as(sample.manager, "钱经理")
        with workspace.change("") as change:
            people.add_person(change, "丽达", role="reader")
            selling.add_deal(
                change, customer_id=2, product_id=2, amount=4_000_00,
                shares=[deals.Share(sample.li, 10_000)], stages={"contracted": date(2026, 11, 2)},
            )  # fmt: skip
            leave.add_leave(
                change, sample.li, date(2026, 12, 1), date(2026, 12, 5), cover_id=sample.wang
            )
            drives = measures.add(change, "试驾", "次")
            for worker in (sample.zhang, sample.li):
                hand_counts.count(change, drives, worker, date(2026, 11, 2), 1)
        workspace.work_as(sample.zhang, "张三")
        with workspace.change("") as change:
            low = selling.add_deal(
                change, customer_id=sample.customer, product_id=1, amount=4_500_00,
                stages={"intention": date(2026, 11, 2)},
            )  # fmt: skip
            floors.ask(change, low, "老客户")
            mine = _plan(change, "张三十一月", person(sample.zhang))
            items.write_text(change, mine, "1. 每天打电话", seen_version=1)
            own_templates.keep(change, mine, "样板")
            _summaries(change, person(sample.zhang))
            _tasks(change, sample.zhang)
        workspace.work_as(sample.li, "李四")
        with workspace.change("") as change:
            deciding.submit(change, _plan(change, "李四十一月", person(sample.li)))
            _summaries(change, person(sample.li))
            _tasks(change, sample.li)
        workspace.work_as(sample.manager, "钱经理")
        with workspace.change("") as change:
            approved = _plan(change, "十一月")
            _prepare(change, approved)
            deciding.approve(change, approved)
            comments.add(change, approved, "太低")
            closed = _plan(change, "九月")
            deciding.approve(change, closed)
            deciding.close(change, closed)
    sheet = folder / "q.xlsx"
    assert main(["quota-sheet", "export", str(sample.path), "1", "-o", str(sheet)]) == 0
    _raise_everything(sheet)
    (folder / "new.csv").write_text("姓名,电话\n韩梅梅,137 7654 3210\n", "utf-8")
    return sample.path


def _prepare(change: Change, plan_id: int) -> None:
    """Let a plan's one line prepare for something."""
    [item_id] = items.write_text(change, plan_id, "1. 突变市场做好预案", seen_version=1)
    plan = plans.plan_by_id(change.connection, plan_id)
    Writer(change, plan).add(item_id, 1, Draft(kind="contingency", words="降价", steps="打电话"))


def _plan(change: Change, title: str, who: Who = WHOLE) -> int:
    return plans.new_plan(change, title=title, period=month(2026, 11), who=who)


def _summaries(change: Change, who: Who) -> None:
    """A draft with words in it, and a summary that is handed in."""
    for number, handed_in in ((10, False), (9, True)):
        review_id = summaries.begin(change, who, "month", date(2025, number, 1))
        version = summaries.review_by_id(change.connection, review_id).version
        summaries.write(change, review_id, seen_version=version, done="卖了两台")
        day = date(2026, 11, 9)
        if not handed_in:
            assert who.person_id is not None
            corrective.add(change, review_id, words="早约", person_id=who.person_id, day=day)
        else:
            summaries.hand_in(change, review_id)


def _tasks(change: Change, person_id: int) -> None:
    """One that is open, and one that is done."""
    for _time in range(2):
        number = tasks.add(change, words="打电话", person_id=person_id, day=date(2026, 11, 2))
    tasks.mark_done(change, Ref(number), on=date(2026, 11, 2))


def _raise_everything(sheet: Path) -> None:
    """Write a target of a million into the sheet's cells for October, as a person would."""
    book = openpyxl.load_workbook(sheet)
    page: Any = book.worksheets[0]
    head = head_of(page)
    [column] = [cell.column for cell in page[head] if cell.value == "Month 10"]
    for row in range(head + 1, page.max_row + 1):
        if isinstance(page.cell(row, column).value, int | float):
            page.cell(row, column).value = 1_000_000
    book.save(sheet)


@pytest.fixture
def walk(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Walk:
    """Runs a command in a copy of the office as somebody; status, what it said and complained."""
    monkeypatch.setenv("SALESDESK_LANG", "en")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    shutil.copy(made, tmp_path / "shop.office")

    def call(words: tuple[str, ...], name: str) -> tuple[int, str, str]:
        named = [
            word.replace(OFFICE, str(tmp_path / "shop.office"))
            .replace(FOLDER, str(tmp_path))
            .replace(SHEET, str(made.parent / "q.xlsx"))
            .replace(LIST, str(made.parent / "new.csv"))
            for word in words
        ]
        capsys.readouterr()
        status = main([*named, "--as", name])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call


def _called(words: tuple[str, ...]) -> str:
    return " ".join(word for word in words[:2] if word != OFFICE and not word.startswith("-"))


def _everything() -> set[str]:
    """All commands and their actions."""
    every = set()
    for command in COMMANDS:
        parser = argparse.ArgumentParser()
        command.area()[command.name](parser)
        choices = [
            action.choices
            for action in parser._actions
            if isinstance(action, argparse._SubParsersAction)
        ]
        every |= {f"{command.name} {name}" for name in choices[0]} if choices else {command.name}
    return every


def _rows(folder: Path) -> object:
    with Workspace.open(folder / "shop.office") as workspace:
        return all_rows(workspace)


def test_the_walk_leaves_no_command_out() -> None:
    # A command with a word of its own after the name (report monthly) counts by its name.
    walked = {_called(words) for words in (*READS, *OWN, *REFUSED)}
    walked |= {name.split()[0] for name in walked}
    assert _everything() - walked - set(ELSEWHERE) == set()


@pytest.mark.parametrize("words", READS, ids=_called)
def test_a_salesperson_reads(walk: Walk, words: tuple[str, ...]) -> None:
    status, _said, complained = walk(words, "张三")
    assert (status, complained) == (0, "") or status == 0


@pytest.mark.parametrize("words", OWN, ids=_called)
def test_a_salesperson_changes_their_own_and_a_reader_nothing(
    walk: Walk, tmp_path: Path, words: tuple[str, ...]
) -> None:
    before = _rows(tmp_path)
    status, said, complained = walk(words, "丽达")
    assert status == 1
    assert not said or "import" in words
    assert "Your role doesn't allow this" in complained
    assert _rows(tmp_path) == before
    status, _said, complained = walk(words, "张三")
    assert status == 0, complained
    assert _rows(tmp_path) != before


@pytest.mark.parametrize("words", REFUSED, ids=_called)
def test_what_isnt_theirs_is_refused_with_a_sentence(
    walk: Walk, tmp_path: Path, words: tuple[str, ...]
) -> None:
    before = _rows(tmp_path)
    for name in ("张三", "丽达"):
        status, said, complained = walk(words, name)
        assert status == 1
        assert not said or "import" in words  # which tells what the file holds in any case
        assert complained.strip().endswith(".")
        assert "Traceback" not in complained
        assert any(
            reason in complained
            for reason in ("Your role", "their own", "approval", "below their floor")
        ), complained
    assert _rows(tmp_path) == before
