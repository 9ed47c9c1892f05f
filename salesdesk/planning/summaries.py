"""Summaries (周小结, 月总结, 阶段总结): who owes which, what they say, and who has read them.

A plan says which it asks for (``plan.reviewed``: "week,month"). A summary is one of somebody, for a
period, whichever of their plans ask for it. It is owed from the last working day of its period on,
by whoever answers for the plan: its person, a team's managers, the office's.

It is begun as a draft, written, and handed in: from then on it keeps its figures as they stood, and
changes no more unless it is taken back. Who hands it in has said of each target that was missed
what the cause was, and of what was to be put right since the last one what became of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from salesdesk.calc.periods import KINDS, Kind, Period, containing, previous
from salesdesk.calc.workdays import WorkCalendar
from salesdesk.errors import CalendarError, InputError, NotFoundError
from salesdesk.office import calendar, months, people, rights
from salesdesk.office.tables import person, team
from salesdesk.planning import (
    causes,
    plan_rules,
    plans,
    remarks,
    summary_figures,
    target_rules,
    telling,
)
from salesdesk.planning.places import OFFICE, Who
from salesdesk.planning.plans import Plan
from salesdesk.planning.remarks import Remark
from salesdesk.planning.summary_figures import Figures, Line
from salesdesk.planning.tables import plan as plan_table
from salesdesk.planning.tables import review, task
from salesdesk.storage.edits import UNSET, Unset, given
from salesdesk.storage.history import Change
from salesdesk.text import _, joined, mark, ngettext

#: What a plan can ask for, from the shortest; a stage is any stretch of days.
REVIEWED: Mapping[str, str] = {
    "week": mark("Weekly summary"),
    "month": mark("Monthly summary"),
    "quarter": mark("Quarterly summary"),
    "year": mark("Yearly summary"),
    "stage": mark("Stage summary"),
}
STATUSES: Mapping[str, str] = {
    "draft": mark("Being written"),
    "written": mark("Handed in"),
    "seen": mark("Seen"),
}
#: What became of an action, by the status of its task.
OUTCOMES: Mapping[str, str] = {
    "open": mark("Not settled yet"),
    "done": mark("Done"),
    "dropped": mark("Dropped"),
}
#: The words of one's own, in the order they are asked for.
WORDS: Mapping[str, str] = {
    "done": mark("Work done"),
    "problems": mark("Problems met"),
    "lessons": mark("Lessons learned"),
    "next": mark("What is planned next"),
}
#: How many periods back a summary is still owed; an older one may be written, but nobody waits.
OWED: Mapping[str, int] = {"week": 5, "month": 3, "quarter": 2, "year": 1}
#: For how many days after its plan's end a stage summary is owed.
OWED_DAYS = 92
LONGEST = 4_000
#: The kind of task (tasks.KINDS) that a summary's actions are.
CORRECTIVE = "corrective"


@dataclass(frozen=True, slots=True)
class Owed:
    """A summary that somebody owes; ``review_id`` is a draft already begun.

    ``end`` is the first day after it. ``owners`` are the names of whoever has to write it.
    """

    who: Who
    name: str
    kind: str
    start: date
    end: date
    review_id: int | None
    plan_ids: tuple[int, ...]
    owners: tuple[str, ...]

    @property
    def label(self) -> str:
        """The period as people call it."""
        return period_label(self.kind, self.start, self.end)

    @property
    def title(self) -> str:
        """What it is called: "Monthly summary November 2026, Ann"."""
        return title_of(self.kind, self.start, self.end, self.name)


@dataclass(frozen=True, slots=True)
class Review:
    """A summary as it is stored; ``name`` is whose it is, "" for the office's.

    ``end`` is the first day after it; ``figures`` is what it was handed in with, as JSON.
    """

    id: int
    plan_id: int | None
    who: Who
    name: str
    kind: str
    start: date
    end: date
    status: str
    done: str
    problems: str
    lessons: str
    next: str
    figures: str
    written_at: datetime | None
    comment: str
    seen_by: str
    seen_at: datetime | None
    version: int

    @property
    def label(self) -> str:
        """The period as people call it."""
        return period_label(self.kind, self.start, self.end)

    @property
    def title(self) -> str:
        """What it is called: "Monthly summary November 2026, Ann"."""
        return title_of(self.kind, self.start, self.end, self.name)


@dataclass(frozen=True, slots=True)
class Explained:
    """A line with what was said of it.

    ``plan_id`` is the plan that the words stand in, None where they can stand in none (a stage
    that is no period, a plan that is closed). ``warning`` points out a cause that comes back.
    """

    line: Line
    plan_id: int | None
    remark: Remark
    remark_id: int | None
    cause: str
    side: str
    warning: str

    @property
    def asks(self) -> bool:
        """Whether a cause and words are still missing."""
        if not self.line.missed or self.plan_id is None:
            return False
        return self.remark.cause_id is None or not self.remark.reason


@dataclass(frozen=True, slots=True)
class Action:
    """Something to be put right, and what became of it: ``status`` is the task's."""

    id: int
    words: str
    person_id: int | None
    person: str
    day: date
    status: str
    reason: str
    done_on: date | None
    remark_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary whole: ``earlier`` are the actions of those before, ``actions`` its own."""

    review: Review
    figures: Figures
    lines: Sequence[Explained]
    earlier: Sequence[Action]
    actions: Sequence[Action]

    @property
    def open_earlier(self) -> list[Action]:
        """What was to be done by the end of the period and of which nothing was said yet."""
        return [
            action
            for action in self.earlier
            if action.status == "open" and action.day < self.review.end
        ]


# -- what is owed ----------------------------------------------------------------------------------


def due(db: Connection, person_id: int, today: date) -> list[Owed]:
    """The summaries that somebody owes today, the oldest first. Raises NotFoundError."""
    me = people.person_by_id(db, person_id)
    everyone = people.people(db)

    def is_mine(who: Who) -> bool:
        return me.id in _answering(everyone, who)

    return _owed(db, today, is_mine)


def missing(db: Connection, actor_id: int | None, today: date) -> list[Owed]:
    """The summaries that others owe and whose plans ``actor_id`` approves, the oldest first."""
    everyone = people.people(db)

    def is_others(who: Who) -> bool:
        return actor_id not in _answering(everyone, who) and plan_rules.may(
            db, actor_id, who, plan_rules.APPROVE
        )

    return _owed(db, today, is_others)


def unread(db: Connection, actor_id: int | None) -> list[Review]:
    """What others handed in and ``actor_id``, who may comment on it, hasn't seen: oldest first."""
    query = _select().where(review.c.status == "written")
    found = [_review(row) for row in db.execute(query.order_by(review.c.end_day, review.c.id))]
    return [one for one in found if not why_not_comment(db, actor_id, one)]


