"""``plan read`` shows what a written plan offers and enters nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from salesdesk.__main__ import main

TEXT = "一、目标\n1、每天坚持打40个有效电话\n2、每月初拟定月销售计划表\n三、保持好心态\n"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "计划.txt"
    path.write_bytes(TEXT.encode("gbk"))
    return path


def test_json_for_programs(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "read", str(plan), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "items": [
            {"level": 0, "text": "目标", "offers": []},
            {
                "level": 1,
                "text": "每天坚持打40个有效电话",
                "offers": [
                    {"rule": "target", "measure": "effective_calls", "tier": "assigned",
                     "value": "40", "to": None, "every": "day"},
                ],
            },
            {
                "level": 1,
                "text": "每月初拟定月销售计划表",
                "offers": [
                    {"rule": "action", "every": "month", "at": "start", "words": "拟定月销售计划表"}
                ],
            },
            {"level": 0, "text": "保持好心态", "offers": []},
        ]
    }  # fmt: skip


def test_words_for_people(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "read", str(plan)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "一、目标",
        "  1、每天坚持打40个有效电话",
        "      → Target: Effective calls, 40, every day, assigned task  [每天坚持打40个有效电话]",
        "  2、每月初拟定月销售计划表",
        "      → To do: every month, at the start, 拟定月销售计划表  [每月初拟定月销售计划表]",
        "三、保持好心态",
        "2 rules offered",
    ]


def test_what_cannot_be_read_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "read", str(tmp_path / "none.docx")]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "none.docx can't be read" in told.err
