"""What may be wrong with kept pages: one that is empty, one that is there already. Told, and never acted on."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from villagedesk.desk.page_views import CARDS
from villagedesk.desk.proposals import Proposals
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import Page
from villagedesk.domain.problems import Problem
from villagedesk.domain.repositories import Vault
from villagedesk.imaging.page import FlattenedPage, Paper, same_page

_MOST_KNOWN = 2000


@dataclass(frozen=True)
class _Seen:
    """What a page looks like, as far as it was looked at."""

    blank: bool
    fingerprint: bytes
    paper: Paper


class PageHints:
    """Compares the pages of a case. Pages of an earlier session are read once more; calls may come from several
    threads and take a while then."""

    def __init__(self, vault: Vault, proposals: Proposals) -> None:
        self._vault = vault
        self._proposals = proposals
        self._guard = threading.Lock()
        self._seen: dict[str, _Seen] = {}
        self._same: dict[tuple[str, str], bool] = {}

    def note(self, page_id: str, flat: FlattenedPage) -> None:
        """A page was made: what it looks like is known."""
        with self._guard:
            if len(self._seen) >= _MOST_KNOWN:
                self._seen.clear()
                self._same.clear()
            self._seen[page_id] = _Seen(flat.blank, flat.fingerprint, flat.paper)

    def of(self, pages: Sequence[Page], names: Mapping[str, str]) -> dict[str, Sentence]:
        """By page_id, of those with which something may be wrong.

        Args:
            pages: of one case.
            names: of its materials by requirement_id.
        """
        hints: dict[str, Sentence] = {}
        before: list[Page] = []
        for page in sorted(pages, key=lambda page: page.captured_at):
            seen = self._look(page)
            if seen is None:
                continue
            if seen.blank:
                hints[page.page_id] = Sentence("scanning.hint.blank", {}, "warn")
                continue
            like = next((one for one in before if self._alike(one, page)), None)
            if like is not None:
                params = {"material": names.get(like.requirement_id, ""), "number": like.order}
                hints[page.page_id] = Sentence("scanning.hint.repeat", params, "warn")
            before.append(page)
        for requirement_id in {page.requirement_id for page in pages}:
            for sides in self.cards([page for page in pages if page.requirement_id == requirement_id]):
                if not any(page.page_id in hints for page in sides):
                    hints |= {page.page_id: Sentence(CARDS, {}, "calm") for page in sides}
        return hints

    def cards(self, pages: Sequence[Page]) -> list[tuple[Page, Page]]:
        """Which pages are a card's two sides: cards that follow each other, two by two. Beside them there may be other
        papers, as with an agent's letter, and more cards, as of a couple.

        Args:
            pages: of one material.
        """
        found: list[tuple[Page, Page]] = []
        front: Page | None = None
        for page in sorted(pages, key=lambda page: page.order):
            seen = self._look(page)
            if seen is None or seen.paper is not Paper.CARD:
                front = None
            elif front is None:
                front = page
            else:
                found.append((front, page))
                front = None
        return found

    def _look(self, page: Page) -> _Seen | None:
        with self._guard:
            seen = self._seen.get(page.page_id)
        if seen is not None:
            return seen
        try:
            flat = self._proposals.look_at(self._vault.get(page.page_id, page.sha256))
        except Problem:
            return None  # a page that cannot be read is told where it is looked at
        self.note(page.page_id, flat)
        return _Seen(flat.blank, flat.fingerprint, flat.paper)

    def _alike(self, one: Page, other: Page) -> bool:
        if one.page_id == other.page_id:
            return False  # a reused page under two materials is meant to be there twice
        key = (one.page_id, other.page_id)
        with self._guard:
            known = self._same.get(key)
            first, second = self._seen.get(one.page_id), self._seen.get(other.page_id)
        if known is None:
            known = first is not None and second is not None and same_page(first.fingerprint, second.fingerprint)
            with self._guard:
                self._same[key] = known
        return known
