"""Cases the acceptance system has and this PC lacks, as after a restore: what it says of them, so that no deadline is
missed, and nobody takes them in twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button
from villagedesk.ui.layouts import clear
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.missing_here import MissingView
    from villagedesk.desk.missing_reading import MissingCase


class MissingCard(QFrame):
    """Not there while nothing is missing, or for whoever may see no persons.

    Signals:
        emptied(): the clerk has settled the last one.
    """

    emptied = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self.setObjectName("missing_here")
        self.setProperty("role", "card")
        self._sentence = SentenceLabel(words, "missing_sentence", self)
        self._offers: list[QPushButton] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP)
        self._title = plain_label("", "h2", self)
        self._title.setObjectName("missing_title")
        self._means = wrapping_label("", "quiet", self)
        self._means.setObjectName("missing_means")
        column.addWidget(self._title)
        column.addWidget(self._sentence)
        column.addWidget(self._means)
        column.addLayout(self._rows)
        self.hide()

    def read(self) -> None:
        """Read the list."""
        if self._with.may(Right.SEE_PERSONS):
            self._with.background.run(self, self._with.desk.missing_here.view, self._show, lane=Lane.READS)

    def _show(self, view: MissingView) -> None:
        words, cases = self._with.words, view.cases
        numbered, why = len(cases) - view.lacking, _why(view)
        self._title.setText(words(f"ui.missing.title{why if why != '_both' else ''}"))
        self._means.setText(words(f"ui.missing.means{why}"))
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        kinds = "" if not numbered else "_both" if view.lacking else "_numbered"
        params: dict[str, object] = {"count": view.lacking, "numbered": numbered}
        self._sentence.tell(Sentence(f"ui.missing.count{kinds}", params, "warn"))
        clear(self._rows)
        self._offers = []
        for case in cases:
            self._rows.addLayout(self._row(case))
        self.setVisible(bool(cases))
        if had_focus:
            # The button that was pressed is gone: the next one takes its place.
            if self._offers:
                self._offers[0].show()  # what is not shown yet takes no focus
                self._offers[0].setFocus()
            else:
                self.emptied.emit()

    def _row(self, case: MissingCase) -> QHBoxLayout:
        words = self._with.words
        who = QVBoxLayout()
        who.setSpacing(0)
        name = case.applicant_name or words("ui.missing.no_name")
        who.addWidget(wrapping_label(f"{name}  {case.local_no}", "h3"))
        parts = [case.item_name, f"{case.received_at.astimezone(SHANGHAI):%Y-%m-%d}" if case.received_at else ""]
        parts.append(case.acceptance_no or ("" if case.local_no else case.asked_by))
        if case.state is not None:
            parts.append(words.of(case.state))
        if case.has_news:
            parts.append(words("ui.missing.news"))
        if case.is_numbered_here:
            parts.append(words("ui.missing.numbered_here", local_no=case.local_no_here))
        if case.is_draft_here:
            parts.append(words("ui.missing.draft_here"))
        more = wrapping_label(" · ".join(part for part in parts if part), "small")
        more.setObjectName(f"missing_more_{case.case_id}")
        who.addWidget(more)
        if case.told is not None:
            told = SentenceLabel(words, f"missing_told_{case.case_id}")
            told.tell(case.told)
            who.addWidget(told)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        row.addLayout(who, 1)
        if self._with.may(Right.WORK):
            seen = button(f"missing_seen_{case.case_id}", words("ui.missing.seen"), lambda: self._settle(case))
            seen.setAccessibleName(f"{words('ui.missing.seen')} {name} {case.local_no}")
            row.addWidget(seen)
            self._offers.append(seen)
        return row

    def _settle(self, case: MissingCase) -> None:
        settle = self._with.desk.missing_here.settle
        self._with.background.run(self, lambda: settle(case.case_id, case.heard), lambda _: self.read())


def _why(view: MissingView) -> str:
    """What the words end in that say how these cases come to be listed."""
    if not view.lacking:
        return "_numbered"
    if not view.restored:
        return ""
    return "_restored" if view.restored == view.lacking else "_both"
