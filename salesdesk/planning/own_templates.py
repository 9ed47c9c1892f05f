"""The office's own templates: what a plan asks for, kept to begin others with.

A template holds the plan's items and rules with their figures, as JSON; neither whose plan it was
nor for when, and none of the targets that were set by hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from salesdesk.calc.periods import KINDS, Kind, Period
from salesdesk.errors import InputError, NotFoundError, SalesDeskError
from salesdesk.office import measures, rights
from salesdesk.office.measures import Measure
from salesdesk.office.names import free_name, same_name
from salesdesk.planning import items, outlines, plan_rules, plans, target_rules, templates, wording
from salesdesk.planning.live.rule import Draft, Rule, as_values, draft_of, from_values
from salesdesk.planning.live.writing import Writer
from salesdesk.planning.places import OFFICE, Who
from salesdesk.planning.tables import plan_item, plan_template
from salesdesk.storage.edits import UNSET, Unset, after, given
from salesdesk.storage.history import Change
from salesdesk.text import _, joined

LONGEST_NAME, LONGEST_ABOUT = 80, 500


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """A template of the office's: ``kind`` is the kind of period that its plan was for, ``owner``
    whose plan that was (office, team, person), ``reviewed`` the summaries it asked for.
    """

    id: int
    name: str
    about: str
    kind: Kind
    owner: str
    reviewed: str
    items: tuple[KeptItem, ...]
    version: int

    @property
    def rules(self) -> int:
        """How many rules it holds."""
        return sum(len(item.rules) for item in self.items)


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An item of a template: its words as stored, and its rules by their numbers."""

    kind: str
    level: int
    words: str
    rules: tuple[tuple[int, Draft], ...]


def all(db: Connection) -> list[OwnTemplate]:  # noqa: A001 - read as own_templates.all()
    """The office's templates by name, but for any that is damaged: the others are offered still."""
    found = []
    for row in db.execute(select(plan_template).order_by(plan_template.c.name, plan_template.c.id)):
        with suppress(InputError):
            found.append(_template(row))
    return found


def template_by_id(db: Connection, template_id: int) -> OwnTemplate:
    """Raises NotFoundError when there is none, InputError where it is damaged."""
    row = db.execute(select(plan_template).where(plan_template.c.id == template_id)).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no plan template number {id}.").format(id=template_id))
    return _template(row)


def named(db: Connection, name: str) -> OwnTemplate | templates.Template:
    """The office's template so called, else the program's. Raises NotFoundError naming all."""
    own = all(db)
    for template in own:
        if same_name(template.name, name):
            return template
    try:
        return templates.named(name)
    except NotFoundError:
        known = [*(one.name for one in own), *(one.name for one in templates.all())]
        raise NotFoundError(
            _("There is no plan template {name}; there are: {known}.").format(
                name=name, known=joined(known)
            )
        ) from None


def usual_owner(db: Connection, template_id: int, actor_id: int | None) -> Who:
    """Whose plan the template usually makes for whoever writes one (``templates.whose``)."""
    return templates.whose(db, template_by_id(db, template_id).owner, actor_id)


def keep(change: Change, plan_id: int, name: str, about: str = "") -> int:
    """Keep what a plan asks for as a template of the office's; its id.

    Raises InputError (no name or one that is taken, a plan without a text), RightsError,
    NotFoundError.
    """
    db = change.connection
    plan = plans.plan_by_id(db, plan_id)
    plan_rules.need_right(change, plan.who, plan_rules.WRITE)
    name = _free(change, name)
    found = items.of_plan(db, plan_id)
    known = {measure.id: measure for measure in measures.measures(db, active_only=False)}
    if not found:
        raise InputError(_("“{title}” has no text to keep.").format(title=plan.title))
    contents = {
        "kind": plan.period.kind, "owner": plan.who.level, "reviewed": plan.reviewed,
        "items": [
            {
                "kind": item.kind, "level": item.level, "words": item.words,
                "rules": [
                    {"number": rule.number, **as_values(_kept(rule, known))} for rule in item.rules
                ],
            }
            for item in found
        ],
    }  # fmt: skip
    template_id = change.insert(
        plan_template,
        name=name,
        about=_about(about),
        contents=json.dumps(contents, ensure_ascii=False, separators=(",", ":")),
    )
    change.describe(_("Plan template kept: {name}").format(name=name))
    return template_id


