"""What the check of an office file finds: each damage by a sentence of its own, nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from salesdesk import check
from salesdesk.customers.tables import activity
from salesdesk.errors import Cancelled, OfficeFileError, WrongPasswordError
from salesdesk.office import founding
from salesdesk.planning.tables import target
from salesdesk.workspace import Workspace
from tests.sample import sample_office


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small office without a fault, closed."""
    path = tmp_path_factory.mktemp("check") / "sound.office"
    sample_office(path)
    return path


@pytest.fixture
def workspace(sound: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of it to do damage to."""
    with Workspace.open(Path(shutil.copy(sound, tmp_path / "copy.office"))) as opened:
        yield opened


def _damage(workspace: Workspace, *statements: str) -> list[str]:
    """What is found after statements that no writer of the program would run."""
    with workspace.unrecorded() as change:
        change.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for statement in statements:
            assert change.connection.exec_driver_sql(statement).rowcount != 0, statement
    return check.check(workspace)


def test_a_sound_office_has_no_faults(sound: Path) -> None:
    assert check.check(sound) == []


def test_an_empty_new_office_has_no_faults(tmp_path: Path) -> None:
    with founding.new_office(
        tmp_path / "new.office", name="New", kind="b2b", founder="Max"
    ) as workspace:
        assert check.check(workspace) == []


def test_a_gap_between_targets_is_no_fault(workspace: Workspace) -> None:
    workspace.work_as(None, "")
    with workspace.change("Gap") as change:
        change.update(target, 1, value=12_345_600)
    assert check.check(workspace) == []


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE customer SET registered_month = 202501 WHERE id = 2",
         "Customers filed under another month than that of their registration: 1 (number 2 "
         "first)."),
        ("UPDATE activity SET month = 202609",
         "Activities filed under another month than that of their day: 4 (number 1 first)."),
        ("UPDATE deal SET intention_month = NULL WHERE intention_on IS NOT NULL",
         "Deals filed under another month than that of their intention: 1 (number 2 first)."),
        ("UPDATE deal SET subscribed_month = 202610 WHERE id = 1",
         "Deals filed under another month than that of their subscription: 1 (number 1 first)."),
        ("UPDATE deal SET contracted_month = 202611",
         "Deals filed under another month than that of their contract: 2 (number 1 first)."),
        ("UPDATE deal SET cancelled_month = 202611 WHERE id = 2",
         "Deals filed under another month than that of their cancellation: 1 (number 2 first)."),
        ("UPDATE payment SET paid_month = 202610 WHERE paid_on IS NULL",
         "Payments filed under another month than that of their receipt: 1 (number 2 first)."),
        ("INSERT INTO hand_count (measure_id, person_id, day, month, value)"
         " VALUES (1, 1, '2026-11-24', 202610, 3)",
         "Counts by hand filed under another month than that of their day: 1 (number 1 first)."),
        ("UPDATE activity SET at = '2026-10-12 09:00:00.000000' WHERE id = 1",
         "Activities filed under another day than that of their time: 1 (number 1 first)."),
        ("UPDATE customer SET last_contact_on = '2026-10-12' WHERE id = 1",
         "Customers contacted after what is noted as their last contact: 1 (number 1 first)."),
        ("UPDATE customer SET last_contact_on = NULL WHERE id = 1",
         "Customers contacted after what is noted as their last contact: 1 (number 1 first)."),
        ("UPDATE deal SET intention_on = '2026-10-21' WHERE id = 2",
         "Deals whose dates are out of order: 1 (number 2 first)."),
        ("UPDATE deal SET contracted_on = NULL, contracted_month = NULL WHERE id = 1",
         "Deals without any date: 1 (number 1 first)."),
        ("UPDATE deal_share SET basis_points = 4999 WHERE id = 3",
         "Deals shared out to more or less than the whole: 1 (number 2 first)."),
        ("UPDATE deal SET quantity = 61 WHERE id = 1",
         "Deals shared out to more or less than the whole: 1 (number 1 first)."),
        ("UPDATE deal_share SET amount = amount - 1 WHERE id = 1",
         "Deal number 1: the credited parts don't sum to it."),
        ("UPDATE payment SET amount = amount + 1 WHERE id = 2",
         "Payment number 2: the credited parts don't sum to it."),
        ("UPDATE target SET team_id = 1 WHERE person_id = 2 AND period_kind = 'month'",
         "Targets that are a team's and a person's at once: 1 (number 4 first)."),
        ("INSERT INTO leave (person_id, first_day, end_day) VALUES (2, '2026-10-02', '2026-10-02')",
         "Leaves that end before they begin: 1 (number 1 first)."),
        ("UPDATE customer SET phones = '13800001112' WHERE id = 1",
         "Customers found under other phone numbers than theirs: 1 (number 1 first)."),
        ("DELETE FROM customer_phone WHERE customer_id = 2",
         "Customers found under other phone numbers than theirs: 1 (number 2 first)."),
        ("UPDATE customer SET name = '木先生' WHERE id = 1",
         "Customers who can't be found by what they are called now: 1 (number 1 first)."),
        ("UPDATE customer SET company = '西风学校' WHERE id = 1",
         "Customers who can't be found by what they are called now: 1 (number 1 first)."),
        ("UPDATE customer SET search_key = replace(search_key, 'linxiansheng', 'xxx')",
         "Customers who can't be found by what they are called now: 1 (number 1 first)."),
        ("UPDATE target SET start_day = '2026-10-02' WHERE period_kind = 'month'",
         "Targets filed under a period that doesn't exist: 4 (number 2 first)."),
        ("UPDATE target SET period_kind = 'fortnight' WHERE id = 1",
         "Targets filed under a period that doesn't exist: 1 (number 1 first)."),
        ("INSERT INTO remark (plan_id, measure_id, person_id, period_kind, start_day)"
         " VALUES (1, 1, 2, 'week', '2026-10-06')",
         "Remarks filed under a period that doesn't exist: 1 (number 1 first)."),
        ("UPDATE person SET active = 0 WHERE role = 'manager'",
         "The office has no sales manager."),
        ("DROP INDEX ix_customer_phones",
         "The index ix_customer_phones of customer is missing."),
    ],
)  # fmt: skip
def test_each_damage_is_told_by_its_own_sentence(
    statement: str, sentence: str, workspace: Workspace
) -> None:
    found = _damage(workspace, statement)
    assert sentence in found
    # A stage's month and its date are one damage; where a phone or date was changed, others too.
    assert len([words for words in found if "as its last change left it" not in words]) <= 3


def test_rows_that_name_missing_ones_are_told(workspace: Workspace) -> None:
    driver = workspace._engine.raw_connection().driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys = OFF")
    driver.execute("DELETE FROM person WHERE name = '王五'")
    driver.execute("INSERT INTO leave (person_id, first_day, end_day)"
                   " VALUES (99, '2026-10-02', '2026-10-03')")  # fmt: skip
    driver.execute("PRAGMA foreign_keys = ON")
    assert check.check(workspace) == [
        "Rows of leave that name a person that doesn't exist: 1 (number 1 first).",
        "Rows of membership that name a person that doesn't exist: 1 (number 4 first).",
        "Person 王五, number 4 is gone, though the history knows of no deletion.",
        "Leave number 99, number 1 is there, though nothing wrote it.",
    ]


def test_many_deals_of_one_kind_of_fault_are_counted(workspace: Workspace) -> None:
    found = _damage(
        workspace,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)"
        " INSERT INTO deal (customer_id, product_id, amount, contracted_on, contracted_month)"
        " SELECT 1, 1, 100, '2026-10-05', 202610 FROM n",
    )
    assert len([one for one in found if one.startswith("Deal number")]) == check.MOST
    assert found[-1] == f"More deals and payments like these: {60 - check.MOST}."


@pytest.mark.parametrize("broken", ["activity", "ix_customer_phones", "history_row"])
def test_a_file_with_a_broken_page_is_told_as_damaged(
    broken: str, sound: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(sound, tmp_path / "broken.office"))

    def root_page(db: Connection) -> int:
        row = db.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = ?", (broken,))
        return int(row.scalar_one())

    with Workspace.open(path) as workspace:
        page = workspace.read(root_page)
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    found = check.check(path)
    assert found
    assert all("damaged" in sentence for sentence in found)


def test_what_is_no_office_can_t_be_checked(tmp_path: Path) -> None:
    path = tmp_path / "letter.office"
    path.write_text("Dear Sir or Madam, " * 20)
    with pytest.raises(WrongPasswordError):
        check.check(path)
    with pytest.raises(OfficeFileError):
        check.check(tmp_path / "missing.office")


def test_an_encrypted_office_is_checked_with_its_password(tmp_path: Path) -> None:
    path = sample_office(tmp_path / "secret.office", password="芝麻开门").path
    assert check.check(path, "芝麻开门") == []
    with pytest.raises(WrongPasswordError):
        check.check(path, "wrong")


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE customer SET note = 'Hallo' WHERE id = 2",
         "isn't as its last change left it: Note is Hallo instead of"),
        ("UPDATE deal SET amount = amount + 1 WHERE id = 1", "Amount is"),
        ("UPDATE activity SET words = CAST(x'ff41' AS TEXT) WHERE id = 1", "Words is"),
        ("UPDATE activity SET words = x'4142' WHERE id = 1", "Words is x'4142 instead of"),
        ("DELETE FROM target WHERE id = 5", "is gone, though the history knows of no deletion."),
        ("UPDATE history_row SET after = replace(after, '\"amount\":', '\"amounf\":')"
         " WHERE table_name = 'deal'", "can't be read."),
        ("UPDATE history_row SET after = substr(after, 2) WHERE after IS NOT NULL",
         "can't be read."),
        ("UPDATE sqlite_sequence SET seq = 1 WHERE name = 'deal'",
         "The next number of deal is taken already."),
        ("UPDATE person SET role = 'salet' WHERE name = '王五'", "Role is salet"),
        ("UPDATE deal SET version = version - 1 WHERE id = 1", "left it: version."),
    ],
)  # fmt: skip
def test_a_row_that_isn_t_as_its_last_change_left_it_is_named(
    statement: str, sentence: str, workspace: Workspace
) -> None:
    found = _damage(workspace, statement)
    assert any(sentence in words for words in found), found
    assert all(words.isprintable() for words in found)


def test_rows_that_were_deleted_and_are_there_again_are_named(workspace: Workspace) -> None:
    with workspace.change("Away") as change:
        change.delete(activity, 1)
    workspace.undo()
    assert check.check(workspace) == []
    workspace.redo()
    assert check.check(workspace) == []
    found = _damage(
        workspace,
        "INSERT INTO activity (id, customer_id, person_id, kind, at, day, month)"
        " VALUES (1, 1, 1, 'call', '2026-10-12 09:00:00.000000', '2026-10-12', 202610)",
    )
    assert any("is there, though the history says that it was deleted." in one for one in found)


def test_a_change_that_takes_back_what_it_did_itself_is_no_fault(workspace: Workspace) -> None:
    for words in ("", "after all"):
        with workspace.change("There and back") as change:
            stored = change.connection.execute(
                select(activity.c.words).where(activity.c.id == 1)
            ).scalar_one()
            change.update(activity, 1, words="for a moment")
            change.update(activity, 1, words=words or stored)
    assert check.check(workspace) == []


def test_a_history_that_contradicts_itself_is_told(workspace: Workspace) -> None:
    for words in ("first", "second"):
        with workspace.change(words) as change:
            change.update(activity, 1, words=words)
    found = _damage(
        workspace,
        "UPDATE history_row SET after = replace(after, 'first', 'fjrst') WHERE after LIKE '%first%'"
        " AND table_name = 'activity'",
    )
    assert len(found) == 2
    assert found[0].endswith("contradicts itself: Words.")
    assert found[1] == "Entry 4 of the history isn't as it was written: first."


def test_how_far_it_is_is_told_and_a_check_can_be_broken_off(workspace: Workspace) -> None:
    told: list[tuple[int, int]] = []
    assert check.check(workspace, progress=lambda done, of: told.append((done, of))) == []
    assert told[0][0] == 0
    assert told == sorted(set(told))
    assert all(done < of for done, of in told)
    looks = len(check.LOOKS)
    assert len(told) > looks + 3  # the look at the pages itself says how far it is

    def stop(done: int, _of: int) -> None:
        if done:
            raise Cancelled("Enough.")

    with pytest.raises(Cancelled):
        check.check(workspace, progress=stop)
