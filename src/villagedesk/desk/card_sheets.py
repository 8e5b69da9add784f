"""A card's two sides on one A4 page, the front above: which is which the reading of pages tells, where it can."""

from __future__ import annotations

from villagedesk.desk.kept_pages import KeptPages
from villagedesk.desk.recognition import Recognition
from villagedesk.domain.case import Page
from villagedesk.domain.problems import InputProblem


class CardSheets:
    """Calls block and may come from several threads."""

    def __init__(self, pages: KeptPages, recognition: Recognition) -> None:
        self._pages = pages
        self._recognition = recognition

    def join(self, page_id: str, case_id: str) -> Page:
        """Set a card's two sides, pages of a material that follow each other, on one A4 page at their true size; gives
        that page. Where neither can be read the first stays above.

        Args:
            page_id: of one of the two.

        Raises:
            InputProblem: ``scanning.no_cards`` where it is no card, or has no other beside it;
                ``scanning.two_fronts``, ``scanning.two_backs`` where they are no card's two sides; and as
                :class:`KeptPages`.
            EnvironmentProblem: as :class:`KeptPages`.
        """
        first, second = self._pages.card_sides(page_id, case_id)
        fronts = [self._recognition.shows_front(page.page_id, case_id) for page in (first, second)]
        if fronts[0] is not None and fronts[0] == fronts[1]:
            raise InputProblem("scanning.two_fronts" if fronts[0] else "scanning.two_backs")
        back_first = fronts[0] is False or fronts[1] is True
        return self._pages.join_cards(first, second, second_above=back_first)