def edit(
    change: Change,
    template_id: int,
    *,
    seen_version: int,
    name: str | Unset = UNSET,
    about: str | Unset = UNSET,
) -> None:
    """Call a template otherwise, or say otherwise what it is for.

    Raises InputError, RightsError (only who may write the office's plans), ConflictError,
    NotFoundError.
    """
    plan_rules.need_right(change, OFFICE, plan_rules.WRITE)
    before = template_by_id(change.connection, template_id)
    if name is not UNSET:
        name = _free(change, name, own_id=template_id)
    if about is not UNSET:
        about = _about(about)
    change.update(
        plan_template, template_id, seen_version=seen_version, **given(name=name, about=about)
    )
    change.describe(_("Plan template {name}").format(name=after(name, before.name)))


def delete(change: Change, template_id: int) -> None:
    """Delete a template; the plans made of it stay. Raises RightsError, NotFoundError."""
    rights.need(change, "rules.edit")
    row = change.connection.execute(
        select(plan_template.c.name).where(plan_template.c.id == template_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(_("There is no plan template number {id}.").format(id=template_id))
    change.delete(plan_template, template_id)
    change.describe(_("Plan template deleted: {name}").format(name=row.name))


def new_plan(
    change: Change, template_id: int, *, period: Period, who: Who | None = None, title: str = ""
) -> int:
    """A new draft with a template's items and rules, its targets set for ``who``; its id.

    Without ``who`` it is for whom the plan that was kept was (``templates.whose``). A rule that has
    no place in the period, or names who doesn't belong to the plan, stays as words. Raises as
    ``plans.new_plan``, NotFoundError.
    """
    db = change.connection
    template = template_by_id(db, template_id)
    if who is None:
        who = templates.whose(db, template.owner, change.person_id)
    title = title.strip() or _("{period} {title}").format(period=period.label, title=template.name)
    with change.told_as(_("New plan: {title}").format(title=title)):
        plan_id = plans.new_plan(
            change, title=title, period=period, who=who, reviewed=template.reviewed
        )
        _write(change, plan_id, template.items)
    return plan_id


# -- within ----------------------------------------------------------------------------------------


def _write(change: Change, plan_id: int, kept: Sequence[KeptItem]) -> None:
    writer = Writer(change, plans.plan_by_id(change.connection, plan_id))
    ids = change.insert_many(
        plan_item,
        [
            {"plan_id": plan_id, "position": position, "level": item.level, "kind": item.kind,
             "words": item.words}
            for position, item in enumerate(kept)
        ],
    )  # fmt: skip
    for item, item_id in zip(kept, ids, strict=True):
        left: dict[int, str] = {}
        for number, draft in item.rules:
            try:
                writer.add(item_id, number, draft)
            except SalesDeskError:
                left[number] = draft.written
        if left:
            words = wording.without_marks(item.words, left)
            change.update(plan_item, item_id, words=words)


def _kept(rule: Rule, known: Mapping[int, Measure]) -> Draft:
    """A rule with its figure written as it is now, which the grid may have changed since."""
    return replace(draft_of(rule), written=rule.figure(known))


def _free(change: Change, name: str, own_id: int | None = None) -> str:
    """A name that no other template has, the program's included."""
    name = free_name(change, plan_template, name, own_id=own_id, longest=LONGEST_NAME)
    for shipped in templates.all():
        if same_name(name, shipped.title) or same_name(name, shipped.name):
            raise InputError(_("The program has a template called {name}.").format(name=name))
    return name


def _about(about: str) -> str:
    return target_rules.check_words(about, LONGEST_ABOUT, _("What the template is for"))


def _template(row: Any) -> OwnTemplate:
    try:
        return _read(row, json.loads(row.contents))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            _("The plan template {name} is damaged and can't be read any more.").format(
                name=row.name
            )
        ) from error


def _read(row: Any, data: Mapping[str, Any]) -> OwnTemplate:
    if data["kind"] not in KINDS:
        raise ValueError
    kept = tuple(
        KeptItem(
            item["kind"],
            item["level"],
            item["words"],
            tuple((one["number"], from_values(one)) for one in item["rules"]),
        )
        for item in data["items"]
    )
    if any(item.kind not in outlines.KINDS for item in kept):
        raise ValueError
    return OwnTemplate(
        row.id, row.name, row.about, data["kind"], data["owner"], data["reviewed"], kept,
        row.version,
    )  # fmt: skip
