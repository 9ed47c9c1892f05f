"""Starts the window: ``python -m ui [OFFICE] [--lang zh|en]``.

The frame is shown before anything is opened or read; rooms of the office are imported after the
first picture stands.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from salesdesk import __version__, text
from ui.faults import FaultCatcher
from ui.instance import OnlyInstance
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.shared import collector, look

#: Milliseconds after which everything a start makes is there.
_STARTED = 5_000
#: Who holds the garbage collector until then.
_START = "start"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the window until it is closed; the exit status."""
    arguments = _arguments(argv)
    path = Path(arguments.office) if arguments.office else None
    preferences = Preferences()
    if arguments.print_report:
        return _print_report(arguments, preferences)
    application, window = build(preferences, arguments.lang)
    instance = OnlyInstance(preferences.path)
    if instance.handed_over(path):
        return 0
    catcher = FaultCatcher()
    catcher.install()
    instance.asked.connect(window.come_forward)
    window.begin_once_painted(path)
    window.show()
    status = application.exec()
    instance.close()
    return status


def _print_report(arguments: argparse.Namespace, preferences: Preferences) -> int:
    """Print without a window; the exit status."""
    from ui.print_report import print_report  # the printer's modules load when first wanted

    application = _application()
    speak(application, arguments.lang or preferences.language)
    return print_report(Path(arguments.office or ""), arguments.print_report, arguments.printer)


def _application() -> QApplication:
    return QApplication([*sys.argv[:1], *look.ARGUMENTS])


def build(preferences: Preferences, language: str | None = None) -> tuple[QApplication, MainWindow]:
    """The application and its window, not shown yet."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else _application()
    collector.hold(_START)
    QTimer.singleShot(_STARTED, application, _collect_from_now_on)
    application.setApplicationName("SalesDesk")
    application.setApplicationDisplayName("SalesDesk")
    application.setApplicationVersion(__version__)
    speak(application, language or preferences.language)
    look.apply(application, preferences.get("scheme", "system"))
    return application, MainWindow(preferences)


def _collect_from_now_on() -> None:
    """Look for garbage again, but not in what there is by now."""
    gc.freeze()
    collector.let_go(_START)


def speak(application: QApplication, language: str) -> None:
    """Use ``language`` for our own texts and for Qt's."""
    try:
        text.set_language(language)
    except FileNotFoundError:
        # A source tree whose catalogues were never compiled still works, in English.
        text.set_language("en")
    if text.language() == "zh":
        QLocale.setDefault(QLocale("zh_CN"))
        translator = QTranslator(application)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load("qtbase_zh_CN", folder):
            application.installTranslator(translator)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="salesdesk-window", description="SalesDesk")
    parser.add_argument("office", nargs="?")
    parser.add_argument("--lang", choices=text.LANGUAGES)
    parser.add_argument("--print-report", metavar="2026-10", help="print the monthly report and go")
    parser.add_argument("--printer", metavar="NAME", help="where to (otherwise the usual printer)")
    parser.add_argument("--version", action="version", version=__version__)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
