"""What all tests share: no time limit on a generated example, the language set back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from salesdesk import text

# How long an example takes says how busy the machine is, not whether the program is right.
settings.register_profile("salesdesk", deadline=None)
settings.load_profile("salesdesk")


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Every test starts in English."""
    text.set_language("en")
    yield
    text.set_language("en")
