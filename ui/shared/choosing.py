"""Dialogs in which somebody chooses by hand what is to be done: that isn't thrown away unasked."""

from __future__ import annotations

from salesdesk.text import _
from ui.shared.dialogs import Dialog
from ui.shared.messages import ask


class ChoosingDialog(Dialog):
    """Asks before it is closed, by whatever way, with choices that were made and aren't used."""

    @property
    def is_changed(self) -> bool:
        """Whether something is chosen otherwise than at first."""
        raise NotImplementedError

    def may_be_closed(self) -> bool:
        """Whether nothing is lost by it, or the person says that it may be."""
        return not self.is_changed or ask(
            self,
            _("Nothing of “{title}” is taken over yet. What you ticked would be lost.").format(
                title=self.windowTitle()
            ),
            _("Discard ticks"),
            danger=True,
        )

    # -- Qt --------------------------------------------------------------------------------------

    def reject(self) -> None:
        if not self.isVisible() or self.may_be_closed():
            super().reject()
