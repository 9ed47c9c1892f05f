"""Commands about who may do what: rights, right, month, approvals, approval."""

from __future__ import annotations

import argparse

from salesdesk import requests
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.office import approvals, months, rights
from salesdesk.office.approvals import Approval
from salesdesk.office.rights import RIGHTS, ROLES, SCOPES
from salesdesk.text import _, joined
from salesdesk.workspace import Workspace

# -- rights ----------------------------------------------------------------------------------------


def _add_rights(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.set_defaults(run=_rights)


def _rights(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        table = workspace.read(rights.table)
        adjusted = workspace.read(rights.adjusted)
    console.table(
        [_("Right"), _("What it allows"), *(_(name) for name in ROLES.values())],
        [
            [
                code,
                _(RIGHTS[code].words),
                *(
                    _(SCOPES[reach]) + (" *" if (code, role) in adjusted else "")
                    for role, reach in by_role.items()
                ),
            ]
            for code, by_role in table.items()
        ],
    )
    if adjusted:
        console.say(_("* adjusted by this office"))
    console.result(
        [
            {
                "right": code,
                "words": _(RIGHTS[code].words),
                "scopes": by_role,
                "adjusted": [role for role in by_role if (code, role) in adjusted],
            }
            for code, by_role in table.items()
        ]
    )
    return 0


def _add_right(parser: argparse.ArgumentParser) -> None:
    actions(parser, {"set": (_("say whose things a role's right covers"), _right_set_arguments)})


def _right_set_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "right", metavar="RIGHT", choices=list(RIGHTS), help=_("one of those that “rights” lists")
    )
    parser.add_argument("role", metavar="ROLE", choices=list(ROLES), help=joined(ROLES))
    parser.add_argument("scope", metavar="SCOPE", choices=list(SCOPES), help=joined(SCOPES))
    parser.set_defaults(run=_right_set)


def _right_set(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace, workspace.change("") as change:
        rights.adjust(change, arguments.right, arguments.role, arguments.scope)
    console.say(
        _("{role}: {right}: {scope}").format(
            role=_(ROLES[arguments.role]),
            right=_(RIGHTS[arguments.right].words),
            scope=_(SCOPES[arguments.scope]),
        )
    )
    console.result({"right": arguments.right, "role": arguments.role, "scope": arguments.scope})
    return 0


# -- months ----------------------------------------------------------------------------------------


def _add_month(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "show": (_("say up to which month is closed"), _month_show_arguments),
            "close": (_("close a month and all before it"), _month_close_arguments),
            "reopen": (_("open a month and all after it again"), _month_reopen_arguments),
        },
    )


def _month_show_arguments(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.set_defaults(run=_month_show)


def _month_show(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        return _told_months(workspace, console)


def _month_close_arguments(parser: argparse.ArgumentParser) -> None:
    _add_which(parser)
    parser.set_defaults(run=_month_close)


def _month_reopen_arguments(parser: argparse.ArgumentParser) -> None:
    _add_which(parser)
    parser.set_defaults(run=_month_reopen)


def _add_which(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("month", metavar="2026-11", type=shared.month, help=_("the month"))


def _month_close(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change("") as change:
            months.close(change, arguments.month)
        return _told_months(workspace, console)


def _month_reopen(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change("") as change:
            months.reopen(change, arguments.month)
        return _told_months(workspace, console)


def _told_months(workspace: Workspace, console: Console) -> int:
    closed = workspace.read(months.closed_through)
    if closed is None:
        console.say(_("No month is closed."))
    else:
        console.say(_("Closed up to {month}.").format(month=closed.label))
    console.result({"closed_through": None if closed is None else closed.key})
    return 0


# -- approvals -------------------------------------------------------------------------------------


def _add_approvals(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "--all", action="store_true", help=_("what was decided too, and what one asked oneself")
    )
    parser.add_argument(
        "--limit", metavar="N", type=shared.count, default=100,
        help=_("how many, the newest first (100)"),
    )  # fmt: skip
    parser.set_defaults(run=_approvals)


def _approvals(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        reader = requests.visible if arguments.all else requests.waiting
        shown = workspace.read(reader, workspace.person_id)[: arguments.limit]
        about = {request.id: workspace.read(requests.described, request) for request in shown}
    console.table(
        [_("No."), _("Asked on"), _("By"), _("About"), _("Words"), _("State"), _("Answer")],
        [
            [
                str(request.id),
                f"{request.asked_at:%Y-%m-%d %H:%M}",
                request.person_name,
                about[request.id],
                request.words[:40],
                _(approvals.STATES[request.state]),
                request.answer[:40],
            ]
            for request in shown
        ],
        right=(0,),
    )
    console.result([_as_json(request, about[request.id]) for request in shown])
    return 0


def _add_approval(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "grant": (_("grant a request"), _grant_arguments),
            "refuse": (_("refuse a request"), _refuse_arguments),
            "withdraw": (_("take one's own request back"), _withdraw_arguments),
        },
    )


def _grant_arguments(parser: argparse.ArgumentParser) -> None:
    _add_request(parser)
    parser.add_argument("--words", metavar="TEXT", default="", help=_("what to answer"))
    parser.set_defaults(run=_decide, approve=True)


def _refuse_arguments(parser: argparse.ArgumentParser) -> None:
    _add_request(parser)
    parser.add_argument("--words", metavar="TEXT", default="", help=_("why it is refused"))
    parser.set_defaults(run=_decide, approve=False)


def _withdraw_arguments(parser: argparse.ArgumentParser) -> None:
    _add_request(parser)
    parser.set_defaults(run=_withdraw)


def _add_request(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "request", metavar="N", type=shared.count, help=_("the request's number in “approvals”")
    )


def _decide(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change("") as change:
            approvals.decide(change, arguments.request, arguments.approve, arguments.words)
        return _told_request(workspace, console, arguments.request)


def _withdraw(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change("") as change:
            approvals.withdraw(change, arguments.request)
        return _told_request(workspace, console, arguments.request)


def _told_request(workspace: Workspace, console: Console, request_id: int) -> int:
    request = workspace.read(approvals.approval_by_id, request_id)
    about = workspace.read(requests.described, request)
    console.say(_("{state}: {what}").format(state=_(approvals.STATES[request.state]), what=about))
    console.result(_as_json(request, about))
    return 0


def _as_json(request: Approval, about: str) -> dict[str, object]:
    return {
        "id": request.id,
        "rule": request.rule,
        "about": about,
        "value": request.value,
        "asked_at": request.asked_at,
        "person": request.person_name,
        "words": request.words,
        "state": request.state,
        "decided_at": request.decided_at,
        "decided_by": request.decider_name,
        "answer": request.answer,
    }


PARSERS: Parsers = {
    "rights": _add_rights,
    "right": _add_right,
    "month": _add_month,
    "approvals": _add_approvals,
    "approval": _add_approval,
}
