"""Marks texts for the catalogue. Apart from ``text``, since the reading process needs no more."""


def mark(message: str) -> str:
    """``message`` itself: marks it for the catalogue, to be translated when it is shown."""
    return message