def owed_by(db: Connection, who: Who, today: date) -> list[Owed]:
    """The summaries of one person, team or the office that are owed, the oldest first."""
    return _owed(db, today, lambda whose: whose == who)


def asked(plan: Plan) -> tuple[str, ...]:
    """Which summaries a plan asks for, from the shortest."""
    named = set(plan.reviewed.split(","))
    return tuple(kind for kind in REVIEWED if kind in named)


def ask(change: Change, plan_id: int, kinds: Collection[str], *, seen_version: int) -> None:
    """Say which summaries a plan asks for.

    Who writes the plan may, and who approves it, also once it is approved. Raises InputError (no
    such summary, longer than the plan, a closed plan), RightsError, ConflictError, NotFoundError.
    """
    stored = plans.plan_by_id(change.connection, plan_id)
    if stored.status == "closed" or not plan_rules.may(
        change.connection, change.person_id, stored.who, plan_rules.APPROVE
    ):
        plan_rules.need_write(change, stored)
    for kind in kinds:
        if kind not in REVIEWED:
            raise InputError(
                _("{kind} isn't a summary; there are: {known}.").format(
                    kind=kind, known=joined(REVIEWED)
                )
            )
        if kind != "stage" and KINDS.index(cast(Kind, kind)) < KINDS.index(stored.period.kind):
            raise InputError(
                _("“{title}” is for {period}, which is too short: {summary}.").format(
                    title=stored.title, period=stored.period.label, summary=_(REVIEWED[kind])
                )
            )
    wanted = ",".join(kind for kind in REVIEWED if kind in kinds)
    change.update(plan_table, plan_id, seen_version=seen_version, reviewed=wanted)
    words = joined(_(REVIEWED[kind]) for kind in REVIEWED if kind in kinds)
    change.describe(
        _("Summaries of {plan}: {kinds}").format(plan=stored.title, kinds=words or _("None"))
    )


