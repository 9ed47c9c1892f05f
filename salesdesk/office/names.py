"""Names: when two are the same, and how one is found by its characters, pinyin and initials.

Search keys are made once, when a row is saved; searching is then a plain LIKE on the stored key.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol, TypeVar

from sqlalchemy import Table, select

from salesdesk.errors import InputError
from salesdesk.storage.history import Change
from salesdesk.text import _

# Characters that sound differently as a surname than in other words (Tongyong usage of the
# common surname dictionaries): both readings go into the key.
_SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "任": "ren", "区": "ou",
    "朴": "piao", "盖": "ge", "翟": "zhai", "尉": "yu", "覃": "qin", "乐": "yue", "缪": "miao",
    "员": "yun", "纪": "ji", "宁": "ning", "华": "hua", "种": "chong", "秘": "bi", "冼": "xian",
    "折": "she", "黑": "he", "洗": "xian", "重": "chong", "尹": "yin", "长": "chang", "万": "wan",
}  # fmt: skip


class Named(Protocol):
    """Whatever has a name."""

    @property
    def name(self) -> str:
        """What people call it."""


N = TypeVar("N", bound=Named)


def name_key(name: str) -> str:
    """What decides whether two names are the same: spaces, width and case don't count.

    The one rule of the program; "张 三" is 张三, "ＡＢＣ" is abc.
    """
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same (:func:`name_key`)."""
    return name_key(one) == name_key(other)


def named(items: Iterable[N], name: str) -> N | None:
    """The item so called, None when there is none; the exact spelling before a similar one."""
    key = name_key(name)
    similar = [item for item in items if name_key(item.name) == key]
    return next((item for item in similar if item.name == name), next(iter(similar), None))


def free_name(
    change: Change, within: Table, name: str, *, own_id: int | None = None, longest: int = 80
) -> str:
    """``name`` with single spaces, if it may be a row's name in the table ``within``.

    ``own_id`` is the row that is renamed. Raises InputError when the name is missing, longer than
    ``longest`` characters, or another row's.
    """
    name = " ".join(name.split())
    if not name:
        raise InputError(_("A name is missing."))
    if len(name) > longest:
        raise InputError(
            _("The name {name} is longer than {count} characters.").format(
                name=f"{name[:20]}…", count=longest
            )
        )
    for row_id, taken in change.connection.execute(select(within.c.id, within.c.name)):
        if row_id != own_id and same_name(taken, name):
            raise InputError(_("{name} exists already.").format(name=taken))
    return name


def search_key(*texts: str) -> str:
    """The texts in lower case, then pinyin and initials of those with Chinese characters."""
    parts = [text.strip().lower() for text in texts if text.strip()]
    return " ".join([*parts, *(reading for text in parts for reading in _readings(text))])


def matching_text(text: str) -> str:
    """What a person typed, as a LIKE pattern that matches anywhere; a backslash escapes."""
    cleaned = " ".join(text.lower().split())
    for sign in ("\\", "%", "_"):
        cleaned = cleaned.replace(sign, f"\\{sign}")
    return f"%{cleaned}%"


def _readings(text: str) -> list[str]:
    syllables = [_syllable(character) for character in text]
    if all(syllable == character for syllable, character in zip(syllables, text, strict=True)):
        return []
    found = ["".join(syllables), "".join(syllable[:1] for syllable in syllables)]
    surname = _SURNAMES.get(text[:1])
    if surname and surname != syllables[0]:
        found += ["".join([surname, *syllables[1:]]), surname[0] + found[1][1:]]
    return found


@lru_cache(maxsize=30_000)
def _syllable(character: str) -> str:
    """One character's usual reading without tone; other signs as they are, spaces left out."""
    if character.isascii():
        return "" if character.isspace() else character
    # Imported with the first Chinese name, not with the program: the dictionaries take 240 ms.
    from pypinyin import Style, pinyin

    return str(pinyin(character, style=Style.NORMAL)[0][0])
