"""Rules of a plan's items put in, changed and taken out by hand, the words following."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from sqlalchemy import select

from salesdesk.errors import InputError, NotFoundError
from salesdesk.planning import items, plan_rules, plans, wording
from salesdesk.planning.items import Item
from salesdesk.planning.live.rule import Draft
from salesdesk.planning.live.writing import Writer, rule_of_plan
from salesdesk.planning.tables import plan_item
from salesdesk.storage.history import Change
from salesdesk.text import _


def add(change: Change, item_id: int, draft: Draft) -> int:
    """Give an item a rule; where its words hold the figure, that is the rule's; the rule's id.

    Raises NotFoundError, InputError (what no rule may say, a range that the words don't hold),
    RightsError.
    """
    plan_id = change.connection.execute(
        select(plan_item.c.plan_id).where(plan_item.c.id == item_id)
    ).scalar()
    if plan_id is None:
        raise NotFoundError(_("There is no item number {id}.").format(id=item_id))
    plan = plans.plan_by_id(change.connection, plan_id)
    plan_rules.need_write(change, plan)
    item = _item(change, plan_id, item_id)
    writer = Writer(change, plan)
    number = max((rule.number for rule in item.rules), default=0) + 1
    figure = _figure_of(writer, item, draft)
    if figure is None and draft.highest is not None:
        raise InputError(_("Write the range into the item's words first."))
    written = "" if figure is None else item.text[figure[0] : figure[1]]
    rule_id = writer.add(item_id, number, replace(draft, written=written))
    if figure is not None:
        spans = [*item.spans, wording.Span(number, *figure)]
        change.update(plan_item, item_id, words=wording.with_figures(item.text, spans))
    _told(change, plan)
    return rule_id


def edit(change: Change, rule_id: int, draft: Draft) -> None:
    """Let a rule say something else of its kind; the figure in the words follows.

    Raises NotFoundError, InputError (what no rule may say, another kind, a range where the words
    hold no figure), RightsError.
    """
    plan, rule = rule_of_plan(change, rule_id)
    if draft.kind != rule.kind:
        raise InputError(_("A rule stays of its kind: remove it, and add another."))
    writer = Writer(change, plan)
    written = rule.written
    if written:
        low, high = _numbers(writer, draft)
        written = wording.write_figure(written, low, high)
    elif draft.highest is not None:
        raise InputError(_("Write the range into the item's words first."))
    writer.edit(rule, replace(draft, written=written, growth=None, over=""))
    _told(change, plan)


def remove(change: Change, rule_id: int, *, keep_targets: bool = False) -> None:
    """Take a rule from its item, whose words stay; its targets go too unless ``keep_targets``.

    Raises NotFoundError, RightsError, InputError (targets that are locked or closed).
    """
    plan, rule = rule_of_plan(change, rule_id)
    item = _item(change, plan.id, rule.item_id)
    Writer(change, plan).remove(rule, keep_targets=keep_targets)
    spans = [span for span in item.spans if span.number != rule.number]
    change.update(plan_item, item.id, words=wording.with_figures(item.text, spans))
    _told(change, plan)


# -- within ----------------------------------------------------------------------------------------


def _item(change: Change, plan_id: int, item_id: int) -> Item:
    return next(item for item in items.of_plan(change.connection, plan_id) if item.id == item_id)


def _told(change: Change, plan: plans.Plan) -> None:
    items.touch(change, plan)
    change.describe(_("Rules of {plan}").format(plan=plan.title))


def _numbers(writer: Writer, draft: Draft) -> tuple[Fraction | None, Fraction | None]:
    """The value and the upper end of a draft in people's units."""
    if draft.kind == "cadence":
        return (None if draft.days is None else Fraction(draft.days)), None
    scale = 100
    if draft.kind == "target":
        measure = writer.known.get(draft.measure_id or 0)
        scale = 10**measure.digits if measure is not None else 1
    low, high = (
        None if value is None else Fraction(value, scale) for value in (draft.value, draft.highest)
    )
    return low, high


def _figure_of(writer: Writer, item: Item, draft: Draft) -> tuple[int, int] | None:
    """Where the item's words hold the draft's figure, outside the figures of other rules."""
    low, high = _numbers(writer, draft)
    if low is None or draft.kind == "contingency":
        return None
    for start, end in wording.figures_in(item.text):
        if any(span.start < end and start < span.end for span in item.spans):
            continue
        if wording.read_figure(item.text[start:end]) == (low, high):
            return start, end
    return None