# -- reading ---------------------------------------------------------------------------------------


def reviews(
    db: Connection,
    *,
    who: Who | None = None,
    kind: str | None = None,
    start: date | None = None,
) -> list[Review]:
    """The summaries there are, the newest first."""
    query = _select().order_by(review.c.start_day.desc(), review.c.end_day.desc(), review.c.id)
    if who is not None:
        query = query.where(*_of(who))
    if kind is not None:
        query = query.where(review.c.period_kind == kind)
    if start is not None:
        query = query.where(review.c.start_day == start)
    return [_review(row) for row in db.execute(query)]


def visible(db: Connection, actor_id: int | None) -> list[Review]:
    """The summaries that somebody may see, the newest first."""
    among = rights.whose(db, actor_id, "reports.see")
    return [found for found in reviews(db) if among is None or found.who.person_id in among]


def review_by_id(db: Connection, review_id: int) -> Review:
    """Raises NotFoundError when there is none."""
    row = db.execute(_select().where(review.c.id == review_id)).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no summary number {id}.").format(id=review_id))
    return _review(row)


def find(db: Connection, who: Who, kind: str, start: date, end: date) -> Review | None:
    """Somebody's summary of a period, None when none was begun."""
    found = reviews(db, who=who, kind=kind, start=start)
    return next((one for one in found if one.end == end), None)


def read(db: Connection, review_id: int, today: date, *, actor_id: int | None = None) -> Summary:
    """A summary with its figures: those of today while it is a draft, else as it was handed in.

    ``actor_id`` is who asks. Raises RightsError for a summary that they may not see, NotFoundError.
    """
    return _whole(db, review_by_id(db, review_id), today, actor_id)


def preview(
    db: Connection,
    who: Who,
    kind: str,
    start: date,
    end: date,
    today: date,
    *,
    actor_id: int | None = None,
) -> Summary:
    """A summary as it is, or as it would begin: its review has the id 0 then.

    Raises RightsError for a summary that ``actor_id`` may not see.
    """
    found = find(db, who, kind, start, end)
    if found is None:
        name = telling.name(db, who) if who != OFFICE else ""
        found = Review(
            0, None, who, name, kind, start, end, "draft", "", "", "", "", "", None, "", "", None,
            0,
        )  # fmt: skip
    return _whole(db, found, today, actor_id)


def _whole(db: Connection, found: Review, today: date, actor_id: int | None) -> Summary:
    rights.check(db, actor_id, "reports.see", found.who.person_id, found.who.team_id)
    figures = (
        summary_figures.thawed(found.figures)
        if found.figures
        else summary_figures.read(db, found.who, found.start, found.end, today)
    )
    if not rights.may(db, actor_id, "costs.see", found.who.person_id, found.who.team_id):
        shown = [line for line in figures.lines if not line.costs]
        figures = replace(figures, lines=shown)
    return Summary(
        found,
        figures,
        _explained(db, found, figures),
        _earlier(db, found),
        _actions(db, [task.c.review_id == found.id]),
    )


def period_label(kind: str, start: date, end: date) -> str:
    """A summary's period as people call it; ``end`` is the first day after it."""
    if kind != "stage":
        return Period(start, end, cast(Kind, kind)).label
    return _("{first} to {last}").format(
        first=start.isoformat(), last=(end - timedelta(days=1)).isoformat()
    )


def title_of(kind: str, start: date, end: date, name: str) -> str:
    """What a summary is called; ``name`` is whose it is, "" for the office's."""
    return _("{kind} {period}, {name}").format(
        kind=_(REVIEWED[kind]),
        period=period_label(kind, start, end),
        name=name or _("Whole office"),
    )


