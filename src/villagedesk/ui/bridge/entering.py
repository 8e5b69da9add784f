"""From what waits to one case, and from that to the next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from villagedesk.desk.bridge import EntrySheet, WaitingView
from villagedesk.ui.background import Lane
from villagedesk.ui.bridge.entry_page import EntryPage
from villagedesk.ui.bridge.list_page import BridgePage
from villagedesk.ui.screen import Screen, Surroundings


class Entering(QObject):
    """Reads a case and brings up its page.

    Args:
        show: brings a page up in the frame.
        parent: of the pages.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        waiting: BridgePage,
        show: Callable[[Screen], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._parent = parent
        self._show = show
        self._typed: dict[str, tuple[str, str, str]] = {}
        waiting.entry_wanted.connect(self.enter)

    def enter(self, case_id: str) -> None:
        """That case."""
        bridge = self._with.desk.bridge

        def show(entry: EntrySheet) -> None:
            page = EntryPage(self._with, entry, self._parent)
            page.next_wanted.connect(lambda: self._enter_next(page, case_id))
            if case_id in self._typed:
                page.put_typed(self._typed[case_id])
            page.left.connect(lambda typed: self._typed.update({case_id: typed}))
            self._show(page)

        words = self._with.words("ui.case.reading")
        self._with.background.run(self._parent, lambda: bridge.sheet(case_id), show, words=words)

    def _enter_next(self, page: EntryPage, entered: str) -> None:
        """The case that has waited longest now, else the list, which says that none is left."""

        def go_on(view: WaitingView) -> None:
            following = next((one.case_id for one in view.cases if one.case_id != entered), None)
            if following is None:
                page.bridge_wanted.emit()
            else:
                self.enter(following)

        self._with.background.run(self._parent, self._with.desk.bridge.waiting, go_on, lane=Lane.READS)
