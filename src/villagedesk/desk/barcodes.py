"""Barcodes as screens draw them; the papers carry the same."""

from __future__ import annotations

from dataclasses import dataclass

from villagedesk.papers.barcode import QUIET_MODULES, QrSymbol, code128, qr_code


@dataclass(frozen=True)
class Bars:
    """A Code 128 symbol with its quiet zones.

    Args:
        dark: start and width of each dark bar, in modules.
        modules: width of the whole, in modules.
    """

    dark: tuple[tuple[int, int], ...]
    modules: int


def bars_of(local_no: str) -> Bars:
    """The bars of a number. Raises InputProblem ``papers.barcode_text``."""
    symbol = code128(local_no)
    dark = tuple((QUIET_MODULES + start, width) for start, width in symbol.bars)
    return Bars(dark, symbol.modules + 2 * QUIET_MODULES)


QrSquares = QrSymbol
"""A QR code as squares."""


def qr_of(text: str) -> QrSquares:
    """The QR code of an address. Raises InputProblem ``papers.qr_text``."""
    return qr_code(text)
