"""Asks how a target is to be split: along time, people or products, and by what."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtWidgets import QWidget

from salesdesk.calc.money import parse_number
from salesdesk.calc.periods import KINDS, Kind, descendants
from salesdesk.errors import InputError
from salesdesk.office import people
from salesdesk.office.measures import Measure
from salesdesk.planning import splitting
from salesdesk.planning.places import Place
from salesdesk.planning.plans import Plan
from salesdesk.planning.templates import KIND_NAMES
from salesdesk.sales import products
from salesdesk.text import _
from ui.shared.forms import Choice, FormDialog, WordsField
from ui.shared.labels import label
from ui.shared.session import Session


class SplitDialog(FormDialog):
    """Splits the target at ``place``, which is called ``name``, as one change."""

    def __init__(
        self,
        session: Session,
        plan: Plan,
        measure: Measure,
        tier: str,
        place: Place,
        name: str,
        parent: QWidget | None,
    ) -> None:
        super().__init__(_("Split a target"), parent, save_text=_("Split"))
        self.setMinimumWidth(520)
        self._session, self._plan = session, plan
        self._measure, self._tier, self._place = measure, tier, place
        shorter = [kind for kind in KINDS if KINDS.index(kind) > KINDS.index(place.period.kind)]
        axes: list[tuple[str, str]] = []
        if shorter:
            axes.append(("time", _("Over time")))
        if place.who.level != "person":
            axes.append(("people", _("Over people")))
        if place.who.product_id is None and session.read(products.products):
            axes.append(("products", _("Over products")))
        self.axis: Choice[str] = Choice(axes)
        self.to: Choice[Kind] = Choice(
            [(kind, _(KIND_NAMES[kind])) for kind in shorter],
            "month" if "month" in shorter else None,
        )
        self.way: Choice[str] = Choice([("equal", "")])
        self.then: Choice[Kind | None] = Choice(
            [(None, _("No"))] + [(kind, _(KIND_NAMES[kind])) for kind in shorter]
        )
        self.percent = WordsField(lines=4)
        self.percent_hint = label("", "hint", wrap=True)
        self.form.addRow(
            label(
                _("{name}, {period}, {measure}").format(
                    name=name, period=place.period.label, measure=measure.name
                ),
                "subtitle",
                wrap=True,
            )
        )
        self.add(_("Split"), self.axis)
        self.add(_("Down to"), self.to)
        self.add(_("How"), self.way)
        self.add(_("Then over time, by working days"), self.then)
        self.add(_("Percentages"), self.percent)
        self.form.addRow("", self.percent_hint)
        self.form.addRow("", label(_("Locked cells keep their value."), "hint"))
        self.axis.currentIndexChanged.connect(self._axis_chosen)
        self.way.currentIndexChanged.connect(self._show_percent)
        self.to.currentIndexChanged.connect(self._show_percent)
        self._axis_chosen()

    def save(self) -> None:
        """Split. Raises SalesDeskError, naming the gap when locked cells make it impossible."""
        axis, way = self.axis.value(), self.way.value()
        shares = self._percentages() if way == "percent" else None
        with self._session.changing(_("Split targets")) as change:
            if axis == "time":
                splitting.split_time(
                    change, self._plan.id, self._measure, self._tier, self._place,
                    self.to.value(), way=way, percent=shares,
                )  # fmt: skip
            elif axis == "people":
                ids = [one.id for one in self._members()]
                splitting.split_people(
                    change, self._plan.id, self._measure, self._tier, self._place, way=way,
                    percent=None if shares is None else dict(zip(ids, shares, strict=True)),
                    then_time=self.then.value(),
                )  # fmt: skip
            else:
                sold = self._session.read(products.products)
                splitting.split_products(
                    change, self._plan.id, self._measure, self._tier, self._place,
                    [one.id for one in sold], way=way, percent=shares,
                )  # fmt: skip

    def _axis_chosen(self, _place: int = 0) -> None:
        axis = self.axis.value()
        ways = splitting.TIME_WAYS if axis == "time" else splitting.AXIS_WAYS
        self.way.set_choices(
            {code: _(name) for code, name in ways.items()},
            "workdays" if axis == "time" else "equal",
        )
        self.form.setRowVisible(self.to, axis == "time")
        self.form.setRowVisible(self.then, axis == "people" and self.then.count() > 1)
        self._show_percent()

    def _show_percent(self, _place: int = 0) -> None:
        wanted = self.way.value() == "percent"
        self.form.setRowVisible(self.percent, wanted)
        self.form.setRowVisible(self.percent_hint, wanted)
        if wanted:
            names = self._names()
            self.percent_hint.setText(
                _("{count} numbers that sum to 100, one for each of: {names}").format(
                    count=len(names), names="、".join(names[:14]) + ("…" if len(names) > 14 else "")
                )
            )
        self.fit()

    def _names(self) -> list[str]:
        axis = self.axis.value()
        if axis == "time":
            return [p.label_short for p in descendants(self._place.period, self.to.value())]
        if axis == "people":
            return [one.name for one in self._members()]
        return [one.name for one in self._session.read(products.products)]

    def _members(self) -> list[people.Person]:
        return self._session.read(splitting.people_of, self._place.who)

    def _percentages(self) -> list[Fraction]:
        """What was typed. Raises InputError naming the part that is no number."""
        parts = self.percent.value().replace("%", " ").replace("，", " ").replace("、", " ").split()
        found = [Fraction(parse_number(part, 4), 10_000) for part in parts]
        count = len(self._names())
        if len(found) != count:
            raise InputError(_("Give {count} percentages, one for each part.").format(count=count))
        return found
