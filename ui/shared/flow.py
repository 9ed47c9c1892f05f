"""A layout that puts parts side by side and goes on below when the line is full."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget


class FlowLayout(QLayout):
    """Parts from left to right, each as wide as it wants, on as many lines as they need."""

    def __init__(self, parent: QWidget | None = None, *, spacing: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def _arrange(self, width: int, move: QPoint | None) -> int:
        """The height that ``width`` leads to; with ``move`` the parts are put there."""
        gap = self.spacing()
        x = y = line = 0
        placed: list[tuple[QLayoutItem, int, QSize]] = []

        def put_line() -> None:
            if move is not None:
                for item, left, size in placed:
                    down = (line - size.height()) // 2
                    item.setGeometry(QRect(move + QPoint(left, y + down), size))
            placed.clear()

        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint().expandedTo(item.minimumSize()).boundedTo(item.maximumSize())
            size.setWidth(min(size.width(), width))
            if x and x + size.width() > width:
                put_line()
                x, y, line = 0, y + line + gap, 0
            placed.append((item, x, size))
            x += size.width() + gap
            line = max(line, size.height())
        put_line()
        return y + line

    # -- Qt --------------------------------------------------------------------------------------

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]  # noqa: N802
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return self._arrange(width, None)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        super().setGeometry(rect)
        self._arrange(rect.width(), rect.topLeft())

    def sizeHint(self) -> QSize:
        widths = [item.sizeHint().width() for item in self._items if not item.isEmpty()]
        whole = sum(widths) + self.spacing() * max(0, len(widths) - 1)
        return QSize(whole, self._arrange(max(whole, 1), None))

    def minimumSize(self) -> QSize:  # noqa: N802
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        return QSize(
            max((size.width() for size in sizes), default=0),
            max((size.height() for size in sizes), default=0),
        )


def flow(*parts: QWidget, spacing: int = 8) -> QWidget:
    """Parts side by side that go on below when there is no room."""
    holder = QWidget()
    layout = FlowLayout(holder, spacing=spacing)
    for part in parts:
        layout.addWidget(part)
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    holder.setSizePolicy(policy)
    return holder
