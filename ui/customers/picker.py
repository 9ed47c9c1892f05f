"""Chooses a customer by typing: the matches stand below the field until one is taken."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QVBoxLayout, QWidget

from salesdesk.customers import customers
from salesdesk.customers.customers import Customer
from salesdesk.errors import InputError, SalesDeskError
from salesdesk.text import _
from ui.customers.texts import full_name
from ui.shared.labels import button, label, row
from ui.shared.session import Latest, Session

#: Milliseconds that typing must rest before the matches are read.
REST = 120
_MATCHES = 8


class _Search(QLineEdit):
    """The field; Down and Enter are passed on (an input method keeps them while it composes)."""

    key_pressed = Signal(int)

    # -- Qt --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.key_pressed.emit(event.key())
            return
        super().keyPressEvent(event)


class _Matches(QListWidget):
    """The customers found; Enter takes one and goes no further: the form isn't saved by it."""

    taken = Signal()

    # -- Qt --------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit()
            return
        super().keyPressEvent(event)


class CustomerPicker(QWidget):
    """A field for a customer; ``chosen`` tells which, None while nobody is."""

    chosen = Signal(object)

    def __init__(self, session: Session, customer: Customer | None) -> None:
        super().__init__()
        self._customer: Customer | None = None
        self._found: Sequence[Customer] = ()
        self._session = session
        self._latest = Latest(session, self._failed)
        self.search = _Search()
        self.search.setPlaceholderText(_("Name, pinyin, initials, phone or company"))
        self.search.setClearButtonEnabled(True)
        self.list = _Matches()
        self.list.setAccessibleName(_("Customers found"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.name = label("", wrap=True)
        self.change = button(_("Another…"), self._again)
        self.taken = row(self.name, self.change)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (self.search, self.list, self.taken):
            layout.addWidget(part)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST)
        self._timer.timeout.connect(self._look)
        self.search.textChanged.connect(self._timer.start)
        self.search.key_pressed.connect(self._key)
        self.list.itemClicked.connect(self._take_current)
        self.list.taken.connect(self._take_current)
        self.take(customer)

    def value(self) -> Customer | None:
        """Who is chosen."""
        return self._customer

    def customer(self) -> Customer:
        """Who is chosen. Raises InputError when nobody is."""
        if self._customer is None:
            raise InputError(_("Choose the customer."))
        return self._customer

    def take(self, customer: Customer | None) -> None:
        """Choose a customer, or nobody."""
        self._customer = customer
        self.search.setVisible(customer is None)
        self.list.hide()
        self.taken.setVisible(customer is not None)
        # Tab would stop for good at a proxy that is hidden.
        self.setFocusProxy(self.search if customer is None else self.change)
        if customer is not None:
            self.name.setText(full_name(customer))
        self.chosen.emit(customer)

    def _again(self) -> None:
        self.take(None)
        self.search.setFocus()

    def _look(self) -> None:
        if self.search.text().strip():
            self._latest.read(
                self._show,
                customers.find,
                self.search.text(),
                seen_by=self._session.person_id,
                limit=_MATCHES,
            )
        else:
            self._latest.drop()
            self._show([])

    def _show(self, found: Sequence[Customer]) -> None:
        self._found = found
        self.list.clear()
        for customer in found:
            self.list.addItem(" · ".join(part for part in _described(customer) if part))
        self.list.setVisible(bool(found) and self._customer is None)
        if found:
            height = self.list.sizeHintForRow(0) * len(found) + 2 * self.list.frameWidth() + 2
            self.list.setFixedHeight(height)
            self.list.setCurrentRow(0)

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Down:
            self.list.setFocus()
        elif self._timer.isActive() or not self._found:
            self._timer.stop()
            self._look()
        else:
            self._take_current()

    def _take_current(self) -> None:
        place = self.list.currentRow()
        if 0 <= place < len(self._found):
            # On to the field behind, past the button that would choose somebody else; a form
            # that knows better where to go on says so when it hears who was chosen.
            self.taken.show()
            self.change.setFocus()
            self.focusNextChild()
            self.take(self._found[place])

    def _failed(self, error: SalesDeskError) -> None:
        self.search.setToolTip(error.message)

    # -- Qt --------------------------------------------------------------------------------------

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.search.setAccessibleName(name)


def _described(one: Customer) -> tuple[str, ...]:
    return one.name, one.company, one.phones, one.owner_name
