"""An older office is brought up to date whole, after a backup, or left exactly as it was."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

import salesdesk.customers.tables
import salesdesk.office.tables
import salesdesk.planning.record_kinds
import salesdesk.planning.tables
import salesdesk.sales.tables
import salesdesk.workbooks.tables  # noqa: F401 - every room's tables must be on the metadata
from salesdesk.errors import OfficeFileError
from salesdesk.storage import migrations, search_index, trail
from salesdesk.storage.schema import metadata
from salesdesk.workspace import Workspace
from tests.offices import staffed_office
from tests.storage.rows import all_rows

ADDS_A_COLUMN = f'''
"""Note when a team was founded."""
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{migrations.HEAD}"


def upgrade() -> None:
    """Add the column, then rebuild the table that others name."""
    with op.batch_alter_table("team", recreate="always") as batch:
        batch.add_column(sa.Column("founded_on", sa.Date(), nullable=True))
'''
LEAVES_A_ROW_ALONE = ADDS_A_COLUMN + '    op.execute("DELETE FROM team WHERE id = 1")\n'
BREAKS_A_RULE = ADDS_A_COLUMN + "    op.execute(\"UPDATE team SET name = 'Same'\")\n"


def test_the_list_of_revisions_is_that_of_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.SCRIPTS))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    found = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(found)) == migrations.REVISIONS
    assert scripts.get_current_head() == migrations.HEAD


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_newest_revision_is_what_the_tables_say(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:

        def difference(db: Connection) -> object:
            context = MigrationContext.configure(db, opts={"include_name": _is_a_table_of_ours})
            return compare_metadata(context, metadata)

        assert workspace.read(difference) == []


def test_tables_and_indexes_are_written_as_the_tables_say(tmp_path: Path) -> None:
    """Word by word, since indexes over expressions can't be compared otherwise."""
    made = create_engine(f"sqlite:///{tmp_path / 'made'}", poolclass=NullPool)
    metadata.create_all(made)
    with made.connect() as connection:
        wanted = _schema(connection)
    with staffed_office(tmp_path) as workspace:
        assert workspace.read(_schema) == wanted
    assert len(wanted) > 40


def _schema(db: Connection) -> dict[str, list[str]]:
    """The lines of each table's and index's SQL, in an order that doesn't depend on who wrote."""
    rows = db.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'"
        " AND name NOT IN ('alembic_version', 'sqlite_sequence')"
    ).all()
    return {
        # A rebuilt table's name is quoted and its defaults stand in brackets: the same to SQLite.
        name: sorted(
            line.strip(" ,\t").replace('"', "").replace("DEFAULT ('')", "DEFAULT ''")
            for line in sql.splitlines()
            if line.strip(" \t)")
        )
        for name, sql in rows
        if not _is_of_a_search_index(name)
    }


def _is_of_a_search_index(name: str) -> bool:
    """Those are made by ``search_index``, not by migrations."""
    return name.startswith(
        tuple(search_index.name_of(column) for column in search_index.searched_columns())
    )


def _is_a_table_of_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name is None or not _is_of_a_search_index(name)


@pytest.fixture
def second_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that has one more revision, whose script the test writes."""
    scripts = tmp_path / "scripts"
    shutil.copytree(migrations.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "SCRIPTS", scripts)
    monkeypatch.setattr(migrations, "REVISIONS", (*migrations.REVISIONS, "9999"))
    monkeypatch.setattr(migrations, "HEAD", "9999")
    return scripts / "versions" / "9999_test.py"


def test_an_older_office_is_backed_up_and_brought_up_to_date(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with staffed_office(tmp_path) as workspace:
        rows = all_rows(workspace)
    script: Path = request.getfixturevalue("second_revision")
    script.write_text(ADDS_A_COLUMN)
    with Workspace.open(workspace.path) as updated:
        assert updated.read(migrations.revision_of) == "9999"
        found = all_rows(updated)
        for row in found["team"].values():
            assert row.pop("founded_on") is None
        assert found == rows  # people still belong to the teams whose table was rebuilt
        [copy] = updated.backup_folder.iterdir()
        assert updated.last_backup() is None  # not one of the dated ones that are rotated
    assert re.fullmatch(r"small-before-update-\d{8}-\d{6}\.office", copy.name)
    content = copy.read_bytes()
    Workspace.open(workspace.path).close()  # nothing more to do: no second backup
    assert list(copy.parent.iterdir()) == [copy]
    assert copy.read_bytes() == content


def test_a_change_from_before_the_update_can_still_be_undone(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with staffed_office(tmp_path) as workspace:
        from salesdesk.office import people

        with workspace.change("Rename") as change:
            people.edit_team(change, 1, seen_version=1, name="Orient")
        seat = workspace.seat
    request.getfixturevalue("second_revision").write_text(ADDS_A_COLUMN)
    with Workspace.open(workspace.path) as updated:
        updated.work_as(1, "Max")
        updated.seat = seat
        assert updated.undo() == "Edit team Orient"
        assert [one.name for one in updated.read(people.teams)] == ["East", "West"]


@pytest.mark.parametrize("script", [LEAVES_A_ROW_ALONE, BREAKS_A_RULE])
def test_an_update_that_fails_leaves_the_office_as_it_was(
    tmp_path: Path, request: pytest.FixtureRequest, script: str
) -> None:
    with staffed_office(tmp_path) as workspace:
        rows = all_rows(workspace)
        schema = workspace.read(_schema)
    written: Path = request.getfixturevalue("second_revision")
    written.write_text(script)
    with pytest.raises(OfficeFileError, match="It was left as it was"):
        Workspace.open(workspace.path)
    request.getfixturevalue("monkeypatch").undo()
    with Workspace.open(workspace.path) as opened:
        assert opened.read(migrations.revision_of) == migrations.HEAD
        assert opened.read(_schema) == schema
        assert all_rows(opened) == rows
        assert opened.read(trail.last_id) == 0


def test_the_office_is_whole_and_names_nothing_missing_after_its_founding(
    tmp_path: Path,
) -> None:
    def soundness(db: Connection) -> tuple[object, list[object]]:
        return (
            db.exec_driver_sql("PRAGMA integrity_check").scalar(),
            list(db.exec_driver_sql("PRAGMA foreign_key_check")),
        )

    with staffed_office(tmp_path) as workspace:
        assert workspace.read(soundness) == ("ok", [])
