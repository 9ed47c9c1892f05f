"""Tasks: what is to be done on which day, by whom, and what became of it.

Most come from the actions of running plans. Those aren't stored before somebody touches them: an
action's days are reckoned (``live.recurrence``), and a row stands for one of them once it was done,
moved or dropped. Others are entered by themselves, or by a summary that puts something right.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, func, or_, select

from salesdesk.customers.tables import customer
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import calendar, months, people, rights
from salesdesk.office.tables import approval, person
from salesdesk.planning import plan_rules, plans, target_rules
from salesdesk.planning.live import recurrence, rule
from salesdesk.planning.live.rule import Rule
from salesdesk.planning.places import OFFICE, Who
from salesdesk.planning.plans import Plan
from salesdesk.planning.tables import item_rule, plan_item, task
from salesdesk.planning.tables import plan as plan_table
from salesdesk.storage.edits import UNSET, Unset, after, given
from salesdesk.storage.expressions import among
from salesdesk.storage.history import Change
from salesdesk.text import _, mark, quoted

KINDS: Mapping[str, str] = {
    "": mark("Task"),
    "visit": mark("Visit"),
    "talk": mark("Talk"),
    "training": mark("Training"),
    "quick_win": mark("Quick win"),
    "corrective": mark("Corrective action"),
}
STATUSES: Mapping[str, str] = {
    "open": mark("Open"),
    "done": mark("Done"),
    "dropped": mark("Dropped"),
}
LONGEST = 500
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_REF = re.compile(
    r"(?P<id>[0-9]{1,9})|[Rr](?P<rule>[0-9]{1,9})@(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
)
#: Quarterly actions have their latest day within so many days.
_LOOK_BACK = timedelta(days=100)
#: Plans whose actions are to be done.
_RUNNING = ("submitted", "approved")


class Ref(NamedTuple):
    """A task: the row ``id``, or the day that the action of a rule falls on."""

    id: int | None = None
    rule_id: int | None = None
    occurrence: date | None = None

    @property
    def text(self) -> str:
        """As people name it: "12", or "R7@2026-11-06" for a day that no row stands for yet."""
        if self.id is not None or self.occurrence is None:
            return str(self.id or "")
        return f"R{self.rule_id}@{self.occurrence.isoformat()}"


def ref_of(text: str) -> Ref:
    """What :attr:`Ref.text` names. Raises InputError."""
    found = _REF.fullmatch(text.strip())
    with suppress(ValueError):  # a day that no month has
        if found is not None and found["id"]:
            return Ref(int(found["id"]))
        if found is not None:
            return Ref(None, int(found["rule"]), date.fromisoformat(found["day"]))
    raise InputError(
        _("{text} names no task: write its number as tasks lists it, 12 or R7@2026-11-06.").format(
            text=quoted(text, 40)
        )
    )


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do. ``who`` answers for it: a person, or a team or the office as a whole.

    ``occurrence`` is the day that its rule names, which ``day`` differs from once it was moved.
    ``plan_title`` is "" for what comes of no plan. ``version`` is 0 where no row stands for it yet.
    """

    ref: Ref
    who: Who
    owner: str
    kind: str
    words: str
    day: date
    begins: str
    ends: str
    status: str
    reason: str
    done_on: date | None
    occurrence: date | None
    customer_id: int | None
    customer_name: str
    plan_id: int | None
    plan_title: str
    review_id: int | None
    version: int

    @property
    def moved(self) -> bool:
        """Whether it was put off, or brought forward."""
        return self.occurrence is not None and self.occurrence != self.day


# -- reading ---------------------------------------------------------------------------------------


def tasks_between(db: Connection, start: date, end: date, who: Who = OFFICE) -> list[Task]:
    """What falls on the days ``start <= day < end``, by day and time: a person's, a team's with its
    members', or everybody's.
    """
    condition = and_(task.c.day >= start, task.c.day < end)
    return _sorted(_all(db, who, condition, start, end))


def overdue(db: Connection, today: date, who: Who = OFFICE) -> list[Task]:
    """What was to be done before ``today`` and is open still, the oldest first."""
    since = date(today.year - 1, 1, 1)
    condition = and_(task.c.day < today, task.c.status == "open")
    found = _all(db, who, condition, since, today)
    return _sorted(one for one in found if one.status == "open")


