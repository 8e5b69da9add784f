"""What a generated photograph really shows: the truth that the program under test is never told."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class TextLine:
    """One line of text on the paper.

    Args:
        text: as a person reads it.
        box: left, top, right, bottom of its ink in millimetres on the flat paper, from its top left corner.
        hand: ``"printed"``, ``"handwritten"`` or ``"pencil"``.
    """

    text: str
    box: Box
    hand: str = "printed"


@dataclass(frozen=True)
class Code:
    """A bar code on the paper.

    Args:
        text: what it says.
        symbology: ``"qr_code"`` or ``"code_128"``.
        box: left, top, right, bottom in millimetres on the flat paper, with its quiet zone.
    """

    text: str
    symbology: str
    box: Box


def on_mesh(mesh: NDArray[np.float64], size: tuple[float, float], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where points of a paper (n × 2, millimetres) are in the picture, by its mesh (see ``Generated``)."""
    rows, columns = mesh.shape[:2]
    x = np.asarray(points)[:, 0] / size[0] * (columns - 1)
    y = np.asarray(points)[:, 1] / size[1] * (rows - 1)
    left = np.clip(np.floor(x).astype(int), 0, columns - 2)
    top = np.clip(np.floor(y).astype(int), 0, rows - 2)
    right, low = (x - left)[:, None], (y - top)[:, None]
    upper = mesh[top, left] * (1 - right) + mesh[top, left + 1] * right
    lower = mesh[top + 1, left] * (1 - right) + mesh[top + 1, left + 1] * right
    return np.asarray(upper * (1 - low) + lower * low, np.float64)


def _no_mesh() -> NDArray[np.float64]:
    return np.zeros((0, 0, 2))


@dataclass(frozen=True)
class Generated:
    """A photograph and what it shows.

    Args:
        jpeg: the picture as a camera would give it.
        corners: 4 × 2, where the paper's corners are, in the picture's pixels (centre of the first pixel is 0, 0):
            top left, top right, bottom right, bottom left *as the paper is read*, whichever way it lies. They may lie
            outside the picture, under a thumb, or (folded over) where they would be if they were unfolded.
        kind: which paper.
        page: the flat paper as printed, height × width × 3, BGR, ``dpi`` dots an inch: before it was folded, stained
            or punched.
        dpi: of ``page``.
        size: width and height of the paper, millimetres, as it is read.
        lines: its text. Seals and pale sample marks are not in it.
        codes: its bar codes.
        turn: by how many degrees the paper lies turned clockwise in the picture: 0, 90, 180 or 270, and some more or
            less (``slant``).
        slant: what it lies askew beyond that, degrees clockwise.
        whole: all of the paper is inside the picture.
        unreadable: which of ``lines`` (their places in it) are partly outside the picture, under a hand, a thing or the
            paper's own folded corner, or washed out by glare. Blur, noise and shadow hide nothing.
        covered: which corners (0 … 3) nobody can see: outside the picture, under something, or folded over.
        table: what it lies on.
        light: what light falls on it.
        defects: what else was made difficult, by name.
        mesh: rows × columns × 2, where an even grid over the flat paper (its first point the top left corner, its last
            the bottom right) lies in the picture. Follows curl and folds. Empty where the paper is flat.
    """

    jpeg: bytes
    corners: NDArray[np.float64]
    kind: str
    page: Pixels
    dpi: float = 200.0
    size: tuple[float, float] = (0.0, 0.0)
    lines: tuple[TextLine, ...] = ()
    codes: tuple[Code, ...] = ()
    turn: int = 0
    slant: float = 0.0
    whole: bool = True
    covered: tuple[int, ...] = ()
    unreadable: tuple[int, ...] = ()
    table: str = ""
    light: str = ""
    defects: tuple[str, ...] = ()
    mesh: NDArray[np.float64] = field(default_factory=_no_mesh)

    def in_picture(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points of the paper (n × 2, millimetres from its top left corner) are in the picture, in pixels."""
        if self.mesh.size == 0:
            width, height = self.size
            rim = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
            plane = cv2.getPerspectiveTransform(rim, self.corners.astype(np.float32))
            return np.asarray(cv2.perspectiveTransform(points[None].astype(np.float64), plane)[0], np.float64)
        return on_mesh(self.mesh, self.size, points)

    def outline(self, points_per_side: int = 24) -> NDArray[np.float64]:
        """The paper's rim in the picture, clockwise as read, n × 2 pixels; bent where the paper is bent."""
        width, height = self.size
        steps = np.linspace(0, 1, points_per_side, endpoint=False)
        still = np.zeros_like(steps)
        sides = [
            np.column_stack([steps * width, still]),
            np.column_stack([still + width, steps * height]),
            np.column_stack([(1 - steps) * width, still + height]),
            np.column_stack([still, (1 - steps) * height]),
        ]
        return self.in_picture(np.concatenate(sides))
