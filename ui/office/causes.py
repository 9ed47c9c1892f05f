"""The office's list of causes by which missed targets are explained."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QCheckBox, QWidget

from salesdesk.planning import causes
from salesdesk.planning.causes import SIDES, Cause
from salesdesk.text import _
from ui.office.records import OfficeDialog, Records
from ui.shared.forms import Choice, FormDialog, TextField
from ui.shared.guarding import guard
from ui.shared.session import Session
from ui.shared.tables import Column


class CausesDialog(OfficeDialog):
    """The causes, those outside the office's reach first."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(session, _("Causes of a miss"), parent)
        self.resize(640, 520)
        self.records: Records[Cause] = Records(
            session,
            [
                Column(_("Cause of the miss"), lambda cause: cause.name, 300),
                Column(_("Lies"), lambda cause: _(SIDES[cause.side]), 110),
                Column(_("State"), lambda cause: _("In use") if cause.active else _("Not used"),
                       90, colour=lambda cause: "" if cause.active else "pale"),
            ],
            name=_("Causes of a miss"),
            tables=("miss_cause", "setting"),
            read=partial(session.read, causes.causes, active_only=False),
            same=lambda cause: cause.name,
            edit=self._edit,
            hint=_(
                "Whoever missed a target chooses one of them. The third time of one cause within"
                " twelve months is pointed out."
            ),
        )  # fmt: skip
        self.records.add_buttons(
            (_("New cause…"), self._new),
            on_row=[(_("Edit…"), self._edit)],
            needs="rules.edit",
        )
        self.content.addWidget(self.records)
        self.finish()

    def _new(self) -> None:
        CauseForm(self.session, None, self).exec()

    def _edit(self, cause: Cause) -> None:
        CauseForm(self.session, cause, self).exec()


class CauseForm(FormDialog):
    """One cause: what it is called, where it lies, whether it is still chosen."""

    def __init__(self, session: Session, cause: Cause | None, parent: QWidget | None) -> None:
        title = _("Edit cause") if cause is not None else _("New cause")
        super().__init__(title, parent)
        self.session, self.cause = session, cause
        self.name = TextField("" if cause is None else cause.name, longest=60)
        self.side: Choice[str] = Choice(
            {side: _(words) for side, words in SIDES.items()}, None if cause is None else cause.side
        )
        self.active = QCheckBox(_("In use"))
        self.active.setChecked(cause is None or cause.active)
        self.add(_("Cause of the miss"), self.name)
        self.add(_("Lies"), self.side)
        if cause is not None:
            self.add(_("State"), self.active)
        guard(self.save_button, session, "rules.edit")

    def save(self) -> None:
        name, side = self.name.value(), self.side.value()
        with self.session.changing(_("Causes")) as change:
            if self.cause is None:
                causes.add(change, name, side)
                return
            # One that is only offered is entered with the whole list.
            causes.begin(change)
            stored = causes.named(change.connection, self.cause.name)
            causes.edit(
                change, stored.id, seen_version=self.cause.version or stored.version, name=name,
                side=side, active=self.active.isChecked(),
            )  # fmt: skip
