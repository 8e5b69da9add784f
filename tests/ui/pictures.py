"""What a widget looks like, for a reader of barcodes."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
_AROUND = 40


def pixels(widget: QWidget) -> Pixels:
    """The widget's own pixels in grey, on a light ground as on the screen."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    lines = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), image.bytesPerLine())
    return np.pad(lines[:, : image.width()], _AROUND, constant_values=0xF4)
