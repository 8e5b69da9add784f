"""The line icons of ``resources/icons``, drawn in the colour a place needs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from villagedesk.ui import theme

_DRAWN_IN = b"#1B1F24"
_SCALES = (1, 2)


class Icons:
    """Icons by name.

    Args:
        folder: holds ``<name>.svg``, each with its stroke colour written once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[tuple[str, str], QIcon] = {}

    def icon(self, name: str, colour: str = theme.TEXT) -> QIcon:
        """The icon, sharp at 100 % and 200 %.

        Raises:
            OSError: when there is no such file.
        """
        key = (name, colour)
        if key not in self._kept:
            from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415 - a library that sign-in, without icons, can spare

            svg = (self._folder / f"{name}.svg").read_bytes().replace(_DRAWN_IN, colour.encode())
            renderer = QSvgRenderer(QByteArray(svg))
            icon = QIcon()
            for scale in _SCALES:
                pixmap = QPixmap(QSize(24, 24) * scale)
                pixmap.fill(Qt.GlobalColor.transparent)
                painter = QPainter(pixmap)
                renderer.render(painter)
                painter.end()
                pixmap.setDevicePixelRatio(scale)
                for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled):
                    icon.addPixmap(pixmap, mode)
            self._kept[key] = icon
        return self._kept[key]
