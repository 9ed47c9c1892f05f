"""Runs commands as a person does and keeps what they said; each test has an office of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from salesdesk.__main__ import main
from tests.sample import Sample, sample_office


@dataclass(frozen=True)
class Said:
    """What a command returned and said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document of standard output."""
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs ``salesdesk`` with the words given; no traceback may be in what it says."""
    monkeypatch.delenv("SALESDESK_PASSWORD", raising=False)
    monkeypatch.setenv("SALESDESK_LANG", "en")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    # Wide enough that argparse breaks no sentence.
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: object) -> Said:
        capsys.readouterr()
        status = main([str(word) for word in words])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Said(status, said.out, said.err)

    return call


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The small office, made once."""
    return sample_office(tmp_path_factory.mktemp("commands") / "made.office")


@pytest.fixture
def sample(made: Sample, tmp_path: Path) -> Sample:
    """A copy of the small office."""
    path = tmp_path / "shop.office"
    shutil.copy(made.path, path)
    return replace(made, path=path)


@pytest.fixture
def office(sample: Sample) -> Path:
    """The file of the small office."""
    return sample.path
