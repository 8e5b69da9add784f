"""All cases, newest first, or those that fit what was searched for."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from villagedesk.desk.register_views import Saved
from villagedesk.desk.views import FoundRows, ListRow, Sentence
from villagedesk.domain.roles import Right
from villagedesk.ui.background import PATIENCE_MS, Lane
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.case_table import CaseTable
from villagedesk.ui.long_work import LongWork
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.screen import Screen, Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP, QUIET

PAGE = 50
TYPING_PAUSE_MS = 150


class CaseList(Screen):
    """Search as you type; 更多 brings the next fifty."""

    help_key = "ui.help.cases"
    nav = "nav_cases"
    new_is_primary = True

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._next = ""
        self._text = ""
        self._reading_more = False
        self._asked = 0
        words = surroundings.words
        self.filter = QLineEdit(self)
        self.filter.setObjectName("case_filter")
        self.filter.setAccessibleName(words("ui.cases.filter"))
        self.filter.setPlaceholderText(words("ui.cases.filter_hint"))
        self.filter.setClearButtonEnabled(True)
        self.filter.addAction(surroundings.icons.icon("search", QUIET), QLineEdit.ActionPosition.LeadingPosition)
        self._count = plain_label("", "quiet", self)
        self._count.setObjectName("case_count")
        self.table = CaseTable(words, "case_table", words("ui.cases.title"), dated=True, parent=self)
        self.table.case_wanted.connect(self.case_wanted)
        self._none = wrapping_label("", "quiet", self)
        self._none.setObjectName("no_cases")
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._more = button("more_cases", words("ui.cases.more"), self._read_more, key="Alt+M", parent=self)
        self._save = button("save_cases", words("ui.cases.save"), self._save_list, key="F7", parent=self)
        self._save.setVisible(surroundings.may(Right.WORK))
        self._long = LongWork(words, surroundings.background, self)
        self._said = SentenceLabel(words, "cases_said", self)
        self._lay_out()
        self._pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._read)
        self.filter.textChanged.connect(lambda: self._pause.start())
        self.filter.returnPressed.connect(self._enter)
        on_key(self, "Alt+M", self._read_more)
        if surroundings.may(Right.WORK):
            on_key(self, "F7", self._save_list)
            on_key(self, "Esc", self._long.stop)
        self.table.verticalScrollBar().valueChanged.connect(self._scrolled)
        on_key(self.filter, "Down", self.table.setFocus)

    def title(self) -> str:
        """办件"""
        return self._with.words("ui.cases.heading")

    def first_focus(self) -> QWidget:
        """The search box."""
        return self.filter

    def search_for(self, text: str) -> None:
        """Show what fits the text; "" for all."""
        self._say(None)
        self.filter.setText(text)
        self._read()

    def refresh(self, topics: frozenset[str]) -> None:
        """Read again, as many rows as are shown."""
        if not topics or topics & {"cases", "outbox"}:
            self._read(max(PAGE, len(self.table.rows)))

    def _lay_out(self) -> None:
        card = QFrame(self)
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        inner.setSpacing(GAP)
        head = QHBoxLayout()
        head.setSpacing(GAP * 2)
        self.filter.setMaximumWidth(460)
        head.addWidget(self.filter, 1)
        head.addWidget(self._count)
        head.addStretch(0)
        head.addWidget(self._save)
        inner.addLayout(head)
        inner.addWidget(self.table, 1)
        inner.addWidget(self._none, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._more)
        foot.addStretch(1)
        inner.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        column.addWidget(card, 1)
        column.addWidget(self._long)
        column.addWidget(self._said)
        self._said.hide()
        self._none.hide()
        self._more.hide()

    def _save_list(self) -> None:
        """All that is listed by now, further down too, in the clerk's own folder."""
        self._say(None)
        registers, text = self._with.desk.registers, self.filter.text().strip()

        def saved(made: Saved) -> None:
            self.worked.emit()
            self._say(Sentence("ui.register.saved", {"file": str(made.file), "count": made.count}, "good"))

        self._long.start(
            Sentence("ui.cases.saving"),
            lambda progress: registers.save_cases(text, own_folder(), progress),
            saved,
            shown_after_ms=PATIENCE_MS,
        )

    def _say(self, sentence: Sentence | None) -> None:
        self._said.tell(sentence)
        self._said.setVisible(sentence is not None)

    def _enter(self) -> None:
        if len(self.table.rows) == 1 and not self._pause.isActive():
            self.case_wanted.emit(self.table.rows[0].line.case_id)
        else:
            self.table.setFocus()

    def _read(self, limit: int = PAGE) -> None:
        self._pause.stop()
        self._reading_more = False
        text = self.filter.text().strip()
        self._asked += 1
        asked = self._asked

        def show(found: FoundRows) -> None:
            if asked == self._asked:
                self._show(found, found.rows, text)

        desk = self._with.desk
        self._with.background.run(self, lambda: desk.cases.search(text, limit), show, lane=Lane.READS)

    def _read_more(self) -> None:
        if not self._next or self._reading_more:
            return
        self._reading_more = True
        text, after = self._text, self._next
        self._asked += 1
        asked = self._asked
        desk = self._with.desk

        def show(found: FoundRows) -> None:
            if asked == self._asked:
                had_focus = self._more.hasFocus()
                self._show(found, self.table.rows + found.rows, text)
                if had_focus:
                    self.table.setFocus()

        self._with.background.run(self, lambda: desk.cases.search(text, PAGE, after), show, lane=Lane.READS)

    def _scrolled(self, value: int) -> None:
        """At the end of what is shown, the next ones come by themselves."""
        if value == self.table.verticalScrollBar().maximum() > 0 and not self._reading_more:
            self._read_more()

    def _show(self, found: FoundRows, rows: tuple[ListRow, ...], text: str) -> None:
        words = self._with.words
        self._reading_more = False
        self._next, self._text = found.next, text
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        self._none.setVisible(not rows)
        self._none.setText(words("ui.cases.none_found", text=text) if text else words("ui.cases.none"))
        self._more.setVisible(bool(found.next))
        if found.next:
            self._count.setText(words("ui.cases.count_more", count=found.count, shown=len(rows)))
        else:
            self._count.setText(words("ui.cases.count", count=found.count))
