"""A paper as it is, or would be, printed: sheet by sheet, as large as there is room."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.paper_preview import SheetPicture
from villagedesk.desk.views import PaperView
from villagedesk.domain.document import Document
from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.screen import Surroundings, scrolled
from villagedesk.ui.sentences import wrapping_label
from villagedesk.ui.theme import GAP, LINE

_WIDEST = 900
"""Logical pixels: 8 pt print on A4 is read without glasses then."""
_SHOWN_LARGER = 1.25
"""Of the drawn pixels; more would only blur."""


class Sheet(QWidget):
    """One sheet as wide as can be read in comfort; what is longer than the screen is scrolled."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QPixmap()
        self.setAccessibleName(label)

    @property
    def shows(self) -> bool:
        """Whether there is anything on it."""
        return not self._picture.isNull()

    def show_image(self, image: QImage) -> None:
        """Show it; an empty one shows nothing."""
        self._picture = QPixmap.fromImage(image)
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as its width wants."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The sheet on the table, with a thin line round it."""
        del event
        if not self.shows:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        width = self._width()
        place = QRect((self.width() - width) // 2, GAP, width, round(width * self._ratio()))
        painter.drawPixmap(place, self._picture)
        painter.setPen(QColor(LINE))
        painter.drawRect(place.adjusted(0, 0, -1, -1))

    def _width(self) -> int:
        natural = round(self._picture.width() * _SHOWN_LARGER)
        return max(1, min(self.width() - 2 * GAP, _WIDEST, natural))

    def _ratio(self) -> float:
        return self._picture.height() / max(1, self._picture.width())

    def _fit(self) -> None:
        self.setMinimumHeight(round(self._width() * self._ratio()) + 2 * GAP if self.shows else 0)


class PaperViewer(QWidget):
    """Signals:
    closed(): back to where it was opened.
    """

    closed = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._sheets: Sequence[SheetPicture] = ()
        self._place = 0
        self._asked = 0
        self._title = wrapping_label("", "h2", self)
        self._title.setObjectName("paper_title")
        self._number = wrapping_label("", "quiet", self)
        self._number.setObjectName("paper_sheet")
        self._before = button("paper_before", words("ui.paper.before"), lambda: self._turn(-1), key="←", parent=self)
        self._after = button("paper_after", words("ui.paper.after"), lambda: self._turn(1), key="→", parent=self)
        self._close = button("paper_close", words("ui.page.close"), self.closed.emit, key="Esc", parent=self)
        self._picture = Sheet(words("ui.paper.picture"))
        self._picture.setObjectName("paper_picture")
        self._area = scrolled(self._picture, self)
        head = QHBoxLayout()
        head.setSpacing(GAP * 2)
        head.addWidget(self._title, 1)
        for widget in (self._number, self._before, self._after, self._close):
            head.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(head)
        column.addWidget(self._area, 1)
        on_key(self, "Left", lambda: self._turn(-1), repeat=True)
        on_key(self, "Right", lambda: self._turn(1), repeat=True)

    def first_focus(self) -> QWidget:
        """The button that closes it."""
        return self._close

    def open_paper(self, case_id: str, paper: PaperView) -> None:
        """A paper of a case: as it was printed last, else as it would be printed now."""
        previews, words = self._with.desk.previews, self._with.words
        name = words(f"paper_kind.{paper.kind.value}")
        if paper.jobs:
            newest = paper.jobs[-1].job_id
            self.open(words("ui.paper.printed", paper=name), lambda: previews.of_job(newest))
        else:
            self.open(words("ui.paper.not_printed", paper=name), lambda: previews.of_paper(case_id, paper.kind))

    def open_document(self, document: Document) -> None:
        """What the acceptance system handed out."""
        previews = self._with.desk.previews
        self.open(document.name or self._with.words("results.nameless"), lambda: previews.of_document(document))

    def open(self, title: str, draw: Callable[[], Sequence[SheetPicture]]) -> None:
        """Draw and show a paper.

        Args:
            draw: gives its sheets; called on a worker thread.
        """
        self._asked += 1
        asked = self._asked
        self._title.setText(title)
        self._sheets, self._place = (), 0
        self._show()
        self._close.setFocus()

        def show(sheets: Sequence[SheetPicture]) -> None:
            if asked == self._asked:
                self._sheets = sheets
                self._show()

        def failed(problem: Problem) -> None:
            if asked == self._asked:
                self.closed.emit()
                self._with.background.problem.emit(problem)

        self._with.background.run(
            self, draw, show, failed=failed, lane=Lane.READS, words=self._with.words("ui.paper.drawing")
        )

    def _turn(self, by: int) -> None:
        self._place = min(max(self._place + by, 0), max(len(self._sheets) - 1, 0))
        self._area.verticalScrollBar().setValue(0)
        self._show()

    def _show(self) -> None:
        count = len(self._sheets)
        several = count > 1
        for widget in (self._number, self._before, self._after):
            widget.setVisible(several)
        if not count:
            self._picture.show_image(QImage())
            return
        sheet = self._sheets[self._place]
        self._number.setText(self._with.words("ui.paper.sheet", number=self._place + 1, count=count))
        self._before.setEnabled(self._place > 0)
        self._after.setEnabled(self._place < count - 1)
        self._picture.show_image(_image(sheet))


def _image(sheet: SheetPicture) -> QImage:
    if sheet.bytes_a_pixel == 0:
        white = QImage(sheet.width, sheet.height, QImage.Format.Format_Grayscale8)
        white.fill(255)
        return white
    grey = sheet.bytes_a_pixel == 1
    kind = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGB32
    return QImage(sheet.pixels, sheet.width, sheet.height, sheet.width * sheet.bytes_a_pixel, kind).copy()
