"""Seeded photographs of invented papers, as a document camera or a telephone takes them, with the truth beside them.

The same seed, kind, table and size give the same picture. Each is seen through a pinhole camera that is turned,
tilted and moved; light, shadow, lens and sensor are imitated; nothing of that is told to the program under test.

``photograph`` makes tame ones (upright, whole, nothing in the way) for the demo and many tests. ``scene`` makes hard
ones, by the shares written in ``photograph_mix``; ``python -m tests.demo.contact_sheet`` draws some to look at.
"""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.demo.photograph_grounds import GROUNDS, HELD_OUT_GROUNDS
from villagedesk.demo.photograph_kinds import HELD_OUT_KINDS, SCENE_KINDS
from villagedesk.demo.photograph_light import HELD_OUT_LIGHTS, LIGHTS
from villagedesk.demo.photograph_mix import DEFECTS
from villagedesk.demo.photograph_papers import PAPERS
from villagedesk.demo.photograph_scene import empty_scene, scene
from villagedesk.demo.photograph_sheet import PX_PER_MM
from villagedesk.demo.photograph_tables import HELD_OUT_TABLES, PATTERNED_TABLES, TABLES, light_over, table_top
from villagedesk.demo.photograph_truth import Code, Generated, TextLine

__all__ = [
    "ALL_TABLES",
    "DEFECTS",
    "GROUNDS",
    "HELD_OUT_GROUNDS",
    "HELD_OUT_KINDS",
    "HELD_OUT_LIGHTS",
    "HELD_OUT_TABLES",
    "KINDS",
    "LIGHTS",
    "PATTERNED_TABLES",
    "SCENE_KINDS",
    "TABLES",
    "Code",
    "Generated",
    "TextLine",
    "empty_scene",
    "empty_table",
    "photograph",
    "photograph_of",
    "scene",
]

Pixels = NDArray[np.uint8]

KINDS = tuple(PAPERS)
ALL_TABLES = TABLES + HELD_OUT_TABLES + PATTERNED_TABLES
_FRAME = (4000, 3000)


def photograph(
    seed: int, kind: str, *, font: Path, table: str = "dark", megapixels: float = 12.0, blur: float = 0.0
) -> Generated:
    """Take one photograph of an invented paper.

    Args:
        seed: decides everything that is left to chance.
        kind: one of ``KINDS``.
        font: a TrueType file with common Chinese characters.
        table: one of ``ALL_TABLES``.
        megapixels: size of the 4:3 picture.
        blur: extra blur of a shaken camera, in pixels (standard deviation) of a 12-megapixel picture.

    Raises:
        KeyError: for an unknown kind or table.
    """
    draw = PAPERS[kind]
    rng = np.random.default_rng([seed, KINDS.index(kind), _place(table)])
    sheet = draw(font, rng)
    taken = _Taking(table, rng, blur, _size(megapixels))
    return taken.photograph(sheet.pixels(), (sheet.width, sheet.height), PX_PER_MM, kind, sheet.lines())


def photograph_of(
    page: Pixels, size_mm: tuple[float, float], seed: int, *, table: str = "dark", megapixels: float = 12.0
) -> Generated:
    """As :func:`photograph`, of a paper that lies before one already.

    Args:
        page: the paper's picture, BGR; as fine as is wanted, the same to the inch in both directions.
        size_mm: width and height of the paper.
    """
    rng = np.random.default_rng([seed, 815, _place(table)])
    return _Taking(table, rng, 0.0, _size(megapixels)).photograph(
        page, size_mm, page.shape[1] / size_mm[0], "print", ()
    )


