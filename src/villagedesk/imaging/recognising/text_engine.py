"""Reads text in a picture: rapidocr's models from its own wheel, on one thread, with memory that does not grow with the
page. Only the reading process imports this file: the libraries take some hundred megabytes.

Nothing here reaches for a network: every model is named by its path, so that none is looked for elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import rapidocr
from numpy.typing import NDArray
from rapidocr.ch_ppocr_rec import TextRecInput
from rapidocr.utils.process_img import get_rotate_crop_image

from villagedesk.imaging.recognising.page_text import Outline, TextLine, turned_outline

Pixels = NDArray[np.uint8]
Boxes = NDArray[np.float32]

_MODELS = {
    "Det": "PP-OCRv6_det_small.onnx",
    "Rec": "PP-OCRv6_rec_small.onnx",
    "Cls": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
_FINDING_SIDE = 1152
"""Longer side, in pixels, of the picture in which lines are looked for: the time and memory of looking go with its
area, and 8-point print on A4 has 11 pixels in it."""
_SMALLEST_SIDE = 960
"""Smaller pictures are enlarged to it: a card photographed from far off."""
_LARGEST_SIDE = 2600
"""Longer side, in pixels, of the picture the lines are cut out of: A4 at 220 dpi."""
_MOST_ASPECT = 240.0
"""Sum of width / height of the lines that are read, the tallest first: all of a card or a register's page (150), and
the headings and larger words of a page full of small print."""
_LONGEST_ASPECT = 24.0
"""A longer line is cut off after so many heights: it is running text, which nothing here asks for."""
_BATCH_ASPECT = 40.0
"""Sum of the padded widths / heights that are read at once: the memory of reading goes with it."""
_MOST_IN_BATCH = 6  # rapidocr's own, which would part a larger one again
_LEAST_CONFIDENCE = 0.5
_TALL = 1.5
_VOTERS = 24
_SURELY_TURNED = 0.97


class TextEngine:
    """The models in memory. Not for several threads.

    Raises:
        Exception: of many kinds, from rapidocr, onnxruntime or the system, when the models are not there or memory is
            short.
    """

    def __init__(self) -> None:
        # onnxruntime keeps a device id and a database of what it would tell its maker; it is loaded by the engine below
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        cv2.setNumThreads(1)
        folder = Path(rapidocr.__file__).parent / "models"
        params: dict[str, Any] = {
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.limit_type": "max",
            "Det.limit_side_len": _FINDING_SIDE,
        }
        params |= {f"{part}.model_path": str(folder / name) for part, name in _MODELS.items()}
        engine: Any = rapidocr.RapidOCR(params=params)
        # one step after the other, not its own pipeline: what stands upside down and how much is read is decided here
        self._find = engine._load_det_model()
        self._turn = engine._load_cls_model()
        self._read = engine._load_rec_model()

    def read(self, page: Pixels) -> tuple[tuple[TextLine, ...], int]:
        """The lines of a page, and how many quarter turns clockwise it lacks to stand upright.

        Args:
            page: height × width × 3, BGR.
        """
        page = _within(page, 0, _LARGEST_SIDE)
        small = _within(page, _SMALLEST_SIDE, _FINDING_SIDE)
        found = self._find(small).boxes
        if found is None or not len(found):
            return (), 0
        boxes = np.asarray(found, np.float32) * np.float32(page.shape[1] / small.shape[1])
        turns = 0
        if _is_sideways(boxes):
            boxes, page, turns = _quarter(boxes, page.shape[0]), _turned(page, 1), 1
        boxes = _worth_reading(boxes)
        cuts = [_cut(page, box) for box in boxes]
        votes = self._turn(list(cuts)).cls_res
        if _stands_on_head(votes, cuts):
            boxes = _half(boxes, page.shape[1], page.shape[0])
            cuts = [_turned(cut, 2) for cut in cuts]
            votes = [("0" if label == "180" else "180", score) for label, score in votes]
            turns += 2
        # a line that stands on its head on a page that does not: the other card on the same sheet
        cuts = [
            _turned(cut, 2) if label == "180" and score > _SURELY_TURNED and cut.shape[1] > 3 * cut.shape[0] else cut
            for cut, (label, score) in zip(cuts, votes, strict=True)
        ]
        upright = (page.shape[1], page.shape[0])
        lines = tuple(
            TextLine(text.strip(), round(score, 4), turned_outline(_shares(box, upright), -turns))
            for box, (text, score) in zip(boxes, self._texts(cuts), strict=True)
            if text.strip() and score >= _LEAST_CONFIDENCE
        )
        return lines, turns

    def _texts(self, cuts: Sequence[Pixels]) -> list[tuple[str, float]]:
        """What each cut says, with the reader's confidence; short ones together, long ones alone."""
        texts = [("", 0.0)] * len(cuts)
        for places in _batches([cut.shape[1] / cut.shape[0] for cut in cuts]):
            read = self._read(TextRecInput(img=[cuts[place] for place in places], return_word_box=False))
            for place, text, score in zip(places, read.txts or (), read.scores or (), strict=True):
                texts[place] = (text, float(score))
        return texts


