"""Barcodes as vector rectangles: Code 128 for local numbers, QR for addresses."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from barcode.codex import Code128
from barcode.errors import BarcodeError
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from villagedesk.domain.problems import InputProblem
from villagedesk.papers.sheet import Sheets

# Measured over 120 numbers at random offsets: all read at 150, 203 and 300 dpi (0.25 mm: 95 of 120 lost at 150);
# a local number then takes 65 mm of the 72 it may have.
MODULE_MM = 0.33
CODE128_LONGEST = 64  # as long as an acceptance number may be (domain: section 4)
QUIET_MODULES = 10  # ISO/IEC 15417, 4.4: quiet zone of ten modules on either side
_QR_QUIET_MODULES = 4  # ISO/IEC 18004, 9.1
QR_LONGEST_BYTES = 450  # version 16 at level M (81 modules): 0.36 mm a module on 32 mm, still read from cheap prints


@dataclass(frozen=True)
class LinearBarcode:
    """A Code 128 symbol.

    Args:
        text: what it says.
        bars: start and width of each dark bar, in modules, from the symbol's left edge.
        modules: width of the symbol without quiet zones, in modules.
    """

    text: str
    bars: tuple[tuple[int, int], ...]
    modules: int

    def width_mm(self, module_mm: float = MODULE_MM) -> float:
        """Width with both quiet zones, in mm."""
        return (self.modules + 2 * QUIET_MODULES) * module_mm


class _PairSafeCode128(Code128):  # type: ignore[misc]  # python-barcode gives no types
    """Code 128 that keeps a first pair "99", whose value python-barcode 0.16.1 takes for a change of code set."""

    def _try_to_optimize(self, encoded: list[int]) -> list[int]:
        if self.code[:2].isdigit():
            return encoded
        optimised: list[int] = super()._try_to_optimize(encoded)
        return optimised


def code128(text: str) -> LinearBarcode:
    """The Code 128 symbol of a text.

    Raises:
        InputProblem: ``papers.barcode_text`` when the text is empty, longer than ``CODE128_LONGEST``, or holds a
            character that does not print: control characters and function codes (FNC) would give commands to the
            scanner's computer.
    """
    if not 0 < len(text) <= CODE128_LONGEST or not (text.isascii() and text.isprintable()):
        raise InputProblem("papers.barcode_text")
    try:
        modules: str = _PairSafeCode128(text).build()[0]
    except BarcodeError as error:
        raise InputProblem("papers.barcode_text") from error
    bars: list[tuple[int, int]] = []
    position = 0
    for dark, group in groupby(modules):
        width = len(list(group))
        if dark == "1":
            bars.append((position, width))
        position += width
    return LinearBarcode(text, tuple(bars), len(modules))


def draw_code128(
    sheets: Sheets,
    symbol: LinearBarcode,
    x_mm: float,
    y_mm: float,
    *,
    height_mm: float,
    module_mm: float = MODULE_MM,
    text_pt: float = 9.0,
) -> None:
    """Draw a symbol with its text under it.

    Args:
        x_mm: left edge of the left quiet zone.
        y_mm: upper edge of the bars.
        height_mm: height of the bars; the text stands below them.
    """
    left = x_mm + QUIET_MODULES * module_mm
    sheets.fill_all([(left + start * module_mm, y_mm, width * module_mm, height_mm) for start, width in symbol.bars])
    middle = x_mm + symbol.width_mm(module_mm) / 2
    sheets.text(middle, y_mm + height_mm + text_pt * 0.42, symbol.text, text_pt, align="centre")


@dataclass(frozen=True)
class QrSymbol:
    """A QR code (error correction M) with its quiet zone.

    Args:
        dark: column, row and width of each run of dark modules.
        modules: side of the whole, in modules.
    """

    dark: tuple[tuple[int, int, int], ...]
    modules: int


def qr_code(text: str) -> QrSymbol:
    """The QR code of a text.

    Raises:
        InputProblem: ``papers.qr_text`` when the text is empty or longer than ``QR_LONGEST_BYTES`` in UTF-8.
    """
    if not 0 < len(text.encode("utf-8", "surrogatepass")) <= QR_LONGEST_BYTES:
        raise InputProblem("papers.qr_text")
    symbol = QRCode(None, QRErrorCorrectLevel.M)
    symbol.addData(text)
    symbol.make()
    runs: list[tuple[int, int, int]] = []
    for line, row in enumerate(symbol.modules):
        column = 0
        for dark, group in groupby(bool(cell) for cell in row):
            width = len(list(group))
            if dark:
                runs.append((column + _QR_QUIET_MODULES, line + _QR_QUIET_MODULES, width))
            column += width
    return QrSymbol(tuple(runs), symbol.moduleCount + 2 * _QR_QUIET_MODULES)


def draw_qr(sheets: Sheets, text: str, x_mm: float, y_mm: float, side_mm: float) -> None:
    """Draw a QR code whose side, quiet zone counted in, is ``side_mm``. Raises as :func:`qr_code`."""
    symbol = qr_code(text)
    module = side_mm / symbol.modules
    sheets.fill_all(
        [(x_mm + column * module, y_mm + row * module, width * module, module) for column, row, width in symbol.dark]
    )
