"""Measures: what the office counts, in which unit and smallest part."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from salesdesk.calc.money import format_number
from salesdesk.office import measures
from salesdesk.office.measures import NATURE_NAMES
from salesdesk.planning import measure_words
from salesdesk.planning.measure_words import Told, ToldOffer
from salesdesk.text import _
from ui.office.measure_form import MeasureForm
from ui.office.records import OfficeDialog, Records
from ui.shared.session import Session
from ui.shared.tables import Column


class MeasuresDialog(OfficeDialog):
    """The measures, in the office's order."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(session, _("Measures"), parent)
        self.resize(980, 560)
        self.records: Records[Told] = Records(
            session,
            [
                Column(_("Order"), lambda row: str(row.measure.position), 60, "right",
                       sort=lambda row: row.measure.position),
                Column(_("Measure"), lambda row: row.measure.name, 150),
                Column(_("Unit"), lambda row: row.measure.unit, 70),
                Column(_("What it counts"), lambda row: row.words, 330),
                Column(_("Its figures"), _nature, 110),
                Column(_("Smallest part"), _step, 100, "right", sort=lambda row: row.measure.step),
                Column(_("State"), lambda row: _("In use") if row.measure.active else _("Not used"),
                       80, colour=lambda row: "" if row.measure.active else "pale"),
            ],
            name=_("Measures"),
            tables=("measure",),
            read=partial(session.read, measure_words.told),
            same=lambda row: row.measure.id,
            edit=self._edit,
            hint=_(
                "Splits give multiples of the smallest part. What nobody enters in the program is"
                " counted by hand: Office, Count by hand."
            ),
        )  # fmt: skip
        self.records.add_buttons(
            (_("Add from the list…"), self._choose),
            (_("New measure…"), self._new),
            on_row=[(_("Edit…"), self._edit)],
            needs="measures.edit",
        )
        self.content.addWidget(self.records)
        self.finish()

    def _choose(self) -> None:
        OfferedDialog(self.session, self).exec()

    def _new(self) -> None:
        MeasureForm(self.session, None, self).exec()

    def _edit(self, row: Told) -> None:
        MeasureForm(self.session, row.measure, self).exec()


class OfferedDialog(OfficeDialog):
    """Measures that the office doesn't use yet; those taken into use go out of the list."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(session, _("Add from the list"), parent)
        self.resize(760, 540)
        self.records: Records[ToldOffer] = Records(
            session,
            [
                Column(_("Measure"), lambda row: row.offered.name, 170),
                Column(_("Unit"), lambda row: row.offered.unit, 90),
                Column(_("What it counts"), lambda row: row.words, 420),
            ],
            name=_("Add from the list"),
            tables=("measure", "product"),
            read=partial(session.read, measure_words.told_offers),
            same=lambda row: row.offered.code,
            edit=self._take,
            hint=_("Enter takes the chosen one into use. Names and units can be changed then."),
        )
        self.records.add_buttons(
            on_row=[(_("Take into use"), self._take)],
            needs="measures.edit",
        )
        self.content.addWidget(self.records)
        self.finish()

    def _take(self, row: ToldOffer) -> None:
        self.session.change(self, _("New measure"), measures.take_into_use, row.offered.code)


def _nature(row: Told) -> str:
    return _(NATURE_NAMES[row.measure.nature])


def _step(row: Told) -> str:
    return format_number(row.measure.step, row.measure.digits, trim=True)