def due(db: Connection, today: date, who: Who = OFFICE) -> list[Task]:
    """What is open today: today's tasks, and before them what was left undone.

    Of an action that comes again only its latest day: yesterday's round of calls isn't made up for.
    """
    since = today - _LOOK_BACK
    old = _all(db, who, and_(task.c.day < since, task.c.status == "open"), since, since)
    recent = tasks_between(db, since, today + timedelta(days=1), who)
    latest = {
        (one.ref.rule_id, one.who): one.day
        for one in recent
        if one.ref.rule_id is not None and not one.moved
    }
    return [
        *_sorted(old),
        *(
            one
            for one in recent
            if one.status == "open"
            and (
                one.ref.rule_id is None or one.moved or latest[one.ref.rule_id, one.who] == one.day
            )
        ),
    ]


def of_rules(db: Connection, plan: Plan, rules: Sequence[Rule]) -> dict[int, list[Task]]:
    """Each action's tasks over the whole plan, by rule id; of a plan that doesn't run, those that
    would be. Of what was prepared for, the steps that were set going when it happened.
    """
    actions = [one for one in rules if one.kind in ("action", "contingency")]
    if not actions:
        return {}
    names = _Names(db)
    stored = [
        _task(row, names)
        for row in db.execute(
            _select().where(among(task.c.item_rule_id, [one.id for one in actions]))
        )
    ]
    since = _since(db, [plan.id]).get(plan.id)
    found: dict[int, list[Task]] = {}
    for one in actions:
        mine = [done for done in stored if done.ref.rule_id == one.id]
        found[one.id] = _sorted(
            [*mine, *_reckoned(plan, one, names, {done.occurrence for done in mine}, since)]
        )
    return found


def task_by_ref(db: Connection, ref: Ref) -> Task:
    """The task. Raises NotFoundError: no such row, rule, or day of the rule."""
    names = _Names(db)
    if ref.id is not None:
        row = db.execute(_select().where(task.c.id == ref.id)).one_or_none()
        if row is None:
            raise NotFoundError(_("There is no task number {id}.").format(id=ref.id))
        return _task(row, names)
    if ref.rule_id is not None and ref.occurrence is not None:
        plan, one = _rule(db, ref.rule_id)
        for found in of_rules(db, plan, [one])[one.id]:
            if found.occurrence == ref.occurrence:
                return found
    raise NotFoundError(_("There is no such task on that day."))


# -- writing ---------------------------------------------------------------------------------------


def add(
    change: Change,
    *,
    words: str,
    person_id: int | None,
    day: date,
    kind: str = "",
    customer_id: int | None = None,
    begins: str = "",
    ends: str = "",
) -> int:
    """Something to do on a day; its id. ``person_id`` None: the office's.

    Raises InputError (no words, a kind or time that is none, a closed month), RightsError,
    NotFoundError.
    """
    _need(change, Who(None, person_id))
    if person_id is not None:
        people.person_by_id(change.connection, person_id)
    if kind not in KINDS:
        raise InputError(_("There is no such kind of task."))
    if customer_id is not None:
        _need_customer(change.connection, customer_id)
    months.need_open(change, day)
    words = _checked(words)
    task_id = change.insert(
        task, words=words, person_id=person_id, customer_id=customer_id, kind=kind, day=day,
        status="open", **_times(begins, ends),
    )  # fmt: skip
    change.describe(_("New task: {words}").format(words=quoted(words, 40)))
    return task_id


def arise(
    change: Change,
    rule_id: int,
    day: date,
    *,
    customer_id: int | None = None,
    person_id: int | None = None,
) -> list[int]:
    """Say that what a rule waits for happens on a day: its tasks; their ids.

    An action that lies so many days before or after something gets its day. Of what a plan prepares
    for, each step is to be done on ``day``. They are the rule's person's, else the plan's owner's,
    else ``person_id``'s. Raises InputError (the rule waits for nothing, its plan doesn't run, a
    closed month), RightsError, NotFoundError.
    """
    plan, one = rule.plan_and_rule(change.connection, rule_id)
    owner = _owner(one, plan)
    _need(change, owner)
    if person_id is not None and owner.person_id is None:
        owner = Who(None, person_id)
    if plan.status not in _RUNNING:
        raise InputError(
            _("“{title}” isn't handed in: its tasks aren't to be done yet.").format(
                title=plan.title
            )
        )
    if customer_id is not None:
        _need_customer(change.connection, customer_id)
    if one.kind == "contingency":
        said = [step for line in one.steps.splitlines() if (step := line.strip())]
    elif one.kind == "action" and one.days is not None:
        said = [one.words]
        day += timedelta(days=-one.days if one.at == "before" else one.days)
    else:
        raise InputError(_("The rule waits for nothing: its days are in the timetable."))
    months.need_open(change, day)
    ids = change.insert_many(
        task,
        [
            {"item_rule_id": rule_id, "occurrence": day, "person_id": owner.person_id,
             "customer_id": customer_id, "words": words, "day": day, "status": "open"}
            for words in said
        ],
    )  # fmt: skip
    change.describe(_("It happened: {words}").format(words=quoted(one.words, 40)))
    return ids


