"""What was done to the pages of each case in this session, so that it can be taken back step by step."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from villagedesk.domain.case import Material, Page

_MOST_STEPS = 100


@dataclass(frozen=True)
class NotedAnew:
    """What was noted of a material before an act on its pages, and after it; None for nothing."""

    before: Material | None
    after: Material | None


@dataclass(frozen=True)
class PageAct:
    """One act on the pages of a case.

    Args:
        kind: of its event in the case's log: ``page_added``, ``page_removed``, ``page_moved`` …
        page: the page it was about, as it was before it, or after it when it was added.
        before, after: all pages of the materials it touched, in their order.
        noted: what was noted of materials where the act changed that, as it was before and as the act left it.
    """

    kind: str
    case_id: str
    page: Page
    requirement_ids: frozenset[str]
    before: tuple[Page, ...]
    after: tuple[Page, ...]
    noted: tuple[NotedAnew, ...] = ()


class PageHistory:
    """The acts of the session by case, the last one last; used from several threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._acts: dict[str, list[PageAct]] = {}
        self._cases: set[str] = set()
        self._pages: dict[str, Page] = {}

    def note(self, act: PageAct) -> None:
        """It is done and saved."""
        with self._guard:
            acts = self._acts.setdefault(act.case_id, [])
            acts.append(act)
            del acts[:-_MOST_STEPS]
            self._remember(act)

    def last(self, case_id: str) -> PageAct | None:
        """What the next undoing takes back."""
        with self._guard:
            acts = self._acts.get(case_id)
            return acts[-1] if acts else None

    def removal_of(self, case_id: str, page_id: str) -> PageAct | None:
        """The removal of that page, however much was done since."""
        with self._guard:
            acts = reversed(self._acts.get(case_id, ()))
            return next((act for act in acts if act.kind == "page_removed" and act.page.page_id == page_id), None)

    def forget(self, act: PageAct) -> None:
        """It was taken back."""
        with self._guard:
            acts = self._acts.get(act.case_id, [])
            # the very one: the same may have been done, taken back by hand and done again
            acts[:] = [one for one in acts if one is not act]

    def forget_case(self, case_id: str) -> None:
        """Its pages were changed by other ways: nothing of before fits any more."""
        with self._guard:
            self._acts.pop(case_id, None)

    def touched(self) -> tuple[dict[str, Page], frozenset[str]]:
        """Every page of which files may lie here without a row, by page_id, and every case that was touched."""
        with self._guard:
            return dict(self._pages), frozenset(self._cases)

    def _remember(self, act: PageAct) -> None:
        self._cases.add(act.case_id)
        self._pages.update((page.page_id, page) for page in (*act.before, *act.after))
