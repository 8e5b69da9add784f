"""The hard mix: how often each paper, table, light and accident is drawn, and what a seed draws."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from villagedesk.demo.photograph_camera import Pose
from villagedesk.demo.photograph_grounds import GROUNDS, HELD_OUT_GROUNDS
from villagedesk.demo.photograph_kinds import CARDS, DRAWERS, HELD_OUT_KINDS, SCENE_KINDS
from villagedesk.demo.photograph_light import HELD_OUT_LIGHTS, LIGHTS
from villagedesk.demo.photograph_sensor import Sensor
from villagedesk.demo.photograph_sheet import Sheet

_TABLES = {
    "dark": 0.16,
    "wood": 0.18,
    "light": 0.12,
    "tiles": 0.06,
    "white": 0.16,
    "stone": 0.1,
    "glass": 0.1,
    "mat": 0.12,
}
_LIGHTS = {
    "even": 0.2,
    "lamp": 0.16,
    "window": 0.14,
    "warm": 0.1,
    "cold": 0.08,
    "arm": 0.12,
    "head": 0.08,
    "hard": 0.12,
}
_HELD_OUT_SHARE = 0.5
"""How often a held-out seed draws a held-out table; likewise a held-out light, and (at half of that) paper."""

DEFECTS: Mapping[str, float] = {
    "clutter": 0.4,
    "two_papers": 0.09,
    "on_top": 0.05,
    "thumb": 0.14,
    "outside": 0.06,
    "fold": 0.18,
    "curl": 0.15,
    "crumple": 0.06,
    "dog_ear": 0.06,
    "holes": 0.07,
    "stains": 0.09,
    "show_through": 0.1,
    "glare": 0.1,
    "lens": 0.3,
    "noisy": 0.15,
    "dim": 0.08,
    "motion": 0.05,
    "defocus": 0.06,
    "faint": 0.06,
    "table_edge": 0.1,
}
"""What may be made difficult, and how often it is, on the four days of five that are not good days (``_GOOD_DAY``).
What only paper does (``_OF_PAPER``) never happens to cards; they shine twice as often. Receipts come off a roll and
curl three times as often."""

_GOOD_DAY = 0.2
_OF_PAPER = frozenset({"fold", "curl", "crumple", "dog_ear", "holes", "stains", "show_through", "faint"})


@dataclass(frozen=True)
class Plan:
    """What one seed draws.

    Args:
        seed, held_out: as given.
        kind, table, light, defects: see ``Generated``.
        turn: quarter turns clockwise, degrees.
        slant: degrees clockwise beyond that.
        upright_frame: the picture is 3:4 instead of 4:3, as telephones take them.
        telephone: held in a hand, not on a document camera's arm.
        sensor: how the camera takes it.
        exposure: how bright white paper in full light comes out, 1 is 255.
    """

    seed: int
    held_out: bool
    kind: str
    table: str
    light: str
    defects: frozenset[str]
    turn: int
    slant: float
    upright_frame: bool
    telephone: bool
    sensor: Sensor
    exposure: float

    @property
    def draw(self) -> Callable[[Path, np.random.Generator], Sheet]:
        """What draws the paper."""
        return DRAWERS[self.kind]

    def stream(self, name: str) -> np.random.Generator:
        """The chance for one part of the picture, always the same for the same seed and name."""
        return stream(self.seed, self.held_out, name)

    def pose(self, paper_width: float, paper_height: float) -> Pose:
        """Where the camera stands for a paper of that size (millimetres)."""
        rng = self.stream("camera")
        large = max(paper_width, paper_height)
        if self.telephone:
            tilt = np.clip(rng.normal(0, 8.5, 2), -22, 22)
            focal = float(rng.uniform(0.72, 0.95))
            # Held so near that the paper fills the picture, but a small one not nearer than the lens can focus.
            covers = max(large / float(rng.uniform(0.5, 0.95)), float(rng.uniform(110, 160)))
        else:
            tilt = np.clip(rng.normal(0, 2.5, 2), -7, 7)
            focal = float(rng.uniform(0.85, 1.3))
            # The arm is set for A4, whatever lies under it.
            covers = float(rng.uniform(310, 440))
        cut = [0.0, 0.0]
        if "outside" in self.defects:
            axis = int(rng.integers(0, 2))
            cut[axis] = float(rng.uniform(0.02, 0.1)) * float(rng.choice([-1, 1]))
        return Pose(
            turn=self.turn,
            slant=self.slant,
            tilt=(float(tilt[0]), float(tilt[1])),
            focal=focal,
            covers=covers,
            wander=(float(rng.uniform(-0.85, 0.85)), float(rng.uniform(-0.85, 0.85))),
            cut=(cut[0], cut[1]),
            barrel=float(rng.uniform(-0.035, 0.03)) if "lens" in self.defects else 0.0,
        )


def stream(seed: int, held_out: bool, name: str) -> np.random.Generator:
    """A generator of its own for each seed, range and name."""
    return np.random.default_rng([seed, int(held_out), zlib.crc32(name.encode())])


def plan(
    seed: int,
    held_out: bool = False,
    *,
    kind: str | None = None,
    table: str | None = None,
    light: str | None = None,
    defects: Collection[str] | None = None,
) -> Plan:
    """What a seed draws; what is given is taken instead.

    Raises:
        KeyError: for a kind, table, light or defect that is not known.
    """
    _known(kind, (*SCENE_KINDS, *HELD_OUT_KINDS))
    _known(table, (*GROUNDS, *HELD_OUT_GROUNDS))
    _known(light, (*LIGHTS, *HELD_OUT_LIGHTS))
    for defect in defects or ():
        _known(defect, tuple(DEFECTS))
    rng = stream(seed, held_out, "plan")
    drawn_kind = _drawn(SCENE_KINDS, HELD_OUT_KINDS, rng, held_out, _HELD_OUT_SHARE / 2)
    drawn_table = _drawn(_TABLES, dict.fromkeys(HELD_OUT_GROUNDS, 1.0), rng, held_out)
    drawn_light = _drawn(_LIGHTS, dict.fromkeys(HELD_OUT_LIGHTS, 1.0), rng, held_out)
    chosen = kind or drawn_kind
    # A stream for each name: a new accident does not change what the others do.
    chance = {name: float(stream(seed, held_out, "chance of " + name).random()) for name in DEFECTS}
    good_day = rng.random() < _GOOD_DAY
    shares = dict(DEFECTS)
    if chosen in CARDS:
        shares["glare"] *= 2
    elif chosen == "receipt":
        shares["curl"] *= 3
    happened = {name for name in DEFECTS if chance[name] < shares[name] and not good_day}
    if defects is not None:
        happened = set(defects)
    if chosen in CARDS:
        happened -= _OF_PAPER
    pose = stream(seed, held_out, "pose")
    telephone = bool(pose.random() < 0.4)
    # Most lie nearly straight; now and then one lies anyhow.
    spread = 6.0 if pose.random() < 0.93 else 13.0
    # As often upright as all others together would be unlike any day: but every way round is common.
    turn = int(pose.choice([0, 90, 180, 270], p=[0.4, 0.22, 0.16, 0.22]))
    return Plan(
        seed=seed,
        held_out=held_out,
        kind=chosen,
        table=table or drawn_table,
        light=light or drawn_light,
        defects=frozenset(happened),
        turn=turn,
        slant=float(np.clip(pose.normal(0, spread), -20, 20)),
        upright_frame=bool(telephone and pose.random() < 0.6),
        telephone=telephone,
        sensor=_sensor(happened, stream(seed, held_out, "sensor")),
        exposure=_exposure(happened, stream(seed, held_out, "exposure")),
    )


def empty_plan(seed: int, held_out: bool, table: str | None) -> Plan:
    """What a seed draws for a table with no paper on it.

    Raises:
        KeyError: for an unknown table.
    """
    drawn = plan(seed + 1_000_000_007, held_out, table=table)
    return drawn


def _sensor(defects: Collection[str], rng: np.random.Generator) -> Sensor:
    shake, defocus, noise = float(rng.uniform(5, 16)), float(rng.uniform(2.0, 5.0)), float(rng.uniform(6.0, 11.0))
    return Sensor(
        softness=float(rng.uniform(0.5, 0.95)),
        shake=shake if "motion" in defects else 0.0,
        shake_angle=float(rng.uniform(0, np.pi)),
        defocus=defocus if "defocus" in defects else 0.0,
        noise=noise if "noisy" in defects else float(rng.uniform(1.2, 4.0)),
        quality=int(rng.integers(80, 96)),
    )


def _exposure(defects: Collection[str], rng: np.random.Generator) -> float:
    usual, dim = float(rng.uniform(0.74, 1.02)), float(rng.uniform(0.38, 0.62))
    return dim if "dim" in defects else usual


def _drawn(
    usual: Mapping[str, float],
    held: Mapping[str, float],
    rng: np.random.Generator,
    held_out: bool,
    share: float = _HELD_OUT_SHARE,
) -> str:
    # The same number of draws whatever is drawn, so that what follows is not shifted.
    other, pick = rng.random(2)
    shares = held if held_out and other < share else usual
    edges = np.cumsum(list(shares.values()))
    return list(shares)[int(np.searchsorted(edges / edges[-1], pick, side="right"))]


def _known(name: str | None, names: Collection[str]) -> None:
    if name is not None and name not in names:
        raise KeyError(name)
