"""Photograph → page: pictures from the camera or a file, shown for the clerk's yes, then kept in the vault.

A picture that was taken and not yet confirmed lives in memory only, with its photograph; a page that was kept lies in
the vault and has its row, so that a crash loses nothing that was confirmed.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from villagedesk.catalogue.search import ItemFinder
from villagedesk.desk.disk import DiskWatch
from villagedesk.desk.intake import draft_of
from villagedesk.desk.news import News
from villagedesk.desk.views import Corners, DeviceLine, Proposal, Sentence
from villagedesk.devices.camera_picture import read_photograph_file
from villagedesk.devices.ports import DocumentCamera, Photograph
from villagedesk.domain.case import CaseEvent, Page
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.repositories import Store, Transaction, Vault
from villagedesk.imaging.encode import thumbnail_of
from villagedesk.imaging.page import UNSURE, FlattenedPage, decode, make_page, thumbnail

T = TypeVar("T")

_PREVIEW_SIDE = 1280
_WHOLE: Corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_MOST_PROPOSALS = 12
_CAMERA_PAUSE_S = 2.0
"""A preview asks for many pictures a second; a camera that failed is opened anew only this often."""


@dataclass(frozen=True)
class _Held:
    """A photograph with how its page was made: corners given by the clerk (pixels, None when found), and turns."""

    proposal: Proposal
    photograph: Photograph
    page: FlattenedPage
    size: tuple[int, int]
    corners: Corners | None
    quarter_turns: int


class Scanning:
    """Camera, proposals and pages of drafts. Calls block; imaging runs on one thread of its own.

    Args:
        camera_device: None where the window has no document camera; files are imported then.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        items: ItemFinder,
        camera_device: DocumentCamera | None,
        disk: DiskWatch,
        news: News,
        clerk: str,
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._items = items
        self._camera = camera_device
        self._disk = disk
        self._news = news
        self._clerk = clerk
        self._imaging = ThreadPoolExecutor(1, thread_name_prefix="imaging")
        self._camera_guard = threading.Lock()
        self._camera_open = False
        self._camera_problem: Problem | None = None
        self._camera_failed_at = 0.0
        self._guard = threading.Lock()
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._removed: dict[tuple[str, str], tuple[Page, int]] = {}

    def preview(self) -> bytes | None:
        """The newest small picture of the table, None without a camera, a picture, or when the camera fails."""
        if self._camera is None:
            return None
        with self._camera_guard:
            rested = self._clock.monotonic() - self._camera_failed_at >= _CAMERA_PAUSE_S
            if self._camera_problem is not None and not rested:
                return None
            try:
                self._open_camera()
                picture = self._camera.preview()
            except Problem as problem:
                self._note_camera(problem)
                return None
        return picture.data if picture is not None else None

    def camera(self) -> DeviceLine:
        """The camera in words."""
        if self._camera is None:
            return DeviceLine("", False, Sentence("scanning.no_camera", {}, "calm"))
        problem = self._camera_problem
        if problem is not None:
            return DeviceLine(self._camera.name, False, Sentence(problem.key, problem.params, "warn"))
        return DeviceLine(
            self._camera.name, True, Sentence("scanning.camera_ready", {"camera": self._camera.name}, "good")
        )

    def capture(self, case_id: str, requirement_id: str, *, whole_picture: bool = False) -> Proposal:
        """Photograph the table and find the page in it.

        Args:
            whole_picture: take all of it as the page, to be framed by hand where no paper is found.

        Raises:
            InputProblem: ``imaging.no_paper`` …, ``scanning.no_camera``, ``intake.gone``, ``intake.not_a_draft``.
            EnvironmentProblem: ``camera.*`` when the device fails; it is opened anew at the next try.
        """
        self._check_place(case_id, requirement_id)
        if self._camera is None:
            raise InputProblem("scanning.no_camera")
        with self._camera_guard:
            try:
                self._open_camera()
                photograph = self._camera.capture()
            except EnvironmentProblem as problem:
                self._note_camera(problem)
                raise
        return self._propose(case_id, requirement_id, photograph, _WHOLE if whole_picture else None)

    def import_file(self, case_id: str, requirement_id: str, path: Path, *, whole_picture: bool = False) -> Proposal:
        """Take a picture file instead of the camera.

        Args:
            whole_picture: take all of it as the page: the clerk's way out when no paper's edge is to be seen in a
                file that is a finished scan already.

        Raises:
            InputProblem: ``devices.file_*``, ``imaging.*``, ``intake.*``.
        """
        self._check_place(case_id, requirement_id)
        photograph = read_photograph_file(path)
        return self._propose(case_id, requirement_id, photograph, _WHOLE if whole_picture else None)

    def turn(self, proposal_id: str, quarter_turns: int) -> Proposal:
        """Turn the page clockwise. Raises InputProblem ``scanning.proposal_gone``."""
        held = self._find(proposal_id)
        return self._remake(held, held.corners, held.quarter_turns + quarter_turns)

    def crop(self, proposal_id: str, corners: Corners) -> Proposal:
        """Cut the page out anew; the first corner is the page's top left, so the turning is in their order.

        Raises:
            InputProblem: ``imaging.bad_corners``, ``scanning.proposal_gone``.
        """
        return self._remake(self._find(proposal_id), corners, 0)

    def keep(self, proposal_id: str) -> Page:
        """Save the page: into the vault, verified, then its row. After return it is saved.

        Raises:
            InputProblem: ``scanning.proposal_gone``, ``intake.gone``, ``intake.not_a_draft``.
            EnvironmentProblem: ``store.*``; the proposal is still there to try again.
        """
        held = self._find(proposal_id)
        proposal, flat = held.proposal, held.page
        page_id = str(uuid.uuid4())
        sha256 = self._vault.put(page_id, flat.jpeg)
        if not self._vault.verify(page_id, sha256):
            raise EnvironmentProblem("store.write_failed")
        now = self._clock.now()

        def work(transaction: Transaction) -> Page:
            case = draft_of(transaction, proposal.case_id)
            before = [
                page for page in transaction.pages(proposal.case_id) if page.requirement_id == proposal.requirement_id
            ]
            page = Page(
                page_id=page_id,
                case_id=proposal.case_id,
                requirement_id=proposal.requirement_id,
                order=max((page.order for page in before), default=0) + 1,
                sha256=sha256,
                byte_count=len(flat.jpeg),
                media_type="image/jpeg",
                width=flat.width,
                height=flat.height,
                dpi=flat.dpi,
                captured_at=now,
            )
            transaction.add_page(page)
            transaction.put_case(replace(case, updated_at=now))
            detail = {"requirement": page.requirement_id, "page_id": page_id}
            transaction.append_event(CaseEvent(proposal.case_id, now, self._clerk, "page_added", detail=detail))
            return page

        try:
            page = self._store.write(work).result()
        except Problem:
            self._vault.remove(page_id, sha256)  # no row names it, and the proposal still holds the picture
            raise
        self.drop(proposal_id)
        return page

    def drop(self, proposal_id: str) -> None:
        """Let a proposal go; one that is not there is no error."""
        with self._guard:
            self._held.pop(proposal_id, None)

    def remove(self, page_id: str, case_id: str) -> None:
        """Take a page out of a draft; its file stays in the vault until the session ends, for :meth:`undo_remove`.

        Raises:
            InputProblem: ``scanning.page_gone``, ``intake.gone``, ``intake.not_a_draft``.
        """
        now = self._clock.now()

        def work(transaction: Transaction) -> tuple[Page, int]:
            case = draft_of(transaction, case_id)
            pages = list(transaction.pages(case_id))
            place = next((place for place, page in enumerate(pages) if page.page_id == page_id), None)
            if place is None:
                raise InputProblem("scanning.page_gone")
            page = pages.pop(place)
            transaction.replace_pages(case_id, _renumbered(pages))
            transaction.put_case(replace(case, updated_at=now))
            detail = {"requirement": page.requirement_id, "page_id": page_id}
            transaction.append_event(CaseEvent(case_id, now, self._clerk, "page_removed", detail=detail))
            return page, place

        removed = self._store.write(work).result()
        with self._guard:
            self._removed[case_id, page_id] = removed

    def undo_remove(self, page_id: str, case_id: str) -> None:
        """Put a page back where it was, within the same session.

        Raises:
            InputProblem: ``scanning.page_gone``, ``intake.gone``, ``intake.not_a_draft``.
        """
        with self._guard:
            removed = self._removed.get((case_id, page_id))
        if removed is None:
            raise InputProblem("scanning.page_gone")
        page, place = removed
        now = self._clock.now()

        def work(transaction: Transaction) -> None:
            case = draft_of(transaction, case_id)
            pages = list(transaction.pages(case_id))
            pages.insert(min(place, len(pages)), page)
            transaction.replace_pages(case_id, _renumbered(pages))
            transaction.put_case(replace(case, updated_at=now))
            detail = {"requirement": page.requirement_id, "page_id": page_id}
            transaction.append_event(CaseEvent(case_id, now, self._clerk, "page_restored", detail=detail))

        self._store.write(work).result()
        with self._guard:
            self._removed.pop((case_id, page_id), None)

    def image(self, page_id: str, case_id: str) -> bytes:
        """A kept page, JPEG. Raises InputProblem ``scanning.page_gone``, EnvironmentProblem ``store.page_*``."""
        pages = self._store.read(lambda snapshot: snapshot.pages(case_id))
        for page in pages:
            if page.page_id == page_id:
                return self._vault.get(page.page_id, page.sha256)
        raise InputProblem("scanning.page_gone")

    def thumbnail(self, page_id: str, case_id: str, longest_side: int) -> bytes:
        """A kept page, smaller. Raises as :meth:`image`."""
        data = self.image(page_id, case_id)
        return self._on_imaging(lambda: thumbnail(data, longest_side))

    def close(self) -> None:
        """Finish the page in hand, let the camera go, and remove files of pages that were taken out."""
        self._imaging.shutdown(wait=True)
        if self._camera is not None:
            with self._camera_guard:
                self._camera.close()
                self._camera_open = False
        with self._guard:
            removed = [page for page, _ in self._removed.values()]
            self._removed.clear()
            self._held.clear()
        for page in removed:
            self._remove_file(page)

    def _remove_file(self, page: Page) -> None:
        named = self._store.read(lambda snapshot: snapshot.pages(page.case_id))
        if all(other.page_id != page.page_id for other in named):
            self._vault.remove(page.page_id, page.sha256)

    def _open_camera(self) -> None:
        if self._camera is not None and not self._camera_open:
            self._camera.open()
            self._camera_open = True
            if self._camera_problem is not None:
                self._camera_problem = None
                self._news.tell("devices")

    def _note_camera(self, problem: Problem) -> None:
        """Remember why the camera fails, and close it so that the next try finds it plugged in again."""
        if self._camera is not None:
            self._camera.close()
        self._camera_open = False
        self._camera_failed_at = self._clock.monotonic()
        known, self._camera_problem = self._camera_problem, problem
        if known is None or known.key != problem.key:
            self._news.tell("devices")

    def _check_place(self, case_id: str, requirement_id: str) -> None:
        case = self._store.read(lambda snapshot: draft_of(snapshot, case_id))
        try:
            self._items.get(case.item_code).requirement(requirement_id)
        except KeyError:
            raise InputProblem("intake.item_gone") from None

    def _find(self, proposal_id: str) -> _Held:
        with self._guard:
            held = self._held.get(proposal_id)
        if held is None:
            raise InputProblem("scanning.proposal_gone")
        return held

    def _on_imaging(self, work: Callable[[], T]) -> T:
        return self._imaging.submit(work).result()

    def _propose(self, case_id: str, requirement_id: str, photograph: Photograph, corners: Corners | None) -> Proposal:
        held = self._on_imaging(lambda: _make(str(uuid.uuid4()), case_id, requirement_id, photograph, corners))
        return self._hold(held)

    def _remake(self, held: _Held, corners: Corners | None, quarter_turns: int) -> Proposal:
        def work() -> _Held:
            page = _flatten(held.photograph, held.size, corners, quarter_turns)
            proposal = self._described(held.proposal, page, held.size)
            return replace(held, proposal=proposal, page=page, corners=corners, quarter_turns=quarter_turns % 4)

        return self._hold(self._on_imaging(work))

    def _hold(self, held: _Held) -> Proposal:
        proposal = self._described(held.proposal, held.page, held.size)
        with self._guard:
            self._held[proposal.proposal_id] = replace(held, proposal=proposal)
            while len(self._held) > _MOST_PROPOSALS:
                self._held.popitem(last=False)  # each holds a photograph of some megabytes
        return proposal

    def _described(self, proposal: Proposal, page: FlattenedPage, size: tuple[int, int]) -> Proposal:
        low = self._disk.warning()
        warnings = tuple(Sentence(key, {}, "warn") for key in page.warnings)
        return replace(
            proposal,
            image=page.jpeg,
            corners=_shares(page, size),
            warnings=warnings if low is None else (*warnings, low),
            sure=UNSURE not in page.warnings,
        )


