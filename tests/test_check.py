"""What the check of an office file finds: each damage by a sentence of its own, nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from salesdesk import check
from salesdesk.errors import OfficeFileError, WrongPasswordError
from salesdesk.office import founding
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
    assert _damage(workspace, "UPDATE target SET value = value + 100 WHERE id = 1") == []


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE customer SET registered_month = 202501 WHERE id = 2",
         "1 customers are filed under another month than that of their registration "
         "(number 2 first)."),
        ("UPDATE activity SET month = 202609",
         "4 activities are filed under another month than that of their day (number 1 first)."),
        ("UPDATE deal SET intention_month = NULL WHERE intention_on IS NOT NULL",
         "1 deals are filed under another month than that of their intention (number 2 first)."),
        ("UPDATE deal SET subscribed_month = 202610 WHERE id = 1",
         "1 deals are filed under another month than that of their subscription (number 1 first)."),
        ("UPDATE deal SET contracted_month = 202611",
         "2 deals are filed under another month than that of their contract (number 1 first)."),
        ("UPDATE deal SET cancelled_month = 202611 WHERE id = 2",
         "1 deals are filed under another month than that of their cancellation (number 2 first)."),
        ("UPDATE payment SET paid_month = 202610 WHERE paid_on IS NULL",
         "1 payments are filed under another month than that of their receipt (number 2 first)."),
        ("INSERT INTO hand_count (measure_id, person_id, day, month, value)"
         " VALUES (1, 1, '2026-11-24', 202610, 3)",
         "1 counts by hand are filed under another month than that of their day (number 1 first)."),
        ("UPDATE activity SET at = '2026-10-12 09:00:00.000000' WHERE id = 1",
         "1 activities are filed under another day than that of their time (number 1 first)."),
        ("UPDATE customer SET last_contact_on = '2026-10-12' WHERE id = 1",
         "1 customers were contacted after what is noted as their last contact (number 1 first)."),
        ("UPDATE customer SET last_contact_on = NULL WHERE id = 1",
         "1 customers were contacted after what is noted as their last contact (number 1 first)."),
        ("UPDATE deal SET intention_on = '2026-10-21' WHERE id = 2",
         "1 deals have their dates out of order (number 2 first)."),
        ("UPDATE deal SET contracted_on = NULL, contracted_month = NULL WHERE id = 1",
         "1 deals have no date at all (number 1 first)."),
        ("UPDATE deal_share SET basis_points = 4999 WHERE id = 3",
         "1 deals are shared out to more or less than the whole (number 2 first)."),
        ("UPDATE deal SET quantity = 61 WHERE id = 1",
         "1 deals are shared out to more or less than the whole (number 1 first)."),
        ("UPDATE deal_share SET amount = amount - 1 WHERE id = 1",
         "Deal number 1: the credited parts don't sum to it."),
        ("UPDATE payment SET amount = amount + 1 WHERE id = 2",
         "Payment number 2: the credited parts don't sum to it."),
        ("UPDATE target SET team_id = 1 WHERE person_id = 2 AND period_kind = 'month'",
         "1 targets are a team's and a person's at once (number 4 first)."),
        ("INSERT INTO leave (person_id, first_day, end_day) VALUES (2, '2026-10-02', '2026-10-02')",
         "1 leaves end before they begin (number 1 first)."),
        ("UPDATE customer SET phones = '13800001112' WHERE id = 1",
         "1 customers are found under other phone numbers than theirs (number 1 first)."),
        ("DELETE FROM customer_phone WHERE customer_id = 2",
         "1 customers are found under other phone numbers than theirs (number 2 first)."),
        ("UPDATE customer SET name = '木先生' WHERE id = 1",
         "1 customers can't be found by what they are called now (number 1 first)."),
        ("UPDATE customer SET company = '西风学校' WHERE id = 1",
         "1 customers can't be found by what they are called now (number 1 first)."),
        ("UPDATE customer SET search_key = replace(search_key, 'linxiansheng', 'xxx')",
         "1 customers can't be found by what they are called now (number 1 first)."),
        ("UPDATE target SET start_day = '2026-10-02' WHERE period_kind = 'month'",
         "4 targets are filed under a period that doesn't exist (number 2 first)."),
        ("UPDATE target SET period_kind = 'fortnight' WHERE id = 1",
         "1 targets are filed under a period that doesn't exist (number 1 first)."),
        ("INSERT INTO remark (plan_id, measure_id, person_id, period_kind, start_day)"
         " VALUES (1, 1, 2, 'week', '2026-10-06')",
         "1 remarks are filed under a period that doesn't exist (number 1 first)."),
        ("UPDATE person SET active = 0 WHERE role = 'manager'",
         "The office has no sales manager."),
        ("DROP INDEX ix_customer_name",
         "The index ix_customer_name of customer is missing."),
    ],
)  # fmt: skip
def test_each_damage_is_told_by_its_own_sentence(
    statement: str, sentence: str, workspace: Workspace
) -> None:
    found = _damage(workspace, statement)
    assert sentence in found
    # A stage's month and its date are one damage; where a phone or date was changed, others too.
    assert len(found) <= 3


def test_rows_that_name_missing_ones_are_told(workspace: Workspace) -> None:
    driver = workspace._engine.raw_connection().driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys = OFF")
    driver.execute("DELETE FROM person WHERE name = '王五'")
    driver.execute("INSERT INTO leave (person_id, first_day, end_day)"
                   " VALUES (99, '2026-10-02', '2026-10-03')")  # fmt: skip
    driver.execute("PRAGMA foreign_keys = ON")
    assert check.check(workspace) == [
        "1 rows of leave name a person that doesn't exist (number 1 first).",
        "1 rows of membership name a person that doesn't exist (number 4 first).",
    ]


def test_many_deals_of_one_kind_of_fault_are_counted(workspace: Workspace) -> None:
    found = _damage(
        workspace,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)"
        " INSERT INTO deal (customer_id, product_id, amount, contracted_on, contracted_month)"
        " SELECT 1, 1, 100, '2026-10-05', 202610 FROM n",
    )
    assert len([one for one in found if one.startswith("Deal number")]) == check.MOST
    assert found[-1] == f"And {60 - check.MOST} more deals and payments like these."


@pytest.mark.parametrize("broken", ["activity", "ix_customer_name", "history_row"])
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
