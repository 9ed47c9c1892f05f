"""A plan's items: its outline, piece by piece, read and written.

An item's figures are those of its rules (``live``): whoever writes other words with another figure
sets the rule, and whoever sets the target in the grid finds the sentence saying so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from salesdesk.calc import texts
from salesdesk.errors import InputError, SalesDeskError
from salesdesk.office import measures
from salesdesk.planning import figures_spec, outlines, plan_rules, plans, target_rules, wording
from salesdesk.planning.live import rule as rules
from salesdesk.planning.live.rule import Rule
from salesdesk.planning.live.writing import Writer
from salesdesk.planning.outlines import DEEPEST, KINDS, Line
from salesdesk.planning.tables import plan as plan_table
from salesdesk.planning.tables import plan_comment, plan_item
from salesdesk.storage.history import Change
from salesdesk.text import _

#: How many items a plan has at most, and how long one is, in characters.
MOST, LONGEST = 2_000, 20_000


class LineError(InputError):
    """What is wrong with one line of an outline; ``index`` counts the lines from 0."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(_("Line {number}: {what}").format(number=index + 1, what=message))
        self.index = index
        self.what = message


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of a plan: its words as people read them, where its figures stand, its rules."""

    id: int
    kind: str
    level: int
    text: str
    spans: tuple[wording.Span, ...]
    rules: tuple[Rule, ...]
    words: str  # as stored

    @property
    def line(self) -> Line:
        """The item as a line of the outline."""
        return Line(self.kind, self.level, self.text, self.id)

    def rule_of(self, number: int) -> Rule | None:
        """The rule whose figure is ``number`` in the words."""
        return next((rule for rule in self.rules if rule.number == number), None)


def of_plan(db: Connection, plan_id: int) -> list[Item]:
    """A plan's items in their order. Raises NotFoundError."""
    plan = plans.plan_by_id(db, plan_id)
    known = {measure.id: measure for measure in measures.measures(db, active_only=False)}
    by_item: dict[int, list[Rule]] = {}
    for rule in rules.of_plan(db, plan):
        by_item.setdefault(rule.item_id, []).append(rule)
    rows = db.execute(
        select(plan_item)
        .where(plan_item.c.plan_id == plan_id)
        .order_by(plan_item.c.position, plan_item.c.id)
    )
    found = []
    for row in rows:
        own = tuple(by_item.get(row.id, ()))
        figures = {rule.number: rule.figure(known) for rule in own}
        shown = wording.shown(row.words, figures)
        found.append(Item(row.id, row.kind, row.level, shown.text, shown.spans, own, row.words))
    return found


def text_of(db: Connection, plan_id: int) -> str:
    """The plan's text, as ``outlines`` writes one. Raises NotFoundError."""
    return outlines.as_text(item.line for item in of_plan(db, plan_id))


def write(change: Change, plan_id: int, lines: Sequence[Line], *, seen_version: int) -> list[int]:
    """Let a plan have these items, in this order; their ids.

    A line with an ``id`` is the item it was: where its text was edited, the figures in it set their
    rules, and a rule whose figure is gone goes too. A line with an id that another line before it
    has is a new item (it was copied). What no line names is deleted.
    Raises LineError (a figure that its rule can't have, words too long), InputError (too many
    lines, a plan that takes no change), RightsError, ConflictError, NotFoundError.
    """
    plan = plans.plan_by_id(change.connection, plan_id)
    plan_rules.need_write(change, plan)
    if len(lines) > MOST:
        raise InputError(_("A plan has at most {most} lines.").format(most=MOST))
    texts.whole(_("The text"), "\n".join(line.text for line in lines), target_rules.LONGEST_TEXT)
    before = {item.id: item for item in of_plan(change.connection, plan_id)}
    writer = Writer(change, plan)
    ids: list[int] = []
    kept: set[int] = set()
    new: list[tuple[int, dict[str, object]]] = []
    moved: dict[int, dict[str, object]] = {}
    for index, line in enumerate(lines):
        _check(index, line)
        item = before.get(line.id) if line.id is not None and line.id not in kept else None
        place = {"position": index, "level": line.level, "kind": line.kind}
        if item is None:
            new.append((index, {**place, "plan_id": plan_id, "words": wording.plain(line.text)}))
            ids.append(0)
            continue
        kept.add(item.id)
        ids.append(item.id)
        words = item.words
        if line.text != item.text:
            words = _edited(writer, index, item, line.text)
        moved[item.id] = {**place, "words": words}
    gone = [item for item in before.values() if item.id not in kept]
    for item in gone:
        _delete(change, writer, item)
    for (index, _row), row_id in zip(
        new, change.insert_many(plan_item, [row for _index, row in new]), strict=True
    ):
        ids[index] = row_id
    altered = bool(change.update_many(plan_item, moved)) or bool(new) or bool(gone)
    if altered:
        touch(change, plan, seen_version=seen_version)
    return ids


