"""A photograph's way to a page: decode, find, flatten, turn, clean, encode. The one file other floors import."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.cleaning.clean import clean, evened_quarter, light_on, quarter_turned
from villagedesk.imaging.cleaning.mode import PageMode
from villagedesk.imaging.cleaning.mode_choice import mode_of
from villagedesk.imaging.encoding.encode import drawn, encode_page, encode_photograph, thumbnail_of
from villagedesk.imaging.encoding.page_pdf import is_pdf, read_pdf
from villagedesk.imaging.files.decode import decode
from villagedesk.imaging.finding.outline import SURE, PageOutline, find_page
from villagedesk.imaging.flattening.card_sheet import SHEET_DPI, card_sheet
from villagedesk.imaging.flattening.flatten import DPI, flatten
from villagedesk.imaging.flattening.paper import CARD_MM, Paper, as_large_as, paper_of
from villagedesk.imaging.flattening.skew import skew_of, straightened
from villagedesk.imaging.flattening.text_lines import Lines
from villagedesk.imaging.flattening.upright import reading_of, seen_lines
from villagedesk.imaging.geometry import Quad, area, is_convex, turned
from villagedesk.imaging.kept_memory import keep_freed_memory
from villagedesk.imaging.likeness.fingerprint import fingerprint_of, same_page
from villagedesk.imaging.signs.blank import is_blank
from villagedesk.imaging.signs.covered import covering
from villagedesk.imaging.signs.glare import hides_text
from villagedesk.imaging.signs.sharpness import is_blurred
from villagedesk.imaging.smaller import Smaller, smaller

__all__ = [
    "FlattenedPage",
    "PageMode",
    "PageOutline",
    "Paper",
    "cards_on_a_sheet",
    "decode",
    "find_page",
    "make_page",
    "photograph_again",
    "read_page",
    "same_page",
    "shown",
    "thumbnail",
]

Pixels = NDArray[np.uint8]

LOW_RESOLUTION = "imaging.warning.low_resolution"
BLURRED = "imaging.warning.blurred"
UNSURE = "imaging.warning.unsure"
GLARE = "imaging.warning.glare"
CUT_OFF = "imaging.warning.cut_off"
COVERED = "imaging.warning.covered"

_SMALL_PAPER_PIXELS = 1170
"""Longer side of an A5 paper at 200 dpi: what a paper of unknown size must have at least."""
_CARD_DPI = 400
"""What a card is kept at, at most: its smallest print is half as high as a form's."""
_CARD_SIZE_TOLERANCE = 0.04
_TURNED_FROM = 0.1
"""Confidence of the reading from which on a page is turned."""


@dataclass(frozen=True)
class FlattenedPage:
    """A page ready to be shown and kept.

    Args:
        data: the page, encoded.
        media_type: of ``data``, as the manifest names it.
        width, height: of the page, pixels.
        dpi: 200 for A4-like papers, true for cards and where the picture's own is known, else an estimate that takes
            the longer side for A4's.
        corners: 4 × 2, where it lay in the photograph (decoded, upright), as (x, y) in pixels, clockwise; the first is
            the page's top left corner after turning.
        confidence: 0 to 1 of the finder; 1 when the corners were given.
        warnings: message keys ``imaging.warning.*`` for the clerk.
        quarter_turns: how often it was turned clockwise after flattening, by its text and by the clerk, 0 to 3.
        reading: 0 to 1, how surely its text tells which way up it is; 0 where there is none.
        mode: what it is kept as.
        paper: what it is by its shape.
        blank: nothing is seen nor read on it; to be *suggested* for removal.
        fingerprint: for ``same_page``.
    """

    data: bytes
    media_type: str
    width: int
    height: int
    dpi: int
    corners: tuple[tuple[float, float], ...]
    confidence: float
    warnings: tuple[str, ...]
    quarter_turns: int
    reading: float
    mode: PageMode
    paper: Paper
    blank: bool
    fingerprint: bytes