def waiting(db: Connection, rule_id: int) -> Rule | None:
    """The rule, if it is an action of a running plan that waits for something to happen.

    Raises NotFoundError.
    """
    plan, one = rule.plan_and_rule(db, rule_id)
    waits = one.kind == "action" and one.days is not None
    return one if waits and plan.status in _RUNNING else None


def edit(
    change: Change,
    task_id: int,
    *,
    seen_version: int,
    words: str | Unset = UNSET,
    kind: str | Unset = UNSET,
    person_id: int | Unset | None = UNSET,
    customer_id: int | Unset | None = UNSET,
) -> None:
    """Set some of a stored task. Raises as :func:`add`, ConflictError."""
    found = task_by_ref(change.connection, Ref(task_id))
    _need(change, found.who)
    if person_id is not UNSET:
        _need(change, Who(None, person_id))
        if person_id is not None:
            people.person_by_id(change.connection, person_id)
    if kind is not UNSET and kind not in KINDS:
        raise InputError(_("There is no such kind of task."))
    if customer_id is not UNSET and customer_id is not None:
        _need_customer(change.connection, customer_id)
    if words is not UNSET:
        words = _checked(words)
    change.update(
        task, task_id, seen_version=seen_version,
        **given(words=words, kind=kind, person_id=person_id, customer_id=customer_id),
    )  # fmt: skip
    change.describe(_("Edit task: {words}").format(words=quoted(after(words, found.words), 40)))


def mark_done(change: Change, ref: Ref, *, on: date | None = None) -> int:
    """Say that a task was done, today unless ``on`` another day; the row that says so.

    Raises InputError (a day to come or in a closed month, done or dropped already), RightsError,
    NotFoundError.
    """
    found = _open_one(change, ref)
    day = on or change.now.date()
    if day > change.now.date():
        raise InputError(_("{day} is still to come.").format(day=day.isoformat()))
    months.need_open(change, day)
    row_id = _settle(change, found, status="done", done_on=day)
    change.describe(_("Task done: {words}").format(words=quoted(found.words, 40)))
    return row_id


def reopen(change: Change, ref: Ref) -> int:
    """Say that a task isn't done, or isn't dropped, after all; its row. Raises InputError,
    RightsError, NotFoundError.
    """
    found = task_by_ref(change.connection, ref)
    _need(change, found.who)
    if found.status == "open":
        raise InputError(_("“{words}” is open.").format(words=quoted(found.words, 40)))
    if found.done_on is not None:
        months.need_open(change, found.done_on)
    row_id = _settle(change, found, status="open", done_on=None, reason="")
    change.describe(_("Task open again: {words}").format(words=quoted(found.words, 40)))
    return row_id


def move(change: Change, ref: Ref, day: date, *, begins: str = "", ends: str = "") -> int:
    """Put a task on another day, or at another time; its row. Raises InputError, RightsError,
    NotFoundError.
    """
    found = _open_one(change, ref)
    months.need_open(change, day)
    row_id = _settle(change, found, day=day, **_times(begins, ends))
    change.describe(
        _("Task moved to {day}: {words}").format(day=day.isoformat(), words=quoted(found.words, 40))
    )
    return row_id


def drop(change: Change, ref: Ref, reason: str) -> int:
    """Give a task up, and say why; its row. Raises InputError, RightsError, NotFoundError."""
    found = _open_one(change, ref)
    reason = target_rules.check_words(reason, LONGEST, _("The reason"))
    if not reason:
        raise InputError(_("{field} is missing.").format(field=_("The reason")))
    row_id = _settle(change, found, status="dropped", reason=reason)
    change.describe(_("Task dropped: {words}").format(words=quoted(found.words, 40)))
    return row_id


def delete(change: Change, task_id: int) -> None:
    """Delete a task that was entered by itself. Raises InputError (it comes of a plan or a
    summary), RightsError, NotFoundError.
    """
    found = task_by_ref(change.connection, Ref(task_id))
    _need(change, found.who)
    if found.ref.rule_id is not None or found.review_id is not None:
        raise InputError(
            _("“{words}” comes of a plan or a summary: drop it with a reason.").format(
                words=quoted(found.words, 40)
            )
        )
    change.delete(task, task_id)
    change.describe(_("Task deleted: {words}").format(words=quoted(found.words, 40)))