def why_not_write(db: Connection, actor_id: int | None, found: Review) -> str:
    """Why somebody can't write a summary; "" where they can."""
    if not plan_rules.may(db, actor_id, found.who, plan_rules.REVIEWS):
        return rights.refusal(db, actor_id, plan_rules.REVIEWS)
    return "" if found.status == "draft" else _handed_in(found)


def why_not_comment(db: Connection, actor_id: int | None, found: Review) -> str:
    """Why somebody can't comment on a summary; "" where they can."""
    if not plan_rules.may(db, actor_id, found.who, plan_rules.APPROVE):
        return rights.refusal(db, actor_id, plan_rules.APPROVE)
    if found.status == "draft":
        return _("“{title}” isn't handed in yet.").format(title=found.title)
    if actor_id is not None and found.who.person_id == actor_id:
        others = rights.holders(db, plan_rules.APPROVE, found.who.person_id, found.who.team_id)
        names = [name for person_id, name in others.items() if person_id != actor_id]
        if names:
            return _("Nobody comments on their own summary. Those who can: {names}.").format(
                names=joined(names)
            )
    return ""


# -- writing ---------------------------------------------------------------------------------------


def begin(
    change: Change,
    who: Who,
    kind: str,
    start: date,
    end: date | None = None,
    *,
    plan_id: int | None = None,
) -> int:
    """A summary's draft; its id. One that was begun already is found instead.

    ``end``, the first day after it, is needed for a stage alone. Raises InputError (no such
    summary, no such period, one that hasn't begun), RightsError, NotFoundError.
    """
    db = change.connection
    if kind not in REVIEWED:
        raise InputError(
            _("{kind} isn't a summary; there are: {known}.").format(
                kind=kind, known=joined(REVIEWED)
            )
        )
    target_rules.check_who(db, who)
    plan_rules.need_right(change, who, plan_rules.REVIEWS)
    if plan_id is not None:
        plans.plan_by_id(db, plan_id)
    if kind != "stage":
        end = containing(start, cast(Kind, kind)).end
        start = containing(start, cast(Kind, kind)).start
    if end is None or end <= start:
        raise InputError(_("A stage needs a first and a last day, in this order."))
    label = period_label(kind, start, end)
    if start > change.now.date():
        raise InputError(
            _("{period} hasn't begun: there is nothing to look back on.").format(period=label)
        )
    held = find(db, who, kind, start, end)
    if held is not None:
        return held.id
    review_id = change.insert(
        review,
        plan_id=plan_id,
        team_id=who.team_id,
        person_id=who.person_id,
        period_kind=kind,
        start_day=start,
        end_day=end,
        status="draft",
    )
    change.describe(_("Begin {summary}").format(summary=review_by_id(db, review_id).title))
    return review_id


def write(
    change: Change,
    review_id: int,
    *,
    seen_version: int,
    done: str | Unset = UNSET,
    problems: str | Unset = UNSET,
    lessons: str | Unset = UNSET,
    next: str | Unset = UNSET,  # noqa: A002  # the column's name, and the trade's
) -> None:
    """Set words of one's own; what isn't given stays.

    Raises InputError (too long, handed in already), RightsError, ConflictError, NotFoundError.
    """
    stored = _draft(change, review_id)
    words = given(done=done, problems=problems, lessons=lessons, next=next)
    checked = {
        name: target_rules.check_words(text, LONGEST, _(WORDS[name]))
        for name, text in words.items()
    }
    change.update(review, review_id, seen_version=seen_version, **checked)
    change.describe(_("Write {summary}").format(summary=stored.title))


