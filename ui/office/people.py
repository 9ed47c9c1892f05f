"""People and teams: who works here, in which team and role."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget, QWidget

from salesdesk.office import people, pins
from salesdesk.office.people import ROLES, Person, Team
from salesdesk.text import _
from ui.office.pin import PinForm
from ui.office.records import OfficeDialog, Records
from ui.shared.day_field import DayField
from ui.shared.forms import Choice, FormDialog, TextField
from ui.shared.guarding import guard
from ui.shared.messages import ask, say
from ui.shared.session import Session
from ui.shared.tables import Column


class PeopleDialog(OfficeDialog):
    """The people and the teams of the office."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(session, _("People and teams"), parent)
        self.people: Records[Person] = Records(
            session,
            [
                Column(_("Name"), lambda person: person.name, 130),
                Column(_("Role"), lambda person: _(ROLES[person.role]), 140),
                Column(_("Team"), lambda person: person.team_name, 130),
                Column(_("Phone"), lambda person: person.phone, 130),
                Column(_("Since"), lambda person: str(person.joined_on or ""), 100),
                Column(
                    _("State"), _state, 90, colour=lambda person: "" if person.active else "pale"
                ),
            ],
            name=_("People"),
            tables=("person", "team"),
            read=lambda: session.read(people.people, active_only=False),
            same=lambda person: person.id,
            edit=self._edit_person,
        )
        self.people.add_buttons(
            (_("New person…"), self._new_person),
            on_row=[(_("Edit…"), self._edit_person), (_("Clear the PIN"), self._clear_pin)],
            needs="people.edit",
        )
        self.teams: Records[Team] = Records(
            session,
            [
                Column(_("Team"), lambda team: team.name, 220),
                Column(_("Order"), lambda team: str(team.position), 80, "right",
                       sort=lambda team: team.position),
                Column(_("State"), lambda row: _("In use") if row.active else _("Dissolved"), 100),
            ],
            name=_("Teams"),
            tables=("team",),
            read=lambda: session.read(people.teams, active_only=False),
            same=lambda team: team.id,
            edit=self._edit_team,
        )  # fmt: skip
        self.teams.add_buttons(
            (_("New team…"), self._new_team),
            on_row=[(_("Edit…"), self._edit_team)],
            needs="teams.edit",
        )
        self.tabs = QTabWidget()
        self.tabs.addTab(self.people, _("People"))
        self.tabs.addTab(self.teams, _("Teams"))
        self.content.addWidget(self.tabs)
        self.finish()

    def _new_person(self) -> None:
        PersonForm(self.session, None, self).exec()

    def _edit_person(self, one: Person) -> None:
        PersonForm(self.session, one, self).exec()

    def _clear_pin(self, worker: Person) -> None:
        if worker.id == self.session.person_id:
            PinForm(self.session, self).exec()
        elif not self.session.read(pins.has_pin, worker.id):
            say(self, _("{name} has no PIN.").format(name=worker.name))
        elif ask(self, _("Clear the PIN of {name}?").format(name=worker.name), _("Clear")):
            self.session.change(self, _("Clear a PIN"), pins.clear_pin, worker.id)

    def _new_team(self) -> None:
        TeamForm(self.session, None, self).exec()

    def _edit_team(self, one: Team) -> None:
        TeamForm(self.session, one, self).exec()


class PersonForm(FormDialog):
    """One person, new when ``person`` is None."""

    def __init__(self, session: Session, person: Person | None, parent: QWidget | None) -> None:
        super().__init__(_("Person") if person else _("New person"), parent)
        self._session, self._person = session, person
        teams: list[tuple[int | None, str]] = [(None, _("No team"))]
        teams += [(team.id, team.name) for team in session.read(people.teams)]
        guard(self.save_button, session, "people.edit", person_id=person.id if person else None)
        self.name = TextField(person.name if person else "", longest=80)
        self.role: Choice[str] = Choice(
            {code: _(name) for code, name in ROLES.items()},
            person.role if person else "salesperson",
        )
        self.team: Choice[int | None] = Choice(teams, person.team_id if person else None)
        self.phone = TextField(person.phone if person else "", longest=40)
        self.joined = DayField(person.joined_on if person else session.today, optional=True)
        self.left = DayField(person.left_on if person else None, optional=True)
        self.add(_("Name"), self.name)
        self.add(_("Role"), self.role)
        self.add(_("Team"), self.team)
        self.add(_("Phone"), self.phone)
        self.add(_("Since"), self.joined)
        if person is not None:
            self.add(
                _("Left on"),
                self.left,
                _("The first day the person no longer works here; figures stay."),
            )

    def save(self) -> None:
        """Write the person. Raises SalesDeskError."""
        role, team_id = self.role.value(), self.team.value()
        phone, joined_on = self.phone.value(), self.joined.value()
        if self._person is None:
            with self._session.changing(_("New person")) as change:
                people.add_person(
                    change, self.name.value(),
                    role=role, team_id=team_id, phone=phone, joined_on=joined_on,
                )  # fmt: skip
            return
        left = self.left.value()
        with self._session.changing(_("Edit person")) as change:
            people.edit_person(
                change,
                self._person.id,
                seen_version=self._person.version,
                name=self.name.value(),
                left_on=left,
                active=left is None or left > self._session.today,
                role=role,
                team_id=team_id,
                phone=phone,
                joined_on=joined_on,
            )


class TeamForm(FormDialog):
    """One team, new when ``team`` is None."""

    def __init__(self, session: Session, team: Team | None, parent: QWidget | None) -> None:
        super().__init__(_("Team") if team else _("New team"), parent)
        self._session, self._team = session, team
        guard(self.save_button, session, "teams.edit")
        self.name = TextField(team.name if team else "", longest=80)
        self.add(_("Team"), self.name)
        self.active: Choice[bool] = Choice(
            [(True, _("In use")), (False, _("Dissolved"))], team.active if team else True
        )
        if team is not None:
            self.add(_("State"), self.active)

    def save(self) -> None:
        """Write the team. Raises SalesDeskError."""
        if self._team is None:
            with self._session.changing(_("New team")) as change:
                people.add_team(change, self.name.value())
            return
        with self._session.changing(_("Edit team")) as change:
            people.edit_team(
                change,
                self._team.id,
                seen_version=self._team.version,
                name=self.name.value(),
                active=self.active.value(),
            )


def _state(one: Person) -> str:
    if one.active:
        return _("At work")
    return _("Left {day}").format(day=one.left_on) if one.left_on else _("Left")
