"""Search keys: a name is found by its characters, its pinyin and its initials.

Made once, when a row is saved; searching is then a plain LIKE on the stored key.
"""

from __future__ import annotations

from functools import lru_cache

# Characters that sound differently as a surname than in other words (Tongyong usage of the
# common surname dictionaries): both readings go into the key.
_SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "任": "ren", "区": "ou",
    "朴": "piao", "盖": "ge", "翟": "zhai", "尉": "yu", "覃": "qin", "乐": "yue", "缪": "miao",
    "员": "yun", "纪": "ji", "宁": "ning", "华": "hua", "种": "chong", "秘": "bi", "冼": "xian",
    "折": "she", "黑": "he", "洗": "xian", "重": "chong", "尹": "yin", "长": "chang", "万": "wan",
}  # fmt: skip


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