def hand_in(change: Change, review_id: int) -> None:
    """Hand a summary in: its figures stay as they are now.

    Raises InputError (its period isn't over; nothing was written; a target was missed without a
    cause and words; nothing was said of an earlier action), RightsError, NotFoundError.
    """
    db = change.connection
    stored = _draft(change, review_id)
    today = change.now.date()
    opens = _opens(calendar.work_calendar(db), stored.start, stored.end)
    if today < opens:
        raise InputError(
            _("{period} isn't over: its summary can be handed in from {day} on.").format(
                period=stored.label, day=opens.isoformat()
            )
        )
    if not stored.done:
        raise InputError(_("Write first what was done: nobody can hand in an empty summary."))
    whole = read(db, review_id, today)
    unchecked = whole.open_earlier
    if unchecked:
        raise InputError(
            ngettext(
                "Say first what became of {count} earlier action: {actions}.",
                "Say first what became of {count} earlier actions: {actions}.",
                len(unchecked),
            ).format(count=len(unchecked), actions=joined(_short(one.words) for one in unchecked))
        )
    unexplained = [one.line.title for one in whole.lines if one.asks]
    if unexplained:
        raise InputError(
            ngettext(
                "{count} missed target needs a cause and words: {measures}.",
                "{count} missed targets need a cause and words: {measures}.",
                len(unexplained),
            ).format(count=len(unexplained), measures=joined(unexplained))
        )
    change.update(
        review,
        review_id,
        status="written",
        written_at=change.now,
        figures=summary_figures.frozen(whole.figures),
    )
    change.describe(_("Hand in {summary}").format(summary=stored.title))


def take_back(change: Change, review_id: int) -> None:
    """Make a summary that was handed in a draft again; its figures follow the office anew.

    Raises InputError (a draft, or one that a superior has seen), also where its last month is
    closed; RightsError, NotFoundError.
    """
    stored = review_by_id(change.connection, review_id)
    plan_rules.need_right(change, stored.who, plan_rules.REVIEWS)
    if stored.status == "draft":
        raise InputError(_("“{title}” isn't handed in yet.").format(title=stored.title))
    if stored.status == "seen":
        raise InputError(
            _("{name} has seen “{title}” already: it stays as it was handed in.").format(
                name=stored.seen_by, title=stored.title
            )
        )
    months.need_open(change, stored.end - timedelta(days=1))
    change.update(review, review_id, status="draft", written_at=None, figures="")
    change.describe(_("Take back {summary}").format(summary=stored.title))


def comment(change: Change, review_id: int, words: str) -> None:
    """What the superior says to a summary, which thereby is seen; "" says only that.

    Raises RightsError; InputError (a draft, one's own while somebody else can, words too long),
    NotFoundError.
    """
    stored = review_by_id(change.connection, review_id)
    plan_rules.need_right(change, stored.who, plan_rules.APPROVE)
    why = why_not_comment(change.connection, change.person_id, stored)
    if why:
        raise InputError(why)
    change.update(
        review,
        review_id,
        status="seen",
        comment=target_rules.check_words(words, LONGEST, _("The comment")),
        seen_by=change.person_id,
        seen_at=change.now,
    )
    change.describe(_("Comment on {summary}").format(summary=stored.title))


# -- within: what is owed --------------------------------------------------------------------------


def _owed(db: Connection, today: date, counts: Callable[[Who], bool]) -> list[Owed]:
    """What is owed today of those for whom ``counts`` is true."""
    asking: dict[tuple[Who, str, date, date], list[int]] = {}
    asked_of: dict[Who, bool] = {}
    over = _Over(db, today)
    for found in plans.plans(db):
        if not found.reviewed or found.status == "closed":
            continue
        if found.who not in asked_of:
            asked_of[found.who] = counts(found.who)
        if asked_of[found.who]:
            for kind, start, end in over.periods(found):
                asking.setdefault((found.who, kind, start, end), []).append(found.id)
    if not asking:
        return []
    first = min(start for _who, _kind, start, _end in asking)
    begun = {
        (Who(row.team_id, row.person_id), row.period_kind, row.start_day, row.end_day): row
        for row in db.execute(
            select(review).where(review.c.start_day >= first).order_by(review.c.id)
        )
    }
    everyone = people.people(db)
    names = {member.id: member.name for member in everyone}
    team_names = {one.id: one.name for one in people.teams(db, active_only=False)}
    found_owed = []
    for (who, kind, start, end), plan_ids in asking.items():
        row = begun.get((who, kind, start, end))
        if row is not None and row.status != "draft":
            continue
        if who.person_id is not None and who.person_id not in names:
            continue  # who has left owes nothing
        name = names.get(who.person_id or 0) or team_names.get(who.team_id or 0, "")
        owners = _answering(everyone, who)
        found_owed.append(
            Owed(
                who, name, kind, start, end, None if row is None else row.id,
                tuple(sorted(plan_ids)), tuple(names[one] for one in owners),
            )
        )  # fmt: skip
    order = list(REVIEWED)
    found_owed.sort(key=lambda owed: (owed.end, order.index(owed.kind), owed.start, owed.name))
    return found_owed


