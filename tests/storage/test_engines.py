"""Every statement of the readers is one that PostgreSQL takes too; raw SQL stands in storage only.

The readers are found by what they are, functions whose first parameter is a ``Connection``, and
called with whatever fits their parameters' names and types, once without and once with the
optional ones. Each statement they run is compiled for PostgreSQL and looked at: no text, and no
function that only SQLite knows.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ClauseElement, ColumnClause, TextClause
from sqlalchemy.sql.functions import FunctionElement

import salesdesk
from salesdesk.calc import periods
from salesdesk.check import check
from salesdesk.customers import care, customers
from salesdesk.errors import SalesDeskError
from salesdesk.office import measures
from salesdesk.planning import grid, places
from salesdesk.reports import kinds as report_kinds
from salesdesk.reports.catalogue import KINDS
from salesdesk.sales import deals
from salesdesk.storage import expressions, schema, trail
from salesdesk.workspace import Workspace
from tests.sample import Sample, sample_office

ROOT = Path(salesdesk.__file__).parent
#: Functions of the SQL standard, or that PostgreSQL has under the same name and meaning; and our
#: own, which are compiled for each database apart.
KNOWN = {
    "count", "sum", "min", "max", "coalesce", "lower", "upper", "substr", "replace", "length",
    "cast", "nullif", "row_number", "abs", "aggregate_strings", "distinct", "listed",
    "listed_texts", "day_of", "month_of", "unindexed", "found", "gathered", "marked",
}  # fmt: skip
TODAY = date(2026, 10, 20)


@dataclass
class Caught:
    """The statements that were run, and raw SQL that didn't come from storage."""

    statements: dict[str, ClauseElement] = field(default_factory=dict)
    raw: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A small office with something of everything."""
    return sample_office(tmp_path_factory.mktemp("engines") / "small.office")


@pytest.fixture
def workspace(sample: Sample) -> Iterator[Workspace]:
    with Workspace.open(sample.path) as opened:
        opened.work_as(sample.manager, "钱经理")
        yield opened


@pytest.fixture
def caught() -> Iterator[Caught]:
    """What is run while the test lasts."""
    heard = Caught()

    def structured(_connection: Any, statement: Any, *_rest: Any) -> None:
        if "migrations" not in _caller().parts:  # each is written for the one engine it upgrades
            heard.statements.setdefault(str(statement), statement)

    def sent(_c: Any, _cursor: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
        if context is None or context.compiled is None:
            caller = _caller()
            if "storage" not in caller.relative_to(ROOT).parts:
                heard.raw.append(f"{caller.relative_to(ROOT)}: {statement}")

    event.listen(Engine, "before_execute", structured)
    event.listen(Engine, "before_cursor_execute", sent)
    yield heard
    event.remove(Engine, "before_execute", structured)
    event.remove(Engine, "before_cursor_execute", sent)


def _caller() -> Path:
    """The file of the program that is nearest in the stack."""
    frame = sys._getframe(2)
    while not (path := Path(frame.f_code.co_filename)).is_relative_to(ROOT):
        assert frame.f_back is not None
        frame = frame.f_back
    return path


def faults_of(statement: ClauseElement) -> list[str]:
    """What in a statement another database wouldn't take."""
    faults = []
    for element in visitors.iterate(statement):
        if isinstance(element, TextClause) or (
            isinstance(element, ColumnClause) and element.is_literal and element.name != "*"
        ):
            faults.append(f"raw text {element}")
        elif isinstance(element, FunctionElement) and element.name not in KNOWN:
            faults.append(f"function {element.name}")
    try:
        statement.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the finding
        faults.append(repr(error))
    return faults


