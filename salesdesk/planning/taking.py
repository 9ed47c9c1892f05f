"""What the recogniser offers for a plan's items, taken up as rules: never by itself.

An offer says what a sentence holds in people's terms ("talks", "商用笔记本", each person); to take
it, the measure is found, taken into use or made, the product or category found, and the rule
written by ``live.writing``, its figure becoming part of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Connection, select

from salesdesk.calc.periods import Period, previous, same_last_year
from salesdesk.errors import InputError, SalesDeskError
from salesdesk.office import measures
from salesdesk.office.measures import Measure
from salesdesk.office.names import same_name
from salesdesk.planning import items, plan_rules, plans, structure, wording
from salesdesk.planning.actuals import Key, summed
from salesdesk.planning.items import Item
from salesdesk.planning.live.floors import PRICE
from salesdesk.planning.live.rule import Draft, Rule
from salesdesk.planning.live.writing import Writer
from salesdesk.planning.places import Who
from salesdesk.planning.plans import Plan
from salesdesk.planning.reading import engine, outline
from salesdesk.planning.reading.offers import (
    ActionOffer,
    CadenceOffer,
    ContingencyOffer,
    FloorOffer,
    Offer,
    TargetOffer,
)
from salesdesk.planning.reading.telling import MEASURES, told
from salesdesk.planning.tables import plan as plan_table
from salesdesk.planning.tables import plan_item
from salesdesk.sales.tables import product
from salesdesk.storage.history import Change
from salesdesk.text import _

#: Which customers a cadence means that names no grade, by how people call them.
_STATES = (
    (re.compile(r"成交|签约|closed|signed", re.I), "closed"),
    (re.compile(r"潜在|意向|potential|prospect", re.I), "potential"),
    (re.compile(r"老|固定|长期|lasting|regular|existing", re.I), "lasting"),
    (re.compile(r"流失|lost", re.I), "lost"),
)
#: To write a summary every so often isn't a task, the plan owes it as a review.
_SUMMARY = re.compile(r"总结|小结|大结|summar", re.I)
_REVIEWED = ("week", "month", "quarter", "year")
#: What a contingency says of a figure that it watches: the attainment below so many per cent.
_WATCHED = re.compile(
    r"(?:完成率|达成率|完成|attainment|target)[^，,。;；]{0,12}?"
    r"(?:低于|不足|不到|未达到?|没达到?|below|under|less than)\s*"
    r"(?P<share>\d{1,2}(?:\.\d)?)\s*[%％]",
    re.I,
)
_MIDDLE = re.compile(r"月中|mid-?month|middle of the month", re.I)
_CONTINGENCY_LONGEST = 2_000


class Pick(NamedTuple):
    """An offer that is to be taken: the item's, and which of what is offered for it, from 0."""

    item_id: int
    nth: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A rule that an item's words hold and that it doesn't carry yet.

    ``words`` say what it becomes, ``source`` are the words it came from (``start`` to ``end`` in
    the item's text). ``refusal`` says why it can't be taken as it is; "" where it can.
    ``new_measure`` names a measure that the office doesn't use yet and would with it.
    """

    item_id: int
    nth: int
    offer: Offer
    words: str
    source: str
    start: int
    end: int
    refusal: str
    new_measure: str

    @property
    def pick(self) -> Pick:
        """What names it to :func:`take`."""
        return Pick(self.item_id, self.nth)


def offers(db: Connection, plan_id: int) -> list[Offered]:
    """What a plan's items offer beyond their rules, in order. Raises NotFoundError."""
    plan = plans.plan_by_id(db, plan_id)
    return _Reading(db, plan).offered()


def take(change: Change, plan_id: int, picks: Iterable[Pick], *, skip: bool = False) -> int:
    """Make rules of what is offered; how many were made.

    With ``skip`` those that can't be taken are left; else one refuses all. Raises InputError
    (naming the words that hold it), RightsError, NotFoundError.
    """
    plan = plans.plan_by_id(change.connection, plan_id)
    plan_rules.need_write(change, plan)
    wanted = set(picks)
    reading = _Reading(change.connection, plan)
    found = [offered for offered in reading.offered() if offered.pick in wanted]
    missing = wanted - {offered.pick for offered in found}
    if missing and not skip:
        raise InputError(_("The text has changed since: look at what it offers once more."))
    taken = 0
    writer = Writer(change, plan)
    for item_id in dict.fromkeys(offered.item_id for offered in found):
        mine = [offered for offered in found if offered.item_id == item_id]
        taken += _take_of_item(change, writer, reading, item_id, mine, skip)
    if taken:
        items.touch(change, plan)
        change.describe(_("Rules of {plan}").format(plan=plan.title))
    return taken


# -- reading ---------------------------------------------------------------------------------------


class _Reading:
    """A plan's items with what they offer; what offers name, found once."""

    def __init__(self, db: Connection, plan: Plan) -> None:
        self.db, self.plan = db, plan
        self.items = {item.id: item for item in items.of_plan(db, plan.id)}
        self.measures = {one.code: one for one in measures.measures(db, active_only=False)}
        rows = db.execute(select(product.c.id, product.c.name, product.c.category)).all()
        self.products = {row.name: row.id for row in rows}
        self.categories = {row.category for row in rows if row.category}

    def offered(self) -> list[Offered]:
        pieces = [
            outline.Item(item.level, item.text, item.kind == "heading")
            for item in self.items.values()
        ]
        read = engine.read(pieces, self.plan.period.start.year)
        found: list[Offered] = []
        for item, said in zip(self.items.values(), read, strict=True):
            if item.kind == "figures":
                continue
            for index, offer in enumerate(said.offers):
                if _carried(item, offer, self.plan):
                    continue
                found.append(
                    Offered(
                        item.id, index, offer, told(offer), item.text[offer.start : offer.end],
                        offer.start, offer.end, self.refusal(offer), self.new_measure(offer),
                    )
                )  # fmt: skip
        return found

    def measure_of(self, offer: TargetOffer) -> Measure | None:
        """The measure that a target counts by, None where the office has none such yet."""
        if offer.measure == "own":
            return next(
                (one for one in self.measures.values() if same_name(one.name, offer.name or "")),
                None,
            )
        return self.measures.get(offer.measure)

    def new_measure(self, offer: Offer) -> str:
        if not isinstance(offer, TargetOffer):
            return ""
        measure = self.measure_of(offer)
        if measure is None:
            return offer.name or _(MEASURES[offer.measure])
        return "" if measure.active else measure.name

    def refusal(self, offer: Offer) -> str:
        """Why an offer has no place in the plan; "" where it has."""
        if not isinstance(offer, TargetOffer):
            return ""
        try:
            whole = self.plan.period
            if offer.every is not None:
                kind = {"weekday": "day", "half_year": "quarter"}.get(offer.every, offer.every)
                order = ("year", "quarter", "month", "week", "day")
                if order.index(kind) < order.index(whole.kind):
                    raise InputError(
                        _("The plan is for {period}: a longer period's target has no place in "
                          "it.").format(period=whole.label)
                    )  # fmt: skip
        except SalesDeskError as error:
            return error.message
        return ""

    def goods(self, named: str | None) -> tuple[int | None, str]:
        """The product so called, else the category; what the office doesn't know is a category
        that none of its products has yet.
        """
        if not named:
            return None, ""
        for name, product_id in self.products.items():
            if same_name(name, named):
                return product_id, ""
        for category in sorted(self.categories, key=len, reverse=True):
            if same_name(category, named):
                return None, category
        return None, named[:60]


def _carried(item: Item, offer: Offer, plan: Plan) -> bool:
    """Whether the item has a rule for these words already."""
    if offer.figure is not None and any(
        span.start < offer.figure[1] and offer.figure[0] < span.end for span in item.spans
    ):
        return True
    if isinstance(offer, CadenceOffer):
        return any(
            rule.kind == "cadence" and rule.grade == (offer.grade or "") for rule in item.rules
        )
    if isinstance(offer, ActionOffer):
        kind = _review(offer)
        if kind and kind in plan.reviewed.split(","):
            return True
        return any(_says(item, rule, offer) for rule in item.rules)
    if isinstance(offer, ContingencyOffer):
        return any(
            rule.kind == "contingency" and (rule.words == offer.when or rule.words not in item.text)
            for rule in item.rules
        )
    return any(_same(rule, offer) for rule in item.rules)


def _says(item: Item, rule: Rule, offer: ActionOffer) -> bool:
    """Whether a rule says what an action offers.

    One that wasn't read from the text, but came from a template, says it in words of its own: then
    when it is done decides. The middle of the month may be when a contingency is looked at.
    """
    if rule.kind == "action" and rule.words == offer.words:
        return True
    if rule.words in item.text:
        return False
    if rule.kind == "contingency":
        return bool(rule.at) and rule.at == offer.at
    if rule.kind != "action":
        return False
    if rule.days is not None:
        return (rule.days, rule.at) == (offer.days, offer.at)
    return (rule.every, rule.step, rule.at) == (offer.every or "", offer.interval, offer.at or "")


def _same(rule: Rule, offer: Offer) -> bool:
    """Whether a rule without a figure in the words is what is offered."""
    return rule.kind == offer.rule and not rule.written


# -- writing ---------------------------------------------------------------------------------------


def _take_of_item(
    change: Change,
    writer: Writer,
    reading: _Reading,
    item_id: int,
    offered: Sequence[Offered],
    skip: bool,
) -> int:
    """Write one item's rules, and the figures into its words."""
    item = reading.items[item_id]
    number = max((rule.number for rule in item.rules), default=0)
    spans = list(item.spans)
    taken = 0
    for one in offered:
        try:
            if one.refusal:
                raise InputError(one.refusal)
            kind = _review(one.offer) if isinstance(one.offer, ActionOffer) else ""
            if kind:
                _owe(change, writer.plan, kind)
                taken += 1
                continue
            draft = _draft(change, writer, reading, one.offer)
            figure = one.offer.figure
            if figure is None or any(
                span.start < figure[1] and figure[0] < span.end for span in spans
            ):
                figure = None
            written = "" if figure is None else item.text[figure[0] : figure[1]]
            number += 1
            writer.add(item.id, number, replace(draft, written=written))
        except SalesDeskError as error:
            if skip:
                continue
            raise InputError(
                _("“{words}”: {what}").format(words=one.source, what=error.message)
            ) from error
        if figure is not None:
            spans.append(wording.Span(number, *figure))
        taken += 1
    change.update(plan_item, item.id, words=wording.with_figures(item.text, spans))
    return taken


def _draft(change: Change, writer: Writer, reading: _Reading, offer: Offer) -> Draft:
    if isinstance(offer, TargetOffer):
        return _target(change, writer, reading, offer)
    if isinstance(offer, CadenceOffer):
        return Draft(
            kind="cadence", days=offer.days, grade=offer.grade or "", state=_state(offer.of or "")
        )
    if isinstance(offer, FloorOffer):
        product_id, category = reading.goods(offer.of)
        value = None if offer.value is None else int(offer.value * 100)
        return Draft(
            kind="floor", value=value, product_id=product_id, category=category,
            at=PRICE if offer.measure == "price" else "",
        )  # fmt: skip
    if isinstance(offer, ActionOffer):
        return Draft(
            kind="action", every=offer.every or "", step=offer.interval, at=offer.at or "",
            days=offer.days, words=offer.words,
        )  # fmt: skip
    assert isinstance(offer, ContingencyOffer)
    return _contingency(writer, reading, offer)


def _target(change: Change, writer: Writer, reading: _Reading, offer: TargetOffer) -> Draft:
    measure = _measure(change, reading, offer)
    writer.know(measure)
    scale = 10**measure.digits
    product_id, category = reading.goods(offer.of)
    if offer.whom == "office" and writer.plan.who.level != "office":
        raise InputError(_("The plan isn't the office's."))
    growth = None
    if offer.growth is not None:
        growth = int(offer.growth * 100)
        value: int | None = _grown(change.connection, writer.plan, measure, offer)
    else:
        value = None if offer.value is None else _whole(offer.value * scale, measure)
    return Draft(
        kind="target", measure_id=measure.id, tier=offer.tier, value=value,
        highest=None if offer.to is None else _whole(offer.to * scale, measure),
        every=offer.every or "", step=offer.interval, period=offer.period or "",
        product_id=product_id, category=category,
        whom="each" if offer.whom == "each" and writer.plan.who.level != "person" else "",
        growth=growth, over=offer.over or "",
    )  # fmt: skip


def _measure(change: Change, reading: _Reading, offer: TargetOffer) -> Measure:
    """The measure that it counts by, taken into use or made where the office hasn't it."""
    known = reading.measure_of(offer)
    if known is not None and known.active:
        return known  # whoever writes a plan needn't be allowed to change what the office measures
    measure_id = measures.take_into_use(change, offer.measure, offer.name or "")
    found = measures.measure_by_id(change.connection, measure_id)
    reading.measures[found.code if offer.measure == "own" else offer.measure] = found
    return found


def _grown(db: Connection, plan: Plan, measure: Measure, offer: TargetOffer) -> int:
    """Last year's (or the last period's) actual, and so many per cent more.

    Raises InputError where nothing was achieved then.
    """
    period = plan.period
    base = previous(period) if offer.over == "last_period" else same_last_year(period)
    reached = _reached(db, plan, measure, base)
    if reached <= 0:
        raise InputError(
            _("Nothing was achieved in {period} to grow from: write the figure.").format(
                period=base.label
            )
        )
    assert offer.growth is not None
    grown = reached * (1 + offer.growth / 100)
    return int(grown / measure.step + Fraction(1, 2)) * measure.step


def _reached(db: Connection, plan: Plan, measure: Measure, base: Period) -> int:
    everyone = structure.read(db)
    who = Who(plan.who.team_id, plan.who.person_id)

    def places(key: Key) -> list[Who]:
        assert not isinstance(key.bucket, date)
        return [who] if who in everyone.wholes(key.person_id, key.bucket) else []

    found = summed(
        db, [measure], base.start, base.end, places, bucket="month", person_id=who.person_id
    )
    return found.get((measure.id, who), 0)


def _whole(value: Fraction, measure: Measure) -> int:
    if value.denominator != 1:
        raise InputError(
            _("{measure} isn't counted in parts that small.").format(measure=measure.name)
        )
    return value.numerator


def _state(named: str) -> str:
    for pattern, state in _STATES:
        if pattern.search(named):
            return state
    return ""


def _contingency(writer: Writer, reading: _Reading, offer: ContingencyOffer) -> Draft:
    """When it watches an attainment, that of the measure that the plan is about."""
    watched = _WATCHED.search(offer.when)
    measure = _main(writer, reading) if watched else None
    return Draft(
        kind="contingency",
        words=offer.when[:_CONTINGENCY_LONGEST],
        steps=offer.then[:_CONTINGENCY_LONGEST],
        measure_id=None if measure is None else measure.id,
        value=None if watched is None or measure is None else int(Fraction(watched["share"]) * 100),
        at="middle" if _MIDDLE.search(offer.when) else "",
    )


def _main(writer: Writer, reading: _Reading) -> Measure | None:
    """The measure that the plan's first target is of, else sales."""
    for item in reading.items.values():
        for rule in item.rules:
            if rule.kind == "target" and rule.measure_id:
                return writer.known.get(rule.measure_id)
    return reading.measures.get("amount")


def _review(offer: ActionOffer) -> str:
    """The kind of review that "a summary every week" asks for; "" where it asks for none."""
    if offer.every not in _REVIEWED or offer.interval != 1 or len(offer.words) > 16:
        return ""
    return offer.every if _SUMMARY.search(offer.words) else ""


def _owe(change: Change, plan: Plan, kind: str) -> None:
    """Let the plan owe a review of every period of a kind."""
    stored = plans.plan_by_id(change.connection, plan.id)
    owed = set(filter(None, stored.reviewed.split(","))) | {kind}
    change.update(plan_table, plan.id, reviewed=",".join(one for one in _REVIEWED if one in owed))