def make_page(
    photograph: bytes | Pixels,
    *,
    corners: NDArray[np.floating[Any]] | None = None,
    quarter_turns: int = 0,
    media_type: str = "",
    mode: PageMode | None = None,
    dpi: float = 0.0,
) -> FlattenedPage:
    """Make a page of a photograph.

    Args:
        photograph: encoded picture, or what ``decode`` made of it.
        corners: 4 × 2 in pixels of the decoded picture, clockwise from the top left, when the clerk set them; found
            otherwise.
        quarter_turns: how often the page is turned by 90° clockwise after its text was made upright: the clerk's
            correction.
        media_type: what the source says the picture is.
        mode: what the page is kept as; None: what its content asks for.
        dpi: the photograph's pixels on an inch of paper, where a scanner or a file tells it; 0 where nothing does.

    Raises:
        InputProblem: ``imaging.no_paper`` when there is none to be found; ``imaging.bad_corners`` when the given ones
            enclose nothing; and what ``decode`` raises.
    """
    keep_freed_memory()
    image = decode(photograph, media_type) if isinstance(photograph, bytes) else photograph
    given = corners is not None
    outline = _outline(image, corners)
    flat = _sized(image, outline, given=given, dpi=dpi)
    small = smaller(flat.pixels)
    lines = seen_lines(flat.pixels, small)
    reading = reading_of(flat.pixels, lines, small)
    upright = reading.quarter_turns if reading.confidence >= _TURNED_FROM else 0
    turns = (upright + quarter_turns) % 4
    light = light_on(flat.pixels, small)
    evened = evened_quarter(small, light.paper)
    chosen = mode or mode_of(flat.pixels, light, is_card=flat.paper is Paper.CARD, small=small, evened=evened)
    page = clean(flat.pixels, light, chosen, small, turns, evened)
    if given and reading.confidence > SURE:
        page = _deskewed(page, lines, turns)
    coded = encode_page(page, flat.dpi, photograph=chosen is PageMode.PHOTO)
    return FlattenedPage(
        data=coded.data,
        media_type=coded.media_type,
        width=page.shape[1],
        height=page.shape[0],
        dpi=flat.dpi,
        corners=tuple((float(x), float(y)) for x, y in turned(outline.corners, turns)),
        confidence=outline.confidence,
        warnings=_warnings(flat, small, lines, outline, image, given=given),
        quarter_turns=turns,
        reading=reading.confidence,
        mode=chosen,
        paper=flat.paper,
        # Pencil too faint to be ink by its contrast may still be read.
        blank=chosen is not PageMode.PHOTO and reading.confidence < SURE and is_blank(lines),
        fingerprint=fingerprint_of(lines, turns),
    )


def thumbnail(page: bytes, longest_side: int) -> bytes:
    """A small JPEG of a page or photograph.

    Args:
        page: a page as it is kept, JPEG or PDF, or any encoded picture.
        longest_side: pixels, at least 16.

    Raises:
        InputProblem: what ``decode`` raises; ``imaging.truncated`` for a damaged PDF.
    """
    side = max(16, longest_side)
    return thumbnail_of(read_pdf(page, longest_side=side) if is_pdf(page) else decode(page), side)


def read_page(page: bytes) -> Pixels:
    """A kept page's pixels.

    Args:
        page: JPEG or PDF.

    Returns:
        height × width × 3, BGR; a PDF's at 200 dpi.

    Raises:
        InputProblem: as ``thumbnail``.
    """
    return read_pdf(page) if is_pdf(page) else decode(page)


def shown(page: bytes) -> bytes:
    """A kept page as a picture that any screen can show: a JPEG as it is, a PDF drawn.

    Args:
        page: JPEG or PDF.

    Raises:
        InputProblem: ``imaging.truncated`` for a damaged PDF.
    """
    return drawn(read_pdf(page)) if is_pdf(page) else page


def photograph_again(photograph: bytes, media_type: str = "") -> bytes:
    """A photograph coded anew as an upright JPEG from which a page can still be cut out.

    Raises:
        InputProblem: what ``decode`` raises.
    """
    return encode_photograph(decode(photograph, media_type))


def cards_on_a_sheet(front: bytes, back: bytes | None = None) -> FlattenedPage:
    """An identity card's one or two sides on one A4 page at their true size.

    Args:
        front, back: kept pages of cards, upright.

    Raises:
        InputProblem: what ``read_page`` raises.
    """
    sheet = card_sheet(read_page(front), None if back is None else read_page(back))
    height, width = sheet.shape[:2]
    lines = seen_lines(sheet)
    coded = encode_page(sheet, SHEET_DPI, photograph=True)
    return FlattenedPage(
        data=coded.data,
        media_type=coded.media_type,
        width=width,
        height=height,
        dpi=SHEET_DPI,
        corners=((-0.5, -0.5), (width - 0.5, -0.5), (width - 0.5, height - 0.5), (-0.5, height - 0.5)),
        confidence=1.0,
        warnings=(),
        quarter_turns=0,
        reading=1.0,
        mode=PageMode.PHOTO,
        paper=Paper.A4,
        blank=False,
        fingerprint=fingerprint_of(lines),
    )


