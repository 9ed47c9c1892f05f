"""What all tests share: an invented machine to work on, examples that repeat, English."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

from salesdesk import text

pytest_plugins = ["tests.cups_queue"]

# How long an example takes says how busy the machine is, not whether the program is right. The
# same examples every time: what fails here fails everywhere.
settings.register_profile("tests", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=2_000)
settings.load_profile("tests")


def pytest_configure() -> None:
    """Windows are drawn out of sight, unless a screen was given; nothing of the person is used."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Qt warns where there is no folder of this kind; a test run has one of its own.
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="salesdesk-run-")
    # A theme of the machine's desktop would change sizes and colours.
    os.environ.pop("QT_QPA_PLATFORMTHEME", None)
    os.environ.pop("SALESDESK_LANG", None)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Every test starts in English."""
    text.set_language("en")
    yield
    text.set_language("en")
