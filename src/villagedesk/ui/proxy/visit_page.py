"""上门代办: whom to visit, the papers printed beforehand, and the way to the photographs taken there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.visits import VisitView
from villagedesk.domain.masking import mask_address, mask_phone
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.cards import Card
from villagedesk.ui.handout import Handout
from villagedesk.ui.proxy.pick_list import PickList
from villagedesk.ui.proxy.visit_card import VisitCard
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_LIST_HEIGHT = 180


class VisitPage(Screen):
    """Signals:
    pictures_wanted(): bring in the photographs of visits.
    """

    pictures_wanted = Signal()

    help_key = "ui.help.visits"
    nav = "nav_proxy"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._views: tuple[VisitView, ...] = ()
        self._left_out: set[str] = set()
        self._works = surroundings.may(Right.WORK)
        words = surroundings.words
        self._count = plain_label("", "h2", self)
        self._count.setObjectName("visits_count")
        self._quiet = wrapping_label(words("ui.visits.quiet"), "quiet", self)
        self._how = wrapping_label(words("ui.visits.how"), "quiet", self)
        self._list = PickList("visits_list", words("ui.visits.list"), self)
        self._list.setMinimumHeight(_LIST_HEIGHT)
        self._list.itemActivated.connect(lambda: self._open())
        self._list.toggled.connect(self._toggle)
        self._card = VisitCard(surroundings, self)
        self._card.done.connect(self._planned)
        self._card.closed.connect(lambda: self.first_focus().setFocus())
        self._handout = Handout(surroundings, self)
        self._handout.worked.connect(self.worked)
        self._back = button("back", words("ui.visits.to_carry"), self._escape, key="Esc", parent=self)
        self._new = button("visits_new", words("ui.visits.new"), self._ask_new, key="N", parent=self)
        self._pictures = button(
            "visits_pictures", words("ui.visits.pictures"), self.pictures_wanted.emit, key="F6", parent=self
        )
        self._print = button(
            "visits_print", words("ui.visits.print"), self._print_papers, key="F8", role="primary", parent=self
        )
        self._lay_out()
        on_key(self, "Esc", self._escape)
        for key, work in (
            ("N", self._ask_new),
            ("O", self._open),
            ("C", self._ask_change),
            ("F6", self.pictures_wanted.emit),
            ("F8", self._print_papers),
        ):
            if self._works:
                on_key(self, key, work)
        self._show(())

    def title(self) -> str:
        """上门代办"""
        return self._with.words("ui.visits.title")

    def first_focus(self) -> QWidget:
        """What is asked, else the list, else the first visit to plan."""
        if self._card.asking:
            return self._card.first_focus()
        return self._list if self._list.count() else self._new

    def begin(self) -> None:
        """All visits are ticked for printing."""
        self._left_out.clear()
        self._handout.begin()

    def refresh(self, topics: frozenset[str]) -> None:
        """The visits."""
        if not topics or "cases" in topics:
            visits = self._with.desk.visits
            self._with.background.run(
                self, visits.view, self._show, lane=Lane.READS, words=self._with.words("ui.visits.reading")
            )

    def _show(self, views: tuple[VisitView, ...]) -> None:
        words = self._with.words
        had_none = not self._list.count()
        self._views = views
        self._count.setText(words("ui.visits.count" if views else "ui.visits.count_none", count=len(views)))
        self._list.show_cards([self._row(view) for view in views])
        for widget in (self._list, self._how):
            widget.setVisible(bool(views))
        count = len(self._chosen())
        text = words("ui.visits.print_count" if count else "ui.visits.print", count=count)
        self._print.setText(f"{text}  F8")
        self._print.setAccessibleName(text)
        self._print.setEnabled(bool(count))
        for one in (self._new, self._pictures, self._print):
            one.setVisible(self._works)
        if views and had_none and self.isVisible() and not self._card.asking:
            self._list.setFocus()

    def _row(self, view: VisitView) -> Card:
        words = self._with.words
        title = words("ui.visits.card", name=view.name, item=view.item_name)
        address, phone = mask_address(view.address), mask_phone(view.phone)
        line = words("ui.visits.line" if phone else "ui.visits.bare", address=address, phone=phone)
        ticked = view.visit.visit_no not in self._left_out
        badges = ((words("ui.visits.marked"), "good"),) if ticked else ()
        lines = (line, words.marked(view.sentence), view.visit.note)
        return Card(view.visit.visit_no, title, lines, badges=badges)

    def _chosen(self) -> tuple[str, ...]:
        return tuple(view.visit.visit_no for view in self._views if view.visit.visit_no not in self._left_out)

    def _current(self) -> VisitView | None:
        key = self._list.current_key()
        return next((view for view in self._views if view.visit.visit_no == key), None)

    def _toggle(self) -> None:
        key = self._list.current_key()
        if key:
            self._left_out ^= {key}
            self._show(self._views)

    def _ask_new(self) -> None:
        if not self._card.asking:
            self._card.open_new()

    def _ask_change(self) -> None:
        view = self._current()
        if view is not None and not self._card.asking:
            self._card.open_change(view)

    def _planned(self) -> None:
        self.worked.emit()
        self.refresh(frozenset())
        self.first_focus().setFocus()

    def _open(self) -> None:
        view = self._current()
        if view is not None and not self._card.asking:
            self.case_wanted.emit(view.visit.case_id)

    def _print_papers(self) -> None:
        chosen = self._chosen()
        if chosen and not self._card.asking:
            self._handout.print_visits(chosen)

    def _escape(self) -> None:
        if self._card.asking:
            self._card.close_card()
        else:
            self.proxy_wanted.emit()

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        inner.setSpacing(GAP)
        inner.addWidget(self._count)
        inner.addWidget(self._quiet)
        inner.addWidget(self._how)
        inner.addWidget(self._list, 1)
        inner.addStretch(0)
        inner.setAlignment(self._quiet, Qt.AlignmentFlag.AlignTop)
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, GAP, 0)
        whole.setSpacing(GAP * 2)
        whole.addWidget(self._card)
        whole.addWidget(card, 1)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addWidget(self._back)
        foot.addStretch(1)
        for one in (self._new, self._pictures, self._print):
            foot.addWidget(one)
        beneath = QWidget(self)
        column = QVBoxLayout(beneath)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._handout)
        column.addLayout(foot)
        on_enter(card, self._open)  # what is asked has an Enter of its own
        on_enter(beneath, self._open)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP)
        page.addWidget(scrolled(content, self), 1)
        page.addWidget(beneath)
