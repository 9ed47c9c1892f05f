"""The form of one measure: what it counts, only which, and how its figures belong together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from salesdesk.office import among, measures
from salesdesk.office.among import WORDS, Among
from salesdesk.office.measures import NATURES, Measure
from salesdesk.planning import measure_words
from salesdesk.storage.edits import UNSET
from salesdesk.text import _
from ui.shared.forms import Choice, FormDialog, NumberField, TextField
from ui.shared.guarding import guard
from ui.shared.labels import label
from ui.shared.session import Session

#: How many ticks stand side by side.
_ABREAST = 4
#: Filters that are lists of ticks.
_LISTS = ("categories", "kinds", "sources", "grades", "states")


class Ticks(QWidget):
    """Any of some values, each with a tick."""

    def __init__(self, choices: Mapping[str, str], ticked: tuple[str, ...]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(4)
        self.boxes: dict[str, QCheckBox] = {}
        # What is stored stays, though the office may not know it any more.
        shown = {**choices, **{one: one for one in ticked if one not in choices}}
        for place, (value, words) in enumerate(shown.items()):
            box = QCheckBox(words)
            box.setChecked(value in ticked)
            self.boxes[value] = box
            grid.addWidget(box, place // _ABREAST, place % _ABREAST)
        grid.setColumnStretch(_ABREAST, 1)
        if self.boxes:
            self.setFocusProxy(next(iter(self.boxes.values())))

    def value(self) -> tuple[str, ...]:
        """Those that are ticked."""
        return tuple(value for value, box in self.boxes.items() if box.isChecked())


class MeasureForm(FormDialog):
    """One measure, new when ``measure`` is None. What doesn't fit what it counts isn't shown."""

    def __init__(self, session: Session, measure: Measure | None, parent: QWidget | None) -> None:
        super().__init__(_("Measure") if measure else _("New measure"), parent)
        self.setMinimumWidth(560)
        self._session, self._measure = session, measure
        guard(self.save_button, session, "measures.edit")
        self.name = TextField(measure.name if measure else "", longest=60)
        self.unit = TextField(measure.unit if measure else "", longest=20)
        self.counts: Choice[str] = Choice(list(measure_words.countable().items()))
        self.add(_("Measure"), self.name)
        self.add(_("Unit"), self.unit)
        if measure is None:
            self.add(_("What it counts"), self.counts)
        else:
            self.form.addRow(
                _("What it counts"),
                label(session.read(measure_words.words_of, measure), wrap=True),
            )
        self._add_natures(measure)
        self._add_filters(measure)
        self.digits: Choice[int] = Choice([(n, str(n)) for n in range(5)], 0)
        self.add(_("Decimals"), self.digits)
        self._add_places(measure)
        self.counts.currentIndexChanged.connect(self._fit)
        self._fit()

    def save(self) -> None:
        """Write the measure. Raises SalesDeskError."""
        fits = set(self._shown())
        chosen: dict[str, Any] = {
            name: ticks.value() for name, ticks in self.ticks.items() if name in fits
        }
        if "answered" in fits:
            chosen["answered"] = self.answered.value()
        if "days" in fits:
            chosen["days"] = self.days.value()
        wanted = Among(**chosen)
        ratio = self._counts == "ratio"
        above = self.numerator.value() if ratio else None
        below = self.denominator.value() if ratio else None
        nature = self.nature.value() if self._counts == "hand" else ""
        if self._measure is None:
            with self._session.changing(_("New measure")) as change:
                measure_words.add(
                    change,
                    self.name.value(),
                    self.unit.value(),
                    self.digits.value(),
                    counts=self._counts,
                    nature=nature,
                    among=wanted,
                    numerator_id=above,
                    denominator_id=below,
                )
            return
        with self._session.changing(_("Edit measure")) as change:
            measures.edit(
                change,
                self._measure.id,
                seen_version=self._measure.version,
                name=self.name.value(),
                unit=self.unit.value(),
                step=self.step.value(),
                position=self.position.value(),
                active=self.active.value(),
                nature=nature or UNSET,
                among=wanted,
                numerator_id=UNSET if above is None else above,
                denominator_id=UNSET if below is None else below,
            )

    # -- its parts -----------------------------------------------------------------------------

    @property
    def _counts(self) -> str:
        return self._measure.counts if self._measure else self.counts.value()

    def _shown(self) -> list[str]:
        return [one.name for one in among.fitting(self._counts)]

    def _add_natures(self, measure: Measure | None) -> None:
        self.nature: Choice[str] = Choice(
            [(one, _(NATURES[one])) for one in measures.natures_of("hand")],
            measure.nature if measure else None,
        )
        self.add(_("Its figures"), self.nature)
        parts = [
            (one.id, one.name)
            for one in self._session.read(measures.measures, active_only=False)
            if not one.is_ratio
        ]
        above = measure.numerator if measure else None
        below = measure.denominator if measure else None
        self.numerator: Choice[int] = Choice(parts, above.id if above else None)
        self.denominator: Choice[int] = Choice(parts, below.id if below else None)
        self.add(_("This"), self.numerator)
        self.add(_("divided by"), self.denominator)

    def _add_filters(self, measure: Measure | None) -> None:
        only = measure.among if measure else among.EVERYTHING
        choices = self._session.read(among.choices)
        self.ticks: dict[str, Ticks] = {}
        for name in _LISTS:
            self.ticks[name] = Ticks(choices.get(name, {}), getattr(only, name))
            self.add(_("Only: {filter}").format(filter=_(WORDS[name])), self.ticks[name])
        self.answered: Choice[bool | None] = Choice(
            [(None, _("All")), (True, _("Only answered ones")), (False, _("Only unanswered ones"))],
            only.answered,
        )
        self.add(_("Answered"), self.answered)
        self.days = NumberField(_("Days looked back"), only.days or among.ACTIVE_DAYS, digits=0)
        self.add(_("Days looked back"), self.days)

    def _add_places(self, measure: Measure | None) -> None:
        digits = measure.digits if measure else 0
        self.step = NumberField(_("Smallest part"), measure.step if measure else 1, digits=digits)
        self.position = NumberField(_("Order"), measure.position if measure else None, digits=0)
        self.active: Choice[bool] = Choice(
            [(True, _("In use")), (False, _("Not used"))], measure.active if measure else True
        )
        if measure is not None:
            self.add(_("Smallest part"), self.step, _("What a split's parts are multiples of"))
            self.add(_("Order"), self.position)
            self.add(_("State"), self.active)

    def _fit(self) -> None:
        """Show what fits what the measure counts."""
        counts, fits = self._counts, self._shown()
        for name, ticks in self.ticks.items():
            self.form.setRowVisible(ticks, name in fits and bool(ticks.boxes))
        self.form.setRowVisible(self.answered, "answered" in fits)
        self.form.setRowVisible(self.days, "days" in fits)
        self.form.setRowVisible(self.nature, counts == "hand")
        self.form.setRowVisible(self.numerator, counts == "ratio")
        self.form.setRowVisible(self.denominator, counts == "ratio")
        self.form.setRowVisible(self.digits, self._measure is None and counts in ("hand", "ratio"))
        if self._measure is None and counts == "ratio":
            self.digits.set_value(2)
        self.fit(shrink=True)
