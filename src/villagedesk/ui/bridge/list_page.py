"""录入: the cases that wait to be entered into the acceptance system by hand, the longest waiting first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.bridge import FormOrder, WaitingCase, WaitingView
from villagedesk.desk.views import Sentence
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.bridge.export_card import ExportCard
from villagedesk.ui.bridge.left_exports import LeftExports
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.fields import Choice
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_LIST_HEIGHT = 300


class _WaitingList(CardList):
    """Signals:
    marked(): Space on the chosen row.
    """

    marked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space marks for the export."""
        if event.text() == " ":
            self.marked.emit()
            return
        super().keyPressEvent(event)


class BridgePage(Screen):
    """Signals:
    entry_wanted(str): enter the case with that id.
    """

    entry_wanted = Signal(str)

    help_key = "ui.help.bridge"
    nav = "nav_bridge"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._words = words = surroundings.words
        self._view: WaitingView | None = None
        self._marked: dict[str, None] = {}
        self._coming_up = False
        self._works = surroundings.may(Right.WORK)
        self._count = plain_label("", "h2", self)
        self._count.setObjectName("bridge_count")
        self._told = SentenceLabel(words, "bridge_told", self)
        self._told.hide()
        self._order = Choice("bridge_order", words("bridge.page.order"), self)
        self._order.activated.connect(self._choose_order)
        self._unchecked = SentenceLabel(words, "bridge_unchecked", self)
        self._more = wrapping_label("", "quiet", self)
        self._more.setObjectName("bridge_more")
        self._left_told = SentenceLabel(words, "bridge_left_told", self)
        self._left_told.hide()
        self._left_card = QFrame(self)
        self._left = LeftExports(surroundings, "bridge_left", self._left_card)
        self._left.changed.connect(self._show_left)
        self._left_card.hide()
        self._list = _WaitingList("bridge_list", words("bridge.page.list"), self)
        self._list.setMinimumHeight(_LIST_HEIGHT)
        self._list.itemActivated.connect(self._enter)
        self._list.marked.connect(self._mark)
        self._none = wrapping_label(words("bridge.page.none"), "quiet", self)
        self._none.setObjectName("bridge_none")
        self._export = ExportCard(surroundings, self)
        self._export.hide()
        self._export.closed.connect(self._export_closed)
        self._back = button("back", words("ui.back"), self._escape, key="Esc", parent=self)
        self._save = button("bridge_save", words("bridge.page.save"), self._open_export, key="F8", parent=self)
        self._go = button(
            "primary_button", words("bridge.page.go"), self._enter, key="Enter", role="primary", parent=self
        )
        self._lay_out()
        on_key(self, "Esc", self._escape)
        on_key(self, "F8", self._open_export)
        on_enter(self._export, self._export.confirm)
        self._show(None)

    def title(self) -> str:
        """录入"""
        return self._words("bridge.page.title")

    def first_focus(self) -> QWidget:
        """The list, or the way back where nothing waits."""
        if not self._export.isHidden():
            return self._export.first_focus()
        return self._list if self._list.count() else self._back

    def begin(self) -> None:
        """No marks of an earlier visit; the cursor goes to the list once it is read."""
        self._coming_up = True
        self._left.begin()
        self._marked.clear()
        if not self._export.under_way:
            self._export.hide()

    def refresh(self, topics: frozenset[str]) -> None:
        """What waits, and the forms there are."""
        bridge, run = self._with.desk.bridge, self._with.background.run
        if not topics or topics & {"cases", "outbox"}:
            run(self, bridge.waiting, self._show, lane=Lane.READS)
            if self._works:
                self._left.read()
        if not topics or "items" in topics:
            run(self, lambda: (bridge.orders(), bridge.order()), self._show_orders, lane=Lane.READS)

    def _lay_out(self) -> None:
        card = QFrame(self)
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        inner.setSpacing(GAP)
        inner.addWidget(self._count)
        inner.addWidget(self._told)
        inner.addWidget(self._left_told)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        row.addWidget(plain_label(self._words("bridge.page.order"), "h3", card))
        row.addWidget(self._order, 1)
        inner.addLayout(row)
        inner.addWidget(self._unchecked)
        how = wrapping_label(self._words("bridge.page.how"), "quiet", card)
        how.setVisible(self._works)
        inner.addWidget(how)
        inner.addWidget(self._list, 1)
        inner.addWidget(self._none, 1)
        inner.addWidget(self._more)
        self._left_card.setProperty("role", "notice-calm")
        left = QVBoxLayout(self._left_card)
        left.setContentsMargins(GAP * 2, GAP, GAP * 2, GAP)
        left.setSpacing(GAP)
        left.addWidget(plain_label(self._words("bridge.entered.left_title"), "h3", self._left_card))
        left.addWidget(self._left)
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, GAP, 0)
        whole.setSpacing(GAP * 2)
        whole.addWidget(self._export)
        whole.addWidget(card, 1)
        whole.addWidget(self._left_card)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addWidget(self._back)
        foot.addStretch(1)
        foot.addWidget(self._save)
        foot.addWidget(self._go)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP * 2)
        page.addWidget(scrolled(content, self), 1)
        page.addLayout(foot)

    def _show(self, view: WaitingView | None) -> None:
        words = self._words
        self._view = view
        cases = view.cases if view is not None else ()
        self._marked = {case_id: None for case_id in self._marked if any(one.case_id == case_id for one in cases)}
        had_focus = self._list.hasFocus() or self._go.hasFocus()
        self._list.show_cards([self._card(one) for one in cases])
        self._list.setVisible(bool(cases))
        self._none.setVisible(view is not None and not cases)
        count = view.count if view is not None else 0
        self._count.setText(words("bridge.page.count", count=count) if view is not None else "")
        restored = view is not None and view.restored
        self._told.tell(Sentence("bridge.page.restored", {}, "warn") if restored else None)
        self._told.setVisible(restored)
        more = count - len(cases)
        self._more.setText(words("bridge.page.more", count=more) if more else "")
        self._more.setVisible(bool(more))
        for step in (self._go, self._save):
            step.setVisible(self._works)
            step.setEnabled(bool(cases))
        if had_focus and not cases:
            self._back.setFocus()
        self._tell_marked()
        if self._coming_up and view is not None and self.isVisible():
            self._coming_up = False
            self.first_focus().setFocus()

    def _show_left(self) -> None:
        self._left_card.setVisible(self._left.there)
        self._left_told.tell(Sentence("bridge.page.left", {"count": self._left.count}, "warn"))
        self._left_told.setVisible(self._left.count > 0)

    def _card(self, one: WaitingCase) -> Card:
        words = self._words
        when = "" if one.received_at is None else words.moment(one.received_at)
        badges = [(words("bridge.page.again"), "warn")] if one.again else []
        if one.case_id in self._marked:
            badges.append((words("bridge.page.marked"), "good"))
        lines = [words("bridge.page.line", local_no=one.local_no, when=when, pages=one.pages)]
        if one.look_first is not None:
            lines.append(words.marked(one.look_first))
        if one.clock is not None:
            lines.append(words.marked(one.clock))
        return Card(
            one.case_id,
            words("bridge.page.card", name=one.applicant_name, item=one.item_name),
            tuple(lines),
            one.clock.tone if one.clock is not None else "calm",
            tuple(badges),
        )

    def _tell_marked(self) -> None:
        count = len(self._marked)
        text = self._words("bridge.page.save_marked", count=count) if count else self._words("bridge.page.save")
        self._save.setText(f"{text}  F8")
        self._save.setAccessibleName(text)

    def _show_orders(self, orders: tuple[tuple[FormOrder, ...], FormOrder]) -> None:
        there, chosen = orders
        self._order.clear()
        for order in there:
            name = order.name if order.checked else self._words("bridge.page.unchecked_name", name=order.name)
            self._order.addItem(name, order.code)
        self._order.setCurrentIndex(max(0, self._order.findData(chosen.code)))
        self._order.setEnabled(self._works)
        self._unchecked.tell(None if chosen.checked else Sentence("bridge.page.unchecked", {}, "warn"))
        self._unchecked.setVisible(not chosen.checked)

    def _choose_order(self) -> None:
        code, bridge = str(self._order.currentData()), self._with.desk.bridge
        self._with.background.run(self, lambda: bridge.choose(code), lambda _: self.refresh(frozenset({"items"})))

    def _mark(self) -> None:
        case_id = self._list.current_key()
        if not case_id or not self._works:
            return
        if case_id in self._marked:
            del self._marked[case_id]
        else:
            self._marked[case_id] = None
        self._show(self._view)

    def _enter(self) -> None:
        case_id = self._list.current_key()
        if case_id and self._works:
            self.entry_wanted.emit(case_id)

    def _open_export(self) -> None:
        chosen = tuple(self._marked) or ((self._list.current_key(),) if self._list.current_key() else ())
        if self._works and chosen and not self._export.under_way:
            self._export.open(chosen)
            self._export.first_focus().setFocus()

    def _export_closed(self) -> None:
        self._marked.clear()
        self._show(self._view)
        self._left.read()
        self.first_focus().setFocus()

    def _escape(self) -> None:
        if not self._export.isHidden():
            self._export.escape()
        else:
            self.today_wanted.emit()
