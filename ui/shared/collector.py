"""Python's garbage collector, which rests while somebody holds it.

Two reasons to hold it, which come together at a start. What is made then stays: looking for garbage
in it again and again finds none and costs a fifteenth of the time until the first rows. And it runs
in whichever thread happens to allocate: a page that was closed (a widget in a cycle of references)
must not be destroyed in another thread than the window's, where Qt ends the program.
"""

from __future__ import annotations

import gc

_holders: set[object] = set()


def hold(holder: object) -> None:
    """Let the collector rest until ``holder`` lets it go; call it in the window's thread."""
    _holders.add(holder)
    gc.disable()


def let_go(holder: object) -> None:
    """Take back :func:`hold`; the collector works again when nobody else holds it."""
    _holders.discard(holder)
    if not _holders:
        gc.enable()
