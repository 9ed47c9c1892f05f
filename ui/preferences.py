"""What this person at this machine prefers: recent offices, language, window size, who they are.

Kept as one small JSON file in the user's own folder; a damaged one is put aside and begun anew,
since it holds nothing that can't be chosen again.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from salesdesk import text

RECENT = 8


class Preferences:
    """Reads and keeps preferences; every setting is written at once."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()
        self._values = self._read()

    @property
    def language(self) -> str:
        """The language chosen, else the system's: "en" or "zh"."""
        chosen = self._values.get("language")
        return chosen if chosen in text.LANGUAGES else text.system_language()

    @language.setter
    def language(self, language: str) -> None:
        self.set("language", language)

    @property
    def recent(self) -> list[Path]:
        """Offices opened lately, the latest first."""
        stored = self._values.get("recent")
        paths = stored if isinstance(stored, list) else []
        return [Path(path) for path in paths if isinstance(path, str) and "\0" not in path]

    def opened(self, path: Path) -> None:
        """Note that an office was opened."""
        paths = [str(path.absolute()), *(str(recent) for recent in self.recent)]
        self.set("recent", list(dict.fromkeys(paths))[:RECENT])

    def person_in(self, office_id: str) -> int | None:
        """Who works at this machine in the office with that id."""
        people = self._values.get("people")
        person_id = people.get(office_id) if isinstance(people, dict) else None
        return person_id if isinstance(person_id, int) else None

    def work_as(self, office_id: str, person_id: int) -> None:
        """Remember who works at this machine in an office."""
        people = self._values.get("people")
        self.set("people", {**(people if isinstance(people, dict) else {}), office_id: person_id})

    def get(self, key: str, default: Any = None) -> Any:
        """A stored value; ``default`` when it was never set, or is of another type."""
        value = self._values.get(key, default)
        return value if default is None or isinstance(value, type(default)) else default

    def set(self, key: str, value: Any) -> None:
        """Store a value (anything JSON holds). A folder that can't be written costs only this."""
        self._values[key] = value
        part = self.path.with_name(f"{self.path.name}.{os.getpid()}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(self._values, ensure_ascii=False, indent=1), "utf-8")
            part.replace(self.path)
        except (OSError, UnicodeEncodeError):  # half characters in a path can't be written
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        try:
            stored = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return stored if isinstance(stored, dict) else {}


def default_path() -> Path:
    """The file in the user's configuration folder; SALESDESK_CONFIG names another folder."""
    folder = os.environ.get("SALESDESK_CONFIG")
    return (Path(folder) if folder else user_config_path("SalesDesk", False)) / "preferences.json"
