"""A PDF from elsewhere, drawn page by page by PDFium. No script in it is ever run: this build has no engine for one."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.files.decode import MIN_SIDE
from villagedesk.imaging.files.foreign import MOST_PAGES, ForeignPicture, Origin
from villagedesk.imaging.files.nameless import Nameless

Pixels = NDArray[np.uint8]

_POINTS = 72.0
_LEAST_DPI, _MOST_DPI = 200.0, 300.0
"""DA/T 31-2017: 200 on the paper, 300 for poor print; more is not kept."""
_LARGEST_PAPER = 17 * _POINTS
"""A3's longer side and a little. A page that claims to be larger is a picture whose size nobody set."""
_SMALLEST_PAPER = 100.0
"""Points; a smaller page is one drawn in inches or millimetres by mistake."""
_LONG_SIDE = 2339
"""Pixels of A4's longer side at 200 dpi."""
_MOST_PIXELS = 35_000_000
_COVERED = 0.9
_MOST_OBJECTS = 3000
"""So many things on a page are looked at to tell a scan from a written page."""
_INVISIBLE = 3
_HAIR = 0.01
"""Points."""
_PLAIN = frozenset(
    {
        (24, pdfium.FPDF_COLORSPACE_DEVICERGB),
        (24, pdfium.FPDF_COLORSPACE_ICCBASED),
        (8, pdfium.FPDF_COLORSPACE_DEVICEGRAY),
        (8, pdfium.FPDF_COLORSPACE_ICCBASED),
    }
)
"""Bits and colours of pictures whose pixels need no more than to be copied."""
_LOCKED = frozenset({pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY})


class PdfFile:
    """See :class:`villagedesk.imaging.files.foreign.ForeignFile`.

    Raises:
        InputProblem: ``files.locked``, ``files.no_pages``, ``files.too_many_pages``, ``imaging.truncated``.
    """

    left_out = 0

    def __init__(self, data: bytes) -> None:
        try:
            self._document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            # the reader may tell the error of the file before; a file that is locked says so itself
            locked = getattr(error, "err_code", None) in _LOCKED and b"/Encrypt" in data
            raise Nameless("files.locked" if locked else "imaging.truncated") from error
        self.count = len(self._document)
        if self.count < 1:
            raise Nameless("files.no_pages")
        if self.count > MOST_PAGES:
            raise Nameless("files.too_many_pages", most=MOST_PAGES)
        # what was filled into a form's fields is drawn with the page
        self._document.init_forms()

    def picture(self, number: int, longest: int | None) -> ForeignPicture:
        """See :class:`villagedesk.imaging.files.foreign.ForeignFile`; drawn at the resolution of what is in it."""
        try:
            page = self._document[number - 1]
        except (pypdfium2.PdfiumError, IndexError) as error:
            raise InputProblem("imaging.truncated") from error
        try:
            width, height = page.get_size()
            if not (width > 0 and height > 0 and math.isfinite(width * height)):
                raise Nameless("files.no_pages")
            content = _Content(page, width, height)
            scale = _scale_of(content, width, height)
            if min(width, height) * scale < MIN_SIDE:
                raise InputProblem("imaging.too_small", pixels=MIN_SIDE)
            dpi = scale * _POINTS if _SMALLEST_PAPER <= max(width, height) <= _LARGEST_PAPER else 0.0
            if longest is not None:
                scale = min(scale, longest / max(width, height))
            own = content.own_pixels(page, scale * max(width, height))
            if own is not None:
                return ForeignPicture(own, Origin.SCANNED, dpi)
            bitmap = page.render(scale=scale, draw_annots=True, may_draw_forms=True)
            pixels = np.array(bitmap.to_numpy()[:, :, :3], np.uint8, order="C")
            bitmap.close()
        except pypdfium2.PdfiumError as error:
            raise InputProblem("imaging.truncated") from error
        finally:
            page.close()
        return ForeignPicture(pixels, Origin.SCANNED if content.is_one_picture else Origin.DRAWN, dpi)


