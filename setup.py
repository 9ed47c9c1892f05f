"""Puts what the program reads besides its code into the package: pages, templates, catalogues.

In a checkout ``resources/`` lies beside the packages, where writers and translators look for it; an
installed program finds the same folder as ``salesdesk/resources``. Everything else that setuptools
needs stands in pyproject.toml.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent


class BuildWithResources(build_py):
    """Also copies the resources, the catalogues compiled."""

    def run(self) -> None:
        """Build the packages; an editable installation reads the resources where they lie."""
        super().run()
        if self.editable_mode:
            return
        folder = Path(self.build_lib) / "salesdesk" / "resources"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(ROOT / "resources", folder, ignore=shutil.ignore_patterns("*.mo"))
        for catalogue in folder.glob("i18n/*.po"):
            with (
                catalogue.open("rb") as written,
                catalogue.with_suffix(".mo").open("wb") as compiled,
            ):
                write_mo(compiled, read_po(written, locale=catalogue.stem))
            catalogue.unlink()  # only the compiled one is read


setup(cmdclass={"build_py": BuildWithResources})