def _make(
    proposal_id: str, case_id: str, requirement_id: str, photograph: Photograph, corners: Corners | None
) -> _Held:
    """Decode for the small picture, then make the page; on the imaging thread."""
    pixels = decode(photograph.data, photograph.media_type)
    size = (pixels.shape[1], pixels.shape[0])
    small = thumbnail_of(pixels, _PREVIEW_SIDE)
    page = _flatten(photograph, size, corners, 0)
    proposal = Proposal(proposal_id, case_id, requirement_id, page.jpeg, small, _shares(page, size), (), True)
    return _Held(proposal, photograph, page, size, corners, 0)


def _flatten(
    photograph: Photograph, size: tuple[int, int], corners: Corners | None, quarter_turns: int
) -> FlattenedPage:
    given = None
    if corners is not None:
        # shares of the picture's width and height → centres of pixels
        given = np.array([(x * size[0] - 0.5, y * size[1] - 0.5) for x, y in corners], np.float64)
    return make_page(photograph.data, corners=given, quarter_turns=quarter_turns % 4, media_type=photograph.media_type)


def _shares(page: FlattenedPage, size: tuple[int, int]) -> Corners:
    first, second, third, fourth = (((x + 0.5) / size[0], (y + 0.5) / size[1]) for x, y in page.corners)
    return first, second, third, fourth


def _renumbered(pages: list[Page]) -> list[Page]:
    """The pages with their order counted from 1 within each requirement."""
    counts: dict[str, int] = {}
    renumbered: list[Page] = []
    for page in pages:
        counts[page.requirement_id] = counts.get(page.requirement_id, 0) + 1
        renumbered.append(replace(page, order=counts[page.requirement_id]))
    return renumbered
