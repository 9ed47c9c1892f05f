"""A list of customers as long as it likes: pages and their count are read in the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QTimer,
    Signal,
)

from salesdesk.customers import customers
from salesdesk.customers.customers import Customer, CustomerFilter
from salesdesk.errors import ReplacedOfficeError, SalesDeskError
from ui.shared.messages import tell
from ui.shared.session import Latest, Session
from ui.shared.tables import PAGE, RecordTable

#: Milliseconds of reading before it is said that the list is being read.
PATIENCE = 300
#: More customers than this that come in or move are read with the list, not placed one by one.
_PLACED = 20


class Listing(QObject):
    """Fills a table with the customers of a filter; the newest come first unless it is sorted.

    ``counted`` tells how many there are, ``loaded`` that the first page stands, ``slow`` (True)
    that reading takes longer than a blink, and (False) that it is over.
    """

    counted = Signal(int)
    loaded = Signal()
    slow = Signal(bool)

    def __init__(self, session: Session, table: RecordTable[Customer]) -> None:
        super().__init__(table)
        self.wanted = CustomerFilter()
        self._session, self._table = session, table
        self._reading = False
        self._pages = Latest(session, self._failed)
        self._counts = Latest(session, self._failed)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self._is_slow)
        table.records.order_wanted.connect(self._reorder)

    def show(self, wanted: CustomerFilter) -> None:
        """Show what another filter leaves, from the top."""
        self.wanted = wanted
        self._read(PAGE, keep_place=False)
        self._count()

    def refresh(self) -> None:
        """Read again what is shown; cursor, selection and place stay."""
        pages = -(-len(self._table.records.rows) // PAGE)
        self._read(max(pages, 1) * PAGE, keep_place=True)
        self._count()

    def take_over(self, ids: frozenset[int]) -> Sequence[Customer] | None:
        """Show a few customers as they are now: changed, elsewhere in the order, come or gone.

        The answer is who of them the list holds now, as far as it goes; None where everything is
        to be read again (it is being read just now, or many come in).
        """
        model = self._table.records
        if self._reading:
            return None
        now = self._page(replace(self.wanted, ids=tuple(sorted(ids))), limit=len(ids))
        shown = {customer.id: customer for customer in model.rows if customer.id in ids}
        key = model.order[0] or "id"
        stay = {
            customer.id: customer
            for customer in now
            if customer.id in shown and getattr(shown[customer.id], key) == getattr(customer, key)
        }
        placed = [customer for customer in now if customer.id not in stay]
        if len(placed) > _PLACED:
            return None
        rows = [
            stay.get(customer.id, customer)
            for customer in model.rows
            if customer.id in stay or customer.id not in ids
        ]
        # From the last to the first, so that the one each stands before is there already.
        for customer in reversed(placed):
            following = self._page(self.wanted, after=customer, limit=1)
            ids_there = [row.id for row in rows]
            if following and following[0].id in ids_there:
                rows.insert(ids_there.index(following[0].id), customer)
            elif not following and not model.canFetchMore(QModelIndex()):
                rows.append(customer)  # the very last of the list, all of which is read
        chosen = self._table.chosen()
        self._table.merge_rows(rows, lambda customer: customer.id)
        if len(shown) < len(ids) or len(now) < len(shown):
            self._count()  # somebody came or went, or stands where nothing is read yet
        if len(now) != len(shown) or any(one.id in ids for one in chosen):
            self.loaded.emit()
        return now

    def drop(self) -> None:
        """Forget what is being read."""
        self._pages.drop()
        self._reading = False
        self._counts.drop()

    def _count(self) -> None:
        self._counts.read(self._tell_count, customers.count, self._seen(self.wanted))

    def _tell_count(self, count: int) -> None:
        self.counted.emit(count)

    def _is_slow(self) -> None:
        self.slow.emit(True)

    def _reorder(self) -> None:
        self._read(PAGE, keep_place=False)

    def _read(self, limit: int, *, keep_place: bool) -> None:
        self._patience.start()
        self._reading = True
        key, descending = self._table.records.order
        self._pages.read(
            partial(self._show, self.wanted, limit, keep_place),
            customers.page,
            self._seen(self.wanted),
            sort=key or "id",
            descending=descending if key else True,
            limit=limit,
        )

    def _show(
        self, wanted: CustomerFilter, limit: int, keep_place: bool, rows: Sequence[Customer]
    ) -> None:
        table = self._table
        current = table.current()
        chosen = {customer.id for customer in table.chosen()}
        place = table.verticalScrollBar().value()
        # Reading again moves no cursor of a person's: the panel stays where it is.
        table.blockSignals(True)
        table.records.show_pages(partial(self._follow, wanted), rows, more=len(rows) >= limit)
        choose(table, chosen, None if current is None else current.id)
        table.verticalScrollBar().setValue(place if keep_place else 0)
        table.blockSignals(False)
        self._patience.stop()
        self._reading = False
        self.slow.emit(False)
        self.loaded.emit()

    def _page(
        self, wanted: CustomerFilter, *, after: Customer | None = None, limit: int
    ) -> list[Customer]:
        """Rows in the order shown."""
        key, descending = self._table.records.order
        return self._session.read(
            customers.page,
            self._seen(wanted),
            sort=key or "id",
            descending=descending if key else True,
            after=after,
            limit=limit,
        )

    def _follow(
        self, wanted: CustomerFilter, key: str, descending: bool, after: Customer | None
    ) -> Sequence[Customer]:
        """The page after a row; quick, since it goes on where the one before ended."""
        return self._session.read(
            customers.page,
            self._seen(wanted),
            sort=key or "id",
            descending=descending if key else True,
            after=after,
            limit=PAGE,
        )

    def _seen(self, wanted: CustomerFilter) -> CustomerFilter:
        """The same list without customers whom the person at work may not see."""
        return replace(wanted, seen_by=self._session.person_id)

    def _failed(self, error: SalesDeskError) -> None:
        self._patience.stop()
        self._reading = False
        self.slow.emit(False)
        if not isinstance(error, ReplacedOfficeError):  # of that the window tells
            tell(self._table, error)


def choose(table: RecordTable[Customer], ids: set[int], current_id: int | None) -> None:
    """Select the rows of some customers again and put the cursor back; those gone stay out."""
    model, selection = table.records, QItemSelection()
    flags = QItemSelectionModel.SelectionFlag
    for place, customer in enumerate(model.rows):
        if customer.id in ids:
            index = model.index(place, 0)
            selection.select(index, index)
        if customer.id == current_id:
            table.selectionModel().setCurrentIndex(model.index(place, 0), flags.NoUpdate)
    table.selectionModel().select(selection, flags.Select | flags.Rows)
