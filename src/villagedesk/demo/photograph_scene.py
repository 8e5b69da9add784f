"""Hard photographs: any paper, any way round, on any table, in any light, with the accidents of a working day.

``scene`` draws everything from the seed by the shares written in ``photograph_mix``; each part has its own stream of
chance, so that a table, a light or a set of defects can be given and the rest stays as it was.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.demo.photograph_camera import View
from villagedesk.demo.photograph_grounds import beyond_the_edge, ground
from villagedesk.demo.photograph_hand import hold
from villagedesk.demo.photograph_hidden import Hidden
from villagedesk.demo.photograph_kinds import CARDS
from villagedesk.demo.photograph_lay import another_below, glare, lay_paper, rim_of, shadow_of_paper
from villagedesk.demo.photograph_light import light_field
from villagedesk.demo.photograph_mix import Plan, empty_plan, plan
from villagedesk.demo.photograph_sensor import expose
from villagedesk.demo.photograph_shape import Shape
from villagedesk.demo.photograph_sheet import Sheet
from villagedesk.demo.photograph_things import Thing, lay, some_thing, thin_thing
from villagedesk.demo.photograph_truth import Generated, Pixels
from villagedesk.demo.photograph_wear import worn

_FRAME = (4000, 3000)


def scene(
    seed: int,
    *,
    font: Path,
    megapixels: float = 12.0,
    held_out: bool = False,
    kind: str | None = None,
    table: str | None = None,
    light: str | None = None,
    defects: Collection[str] | None = None,
) -> Generated:
    """Take one hard photograph of an invented paper.

    Args:
        seed: decides everything that is left to chance.
        font: a TrueType file with common Chinese characters.
        megapixels: size of the 4:3 picture.
        held_out: draw from the papers, tables and lights that nothing is tuned on, too.
        kind: one of ``SCENE_KINDS`` or ``HELD_OUT_KINDS``, instead of what the seed draws.
        table: one of ``GROUNDS`` or ``HELD_OUT_GROUNDS``, likewise.
        light: one of ``LIGHTS`` or ``HELD_OUT_LIGHTS``, likewise.
        defects: some of ``DEFECTS``, likewise; an empty collection for none.

    Raises:
        KeyError: for a kind, table, light or defect that is not known.
    """
    drawn = plan(seed, held_out, kind=kind, table=table, light=light, defects=defects)
    sheet = drawn.draw(font, drawn.stream("paper"))
    page = sheet.pixels()
    shape = _shape(drawn, sheet)
    width, height = _size(megapixels, drawn.upright_frame)
    view = View(shape, drawn.pose(sheet.width, sheet.height), width, height)
    paper = worn(page, sheet, shape, drawn.defects, drawn.stream)
    towards = float(drawn.stream("sun").uniform(0, 2 * math.pi))

    top = ground(drawn.table, width, height, drawn.stream("table"))
    happened = set(drawn.defects)
    if "table_edge" in happened:
        outline = view.mesh(9).reshape(-1, 2)
        if not beyond_the_edge(top, outline, view.pixels_per_mm(), drawn.stream("table_edge")):
            happened.remove("table_edge")
    if "clutter" in drawn.defects:
        lay(top, _clutter(view, drawn.stream("clutter")), view.pixels_per_mm(), towards)
    if "two_papers" in drawn.defects:
        another_below(top, view, font, towards, drawn.stream("two_papers"))
    shadow_of_paper(top, view, towards, drawn.stream("shadow"))
    lay_paper(top, paper.page, paper.cover, view, towards)
    corners, mesh = view.corners(), view.mesh()
    hidden = _on_top(top, view, drawn, towards)

    field = light_field(drawn.light, max(2, width // 4), max(2, height // 4), drawn.stream("light"), towards)
    lit = _lit(top, field * drawn.exposure)
    if "glare" in drawn.defects:
        hidden.washed_out(glare(lit, mesh, drawn.kind in CARDS, drawn.stream("glare")))
    if paper.flap is not None:
        hidden.folded(paper.flap)
    covered = hidden.corners(corners) | ({paper.missing} if paper.missing is not None else set())
    return Generated(
        expose(lit, drawn.sensor, drawn.stream("noise")),
        corners,
        drawn.kind,
        page,
        dpi=sheet.dpi,
        size=(sheet.width, sheet.height),
        lines=sheet.lines(),
        codes=sheet.codes(),
        turn=drawn.turn,
        slant=drawn.slant,
        # The first pixel reaches from -0.5 to 0.5.
        whole=bool((mesh >= -0.5).all() and (mesh <= np.array([width, height]) - 0.5).all()),
        covered=tuple(sorted(covered)),
        unreadable=hidden.lines(sheet.lines(), mesh, (sheet.width, sheet.height)),
        table=drawn.table,
        light=drawn.light,
        defects=tuple(sorted(happened)),
        mesh=mesh,
    )


def empty_scene(
    seed: int,
    *,
    megapixels: float = 12.0,
    held_out: bool = False,
    table: str | None = None,
    clutter: bool | None = None,
) -> bytes:
    """A photograph (JPEG) of a table with no paper on it, bare or with things at its rim.

    Args:
        seed: decides everything that is left to chance.
        megapixels: size of the 4:3 picture.
        held_out: draw from the tables and lights that nothing is tuned on, too.
        table: one of ``GROUNDS`` or ``HELD_OUT_GROUNDS``, instead of what the seed draws.
        clutter: whether things lie there; otherwise the seed decides, half of the time.

    Raises:
        KeyError: for an unknown table.
    """
    drawn = empty_plan(seed, held_out, table)
    width, height = _size(megapixels, drawn.upright_frame)
    top = ground(drawn.table, width, height, drawn.stream("table"))
    rng = drawn.stream("clutter")
    towards = float(drawn.stream("sun").uniform(0, 2 * math.pi))
    if rng.random() < 0.5 if clutter is None else clutter:
        # A hand's breadth of table between what lies there: things that cover the middle are not an empty table.
        scale = max(width, height) / float(rng.uniform(320, 460))
        things = []
        for _ in range(int(rng.integers(2, 8))):
            side, share = int(rng.integers(0, 4)), float(rng.uniform(0, 1))
            at = [(share, -0.02), (share, 1.02), (-0.02, share), (1.02, share)][side]
            thing = some_thing(rng, papers=False)
            things.append((thing, (at[0] * width, at[1] * height), float(rng.uniform(0, 2 * math.pi))))
        lay(top, things, scale, towards)
    field = light_field(drawn.light, max(2, width // 4), max(2, height // 4), drawn.stream("light"), towards)
    return expose(_lit(top, field * drawn.exposure), drawn.sensor, drawn.stream("noise"))


def _size(megapixels: float, upright: bool) -> tuple[int, int]:
    scale = math.sqrt(megapixels * 1e6 / (_FRAME[0] * _FRAME[1]))
    wide, high = round(_FRAME[0] * scale), round(_FRAME[1] * scale)
    return (high, wide) if upright else (wide, high)


def _shape(drawn: Plan, sheet: Sheet) -> Shape:
    shape = Shape(sheet.width, sheet.height)
    rng = drawn.stream("shape")
    if "fold" in drawn.defects:
        shape.fold(rng)
    if "curl" in drawn.defects:
        shape.curl(rng, float(rng.uniform(0.6, 1.9)))
    if "crumple" in drawn.defects:
        shape.crumple(rng)
    return shape


def _on_top(top: Pixels, view: View, drawn: Plan, towards: float) -> Hidden:
    """What lies or is held over the paper: things and a hand; changes ``top``."""
    hidden = Hidden(view.width, view.height)
    scale = view.pixels_per_mm()
    rim = view.of_paper(rim_of(view.shape.width, view.shape.height))
    if "on_top" in drawn.defects:
        rng = drawn.stream("on_top")
        x, y = (float(v) for v in rim[int(rng.integers(0, len(rim)))])
        placed = (thin_thing(rng), (x, y), float(rng.uniform(0, 2 * math.pi)))
        mask = np.zeros((-(-view.height // 4), -(-view.width // 4)), np.uint8)
        for outline in lay(top, [placed], scale, towards):
            cv2.fillPoly(mask, [np.round(outline / 4).astype(np.int32)], 255)
        hidden.under(mask)
    if "thumb" in drawn.defects:
        hidden.under(hold(top, rim, scale, towards, drawn.stream("thumb")))
    return hidden


def _clutter(view: View, rng: np.random.Generator) -> list[tuple[Thing, tuple[float, float], float]]:
    """Things around the paper; flat ones may reach under it, tall ones stand beside it."""
    paper = view.mesh(9)
    rim = cv2.convexHull(paper.reshape(-1, 2).astype(np.float32))
    wide, high = view.width, view.height
    frame = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    scale = view.pixels_per_mm()
    things: list[tuple[Thing, tuple[float, float], float]] = []
    for _ in range(int(rng.integers(3, 9))):
        thing = some_thing(rng)
        outline = thing.parts[0][0]
        for _ in range(14):
            x, y = (float(v) for v in rng.uniform(-0.08, 1.08, 2) * (view.width, view.height))
            angle = float(rng.uniform(0, 2 * math.pi))
            turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
            placed = cv2.convexHull((outline @ turn.T * scale + (x, y)).astype(np.float32))
            area = cv2.contourArea(placed)
            shared = cv2.intersectConvexConvex(rim, placed)[0]
            seen = cv2.intersectConvexConvex(frame, placed)[0] - shared
            # Flat things may lie under it, but not so that it lies on one of them as on a table of its own; and no
            # other paper may be there whole, or nobody could say which is meant.
            under = thing.high <= 2 and shared < min(0.9 * area, 0.6 * cv2.contourArea(rim))
            if (shared == 0 or under) and not (thing.a_page and seen > 0.85 * area):
                things.append((thing, (x, y), angle))
                break
    return things


def _lit(top: Pixels, field: NDArray[np.float32]) -> Pixels:
    height, width = top.shape[:2]
    small = np.clip(field * 150, 0, 255).astype(np.uint8)
    full = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(top, full, scale=1 / 150), np.uint8)
