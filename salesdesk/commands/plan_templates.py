"""Commands about plan templates: list them, keep a plan as one of the office's own."""

from __future__ import annotations

import argparse

from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.office import settings
from salesdesk.planning import own_templates, templates
from salesdesk.planning.own_templates import OwnTemplate
from salesdesk.storage.edits import UNSET
from salesdesk.text import _, joined
from salesdesk.workspace import Workspace


def listed(workspace: Workspace, console: Console) -> int:
    """Show the office's own templates and the program's (``plans --templates``)."""
    own = workspace.read(own_templates.all)
    kind = workspace.read(settings.read).kind
    shipped = sorted(templates.all(), key=lambda one: kind not in one.offices)
    console.table(
        [_("No."), _("Template"), _("Title"), _("Period"), _("Kind of office"), _("Rules")],
        [
            [str(one.id), one.name, one.about, _(templates.KIND_NAMES[one.kind]),
             _("the office's own"), str(one.rules)]
            for one in own
        ]
        + [
            ["", one.name, one.title, periods_of(one), offices_of(one), str(len(one.rules))]
            for one in shipped
        ],
        right=(0, 5),
    )  # fmt: skip
    console.result(
        [
            {"id": one.id, "name": one.name, "title": one.name, "about": one.about, "own": True,
             "periods": [one.kind], "owner": one.owner, "offices": [], "rules": one.rules}
            for one in own
        ]
        + [
            {"id": None, "name": one.name, "title": one.title, "about": one.about, "own": False,
             "periods": list(one.kinds), "owner": one.owner, "offices": list(one.offices),
             "rules": len(one.rules)}
            for one in shipped
        ]
    )  # fmt: skip
    return 0


def offices_of(template: templates.Template) -> str:
    """The kinds of office a template was written for."""
    if len(template.offices) == len(settings.KINDS):
        return _("any office")
    return joined(_(settings.KINDS[kind]) for kind in template.offices)


def periods_of(template: templates.Template) -> str:
    """The kinds of period that a template fits."""
    return joined(_(templates.KIND_NAMES[kind]) for kind in template.kinds)


def add_keep(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan keep-as-template``."""
    shared.add_office(parser)
    parser.add_argument("plan", metavar="ID", type=shared.count, help=_("the plan's number"))
    parser.add_argument("--name", required=True, help=_("what the template is called"))
    parser.add_argument("--about", default="", help=_("what it is for"))
    parser.set_defaults(run=_keep)


def _keep(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        with workspace.change(_("Keep as template")) as change:
            template_id = own_templates.keep(
                change, arguments.plan, arguments.name, arguments.about
            )
        kept = workspace.read(own_templates.template_by_id, template_id)
    console.say(_("Template number {id}: {name}").format(id=kept.id, name=kept.name))
    console.result(_as_json(kept))
    return 0


def add_edit(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan edit-template``."""
    _add_one(parser)
    parser.add_argument("--name", help=_("what the template is called"))
    parser.add_argument("--about", help=_("what it is for"))
    parser.set_defaults(run=_edit)


def _edit(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        before = workspace.read(own_templates.template_by_id, arguments.template)
        with workspace.change(_("Edit template")) as change:
            own_templates.edit(
                change, before.id, seen_version=before.version,
                name=UNSET if arguments.name is None else arguments.name,
                about=UNSET if arguments.about is None else arguments.about,
            )  # fmt: skip
        kept = workspace.read(own_templates.template_by_id, before.id)
    console.say(kept.name)
    console.result(_as_json(kept))
    return 0


def add_delete(parser: argparse.ArgumentParser) -> None:
    """Fill ``plan delete-template``."""
    _add_one(parser)
    parser.set_defaults(run=_delete)


def _delete(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace, workspace.change(_("Delete template")) as change:
        own_templates.delete(change, arguments.template)
    console.say(_("Template number {id} is deleted.").format(id=arguments.template))
    console.result({"id": arguments.template, "deleted": True})
    return 0


def _add_one(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    parser.add_argument(
        "template", metavar="TEMPLATE", type=shared.count, help=_("the template's number")
    )


def _as_json(one: OwnTemplate) -> dict[str, object]:
    return {"id": one.id, "name": one.name, "about": one.about, "rules": one.rules}
