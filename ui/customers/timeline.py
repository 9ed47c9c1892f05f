"""What was done with a customer and noted about one, newest first, read a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
)

from salesdesk.customers import activities
from salesdesk.customers.activities import Activity
from salesdesk.customers.kinds import kind_name
from salesdesk.planning import record_kinds
from salesdesk.records import records
from salesdesk.records.kinds import Kind
from salesdesk.records.records import Record
from salesdesk.text import _
from ui.customers.texts import yuan
from ui.shared import look
from ui.shared.session import Session

Index = QModelIndex | QPersistentModelIndex
PAGE = 50
_HEAD_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_WORDS_ROLE = _HEAD_ROLE + 1


@dataclass(frozen=True, slots=True)
class Noted:
    """A record about the customer, of whichever kind."""

    day: date
    kind: Kind
    record: Record

    @property
    def head(self) -> str:
        """When, what, and what it is called."""
        named = records.named(self.kind, self.record)
        return f"{self.day.isoformat()} · {_(self.kind.one)} · {named}"

    @property
    def words(self) -> str:
        """The other fields that say something."""
        told = {self.kind.day, self.kind.about, *self.kind.named_by}
        texts = [
            _("{field}: {after}").format(field=_(field.words), after=self.record.text(field))
            for field in self.kind.fields
            if field.name not in told and self.record.text(field)
        ]
        return " · ".join(texts)


Entry = Activity | Noted


class TimelineModel(QAbstractListModel):
    """The activities of one customer, and the records about them."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._customer_id: int | None = None
        self._rows: list[Entry] = []
        self._last: Activity | None = None
        self._more = False

    @property
    def rows(self) -> Sequence[Entry]:
        """What was read so far."""
        return self._rows

    def show(self, customer_id: int | None) -> None:
        """Show another customer's, or read the same one's again."""
        self.beginResetModel()
        self._customer_id = customer_id
        self._rows, self._more, self._last = [], False, None
        if customer_id is not None:
            self._rows = self._page()
        self.endResetModel()

    def _page(self) -> list[Entry]:
        """The next activities, and the records of the days that they reach back to."""
        assert self._customer_id is not None
        before = self._last
        page = self._session.read(activities.timeline, self._customer_id, before=before, limit=PAGE)
        self._more = len(page) >= PAGE
        self._last = page[-1] if page else None
        noted = self._session.read(
            records.about_customer,
            record_kinds.KINDS,
            self._customer_id,
            actor_id=self._session.person_id,
            since=page[-1].at.date() if self._more else None,
            # The records of the day that the last page ended with were on it.
            before=None if before is None else before.at.date(),
        )
        entries: list[Entry] = [*(Noted(*one) for one in noted), *page]
        return sorted(entries, key=_day, reverse=True)

    # -- Qt --------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        one = self._rows[index.row()]
        if role == _HEAD_ROLE:
            return _head(one)
        if role == _WORDS_ROLE:
            return one.words
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{_head(one)}\n{one.words}".strip()
        return None

    def canFetchMore(self, parent: Index) -> bool:
        return self._more and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        if not self._more or not self._rows:
            return
        page = self._page()
        if page:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(page) - 1)
            self._rows.extend(page)
            self.endInsertRows()


class _Delegate(QStyledItemDelegate):
    """Draws when, how and who in a pale line, and the words wrapped below it.

    ``option`` is a QStyleOptionViewItem, whose attributes Qt's stubs don't know.
    """

    _MARGIN, _GAP = 8, 2

    def _heights(self, option: Any, index: Index) -> tuple[int, int]:
        width = self._width(option)
        words = str(index.data(_WORDS_ROLE))
        head = self._height(option, width, str(index.data(_HEAD_ROLE)))
        return head, self._height(option, width, words) if words else 0

    def _width(self, option: Any) -> int:
        view = option.widget
        whole = view.viewport().width() if isinstance(view, QListView) else option.rect.width()
        return max(60, whole - 2 * self._MARGIN)

    def _height(self, option: Any, width: int, text: str) -> int:
        room = QRect(0, 0, width, 10_000)
        return int(option.fontMetrics.boundingRect(room, _WRAP, text).height())

    # -- Qt --------------------------------------------------------------------------------------

    def sizeHint(self, option: Any, index: Index) -> QSize:
        head, words = self._heights(option, index)
        gap = self._GAP if words else 0
        return QSize(self._width(option), head + gap + words + 2 * self._MARGIN)

    def paint(self, painter: QPainter, option: Any, index: Index) -> None:
        head, words = self._heights(option, index)
        painter.save()
        painter.setFont(option.font)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, look.colour("selection"))
        left, top = option.rect.left() + self._MARGIN, option.rect.top() + self._MARGIN
        width = self._width(option)
        painter.setPen(look.colour("pale"))
        painter.drawText(QRect(left, top, width, head), _WRAP, str(index.data(_HEAD_ROLE)))
        painter.setPen(look.colour("text"))
        below = QRect(left, top + head + self._GAP, width, words)
        painter.drawText(below, _WRAP, str(index.data(_WORDS_ROLE)))
        painter.setPen(look.colour("line"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        painter.restore()


class Timeline(QListView):
    """The list of a customer's activities."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.activities = TimelineModel(session, self)
        self.setModel(self.activities)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName(_("Contacts so far"))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    # -- Qt --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)


def _day(one: Entry) -> date:
    return one.day if isinstance(one, Noted) else one.at.date()


def _head(one: Entry) -> str:
    if isinstance(one, Noted):
        return one.head
    kind = kind_name(one.kind)
    if not one.answered:
        kind = _("{kind}, nobody answered").format(kind=kind)
    elif one.repeated:
        kind = _("{kind}, came before").format(kind=kind)
    parts = [f"{one.at:%Y-%m-%d %H:%M}", kind, one.person_name]
    if one.cost:
        parts.append(_("cost {amount} yuan").format(amount=yuan(one.cost)))
    return " · ".join(parts)
