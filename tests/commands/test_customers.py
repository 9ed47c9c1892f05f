"""customers find and export, today, log."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import update

from salesdesk.customers import activities, customers
from salesdesk.customers.leave import add_leave
from salesdesk.customers.tables import customer
from salesdesk.workspace import Workspace
from tests.commands.conftest import Run
from tests.sample import Sample


@pytest.mark.parametrize(
    "text", ["林先生", "林", "linxian", "LXS", "东风", "1380000", " 林  东风 "]
)
def test_a_customer_is_found_by_name_pinyin_company_or_phone(
    run: Run, office: Path, text: str
) -> None:
    said = run("customers", "find", office, text, "--json")
    assert said.status == 0
    assert [one["name"] for one in said.json] == ["林先生"]
    assert said.json[0]["owner"] == "张三"
    assert said.json[0]["next_contact_on"] == "2026-10-20"
    assert "林先生" in run("customers", "find", office, text).out


@pytest.mark.parametrize("text", ["无此人", "%", "_", "'; DROP TABLE customer; --", "\\"])
def test_nobody_found_is_an_empty_list(run: Run, office: Path, text: str) -> None:
    said = run("customers", "find", office, text, "--json")
    assert (said.status, said.json) == (0, [])


def test_the_list_is_written_to_excel_with_phones_as_text(
    run: Run, office: Path, tmp_path: Path
) -> None:
    output = tmp_path / "customers.xlsx"
    said = run("customers", "export", office, "-o", output, "--json")
    assert said.json == {"file": str(output), "customers": 2}
    sheet = openpyxl.load_workbook(output).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("Name", "Company", "Phones")
    assert rows[1][:8] == (
        "林先生", "东风学校", "13800001111", None, "Referral", "A", "Closed a deal", "张三",
    )  # fmt: skip
    assert rows[1][10] == datetime(2026, 10, 8)
    assert sheet.freeze_panes == "B2"


def test_the_list_of_one_owner_or_grade(run: Run, office: Path, tmp_path: Path) -> None:
    output = tmp_path / "customers.xlsx"
    said = run("customers", "export", office, "-o", output, "--owner", "李四", "--json")
    assert said.json["customers"] == 1
    again = ("customers", "export", office, "-o", output, "--grade", "C", "--json")
    assert "exists already" in run(*again).err
    said = run(*again, "--force")
    assert said.json["customers"] == 0
    refused = run("customers", "export", office, "-o", tmp_path / "b.xlsx", "--owner", "无名")
    assert refused.status == 1
    assert not (tmp_path / "b.xlsx").exists()


def test_texts_that_look_like_formulas_are_written_as_texts(
    run: Run, sample: Sample, tmp_path: Path
) -> None:
    with Workspace.open(sample.path) as workspace, workspace.change("Add") as change:
        added = customers.add(change, name="=1+1", company="+86", needs="@all")
        # Offices of earlier versions may hold characters that no writer takes any more.
        change.connection.execute(
            update(customer).where(customer.c.id == added).values(note="a\x00b\x0bc")
        )
    output = tmp_path / "customers.xlsx"
    assert run("customers", "export", sample.path, "-o", output).status == 0
    row = list(openpyxl.load_workbook(output).worksheets[0].iter_rows())[3]
    assert (row[0].value, row[0].data_type) == ("=1+1", "s")
    assert [row[place].value for place in (1, 8, 9)] == ["+86", "@all", "a b c"]


def test_a_list_longer_than_a_page_is_written_whole(
    run: Run, sample: Sample, tmp_path: Path
) -> None:
    with Workspace.open(sample.path) as workspace, workspace.change("Add") as change:
        customers.add_many(change, [customers.NewCustomer(f"N{at}") for at in range(2_100)])
    output = tmp_path / "customers.xlsx"
    said = run("customers", "export", sample.path, "-o", output, "--json")
    assert said.json["customers"] == 2_102
    sheet = openpyxl.load_workbook(output, read_only=True).worksheets[0]
    names = [row[0] for row in sheet.iter_rows(min_row=2, max_col=1, values_only=True)]
    assert len(set(names)) == len(names) == 2_102


# -- today -----------------------------------------------------------------------------------------


def test_today_lists_who_is_due_and_the_persons_quotas(run: Run, office: Path) -> None:
    run("plan", "new", office, "--template", "weekly-new-customers", "--owner", "张三",
        "--period", "2026-10")  # fmt: skip
    said = run("today", office, "--person", "张三", "--date", "2026-10-22", "--json")
    assert said.status == 0
    assert (said.json["date"], said.json["person"]) == ("2026-10-22", "张三")
    (due,) = said.json["due"]
    assert (due["name"], due["overdue_days"], due["due_on"]) == ("林先生", 2, "2026-10-20")
    assert due["last_words"] == "谈配置"
    weekly = {one["measure"]: (one["target"], one["actual"]) for one in said.json["quotas"]
              if one["period"] == "2026-10-W4"}  # fmt: skip
    assert weekly == {"amount": (56_250, 50_000), "new_customers": (2, 0),
                      "potential_customers": (4, 0)}  # fmt: skip


def test_today_of_the_office_lists_everybody(run: Run, office: Path) -> None:
    said = run("today", office, "--date", "2026-11-02", "--json")
    assert [one["owner"] for one in said.json["due"]] == ["张三", "李四"]
    text = run("today", office, "--date", "2026-11-02").out
    assert text.startswith("Whole office · 2026-11-02\n")
    first = run("today", office, "--date", "2026-11-02", "--limit", "1", "--json")
    assert [one["owner"] for one in first.json["due"]] == ["张三"]


def test_customers_of_a_colleague_on_leave_are_with_who_covers(run: Run, sample: Sample) -> None:
    with Workspace.open(sample.path) as workspace, workspace.change("Leave") as change:
        add_leave(change, sample.zhang, date(2026, 11, 1), date(2026, 11, 8), cover_id=sample.wang)
    said = run("today", sample.path, "--person", "王五", "--date", "2026-11-02", "--json")
    assert [(one["name"], one["covering_for"]) for one in said.json["due"]] == [("林先生", "张三")]
    after = run("today", sample.path, "--person", "王五", "--date", "2026-11-09", "--json")
    assert after.json["due"] == []


def test_today_without_a_date_is_today(run: Run, office: Path) -> None:
    assert run("today", office, "--json").json["date"] == date.today().isoformat()


def test_the_day_of_somebody_unknown_is_refused(run: Run, office: Path) -> None:
    said = run("today", office, "--person", "无名", "--json")
    assert (said.status, said.out) == (1, "")
    assert "无名" in said.err


# -- log -------------------------------------------------------------------------------------------


def test_a_call_is_logged_for_the_customers_owner(run: Run, sample: Sample) -> None:
    said = run("log", sample.path, "--customer", "周女士", "--kind", "effective_call",
               "--words", "下周来看", "--at", "2026-11-23 14:30", "--json")  # fmt: skip
    assert said.status == 0
    assert (said.json["person"], said.json["next_contact_on"]) == ("李四", "2026-12-08")
    with Workspace.open(sample.path) as workspace:
        (first, *_rest) = workspace.read(activities.timeline, said.json["customer"])
    assert (first.kind, first.words, first.person_name) == ("effective_call", "下周来看", "李四")
    assert first.at == datetime(2026, 11, 23, 14, 30)
    entry = run("history", sample.path, "--limit", "1", "--json").json[0]
    assert entry["label"] == "Log: Effective call with 周女士"
    assert entry["person"] == "钱经理"  # who noted it, not who did it


def test_a_visit_by_who_covers_with_a_next_date(run: Run, sample: Sample) -> None:
    visit = ["log", sample.path, "--customer", sample.customer, "--kind", "visit", "--as", "王五",
             "--person", "王五", "--at", "2026-11-20", "--next", "2026-11-25"]  # fmt: skip
    refused = run(*visit)
    assert (refused.status, refused.out) == (1, "")
    assert "only for your own" in refused.err
    today = date.today()
    with Workspace.open(sample.path) as workspace, workspace.change("Leave") as change:
        add_leave(change, sample.zhang, today, today + timedelta(days=7), cover_id=sample.wang)
    said = run(*visit)
    assert said.status == 0
    assert said.out == "Visit with 林先生 by 王五; next contact 2026-11-25.\n"


def test_a_part_of_the_name_is_enough_when_one_is_meant(run: Run, office: Path) -> None:
    said = run("log", office, "--customer", "周", "--kind", "call", "--json")
    assert said.json["person"] == "李四"


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["--customer", "无此人", "--kind", "call"], 1, "no customer called 无此人"),
        (["--customer", "99", "--kind", "call"], 1, "no customer number 99"),
        (["--customer", "1", "--kind", "dance"], 2, "invalid choice: 'dance'"),
        (["--customer", "1", "--kind", "call", "--at", "later"], 2, "“later” isn't a day"),
        (["--customer", "1", "--kind", "call", "--at", "2026-11-20", "--next", "2026-11-01"], 1,
         "lies before this one"),
        (["--customer", "1", "--kind", "call", "--person", "无名"], 1, "无名"),
        (["--kind", "call"], 2, "--customer"),
    ],
)  # fmt: skip
def test_what_cant_be_logged_leaves_no_trace(
    run: Run, office: Path, words: list[str], status: int, sentence: str
) -> None:
    before = run("history", office, "--json").json
    said = run("log", office, *words)
    assert (said.status, said.out) == (status, "")
    assert sentence in said.err
    assert run("history", office, "--json").json == before


def test_a_name_of_several_customers_asks_for_the_number(run: Run, sample: Sample) -> None:
    with Workspace.open(sample.path) as workspace, workspace.change("Add") as change:
        second = customers.add(change, name="林先生", company="西山中学")
    said = run("log", sample.path, "--customer", "林先生", "--kind", "call")
    assert said.status == 1
    assert f"{sample.customer} 林先生 东风学校, {second} 林先生 西山中学" in said.err
    done = run("log", sample.path, "--customer", second, "--kind", "call", "--json")
    # Nobody owns the second one: the call is the manager's.
    assert (done.status, done.json["person"]) == (0, "钱经理")
