"""new, check, backup, restore; passwords; files that can't be used."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
import sqlcipher3

from salesdesk.commands import offices
from salesdesk.office import people, settings
from salesdesk.workspace import Workspace
from tests.commands.conftest import Run
from tests.sample import sample_office


def test_new_makes_an_office_of_its_kind_with_its_founder(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "showroom.office"
    words = ("--kind", "property", "--name", "云湖", "--person", "钱经理", "--json")
    said = run("new", path, *words)
    assert said.status == 0
    assert said.json == {
        "office": str(path), "name": "云湖", "kind": "property", "encrypted": False,
    }  # fmt: skip
    with Workspace.open(path) as workspace:
        assert workspace.read(settings.read).kind == "property"
        assert [person.name for person in workspace.read(people.people)] == ["钱经理"]


def test_new_never_writes_over_a_file(run: Run, office: Path) -> None:
    before = office.read_bytes()
    said = run("new", office)
    assert (said.status, said.out) == (2, "")
    assert "exists already" in said.err
    assert office.read_bytes() == before


def test_the_demo_office_is_lively_and_sound(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "demo.office"
    said = run("new", path, "--demo", "--kind", "shop", "--json")
    assert said.status == 0, said.err
    assert said.json["kind"] == "shop"
    assert "Done: 100 %" in said.err
    assert len(run("plans", path, "--json").json) >= 10
    assert run("check", path).status == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--scale", "3"], "--scale goes with --demo"),
        (["--demo", "--person", "A"], "--person doesn't go with --demo"),
        (["--demo", "--scale", "0"], "is not a whole number above zero"),
        (["--demo", "--scale", "-2"], "--scale"),
        (["--kind", "bakery"], "invalid choice: 'bakery'"),
    ],
)
def test_new_with_options_that_dont_go_together_is_wrong_usage(
    run: Run, tmp_path: Path, words: list[str], sentence: str
) -> None:
    said = run("new", tmp_path / "a.office", *words)
    assert said.status == 2
    assert sentence in said.err
    assert not (tmp_path / "a.office").exists()


# -- check -----------------------------------------------------------------------------------------


def test_check_finds_a_sound_office_sound(run: Run, office: Path) -> None:
    said = run("check", office)
    assert said.status == 0
    assert said.out == f"{office} is sound.\n"
    assert run("check", office, "--json").json == {"sound": True, "problems": []}


def test_check_lists_what_is_wrong_and_exits_1(run: Run, office: Path) -> None:
    with Workspace.open(office) as workspace, workspace.unrecorded() as change:
        change.connection.exec_driver_sql("UPDATE deal_share SET amount = amount + 1 WHERE id = 1")
    said = run("check", office, "--json")
    assert said.status == 1
    assert said.json["sound"] is False
    assert any("don't sum" in sentence for sentence in said.json["problems"])


# -- backup and restore ----------------------------------------------------------------------------


def test_a_backup_can_be_restored_elsewhere_and_says_the_same(
    run: Run, office: Path, tmp_path: Path
) -> None:
    copy = Path(run("backup", office, "--to", tmp_path / "safe", "--json").json["backup"])
    assert copy.parent == tmp_path / "safe"
    again = tmp_path / "again.office"
    said = run("restore", copy, "--to", again)
    assert (said.status, said.out) == (0, f"Restored {again}.\n")
    assert run("plans", again, "--json").json == run("plans", office, "--json").json


def test_restore_replaces_an_office_only_by_force_and_keeps_it(run: Run, office: Path) -> None:
    copy = run("backup", office, "--json").json["backup"]
    run("plan", "new", office, "--template", "yearly-abc", "--period", "2026")
    refused = run("restore", copy, "--to", office)
    assert refused.status == 2
    assert "not overwritten unless you say so" in refused.err
    assert len(run("plans", office, "--json").json) == 2
    said = run("restore", copy, "--to", office, "--force", "--json")
    assert said.status == 0
    assert len(run("plans", office, "--json").json) == 1
    assert len(run("plans", said.json["replaced"], "--json").json) == 2


def test_a_backup_that_is_no_office_is_refused(run: Run, office: Path, tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.office"
    garbage.write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 40)
    before = office.read_bytes()
    said = run("restore", garbage, "--to", office, "--force")
    assert said.status == 2
    assert office.read_bytes() == before


# -- passwords -------------------------------------------------------------------------------------


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """An office protected by the password 春天 2026."""
    return sample_office(tmp_path / "locked.office", password="春天 2026").path


def test_a_password_comes_from_the_environment(
    run: Run, locked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALESDESK_PASSWORD", "春天 2026")
    assert run("plans", locked).status == 0


def test_a_password_comes_from_the_first_line_of_a_file_before_the_environment(
    run: Run, locked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALESDESK_PASSWORD", "wrong")
    file = tmp_path / "password.txt"
    file.write_bytes("\ufeff春天 2026\r\nmore\r\n".encode())
    assert run("plans", locked, "--password-file", file).status == 0
    assert run("--password-file", file, "plans", locked).status == 0


def test_a_wrong_password_says_so(run: Run, locked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALESDESK_PASSWORD", "wrong")
    said = run("plans", locked)
    assert (said.status, said.out) == (2, "")
    assert said.err == "The password doesn't open locked.office.\n"


def test_a_missing_password_says_where_to_give_it(
    run: Run, locked: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "empty").open("w+") as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        said = run("plans", locked)
    assert said.status == 2
    assert "SALESDESK_PASSWORD or with --password-file" in said.err


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe\x00"])
def test_a_password_file_that_cant_be_used_is_named(
    run: Run, locked: Path, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "password.txt"
    if content is not None:
        file.write_bytes(content)
    said = run("plans", locked, "--password-file", file)
    assert said.status == 2
    assert str(file) in said.err


def test_a_new_office_can_be_protected(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new.office"
    monkeypatch.setenv("SALESDESK_PASSWORD", "secret")
    said = run("new", path, "--json")
    assert said.json["encrypted"] is True
    assert not path.read_bytes().startswith(b"SQLite format 3")
    assert run("check", path).status == 0
    copy = run("backup", path, "--json").json["backup"]
    monkeypatch.setenv("SALESDESK_PASSWORD", "other")
    assert run("restore", copy, "--to", tmp_path / "restored.office").status == 2
    monkeypatch.setenv("SALESDESK_PASSWORD", "secret")
    assert run("restore", copy, "--to", tmp_path / "restored.office").status == 0


def test_a_protected_office_isnt_made_when_nobody_can_give_the_password(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "empty").open("w+") as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        said = run("new", tmp_path / "new.office", "--encrypt")
    assert said.status == 2
    assert not (tmp_path / "new.office").exists()


# -- files that can't be used ----------------------------------------------------------------------

COMMANDS = [
    ("check",), ("backup",), ("plans",), ("targets", 1, "--measure", "amount"), ("today",),
    ("figures", "--month", "2026-10"), ("history",), ("undo",), ("redo",),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command[0]))
def test_a_missing_office_is_named_by_every_command(
    run: Run, tmp_path: Path, command: tuple[object, ...]
) -> None:
    path = tmp_path / "missing.office"
    said = run(command[0], path, *command[1:], "--json")
    assert (said.status, said.out) == (2, "")
    assert said.err == f"There is no office file {path}.\n"
    assert not path.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        "这不是销售部文件\n".encode() * 500,
        b"PK\x03\x04" + b"\x00" * 5000,
        b"SQLite format 3\x00",
        b"SQLite format 3\x00" + bytes(range(256)) * 64,
        b"\x00" * 4096,
        bytes(range(255, -1, -1)) * 100,
    ],
)
def test_garbage_is_refused_without_a_traceback(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "garbage.office"
    path.write_bytes(content)
    for command in COMMANDS:
        said = run(command[0], path, *command[1:])
        assert (said.status, said.out) == (2, "")
        assert len(said.err.splitlines()) == 1
    assert path.read_bytes() == content


@pytest.mark.parametrize("place", [20, 100, 4096, 8192, 32_768])
def test_a_damaged_office_is_refused_or_its_damage_listed(
    run: Run, office: Path, place: int
) -> None:
    content = bytearray(office.read_bytes())
    content[place : place + 4096] = b"\xa5" * 4096
    office.write_bytes(content)
    said = run("check", office)
    assert said.status in (1, 2)
    assert said.out or said.err


def test_a_folder_is_no_office(run: Run, tmp_path: Path) -> None:
    assert run("plans", tmp_path).status == 2


def test_another_programs_database_is_no_office(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "other.office"
    connection = sqlcipher3.connect(str(path))
    connection.execute("CREATE TABLE note (text)")
    connection.commit()
    connection.close()
    said = run("plans", path)
    assert said.status == 2
    assert "isn't a SalesDesk office file" in said.err


def test_an_office_of_a_newer_version_is_refused(run: Run, office: Path) -> None:
    with Workspace.open(office) as workspace, workspace.unrecorded() as change:
        change.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    said = run("plans", office)
    assert (said.status, said.out) == (2, "")
    assert "newer version" in said.err


def test_a_fault_of_the_program_names_its_log_and_shows_no_traceback(
    run: Run, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "read", lambda _db: json.loads("{"))
    said = run("figures", office, "--month", "2026-10", "--json")
    assert (said.status, said.out) == (2, "")
    (log,) = (tmp_path / "state").rglob("salesdesk.log")
    assert str(log) in said.err
    assert "JSONDecodeError" in log.read_text(encoding="utf-8")


def test_a_fault_is_told_even_when_no_log_can_be_written(
    run: Run, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "state").write_text("in the way")
    monkeypatch.setattr(settings, "read", lambda _db: json.loads("{"))
    said = run("figures", office, "--month", "2026-10")
    assert said.status == 2
    assert "JSONDecodeError. No log could be written" in said.err


def test_a_copy_is_saved_and_never_over_the_office(run: Run, office: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "copy.office"
    assert run("copy", office, copy, "--json").json == {"copy": str(copy)}
    assert run("check", copy).status == 0
    assert run("copy", office, copy).status == 2
    assert run("copy", office, copy, "--force").status == 0
    said = run("copy", office, office, "--force")
    assert said.status != 0
    assert "the office itself" in said.err


def test_the_password_is_set_changed_and_removed(
    run: Run, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run("password", office)
    assert said.status == 2
    assert "SALESDESK_NEW_PASSWORD" in said.err
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("one\n")
    second.write_text("two\n")
    said = run("password", office, "--new-password-file", first)
    assert said.status == 0
    assert "before stay without a password" in said.out
    assert run("check", office).status == 2
    monkeypatch.setenv("SALESDESK_NEW_PASSWORD", "two")
    said = run("password", office, "--password-file", first, "--json")
    assert said.json == {"office": str(office), "encrypted": True}
    assert run("check", office, "--password-file", second).status == 0
    assert run("password", office, "--remove", "--password-file", first).status == 2
    assert run("password", office, "--remove", "--password-file", second).status == 0
    assert run("check", office).status == 0


def test_only_who_has_the_right_changes_the_password(run: Run, office: Path) -> None:
    seller = next(
        line["name"] for line in run("person", "list", office, "--json").json
        if line["role"] == "salesperson"
    )  # fmt: skip
    said = run("password", office, "--remove", "--as", seller)
    assert said.status != 0
    assert "password" in said.err


def test_a_damaged_log_is_told_by_every_command(run: Run, office: Path) -> None:
    from tests.storage.test_opening import killed_after

    ends = killed_after(office, ["a", "b"])
    log = Path(f"{office}-wal")
    content = bytearray(log.read_bytes())
    content[32 + ends[0] * (4096 + 24) + 200] ^= 1
    log.write_bytes(content)
    said = run("plans", office)
    assert said.status == 0
    assert "the last 1 change is lost" in said.err
    assert "is damaged" not in run("plans", office).err


def test_what_takes_long_with_a_large_office_is_told_of(
    run: Run, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("check", office).err == ""
    monkeypatch.setattr(offices, "LARGE", 1000)
    for arguments in (("check", office), ("backup", office), ("copy", office, tmp_path / "c")):
        assert f"{office.name} is large" in run(*arguments).err
    assert "Done: 0 %" in run("check", office).err


@pytest.mark.skipif(sys.platform == "win32", reason="no such devices")
def test_a_device_or_pipe_in_the_place_of_a_file_is_never_waited_at(
    run: Run, office: Path, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe.office"
    os.mkfifo(pipe)
    for words in (["plans", pipe], ["check", pipe], ["restore", pipe, "--to", tmp_path / "new"]):
        said = run(*words)
        assert said.status == 2
        assert "There is no office file" in said.err
    # Its bytes never end; what is read of it is no password of a plain office, which needs none.
    assert run("plans", office, "--password-file", "/dev/zero").status == 0


def test_only_the_first_line_of_a_password_file_is_read(run: Run, tmp_path: Path) -> None:
    sample_office(tmp_path / "locked.office", password="密码")
    file = tmp_path / "password"
    file.write_bytes("密码\r\n".encode() + "林".encode("gbk") + "第二行".encode() * 1_000)
    assert run("plans", tmp_path / "locked.office", "--password-file", file).status == 0
    file.write_bytes("密码".encode("gbk"))
    said = run("plans", tmp_path / "locked.office", "--password-file", file)
    assert (said.status, said.out) == (2, "")
    assert "isn't written in UTF-8" in said.err
