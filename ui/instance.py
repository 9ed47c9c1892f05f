"""One window a person: a second start hands its wish to the first, which comes to the front.

The two find each other by a local socket named after the preferences file, so that another user,
or a test with preferences of its own, has a window of its own.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

#: Milliseconds the first program is given to answer; one that hangs doesn't keep the second away.
_PATIENCE = 5000


class OnlyInstance(QObject):
    """``asked`` tells the window which office (a Path, or None) a second start wished for."""

    asked = Signal(object)

    def __init__(self, preferences_path: Path) -> None:
        super().__init__()
        digest = hashlib.sha256(str(preferences_path.absolute()).encode()).hexdigest()
        self._name = f"salesdesk-{digest[:24]}"
        self._server: QLocalServer | None = None
        self._callers: list[QLocalSocket] = []

    def handed_over(self, path: Path | None) -> bool:
        """Whether a first program took the wish; else this one is the first and listens."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if socket.waitForConnected(_PATIENCE):
            wish = json.dumps({"office": None if path is None else str(path.absolute())})
            socket.write(wish.encode() + b"\n")
            taken = socket.waitForBytesWritten(_PATIENCE) and socket.waitForReadyRead(_PATIENCE)
            socket.disconnectFromServer()
            if taken:
                return True
        # A socket left behind by a program that was killed answers nobody.
        QLocalServer.removeServer(self._name)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._heard)
        self._server.listen(self._name)
        return False

    def close(self) -> None:
        """Listen no longer."""
        for caller in self._callers:
            caller.abort()
        self._callers.clear()
        if self._server is not None:
            self._server.close()

    def _heard(self) -> None:
        assert self._server is not None
        caller = self._server.nextPendingConnection()
        if caller is not None:
            # Callers that have hung up are let go of here, never within a signal of their own.
            gone = QLocalSocket.LocalSocketState.UnconnectedState
            self._callers = [caller for caller in self._callers if caller.state() != gone]
            self._callers.append(caller)
            caller.readyRead.connect(self._read)

    def _read(self) -> None:
        for caller in self._callers:
            while caller.canReadLine():
                self._answer(caller, bytes(caller.readLine().data()))

    def _answer(self, caller: QLocalSocket, line: bytes) -> None:
        try:
            wish = json.loads(line.decode())
            office = wish["office"]
        except (ValueError, KeyError, TypeError):
            return  # not one of ours
        caller.write(b"taken\n")
        caller.flush()
        self.asked.emit(Path(office) if isinstance(office, str) else None)
