"""Backups are verified copies, kept by a rule; restoring one overwrites nothing unasked."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3
from hypothesis import given
from hypothesis import strategies as st

from salesdesk.check import check
from salesdesk.errors import (
    BusyOfficeError,
    DamagedOfficeError,
    OfficeFileError,
    WrongPasswordError,
)
from salesdesk.office import people
from salesdesk.storage import backup
from salesdesk.storage.backup import superseded
from salesdesk.storage.engine import reading
from salesdesk.workspace import Workspace, restore
from tests.offices import found, staffed_office
from tests.storage.rows import all_rows

NOON = datetime(2026, 11, 23, 12)
moments = st.lists(
    st.datetimes(datetime(2023, 1, 1), datetime(2026, 11, 23, 23)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    unique=True,
    max_size=120,
)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The staffed office."""
    with staffed_office(tmp_path) as opened:
        yield opened


def _add_team(workspace: Workspace, name: str) -> None:
    with workspace.change("New team") as change:
        people.add_team(change, name)


# -- making ----------------------------------------------------------------------------------------


def test_a_backup_holds_what_the_office_held(workspace: Workspace) -> None:
    _add_team(workspace, "North")
    rows = all_rows(workspace)
    copy = workspace.back_up()
    _add_team(workspace, "South")
    assert copy.parent == workspace.backup_folder
    assert list(copy.parent.iterdir()) == [copy]
    with Workspace.open(copy) as opened:
        assert all_rows(opened) == rows
    last = workspace.last_backup()
    assert last is not None
    assert copy.name == f"small-{last:%Y%m%d-%H%M%S}.office"


def test_a_backup_may_go_elsewhere(workspace: Workspace, tmp_path: Path) -> None:
    copy = workspace.back_up(tmp_path / "stick" / "copies")
    assert copy.parent == tmp_path / "stick" / "copies"
    assert workspace.last_backup() is None


def test_a_backup_of_an_encrypted_office_is_encrypted_by_the_same_password(
    tmp_path: Path,
) -> None:
    with found(tmp_path, password="secret") as workspace:
        copy = workspace.back_up()
        rows = all_rows(workspace)
    assert b"SQLite" not in copy.read_bytes()[:16]
    with pytest.raises(WrongPasswordError):
        Workspace.open(copy, "other")
    with Workspace.open(copy, "secret") as opened:
        assert all_rows(opened) == rows


def test_a_backup_can_be_made_while_another_program_writes(workspace: Workspace) -> None:
    with Workspace.open(workspace.path) as other, other.change("Under way") as change:
        people.add_team(change, "North")
        copy = workspace.back_up()
    with Workspace.open(copy) as opened:
        assert len(opened.read(people.teams)) == 2


def test_a_folder_that_can_t_be_made_is_named(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OfficeFileError, match="can't be written"):
        workspace.back_up(tmp_path / "file")


