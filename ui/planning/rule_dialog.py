"""The rules of an item, one by one: seen, changed, added by hand, removed."""

from __future__ import annotations

from typing import Any, NamedTuple

from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QWidget

from salesdesk.customers.bounds import GRADES, STATES
from salesdesk.errors import InputError, SalesDeskError
from salesdesk.office import measures, people
from salesdesk.office.measures import Measure
from salesdesk.planning import item_rules
from salesdesk.planning.items import Item
from salesdesk.planning.live.floors import PRICE
from salesdesk.planning.live.rule import EVERY, KINDS, Draft, Rule
from salesdesk.planning.places import TIERS
from salesdesk.planning.plans import Plan
from salesdesk.sales import products
from salesdesk.text import _, mark
from ui.shared.forms import Choice, FormDialog, NumberField, PercentField, TextField, WordsField
from ui.shared.labels import button, label
from ui.shared.session import Session

#: When in its period an action is done.
_AT = {
    "": mark("at any time"),
    "start": mark("at the start"),
    "middle": mark("in the middle"),
    "end": mark("at the end"),
    "monday": mark("on Monday"),
    "tuesday": mark("on Tuesday"),
    "wednesday": mark("on Wednesday"),
    "thursday": mark("on Thursday"),
    "friday": mark("on Friday"),
    "saturday": mark("on Saturday"),
    "sunday": mark("on Sunday"),
}
_FROM = {"": mark("at once"), "middle": mark("in the middle"), "end": mark("at the end")}
_OF = {"": mark("Profit per piece"), PRICE: mark("Price")}
_ROWS = {
    "target": ("measure", "tier", "value", "highest", "every", "goods", "whom"),
    "cadence": ("grade", "state", "days"),
    "floor": ("of", "money", "goods"),
    "action": ("every", "at", "words", "whom"),
    "contingency": ("words", "steps", "measure", "percent", "looked"),
}


class _Goods(NamedTuple):
    product_id: int | None = None
    category: str = ""


class _Whom(NamedTuple):
    """Whom a rule is for: the plan's owner, each of the owner's people, a team, or a person."""

    team_id: int | None = None
    person_id: int | None = None
    whom: str = ""


