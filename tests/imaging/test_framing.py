"""A finished page is never cut, a photograph is; where neither is sure the clerk is asked."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tests.imaging.measure import jaccard
from tests.imaging.scans import scan
from villagedesk.app.resources import resources_folder
from villagedesk.demo.photographs import KINDS, photograph
from villagedesk.imaging.files.foreign import Origin
from villagedesk.imaging.files.framing import frame_of
from villagedesk.imaging.page import make_page, read_page

_SIZE = (1240, 1754)
_FONT = resources_folder() / "fonts" / "villagedesk-base.ttf"


def pixels(image: Image.Image, noise: float = 0) -> NDArray[np.uint8]:
    values = np.asarray(image.convert("RGB"), float)[:, :, ::-1]
    if noise:
        values = values + np.random.default_rng(5).normal(0, noise, values.shape)
    return np.ascontiguousarray(np.clip(values, 0, 255).astype(np.uint8))


def sheet(colour: tuple[int, int, int] = (252, 252, 250)) -> Image.Image:
    return Image.new("RGB", _SIZE, colour)


def boxed(ground: tuple[int, int, int], inside: tuple[int, int, int], turned: float = 0) -> Image.Image:
    """A page of one colour with a field of a lighter one: a certificate, a coloured form."""
    page = sheet(ground)
    ImageDraw.Draw(page).rectangle((90, 120, _SIZE[0] - 90, _SIZE[1] - 120), fill=inside)
    return page.rotate(turned, resample=Image.Resampling.BICUBIC, fillcolor=ground) if turned else page


def cards() -> Image.Image:
    page = sheet((236, 236, 232))
    for top in (200, 900):
        ImageDraw.Draw(page).rectangle((190, top, 1046, top + 540), fill=(215, 225, 235), outline=(90, 90, 90), width=3)
    return page


def framed(turned: float) -> Image.Image:
    page = scan(3, _SIZE)
    ImageDraw.Draw(page).rectangle((100, 150, _SIZE[0] - 100, _SIZE[1] - 150), outline=(0, 0, 0), width=6)
    return page.rotate(turned, resample=Image.Resampling.BICUBIC, fillcolor=(250, 250, 248))


def printed_photograph() -> Image.Image:
    """A page on which a photograph of a paper on a dark table is printed."""
    page = sheet()
    draw = ImageDraw.Draw(page)
    draw.rectangle((150, 300, 1090, 1000), fill=(60, 50, 45))
    draw.polygon(((350, 370), (860, 395), (840, 930), (330, 900)), fill=(245, 245, 240))
    return page


FINISHED: dict[str, Callable[[], NDArray[np.uint8]]] = {
    "lines and a frame": lambda: pixels(scan(3, _SIZE)),
    "a heavy frame, a little askew": lambda: pixels(framed(1.0), 3),
    "two cards copied on one sheet": lambda: pixels(cards(), 4),
    "a photograph of a paper, printed": lambda: pixels(printed_photograph()),
}
ODD: dict[str, Callable[[], NDArray[np.uint8]]] = {
    "a certificate with a red border": lambda: pixels(boxed((170, 40, 40), (250, 245, 230))),
    "the same, laid on the glass askew": lambda: pixels(boxed((170, 40, 40), (250, 245, 230), 0.4), 3),
    "a green form with a white field, askew": lambda: pixels(boxed((200, 225, 205), (250, 250, 250), 0.5), 3),
    "a grey page with a white panel": lambda: pixels(boxed((235, 235, 235), (255, 255, 255))),
}


@pytest.mark.parametrize("origin", [Origin.UNKNOWN, Origin.SCANNED, Origin.DRAWN])
@pytest.mark.parametrize("name", FINISHED)
def test_a_finished_page_is_taken_whole_whatever_is_printed_on_it(name: str, origin: Origin) -> None:
    frame = frame_of(FINISHED[name](), origin)
    assert (frame.corners, frame.sure) == (None, True)


@pytest.mark.parametrize("origin", [Origin.UNKNOWN, Origin.SCANNED])
@pytest.mark.parametrize("name", ODD)
def test_where_a_printed_field_looks_like_a_paper_nothing_is_cut_unasked(name: str, origin: Origin) -> None:
    frame = frame_of(ODD[name](), origin)
    assert frame.corners is None or not frame.sure


@pytest.mark.parametrize(
    "seed", [*range(700, 704), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(704, 712))]
)
def test_a_photograph_is_one_also_in_a_pdf_and_its_flat_page_is_none(seed: int) -> None:
    shot = photograph(seed, KINDS[seed % len(KINDS)], font=_FONT, megapixels=2.0)
    taken = cv2.imdecode(np.frombuffer(shot.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert taken is not None
    for origin in (Origin.PHOTOGRAPH, Origin.UNKNOWN, Origin.SCANNED):
        frame = frame_of(np.asarray(taken, np.uint8), origin)
        assert frame.sure and frame.corners is not None
        assert jaccard(frame.corners, shot.corners) > 0.9
    page = read_page(make_page(shot.jpeg).data)
    for origin in (Origin.UNKNOWN, Origin.SCANNED):
        assert frame_of(np.asarray(page, np.uint8), origin).corners is None


def test_a_picture_without_a_paper_is_asked_about() -> None:
    grain = pixels(Image.effect_noise((900, 700), 50).convert("RGB"))
    frame = frame_of(grain, Origin.UNKNOWN)
    assert (frame.corners, frame.sure) == (None, False)
