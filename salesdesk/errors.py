"""The one error tree. Each class carries the sentence a person reads, already translated.

The branches tell who is to blame: the file, what was typed or imported, the state of the office
(somebody else changed it), or the rights of who asked. Anything else that is raised is a fault of
the program and goes to the log.
"""

from __future__ import annotations

from pathlib import Path

from salesdesk.text import presentable


class SalesDeskError(Exception):
    """An expected refusal; ``message`` is a whole sentence naming place and cause.

    Whatever names and paths it repeats, it can be read and shown: see ``text.presentable``.
    """

    def __init__(self, message: str) -> None:
        self.message = presentable(message)
        super().__init__(self.message)


class OfficeFileError(SalesDeskError):
    """The office file can't be used: missing, damaged, not an office, or on a bad place."""


class WrongPasswordError(OfficeFileError):
    """The office is encrypted and the password given (or its absence) doesn't open it."""


class NewerOfficeError(OfficeFileError):
    """The office was written by a newer version of the program."""


class DamagedOfficeError(OfficeFileError):
    """The office or backup opens, but something in it isn't as it was written.

    ``copy`` is where it was kept as it is, for whoever may repair it; None where it wasn't.
    """

    def __init__(self, message: str, copy: Path | None = None) -> None:
        super().__init__(message)
        self.copy = copy


class BusyOfficeError(OfficeFileError):
    """Another program holds the office for longer than a person wants to wait."""


class UnwritableOfficeError(OfficeFileError):
    """The file, its folder or its disk takes nothing more: it is full, read-only or broken."""


class ReplacedOfficeError(OfficeFileError):
    """The file isn't the one that was opened any more: it was moved, replaced or written over.

    ``now_at`` is where the office that was open is now, whole, None where that isn't known;
    ``whole`` says whether a copy of it can still be saved.
    """

    def __init__(self, message: str, *, now_at: Path | None = None, whole: bool = False) -> None:
        super().__init__(message)
        self.now_at, self.whole = now_at, whole


class InputError(SalesDeskError):
    """What was typed, given or imported is wrong; nothing was changed."""


class SplitError(InputError):
    """A total can't be split as asked; ``gap`` is what is left over, in the measure's steps."""

    def __init__(self, message: str, gap: int) -> None:
        super().__init__(message)
        self.gap = gap


class CalendarError(InputError):
    """A day lies outside the years the working calendar knows."""


class WorkbookError(InputError):
    """A workbook can't be read or isn't what was asked for."""


class WriteError(SalesDeskError):
    """A file can't be written: the disk is full, the folder gone, another program holds it."""


class ConflictError(SalesDeskError):
    """Someone else changed the same thing in the meantime; nothing was changed."""


class NotFoundError(SalesDeskError):
    """What was named isn't in the office."""


class RightsError(SalesDeskError):
    """The person's role doesn't allow it."""


class ReportError(SalesDeskError):
    """A page can't be made: a font is missing, a printer refused, a template is broken."""


class Cancelled(SalesDeskError):
    """The person cancelled work under way; nothing was changed."""
