"""The figures of the bench ``scan`` from what was noted of each picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from villagedesk.imaging.finding.outline import SURE

WRONG_BELOW = 0.9
"""A crop that overlaps the paper less than this loses content or shows table."""
LOOSE_BELOW = 0.97
"""Likewise, a centimetre of a sheet or a strip of table as wide: no loss yet, and told."""
NOT_MADE = -1
"""Stands for ``upright`` where the paper was found and no page made of it."""


@dataclass(frozen=True)
class _Picture:
    seed: int
    held_out: int
    about: str
    shows: str
    overlap: float
    confidence: float
    upright: int

    @property
    def sure(self) -> bool:
        return self.confidence >= SURE

    @property
    def wrong(self) -> bool:
        return self.sure and self.overlap < WRONG_BELOW

    @property
    def loose(self) -> bool:
        return self.sure and self.overlap < LOOSE_BELOW

    @property
    def name(self) -> str:
        parts = ("held out" if self.held_out else "", str(self.seed), self.shows if self.shows != "whole" else "")
        return " ".join(part for part in parts if part)


def figures(runs: dict[str, list[Any]]) -> dict[str, Any]:
    """All figures.

    Args:
        runs: lists by name. Of each picture: ``seed``, ``held_out``, ``about`` (kind/table/light/defects), ``shows``
            (whole, cut or empty), ``overlap``, ``confidence``, ``upright`` (0, 1 or ``NOT_MADE``). Of each timed one:
            what ends in ``_ms``, ``_kb``, ``_mb``.

    Returns:
        All times are one core's, so that what else the machine does counts little.
        ``pictures``; ``frame_p50_ms``, ``frame_p95_ms``: photograph in, page out;
        ``ratio_to_plain_opencv``: median of that ÷ median of decoding, warping and encoding alone;
        ``jaccard_mean``, ``jaccard_p10`` over papers that are whole, 0 where none was found;
        ``jaccard_unasked``: of those that would be used unseen;
        ``wrong_autocrop_share`` of all pictures, empty tables too, and ``wrong_seeds``;
        ``loose_unasked_share`` of whole papers, ``loose_seeds``: taken unasked at an overlap below ``LOOSE_BELOW``;
        ``asked_share`` of whole papers; ``cut_unasked`` of those that leave the picture, and ``cut_unasked_seeds``;
        ``upright_share`` of the ``upright_pages``: pages made of whole papers that were found; upright is one that
        begins at the paper's own top left corner;
        ``preview_fps``: of a 960 × 720 frame searched and drawn into, and ``preview_p95_ms``;
        ``peak_mb``: of a process that makes one page, the largest; ``median_kb``, ``p95_kb`` of a page;
        ``stage_*_ms``, ``plain_*_ms``: medians; ``held_out_*``: the same of the range kept apart;
        ``by_kind``, ``by_table``, ``by_light``, ``by_defect``: papers, overlap, asked and wrong for each.
    """
    names = ("seed", "held_out", "about", "shows", "overlap", "confidence", "upright")
    pictures = [_Picture(*values) for values in zip(*(runs[name] for name in names), strict=True)]
    tuned = [one for one in pictures if not one.held_out]
    result: dict[str, Any] = {"pictures": len(tuned), **_crops(tuned)}
    if "frame_ms" in runs:
        result |= {
            "frame_p50_ms": _percentile(runs["frame_ms"], 50),
            "frame_p95_ms": _percentile(runs["frame_ms"], 95),
            "ratio_to_plain_opencv": _percentile(runs["frame_ms"], 50) / _percentile(runs["plain_ms"], 50),
            "median_kb": _percentile(runs["page_kb"], 50),
            "p95_kb": _percentile(runs["page_kb"], 95),
        }
    if "preview_find_ms" in runs:
        shown = np.add(runs["preview_find_ms"], runs["preview_draw_ms"])
        result |= {"preview_fps": 1000 / _percentile(shown, 50), "preview_p95_ms": _percentile(shown, 95)}
        result |= {"preview_draw_ms": _percentile(runs["preview_draw_ms"], 50)}
    if "peak_mb" in runs:
        result["peak_mb"] = max(runs["peak_mb"])
    for name in sorted(runs):
        if name.startswith(("stage_", "plain_")):
            result[name] = _percentile(runs[name], 50)
    held_out = [one for one in pictures if one.held_out]
    if held_out:
        result["held_out_pictures"] = len(held_out)
        result |= {f"held_out_{name}": value for name, value in _crops(held_out).items()}
    for place, name in enumerate(("by_kind", "by_table", "by_light", "by_defect")):
        result[name] = _table(tuned, place)
    return result


def _crops(pictures: list[_Picture]) -> dict[str, Any]:
    whole = [one for one in pictures if one.shows == "whole"]
    cut = [one for one in pictures if one.shows == "cut"]
    made = [one for one in whole if one.overlap >= WRONG_BELOW and one.upright != NOT_MADE]
    return {
        "jaccard_mean": _mean(one.overlap for one in whole),
        "jaccard_p10": _percentile([one.overlap for one in whole], 10),
        "jaccard_unasked": _mean(one.overlap for one in whole if one.sure),
        "wrong_autocrop_share": _mean(one.wrong for one in pictures),
        "wrong_seeds": [one.name for one in pictures if one.wrong],
        "loose_unasked_share": _mean(one.loose for one in whole),
        "loose_seeds": [one.name for one in whole if one.loose],
        "asked_share": _mean(not one.sure for one in whole),
        "cut_unasked": _mean(one.sure for one in cut),
        "cut_unasked_seeds": [one.name for one in cut if one.sure],
        "upright_pages": len(made),
        "upright_share": _mean(one.upright for one in made),
    }


def _table(pictures: list[_Picture], place: int) -> dict[str, str]:
    """Figures for each of what stands at that place of ``about``."""
    rows: dict[str, list[_Picture]] = {}
    for one in pictures:
        if one.shows == "whole":
            for name in one.about.split("/")[place].split("+"):
                rows.setdefault(name or "none", []).append(one)
    return {
        name: f"{len(ones)} papers, overlap {_mean(one.overlap for one in ones):.3f}, "
        f"asked {_mean(not one.sure for one in ones):.1%}, wrong {sum(one.wrong for one in ones)}"
        for name, ones in sorted(rows.items())
    }


def _mean(values: Iterable[float]) -> float:
    held = list(values)
    return float(np.mean(held)) if held else 0.0


def _percentile(values: Any, share: float) -> float:
    return float(np.percentile(values, share)) if len(values) else 0.0
