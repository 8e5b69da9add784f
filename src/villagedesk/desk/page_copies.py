"""A kept page on paper, for the village's own files or another office: with what it is for across it, which the page
that is sent has not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from villagedesk.desk.acting import Acting
from villagedesk.desk.page_places import place_of
from villagedesk.domain.case import Case, Material, MaterialState, Page, Trust
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.service_item import MaterialForm
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.page_copy import PageCopyContent, render


class PageCopies:
    """Draws them. Calls block and may come from several threads.

    Args:
        picture: gives a kept page as JPEG, by its id and its case's.
        text: gives the text of a message key.
        practice: papers are marked as an exercise.
    """

    def __init__(
        self,
        picture: Callable[[str, str], bytes],
        fonts: FontSet,
        text: Callable[..., str],
        clock: Clock,
        acting: Acting,
        *,
        practice: bool,
    ) -> None:
        self._picture = picture
        self._fonts = fonts
        self._text = text
        self._clock = clock
        self._acting = acting
        self._practice = practice

    def draw(self, case: Case, pages: Sequence[Page], page_id: str) -> bytes:
        """A sheet of A4, a card, and what a scanner or a file told the size of come out at their true size. Of a paper
        whose original was looked at here the copy says so, with room for the clerk's signature.

        Raises:
            InputProblem: ``scanning.page_gone``.
            EnvironmentProblem: ``store.page_*``.
        """
        page = pages[place_of(pages, page_id)]
        purpose = self._text("handouts.copy_purpose", item=case.item_name)
        content = PageCopyContent(
            self._picture(page_id, case.case_id),
            page.width,
            page.height,
            page.dpi,
            purpose,
            self._practice,
            self._attested(case, page),
        )
        return render(content, self._fonts)

    def _attested(self, case: Case, page: Page) -> tuple[str, ...]:
        material = next((one for one in case.materials if one.requirement_id == page.requirement_id), None)
        if material is None or not _compared(material):
            return ()
        now = self._clock.now().astimezone(SHANGHAI)
        return (
            self._text("handouts.copy_compared"),
            self._text("handouts.copy_purpose", item=case.item_name),
            self._text("handouts.copy_by", clerk=self._acting.clerk, year=now.year, month=now.month, day=now.day),
        )


def _compared(material: Material) -> bool:
    """Whether the original lay at the window: as such, or when it was taken for an earlier case (domain: section 6)."""
    if material.trust not in (Trust.ISSUED, Trust.CHECKED):
        return False
    here = material.form is MaterialForm.ORIGINAL or material.state in (MaterialState.SEEN, MaterialState.REUSED)
    return here and material.state not in (MaterialState.PROMISED, MaterialState.NEEDED)