def _readers() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public reader of the rooms above storage, by name."""
    for module in pkgutil.walk_packages(salesdesk.__path__, "salesdesk."):
        if "__main__" in module.name or ".migrations" in module.name:
            continue
        if module.name.startswith("salesdesk.storage") and not module.name.endswith("trail"):
            continue
        for name, member in vars(importlib.import_module(module.name)).items():
            if not inspect.isfunction(member) or member.__module__ != module.name:
                continue
            parameters = list(inspect.signature(member).parameters.values())
            if not name.startswith("_") and parameters and parameters[0].annotation == "Connection":
                yield f"{module.name}.{name}", member


def _values(workspace: Workspace, sample: Sample) -> dict[str, Any]:
    """What to call a reader with, by its parameters' names."""
    amount = workspace.read(measures.measure_with_code, "amount")
    october = periods.month(2026, 10)
    cells = workspace.read(grid.read, sample.plan, amount.id, "assigned")
    lin = workspace.read(customers.customer_by_id, sample.customer)
    every = customers.CustomerFilter(
        text="lin", grade="A", owner_id=sample.zhang, state="potential", source="Referral",
        region="", overdue_on=TODAY, quiet_since=TODAY, owner_left=True, ids=(sample.customer,),
    )  # fmt: skip
    return {
        "actor_id": sample.zhang, "after": lin, "at_all": True, "before_id": 100,
        "by_product": True, "cells": cells, "code": "amount", "column": "source",
        "columns": frozenset({"note"}), "company": "东风学校", "covers": {sample.li: sample.zhang},
        "day": TODAY, "end": october.end, "end_day": october.end, "first_day": october.start,
        "history_id": 1, "ids": [sample.customer], "keys": [1], "limit": 5, "measure": amount,
        "measures": workspace.read(measures.measures), "month": october, "name": "张三",
        "now": datetime(2026, 10, 20), "periods": [october], "period": october,
        "phones": "13800001111", "place": places.Place(places.OFFICE, periods.year(2026)),
        "product_ids": [1], "role": "salesperson", "rule": "floor", "seat": "command",
        "sort": "owner_name", "start": october.start, "state": "contracted", "subject": "deal",
        "text": "lin", "tier": "assigned", "to": "month", "today": TODAY, "until": TODAY,
        "wanted": every, "way": "workdays", "who": places.person(sample.zhang), "year": 2026,
        "years": 1, "with_products": True, "with_actuals": True, "active_only": False,
        "key": "language", "kind": "call", "descending": True,
    }  # fmt: skip


def _called(reader: Callable[..., Any], values: dict[str, Any], *, optional: bool) -> Any:
    """The arguments for a reader; None when one that it needs isn't known."""
    arguments = {}
    for parameter in list(inspect.signature(reader).parameters.values())[1:]:
        needed = parameter.default is inspect.Parameter.empty
        if not needed and not optional:
            continue
        if parameter.name in values:
            arguments[parameter.name] = values[parameter.name]
        elif parameter.name.endswith("_id"):
            arguments[parameter.name] = 1
        elif needed:
            return None
    return arguments


def _run_all(workspace: Workspace, sample: Sample) -> None:
    """Call every reader that can be called, and those that need more by hand."""
    values = _values(workspace, sample)
    for name, reader in _readers():
        code = "customers.edit" if ".rights." in name else values["code"]
        month = 202610 if ".sales." in name else values["month"]
        for optional in (False, True):
            known = {**values, "code": code, "month": month}
            if name.endswith(("deals.deals", "deals.totals")):
                known["customer_id"] = sample.customer
            arguments = _called(reader, known, optional=optional)
            if arguments is None:
                continue
            # What it ran before is what counts.
            with suppress(SalesDeskError, ValueError, TypeError, KeyError, AttributeError):
                workspace.read(reader, **arguments)
    for state in deals.STATES:
        workspace.read(deals.deals, state=state)
    workspace.read(
        customers.likenesses, [customers.NewCustomer(name="林先生", phones="13800001111")]
    )
    for order in customers.SORTS:
        workspace.read(customers.page, sort=order, limit=2)
    workspace.read(customers.page, customers.CustomerFilter(no_owner=True))
    workspace.read(care.due_list, None, TODAY)
    for who in (places.OFFICE, places.team(1), places.person(sample.zhang)):
        for kind in KINDS:
            period = periods.containing(TODAY, kind.periods[0])
            workspace.read(report_kinds.read, kind, period, who=who, today=TODAY)
    check(workspace)


