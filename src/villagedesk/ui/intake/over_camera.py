"""The camera's picture, and what is laid over it: it goes on being asked for beneath."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from villagedesk.ui.buttons import button
from villagedesk.ui.screen import Surroundings


class OverCamera(QWidget):
    """Widgets in one place, the later ones above; those above are seen while they are shown."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._place = QGridLayout(self)
        self._place.setContentsMargins(0, 0, 0, 0)
        for widget in widgets:
            self.lay_over(widget)

    def lay_over(self, widget: QWidget) -> None:
        """Give something a place over the picture; it is seen there when it is shown."""
        hidden = widget.isHidden()
        self._place.addWidget(widget, 0, 0)
        widget.setHidden(hidden)


def camera_buttons(surroundings: Surroundings) -> tuple[QPushButton, QPushButton, QPushButton]:
    """拍照, 整张图就是一页, and 导入文件."""
    words, icons = surroundings.words, surroundings.icons
    capture, space = words("ui.materials.capture"), words("ui.key.space")
    return (
        button("capture", capture, key=space, icons=icons, icon="camera"),
        button("capture_whole", words("ui.import.whole")),
        button("import_file", words("ui.materials.import"), key="I", icons=icons, icon="file"),
    )
