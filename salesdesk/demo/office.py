"""Makes a demo office: invented, lively, dated relative to today, the same each time.

    with demo.make(Path("demo.office"), kind="property", scale=1) as workspace: ...

It is written in one transaction without a history, past the door that people's changes take: the
office has no past that anybody could undo.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Connection, func, select, update

from salesdesk.calc.periods import months_between
from salesdesk.customers import activities, customers
from salesdesk.customers.kinds import WALK_INS
from salesdesk.customers.leave import add_leave
from salesdesk.customers.tables import activity, customer, customer_phone
from salesdesk.demo import content as contents
from salesdesk.demo.bulk import Pile
from salesdesk.demo.content import Content
from salesdesk.demo.crowd import (
    ACTIVITY_COLUMNS,
    CUSTOMER_COLUMNS,
    PHONE_COLUMNS,
    Crowd,
    Days,
    Seller,
)
from salesdesk.demo.planned import Planner, Staff
from salesdesk.demo.profiles import PROFILES
from salesdesk.demo.sold import (
    DEAL_COLUMNS,
    PAYMENT_COLUMNS,
    PAYMENT_SHARE_COLUMNS,
    SHARE_COLUMNS,
    Ledger,
)
from salesdesk.errors import InputError
from salesdesk.office import calendar, founding, measures, people, settings
from salesdesk.office.tables import calendar_day
from salesdesk.planning.tables import hand_count
from salesdesk.sales import products
from salesdesk.sales.tables import deal, deal_share, payment, payment_share
from salesdesk.storage import row_sums, search_index, sqlite, triggers
from salesdesk.storage.history import Change
from salesdesk.text import _
from salesdesk.workspace import Workspace

#: Told how much of the whole is written; raises to cancel.
Progress = Callable[[int, int], None]
SEED = 20_260_101
_BULK = (customer, customer_phone, activity, deal, deal_share, payment, payment_share)
#: Skill of a team's members, its lead first, and how many days ago each of the twelve joined.
_SKILLS = ((12, 9, 8, 7), (11, 10, 8, 5), (10, 9, 7, 4))
_JOINED = ((2_900, 2_100, 1_900, 385), (2_600, 2_300, 1_850, 95), (2_400, 2_000, 1_880, 27))
_LATE = (1, 2)  # team and place of the one who is late with contacts
_AWAY, _COVER = (1, 0), (1, 1)  # on leave now, and who covers
_GONE = 150  # days since one of the first team left


def make(
    path: Path,
    *,
    kind: str = "property",
    name: str | None = None,
    scale: int = 1,
    today: date | None = None,
    password: str | None = None,
    progress: Progress = lambda done, of: None,
) -> Workspace:
    """A demo office at ``path``, open, its sales manager at work in it.

    ``scale`` multiplies customers, activities and deals. All or nothing: when it fails or is
    cancelled no file is left behind. Raises InputError (scale, kind) and OfficeFileError.
    """
    if not 1 <= scale <= 1_000:
        raise InputError(_("The scale of a demo office is from 1 to 1000."))
    rng = Random(SEED)
    if kind not in PROFILES:
        raise InputError(_("{kind} isn't a kind of office.").format(kind=kind))
    content = contents.load(kind, rng)

    def fill(workspace: Workspace) -> None:
        with workspace.unrecorded() as change:
            _Maker(change, content, kind, scale, today or date.today(), rng, progress).run()

    return founding.new_office(
        path,
        name=name or content.office,
        kind=kind,
        founder=content.staff[0],
        password=password,
        fill=fill,
    )


class _Maker:
    """One demo office being filled."""

    def __init__(
        self,
        change: Change,
        content: Content,
        kind: str,
        scale: int,
        today: date,
        rng: Random,
        progress: Progress,
    ) -> None:
        self.change, self.content, self.scale, self.rng = change, content, scale, rng
        self.today, self.progress = today, progress
        self.profile = PROFILES[kind]
        # Some months before the three years that month weights look back on: the first deals take
        # that long to come.
        self.first = date(today.year - 4, 8, 1)

    def run(self) -> None:
        """Fill the office."""
        _know_years(self.change, self.today)
        staff, sellers, away = self._people()
        product_ids = [
            products.add_product(
                self.change,
                article.name,
                category=article.category,
                unit=article.unit,
                price=article.price,
                cost=article.cost,
                profit_floor=article.floor,
                commission_rate=article.commission,
            )
            for article in self.content.articles
        ]
        work = calendar.work_calendar(self.change.connection)
        days = Days(self.first, self.today, work)
        crowd = Crowd(
            content=self.content,
            profile=self.profile,
            sellers=sellers,
            days=days,
            cadence=settings.read(self.change.connection).cadence,
            away=away,
            rng=self.rng,
        )
        ledger = Ledger(self.content, self.profile, product_ids, days, self.rng)
        db = self.change.connection
        # Counted by the indexes, so once these are there again.
        bulk = [table.name for table in _BULK]
        with triggers.off(db), search_index.off(db), sqlite.without_indexes(db, bulk):
            self._customers(crowd)
            self._deals(ledger, crowd)
        self._count_by_hand(staff, days)
        Planner(self.change, self.content, staff, self.today, self.rng).write()
        self._recent_changes(staff)
        row_sums.make(db)  # bulk rows are written past the change
        self.progress(100, 100)

    def _people(self) -> tuple[Staff, list[Seller], tuple[int, int, int, int]]:
        """Teams, people and the leave under way: (absent, first day, end day, cover)."""
        change, today = self.change, self.today.toordinal()
        manager = people.people(change.connection)[0]
        team_ids = [people.add_team(change, name) for name in self.content.teams]
        members: dict[int, list[Seller]] = {}
        names = {manager.id: manager.name}
        sellers = [Seller(manager.id, 0, 5, today - 4_000, None, 1.5)]
        staff = iter(self.content.staff[1:])
        for team, team_id in enumerate(team_ids):
            for place, skill in enumerate(_SKILLS[team]):
                name, joined = next(staff), today - _JOINED[team][place]
                person_id = people.add_person(
                    change,
                    name,
                    team_id=team_id,
                    phone=f"1380013{8_001 + len(names):04}",
                    joined_on=date.fromordinal(joined),
                )
                names[person_id] = name
                late = 3.0 if (team, place) == _LATE else 1.0
                seller = Seller(person_id, team_id, skill, joined, None, late)
                members.setdefault(team_id, []).append(seller)
                sellers.append(seller)
        people.add_person(
            change, next(staff), role="assistant", joined_on=date.fromordinal(today - 1_300)
        )
        gone = people.add_person(
            change, next(staff), team_id=team_ids[0], joined_on=date.fromordinal(today - 1_700)
        )
        left = today - _GONE
        people.edit_person(change, gone, seen_version=1, left_on=date.fromordinal(left))
        sellers.append(Seller(gone, team_ids[0], 6, today - 1_700, left))
        absent = members[team_ids[_AWAY[0]]][_AWAY[1]].id
        cover = members[team_ids[_COVER[0]]][_COVER[1]].id
        first, end = self.today - timedelta(days=2), self.today + timedelta(days=4)
        add_leave(change, absent, first, end, cover_id=cover, note=self.content.leave_note)
        return (
            Staff(team_ids, members, manager.id, names),
            sellers,
            (absent, first.toordinal(), end.toordinal(), cover),
        )

    def _customers(self, crowd: Crowd) -> None:
        db = self.change.connection
        rows = Pile(db, customer, CUSTOMER_COLUMNS)
        phones = Pile(db, customer_phone, PHONE_COLUMNS)
        done = Pile(db, activity, ACTIVITY_COLUMNS)
        crowd.phones, crowd.activities = phones.rows, done.rows
        count = self.profile.customers * self.scale
        for number, row in enumerate(crowd.stories(count), 1):
            rows.rows.append(row)
            if len(rows.rows) >= 2_000:
                rows.flush()
                phones.flush()
                done.flush()
                self.progress(60 * number // count, 100)
        rows.flush()
        phones.flush()
        for calls in crowd.cold_calls(self.scale):
            done.rows += calls
            done.sink()
        done.flush()
        _tell_repeated_walk_ins(db)
        self.progress(70, 100)

    def _deals(self, ledger: Ledger, crowd: Crowd) -> None:
        db = self.change.connection
        rows = Pile(db, deal, DEAL_COLUMNS)
        shares = Pile(db, deal_share, SHARE_COLUMNS)
        payments = Pile(db, payment, PAYMENT_COLUMNS)
        parts = Pile(db, payment_share, PAYMENT_SHARE_COLUMNS)
        ledger.shares, ledger.payments = shares.rows, payments.rows
        ledger.payment_shares = parts.rows
        for row in ledger.deals(crowd.orders):
            rows.rows.append(row)
            if len(rows.rows) >= 5_000:
                for pile in (rows, shares, payments, parts):
                    pile.flush()
        for pile in (rows, shares, payments, parts):
            pile.flush()
        crowd.orders.clear()
        self.progress(85, 100)

    def _count_by_hand(self, staff: Staff, days: Days) -> None:
        """A measure of the office's own, counted by hand on every working day of two months."""
        own = self.content.hand_measure
        measure_id = measures.add(self.change, own["name"], own["unit"])
        rows = []
        for month in months_between(self.today - timedelta(days=62), self.today):
            for day in range(month.start.toordinal(), month.end.toordinal()):
                if day > days.today or days.weights[day - days.first] == 0:
                    continue
                for seller in staff.sellers:
                    if seller.joined <= day and self.rng.random() < 0.6:
                        rows.append(
                            {
                                "measure_id": measure_id,
                                "person_id": seller.id,
                                "product_id": None,
                                "day": date.fromordinal(day),
                                "month": month.month_key,
                                "value": self.rng.randint(1, 4),
                                "note": own["note"],
                            }
                        )
        self.change.insert_many(hand_count, rows)

    def _recent_changes(self, staff: Staff) -> None:
        """A few changes that people made lately, with their history: something to look at, undo."""
        lead = staff.sellers[0]
        moment = datetime.combine(self.today, time(8, 40))
        due = customers.page(
            self.change.connection,
            customers.CustomerFilter(owner_id=lead.id, grade="C", state="potential"),
            limit=3,
        )
        changes = [
            (lead.id, staff.names[lead.id], one.id, moment - timedelta(minutes=7 * place))
            for place, one in enumerate(reversed(due), 1)
        ]
        for person_id, name, customer_id, at in reversed(changes):
            change = Change(self.change.connection, _("Log a call"), person_id, name, at)
            activities.log(
                change,
                person_id=person_id,
                kind="effective_call",
                customer_id=customer_id,
                words=self.content.words["effective_call"][customer_id % 5],
            )
            change.finish()


def _tell_repeated_walk_ins(db: Connection) -> None:
    """Mark the walk-ins of customers who had come before, all at once."""
    place = func.row_number().over(
        partition_by=activity.c.customer_id, order_by=(activity.c.at, activity.c.id)
    )
    walk_ins = (
        select(activity.c.id, place.label("place"))
        .where(activity.c.kind.in_(sorted(WALK_INS)), activity.c.customer_id.is_not(None))
        .subquery()
    )
    db.execute(
        update(activity)
        .where(activity.c.id.in_(select(walk_ins.c.id).where(walk_ins.c.place > 1)))
        .values(repeated=True)
    )


def _know_years(change: Change, today: date) -> None:
    """Where the calendar ends before next year, add the fixed statutory days provisionally."""
    known = calendar.work_calendar(change.connection)
    rows = [
        {"day": date(number, month, day), "working": False, "name": _(name), "provisional": True}
        for number in range(known.last_year + 1, today.year + 2)
        for month, day, name in (
            (1, 1, "New Year's Day"),
            (5, 1, "Labour Day"),
            (10, 1, "National Day"),
            (10, 2, "National Day"),
            (10, 3, "National Day"),
        )
    ]
    change.insert_many(calendar_day, rows)