def test_every_statement_of_the_readers_compiles_for_postgresql(
    workspace: Workspace, sample: Sample, caught: Caught
) -> None:
    _run_all(workspace, sample)
    assert caught.raw == []
    faults = {
        sql: told for sql, statement in caught.statements.items() if (told := faults_of(statement))
    }
    assert faults == {}
    # Most of the office's queries were really seen: each of its tables is read.
    text = "\n".join(caught.statements)
    unread = [name for name in schema.all_tables() if f"FROM {name}" not in text
              and f"JOIN {name}" not in text]  # fmt: skip
    assert set(unread) <= {"alembic_version"}


def test_every_statement_of_changes_and_undo_compiles_for_postgresql(
    tmp_path: Path, caught: Caught
) -> None:
    sample = sample_office(tmp_path / "changed.office")
    with Workspace.open(sample.path) as workspace:
        workspace.work_as(sample.manager, "钱经理")
        with workspace.change("Name") as change:
            change.update(schema.all_tables()["customer"], sample.customer, note="new")
        workspace.undo()
        workspace.redo()
        workspace.read(trail.row_changes, 1)
    assert caught.raw == []
    assert {
        sql: told for sql, statement in caught.statements.items() if (told := faults_of(statement))
    } == {}


@pytest.mark.parametrize("statement", ["SELECT 1 FROM history", "SELECT strftime('%Y', at)"])
def test_text_and_foreign_functions_would_be_found(statement: str) -> None:
    from sqlalchemy import func, literal_column, select, text

    history = trail.history
    assert faults_of(text(statement))
    assert faults_of(select(literal_column("1")))
    assert faults_of(select(func.strftime("%Y", history.c.at)))
    assert faults_of(select(func.json_each("[]")))
    assert not faults_of(select(expressions.month_of(history.c.at)))


def test_postgresql_gets_its_own_words_for_what_differs() -> None:
    from sqlalchemy import select

    history = trail.history
    query = select(history.c.id).where(
        expressions.among(history.c.id, [1, 2]), expressions.day_of(history.c.at) < TODAY
    )
    words = str(query.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert "json_array_elements_text" in words
    assert "CAST(history.at AS DATE)" in words
    assert "substr" not in words
    assert "json_each" not in words


def test_money_is_summed_as_a_whole_number_on_every_engine() -> None:
    from sqlalchemy import select

    history = trail.history
    words = str(select(schema.whole_sum(history.c.id)).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert "CAST(sum(history.id) AS BIGINT)" in words


def _calls(path: Path) -> Iterator[tuple[str, int]]:
    """(name, line) of whatever is called in a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else None
            if isinstance(node.func, ast.Name):
                name = node.func.id
            if name is not None:
                yield name, node.lineno


def _imports_from_sqlalchemy(path: Path) -> set[str]:
    return {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
    }


def test_raw_sql_stands_in_storage_only() -> None:
    """Nor is there text() elsewhere, but as a column's default in a room's tables."""
    raw = []
    for path in sorted([*ROOT.rglob("*.py"), *(ROOT.parent / "ui").rglob("*.py")]):
        if ROOT / "storage" in path.parents:
            continue
        imported = _imports_from_sqlalchemy(path)
        if path.name != "tables.py" and imported & {"text", "literal_column"}:
            raw.append(f"{path}: imports {imported & {'text', 'literal_column'}}")
        raw += [
            f"{path}:{line}: {name}"
            for name, line in _calls(path)
            if name in ("exec_driver_sql", "driver_connection")
        ]
    assert raw == []


def test_sums_are_taken_by_whole_sum_only() -> None:
    """``func.sum`` gives a decimal elsewhere."""
    bare = [
        f"{path}:{number}"
        for path in sorted(ROOT.rglob("*.py"))
        if path.name != "schema.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if "func.sum(" in line
    ]
    assert bare == []
