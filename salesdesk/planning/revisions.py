"""Revisions: an approved plan changes only by one, with its reason, and any two are compared.

What is kept is the plan as it was approved (``as_approved``), under the number it had. The highest
number is the plan as it is now, which is kept nowhere but in its own rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import NamedTuple

from sqlalchemy import Connection, select

from salesdesk.calc.periods import KINDS, Period
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import measures
from salesdesk.office.measures import Measure
from salesdesk.office.tables import person, team
from salesdesk.planning import as_approved, deciding, outlines, plans, tasks
from salesdesk.planning.as_approved import Contents, KeptItem
from salesdesk.planning.live import rule as rules
from salesdesk.planning.live import states, view
from salesdesk.planning.live.rule import Draft, Rule
from salesdesk.planning.live.view import Names
from salesdesk.planning.places import TIERS
from salesdesk.planning.tables import plan_revision
from salesdesk.planning.targets import StoredWho, stored_period
from salesdesk.sales.tables import product
from salesdesk.storage.history import Change
from salesdesk.text import _

#: What words are made of when they are compared: a word, a number, or one sign.
_WORD = re.compile(r"[A-Za-z]+|\d[\d,.]*|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision that was approved once: why and by whom it was taken up again."""

    number: int
    reason: str
    words: str
    person_name: str
    made_at: datetime


class Piece(NamedTuple):
    """A stretch of a line; ``changed`` where the other side reads otherwise."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line on both sides; ``what`` is same, changed, added or removed.

    The side that doesn't have the line is None. Where the line's rules differ, they stand there as
    they read.
    """

    what: str
    before: KeptItem | None
    after: KeptItem | None
    before_pieces: Sequence[Piece] = ()
    after_pieces: Sequence[Piece] = ()
    before_rules: Sequence[str] = ()
    after_rules: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A target that differs: whose, of what, when; None where a side has none."""

    whose: str
    measure: Measure
    tier: str
    period: Period
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two revisions of a plan, ``after`` None for the plan as it is now."""

    before: int
    after: int | None
    titles: tuple[str, str]
    lines: Sequence[LineChange]
    figures: Sequence[FigureChange]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return (
            self.titles[0] == self.titles[1]
            and not self.figures
            and all(line.what == "same" for line in self.lines)
        )


def revise(change: Change, plan_id: int, reason: str, words: str) -> None:
    """Take an approved plan up again as a new revision.

    ``reason`` is one of ``plans.REASONS``. Raises InputError (it isn't approved, no reason, no
    words), RightsError, NotFoundError.
    """
    deciding.take_back(change, plan_id, reason, words)


def activate(change: Change, rule_id: int, words: str = "") -> int:
    """Say that what a plan prepared for has happened: a revision, its steps to be done today.

    Without ``words`` the rule's own say what happened. The steps become tasks of whoever the rule
    names, else of the plan's owner, else of who says so. How many there are. Raises InputError (it
    is no contingency, its plan isn't approved), RightsError, NotFoundError.
    """
    db = change.connection
    plan, rule = rules.plan_and_rule(db, rule_id)
    if rule.kind != "contingency":
        raise InputError(_("That isn't something that was prepared for."))
    if plan.status != "approved":
        raise InputError(
            _("“{title}” isn't approved: what it prepares for isn't in force.").format(
                title=plan.title
            )
        )
    with change.told_as(_("It happened: {words}").format(words=rule.words)):
        steps = tasks.arise(change, rule_id, change.now.date(), person_id=change.person_id)
        deciding.take_back(change, plan.id, "contingency", words.strip() or rule.words)
    return len(steps)


def contingencies(db: Connection, plan_id: int) -> list[Rule]:
    """What a plan prepares for. Raises NotFoundError."""
    plan = plans.plan_by_id(db, plan_id)
    return [rule for rule in rules.of_plan(db, plan) if rule.kind == "contingency"]


def history(db: Connection, plan_id: int) -> list[Revision]:
    """The revisions that were taken up again, the latest first. Raises NotFoundError."""
    plans.plan_by_id(db, plan_id)
    rows = db.execute(
        select(
            plan_revision.c.number,
            plan_revision.c.reason,
            plan_revision.c.words,
            person.c.name,
            plan_revision.c.made_at,
        )
        .outerjoin(person, person.c.id == plan_revision.c.person_id)
        .where(plan_revision.c.plan_id == plan_id)
        .order_by(plan_revision.c.number.desc(), plan_revision.c.id.desc())
    )
    return [
        Revision(row.number, row.reason, row.words, row.name or "", row.made_at) for row in rows
    ]


