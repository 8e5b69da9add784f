"""Pages come upright by what is written on them, whichever way they were photographed."""

from __future__ import annotations

import subprocess
import sys

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tests.imaging.lit import A4, FONT, blank_sheet, drawn, photographed
from villagedesk.demo.photograph_kinds import SCENE_KINDS
from villagedesk.imaging.flattening import reading_model, upright
from villagedesk.imaging.flattening.skew import skew_of, straightened
from villagedesk.imaging.flattening.upright import reading_of, seen_lines
from villagedesk.imaging.page import make_page


@pytest.mark.parametrize("kind", SCENE_KINDS)
def test_every_kind_of_paper_is_turned_upright(kind: str) -> None:
    page = photographed(drawn(kind, 4), 4)
    for turns in range(4):
        reading = reading_of(np.ascontiguousarray(np.rot90(page, -turns)))
        assert (reading.quarter_turns + turns) % 4 == 0
        assert reading.confidence > 0.3


def in_columns(size: int, apart: float) -> NDArray[np.uint8]:
    """A page written from top to bottom, the first column on the right, as old deeds and couplets are."""
    text = "立卖断契人今将自己名下祖遗田地一段坐落村东四至分明情愿出卖与本村永远为业同中言定价银当日交足并无短少"
    height, width = A4
    page = Image.new("RGB", (width, height), (246, 246, 246))
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), size)
    number = 0
    for x in range(width - 250, 100, -round(size * apart)):
        for y in range(180, height - 2 * size, round(size * 1.12)):
            pen.text((x, y), text[number % len(text)], font=font, fill=(30, 30, 30))
            number += 1
    return np.asarray(page, np.uint8)


@pytest.mark.parametrize(("size", "apart"), [(36, 1.7), (60, 2.0), (110, 1.6)])
def test_a_page_written_from_top_to_bottom_stands_as_it_is_read(size: int, apart: float) -> None:
    """It was laid on its side with full confidence: the net takes characters turned anticlockwise for upright."""
    page = photographed(in_columns(size, apart), 2)
    for turns in (0, 2):
        reading = reading_of(np.ascontiguousarray(np.rot90(page, turns)))
        assert reading.quarter_turns == turns
        assert reading.confidence > 0.3


def test_what_the_net_thinks_whatever_stands_there_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is with handwriting: weakly sure, and surer of one way up."""
    page = photographed(drawn("application_form", 4), 4)
    monkeypatch.setattr(upright, "upright_odds", lambda pieces: 0.3 * reading_model.upright_odds(pieces) - 2)
    for turns in range(4):
        reading = reading_of(np.ascontiguousarray(np.rot90(page, -turns)))
        assert (reading.quarter_turns + turns) % 4 == 0
        assert reading.confidence > 0.3


def test_where_nothing_is_written_nothing_is_turned() -> None:
    rng = np.random.default_rng(3)
    clouds = cv2.resize(rng.uniform(40, 220, (9, 7, 3)).astype(np.uint8), A4[::-1], interpolation=cv2.INTER_CUBIC)
    stamp = blank_sheet()
    cv2.circle(stamp, (800, 1500), 160, (40, 40, 200), 9)
    for page in (blank_sheet(), np.asarray(clouds, np.uint8), stamp):
        reading = reading_of(photographed(page, 1))
        assert reading.confidence < 0.1


@pytest.mark.parametrize("turns", range(4))
def test_a_picture_with_a_caption_is_left_as_it_lies(turns: int) -> None:
    """It was turned by what looked like text in the picture."""
    page = np.full((*A4, 3), 246, np.float32)
    rng = np.random.default_rng(2)
    small = cv2.GaussianBlur(rng.normal(0, 1, (2100, 1450)).astype(np.float32), (0, 0), 40)
    page[100:2200, 100:1550] = np.array([150, 140, 120]) + (small / small.std() * 40)[:, :, None]
    sheet = Image.fromarray(np.clip(page, 0, 255).astype(np.uint8))
    ImageDraw.Draw(sheet).text((500, 2230), "图一 危房现状", font=ImageFont.truetype(str(FONT), 50), fill=(20, 20, 20))
    seen = photographed(np.asarray(sheet, np.uint8), turns)
    reading = reading_of(np.ascontiguousarray(np.rot90(seen, turns)))
    assert reading.confidence < 0.1 or reading.quarter_turns == turns


def test_a_page_lying_on_its_side_is_made_upright_and_its_corners_named_so() -> None:
    page = photographed(drawn("notice_with_seal", 3), 3)
    height, width = page.shape[:2]
    lying = np.ascontiguousarray(np.rot90(page, 1))
    whole = np.array([(-0.5, -0.5), (height - 0.5, -0.5), (height - 0.5, width - 0.5), (-0.5, width - 0.5)])
    made = make_page(cv2.imencode(".png", lying)[1].tobytes(), corners=whole)
    assert (made.width, made.height) == (1654, 2339)
    assert made.quarter_turns == 1
    assert made.corners[0] == pytest.approx((-0.5, width - 0.5))
    # The clerk's own turns come on top.
    again = make_page(cv2.imencode(".png", lying)[1].tobytes(), corners=whole, quarter_turns=-1)
    assert (again.width, again.height, again.quarter_turns) == (2339, 1654, 0)


def test_without_the_model_nothing_is_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_model, "_FILE", "not there.onnx")
    reading_model._net.cache_clear()
    try:
        reading = reading_of(np.ascontiguousarray(np.rot90(photographed(drawn("application_form", 1), 1), 2)))
    finally:
        reading_model._net.cache_clear()
    assert reading.quarter_turns == 0
    assert reading.confidence == 0


def test_neither_the_recognising_package_nor_its_runtime_is_loaded() -> None:
    check = (
        "import sys; from villagedesk.imaging.flattening.reading_model import upright_odds; import numpy as np;"
        "assert len(upright_odds([np.zeros((40, 90, 3), np.uint8)])) == 1;"
        "sys.exit(any(m in sys.modules for m in ('rapidocr', 'onnxruntime')))"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@pytest.mark.parametrize("degrees", [-4.0, -1.2, 2.3, 4.4])
def test_text_that_lies_askew_is_straightened(degrees: float) -> None:
    askew = straightened(photographed(drawn("application_form", 2), 2), -degrees)
    measured = skew_of(seen_lines(askew))
    assert measured == pytest.approx(degrees, abs=0.25)


def test_straight_text_and_no_text_stay_as_they_are() -> None:
    assert skew_of(seen_lines(photographed(drawn("application_form", 2), 2))) == 0
    assert skew_of(seen_lines(photographed(blank_sheet(), 2))) == 0
