"""Link and queue: what is the matter, what to do, and each case on its way out."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from villagedesk.desk.views import DeviceLine, QueueRow, SendingView
from villagedesk.domain.outbox import TRAY_STATES, SendingState
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.glyphs import readable
from villagedesk.ui.layouts import clear
from villagedesk.ui.missing_card import MissingCard
from villagedesk.ui.renewal_card import RenewalCard
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_TURN_WIDTH = 112
_ROW_HEIGHT = 76
"""Two lines of a long name and the item's beneath."""


class SendingPage(Screen):
    """Opened from the bottom line."""

    help_key = "ui.help.sending"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._link = SentenceLabel(words, "link_sentence", self)
        self._link.setProperty("role", "h2")
        self._queue = SentenceLabel(words, "queue_sentence", self)
        self._advice = SentenceLabel(words, "advice_sentence", self)
        self._rows: dict[str, _Row] = {}
        self._send = button("send_now", words("ui.sending.now"), self.send_now, key="F5", role="primary", parent=self)
        self._stop = button("queue_pause_all", words("ui.sending.pause_all"), self.pause_all, parent=self)
        self._go_on = button(
            "queue_resume_all", words("ui.sending.resume_all"), self.resume_all, role="primary", parent=self
        )
        self._paused = False
        self._works = surroundings.may(Right.WORK)
        self._missing = MissingCard(surroundings, self)
        self._missing.emptied.connect(lambda: self.first_focus().setFocus())
        self._renewal = RenewalCard(surroundings, self)
        self._renewal.renewed.connect(lambda: self.refresh(frozenset()))
        self._lay_out()
        self._show_acts()
        on_key(self, "Esc", self.back_wanted.emit)
        on_enter(self, self._primary)

    def title(self) -> str:
        """上报情况"""
        return self._with.words("ui.sending.title")

    def first_focus(self) -> QWidget:
        """The primary button."""
        if not self._works:
            return self._back
        return self._go_on if self._paused else self._send

    def refresh(self, topics: frozenset[str]) -> None:
        """Read again on news about link or queue."""
        run, desk = self._with.background.run, self._with.desk
        if not topics or topics & {"outbox", "link"}:
            run(self, desk.sending.view, self._show, lane=Lane.READS)
            self._missing.read()
        if not topics or "devices" in topics:
            run(self, desk.devices, self._show_devices, lane=Lane.READS)

    def send_now(self) -> None:
        """Try at once instead of at the next planned time."""
        self._with.background.run(
            self,
            self._with.desk.sending.send_now,
            lambda _: self.refresh(frozenset()),
            words=self._with.words("ui.sending.trying"),
        )

    def pause_all(self) -> None:
        """Stop the whole queue."""
        pause = self._with.desk.sending.pause_all
        self._with.background.run(self, pause, lambda _: self.refresh(frozenset()))

    def resume_all(self) -> None:
        """Let the whole queue go on."""
        resume = self._with.desk.sending.resume_all
        self._with.background.run(self, resume, lambda _: self.refresh(frozenset()))

    def _primary(self) -> None:
        if not self._works:
            return
        if self._paused:
            self.resume_all()
        else:
            self.send_now()

    def _show_acts(self) -> None:
        acts = (self._send, self._stop, self._go_on)
        had_focus = any(act.hasFocus() for act in acts)
        self._go_on.setVisible(self._paused and self._works)
        for act in (self._send, self._stop):
            act.setVisible(not self._paused and self._works)
        if had_focus and self.isVisible():
            self.first_focus().setFocus()

    def _lay_out(self) -> None:
        words = self._with.words
        head = QFrame(self)
        head.setProperty("role", "card")
        sentences = QVBoxLayout(head)
        sentences.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        sentences.setSpacing(GAP)
        for label in (self._link, self._queue, self._advice):
            sentences.addWidget(label)
        queue = QFrame(self)
        queue.setProperty("role", "card")
        queue.setVisible(self._with.may(Right.SEE_PERSONS))
        inner = QVBoxLayout(queue)
        inner.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        inner.addWidget(plain_label(words("ui.sending.queue"), "h2", queue))
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._empty = wrapping_label(words("ui.sending.empty"), "quiet", queue)
        self._empty.setObjectName("queue_empty")
        self._list.addWidget(self._empty)
        inner.addLayout(self._list)
        devices = QFrame(self)
        devices.setProperty("role", "card")
        self._devices = QVBoxLayout(devices)
        self._devices.setContentsMargins(GAP * 3, GAP, GAP * 3, GAP)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP * 2)
        for card in (head, self._renewal, self._missing, queue, devices):
            column.addWidget(card)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        self._back = button("back", words("ui.back"), self.back_wanted.emit, key="Esc", parent=self)
        foot.addWidget(self._back)
        foot.addWidget(self._stop)
        foot.addStretch(1)
        foot.addWidget(self._send)
        foot.addWidget(self._go_on)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP * 2)
        page.addWidget(scrolled(content, self), 1)
        page.addLayout(foot)

    def _show(self, view: SendingView) -> None:
        self._link.tell(view.link)
        self._queue.tell(view.queue)
        self._advice.tell(view.advice)
        self._advice.setVisible(view.advice is not None)
        self._empty.setVisible(not view.rows)
        login = any(row.row.state is SendingState.LOGIN for row in view.rows)
        # a station without an interface gets it by the county's new file
        self._renewal.offer(needed=login or self._with.desk.bridge.by_hand())
        if view.paused is not self._paused:
            self._paused = view.paused
            self._show_acts()
        there = {row.row.action_id for row in view.rows}
        for action_id in [known for known in self._rows if known not in there]:
            self._rows.pop(action_id).deleteLater()
        for place, row in enumerate(view.rows):
            widget = self._rows.get(row.row.action_id)
            if widget is None:
                widget = _Row(row, self._with, self)
                self._rows[row.row.action_id] = widget
            if self._list.indexOf(widget) != place + 1:
                self._list.removeWidget(widget)
                self._list.insertWidget(place + 1, widget)
            widget.show_row(row, all_paused=view.paused)

    def _show_devices(self, devices: tuple[DeviceLine, ...]) -> None:
        clear(self._devices)
        for number, device in enumerate(devices, start=1):
            label = SentenceLabel(self._with.words, f"device_{number}")
            label.tell(device.sentence)
            self._devices.addWidget(label)

    def turn(self, action_id: str, pause: bool) -> None:
        """Hold one row back, or let it go on."""
        sending = self._with.desk.sending
        act = sending.pause if pause else sending.resume
        self._with.background.run(self, lambda: act(action_id), lambda _: self.refresh(frozenset()))


