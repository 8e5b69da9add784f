"""Photograph → page: pictures from the camera or a file, journalled, and kept in the vault as pages.

A photograph is on disk with its row before it is shown as taken (:mod:`villagedesk.desk.capture_journal`), so that a
crash loses nothing: what waited for the clerk's yes waits again at the next start. Where nothing about a page is to be
asked it can be kept at once, with its photograph in one transaction; keeping is taken back like any other act on pages.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.capture_journal import CaptureJournal, Written
from villagedesk.desk.disk import DiskWatch
from villagedesk.desk.drafts import corrects
from villagedesk.desk.items import Items
from villagedesk.desk.kept_pages import KeptPages, put_verified
from villagedesk.desk.material_notes import requirement_of, uploaded
from villagedesk.desk.news import News
from villagedesk.desk.page_book import Edit, PageBook
from villagedesk.desk.page_hints import PageHints
from villagedesk.desk.page_places import open_for, place_of
from villagedesk.desk.proposals import WHOLE, Held, Proposals
from villagedesk.desk.table_camera import TableCamera
from villagedesk.desk.views import Corners, DeviceLine, Proposal
from villagedesk.devices.ports import DocumentCamera, Photograph, PhotographReader
from villagedesk.domain.capture import Capture, Framing, Origin
from villagedesk.domain.case import Case, CaseStatus, Page
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.repositories import Prepared, Store, Transaction, Vault
from villagedesk.domain.roles import Right
from villagedesk.imaging.page import LOW_RESOLUTION

_WHOLE = Framing(WHOLE)


class Scanning:
    """Camera and proposals for drafts, cases being corrected, and papers that were promised and come later. Calls
    block; imaging runs on one thread of its own.

    Args:
        camera_device: None where the window has no document camera; files are imported then.
        read_file: for those.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        items: Items,
        camera_device: DocumentCamera | None,
        read_file: PhotographReader,
        disk: DiskWatch,
        news: News,
        acting: Acting,
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._items = items
        self._read_file = read_file
        self._table = TableCamera(camera_device, clock, news)
        self._disk = disk
        self._proposals = Proposals(disk)
        self._journal = CaptureJournal(store, vault, clock)
        self._book = PageBook(store, vault, clock, acting)
        self._acting = acting
        self._accepted: dict[str, frozenset[str]] = {}
        """By case: what was warned of and kept all the same. How far the camera sees does not change with each page."""
        self._hints = PageHints(vault, self._proposals)
        self.pages = KeptPages(store, vault, items, self._proposals, self._journal, self._book, self._hints, acting)

    def preview(self) -> bytes | None:
        """The newest small picture of the table, None without a camera, a picture, or when the camera fails."""
        self._acting.need(Right.WORK)
        return self._table.preview()

    def camera(self) -> DeviceLine:
        """The camera in words."""
        return self._table.line()

    def capture(
        self,
        case_id: str,
        requirement_id: str,
        *,
        whole_picture: bool = False,
        keep_sure: bool = False,
        replaces: str = "",
    ) -> Proposal:
        """Photograph the table and find the page in it. When this returns the photograph is on disk.

        Args:
            whole_picture: take all of it as the page, to be framed by hand where no paper is found.
            keep_sure: save the page at once where nothing is to be asked; the proposal's ``kept`` says so. A warning
                that the camera sees too little is asked about once in a case.
            replaces: page_id of a kept page whose place the new one takes.

        Raises:
            InputProblem: ``imaging.no_paper`` …, ``scanning.no_camera``, ``intake.gone``, ``intake.not_a_draft``.
            EnvironmentProblem: ``devices.camera_*`` when the device fails; it is opened anew at the next try.
                ``desk.disk_stopped`` when there is hardly any room; ``store.*`` when it could not be written.
        """
        self._acting.need(Right.WORK)
        self._disk.need_room_for_pages()
        self._check_place(case_id, requirement_id)
        wanted = Proposal(str(uuid.uuid4()), case_id, requirement_id, replaces=replaces)
        return self._propose(wanted, self._table.capture(), _WHOLE if whole_picture else Framing(), keep_sure)

    def import_file(
        self,
        case_id: str,
        requirement_id: str,
        path: Path,
        *,
        whole_picture: bool = False,
        keep_sure: bool = False,
        replaces: str = "",
    ) -> Proposal:
        """Take a picture file instead of the camera.

        Args:
            whole_picture: take all of it as the page: the clerk's way out when no paper's edge is to be seen in a
                file that is a finished scan already.
            keep_sure, replaces: as of :meth:`capture`.

        Raises:
            InputProblem: ``devices.file_*``, ``imaging.*``, ``intake.*``.
            EnvironmentProblem: ``desk.disk_stopped`` when there is hardly any room; ``store.*``.
        """
        self._acting.need(Right.WORK)
        self._disk.need_room_for_pages()
        self._check_place(case_id, requirement_id)
        wanted = Proposal(str(uuid.uuid4()), case_id, requirement_id, uploaded=True, replaces=replaces)
        return self._propose(wanted, self._read_file(path), _WHOLE if whole_picture else Framing(), keep_sure)

    def turn(self, proposal_id: str, quarter_turns: int) -> Proposal:
        """Turn the page clockwise. Raises InputProblem ``scanning.proposal_gone``."""
        self._acting.need(Right.WORK)
        return self._noted(self._proposals.turn(proposal_id, quarter_turns))

    def crop(self, proposal_id: str, corners: Corners) -> Proposal:
        """Cut the page out anew; the first corner is the page's top left, so the turning is in their order.

        Raises:
            InputProblem: ``imaging.bad_corners``, ``scanning.proposal_gone``.
        """
        self._acting.need(Right.WORK)
        return self._noted(self._proposals.crop(proposal_id, corners))

    def to_read(self, proposal_id: str) -> bytes:
        """A page that waits, or was kept a moment ago, as what is on it is best read.

        Raises:
            InputProblem: ``scanning.proposal_gone``, ``imaging.*``.
        """
        self._acting.need(Right.WORK)
        return self._proposals.to_read(proposal_id)

    def recolour(self, proposal_id: str) -> Proposal:
        """Keep the page in the next mode: colour, grey, as the picture it is. Raises InputProblem
        ``scanning.proposal_gone``."""
        self._acting.need(Right.WORK)
        return self._noted(self._proposals.recolour(proposal_id))

    def keep(self, proposal_id: str) -> Page:
        """Save the page: into the vault, verified, then its row. After return it is saved.

        Raises:
            InputProblem: ``scanning.proposal_gone``, ``intake.gone``, ``intake.not_a_draft``.
            EnvironmentProblem: ``store.*``; the proposal is still there to try again.
        """
        self._acting.need(Right.WORK)
        held = self._proposals.find(proposal_id)
        capture = self._journal.find(held.proposal.case_id, proposal_id)
        page_id = str(uuid.uuid4())
        sha256 = put_verified(self._vault, page_id, held.page.data)
        page = self._save(held, replace(capture, framing=held.framing), page_id, sha256)
        self._proposals.drop(proposal_id)
        if LOW_RESOLUTION in held.page.warnings:
            self._accepted[page.case_id] = frozenset({LOW_RESOLUTION})
        return page

    def drop(self, proposal_id: str) -> None:
        """Let a proposal go, and its photograph; one that is not there is no error."""
        self._acting.need(Right.WORK)
        try:
            proposal = self._proposals.find(proposal_id).proposal
        except InputProblem:
            return
        self._journal.drop(proposal.case_id, [proposal_id])
        self._proposals.drop(proposal_id)

    def reopen(self, capture_id: str, case_id: str) -> Proposal:
        """A photograph that still waits from before a crash, or was put by, as a proposal again.

        Raises:
            InputProblem: ``scanning.proposal_gone``, ``imaging.*``.
            EnvironmentProblem: ``store.page_*`` when its file cannot be read.
        """
        self._acting.need(Right.WORK)
        capture = self._journal.find(case_id, capture_id)
        if not capture.waits:
            raise InputProblem("scanning.proposal_gone")
        wanted = Proposal(capture_id, case_id, capture.requirement_id, uploaded=capture.uploaded)
        try:
            return self._proposals.make(wanted, self._journal.photograph(capture), capture.framing)
        except InputProblem:
            # what was found in it once is not found by this version: the clerk sets the corners
            return self._proposals.make(wanted, self._journal.photograph(capture), _WHOLE)

    def drop_waiting(self, case_id: str, capture_ids: Collection[str]) -> None:
        """Photographs that waited from before are not wanted."""
        self._acting.need(Right.WORK)
        self._journal.drop(case_id, capture_ids)
        for capture_id in capture_ids:
            self._proposals.drop(capture_id)

    def waiting_thumbnail(self, capture_id: str, case_id: str, longest_side: int) -> bytes:
        """A photograph that waits, small. Raises as :meth:`reopen`."""
        self._acting.need(Right.SEE_PERSONS)
        photograph = self._journal.photograph(self._journal.find(case_id, capture_id))
        return self._proposals.thumbnail(photograph.data, longest_side)

    def remove(self, page_id: str, case_id: str) -> None:
        """As :meth:`villagedesk.desk.kept_pages.KeptPages.remove`."""
        self.pages.remove(page_id, case_id)

    def undo_remove(self, page_id: str, case_id: str) -> None:
        """As :meth:`villagedesk.desk.kept_pages.KeptPages.undo_remove`."""
        self.pages.undo_remove(page_id, case_id)

    def image(self, page_id: str, case_id: str) -> bytes:
        """A kept page, JPEG. Raises InputProblem ``scanning.page_gone``, EnvironmentProblem ``store.page_*``; that is
        ``store.page_expired`` where the picture was removed after its time."""
        self._acting.need(Right.SEE_PERSONS)
        pages, expired = self._store.read(lambda snapshot: (snapshot.pages(case_id), snapshot.expired_pages(case_id)))
        page = pages[place_of(pages, page_id)]
        if page_id in expired:
            raise EnvironmentProblem("store.page_expired")
        return self._vault.get(page.page_id, page.sha256)

    def thumbnail(self, page_id: str, case_id: str, longest_side: int) -> bytes:
        """A kept page, smaller. Raises as :meth:`image`."""
        return self._proposals.thumbnail(self.image(page_id, case_id), longest_side)

    def close(self) -> None:
        """Finish the page in hand, let the camera go, and remove files of pages that were taken out. What waits for an
        answer stays in the journal."""
        self._proposals.close()
        self._table.close()
        try:
            self._book.close()
        finally:
            self._journal.close()

    def _propose(self, wanted: Proposal, photograph: Photograph, framing: Framing, keep_sure: bool) -> Proposal:
        # A file could be anything and is written after it was found to be a picture; it does not run away meanwhile.
        # What the camera gave is written while its page is being made.
        early = None if wanted.uploaded else self._journal.begin(wanted.proposal_id, photograph)
        keep_sure = keep_sure and framing.corners is None  # corners that nobody found are asked about
        accepted = self._accepted.get(wanted.case_id, frozenset())
        try:
            proposal = self._proposals.make(wanted, photograph, framing, accepted if keep_sure else None)
        except BaseException:
            if early is not None:
                self._journal.give_up(early)
            raise
        writing = early or self._journal.begin(wanted.proposal_id, photograph)
        try:
            written = writing.result()
            held = self._proposals.find(proposal.proposal_id)
            if keep_sure and held.is_certain(accepted):
                page = self._keep_at_once(held, written)
                self._proposals.drop(proposal.proposal_id)
                return replace(proposal, kept=page)
            self._wait_for_answer(held, written)
        except BaseException:
            self._proposals.drop(proposal.proposal_id)
            raise
        return proposal

    def _keep_at_once(self, held: Held, written: Written) -> Page:
        page_id = str(uuid.uuid4())
        try:
            prepared = self._vault.prepare(page_id, held.page.data)
        except Problem:
            self._vault.give_up([written.prepared])
            raise
        self._publish(written.prepared, prepared)
        capture = self._entry(held, written)
        try:
            return self._save(held, capture, page_id, prepared.sha256)
        except (Problem, ValueError):
            self._vault.remove(capture.capture_id, capture.sha256)  # no row names it
            raise

    def _wait_for_answer(self, held: Held, written: Written) -> None:
        self._publish(written.prepared)
        capture = self._entry(held, written)

        def work(transaction: Transaction) -> None:
            open_for(transaction, capture.case_id, capture.requirement_id)
            transaction.put_capture(capture)

        try:
            self._store.write(work).result()
        except (Problem, ValueError):
            self._vault.remove(capture.capture_id, capture.sha256)  # no row names it
            raise

    def _publish(self, *prepared: Prepared) -> None:
        """Make prepared files the vault's own, all read back, or none."""
        self._vault.publish(prepared)
        if not all(self._vault.verify(one.page_id, one.sha256) for one in prepared):
            for one in prepared:
                self._vault.remove(one.page_id, one.sha256)
            raise EnvironmentProblem("store.write_failed")

    def _entry(self, held: Held, written: Written) -> Capture:
        proposal, prepared = held.proposal, written.prepared
        return Capture(
            capture_id=proposal.proposal_id,
            case_id=proposal.case_id,
            requirement_id=proposal.requirement_id,
            sha256=prepared.sha256,
            byte_count=prepared.byte_count,
            media_type=written.media_type,
            taken_at=self._clock.now(),
            uploaded=proposal.uploaded,
            framing=held.framing,
        )

    def _save(self, held: Held, capture: Capture, page_id: str, sha256: str) -> Page:
        """Name a page whose file is verified, and settle its photograph, in one transaction."""
        proposal, flat = held.proposal, held.page
        page = Page(
            page_id=page_id,
            case_id=proposal.case_id,
            requirement_id=proposal.requirement_id,
            order=0,  # counted by the book
            sha256=sha256,
            byte_count=len(flat.data),
            media_type=flat.media_type,
            width=flat.width,
            height=flat.height,
            dpi=flat.dpi,
            captured_at=self._clock.now(),
        )

        def change(pages: list[Page]) -> list[Page]:
            for place, before in enumerate(pages):
                if before.page_id == proposal.replaces:
                    pages[place] = replace(page, requirement_id=before.requirement_id)
                    return pages
            return [*pages, page]

        def beside(transaction: Transaction, case: Case) -> Case:
            transaction.put_capture(replace(capture, waits=False))
            transaction.add_origin(Origin(page_id, capture.capture_id, capture.framing))
            item = self._items.of_case(case)
            anew = corrects(transaction, case)
            if proposal.uploaded and (anew or case.status is CaseStatus.DRAFT) and item is not None:
                return uploaded(case, requirement_of(item, proposal.requirement_id), anew=anew)
            return case

        kind = "page_retaken" if proposal.replaces else "page_added"
        detail = {"before": proposal.replaces} if proposal.replaces else {}
        try:
            saved = self._book.do(proposal.case_id, Edit(kind, page_id, change, beside, detail))
        except (Problem, ValueError):
            self._vault.remove(page_id, sha256)  # no row names it
            raise
        self._hints.note(page_id, flat)
        return saved

    def _noted(self, proposal: Proposal) -> Proposal:
        framing = self._proposals.find(proposal.proposal_id).framing
        self._journal.reframe(proposal.case_id, proposal.proposal_id, framing)
        return proposal

    def _check_place(self, case_id: str, requirement_id: str) -> None:
        case = self._store.read(lambda snapshot: open_for(snapshot, case_id, requirement_id))
        try:
            item = self._items.of_case(case) or self._items.get(case.item_code)
            item.requirement(requirement_id)
        except KeyError:
            raise InputProblem("intake.item_gone") from None
