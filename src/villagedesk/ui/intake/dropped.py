"""What was dropped or pasted, as sources of pages: files, or a picture without one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from villagedesk.desk.import_views import ImportSource, Pasted
from villagedesk.domain.problems import InputProblem

_CODED = ("image/png", "image/jpeg", "image/tiff", "image/webp", "image/bmp")
"""Best first. They are handed on as they are, to be read where all foreign files are."""


def copied() -> QMimeData:
    """What was copied, here or elsewhere; only looked at."""
    return QApplication.clipboard().mimeData()


def can_bring(mime: QMimeData) -> bool:
    """Whether it may hold pages; cheap, asked while something is dragged over the window."""
    return mime.hasUrls() or mime.hasImage() or any(mime.hasFormat(kind) for kind in _CODED)


def brought_by(mime: QMimeData, picture_name: str) -> list[ImportSource]:
    """The files, else the picture.

    Args:
        picture_name: what the clerk reads for a picture that has no file.

    Raises:
        InputProblem: ``ui.import.not_here`` for files of the web, ``ui.import.nothing_pasted``.
    """
    files: list[ImportSource] = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    if files:
        return files
    data = next((bytes(mime.data(kind).data()) for kind in _CODED if mime.hasFormat(kind)), b"")
    if not data and mime.hasImage():
        data = _coded(mime.imageData())
    if data:
        return [Pasted(data, picture_name)]
    raise InputProblem("ui.import.not_here" if mime.hasUrls() else "ui.import.nothing_pasted")


def _coded(image: object) -> bytes:
    """A picture that Windows hands over as bare pixels."""
    if not isinstance(image, QImage) or image.isNull():
        return b""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", 90)  # type: ignore[call-overload]
    return bytes(buffer.data().data())
