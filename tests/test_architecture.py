"""Who may import whom: the tree keeps every contract, and every contract can be broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: For each contract an import that it forbids: where it is written, and what.
FORBIDDEN = [
    ("rooms", "salesdesk/storage/engine.py", "from salesdesk.planning import plans"),
    ("rooms", "salesdesk/customers/care.py", "from salesdesk.sales import deals"),
    ("rooms", "salesdesk/text.py", "from salesdesk import errors"),
    ("rooms", "salesdesk/new_room.py", "VALUE = 1"),
    ("calc", "salesdesk/calc/split.py", "from sqlalchemy import select"),
    ("office-without-window", "salesdesk/reports/figures.py", "from PySide6.QtCore import Qt"),
    ("office-without-window", "salesdesk/workspace.py", "import ui.preferences"),
    ("window-without-storage", "ui/reports/__init__.py", "import typst"),
    ("window-without-storage", "ui/shared/tables.py", "from sqlalchemy import select"),
    ("tabs", "ui/reports/__init__.py", "import ui.planning"),
    ("tabs", "ui/customers/__init__.py", "import ui.reports"),
    ("shared", "ui/shared/look.py", "import ui.customers"),
    ("shared", "ui/shared/look.py", "import ui.main_window"),
]


def lint_imports(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Hold the packages in ``folder`` against the contracts."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    for contract in contracts:
        command += ["--contract", contract]
    # Another tree that is installed or on the path must not be looked at instead.
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(
        command, cwd=folder, env=environment, check=False, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree's packages and contracts, to be spoilt."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in ("salesdesk", "ui"):
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    return folder


@pytest.fixture
def spoil(copy: Path) -> Iterator[list[Path]]:
    """Files changed in the copy, to be put back as they are in the tree."""
    spoilt: list[Path] = []
    yield spoilt
    for path in spoilt:
        original = ROOT / path.relative_to(copy)
        if original.exists():
            shutil.copy(original, path)
        else:
            path.unlink()


def test_the_tree_keeps_every_contract(copy: Path) -> None:
    result = lint_imports(copy)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_contract_is_shown_to_be_breakable() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]}
    assert contracts == {contract for contract, _file, _line in FORBIDDEN}


@pytest.mark.parametrize(("contract", "file", "line"), FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(
    copy: Path, spoil: list[Path], contract: str, file: str, line: str
) -> None:
    path = copy / file
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    spoil.append(path)
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    result = lint_imports(copy, contract)
    assert result.returncode == 1
    assert "1 broken" in result.stdout, result.stdout + result.stderr


def test_the_style_refuses_the_object_relational_mapper() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename", "salesdesk/sales/rows.py", "-"],
        cwd=ROOT,
        input='"""Rows."""\n\nfrom sqlalchemy.orm import Session\n\nSESSION = Session\n',
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert "TID251" in result.stdout


def test_no_room_loads_the_object_relational_mapper() -> None:
    program = """
import importlib, pkgutil, sys
import salesdesk, ui
for package in (salesdesk, ui):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if ".migrations." not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
print("sqlalchemy.engine" in sys.modules, "sqlalchemy.orm" in sys.modules)
"""
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert result.stdout.split() == ["True", "False"]