class _Over:
    """Which periods are over on a day, or end with its work."""

    def __init__(self, db: Connection, today: date) -> None:
        self._work, self._today = calendar.work_calendar(db), today
        self._recent = {kind: self._over(cast(Kind, kind), back) for kind, back in OWED.items()}

    def _over(self, kind: Kind, back: int) -> list[Period]:
        found = []
        period = containing(self._today, kind)
        for _one in range(back + 1):
            if _opens(self._work, period.start, period.end) <= self._today:
                found.append(period)
            period = previous(period)
        return found

    def periods(self, plan: Plan) -> Iterable[tuple[str, date, date]]:
        """The periods within a plan that are over, of those that it asks a summary of."""
        wanted = asked(plan)
        whole = plan.period
        for kind, recent in self._recent.items():
            if kind not in wanted:
                continue
            for period in recent:
                if whole.start <= period.start and period.end <= whole.end:
                    yield kind, period.start, period.end
        if (
            "stage" in wanted
            and whole.kind not in wanted
            and self._today < whole.end + timedelta(days=OWED_DAYS)
            and _opens(self._work, whole.start, whole.end) <= self._today
        ):
            yield "stage", whole.start, whole.end


def _opens(work: WorkCalendar, start: date, end: date) -> date:
    """The last working day of a period, its last day where nobody works in it."""
    day = end - timedelta(days=1)
    try:
        while day >= start:
            if work.weight(day):
                return day
            day -= timedelta(days=1)
    except CalendarError:
        pass  # a year that the calendar doesn't know
    return end - timedelta(days=1)


def _answering(everyone: Sequence[people.Person], who: Who) -> list[int]:
    """Who has to write somebody's summaries: themselves, the team's managers, the office's."""
    if who.person_id is not None:
        return [member.id for member in everyone if member.id == who.person_id]
    managers = [member for member in everyone if member.role == "manager"]
    own = [member.id for member in managers if member.team_id == who.team_id]
    if who.team_id is not None and own:
        return own
    return [member.id for member in managers]


# -- within: a summary whole -----------------------------------------------------------------------


def _explained(db: Connection, found: Review, figures: Figures) -> list[Explained]:
    """The lines with what was said of each."""
    parts = summary_figures.parts_of(found.start, found.end)
    period = parts[0] if len(parts) == 1 else None
    if period is None:
        nothing = remarks.Remark("", "")
        return [Explained(line, None, nothing, None, "", "", "") for line in figures.lines]
    said = remarks.remarks(db, period)
    ids = remarks.row_ids(db, period)
    listed = {cause.id: cause for cause in causes.causes(db, active_only=False) if cause.id}
    times = causes.repetitions(db, found.start)
    home = _Homes(db, found.who, period)
    explained = []
    for line in figures.lines:
        plan_id = home.of(line.plans)
        key = (plan_id or 0, line.measure_id, line.who(found.who))
        if key not in said:  # what was said in another plan counts as well
            key = next((one for one in said if one[1:] == key[1:]), key)
        words = said.get(key, remarks.Remark("", ""))
        cause = listed.get(words.cause_id or 0)
        explained.append(
            Explained(
                line,
                plan_id,
                words,
                ids.get(key),
                "" if cause is None else cause.name,
                "" if cause is None else cause.side,
                "" if cause is None
                else causes.warning(cause.name, times.get((found.who, cause.id), 0)),
            )
        )  # fmt: skip
    return explained


