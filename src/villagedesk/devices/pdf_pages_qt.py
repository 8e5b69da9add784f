"""The process that reads PDF files for the printer: ``python -m villagedesk.devices.pdf_pages_qt``.

Results come from elsewhere, and a reader of PDF in C++ that meets a malformed one may crash, hang or take all memory:
here that costs this process and no other (I11). What is said over its standard input and output stands in
:mod:`villagedesk.devices.pdf_process`, which is the other end.
"""

from __future__ import annotations

import faulthandler
import json
import os
import struct
import sys
from pathlib import Path
from typing import BinaryIO

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument

LONGEST_LIFE_S = 600
"""It ends by itself then, also in the middle of a page, where nobody is left to end it."""
_MOST_MEMORY = 2 * 1024**3
"""Bytes, where the system can hold it to that; a page of A4 at 600 dpi takes 139 MB."""
_MOST_PAGES = 200
_LARGEST_PAGE = 850.0 * 1200.0
"""Square points, A3 and a little: a file from elsewhere may name a page of two hundred inches, which drawn at the
printer's resolution takes all memory there is."""
_LOCKED = (QPdfDocument.Error.IncorrectPassword, QPdfDocument.Error.UnsupportedSecurityScheme)


def main() -> int:
    """Read the file, tell its pages, draw those that are asked for until nothing more is."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        faulthandler.dump_traceback_later(LONGEST_LIFE_S, exit=True, file=nowhere)
        _hold_memory()
        with open(0, "rb", closefd=False) as asked, open(1, "wb", closefd=False) as said:
            _serve(asked, said)
    return 0


def _serve(asked: BinaryIO, said: BinaryIO) -> None:
    (length,) = struct.unpack(">Q", asked.read(8))
    buffer = QBuffer()
    buffer.setData(QByteArray(asked.read(length)))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    _say(said, _told_of(document))
    while line := asked.readline():
        page, width, height = (int(word) for word in line.split())
        image = _drawn(document, page, QSize(width, height))
        if image is None:
            _say(said, {"error": "memory"})
            continue
        _say(said, {"width": image.width(), "height": image.height(), "bytes": image.sizeInBytes()})
        said.write(image.constBits())
        said.flush()


def _told_of(document: QPdfDocument) -> dict[str, object]:
    if document.error() in _LOCKED:
        return {"error": "locked"}
    if document.status() != QPdfDocument.Status.Ready or document.pageCount() < 1:
        return {"error": "not_pdf"}
    if document.pageCount() > _MOST_PAGES:
        return {"error": "too_large"}
    sizes = [document.pagePointSize(page) for page in range(document.pageCount())]
    if any(size.width() * size.height() > _LARGEST_PAGE for size in sizes):
        return {"error": "too_large"}
    if any(size.isEmpty() for size in sizes):
        return {"error": "not_pdf"}
    return {"sizes": [(size.width(), size.height()) for size in sizes]}


def _drawn(document: QPdfDocument, page: int, size: QSize) -> QImage | None:
    """The whole page at once: with setScaledClipRect, Qt 6.9.3 shrinks what it draws by 2 mm in a metre and more."""
    image = document.render(page, size)
    if image.isNull():
        return None
    # The picture comes without ground; printers are slow with transparent pictures, and some print them black.
    ground = QPainter(image)
    ground.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOver)
    ground.fillRect(image.rect(), Qt.GlobalColor.white)
    ground.end()
    image.convertTo(QImage.Format.Format_RGB32)
    return image


def _say(said: BinaryIO, what: dict[str, object]) -> None:
    said.write(json.dumps(what).encode() + b"\n")
    said.flush()


def _hold_memory() -> None:
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - not there on Windows

        # not of address space: the reader reserves 16 GB of that at once, and uses little of it
        resource.setrlimit(resource.RLIMIT_DATA, (_MOST_MEMORY, _MOST_MEMORY))


if __name__ == "__main__":
    sys.exit(main())