class _Taking:
    """One photograph being taken."""

    def __init__(self, table: str, rng: np.random.Generator, blur: float, size: tuple[int, int]) -> None:
        self._table = table
        self._rng = rng
        self._blur = blur
        self._size = size

    def photograph(
        self, page: Pixels, size_mm: tuple[float, float], px_per_mm: float, kind: str, lines: tuple[TextLine, ...]
    ) -> Generated:
        """Of that page on the table."""
        (width, height), (paper_width, paper_height), rng = self._size, size_mm, self._rng
        to_picture = _camera(paper_width, paper_height, width, height, rng)
        # Pixel i of the page covers i … i+1; OpenCV's picture coordinates have pixel centres at whole numbers.
        page_to_mm = np.array([[1 / px_per_mm, 0, 0.5 / px_per_mm], [0, 1 / px_per_mm, 0.5 / px_per_mm], [0, 0, 1]])
        warp = to_picture @ page_to_mm
        top = table_top(self._table, width, height, rng)
        _cast_shadow(top, to_picture, paper_width, paper_height, rng)
        whole = np.full(page.shape[:2], 255, np.uint8)
        cover = cv2.warpPerspective(whole, warp, (width, height), flags=cv2.INTER_LINEAR)
        seen = cv2.warpPerspective(page, warp, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        cv2.copyTo(seen, (cover > 127).astype(np.uint8), top)
        corners = np.array([[0, 0], [paper_width, 0], [paper_width, paper_height], [0, paper_height]])
        return Generated(
            _expose(top, rng, self._blur),
            _project(to_picture, corners),
            kind,
            page,
            size=size_mm,
            lines=lines,
            table=self._table,
            light="lamp",
        )


def empty_table(seed: int, *, table: str = "dark", megapixels: float = 12.0) -> bytes:
    """A photograph (JPEG) of a table with no paper on it.

    Raises:
        KeyError: for an unknown table.
    """
    rng = np.random.default_rng([seed, 4711, _place(table)])
    width, height = _size(megapixels)
    return _expose(table_top(table, width, height, rng), rng, 0.0)


def _place(table: str) -> int:
    if table not in ALL_TABLES:
        raise KeyError(table)
    return ALL_TABLES.index(table)


def _size(megapixels: float) -> tuple[int, int]:
    scale = math.sqrt(megapixels * 1e6 / (_FRAME[0] * _FRAME[1]))
    return round(_FRAME[0] * scale), round(_FRAME[1] * scale)


def _camera(
    paper_width: float, paper_height: float, width: int, height: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """A 3 × 3 matrix from millimetres on the paper to pixels, for a camera that has the whole paper in view."""
    focal = float(rng.uniform(0.85, 1.3)) * width
    turn = math.radians(float(rng.normal(0, 5.5)))
    tilt_x, tilt_y = (math.radians(float(rng.uniform(-11, 11))) for _ in range(2))
    rotation = (
        cv2.Rodrigues(np.array([tilt_x, 0.0, 0.0]))[0]
        @ cv2.Rodrigues(np.array([0.0, tilt_y, 0.0]))[0]
        @ cv2.Rodrigues(np.array([0.0, 0.0, turn]))[0]
    )
    lens = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    centred = np.array([[1, 0, -paper_width / 2], [0, 1, -paper_height / 2], [0, 0, 1]])
    # Small papers are held closer, but not so close that they fill the picture.
    small = max(paper_width, paper_height) < 290
    fill = float(rng.uniform(0.66, 0.82) if small else rng.uniform(0.8, 0.95))
    rim = np.array([[0, 0], [paper_width, 0], [paper_width, paper_height], [0, paper_height]])
    away = np.array([0.0, 0.0, paper_height * focal / height])
    wander = rng.uniform(-1, 1, 2)
    plane = np.eye(3)
    for _ in range(8):
        plane = lens @ np.column_stack([rotation[:, 0], rotation[:, 1], away]) @ centred
        seen = _project(plane, rim)
        low, high = seen.min(axis=0), seen.max(axis=0)
        share = float(max((high - low) / (width, height)))
        slack = np.array([width, height]) * 0.985 - (high - low)
        middle = np.array([width, height]) / 2 + np.clip(slack, 0, None) / 2 * wander * 0.8
        away[2] *= share / fill
        away[:2] += (middle - (low + high) / 2) * away[2] / focal
    return np.asarray(plane / plane[2, 2], np.float64)


def _project(plane: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    flat = np.column_stack([points, np.ones(len(points))]) @ plane.T
    return np.asarray(flat[:, :2] / flat[:, 2:], np.float64)


def _cast_shadow(
    scene: Pixels, to_picture: NDArray[np.float64], paper_width: float, paper_height: float, rng: np.random.Generator
) -> None:
    """The paper's own soft shadow on the table; changes ``scene``."""
    height, width = scene.shape[:2]
    rim = np.array([[0, 0], [paper_width, 0], [paper_width, paper_height], [0, paper_height]])
    shifted = (_project(to_picture, rim) + rng.uniform(-9, 9, 2) * width / 4000) / 8
    shade = np.zeros((height // 8, width // 8), np.float32)
    cv2.fillConvexPoly(shade, np.round(shifted * 16).astype(np.int32), 1.0, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(shade, (0, 0), float(rng.uniform(1.2, 3.5)) * width / 4000 + 0.3)
    small = ((1 - soft * float(rng.uniform(0.15, 0.45))) * 255).astype(np.uint8)
    kept = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    cv2.multiply(scene, cv2.merge([kept, kept, kept]), scene, scale=1 / 255)


def _expose(scene: Pixels, rng: np.random.Generator, blur: float) -> bytes:
    """Light, lens, sensor noise and JPEG."""
    height, width = scene.shape[:2]
    lit = cv2.multiply(scene, light_over(width, height, rng), scale=1 / 200)
    softness = math.hypot(float(rng.uniform(0.45, 0.8)), blur) * width / 4000
    lit = cv2.GaussianBlur(lit, (0, 0), max(softness, 0.3))
    # One noise tile laid over the picture: a fresh random number per pixel would take longer than all the rest.
    tile = rng.normal(0, float(rng.uniform(1.5, 3.5)), (512, 512, 3)).astype(np.int16)
    noise = np.tile(tile, (math.ceil(height / 512), math.ceil(width / 512), 1))[:height, :width]
    noisy = cv2.add(lit, noise, dtype=cv2.CV_8U)
    done, coded = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(87, 93))])
    if not done:
        raise ValueError("the picture could not be encoded")
    return coded.tobytes()
