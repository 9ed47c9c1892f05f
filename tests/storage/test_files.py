"""The one way files are written: whole or not at all, and refused in a sentence."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from salesdesk.errors import WriteError
from salesdesk.storage import files
from tests.storage.children import in_child, refusal_of


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine can reach."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    files.write(path, b"old")
    path.chmod(0o640)
    with files.written(path) as target:
        target.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["list.xlsx"]


def test_what_is_given_up_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    files.write(path, b"old")

    def half() -> None:
        with files.written(path) as target:
            target.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["list.xlsx"]


def test_a_full_disk_leaves_the_old_file_and_is_told(open_folder: Path) -> None:
    path = open_folder / "list.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o666)
    answer = in_child(refusal_of(lambda: files.write(path, b"x" * 200_000)), file_limit=100_000)
    assert answer == (
        f"WriteError: {path} can't be written: files of this size aren't allowed there."
    )
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in open_folder.iterdir()] == ["list.xlsx"]


def test_every_refusal_names_the_file_and_the_cause(open_folder: Path) -> None:
    (open_folder / "kept.xlsx").write_bytes(b"kept")
    (open_folder / "kept.xlsx").chmod(0o444)
    (open_folder / "folder.xlsx").mkdir()
    closed = open_folder / "closed"
    closed.mkdir(mode=0o555)
    for path, words in (
        (open_folder / "gone" / "list.xlsx", "there is no such folder"),
        (open_folder / "folder.xlsx", "a folder is called so"),
        (open_folder / "kept.xlsx", "you have no permission for it"),
        (closed / "list.xlsx", "you have no permission for it"),
        (open_folder / "kept.xlsx" / "list.xlsx", "there is no such folder"),
        (open_folder / ("x" * 300 + ".xlsx"), "the name or the path is too long"),
        (open_folder / "a\ud800.xlsx", "holds a character that no file can have"),
        (open_folder / "a\0b.xlsx", "holds a character that no file can have"),
    ):
        answer = in_child(refusal_of(lambda path=path: files.write(path, b"x")))  # type: ignore[misc]
        assert answer.startswith("WriteError: ")
        assert answer.endswith(f"{words}."), answer
        assert len(answer) < 300
    assert not list(open_folder.glob(".*.part"))


def test_a_name_as_long_as_names_may_be_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("计" * 83 + ".xlsx")  # 254 bytes
    files.write(path, b"x")
    assert path.read_bytes() == b"x"


def test_a_link_stays_and_what_it_points_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "real.xlsx").write_bytes(b"old")
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "real.xlsx")
    files.write(tmp_path / "link.xlsx", b"new")
    assert (tmp_path / "link.xlsx").is_symlink()
    assert (tmp_path / "real.xlsx").read_bytes() == b"new"


@pytest.mark.parametrize("lock", [".~lock.计划.xlsx#", "~$计划.xlsx", ".~计划.xlsx"])
def test_a_workbook_that_is_open_elsewhere_is_not_replaced(tmp_path: Path, lock: str) -> None:
    path = tmp_path / "计划.xlsx"
    (tmp_path / lock).touch()
    files.write(path, b"old")  # the lock of a file that isn't there was left behind
    with pytest.raises(WriteError, match="is open in another program") as refused:
        files.write(path, b"new")
    assert lock in refused.value.message
    assert path.read_bytes() == b"old"


def test_what_is_there_is_overwritten_only_when_told_so(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    files.need_free(path, force=False)
    path.touch()
    files.need_free(path, force=True)
    with pytest.raises(WriteError, match=r"list\.xlsx exists already"):
        files.need_free(path, force=False)


def test_names_that_windows_takes_for_something_else(tmp_path: Path) -> None:
    for name in ("a:b.xlsx", "5*.xlsx", "what?.xlsx", "NUL.xlsx", "com1", "plan. ", "a\tb.xlsx"):
        assert files.unfit_name(name, windows=True), name
        assert not files.unfit_name(name, windows=False), name
    for name in ("计划 2026.xlsx", "console.xlsx", "comet.xlsx", "a.b.xlsx", "null.xlsx"):
        assert not files.unfit_name(name, windows=True), name
    files.write(tmp_path / "a:b.xlsx", b"x")  # a good name here


def test_causes_are_told_in_words() -> None:
    def told(number: int) -> str:
        return files.cause(OSError(number, os.strerror(number)))

    assert told(errno.ENOSPC) == "the disk is full"
    assert told(errno.EROFS) == "the disk is read-only"
    assert told(errno.EXDEV) == os.strerror(errno.EXDEV)
    held = PermissionError(errno.EACCES, "Access is denied")
    held.winerror = 32  # type: ignore[attr-defined]
    assert told(errno.EACCES) == "you have no permission for it"
    assert files.cause(held).startswith("it is open in another program")
