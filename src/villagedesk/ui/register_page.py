"""台账: the cases of a time, a line each; to be printed or taken along as a workbook."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from villagedesk.desk.register_views import PAGE, RegisterQuery, Saved
from villagedesk.desk.register_views import RegisterPage as Piece
from villagedesk.desk.views import Sentence
from villagedesk.domain.dates import NoDate, read_date
from villagedesk.domain.problems import Problem
from villagedesk.domain.progress import Progress
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode
from villagedesk.ui.background import PATIENCE_MS, Lane
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.fields import Choice, Tick
from villagedesk.ui.long_work import LongWork
from villagedesk.ui.months import last_months, month_data, month_of
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.register_table import RegisterTable
from villagedesk.ui.screen import Screen, Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

T = TypeVar("T")
_MONTHS = 24
_TYPING_PAUSE_MS = 300
_KEPT_FRESH = 300
"""Lines: of more than these, news does not read all again beneath the clerk's eyes."""
_DAY_WIDTH = 116


class RegisterPage(Screen):
    """Reached from the navigation."""

    help_key = "ui.help.register"
    nav = "nav_register"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._asked = 0
        self._next = ""
        self._shown: RegisterQuery | None = None
        self._reading_more = False
        self._works = works = surroundings.may(Right.WORK)
        self._month = Choice("register_month", words("ui.register.month"), self)
        for first in last_months(_MONTHS):
            name = words("ui.register.month_choice", year=first.year, month=first.month)
            self._month.addItem(name, month_data(first))
        self._month.addItem(words("ui.register.own_days"), "")
        self._month.activated.connect(self._another_month)
        self._first = self._day("register_first", words("ui.register.first"))
        self._last = self._day("register_last", words("ui.register.last"))
        self._trouble = SentenceLabel(words, "register_trouble", self)
        self._trouble.hide()
        self._mode = Choice("register_mode", words("ui.register.mode"), self)
        self._mode.addItem(words("register.all_modes"), "")
        for mode in HandlingMode:
            self._mode.addItem(words(f"register.mode.{mode}"), str(mode))
        self._mode.activated.connect(self._read)
        self._whole = Tick("register_whole", words("ui.register.whole"), words("ui.register.whole_means"), self)
        self._whole.setVisible(works)
        self._whole.clicked.connect(self._read)
        self._count = plain_label("", "h3", self)
        self._count.setObjectName("register_count")
        self._shares = wrapping_label("", "quiet", self)
        self._shares.setObjectName("register_shares")
        self._table = RegisterTable(words, "register_table", words("ui.register.title"), self)
        self._table.case_wanted.connect(self.case_wanted)
        self._table.end_reached.connect(self._read_more)
        self._none = wrapping_label("", "quiet", self)
        self._none.setObjectName("register_none")
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._long = LongWork(words, surroundings.background, self)
        self._said = SentenceLabel(words, "register_said", self)
        self._import = button("register_import", words("ui.register.import"), self._to_import, parent=self)
        self._save = button("register_save", words("ui.register.save"), self.save, key="F7", parent=self)
        self._pdf = button("register_pdf", words("ui.register.pdf"), self.save_pdf, parent=self)
        self._print = button("register_print", words("ui.register.print"), self.print, key="F8", parent=self)
        self._print.setProperty("role", "primary")
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._read)
        self._lay_out()
        on_key(self, "Esc", self._escape)
        on_enter(self, self._entered)
        if works:
            on_key(self, "F7", self.save)
            on_key(self, "F8", self.print)
        self.begin()

    def title(self) -> str:
        """台账"""
        return self._with.words("ui.register.title")

    def first_focus(self) -> QWidget:
        """The month."""
        return self._month

    def begin(self) -> None:
        """This month, numbers masked."""
        self._say(None)
        self._whole.setChecked(False)
        self._month.setCurrentIndex(0)
        self._fill_days()

    def refresh(self, topics: frozenset[str]) -> None:
        """The lines."""
        if not topics or ("cases" in topics and len(self._table.rows) <= _KEPT_FRESH):
            self._read()

    def print(self) -> None:
        """On paper; where no printer takes it, the button that saves it gets the focus."""
        query = self._query()
        if query is not None:
            registers = self._with.desk.registers
            self._act(lambda progress: registers.print_register(query, progress), self._printed, "ui.register.printing")

    def save_pdf(self) -> None:
        """What would be printed, in the clerk's own folder."""
        query = self._query()
        if query is not None:
            registers = self._with.desk.registers
            self._act(
                lambda progress: registers.save_register(query, own_folder(), progress),
                self._was_saved,
                "ui.register.saving",
            )

    def save(self) -> None:
        """As a workbook in the clerk's own folder."""
        query = self._query()
        if query is not None:
            registers = self._with.desk.registers
            self._act(
                lambda progress: registers.save_workbook(query, own_folder(), progress),
                self._was_saved,
                "ui.register.saving",
            )

    def _to_import(self) -> None:
        self.settings_wanted.emit("register_import")

    def _day(self, name: str, label: str) -> QLineEdit:
        edit = QLineEdit(self)
        edit.setObjectName(name)
        edit.setAccessibleName(label)
        edit.setFixedWidth(_DAY_WIDTH)
        edit.textEdited.connect(self._typed)
        return edit

    def _entered(self) -> None:
        if self._first.hasFocus() or self._last.hasFocus():
            if self._read():
                (self._last if self._first.hasFocus() else self._table).setFocus()
        elif self._table.hasFocus():
            self._table.open_chosen()
        elif self._works:
            self.print()

    def _escape(self) -> None:
        if self._long.under_way:
            self._long.stop()
        else:
            self.today_wanted.emit()

    def _another_month(self) -> None:
        if self._month.currentData():
            self._fill_days()
            self._read()
        else:
            self._first.setFocus()
            self._first.selectAll()

    def _fill_days(self) -> None:
        """The days of the chosen month."""
        year, month = month_of(str(self._month.currentData()))
        first, last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        self._first.setText(f"{first}")
        self._last.setText(f"{last}")
        self._tell_trouble(None)

    def _typed(self) -> None:
        self._month.setCurrentIndex(self._month.count() - 1)
        self._pause.start()

    def _query(self) -> RegisterQuery | None:
        """What is chosen; None after having said beneath the days what is wrong."""
        days: list[date] = []
        for edit in (self._first, self._last):
            try:
                days.append(read_date(edit.text()))
            except NoDate:
                self._tell_trouble(Sentence("ui.register.no_day", {"typed": edit.text()}, "bad"))
                return None
        self._tell_trouble(None)
        mode = str(self._mode.currentData())
        return RegisterQuery(
            days[0], days[1], HandlingMode(mode) if mode else None, whole=self._works and self._whole.isChecked()
        )

    def _read(self) -> bool:
        """Read the first lines; False when it is not clear of which days."""
        self._pause.stop()
        query = self._query()
        if query is None:
            return False
        self._asked += 1
        asked, registers = self._asked, self._with.desk.registers
        again = query == self._shown
        limit = max(len(self._table.rows), PAGE) if again else PAGE

        def show(piece: Piece) -> None:
            if asked == self._asked:
                self._show(query, piece)

        def failed(problem: Problem) -> None:
            if problem.key.startswith("register."):
                self._tell_trouble(Sentence(problem.key, problem.params, "bad"))
            else:
                self._with.background.problem.emit(problem)

        self._reading_more = False
        self._with.background.run(
            self,
            lambda: registers.view(query, "", limit),
            show,
            failed=failed,
            lane=Lane.READS,
            words=self._with.words("ui.register.reading"),
        )
        return True

    def _read_more(self) -> None:
        query, after = self._shown, self._next
        if query is None or not after or self._reading_more:
            return
        self._reading_more = True
        self._asked += 1
        asked, registers = self._asked, self._with.desk.registers

        def show(piece: Piece) -> None:
            if asked == self._asked:
                self._reading_more = False
                self._next = piece.next
                self._table.add_rows(piece.rows)
                self._show_count(piece)

        self._with.background.run(self, lambda: registers.view(query, after), show, lane=Lane.READS)

    def _show(self, query: RegisterQuery, piece: Piece) -> None:
        words = self._with.words
        self._shown, self._next = query, piece.next
        self._table.show_rows(piece.rows)
        self._table.setVisible(bool(piece.rows))
        self._none.setVisible(not piece.rows)
        self._none.setText(words("ui.register.none" if query.mode is None else "ui.register.none_so"))
        parts = [
            words("ui.register.share", mode=words(f"register.mode.{mode}"), count=piece.counts[mode])
            for mode in HandlingMode
            if piece.counts.get(mode)
        ]
        self._shares.setText(words("ui.value.between_cells").join(parts))
        self._show_count(piece)

    def _show_count(self, piece: Piece) -> None:
        words, shown = self._with.words, len(self._table.rows)
        key = "ui.register.count_more" if piece.next else "ui.register.count"
        self._count.setText(words(key, count=piece.count, shown=shown))

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
            self._say(Sentence("ui.register.printed", {}, "good"))
        else:
            self._say(Sentence("ui.register.print_kept", {}, "warn"))
            self._pdf.setFocus()

    def _was_saved(self, saved: Saved) -> None:
        self._say(Sentence("ui.register.saved", {"file": str(Path(saved.file)), "count": saved.count}, "good"))

    def _failed(self, problem: Problem) -> None:
        if problem.key.startswith(("printing.straight_", "printer.")):
            self._say(Sentence("ui.register.not_printed", {"why": self._with.words.problem(problem)}, "bad"))
            self._pdf.setFocus()
        elif problem.key.startswith("register."):
            self._say(Sentence(problem.key, problem.params, "bad"))
        else:
            self._with.background.problem.emit(problem)

    def _tell_trouble(self, sentence: Sentence | None) -> None:
        self._trouble.tell(sentence)
        self._trouble.setVisible(sentence is not None)
        for edit in (self._first, self._last):
            edit.setAccessibleDescription(self._trouble.accessibleName())

    def _say(self, sentence: Sentence | None) -> None:
        self._said.tell(sentence)
        self._said.setVisible(sentence is not None)

    def _lay_out(self) -> None:
        words = self._with.words
        card = QFrame(self)
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        inner.setSpacing(GAP)
        which = QHBoxLayout()
        which.setSpacing(GAP)
        for key, choice in (("month", self._month), ("from", self._first), ("to", self._last)):
            label = plain_label(words(f"ui.register.{key}"), "", self)
            label.setBuddy(choice)
            which.addWidget(label)
            which.addWidget(choice)
        which.addWidget(self._mode)
        which.addStretch(1)
        inner.addLayout(which)
        inner.addWidget(self._trouble)
        head = QHBoxLayout()
        head.setSpacing(GAP * 2)
        head.addWidget(self._count)
        head.addWidget(self._shares, 1)
        head.addWidget(self._whole)
        inner.addLayout(head)
        inner.addWidget(self._table, 1)
        inner.addWidget(self._none, 1)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        self._import.setVisible(self._works)
        foot.addWidget(self._import)
        foot.addStretch(1)
        for act in (self._pdf, self._save, self._print):
            act.setVisible(self._works)
            foot.addWidget(act)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.setSpacing(GAP)
        column.addWidget(card, 1)
        column.addWidget(self._long)
        column.addWidget(self._said)
        column.addLayout(foot)
        self._none.hide()
