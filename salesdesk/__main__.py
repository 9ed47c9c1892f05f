"""The headless commands: ``python -m salesdesk``, also installed as ``salesdesk``.

Exit status 0 done, 1 done in part or refused with reasons, 2 wrong usage or a file that can't be
used. No traceback reaches a person: an unexpected error goes to a log and is told in a sentence.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from salesdesk import text
from salesdesk.commands.console import Console
from salesdesk.commands.parser import language_of, parse
from salesdesk.commands.wording import translate_argparse
from salesdesk.errors import OfficeFileError, SalesDeskError, WorkbookError, WriteError
from salesdesk.storage import files
from salesdesk.text import _, quoted
from salesdesk.workbooks.foreign import READING_ARGUMENT

DONE, REFUSED, UNUSABLE = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words == [READING_ARGUMENT]:
        # The frozen program has no Python beside it that could read a foreign file apart.
        from salesdesk.workbooks.foreign import serving

        return serving.main()
    console = Console()
    _speak(language_of(words) or text.system_language())
    translate_argparse()
    try:
        arguments = parse(words)
        if arguments.json:
            console.speak_json()
        status = int(arguments.run(arguments, console))
        console.flush()
    except SystemExit as leaving:  # argparse: help was shown, or the usage was wrong
        _flushed(console)
        return leaving.code if isinstance(leaving.code, int) else UNUSABLE
    except SalesDeskError as error:
        console.warn(error.message)
        return (
            UNUSABLE if isinstance(error, OfficeFileError | WorkbookError | WriteError) else REFUSED
        )
    except KeyboardInterrupt:
        console.warn(_("Cancelled; nothing is half done."))
        return REFUSED
    except BrokenPipeError:
        _stop_printing()  # whoever reads has seen enough; what was to be done is done
        return DONE
    except OSError as error:
        # Files are refused by whoever asks for them; what is left is a path that no system takes,
        # and what is printed, where that goes into a file.
        if error.filename is None:
            _stop_printing()
            console.warn(
                _("The result can't be written: {cause}.").format(cause=files.cause(error))
            )
        else:
            path = quoted(os.fsdecode(error.filename))
            console.warn(
                _("{path} can't be used: {cause}.").format(path=path, cause=files.cause(error))
            )
        return UNUSABLE
    except Exception as error:  # noqa: BLE001 - the last place where anything can be told
        from salesdesk.commands import faults

        console.warn(faults.record(error))
        return UNUSABLE
    return status


def _flushed(console: Console) -> None:
    try:
        console.flush()
    except OSError:
        _stop_printing()


def _stop_printing() -> None:
    """Send what would still be printed nowhere, or else leaving the program fails in its turn."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _speak(language: str) -> None:
    try:
        text.set_language(language)
    except (FileNotFoundError, ValueError):
        # A source tree whose catalogues were never compiled works in English; another language
        # is refused with the rest of the usage.
        text.set_language("en")


if __name__ == "__main__":
    sys.exit(main())