class _Homes:
    """In which plan the words on somebody's missed target stand.

    The plan that set the target, where it may hold them; else one of theirs for the period.
    """

    def __init__(self, db: Connection, who: Who, period: Period) -> None:
        members = people.memberships(db)
        covering = [
            found
            for found in plans.plans(db)
            if found.status != "closed"
            and found.period.start <= period.start
            and period.end <= found.period.end
            and _holds(found, who, members)
        ]
        own = [found.id for found in covering if found.who == who]
        self._ids = own + [found.id for found in covering if found.id not in own]

    def of(self, setting: Collection[int]) -> int | None:
        """The plan for a target that the plans ``setting`` set, None where none takes words."""
        fitting = [plan_id for plan_id in self._ids if plan_id in setting]
        return next(iter(fitting or self._ids), None)


def _holds(found: Plan, who: Who, members: people.Memberships) -> bool:
    """Whether a plan may hold somebody's targets (``target_rules.check_places``)."""
    if found.who == who or found.who.level == "office":
        return True
    whole = found.period
    return found.who.team_id is not None and who.person_id in members.ever_in(
        found.who.team_id, whole.start, whole.end
    )


def _earlier(db: Connection, found: Review) -> list[Action]:
    """The corrective actions of earlier summaries: those of the last one, and all still open.

    Of older ones only what was open when the period began is told.
    """
    before = db.execute(
        select(review.c.id, review.c.start_day, review.c.period_kind)
        .where(*_of(found.who), review.c.start_day < found.start, review.c.id != found.id)
        .order_by(review.c.start_day.desc(), review.c.id)
    ).all()
    if not before:
        return []
    last = next((row.id for row in before if row.period_kind == found.kind), before[0].id)
    return _actions(
        db,
        [
            task.c.review_id.in_([row.id for row in before]),
            or_(
                task.c.review_id == last,
                task.c.status == "open",
                task.c.done_on >= found.start,
            ),
        ],
    )


def _actions(db: Connection, conditions: Sequence[ColumnElement[bool]]) -> list[Action]:
    rows = db.execute(
        select(task, func.coalesce(person.c.name, "").label("person"))
        .outerjoin(person, person.c.id == task.c.person_id)
        .where(task.c.kind == CORRECTIVE, *conditions)
        .order_by(task.c.day, task.c.id)
    )
    return [
        Action(
            row.id, row.words, row.person_id, row.person, row.day, row.status, row.reason,
            row.done_on, row.remark_id, row.version,
        )
        for row in rows
    ]  # fmt: skip


# -- within: rows ----------------------------------------------------------------------------------


def _draft(change: Change, review_id: int) -> Review:
    """The summary, if it may be written. Raises RightsError, InputError, NotFoundError."""
    stored = review_by_id(change.connection, review_id)
    plan_rules.need_right(change, stored.who, plan_rules.REVIEWS)
    if stored.status != "draft":
        raise InputError(_handed_in(stored))
    return stored


def _handed_in(found: Review) -> str:
    if found.status == "seen":
        return _("{name} has seen “{title}” already: it stays as it was handed in.").format(
            name=found.seen_by, title=found.title
        )
    return _("“{title}” is handed in: take it back first to change it.").format(title=found.title)


def _short(words: str) -> str:
    return words if len(words) <= 30 else f"{words[:29]}…"


def _of(who: Who) -> list[ColumnElement[bool]]:
    return [
        review.c.team_id.is_(None) if who.team_id is None else review.c.team_id == who.team_id,
        review.c.person_id.is_(None)
        if who.person_id is None
        else review.c.person_id == who.person_id,
    ]


def _select() -> Select[Any]:
    """Summaries with whose they are and who saw them, by name."""
    seer = person.alias()
    return (
        select(
            review,
            func.coalesce(person.c.name, team.c.name, "").label("name"),
            func.coalesce(seer.c.name, "").label("seer"),
        )
        .outerjoin(person, person.c.id == review.c.person_id)
        .outerjoin(team, team.c.id == review.c.team_id)
        .outerjoin(seer, seer.c.id == review.c.seen_by)
    )


def _review(row: Any) -> Review:
    return Review(
        row.id, row.plan_id, Who(row.team_id, row.person_id), row.name, row.period_kind,
        row.start_day, row.end_day, row.status, row.done, row.problems, row.lessons, row.next,
        row.figures, row.written_at, row.comment, row.seer, row.seen_at, row.version,
    )  # fmt: skip