def compare(db: Connection, plan_id: int, before: int, after: int | None = None) -> Comparison:
    """What differs between two revisions by number; ``after`` None is the plan as it is now.

    Raises NotFoundError (no such plan or revision), InputError (a damaged one).
    """
    plan = plans.plan_by_id(db, plan_id)
    if after == plan.revision:
        after = None
    old = _contents(db, plan, before)
    new = _contents(db, plan, after)
    return Comparison(
        before,
        after,
        (old.title, new.title),
        list(_lines(old.items, new.items, view.names(db))),
        _figures(db, old, new),
    )


def words_differ(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Two lines word by word: the pieces of each, and which of them the other doesn't have."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for code, first, last, start, end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        changed = code != "equal"
        for pieces, text in ((left, "".join(old[first:last])), (right, "".join(new[start:end]))):
            if text:
                pieces.append(Piece(text, changed))
    return left, right


# -- within ----------------------------------------------------------------------------------------


def _contents(db: Connection, plan: plans.Plan, number: int | None) -> Contents:
    if number is None or number == plan.revision:
        return as_approved.now(db, plan.id)
    text = db.execute(
        select(plan_revision.c.contents).where(
            plan_revision.c.plan_id == plan.id, plan_revision.c.number == number
        )
    ).scalar()
    if text is None:
        raise NotFoundError(
            _("“{title}” has no revision {number}.").format(title=plan.title, number=number)
        )
    return as_approved.read(text)


def _lines(old: Sequence[KeptItem], new: Sequence[KeptItem], names: Names) -> Iterator[LineChange]:
    """The lines of both, side by side in their order."""
    texts = [line.text for line in old], [line.text for line in new]
    for was, now in outlines.paired(*texts):
        before = None if was is None else old[was]
        after = None if now is None else new[now]
        if before is None or after is None:
            yield LineChange(
                "added" if before is None else "removed", before, after, _whole(before),
                _whole(after),
            )  # fmt: skip
        else:
            pieces = words_differ(before.text, after.text)
            rules_before, rules_after = _drafts(before), _drafts(after)
            if rules_before != rules_after:
                said = [
                    [states.reads(rule, names) for rule in side.rules if rule.kind in rules.KINDS]
                    for side in (before, after)
                ]
                yield LineChange("changed", before, after, *pieces, *said)
                continue
            same = (before.kind, before.level) == (after.kind, after.level)
            what = "same" if same and before.text == after.text else "changed"
            yield LineChange(what, before, after, *pieces)


def _drafts(line: KeptItem) -> list[Draft]:
    """What the rules of a line say, without which rows they are."""
    return [rules.draft_of(rule) for rule in line.rules]


def _whole(line: KeptItem | None) -> Sequence[Piece]:
    """All of a line that the other side doesn't have."""
    return () if line is None else (Piece(line.text, True),)


def _figures(db: Connection, old: Contents, new: Contents) -> list[FigureChange]:
    """The targets that differ, by measure, tier, whose and period."""
    known = {measure.id: measure for measure in measures.measures(db, active_only=False)}
    names = _Names(db)
    found = []
    for measure_id, tier in sorted({*old.targets, *new.targets}):
        before = old.targets.get((measure_id, tier), {})
        after = new.targets.get((measure_id, tier), {})
        for who in {*before, *after}:
            was, now = before.get(who, {}), after.get(who, {})
            for key in {*was, *now}:
                if was.get(key) != now.get(key):
                    kind, day = key.split("/")
                    period = stored_period(kind, date.fromisoformat(day))
                    found.append(
                        FigureChange(
                            names.of(who), known[measure_id], tier, period,
                            was.get(key), now.get(key),
                        )
                    )  # fmt: skip
    tiers = list(TIERS)
    return sorted(
        found,
        key=lambda one: (
            one.measure.position, one.measure.id, tiers.index(one.tier), one.whose,
            KINDS.index(one.period.kind), one.period.start,
        ),
    )  # fmt: skip


class _Names:
    """How rows are called, each table read when it is first needed."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._kept: dict[str, Mapping[int, str]] = {}

    def of(self, who: StoredWho) -> str:
        """Whose a target is, in words."""
        team_id, person_id, product_id, category = who
        if person_id is not None:
            name = self._read("person").get(person_id, "")
        elif team_id is not None:
            name = self._read("team").get(team_id, "")
        else:
            name = _("Whole office")
        what = category if product_id is None else self._read("product").get(product_id, "")
        return f"{name} / {what}" if what else name

    def _read(self, what: str) -> Mapping[int, str]:
        if what not in self._kept:
            table = {"person": person, "team": team, "product": product}[what]
            rows = self._db.execute(select(table.c.id, table.c.name).order_by(table.c.id))
            self._kept[what] = {row.id: row.name for row in rows}
        return self._kept[what]
