"""Lets argparse speak the language in force: its own texts go through our catalogue."""

from __future__ import annotations

import argparse

from salesdesk import text
from salesdesk.text import mark

#: What argparse says of its own in the versions of Python that are served.
TEXTS = (
    mark("usage: "),
    mark("options"),
    mark("positional arguments"),
    mark("show this help message and exit"),
    mark("show program's version number and exit"),
    mark("%(prog)s: error: %(message)s\n"),
    mark("argument %(argument_name)s: %(message)s"),
    mark("ambiguous option: %(option)s could match %(matches)s"),
    mark("expected at least one argument"),
    mark("expected at most one argument"),
    mark("expected one argument"),
    mark("expected %s argument"),
    mark("expected %s arguments"),
    mark("ignored explicit argument %r"),
    mark("invalid %(type)s value: %(value)r"),
    mark("invalid choice: %(value)r (choose from %(choices)s)"),
    mark("not allowed with argument %s"),
    mark("one of the arguments %s is required"),
    mark("the following arguments are required: %s"),
    mark("unknown parser %(parser_name)r (choices: %(choices)s)"),
    mark("unrecognized arguments: %s"),
)


def _translated(message: str) -> str:
    return text._(message)


def _plural(singular: str, plural: str, count: int) -> str:
    # Looked up one by one, as they are marked above.
    return text._(singular if count == 1 else plural)


def translate_argparse() -> None:
    """From now on argparse asks our catalogue; it looks its texts up when it shows them."""
    vars(argparse).update({"_": _translated, "ngettext": _plural})
