"""What a paper lies on: seeded table tops, and the light that falls on them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

TABLES = ("dark", "wood", "light", "cluttered")
PATTERNED_TABLES = ("tiles",)
"""Hard ones that may be looked at; ``TABLES`` keep their order, because it decides what a seed gives."""
HELD_OUT_TABLES = ("cloth",)
"""Never looked at while the page finder was tuned; figures on them are reported apart."""


def table_top(kind: str, width: int, height: int, rng: np.random.Generator) -> Pixels:
    """An empty table: height × width × 3, BGR, evenly lit.

    Args:
        kind: one of ``TABLES``, ``PATTERNED_TABLES`` or ``HELD_OUT_TABLES``.
        width, height: pixels.
        rng: decides colours, grain and what else lies there.

    Raises:
        KeyError: for another kind.
    """
    # Painted at a quarter of the size: texture finer than that comes from the sensor noise.
    small = painted(kind, max(8, width // 4), max(8, height // 4), rng)
    picture = cv2.resize(np.clip(small, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(picture, np.uint8)


def painted(kind: str, width: int, height: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """An empty table, height × width × 3, BGR, not yet cut to 0 … 255; its pattern is in pixels.

    Raises:
        KeyError: for a kind that ``table_top`` does not know.
    """
    paint = {"dark": _dark, "wood": _wood, "light": _light, "cluttered": _cluttered, "tiles": _tiles, "cloth": _cloth}
    return paint[kind](width, height, rng)


def light_over(width: int, height: int, rng: np.random.Generator) -> Pixels:
    """Uneven light with colour cast, a lamp's gradient, vignetting and one or two soft shadows.

    Returns:
        height × width × 3, where 200 means "as painted"; made for ``cv2.multiply(…, scale=1/200)``.
    """
    wide, high = 200, 150
    x, y = np.meshgrid(np.linspace(-1, 1, wide), np.linspace(-1, 1, high))
    turn = rng.uniform(0, 2 * np.pi)
    light = 1 + rng.uniform(0.05, 0.22) * (x * np.cos(turn) + y * np.sin(turn))
    light -= rng.uniform(0.02, 0.14) * (x**2 + y**2) / 2
    for _ in range(int(rng.integers(1, 3))):
        shade = np.zeros((high, wide), np.float32)
        corners = rng.uniform(-0.2, 1.2, (4, 2)) * (wide, high)
        cv2.fillConvexPoly(shade, cv2.convexHull(corners.astype(np.int32)), 1.0)
        soft = cv2.GaussianBlur(shade, (0, 0), float(rng.uniform(6, 16)))
        light *= 1 - float(rng.uniform(0.06, 0.28)) * soft
    cast = rng.uniform(0.94, 1.06, 3)
    coloured = light[:, :, None] * cast * rng.uniform(0.86, 1.0) * 200
    picture = cv2.resize(np.clip(coloured, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(picture, np.uint8)


def grain(width: int, height: int, cell_x: float, cell_y: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Smooth noise of about unit strength whose blobs are ``cell_x`` × ``cell_y`` pixels."""
    coarse = rng.standard_normal((max(2, round(height / cell_y)), max(2, round(width / cell_x)))).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _flat(width: int, height: int, colour: NDArray[np.float64] | tuple[float, ...]) -> NDArray[np.float32]:
    return np.broadcast_to(np.asarray(colour, np.float32), (height, width, 3)).copy()


def _dark(width: int, height: int, rng: np.random.Generator) -> NDArray[np.float32]:
    top = _flat(width, height, rng.uniform(22, 70) + rng.uniform(-8, 8, 3))
    fine = grain(width, height, 90, 70, rng) * 4 + grain(width, height, 3, 3, rng) * 3
    return np.asarray(top + fine[:, :, None], np.float32)


