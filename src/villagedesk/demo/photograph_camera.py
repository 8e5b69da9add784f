"""The pinhole camera: where it stands, and where in its picture each point of the paper is seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.demo.photograph_shape import Array, Shape

_CELL = 16
"""The map from picture to paper is computed at every 16th pixel; between them it is straight to 0.01 pixels."""


@dataclass(frozen=True)
class Pose:
    """How the paper is to be seen.

    Args:
        turn: quarter turns clockwise in the picture, degrees.
        slant: degrees clockwise beyond that.
        tilt: of the camera about the picture's x and y axis, degrees.
        focal: focal length ÷ width of the picture.
        covers: millimetres of table along the picture's width; less is covered when the paper is larger than that.
        wander: where in the free room the paper lies, -1 … 1 for x and y.
        cut: how much of the paper is pushed over the picture's edge, shares of its own extent in x and y; below 0 over
            the left or upper edge, 0 for none.
        barrel: radial distortion, share of the distance at the picture's corner; negative bends lines outwards.
    """

    turn: int = 0
    slant: float = 0.0
    tilt: tuple[float, float] = (0.0, 0.0)
    focal: float = 1.0
    covers: float = 400.0
    wander: tuple[float, float] = (0.0, 0.0)
    cut: tuple[float, float] = (0.0, 0.0)
    barrel: float = 0.0


class View:
    """A paper seen by a camera.

    Args:
        shape: how the paper lies.
        pose: where the camera stands.
        width, height: of the picture, pixels.
    """

    def __init__(self, shape: Shape, pose: Pose, width: int, height: int) -> None:
        self.shape = shape
        self.width = width
        self.height = height
        self._barrel = pose.barrel
        self._reach = math.hypot(width, height) / 2
        focal = pose.focal * max(width, height)
        self._lens = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])
        turned = math.radians(pose.turn + pose.slant)
        self._rotation = np.asarray(
            cv2.Rodrigues(np.array([math.radians(pose.tilt[0]), 0.0, 0.0]))[0]
            @ cv2.Rodrigues(np.array([0.0, math.radians(pose.tilt[1]), 0.0]))[0]
            @ cv2.Rodrigues(np.array([0.0, 0.0, turned]))[0]
        )
        self._away = np.array([0.0, 0.0, pose.covers * focal / max(width, height)])
        self._fit(pose, focal)

    def project(self, points: Array, lifted: Array | float = 0.0) -> Array:
        """Pixels (n × 2) of points of the paper's plane (n × 2, millimetres), ``lifted`` millimetres above it."""
        up = np.broadcast_to(np.asarray(lifted, np.float64), (len(points),))
        solid = np.column_stack(
            [points[:, 0] - self.shape.width / 2, points[:, 1] - self.shape.height / 2, -up]
        )  # z runs away from the camera
        seen = (solid @ self._rotation.T + self._away) @ self._lens.T
        flat = seen[:, :2] / seen[:, 2:]
        middle = np.array([self.width, self.height]) / 2
        ray = flat - middle
        stretch = 1 + self._barrel * (ray**2).sum(1, keepdims=True) / self._reach**2
        # Half a pixel: the camera's axes count from the picture's rim, the truth from the first pixel's centre.
        return np.asarray(middle + ray * stretch - 0.5, np.float64)

    def of_paper(self, points: Array) -> Array:
        """Pixels of points on the paper (n × 2, millimetres on the flat paper), as high as the paper lies there."""
        return self.project(points, self.shape.heights(points[:, 0], points[:, 1]))

    def corners(self) -> Array:
        """The paper's corners, 4 × 2 pixels, clockwise as read from its own top left."""
        return self.of_paper(self._rim())

    def mesh(self, steps: int = 65) -> Array:
        """steps × steps × 2: where an even grid over the paper is seen."""
        u, v = np.meshgrid(np.linspace(0, self.shape.width, steps), np.linspace(0, self.shape.height, steps))
        return self.of_paper(np.column_stack([u.ravel(), v.ravel()])).reshape(steps, steps, 2)

    def pixels_per_mm(self) -> float:
        """Of the picture, in the paper's middle."""
        right, down = self.axes()
        return float((np.linalg.norm(right) + np.linalg.norm(down)) / 2)

    def axes(self) -> tuple[Array, Array]:
        """How far and in which direction (pixels) a millimetre along the paper's width and its height is seen."""
        x, y = self.shape.width / 2, self.shape.height / 2
        middle, right, down = self.project(np.array([(x, y), (x + 1, y), (x, y + 1)]))
        return right - middle, down - middle

    def frame_of_paper(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the part of the picture with paper in it (whole cells, for ``paper_at``)."""
        rim = self.mesh(33).reshape(-1, 2)
        low = np.floor((rim.min(0) - 3) / _CELL).astype(int) * _CELL
        high = np.ceil((rim.max(0) + 3) / _CELL).astype(int) * _CELL
        left, top = max(0, int(low[0])), max(0, int(low[1]))
        return left, top, min(self.width, int(high[0])), min(self.height, int(high[1]))

    def paper_at(self, frame: tuple[int, int, int, int], step: int = _CELL) -> NDArray[np.float32]:
        """Which point of the paper each cell of a part of the picture shows.

        Args:
            frame: left, top, right, bottom in pixels.
            step: size of a cell, pixels.

        Returns:
            rows × columns × 2, millimetres, for the middles of the cells; one more cell on each side.
        """
        left, top, right, bottom = frame
        x = np.arange(-1, math.ceil((right - left) / step) + 1) * step + left + (step - 1) / 2
        y = np.arange(-1, math.ceil((bottom - top) / step) + 1) * step + top + (step - 1) / 2
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        rim = self._rim()
        back = cv2.getPerspectiveTransform(self.project(rim).astype(np.float32), rim.astype(np.float32))

        def plane(pixels: Array) -> Array:
            return np.asarray(cv2.perspectiveTransform(pixels[None], back)[0], np.float64)

        target = plane(grid)
        found = target.copy()
        if not self.shape.flat or self._barrel:
            # Curl and lens move a point little, so the flat, straight view's inverse finds it in a few steps.
            for _ in range(5):
                found += target - plane(self.of_paper(found))
        return found.reshape(len(y), len(x), 2).astype(np.float32)

    def map_of_paper(
        self, frame: tuple[int, int, int, int], wide: int, high: int
    ) -> tuple[NDArray[np.int16], NDArray[np.uint16]]:
        """Which pixel of the flat page each pixel of a part of the picture shows, in the form ``cv2.remap`` likes best.

        Args:
            frame: left, top, right, bottom in pixels.
            wide, high: of the page, pixels.
        """
        left, top, right, bottom = frame
        # Pixel i of the page covers i … i+1.
        per_mm = np.array([wide / self.shape.width, high / self.shape.height], np.float32)
        cells = self.paper_at(frame) * per_mm - np.float32(0.5)
        size = (cells.shape[1] * _CELL, cells.shape[0] * _CELL)
        full = cv2.resize(cells, size, interpolation=cv2.INTER_LINEAR)
        part = full[_CELL : _CELL + bottom - top, _CELL : _CELL + right - left]
        first, second = cv2.convertMaps(part, np.zeros(0, np.float32), cv2.CV_16SC2)
        return np.asarray(first, np.int16), np.asarray(second, np.uint16)

    def _rim(self) -> Array:
        width, height = self.shape.width, self.shape.height
        return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)

    def _fit(self, pose: Pose, focal: float) -> None:
        """Move the camera back until the paper fits, then aside as wished."""
        frame = np.array([self.width, self.height], np.float64)
        for _ in range(14):
            seen = self.mesh(9).reshape(-1, 2)
            low, high = seen.min(0), seen.max(0)
            room = 0.97
            share = float(max((high - low) / frame))
            if share > room:
                self._away[2] *= share / room
                continue
            slack = frame * 0.985 - (high - low)
            middle = frame / 2 + np.clip(slack, 0, None) / 2 * np.array(pose.wander)
            for axis in (0, 1):
                extent = float((high - low)[axis])
                if pose.cut[axis] > 0:
                    middle[axis] = frame[axis] + extent * (pose.cut[axis] - 0.5)
                elif pose.cut[axis] < 0:
                    middle[axis] = extent * (pose.cut[axis] + 0.5)
            self._away[:2] += (middle - (low + high) / 2) * self._away[2] / focal
