"""Pages that are kept: their order, the material they belong to, turned or cut anew from their photograph, taken out,
and every one of these acts taken back.

What is turned or cut anew is made of the photograph again, so that nothing is lost by it however often it is done; that
is possible until the papers are taken in.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

from villagedesk.desk.acting import Acting
from villagedesk.desk.capture_journal import CaptureJournal
from villagedesk.desk.items import Items
from villagedesk.desk.page_book import Edit, PageBook
from villagedesk.desk.page_history import PageAct
from villagedesk.desk.page_places import place_of
from villagedesk.desk.proposals import Proposals
from villagedesk.desk.views import Corners, PageOutlined
from villagedesk.domain.capture import Capture, Framing, Origin
from villagedesk.domain.case import Case, Page
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.repositories import Store, Transaction, Vault
from villagedesk.domain.roles import Right
from villagedesk.imaging.page import FlattenedPage


class KeptPages:
    """Acts on pages of drafts, of cases being corrected, and of papers that were promised. Calls block and may come
    from several threads.

    All raise InputProblem ``scanning.page_gone``, ``intake.gone``, ``intake.not_a_draft``, ``life.page_queued``, and
    EnvironmentProblem ``store.*``; nothing was changed then.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        items: Items,
        proposals: Proposals,
        journal: CaptureJournal,
        book: PageBook,
        acting: Acting,
    ) -> None:
        self._store = store
        self._vault = vault
        self._items = items
        self._proposals = proposals
        self._journal = journal
        self._book = book
        self._acting = acting

    def shift(self, page_id: str, case_id: str, by: int) -> Page:
        """Put a page further on within its material, or before others; gives it where it is now.

        Args:
            by: how many pages further, negative towards the first. It stops at the ends.
        """
        self._acting.need(Right.WORK)

        def change(pages: list[Page]) -> list[Page]:
            page = pages[place_of(pages, page_id)]
            own = [one for one in pages if one.requirement_id == page.requirement_id]
            where = max(0, min(len(own) - 1, own.index(page) + by))
            own.remove(page)
            own.insert(where, page)
            return [one for one in pages if one.requirement_id != page.requirement_id] + own

        return self._book.do(case_id, Edit("page_shifted", page_id, change))

    def move(self, page_id: str, case_id: str, requirement_id: str) -> Page:
        """Put a page under another material of the checklist, behind those that are there; gives it where it is now.

        Raises:
            InputProblem: ``intake.requirement_gone``.
        """
        self._acting.need(Right.WORK)

        def change(pages: list[Page]) -> list[Page]:
            page = pages.pop(place_of(pages, page_id))
            return [*pages, replace(page, requirement_id=requirement_id)]

        def check(_transaction: Transaction, case: Case) -> Case:
            item = self._items.of_case(case)
            if item is not None and all(one.requirement_id != requirement_id for one in item.materials):
                raise InputProblem("intake.requirement_gone")
            return case

        return self._book.do(case_id, Edit("page_moved", page_id, change, check))

    def turn(self, page_id: str, case_id: str, quarter_turns: int) -> Page:
        """Turn a page clockwise; gives the page in its place. Raises InputProblem ``scanning.no_photograph``."""

        def turned(framing: Framing) -> Framing:
            return replace(framing, quarter_turns=(framing.quarter_turns + quarter_turns) % 4)

        return self._remake(page_id, case_id, "page_turned", turned)

    def crop(self, page_id: str, case_id: str, corners: Corners) -> Page:
        """Cut a page out of its photograph anew, the first corner is its top left; gives the page in its place.

        Raises:
            InputProblem: ``scanning.no_photograph``, ``imaging.bad_corners``.
        """
        return self._remake(page_id, case_id, "page_cropped", lambda framing: Framing(corners, 0, framing.mode))

    def outlined(self, page_id: str, case_id: str) -> PageOutlined:
        """The photograph of a page with its corners, to be cut out anew.

        Raises:
            InputProblem: ``scanning.no_photograph`` when it is not kept, or not any more.
        """
        self._acting.need(Right.WORK)
        framing, capture = self._origin(page_id, case_id)
        return PageOutlined(*self._proposals.outline_of(self._journal.photograph(capture), framing))

    def remove(self, page_id: str, case_id: str) -> None:
        """Take a page out; its file stays in the vault until the session ends, so that it can be put back."""
        self._acting.need(Right.WORK)

        def change(pages: list[Page]) -> list[Page]:
            pages.pop(place_of(pages, page_id))
            return pages

        self._book.do(case_id, Edit("page_removed", page_id, change))

    def undo_remove(self, page_id: str, case_id: str) -> None:
        """Put a page back where it was, whatever was done since, within the same session."""
        self._acting.need(Right.WORK)
        self._book.put_back(page_id, case_id)

    def last_act(self, case_id: str) -> PageAct | None:
        """What :meth:`undo` would take back; None when nothing was done in this session."""
        self._acting.need(Right.SEE_PERSONS)
        return self._book.history.last(case_id)

    def undo(self, case_id: str) -> PageAct:
        """Take the last act on the case's pages in this session back, whatever it was, keeping a page too; gives what
        was taken back.

        Raises:
            InputProblem: ``scanning.nothing_to_undo``; ``scanning.cannot_undo`` when the pages were changed by another
                way since.
        """
        self._acting.need(Right.WORK)
        return self._book.undo(case_id)

    def _remake(self, page_id: str, case_id: str, kind: str, change: Callable[[Framing], Framing]) -> Page:
        self._acting.need(Right.WORK)
        before, capture = self._origin(page_id, case_id)
        framing = change(before)
        flat = self._proposals.page_of(self._journal.photograph(capture), framing)
        return self._put_in_place(page_id, case_id, kind, flat, [Origin("", capture.capture_id, framing)])

    def _put_in_place(
        self, page_id: str, case_id: str, kind: str, flat: FlattenedPage, origins: Sequence[Origin]
    ) -> Page:
        new_id = str(uuid.uuid4())
        sha256 = put_verified(self._vault, new_id, flat.data)

        def in_place(pages: list[Page]) -> list[Page]:
            place = place_of(pages, page_id)
            pages[place] = made(pages[place], new_id, sha256, flat)
            return pages

        def note_origins(transaction: Transaction, case: Case) -> Case:
            for origin in origins:
                transaction.add_origin(replace(origin, page_id=new_id))
            return case

        try:
            return self._book.do(case_id, Edit(kind, new_id, in_place, note_origins, {"before": page_id}))
        except (Problem, ValueError):
            self._vault.remove(new_id, sha256)  # no row names it
            raise

    def _origin(self, page_id: str, case_id: str) -> tuple[Framing, Capture]:
        pages, origins, captures = self._store.read(
            lambda snapshot: (snapshot.pages(case_id), snapshot.origins(page_id), snapshot.captures(case_id))
        )
        place_of(pages, page_id)
        by_id = {capture.capture_id: capture for capture in captures}
        if len(origins) != 1 or origins[0].capture_id not in by_id:
            raise InputProblem("scanning.no_photograph")
        return origins[0].framing, by_id[origins[0].capture_id]


def put_verified(vault: Vault, page_id: str, data: bytes) -> str:
    """Write a page and read it back; gives its SHA-256. Raises EnvironmentProblem ``store.*``."""
    sha256 = vault.put(page_id, data)
    if not vault.verify(page_id, sha256):
        raise EnvironmentProblem("store.write_failed")
    return sha256


def made(page: Page, page_id: str, sha256: str, flat: FlattenedPage) -> Page:
    """The page with other contents."""
    return replace(
        page,
        page_id=page_id,
        sha256=sha256,
        byte_count=len(flat.data),
        media_type=flat.media_type,
        width=flat.width,
        height=flat.height,
        dpi=flat.dpi,
    )
