"""How a page is kept and sent: text as a small PDF of ink layers over a coarse background, photographs as JPEG.

Which of the two is decided on the page itself: where the background needs its full resolution nearly everywhere, or
the PDF would not be smaller, layers would only cost. The table of what else was tried is in tests/benchmarks.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.encoding.background import background_of
from villagedesk.imaging.encoding.inks import GRID, strokes_of
from villagedesk.imaging.encoding.page_pdf import Placed, write_pdf
from villagedesk.imaging.flattening.flatten import DPI

Pixels = NDArray[np.uint8]

JPEG, PDF = "image/jpeg", "application/pdf"

TARGET_BYTES = 120_000
"""Goal for an A4 page at 200 dpi: a village line sends it in half a second at 2 Mbit/s."""
_BEST, _WORST = 62, 34
"""Quality range; below 34 the rings round 8-point characters begin to fill them (looked at, on the dense form)."""
_COARSE_QUALITY, _FINE_QUALITY, _COLOUR_QUALITY = 45, 50, 60
_SHOWN_QUALITY = 90
_MOST_DETAIL = 0.5
"""Share of the page that may need the full resolution before all of it is one picture."""
_MOST_COLOURED, _LEAST_WRITTEN = 0.6, 0.02
"""A page that is mostly not white paper, and has hardly a stroke on it, is a photograph."""


@dataclass(frozen=True)
class EncodedPage:
    """A page's bytes and what they are: ``image/jpeg`` or ``application/pdf``."""

    data: bytes
    media_type: str


def encode_page(page: Pixels, dpi: float = DPI, *, photograph: bool = False) -> EncodedPage:
    """Code a page; the same page gives the same bytes.

    Args:
        page: height × width × 3, BGR, cleaned; height × width where it has no colour.
        dpi: pixels per inch of paper.
        photograph: it is known to be a photograph or a card; else that is told by the page itself.
    """
    layered = None if photograph else _layered(page, dpi)
    if layered is not None and len(layered) <= TARGET_BYTES:
        return EncodedPage(layered, PDF)
    picture = _picture(page)
    if layered is not None and len(layered) <= len(picture):
        return EncodedPage(layered, PDF)
    return EncodedPage(picture, JPEG)


def thumbnail_of(page: Pixels, longest_side: int) -> bytes:
    """A small JPEG of a page.

    Args:
        page: height × width × 3, BGR.
        longest_side: pixels; a smaller picture is not enlarged.
    """
    factor = longest_side / max(page.shape[:2])
    if factor < 1:
        size = (max(1, round(page.shape[1] * factor)), max(1, round(page.shape[0] * factor)))
        page = np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)
    return _jpeg(page, 80)


def encode_photograph(pixels: Pixels) -> bytes:
    """A whole photograph as JPEG that is as good as new for cutting pages out of it.

    Args:
        pixels: height × width × 3, BGR.
    """
    return _jpeg(pixels, 92)


def drawn(page: Pixels) -> bytes:
    """A JPEG to be looked at, not kept: quick, and with nothing to be seen lost.

    Args:
        page: height × width × 3, BGR.
    """
    return _jpeg(page, _SHOWN_QUALITY)


def _layered(page: Pixels, dpi: float) -> bytes | None:
    """The PDF; None where nearly all of the page is a picture, and where it is out of focus."""
    height, width = page.shape[:2]
    # The few pixels more lie outside the page in the file.
    whole = cv2.copyMakeBorder(page, 0, -height % GRID, 0, -width % GRID, cv2.BORDER_REPLICATE)
    told = strokes_of(np.asarray(whole, np.uint8))
    if told is None:
        return None
    strokes, hidden = told
    background = background_of(np.asarray(whole, np.uint8), hidden)
    written = cv2.countNonZero(hidden) / hidden.size
    if background.detailed > _MOST_DETAIL or (background.coloured > _MOST_COLOURED and written < _LEAST_WRITTEN):
        return None
    pictures = [Placed(box, _jpeg(picture, _COARSE_QUALITY)) for box, picture in background.coarse]
    pictures += [Placed(box, _jpeg(picture, _FINE_QUALITY)) for box, picture in background.fine]
    if strokes is not None:
        pictures.append(Placed(strokes.box, _jpeg(strokes.colours, _COLOUR_QUALITY, subsampled=False), strokes.mask))
    return write_pdf((width, height), dpi, pictures)


def _picture(page: Pixels) -> bytes:
    """A JPEG at the best quality in the range that keeps it near ``TARGET_BYTES``.

    How large a page becomes is measured on strips of it, so that the whole page is coded once.
    """
    strips = _strips(page)
    share = strips.size / page.size
    quality = _BEST
    for candidate in (_BEST, 52, 43, _WORST):
        quality = candidate
        if len(_jpeg(strips, candidate)) / share <= TARGET_BYTES * 0.93:
            break
    return _jpeg(page, quality)


def _strips(page: Pixels) -> Pixels:
    """Every fourth band of 64 rows, one below the other."""
    rows = np.arange(page.shape[0])
    chosen = (rows // 64) % 4 == 1
    return np.ascontiguousarray(page[chosen]) if chosen.sum() >= 64 else page


def _jpeg(page: Pixels, quality: int, *, subsampled: bool = True) -> bytes:
    # Tables made for the picture save a fifth. Progressive order would save a thirtieth more, in four times the time.
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    if not subsampled:
        options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    done, coded = cv2.imencode(".jpg", _without_colour(page), options)
    if not done:
        raise ValueError("OpenCV could not write a JPEG")
    return coded.tobytes()


def _without_colour(page: Pixels) -> Pixels:
    """One channel where the three are the same."""
    if page.ndim == 2:
        return page
    # What has colour mostly shows it in some of its pixels already.
    some = page[::8, ::8].astype(np.int16)
    if np.diff(some, axis=2).any():
        return page
    blue, green, red = cv2.split(page)
    if cv2.countNonZero(cv2.absdiff(blue, green)) or cv2.countNonZero(cv2.absdiff(green, red)):
        return page
    return np.asarray(green, np.uint8)
