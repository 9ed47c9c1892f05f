"""An office file opens when it should, and says in a sentence why when it doesn't."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.check import check
from salesdesk.customers import customers
from salesdesk.errors import (
    BusyOfficeError,
    NewerOfficeError,
    OfficeFileError,
    WrongPasswordError,
)
from salesdesk.office import people
from salesdesk.office.founding import new_office
from salesdesk.storage import engine
from salesdesk.workspace import Change, Workspace
from tests.offices import STAFF, found, staffed_office
from tests.storage.children import fork, in_child, refusal_of
from tests.storage.rows import all_rows

ODD_NAMES = ["销售 2026.office", "100% a#1?.office", "it's [old].office", "a b+c&d.office"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine can reach."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


# -- opening ---------------------------------------------------------------------------------------


def test_what_is_written_is_there_when_the_office_is_opened_again(tmp_path: Path) -> None:
    with found(tmp_path) as workspace:
        with workspace.change("New team") as change:
            people.add_team(change, "East")
        rows = all_rows(workspace)
    with Workspace.open(workspace.path) as workspace:
        assert all_rows(workspace) == rows
        assert not workspace.encrypted


def test_a_plain_office_is_an_sqlite_file_anybody_can_read(tmp_path: Path) -> None:
    found(tmp_path).close()
    plain = sqlite3.connect(tmp_path / "small.office")
    assert plain.execute("SELECT name FROM person").fetchall() == [("Max",)]
    plain.close()


def test_an_encrypted_office_opens_with_its_password_only(tmp_path: Path) -> None:
    with found(tmp_path, password="秘密 word") as workspace:
        with workspace.change("New team") as change:
            people.add_team(change, "East")
        assert workspace.encrypted
        rows = all_rows(workspace)
    path = workspace.path
    with Workspace.open(path, "秘密 word") as workspace:
        assert all_rows(workspace) == rows
    with pytest.raises(WrongPasswordError, match=r"doesn't open small\.office"):
        Workspace.open(path, "wrong")
    with pytest.raises(WrongPasswordError, match="protected by a password"):
        Workspace.open(path)
    with pytest.raises(WrongPasswordError, match="protected by a password"):
        Workspace.open(path, "")


def test_nothing_of_an_encrypted_office_can_be_read_from_the_file(tmp_path: Path) -> None:
    with found(tmp_path, password="secret") as workspace:
        with workspace.change("Register") as change:
            customers.add(change, name="Unmistakable")
        written = [path.read_bytes() for path in tmp_path.iterdir()]
    written.append(workspace.path.read_bytes())
    assert not any(b"Unmistakable" in content or b"SQLite" in content for content in written)


def test_a_password_for_a_plain_office_is_not_needed_and_does_no_harm(tmp_path: Path) -> None:
    found(tmp_path).close()
    with Workspace.open(tmp_path / "small.office", "whatever") as workspace:
        assert not workspace.encrypted


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_office_may_be_called_anything(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    new_office(path, name="Riverside", kind="shop", founder="Max").close()
    assert [one.name for one in tmp_path.iterdir()] == [name]
    with Workspace.open(path) as workspace:
        copy = workspace.back_up()
        assert copy.stem.startswith(path.stem)


# -- what is no office -----------------------------------------------------------------------------


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(OfficeFileError, match=r"no office file .*absent\.office"):
        Workspace.open(tmp_path / "absent.office")
    with pytest.raises(OfficeFileError):
        Workspace.open(tmp_path)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty and not an office file"), (b"short", "isn't a SalesDesk office file")],
)
def test_an_empty_file_is_no_office(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "empty.office"
    path.write_bytes(content)
    with pytest.raises(OfficeFileError, match=words):
        Workspace.open(path)
    assert path.read_bytes() == content


def test_another_program_s_database_is_no_office(tmp_path: Path) -> None:
    path = tmp_path / "other.office"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE song (name TEXT)")
    other.commit()
    other.close()
    content = path.read_bytes()
    with pytest.raises(OfficeFileError, match="isn't a SalesDesk office file"):
        Workspace.open(path)
    assert path.read_bytes() == content
    assert [one.name for one in tmp_path.iterdir()] == ["other.office"]


def test_a_text_file_is_no_office_whether_a_password_is_given_or_not(tmp_path: Path) -> None:
    path = tmp_path / "letter.office"
    path.write_text("Dear colleagues, this is no office at all.")
    with pytest.raises(WrongPasswordError, match="or isn't an office file"):
        Workspace.open(path)
    with pytest.raises(WrongPasswordError):
        Workspace.open(path, "secret")


def test_a_damaged_office_is_told_as_damaged(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        path = workspace.path
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x07" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(OfficeFileError, match="is damaged"):
        Workspace.open(path)


def test_an_office_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        path = workspace.path
    plain = sqlite3.connect(path)
    plain.execute("UPDATE alembic_version SET version_num = '9999'")
    plain.commit()
    plain.close()
    content = path.read_bytes()
    with pytest.raises(NewerOfficeError, match="newer version"):
        Workspace.open(path)
    assert path.read_bytes() == content
    assert not (tmp_path / "small.backups").exists()


# -- founding --------------------------------------------------------------------------------------


def test_an_office_is_not_founded_over_a_file(tmp_path: Path) -> None:
    path = tmp_path / "small.office"
    path.write_bytes(b"mine")
    with pytest.raises(OfficeFileError, match="exists already"):
        found(tmp_path)
    assert path.read_bytes() == b"mine"


def test_the_folder_of_a_new_office_is_made_where_it_is_missing(tmp_path: Path) -> None:
    with found(tmp_path / "not" / "there") as workspace:
        assert workspace.path.parent == tmp_path / "not" / "there"
    assert [file.name for file in (tmp_path / "not" / "there").iterdir()] == ["small.office"]


def test_a_founding_that_is_killed_leaves_no_office_and_the_next_one_works(tmp_path: Path) -> None:
    path = tmp_path / "small.office"

    def die(_workspace: Workspace) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    child = fork()
    if child == 0:
        new_office(path, name="Riverside", kind="b2b", founder="Max", fill=die)
    os.waitpid(child, 0)
    assert not path.exists()
    with found(tmp_path) as workspace:
        assert check(workspace) == []
    assert [file.name for file in tmp_path.iterdir()] == ["small.office"]


def test_a_copy_without_its_log_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "young.office"
    young = engine.create_file_engine(path, None)
    engine.use_write_ahead_log(young)
    with engine.writing(young) as connection:
        connection.exec_driver_sql("CREATE TABLE team (id INTEGER)")
        copy = tmp_path / "copy.office"
        copy.write_bytes(path.read_bytes())
    young.dispose()
    before = copy.read_bytes()
    with pytest.raises(OfficeFileError, match=r"copy\.office holds no office"):
        Workspace.open(copy)
    assert copy.read_bytes() == before


# -- folders and disks that refuse -----------------------------------------------------------------


def test_an_office_in_a_folder_that_can_t_be_written_is_refused(open_folder: Path) -> None:
    with staffed_office(open_folder) as workspace:
        path = workspace.path
    rows = path.read_bytes()
    path.chmod(0o444)
    open_folder.chmod(0o555)

    def write() -> None:
        with Workspace.open(path) as workspace, workspace.change("New team") as change:
            people.add_team(change, "North")

    answer = in_child(refusal_of(write))
    assert answer.startswith(("OfficeFileError", "UnwritableOfficeError"))
    assert "read-only" in answer
    assert path.read_bytes() == rows
    open_folder.chmod(0o777)


def test_an_office_is_not_founded_in_a_folder_that_can_t_be_written(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    answer = in_child(refusal_of(lambda: found(open_folder)))
    assert answer.startswith(("OfficeFileError", "UnwritableOfficeError"))
    assert list(open_folder.iterdir()) == []


def test_an_office_that_can_t_be_read_is_refused(open_folder: Path) -> None:
    path = open_folder / "small.office"
    found(open_folder).close()
    path.chmod(0)
    answer = in_child(refusal_of(lambda: Workspace.open(path)))
    assert answer.startswith(("OfficeFileError", "UnwritableOfficeError"))
    assert "no permission" in answer


def _fill(path: Path) -> None:
    with Workspace.open(path) as workspace, workspace.change("Many") as change:
        for number in range(200):
            customers.add(change, name=f"Customer {number}", needs="much " * 400)


def test_a_change_the_disk_has_no_room_for_is_refused_whole(open_folder: Path) -> None:
    with staffed_office(open_folder) as workspace:
        path = workspace.path
        rows = all_rows(workspace)
    path.chmod(0o666)
    answer = in_child(refusal_of(lambda: _fill(path)), file_limit=path.stat().st_size + 100_000)
    assert answer.startswith(("OfficeFileError", "UnwritableOfficeError"))
    assert "nothing was changed" in answer
    with Workspace.open(path) as workspace:
        assert all_rows(workspace) == rows
        assert workspace.read(_soundness) == "ok"


def _soundness(db: object) -> str:
    return str(db.exec_driver_sql("PRAGMA integrity_check").scalar())  # type: ignore[attr-defined]


def test_a_full_database_is_told_as_a_full_disk(tmp_path: Path) -> None:
    def fill(change: Change) -> None:
        change.connection.exec_driver_sql("PRAGMA max_page_count = 1")  # as many as there are
        for number in range(100):
            customers.add(change, name=f"Customer {number}", needs="much " * 400)

    with staffed_office(tmp_path) as workspace:
        rows = all_rows(workspace)
        with (
            pytest.raises(OfficeFileError, match="disk is full: nothing was changed"),
            workspace.change("Many") as change,
        ):
            fill(change)
        assert all_rows(workspace) == rows


def test_an_office_the_disk_has_no_room_for_is_not_founded(open_folder: Path) -> None:
    answer = in_child(refusal_of(lambda: found(open_folder)), file_limit=60_000)
    assert answer.startswith(("OfficeFileError", "UnwritableOfficeError"))
    assert list(open_folder.iterdir()) == []


def test_a_backup_the_disk_has_no_room_for_is_refused_and_leaves_nothing(
    open_folder: Path,
) -> None:
    with staffed_office(open_folder) as workspace:
        path = workspace.path
    path.chmod(0o666)

    def back_up() -> None:
        with Workspace.open(path) as workspace:
            workspace.back_up()

    answer = in_child(refusal_of(back_up), file_limit=100_000)
    assert answer.startswith(("OfficeFileError", "UnwritableOfficeError"))
    assert list(open_folder.rglob("*.office")) == [path]
    assert list(open_folder.rglob("*.part")) == []


# -- two programs ----------------------------------------------------------------------------------


def test_what_another_program_wrote_is_heard_of_by_poll(open_folder: Path) -> None:
    with staffed_office(open_folder) as workspace:
        path = workspace.path
        heard = []
        workspace.on_change(lambda notice: heard.append((notice.label, dict(notice.rows))))
        workspace.poll()
        assert heard == []

        def write() -> str:
            with Workspace.open(path) as other:
                other.work_as(STAFF.max, "Max")
                with other.change("New team") as change:
                    return str(people.add_team(change, "North"))

        path.chmod(0o666)
        for ending in ("-wal", "-shm"):
            Path(f"{path}{ending}").chmod(0o666)
        north = int(in_child(write))
        assert "North" in [team.name for team in workspace.read(people.teams)]
        workspace.poll()
        workspace.poll()
        assert heard == [("New team North", {"team": frozenset({north})})]


def test_writers_wait_for_each_other_and_readers_for_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with staffed_office(tmp_path) as workspace:
        told, tell = os.pipe()
        wait, release = os.pipe()
        child = fork()
        if child == 0:
            with Workspace.open(workspace.path) as other, other.change("Theirs") as change:
                people.add_team(change, "North")
                os.write(tell, b"writing")
                os.read(wait, 1)
            os._exit(0)
        os.read(told, 7)
        # The other program is in the midst of its change: who won't wait is told so.
        with monkeypatch.context() as impatient:
            impatient.setattr(engine, "BUSY_TIMEOUT", 1)
            with Workspace.open(workspace.path) as hurried:
                assert len(hurried.read(people.teams)) == 2
                with (
                    pytest.raises(BusyOfficeError, match=r"writing to small\.office"),
                    hurried.change("Mine") as change,
                ):
                    people.add_team(change, "South")

        def write() -> None:
            with workspace.change("Ours") as change:
                people.add_team(change, "South")

        waiting = threading.Thread(target=write)
        waiting.start()
        os.write(release, b"!")
        waiting.join()
        os.waitpid(child, 0)
        assert [entry.label for entry in workspace.history(limit=2)] == [
            "New team South",
            "New team North",
        ]
        assert [team.name for team in workspace.read(people.teams)][2:] == ["North", "South"]
        for end in (told, tell, wait, release):
            os.close(end)


def test_a_copy_taken_of_the_file_alone_is_whole_once_the_office_is_closed(
    tmp_path: Path,
) -> None:
    with staffed_office(tmp_path) as workspace:
        with workspace.change("New team") as change:
            people.add_team(change, "North")
        rows = all_rows(workspace)
    shutil.copy(workspace.path, tmp_path / "copy.office")
    with Workspace.open(tmp_path / "copy.office") as copy:
        assert all_rows(copy) == rows
