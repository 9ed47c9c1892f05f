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
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar
from unicodedata import category

from sqlalchemy import Connection, Engine

from salesdesk.errors import (
    ConflictError,
    DamagedOfficeError,
    InputError,
    OfficeFileError,
    ReplacedOfficeError,
    SalesDeskError,
    UnwritableOfficeError,
    WrongPasswordError,
)
from salesdesk.storage import backup, copying, files, migrations, trail
from salesdesk.storage.engine import (
    UNFINISHED,
    create_file_engine,
    fold_log,
    is_encrypted,
    need_utf8,
    part,
    put_in_place,
    reading,
    remove_office,
    told_errors,
    use_write_ahead_log,
    watch,
    writing,
)
from salesdesk.storage.history import Change
from salesdesk.storage.opening import OpenedFile, open_file
from salesdesk.storage.trail import ChangeNotice, HistoryEntry
from salesdesk.storage.watch import Watch
from salesdesk.text import _

__all__ = ["Change", "ChangeNotice", "Connection", "HistoryEntry", "Workspace", "restore"]

P = ParamSpec("P")
T = TypeVar("T")
Listener = Callable[[ChangeNotice], None]
#: What reading raises where a file is another by now than the one that was looked at.
_OF_A_MIXTURE = (OfficeFileError, ValueError, LookupError, TypeError, ArithmeticError)
#: Characters of a password: no window takes more.
LONGEST_PASSWORD = 200


def _need_fit(password: str | None) -> None:
    """Raise InputError for a new password that couldn't be typed in the window."""
    if password is None:
        return
    if len(password) > LONGEST_PASSWORD:
        raise InputError(
            _("A password has at most {longest} characters; this one has {count}.").format(
                longest=LONGEST_PASSWORD, count=f"{len(password):,}"
            )
        )
    if any(category(sign) in ("Cc", "Cs") for sign in password):
        raise InputError(_("The password holds a character that is none."))


