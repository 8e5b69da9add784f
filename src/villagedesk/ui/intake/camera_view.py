"""The camera's small picture with the paper found in it, asked for again and again while the screen is up."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QPointF, QRect, QSize, Qt, QTimer, QVariantAnimation
from PySide6.QtGui import QColor, QHideEvent, QImage, QPainter, QPaintEvent, QPen, QPolygonF, QShowEvent
from PySide6.QtWidgets import QApplication, QPushButton, QSizePolicy, QWidget

from villagedesk.desk.live_views import LiveSight
from villagedesk.desk.views import DeviceLine
from villagedesk.ui import theme
from villagedesk.ui.background import Lane, Task
from villagedesk.ui.live_picture import draw_live
from villagedesk.ui.screen import Surroundings

_FLASH_MS = 260
_BAND = "#E61B1F24"


class CameraView(QWidget):
    """Live picture, or the camera's state in words.

    Args:
        no_camera: called when it is known that this window has no camera that works.
        take: called when a new paper lies still and photographs are to be taken by themselves; gives False to be called
            again.
    """

    def __init__(
        self, surroundings: Surroundings, no_camera: Callable[[bool], None], take: Callable[[], bool], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._no_camera = no_camera
        self._take = take
        self._asked = False
        self._image = QImage()
        self._sight: LiveSight | None = None
        self._said = surroundings.words("ui.camera.starting")
        self._under_way: Task | None = None
        self._empty_answers = 0
        self._flash = QVariantAnimation(self, startValue=1.0, endValue=0.0, duration=_FLASH_MS)
        self._flash.setEasingCurve(QEasingCurve.Type.OutQuad)
        self._flash.valueChanged.connect(lambda _: self.update())
        self.setObjectName("camera_view")
        self.setAccessibleName(surroundings.words("ui.camera.name"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 64)
        self._timer = QTimer(self, interval=surroundings.preview_ms)
        self._timer.timeout.connect(self._ask)

    def sizeHint(self) -> QSize:
        """A usual 4 : 3 picture."""
        return QSize(480, 360)

    def flash(self) -> None:
        """A photograph was taken: the picture lights up for a moment."""
        self._flash.stop()
        self._flash.start()

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
        """The picture in the middle with the paper's outline and what to do, or the words alone."""
        del event
        painter = QPainter(self)
        place = draw_live(painter, self.rect(), self._image, self._said)
        if place is None:
            return
        if self._sight is not None:
            self._draw_outline(painter, self._sight, place)
            self._draw_words(painter, self._with.words.marked(self._sight.sentence))
        if self._flash.state() is QVariantAnimation.State.Running:
            painter.setPen(Qt.PenStyle.NoPen)
            light = QColor(theme.SURFACE)
            light.setAlphaF(0.85 * float(self._flash.currentValue()))
            painter.setBrush(light)
            painter.drawRect(place)

    def _draw_outline(self, painter: QPainter, sight: LiveSight, place: QRect) -> None:
        """A full line where the paper can be cut out unseen, a broken one where the clerk has to look."""
        if sight.corners is None:
            return
        outline = QPolygonF(
            [QPointF(place.x() + x * place.width(), place.y() + y * place.height()) for x, y in sight.corners]
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.SURFACE), 6))
        painter.drawPolygon(outline)
        line = QPen(QColor(theme.BLUE if sight.sure else theme.AMBER), 3)
        line.setStyle(Qt.PenStyle.SolidLine if sight.sure else Qt.PenStyle.DashLine)
        painter.setPen(line)
        painter.drawPolygon(outline)

    def _draw_words(self, painter: QPainter, words: str) -> None:
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = self.rect().adjusted(12, 0, -12, -6)
        needed = painter.boundingRect(room, Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap, words)
        band = QRect(self.rect().x(), room.bottom() - needed.height() - 8, self.width(), needed.height() + 14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_BAND))
        painter.drawRect(band)
        painter.setPen(QColor(theme.SURFACE))
        painter.drawText(band.adjusted(12, 0, -12, 0), flags, words)

    def _ask(self) -> None:
        if self._under_way is not None:
            return
        live = self._with.desk.live
        self._under_way = self._with.background.run(
            self, live.look, self._show, lane=Lane.LIVE, failed=lambda _: self._show(None)
        )

    def _show(self, sight: LiveSight | None) -> None:
        self._under_way = None
        before, self._sight = self._sight, sight
        image = QImage()
        if sight is not None:
            # Qt only looks at the bytes of the sight, which lives as long as the picture does
            image = QImage(sight.rgb, sight.width, sight.height, sight.width * 3, QImage.Format.Format_RGB888)
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
        if sight is None:
            self._asked = False  # when the camera is back, what lies there is asked about anew
            return
        if before is None or before.sentence != sight.sentence:
            self.setAccessibleDescription(self._with.words.of(sight.sentence))
        if not sight.take:
            self._asked = False
        elif not self._asked and self._in_sight():
            self._asked = self._take()

    def _in_sight(self) -> bool:
        covered = QApplication.activeModalWidget() is not None  # the dialog that asks for a file
        return self.isVisible() and not self.window().isMinimized() and not covered

    def _tell(self, camera: DeviceLine) -> None:
        if camera.ready:
            self._said = self._with.words("ui.camera.starting")
        else:
            self._said = self._with.words.of(camera.sentence)
            self._image, self._sight = QImage(), None
        self.setAccessibleDescription(self._said)
        self._no_camera(not camera.ready)
        self.update()


class AutomaticSwitch(QPushButton):
    """Whether a new paper is photographed by itself: says so in words, pressing it turns that round."""

    def __init__(self, surroundings: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._on = True
        self.setObjectName("automatic")
        self.setProperty("role", "small")
        self.setAutoDefault(False)
        self.clicked.connect(self.turn)
        self._tell()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask how it was left."""
        super().showEvent(event)
        self._with.background.run(self, self._with.desk.live.automatic, self._is, lane=Lane.READS)

    def turn(self) -> None:
        """On, when it was off, and the other way round."""
        live, on = self._with.desk.live, not self._on
        self._with.background.run(self, lambda: live.set_automatic(on), lambda _: self._is(on))

    def _is(self, on: bool) -> None:
        self._on = on
        self._tell()

    def _tell(self) -> None:
        words = self._with.words("ui.live.automatic_on" if self._on else "ui.live.automatic_off")
        self.setText(f"{words}  A")
        self.setAccessibleName(words)
