"""The screens of proxy handling and the ways between them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from villagedesk.desk.handover_views import BatchView, LineSaid
from villagedesk.domain.paper_no import parse_paper_no
from villagedesk.ui.background import Lane
from villagedesk.ui.proxy.back_paper import BackPaper
from villagedesk.ui.proxy.batch_page import BatchPage
from villagedesk.ui.proxy.proxy_page import ProxyPage
from villagedesk.ui.proxy.visit_page import VisitPage
from villagedesk.ui.proxy.visit_pictures_page import VisitPicturesPage
from villagedesk.ui.screen import Screen, Surroundings


class ProxyRooms:
    """Args:
    bring_up: shows a screen in the frame, which throws it away when another is shown.
    """

    def __init__(self, surroundings: Surroundings, bring_up: Callable[[Screen], None], parent: QWidget) -> None:
        self._with = surroundings
        self._bring_up = bring_up
        self._parent = parent
        self._said_of: dict[str, dict[str, LineSaid]] = {}
        self.page = ProxyPage(surroundings, parent)
        self.page.batch_wanted.connect(self.show_batch)
        self.page.scan_wanted.connect(self.scan_back)
        self.page.visits_wanted.connect(self.show_visits)

    def show_batch(self, number: str) -> None:
        """A batch, by its number as typed or scanned."""
        handover = self._with.desk.handover
        batch_no = str(parse_paper_no(number))

        def show(view: BatchView) -> None:
            page = BatchPage(self._with, view, self._said_of.setdefault(batch_no, {}), self._parent)
            page.scan_wanted.connect(self.scan_back)
            self._bring_up(page)

        self._with.background.run(self._parent, lambda: handover.batch(batch_no), show, lane=Lane.READS)

    def scan_back(self, case_id: str) -> None:
        """Photograph papers that came back."""
        self._bring_up(BackPaper(self._with, case_id, self._parent))

    def show_visits(self) -> None:
        """Home visits."""
        page = VisitPage(self._with, self._parent)
        page.pictures_wanted.connect(self.show_pictures)
        page.begin()
        page.refresh(frozenset())
        self._bring_up(page)

    def show_pictures(self) -> None:
        """Bring in the photographs of home visits."""
        page = VisitPicturesPage(self._with, self._parent)
        page.visits_wanted.connect(self.show_visits)
        self._bring_up(page)
