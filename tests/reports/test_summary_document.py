"""A summary printed: what it says, on how many pages."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from salesdesk.calc.periods import parse
from salesdesk.errors import RightsError
from salesdesk.office import rights
from salesdesk.planning import causes, remarks, summaries
from salesdesk.planning.places import person
from salesdesk.planning.remarks import Words
from salesdesk.reports import documents, summary_document
from salesdesk.sales import selling
from salesdesk.text import set_language
from salesdesk.workspace import Workspace
from tests.offices import STAFF, measure, place, plan_for, sell, set_targets, staffed_office

ANN = person(STAFF.ann)
LATER = date(2026, 11, 4)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Ann's October in the staffed office: 7,000 of 20,000, twenty deals fell through."""
    with staffed_office(tmp_path) as opened:
        plan_id = plan_for(opened, "2026", who=ANN)
        set_targets(opened, plan_id, {place("2026-10", ANN): 20_000_00})
        sell(opened, 7_000_00, date(2026, 10, 9))
        for number in range(1, 21):
            gone = sell(opened, number * 100_00, date(2026, 10, 8))
            with opened.change("Cancel") as change:
                selling.cancel(change, gone, date(2026, 10, 20), f"Chose rival {number}")
        with opened.change("Explain") as change:
            words = Words(
                cause_id=causes.chosen(change, "Customer pays late"), reason="Banks were slow",
                root_cause="Papers came late", prevention="Ask for papers first",
            )  # fmt: skip
            where = {place("2026-10", ANN): words}
            remarks.set_remarks(change, plan_id, measure(opened).id, where)
            review_id = summaries.begin(change, ANN, "month", parse("2026-10").start)
            summaries.write(
                change, review_id, seen_version=1, done="Sold laptops\nto the school",
                problems="Few calls", lessons="Call earlier", next="Two fairs",
            )  # fmt: skip
            summaries.hand_in(change, review_id)
            summaries.comment(change, review_id, "Keep going")
        yield opened


def _printed(workspace: Workspace, folder: Path) -> tuple[str, int]:
    found = workspace.read(summary_document.document, 1, today=LATER)
    path = folder / "summary.pdf"
    path.write_bytes(documents.pdf("summary", found.data()))
    process = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True
    )
    return process.stdout, process.stdout.count("\f")


def test_it_says_everything_on_two_pages_at_most(workspace: Workspace, tmp_path: Path) -> None:
    said, pages = _printed(workspace, tmp_path)
    assert pages <= 2
    for words in (
        "Monthly summary 2026-10, Ann", "Seen", "2.00", "0.70", "35.0%", "-1.30",
        "Customer pays late", "Banks were slow", "Papers came late", "Ask for papers first",
        "Sold laptops", "to the school", "Few calls", "Call earlier", "Two fairs",
        "Comment of Max", "Keep going", "New customers", "Chose rival 20", "Chose rival 9",
        "and 8 more deals", "Written by",
    ):  # fmt: skip
        assert words in said, words
    assert "Chose rival 8" not in said  # the twelve largest are named


def test_in_chinese_no_english_is_left(workspace: Workspace, tmp_path: Path) -> None:
    set_language("zh")
    said, pages = _printed(workspace, tmp_path)
    assert pages <= 2
    for words in (
        "Ann月总结（2026年10月）",
        "目标与实际",
        "目标未达成的原因",
        "完成情况",
        "Max的批语",
    ):
        assert words in said.replace(" ", ""), words
    for words in ("Target", "Reason", "Summary", "Actual"):
        assert words not in said


def test_costs_stay_hidden_and_others_summaries_too(workspace: Workspace) -> None:
    with workspace.change("Hide") as change:
        rights.adjust(change, "costs.see", "salesperson", "none")
        rights.adjust(change, "reports.see", "salesperson", "own")
    found = workspace.read(summary_document.document, 1, today=LATER, actor_id=STAFF.ann)
    [figures] = [block for block in found.blocks if block.get("title") == "Targets and actuals"]
    assert not [row for row in figures["rows"] if "Profit" in row[0]]
    with pytest.raises(RightsError):
        workspace.read(summary_document.document, 1, today=LATER, actor_id=STAFF.bob)
