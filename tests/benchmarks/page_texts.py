"""Generated pages with their truth, and how many of a coded page's characters are read wrongly."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.imaging.measure import FONT, decoded
from villagedesk.demo.photographs import scene
from villagedesk.imaging.cleaning.clean import clean
from villagedesk.imaging.flattening.flatten import flatten

Pixels = NDArray[np.uint8]

PAPERS = (
    "application_form",  # 8 and 9 pt print, handwriting, pencil, a seal over handwriting
    "notice_with_seal",
    "handwritten_note",  # pens and pencil on ruled paper
    "household_register",
    "medical_invoice",
    "id_card_sheet",
)
_AROUND_MM = 0.7
_TALL = 48
"""Height of a line as the recogniser wants it; what is taller is only slower."""


@dataclass(frozen=True)
class CleanPage:
    """A page as the encoder gets it.

    Args:
        lines: texts, and where each is: 4 × 2, pixels of the page, clockwise.
    """

    kind: str
    pixels: Pixels
    dpi: int
    lines: tuple[tuple[str, NDArray[np.float32]], ...]


def page_of(seed: int, megapixels: float = 12.0) -> CleanPage:
    """The paper of a seed, photographed, cut out at its true corners and cleaned. Kinds follow each other."""
    kind = PAPERS[seed % len(PAPERS)]
    made = scene(seed, font=FONT, kind=kind, megapixels=megapixels)
    flat = flatten(decoded(made.jpeg), made.corners, trim=False)
    height, width = flat.pixels.shape[:2]
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    to_page = cv2.getPerspectiveTransform(made.corners.astype(np.float32), np.asarray(target, np.float32))
    lines = []
    for line in made.lines:
        left, top, right, bottom = line.box
        rim = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
        rim += np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * _AROUND_MM
        seen = made.in_picture(rim)
        lines.append((line.text, np.asarray(cv2.perspectiveTransform(seen[None], to_page)[0], np.float32)))
    return CleanPage(kind, clean(flat.pixels), flat.dpi, tuple(lines))


class Reader:
    """rapidocr's recogniser, given each line of the truth: what is not found is no question here."""

    def __init__(self) -> None:
        import rapidocr
        from rapidocr.ch_ppocr_rec import TextRecInput

        settings = {f"EngineConfig.onnxruntime.{which}_op_num_threads": 1 for which in ("intra", "inter")}
        engine: Any = rapidocr.RapidOCR(params={"Global.log_level": "critical", **settings})
        # The whole pipeline would lose lines it does not find, which says nothing about how a page is coded.
        self._recognise = engine._load_rec_model()
        self._input = TextRecInput

    def errors(
        self, page: Pixels, lines: Sequence[tuple[str, NDArray[np.float32]]], scale: float = 1.0
    ) -> tuple[int, int]:
        """How many characters are read wrongly, left out or added, and how many there are.

        Args:
            scale: pixels of ``page`` per pixel of the lines' places.
        """
        if not lines:
            return 0, 0
        crops = [_crop(page, place * scale) for _, place in lines]
        read = self._recognise(self._input(img=crops)).txts
        texts = [_bare(text) for text, _ in lines]
        return sum(distance(text, _bare(told)) for text, told in zip(texts, read, strict=True)), sum(map(len, texts))


def distance(first: str, second: str) -> int:
    """Levenshtein's."""
    row = list(range(len(second) + 1))
    for place, character in enumerate(first, start=1):
        before, row[0] = row[0], place
        for other, against in enumerate(second, start=1):
            before, row[other] = row[other], min(row[other] + 1, row[other - 1] + 1, before + (character != against))
    return row[-1]


def _bare(text: str) -> str:
    """Letters, digits and characters only: a comma's width is nobody's business."""
    return "".join(one for one in unicodedata.normalize("NFKC", text) if one.isalnum())


def _crop(page: Pixels, place: NDArray[np.float32]) -> Pixels:
    wide = float(np.linalg.norm(place[1] - place[0]) + np.linalg.norm(place[2] - place[3])) / 2
    high = float(np.linalg.norm(place[3] - place[0]) + np.linalg.norm(place[2] - place[1])) / 2
    size = (max(8, round(wide)), max(8, round(high)))
    target = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    matrix = cv2.getPerspectiveTransform(place, target)
    crop = cv2.warpPerspective(page, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    if size[1] > _TALL:
        crop = cv2.resize(crop, (max(8, round(size[0] * _TALL / size[1])), _TALL), interpolation=cv2.INTER_AREA)
    return np.asarray(crop, np.uint8)
