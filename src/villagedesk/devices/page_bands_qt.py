"""Pages of a PDF onto a printer, one to one: band by band, so that a page never lies in memory as a whole."""

from __future__ import annotations

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter

from villagedesk.devices.pdf_process import PdfProcess

_GLANCE_DPI = 36
_BAND_PIXELS = 1_500_000
"""Six megabytes of colours; a page of A4 at 600 dpi is 24 bands."""
_FEWEST_ROWS = 64
_ROLL_POINTS = 100 * 72 / 25.4
"""Paper this narrow is a roll's: its width lies across the printer also where it is cut shorter than that."""
_FORMATS = {1: QImage.Format.Format_Grayscale8, 4: QImage.Format.Format_RGB32}


def glance_at(document: PdfProcess) -> None:
    """Read every page once, small: of a paper whose end cannot be read none is to come out.

    Raises:
        EnvironmentProblem: ``printer.pdf_broke``, ``printer.memory``.
    """
    for page, size in enumerate(document.sizes):
        pixels = _pixels(size, _GLANCE_DPI)
        document.band(page, pixels, 0, pixels[1])


def set_format(printer: QPrinter, size: tuple[float, float]) -> None:
    """Paper of the page's size (points), without margins, so that one millimetre stays one millimetre."""
    across = size[0] > size[1] and size[0] >= _ROLL_POINTS
    width, height = (size[1], size[0]) if across else size
    page = QPageSize(QSizeF(width, height), QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.FuzzyMatch)
    orientation = QPageLayout.Orientation.Landscape if across else QPageLayout.Orientation.Portrait
    layout = QPageLayout(page, orientation, QMarginsF(0, 0, 0, 0))
    layout.setMode(QPageLayout.Mode.FullPageMode)
    printer.setPageLayout(layout)


def draw(document: PdfProcess, printer: QPrinter, painter: QPainter) -> bool:
    """All pages, each on paper of its own size; the painter has begun with the first one's.

    Returns:
        False when the printer takes no further page.

    Raises:
        EnvironmentProblem: as :func:`glance_at`.
    """
    for page, size in enumerate(document.sizes):
        if page > 0:
            set_format(printer, size)
            if not printer.newPage():
                return False
        _draw_page(document, page, size, printer.resolution(), painter)
    return True


def _draw_page(document: PdfProcess, page: int, size: tuple[float, float], dpi: int, painter: QPainter) -> None:
    width, height = _pixels(size, dpi)
    step = max(_FEWEST_ROWS, _BAND_PIXELS // width)
    for top in range(0, height, step):
        band = document.band(page, (width, height), top, min(step, height - top))
        if not band.bytes_a_pixel:
            continue
        image = QImage(
            band.pixels, band.width, band.rows, band.width * band.bytes_a_pixel, _FORMATS[band.bytes_a_pixel]
        )
        # letters and barcodes as they are; photographs may be packed as photographs are
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering, band.bytes_a_pixel == 1)
        painter.drawImage(0, top, image)


def _pixels(size: tuple[float, float], dpi: int) -> tuple[int, int]:
    return max(1, round(size[0] * dpi / 72)), max(1, round(size[1] * dpi / 72))
