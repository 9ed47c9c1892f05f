"""Measures: what the office counts, in which unit and smallest part."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from salesdesk.calc.money import format_number
from salesdesk.office import measures
from salesdesk.office.measures import COUNTS, Measure
from salesdesk.planning import record_kinds
from salesdesk.records import measuring
from salesdesk.text import _
from ui.office.records import OfficeDialog, Records
from ui.shared.forms import Choice, FormDialog, NumberField, TextField
from ui.shared.guarding import guard
from ui.shared.session import Session
from ui.shared.tables import Column


class MeasuresDialog(OfficeDialog):
    """The measures, in the office's order."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(session, _("Measures"), parent)
        self.records: Records[Measure] = Records(
            session,
            [
                Column(_("Order"), lambda measure: str(measure.position), 60, "right",
                       sort=lambda measure: measure.position),
                Column(_("Measure"), lambda measure: measure.name, 150),
                Column(_("Unit"), lambda measure: measure.unit, 80),
                Column(_("How it counts"), _counts, 280),
                Column(_("Smallest part"), _step, 110, "right", sort=lambda measure: measure.step),
                Column(_("State"), lambda row: _("In use") if row.active else _("Not used"), 90,
                       colour=lambda measure: "" if measure.active else "pale"),
            ],
            name=_("Measures"),
            tables=("measure",),
            read=lambda: session.read(measures.measures, active_only=False),
            same=lambda measure: measure.id,
            edit=self._edit,
            hint=_("Splits give multiples of the smallest part. Own measures are counted by hand."),
        )  # fmt: skip
        self.records.add_buttons(
            (_("New measure…"), self._new),
            on_row=[(_("Edit…"), self._edit)],
            needs="measures.edit",
        )
        self.content.addWidget(self.records)
        self.finish()

    def _new(self) -> None:
        MeasureForm(self.session, None, self).exec()

    def _edit(self, one: Measure) -> None:
        MeasureForm(self.session, one, self).exec()


class MeasureForm(FormDialog):
    """One measure, new (counted by hand or from records) when ``measure`` is None."""

    def __init__(self, session: Session, measure: Measure | None, parent: QWidget | None) -> None:
        super().__init__(_("Measure") if measure else _("New measure"), parent)
        self._session, self._measure = session, measure
        guard(self.save_button, session, "measures.edit")
        self.name = TextField(measure.name if measure else "", longest=60)
        self.unit = TextField(measure.unit if measure else "", longest=20)
        self.digits: Choice[int] = Choice([(n, str(n)) for n in range(5)], 0)
        digits = measure.digits if measure else 0
        self.step = NumberField(_("Smallest part"), measure.step if measure else 1, digits=digits)
        self.position = NumberField(_("Order"), measure.position if measure else None, digits=0)
        self.active: Choice[bool] = Choice(
            [(True, _("In use")), (False, _("Not used"))], measure.active if measure else True
        )
        self.add(_("Measure"), self.name)
        self.add(_("Unit"), self.unit)
        offered = {"hand": COUNTS["hand"], **measuring.offered(record_kinds.KINDS)}
        self.counts: Choice[str] = Choice([(code, _(words)) for code, words in offered.items()])
        if measure is None and len(offered) > 1:
            self.add(_("How it counts"), self.counts)
            self.counts.currentIndexChanged.connect(
                lambda: self.digits.setEnabled(self.counts.value() == "hand")
            )
        if measure is None:
            self.add(_("Decimals"), self.digits)
        else:
            self.add(_("Smallest part"), self.step, _("What a split's parts are multiples of"))
            self.add(_("Order"), self.position)
            self.add(_("State"), self.active)

    def save(self) -> None:
        """Write the measure. Raises SalesDeskError."""
        if self._measure is None:
            with self._session.changing(_("New measure")) as change:
                name, unit = self.name.value(), self.unit.value()
                if self.counts.value() == "hand":
                    measures.add(change, name, unit, self.digits.value())
                else:
                    measuring.add_measure(
                        change, record_kinds.KINDS, self.counts.value(), name, unit
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
            )


def _counts(one: Measure) -> str:
    return measuring.words_of(record_kinds.KINDS, one.counts)


def _step(one: Measure) -> str:
    return format_number(one.step, one.digits, trim=True)
