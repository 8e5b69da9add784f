"""What the camera sees, for trying it out; nothing of it is kept."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from villagedesk.desk.live_views import LiveSight
from villagedesk.ui.background import Lane, Task
from villagedesk.ui.live_picture import draw_live
from villagedesk.ui.screen import Surroundings

_HEIGHT = 240


class TryOut(QWidget):
    """The live picture, or words in its place.

    Signals:
        turned(): the picture came, or went.
    """

    turned = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._image = QImage()
        self._under_way: Task | None = None
        self._words = ""
        self.setObjectName("try_out")
        self.setAccessibleName(surroundings.words("ui.devices.picture"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self._timer = QTimer(self, interval=max(40, surroundings.preview_ms))
        self._timer.timeout.connect(self._ask)

    @property
    def shows(self) -> bool:
        """Whether a picture is there."""
        return not self._image.isNull()

    def say(self, words: str) -> None:
        """What stands there while there is no picture."""
        self._words = words
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """As high as it is, 4 : 3."""
        return QSize(_HEIGHT * 4 // 3, _HEIGHT)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin asking."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture in the middle, or the words."""
        del event
        painter = QPainter(self)
        draw_live(painter, self.rect(), self._image, self._words)

    def _ask(self) -> None:
        if self._under_way is None:
            self._under_way = self._with.background.run(
                self,
                self._with.desk.live.look,
                self._show,
                lane=Lane.PICTURES,
                failed=lambda _: self._show(None),
            )

    def _show(self, frame: LiveSight | None) -> None:
        self._under_way = None
        had = self.shows
        self._image = QImage()
        if frame is not None:
            row = frame.width * 3
            self._image = QImage(frame.rgb, frame.width, frame.height, row, QImage.Format.Format_RGB888).copy()
        self.update()
        if self.shows != had:
            self.turned.emit()
