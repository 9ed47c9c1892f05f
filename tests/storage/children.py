"""Runs a function in a process of its own: without rights, with little disk, or to be killed."""

from __future__ import annotations

import asyncio
import os
import resource
import traceback
import warnings
from collections.abc import Callable

_NOBODY = 65534


def fork() -> int:
    """As os.fork; that another thread (the run's own timer) is there as well does no harm."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def in_child(function: Callable[[], str], *, file_limit: int | None = None) -> str:
    """What ``function`` returns when run in a forked child, as nobody in particular.

    ``file_limit`` is the most bytes a file may have there, as on a disk that is full. Whatever
    is raised comes back as its type and text.
    """
    reading, writing = os.pipe()
    child = fork()
    if child == 0:
        os.close(reading)
        answer = "nothing came back"
        try:
            # What is imported late may stand where only the run's own user can read.
            getattr(asyncio, "CancelledError")  # noqa: B009
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(_NOBODY)
                os.setuid(_NOBODY)  # root may write anywhere
            if file_limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
            answer = function()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent shall know
            traceback.print_exc()
            answer = f"{type(error).__name__}: {error}"
        finally:
            os.write(writing, answer.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read().decode()
    os.waitpid(child, 0)
    return answer


def refusal_of(function: Callable[[], object]) -> Callable[[], str]:
    """``function``, telling the kind and sentence of what the program refuses with."""

    def told() -> str:
        from salesdesk.errors import SalesDeskError

        try:
            function()
        except SalesDeskError as error:
            return f"{type(error).__name__}: {error.message}"
        return "accepted"

    return told
