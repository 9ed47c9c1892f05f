"""What ``pip install`` gives is the whole program, without the checkout it was built from."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("salesdesk", "ui", "resources", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md",
         "LICENSE")  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the built wheel was installed into."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.mo")
            shutil.copytree(ROOT / part, source / part, ignore=ignored)
        else:
            shutil.copy(ROOT / part, source)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    no_network = ["--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "wheel", *no_network, "-w", folder, source], check=True)
    (wheel,) = folder.glob("salesdesk-*.whl")
    subprocess.run([*pip, "install", *no_network, "--target", folder / "site", wheel], check=True)
    return folder / "site"


@pytest.fixture
def installed(site: Path, tmp_path: Path) -> Callable[..., str]:
    """Runs Python with the installed program and nothing of the checkout; what it prints."""

    def run(*arguments: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(site), "QT_QPA_PLATFORM": "offscreen"}
        command = [sys.executable, *arguments]
        ran = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return run


def test_every_resource_is_in_the_wheel(site: Path) -> None:
    def files(folder: Path) -> set[str]:
        return {
            path.relative_to(folder).with_suffix("").as_posix()
            for path in folder.rglob("*")
            if path.is_file()
        }

    assert files(site / "salesdesk" / "resources") == files(ROOT / "resources")
    assert (site / "salesdesk" / "resources" / "i18n" / "zh_CN.mo").is_file()


def test_the_installed_commands_work_in_chinese_from_office_to_printed_report(
    installed: Callable[..., str], site: Path, tmp_path: Path
) -> None:
    where = installed("-c", "import salesdesk, ui; print(salesdesk.__file__, ui.__file__)")
    assert where.split() == [
        str(site / "salesdesk" / "__init__.py"), str(site / "ui" / "__init__.py")
    ]  # fmt: skip
    installed("-m", "salesdesk", "new", "shop.office", "--kind", "shop", "--name", "Shop")
    told = installed(
        "-m", "salesdesk", "plan", "new", "shop.office", "--template", "shop-sales",
        "--period", "2026-11", "--lang", "zh",
    )  # fmt: skip
    assert "计划" in told
    installed(
        "-m", "salesdesk", "report", "monthly", "shop.office", "--month", "2026-11",
        "-o", "month.pdf", "--lang", "zh",
    )  # fmt: skip
    assert (tmp_path / "month.pdf").read_bytes().startswith(b"%PDF")


def test_the_installed_window_has_its_icons_and_its_guide(installed: Callable[..., str]) -> None:
    program = (
        "from PySide6.QtWidgets import QApplication\n"
        "application = QApplication([])\n"
        "from salesdesk import text\n"
        "text.set_language('zh')\n"
        "from ui.help import GuideDialog\n"
        "from ui.shared import look\n"
        "look.apply(application, 'light')\n"
        "print(look.icon('mdi6.close', 'pale').isNull(), GuideDialog(None).windowTitle())\n"
    )
    shown = installed("-c", program).split()
    assert shown[0] == "False"
    assert len(shown[1]) >= 2
