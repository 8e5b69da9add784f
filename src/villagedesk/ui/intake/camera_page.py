"""The camera's picture with its buttons beneath."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.ui import theme
from villagedesk.ui.buttons import button
from villagedesk.ui.intake.camera_view import AutomaticSwitch, CameraView
from villagedesk.ui.intake.other_sources import OtherSources
from villagedesk.ui.intake.over_camera import OverCamera
from villagedesk.ui.intake.page_stage import PageStage
from villagedesk.ui.screen import Surroundings


class CameraPage(QWidget):
    """What stands in the middle while photographs are taken.

    Args:
        capture: photograph the table.
        by_itself: the same, because a new paper lies still; gives False to be asked again.
        bring_in: open the files.

    Signals:
        shot(): from any thread: the photograph is taken, and the paper may be moved.
    """

    shot = Signal()

    def __init__(
        self,
        surroundings: Surroundings,
        capture: Callable[[], None],
        by_itself: Callable[[], bool],
        bring_in: Callable[[], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        words, icons = surroundings.words, surroundings.icons
        camera = CameraView(surroundings, lambda missing: self.shutter.setEnabled(not missing), by_itself, self)
        self.shutter = button(
            "capture", words("ui.materials.capture"), capture, key=words("ui.key.space"), icons=icons, icon="camera"
        )
        self.bring_in = button("import_file", words("ui.materials.import"), bring_in, key="I", icons=icons, icon="file")
        self.automatic = AutomaticSwitch(surroundings, self)
        self.stage = PageStage(surroundings, self)
        self.over_camera = OverCamera(camera)
        self.over_camera.lay_over(self.automatic, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        self.over_camera.lay_over(self.stage)
        self.sources = OtherSources(surroundings, self)
        self.sources.no_camera.connect(lambda none: self.shutter.setVisible(not none))
        self.sources.no_camera.connect(lambda none: self.automatic.setVisible(not none))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.over_camera, 1)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.shutter, 2)
        row.addWidget(self.bring_in, 1)
        column.addLayout(row)
        column.addWidget(self.sources)
        self.shot.connect(camera.flash)
        self.shot.connect(surroundings.shutter_sound)

    def first_focus(self) -> QWidget:
        """拍照, or the files where there is no camera."""
        return self.shutter if self.shutter.isEnabled() else self.bring_in
