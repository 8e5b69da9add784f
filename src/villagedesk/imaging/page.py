"""A photograph's way to a page: decode, find, flatten, clean, encode. The one file other floors import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.clean import clean
from villagedesk.imaging.decode import decode
from villagedesk.imaging.encode import encode_page, encode_photograph, thumbnail_of
from villagedesk.imaging.flatten import DPI, flatten
from villagedesk.imaging.geometry import Quad, area, is_convex, turned
from villagedesk.imaging.outline import SURE, PageOutline, find_page
from villagedesk.imaging.sharpness import is_blurred

__all__ = ["FlattenedPage", "PageOutline", "decode", "find_page", "make_page", "photograph_again", "thumbnail"]

LOW_RESOLUTION = "imaging.warning.low_resolution"
BLURRED = "imaging.warning.blurred"
UNSURE = "imaging.warning.unsure"

_SMALL_PAPER_PIXELS = 1170
"""Longer side of an A5 paper at 200 dpi: what a paper of unknown size must have at least."""


@dataclass(frozen=True)
class FlattenedPage:
    """A page ready to be shown and kept.

    Args:
        data: the page, encoded.
        media_type: of ``data``, as the manifest names it.
        width, height: of the page, pixels.
        dpi: 200 for A4-like papers, else an estimate that takes the longer side for A4's.
        corners: 4 × 2, where it lay in the photograph (decoded, upright), as (x, y) in pixels, clockwise; the first is
            the page's top left corner after turning.
        confidence: 0 to 1 of the finder; 1 when the corners were given.
        warnings: message keys ``imaging.warning.*`` for the clerk.
    """

    data: bytes
    media_type: str
    width: int
    height: int
    dpi: int
    corners: tuple[tuple[float, float], ...]
    confidence: float
    warnings: tuple[str, ...]


def make_page(
    photograph: bytes, *, corners: NDArray[np.floating[Any]] | None = None, quarter_turns: int = 0, media_type: str = ""
) -> FlattenedPage:
    """Make a page of a photograph.

    Args:
        photograph: encoded picture (see ``decode``).
        corners: 4 × 2 in pixels of the decoded picture, clockwise from the top left, when the clerk set them; found
            otherwise.
        quarter_turns: how often the page is then turned by 90° clockwise.
        media_type: what the source says the picture is.

    Raises:
        InputProblem: ``imaging.no_paper`` when there is none to be found; ``imaging.bad_corners`` when the given ones
            enclose nothing; and what ``decode`` raises.
    """
    image = decode(photograph, media_type)
    given = corners is not None
    if corners is not None:
        outline = PageOutline(_checked(np.asarray(corners, np.float64), image), 1.0)
    else:
        found = find_page(image)
        if found is None:
            raise InputProblem("imaging.no_paper")
        outline = found
    flat = flatten(image, outline.corners, trim=not given)
    warnings = []
    if outline.confidence < SURE:
        warnings.append(UNSURE)
    longest = flat.seen_dpi * 297 / 25.4
    if (flat.is_a4 and flat.seen_dpi < DPI * 0.98) or longest < _SMALL_PAPER_PIXELS:
        warnings.append(LOW_RESOLUTION)
    if is_blurred(flat.pixels, min(flat.seen_dpi, flat.dpi) / flat.dpi):
        warnings.append(BLURRED)
    page = clean(flat.pixels)
    turns = quarter_turns % 4
    if turns:
        page = np.ascontiguousarray(np.rot90(page, -turns))
    return FlattenedPage(
        data=encode_page(page),
        media_type="image/jpeg",
        width=page.shape[1],
        height=page.shape[0],
        dpi=flat.dpi,
        corners=tuple((float(x), float(y)) for x, y in turned(outline.corners, turns)),
        confidence=outline.confidence,
        warnings=tuple(warnings),
    )


def thumbnail(jpeg: bytes, longest_side: int) -> bytes:
    """A small JPEG of a page or photograph.

    Args:
        jpeg: encoded picture.
        longest_side: pixels, at least 16.

    Raises:
        InputProblem: what ``decode`` raises.
    """
    pixels = decode(jpeg)
    return thumbnail_of(pixels, max(16, longest_side))


def photograph_again(photograph: bytes, media_type: str = "") -> bytes:
    """A photograph coded anew as an upright JPEG from which a page can still be cut out.

    Raises:
        InputProblem: what ``decode`` raises.
    """
    return encode_photograph(decode(photograph, media_type))


def _checked(corners: Quad, image: NDArray[np.uint8]) -> Quad:
    height, width = image.shape[:2]
    if corners.shape != (4, 2) or not np.isfinite(corners).all():
        raise InputProblem("imaging.bad_corners")
    corners = np.clip(corners, -0.5, (width - 0.5, height - 0.5))
    if not is_convex(corners) or area(corners) < 0.002 * width * height:
        raise InputProblem("imaging.bad_corners")
    return corners