# -- within ----------------------------------------------------------------------------------------


class _Names:
    """What people, teams and plans are called, asked once."""

    def __init__(self, db: Connection) -> None:
        self.people = {one.id: one.name for one in people.people(db, active_only=False)}
        self.teams = {one.id: one.name for one in people.teams(db, active_only=False)}
        self.work = calendar.work_calendar(db)

    def of(self, who: Who) -> str:
        if who.person_id is not None:
            return self.people.get(who.person_id, "")
        if who.team_id is not None:
            return self.teams.get(who.team_id, "")
        return _("Whole office")


def _select() -> Select[Any]:
    """Stored tasks with their customer's, and their rule's plan's, name and owner."""
    return (
        select(
            task,
            func.coalesce(customer.c.name, "").label("customer_name"),
            plan_table.c.id.label("plan_id"),
            func.coalesce(plan_table.c.title, "").label("plan_title"),
            func.coalesce(item_rule.c.team_id, plan_table.c.team_id).label("for_team_id"),
        )
        .outerjoin(customer, customer.c.id == task.c.customer_id)
        .outerjoin(item_rule, item_rule.c.id == task.c.item_rule_id)
        .outerjoin(plan_item, plan_item.c.id == item_rule.c.plan_item_id)
        .outerjoin(plan_table, plan_table.c.id == plan_item.c.plan_id)
        .order_by(task.c.day, task.c.id)
    )


def _all(db: Connection, who: Who, condition: Any, start: date, end: date) -> list[Task]:
    """Stored tasks, and the days of running plans' actions that no row stands for yet."""
    names = _Names(db)
    members = _members(db, who)
    query = _select().where(condition)
    if members is not None:
        mine = among(task.c.person_id, sorted(members))
        if who.team_id is not None:
            of_team = func.coalesce(item_rule.c.team_id, plan_table.c.team_id) == who.team_id
            mine = or_(mine, and_(task.c.person_id.is_(None), of_team))
        query = query.where(mine)
    found = [_task(row, names) for row in db.execute(query)]
    running = _running(db, start, end)
    touched = _touched(db, [one.id for _plan, rules in running for one in rules])
    since = _since(db, [plan.id for plan, _rules in running])
    for plan, rules in running:
        for one in rules:
            owner = _owner(one, plan)
            if members is not None and not _is_among(owner, who, members):
                continue
            days = touched.get(one.id, frozenset())
            found += [
                reckoned
                for reckoned in _reckoned(plan, one, names, days, since.get(plan.id))
                if start <= reckoned.day < end
            ]
    return found


def _is_among(owner: Who, who: Who, members: Collection[int]) -> bool:
    if owner.person_id is not None:
        return owner.person_id in members
    return owner.team_id is not None and owner.team_id == who.team_id


def _members(db: Connection, who: Who) -> frozenset[int] | None:
    """Whose tasks are read; None for everybody's."""
    if who.person_id is not None:
        return frozenset({who.person_id})
    if who.team_id is None:
        return None
    rows = db.execute(select(person.c.id).where(person.c.team_id == who.team_id))
    return frozenset(rows.scalars())


def _running(db: Connection, start: date, end: date) -> list[tuple[Plan, list[Rule]]]:
    """The plans that run in a stretch of days and have actions, with these."""
    rows = db.execute(
        select(item_rule, plan_item.c.plan_id)
        .join(plan_item, plan_item.c.id == item_rule.c.plan_item_id)
        .join(plan_table, plan_table.c.id == plan_item.c.plan_id)
        .where(
            item_rule.c.kind == "action",
            plan_table.c.status.in_(_RUNNING),
            plan_table.c.start_day < end,
            plan_table.c.end_day > start,
        )
        .order_by(plan_item.c.plan_id, plan_item.c.position, item_rule.c.id)
    ).all()
    by_plan: dict[int, list[Rule]] = {}
    for row in rows:
        by_plan.setdefault(row.plan_id, []).append(rule.of_row(row))
    if not by_plan:
        return []
    known = {plan.id: plan for plan in plans.plans(db)}
    return [(known[plan_id], rules) for plan_id, rules in by_plan.items()]


def _touched(db: Connection, rule_ids: Sequence[int]) -> dict[int, frozenset[date]]:
    """The days of each rule that a row stands for, wherever it was moved to."""
    found: dict[int, set[date]] = {}
    if rule_ids:
        rows = db.execute(
            select(task.c.item_rule_id, task.c.occurrence)
            .where(among(task.c.item_rule_id, rule_ids), task.c.occurrence.is_not(None))
            .order_by(task.c.id)
        )
        for row in rows:
            found.setdefault(row.item_rule_id, set()).add(row.occurrence)
    return {key: frozenset(days) for key, days in found.items()}