def test_a_backup_that_failed_leaves_no_empty_folder(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_what: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(backup, "write_copy", full)
        with pytest.raises(OfficeFileError, match="the disk is full"):
            workspace.back_up()
    assert not backup.folder_of(workspace.path).exists()
    copy = workspace.back_up()
    monkeypatch.setattr(backup, "write_copy", full)
    with pytest.raises(OfficeFileError, match="the disk is full"):
        workspace.back_up()
    assert copy.exists()


def test_making_a_backup_removes_the_superseded_ones_and_no_other_file(
    workspace: Workspace,
) -> None:
    folder = workspace.backup_folder
    folder.mkdir()
    days = [date.today() - timedelta(days=number) for number in range(400)]
    for day in days:
        (folder / f"small-{day:%Y%m%d}-000000.office").write_bytes(b"old")
    kept = [
        folder / "small-before-update-20200101-000000.office",
        folder / "smaller-20200101-000000.office",
        folder / "small-20200101-000000.xlsx",
    ]
    for other in kept:
        other.write_bytes(b"other")
    workspace.back_up()
    dated = [copy for _moment, copy in backup.dated_copies(workspace.path)]
    assert all(other.exists() for other in kept)
    assert set(folder.iterdir()) == {*dated, *kept}
    # Today's newer copy takes the place of the one from midnight.
    assert f"small-{days[0]:%Y%m%d}-000000.office" not in [copy.name for copy in dated]
    assert 18 <= len(dated) <= 23


def test_offices_of_one_name_let_only_their_own_backups_go(tmp_path: Path) -> None:
    folder = tmp_path / "of all branches"
    folder.mkdir()
    days = [date.today() - timedelta(days=number) for number in range(20)]
    others = [folder / f"small-{day:%Y%m%d}-000000.office" for day in days]
    for branch in ("east", "west"):
        (tmp_path / branch).mkdir()
        with found(tmp_path / branch) as workspace:
            if branch == "east":
                first = workspace.back_up(folder)
                for other in others:
                    shutil.copyfile(first, other)
                first.unlink()
            else:
                second = workspace.back_up(folder)
    assert set(folder.iterdir()) == {*others, second}


def test_what_was_broken_off_lately_stays_and_what_was_long_ago_goes(workspace: Workspace) -> None:
    folder = workspace.backup_folder
    folder.mkdir()
    late, early = (folder / f"small-2020010{day}-000000.office.part" for day in (1, 2))
    for left in (late, early):
        left.write_bytes(b"half")
    os.utime(early, (1_000_000_000, 1_000_000_000))
    workspace.back_up()
    assert late.exists()
    assert not early.exists()


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.ESTALE])
def test_a_place_that_answers_nothing_is_told_in_a_sentence(
    number: int, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that went away, a folder without rights: whatever is tried there."""
    gone = tmp_path / "server" / "sales.office"
    plain = os.stat

    def stat(path: Any, *args: Any, **options: Any) -> os.stat_result:
        if "server" in str(path):
            raise OSError(number, os.strerror(number), str(path))
        return plain(path, *args, **options)

    monkeypatch.setattr(os, "stat", stat)
    for tried in (
        lambda: Workspace.open(gone),
        lambda: workspace.save_copy(gone),
        lambda: workspace.back_up(gone.parent),
        lambda: restore(workspace.path, gone),
        lambda: restore(gone, tmp_path / "new.office"),
    ):
        with pytest.raises(OfficeFileError):
            tried()


# -- the rule --------------------------------------------------------------------------------------


def test_seven_days_four_weeks_and_twelve_months_are_kept() -> None:
    daily = [NOON - timedelta(days=number) for number in range(500)]
    gone = superseded(daily, NOON.date())
    kept = [moment.date() for moment in daily if moment not in gone]
    days = [date(2026, 11, number) for number in range(17, 24)]
    # The weeks of the 23rd, 16th, 9th and 2nd; the newest of each: 23, 22, 15, 8.
    weeks = [date(2026, 11, number) for number in (8, 15, 22, 23)]
    months = [date(2026, 11, 23)] + [
        date(year, number, 1) - timedelta(days=1)
        for year, number in [(2026, n) for n in range(11, 0, -1)]
    ]
    assert set(kept) == {*days, *weeks, *months}
    assert len(months) == 12


def test_the_newest_of_a_day_is_the_one_kept() -> None:
    times = [NOON, NOON - timedelta(hours=1), NOON - timedelta(hours=2)]
    assert superseded(times, NOON.date()) == times[1:]


def test_days_without_a_backup_are_no_reason_to_lose_older_ones() -> None:
    monthly = [datetime(2026, number, 3) for number in range(1, 12)]
    assert superseded(monthly, NOON.date()) == []


def test_backups_from_a_clock_that_ran_ahead_are_kept() -> None:
    ahead = [NOON + timedelta(days=number) for number in range(1, 60)]
    assert superseded([*ahead, NOON], NOON.date()) == []


@pytest.mark.parametrize("year", [1970, 2200])
def test_a_clock_that_jumps_for_a_day_lets_no_good_backup_go(year: int) -> None:
    good = [NOON - timedelta(days=number) for number in range(500)]
    kept = sorted(set(good) - set(superseded(good, NOON.date())))
    jumped = [datetime(year, 1, 1, hour) for hour in (8, 9)]
    assert not set(superseded([*kept, *jumped], jumped[0].date())) & set(kept)
    assert not set(superseded([*kept, *jumped], NOON.date())) & set(kept)


def test_a_clock_that_comes_by_again_overwrites_no_copy(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Stopped:
            return cls(1970, 1, 1, 0, 0, 7, tzinfo=tz)

    monkeypatch.setattr(backup, "datetime", Stopped)
    copies = [workspace.back_up(by_hand=True) for _time in range(3)]
    assert len(set(copies)) == 3
    assert all(copy.exists() for copy in copies)


def test_names_that_only_look_like_moments_are_left_alone(workspace: Workspace) -> None:
    folder = workspace.backup_folder
    folder.mkdir()
    odd = [folder / f"small{middle}-99999999-999999.office" for middle in ("", "-by-hand")]
    for other in odd:
        other.write_bytes(b"other")
    assert workspace.last_backup() is None
    workspace.back_up()
    assert workspace.last_backup() is not None
    assert all(other.exists() for other in odd)


def test_a_backup_of_a_clock_that_ran_ahead_doesn_t_pass_for_todays(workspace: Workspace) -> None:
    workspace.backup_folder.mkdir()
    (workspace.backup_folder / "small-22000101-080000.office").write_bytes(b"ahead")
    assert workspace.last_backup() is None


@given(moments)
def test_what_is_kept_covers_every_rule_and_the_newest_is_never_lost(
    made: list[datetime],
) -> None:
    made = [*made, NOON - timedelta(days=1, seconds=1)]  # after a year without any all are kept
    made = list(dict.fromkeys(made))
    gone = set(superseded(made, NOON.date()))
    kept = sorted((moment for moment in made if moment not in gone), reverse=True)
    assert len(kept) <= 7 + 4 + 12
    if made:
        assert kept[0] == max(made)
    for count, period in (
        (7, lambda moment: moment.date()),
        (4, lambda moment: moment.isocalendar()[:2]),
        (12, lambda moment: (moment.year, moment.month)),
    ):
        wanted = sorted({period(moment) for moment in made}, reverse=True)[:count]
        held = {period(moment): moment for moment in reversed(kept)}
        for one in wanted:
            assert held[one] == max(moment for moment in made if period(moment) == one)


@given(moments)
def test_what_was_kept_once_is_kept_when_nothing_new_came(made: list[datetime]) -> None:
    gone = superseded(made, NOON.date())
    kept = [moment for moment in made if moment not in gone]
    assert superseded(kept, NOON.date()) == []


# -- restoring -------------------------------------------------------------------------------------


def test_a_backup_is_restored_where_nothing_stands(workspace: Workspace, tmp_path: Path) -> None:
    rows = all_rows(workspace)
    copy = workspace.back_up()
    assert restore(copy, tmp_path / "again.office") is None
    with Workspace.open(tmp_path / "again.office") as again:
        assert all_rows(again) == rows
        _add_team(again, "North")


def test_an_office_is_not_overwritten_unless_asked(workspace: Workspace) -> None:
    copy = workspace.back_up()
    _add_team(workspace, "North")
    rows = all_rows(workspace)
    with pytest.raises(OfficeFileError, match="not overwritten unless you say so"):
        restore(copy, workspace.path)
    assert all_rows(workspace) == rows


def test_a_replaced_office_is_kept_beside_with_all_it_held(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        before = all_rows(workspace)
        copy = workspace.back_up()
        _add_team(workspace, "North")
        after = all_rows(workspace)
    replaced = restore(copy, workspace.path, force=True)
    assert replaced is not None
    with Workspace.open(workspace.path) as restored, Workspace.open(replaced) as old:
        assert all_rows(restored) == before
        assert all_rows(old) == after


def test_the_log_of_a_replaced_office_goes_with_it(tmp_path: Path) -> None:
    """As after a crash: committed changes stand in the log only."""
    with staffed_office(tmp_path) as workspace:
        copy = workspace.back_up()
        before = all_rows(workspace)
        _add_team(workspace, "North")
        after = all_rows(workspace)
        crashed = tmp_path / "crashed.office"
        crashed.write_bytes(workspace.path.read_bytes())
        log = Path(f"{workspace.path}-wal").read_bytes()
        assert log
        Path(f"{crashed}-wal").write_bytes(log)
    replaced = restore(copy, crashed, force=True)
    assert replaced is not None
    with Workspace.open(crashed) as restored, Workspace.open(replaced) as old:
        assert all_rows(restored) == before
        assert all_rows(old) == after


@pytest.mark.parametrize("content", [b"", b"no office at all, only words"])
def test_a_backup_takes_the_place_of_a_damaged_office(
    workspace: Workspace, tmp_path: Path, content: bytes
) -> None:
    rows = all_rows(workspace)
    copy = workspace.back_up()
    damaged = tmp_path / "damaged.office"
    damaged.write_bytes(content)
    replaced = restore(copy, damaged, force=True)
    assert replaced is not None
    assert replaced.read_bytes() == content
    with Workspace.open(damaged) as restored:
        assert all_rows(restored) == rows


def test_an_encrypted_backup_is_restored_with_its_password(tmp_path: Path) -> None:
    with found(tmp_path, password="secret") as workspace:
        copy = workspace.back_up()
        rows = all_rows(workspace)
    target = tmp_path / "again.office"
    for wrong in (None, "other"):
        with pytest.raises(WrongPasswordError):
            restore(copy, target, wrong)
    assert not target.exists()
    restore(copy, target, "secret")
    with Workspace.open(target, "secret") as again:
        assert again.encrypted
        assert all_rows(again) == rows


def test_an_encrypted_office_may_be_replaced_by_a_backup_with_another_password(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with found(tmp_path / "a", password="first") as one:
        copy = one.back_up()
    with found(tmp_path / "b", password="second") as other:
        rows = all_rows(other)
    replaced = restore(copy, other.path, "first", force=True)
    assert replaced is not None
    Workspace.open(other.path, "first").close()
    with Workspace.open(replaced, "second") as old:
        assert all_rows(old) == rows


def test_a_damaged_backup_is_not_restored(workspace: Workspace, tmp_path: Path) -> None:
    copy = workspace.back_up()
    content = bytearray(copy.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8192] = b"\x00" * 8192
    copy.write_bytes(content)
    with pytest.raises(OfficeFileError, match="damaged"):
        restore(copy, tmp_path / "again.office")
    with pytest.raises(OfficeFileError):
        restore(copy, workspace.path, force=True)
    assert not (tmp_path / "again.office").exists()
    assert not list(tmp_path.glob("*-replaced-*"))
    assert len(workspace.read(people.teams)) == 2


def test_the_log_of_a_deleted_office_is_not_read_into_the_restored_one(tmp_path: Path) -> None:
    """As after a crash, when the person deletes the file and not what stands beside it."""
    with staffed_office(tmp_path) as workspace:
        copy = workspace.back_up()
        before = all_rows(workspace)
        _add_team(workspace, "North")
        gone = tmp_path / "gone.office"
        Path(f"{gone}-wal").write_bytes(Path(f"{workspace.path}-wal").read_bytes())
    assert restore(copy, gone) is None
    with Workspace.open(gone) as restored:
        assert all_rows(restored) == before
        assert check(restored) == []


def test_an_office_that_somebody_has_open_is_restored_with_all_it_holds(
    workspace: Workspace, tmp_path: Path
) -> None:
    _add_team(workspace, "North")
    assert Path(f"{workspace.path}-wal").stat().st_size  # not in the file itself yet
    restore(workspace.path, tmp_path / "again.office")
    with Workspace.open(tmp_path / "again.office") as again:
        assert all_rows(again) == all_rows(workspace)


def test_an_office_in_the_middle_of_a_change_is_not_replaced(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "BUSY_TIMEOUT", 10)
    copy = workspace.back_up()
    with workspace.change("Under way") as change:
        people.add_team(change, "North")
        with pytest.raises(BusyOfficeError):
            restore(copy, workspace.path, force=True)
    _add_team(workspace, "South")
    assert len(workspace.read(people.teams)) == 4
    assert not list(workspace.path.parent.glob("*-replaced-*"))


def test_a_folder_is_not_put_aside_for_an_office(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    with pytest.raises(OfficeFileError, match="papers can't be written"):
        restore(workspace.back_up(), tmp_path / "papers", force=True)
    assert (tmp_path / "papers").is_dir()


def test_a_copy_made_by_hand_stays_when_the_days_own_comes(workspace: Workspace) -> None:
    by_hand = workspace.back_up(by_hand=True)
    assert workspace.last_backup() is not None
    for days in range(1, 40):
        moment = datetime.now() - timedelta(days=days)
        older = by_hand.with_name(f"{workspace.path.stem}-{moment:%Y%m%d-%H%M%S}.office")
        older.write_bytes(by_hand.read_bytes())
    workspace.back_up()
    assert by_hand.exists()
    assert len(list(by_hand.parent.iterdir())) < 20


def test_the_file_alone_is_the_office_once_its_log_was_folded(
    workspace: Workspace, tmp_path: Path
) -> None:
    with workspace.change("New team") as change:
        people.add_team(change, "Folded")
    copy = tmp_path / "stick.office"
    with Workspace.open(workspace.path) as other, reading(other._engine) as connection:
        connection.exec_driver_sql("SELECT count(*) FROM team").scalar()
        with workspace.change("New team") as change:
            people.add_team(change, "Later")
        assert not workspace.fold_log()  # somebody reads just now
    assert workspace.fold_log()
    shutil.copy(workspace.path, copy)
    with Workspace.open(copy) as copied:
        names = [team.name for team in copied.read(people.teams)]
    assert {"Folded", "Later"} <= set(names)


# -- of a damaged office ---------------------------------------------------------------------------


def _damage(path: Path) -> None:
    """Change a byte within a row: the file stays one that the database finds nothing wrong with."""
    connection = sqlcipher3.connect(str(path))
    connection.execute("UPDATE team SET name = 'Morth' WHERE name = 'North'")
    connection.commit()
    connection.close()


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """An office with a flipped byte, and 40 days of backups beside it."""
    with staffed_office(tmp_path) as workspace:
        _add_team(workspace, "North")
        sound = workspace.back_up()
        path = workspace.path
    for number in range(1, 40):
        day = date.today() - timedelta(days=number)
        shutil.copy(sound, sound.with_name(f"{path.stem}-{day:%Y%m%d}-120000.office"))
    _damage(path)
    return path


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_damaged_office_rotates_no_backup_away(damaged: Path, by_hand: bool) -> None:
    folder = backup.folder_of(damaged)
    before = set(folder.iterdir())
    with Workspace.open(damaged) as workspace:
        rows = all_rows(workspace)
        with pytest.raises(DamagedOfficeError) as refusal:
            workspace.back_up(keep_damaged=False)
        assert "Team Morth" in refusal.value.message
        assert set(folder.iterdir()) == before
        with pytest.raises(DamagedOfficeError) as refusal:
            workspace.back_up(by_hand=by_hand)
    copy = refusal.value.copy
    assert copy is not None
    assert copy.name.startswith(f"{damaged.stem}-damaged-")
    assert set(folder.iterdir()) == {*before, copy}
    with Workspace.open(copy) as kept:
        assert all_rows(kept) == rows


def test_an_office_with_a_broken_page_is_kept_as_it_is(damaged: Path) -> None:
    connection = sqlcipher3.connect(str(damaged))
    rows = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'membership'")
    page = int(rows.fetchone()[0])
    connection.close()
    content = bytearray(damaged.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    damaged.write_bytes(content)
    folder = backup.folder_of(damaged)
    before = set(folder.iterdir())
    with Workspace.open(damaged) as workspace, pytest.raises(DamagedOfficeError) as refusal:
        workspace.back_up()
    copy = refusal.value.copy
    assert copy is not None
    assert copy.read_bytes() == damaged.read_bytes()
    assert set(folder.iterdir()) == {*before, copy}


def test_a_backup_with_a_changed_row_is_restored_only_where_that_is_wanted(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        _add_team(workspace, "North")
        copy = workspace.back_up()
    _damage(copy)
    target = tmp_path / "again.office"
    with pytest.raises(DamagedOfficeError, match="Team Morth"):
        restore(copy, target)
    assert not target.exists()
    restore(copy, target, damaged_too=True)
    with Workspace.open(target) as restored:
        assert len(check(restored)) == 1
