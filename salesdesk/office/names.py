"""Names: when two are the same, and how one is found by its characters, pinyin and initials.

Search keys are made once, when a row is saved; searching is then a plain LIKE on the stored key.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

from sqlalchemy import Table, select

from salesdesk.errors import InputError
from salesdesk.storage.history import Change
from salesdesk.text import _

#: Names of up to so many characters are found by some syllables whole and the others' initials.
_LONGEST_NAME = 4
#: The longest word whose own reading is looked up.
_LONGEST_WORD = 4
#: Surnames that sound differently than the character does in other words, two-character ones as
#: two syllables (the usual readings of dictionaries of surnames).
_SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "任": "ren", "区": "ou",
    "朴": "piao", "盖": "ge", "翟": "zhai", "尉": "yu", "覃": "qin", "乐": "yue", "缪": "miao",
    "员": "yun", "纪": "ji", "宁": "ning", "华": "hua", "种": "chong", "秘": "bi", "冼": "xian",
    "折": "she", "黑": "he", "洗": "xian", "重": "chong", "尹": "yin", "长": "chang", "万": "wan",
    "尉迟": "yu chi", "万俟": "mo qi", "澹台": "tan tai", "单于": "chan yu", "长孙": "zhang sun",
    "令狐": "ling hu", "夏侯": "xia hou", "逄": "pang", "逯": "lu", "谌": "chen", "牟": "mu",
    "么": "yao", "芮": "rui", "臧": "zang", "燕": "yan", "应": "ying", "过": "guo", "卜": "bu",
    "召": "shao", "晟": "cheng", "葛": "ge", "谷": "gu", "会": "gui", "祭": "zhai", "眭": "sui",
    "隗": "wei", "郗": "xi", "殷": "yin", "於": "yu", "能": "nai", "车": "che", "哈": "ha",
    "繁": "po", "訾": "zi", "岑": "cen", "贲": "ben", "相": "xiang", "佴": "nai", "那": "na",
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
    """What texts are found by: themselves folded, then their pinyin, initials and mixtures.

    张晓峰 is found by zhangxiaofeng, zxf, zhangxf and zhangxiaof; 吕 by lv and lu; a surname or a
    word by its own reading (查 zha, 重庆 chongqing); Ünal by unal.
    """
    parts = [fold(text) for text in texts if text.strip()]
    readings = (reading for text in texts for reading in _readings(text))
    return " ".join(dict.fromkeys([*parts, *readings]))


def fold(text: str) -> str:
    """Single spaces, lower case, full-width signs as plain ones, letters without their marks."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(unicodedata.normalize("NFC", plain).casefold().split())


def matching_text(text: str) -> str:
    """What a person typed, as a LIKE pattern that matches anywhere; a backslash escapes."""
    cleaned = fold(text)
    for sign in ("\\", "%", "_"):
        cleaned = cleaned.replace(sign, f"\\{sign}")
    return f"%{cleaned}%"


def _readings(text: str) -> list[str]:
    """Every way to type a text with Chinese characters in Latin letters; none for others."""
    compact = "".join(unicodedata.normalize("NFKC", text).split())
    if compact.isascii():
        return []
    spoken = _syllables(compact)
    if all(syllable == sign for syllable, sign in zip(spoken, compact, strict=True)):
        return []
    sequences = [spoken, [_syllable(sign) for sign in compact]]
    surname = _SURNAMES.get(compact[:2]) or _SURNAMES.get(compact[:1])
    if surname is not None:
        first = surname.split()
        sequences.append([*first, *spoken[len(first) :]])
    found: dict[str, None] = {}
    for syllables in sequences:
        for way in _ways(syllables):
            found[way] = None
            # ü is typed v, u or ü; what is searched for has no marks, and so u for ü.
            found[way.replace("v", "u")] = None
    return list(found)


def _ways(syllables: Sequence[str]) -> Iterator[str]:
    """Whole, by initials, and for names some syllables whole and the others by initials."""
    initials = "".join(syllable[:1] for syllable in syllables)
    yield "".join(syllables)
    yield initials
    if len(syllables) <= _LONGEST_NAME:
        for whole in range(1, len(syllables)):
            yield "".join(syllables[:whole]) + initials[whole:]


def _syllables(text: str) -> list[str]:
    """Each sign's syllable as it is read within its word (重庆: chong, not zhong)."""
    from pypinyin.constants import PHRASES_DICT

    spoken = [_syllable(sign) for sign in text]
    place = 0
    while place < len(text) - 1:
        for length in range(min(_LONGEST_WORD, len(text) - place), 1, -1):
            word = text[place : place + length]
            if word in PHRASES_DICT:
                spoken[place : place + length] = _word(word)
                place += length - 1
                break
        place += 1
    return spoken


@lru_cache(maxsize=30_000)
def _word(word: str) -> tuple[str, ...]:
    from pypinyin.constants import PHRASES_DICT
    from pypinyin.contrib.tone_convert import to_normal

    return tuple(str(to_normal(reading[0])) for reading in PHRASES_DICT[word])


@lru_cache(maxsize=30_000)
def _syllable(character: str) -> str:
    """One character's usual reading without tone, ü as v; other signs in lower case."""
    if character.isascii():
        return character.lower()
    # Imported with the first Chinese name, not with the program: the dictionaries take 240 ms.
    from pypinyin import Style, pinyin

    return str(pinyin(character, style=Style.NORMAL)[0][0])
