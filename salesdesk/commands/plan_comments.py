"""Commands about comments on plans and their items."""

from __future__ import annotations

import argparse

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.errors import NotFoundError
from salesdesk.planning import comments, items, plans
from salesdesk.planning.comments import Comment
from salesdesk.text import _
from salesdesk.workspace import Workspace


def add_comments(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan comments``."""
    _add_plan(parser)
    parser.add_argument("--open", action="store_true", help=_("only those that aren't settled"))
    parser.set_defaults(run=_list)


def _list(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        _tell(workspace, arguments.plan, console, only_open=arguments.open)
    return 0


def add_comment(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan comment``."""
    _add_plan(parser)
    parser.add_argument("--words", metavar="WORDS", required=True, help=_("the comment"))
    parser.add_argument(
        "--line", metavar="NUMBER", type=shared.count,
        help=_("the line of the plan's text that it is about, from 1 (otherwise all of it)"),
    )  # fmt: skip
    parser.set_defaults(run=_comment)


def _comment(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        item_id = None
        if arguments.line is not None:
            found = workspace.read(items.of_plan, arguments.plan)
            if not 1 <= arguments.line <= len(found):
                raise NotFoundError(
                    _("The plan's text has no line {number}.").format(number=arguments.line)
                )
            item_id = found[arguments.line - 1].id
        with workspace.change(_("Comment on a plan")) as change:
            comments.add(change, arguments.plan, arguments.words, item_id=item_id)
        _tell(workspace, arguments.plan, console)
    return 0


def add_settle(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan settle``."""
    _add_number(parser)
    parser.add_argument("--again", action="store_true", help=_("open it again instead"))
    parser.set_defaults(run=_settle)


def _settle(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change(_("Comment on a plan")) as change:
            comments.settle(change, arguments.comment, settled=not arguments.again)
        plan_id = workspace.read(comments.comment_by_id, arguments.comment).plan_id
        _tell(workspace, plan_id, console)
    return 0


def add_uncomment(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan uncomment``."""
    _add_number(parser)
    parser.set_defaults(run=_uncomment)


def _uncomment(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        plan_id = workspace.read(comments.comment_by_id, arguments.comment).plan_id
        with workspace.change(_("Comment on a plan")) as change:
            comments.delete(change, arguments.comment)
        _tell(workspace, plan_id, console)
    return 0


def _tell(workspace: Workspace, plan_id: int, console: Console, *, only_open: bool = False) -> None:
    plan = workspace.read(plans.plan_by_id, plan_id)
    lines = {
        item.id: (number, item.text)
        for number, item in enumerate(workspace.read(items.of_plan, plan_id), 1)
    }
    found = [
        one for one in workspace.read(comments.of_plan, plan_id) if not (only_open and one.settled)
    ]
    if not found:
        console.say(_("Nobody commented on “{title}”.").format(title=plan.title))
    else:
        console.table(
            [_("No."), _("About"), _("Said by"), _("On"), _("Words"), _("State")],
            [
                [
                    str(one.id),
                    _about(one, lines),
                    one.person_name,
                    one.written_at.strftime("%Y-%m-%d %H:%M"),
                    one.words,
                    _("settled") if one.settled else _("open"),
                ]
                for one in found
            ],
            right=(0,),
        )
    console.result(
        [
            {
                "id": one.id,
                "line": lines[one.item_id][0] if one.item_id in lines else None,
                "by": one.person_name,
                "at": one.written_at,
                "words": one.words,
                "settled": one.settled,
            }
            for one in found
        ]
    )


def _about(one: Comment, lines: dict[int, tuple[int, str]]) -> str:
    if one.item_id is None or one.item_id not in lines:
        return _("The plan")
    number, text = lines[one.item_id]
    return f"{number}: {text}"


def _add_plan(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("plan", metavar="ID", type=shared.count, help=_("the plan's number"))


def _add_number(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("comment", metavar="ID", type=shared.count, help=_("the comment's number"))
