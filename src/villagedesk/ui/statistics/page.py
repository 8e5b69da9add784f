"""统计: the figures of a time, behind four tabs; of a month to be printed as a report, of any time saved as tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from villagedesk.desk.register_views import Saved
from villagedesk.desk.statistics_views import Part, StatisticsQuery, StatisticsView
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.progress import Progress
from villagedesk.domain.roles import Right
from villagedesk.ui.background import PATIENCE_MS, Lane
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.long_work import LongWork
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel
from villagedesk.ui.statistics.figure_card import FigureCard
from villagedesk.ui.statistics.period import PeriodChoice
from villagedesk.ui.statistics.tabs import COLUMNS, PARTS, Tab, chart_of, none_of, tiles_of
from villagedesk.ui.statistics.tiles import Tiles
from villagedesk.ui.theme import GAP

T = TypeVar("T")
_KEPT_FRESH = 300
"""Cases: of more than these, news does not count all again beneath the clerk's eyes."""


class StatisticsPage(Screen):
    """Reached from the navigation."""

    help_key = "ui.help.statistics"
    nav = "nav_statistics"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._works = works = surroundings.may(Right.WORK)
        self._view: StatisticsView | None = None
        self._asked: StatisticsQuery | None = None
        self._again = False
        self._chosen = Tab.CASES
        self._period = PeriodChoice(words, self)
        self._period.changed.connect(self._read)
        self._tabs: dict[Tab, QPushButton] = {}
        for tab in Tab:
            name = words(f"ui.statistics.tab.{tab}")
            act = partial(self._choose, tab)
            self._tabs[tab] = one = button(f"statistics_tab_{tab}", name, act, role="step", parent=self)
            one.setCheckable(True)
        self._tiles = Tiles(words, self)
        self._cards = {part: FigureCard(words, part, columns=part in COLUMNS, parent=self) for part in Part}
        self._reading = LongWork(words, surroundings.background, self)
        self._long = LongWork(words, surroundings.background, self)
        self._said = SentenceLabel(words, "statistics_said", self)
        self._said.hide()
        self._save = button("statistics_save", words("ui.statistics.save"), self.save, key="F7", parent=self)
        self._pdf = button("statistics_pdf", words("ui.statistics.pdf"), self.save_pdf, parent=self)
        self._print = button("statistics_print", words("ui.statistics.print"), self.print, key="F8", parent=self)
        self._print.setProperty("role", "primary")
        self._lay_out()
        self._choose(Tab.CASES)
        on_key(self, "Esc", self._escape)
        on_enter(self, self._entered)
        if works:
            on_key(self, "F7", self.save)
            on_key(self, "F8", self.print)

    def title(self) -> str:
        """统计"""
        return self._with.words("ui.statistics.title")

    def first_focus(self) -> QWidget:
        """The time."""
        return self._period.choice

    def begin(self) -> None:
        """This month, what was taken in first."""
        self._say(None)
        self._period.begin()
        self._choose(Tab.CASES)

    def refresh(self, topics: frozenset[str]) -> None:
        """The figures."""
        figures = None if self._view is None else self._view.figures
        few = figures is None or figures.taken_in + figures.ended <= _KEPT_FRESH
        if not topics or ("cases" in topics and few):
            self._read()

    def print(self) -> None:
        """The month's report on paper; where no printer takes it, the button that saves it gets the focus."""
        month = self._month()
        if month is not None:
            desk = self._with.desk.statistics
            self._act(lambda progress: desk.print_month(*month, progress), self._printed, "ui.statistics.printing")

    def save_pdf(self) -> None:
        """The month's report, in the clerk's own folder."""
        month = self._month()
        if month is not None:
            desk = self._with.desk.statistics
            self._act(
                lambda progress: desk.save_month(*month, own_folder(), progress),
                self._report_saved,
                "ui.statistics.saving",
            )

    def save(self) -> None:
        """All tables as a workbook in the clerk's own folder."""
        query = self._period.query()
        if query is not None:
            desk = self._with.desk.statistics
            self._act(
                lambda progress: desk.save_workbook(query, own_folder(), progress),
                self._workbook_saved,
                "ui.statistics.saving",
            )

    def _entered(self) -> None:
        if self._period.first.hasFocus() or self._period.last.hasFocus():
            self._period.read()
        elif self._works:
            self.print()

    def _escape(self) -> None:
        if self._long.under_way:
            self._long.stop()
        elif self._reading.under_way:
            self._reading.stop()
        else:
            self.today_wanted.emit()

    def _month(self) -> tuple[int, int] | None:
        """The month that is chosen; None after having said that one is to be."""
        month = self._period.month()
        if month is None:
            self._say(Sentence("ui.statistics.which_month", {}, "warn"))
            self._period.choice.setFocus()
        return month

    def _read(self) -> None:
        """Count what is chosen; what is being counted is given up for it, unless it is the same."""
        query = self._period.query()
        if query is None:
            return
        if self._reading.under_way:
            self._again = True
            if query != self._asked:
                self._reading.stop()
            return
        self._asked, desk = query, self._with.desk.statistics
        self._reading.start(
            Sentence("ui.statistics.reading"),
            lambda progress: desk.view(query, progress),
            self._counted,
            self._not_counted,
            stopped=self._stopped,
            lane=Lane.READS,
            shown_after_ms=PATIENCE_MS,
        )

    def _counted(self, view: StatisticsView) -> None:
        self._view = view
        self._show()
        self._read_again()

    def _not_counted(self, problem: Problem) -> None:
        if problem.key.startswith("statistics."):
            self._period.tell(Sentence(problem.key, problem.params, "bad"))
        else:
            self._with.background.problem.emit(problem)
        self._read_again()

    def _stopped(self) -> None:
        if not self._again:
            self._say(Sentence("ui.statistics.reading_stopped", {}, "warn"))
        self._read_again()

    def _read_again(self) -> None:
        if self._again:
            self._again = False
            self._read()

    def _choose(self, tab: Tab) -> None:
        # no group of buttons: Tab would reach only the one that is chosen
        self._chosen = tab
        for one, its_button in self._tabs.items():
            its_button.setChecked(one is tab)
        self._area.verticalScrollBar().setValue(0)
        self._show()

    def _show(self) -> None:
        """The tab that is chosen."""
        chosen = self._chosen
        view, words = self._view, self._with.words
        for part, card in self._cards.items():
            card.setVisible(view is not None and part in PARTS[chosen])
        if view is None:
            return
        self._tiles.show_tiles(tiles_of(chosen, view.figures, words))
        for part in PARTS[chosen]:
            none = none_of(part, view.figures)
            data = chart_of(part, view.figures, words)
            self._cards[part].show_figures(view.table(part), data, words(none) if none else "")

    def _act(self, work: Callable[[Progress], T], done: Callable[[T], None], words: str) -> None:
        if self._long.under_way:
            return
        self._say(None)

        def ended(result: T) -> None:
            self.worked.emit()
            done(result)

        def stopped() -> None:
            self._say(Sentence("ui.register.stopped", {}, "warn"))

        self._long.start(
            Sentence(words), work, ended, self._failed, stopped=stopped, lane=Lane.ACTS, shown_after_ms=PATIENCE_MS
        )

    def _printed(self, came_out: bool) -> None:
        if came_out:
            self._say(Sentence("ui.statistics.printed", {}, "good"))
        else:
            self._say(Sentence("ui.register.print_kept", {}, "warn"))
            self._pdf.setFocus()

    def _report_saved(self, file: Path) -> None:
        self._say(Sentence("ui.statistics.report_saved", {"file": str(file)}, "good"))

    def _workbook_saved(self, saved: Saved) -> None:
        self._say(Sentence("ui.statistics.saved", {"file": str(saved.file)}, "good"))

    def _failed(self, problem: Problem) -> None:
        if problem.key.startswith(("printing.straight_", "printer.")):
            self._say(Sentence("ui.statistics.not_printed", {"why": self._with.words.problem(problem)}, "bad"))
            self._pdf.setFocus()
        elif problem.key.startswith(("register.", "statistics.", "audit.")):
            self._say(Sentence(problem.key, problem.params, "bad"))
        else:
            self._with.background.problem.emit(problem)

    def _say(self, sentence: Sentence | None) -> None:
        self._said.tell(sentence)
        self._said.setVisible(sentence is not None)

    def _lay_out(self) -> None:
        tabs = QHBoxLayout()
        tabs.setSpacing(GAP)
        for one in self._tabs.values():
            tabs.addWidget(one)
        tabs.addStretch(1)
        content = QWidget(self)
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, GAP, 0)
        inner.setSpacing(GAP * 2)
        inner.addWidget(self._tiles)
        for card in self._cards.values():
            card.hide()
            inner.addWidget(card)
        inner.addStretch(1)
        self._area = scrolled(content, self)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addStretch(1)
        for act in (self._pdf, self._save, self._print):
            act.setVisible(self._works)
            foot.addWidget(act)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.setSpacing(GAP)
        column.addWidget(self._period, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(tabs)
        column.addWidget(self._area, 1)
        column.addWidget(self._reading)
        column.addWidget(self._long)
        column.addWidget(self._said)
        column.addLayout(foot)
