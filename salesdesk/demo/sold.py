"""The demo's deals as rows: stages, shares of people, payments due, received and overdue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from random import Random

from salesdesk.calc.shares import WHOLE, credited
from salesdesk.calc.split import split
from salesdesk.demo.content import Article, Content
from salesdesk.demo.crowd import Days, Order, Row
from salesdesk.demo.profiles import Profile

DEAL_COLUMNS = (
    "id", "customer_id", "product_id", "unit_label", "quantity", "amount", "cost", "commission",
    "intention_on", "intention_month", "subscribed_on", "subscribed_month", "contracted_on",
    "contracted_month", "cancelled_on", "cancelled_month", "cancel_reason", "note",
)  # fmt: skip
SHARE_COLUMNS = (
    "deal_id",
    "person_id",
    "basis_points",
    "amount",
    "cost",
    "commission",
    "quantity",
    "deals",
)
PAYMENT_COLUMNS = ("id", "deal_id", "amount", "due_on", "paid_on", "paid_month")
PAYMENT_SHARE_COLUMNS = ("payment_id", "person_id", "amount")


class Ledger:
    """Writes orders out in the order of their first days, so that ids grow with time."""

    def __init__(
        self,
        content: Content,
        profile: Profile,
        product_ids: Sequence[int],
        days: Days,
        rng: Random,
    ) -> None:
        self.content, self.profile, self.days, self.rng = content, profile, days, rng
        self.product_ids = product_ids
        self.shares: list[Row] = []
        self.payments: list[Row] = []
        self.payment_shares: list[Row] = []
        self._payment_id = 0
        self._labels = [0] * len(content.articles)

    def deals(self, orders: list[Order]) -> Iterable[Row]:
        """The deals' rows; their shares and payments gather in the lists."""
        orders.sort(key=attrgetter("first", "customer_id"))
        for deal_id, order in enumerate(orders, 1):
            yield self._deal(deal_id, order)

    def _deal(self, deal_id: int, order: Order) -> Row:
        article = self.content.articles[order.article]
        cost = article.cost * order.quantity
        commission = order.amount * article.commission // 10_000
        people = [(order.owner, order.basis_points)]
        if order.partner is not None:
            people.append((order.partner, WHOLE - order.basis_points))
        points = [person[1] for person in people]
        values = (order.amount, cost, commission, order.quantity * 100, 100)
        parts = [credited(value, points) for value in values] if order.partner else None
        for place, (person_id, own) in enumerate(people):
            mine = values if parts is None else tuple(part[place] for part in parts)
            self.shares.append((deal_id, person_id, own, *mine))
        self._pay(deal_id, order, people)
        text, month = self.days.text, self.days.month_key
        reasons = self.content.cancel_reasons
        return (
            deal_id,
            order.customer_id,
            self.product_ids[order.article],
            self._label(order.article, article),
            order.quantity,
            order.amount,
            cost,
            commission,
            text(order.intention),
            month(order.intention),
            text(order.subscribed),
            month(order.subscribed),
            text(order.contracted),
            month(order.contracted),
            text(order.cancelled),
            month(order.cancelled),
            reasons[int(self.rng.random() * len(reasons))] if order.cancelled else "",
            self.content.floor_note if order.below_floor else "",
        )

    def _pay(self, deal_id: int, order: Order, people: Sequence[tuple[int, int]]) -> None:
        """The payments a deal's stages have made due; a cancelled deal's are given back."""
        parts = self.profile.parts
        amounts = split(order.amount, [part.basis_points for part in parts])
        given = 0
        for part, amount in zip(parts, amounts, strict=True):
            base = order.subscribed if part.stage == "subscribed" else order.contracted
            if base is None:
                continue
            due = base + part.days
            paid: int | None = max(base, due + self._lateness())
            if paid is not None and paid > (order.cancelled or self.days.today):
                paid = None
            if order.cancelled is not None:
                if paid is None:
                    continue
                given += amount
            self._payment(deal_id, amount, due, paid, people)
        if given and order.cancelled is not None:
            back = order.cancelled + 5 + int(self.rng.random() * 12)
            self._payment(deal_id, -given, back, back if back <= self.days.today else None, people)

    def _payment(
        self,
        deal_id: int,
        amount: int,
        due: int,
        paid: int | None,
        people: Sequence[tuple[int, int]],
    ) -> None:
        self._payment_id += 1
        text = self.days.text
        self.payments.append(
            (self._payment_id, deal_id, amount, text(due), text(paid), self.days.month_key(paid))
        )
        amounts = [amount] if len(people) == 1 else split(amount, [person[1] for person in people])
        for (person_id, _points), mine in zip(people, amounts, strict=True):
            self.payment_shares.append((self._payment_id, person_id, mine))

    def _lateness(self) -> int:
        """Days between a payment's due day and the day it is received."""
        chance = self.rng.random()
        if chance < 0.7:
            return int(chance * 6) - 3
        if chance < 0.93:
            return int(3 + (chance - 0.7) * 70)
        return int(20 + (chance - 0.93) * 900)

    def _label(self, place: int, article: Article) -> str:
        """The label of a piece that is sold once: building, entrance and room, never twice."""
        if not self.profile.labelled:
            return ""
        number = self._labels[place]
        self._labels[place] += 1
        if article.addition:
            return f"{chr(ord('A') + place % 26)}-{number + 1:04}"
        # Rooms of a building are sold in a scattered order; 33 floors of 4 rooms, 2 entrances.
        building, room = divmod(number, 264)
        room = room * 97 % 264
        entrance, room = divmod(room, 132)
        return f"{building * 8 + place + 1}-{entrance + 1}-{room // 4 + 1}{room % 4 + 1:02}"
