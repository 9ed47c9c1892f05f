"""Who may do what: each right and for whose things every role has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from salesdesk.office import rights
from salesdesk.office.rights import RIGHTS, ROLES, SCOPES
from salesdesk.text import _
from ui.office.records import OfficeDialog, Records
from ui.shared.forms import Choice, FormDialog
from ui.shared.guarding import guard
from ui.shared.labels import label
from ui.shared.session import Session
from ui.shared.tables import Column


@dataclass(frozen=True, slots=True)
class Line:
    """A right with its scopes by role; ``adjusted`` are the roles the office has adjusted."""

    code: str
    scopes: Mapping[str, str]
    adjusted: frozenset[str]

    @property
    def words(self) -> str:
        """What the right allows."""
        return _(RIGHTS[self.code].words)


class RightsDialog(OfficeDialog):
    """All rights of the office."""

    def __init__(self, session: Session, parent: QWidget | None) -> None:
        super().__init__(session, _("Who may do what"), parent)
        self.resize(940, 600)
        columns: list[Column[Line]] = [Column(_("Right"), lambda line: line.words, 260)]
        columns += [_of_role(role, _(name)) for role, name in ROLES.items()]
        self.records: Records[Line] = Records(
            session,
            columns,
            name=_("Rights"),
            tables=("setting",),
            read=self._lines,
            same=lambda line: line.code,
            edit=self._edit,
            hint=_(
                "Who may not do something is told so in the window, by commands and by imports "
                "alike. “Own” is what somebody is in charge of. An asterisk marks what this office "
                "has adjusted. Rights don't protect the file from who has it: its password does."
            ),
        )
        self.records.add_buttons((_("Edit…"), self._edit_current), needs="rights.edit")
        self.content.addWidget(self.records)
        self.finish()

    def _lines(self) -> list[Line]:
        adjusted = self.session.read(rights.adjusted)
        return [
            Line(code, by_role, frozenset(role for role in by_role if (code, role) in adjusted))
            for code, by_role in self.session.read(rights.table).items()
        ]

    def _edit_current(self) -> None:
        line = self.records.table.current()
        if line is not None:
            self._edit(line)

    def _edit(self, line: Line) -> None:
        RightForm(self.session, line, self).exec()


class RightForm(FormDialog):
    """For whose things each role has one right."""

    def __init__(self, session: Session, line: Line, parent: QWidget | None) -> None:
        super().__init__(line.words, parent)
        self._session, self._line = session, line
        guard(self.save_button, session, "rights.edit")
        right = RIGHTS[line.code]
        self.choices: dict[str, Choice[str]] = {}
        for role, name in ROLES.items():
            scopes = [(str(scope), _(SCOPES[scope])) for scope in right.scopes]
            choice: Choice[str] = Choice(scopes, line.scopes[role])
            # A manager keeps every right, a reader changes nothing: the writer's rule as well.
            if role == "manager" or (role == "reader" and not line.code.endswith(".see")):
                choice.setEnabled(False)
            else:
                self.choices[role] = choice
            self.add(_(name), choice)
        self.form.addRow(
            label(
                _("A sales manager has every right, and a reader changes nothing."),
                "hint",
                wrap=True,
            )
        )

    def save(self) -> None:
        """Write what was altered. Raises SalesDeskError."""
        with self._session.changing(_("Adjust a right")) as change:
            for role, choice in self.choices.items():
                if choice.value() != self._line.scopes[role]:
                    rights.adjust(change, self._line.code, role, choice.value())


def _of_role(role: str, name: str) -> Column[Line]:
    def shown(line: Line) -> str:
        return _(SCOPES[line.scopes[role]]) + (" *" if role in line.adjusted else "")

    def colour(line: Line) -> str:
        return "pale" if line.scopes[role] == "none" else ""

    return Column(name, shown, 140, colour=colour)
