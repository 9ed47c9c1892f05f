"""Files that commands write: the ending must fit, and what is there isn't overwritten unasked."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from salesdesk.storage import files
from salesdesk.text import _


def output_path(*endings: str) -> Callable[[str], Path]:
    """A reader of arguments: a path with one of ``endings`` in a folder that exists."""

    def read(words: str) -> Path:
        path = Path(words)
        if path.suffix.lower() not in endings:
            raise argparse.ArgumentTypeError(
                _("{path} must end in {endings}.").format(
                    path=words, endings=_(" or ").join(endings)
                )
            )
        if not path.parent.is_dir():
            raise argparse.ArgumentTypeError(
                _("There is no folder {path}.").format(path=path.parent)
            )
        return path

    return read


def add_output(
    parser: argparse.ArgumentParser,
    *endings: str,
    metavar: str,
    help_text: str,
    required: bool = True,
) -> None:
    """Add ``--output``, the file to write, and ``--force``, which writes over one that is there."""
    parser.add_argument(
        "-o", "--output", metavar=metavar, type=output_path(*endings), required=required,
        help=help_text,
    )  # fmt: skip
    parser.add_argument(
        "--force", action="store_true",
        help=_("write over a file that is there (somebody may have filled it in)"),
    )  # fmt: skip


def output_of(arguments: argparse.Namespace) -> Path | None:
    """The file to write, None for none. Raises WriteError when it is there already."""
    path: Path | None = arguments.output
    if path is not None:
        files.need_free(path, force=arguments.force)
    return path
