"""The camera's small picture, asked for again and again while the screen is up."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QImage, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from villagedesk.desk.views import DeviceLine
from villagedesk.ui import theme
from villagedesk.ui.background import Lane, Task
from villagedesk.ui.screen import Surroundings

_DARK = "#2A3038"


class CameraView(QWidget):
    """Live picture, or the camera's state in words.

    Args:
        no_camera: called when it is known that this window has no camera that works.
    """

    def __init__(self, surroundings: Surroundings, no_camera: Callable[[bool], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._no_camera = no_camera
        self._image = QImage()
        self._said = surroundings.words("ui.camera.starting")
        self._under_way: Task | None = None
        self._empty_answers = 0
        self.setObjectName("camera_view")
        self.setAccessibleName(surroundings.words("ui.camera.name"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 64)
        self._timer = QTimer(self, interval=surroundings.preview_ms)
        self._timer.timeout.connect(self._ask)

    def sizeHint(self) -> QSize:
        """A usual 4 : 3 picture."""
        return QSize(480, 360)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin asking."""
        super().showEvent(event)
        self._timer.start()
        self._with.background.run(self, self._with.desk.scanning.camera, self._tell, lane=Lane.READS)

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more: the camera is not in sight."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture in the middle, or the words."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_DARK))
        painter.drawRoundedRect(self.rect(), 6, 6)
        if self._image.isNull():
            painter.setPen(QColor(theme.SURFACE))
            room = self.rect().adjusted(24, 24, -24, -24)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._said)
            return
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(self.rect().center())
        painter.drawImage(place, self._image)

    def _ask(self) -> None:
        if self._under_way is not None:
            return
        scanning = self._with.desk.scanning
        self._under_way = self._with.background.run(
            self, scanning.preview, self._show, lane=Lane.PICTURES, failed=lambda _: self._show(None)
        )

    def _show(self, jpeg: bytes | None) -> None:
        self._under_way = None
        image = QImage.fromData(jpeg) if jpeg else QImage()
        if image.isNull():
            self._empty_answers += 1
            if self._empty_answers in (1, 30) or not self._image.isNull():
                self._with.background.run(self, self._with.desk.scanning.camera, self._tell, lane=Lane.READS)
            self._timer.setInterval(max(500, self._with.preview_ms))
        else:
            self._empty_answers = 0
            self._timer.setInterval(self._with.preview_ms)
            if self._image.isNull():
                self._no_camera(False)
        self._image = image
        self.update()

    def _tell(self, camera: DeviceLine) -> None:
        if camera.ready:
            self._said = self._with.words("ui.camera.starting")
        else:
            self._said = self._with.words.of(camera.sentence)
            self._image = QImage()
        self.setAccessibleDescription(self._said)
        self._no_camera(not camera.ready)
        self.update()


def camera_page(camera: QWidget, capture: QPushButton, whole: QPushButton, bring_in: QPushButton) -> QWidget:
    """The picture with its buttons beneath."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.GAP)
    column.addWidget(camera, 1)
    column.addWidget(whole)
    row = QHBoxLayout()
    row.setSpacing(theme.GAP)
    row.addWidget(capture, 2)
    row.addWidget(bring_in, 1)
    column.addLayout(row)
    return page
