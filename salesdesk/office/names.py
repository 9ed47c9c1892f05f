"""Names: when two are the same, and how one is found by its characters, pinyin and initials.

Search keys are made once, when a row is saved; searching is then a plain LIKE on the stored key,
which ``storage/search_index.py`` makes quick.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import compress, count
from operator import add
from typing import Any, Protocol, TypeVar

from sqlalchemy import Table, select

from salesdesk.calc import texts
from salesdesk.errors import InputError
from salesdesk.storage.history import Change
from salesdesk.text import _, quoted

#: Names of up to so many characters are found by some syllables whole and the others' initials.
_LONGEST_NAME = 4
#: The longest word whose own reading is looked up.
_LONGEST_WORD = 4
#: What folding and normalising leave alone: most texts there are.
_PLAIN = re.compile("[ 0-9a-z\u4e00-\u9fff]*")
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
_OWN_SYLLABLES = {surname: tuple(reading.split()) for surname, reading in _SURNAMES.items()}


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
    if _PLAIN.fullmatch(name):
        return "".join(name.split())
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
    name = texts.line(_("The name {name}").format(name=quoted(name, 20)), name, longest)
    if not name:
        raise InputError(_("A name is missing."))
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
    for text in texts:
        parts += _readings(text)
    return " ".join(dict.fromkeys(parts))


def sort_key(text: str, *, surname: bool = True, longest: int = 80) -> str:
    """What a list is sorted by: folded, and before each Chinese character how it is read.

    Names stand where they are looked for, 张 under Z among Latin ones, and all 张 together, not
    mixed with 章. A word is read as such (重庆 under chong), and with ``surname`` the first
    characters as the name they are (单 under shan).
    """
    plain = fold(text)[:longest]
    if plain.isascii():
        return plain
    signs, spoken = _as_spoken(plain)
    own = _surname_of(plain) if surname else None
    if own is not None:
        spoken = (*own, *spoken[len(own) :])
    if spoken == signs:  # most texts: what stands for a sign needn't be looked at again
        return "".join(map(_sorted_sign, plain))[:longest]
    return "".join(map(_sign_as_read, plain, spoken))[:longest]


@lru_cache(maxsize=1_000)  # a row's search key and sort key ask one after the other
def fold(text: str) -> str:
    """Single spaces, lower case, full-width signs as plain ones, letters without their marks."""
    if _PLAIN.fullmatch(text):
        return " ".join(text.split())
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return " ".join(unicodedata.normalize("NFC", plain).casefold().split())


def matching_text(text: str) -> str:
    """What a person typed, as a LIKE pattern that matches anywhere; a backslash escapes."""
    cleaned = fold(texts.searched(text))
    for sign in ("\\", "%", "_"):
        cleaned = cleaned.replace(sign, f"\\{sign}")
    return f"%{cleaned}%"


def _readings(text: str) -> Iterable[str]:
    """Every way to type a text with Chinese characters in Latin letters; none for others."""
    if text.isascii():
        return ()
    if not _PLAIN.fullmatch(text):
        text = unicodedata.normalize("NFKC", text)
    compact = "".join(text.split())
    signs, spoken = _as_spoken(compact)
    ways = _ways(spoken)
    if ways[0] == compact:
        return ()
    if spoken != signs:
        ways += _ways(signs)
    own = _surname_of(compact)
    if own is not None:
        ways += _ways((*own, *spoken[len(own) :]))
    if "v" not in "".join(ways):
        return ways
    # ü is typed v, u or ü; what is searched for has no marks, and so u for ü.
    return [typed for way in ways for typed in (way, way.replace("v", "u"))]


def _ways(syllables: Sequence[str]) -> list[str]:
    """Whole, by initials, and for names some syllables whole and the others by initials."""
    initials = "".join([syllable[:1] for syllable in syllables])
    ways = ["".join(syllables), initials]
    if len(syllables) <= _LONGEST_NAME:
        begun = ""
        for whole, syllable in enumerate(syllables[:-1], 1):
            begun += syllable
            ways.append(begun + initials[whole:])
    return ways


def _surname_of(text: str) -> tuple[str, ...] | None:
    """The syllables of the surname a text begins with, if it sounds otherwise than usual."""
    return _OWN_SYLLABLES.get(text[:2]) or _OWN_SYLLABLES.get(text[:1])


@lru_cache(maxsize=1_000)  # as for folding
def _as_spoken(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The syllable of each sign of a text: as it is read alone, and within its word.

    重 is chong in 重庆, otherwise zhong.
    """
    signs = tuple(map(_syllable, text))
    # Few pairs of signs begin a word of the dictionary: only there longer ones are looked up.
    begins = map(_phrases()[1].__contains__, map(add, text, text[1:]))
    spoken: list[str] | None = None
    end = 0
    for place in compress(count(), begins):
        if place < end:
            continue
        length, syllables = _word_before(text[place : place + _LONGEST_WORD])
        end = place + length
        if syllables:
            spoken = spoken or list(signs)
            spoken[place:end] = syllables
    return signs, signs if spoken is None else tuple(spoken)


@lru_cache(maxsize=30_000)
def _word_before(text: str) -> tuple[int, tuple[str, ...]]:
    """The length of the longest word that ``text`` begins with, 0 without one, and its syllables.

    No syllables where the word is read as its signs are alone: 43,700 of 47,100 words.
    """
    phrases = _phrases()[0]
    for length in range(len(text), 1, -1):
        word = text[:length]
        if word in phrases:
            syllables = _word(word)
            return length, () if syllables == tuple(map(_syllable, word)) else syllables
    return 0, ()


@lru_cache(maxsize=1)
def _phrases() -> tuple[Mapping[str, Any], frozenset[str]]:
    """The words with readings of their own, and how they begin: few pairs of signs begin one."""
    from pypinyin.constants import PHRASES_DICT

    return PHRASES_DICT, frozenset(word[:2] for word in PHRASES_DICT)


@lru_cache(maxsize=30_000)
def _word(word: str) -> tuple[str, ...]:
    from pypinyin.contrib.tone_convert import to_normal

    return tuple(str(to_normal(reading[0])) for reading in _phrases()[0][word])


class _Kept(dict[str, str]):
    """What follows from one character, made when it is first asked for: never many entries."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, character: str) -> str:
        value = self[character] = self._make(character)
        return value


def _read_alone(character: str) -> str:
    """One character's usual reading without tone, ü as v; other signs in lower case."""
    if character.isascii():
        return character.lower()
    # Imported with the first Chinese name, not with the program: the dictionaries take 240 ms.
    from pypinyin import Style, pinyin

    return str(pinyin(character, style=Style.NORMAL)[0][0])


def _sign_as_read(sign: str, syllable: str) -> str:
    """A sign behind its reading; the space, before all letters, keeps zhan before zhang."""
    return sign if syllable == sign else f"{syllable} {sign}"


#: By character: how it is read alone, and how it is sorted then. Of ten thousand rows each asks a
#: dozen times, which a function of ours would make slow.
_syllable = _Kept(_read_alone).__getitem__
_sorted_sign = _Kept(lambda sign: _sign_as_read(sign, _syllable(sign))).__getitem__
