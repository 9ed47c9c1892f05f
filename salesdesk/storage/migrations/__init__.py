"""Brings an office file to the form this version of the program works with.

Alembic runs the scripts in ``versions``; it is imported only when there is something to run,
since that import costs more than opening an office.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import IntegrityError

from salesdesk.errors import NewerOfficeError, OfficeFileError
from salesdesk.storage import search_index
from salesdesk.storage.engine import reading, told_errors
from salesdesk.text import _

#: Every revision, oldest first; the last is what this version works with. A test holds this
#: list against the scripts, so that opening an office needn't import Alembic to know.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
HEAD = REVISIONS[-1]
#: Where ``env.py`` and the folder ``versions`` are.
SCRIPTS = Path(__file__).parent


def revision_of(db: Connection) -> str | None:
    """The revision an office file is at; None when it holds no tables yet."""
    if not inspect(db).has_table("alembic_version"):
        return None
    revision = db.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if revision is None else str(revision)


def is_current(engine: Engine, name: str) -> bool:
    """Whether the office is at :data:`HEAD`.

    Raises NewerOfficeError when it is beyond it, and OfficeFileError when there is none.
    """
    with reading(engine) as connection:
        revision = revision_of(connection)
    if revision is None:
        raise OfficeFileError(
            _(
                "{name} holds no office: it was copied without its log, or its making was "
                "broken off. It was left as it is."
            ).format(name=name)
        )
    if revision not in REVISIONS:
        raise NewerOfficeError(
            _("{name} was written by a newer version of SalesDesk. Update the program.").format(
                name=name
            )
        )
    return revision == HEAD


def upgrade(engine: Engine) -> None:
    """Run what is missing up to :data:`HEAD` in one transaction: all of it or nothing.

    Foreign keys are off while tables are rebuilt (rebuilding a parent table would otherwise
    empty its children) and checked as a whole before the commit. The day counts' triggers and the
    search indexes are away too (SQLite renames no table that a trigger names), and both are made
    anew at the end; so are the sums of rows, which may have other columns now. Raises
    OfficeFileError when the data doesn't fit the new form.
    """
    from alembic import command
    from alembic.config import Config

    from salesdesk.storage import entry_digests, row_sums, triggers

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with told_errors(engine), engine.connect() as plain:
        connection = plain.execution_options(salesdesk_writes=True)
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                config.attributes["connection"] = connection
                try:
                    with triggers.off(connection), search_index.off(connection):
                        command.upgrade(config, HEAD)
                    entry_digests.fill(connection)
                    row_sums.make(connection)
                except IntegrityError as error:
                    raise OfficeFileError(
                        _(
                            "The office can't be brought to the new version: {cause}. "
                            "It was left as it was."
                        ).format(cause=error.orig)
                    ) from error
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise OfficeFileError(
                        _(
                            "The office can't be brought to the new version: rows that name "
                            "others which are missing: {count}. It was left as it was."
                        ).format(count=len(broken))
                    )
        finally:
            driver.execute("PRAGMA foreign_keys = ON")
