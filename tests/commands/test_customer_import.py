"""customers import: everything wrong by its cell, who may be known by row, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from salesdesk.customers import customers
from salesdesk.workspace import Workspace
from tests.commands.conftest import Run
from tests.storage.rows import all_rows

HEAD = ("Name", "Phones", "Company", "Grade", "State", "Owner", "Registered on", "Shoe size")


def _sheet(path: Path, *rows: Sequence[object], head: Sequence[str] = HEAD) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("A list we bought",), head, *rows):
        sheet.append(list(row))
    book.save(path)
    return path


def test_new_customers_come_in_by_one_change_and_go_by_one_undo(
    run: Run, office: Path, tmp_path: Path
) -> None:
    path = _sheet(
        tmp_path / "list.xlsx",
        ("王小明", 13900000001, "重庆机械", "b", "Lasting", " 李四 ", date(2026, 10, 9), 43),
        (),
        ("Ünal", "139 0000 0002", None, None, None, None, "2026-10-10"),
    )
    said = run("customers", "import", office, path, "--owner", "张三", "--json")
    assert (said.status, said.json["entered"], said.json["known"]) == (0, 2, [])
    assert said.json["unread"] == ["Shoe size"]
    with Workspace.open(office) as workspace:
        [wang] = workspace.read(customers.find, "cqjx")
        assert (wang.name, wang.grade, wang.state, wang.owner_name) == (
            "王小明", "B", "lasting", "李四",
        )  # fmt: skip
        assert (wang.phones, wang.registered_on) == ("13900000001", date(2026, 10, 9))
        assert workspace.read(customers.find, "unal")[0].owner_name == "张三"
        assert workspace.history(limit=1)[0].label == "2 new customers"


def test_who_may_be_known_is_told_and_left_out_unless_they_are_others(
    run: Run, office: Path, tmp_path: Path
) -> None:
    path = _sheet(
        tmp_path / "list.xlsx",
        ("Somebody", "138-0000-1111"),  # 林先生's phone
        ("New", "13900000001"),
        ("New again", "+86 13900000001"),
    )
    said = run("customers", "import", office, path, "--json")
    assert (said.status, said.json["rows"], said.json["entered"]) == (1, 3, 1)
    assert [(known["row"], known["like"]) for known in said.json["known"]] == [
        (3, "1 林先生"),
        (5, "row 4"),
    ]
    assert "Row 3: Somebody is perhaps known already: 1 林先生" in said.err
    again = run("customers", "import", office, path, "--even-if-known", "--json")
    assert (again.status, again.json["entered"]) == (0, 3)


def test_every_wrong_cell_is_named_and_nothing_is_entered(
    run: Run, office: Path, tmp_path: Path
) -> None:
    path = _sheet(
        tmp_path / "list.xlsx",
        ("Right", "13900000001"),
        (None, "13900000002"),
        ("Graded", None, None, "Z"),
        ("Owned", None, None, None, None, "Nobody Here"),
        ("Dated", None, None, None, None, None, "the 40th of May"),
        ("Late", None, None, None, None, None, date(2999, 1, 1)),
        ("Asleep", None, None, None, "asleep"),
        ("Long", None, "x" * 121),
    )
    with Workspace.open(office) as workspace:
        before = all_rows(workspace)
    said = run("customers", "import", office, path, "--json")
    assert (said.status, said.json["entered"]) == (1, 0)
    assert [error["cell"] for error in said.json["errors"]] == [
        "A4", "D5", "F6", "G7", "G8", "E9", "C10",
    ]  # fmt: skip
    assert "cell C10: The company: at most 120 characters, not 121." in said.err
    with Workspace.open(office) as workspace:
        assert all_rows(workspace) == before


def test_a_preview_enters_nobody(run: Run, office: Path, tmp_path: Path) -> None:
    path = _sheet(tmp_path / "list.xlsx", ("New", "13900000001"))
    said = run("customers", "import", office, path, "--preview", "--json")
    assert (said.status, said.json["rows"], said.json["entered"]) == (0, 1, 0)
    assert run("customers", "find", office, "New", "--json").json == []


@pytest.mark.parametrize(
    ("head", "sentence"),
    [(("Phone", "Firm"), "no sheet with a heading Name"), (("Name", "name"), "appears twice")],
)
def test_a_sheet_without_names_or_with_two_columns_of_them_is_refused(
    run: Run, office: Path, tmp_path: Path, head: tuple[str, ...], sentence: str
) -> None:
    path = _sheet(tmp_path / "list.xlsx", ("1", "2"), head=head)
    said = run("customers", "import", office, path)
    assert said.status == 2
    assert sentence in said.err


def test_the_list_that_was_exported_is_known_row_by_row(
    run: Run, office: Path, tmp_path: Path
) -> None:
    path = tmp_path / "customers.xlsx"
    run("customers", "export", office, "-o", path)
    said = run("customers", "import", office, path, "--json")
    assert (said.json["rows"], said.json["entered"], said.json["errors"]) == (2, 0, [])
    assert len(said.json["known"]) == 2


@pytest.mark.parametrize(
    ("head", "name", "company", "phones"),
    [
        (
            ("姓名", "公司", "电话"),
            "王小明",
            "重庆机械",
            "13900000001",
        ),  # as we write it in Chinese
        (("联系人", "客户名称", "手机号"), "王小明", "重庆机械", "13900000001"),
        (("客户名称", "客户来源", "联系电话"), "王小明", "", "13900000001"),
        (("Name", "单位", "手机"), "王小明", "重庆机械", "13900000001"),
    ],
)
def test_lists_kept_elsewhere_are_read_by_their_own_headings(
    run: Run, office: Path, tmp_path: Path,
    head: Sequence[str], name: str, company: str, phones: str,
) -> None:  # fmt: skip
    path = _sheet(tmp_path / "list.xlsx", ("王小明", "重庆机械", 13900000001), head=head)
    said = run("customers", "import", office, path, "--json")
    assert (said.status, said.json["entered"], said.json["unread"]) == (0, 1, [])
    with Workspace.open(office) as workspace:
        [wang] = workspace.read(customers.find, "王小明")
        assert (wang.name, wang.company, wang.phones) == (name, company, phones)