class _Row(QFrame):
    """One case on its way: who, what, how far; hold it back or let it go on, or open what came back."""

    def __init__(self, row: QueueRow, surroundings: Surroundings, page: SendingPage) -> None:
        super().__init__()
        self._with = surroundings
        words = surroundings.words
        self._page = page
        self._row = row.row
        self.setObjectName(f"queue_row_{row.row.action_id}")
        self.setMinimumHeight(_ROW_HEIGHT)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, GAP, 0, GAP)
        line.setSpacing(GAP * 2)
        who = QVBoxLayout()
        who.setSpacing(0)
        self._name = wrapping_label("", "h3", self)
        self._item = wrapping_label("", "small", self)
        who.addWidget(self._name)
        who.addWidget(self._item)
        line.addLayout(who, 3)
        how = QVBoxLayout()
        how.setSpacing(GAP // 2)
        self._state = SentenceLabel(words, f"queue_state_{row.row.action_id}", self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        how.addWidget(self._state)
        how.addWidget(self._bar)
        line.addLayout(how, 3)
        self._turn: QPushButton = button(f"queue_turn_{row.row.action_id}", "", self._act, parent=self)
        # The columns stay in line, whichever word is on the button and whether it is there at all.
        self._turn.setMinimumWidth(_TURN_WIDTH)
        policy = self._turn.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._turn.setSizePolicy(policy)
        line.addWidget(self._turn)

    def show_row(self, row: QueueRow, *, all_paused: bool) -> None:
        """Show how far it is.

        Args:
            all_paused: while the whole queue stands still, one row cannot go on alone.
        """
        words = self._with.words
        self._row = row.row
        self._name.setText(f"{readable(row.applicant_name)}  {row.local_no}")
        self._item.setText(row.item_name)
        self._state.tell(row.state)
        self._bar.setRange(0, 1000)
        self._bar.setValue(1000 * row.bytes_done // row.bytes_total if row.bytes_total else 0)
        self._bar.setAccessibleName(words("ui.sending.progress", name=row.applicant_name))
        came_back = row.row.state in TRAY_STATES
        self._bar.setVisible(not came_back and row.bytes_total > 0)
        text = words("ui.sending.resume" if row.row.state is SendingState.PAUSED else "ui.sending.pause")
        if came_back:
            text = words("ui.sending.open")
        self._turn.setText(text)
        self._turn.setAccessibleName(f"{text} {row.applicant_name} {row.local_no}")
        self._turn.setVisible(came_back or (not all_paused and self._with.may(Right.WORK)))

    def _act(self) -> None:
        if self._row.state in TRAY_STATES:
            self._page.case_wanted.emit(self._row.case_id)
        else:
            self._page.turn(self._row.action_id, self._row.state is not SendingState.PAUSED)
