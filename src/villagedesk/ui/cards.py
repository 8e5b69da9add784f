"""Lists whose rows are small cards: a mark, a name, quiet lines, badges. Moved through with ↑↓, taken with Enter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from villagedesk.ui import theme
from villagedesk.ui.sentences import COLOURS, SHAPES
from villagedesk.ui.theme import GAP

_CARD = Qt.ItemDataRole.UserRole
_TINTS = {
    "calm": (theme.BLUE_TINT, theme.BLUE),
    "good": (theme.GREEN_TINT, theme.GREEN),
    "warn": (theme.AMBER_TINT, theme.AMBER),
    "bad": (theme.RED_TINT, theme.RED),
}
_WRAP = Qt.TextFlag.TextWordWrap.value
_MARK_WIDTH = 28


@dataclass(frozen=True)
class Card:
    """One row.

    Args:
        key: what the row stands for, e.g. a case id.
        title: what is read first; it breaks its line rather than be cut.
        lines: quiet lines beneath.
        tone: shape and colour before the title, "" for none.
        badges: short words with a tone each, after the title.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    tone: str = ""
    badges: tuple[tuple[str, str], ...] = ()

    def spoken(self) -> str:
        """The row in one line, for a screen reader."""
        return "，".join((self.title, *(text for text, _ in self.badges), *(line for line in self.lines if line)))


class CardList(QListWidget):
    """A list of cards; ``itemActivated`` comes with Enter or a double click.

    Args:
        name: object name.
        label: accessible name.
    """

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setItemDelegate(_CardDelegate(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setMouseTracking(True)

    def show_cards(self, cards: Sequence[Card]) -> None:
        """Show these rows, keeping the chosen one when it is still among them."""
        chosen = self.current_key()
        if [self._card(row) for row in range(self.count())] == list(cards):
            return
        blocked = self.blockSignals(True)
        self.clear()
        for card in cards:
            item = QListWidgetItem()
            item.setData(_CARD, card)
            item.setText(card.title)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, card.spoken())
            self.addItem(item)
        self.blockSignals(blocked)
        keys = [card.key for card in cards]
        if keys:
            self.setCurrentRow(keys.index(chosen) if chosen in keys else 0)

    def current_key(self) -> str:
        """The chosen card's key, "" when none is chosen."""
        row = self.currentRow()
        return self._card(row).key if row >= 0 else ""

    def choose(self, key: str) -> None:
        """Choose the card with that key if it is there."""
        for row in range(self.count()):
            if self._card(row).key == key:
                self.setCurrentRow(row)
                return

    def move_by(self, rows: int) -> None:
        """Choose the card so many rows further, within the list."""
        if self.count():
            self.setCurrentRow(max(0, min(self.count() - 1, self.currentRow() + rows)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Titles break at another place now."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def _card(self, row: int) -> Card:
        card = self.item(row).data(_CARD)
        assert isinstance(card, Card)
        return card


class _CardDelegate(QStyledItemDelegate):
    """Draws and measures a card."""

    def __init__(self, view: CardList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As high as the broken lines need, at least a finger's width."""
        width = self._view.viewport().width()
        height = self._draw(None, QRect(0, 0, width, 0), index.data(_CARD), option)
        return QSize(width, max(48, height))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Ground by state, then the words."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        rect: QRect = option.rect  # type: ignore[attr-defined]
        ground = QRectF(rect).adjusted(2, 2, -2, -2)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(theme.BLUE), 1.5))
            painter.setBrush(QColor(theme.BLUE_TINT))
            painter.drawRoundedRect(ground, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.GROUND))
            painter.drawRoundedRect(ground, 6, 6)
        self._draw(painter, rect, index.data(_CARD), option)
        painter.restore()

    def _draw(self, painter: QPainter | None, rect: QRect, card: Card, option: QStyleOptionViewItem) -> int:
        """Draw, or with no painter only measure; gives the height."""
        font = QFont(self._view.font())
        quiet_font = QFont(font)
        quiet_font.setPixelSize(max(12, font.pixelSize() - 2))
        title_font = QFont(font)
        title_font.setBold(True)
        metrics = QFontMetrics(title_font)
        left = rect.left() + GAP * 2 - 4
        top = rect.top() + GAP + 2
        if card.tone:
            if painter is not None:
                painter.setFont(title_font)
                painter.setPen(QColor(COLOURS[card.tone]))
                painter.drawText(left, top + metrics.ascent(), SHAPES[card.tone])
            left += _MARK_WIDTH
        room = max(80, rect.right() - GAP * 2 + 4 - left)
        badge_metrics = QFontMetrics(quiet_font)
        badges_width = sum(badge_metrics.horizontalAdvance(text) + GAP * 3 for text, _ in card.badges)
        one_line = metrics.horizontalAdvance(card.title) + badges_width <= room
        title_room = room - (badges_width if one_line else 0)
        title_box = metrics.boundingRect(QRect(0, 0, title_room, 10_000), _WRAP, card.title)
        if painter is not None:
            painter.setFont(title_font)
            painter.setPen(option.palette.color(QPalette.ColorRole.Text))  # type: ignore[attr-defined]
            painter.drawText(QRect(left, top, room, title_box.height() + 4), _WRAP, card.title)
        bottom = top + title_box.height()
        if card.badges:
            badge_top = top if one_line else bottom + 4
            x = left + (metrics.horizontalAdvance(card.title) + GAP + 4 if one_line else 0)
            height = badge_metrics.height() + 2
            for text, tone in card.badges:
                width = badge_metrics.horizontalAdvance(text) + GAP * 2
                if painter is not None:
                    tint, colour = _TINTS[tone]
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(QColor(tint))
                    painter.drawRoundedRect(QRect(x, badge_top, width, height), 5, 5)
                    painter.setPen(QColor(colour))
                    painter.setFont(quiet_font)
                    painter.drawText(QRect(x, badge_top, width, height), Qt.AlignmentFlag.AlignCenter, text)
                x += width + GAP
            bottom = max(bottom, badge_top + height)
        for line in card.lines:
            if not line:
                continue
            box = badge_metrics.boundingRect(QRect(0, 0, room, 10_000), _WRAP, line)
            if painter is not None:
                painter.setFont(quiet_font)
                painter.setPen(QColor(theme.QUIET))
                painter.drawText(QRect(left, bottom + 3, room, box.height() + 4), _WRAP, line)
            bottom += 3 + box.height()
        return bottom - rect.top() + GAP + 2
