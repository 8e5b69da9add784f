"""What was read on a page: lines of text and codes, each with its place. Plain data, for rules and for the wire between
the program and the process that reads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Point = tuple[float, float]
Outline = tuple[Point, Point, Point, Point]
"""Four corners as shares of the page's width and height, clockwise; the first is where reading begins."""
_LONGEST_TEXT = 4_000


@dataclass(frozen=True)
class TextLine:
    """One run of characters.

    Args:
        confidence: 0 to 1 of the reader, which is also sure of some characters it does not know.
        outline: on the page as it is kept.
    """

    text: str
    confidence: float
    outline: Outline


@dataclass(frozen=True)
class PageCode:
    """A bar code or QR code. Its text is shown and compared, never followed.

    Args:
        kind: the symbology, e.g. ``QRCode`` or ``Code128``.
    """

    kind: str
    text: str
    outline: Outline


@dataclass(frozen=True)
class PageText:
    """What a page says.

    Args:
        width, height: of the page, pixels.
        quarter_turns: how often the page must be turned by 90° clockwise to stand upright, as its lines say.
        lines: in no order that can be relied on.
    """

    width: int
    height: int
    quarter_turns: int = 0
    lines: tuple[TextLine, ...] = ()
    codes: tuple[PageCode, ...] = ()


def turned_outline(outline: Outline, quarter_turns: int) -> Outline:
    """The same place on the page turned clockwise; the corners keep their order along the line."""
    points = outline
    for _ in range(quarter_turns % 4):
        first, second, third, fourth = ((1 - y, x) for x, y in points)
        points = (first, second, third, fourth)
    return points


def written(page: PageText) -> dict[str, Any]:
    """As JSON holds it."""
    return {
        "width": page.width,
        "height": page.height,
        "quarter_turns": page.quarter_turns,
        "lines": [{"text": one.text, "confidence": one.confidence, "outline": one.outline} for one in page.lines],
        "codes": [{"kind": one.kind, "text": one.text, "outline": one.outline} for one in page.codes],
    }


def page_text_of(told: Mapping[str, Any]) -> PageText:
    """What JSON holds. Raises ValueError, KeyError or TypeError where it is no such thing."""
    width, height = int(told["width"]), int(told["height"])
    if min(width, height) < 1:
        raise ValueError("a page without size")
    return PageText(
        width,
        height,
        int(told["quarter_turns"]) % 4,
        tuple(
            TextLine(_text(one["text"]), _share(one["confidence"]), _outline(one["outline"])) for one in told["lines"]
        ),
        tuple(PageCode(_text(one["kind"]), _text(one["text"]), _outline(one["outline"])) for one in told["codes"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise ValueError("no text")
    return value


def _share(value: object) -> float:
    share = float(value)  # type: ignore[arg-type]
    if not math.isfinite(share):
        raise ValueError("no share")
    return min(1.0, max(0.0, share))


def _outline(value: Any) -> Outline:
    first, second, third, fourth = ((_share(x), _share(y)) for x, y in value)
    return first, second, third, fourth