def _since(db: Connection, plan_ids: Sequence[int]) -> dict[int, date]:
    """The day each plan was first handed in on: before it nobody was to do anything."""
    rows = db.execute(
        select(approval.c.subject_id, func.min(approval.c.asked_at).label("first"))
        .where(approval.c.subject == plans.SUBJECT, among(approval.c.subject_id, plan_ids))
        .group_by(approval.c.subject_id)
        .order_by(approval.c.subject_id)
    )
    return {row.subject_id: row.first.date() for row in rows}


def _reckoned(
    plan: Plan, one: Rule, names: _Names, touched: Collection[date | None], since: date | None
) -> list[Task]:
    who = _owner(one, plan)
    return [
        Task(
            Ref(None, one.id, day), who, names.of(who), "", one.words, day, "", "", "open", "",
            None, day, None, "", plan.id, plan.title, None, 0,
        )
        for day in (recurrence.occurrences(one, plan.period, names.work)
                    if one.kind == "action" else ())
        if day not in touched and (since is None or day >= since)
    ]  # fmt: skip


def _owner(one: Rule, plan: Plan) -> Who:
    if one.person_id is not None or one.team_id is not None:
        return Who(one.team_id, one.person_id)
    return plan.who


def _task(row: Any, names: _Names) -> Task:
    who = Who(None, row.person_id)
    if row.person_id is None:
        who = Who(row.for_team_id)
    return Task(
        Ref(row.id, row.item_rule_id, row.occurrence), who, names.of(who), row.kind, row.words,
        row.day, row.begins, row.ends, row.status, row.reason, row.done_on, row.occurrence,
        row.customer_id, row.customer_name, row.plan_id, row.plan_title, row.review_id,
        row.version,
    )  # fmt: skip


def _sorted(found: Any) -> list[Task]:
    return sorted(found, key=lambda one: (one.day, one.begins or "99", one.ref.id or 0, one.words))


def _rule(db: Connection, rule_id: int) -> tuple[Plan, Rule]:
    plan_id = db.execute(
        select(plan_item.c.plan_id)
        .join(item_rule, item_rule.c.plan_item_id == plan_item.c.id)
        .where(item_rule.c.id == rule_id, item_rule.c.kind == "action")
    ).scalar()
    if plan_id is None:
        raise NotFoundError(_("There is no such task on that day."))
    plan = plans.plan_by_id(db, plan_id)
    return plan, next(one for one in rule.of_plan(db, plan) if one.id == rule_id)


def _need(change: Change, who: Who) -> None:
    """Refuse who may not write the plans of whoever answers for a task. Raises RightsError."""
    rights.need(change, plan_rules.WRITE, person_id=who.person_id, team_id=who.team_id)


def _open_one(change: Change, ref: Ref) -> Task:
    found = task_by_ref(change.connection, ref)
    _need(change, found.who)
    if found.status != "open":
        raise InputError(_("“{words}” is settled already.").format(words=quoted(found.words, 40)))
    return found


def _settle(change: Change, found: Task, **values: Any) -> int:
    """Set some of a task, making the row that stands for it where there is none; its id."""
    if found.ref.id is not None:
        change.update(task, found.ref.id, **values)
        return found.ref.id
    row = {
        "item_rule_id": found.ref.rule_id, "occurrence": found.occurrence,
        "person_id": found.who.person_id, "kind": found.kind, "words": found.words,
        "day": found.day, "status": "open",
    }  # fmt: skip
    return change.insert(task, **{**row, **values})


def _need_customer(db: Connection, customer_id: int) -> None:
    known = db.execute(select(customer.c.id).where(customer.c.id == customer_id)).first()
    if known is None:
        raise NotFoundError(_("There is no customer number {id}.").format(id=customer_id))


def _times(begins: str, ends: str) -> dict[str, str]:
    """From when to when, as 09:30. Raises InputError."""
    for clock in (begins, ends):
        if clock and not _CLOCK.fullmatch(clock):
            raise InputError(
                _("{time} isn't a time of day: write it as 09:30.").format(time=quoted(clock, 20))
            )
    if ends and (not begins or ends <= begins):
        raise InputError(_("It ends after it begins."))
    return {"begins": begins, "ends": ends}


def _checked(words: str) -> str:
    words = target_rules.check_words(words, LONGEST, _("What is to be done"))
    if not words:
        raise InputError(_("{field} is missing.").format(field=_("What is to be done")))
    return words
