"""Asks to whom customers are handed over."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from salesdesk.office import people
from salesdesk.text import _, ngettext
from ui.shared.forms import Choice, FormDialog
from ui.shared.labels import label
from ui.shared.session import Session


class HandOverForm(FormDialog):
    """Chooses the new owner of ``count`` customers (of ``name`` when it is one); writes nothing."""

    def __init__(self, session: Session, count: int, name: str, parent: QWidget | None) -> None:
        super().__init__(_("Hand over"), parent, save_text=_("Hand over"))
        what = ngettext("{count} customer", "{count} customers", count).format(count=count)
        self.form.addRow(label(name if name and count == 1 else what, "subtitle", wrap=True))
        owners: list[tuple[int | None, str]] = [
            (person.id, _("{name}, {team}").format(name=person.name, team=person.team_name)
             if person.team_name else person.name)
            for person in session.read(people.people)
        ]  # fmt: skip
        first = owners[0][0] if owners else None
        owners.append((None, _("nobody")))
        self.owner: Choice[int | None] = Choice(owners, first)
        self.add(_("To"), self.owner)
        if count == 0:
            self.save_button.setEnabled(False)

    def save(self) -> None:
        """The choice is made; the page does the rest."""