def _wood(width: int, height: int, rng: np.random.Generator) -> NDArray[np.float32]:
    base = np.array([(52, 88, 138), (84, 126, 176), (40, 62, 98), (118, 160, 200)][int(rng.integers(0, 4))])
    along = grain(width, height, 160, 9, rng) * 0.07 + grain(width, height, 60, 2.2, rng) * 0.05
    rings = np.sin(grain(width, height, 220, 40, rng) * 5) * 0.05
    top = base * (1 + along + rings)[:, :, None]
    for plank in np.cumsum(rng.uniform(0.18, 0.5, 6)) * height:
        if plank < height:
            top[int(plank) : int(plank) + 2] *= 0.55
    if rng.random() < 0.5:
        # Broken out: turning the table costs nothing and changes which edges the grain imitates.
        top = cv2.resize(np.ascontiguousarray(np.rot90(top)), (width, height))
    return np.asarray(top, np.float32)


def _light(width: int, height: int, rng: np.random.Generator) -> NDArray[np.float32]:
    top = _flat(width, height, rng.uniform(150, 196) + rng.uniform(-14, 14, 3))
    fine = grain(width, height, 120, 90, rng) * 3 + grain(width, height, 3, 3, rng) * 2
    return np.asarray(top + fine[:, :, None], np.float32)


def _cluttered(width: int, height: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """A table with pens, a cup, a telephone, a folder and a card on it, at the rim where the clerk pushed them."""
    top = _dark(width, height, rng) + 26 if rng.random() < 0.5 else _wood(width, height, rng)
    unit = width / 1000
    for _ in range(int(rng.integers(4, 8))):
        side = int(rng.integers(0, 4))
        across, depth = float(rng.uniform(0, 1)), float(rng.uniform(-0.02, 0.1))
        x, y = [(across, depth), (across, 1 - depth), (depth, across), (1 - depth, across)][side]
        at = (x * width, y * height)
        colour = tuple(float(v) for v in rng.uniform(15, 215, 3))
        angle = float(rng.uniform(0, 180))
        thing = int(rng.integers(0, 4))
        if thing == 0:
            size = (rng.uniform(120, 200) * unit, rng.uniform(8, 13) * unit)
        elif thing == 1:
            size, colour = (150 * unit, 74 * unit), (24.0, 22.0, 22.0)
        elif thing == 2:
            size = (rng.uniform(150, 300) * unit, rng.uniform(120, 220) * unit)
            # A folder has a colour; a white one would be a second paper.
            colour = [(170.0, 90.0, 30.0), (50.0, 60.0, 170.0), (60.0, 130.0, 60.0)][int(rng.integers(0, 3))]
        else:
            cv2.circle(top, (int(at[0]), int(at[1])), int(rng.uniform(36, 60) * unit), colour, -1, cv2.LINE_AA)
            continue
        box = cv2.boxPoints((at, (float(size[0]), float(size[1])), angle))
        cv2.fillConvexPoly(top, box.astype(np.int32), colour, cv2.LINE_AA)
    return top


def _tiles(width: int, height: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Square tiles in two shades with joints between them, some of them nearly as light as paper."""
    shades = rng.uniform(60, 215, 2)
    tint = rng.uniform(0.86, 1.0, 3)
    side = float(rng.uniform(60, 180))
    turn = float(rng.uniform(-0.3, 0.3))
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    odd = (np.floor(u / side) + np.floor(v / side)) % 2
    joint = np.minimum(np.minimum(u % side, side - u % side), np.minimum(v % side, side - v % side)) < 1.5
    shade = np.where(joint, shades.min() * 0.6, np.where(odd > 0, shades[0], shades[1]))
    top = shade[:, :, None] * tint + grain(width, height, 3, 3, rng)[:, :, None] * 2
    return np.asarray(top, np.float32)


def _cloth(width: int, height: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """An oil-cloth with a check pattern."""
    base, second = rng.uniform(60, 190, 3), rng.uniform(40, 200, 3)
    period = float(rng.uniform(22, 60))
    turn = float(rng.uniform(0, np.pi))
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    check = ((u % period) < period / 2).astype(np.float32) * 0.5 + ((v % period) < period / 2).astype(np.float32) * 0.5
    cloth = base + (second - base) * check[:, :, None]
    return np.asarray(cloth + grain(width, height, 3, 3, rng)[:, :, None] * 3, np.float32)
