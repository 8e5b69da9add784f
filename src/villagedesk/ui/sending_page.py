"""Link and queue: what is the matter, what to do, and each case on its way out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import DeviceLine, QueueRow, SendingView, Sentence
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.layouts import clear
from villagedesk.ui.missing_card import MissingCard
from villagedesk.ui.queue_row import QueueRowCard
from villagedesk.ui.renewal_card import RenewalCard
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_MORE = 20
"""Rows shown at first, and added each time more are asked for."""
_MOST = 100
"""Rows beyond which a screen would be slow; a clerk finds the others by name in the list of cases."""
_AGES_MS = 30_000
"""How often ages and next times are told anew while nothing else happens."""


class SendingPage(Screen):
    """Opened from the bottom line.

    Signals:
        correct_wanted(str): open the case with that id to mend what came back.
        enter_wanted(str): give the number that the case with that id got when it was entered by hand.
        proof_wanted(): show whether all is sent.
    """

    correct_wanted = Signal(str)
    enter_wanted = Signal(str)
    proof_wanted = Signal()

    help_key = "ui.help.sending"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._link = SentenceLabel(words, "link_sentence", self)
        self._link.setProperty("role", "h2")
        self._queue = SentenceLabel(words, "queue_sentence", self)
        self._advice = SentenceLabel(words, "advice_sentence", self)
        self._said = SentenceLabel(words, "queue_said", self)
        self._said.hide()
        self._rows: dict[str, QueueRowCard] = {}
        self._limit = _MORE
        self._ages = QTimer(self)
        self._ages.setInterval(_AGES_MS)
        self._ages.timeout.connect(lambda: self.refresh(frozenset({"link"})))
        self._send = button("send_now", words("ui.sending.now"), self.send_now, key="F5", role="primary", parent=self)
        self._stop = button("queue_pause_all", words("ui.sending.pause_all"), self.pause_all, parent=self)
        self._go_on = button(
            "queue_resume_all", words("ui.sending.resume_all"), self.resume_all, role="primary", parent=self
        )
        self._paused = False
        self._works = surroundings.may(Right.WORK) and not surroundings.desk.bridge.by_hand()
        self._missing = MissingCard(surroundings, self)
        self._missing.emptied.connect(lambda: self.first_focus().setFocus())
        self._renewal = RenewalCard(surroundings, self)
        self._renewal.renewed.connect(lambda: self.refresh(frozenset()))
        self._lay_out()
        self._show_acts()
        on_key(self, "Esc", self._escape)
        on_key(self, "F7", self.link_wanted.emit)
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
            limit = self._limit
            run(self, lambda: desk.sending.view(limit), self._show, lane=Lane.READS)
            self._missing.read()
        if not topics or "devices" in topics:
            run(self, desk.devices, self._show_devices, lane=Lane.READS)

    def begin(self) -> None:
        """The first rows again, and nothing said of an earlier time."""
        self._tell(None)
        self._limit = _MORE

    def showEvent(self, event: QShowEvent) -> None:
        """Ages go on."""
        super().showEvent(event)
        self._ages.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._ages.stop()

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
        self._tell(None)
        pause = self._with.desk.sending.pause_all
        self._with.background.run(self, pause, lambda _: self.refresh(frozenset()))

    def resume_all(self) -> None:
        """Let the whole queue go on, and say what stays held."""

        def told(still_held: Sentence | None) -> None:
            self._tell(still_held)
            self.refresh(frozenset())

        self._with.background.run(self, self._with.desk.sending.resume_all, told)

    def _tell(self, sentence: Sentence | None) -> None:
        self._said.tell(sentence)
        self._said.setVisible(sentence is not None)

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

    def _show_ways(self, *, by_hand: bool) -> None:
        """A station without an interface has no line, and sends nothing that could be proven."""
        self._to_link.setVisible(not by_hand)
        self._to_proof.setVisible(not by_hand and self._with.may(Right.SEE_PERSONS))

    def _lay_out(self) -> None:
        words = self._with.words
        head = QFrame(self)
        head.setProperty("role", "card")
        sentences = QVBoxLayout(head)
        sentences.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        sentences.setSpacing(GAP)
        for label in (self._link, self._queue, self._said, self._advice):
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
        below = QHBoxLayout()
        self._below = wrapping_label("", "quiet", queue)
        self._below.setObjectName("queue_below")
        self._more = button("queue_more", words("ui.queue.more", count=_MORE), self._show_more, parent=queue)
        below.addWidget(self._below, 1)
        below.addWidget(self._more)
        inner.addLayout(below)
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
        self._back = button("back", words("ui.back"), self._escape, key="Esc", parent=self)
        foot.addWidget(self._back)
        self._to_link = button("open_link", words("ui.link.open"), self.link_wanted.emit, key="F7", parent=self)
        foot.addWidget(self._to_link)
        self._to_proof = button("proof", words("ui.proof.open"), self.proof_wanted.emit, parent=self)
        foot.addWidget(self._to_proof)
        self._show_ways(by_hand=self._with.desk.bridge.by_hand())
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
        # a station without an interface gets it by the county's new file
        self._renewal.offer(needed=view.login or self._with.desk.bridge.by_hand())
        self._show_ways(by_hand=view.by_hand)
        works = self._with.may(Right.WORK) and not view.by_hand
        if (view.paused, works) != (self._paused, self._works):
            self._works = works
            self._paused = view.paused
            self._show_acts()
        full = self._limit >= _MOST
        key = "ui.queue.rest_by_name" if full else "ui.queue.more_below"
        self._below.setText(self._with.words(key, shown=len(view.rows), count=view.more))
        self._below.setVisible(view.more > 0)
        self._more.setVisible(view.more > 0 and not full)
        focus = QApplication.focusWidget()
        there = {row.row.action_id for row in view.rows}
        for action_id in [known for known in self._rows if known not in there]:
            self._rows.pop(action_id).deleteLater()
        for place, row in enumerate(view.rows):
            card = self._rows.get(row.row.action_id) or self._new_row(row)
            if self._list.indexOf(card) != place + 1:
                self._list.removeWidget(card)
                self._list.insertWidget(place + 1, card)
            card.show_row(row, all_paused=view.paused or view.by_hand)
        if self.isVisible() and focus is not None and self.isAncestorOf(focus) and not focus.isVisible():
            self.first_focus().setFocus()

    def _new_row(self, row: QueueRow) -> QueueRowCard:
        action_id, case_id = row.row.action_id, row.row.case_id
        sending = self._with.desk.sending
        card = self._rows[action_id] = QueueRowCard(row, self._with, self._empty.parentWidget())
        card.open_wanted.connect(lambda: self.case_wanted.emit(case_id))
        card.correct_wanted.connect(lambda: self.correct_wanted.emit(case_id))
        card.enter_wanted.connect(lambda: self.enter_wanted.emit(case_id))
        card.looked_up.connect(lambda: self._decide(partial(sending.resume, action_id, looked_up=True)))
        card.first_wanted.connect(lambda: self._decide(partial(sending.send_first, action_id)))
        card.again_wanted.connect(lambda: self._decide(partial(sending.mend, case_id)))
        card.turn_wanted.connect(
            lambda hold: self._decide(partial(sending.pause if hold else sending.resume, action_id))
        )
        return card

    def _decide(self, act: Callable[[], None]) -> None:
        def told(_: object) -> None:
            self._tell(None)
            self.worked.emit()
            self.refresh(frozenset())

        self._with.background.run(self, act, told)

    def _show_more(self) -> None:
        self._limit += _MORE
        self.refresh(frozenset({"outbox"}))

    def _escape(self) -> None:
        """What stands open beneath a row is put away first."""
        if not any(card.put_away() for card in self._rows.values()):
            self.back_wanted.emit()

    def _show_devices(self, devices: tuple[DeviceLine, ...]) -> None:
        clear(self._devices)
        for number, device in enumerate(devices, start=1):
            label = SentenceLabel(self._with.words, f"device_{number}")
            label.tell(device.sentence)
            self._devices.addWidget(label)
