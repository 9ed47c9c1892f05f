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
from salesdesk.storage.engine import reading, told_errors
from salesdesk.text import _

#: Every revision, oldest first; the last is what this version works with. A test holds this
#: list against the scripts, so that opening an office needn't import Alembic to know.
REVISIONS = ("0001", "0002", "0003")
HEAD = REVISIONS[-1]
#: Where ``env.py`` and the folder ``versions`` are.
SCRIPTS = Path(__file__).parent


def revision_of(db: Connection) -> str | None:
    """The revision an office file is at; None when it holds no tables yet."""
    if not inspect(db).has_table("alembic_version"):
        return None
    revision = db.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if revision is None else str(revision)


def holds_an_office(engine: Engine) -> bool:
    """Whether there is an office in the file, of whatever revision."""
    with reading(engine) as connection:
        return revision_of(connection) is not None


def is_current(engine: Engine, name: str) -> bool:
    """Whether the office is at :data:`HEAD`. Raises NewerOfficeError when it is beyond it."""
    with reading(engine) as connection:
        revision = revision_of(connection)
    if revision is not None and revision not in REVISIONS:
        raise NewerOfficeError(
            _("{name} was written by a newer version of SalesDesk. Update the program.").format(
                name=name
            )
        )
    return revision == HEAD


def upgrade(engine: Engine) -> None:
    """Run what is missing up to :data:`HEAD` in one transaction: all of it or nothing.

    Foreign keys are off while tables are rebuilt (rebuilding a parent table would otherwise
    empty its children) and checked as a whole before the commit. Raises OfficeFileError when the
    data doesn't fit the new form.
    """
    from alembic import command
    from alembic.config import Config

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
                    command.upgrade(config, HEAD)
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
                            "The office can't be brought to the new version: {count} rows name "
                            "others that are missing. It was left as it was."
                        ).format(count=len(broken))
                    )
        finally:
            driver.execute("PRAGMA foreign_keys = ON")
