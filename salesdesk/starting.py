"""What keeps every start short: large modules that libraries import and this program never uses.

SQLAlchemy imports asyncio (with sockets and TLS) and a dialect for drivers that wait, and the
readers of package metadata for plug-ins. Here each is a stand-in that becomes the module when
something of it is used.
"""

from __future__ import annotations

import importlib
import sys
import threading
from types import ModuleType

TYPE_CHECKING = False  # the process that reads foreign files is to start without typing
if TYPE_CHECKING:
    from typing import Any

#: What is put off, and which functions of it are taken along without being called.
PUT_OFF = {
    "asyncio": ("iscoroutine",),
    "importlib.metadata": (),
    "sqlalchemy.dialects.sqlite.aiosqlite": (),
}
_lock = threading.RLock()


class _StandIn(ModuleType):
    """Has the name of a module and loads it when it is asked for anything else."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what importing itself looks at
            raise AttributeError(name)
        if name in PUT_OFF[self.__name__]:
            return lambda *arguments: getattr(self._loaded(), name)(*arguments)
        return getattr(self._loaded(), name)

    def _loaded(self) -> ModuleType:
        with _lock:
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
            return importlib.import_module(self.__name__)


def put_off_imports() -> None:
    """Let :data:`PUT_OFF` be loaded only when used; call it before SQLAlchemy is imported."""
    for name in PUT_OFF:
        sys.modules.setdefault(name, _StandIn(name))
