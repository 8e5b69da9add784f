"""The capture journal: every photograph that was taken, until its page is settled and the case's papers are taken in.

An entry waits until the clerk keeps its page or drops it, so that nothing photographed is lost with the power. After
that the photograph stays for as long as its page can be cut out anew, which is until the papers are taken in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""A page's corners in a photograph as shares of its width and height, clockwise from the page's own top left."""


@dataclass(frozen=True)
class Framing:
    """How a page is made of a photograph.

    Args:
        corners: as the clerk set them; None when they are found in the picture.
        quarter_turns: clockwise, by the clerk, after the page's text was made upright.
        as_ordered: turns count from the corners' order, whatever the text says: the clerk knew better.
        mode: a :class:`villagedesk.imaging.page` mode the clerk chose; "" when the content decides.
        dpi: pixels of the picture on an inch of paper, where a scanner or a file tells it; 0 for a photograph.
    """

    corners: Corners | None = None
    quarter_turns: int = 0
    mode: str = ""
    as_ordered: bool = False
    dpi: float = 0.0


@dataclass(frozen=True)
class Capture:
    """A photograph as it was taken or brought in; its bytes lie in the vault under ``capture_id``.

    Args:
        capture_id: UUID text, never a page's.
        sha256, byte_count: of the photograph's bytes.
        uploaded: out of a file, so nobody held the paper against the original under the camera.
        framing: how its page was made when it was last shown.
        waits: the clerk has neither kept its page nor dropped it.
        replaces: page_id of the kept page whose place its page takes, "" when it is one more.
        doubt: key of what the clerk is asked about its page beside what the page itself tells; "" for nothing.
    """

    capture_id: str
    case_id: str
    requirement_id: str
    sha256: str
    byte_count: int
    media_type: str
    taken_at: datetime
    uploaded: bool = False
    framing: Framing = Framing()
    waits: bool = True
    replaces: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class Origin:
    """Of which photograph a kept page was made, and how.

    Args:
        place: 0, or 1 for the second photograph of a page that was made of two.
    """

    page_id: str
    capture_id: str
    framing: Framing
    place: int = 0


class CaptureReads(Protocol):
    """The part of a snapshot that tells of photographs."""

    def captures(self, case_id: str) -> Sequence[Capture]:
        """The case's photographs, in the order they were taken."""

    def origins(self, page_id: str) -> Sequence[Origin]:
        """What the page was made of, by place; empty when that is not kept."""

    def ended_captures(self) -> Sequence[tuple[str, str]]:
        """capture_id and SHA-256 of photographs that are needed no more and whose files are still to be removed."""

    def unnamed_pages(self, page_ids: Collection[str]) -> Sequence[str]:
        """Those of these pages that no row names any more; their files may go."""


class CaptureWrites(CaptureReads, Protocol):
    """The part of a transaction that keeps them.

    When a case's papers are taken in, its correction is sent, or it ends, all its photographs end by themselves.
    """

    def put_capture(self, capture: Capture) -> None:
        """Insert or replace. Raises ValueError for a case that is not here, or a photograph that has ended."""

    def add_origin(self, origin: Origin) -> None:
        """Note what a page was made of; the page and the photograph are there. Raises ValueError otherwise."""

    def end_captures(self, case_id: str, capture_ids: Collection[str] | None = None) -> None:
        """These photographs of the case (None: all) are needed no more; their files are removed after the commit."""

    def forget_ended(self, capture_ids: Collection[str]) -> None:
        """The files of these are gone."""
