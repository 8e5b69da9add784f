"""How a paper lies on the table: flat, with lifted edges, folded and opened again, or crumpled."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Ridge:
    """A straight crease along which the paper stands up: |distance| falls off linearly, as between two flat halves."""

    x: float
    y: float
    angle: float
    high: float
    reach: float

    def at(self, u: Array, v: Array) -> Array:
        away = np.abs((u - self.x) * math.cos(self.angle) + (v - self.y) * math.sin(self.angle))
        return np.asarray(self.high * np.clip(1 - away / self.reach, 0, None), np.float64)


@dataclass(frozen=True)
class _Curl:
    """An edge or corner that bends up from a line on: quadratic in the distance behind the line."""

    x: float
    y: float
    angle: float
    high: float
    reach: float

    def at(self, u: Array, v: Array) -> Array:
        behind = (u - self.x) * math.cos(self.angle) + (v - self.y) * math.sin(self.angle)
        return np.asarray(self.high * np.clip(behind / self.reach, 0, 1.3) ** 2, np.float64)


class Shape:
    """The height of every point of a paper above the table.

    Args:
        width, height: of the paper, millimetres.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self._parts: list[_Ridge | _Curl] = []
        self._crumple: NDArray[np.float32] | None = None
        self.creases: list[tuple[float, float, float]] = []
        """Where the paper was folded: a point on the crease (millimetres) and the direction across it (radians)."""

    @property
    def flat(self) -> bool:
        """Nothing stands up."""
        return not self._parts and self._crumple is None

    def curl(self, rng: np.random.Generator, strength: float) -> None:
        """One edge, two opposite edges or a corner comes up, as paper does that lay rolled or in a pocket."""
        kind = int(rng.integers(0, 3))
        angle = float(rng.integers(0, 4)) * math.pi / 2
        if kind == 2:
            angle += math.pi / 4 + float(rng.uniform(-0.3, 0.3))
        self._add_curl(angle, rng, strength)
        if kind == 1:
            self._add_curl(angle + math.pi, rng, strength)

    def fold(self, rng: np.random.Generator) -> None:
        """Folded once, twice or as a letter in three, then opened again: the creases stand up or lie in a valley."""
        both = int(rng.integers(0, 3))
        tall = self.height >= self.width
        length = max(self.width, self.height)
        shares = [[0.5], [0.5], [1 / 3, 2 / 3]][both]
        for index, share in enumerate(shares):
            at = share + float(rng.uniform(-0.02, 0.02))
            angle = (math.pi / 2 if tall else 0.0) + float(rng.uniform(-0.015, 0.015))
            x, y = (self.width / 2, self.height * at) if tall else (self.width * at, self.height / 2)
            self._add_ridge(x, y, angle, length * float(rng.uniform(0.012, 0.04)) * (-0.6) ** index, length * 0.33)
        if both == 1:
            angle = (0.0 if tall else math.pi / 2) + float(rng.uniform(-0.015, 0.015))
            high = length * float(rng.uniform(0.006, 0.025))
            self._add_ridge(self.width / 2, self.height / 2, angle, high, min(self.width, self.height) * 0.5)

    def crumple(self, rng: np.random.Generator) -> None:
        """Once pressed into a ball and smoothed by hand: straight creases in all directions, a few millimetres high."""
        wide, high = (int(np.clip(side / 1.2, 24, 360)) for side in (self.width, self.height))
        x, y = np.meshgrid(np.linspace(0, self.width, wide), np.linspace(0, self.height, high))
        surface: Array = np.zeros((high, wide))
        short = min(self.width, self.height)
        for _ in range(22):
            angle, period = float(rng.uniform(0, math.pi)), float(rng.uniform(0.12, 0.6)) * short
            share = (x * math.cos(angle) + y * math.sin(angle)) / period + float(rng.uniform(0, 1))
            # Each crease runs only through some patches of the paper.
            patch = rng.standard_normal((5, 5)).astype(np.float32)
            where = np.asarray(cv2.resize(patch, (wide, high), interpolation=cv2.INTER_CUBIC), np.float64)
            surface = surface + np.abs(share % 1 - 0.5) * np.clip(where, 0, 1.5) * period * float(
                rng.uniform(0.008, 0.045)
            )
        self._crumple = (np.clip(surface - np.median(surface), -8, 8) + 2.0).astype(np.float32)

    def heights(self, u: Array, v: Array) -> Array:
        """Millimetres above the table at points of the paper (millimetres); beyond the rim it goes on smoothly."""
        total = np.zeros(np.shape(u))
        for part in self._parts:
            total = total + part.at(u, v)
        if self._crumple is not None:
            rows, columns = self._crumple.shape
            x = np.clip(u / self.width, 0, 1) * (columns - 1)
            y = np.clip(v / self.height, 0, 1) * (rows - 1)
            # OpenCV takes no rows of more than 32,767 points.
            places = np.zeros((2, math.ceil(x.size / 4096) * 4096), np.float32)
            places[0, : x.size], places[1, : x.size] = x.ravel(), y.ravel()
            grid_x, grid_y = places.reshape(2, -1, 4096)
            creases = cv2.remap(self._crumple, grid_x, grid_y, cv2.INTER_LINEAR)
            total = total + np.asarray(creases, np.float64).ravel()[: x.size].reshape(np.shape(u))
        return np.asarray(total, np.float64)

    def slopes(self, u: Array, v: Array) -> tuple[Array, Array]:
        """How steeply it rises along the paper's width and height, at points in millimetres; 1 is 45°."""
        step = 0.8
        along = (self.heights(u + step, v) - self.heights(u - step, v)) / (2 * step)
        down = (self.heights(u, v + step) - self.heights(u, v - step)) / (2 * step)
        return along, down

    def _add_curl(self, angle: float, rng: np.random.Generator, strength: float) -> None:
        extent = abs(self.width * math.cos(angle)) + abs(self.height * math.sin(angle))
        reach = extent * float(rng.uniform(0.2, 0.5))
        away = extent / 2 - reach
        x, y = self.width / 2 + away * math.cos(angle), self.height / 2 + away * math.sin(angle)
        self._parts.append(_Curl(x, y, angle, reach * float(rng.uniform(0.05, 0.2)) * strength, reach))

    def _add_ridge(self, x: float, y: float, angle: float, high: float, reach: float) -> None:
        # The distance is measured across the crease; a valley is a ridge whose surroundings stand up.
        self._parts.append(_Ridge(x, y, angle, high, reach))
        self.creases.append((x, y, angle))
