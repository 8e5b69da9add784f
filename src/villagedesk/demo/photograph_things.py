"""What else lies on a window's table: pens, keys, a cup, a telephone, a keyboard, other papers; in millimetres."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.demo.photograph_truth import Pixels

Points = NDArray[np.float64]
Colour = tuple[float, float, float]


@dataclass
class Thing:
    """A thing as filled shapes from below to above; the first casts the shadow.

    Args:
        parts: outline (n × 2, millimetres about the thing's middle) and colour (BGR).
        high: millimetres; how far its shadow reaches.
        a_page: it could be taken for the paper to be photographed, were it seen whole.
    """

    parts: list[tuple[Points, Colour]] = field(default_factory=list)
    high: float = 8.0
    a_page: bool = False

    def add(self, outline: Points, colour: Colour) -> None:
        self.parts.append((outline, colour))


def lay(
    canvas: Pixels,
    things: list[tuple[Thing, tuple[float, float], float]],
    scale: float,
    light_from: float,
) -> list[Points]:
    """Put things onto a picture, with their shadows; gives the outline of each, pixels.

    Args:
        canvas: the picture; changed.
        things: each with its middle in pixels and its direction in radians.
        scale: pixels a millimetre.
        light_from: direction the light comes from, radians.
    """
    height, width = canvas.shape[:2]
    placed = []
    shade = np.zeros((math.ceil(height / 8), math.ceil(width / 8)), np.float32)
    for thing, at, angle in things:
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        parts = [(outline @ turn.T * scale + at, colour) for outline, colour in thing.parts]
        placed.append(parts)
        away = -np.array([math.cos(light_from), math.sin(light_from)]) * thing.high * 0.35 * scale
        cv2.fillPoly(shade, [np.round((parts[0][0] + away) / 8 * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    darken(canvas, np.asarray(cv2.GaussianBlur(shade, (0, 0), 0.8 + scale * 0.3), np.float32) * 0.5)
    for parts in placed:
        for outline, colour in parts:
            cv2.fillPoly(canvas, [np.round(outline * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)
    return [parts[0][0] for parts in placed]


def darken(canvas: Pixels, shade: NDArray[np.float32]) -> None:
    """Lay a shadow onto a picture.

    Args:
        canvas: the picture; changed.
        shade: an eighth of its size; 0 leaves a place as it is, 1 makes it black.
    """
    height, width = canvas.shape[:2]
    x, y, wide, high = cv2.boundingRect((shade > 0.004).astype(np.uint8))
    if wide == 0:
        return
    # One cell more on each side, cut to the picture: only where the shadow is, the picture is touched.
    left, top, right, bottom = max(0, x - 1), max(0, y - 1), min(shade.shape[1], x + wide + 1), y + high + 1
    bottom = min(shade.shape[0], bottom)
    small = ((1 - shade[top:bottom, left:right]) * 255).astype(np.uint8)
    kept = cv2.cvtColor(cv2.resize(small, None, fx=8, fy=8, interpolation=cv2.INTER_LINEAR), cv2.COLOR_GRAY2BGR)
    part = canvas[top * 8 : min(height, bottom * 8), left * 8 : min(width, right * 8)]
    cv2.multiply(part, kept[: part.shape[0], : part.shape[1]], part, scale=1 / 255)


def some_thing(rng: np.random.Generator, *, papers: bool = True) -> Thing:
    """One thing of those that lie about, drawn by chance; without papers and cards if those are not wanted."""
    makers = _MAKERS if papers else tuple(maker for maker in _MAKERS if maker not in (sheet_of_paper, _bank_card))
    return makers[int(rng.integers(0, len(makers)))](rng)


def thin_thing(rng: np.random.Generator) -> Thing:
    """Something narrow, as it is left lying on a paper."""
    makers = (pen, pen, _ruler, _spectacles, _cable, _keys)
    return makers[int(rng.integers(0, len(makers)))](rng)


def sheet_of_paper(rng: np.random.Generator) -> Thing:
    """Another paper: white or tinted, with grey lines where its text is."""
    width, height = [(210.0, 297.0), (148.0, 210.0), (210.0, 99.0), (90.0, 54.0)][int(rng.integers(0, 4))]
    shade = float(rng.uniform(205, 250))
    thing = Thing(high=1.0, a_page=True)
    thing.add(_box(0, 0, width, height), (shade - float(rng.uniform(0, 14)), shade, shade))
    ink = float(rng.uniform(90, 170))
    y = -height / 2 + 14
    while y < height / 2 - 12 and rng.random() > 0.03:
        long = (width - 30) * float(rng.choice([1.0, 1.0, 0.95, 0.6]))
        x = -width / 2 + 15
        while x < -width / 2 + 15 + long:
            word = float(rng.uniform(4, 22))
            thing.add(_box(x + word / 2, y, word, 2.2), (ink, ink, ink))
            x += word + 1.4
        y += float(rng.uniform(5.5, 8))
    return thing


def pen(rng: np.random.Generator) -> Thing:
    """A ballpoint pen or pencil."""
    long, thick = float(rng.uniform(135, 165)), float(rng.uniform(7, 10))
    colour = _any(rng)
    thing = Thing(high=thick)
    thing.add(_box(0, 0, long, thick, thick / 2), colour)
    thing.add(_box(-long * 0.36, 0, long * 0.24, thick, thick / 2), _darker(colour, 0.6))
    thing.add(_box(0, -thick * 0.2, long * 0.94, thick * 0.16), _darker(colour, 1.5))
    tip = np.array([[long / 2 - 2, -thick / 2.4], [long / 2 + 10, 0], [long / 2 - 2, thick / 2.4]])
    thing.add(tip, (150.0, 155.0, 160.0))
    return thing


def _keys(rng: np.random.Generator) -> Thing:
    thing = Thing(high=4)
    for turn in rng.uniform(-1.4, 1.4, int(rng.integers(2, 5))):
        metal = (120.0, 150.0, 170.0) if rng.random() < 0.5 else (168.0, 170.0, 172.0)
        spin = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        thing.add((_round(17, 0, 11, 12) @ spin.T), metal)
        blade = [(26, -3.5), (50, -3.5), (54, 0), (50, 3), (46, 2), (42, 4), (38, 2), (34, 4), (26, 3.5)]
        thing.add(np.array(blade) @ spin.T, metal)
        thing.add((_round(13, 0, 3, 3) @ spin.T), (40.0, 40.0, 40.0))
    thing.add(_round(0, 0, 13, 13), (140.0, 142.0, 145.0))
    thing.add(_round(0, 0, 11, 11), (60.0, 62.0, 66.0))
    return thing


def _cup(rng: np.random.Generator) -> Thing:
    wide = float(rng.uniform(33, 46))
    colour = _any(rng) if rng.random() < 0.6 else (235.0, 238.0, 240.0)
    thing = Thing(high=60)
    thing.add(_round(0, 0, wide, wide), colour)
    thing.add(_box(wide + 8, 0, 26, 9, 4), colour)
    thing.add(_round(0, 0, wide * 0.92, wide * 0.92), _darker(colour, 0.7))
    thing.add(_round(2, 2, wide * 0.84, wide * 0.84), [(40.0, 80.0, 110.0), (200.0, 205.0, 205.0)][rng.integers(0, 2)])
    return thing


def _telephone(rng: np.random.Generator) -> Thing:
    thing = Thing(high=9)
    thing.add(_box(0, 0, 76, 158, 10), _any(rng) if rng.random() < 0.4 else (28.0, 26.0, 26.0))
    thing.add(_box(0, 0, 71, 152, 8), (20.0, 18.0, 18.0) if rng.random() < 0.7 else (150.0, 120.0, 90.0))
    return thing


def _keyboard(rng: np.random.Generator) -> Thing:
    dark = rng.random() < 0.6
    thing = Thing(high=22)
    thing.add(_box(0, 0, 440, 140, 8), (36.0, 34.0, 34.0) if dark else (214.0, 218.0, 220.0))
    for row in range(5):
        for column in range(21):
            key = (58.0, 55.0, 54.0) if dark else (240.0, 243.0, 245.0)
            thing.add(_box(-200 + column * 20, -50 + row * 22, 16.5, 17, 2), key)
    return thing


def _ink_pad(rng: np.random.Generator) -> Thing:
    thing = Thing(high=18)
    if rng.random() < 0.5:
        thing.add(_round(0, 0, 40, 40), (70.0, 68.0, 66.0))
        thing.add(_round(0, 0, 33, 33), (40.0, 36.0, 190.0))
    else:
        thing.add(_box(0, 0, 112, 76, 4), (120.0, 60.0, 40.0))
        thing.add(_box(0, 0, 94, 58, 3), (44.0, 40.0, 180.0))
    return thing


def _ruler(rng: np.random.Generator) -> Thing:
    thing = Thing(high=2)
    long = float(rng.choice([160, 210, 320]))
    colour = [(90.0, 190.0, 220.0), (210.0, 200.0, 170.0), (150.0, 155.0, 160.0)][int(rng.integers(0, 3))]
    thing.add(_box(0, 0, long, 30), colour)
    for mark in np.arange(-long / 2 + 6, long / 2 - 4, 5.0):
        thing.add(_box(float(mark), -12, 0.5, 6), (50.0, 50.0, 50.0))
    return thing


def _folder(rng: np.random.Generator) -> Thing:
    thing = Thing(high=2, a_page=True)
    colours = [(170.0, 90.0, 30.0), (50.0, 60.0, 170.0), (60.0, 130.0, 60.0), (110.0, 170.0, 205.0)]
    colour = colours[int(rng.integers(0, 4))]
    thing.add(_box(0, 0, 230, 310, 4), colour)
    thing.add(_box(-90, 0, 2, 306), _darker(colour, 0.7))
    thing.add(_box(20, -80, 110, 50, 2), (225.0, 230.0, 232.0))
    return thing


def _spectacles(rng: np.random.Generator) -> Thing:
    thing = Thing(high=12)
    frame = _darker(_any(rng), 0.4)
    for side in (-1, 1):
        ring = np.concatenate([_round(side * 33, 0, 27, 20), _round(side * 33, 0, 24.5, 17.5)[::-1]])
        thing.add(ring, frame)
        thing.add(_box(side * 58, 34, 3, 70), frame)
    thing.add(_box(0, -6, 14, 3), frame)
    return thing


def _stapler(rng: np.random.Generator) -> Thing:
    thing = Thing(high=40)
    colour = _any(rng)
    thing.add(_box(0, 0, 130, 36, 8), (44.0, 44.0, 46.0))
    thing.add(_box(4, 0, 112, 28, 8), colour)
    thing.add(_box(0, -6, 90, 4, 2), _darker(colour, 1.4))
    return thing


def _cable(rng: np.random.Generator) -> Thing:
    along = np.linspace(-220, 220, 60)
    wave = np.sin(along / float(rng.uniform(40, 90)) + float(rng.uniform(0, 6))) * float(rng.uniform(10, 50))
    thing = Thing(high=4)
    upper = np.column_stack([along, wave - 2])
    thing.add(np.concatenate([upper, upper[::-1] + np.array([0, 4])]), (30.0, 30.0, 30.0))
    return thing


def _bank_card(rng: np.random.Generator) -> Thing:
    thing = Thing(high=1, a_page=True)
    thing.add(_box(0, 0, 85.6, 54, 3.2), _any(rng))
    thing.add(_box(-26, -4, 13, 10, 2), (100.0, 170.0, 200.0))
    thing.add(_box(0, 12, 66, 4), (220.0, 225.0, 225.0))
    return thing


_MAKERS: tuple[Callable[[np.random.Generator], Thing], ...] = (
    pen,
    pen,
    sheet_of_paper,
    sheet_of_paper,
    _keys,
    _cup,
    _telephone,
    _keyboard,
    _ink_pad,
    _ruler,
    _folder,
    _spectacles,
    _stapler,
    _cable,
    _bank_card,
)


def _box(x: float, y: float, width: float, height: float, radius: float = 0.0) -> Points:
    if radius <= 0:
        return np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (width / 2, height / 2) + (x, y)
    steps = np.linspace(0, math.pi / 2, 6)
    arc = np.column_stack([np.cos(steps), np.sin(steps)]) * radius
    corners = []
    for quarter in range(4):
        turn = quarter * math.pi / 2
        spin = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        sign = [(1, 1), (-1, 1), (-1, -1), (1, -1)][quarter]
        corners.append(arc @ spin.T + np.array(sign) * (width / 2 - radius, height / 2 - radius))
    return np.asarray(np.concatenate(corners) + np.array([x, y]), np.float64)


def _round(x: float, y: float, wide: float, high: float) -> Points:
    steps = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    return np.column_stack([np.cos(steps) * wide + x, np.sin(steps) * high + y])


def _any(rng: np.random.Generator) -> Colour:
    first, second, third = (float(v) for v in rng.uniform(15, 215, 3))
    return first, second, third


def _darker(colour: Colour, by: float) -> Colour:
    first, second, third = (min(255.0, part * by) for part in colour)
    return first, second, third
