"""Files that commands write: the ending must fit, and a file is written whole or not at all."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from salesdesk.errors import OfficeFileError
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


def write_whole(path: Path, content: bytes) -> None:
    """Put a finished file in the place of an old one. Raises OfficeFileError when it can't be."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OfficeFileError(
            _("{path} can't be written (is it open in another program?): {cause}.").format(
                path=path, cause=error.strerror
            )
        ) from error