class Workspace:
    """An open office and the person who works in it.

    ``seat`` is where the person sits: what is done in one window isn't undone from another, even
    under the same name. Each workspace is a seat of its own, unless it is told to share one (the
    headless commands do, each of which is over before the next begins).

    May be used from several threads at once: each read or change has its own connection.
    Listeners are called in the thread that committed the change or that called :meth:`poll`.
    """

    def __init__(
        self, engine: Engine, path: Path, password: str | None, opened: OpenedFile | None = None
    ) -> None:
        opened = opened or OpenedFile(engine, path)
        self.path = path
        self.person_id: int | None = None
        self.person_name = ""
        self.seat = str(uuid.uuid4())
        self._engine = engine
        self._password = password
        self._listeners: list[Listener] = []
        #: What was found when the file was opened, in sentences for whoever opened it.
        self.notices = tuple(opened.notices)
        #: Why nothing can be changed, "" where it can.
        self.read_only = opened.read_only
        self._opened = opened
        self._watch = watch(engine, opened.path, alone=opened.alone)
        self._seen_lock = threading.Lock()
        self._moving = threading.Lock()  # held while the file is replaced by this program
        self._seen_id = self._watch.newest = self.read(trail.last_id)

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
        unfit = files.unfit(path)
        if unfit:
            raise OfficeFileError(
                _("{path} can't be written: {cause}.").format(path=files.shown(path), cause=unfit)
            )
        need_utf8(path)
        _need_fit(password)
        unfinished = path.with_name(f"{path.name}{UNFINISHED}")
        try:
            if path.exists():
                raise OfficeFileError(_("{path} exists already.").format(path=path))
            path.parent.mkdir(parents=True, exist_ok=True)
            remove_office(unfinished)
            unfinished.touch()  # says better than the database why there can be no file there
        except OSError as error:
            raise OfficeFileError(
                _("{path} can't be written: {cause}.").format(path=path, cause=files.cause(error))
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
            fold_log(engine)  # what is watched over is what stands in the file itself
            return cls(engine, path, password)
        except BaseException:
            engine.dispose()
            raise

    @classmethod
    def open(
        cls,
        path: Path,
        password: str | None = None,
        told: Callable[[str], None] = lambda _words: None,
    ) -> Workspace:
        """Open an office; one of an older version is backed up and brought up to date first.

        ``told`` hears in a sentence of what takes long with a large office, before it begins;
        what it raises leaves the office as it was.

        Raises OfficeFileError (missing, no office, damaged, not writable), WrongPasswordError,
        NewerOfficeError or BusyOfficeError.
        """
        with suppress(OSError, RuntimeError):  # what stays as it is can't be opened either
            if path.is_symlink():
                path = path.resolve()  # SQLite keeps the log beside the file itself
        opened = open_file(path, password)
        engine = opened.engine
        try:
            if not migrations.is_current(engine, path.name):
                told(
                    _(
                        "{name} was written by an earlier version of SalesDesk and is backed up "
                        "first. With a large office this takes some minutes."
                    ).format(name=path.name)
                )
                backup.make(engine, path, password, reason="before-update")
                told(
                    _(
                        "{name} is brought to the form of this version. With a large office this "
                        "takes some minutes."
                    ).format(name=path.name)
                )
                migrations.upgrade(engine)
                fold_log(engine)
            return cls(engine, path, password, opened)
        except BaseException:
            engine.dispose()
            opened.clear_away()
            raise

    def close(self) -> None:
        """Let go of the file."""
        with suppress(SalesDeskError):
            self._look()
        part(self._engine, self._watch)
        self._opened.clear_away()

    def _look(self) -> None:
        """Raise ReplacedOfficeError when the file isn't the one that was opened any more.

        What stood only in the log of one that was moved is brought into it first.
        """
        try:
            self._watch.place()
        except ReplacedOfficeError as error:
            if error.now_at is not None and not self._watch.file.others_have_it_open():
                fold_log(self._engine)
            raise
        with reading(self._engine) as connection:
            self._watch.look(connection.connection.driver_connection, log=True)

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
        watcher = self._watch
        try:
            with reading(self._engine) as connection:
                watcher.look(connection.connection.driver_connection)
                return reader(connection, *arguments, **options)
        except ReplacedOfficeError:
            with self._moving:  # it was this program, if it was: by another password
                if self._watch is watcher:
                    raise
        except _OF_A_MIXTURE:
            self._look_again(watcher)
            raise
        return self.read(reader, *arguments, **options)

    @contextmanager
    def change(self, label: str = "") -> Iterator[Change]:
        """One change: one transaction, one entry in the history, one undo.

        The entry is called what the writers describe, or ``label`` where they say nothing.
        All or nothing: whatever is raised inside leaves the office as it was. A change that
        changes no row leaves no entry.
        """
        with self._writing() as connection:
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
        with self._writing() as connection:
            change = self._begun(connection, "")
            yield change
            change.finish_unrecorded()

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
        with self._writing() as connection:
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
        with self._writing() as connection:
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

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self.read_only:
            raise UnwritableOfficeError(
                _("Nothing was changed. {reason}").format(reason=self.read_only)
            )
        watcher = self._watch
        try:
            with writing(self._engine) as connection:
                yield connection
        except DamagedOfficeError:
            self._look_again(watcher)
            raise

    def _look_again(self, watcher: Watch) -> None:
        """Raise ReplacedOfficeError where the file was written over while it was read."""
        with self._moving:
            if self._watch is watcher and not watcher.closed:
                with reading(self._engine) as connection:
                    watcher.look(connection.connection.driver_connection)

    def _begun(self, connection: Connection, label: str) -> Change:
        # The write lock is held: nobody can put another file in the place of this one any more.
        self._watch.place()
        self._watch.look(connection.connection.driver_connection, log=True)
        now = datetime.now().replace(microsecond=0)
        return Change(connection, label, self.person_id, self.person_name, now, self.seat)

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
        if self._moving.locked():
            return
        self._look()
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
            self._watch.newest = max(self._watch.newest, notice.history_id)
            for listener in tuple(self._listeners):
                listener(notice)

    # -- keeping ---------------------------------------------------------------------------------

    def back_up(
        self, folder: Path | None = None, *, by_hand: bool = False, keep_damaged: bool = True
    ) -> Path:
        """Write and verify a dated copy (beside the office unless ``folder``); rotate old ones.

        One made ``by_hand`` stays until somebody deletes it.

        Raises OfficeFileError when it can't be written, or the office is no longer in its place;
        DamagedOfficeError when the office is damaged: earlier backups stay then, and unless
        ``keep_damaged`` is false, a copy named as damaged is there.
        """
        self._watch.place()
        reason = backup.BY_HAND if by_hand else None
        try:
            return backup.make(
                self._engine,
                self.path,
                self._password,
                folder=folder,
                reason=reason,
                keep_damaged=keep_damaged,
            )
        except DamagedOfficeError:
            self._look()  # a file that was written over meanwhile reads as a damaged one
            raise

    def save_copy(self, to: Path, *, force: bool = False) -> None:
        """Write a whole, verified copy of the office to ``to``, under the same password.

        Also of an office that was moved, deleted or replaced while it was open: the one that was
        opened is saved. Raises InputError, OfficeFileError.
        """
        copying.save(self._engine, self.path, self._password, to, force=force)

    def check_password(self, given: str | None) -> None:
        """Raise WrongPasswordError unless ``given`` is the password of the open office."""
        if (given or None) != self._password:
            raise WrongPasswordError(
                _("The present password isn't right; the password was not changed.")
            )

    def set_password(
        self, new: str | None, told: Callable[[str], None] = lambda _words: None
    ) -> None:
        """Encrypt the office by another password (None: not at all), and go on with it.

        ``told`` hears what is done next; what it raises leaves everything as it was. Whether the
        person may is the office's rule, see ``office.protection``. Raises InputError
        for one that can't be typed, BusyOfficeError when another program has the office open,
        OfficeFileError.
        """
        if new is not None and new == self._password:
            raise InputError(_("The new password is the present one."))
        _need_fit(new)
        if self.read_only:
            raise UnwritableOfficeError(self.read_only)
        self._look()
        with self._moving:
            try:
                copying.change_password(self._engine, self._watch, self.path, new, told)
                self._password = new
            finally:
                if self._watch.closed:
                    self._engine, self._watch = copying.reopened(self.path, self._password)
                    self._watch.newest = self._seen_id

    def last_backup(self) -> datetime | None:
        """When the newest backup beside the office was made, None when there is none."""
        return backup.newest_copy(self.path)

    def fold_log(self) -> bool:
        """Bring what stands only in the log yet into the file: the file alone is the office then.

        False where somebody is reading or writing just now; try again later.
        """
        if self._moving.locked():
            return False
        if self.read_only:
            return True
        self._look()
        folded = fold_log(self._engine)
        self._look()  # from now on the file must hold what the log held
        return folded

    @property
    def backup_folder(self) -> Path:
        """Where backups go when nobody says otherwise."""
        return backup.folder_of(self.path)


def restore(
    copy_path: Path,
    to: Path,
    password: str | None = None,
    *,
    force: bool = False,
    damaged_too: bool = False,
) -> Path | None:
    """Put the backup ``copy_path`` at ``to``, where no program may have an office open.

    With ``force`` an office that stands there is replaced and kept beside it under the path that
    is returned. Raises OfficeFileError, WrongPasswordError; DamagedOfficeError for a backup whose
    rows aren't all as they were written, unless ``damaged_too`` takes it as it is.
    """
    return backup.restore(copy_path, to, password, force=force, damaged_too=damaged_too)
