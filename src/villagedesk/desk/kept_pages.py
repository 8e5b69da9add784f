"""Pages that are kept: their order, the material they belong to, turned or cut anew from their photograph, taken out,
and every one of these acts taken back.

What is turned or cut anew is made of the photograph again, so that nothing is lost by it however often it is done; that
is possible until the papers are taken in.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from villagedesk.desk.acting import Acting
from villagedesk.desk.capture_journal import CaptureJournal
from villagedesk.desk.case_here import case_here
from villagedesk.desk.items import Items
from villagedesk.desk.page_book import Edit, PageBook
from villagedesk.desk.page_hints import PageHints
from villagedesk.desk.page_history import PageAct
from villagedesk.desk.page_places import place_of
from villagedesk.desk.proposals import Proposals, mode_after, recut, turned
from villagedesk.desk.views import Corners, PageOutlined, Sentence
from villagedesk.devices.ports import Photograph
from villagedesk.domain.capture import Capture, Framing, Origin
from villagedesk.domain.case import Case, Page
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.repositories import Store, Transaction, Vault
from villagedesk.domain.roles import Right
from villagedesk.imaging.page import FlattenedPage

Reframing = Callable[[Framing, Photograph], Framing]
"""How a page is to be made, from how it was made and its photograph."""


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
        hints: PageHints,
        acting: Acting,
    ) -> None:
        self._store = store
        self._vault = vault
        self._items = items
        self._proposals = proposals
        self._journal = journal
        self._book = book
        self._hints = hints
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
        return self._remake(page_id, case_id, "page_turned", lambda framing, _: turned(framing, quarter_turns))

    def crop(self, page_id: str, case_id: str, corners: Corners) -> Page:
        """Cut a page out of its photograph anew, the first corner is its top left; gives the page in its place.

        Raises:
            InputProblem: ``scanning.no_photograph``, ``imaging.bad_corners``.
        """
        return self._remake(page_id, case_id, "page_cropped", lambda framing, _: recut(framing, corners))

    def recolour(self, page_id: str, case_id: str) -> Page:
        """Keep a page in the next mode: colour, grey, as the picture it is; gives the page in its place.

        Raises:
            InputProblem: ``scanning.no_photograph``.
        """

        def next_mode(framing: Framing, photograph: Photograph) -> Framing:
            return replace(framing, mode=mode_after(self._proposals.page_of(photograph, framing).mode))

        return self._remake(page_id, case_id, "page_recoloured", next_mode)

    def card_sides(self, page_id: str, case_id: str) -> tuple[Page, Page]:
        """The two pages of a card of which this is one, in their order.

        Raises:
            InputProblem: ``scanning.no_cards`` where it is no card, or has no other beside it.
        """
        self._acting.need(Right.WORK)
        pages = self._store.read(lambda snapshot: snapshot.pages(case_id))
        requirement_id = pages[place_of(pages, page_id)].requirement_id
        cards = self._hints.cards([page for page in pages if page.requirement_id == requirement_id])
        sides = next((sides for sides in cards if page_id in (side.page_id for side in sides)), None)
        if sides is None:
            raise InputProblem("scanning.no_cards")
        return sides

    def join_cards(self, first: Page, second: Page, *, second_above: bool) -> Page:
        """Set two pages of cards on one A4 page at their true size, in the place of the first; gives that page.

        The two pages' photographs stay until the papers are taken in. The watermark comes when it is printed.
        """
        self._acting.need(Right.WORK)
        sides = (second, first) if second_above else (first, second)
        flat = self._proposals.joined(*(self._vault.get(side.page_id, side.sha256) for side in sides))
        origins = self._store.read(lambda one: [origin for side in sides for origin in one.origins(side.page_id)[:1]])
        placed = [replace(origin, place=place) for place, origin in enumerate(origins)]
        return self._put_in_place(first.page_id, first.case_id, "cards_joined", flat, placed, gone=second.page_id)

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

    def hints(self, case_id: str) -> Mapping[str, Sentence]:
        """What may be wrong with pages of the case, by page_id: empty ones, repeats of an earlier one. They are told,
        never removed by themselves. May take a while after a restart.

        Raises:
            InputProblem: ``intake.gone``.
        """
        self._acting.need(Right.SEE_PERSONS)
        case, pages = self._store.read(lambda snapshot: (case_here(snapshot, case_id), snapshot.pages(case_id)))
        item = self._items.of_case(case)
        names = {} if item is None else {one.requirement_id: one.name for one in item.materials}
        return self._hints.of(pages, names)

    def undo(self, case_id: str) -> PageAct:
        """Take the last act on the case's pages in this session back, whatever it was, keeping a page too; gives what
        was taken back.

        Raises:
            InputProblem: ``scanning.nothing_to_undo``; ``scanning.cannot_undo`` when the pages were changed by another
                way since.
        """
        self._acting.need(Right.WORK)
        return self._book.undo(case_id)

    def _remake(self, page_id: str, case_id: str, kind: str, change: Reframing) -> Page:
        self._acting.need(Right.WORK)
        before, capture = self._origin(page_id, case_id)
        photograph = self._journal.photograph(capture)
        framing = change(before, photograph)
        flat = self._proposals.page_of(photograph, framing)
        return self._put_in_place(page_id, case_id, kind, flat, [Origin("", capture.capture_id, framing)])

    def _put_in_place(
        self, page_id: str, case_id: str, kind: str, flat: FlattenedPage, origins: Sequence[Origin], gone: str = ""
    ) -> Page:
        new_id = str(uuid.uuid4())
        sha256 = put_verified(self._vault, new_id, flat.data)

        def in_place(pages: list[Page]) -> list[Page]:
            place = place_of(pages, page_id)
            pages[place] = made(pages[place], new_id, sha256, flat)
            if gone:
                pages.pop(place_of(pages, gone))
            return pages

        def note_origins(transaction: Transaction, case: Case) -> Case:
            for origin in origins:
                transaction.add_origin(replace(origin, page_id=new_id))
            return case

        try:
            page = self._book.do(case_id, Edit(kind, new_id, in_place, note_origins, {"before": page_id}))
        except (Problem, ValueError):
            self._vault.remove(new_id, sha256)  # no row names it
            raise
        self._hints.note(new_id, flat)
        return page

    def _origin(self, page_id: str, case_id: str) -> tuple[Framing, Capture]:
        pages, origins, captures = self._store.read(
            lambda snapshot: (snapshot.pages(case_id), snapshot.origins(page_id), snapshot.captures(case_id))
        )
        place_of(pages, page_id)
        by_id = {capture.capture_id: capture for capture in captures}
        if len(origins) > 1:
            raise InputProblem("scanning.joined")
        if not origins or origins[0].capture_id not in by_id:
            raise InputProblem("scanning.no_photograph")
        return origins[0].framing, by_id[origins[0].capture_id]


def put_verified(vault: Vault, page_id: str, data: bytes) -> str:
    """Write a page and read it back; gives its SHA-256. Raises EnvironmentProblem ``store.*``; nothing is left then."""
    sha256 = vault.put(page_id, data)
    if not vault.verify(page_id, sha256):
        vault.remove(page_id, sha256)
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
