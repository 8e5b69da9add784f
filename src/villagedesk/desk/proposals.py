"""Photographs turned into pages that wait for the clerk's yes, made on the imaging thread. The journal has each of them
on disk; here they lie in memory, so that a turn or another cut is quick."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from villagedesk.desk.disk import DiskWatch
from villagedesk.desk.views import Corners, Proposal, Sentence
from villagedesk.devices.ports import Photograph
from villagedesk.domain.capture import Framing
from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.encoding.encode import thumbnail_of
from villagedesk.imaging.page import (
    UNSURE,
    FlattenedPage,
    PageMode,
    cards_on_a_sheet,
    decode,
    make_page,
    shown,
    thumbnail,
)
from villagedesk.imaging.recognising.page_to_read import page_to_read

T = TypeVar("T")

WHOLE: Corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_PREVIEW_SIDE = 1280
_MOST_READABLE = 6
_MOST_HELD = 12
"""Each holds a photograph of some megabytes; the oldest goes first, and waits in the journal."""


@dataclass(frozen=True)
class Held:
    """A photograph with how its page was made.

    Args:
        size: the photograph's width and height in pixels.
        framing: as it was asked for.
        doubt: key of what is asked about the page beside what it tells itself, until its corners are set; "" for
            nothing.
    """

    proposal: Proposal
    photograph: Photograph
    page: FlattenedPage
    size: tuple[int, int]
    framing: Framing
    doubt: str = ""

    def is_certain(self, accepted: Set[str]) -> bool:
        """Whether nothing about the page has to be asked: the outline is sure, there is no doubt, and nothing is warned
        of that the clerk has not accepted already.

        Args:
            accepted: keys of warnings.
        """
        return not self.doubt and set(self.page.warnings) <= accepted


class Proposals:
    """The pages that wait. Calls may come from several threads; imaging runs on one thread of its own."""

    def __init__(self, disk: DiskWatch) -> None:
        self._disk = disk
        self._imaging = ThreadPoolExecutor(1, thread_name_prefix="imaging")
        self._guard = threading.Lock()
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._readable: OrderedDict[str, Held] = OrderedDict()

    def make(
        self,
        proposal: Proposal,
        photograph: Photograph,
        framing: Framing,
        kept_if: Set[str] | None = None,
        doubt: Callable[[Corners], str] = lambda _: "",
    ) -> Proposal:
        """Find the page in a photograph, or take the given corners.

        Args:
            proposal: what it is for; pictures and what is told of them are filled in.
            kept_if: the page is kept unseen when it is certain with these warnings accepted (:meth:`Held.is_certain`),
                so its photograph need not be shown, and its own picture not before it is kept: both are left out. None
                when it is shown anyway.
            doubt: gives, by the page's corners, :attr:`Held.doubt`.

        Raises:
            InputProblem: ``imaging.*``.
        """

        def work() -> Held:
            pixels = decode(photograph.data, photograph.media_type)
            size = (pixels.shape[1], pixels.shape[0])
            page = _flatten(pixels, framing)
            asked = doubt(_shares(page, size))
            held = Held(self._described(proposal, page, size, asked), photograph, page, size, framing, asked)
            if kept_if is not None and held.is_certain(kept_if):
                return held
            small = thumbnail_of(pixels, _PREVIEW_SIDE)
            return replace(held, proposal=replace(held.proposal, image=shown(page.data), photograph=small))

        return self._hold(self.on_imaging(work))

    def turn(self, proposal_id: str, quarter_turns: int) -> Proposal:
        """Turn the page clockwise. Raises InputProblem ``scanning.proposal_gone``."""
        return self._reframe(proposal_id, turned(self.find(proposal_id).framing, quarter_turns))

    def crop(self, proposal_id: str, corners: Corners) -> Proposal:
        """Cut the page out anew; the first corner is the page's top left, so the turning is in their order.

        Raises:
            InputProblem: ``imaging.bad_corners``, ``scanning.proposal_gone``.
        """
        return self._reframe(proposal_id, recut(self.find(proposal_id).framing, corners), answered=True)

    def recolour(self, proposal_id: str) -> Proposal:
        """Keep the page in the next mode. Raises InputProblem ``scanning.proposal_gone``."""
        held = self.find(proposal_id)
        return self._reframe(proposal_id, replace(held.framing, mode=mode_after(held.page.mode)))

    def page_of(self, photograph: Photograph, framing: Framing) -> FlattenedPage:
        """A page made of a photograph that is no proposal. Raises InputProblem ``imaging.*``."""

        def work() -> FlattenedPage:
            return _flatten(decode(photograph.data, photograph.media_type), framing)

        return self.on_imaging(work)

    def joined(self, front: bytes, back: bytes) -> FlattenedPage:
        """A card's two sides on one A4 page, 1 : 1. Raises InputProblem ``imaging.*``."""
        return self.on_imaging(lambda: cards_on_a_sheet(front, back))

    def look_at(self, page: bytes) -> FlattenedPage:
        """What a kept page looks like. Raises InputProblem ``imaging.*``."""
        return self.page_of(Photograph(self.picture(page), "image/jpeg", ""), Framing(WHOLE))

    def outline_of(self, photograph: Photograph, framing: Framing) -> tuple[bytes, Corners]:
        """A small JPEG of the photograph, and where its page lies in it. Raises InputProblem ``imaging.*``."""

        def work() -> tuple[bytes, Corners]:
            pixels = decode(photograph.data, photograph.media_type)
            size = (pixels.shape[1], pixels.shape[0])
            return thumbnail_of(pixels, _PREVIEW_SIDE), _shares(_flatten(pixels, framing), size)

        return self.on_imaging(work)

    def to_read(self, proposal_id: str) -> bytes:
        """As what is on a page is best read; of those that were let go, the last few are still there.

        Raises:
            InputProblem: ``scanning.proposal_gone``, ``imaging.*``.
        """
        with self._guard:
            held = self._readable.get(proposal_id)
        if held is None:
            raise InputProblem("scanning.proposal_gone")
        photograph, trim = held.photograph, held.framing.corners is None
        return page_to_read(photograph.data, held.page.corners, trim=trim, media_type=photograph.media_type)

    def find(self, proposal_id: str) -> Held:
        """The proposal with its page. Raises InputProblem ``scanning.proposal_gone``."""
        with self._guard:
            held = self._held.get(proposal_id)
        if held is None:
            raise InputProblem("scanning.proposal_gone")
        return held

    def drop(self, proposal_id: str) -> None:
        """Let a proposal go; one that is not there is no error."""
        with self._guard:
            self._held.pop(proposal_id, None)

    def thumbnail(self, page: bytes, longest_side: int) -> bytes:
        """A smaller JPEG of a page."""
        return self.on_imaging(lambda: thumbnail(page, longest_side))

    def picture(self, page: bytes) -> bytes:
        """A page, as it is kept, for the screen. Raises InputProblem ``imaging.truncated`` for a damaged one."""
        return self.on_imaging(lambda: shown(page))

    def on_imaging(self, work: Callable[[], T]) -> T:
        """Wait for ``work`` to be done on the imaging thread."""
        return self._imaging.submit(work).result()

    def close(self) -> None:
        """Finish the page in hand and forget the rest."""
        self._imaging.shutdown(wait=True)
        with self._guard:
            self._held.clear()
            self._readable.clear()

    def _reframe(self, proposal_id: str, framing: Framing, *, answered: bool = False) -> Proposal:
        """Make the page anew; ``answered`` where the clerk has told what the doubt was about."""
        held = self.find(proposal_id)
        doubt = "" if answered else held.doubt

        def work() -> Held:
            page = _flatten(decode(held.photograph.data, held.photograph.media_type), framing)
            described = self._described(held.proposal, page, held.size, doubt)
            shown_now = replace(described, image=shown(page.data))
            return replace(held, proposal=shown_now, page=page, framing=framing, doubt=doubt)

        return self._hold(self.on_imaging(work))

    def _hold(self, held: Held) -> Proposal:
        with self._guard:
            self._held[held.proposal.proposal_id] = held
            self._readable[held.proposal.proposal_id] = held
            while len(self._readable) > _MOST_READABLE:
                self._readable.popitem(last=False)
            while len(self._held) > _MOST_HELD:
                self._held.popitem(last=False)
        return held.proposal

    def _described(self, proposal: Proposal, page: FlattenedPage, size: tuple[int, int], doubt: str) -> Proposal:
        low = self._disk.warning()
        asked = (doubt,) if doubt and doubt not in page.warnings else ()
        warnings = tuple(Sentence(key, {}, "warn") for key in (*asked, *page.warnings))
        return replace(
            proposal,
            corners=_shares(page, size),
            warnings=warnings if low is None else (*warnings, low),
            sure=not doubt and UNSURE not in page.warnings,
            mode=page.mode.value,
        )


