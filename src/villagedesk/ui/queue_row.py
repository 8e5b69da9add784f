"""One case on its way out: who, what, how far and why not further; what the clerk can decide; what happened so far."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from villagedesk.desk.sending_history import HistoryLine
from villagedesk.desk.sending_words import raw_beside
from villagedesk.desk.views import QueueRow
from villagedesk.domain.audit import SYSTEM
from villagedesk.domain.outbox import TRAY_STATES, SendingState
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.glyphs import readable
from villagedesk.ui.layouts import clear
from villagedesk.ui.queue_look_up import LookUpCard
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP

_TURN_WIDTH = 118
_ROW_HEIGHT = 100
"""Two lines of buttons."""
_MOST_RAW = 120
_MOST_LINES = 40


class QueueRowCard(QFrame):
    """A row of the queue.

    Signals:
        open_wanted(), correct_wanted(): show the case, or open it to mend it.
        enter_wanted(): give the number that the case got when it was entered by hand.
        first_wanted(), turn_wanted(bool), again_wanted(): the clerk's decision; the bool is whether to hold it back.
        looked_up(): the clerk's decision too: the case is not in the acceptance system, and goes on.
    """

    open_wanted = Signal()
    correct_wanted = Signal()
    enter_wanted = Signal()
    first_wanted = Signal()
    turn_wanted = Signal(bool)
    again_wanted = Signal()
    looked_up = Signal()

    def __init__(self, row: QueueRow, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._row = row.row
        self._shown = row
        self._look_up: LookUpCard | None = None
        name = row.row.action_id
        words = surroundings.words
        self._works = surroundings.may(Right.WORK)
        self.setObjectName(f"queue_row_{name}")
        self.setMinimumHeight(_ROW_HEIGHT)
        self._name = wrapping_label("", "h3", self)
        self._item = wrapping_label("", "small", self)
        self._clock = SentenceLabel(words, f"queue_clock_{name}", self)
        self._state = SentenceLabel(words, f"queue_state_{name}", self)
        self._details = wrapping_label("", "small", self)
        self._details.setObjectName(f"queue_details_{name}")
        self._raw = wrapping_label("", "small", self)
        self._raw.setObjectName(f"queue_raw_{name}")
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._first = self._make(f"queue_first_{name}", "ui.queue.first", self.first_wanted.emit, key="F4")
        self._turn = self._make(f"queue_turn_{name}", "ui.sending.pause", self._act)
        self._correct = self._make(f"queue_correct_{name}", "ui.queue.correct", self.correct_wanted.emit)
        self._again = self._make(f"queue_again_{name}", "ui.queue.again", self.again_wanted.emit)
        self._enter = self._make(f"queue_enter_{name}", "ui.queue.enter", self.enter_wanted.emit)
        self._history = self._make(f"queue_history_{name}", "ui.queue.history", self.turn_history)
        self._past = QFrame(self)
        self._past.setObjectName(f"queue_past_{name}")
        self._past.setProperty("role", "notice-calm")
        self._lines = QVBoxLayout(self._past)
        self._lines.setContentsMargins(GAP * 2, GAP, GAP * 2, GAP)
        self._past.hide()
        self._lay_out()
        on_key(self, "F4", self._put_first)

    @property
    def tells_history(self) -> bool:
        """Whether what happened so far stands open."""
        return self._past.isVisibleTo(self)

    def show_row(self, row: QueueRow, *, all_paused: bool) -> None:
        """Show how far it is.

        Args:
            all_paused: while the whole queue stands still, one row cannot go on alone.
        """
        words = self._with.words
        self._row = row.row
        self._shown = row
        if self._look_up is not None and not row.look_up:
            self._look_up.hide()
        self._name.setText(f"{readable(row.applicant_name)}  {row.local_no}")
        self._item.setText(row.item_name)
        self._clock.tell(row.clock)
        self._clock.setVisible(row.clock is not None)
        self._state.tell(row.state)
        self._details.setText(" · ".join(words.of(sentence).rstrip("。") for sentence in row.details))
        came_back = row.row.state in TRAY_STATES
        raw = raw_beside(row.row)[:_MOST_RAW].replace(",", ", ")
        self._raw.setText(words("ui.queue.raw", raw=raw) if raw else "")
        self._raw.setVisible(bool(raw))
        self._bar.setRange(0, 1000)
        self._bar.setValue(1000 * row.bytes_done // row.bytes_total if row.bytes_total else 0)
        self._bar.setAccessibleName(words("ui.sending.progress", name=row.applicant_name))
        self._bar.setVisible(not came_back and row.bytes_done > 0)
        self._show_acts(row, all_paused)
        if self.tells_history:
            self._read_history()

    def put_away(self) -> bool:
        """Put away what stands open beneath it: what is asked, then what happened so far. False when nothing does."""
        if self._look_up is not None and self._look_up.isVisibleTo(self):
            self._look_up.close_card()
            return True
        if self.tells_history:
            self.turn_history()
            return True
        return False

    def turn_history(self) -> None:
        """Show what happened so far, or put it away."""
        if self.tells_history:
            self._past.hide()
        else:
            self._read_history()
        self._history.setText(self._with.words("ui.queue.history_close" if self.tells_history else "ui.queue.history"))

    def _show_acts(self, row: QueueRow, all_paused: bool) -> None:
        words = self._with.words
        came_back = row.row.state in TRAY_STATES
        text = words("ui.sending.resume" if row.row.state is SendingState.PAUSED else "ui.sending.pause")
        self._turn.setText(words("ui.sending.open") if came_back else text)
        if row.corrected:
            self._correct.setText(words("ui.snag.go_on"))
        shown = {
            self._first: self._works and row.can_first,
            # what goes by hand alone would only be held again
            self._turn: came_back or (not all_paused and self._works and (row.look_up or not row.can_enter)),
            self._enter: self._works and row.can_enter,
            self._correct: self._works and row.can_send_again,
            # between two versions the clerk chooses on the case's page, which shows both
            self._again: self._works
            and row.can_send_again
            and not (row.corrected or row.row.state is SendingState.CONFLICT),
        }
        for act, there in shown.items():
            act.setVisible(there)
        for act in (*shown, self._history):
            act.setAccessibleName(f"{act.text().split('  ')[0]} {row.applicant_name} {row.local_no}")

    def _make(self, name: str, key_of_text: str, act: Callable[[], None], key: str = "") -> QPushButton:
        made = button(name, self._with.words(key_of_text), act, key=key, parent=self)
        made.setMinimumWidth(_TURN_WIDTH)
        return made

    def _lay_out(self) -> None:
        who = _column(self, self._name, self._item, self._clock)
        how = _column(self, self._state, self._details, self._raw, self._bar)
        # Two columns that keep their place, whichever buttons are there.
        acts = QGridLayout()
        acts.setSpacing(GAP)
        for place in range(2):
            acts.setColumnMinimumWidth(place, _TURN_WIDTH)
        acts.addWidget(self._first, 0, 0)
        acts.addWidget(self._correct, 0, 0)
        acts.addWidget(self._enter, 0, 0)
        acts.addWidget(self._turn, 0, 1)
        acts.addWidget(self._history, 1, 1)
        acts.addWidget(self._again, 1, 0)
        acts.setRowStretch(2, 1)
        line = QHBoxLayout()
        line.setSpacing(GAP * 2)
        line.addWidget(who, 3)
        line.addWidget(how, 4)
        line.addLayout(acts)
        rule = QFrame(self)
        rule.setProperty("role", "rule")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, GAP)
        column.addWidget(rule)
        column.addLayout(line)
        column.addWidget(self._past)
        self._column = column

    def _ask_whether_looked(self) -> None:
        if self._look_up is None:
            self._look_up = LookUpCard(self._shown, self._with.words, self)
            self._look_up.looked_up.connect(self.looked_up)
            self._look_up.left.connect(self._turn.setFocus)
            self._column.addWidget(self._look_up)
        self._look_up.ask()

    def _put_first(self) -> None:
        if self._first.isVisible():
            self.first_wanted.emit()

    def _act(self) -> None:
        if self._row.state in TRAY_STATES:
            self.open_wanted.emit()
        elif self._shown.look_up:
            self._ask_whether_looked()
        else:
            self.turn_wanted.emit(self._row.state is not SendingState.PAUSED)

    def _read_history(self) -> None:
        self._past.show()
        sending, name = self._with.desk.sending, self._row.action_id
        self._with.background.run(self, lambda: sending.history(name), self._show_history, lane=Lane.READS)

    def _show_history(self, lines: tuple[HistoryLine, ...]) -> None:
        words = self._with.words
        clear(self._lines)
        for line in lines[-_MOST_LINES:]:
            params = {"time": words.moment(line.at), "what": words.of(line.sentence)}
            who = words("ui.event.system") if line.actor == SYSTEM else line.actor
            text = words("ui.queue.by", who=who, **params) if who else words("ui.queue.by_program", **params)
            self._lines.addWidget(wrapping_label(text))
            if line.raw:
                self._lines.addWidget(wrapping_label(words("ui.queue.raw", raw=line.raw[:_MOST_RAW]), "small"))


def _column(parent: QWidget, *widgets: QWidget) -> QWidget:
    """Widgets one under the other, as wide as there is room for whatever they say, so that the rows stay in line."""
    box = QWidget(parent)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GAP // 2)
    for widget in widgets:
        column.addWidget(widget)
    column.addStretch(1)
    return box
