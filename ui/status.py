"""The status bar: the month's attainment and pace, my quotas today, the file, the last backup."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStatusBar

from salesdesk.errors import SalesDeskError
from salesdesk.text import _, ngettext
from ui.shared.fresh import COUNTED_CUSTOMER, PERSON, Shown, changed_rows
from ui.shared.labels import ElidedLabel, button, label, show_status
from ui.shared.painted import once_painted
from ui.shared.session import Latest, Session

if TYPE_CHECKING:
    from salesdesk.planning.meters import Meter
    from salesdesk.workspace import ChangeNotice, Connection

#: Milliseconds that changes are gathered before the figures are read again.
_SETTLE = 300
#: What the figures are made of besides what measures count, and what of it.
_TABLES = (
    "approval", "calendar_day", "leave", "measure", "membership", "person", "plan", "setting",
    "target", "team",
)  # fmt: skip
_SHOWN = {
    "customer": COUNTED_CUSTOMER,
    "plan": Shown(columns=frozenset({"title", "status"})),
    "person": PERSON,
}


class StatusBar(QStatusBar):
    """Reads its figures in the background after each change.

    ``requests_wanted``: the person wants to see what waits for their decision.
    """

    requests_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 8, 0)
        self._session: Session | None = None
        self._latest: Latest | None = None
        self.month, self.quotas, self.file = ElidedLabel(), ElidedLabel("hint"), ElidedLabel("hint")
        self.person, self.backup = label("", "hint"), label("", "hint")
        self.addWidget(self.month)
        self.addWidget(self.quotas)
        self.requests = button("", self.requests_wanted.emit)
        self.requests.setFlat(True)
        self.requests.hide()
        self.addPermanentWidget(self.requests)
        for part in (self.person, self.file, self.backup):
            self.addPermanentWidget(part)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE)
        self._settle.timeout.connect(self.refresh)

    def attach(self, session: Session | None) -> None:
        """Show an office, or nothing."""
        if self._latest is not None:
            self._latest.drop()
        self._session = session
        self._latest = None if session is None else Latest(session, self._failed)
        for part in (self.month, self.quotas, self.person, self.file, self.backup):
            part.clear()
        self.requests.hide()
        if session is not None:
            session.changed.connect(self._heard)
            session.person_changed.connect(self.refresh)
            name, reason = session.workspace.path.name, session.workspace.read_only
            self.file.setText(_("{name} (reading only)").format(name=name) if reason else name)
            self.file.setToolTip(reason or str(session.workspace.path))
            self._show_known(session)
            once_painted(self, self._read_figures)  # the page of rows first

    def _heard(self, notice: ChangeNotice) -> None:
        """Read the figures again soon, if the change may count in them."""
        # What measures count is told by the office's modules: imported with it, not with the frame.
        from salesdesk.planning.actuals import COUNTED

        if changed_rows(notice, (*_TABLES, *COUNTED), _SHOWN):
            self._settle.start()

    def refresh(self) -> None:
        """Read the figures again."""
        if self._session is None or self._latest is None:
            return
        self._show_known(self._session)
        self._read_figures()

    def _show_known(self, session: Session) -> None:
        self.person.setText(session.workspace.person_name)
        self.show_backup(session.workspace.last_backup())

    def _read_figures(self) -> None:
        if self._session is not None and self._latest is not None:
            self._latest.read(self._show, _meters, self._session.person_id, self._session.today)

    def show_backup(self, made: datetime | None) -> None:
        """Say when the last backup was made."""
        if made is None:
            self.backup.setText(_("No backup yet"))
        else:
            self.backup.setText(_("Backup {time}").format(time=made.strftime("%m-%d %H:%M")))

    def say(self, text: str) -> None:
        """Show a sentence for a while."""
        self.showMessage(text, 8000)

    def _show(self, found: tuple[list[Meter], list[Meter], bool, int]) -> None:
        month, mine, in_wan, waiting = found
        self.requests.setVisible(waiting > 0)
        self.requests.setText(
            ngettext("{count} to decide", "{count} to decide", waiting).format(count=waiting)
        )
        main = next((meter for meter in month if meter.measure.code == "amount"), None)
        self.month.setText("" if main is None else _month_text(main, in_wan))
        self.month.setToolTip("" if main is None else main.from_plans)
        if main is not None:
            show_status(self.month, main.status)
        parts = [
            _("{measure} {actual}/{target}").format(
                measure=meter.measure.name,
                actual=meter.measure.format(meter.actual, in_wan=in_wan),
                target=meter.measure.format(meter.target, in_wan=in_wan),
            )
            for meter in mine
            if meter.period.kind == "day"
        ]
        self.quotas.setText(_("Today: {quotas}").format(quotas=" · ".join(parts)) if parts else "")

    def _failed(self, error: SalesDeskError) -> None:
        self.month.setText(error.message)


def _month_text(meter: Meter, in_wan: bool) -> str:
    from salesdesk.calc.money import format_percent
    from salesdesk.calc.pace import attainment

    return _("{month}: {measure} {actual} of {target}, {share} (pace {pace})").format(
        month=meter.period.label_short,
        measure=meter.measure.with_unit(in_wan=in_wan),
        actual=meter.measure.format(meter.actual, in_wan=in_wan),
        target=meter.measure.format(meter.target, in_wan=in_wan),
        share=format_percent(attainment(meter.actual, meter.target)),
        pace=format_percent(meter.pace),
    )


def _meters(
    db: Connection, person_id: int | None, today: date
) -> tuple[list[Meter], list[Meter], bool, int]:
    from salesdesk import requests
    from salesdesk.office import settings
    from salesdesk.planning import meters

    mine = meters.quotas(db, person_id, today) if person_id is not None else []
    return (
        meters.office_month(db, today),
        mine,
        settings.read(db).in_wan,
        len(requests.waiting(db, person_id)),
    )
