"""The pages of a material as small pictures, and the reading of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QWidget

from villagedesk.domain.case import Page
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.ui import theme
from villagedesk.ui.background import Lane
from villagedesk.ui.screen import Surroundings

LONGEST_SIDE = 240
"""Pixels asked for; drawn smaller, so it stays sharp at 150 %."""

_KEPT_AT_MOST = 200


class Thumbnails:
    """Small pictures by page, read in the background and kept while the screen lives."""

    def __init__(self, surroundings: Surroundings, owner: QWidget) -> None:
        self._with = surroundings
        self._owner = owner
        self._kept: dict[str, QPixmap] = {}

    def picture(self, page: Page, show: Callable[[QPixmap], None]) -> None:
        """Give the page's small picture to ``show``, at once or when it is read; a damaged page stays blank."""
        if page.page_id in self._kept:
            show(self._kept[page.page_id])
            return
        scanning = self._with.desk.scanning

        def read(jpeg: bytes) -> None:
            pixmap = QPixmap()
            pixmap.loadFromData(jpeg)
            if len(self._kept) >= _KEPT_AT_MOST:
                self._kept.pop(next(iter(self._kept)))
            self._kept[page.page_id] = pixmap
            show(pixmap)

        def failed(problem: Problem) -> None:
            if not isinstance(problem, InputProblem):  # a page that was taken back meanwhile is nobody's trouble
                self._with.background.problem.emit(problem)

        self._with.background.run(
            self._owner,
            lambda: scanning.thumbnail(page.page_id, page.case_id, LONGEST_SIDE),
            read,
            lane=Lane.READS,
            failed=failed,
        )


class PageStrip(QListWidget):
    """Pages side by side or one below the other, numbered.

    Args:
        upright: one below the other.
        side: longest side of a picture in logical pixels.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        name: str,
        label: str,
        *,
        upright: bool,
        side: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._thumbnails = Thumbnails(surroundings, self)
        self._side = side
        self._pages: tuple[Page, ...] = ()
        self._noted: frozenset[str] = frozenset()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(upright)
        self.setIconSize(QSize(side, side))
        self.setSpacing(4)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        if not upright:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setFixedHeight(side + 56)

    def show_pages(
        self,
        pages: Sequence[Page],
        expired: frozenset[str] = frozenset(),
        noted: frozenset[str] = frozenset(),
    ) -> None:
        """Show these pages; the last one is chosen when they changed.

        Args:
            expired: ids of pages whose picture was removed when its time was over; told in words, not read.
            noted: ids of pages with which something may be wrong; marked.
        """
        noted &= {page.page_id for page in pages}
        if tuple(pages) == self._pages and self.count() == len(pages) and noted == self._noted:
            return
        self._pages, self._noted = tuple(pages), noted
        self.clear()
        for page in pages:
            gone = page.page_id in expired
            key = "ui.page.expired" if gone else "ui.page.noted" if page.page_id in noted else "ui.page.number"
            text = self._with.words(key, number=page.order)
            item = QListWidgetItem(_blank(self._side), text)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
            item.setData(Qt.ItemDataRole.UserRole, page.page_id)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, text)
            self.addItem(item)
            if not gone:
                self._thumbnails.picture(page, lambda pixmap, page=page: self._put(page.page_id, pixmap))  # type: ignore[misc]
        if pages:
            self.setCurrentRow(len(pages) - 1)

    @property
    def pages(self) -> tuple[Page, ...]:
        """Those that are shown."""
        return self._pages

    def current_page(self) -> Page | None:
        """The chosen page."""
        row = self.currentRow()
        return self._pages[row] if 0 <= row < len(self._pages) else None

    def choose(self, page_id: str) -> None:
        """Choose that page, if it is shown."""
        for row, page in enumerate(self._pages):
            if page.page_id == page_id:
                self.setCurrentRow(row)

    def move_by(self, pages: int) -> None:
        """Choose the page so many further."""
        if self.count():
            self.setCurrentRow(max(0, min(self.count() - 1, self.currentRow() + pages)))

    def _put(self, page_id: str, pixmap: QPixmap) -> None:
        for row in range(self.count()):
            item = self.item(row)
            if item.data(Qt.ItemDataRole.UserRole) == page_id:
                item.setIcon(framed(pixmap, self._side, self.devicePixelRatioF()))


def _blank(side: int) -> QIcon:
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    return QIcon(pixmap)


def framed(picture: QPixmap, side: int, ratio: float) -> QIcon:
    """The picture in the middle of a square, with a thin line round it."""
    pixels = max(1, int(side * ratio))
    square = QPixmap(pixels, pixels)
    square.fill(Qt.GlobalColor.transparent)
    small = picture.scaled(
        pixels - 2, pixels - 2, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    painter = QPainter(square)
    left, top = (pixels - small.width()) // 2, (pixels - small.height()) // 2
    painter.drawPixmap(left, top, small)
    painter.setPen(theme.LINE)
    painter.drawRect(left, top, small.width() - 1, small.height() - 1)
    painter.end()
    square.setDevicePixelRatio(ratio)
    icon = QIcon(square)
    icon.addPixmap(square, QIcon.Mode.Selected)
    return icon
