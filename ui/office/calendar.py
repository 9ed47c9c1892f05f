"""The working calendar: holidays and the weekends worked in exchange, a year at a time."""

from __future__ import annotations

from datetime import date

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from salesdesk.calc.days import WEEKDAYS
from salesdesk.errors import InputError
from salesdesk.office import calendar
from salesdesk.office.calendar import SpecialDay
from salesdesk.text import _, mark
from ui.office.records import OfficeDialog, Records
from ui.shared.day_field import DayField
from ui.shared.forms import Choice, FormDialog, TextField
from ui.shared.guarding import guard
from ui.shared.labels import label, row
from ui.shared.session import Session
from ui.shared.tables import Column

#: What a special day can be.
KINDS = {
    "holiday": mark("Public holiday"),
    "exchange": mark("Worked in exchange"),
    "closed": mark("Closed by the office"),
}


class CalendarDialog(OfficeDialog):
    """The special days of a year."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(session, _("Working calendar"), parent)
        this_year = session.today.year
        self.year: Choice[int] = Choice(
            [(year, str(year)) for year in range(this_year + 2, calendar.FIRST_YEAR - 1, -1)],
            this_year,
        )
        self.year.setAccessibleName(_("Year"))
        self.provisional = label("", "error", wrap=True)
        self._work = session.read(calendar.work_calendar)
        self.records: Records[SpecialDay] = Records(
            session,
            [
                Column(_("Date"), lambda day: day.day.isoformat(), 120),
                Column(_("Weekday"), lambda day: _(WEEKDAYS[day.day.weekday()]), 90),
                Column(_("Kind"), lambda special: _(KINDS[_kind_of(special)]), 190),
                Column(_("By the rules"), self._open_words, 100, colour=self._colour),
                Column(_("Occasion"), lambda day: day.name, 180),
                Column(_("State"), lambda day: _("Provisional") if day.provisional else "", 110),
            ],
            name=_("Special days"),
            tables=("calendar_day", "setting"),
            read=self._days,
            same=lambda day: day.day,
            edit=self._edit,
            hint=_("Days that differ from their weekday. All others are worked by the weights of "
                   "the weekdays; the rules also say whether you open on public holidays "
                   "(Office, Rules)."),
        )  # fmt: skip
        self.records.add_buttons(
            (_("Set a day…"), self._new),
            (_("Enter the announced year…"), self._import),
            on_row=[(_("Edit…"), self._edit), (_("As its weekday again"), self._clear)],
            needs="calendar.edit",
        )
        self.year.currentIndexChanged.connect(self._year_chosen)
        self.content.addWidget(row(label(_("Year")), self.year, None))
        self.content.addWidget(self.provisional)
        self.content.addWidget(self.records, 1)
        self.finish()
        self._warn()

    def _days(self) -> list[SpecialDay]:
        # What a day counts as depends on the rules as well; one reader knows.
        self._work = self.session.read(calendar.work_calendar)
        return self.session.read(calendar.days, self.year.value())

    def _open(self, special: SpecialDay) -> bool:
        return self._work.weight(special.day) > 0

    def _open_words(self, special: SpecialDay) -> str:
        return _("Open for business") if self._open(special) else _("Closed for business")

    def _colour(self, special: SpecialDay) -> str:
        return "on_track" if self._open(special) else "behind"

    def _year_chosen(self, _place: int) -> None:
        self.records.refresh()
        self._warn()

    def _warn(self) -> None:
        days = self._days()
        if not days:
            words = _("Nothing is known about this year: enter the days that were announced.")
        elif any(day.provisional for day in days):
            words = _(
                "This year holds only the statutory days: the exchanged weekends are announced in "
                "the autumn before. Nothing is recalculated when you enter them."
            )
        else:
            words = ""
        self.provisional.setText(words)
        self.provisional.setVisible(bool(words))

    def _new(self) -> None:
        day = SpecialDay(self._first_day(), False, "", False, closed=True)
        DayForm(self.session, day, self).exec()
        self._warn()

    def _edit(self, one: SpecialDay) -> None:
        DayForm(self.session, one, self).exec()
        self._warn()

    def _clear(self, one: SpecialDay) -> None:
        self.session.change(self, _("Change the working calendar"), calendar.clear_day, one.day)

    def _import(self) -> None:
        YearForm(self.session, self.year.value(), self).exec()
        self._warn()

    def _first_day(self) -> date:
        year = self.year.value()
        return self.session.today if year == self.session.today.year else date(year, 1, 1)


class DayForm(FormDialog):
    """Whether one day is worked."""

    def __init__(self, session: Session, day: SpecialDay, parent: QWidget | None) -> None:
        super().__init__(_("Special day"), parent)
        self._session = session
        guard(self.save_button, session, "calendar.edit")
        self.day = DayField(day.day)
        self.kind: Choice[str] = Choice(
            {code: _(name) for code, name in KINDS.items()}, _kind_of(day)
        )
        self.name = TextField(day.name, longest=60)
        self.add(_("Date"), self.day)
        self.add(
            _("Kind"),
            self.kind,
            _(
                "On a public holiday you are open if the rules say so; a closed day is closed "
                "anyhow."
            ),
        )
        self.add(_("Occasion"), self.name)

    def save(self) -> None:
        """Write the day. Raises SalesDeskError."""
        with self._session.changing(_("Change the working calendar")) as change:
            calendar.set_day(
                change,
                self.day.day(),
                working=self.kind.value() == "exchange",
                closed=self.kind.value() == "closed",
                name=self.name.value(),
            )


class YearForm(FormDialog):
    """Takes the days of a year as they were announced, a line each."""

    def __init__(self, session: Session, year: int, parent: QWidget | None) -> None:
        super().__init__(_("The announced days of {year}").format(year=year), parent)
        self.setMinimumWidth(560)
        self._session, self._year = session, year
        guard(self.save_button, session, "calendar.edit")
        self.lines = QPlainTextEdit()
        self.lines.setTabChangesFocus(True)
        self.lines.setMinimumHeight(260)
        self.lines.setPlainText(
            "\n".join(
                f"{day.day.isoformat()} {_('work') if day.working else _('off')} {day.name}".strip()
                for day in session.read(calendar.days, year)
                if not day.closed
            )
        )
        self.add(
            _("Announced days"),
            self.lines,
            _(
                "One day per line: 2027-02-05 off Spring Festival, or 2027-02-20 work. 休 "
                "and 班 work too. Days that you close yourselves stay as they are."
            ),
        )

    def save(self) -> None:
        """Replace the year. Raises SalesDeskError naming the line that isn't understood."""
        days = [
            _special_day(number, line)
            for number, line in enumerate(self.lines.toPlainText().splitlines(), 1)
            if line.strip()
        ]
        with self._session.changing(_("Enter the announced year")) as change:
            calendar.import_year(change, self._year, days)


def _special_day(number: int, line: str) -> SpecialDay:
    parts = line.split(maxsplit=2)
    kinds = {"off": False, "休": False, "work": True, "班": True, _("off"): False, _("work"): True}
    try:
        day = date.fromisoformat(parts[0].replace("/", "-"))
        working = kinds[parts[1].lower()]
    except (ValueError, IndexError, KeyError) as error:
        raise InputError(
            _("Line {number} isn't a day followed by off or work: {line}").format(
                number=number, line=line.strip()[:60]
            )
        ) from error
    return SpecialDay(day, working, parts[2].strip() if len(parts) > 2 else "", False)


def _kind_of(special: SpecialDay) -> str:
    if special.closed:
        return "closed"
    return "exchange" if special.working else "holiday"
