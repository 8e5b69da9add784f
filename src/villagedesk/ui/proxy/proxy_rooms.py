"""The screens of proxy handling and the ways between them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from villagedesk.desk.handover_views import BatchView, LineSaid
from villagedesk.domain.evaluation import Stage
from villagedesk.domain.paper_no import parse_paper_no
from villagedesk.ui.background import Lane
from villagedesk.ui.follow_up.call_back_page import CallBackPage
from villagedesk.ui.follow_up.rating_page import RatingPage
from villagedesk.ui.mode_move.move_page import MovePage
from villagedesk.ui.proxy.back_paper import BackPaper
from villagedesk.ui.proxy.batch_page import BatchPage
from villagedesk.ui.proxy.proxy_page import ProxyPage
from villagedesk.ui.proxy.visit_page import VisitPage
from villagedesk.ui.proxy.visit_pictures_page import VisitPicturesPage
from villagedesk.ui.screen import Screen, Surroundings


class ProxyRooms:
    """Args:
    come_to: shows one of the screens that last, with nothing of an earlier visit.
    bring_up: shows a screen in the frame, which throws it away when another is shown.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        come_to: Callable[[Screen], None],
        bring_up: Callable[[Screen], None],
        parent: QWidget,
    ) -> None:
        self._with = surroundings
        self._come_to = come_to
        self._bring_up = bring_up
        self._parent = parent
        self._said_of: dict[str, dict[str, LineSaid]] = {}
        self.page = ProxyPage(surroundings, parent)
        self.page.batch_wanted.connect(self.show_batch)
        self.page.scan_wanted.connect(self.scan_back)
        self.page.visits_wanted.connect(self.show_visits)
        self.moves = MovePage(surroundings, parent)
        self.call_backs = CallBackPage(surroundings, parent)

    def lasting(self) -> tuple[Screen, ...]:
        """The screens that are kept while others are shown."""
        return (self.page, self.moves, self.call_backs)

    def show_page(self) -> None:
        """What is carried to the township."""
        self._come_to(self.page)

    def show_moves(self) -> None:
        """Carried cases whose item moved to the acceptance system."""
        self._come_to(self.moves)

    def show_call_backs(self, case_id: str) -> None:
        """Whom to call back, with the call of that case chosen; "" for none."""
        self._come_to(self.call_backs)
        self.call_backs.go_to(case_id)

    def rate(self, case_id: str, item: str, stage: Stage) -> None:
        """Turn the screen to the villager."""
        self._bring_up(RatingPage(self._with, case_id, item, stage, self._parent))

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
