"""More table tops than the tame pictures have: white, stone, glass, a document camera's own mat; newspaper, bamboo."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.demo.photograph_sensor import sprinkle
from villagedesk.demo.photograph_tables import grain, painted
from villagedesk.demo.photograph_truth import Pixels

Layer = NDArray[np.float32]

GROUNDS = ("dark", "wood", "light", "tiles", "white", "stone", "glass", "mat")
"""Tables that may be looked at while the page finder is changed."""
HELD_OUT_GROUNDS = ("cloth", "newspaper", "bamboo")
"""Tables that are only ever measured on."""
_FINEST = {
    "dark": 4.0,
    "wood": 7.0,
    "light": 4.0,
    "tiles": 4.0,
    "white": 2.0,
    "stone": 9.0,
    "glass": 2.0,
    "mat": 5.0,
    "cloth": 9.0,
    "newspaper": 6.0,
    "bamboo": 7.0,
}
"""Strength of the finest texture at most, of 255."""


def ground(kind: str, width: int, height: int, rng: np.random.Generator) -> Pixels:
    """An empty table: height × width × 3, BGR, evenly lit.

    Args:
        kind: one of ``GROUNDS`` or ``HELD_OUT_GROUNDS``.
        width, height: pixels.
        rng: decides colours, grain and pattern.

    Raises:
        KeyError: for another kind.
    """
    paint = {"white": _white, "stone": _stone, "glass": _glass, "mat": _mat, "newspaper": _newspaper, "bamboo": _bamboo}
    # Painted at a quarter of a 12-megapixel picture's size, whatever the picture's: a smaller picture shows the same.
    size = (1000, 750) if width >= height else (750, 1000)
    layer = paint[kind](*size, rng) if kind in paint else painted(kind, *size, rng)
    small = np.clip(layer, 0, 255).astype(np.uint8)
    how = cv2.INTER_AREA if width < small.shape[1] else cv2.INTER_LINEAR
    top = np.asarray(cv2.resize(small, (width, height), interpolation=how), np.uint8)
    # What is finer than that: dust, scratches, pores. A finder must not know a table by its smoothness.
    sprinkle(top, rng.normal(0, float(rng.uniform(0.5, _FINEST[kind])), (512, 512, 1)).astype(np.float32))
    return top


def beyond_the_edge(top: Pixels, rim: NDArray[np.float64], scale: float, rng: np.random.Generator) -> bool:
    """Let the table end inside the picture, beside the paper: behind its edge is a floor, out of focus.

    Args:
        top: the picture of the table; changed.
        rim: points of the paper's outline, n × 2 pixels; the table reaches at least a finger's breadth beyond them.
        scale: pixels a millimetre.
        rng: on which side, how far away, what floor.

    Returns:
        Whether there is room for it.
    """
    height, width = top.shape[:2]
    picture = np.array([(0, 0), (width, 0), (width, height), (0, height)])
    for side in rng.permutation(4):
        away = float(side) * math.pi / 2 + float(rng.normal(0, 0.12))
        out = np.array([math.cos(away), math.sin(away)])
        nearest, last = float((rim @ out).max()) + 12 * scale, float((picture @ out).max())
        if last > nearest + 12 * scale:
            break
    else:
        return False
    edge = out * (nearest + float(rng.uniform(0, 0.8)) * (last - nearest))
    along, far = np.array([-out[1], out[0]]) * (width + height), out * (width + height)
    outline = np.array([edge - along, edge + along, edge + along + far, edge - along + far])
    names = ("wood", "dark", "stone", "tiles")
    floor = ground(names[int(rng.integers(0, 4))], max(8, width // 8), max(8, height // 8), rng)
    shade = float(rng.uniform(0.25, 0.9))
    soft = cv2.GaussianBlur(floor, (0, 0), 1.5)
    under = cv2.resize(cv2.convertScaleAbs(soft, alpha=shade), (width, height), interpolation=cv2.INTER_LINEAR)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, np.round(outline * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    board = outline + out * float(rng.uniform(4, 28)) * scale
    # The board's own side, darker than its face, is seen between.
    face = cv2.convertScaleAbs(top, alpha=float(rng.uniform(0.45, 0.8)))
    cv2.copyTo(face, mask, top)
    mask[:] = 0
    cv2.fillConvexPoly(mask, np.round(board * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    cv2.copyTo(under, mask, top)
    return True


def _white(width: int, height: int, rng: np.random.Generator) -> Layer:
    """A table as white as paper: melamine or a plastic sheet, with faint marks."""
    shade = float(rng.uniform(214, 244))
    top = np.empty((height, width, 3), np.float32)
    top[:] = shade + rng.uniform(-5, 5, 3)
    speck = grain(width, height, 150, 120, rng) * 1.5 + grain(width, height, 2, 2, rng) * float(rng.uniform(0.3, 1.6))
    for _ in range(int(rng.integers(0, 5))):
        start, end = (tuple(int(v) for v in rng.uniform(0, 1, 2) * (width, height)) for _ in range(2))
        cv2.line(top, start, end, tuple(float(v) for v in np.full(3, shade - rng.uniform(4, 14))), 1, cv2.LINE_AA)
    return np.asarray(top + speck[:, :, None], np.float32)


def _stone(width: int, height: int, rng: np.random.Generator) -> Layer:
    """Granite or terrazzo: coloured specks of all sizes."""
    base = float(rng.choice([70, 120, 165, 200]))
    top = np.empty((height, width, 3), np.float32)
    top[:] = base + rng.uniform(-14, 14, 3)
    for cell, strength in ((1.2, 10.0), (3.0, 13.0), (7.0, 9.0)):
        speck = grain(width, height, cell, cell, rng)
        top += (np.sign(speck) * np.clip(np.abs(speck) - 0.6, 0, None))[:, :, None] * strength
    if rng.random() < 0.5:
        for _ in range(260):
            centre = tuple(int(v) for v in rng.uniform(0, 1, 2) * (width, height))
            axes = tuple(int(v) for v in rng.uniform(2, 13, 2))
            colour = tuple(float(v) for v in rng.uniform(40, 230, 1) + rng.uniform(-14, 14, 3))
            cv2.ellipse(top, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
    return top


def _glass(width: int, height: int, rng: np.random.Generator) -> Layer:
    """A glass plate over a dark or green cloth: papers and photographs lie under it, lamps and windows shine in it."""
    base = np.array([(52, 66, 40), (46, 40, 36), (72, 84, 60), (38, 52, 84)][int(rng.integers(0, 4))], np.float32)
    top = np.empty((height, width, 3), np.float32)
    top[:] = base
    top += grain(width, height, 2, 2, rng)[:, :, None] * 3
    for _ in range(int(rng.integers(0, 4))):
        centre = rng.uniform(0, 1, 2) * (width, height)
        size = (float(rng.uniform(90, 260)), float(rng.uniform(60, 200)))
        box = cv2.boxPoints((tuple(float(v) for v in centre), size, float(rng.uniform(0, 180))))
        under = top.copy()
        cv2.fillConvexPoly(under, box.astype(np.int32), tuple(float(v) for v in rng.uniform(90, 190, 3)), cv2.LINE_AA)
        top = top * np.float32(0.45) + under * np.float32(0.55)
    shine = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        centre = rng.uniform(-0.1, 1.1, 2) * (width, height)
        size = (float(rng.uniform(60, 420)), float(rng.uniform(20, 220)))
        box = cv2.boxPoints((tuple(float(v) for v in centre), size, float(rng.uniform(0, 180))))
        cv2.fillConvexPoly(shine, box.astype(np.int32), float(rng.uniform(25, 120)), cv2.LINE_AA)
    soft = np.asarray(cv2.GaussianBlur(shine, (0, 0), float(rng.uniform(2, 14))), np.float32)
    return np.asarray(top + soft[:, :, None], np.float32)


def _mat(width: int, height: int, rng: np.random.Generator) -> Layer:
    """The mat a document camera is sold with: black, grey or green, with lines, paper sizes printed as corners."""
    base = np.array([(26, 24, 24), (58, 58, 56), (60, 92, 44), (120, 122, 120)][int(rng.integers(0, 4))], np.float32)
    top = np.empty((height, width, 3), np.float32)
    top[:] = base
    line = tuple(float(v) for v in base + rng.uniform(60, 150))
    if rng.random() < 0.5:
        step = int(rng.integers(24, 60))
        for x in range(int(rng.integers(0, step)), width, step):
            cv2.line(top, (x, 0), (x, height), line, 1, cv2.LINE_AA)
        for y in range(int(rng.integers(0, step)), height, step):
            cv2.line(top, (0, y), (width, y), line, 1, cv2.LINE_AA)
    else:
        middle = np.array([width, height]) / 2
        for share in (0.95, 0.68, 0.48, 0.34):
            half = np.array([height / 1.414, height]) / 2 * share * (1.0 if rng.random() < 0.7 else 0.93)
            for sign in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                corner = middle + half * sign
                for axis in (0, 1):
                    end = corner.copy()
                    end[axis] -= sign[axis] * 22
                    cv2.line(top, tuple(corner.astype(int)), tuple(end.astype(int)), line, 2, cv2.LINE_AA)
    return np.asarray(top + grain(width, height, 2, 2, rng)[:, :, None] * 3, np.float32)


def _newspaper(width: int, height: int, rng: np.random.Generator) -> Layer:
    """Old newspapers laid over the table: columns of grey text, headlines, pictures, several sheets askew."""
    top = np.empty((height, width, 3), np.float32)
    top[:] = (180, 192, 198)
    for _ in range(int(rng.integers(2, 5))):
        sheet = np.empty((560, 420, 3), np.float32)
        sheet[:] = np.array([188, 204, 210]) + rng.uniform(-14, 14)
        for column in range(4):
            y = int(rng.integers(10, 50))
            while y < 540:
                tall = int(rng.integers(12, 60))
                if rng.random() < 0.18:
                    cv2.rectangle(sheet, (10 + column * 100, y), (100 + column * 100, y + tall), (70, 72, 74), -1)
                elif rng.random() < 0.2:
                    sheet[y : y + 14, 10 + column * 100 : 100 + column * 100] -= (
                        rng.random((min(14, 560 - y), 90, 1)) > 0.45
                    ) * 110.0
                else:
                    for row in range(y, min(y + tall, 540), 5):
                        sheet[row : row + 3, 12 + column * 100 : 98 + column * 100] -= (
                            rng.random((3, 86, 1)) > 0.5
                        ) * 80.0
                y += tall + 6
        turn = math.radians(float(rng.uniform(-50, 50)))
        scale = float(rng.uniform(1.1, 2.0))
        at = rng.uniform(0, 1, 2) * (width, height)
        cos, sin = math.cos(turn) * scale, math.sin(turn) * scale
        place = np.array([[cos, -sin, at[0] - 210 * cos + 280 * sin], [sin, cos, at[1] - 210 * sin - 280 * cos]])
        cv2.warpAffine(sheet, place, (width, height), top, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
    return top


def _bamboo(width: int, height: int, rng: np.random.Generator) -> Layer:
    """A mat of bamboo strips with thread across."""
    strip = float(rng.uniform(6, 16))
    turn = float(rng.uniform(0, math.pi))
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    across, along = x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn)
    number = np.floor(across / strip)
    tone = np.sin(number * 12.9898) * 0.5 + np.sin(number * 4.13) * 0.3
    inside = across % strip / strip
    shade = 1 + tone * 0.16 - 0.55 * (inside < 0.12) + 0.08 * np.cos((inside - 0.5) * math.pi)
    shade *= np.where(along % (strip * 9) < 3, 0.72, 1.0)
    base = np.array([(92, 142, 178), (70, 118, 156), (132, 176, 200)][int(rng.integers(0, 3))])
    top = base * (shade * (1 + grain(width, height, 30, 30, rng) * 0.03))[:, :, None]
    return np.asarray(top, np.float32)
