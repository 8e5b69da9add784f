"""Photograph → page: pictures from the camera or a file, shown for the clerk's yes, then kept in the vault.

A picture that was taken and not yet confirmed lives in memory only, with its photograph; a page that was kept lies in
the vault and has its row, so that a crash loses nothing that was confirmed.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.case_possible import promised
from villagedesk.desk.disk import DiskWatch
from villagedesk.desk.drafts import corrects, open_case, put_open
from villagedesk.desk.import_views import SeenPage
from villagedesk.desk.importing import Importing
from villagedesk.desk.items import Items
from villagedesk.desk.material_notes import requirement_of, uploaded
from villagedesk.desk.news import News
from villagedesk.desk.proposals import Proposals
from villagedesk.desk.table_camera import TableCamera
from villagedesk.desk.views import Corners, DeviceLine, Proposal, Sentence
from villagedesk.devices.ports import DocumentCamera
from villagedesk.domain.case import Case, CaseEvent, CaseStatus, Page
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.progress import silent
from villagedesk.domain.repositories import Snapshot, Store, Transaction, Vault
from villagedesk.domain.roles import Right
from villagedesk.sync.ledger import manifest_of

_WHOLE: Corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_FINE_DPI = 196
"""DA/T 31-2017 wants 200; that, less what rounding takes."""
_SAME_PLACE = 0.02
"""How far, as shares of the picture, a corner may lie from where it was when the file was looked at."""


class Scanning:
    """Camera, proposals and pages of drafts, of cases being corrected, and of papers that were promised and come later.
    Calls block; imaging runs on one thread of its own.

    Args:
        camera_device: None where the window has no document camera; files are imported then.
        importing: for those.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        items: Items,
        camera_device: DocumentCamera | None,
        importing: Importing,
        disk: DiskWatch,
        news: News,
        acting: Acting,
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._items = items
        self._importing = importing
        self._table = TableCamera(camera_device, clock, news)
        self._disk = disk
        self._proposals = Proposals(disk)
        self._acting = acting
        self._guard = threading.Lock()
        self._removed: dict[tuple[str, str], _Removed] = {}

    def preview(self) -> bytes | None:
        """The newest small picture of the table, None without a camera, a picture, or when the camera fails."""
        self._acting.need(Right.WORK)
        return self._table.preview()

    def camera(self) -> DeviceLine:
        """The camera in words."""
        return self._table.line()

    def capture(self, case_id: str, requirement_id: str, *, whole_picture: bool = False) -> Proposal:
        """Photograph the table and find the page in it.

        Args:
            whole_picture: take all of it as the page, to be framed by hand where no paper is found.

        Raises:
            InputProblem: ``imaging.no_paper`` …, ``scanning.no_camera``, ``intake.gone``, ``intake.not_a_draft``.
            EnvironmentProblem: ``devices.camera_*`` when the device fails; it is opened anew at the next try.
                ``desk.disk_stopped`` when there is hardly any room.
        """
        self._acting.need(Right.WORK)
        self._disk.need_room_for_pages()
        self._check_place(case_id, requirement_id)
        return self._proposals.make(case_id, requirement_id, self._table.capture(), _WHOLE if whole_picture else None)

    def import_file(self, case_id: str, requirement_id: str, path: Path, *, whole_picture: bool = False) -> Proposal:
        """Take the first page of a file, in one step.

        Args:
            whole_picture: take all of it as the page, also where a paper is seen in it.

        Raises:
            As :meth:`import_page`.
        """
        self._acting.need(Right.WORK)
        seen = self._importing.look([path], silent)
        if not seen.pages:
            raise seen.refused[0]
        page = replace(seen.pages[0], corners=None, sure=True) if whole_picture else seen.pages[0]
        return self.import_page(case_id, requirement_id, page)

    def import_page(self, case_id: str, requirement_id: str, page: SeenPage) -> Proposal:
        """Take a page of a file that was looked at (:meth:`Importing.look`). Where it was not sure then, it is not now.

        Raises:
            InputProblem: ``files.*``, ``imaging.*``, ``intake.*``.
            EnvironmentProblem: ``files.no_reader``, ``desk.disk_stopped`` when there is hardly any room.
            Cancelled: by :meth:`Importing.stop`.
        """
        self._acting.need(Right.WORK)
        self._disk.need_room_for_pages()
        self._check_place(case_id, requirement_id)
        photograph = self._importing.photograph(page)
        corners = _WHOLE if page.corners is None else None
        try:
            made = self._proposals.make(case_id, requirement_id, photograph, corners, uploaded=True)
        except InputProblem as problem:
            if problem.key != "imaging.no_paper":
                raise
            # seen in the smaller picture only
            made = self._proposals.make(case_id, requirement_id, photograph, page.corners, uploaded=True)
            page = replace(page, sure=False)
        if page.dpi >= _FINE_DPI:
            # known from the file; what a picture alone tells takes every small paper for a coarse one
            kept = tuple(one for one in made.warnings if one.key != "imaging.warning.low_resolution")
            made = replace(made, warnings=kept)
        if page.sure and (page.corners is None or _same_place(made.corners, page.corners)):
            return made
        doubt = "imaging.warning.whole" if page.corners is None else "imaging.warning.unsure"
        doubts = () if any(warning.key == doubt for warning in made.warnings) else (Sentence(doubt, {}, "warn"),)
        return replace(made, sure=False, warnings=(*doubts, *made.warnings))

    def turn(self, proposal_id: str, quarter_turns: int) -> Proposal:
        """Turn the page clockwise. Raises InputProblem ``scanning.proposal_gone``."""
        self._acting.need(Right.WORK)
        return self._proposals.turn(proposal_id, quarter_turns)

    def crop(self, proposal_id: str, corners: Corners) -> Proposal:
        """Cut the page out anew; the first corner is the page's top left, so the turning is in their order.

        Raises:
            InputProblem: ``imaging.bad_corners``, ``scanning.proposal_gone``.
        """
        self._acting.need(Right.WORK)
        return self._proposals.crop(proposal_id, corners)

    def keep(self, proposal_id: str) -> Page:
        """Save the page: into the vault, verified, then its row. After return it is saved.

        Raises:
            InputProblem: ``scanning.proposal_gone``, ``intake.gone``, ``intake.not_a_draft``.
            EnvironmentProblem: ``store.*``; the proposal is still there to try again.
        """
        self._acting.need(Right.WORK)
        held = self._proposals.find(proposal_id)
        proposal, flat = held.proposal, held.page
        page_id = str(uuid.uuid4())
        sha256 = self._vault.put(page_id, flat.data)
        if not self._vault.verify(page_id, sha256):
            raise EnvironmentProblem("store.write_failed")
        now = self._clock.now()

        def work(transaction: Transaction) -> Page:
            case = _open_for(transaction, proposal.case_id, proposal.requirement_id)
            before = [
                page for page in transaction.pages(proposal.case_id) if page.requirement_id == proposal.requirement_id
            ]
            page = Page(
                page_id=page_id,
                case_id=proposal.case_id,
                requirement_id=proposal.requirement_id,
                order=max((page.order for page in before), default=0) + 1,
                sha256=sha256,
                byte_count=len(flat.data),
                media_type=flat.media_type,
                width=flat.width,
                height=flat.height,
                dpi=flat.dpi,
                captured_at=now,
            )
            transaction.add_page(page)
            item = self._items.of_case(case)
            anew = corrects(transaction, case)
            if proposal.uploaded and (anew or case.status is CaseStatus.DRAFT) and item is not None:
                case = uploaded(case, requirement_of(item, proposal.requirement_id), anew=anew)
            put_open(transaction, replace(case, updated_at=now))
            detail = {"requirement": page.requirement_id, "page_id": page_id}
            transaction.append_event(CaseEvent(proposal.case_id, now, self._acting.clerk, "page_added", detail=detail))
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
        self._acting.need(Right.WORK)
        self._proposals.drop(proposal_id)

    def remove(self, page_id: str, case_id: str) -> None:
        """Take a page out; its file stays in the vault until the session ends, for :meth:`undo_remove`.

        Raises:
            InputProblem: ``scanning.page_gone``, ``intake.gone``, ``intake.not_a_draft``.
        """
        self._acting.need(Right.WORK)
        now = self._clock.now()

        def work(transaction: Transaction) -> _Removed:
            pages = list(transaction.pages(case_id))
            place = next((place for place, page in enumerate(pages) if page.page_id == page_id), None)
            if place is None:
                open_case(transaction, case_id)
                raise InputProblem("scanning.page_gone")
            page = pages.pop(place)
            case = _open_for(transaction, case_id, page.requirement_id)
            queued = any(page.sha256 in _named_in(row) for row in transaction.outbox_of_case(case_id))
            if queued and not corrects(transaction, case):
                raise InputProblem("life.page_queued")
            unnamed = transaction.replace_pages(case_id, _renumbered(pages))
            put_open(transaction, replace(case, updated_at=now))
            detail = {"requirement": page.requirement_id, "page_id": page_id}
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, "page_removed", detail=detail))
            return _Removed(page, place, page_id in unnamed)

        removed = self._store.write(work).result()
        with self._guard:
            self._removed[case_id, page_id] = removed

    def undo_remove(self, page_id: str, case_id: str) -> None:
        """Put a page back where it was, within the same session.

        Raises:
            InputProblem: ``scanning.page_gone``, ``intake.gone``, ``intake.not_a_draft``.
        """
        self._acting.need(Right.WORK)
        with self._guard:
            removed = self._removed.get((case_id, page_id))
        if removed is None:
            raise InputProblem("scanning.page_gone")
        page, place = removed.page, removed.place
        if not self._vault.verify(page.page_id, page.sha256):
            raise InputProblem("scanning.page_gone")
        now = self._clock.now()

        def work(transaction: Transaction) -> None:
            case = _open_for(transaction, case_id, page.requirement_id)
            pages = list(transaction.pages(case_id))
            pages.insert(min(place, len(pages)), page)
            transaction.replace_pages(case_id, _renumbered(pages))
            put_open(transaction, replace(case, updated_at=now))
            detail = {"requirement": page.requirement_id, "page_id": page_id}
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, "page_restored", detail=detail))

        self._store.write(work).result()
        with self._guard:
            self._removed.pop((case_id, page_id), None)

    def image(self, page_id: str, case_id: str) -> bytes:
        """A kept page, JPEG. Raises InputProblem ``scanning.page_gone``, EnvironmentProblem ``store.page_*``; that is
        ``store.page_expired`` where the picture was removed after its time."""
        self._acting.need(Right.SEE_PERSONS)
        pages, expired = self._store.read(lambda snapshot: (snapshot.pages(case_id), snapshot.expired_pages(case_id)))
        for page in pages:
            if page.page_id == page_id:
                if page_id in expired:
                    raise EnvironmentProblem("store.page_expired")
                return self._vault.get(page.page_id, page.sha256)
        raise InputProblem("scanning.page_gone")

    def thumbnail(self, page_id: str, case_id: str, longest_side: int) -> bytes:
        """A kept page, smaller. Raises as :meth:`image`."""
        return self._proposals.thumbnail(self.image(page_id, case_id), longest_side)

    def close(self) -> None:
        """Finish the page in hand, let the camera go, and remove files of pages that were taken out."""
        self._proposals.close()
        self._table.close()
        with self._guard:
            # a reused page is its first case's own, and stays
            removed = [one.page for one in self._removed.values() if one.unnamed]
            self._removed.clear()
        for page in removed:
            self._remove_file(page)

    def _remove_file(self, page: Page) -> None:
        named = self._store.read(lambda snapshot: snapshot.pages(page.case_id))
        if all(other.page_id != page.page_id for other in named):
            self._vault.remove(page.page_id, page.sha256)

    def _check_place(self, case_id: str, requirement_id: str) -> None:
        case = self._store.read(lambda snapshot: _open_for(snapshot, case_id, requirement_id))
        try:
            item = self._items.of_case(case) or self._items.get(case.item_code)
            item.requirement(requirement_id)
        except KeyError:
            raise InputProblem("intake.item_gone") from None


