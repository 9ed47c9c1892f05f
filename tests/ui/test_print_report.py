"""The monthly report is printed from the command line, on a real queue."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cups_queue import Queue
from tests.sample import sample_office

ROOT = Path(__file__).parents[2]


def start(queue: Queue, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui", "--lang", "en", *arguments],
        cwd=ROOT,
        env=queue.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


@pytest.mark.cups
def test_the_report_is_printed_without_a_window(tmp_path: Path, pdf_queue: Queue) -> None:
    office = sample_office(tmp_path / "office.office").path
    done = start(pdf_queue, str(office), "--print-report", "2026-10", "--printer", pdf_queue.name)
    assert done.returncode == 0, done.stderr
    assert pdf_queue.name in done.stdout
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf_queue.printed_files()[0]), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "张三" in text


@pytest.mark.cups
def test_a_printer_that_isnt_there_is_named(tmp_path: Path, pdf_queue: Queue) -> None:
    office = sample_office(tmp_path / "office.office").path
    done = start(pdf_queue, str(office), "--print-report", "2026-10", "--printer", "Elsewhere")
    assert done.returncode == 1
    assert "Elsewhere" in done.stdout
    assert "Traceback" not in done.stderr
