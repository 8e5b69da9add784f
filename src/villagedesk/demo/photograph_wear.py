"""What a paper went through before it was photographed: creases, stains, punched holes, print of its other side."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.demo.photograph_shape import Shape
from villagedesk.demo.photograph_sheet import Sheet
from villagedesk.demo.photograph_truth import Pixels

Stream = Callable[[str], np.random.Generator]


@dataclass
class Worn:
    """A paper with its wear.

    Args:
        page: height × width × 3, BGR.
        cover: height × width; 255 where there is paper, 0 where the table is seen through or beside it.
        missing: the corner (0 … 3) that is folded over, if one is.
        flap: outline of what that hides, millimetres.
    """

    page: Pixels
    cover: Pixels
    missing: int | None = None
    flap: NDArray[np.float64] | None = None


def worn(page: Pixels, sheet: Sheet, shape: Shape, defects: Collection[str], stream: Stream) -> Worn:
    """Wear a sheet as the defects say.

    Args:
        page: the paper as it was printed; not changed.
        sheet: what it was printed on.
        shape: how it lies; its creases are drawn.
        defects: of these ``faint``, ``show_through``, ``stains``, ``holes`` and ``dog_ear`` are done here.
        stream: gives the chance for each of them by its name.
    """
    paper = Worn(page.copy(), _round_corners(page.shape[1], page.shape[0], sheet))
    per_mm = sheet.dpi / 25.4
    if "faint" in defects:
        _faint(paper, stream("faint"))
    if "show_through" in defects:
        _show_through(paper, per_mm, stream("show_through"))
    if "stains" in defects:
        _stains(paper, sheet, per_mm, stream("stains"))
    for x, y, angle in shape.creases:
        _crease(paper, sheet, per_mm, (x, y), angle, stream("crease"))
    if "holes" in defects:
        _holes(paper, sheet, per_mm, stream("holes"))
    if "dog_ear" in defects:
        _dog_ear(paper, sheet, per_mm, stream("dog_ear"))
    return paper


def _round_corners(width: int, height: int, sheet: Sheet) -> Pixels:
    cover = np.full((height, width), 255, np.uint8)
    if sheet.radius > 0:
        reach = round(sheet.radius * width / sheet.width)
        cover[:] = 0
        for x in (reach, width - 1 - reach):
            for y in (reach, height - 1 - reach):
                cv2.circle(cover, (x, y), reach, 255, -1, cv2.LINE_AA)
        cover[reach : height - reach] = 255
        cover[:, reach : width - reach] = 255
    return cover


def _faint(paper: Worn, rng: np.random.Generator) -> None:
    """A copy of a copy, or the last of the toner: pale and blotched, with specks of dust."""
    height, width = paper.page.shape[:2]
    blotches = rng.uniform(0.65, 1.0, (9, 7)).astype(np.float32)
    kept = cv2.resize(blotches, (width // 4, height // 4), interpolation=cv2.INTER_CUBIC) * float(
        rng.uniform(0.35, 0.6)
    )
    ground = np.percentile(paper.page[::16, ::16].reshape(-1, 3), 85, axis=0)
    full = cv2.cvtColor(cv2.resize(np.clip(kept * 255, 0, 255).astype(np.uint8), (width, height)), cv2.COLOR_GRAY2BGR)
    # What print takes away from the paper's colour, and how much of that comes back.
    taken = cv2.subtract(np.broadcast_to(ground.astype(np.uint8), paper.page.shape).copy(), paper.page)
    cv2.add(paper.page, cv2.subtract(taken, cv2.multiply(taken, full, scale=1 / 255)), paper.page)
    for _ in range(int(rng.integers(10, 60))):
        at = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        cv2.circle(
            paper.page, at, int(rng.integers(1, 3)), tuple(float(v) for v in rng.uniform(30, 120, 1).repeat(3)), -1
        )


def _show_through(paper: Worn, per_mm: float, rng: np.random.Generator) -> None:
    """The other side's print, mirrored and soft: here the same page, moved a little, stands for it."""
    back = cv2.flip(cv2.cvtColor(paper.page, cv2.COLOR_BGR2GRAY), 1)
    small = cv2.resize(back, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    small = np.roll(small, tuple(int(v) for v in rng.integers(-40, 40, 2)), (0, 1))
    soft = cv2.GaussianBlur(small, (0, 0), 0.12 * per_mm)
    faint = np.asarray(soft, np.float32)
    ground = float(np.percentile(faint, 90))
    share = float(rng.uniform(0.08, 0.22))
    kept = np.clip(255 * (1 - share * np.clip((ground - faint) / max(ground, 1.0), 0, 1)), 0, 255)
    _multiply(paper.page, kept.astype(np.uint8))


def _stains(paper: Worn, sheet: Sheet, per_mm: float, rng: np.random.Generator) -> None:
    """Tea rings, drops, greasy finger marks."""
    scale = 0.25
    wide, high = round(sheet.width * per_mm * scale), round(sheet.height * per_mm * scale)
    small = per_mm * scale
    layer = np.ones((high, wide, 3), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        at = rng.uniform(0, 1, 2) * (wide, high)
        strength = float(rng.uniform(0.1, 0.35))
        tint = np.array([0.95, 0.6, 0.35]) if rng.random() < 0.7 else np.array([0.6, 0.55, 0.5])
        mark = np.zeros((high, wide), np.float32)
        if rng.random() < 0.4:
            radius = float(rng.uniform(28, 42)) * small
            thick = max(1, round(float(rng.uniform(1.2, 3)) * small))
            start = float(rng.uniform(0, 360))
            reach = float(rng.uniform(150, 360))
            centre = (int(at[0]), int(at[1]))
            cv2.ellipse(mark, centre, (int(radius), int(radius)), 0, start, start + reach, 1.0, thick, cv2.LINE_AA)
        else:
            turns = np.linspace(0, 2 * math.pi, 24, endpoint=False)
            radius = float(rng.uniform(2, 16)) * small
            reach_of = radius * (1 + 0.25 * rng.standard_normal(24).cumsum() / 5)
            blot = at + np.column_stack([np.cos(turns), np.sin(turns)]) * np.abs(reach_of)[:, None]
            cv2.fillPoly(mark, [blot.astype(np.int32)], 0.7, cv2.LINE_AA)
            cv2.polylines(mark, [blot.astype(np.int32)], True, 1.0, max(1, round(0.5 * small)), cv2.LINE_AA)
        soft = np.asarray(cv2.GaussianBlur(mark, (0, 0), float(rng.uniform(0.25, 0.9)) * small), np.float32)
        layer *= 1 - soft[:, :, None] * (strength * tint).astype(np.float32)
    _multiply(paper.page, np.clip(layer * 255, 0, 255).astype(np.uint8))


def _crease(
    paper: Worn, sheet: Sheet, per_mm: float, at: tuple[float, float], angle: float, rng: np.random.Generator
) -> None:
    """The line a fold leaves: a dark and a light thread beside each other, broken here and there."""
    along = np.array([-math.sin(angle), math.cos(angle)])
    length = math.hypot(sheet.width, sheet.height)
    steps = np.linspace(-length, length, 160)
    path = np.array(at) + steps[:, None] * along
    path += rng.normal(0, 0.12, (160, 2))
    for shift, value in ((0.0, -float(rng.uniform(18, 60))), (0.35, float(rng.uniform(6, 24)))):
        moved = (path + np.array([math.cos(angle), math.sin(angle)]) * shift) * per_mm
        mark = np.zeros(paper.page.shape[:2], np.uint8)
        for start in range(0, 159):
            if rng.random() < 0.12:
                continue
            ends = np.round(moved[start : start + 2] * 16).astype(int)
            cv2.line(mark, tuple(ends[0]), tuple(ends[1]), 255, max(1, round(0.22 * per_mm)), cv2.LINE_AA, 4)
        where = cv2.boundingRect(mark)
        part = (slice(where[1], where[1] + where[3]), slice(where[0], where[0] + where[2]))
        changed = paper.page[part] + (mark[part][:, :, None] / np.float32(255)) * np.float32(value)
        paper.page[part] = np.clip(changed, 0, 255).astype(np.uint8)


def _holes(paper: Worn, sheet: Sheet, per_mm: float, rng: np.random.Generator) -> None:
    """Two or four punched holes (6 mm across, 80 mm apart, 12 mm from the edge, ISO 838), or a staple's two pricks."""
    if rng.random() < 0.25:
        x, y = float(rng.uniform(5, 15)), float(rng.uniform(5, 15))
        for away in (0.0, 10.0):
            _hole(paper, (x + away * 0.7, y + away * 0.7), 0.6, per_mm)
        return
    tall = sheet.height >= sheet.width or rng.random() < 0.5
    length = sheet.height if tall else sheet.width
    apart = 80.0 if length > 120 else length * 0.5
    places = [-apart / 2, apart / 2] if rng.random() < 0.7 or length < 250 else [-120.0, -40.0, 40.0, 120.0]
    for place in places:
        along = length / 2 + place + float(rng.uniform(-0.5, 0.5))
        deep = 12 + float(rng.uniform(-2, 2))
        _hole(paper, (deep, along) if tall else (along, deep), 3.0, per_mm)


def _hole(paper: Worn, at: tuple[float, float], radius: float, per_mm: float) -> None:
    centre = (round(at[0] * per_mm), round(at[1] * per_mm))
    cv2.circle(paper.cover, centre, max(1, round(radius * per_mm)), 0, -1, cv2.LINE_AA)


def _dog_ear(paper: Worn, sheet: Sheet, per_mm: float, rng: np.random.Generator) -> None:
    """One corner folded over: the table shows where it was, its back lies on the print, with a shadow along it."""
    corner = int(rng.integers(0, 4))
    longest = min(sheet.width, sheet.height) * 0.3
    legs = rng.uniform(0.3, 1.0, 2) * min(38.0, longest)
    at = np.array([(0, 0), (sheet.width, 0), (sheet.width, sheet.height), (0, sheet.height)][corner], np.float64)
    inward = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)][corner], np.float64)
    first, second = at + inward * (legs[0], 0), at + inward * (0, legs[1])
    along = (second - first) / np.linalg.norm(second - first)
    foot = first + along * float((at - first) @ along)
    tip = 2 * foot - at
    _fill(paper.cover, np.array([at - inward * 2, first - inward * (0, 2), second - inward * (2, 0)]), per_mm, 0)
    _fill(paper.cover, np.array([at, first, second]), per_mm, 0)
    flap = np.array([first, second, tip])
    shade = np.zeros(paper.page.shape[:2], np.uint8)
    _fill(shade, flap + rng.uniform(-1.0, 1.0, 2), per_mm, 255)
    x, y, wide, high = cv2.boundingRect(shade)
    edge = round(4 * per_mm)
    rows = slice(max(0, y - edge), y + high + edge)
    columns = slice(max(0, x - edge), x + wide + edge)
    soft = cv2.GaussianBlur(shade[rows, columns], (0, 0), 0.9 * per_mm).astype(np.float32) / 255
    part = paper.page[rows, columns]
    paper.page[rows, columns] = np.clip(part * (1 - 0.4 * soft)[:, :, None], 0, 255).astype(np.uint8)
    # The back is white, a little darker than the front, and darker towards the fold.
    ground = np.percentile(paper.page[::16, ::16].reshape(-1, 3), 80, axis=0) * float(rng.uniform(0.86, 0.98))
    back = np.zeros(paper.page.shape[:2], np.uint8)
    _fill(back, flap, per_mm, 255)
    paper.page[back > 127] = ground.astype(np.uint8)
    paper.missing, paper.flap = corner, np.array([at, first, tip, second])


def _fill(canvas: NDArray[np.uint8], outline: NDArray[np.float64], per_mm: float, value: int) -> None:
    cv2.fillPoly(canvas, [np.round(outline * per_mm * 16).astype(np.int32)], value, cv2.LINE_AA, 4)


def _multiply(page: Pixels, small: NDArray[np.uint8]) -> None:
    full = cv2.resize(small, (page.shape[1], page.shape[0]), interpolation=cv2.INTER_LINEAR)
    if full.ndim == 2:
        full = cv2.cvtColor(full, cv2.COLOR_GRAY2BGR)
    cv2.multiply(page, full, page, scale=1 / 255)