class _Content:
    """What lies on a page.

    ``is_one_picture``: it is a scan: pictures (a scanner may cut one into strips) cover it, and no word is written on
    it; words of a text layer that are not drawn do not count. ``dpi``: of the finest picture of some size, 0 for none.
    """

    _only: Any = None
    """The picture where it is the only thing on the page."""

    def __init__(self, page: Any, width: float, height: float) -> None:
        covered, words, drawn = 0.0, False, 0
        self.dpi = 0.0
        for thing in itertools.islice(page.get_objects(max_depth=4), _MOST_OBJECTS):
            if thing.type == pdfium.FPDF_PAGEOBJ_TEXT:
                seen = pdfium.FPDFTextObj_GetTextRenderMode(thing.raw) != _INVISIBLE
                words, drawn = words or seen, drawn + seen
                continue
            drawn += 1
            if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE:
                share, dpi = _measured(thing, width * height)
                covered += share
                self._only = thing if drawn == 1 else None
                if share > 0.05:
                    self.dpi = max(self.dpi, dpi)
        self.is_one_picture = covered > _COVERED and not words
        if drawn != 1:
            self._only = None

    def own_pixels(self, page: Any, wanted: float) -> Pixels | None:
        """The picture's pixels as they are, where the page is it and nothing else, and no fewer are wanted: drawn, they
        would be blurred by a shift of a fraction of one.

        Args:
            wanted: the longer side in pixels, if it is drawn.
        """
        image = self._only
        if image is None or not self.is_one_picture or pdfium.FPDFPageObj_HasTransparency(image.raw):
            return None
        across, down = image.get_px_size()
        told = image.get_metadata()
        if abs(max(across, down) - wanted) > 2 or (told.bits_per_pixel, told.colorspace) not in _PLAIN:
            return None
        matrix, frame, placed = image.get_matrix(), page.get_cropbox(), image.get_bounds()
        upright = matrix.a > 0 and matrix.d > 0 and abs(matrix.b) + abs(matrix.c) < _HAIR
        if not upright or any(abs(one - other) > _HAIR for one, other in zip(frame, placed, strict=True)):
            return None
        bitmap = image.get_bitmap(render=False)
        pixels = np.asarray(bitmap.to_numpy(), np.uint8)
        if pixels.ndim == 2:
            pixels = pixels[:, :, None]
        pixels = pixels.repeat(3, axis=2) if pixels.shape[2] == 1 else pixels[:, :, :3]
        return np.array(np.rot90(pixels, -(page.get_rotation() // 90)), order="C")


def _measured(image: Any, area: float) -> tuple[float, float]:
    """Which share of the page a picture covers, and its pixels to an inch."""
    try:
        left, bottom, right, top = image.get_bounds()
        across, down = image.get_px_size()
    except pypdfium2.PdfiumError:
        return 0.0, 0.0
    placed = (right - left) * (top - bottom)
    if not placed > 0 or not math.isfinite(placed):
        return 0.0, 0.0
    # the geometric mean: a picture may lie on its side
    return placed / area, math.sqrt(across * down / placed) * _POINTS


def _scale_of(content: _Content, width: float, height: float) -> float:
    long_side = max(width, height)
    if content.is_one_picture and content.dpi:
        # its own pixels, not one more; as many of them as a paper of that size needs
        dpi = content.dpi if long_side > _LARGEST_PAPER else min(content.dpi, _MOST_DPI)
    elif long_side < _SMALLEST_PAPER:
        dpi = _LONG_SIDE / long_side * _POINTS
    else:
        dpi = min(max(content.dpi, _LEAST_DPI), _MOST_DPI)
    scale = dpi / _POINTS
    scale = min(scale, math.sqrt(_MOST_PIXELS / (width * height)))
    # the drawer rounds pixels up: a hair less, or 800.0000001 become 801 and every pixel is blurred
    return scale * (1 - 1e-6)