def _within(picture: Pixels, least: int, most: int) -> Pixels:
    """The picture with its longer side in these bounds, pixels."""
    longest = max(picture.shape[:2])
    wanted = min(max(longest, least), most)
    if wanted == longest:
        return picture
    how = cv2.INTER_AREA if wanted < longest else cv2.INTER_CUBIC
    size = [max(1, round(side * wanted / longest)) for side in (picture.shape[1], picture.shape[0])]
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)


def _turned(picture: Pixels, quarters: int) -> Pixels:
    return np.ascontiguousarray(np.rot90(picture, -quarters))


def _sides(boxes: Boxes) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Widths and heights of the boxes, pixels."""
    width = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
    height = np.linalg.norm(boxes[:, 3] - boxes[:, 0], axis=1)
    return np.maximum(width, 1.0).astype(np.float32), np.maximum(height, 1.0).astype(np.float32)


def _is_sideways(boxes: Boxes) -> bool:
    """Whether most of what is written runs from top to bottom; words of one character say nothing."""
    width, height = _sides(boxes)
    lying, standing = width > _TALL * height, height > _TALL * width
    return float(height[standing].sum()) > float(width[lying].sum())


def _quarter(boxes: Boxes, page_height: int) -> Boxes:
    """The boxes on the page turned clockwise by 90°, each again from its top left corner."""
    turned = np.stack([page_height - 1 - boxes[:, :, 1], boxes[:, :, 0]], axis=2)
    return np.roll(turned, 1, axis=1).astype(np.float32)


def _half(boxes: Boxes, page_width: int, page_height: int) -> Boxes:
    turned = np.stack([page_width - 1 - boxes[:, :, 0], page_height - 1 - boxes[:, :, 1]], axis=2)
    return np.roll(turned, 2, axis=1).astype(np.float32)


def _worth_reading(boxes: Boxes) -> Boxes:
    """The tallest lines, as many as there is time for, in their old order."""
    width, height = _sides(boxes)
    # what is taller than wide is read turned, so that its long side is its length
    length, size = np.maximum(width, height), np.minimum(width, height)
    order = np.argsort(-size, kind="stable")
    fits = np.cumsum(np.minimum(length / size, _LONGEST_ASPECT)[order]) <= _MOST_ASPECT
    kept = np.sort(order[fits])
    return np.asarray(boxes[kept], np.float32)


def _batches(aspects: Sequence[float]) -> list[list[int]]:
    """Places of lines of like length, each group within ``_BATCH_ASPECT`` as it is padded to its longest."""
    groups: list[list[int]] = []
    for place in sorted(range(len(aspects)), key=lambda place: -aspects[place]):
        # the reader pads what is shorter than 320 × 48
        longest = max(320 / 48, aspects[groups[-1][0]]) if groups else 0.0
        if groups and longest * (len(groups[-1]) + 1) <= _BATCH_ASPECT and len(groups[-1]) < _MOST_IN_BATCH:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _cut(page: Pixels, box: Boxes) -> Pixels:
    cut = np.asarray(get_rotate_crop_image(page, box), np.uint8)
    return np.ascontiguousarray(cut[:, : int(cut.shape[0] * _LONGEST_ASPECT)])


def _stands_on_head(votes: Sequence[tuple[str, float]], cuts: Sequence[Pixels]) -> bool:
    """Whether most long lines are seen upside down."""
    by_length = sorted(zip(votes, cuts, strict=True), key=lambda one: -one[1].shape[1] / one[1].shape[0])
    balance = 0.0
    for (label, score), cut in by_length[:_VOTERS]:
        weight = (score - 0.5) * min(8.0, cut.shape[1] / cut.shape[0])
        balance += weight if label == "180" else -weight
    return balance > 0


def _shares(box: Boxes, size: tuple[int, int]) -> Outline:
    first, second, third, fourth = (
        (min(1.0, max(0.0, float(x) / size[0])), min(1.0, max(0.0, float(y) / size[1]))) for x, y in box
    )
    return first, second, third, fourth