def _flatten(pixels: NDArray[np.uint8], framing: Framing) -> FlattenedPage:
    given, size = None, (pixels.shape[1], pixels.shape[0])
    if framing.corners is not None:
        # shares of the picture's width and height → centres of pixels
        given = np.array([(x * size[0] - 0.5, y * size[1] - 0.5) for x, y in framing.corners], np.float64)
    mode = PageMode(framing.mode) if framing.mode else None
    turns = framing.quarter_turns
    made = partial(make_page, pixels, corners=given, mode=mode, dpi=framing.dpi)
    page = made(quarter_turns=turns)
    if framing.as_ordered and page.quarter_turns != turns % 4:
        page = made(quarter_turns=2 * turns - page.quarter_turns)
    return page


def recut(framing: Framing, corners: Corners) -> Framing:
    """The framing of a page that is cut out anew at corners in its own order; where the clerk had turned it, that order
    counts, and where not its text tells better in the new cut which way up it is."""
    as_ordered = framing.as_ordered or framing.quarter_turns % 4 != 0
    return Framing(corners, 0, framing.mode, as_ordered, framing.dpi)


def turned(framing: Framing, quarter_turns: int) -> Framing:
    """The framing of a page that was made, turned clockwise."""
    return replace(framing, quarter_turns=(framing.quarter_turns + quarter_turns) % 4)


def mode_after(mode: PageMode) -> str:
    """The mode the clerk is offered next."""
    modes = tuple(PageMode)
    return modes[(modes.index(mode) + 1) % len(modes)].value


def _shares(page: FlattenedPage, size: tuple[int, int]) -> Corners:
    first, second, third, fourth = (((x + 0.5) / size[0], (y + 0.5) / size[1]) for x, y in page.corners)
    return first, second, third, fourth
