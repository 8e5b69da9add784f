"""A kept page printed for the village's own files or another office: with what it is for across it, which the page that
is sent has not."""

from __future__ import annotations

from collections.abc import Callable

from villagedesk.desk.acting import Acting
from villagedesk.desk.page_places import place_of
from villagedesk.desk.straight_printing import print_straight
from villagedesk.devices.ports import Printer
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.page_copy import PageCopyContent, render


class PageCopies:
    """Calls block and may come from several threads.

    Args:
        picture: gives a kept page as JPEG, by its id and its case's.
        text: gives the text of a message key.
        practice: papers are marked as an exercise.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        picture: Callable[[str, str], bytes],
        fonts: FontSet,
        printer: Printer | None,
        text: Callable[..., str],
        acting: Acting,
        *,
        practice: bool,
    ) -> None:
        self._store = store
        self._clock = clock
        self._picture = picture
        self._fonts = fonts
        self._printer = printer
        self._text = text
        self._acting = acting
        self._practice = practice

    def print(self, page_id: str, case_id: str) -> bool:
        """Print a page: a sheet of A4, a card, and what a scanner or a file told the size of, at its true size. Told in
        the case's log. False when the printer keeps it, for want of paper.

        Raises:
            InputProblem: ``scanning.page_gone``, ``intake.gone``.
            EnvironmentProblem: ``printing.straight_no_printer``, ``printing.straight_not_printed``, ``printer.*``,
                ``store.page_*``.
        """
        self._acting.need(Right.WORK)
        try:
            case, pages = self._store.read(lambda one: (one.case(case_id), one.pages(case_id)))
        except KeyError:
            raise InputProblem("intake.gone") from None
        page = pages[place_of(pages, page_id)]
        purpose = self._text("handouts.copy_purpose", item=case.item_name)
        content = PageCopyContent(
            self._picture(page_id, case_id), page.width, page.height, page.dpi, purpose, self._practice
        )
        came_out = print_straight(self._printer, render(content, self._fonts), "fuyinjian")
        detail = {"page_id": page_id}

        def work(transaction: Transaction) -> None:
            event = CaseEvent(case_id, self._clock.now(), self._acting.clerk, "page_copied", detail=detail)
            transaction.append_event(event)

        self._store.write(work).result()
        return came_out
