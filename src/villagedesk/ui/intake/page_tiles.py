"""Pages as small pictures, each with a mark where it is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from villagedesk.desk.import_views import SeenPage
from villagedesk.ui import theme
from villagedesk.ui.sentences import Words, plain_tip
from villagedesk.ui.theme import GAP

_PICTURE, _SMALL_PICTURE = QSize(128, 150), QSize(104, 96)
_TICK = ((8, 15), (12, 19), (20, 9))
_PAGE = Qt.ItemDataRole.UserRole
_PIXMAP, _CHOSEN, _STATE, _TAKEN, _NUMBER = (Qt.ItemDataRole.UserRole + step for step in range(1, 6))


class PageTiles(QListWidget):
    """Small pictures with a mark on those that are chosen.

    Signals:
        toggled(): another choice.
    """

    toggled = Signal()

    def __init__(self, words: Words, name: str, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSpacing(4)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._tile = _Tile(self)
        self.setItemDelegate(self._tile)
        self.itemClicked.connect(self._turn)

    def show_pages(self, pages: Sequence[SeenPage]) -> None:
        """All of them, and all chosen but those that were taken before."""
        self.clear()
        several = len({page.source for page in pages}) > 1
        for place, page in enumerate(pages):
            item = QListWidgetItem()
            pixmap = QPixmap()
            pixmap.loadFromData(page.thumbnail)
            item.setData(_PAGE, page)
            item.setData(_PIXMAP, pixmap)
            item.setData(_CHOSEN, not page.taken)
            item.setData(_TAKEN, False)
            item.setData(_NUMBER, place + 1)
            item.setText(self._title(page, place + 1, several=several))
            item.setToolTip(plain_tip(page.file))
            self.addItem(item)
            self._describe(item)
        if pages:
            self.setCurrentRow(0)

    def make_small(self, small: bool) -> None:
        """Smaller pictures, where there is little room."""
        picture = _SMALL_PICTURE if small else _PICTURE
        if self._tile.picture != picture:
            self._tile.picture = picture
            self.scheduleDelayedItemsLayout()

    def chosen(self) -> list[tuple[int, SeenPage]]:
        """Rows and pages."""
        items = [(row, self.item(row)) for row in range(self.count())]
        return [(row, item.data(_PAGE)) for row, item in items if item.data(_CHOSEN) and not item.data(_TAKEN)]

    @property
    def all_chosen(self) -> bool:
        """Whether every one that was never taken is chosen."""
        return all(item.data(_CHOSEN) for item in self._never_taken())

    def choose_all(self, chosen: bool) -> None:
        """All or none of those that were never taken; one that was taken before is chosen by itself."""
        for item in self._never_taken():
            item.setData(_CHOSEN, chosen)
            self._describe(item)

    def mark_taken(self, row: int) -> None:
        """It cannot be chosen any more."""
        item = self.item(row)
        if item is not None:
            item.setData(_TAKEN, True)
            self._describe(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space turns the choice of the page with the frame."""
        if event.key() == Qt.Key.Key_Space and self.currentItem() is not None:
            self._turn(self.currentItem())
        else:
            super().keyPressEvent(event)

    def _never_taken(self) -> list[QListWidgetItem]:
        items = [self.item(row) for row in range(self.count())]
        return [item for item in items if not item.data(_TAKEN) and not item.data(_PAGE).taken]

    def _title(self, page: SeenPage, number: int, *, several: bool) -> str:
        """By its number; by its file, and the page in that, where they come from several."""
        if not several:
            return self._words("ui.pick.page", number=number)
        return page.file if page.of == 1 else self._words("ui.pick.page_of", number=page.number, file=page.file)

    def _turn(self, item: QListWidgetItem) -> None:
        if not item.data(_TAKEN):
            item.setData(_CHOSEN, not item.data(_CHOSEN))
            self._describe(item)
            self.toggled.emit()

    def _describe(self, item: QListWidgetItem) -> None:
        words, page = self._words, item.data(_PAGE)
        chosen = words("ui.pick.chosen" if item.data(_CHOSEN) else "ui.pick.not_chosen")
        state = "" if page.sure else words("ui.pick.unsure")
        if item.data(_TAKEN):
            state = words("ui.pick.taken")
        elif page.taken:
            state = words("ui.pick.taken_before")
        item.setData(_STATE, state)
        spoken = "，".join(part for part in (state, "" if item.data(_TAKEN) else chosen) if part)
        number = item.data(_NUMBER)
        item.setData(
            Qt.ItemDataRole.AccessibleTextRole, words("ui.pick.spoken", number=number, file=page.file, state=spoken)
        )


class _Tile(QStyledItemDelegate):
    """A page's picture, its number, and what is the matter with it.

    ``picture``: the room for the picture.
    """

    picture = _PICTURE

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """One size for all."""
        del index
        line = QFontMetrics(option.font).height()  # type: ignore[attr-defined]
        return QSize(self.picture.width() + 2 * GAP, self.picture.height() + 2 * line + 3 * GAP)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The picture with a round mark where it is chosen, number and state beneath."""
        taken = bool(index.data(_TAKEN))
        chosen = bool(index.data(_CHOSEN)) and not taken
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        font: QFont = option.font  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        tile = rect.adjusted(2, 2, -2, -2)
        painter.setPen(QPen(QColor(theme.BLUE if chosen else theme.LINE), 2 if chosen else 1))
        painter.setBrush(QColor(theme.BLUE_TINT if chosen else theme.SURFACE))
        painter.drawRoundedRect(tile, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(theme.BLUE), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(tile.adjusted(1, 1, -1, -1), 6, 6)
        self._picture(painter, tile, index.data(_PIXMAP), pale=not chosen)
        line = QFontMetrics(font).height()
        below = QRect(tile.left() + 4, tile.top() + GAP + self.picture.height() + 4, tile.width() - 8, line)
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT))
        title = str(index.data(Qt.ItemDataRole.DisplayRole))
        title = QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideMiddle, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, title)
        painter.setPen(QColor(theme.GREEN if taken else theme.AMBER))
        told = str(index.data(_STATE) or "")
        painter.drawText(below.translated(0, line), Qt.AlignmentFlag.AlignCenter, told)
        if chosen or taken:
            self._mark(painter, tile, QColor(theme.GREEN if taken else theme.BLUE))
        painter.restore()

    def _picture(self, painter: QPainter, tile: QRect, pixmap: QPixmap, *, pale: bool) -> None:
        if pixmap.isNull():
            return
        size = pixmap.size().scaled(self.picture, Qt.AspectRatioMode.KeepAspectRatio)
        left = tile.left() + (tile.width() - size.width()) // 2
        where = QRect(
            left, tile.top() + GAP + (self.picture.height() - size.height()) // 2, size.width(), size.height()
        )
        painter.setOpacity(0.55 if pale else 1.0)
        painter.drawPixmap(where, pixmap)
        painter.setOpacity(1.0)
        painter.setPen(QPen(QColor(theme.LINE), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(where)

    @staticmethod
    def _mark(painter: QPainter, tile: QRect, colour: QColor) -> None:
        circle = QRect(tile.right() - 34, tile.top() + 6, 28, 28)
        painter.setPen(QPen(QColor(theme.SURFACE), 2))
        painter.setBrush(colour)
        painter.drawEllipse(circle)
        painter.setPen(QPen(QColor(theme.SURFACE), 3, c=Qt.PenCapStyle.RoundCap))
        painter.drawPolyline([circle.topLeft() + QPoint(*point) for point in _TICK])