class RuleDialog(FormDialog):
    """Shows ``rule_id`` of an item (its first, or a new one, where None)."""

    def __init__(
        self, session: Session, plan: Plan, item: Item, words: dict[int, str],
        parent: QWidget | None, *, rule_id: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(_("Rules of the item"), parent)
        self.setMinimumWidth(560)
        self.session, self.plan, self.item = session, plan, item
        self.form.addRow(label(item.text, "hint", wrap=True))
        offered: list[tuple[Rule | None, str]] = [
            (rule, words.get(rule.id, "")) for rule in item.rules
        ]
        offered.append((None, _("A new rule")))
        first = next((rule for rule in item.rules if rule_id in (None, rule.id)), None)
        self.which: Choice[Rule | None] = Choice(offered, first)
        self.which.setMaximumWidth(420)
        self.kind: Choice[str] = Choice([(code, _(name)) for code, name in KINDS.items()])
        self._make_fields()
        self.add(_("Rule"), self.which)
        self.add(_("Kind of rule"), self.kind)
        for name, field in self.fields:
            self.add(name, field)
        self.keep = QCheckBox(_("Keep its targets when it is removed"))
        self.form.addRow("", self.keep)
        self.remove_button = button(_("Remove the rule"), self.remove)
        self.buttons.addButton(self.remove_button, QDialogButtonBox.ButtonRole.ResetRole)
        self.which.currentIndexChanged.connect(self._rule_chosen)
        self.kind.currentIndexChanged.connect(self._show_rows)
        self._rule_chosen()

    def _make_fields(self) -> None:
        read = self.session.read
        self._measures: list[Measure] = read(measures.measures)
        goods = read(products.products)
        everyone, teams = read(people.people), read(people.teams)
        self.measure: Choice[int | None] = Choice([])
        self.tier: Choice[str] = Choice([(code, _(name)) for code, name in TIERS.items()])
        self.value, self.highest = TextField(longest=30), TextField(longest=30)
        self.every: Choice[str] = Choice([])
        categories = sorted({one.category for one in goods if one.category})
        self.goods: Choice[_Goods] = Choice(
            [(_Goods(), _("All products"))]
            + [(_Goods(category=one), _("All {category}").format(category=one))
               for one in categories]
            + [(_Goods(one.id), one.name) for one in goods]
        )  # fmt: skip
        self.whom: Choice[_Whom] = Choice(
            [(_Whom(), _("The plan's owner")), (_Whom(whom="each"), _("Each person of the plan"))]
            + [(_Whom(team_id=one.id), _("Team {name}").format(name=one.name)) for one in teams]
            + [(_Whom(person_id=one.id), one.name) for one in everyone]
        )
        self.grade: Choice[str] = Choice(
            [("", _("Every grade"))] + [(grade, grade) for grade in GRADES if grade]
        )
        self.state: Choice[str] = Choice(
            [("", _("Every state"))] + [(code, _(name)) for code, name in STATES.items()]
        )
        self.days = NumberField(_("Every so many days"), digits=0)
        self.of: Choice[str] = Choice([(code, _(name)) for code, name in _OF.items()])
        self.money = NumberField(_("At least"))
        self.at: Choice[str] = Choice([])
        self.looked: Choice[str] = Choice([(code, _(name)) for code, name in _FROM.items()])
        self.words, self.steps = WordsField(lines=2), WordsField(lines=3)
        self.percent = PercentField(_("Below, in per cent"))
        self._codes: dict[str, QWidget] = {
            "measure": self.measure, "tier": self.tier, "value": self.value,
            "highest": self.highest, "every": self.every, "at": self.at, "goods": self.goods,
            "whom": self.whom, "grade": self.grade, "state": self.state, "days": self.days,
            "of": self.of, "money": self.money, "words": self.words, "steps": self.steps,
            "percent": self.percent, "looked": self.looked,
        }  # fmt: skip
        self.fields: list[tuple[str, QWidget]] = [
            (_("Words"), self.words),
            (_("Steps"), self.steps),
            (_("Measure"), self.measure),
            (_("Tier"), self.tier),
            (_("Value"), self.value),
            (_("Up to"), self.highest),
            (_("Grade"), self.grade),
            (_("State"), self.state),
            (_("Every so many days"), self.days),
            (_("How often"), self.every),
            (_("When"), self.at),
            (_("Which figure"), self.of),
            (_("At least"), self.money),
            (_("Products"), self.goods),
            (_("For whom"), self.whom),
            (_("Below, in per cent"), self.percent),
            (_("Looked at from"), self.looked),
        ]

    # -- what is shown ---------------------------------------------------------------------------

    def _rule_chosen(self) -> None:
        rule = self.which.value()
        shown: Draft = rule or Draft(kind=self.kind.value(), tier="assigned")
        known = {one.id: one for one in self._measures}
        self.kind.set_value(shown.kind)
        self.kind.setEnabled(rule is None)
        self.remove_button.setEnabled(rule is not None)
        self._offer(shown)
        self.tier.set_value(shown.tier or "assigned")
        measure = known.get(shown.measure_id or 0)
        for field, value in ((self.value, shown.value), (self.highest, shown.highest)):
            is_target = shown.kind == "target" and measure is not None and value is not None
            field.setText(measure.format(value) if is_target and measure else "")
        self.grade.set_value(shown.grade if self.grade.offers(shown.grade) else "")
        self.state.set_value(shown.state if self.state.offers(shown.state) else "")
        self.days.set_value(shown.days)
        self.of.set_value(PRICE if shown.at == PRICE else "")
        self.money.set_value(shown.value if shown.kind == "floor" else None)
        self.percent.set_value(shown.value if shown.kind == "contingency" else None)
        self.looked.set_value(shown.at if shown.at in _FROM else "")
        self.words.setPlainText(shown.words)
        self.steps.setPlainText(shown.steps)
        goods = _Goods(shown.product_id, shown.category)
        if not self.goods.offers(goods):
            names = [(one, self.goods.itemText(at)) for at, one in enumerate(self.goods._values)]
            self.goods.set_choices([*names, (goods, shown.category)], goods)
        self.goods.set_value(goods)
        whom = _Whom(shown.team_id, shown.person_id, shown.whom)
        self.whom.set_value(whom if self.whom.offers(whom) else _Whom())
        self._show_rows()

    def _offer(self, shown: Draft) -> None:
        """What can be chosen depends on the kind; what the rule says is always there."""
        kind = self.kind.value()
        every = [("", _("once in the plan's period"))]
        every += [(code, _(name)) for code, name in EVERY.items()]
        self.every.set_choices(every, shown.every)
        choices = [(code, _(name)) for code, name in _AT.items()]
        if shown.at not in _AT and shown.kind == "action":
            choices.append((shown.at, shown.at))
        self.at.set_choices(choices, shown.at)
        offered: list[tuple[int | None, str]] = [(one.id, one.name) for one in self._measures]
        if kind == "contingency":
            offered.insert(0, (None, _("Nothing: it is declared by a person")))
        used = {one for one, _name in offered}
        if shown.measure_id is not None and shown.measure_id not in used:
            named = self.session.read(measures.measure_by_id, shown.measure_id)
            self._measures.append(named)
            offered.append((named.id, named.name))
        self.measure.set_choices(offered, shown.measure_id)

    def _show_rows(self) -> None:
        kind = self.kind.value()
        if self.which.value() is None:
            self._offer(Draft(kind=kind))
        for code, field in self._codes.items():
            self.form.setRowVisible(field, code in _ROWS[kind])
        self.form.setRowVisible(self.keep, kind == "target" and self.which.value() is not None)
        self.fit(shrink=True)

    # -- what is done ----------------------------------------------------------------------------

    def draft(self) -> Draft:
        """The rule as it is filled in. Raises InputError."""
        rule, kind = self.which.value(), self.kind.value()
        goods, whom = self.goods.value(), self.whom.value()
        said: dict[str, Any] = {"kind": kind}
        if rule is not None:
            said |= {"step": rule.step, "period": rule.period}
        if kind == "target":
            measure = next(one for one in self._measures if one.id == self.measure.value())
            said |= {
                "measure_id": measure.id, "tier": self.tier.value(), "every": self.every.value(),
                "value": measure.parse(self.value.value()),
                "highest": measure.parse(self.highest.value()),
            }  # fmt: skip
            if said["value"] is None:
                raise InputError(_("{field} is missing.").format(field=_("Value")))
        elif kind == "cadence":
            said |= {
                "grade": self.grade.value(), "state": self.state.value(), "days": self.days.value(),
            }  # fmt: skip
        elif kind == "floor":
            said |= {"at": self.of.value(), "value": self.money.value()}
        elif kind == "action":
            said |= {
                "every": self.every.value(), "at": self.at.value(), "words": self.words.value(),
                "days": None if rule is None else rule.days,
            }  # fmt: skip
        else:
            watched = self.measure.value()
            said |= {
                "words": self.words.value(), "steps": self.steps.value(), "measure_id": watched,
                "value": None if watched is None else self.percent.value(),
                "at": self.looked.value(),
            }  # fmt: skip
        if kind in ("target", "floor"):
            said |= {"product_id": goods.product_id, "category": goods.category}
        if kind in ("target", "action"):
            said |= {"team_id": whom.team_id, "person_id": whom.person_id, "whom": whom.whom}
        return Draft(**said)

    def save(self) -> None:
        draft, rule = self.draft(), self.which.value()
        with self.session.changing(_("Rule of an item")) as change:
            if rule is None:
                item_rules.add(change, self.item.id, draft)
            else:
                item_rules.edit(change, rule.id, draft)

    def remove(self) -> None:
        """Take the rule away; its words stay."""
        rule = self.which.value()
        if rule is None:
            return
        try:
            with self.session.changing(_("Remove a rule")) as change:
                item_rules.remove(change, rule.id, keep_targets=self.keep.isChecked())
        except SalesDeskError as error:
            self.show_error(error.message)
            return
        self.done(self.DialogCode.Accepted)