def write_text(change: Change, plan_id: int, text: str, *, seen_version: int) -> list[int]:
    """Let a plan have the outline that a text writes.

    Lines that are as they were keep their items and rules, and so does a line that was edited
    between two that weren't. Raises as :func:`write`.
    """
    before = of_plan(change.connection, plan_id)
    return write(
        change, plan_id, matched(before, outlines.of_text(text)), seen_version=seen_version
    )


def matched(before: Sequence[Item], lines: Sequence[Line]) -> list[Line]:
    """The lines with the ids of the items that they were, by what stands around them."""
    answer = [Line(line.kind, line.level, line.text) for line in lines]
    for was, now in outlines.paired([item.text for item in before], [line.text for line in lines]):
        if was is not None and now is not None:
            answer[now] = replace(answer[now], id=before[was].id)
    return answer


def touch(change: Change, plan: plans.Plan, *, seen_version: int | None = None) -> None:
    """Count a writing of the items, so that who writes over it unseen is told.

    Raises InputError, RightsError (the plan takes no change), ConflictError.
    """
    plan_rules.need_write(change, plan)
    wordings = change.connection.execute(
        select(plan_table.c.wording).where(plan_table.c.id == plan.id)
    ).scalar_one()
    if seen_version is None:
        change.update(plan_table, plan.id, wording=wordings + 1)
    else:
        change.update(plan_table, plan.id, seen_version=seen_version, wording=wordings + 1)
    change.describe(_("Text of {plan}").format(plan=plan.title))


def copied(change: Change, source_id: int, plan_id: int, *, with_values: bool = True) -> None:
    """Give a plan without items those of another, with their rules.

    A rule that has no place in the new plan's period stays as words alone. Raises InputError (the
    plan takes no change, or has items), RightsError, NotFoundError.
    """
    plan = plans.plan_by_id(change.connection, plan_id)
    plan_rules.need_write(change, plan)
    if of_plan(change.connection, plan_id):
        raise InputError(_("“{title}” has a text already.").format(title=plan.title))
    writer = Writer(change, plan)
    source = of_plan(change.connection, source_id)
    ids = change.insert_many(
        plan_item,
        [
            {"plan_id": plan_id, "position": position, "level": item.level, "kind": item.kind,
             "words": item.words}
            for position, item in enumerate(source)
        ],
    )  # fmt: skip
    for item, item_id in zip(source, ids, strict=True):
        dropped = []
        for rule in item.rules:
            draft = rules.draft_of(rule, with_value=with_values)
            try:
                writer.add(item_id, rule.number, draft)
            except SalesDeskError:
                dropped.append(rule.number)
        if dropped:
            spans = [span for span in item.spans if span.number not in dropped]
            change.update(plan_item, item_id, words=wording.with_figures(item.text, spans))
    change.describe(_("Text of {plan}").format(plan=plan.title))


# -- within ----------------------------------------------------------------------------------------


def _check(index: int, line: Line) -> None:
    if line.kind not in KINDS:
        raise LineError(index, _("There is no such kind of item."))
    if not 0 <= line.level <= DEEPEST:
        raise LineError(index, _("It lies too deep."))
    try:
        texts.whole(_("The line"), line.text, LONGEST)
    except SalesDeskError as error:
        raise LineError(index, error.message) from error
    if line.kind == "figures":
        try:
            figures_spec.spec_of(line.text)
        except InputError as error:
            raise LineError(index, error.message) from error
    if "\n" in line.text:
        raise LineError(index, _("An item is one line."))


def _edited(writer: Writer, index: int, item: Item, text: str) -> str:
    """Set the rules by the figures in the item's new text; the words as they are to be stored."""
    edited = wording.edited(wording.Shown(item.text, item.spans), text)
    had = {span.number for span in item.spans}
    before = {span.number: item.text[span.start : span.end] for span in item.spans}
    for number in sorted(had):
        rule = item.rule_of(number)
        if rule is None:
            continue
        figure = edited.figures.get(number)
        try:
            if figure is None:
                writer.remove(rule)
            elif figure != before[number]:
                if wording.read_figure(figure)[0] is None:
                    continue  # a blank that is written in another way
                writer.set_figure(rule, figure)
        except SalesDeskError as error:
            raise LineError(index, error.message) from error
    return edited.words


def _delete(change: Change, writer: Writer, item: Item) -> None:
    for rule in item.rules:
        writer.remove(rule)
    said = change.connection.execute(
        select(plan_comment.c.id).where(plan_comment.c.plan_item_id == item.id)
    ).scalars()
    change.update_many(plan_comment, {row_id: {"plan_item_id": None} for row_id in said})
    change.delete(plan_item, item.id)
