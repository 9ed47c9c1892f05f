"""Commands about deals: enter, edit, date their stages, pay, cancel, list them.

They call the writers that the window calls, so that both refuse the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from typing import Any

from salesdesk.calc.money import (
    format_number,
    format_percent,
    parse_number,
    parse_percent,
    to_decimal,
)
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.meant import customer_meant
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.errors import InputError
from salesdesk.office import people
from salesdesk.sales import deals, floors, payments, products, selling
from salesdesk.sales.deals import STAGES, STATES, Deal, Share
from salesdesk.storage.edits import UNSET, Unset
from salesdesk.text import _, ngettext
from salesdesk.workspace import Workspace

#: What is typed for a cost that nobody knows, a date that is taken away.
UNKNOWN, NONE = "unknown", "none"


def _add_deal(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "add": (_("enter a deal"), _add_add),
            "edit": (_("change a deal's figures, shares and words"), _add_edit),
            "stage": (_("date a deal's intention, subscription or contract"), _add_stage),
            "pay": (_("enter a payment, or note that one was received"), _add_pay),
            "cancel": (_("note that a deal fell through, or take that back"), _add_cancel),
            "list": (_("list deals and their sums, or a deal's payments"), _add_list),
            "discount": (_("say how far below the list price a role may go"), _add_discount),
        },
    )


# -- entering and editing --------------------------------------------------------------------------


def _add_add(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "--customer", metavar="NAME|ID", required=True, help=_("the customer's name or number")
    )
    parser.add_argument("--product", metavar="NAME", required=True, help=_("what is sold"))
    _add_figures(parser, required=True)
    _add_dates(parser)
    _add_ask(parser)
    parser.set_defaults(run=_run_add)


def _add_edit(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    _add_number(parser)
    parser.add_argument("--customer", metavar="NAME|ID", help=_("another customer"))
    parser.add_argument("--product", metavar="NAME", help=_("another product"))
    _add_figures(parser, required=False)
    _add_ask(parser)
    parser.set_defaults(run=_run_edit)


def _add_number(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("deal", metavar="NO", type=shared.count, help=_("the deal's number"))


def _add_figures(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "--amount", metavar="YUAN", type=_cents, required=required, default=UNSET,
        help=_("the whole amount"),
    )  # fmt: skip
    parser.add_argument(
        "--quantity", metavar="N", type=shared.count, default=UNSET, help=_("how many pieces")
    )
    parser.add_argument(
        "--cost", metavar="YUAN", type=_cost, default=UNSET,
        help=_("the whole cost, or “unknown” (otherwise by the product)"),
    )  # fmt: skip
    parser.add_argument(
        "--unit", metavar="LABEL", default=UNSET, help=_("house number, serial number")
    )
    parser.add_argument("--note", metavar="TEXT", default=UNSET, help=_("a note"))
    parser.add_argument(
        "--share", metavar="NAME=PERCENT", type=_share, action="append",
        help=_("who shares it, once for each person (otherwise the customer's owner)"),
    )  # fmt: skip


def _add_dates(parser: argparse.ArgumentParser) -> None:
    for stage, name in STAGES.items():
        parser.add_argument(
            f"--{stage}", metavar="DAY", type=_day_or_none, default=UNSET,
            help=_("the day of this stage: {stage}").format(stage=_(name)),
        )  # fmt: skip


def _add_ask(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ask", metavar="WORDS", default="",
        help=_("ask for approval of a price that needs it, and why; the deal stays an intention"),
    )  # fmt: skip


def _run_add(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        buyer = customer_meant(workspace, arguments.customer)
        sold = workspace.read(products.product_named, arguments.product)
        stages = {stage: day for stage, day in _days(arguments).items() if day is not None}
        if arguments.ask and stages:
            stages = {"intention": min(stages.values())}
        with workspace.change(_("New deal with {name}").format(name=buyer.name)) as change:
            deal_id = selling.add_deal(
                change,
                customer_id=buyer.id,
                product_id=sold.id,
                amount=arguments.amount,
                quantity=1 if arguments.quantity is UNSET else arguments.quantity,
                cost=arguments.cost,
                unit_label="" if arguments.unit is UNSET else arguments.unit,
                note="" if arguments.note is UNSET else arguments.note,
                shares=_shares(workspace, arguments.share),
                stages=stages,
            )
            if arguments.ask:
                floors.ask(change, deal_id, arguments.ask)
        return _tell(workspace, console, deal_id, asked=bool(arguments.ask))


def _run_edit(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        stored = workspace.read(deals.deal_by_id, arguments.deal)
        buyer_id: int | Unset = UNSET
        if arguments.customer:
            buyer_id = customer_meant(workspace, arguments.customer).id
        product_id: int | Unset = UNSET
        if arguments.product:
            product_id = workspace.read(products.product_named, arguments.product).id
        with workspace.change(_("Edit the deal {name}").format(name=stored.title)) as change:
            if arguments.ask and stored.binding:
                sold = products.product_by_id(
                    change.connection, stored.product_id if product_id is UNSET else product_id
                )
                planned = selling.edited_figures(
                    stored,
                    sold,
                    stored.quantity if arguments.quantity is UNSET else arguments.quantity,
                    stored.amount if arguments.amount is UNSET else arguments.amount,
                    arguments.cost,
                )
                floors.ask(change, stored.id, arguments.ask, planned=planned)
            else:
                selling.edit_deal(
                    change,
                    stored.id,
                    seen_version=stored.version,
                    customer_id=buyer_id,
                    product_id=product_id,
                    quantity=arguments.quantity,
                    amount=arguments.amount,
                    cost=arguments.cost,
                    unit_label=arguments.unit,
                    note=arguments.note,
                    shares=_shares(workspace, arguments.share),
                )
                if arguments.ask:
                    floors.ask(change, stored.id, arguments.ask)
        return _tell(workspace, console, stored.id, asked=bool(arguments.ask))


# -- stages and cancellation -----------------------------------------------------------------------


def _add_stage(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    _add_number(parser)
    _add_dates(parser)
    parser.set_defaults(run=_run_stage)


def _run_stage(arguments: argparse.Namespace, console: Console) -> int:
    days = _days(arguments)
    if not days:
        raise InputError(_("Say which stage, and its day or “none”: --contracted 2026-11-23."))
    with opened(arguments) as workspace:
        with workspace.change(_("Stage dates")) as change:
            selling.set_stages(change, arguments.deal, days)
        return _tell(workspace, console, arguments.deal)


def _add_cancel(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    _add_number(parser)
    parser.add_argument(
        "--on", metavar="DAY", type=shared.day, help=_("the day it fell through (otherwise today)")
    )
    parser.add_argument("--reason", metavar="TEXT", default="", help=_("why it fell through"))
    parser.add_argument(
        "--revive", action="store_true", help=_("take the cancellation back instead")
    )
    parser.set_defaults(run=_run_cancel)


def _run_cancel(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change(_("Cancel the deal")) as change:
            if arguments.revive:
                selling.revive(change, arguments.deal)
            else:
                day = arguments.on or change.now.date()
                selling.cancel(change, arguments.deal, day, arguments.reason)
        return _tell(workspace, console, arguments.deal)


# -- payments --------------------------------------------------------------------------------------


def _add_pay(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    _add_number(parser)
    parser.add_argument(
        "--amount", metavar="YUAN", type=_cents, help=_("the amount of a new payment")
    )
    parser.add_argument("--due", metavar="DAY", type=shared.day, help=_("when it is due"))
    parser.add_argument("--on", metavar="DAY", type=shared.day, help=_("when it was received"))
    parser.add_argument(
        "--refund", action="store_true", help=_("the amount was given back on that day")
    )
    parser.add_argument(
        "--payment", metavar="NO", type=shared.count,
        help=_("the payment that was received, by its number in “deal list --deal”"),
    )  # fmt: skip
    parser.add_argument("--note", metavar="TEXT", default="", help=_("a note"))
    parser.set_defaults(run=_run_pay)


def _run_pay(arguments: argparse.Namespace, console: Console) -> int:
    if (arguments.payment is None) == (arguments.amount is None):
        raise InputError(_("Give either the amount of a new payment or the number of one due."))
    if arguments.refund and (arguments.amount is None or arguments.on is None):
        raise InputError(_("A refund needs its amount and the day it was given back."))
    if arguments.amount is not None and arguments.amount < 0:
        raise InputError(_("The amount must be positive; choose Refund for money given back."))
    with opened(arguments) as workspace:
        deal = workspace.read(deals.deal_by_id, arguments.deal)
        known = {payment.id for payment in workspace.read(deals.payments, deal.id)}
        if arguments.payment is not None and arguments.payment not in known:
            raise InputError(
                _("Payment number {id} isn't one of the deal {deal}.").format(
                    id=arguments.payment, deal=deal.title
                )
            )
        with workspace.change(_("Payment")) as change:
            if arguments.payment is not None:
                day = arguments.on or change.now.date()
                payments.pay(change, arguments.payment, day)
            else:
                payments.add_payment(
                    change,
                    deal.id,
                    -arguments.amount if arguments.refund else arguments.amount,
                    due_on=arguments.due,
                    paid_on=arguments.on,
                    note=arguments.note,
                )
        return _tell(workspace, console, deal.id)


# -- lists -----------------------------------------------------------------------------------------


def _add_list(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument("--deal", metavar="NO", type=shared.count, help=_("only this deal"))
    parser.add_argument("--customer", metavar="NAME|ID", help=_("only this customer's"))
    parser.add_argument("--person", metavar="NAME", help=_("only those this person shares"))
    shared.add_month(parser, required=False, help_text=_("only those with a date in this month"))
    parser.add_argument("--state", choices=list(STATES), help=_("only those in this state"))
    parser.add_argument(
        "--limit", metavar="N", type=shared.count, default=200, help=_("how many at most (200)")
    )
    parser.set_defaults(run=_run_list)


def _run_list(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        viewer_id = workspace.person_id
        if arguments.deal is not None:
            return _tell(workspace, console, arguments.deal)
        conditions: dict[str, Any] = {
            "customer_id": customer_meant(workspace, arguments.customer).id
            if arguments.customer
            else None,
            "person_id": workspace.read(people.person_named, arguments.person).id
            if arguments.person
            else None,
            "month": arguments.month.month_key if arguments.month else None,
            "state": arguments.state,
            "viewer_id": viewer_id,
        }
        rows = workspace.read(deals.deals, limit=arguments.limit, **conditions)
        totals = workspace.read(deals.totals, **conditions)
    console.table(
        [_("No."), _("Customer"), _("Product"), _("State"), _("Date"), _("Amount"), _("Profit"),
         _("Received"), _("People")],
        [
            [str(deal.id), deal.customer_name, f"{deal.product_name} {deal.unit_label}".strip(),
             _(STATES[deal.state]), "" if deal.latest_on is None else deal.latest_on.isoformat(),
             _yuan(deal.amount), _yuan(deal.profit), _yuan(deal.paid), deal.people]
            for deal in rows
        ],
        right=(0, 5, 6, 7),
    )  # fmt: skip
    console.say(
        ngettext(
            "{count} deal, amount {amount}, profit {profit} (cost known for {known}), "
            "received {paid}",
            "{count} deals, amount {amount}, profit {profit} (cost known for {known}), "
            "received {paid}",
            totals.count,
        ).format(
            count=f"{totals.count:,}", amount=_yuan(totals.amount), profit=_yuan(totals.profit),
            known=f"{totals.costed:,}", paid=_yuan(totals.paid),
        )
    )  # fmt: skip
    console.result(
        {
            "deals": [_as_json(deal) for deal in rows],
            "totals": {
                "count": totals.count,
                "amount": _decimal(totals.amount),
                "cost": _decimal(totals.cost),
                "profit": _decimal(totals.profit),
                "cost_known": None if totals.costs_hidden else totals.costed,
                "received": _decimal(totals.paid),
            },
        }
    )
    return 0


def _tell(workspace: Workspace, console: Console, deal_id: int, *, asked: bool = False) -> int:
    """Say how a deal stands now, with its payments."""
    deal = workspace.read(deals.deal_by_id, deal_id, viewer_id=workspace.person_id)
    paid = workspace.read(deals.payments, deal_id)
    console.say(
        _("No. {id} {deal}: {state} {day}, {amount} yuan, received {paid}, shared by {people}")
        .format(
            id=deal.id, deal=deal.title, state=_(STATES[deal.state]),
            day="" if deal.latest_on is None else deal.latest_on.isoformat(),
            amount=_yuan(deal.amount), paid=_yuan(deal.paid), people=deal.people,
        )
    )  # fmt: skip
    if not deal.costs_hidden:
        console.say(
            _("Cost {cost}, profit {profit}, margin {margin}").format(
                cost=_yuan(deal.cost),
                profit=_yuan(deal.profit),
                margin=format_percent(deal.margin),
            )
        )
    if asked:
        console.say(_("Approval was asked. The contract can be dated once the request is granted."))
    if paid:
        console.table(
            [_("No."), _("Due on"), _("Received on"), _("Amount"), _("Note")],
            [
                [str(row.id), str(row.due_on or ""), str(row.paid_on or ""), _yuan(row.amount),
                 row.note]
                for row in paid
            ],
            right=(0, 3),
        )  # fmt: skip
    console.result(
        {
            **_as_json(deal),
            "shares": [
                {"person": share.person_name, "percent": to_decimal(share.basis_points, 2)}
                for share in workspace.read(deals.shares, deal_id)
            ],
            "payments": [
                {"id": row.id, "amount": _decimal(row.amount), "due_on": row.due_on,
                 "paid_on": row.paid_on, "note": row.note}
                for row in paid
            ],
            "asked": asked,
        }
    )  # fmt: skip
    return 0


def _as_json(deal: Deal) -> dict[str, object]:
    return {
        "id": deal.id,
        "customer": deal.customer_id,
        "customer_name": deal.customer_name,
        "product": deal.product_name,
        "unit": deal.unit_label,
        "quantity": deal.quantity,
        "amount": _decimal(deal.amount),
        "cost": _decimal(deal.cost),
        "profit": _decimal(deal.profit),
        "commission": _decimal(deal.commission),
        "received": _decimal(deal.paid),
        "state": deal.state,
        "intention_on": deal.intention_on,
        "subscribed_on": deal.subscribed_on,
        "contracted_on": deal.contracted_on,
        "cancelled_on": deal.cancelled_on,
        "cancel_reason": deal.cancel_reason,
        "people": deal.people,
        "note": deal.note,
    }


# -- the discount limit ----------------------------------------------------------------------------


def _add_discount(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "--role", choices=list(people.ROLES), required=True, help=_("whose limit it is")
    )
    parser.add_argument(
        "--percent", metavar="P", type=_percent, required=True,
        help=_("of the list price, or “none” for no limit"),
    )  # fmt: skip
    parser.set_defaults(run=_run_discount)


def _run_discount(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change(_("Discount limit")) as change:
            floors.set_discount_limit(change, arguments.role, arguments.percent)
        limits = workspace.read(floors.discount_limits)
    for role, name in people.ROLES.items():
        limit = limits.get(role)
        shown = _("no limit") if limit is None else f"{format_number(limit, 2, trim=True)} %"
        console.say(f"{_(name)}: {shown}")
    console.result({role: to_decimal(limit, 2) for role, limit in limits.items()})
    return 0


# -- what is typed ---------------------------------------------------------------------------------


def _days(arguments: argparse.Namespace) -> dict[str, date | None]:
    """The stages that are dated, None for one whose date is taken away."""
    given = {stage: getattr(arguments, stage) for stage in STAGES}
    return {stage: day for stage, day in given.items() if day is not UNSET}


def _shares(workspace: Workspace, typed: Sequence[tuple[str, int]] | None) -> list[Share] | Unset:
    if not typed:
        return UNSET
    return [
        Share(workspace.read(people.person_named, name).id, basis_points)
        for name, basis_points in typed
    ]


def _day_or_none(words: str) -> date | None:
    return None if words.strip() == NONE else shared.day(words)


def _cents(words: str) -> int:
    """Yuan as people write them. Raises ArgumentTypeError."""
    return shared.told(lambda text: parse_number(text, 2), words)


def _cost(words: str) -> int | None:
    return None if words.strip() == UNKNOWN else _cents(words)


def _basis_points(words: str) -> int:
    """Per cent as people write them. Raises ArgumentTypeError."""
    return shared.told(parse_percent, words)


def _percent(words: str) -> int | None:
    return None if words.strip() == NONE else _basis_points(words)


def _share(words: str) -> tuple[str, int]:
    """A person and a part: ``Ann=50``. Raises ArgumentTypeError."""
    name, sign, part = words.rpartition("=")
    if not sign or not name.strip():
        raise argparse.ArgumentTypeError(
            _("“{text}” isn't a share: write NAME=50.").format(text=words)
        )
    return name.strip(), _basis_points(part)


def _decimal(cents: int | None) -> object:
    return None if cents is None else to_decimal(cents, 2)


def _yuan(cents: int | None) -> str:
    return "–" if cents is None else format_number(cents, 2)


PARSERS: Parsers = {"deal": _add_deal}
