"""Photograph → page: pictures from the camera or a file, journalled, and kept in the vault as pages.

A photograph is on disk with its row before it is shown as taken (:mod:`villagedesk.desk.capture_journal`), so that a
crash loses nothing: what waited for the clerk's yes waits again at the next start. Where nothing about a page is to be
asked it can be kept at once, with its photograph in one transaction; keeping is taken back like any other act on pages.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.capture_journal import CaptureJournal
from villagedesk.desk.disk import DiskWatch
from villagedesk.desk.flatbed import Flatbed, ScannerChoice
from villagedesk.desk.import_views import SeenPage
from villagedesk.desk.importing import Importing
from villagedesk.desk.items import Items
from villagedesk.desk.kept_pages import KeptPages
from villagedesk.desk.live_table import LiveTable
from villagedesk.desk.loose_pages import LoosePages
from villagedesk.desk.page_book import PageBook
from villagedesk.desk.page_hints import PageHints
from villagedesk.desk.page_places import open_for, place_of
from villagedesk.desk.page_taking import PageTaking
from villagedesk.desk.proposals import WHOLE, Proposals
from villagedesk.desk.table_camera import Sides, TableCamera
from villagedesk.desk.views import Corners, DeviceLine, Proposal, Sentence
from villagedesk.domain.capture import Framing
from villagedesk.domain.case import Page
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.repositories import Store, Vault
from villagedesk.domain.roles import Right
from villagedesk.imaging.page import UNSURE

_WHOLE = Framing(WHOLE)
_NO_PAPER = "imaging.no_paper"
_SAME_PLACE = 0.02
"""How far, as shares of the picture, a corner may lie from where it was when the file was looked at."""


class Scanning:
    """Camera and proposals for drafts, cases being corrected, and papers that were promised and come later. Calls
    block; imaging runs on one thread of its own.

    Args:
        table: the cameras, where the window has any.
        importing: reads files, which is all there is where it has none.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        items: Items,
        table: TableCamera,
        importing: Importing,
        disk: DiskWatch,
        flatbed: Flatbed,
        acting: Acting,
    ) -> None:
        self._store = store
        self._vault = vault
        self._items = items
        self._importing = importing
        self._table = table
        self.live = LiveTable(table, store, clock, acting)
        self._flatbed = flatbed
        self._disk = disk
        self._proposals = Proposals(disk)
        self.loose = LoosePages(table, self.live, importing, self._proposals)
        self._journal = CaptureJournal(store, vault, clock)
        self._book = PageBook(store, vault, clock, acting)
        self._acting = acting
        hints = PageHints(vault, self._proposals)
        self._taking = PageTaking(store, vault, clock, items, self._proposals, self._journal, self._book, hints)
        self.pages = KeptPages(store, vault, items, self._proposals, self._journal, self._book, hints, acting)

    def camera(self) -> DeviceLine:
        """The camera in words."""
        return self._table.line()

    def sides(self) -> Sides:
        """Which of the window's cameras is looked through, and what else there is."""
        return self._table.sides()

    def change_side(self) -> Sides:
        """Look through the other camera, e.g. for a portrait. Raises InputProblem ``scanning.no_second_camera``."""
        self._acting.need(Right.WORK)
        self._table.change_side()
        return self._table.sides()

    def capture(
        self,
        case_id: str,
        requirement_id: str,
        *,
        ask_where: bool = False,
        keep_sure: bool = False,
        replaces: str = "",
        shot: Callable[[], None] = lambda: None,
    ) -> Proposal:
        """Photograph the table and find the page in it. When this returns the photograph is on disk.

        Args:
            ask_where: where no paper is found, propose all of the picture, whose corners are to be set by hand.
            keep_sure: save the page at once where nothing is to be asked; the proposal's ``kept`` says so. A warning
                that the camera sees too little is asked about once in a case.
            replaces: page_id of a kept page whose place the new one takes.
            shot: called, in this thread, when the photograph is there and the paper may be moved.

        Raises:
            InputProblem: ``imaging.no_paper``, unless that is asked, …, ``scanning.no_camera``, ``intake.gone``,
                ``intake.not_a_draft``.
            EnvironmentProblem: ``devices.camera_*`` when the device fails; it is opened anew at the next try.
                ``desk.disk_stopped`` when there is hardly any room; ``store.*`` when it could not be written.
            Cancelled: by :meth:`break_off`.
        """
        self._acting.need(Right.WORK)
        wanted = Proposal(str(uuid.uuid4()), case_id, requirement_id, replaces=replaces)
        try:
            self._disk.need_room_for_pages()
            self._check_place(case_id, requirement_id)
            photograph = self._table.capture()
            self.live.taken()
            shot()
            try:
                return self._taking.propose(wanted, photograph, Framing(), keep_sure=keep_sure)
            except InputProblem as problem:
                if problem.key != _NO_PAPER or not ask_where:
                    raise
            # not photographed again: the paper may be gone from the table
            return replace(self._taking.propose(wanted, photograph, _WHOLE, keep_sure=False), sure=False)
        except Exception as problem:
            self.live.failed(retry=isinstance(problem, Problem) and problem.key.startswith("devices."))
            raise

    def break_off(self) -> None:
        """The clerk turned away from a photograph that was not taken yet: the next one is not to be taken for it. Does
        not wait."""
        self._table.break_off()

    def scanner(self) -> ScannerChoice | None:
        """The flatbed scanner that was chosen, None where there is none."""
        return self._flatbed.chosen()

    def scan_flatbed(
        self, case_id: str, requirement_id: str, progress: Progress = silent, *, replaces: str = ""
    ) -> Proposal:
        """Take what lies on the scanner's glass: all of it is the page, to be cut by hand where it is a small paper.

        Raises:
            InputProblem: ``scanner.none_chosen``, ``intake.gone``, ``intake.not_a_draft``.
            EnvironmentProblem: ``scanner.*``; ``desk.disk_stopped`` when there is hardly any room.
            Cancelled: as ``progress`` wants it.
        """
        self._acting.need(Right.WORK)
        self._disk.need_room_for_pages()
        self._check_place(case_id, requirement_id)
        wanted = Proposal(str(uuid.uuid4()), case_id, requirement_id, replaces=replaces)
        scan = self._flatbed.scan(progress)
        return self._taking.propose(wanted, scan, Framing(WHOLE, dpi=scan.dpi), keep_sure=False)

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

    def import_page(
        self, case_id: str, requirement_id: str, page: SeenPage, *, keep_sure: bool = False, replaces: str = ""
    ) -> Proposal:
        """Take a page of a file that was looked at (:meth:`Importing.look`). Where it was not sure then, it is not now.

        Args:
            keep_sure, replaces: as of :meth:`capture`.

        Raises:
            InputProblem: ``files.*``, ``imaging.*``, ``intake.*``.
            EnvironmentProblem: ``files.no_reader``, ``desk.disk_stopped`` when there is hardly any room; ``store.*``.
            Cancelled: by :meth:`Importing.stop`.
        """
        self._acting.need(Right.WORK)
        self._disk.need_room_for_pages()
        self._check_place(case_id, requirement_id)
        photograph = self._importing.photograph(page)
        wanted = Proposal(str(uuid.uuid4()), case_id, requirement_id, uploaded=True, replaces=replaces)
        framing = Framing(WHOLE, dpi=photograph.dpi) if page.corners is None else Framing()
        propose = partial(self._taking.propose, wanted, photograph)
        try:
            return propose(framing, keep_sure=keep_sure, doubt=lambda corners: _doubt(page, corners))
        except InputProblem as problem:
            if problem.key != _NO_PAPER:
                raise
        # seen in the smaller picture only
        unsure = replace(page, sure=False)
        return propose(Framing(page.corners), keep_sure=False, doubt=lambda corners: _doubt(unsure, corners))

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

    def recolour(self, proposal_id: str) -> Proposal:
        """Keep the page in the next mode: colour, grey, as the picture it is. Raises InputProblem
        ``scanning.proposal_gone``."""
        self._acting.need(Right.WORK)
        return self._noted(self._proposals.recolour(proposal_id))

    def to_read(self, proposal_id: str) -> bytes:
        """A page that waits, or was kept a moment ago, as what is on it is best read.

        Raises:
            InputProblem: ``scanning.proposal_gone``, ``imaging.*``.
        """
        self._acting.need(Right.WORK)
        return self._proposals.to_read(proposal_id)

    def keep(self, proposal_id: str) -> Page:
        """Save the page: into the vault, verified, then its row. After return it is saved.

        Raises:
            InputProblem: ``scanning.proposal_gone``, ``intake.gone``, ``intake.not_a_draft``.
            EnvironmentProblem: ``store.*``; the proposal is still there to try again.
        """
        self._acting.need(Right.WORK)
        return self._taking.keep(proposal_id)

    def drop(self, proposal_id: str) -> None:
        """Let a proposal go, and its photograph; one that is not there is no error."""
        self._acting.need(Right.WORK)
        try:
            proposal = self._proposals.find(proposal_id).proposal
        except InputProblem:
            return
        self._journal.drop(proposal.case_id, [proposal_id])
        self._proposals.drop(proposal_id)
        self.live.thrown_away()

    def reopen(self, capture_id: str, case_id: str, requirement_id: str = "") -> Proposal:
        """A photograph that still waits from before a crash, or was put by, as a proposal again. Where the page whose
        place it was to take is not among its paper's any more, it is one more page.

        Args:
            requirement_id: the paper it is for now, where that is another than it was taken for.

        Raises:
            InputProblem: ``scanning.proposal_gone``, ``imaging.*``.
            EnvironmentProblem: ``store.page_*`` when its file cannot be read.
        """
        self._acting.need(Right.WORK)
        capture = self._journal.find(case_id, capture_id)
        if not capture.waits:
            raise InputProblem("scanning.proposal_gone")
        paper = requirement_id or capture.requirement_id
        pages = self._store.read(lambda snapshot: snapshot.pages(case_id))
        there = any(page.page_id == capture.replaces and page.requirement_id == paper for page in pages)
        replaces = capture.replaces if there else ""
        wanted = Proposal(capture_id, case_id, paper, uploaded=capture.uploaded, replaces=replaces)
        photograph = self._journal.photograph(capture)
        try:
            made = self._proposals.make(wanted, photograph, capture.framing, doubt=lambda _: capture.doubt)
        except InputProblem:
            # what was found in it once is not found by this version
            return replace(self._proposals.make(wanted, photograph, _WHOLE), sure=False)
        # where no paper was found, all of the picture was proposed, and the clerk has not set the corners yet
        return replace(made, sure=False) if capture.framing == _WHOLE and not capture.uploaded else made

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
        """A kept page as a picture for the screen, JPEG. Raises InputProblem ``scanning.page_gone``,
        ``imaging.truncated`` where it cannot be drawn, EnvironmentProblem ``store.page_*``; that is
        ``store.page_expired`` where the picture was removed after its time."""
        return self._proposals.picture(self._kept(page_id, case_id))

    def thumbnail(self, page_id: str, case_id: str, longest_side: int) -> bytes:
        """A kept page, smaller. Raises as :meth:`image`."""
        return self._proposals.thumbnail(self._kept(page_id, case_id), longest_side)

    def _kept(self, page_id: str, case_id: str) -> bytes:
        self._acting.need(Right.SEE_PERSONS)
        pages, expired = self._store.read(lambda snapshot: (snapshot.pages(case_id), snapshot.expired_pages(case_id)))
        page = pages[place_of(pages, page_id)]
        if page_id in expired:
            raise EnvironmentProblem("store.page_expired")
        return self._vault.get(page.page_id, page.sha256)

    def close(self) -> None:
        """Finish the page in hand, let the camera go, and remove files of pages that were taken out. What waits for an
        answer stays in the journal."""
        with ExitStack() as after:  # whatever one of them meets, the others are closed
            after.callback(self._journal.close)
            after.callback(self._book.close)
            after.callback(self._table.close)
            self._proposals.close()

    def _noted(self, proposal: Proposal) -> Proposal:
        held = self._proposals.find(proposal.proposal_id)
        try:
            self._journal.reframe(proposal.case_id, proposal.proposal_id, held.framing, held.doubt)
        except EnvironmentProblem:
            # it is as it is shown, and can be kept like that; the next change notes this one, too
            return replace(proposal, warnings=(*proposal.warnings, Sentence("scanning.not_noted", {}, "warn")))
        return proposal

    def _check_place(self, case_id: str, requirement_id: str) -> None:
        case = self._store.read(lambda snapshot: open_for(snapshot, case_id, requirement_id))
        try:
            item = self._items.of_case(case) or self._items.get(case.item_code)
            item.requirement(requirement_id)
        except KeyError:
            raise InputProblem("intake.item_gone") from None


def _doubt(page: SeenPage, corners: Corners) -> str:
    """What to ask about a page of a file where it was not sure, or its paper now lies elsewhere than when it was looked
    at; "" for nothing."""
    if page.sure and (page.corners is None or _same_place(corners, page.corners)):
        return ""
    return "imaging.warning.whole" if page.corners is None else UNSURE


def _same_place(corners: Corners, others: Corners) -> bool:
    # the page's first corner may be another one by now, so each is compared with the nearest
    return all(min(max(abs(x - u), abs(y - v)) for u, v in others) < _SAME_PLACE for x, y in corners)
