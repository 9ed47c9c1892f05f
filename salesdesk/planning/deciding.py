"""How a plan moves on: submitted, approved or returned with words, closed, taken up again.

Submitting asks for approval (``office.approvals``, rule "plan"), approving and returning decide
the request, so that the plan also stands in the list of what waits for somebody. Who asked and who
decided, when and with which words, stays beside the plan. Nobody decides on their own plan while
somebody else may.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from salesdesk.errors import InputError, RightsError
from salesdesk.office import approvals
from salesdesk.office.approvals import Approval
from salesdesk.planning import as_approved, comments, plan_rules
from salesdesk.planning.plans import FOLLOWS, REASONS, RULE, STATUSES, SUBJECT, Plan, plan_by_id
from salesdesk.planning.tables import plan as plan_table
from salesdesk.planning.tables import plan_revision
from salesdesk.planning.target_rules import LONGEST_REMARK, check_words
from salesdesk.storage.history import Change
from salesdesk.text import _, joined, mark


def submit(change: Change, plan_id: int, words: str = "") -> None:
    """Ask for a plan's approval, with words to whoever decides.

    Raises InputError (its status allows no submitting), RightsError, NotFoundError.
    """
    plan = _moving(change, plan_id, "submitted")
    plan_rules.need_right(change, plan.who, plan_rules.WRITE)
    words = _checked(words)
    _set(change, plan, "submitted")
    if change.person_id is None:  # a demo office has nobody at work
        change.describe(_("Plan submitted: {title}").format(title=plan.title))
    else:
        approvals.ask(change, SUBJECT, plan_id, RULE, words=words)


def approve(change: Change, plan_id: int, words: str = "") -> None:
    """Approve a plan. A draft is approved without being submitted by whoever may decide on it.

    Raises InputError (its status, words too long), RightsError (no right, or one's own plan),
    NotFoundError.
    """
    _decide(change, plan_id, "approved", words)


def send_back(change: Change, plan_id: int, words: str) -> None:
    """Return a submitted plan with comments, which are kept beside it.

    Raises InputError (its status, no words), RightsError, NotFoundError.
    """
    _decide(change, plan_id, "returned", words)


def take_back(change: Change, plan_id: int, reason: str = "", words: str = "") -> None:
    """Make a plan a draft again; an approved one becomes a new revision.

    An approved plan wants a reason (one of ``plans.REASONS``) and words, and is kept beside the
    new revision as it was approved. A request still open is withdrawn, by whoever made it. Raises
    InputError, RightsError, NotFoundError.
    """
    plan = _moving(change, plan_id, "draft")
    plan_rules.need_right(change, plan.who, plan_rules.WRITE)
    if plan.status == "approved":
        _keep(change, plan, reason, words)
    request = open_request(change.connection, plan_id)
    if request is not None:
        approvals.withdraw(change, request.id)
    _set(change, plan, "draft")
    again = _("Plan taken up again: {title}")
    words = again if plan.status == "approved" else _("Plan taken back: {title}")
    change.describe(words.format(title=plan.title))


def close(change: Change, plan_id: int) -> None:
    """Close an approved plan: it takes no change any more. Raises as :func:`approve`."""
    plan = _moving(change, plan_id, "closed")
    plan_rules.need_right(change, plan.who, plan_rules.APPROVE)
    _set(change, plan, "closed")
    change.describe(_("Plan closed: {title}").format(title=plan.title))


def reopen(change: Change, plan_id: int) -> None:
    """Open a closed plan again, approved as it was. Raises as :func:`approve`."""
    plan = _moving(change, plan_id, "approved")
    if plan.status != "closed":
        raise InputError(_("“{title}” isn't closed.").format(title=plan.title))
    plan_rules.need_right(change, plan.who, plan_rules.APPROVE)
    _set(change, plan, "approved")
    change.describe(_("Plan opened again: {title}").format(title=plan.title))


def move(change: Change, plan_id: int, status: str, words: str = "", *, reason: str = "") -> None:
    """Let ``status`` follow, by the function above that it needs; raises as that one."""
    now = _moving(change, plan_id, status).status
    if status == "submitted":
        submit(change, plan_id, words)
    elif status == "returned":
        send_back(change, plan_id, words)
    elif status == "draft":
        take_back(change, plan_id, reason, words)
    elif status == "approved":
        if now == "closed":
            reopen(change, plan_id)
        else:
            approve(change, plan_id, words)
    else:
        close(change, plan_id)


# -- reading ---------------------------------------------------------------------------------------


def decisions(db: Connection, plan_id: int) -> list[Approval]:
    """Everything asked and decided about a plan, the latest first."""
    return approvals.of(db, SUBJECT, plan_id)


def open_request(db: Connection, plan_id: int) -> Approval | None:
    """The request that waits for a decision, None where there is none."""
    return next(
        (approval for approval in decisions(db, plan_id) if approval.state == "asked"), None
    )


def comment(db: Connection, plan: Plan) -> Approval | None:
    """The decision by which a returned plan came back, None for any other plan."""
    if plan.status != "returned":
        return None
    return next(
        (approval for approval in decisions(db, plan.id) if approval.state == "refused"), None
    )


def why_not(db: Connection, actor_id: int | None, plan: Plan, status: str) -> str:
    """Why somebody can't let ``status`` follow a plan's; "" where they can."""
    right = plan_rules.WRITE
    if status in ("approved", "returned", "closed"):
        right = plan_rules.APPROVE
        others = plan_rules.others_who_decide(db, actor_id, plan)
        request = open_request(db, plan.id)
        own = actor_id in (plan.who.person_id, request.person_id if request else None)
        deciding = "closed" not in (status, plan.status)
        if actor_id is not None and own and deciding and others:
            return plan_rules.not_own(others)
    lacking = plan_rules.why_not_own(db, actor_id, plan.who, right)
    if lacking or status != "draft":
        return lacking
    request = open_request(db, plan.id)
    if request is not None and actor_id not in (None, request.person_id):
        return _("Only {person} can withdraw this.").format(person=request.person_name)
    return ""


# -- within ----------------------------------------------------------------------------------------


def _moving(change: Change, plan_id: int, status: str) -> Plan:
    """The plan, if ``status`` may follow its own. Raises InputError, NotFoundError."""
    plan = plan_by_id(change.connection, plan_id)
    if status not in FOLLOWS[plan.status]:
        raise InputError(
            _("A plan that is {now} can't become {wanted}.").format(
                now=_(STATUSES[plan.status]), wanted=_(STATUSES.get(status, status))
            )
        )
    return plan


def _decide(change: Change, plan_id: int, status: str, words: str) -> None:
    plan = _moving(change, plan_id, status)
    if plan.status == "closed":
        raise InputError(_("“{title}” is closed: open it again first.").format(title=plan.title))
    words = _checked(words)
    if status == "returned" and not words:
        if not comments.open_on_items(change.connection, plan_id):
            raise InputError(
                _(
                    "Say what is to be changed, or comment on the items it is about: that goes to "
                    "the plan's owner."
                )
            )
        words = _("See the comments on the items.")
    if change.person_id is None:
        _set(change, plan, status)
        change.describe(_("Plan decided on: {title}").format(title=plan.title))
        return
    plan_rules.need_right(change, plan.who, plan_rules.APPROVE)
    request = open_request(change.connection, plan_id)
    _check_not_own(change, plan, request)
    if request is None:
        # Approved without being submitted, or submitted before requests were kept.
        asker = plan.who.person_id
        request_id = approvals.ask(change, SUBJECT, plan_id, RULE, asker_id=asker)
    else:
        request_id = request.id
    approvals.decide(change, request_id, status == "approved", words)


def _check_not_own(change: Change, plan: Plan, request: Approval | None) -> None:
    """Refuse who owns the plan or asked for its approval, while somebody else may decide."""
    asker = request.person_id if request is not None else plan.who.person_id
    others = plan_rules.others_who_decide(change.connection, change.person_id, plan)
    if others and change.person_id in (plan.who.person_id, asker):
        raise RightsError(plan_rules.not_own(others))


def _keep(change: Change, plan: Plan, reason: str, words: str) -> None:
    """Keep a plan as it was approved, with the reason why it is taken up again."""
    if reason not in REASONS:
        raise InputError(
            _("An approved plan changes only by a revision with a reason: {reasons}.").format(
                reasons=joined(_(name) for name in REASONS.values())
            )
        )
    words = _checked(words)
    if not words:
        raise InputError(_("Say why the plan is revised: the words are kept beside it."))
    change.insert(
        plan_revision,
        plan_id=plan.id,
        number=plan.revision,
        reason=reason,
        words=words,
        person_id=change.person_id,
        made_at=change.now,
        contents=as_approved.as_text(change.connection, plan.id),
    )


def _set(change: Change, plan: Plan, status: str) -> None:
    again = plan.status == "approved" and status == "draft"
    change.update(plan_table, plan.id, status=status, revision=plan.revision + int(again))


def _decided(change: Change, request: Approval) -> None:
    """What follows from a decision, wherever it was taken: the plan's own status."""
    status = "approved" if request.state == "granted" else "returned"
    plan = _moving(change, request.subject_id, status)
    _check_not_own(change, plan, request)
    _set(change, plan, status)


def _described(db: Connection, plan_id: int) -> str:
    title = db.execute(select(plan_table.c.title).where(plan_table.c.id == plan_id)).scalar()
    return _("“{title}”").format(title=title)


def _checked(words: str) -> str:
    return check_words(words, LONGEST_REMARK, _("The comment"))


approvals.declare(RULE, approvals.Rule(mark("Plans"), plan_rules.APPROVE, _described, _decided))
