"""A language's grammar, as data: read once from ``resources/reading`` and compiled."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from salesdesk.planning.reading.figures import Figures
from salesdesk.text import resources_folder


@dataclass(frozen=True, slots=True)
class Measure:
    """What a measure's figures go with: counting words, "money", "percent", "" for none."""

    code: str
    counters: frozenset[str]
    otherwise: str | None = None  # the measure that it is unless a most is said of it


@dataclass(frozen=True, slots=True)
class Period:
    """How often, or when: every ``interval`` periods, or one (``once``), perhaps by name."""

    start: int
    end: int
    every: str
    interval: int
    once: bool
    name: str | None


@dataclass(frozen=True, slots=True)
class Word:
    """A word that stands for a measure; ``weak`` for want of a better one, ``needs`` an object."""

    start: int
    end: int
    measure: Measure
    weak: bool
    verb: bool
    needs: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A word that says for whom, or which tier."""

    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Growth:
    """How growth over an earlier period is said, and which measures it is read of."""

    verbs: re.Pattern[str]
    level: re.Pattern[str]
    over: re.Pattern[str]
    over_last: re.Pattern[str]
    alone: re.Pattern[str]
    measures: frozenset[str]


class OwnWords:
    """How measures are told that the grammar doesn't know.

    ``strip`` takes away what isn't their name, ``ends`` cuts it off, ``never`` says that the
    clause tells of none, ``rate`` is what shares are called, and ``spans`` are units of time.
    """

    def __init__(self, data: Mapping[str, Any], compiled: Callable[[str], re.Pattern[str]]) -> None:
        self.strip, self.ends = compiled(data["strip"]), compiled(data["ends"])
        self.never, self.rate = compiled(data["never"]), compiled(data["rate"])
        self.goods = compiled(data["goods"]) if "goods" in data else None
        self.meant = compiled(data["meant"])
        self.part = compiled(data["part"])
        self.lengths = compiled(data["lengths"])
        self.spans = compiled(data["spans"])
        self.vague = compiled(data["vague"])
        self.spaced: bool = data.get("spaced", False)
        self.longest: int = data["longest"]


class Vocabulary:
    """Many words, found by their first letter: an alternation of hundreds is tried one by one.

    What a letter begins is compiled when a text first has it.
    """

    def __init__(self, words: Mapping[str, list[Measure]], edge: str, edge_end: str) -> None:
        self._measures = words
        self._edge, self._edge_end = edge, edge_end
        self._words: dict[str, list[str]] = {}
        for word in sorted(words, key=lambda word: (-len(word), word)):
            if not word[0].isalnum():
                raise ValueError(f"{word!r} doesn't begin with a letter")
            self._words.setdefault(word[0], []).append(word)
        self._patterns: dict[str, re.Pattern[str]] = {}

    def find(self, text: str) -> Iterator[tuple[int, int, list[Measure]]]:
        """Where words begin and end, the longest of those that begin at a place, and measures."""
        place = 0
        while place < len(text):
            letter = text[place]
            match = None
            if letter in self._words:
                match = self._pattern(letter).match(text, place)
            if match is None:
                place += 1
                continue
            word = self._words[letter][int((match.lastgroup or "w0")[1:])]
            yield place, match.end(), self._measures[word]
            place = match.end()

    def _pattern(self, letter: str) -> re.Pattern[str]:
        pattern = self._patterns.get(letter)
        if pattern is None:
            words = (f"(?P<w{number}>{word})" for number, word in enumerate(self._words[letter]))
            pattern = re.compile(f"{self._edge}(?:{'|'.join(words)}){self._edge_end}")
            self._patterns[letter] = pattern
        return pattern


class Grammar:
    """Everything that is asked of a sentence; patterns expect it in half width and lower case."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.figures = Figures(data["figures"])
        self._lists = {name: "|".join(words) for name, words in data["words"].items()}
        self.units: Mapping[str, str] = data["units"]
        self._unit = re.compile("|".join(sorted(self.units, key=len, reverse=True)))
        self.reach: int = data["figures"]["reach"]
        self.vague = frozenset(data["figures"].get("vague_counters", ()))
        self.units_sold = next(
            Measure(entry["code"], frozenset(entry["counters"]))
            for entry in data["measure"]
            if entry["code"] == "units"
        )
        self.left = self.compiled(f"(?:{data['figures']['left']})$")
        further = data["figures"].get("further")
        self.further = self.compiled(further or "(?!)")
        self.share = self.compiled(data["figures"].get("share", "(?!)"))
        self.apiece = self.compiled(f"(?:{data['figures'].get('apiece', '(?!)')})\\s*$")
        self.of_which = self.compiled(data["figures"].get("of_which", "(?!)"))
        self.condition = self.compiled(data["figures"].get("condition", "(?!)"))
        self.losses = self.compiled(data["figures"].get("losses", "(?!)"))
        measures = {entry["code"]: entry for entry in data["measure"]}
        self.slight = frozenset(data["figures"].get("slight", ()))
        self.shared_goods = frozenset(data["figures"].get("shared_goods", ()))
        self.goods = {
            unit: Measure(code, frozenset(measures[code]["counters"]))
            for unit, code in data["figures"].get("goods", {}).items()
        }
        self.time_units = frozenset(data["cadence"]["time_units"])
        self.own = OwnWords(data["own"], self.compiled) if "own" in data else None
        self.amount = next(
            Measure(entry["code"], frozenset(entry["counters"]))
            for entry in data["measure"]
            if entry["code"] == "amount"
        )
        self.plain = self.compiled(data["figures"].get("plain", "(?!)"))
        self.intended = self.compiled(data["figures"]["intended"])
        self.guards = {name: self.compiled(text) for name, text in data["guards"].items()}
        self._periods = data["period"]
        self._period = self._choice([entry["pattern"] for entry in data["period"]])
        self._whom = self._choice([entry["pattern"] for entry in data["whom"]])
        self._tier = self._choice([entry["pattern"] for entry in data["tier"]])
        self._word_kinds = [(kind, self._vocabulary(kind)) for kind in ("nouns", "verbs", "weak")]
        self._objects = {
            entry["code"]: self.compiled("|".join(entry["objects"]))
            for entry in data["measure"]
            if "objects" in entry
        }
        self._compile_rules(data)

    def _compile_rules(self, data: Mapping[str, Any]) -> None:
        """What the kinds of rule other than targets ask for."""
        cadence, floor, dated = data["cadence"], data["floor"], data["dated"]
        edge, edge_end = data.get("edge", ""), data.get("edge_end", "")
        self.products = self.compiled(f"{edge}{{products}}{edge_end}")
        self.growth = Growth(
            self.compiled(data["growth"]["verbs"]), self.compiled(data["growth"]["level"]),
            self.compiled(data["growth"]["over"]), self.compiled(data["growth"]["over_last"]),
            self.compiled(data["growth"].get("alone", "(?!)")),
            frozenset(data["growth"]["measures"]),
        )  # fmt: skip
        self.contact = self.compiled(f"{edge}{{contact}}{edge_end}")
        self.kinds = self.compiled(f"{edge}{{kinds}}{edge_end}")
        self.grade = self.compiled(cadence["grade"])
        self.times = self.compiled(cadence["times"])
        self.times_before = self.compiled(f"(?:{cadence['times']})\\s*$")
        self.bare = self.compiled(cadence["bare"])
        self.doers = self.compiled(cadence.get("doers", "(?!)"))
        self.half = self.compiled(cadence["half"])
        self.clause_end = re.compile("[,;。.]")
        self.times_words = frozenset(cadence.get("times_words", ()))
        self.time_units = frozenset(cadence["time_units"])
        self.per_piece = self.compiled(f"{edge}{{per_piece}}{edge_end}")
        self.floor_profit = self.compiled(floor["profit"])
        self.floor_price = self.compiled(floor["price"])
        self.refuse = self.compiled(floor.get("refuse", "(?!)"))
        self.earns = self.compiled(floor["earns"])
        self.none_lost = self.compiled(floor["none_lost"])
        self.floor_tail = self.compiled(f"(?:{floor.get('tail', '(?!)')})+$")
        self.floor_lead = self.compiled(f"(?:{floor['lead']})+")
        self.contingencies = [
            (self.compiled(entry["pattern"]), entry.get("need") != "none")
            for entry in data["contingency"]
        ]
        self.modal = self.compiled(f"{edge}{{modal}}{edge_end}")
        self.no_when = self.compiled(data["contingency_not"]["when"])
        self.no_then = self.compiled(data["contingency_not"]["then"])
        self.actions = self.compiled(f"{edge}{{actions}}")
        self.dated_actions = self.compiled(f"{edge}(?:{{actions}}|{{action_after}})")
        self.places = [(self.compiled(entry["pattern"]), entry) for entry in data["at"]]
        self.short = self.compiled(data["short"]["pattern"])
        self.due = self.compiled(data["short"]["due"])
        self.dated_day = self.compiled(dated["day"])
        self.dated_month_end = self.compiled(dated["month_end"])
        self.dated_quarter_end = self.compiled(dated.get("quarter_end", "(?!)"))
        self.dated_before = self.compiled(dated["before"])
        self.dated_within = self.compiled(dated.get("within", "(?!)"))
        signs = data.get("action_signs", {}).get("pattern", "(?!)")
        more = data.get("action_signs", {})
        self.more_days = self.compiled(more.get("more_days", "(?!)"))
        self.more_weekdays = self.compiled(more.get("more_weekdays", "(?!)"))
        self.joins = self.compiled(more.get("joins", "(?!)"))
        self.basis = self.compiled(more.get("basis", "(?!)"))
        self.by = self.compiled(more.get("by", "(?!)"))
        self.no_label = self.compiled(more.get("no_label", "(?!)"))
        self.no_action = self.compiled(more.get("never", "(?!)"))
        self.action_signs = self.compiled(signs)
        self.dated_after = [
            self.compiled(dated[name]) for name in ("after", "after_behind") if name in dated
        ]
        self._context = [(name, self.compiled(text)) for name, text in data["context"].items()]

    def context_of(self, text: str) -> str | None:
        """The period that a line says the plan is about, the last one named; None for none."""
        latest: tuple[int, str] | None = None
        for name, pattern in self._context:
            for match in pattern.finditer(text):
                if latest is None or match.start() > latest[0]:
                    latest = match.start(), name
        return None if latest is None else latest[1]

    def looks_back(self, text: str) -> bool:
        """Whether a heading is about what was."""
        return bool(self.guards["review"].search(text)) and not self.guards["review_no"].search(
            text
        )

    def aims(self, text: str) -> bool:
        """Whether a heading is about targets, so that figures below it need no word of will."""
        return bool(self.guards["aims"].search(text)) and not self.looks_back(text)

    def month_of(self, words: str) -> int | None:
        """The number of a month as written, None when there is none such."""
        number = self.figures.number_in(words)
        month = self.data.get("months", {}).get(words[:3]) if number is None else int(number)
        return month if month is not None and 1 <= month <= 12 else None

    def compiled(self, pattern: str) -> re.Pattern[str]:
        """The pattern, with the lists and ``{number}`` it names filled in."""
        for name, words in self._lists.items():
            pattern = pattern.replace(f"{{{name}}}", f"(?:{words})")
        return re.compile(pattern.replace("{number}", self.figures.number))

    def _choice(self, patterns: Sequence[str]) -> re.Pattern[str]:
        return self.compiled("|".join(f"(?P<n{i}>{text})" for i, text in enumerate(patterns)))

    def _vocabulary(self, kind: str) -> Vocabulary:
        """The words of a kind, and what each may stand for."""
        words: dict[str, list[Measure]] = {}
        for entry in self.data["measure"]:
            measure = Measure(entry["code"], frozenset(entry["counters"]), entry.get("otherwise"))
            for word in entry.get(kind, ()):
                words.setdefault(word, []).append(measure)
        return Vocabulary(words, self.data.get("edge", ""), self.data.get("edge_end", ""))

    def periods(self, text: str) -> list[Period]:
        """All that says how often or when, in its order."""
        return [self._period_of(match) for match in self._period.finditer(text)]

    def _period_of(self, match: re.Match[str]) -> Period:
        entry = self._periods[int((match.lastgroup or "n0")[1:])]
        words, interval = match[0], entry.get("interval", 1)
        every = entry.get("every") or self.unit_in(words)
        if entry.get("counted"):
            interval = int(self.figures.number_in(words) or 1)
        name = entry.get("period")
        if name in ("M", "Q"):
            number = self.figures.number_in(words)
            months: Mapping[str, int] = self.data.get("months", {})
            if number is None:
                named = (months[word[:3]] for word in words.split() if word[:3] in months)
                number = Fraction(next(named))
            name = f"{name}{number}"
        return Period(
            match.start(), match.end(), every, max(interval, 1), entry.get("once", False), name
        )

    def unit_in(self, words: str) -> str:
        """The unit of time that a few words name; "day" when none is found."""
        match = self._unit.search(words)
        return self.units[match[0]] if match else "day"

    def whom(self, text: str) -> list[Tag]:
        """All that says for whom, in its order."""
        return self._tags(self._whom, "whom", text)

    def tiers(self, text: str) -> list[Tag]:
        """All that says which tier, in its order."""
        return self._tags(self._tier, "tier", text)

    def _tags(self, pattern: re.Pattern[str], kind: str, text: str) -> list[Tag]:
        return [
            Tag(match.start(), match.end(),
                self.data[kind][int((match.lastgroup or "n0")[1:])][kind])
            for match in pattern.finditer(text)
        ]  # fmt: skip

    def words(self, text: str) -> list[Word]:
        """The words that stand for measures: nouns, verbs, and weak ones, in their order."""
        words: list[Word] = []
        for kind, vocabulary in self._word_kinds:
            verb, weak = kind != "nouns", kind == "weak"
            for start, end, measures in vocabulary.find(text):
                if self.share.match(text, end):
                    measures = [measure for measure in measures if "percent" in measure.counters]
                for measure in measures:
                    needs = self._objects.get(measure.code) if verb else None
                    words.append(Word(start, end, measure, weak, verb, needs))
        return sorted(words, key=lambda word: (word.start, -word.end, word.verb, word.weak))


@cache
def grammar(language: str) -> Grammar:
    """The grammar of "zh" or "en"."""
    path = resources_folder() / "reading" / f"{language}.toml"
    return Grammar(tomllib.loads(path.read_text(encoding="utf-8")))
