"""Bar codes and QR codes on a page, as text. What they say is never followed, only shown and compared."""

from __future__ import annotations

from typing import Any

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from villagedesk.imaging.recognising.page_text import Outline, PageCode

_MOST = 12
_LONGEST = 1_000
"""Characters of one code that are kept; the largest QR code holds 4,296."""
_FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.Code39,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.PDF417,
        zxingcpp.BarcodeFormat.EAN13,
    ]
)
"""What is on receipts, invoices, certificates and parcels here; ITF and Codabar are also seen in ruled lines."""


def codes_on(page: NDArray[np.uint8]) -> tuple[PageCode, ...]:
    """The codes on a page.

    Args:
        page: height × width × 3, BGR.
    """
    height, width = page.shape[:2]
    grey = np.ascontiguousarray(page.max(axis=2)) if page.ndim == 3 else page
    found = zxingcpp.read_barcodes(grey, _FORMATS, try_invert=False, text_mode=zxingcpp.TextMode.Plain)
    codes = []
    for symbol in found[:_MOST]:
        text = "".join(char for char in symbol.text if char.isprintable())[:_LONGEST].strip()
        if text:
            codes.append(PageCode(str(symbol.format.name), text, _outline(symbol.position, width, height)))
    return tuple(codes)


def _outline(position: Any, width: int, height: int) -> Outline:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    first, second, third, fourth = (
        (min(1.0, max(0.0, corner.x / width)), min(1.0, max(0.0, corner.y / height))) for corner in corners
    )
    return first, second, third, fourth
