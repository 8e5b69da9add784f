"""One case: who and what, the numbers, where it stands in two sentences, its pages, its papers, its history."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import CaseView, Sentence
from villagedesk.domain.masking import mask_address, mask_number, mask_phone
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.case_history import history_lines
from villagedesk.ui.case_papers import Papers
from villagedesk.ui.case_snag import SnagCard
from villagedesk.ui.layouts import clear
from villagedesk.ui.page_strip import PageStrip
from villagedesk.ui.page_viewer import PageViewer
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP, SURFACE, TEXT, set_role

_STRIP_SIDE = 96
_TWO_HALVES = 960
_UNMASKED = "document_number,phone,address"
"""F9 shows all three; the log names them."""


class CasePage(Screen):
    """Shows a case that has been taken in."""

    help_key = "ui.help.case"
    nav = "nav_cases"

    def __init__(self, surroundings: Surroundings, view: CaseView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._view = view
        self._shown: CaseView | None = None
        self._unmasked = False
        words = surroundings.words
        self._business = SentenceLabel(words, "business_sentence", self)
        self._sending = SentenceLabel(words, "sending_sentence", self)
        self._numbers = QGridLayout()
        self._history = QVBoxLayout()
        self._strips: dict[str, PageStrip] = {}
        self._materials = QVBoxLayout()
        self._papers = Papers(surroundings, view.case.case_id, self)
        self._papers.worked.connect(self._acted)
        self._snag = SnagCard(surroundings, view.case.case_id, self)
        self._snag.decided.connect(self._acted)
        self._viewer = PageViewer(surroundings, self)
        self._viewer.closed.connect(self._close_viewer)
        self._works = surroundings.may(Right.WORK)
        self._back = button("back", words("ui.back"), self.back_wanted.emit, key="Esc", parent=self)
        self._mask = button(
            "show_number", "", self._toggle_mask, key="F9", icons=surroundings.icons, icon="eye", parent=self
        )
        self._primary = button(
            "print_receipt",
            words("ui.case.print_receipt"),
            lambda: self._papers.print(PaperKind.RECEIPT),
            key="F8",
            role="primary",
            icons=surroundings.icons,
            icon="printer",
            parent=self,
        )
        self._lay_out()
        self._show(view)
        on_key(self, "Esc", self._escape)
        if self._works:
            on_key(self, "F8", lambda: self._papers.print(PaperKind.RECEIPT))
        self._primary.setVisible(self._works)
        on_key(self, "F9", self._toggle_mask)

    def title(self) -> str:
        """办件"""
        return self._with.words("ui.case.title")

    def first_focus(self) -> QWidget:
        """The page that is open, what the clerk has to decide, or the primary button."""
        if self._viewer.isVisible():
            return self._viewer.first_focus()
        return self._snag.first_focus() or (self._primary if self._works else self._back)

    def refresh(self, topics: frozenset[str]) -> None:
        """Read again on news about cases, queue or print jobs."""
        if not topics or topics & {"cases", "outbox", "print"}:
            desk, case_id = self._with.desk, self._view.case.case_id
            self._with.background.run(self, lambda: desk.cases.case(case_id), self._show, lane=Lane.READS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One half below the other where an acceptance number would not fit beside the pages."""
        super().resizeEvent(event)
        wide = event.size().width() >= _TWO_HALVES
        self._halves.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def _lay_out(self) -> None:
        words = self._with.words
        view = self._view
        head = _card(self)
        inner = QVBoxLayout()
        _inside(head).addLayout(inner)
        inner.setSpacing(GAP)
        who = wrapping_label(view.case.applicant.name, "h1", head)
        who.setObjectName("case_applicant")
        inner.addWidget(who)
        item = wrapping_label(view.case.item_name, "h2", head)
        item.setObjectName("case_item")
        inner.addWidget(item)
        inner.addWidget(self._business)
        inner.addWidget(self._sending)
        self._numbers.setHorizontalSpacing(GAP * 2)
        self._numbers.setVerticalSpacing(GAP // 2)
        self._numbers.setColumnStretch(1, 1)
        inner.addLayout(self._numbers)

        materials = _card(self, words("ui.case.materials"))
        papers = _card(self, words("ui.case.papers"))
        history = _card(self, words("ui.case.history"))
        for card, layout in ((materials, self._materials), (history, self._history)):
            layout.setSpacing(GAP)
            _inside(card).addLayout(layout)
        _inside(papers).addWidget(self._papers)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column, cards in ((left, (head, papers)), (right, (materials, history))):
            column.setSpacing(GAP * 2)
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, GAP, 0)
        whole.setSpacing(GAP * 2)
        whole.addWidget(self._snag)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(GAP * 2)
        whole.addLayout(self._halves)
        self._halves.addLayout(left, 1)
        self._halves.addLayout(right, 1)
        self._area = scrolled(content, self)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addWidget(self._back)
        foot.addWidget(self._mask)
        foot.addStretch(1)
        if not self._works:
            only_looks = wrapping_label(words("ui.case.only_looks"), "quiet", self)
            only_looks.setObjectName("only_looks")
            foot.addWidget(only_looks)
        foot.addWidget(self._primary)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP * 2)
        page.addWidget(self._area, 1)
        page.addWidget(self._viewer, 1)
        page.addLayout(foot)
        self._viewer.hide()
        self._make_strips()

    def _make_strips(self) -> None:
        words = self._with.words
        view = self._view
        names = {material.requirement_id: material.name for material in view.case.materials}
        for requirement_id in dict.fromkeys(page.requirement_id for page in view.pages):
            name = names.get(requirement_id, requirement_id)
            pages = [page for page in view.pages if page.requirement_id == requirement_id]
            self._materials.addWidget(wrapping_label(words("ui.pages.title", material=name, count=len(pages)), "h3"))
            strip = PageStrip(
                self._with,
                f"pages_{requirement_id}",
                words("ui.pages.of", material=name),
                upright=False,
                side=_STRIP_SIDE,
            )
            strip.show_pages(pages, view.expired)
            strip.itemActivated.connect(lambda _item, strip=strip, name=name: self._open_page(strip, name))
            strip.itemClicked.connect(lambda _item, strip=strip, name=name: self._open_page(strip, name))
            self._strips[requirement_id] = strip
            self._materials.addWidget(strip)
        if view.expired:
            expired = SentenceLabel(words, "pages_expired", self)
            expired.tell(Sentence("ui.case.expired"))
            self._materials.addWidget(expired)
        if not self._strips:
            self._materials.addWidget(wrapping_label(words("ui.case.no_pages"), "quiet"))

    def _show(self, view: CaseView) -> None:
        if view == self._shown:
            return
        self._view = self._shown = view
        self._business.tell(view.business)
        self._sending.tell(view.sending)
        self._sending.setVisible(view.sending is not None)
        self._show_snag(view)
        self._show_numbers()
        self._papers.show_papers(view.papers)
        clear(self._history)
        for at, text in history_lines(self._with.words, view):
            row = QHBoxLayout()
            row.setSpacing(GAP * 2)
            row.addWidget(plain_label(at, "quiet"), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(wrapping_label(text), 1)
            self._history.addLayout(row)

    def _show_snag(self, view: CaseView) -> None:
        focus = QApplication.focusWidget()
        was_there = focus is not None and self._snag.isAncestorOf(focus)
        self._snag.tell(view.snag)
        # One primary button: what hinders the case comes before another print.
        set_role(self._primary, "" if self._snag.sends_again else "primary")
        self._primary.setIcon(self._with.icons.icon("printer", TEXT if self._snag.sends_again else SURFACE))
        if was_there and not self._snag.asking:
            self.first_focus().setFocus()

    def _show_numbers(self) -> None:
        words, case = self._with.words, self._view.case
        who = case.applicant
        number, phone, address = who.document_number, who.phone, who.address
        if not self._unmasked:
            number, phone, address = mask_number(number), mask_phone(phone), mask_address(address)
        clear(self._numbers)
        rows = (
            ("local_no", case.local_no or ""),
            ("acceptance_no", case.acceptance_no or words("ui.case.not_yet")),
            ("query_code", case.query_code),
            ("limit_date", case.limit_date),
            ("document", f"{words(f'domain.document.{who.document_kind}')}  {number}"),
            ("phone", phone),
            ("address", address),
        )
        for row, (name, value) in enumerate((name, value) for name, value in rows if value):
            self._numbers.addWidget(plain_label(words(f"ui.case.{name}"), "quiet"), row, 0, Qt.AlignmentFlag.AlignTop)
            label = wrapping_label(value)
            label.setObjectName(f"case_{name}")
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._numbers.addWidget(label, row, 1)
        text = words("ui.case.hide_number") if self._unmasked else words("ui.case.show_number")
        self._mask.setText(f"{text}  F9")
        self._mask.setAccessibleName(text)

    def _acted(self) -> None:
        self.worked.emit()
        self.refresh(frozenset())

    def _toggle_mask(self) -> None:
        if self._unmasked:
            self._unmask(shown=False)
            return
        audit, case_id = self._with.desk.audit, self._view.case.case_id
        # What is shown whole stands in the log: it is noted first, and shown when that is done.
        self._with.background.run(
            self,
            lambda: audit.unmasked(case_id, _UNMASKED),
            lambda _: self._unmask(shown=True),
            lane=Lane.READS,
        )

    def _unmask(self, *, shown: bool) -> None:
        self._unmasked = shown
        self._show_numbers()

    def leave(self) -> None:
        """Masked again, also behind the lock."""
        self._unmask(shown=False)

    def _open_page(self, strip: PageStrip, material: str) -> None:
        page = strip.current_page()
        if page is not None and page.page_id not in self._view.expired:
            self._area.hide()
            self._viewer.show()
            self._viewer.open(page, material)

    def _close_viewer(self) -> None:
        self._viewer.hide()
        self._area.show()
        self.first_focus().setFocus()

    def _escape(self) -> None:
        if self._viewer.isVisible():
            self._close_viewer()
        elif self._snag.asking:
            self._snag.stop_asking()
        else:
            self.back_wanted.emit()


def _inside(card: QFrame) -> QVBoxLayout:
    layout = card.layout()
    assert isinstance(layout, QVBoxLayout)
    return layout


def _card(parent: QWidget, title: str = "") -> QFrame:
    card = QFrame(parent)
    card.setProperty("role", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
    column.setSpacing(GAP)
    if title:
        column.addWidget(plain_label(title, "h2", card))
    return card