@dataclass(frozen=True)
class _Removed:
    """A page that was taken out, where it was, and whether no row names it any more."""

    page: Page
    place: int
    unnamed: bool


def _open_for(snapshot: Snapshot, case_id: str, requirement_id: str) -> Case:
    """The draft, the case that is being corrected, or the one that was taken in and still waits for that paper, which
    was promised.

    Raises:
        InputProblem: ``intake.gone``, ``intake.not_a_draft``.
    """
    try:
        return open_case(snapshot, case_id)
    except InputProblem as problem:
        if problem.key == "intake.gone":
            raise
        case = snapshot.case(case_id)
        if all(one.requirement_id != requirement_id for one in promised(case)):
            raise
        return case


def _same_place(corners: Corners, others: Corners) -> bool:
    # the page's first corner may be another one by now, so each is compared with the nearest
    return all(min(max(abs(x - u), abs(y - v)) for u, v in others) < _SAME_PLACE for x, y in corners)


def _named_in(row: OutboxRow) -> frozenset[str]:
    """Hashes of the pages a submission consists of."""
    if row.operation is not Operation.SUBMIT or row.state is SendingState.CANCELLED:
        return frozenset()
    return frozenset(entry.sha256 for entry in manifest_of(row) or ())


def _renumbered(pages: list[Page]) -> list[Page]:
    """The pages with their order counted from 1 within each requirement."""
    counts: dict[str, int] = {}
    renumbered: list[Page] = []
    for page in pages:
        counts[page.requirement_id] = counts.get(page.requirement_id, 0) + 1
        renumbered.append(replace(page, order=counts[page.requirement_id]))
    return renumbered