@dataclass(frozen=True)
class _Sized:
    """A flat page with its true size as far as it is known; arguments as ``FlatPage`` has them.

    ``size_known``: by the picture's own resolution, not by the paper's shape.
    """

    pixels: Pixels
    dpi: int
    seen_dpi: float
    paper: Paper
    size_known: bool = False


def _outline(image: Pixels, corners: NDArray[np.floating[Any]] | None) -> PageOutline:
    if corners is not None:
        return PageOutline(_checked(np.asarray(corners, np.float64), image), 1.0)
    found = find_page(image)
    if found is None:
        raise InputProblem("imaging.no_paper")
    return found


def _sized(image: Pixels, outline: PageOutline, *, given: bool, dpi: float = 0.0) -> _Sized:
    flat = flatten(image, outline.corners, trim=not given, dpi=dpi)
    share = area(outline.corners) / (image.shape[0] * image.shape[1])
    paper = paper_of(flat.pixels, is_a4=flat.is_a4, share=share)
    inches = CARD_MM[0] / 25.4
    if paper is Paper.CARD and dpi and abs(max(flat.pixels.shape[:2]) / flat.dpi / inches - 1) > _CARD_SIZE_TOLERANCE:
        paper = Paper.OTHER
    if paper is not Paper.CARD:
        return _Sized(flat.pixels, flat.dpi, flat.seen_dpi, paper, size_known=bool(dpi))
    pixels = as_large_as(flat.pixels, round(inches * _CARD_DPI))
    # Flattening took the longer side for A4's.
    seen = dpi or flat.seen_dpi * 297 / CARD_MM[0]
    return _Sized(pixels, round(max(pixels.shape[:2]) / inches), seen, paper)


def _deskewed(pixels: Pixels, lines: Lines, turns: int) -> Pixels:
    """Corners set by hand are some millimetres off; the text tells better."""
    marks, across = quarter_turned(lines.marks, turns), -lines.across if turns % 2 else lines.across
    upright = replace(lines, marks=marks, across=across)
    degrees = skew_of(upright)
    return straightened(pixels, degrees) if degrees else pixels


def _warnings(
    flat: _Sized, small: Smaller, lines: Lines, outline: PageOutline, image: Pixels, *, given: bool
) -> tuple[str, ...]:
    found = []
    if outline.confidence < SURE:
        found.append(UNSURE)
    if not given and _touches_rim(outline.corners, image):
        found.append(CUT_OFF)
    longest = flat.seen_dpi * 297 / 25.4
    guessed = flat.paper is Paper.OTHER and not flat.size_known
    low = longest < _SMALL_PAPER_PIXELS if guessed else flat.seen_dpi < DPI * 0.98
    if low:
        found.append(LOW_RESOLUTION)
    if is_blurred(flat.pixels, lines, min(flat.seen_dpi, flat.dpi) / flat.dpi):
        found.append(BLURRED)
    if hides_text(flat.pixels, lines, small):
        found.append(GLARE)
    if covering(small.quarter) is not None:
        found.append(COVERED)
    return tuple(found)


def _touches_rim(corners: Quad, image: Pixels) -> bool:
    """Whether a corner was cut at the picture's edge."""
    height, width = image.shape[:2]
    inside = np.minimum(corners, np.array([width - 1, height - 1]) - corners).min(axis=1)
    return bool((inside < 0.5).any())


def _checked(corners: Quad, image: Pixels) -> Quad:
    height, width = image.shape[:2]
    if corners.shape != (4, 2) or not np.isfinite(corners).all():
        raise InputProblem("imaging.bad_corners")
    corners = np.clip(corners, -0.5, (width - 0.5, height - 0.5))
    if not is_convex(corners) or area(corners) < 0.002 * width * height:
        raise InputProblem("imaging.bad_corners")
    return corners
