"""The dialog that splits a target: over time, people or products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from salesdesk.calc.periods import KINDS, Kind, children, descendants
from salesdesk.errors import InputError, SalesDeskError
from salesdesk.planning import splitting
from salesdesk.planning.balancing import Changes
from salesdesk.planning.grid import Grid
from salesdesk.planning.places import Place, Who, person
from salesdesk.planning.splitting import AXIS_WAYS, TIME_WAYS
from salesdesk.planning.templates import KIND_NAMES
from salesdesk.sales import products
from salesdesk.text import _
from ui.planning.effect_line import EffectLine, Reckon
from ui.planning.percent_table import PercentTable
from ui.shared import background
from ui.shared.forms import Choice, FormDialog, NumberField
from ui.shared.labels import label
from ui.shared.session import Session

if TYPE_CHECKING:
    from salesdesk.workspace import Connection

#: Own percentages are typed one by one: so many at most.
_MOST_PARTS = 60


class SplitDialog(FormDialog):
    """Splits the targets at ``places``, of the measure and tier of the grid ``cells``.

    Several targets are split alike, as one change. What would change is said before.
    """

    def __init__(
        self,
        session: Session,
        cells: Grid,
        places: Sequence[Place],
        name: str,
        parent: QWidget | None,
    ) -> None:
        super().__init__(_("Split a target"), parent, save_text=_("Split"))
        self.setMinimumWidth(480)
        self.session, self.cells, self.places = session, cells, list(places)
        self.place = self.places[0]
        self._people = session.read(splitting.people_of, self.place.who)
        goods = session.read(products.products)
        self._products = session.read(splitting.products_of, self.place.who)
        self._categories = sorted({one.category for one in goods} - {""})
        self.form.addRow(label(name, "subtitle", wrap=True))
        unit = _("Target ({unit})").format(unit=cells.measure.unit)
        self.total = NumberField(unit, cells.value(*self.place), digits=cells.measure.digits)
        self.along: Choice[str] = Choice(self._axes())
        self.to: Choice[Kind] = Choice(self._kinds(), self._usual_kind())
        self.then: Choice[Kind | None] = Choice([(None, _("No")), *self._kinds()])
        self.then_way: Choice[str] = Choice(
            [(way, _(name)) for way, name in TIME_WAYS.items() if way != "percent"], "workdays"
        )
        self.way: Choice[str] = Choice([])
        self.percent = PercentTable()
        self.rounding = NumberField(_("Round to ({unit})").format(unit=cells.measure.unit),
            digits=cells.measure.digits, hint=_("as they come"),
        )  # fmt: skip
        self.effect = EffectLine(session, cells)
        self.add(unit, self.total)
        self.add(_("Split"), self.along)
        self.add(_("Down to"), self.to)
        self.add(_("How"), self.way)
        self.add(_("Then over time, down to"), self.then)
        self.add(_("How over time"), self.then_way)
        self.add(_("Percentages"), self.percent)
        self.add(_("Round to ({unit})").format(unit=cells.measure.unit), self.rounding)
        self.form.addRow(
            "", label(_("Locked cells keep their value. The parts always sum to the target."),
                      "hint", wrap=True),
        )  # fmt: skip
        self.add(_("What changes"), self.effect)
        self.form.setRowVisible(self.total, len(self.places) == 1)
        self.along.currentIndexChanged.connect(self._axis_chosen)
        self.to.currentIndexChanged.connect(self._to_chosen)
        self.way.currentIndexChanged.connect(self._show_percent)
        self.then.currentIndexChanged.connect(self._then_chosen)
        self.then_way.currentIndexChanged.connect(self._reckon_soon)
        self.total.textChanged.connect(self._reckon_soon)
        self.rounding.textChanged.connect(self._reckon_soon)
        self.percent.parts.summed.connect(self._reckon_soon)
        self.effect.shown.connect(self.fit)
        self._axis_chosen()

    # -- what can be chosen ----------------------------------------------------------------------

    def _axes(self) -> list[tuple[str, str]]:
        axes = []
        if all(children(place.period) for place in self.places):
            axes.append(("time", _("Over time")))
        if self._people and all(place.who.level != "person" for place in self.places):
            axes.append(("people", _("Over teams and people")))
        same = {(place.who.product_id, place.who.category) for place in self.places}
        if self._products and len(same) == 1:
            axes.append(("products", _("Over products")))
        if len(self._categories) > 1 and not any(place.who.of_goods for place in self.places):
            axes.append(("categories", _("Over categories")))
        return axes

    def _kinds(self) -> list[tuple[Kind, str]]:
        shorter = KINDS[KINDS.index(self.place.period.kind) + 1 :]
        return [(kind, _(KIND_NAMES[kind])) for kind in shorter]

    def _usual_kind(self) -> Kind:
        """Months of a year or quarter, else the next shorter period."""
        kind = self.place.period.kind
        if kind in ("year", "quarter"):
            return "month"
        return KINDS[min(KINDS.index(kind) + 1, len(KINDS) - 1)]

    def _axis_chosen(self) -> None:
        axis = self.along.value()
        ways = TIME_WAYS if axis == "time" else AXIS_WAYS
        self.way.set_choices([(way, _(name)) for way, name in ways.items()], self._usual_way())
        self.form.setRowVisible(self.to, axis == "time")
        self.form.setRowVisible(self.then, axis == "people" and bool(children(self.place.period)))
        self._then_chosen()
        self._show_percent()

    def _usual_way(self) -> str:
        """The present proportions where all parts have targets: nobody's are lost unsaid."""
        axis = self.along.value()
        if axis == "time":
            parts = [
                Place(self.place.who, leaf)
                for leaf in descendants(self.place.period, self.to.value())
            ]
            usual = "workdays"
        else:
            parts = [Place(self._persons(member.id), self.place.period) for member in self._people]
            if axis == "products":
                parts = [
                    Place(
                        self.place.who._replace(product_id=product.id, category=""),
                        self.place.period,
                    )
                    for product in self._products
                ]
            elif axis == "categories":
                parts = [
                    Place(self.place.who._replace(category=name), self.place.period)
                    for name in self._categories
                ]
            usual = "equal"
        known = [self.cells.value(*part) for part in parts]
        return "present" if None not in known and any(known) else usual

    def _persons(self, person_id: int) -> Who:
        """Somebody's line of what the cursor's line is of."""
        return person(person_id, self.place.who.product_id, self.place.who.category)

    def _to_chosen(self) -> None:
        self.way.set_value(self._usual_way())
        self._show_percent()

    def _then_chosen(self) -> None:
        then = self.then.value() if self.along.value() == "people" else None
        self.form.setRowVisible(self.then_way, then is not None)
        if then is not None:
            known = [
                self.cells.value(self._persons(member.id), leaf)
                for member in self._people
                for leaf in descendants(self.place.period, then)
            ]
            self.then_way.set_value("workdays" if None in known else "present")
        self._reckon_soon()

    def _reckon_soon(self) -> None:
        self.effect.ask(self.reckoner)

    def _entered(self) -> list[object]:
        parts = self.percent.parts
        return super()._entered() + (list(parts.hundredths) if parts.typed else [])

    def _show_percent(self) -> None:
        self._reckon_soon()
        by_percent = self.way.value() == "percent"
        self.form.setRowVisible(self.percent, by_percent)
        if by_percent:
            names = self._part_names()
            self.percent.show_parts(names[:_MOST_PARTS])
            too_many = len(names) > _MOST_PARTS
            self.show_error(
                _("{count} parts are too many for own percentages.").format(count=len(names))
                if too_many
                else ""
            )
            self.save_button.setEnabled(not too_many)
        else:
            self.save_button.setEnabled(True)
            self.show_error("")
            # Without the percentages the dialog is small again.
            self.fit(shrink=True)

    def _part_names(self) -> list[str]:
        axis = self.along.value()
        if axis == "time":
            return [part.label_short for part in descendants(self.place.period, self.to.value())]
        if axis == "people":
            return [
                _("{name}, {team}").format(name=member.name, team=member.team_name)
                if member.team_name
                else member.name
                for member in self._people
            ]
        if axis == "categories":
            return self._categories
        return [product.name for product in self._products]

    # -- splitting -------------------------------------------------------------------------------

    def reckoner(self) -> Reckon:
        """The split as chosen. Raises InputError for what is typed wrongly."""
        axis, way = self.along.value(), self.way.value()
        percent = self.percent.percentages() if way == "percent" else None
        to, then, then_way = self.to.value(), self.then.value(), self.then_way.value()
        totals = {place: self.cells.value(*place) for place in self.places}
        if len(self.places) == 1:
            totals = {self.place: self.total.value()}
        step = self.rounding.value_or_none()
        splitting.rounded(self.cells, step)  # refuses what none can be rounded to
        people_ids = [member.id for member in self._people]
        product_ids = [product.id for product in self._products]

        def split(db: Connection, cells: Grid, place: Place) -> Changes:
            if axis == "time":
                return splitting.over_time(db, cells, place, to, way=way, percent=percent)
            if axis == "people":
                weights = None if percent is None else dict(zip(people_ids, percent, strict=True))
                return splitting.over_people(
                    db, cells, place, way=way, percent=weights, then_time=then, then_way=then_way
                )
            if axis == "categories":
                return splitting.over_categories(
                    db, cells, place, self._categories, way=way, percent=percent
                )
            return splitting.over_products(db, cells, place, product_ids, way=way, percent=percent)

        def reckon(db: Connection, cells: Grid) -> Changes:
            changes = {place: total for place, total in totals.items() if total is not None}
            for place in totals:
                changes.update(
                    split(db, splitting.rounded(cells.with_values(changes), step), place)
                )
            return changes

        return reckon

    def accept(self) -> None:
        try:
            reckon = self.reckoner()
        except InputError as error:
            self.show_error(error.message)
            return
        self.effect.drop()
        workspace, cells = self.session.workspace, self.cells

        def work(_progress: background.Progress) -> int:
            with workspace.change(_("Split target")) as change:
                return splitting.set_reckoned(change, cells, reckon, splitting.SPLIT)

        background.run(self, _("Splitting the target…"), work, self._done, self._failed)

    def _done(self, _changed: int) -> None:
        QDialog.accept(self)

    def _failed(self, error: SalesDeskError) -> None:
        self.show_error(error.message)
