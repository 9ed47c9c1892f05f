"""The one door to an office: open it, read it, change it, undo, and hear of changes.

    with Workspace.open(Path("sales.office")) as workspace:
        with workspace.change(_("Log a call")) as change:
            activities.log(change, ...)
        due = workspace.read(care.due_list, person_id, today)

Readers are functions that take a Connection first and return frozen rows; writers are functions
that take a Change first. Both live in the rooms and know nothing of this door.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine

from salesdesk.errors import ConflictError, OfficeFileError
from salesdesk.storage import backup, migrations, trail
from salesdesk.storage.engine import (
    create_file_engine,
    fold_log,
    is_encrypted,
    open_file_engine,
    put_in_place,
    reading,
    remove_office,
    told_errors,
    use_write_ahead_log,
    writing,
)
from salesdesk.storage.history import Change
from salesdesk.storage.trail import ChangeNotice, HistoryEntry
from salesdesk.text import _

__all__ = ["Change", "ChangeNotice", "Connection", "HistoryEntry", "Workspace", "restore"]

P = ParamSpec("P")
T = TypeVar("T")
Listener = Callable[[ChangeNotice], None]


class Workspace:
    """An open office and the person who works in it.

    ``seat`` is where the person sits: what is done in one window isn't undone from another, even
    under the same name. Each workspace is a seat of its own, unless it is told to share one (the
    headless commands do, each of which is over before the next begins).

    May be used from several threads at once: each read or change has its own connection.
    Listeners are called in the thread that committed the change or that called :meth:`poll`.
    """

    def __init__(self, engine: Engine, path: Path, password: str | None) -> None:
        self.path = path
        self.person_id: int | None = None
        self.person_name = ""
        self.seat = str(uuid.uuid4())
        self._engine = engine
        self._password = password
        self._listeners: list[Listener] = []
        self._identity = _identity(path)
        self._seen_lock = threading.Lock()
        self._seen_id = self.read(trail.last_id)

    # -- opening and closing ---------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        path: Path,
        password: str | None = None,
        furnish: Callable[[Workspace], None] = lambda _workspace: None,
    ) -> Workspace:
        """A new office, open, with what ``furnish`` enters in it; its folder is made where needed.

        It is made under another name and gets its own when it is whole: killed at any moment,
        there is no office or a whole one. Raises OfficeFileError when ``path`` exists or can't be
        made, and whatever ``furnish`` raises.
        """
        unfinished = path.with_name(f"{path.name}.part")
        try:
            if path.exists():
                raise OfficeFileError(_("{path} exists already.").format(path=path))
            path.parent.mkdir(parents=True, exist_ok=True)
            remove_office(unfinished)
            unfinished.touch()  # says better than the database why there can be no file there
        except OSError as error:
            raise OfficeFileError(
                _("{path} can't be written: {cause}.").format(path=path, cause=error.strerror)
            ) from error
        try:
            with cls._begin(unfinished, password) as begun:
                furnish(begun)
                worker = begun.person_id, begun.person_name
            put_in_place(unfinished, path)
        finally:
            remove_office(unfinished)  # half an office is none
        workspace = cls.open(path, password)
        workspace.work_as(*worker)
        return workspace

    @classmethod
    def _begin(cls, path: Path, password: str | None) -> Workspace:
        engine = create_file_engine(path, password)
        try:
            with told_errors(engine):
                use_write_ahead_log(engine)
            migrations.upgrade(engine)
            return cls(engine, path, password)
        except BaseException:
            engine.dispose()
            raise

    @classmethod
    def open(cls, path: Path, password: str | None = None) -> Workspace:
        """Open an office; one of an older version is backed up and brought up to date first.

        Raises OfficeFileError (missing, no office, damaged, not writable), WrongPasswordError,
        NewerOfficeError or BusyOfficeError.
        """
        engine = open_file_engine(path, password)
        try:
            if not migrations.holds_an_office(engine):
                raise OfficeFileError(
                    _(
                        "{name} holds no office: it was copied without its log, or its making was "
                        "broken off. It was left as it is."
                    ).format(name=path.name)
                )
            if not migrations.is_current(engine, path.name):
                backup.make(engine, path, password, reason="before-update")
                migrations.upgrade(engine)
            return cls(engine, path, password)
        except BaseException:
            engine.dispose()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def encrypted(self) -> bool:
        """Whether the file is encrypted by a password."""
        return is_encrypted(self.path)

    def work_as(self, person_id: int | None, name: str) -> None:
        """Say who makes the changes from now on."""
        self.person_id = person_id
        self.person_name = name

    # -- reading and changing --------------------------------------------------------------------

    def read(
        self,
        reader: Callable[Concatenate[Connection, P], T],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> T:
        """What ``reader`` finds in one unchanging state of the office."""
        with reading(self._engine) as connection:
            return reader(connection, *arguments, **options)

    @contextmanager
    def change(self, label: str = "") -> Iterator[Change]:
        """One change: one transaction, one entry in the history, one undo.

        The entry is called what the writers describe, or ``label`` where they say nothing.
        All or nothing: whatever is raised inside leaves the office as it was. A change that
        changes no row leaves no entry.
        """
        with writing(self._engine) as connection:
            change = self._begun(connection, label)
            yield change
            notice = change.finish()
        if notice is not None:
            self._tell([notice])

    @contextmanager
    def unrecorded(self) -> Iterator[Change]:
        """Write what isn't a change people could undo: one transaction without a history entry.

        For the founding of an office and the record of what was sent out.
        """
        with writing(self._engine) as connection:
            yield self._begun(connection, "")

    def undo(self) -> str | None:
        """Undo the person's latest change at this seat; its label, None when there is none.

        Raises ConflictError, naming who and when, when someone has changed the same columns of
        the same rows since.
        """
        return self._reverse(trail.undo_candidate, "undo")

    def redo(self) -> str | None:
        """Take the person's latest undo at this seat back; the label, None when there is none."""
        return self._reverse(trail.redo_candidate, "redo")

    def undo_entry(self, history_id: int, allow: Callable[[Change, HistoryEntry], None]) -> str:
        """Undo one entry of the history, whoever made it; its label. Of an undo: take it back.

        ``allow`` raises the refusal for who may not (the rule is the office's, see
        ``office.undoing``). Raises NotFoundError, and ConflictError when the entry doesn't stand
        any more or others have built on it.
        """
        with writing(self._engine) as connection:
            entry = trail.entry(connection, history_id)
            root = trail.entry(connection, trail.root_of(connection, history_id))
            change = self._begun(connection, root.label)
            allow(change, entry)
            target = entry if entry.kind == "undo" else root
            if target.undone:
                raise ConflictError(
                    _("This has been taken back already.")
                    if entry.kind == "undo"
                    else _("This has been undone already.")
                )
            change.reverse(target.id)
            notice = change.finish("redo" if entry.kind == "undo" else "undo", target.id)
        if notice is not None:
            self._tell([notice])
        return root.label

    def undo_label(self) -> str | None:
        """What :meth:`undo` would undo now."""
        found = self.read(trail.undo_candidate, self.person_id, self.seat)
        return None if found is None else found[1]

    def redo_label(self) -> str | None:
        """What :meth:`redo` would take back now."""
        found = self.read(trail.redo_candidate, self.person_id, self.seat)
        return None if found is None else found[1]

    def history(self, *, limit: int = 100, before_id: int | None = None) -> list[HistoryEntry]:
        """The latest changes, newest first; the page before ``before_id`` when it is given."""
        return self.read(trail.entries, limit=limit, before_id=before_id)

    def _reverse(
        self,
        candidate: Callable[[Connection, int | None, str], tuple[int, str] | None],
        kind: str,
    ) -> str | None:
        with writing(self._engine) as connection:
            found = candidate(connection, self.person_id, self.seat)
            if found is None:
                return None
            target_id, label = found
            change = self._begun(connection, label)
            change.reverse(target_id)
            notice = change.finish(kind, target_id)
        if notice is not None:
            self._tell([notice])
        return label

    def _begun(self, connection: Connection, label: str) -> Change:
        # The write lock is held: nobody can put another file in the place of this one any more.
        self._check_place()
        now = datetime.now().replace(microsecond=0)
        return Change(connection, label, self.person_id, self.person_name, now, self.seat)

    def _check_place(self) -> None:
        """Raise OfficeFileError when another file, or none, stands where the office was opened.

        What is written to a file without a name is lost when the program ends.
        """
        if _identity(self.path) != self._identity:
            raise OfficeFileError(
                _(
                    "{name} was moved, deleted or replaced while it was open; nothing was changed. "
                    "Open it again."
                ).format(name=self.path.name)
            )

    # -- hearing of changes ----------------------------------------------------------------------

    def on_change(self, listener: Listener) -> None:
        """Call ``listener`` after every committed change, of this program and of others."""
        self._listeners.append(listener)

    def off_change(self, listener: Listener) -> None:
        """Stop calling ``listener``."""
        self._listeners.remove(listener)

    def poll(self) -> None:
        """Look whether another program has changed the office, and tell the listeners.

        Raises OfficeFileError when the file was replaced or is gone.
        """
        self._check_place()
        with self._seen_lock:
            seen = self._seen_id
        if self.read(trail.last_id) > seen:
            self._tell(self.read(trail.notices_since, seen))

    def _tell(self, notices: list[ChangeNotice]) -> None:
        for notice in notices:
            with self._seen_lock:
                # A gap means that another program wrote in between: poll will tell of both.
                if notice.history_id == self._seen_id + 1:
                    self._seen_id = notice.history_id
            for listener in tuple(self._listeners):
                listener(notice)

    # -- keeping ---------------------------------------------------------------------------------

    def back_up(self, folder: Path | None = None, *, by_hand: bool = False) -> Path:
        """Write and verify a dated copy (beside the office unless ``folder``); rotate old ones.

        One made ``by_hand`` stays until somebody deletes it.

        Raises OfficeFileError when it can't be written, or the office is no longer in its place.
        """
        self._check_place()
        reason = backup.BY_HAND if by_hand else None
        return backup.make(self._engine, self.path, self._password, folder=folder, reason=reason)

    def last_backup(self) -> datetime | None:
        """When the newest backup beside the office was made, None when there is none."""
        return backup.newest_copy(self.path)

    def fold_log(self) -> bool:
        """Bring what stands only in the log yet into the file: the file alone is the office then.

        False where somebody is reading or writing just now; try again later.
        """
        self._check_place()
        return fold_log(self._engine)

    @property
    def backup_folder(self) -> Path:
        """Where backups go when nobody says otherwise."""
        return backup.folder_of(self.path)


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another of the same name; None when there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def restore(
    copy_path: Path, to: Path, password: str | None = None, *, force: bool = False
) -> Path | None:
    """Put the backup ``copy_path`` at ``to``, where no program may have an office open.

    With ``force`` an office that stands there is replaced and kept beside it under the path that
    is returned. Raises OfficeFileError, WrongPasswordError.
    """
    return backup.restore(copy_path, to, password, force=force)
