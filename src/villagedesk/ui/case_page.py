"""One case: who and what, the numbers, where it stands in two sentences, its pages, its papers, its history."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import CaseView
from villagedesk.domain.case import Page
from villagedesk.domain.evaluation import Stage
from villagedesk.domain.masking import mask_address, mask_number, mask_phone
from villagedesk.domain.printing import PrintSet
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode
from villagedesk.ui.asking_card import AskingCard
from villagedesk.ui.background import Lane
from villagedesk.ui.bridge.by_hand_card import ByHandCard
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.case_actions import KEY as ACTS_KEY
from villagedesk.ui.case_actions import Act, ActionCard, ActionList, Offer, offers_of
from villagedesk.ui.case_changed_item import ChangedItem
from villagedesk.ui.case_conflict import ConflictCard
from villagedesk.ui.case_documents import CaseDocuments
from villagedesk.ui.case_facts import ClockLines, Facts, form_facts, has_promises, party_lines
from villagedesk.ui.case_history import history_lines
from villagedesk.ui.case_materials import CaseMaterials
from villagedesk.ui.case_papers import Papers
from villagedesk.ui.case_snag import SnagCard
from villagedesk.ui.case_unsent import UnsentCard
from villagedesk.ui.follow_up.rate_card import RateCard
from villagedesk.ui.form_words import ethnic_words
from villagedesk.ui.layouts import clear, inside, titled_card
from villagedesk.ui.page_viewer import PageViewer
from villagedesk.ui.paper_viewer import PaperViewer
from villagedesk.ui.print_words import set_words
from villagedesk.ui.proxy.township_card import TownshipCard
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP, SURFACE, TEXT, set_role

_TWO_HALVES = 960
_ROW_GROWS = 160
"""Logical pixels that a paper's row may grow by, when its printer is in trouble."""
_UNMASKED = "document_number,phone,address,parties,form"
"""F9 shows them all; the log names them."""


class CasePage(Screen):
    """Shows a case that has been taken in.

    Signals:
        bring_wanted(CaseView, str): scan the paper that was promised, by its requirement.
        correct_wanted(str): open the case to mend its papers and values.
        scan_wanted(str): photograph papers of the case that came back.
    """

    bring_wanted = Signal(object, str)
    correct_wanted = Signal(str)
    scan_wanted = Signal(str)

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
        self._clocks = ClockLines(words, self)
        self._changed = ChangedItem(words, self)
        self._parties = Facts("case_party", self)
        self._form = Facts("case_form", self)
        self._materials = CaseMaterials(surroundings, self)
        self._materials.page_wanted.connect(self._open_page)
        self._materials.case_wanted.connect(self.case_wanted)
        self._acts = ActionList(surroundings, self)
        self._acts.chosen.connect(self._chosen)
        self._acts.closed.connect(lambda: self.first_focus().setFocus())
        self._open_acts = button("case_acts", words("ui.act.menu"), self._show_acts, key=ACTS_KEY, parent=self)
        self._act = ActionCard(surroundings, self)
        self._by_hand = ByHandCard(surroundings, self)
        self._township = TownshipCard(surroundings, self)
        self._asking_cards = (self._act, self._by_hand, self._township)
        for card in self._asking_cards:
            card.done.connect(self._act_done)
            card.closed.connect(self._act_closed)
        self._rate = RateCard(words, self)
        self._rate.wanted.connect(self._ask_to_rate)
        self._papers = Papers(surroundings, view.case.case_id, self)
        self._papers.worked.connect(self._acted)
        self._papers.printing.connect(self._reveal)
        self._papers.look_wanted.connect(lambda paper: self._show_paper().open_paper(view.case.case_id, paper))
        self._documents = CaseDocuments(surroundings, self)
        self._documents.worked.connect(self._acted)
        self._documents.look_wanted.connect(lambda document: self._show_paper().open_document(document))
        self._snag = SnagCard(surroundings, view.case.case_id, self)
        self._snag.decided.connect(self._acted)
        self._snag.correct_wanted.connect(lambda: self.correct_wanted.emit(self._view.case.case_id))
        self._conflict = ConflictCard(surroundings, view.case.case_id, self)
        self._conflict.decided.connect(self._acted)
        self._unsent = UnsentCard(surroundings, view.case.case_id, self)
        self._unsent.decided.connect(self._acted)
        self._viewer = PageViewer(surroundings, self)
        self._viewer.closed.connect(self._close_viewer)
        self._paper_viewer = PaperViewer(surroundings, self)
        self._paper_viewer.closed.connect(self._close_viewer)
        self._works = surroundings.may(Right.WORK)
        self._prints = self._works and bool(view.papers)
        self._back = button("back", words("ui.back"), self.back_wanted.emit, key="Esc", parent=self)
        self._mask = button(
            "show_number", "", self._toggle_mask, key="F9", icons=surroundings.icons, icon="eye", parent=self
        )
        self._primary = button(
            "print_set",
            words("ui.case.print"),
            self._print_set,
            key="F8",
            role="primary",
            icons=surroundings.icons,
            icon="printer",
            parent=self,
        )
        self._lay_out()
        self._show(view)
        on_key(self, "Esc", self._escape)
        on_key(self, ACTS_KEY, self._show_acts)
        if self._prints:
            on_key(self, "F8", self._print_set)
        self._primary.setVisible(self._prints)
        on_key(self, "F9", self._toggle_mask)

    def title(self) -> str:
        """办件"""
        return self._with.words("ui.case.title")

    def first_focus(self) -> QWidget:
        """The page that is open, what the clerk has to decide, or the primary button."""
        for viewer in (self._viewer, self._paper_viewer):
            if viewer.isVisible():
                return viewer.first_focus()
        if self._acts.isVisible():
            return self._acts.list
        asks = self._asks()
        if asks is not None:
            return asks.first_focus()
        cards = (self._conflict, self._snag) if self._conflict.asking else (self._snag, self._conflict)
        told = cards[0].first_focus() or cards[1].first_focus() or self._unsent.first_focus()
        return told or (self._primary if self._prints else self._back)

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
        head = titled_card(self)
        inner = QVBoxLayout()
        inside(head).addLayout(inner)
        inner.setSpacing(GAP)
        who = wrapping_label(view.case.applicant.name, "h1", head)
        who.setObjectName("case_applicant")
        inner.addWidget(who)
        item = wrapping_label(view.case.item_name, "h2", head)
        item.setObjectName("case_item")
        inner.addWidget(item)
        inner.addWidget(self._business)
        inner.addWidget(self._sending)
        inner.addWidget(self._clocks)
        self._numbers.setHorizontalSpacing(GAP * 2)
        self._numbers.setVerticalSpacing(GAP // 2)
        self._numbers.setColumnStretch(1, 1)
        inner.addLayout(self._numbers)

        materials = titled_card(self, words("ui.case.materials"))
        documents = self._documents_card = titled_card(self, words("results.title"))
        papers = self._papers_card = titled_card(self, words("ui.case.papers"))
        history = titled_card(self, words("ui.case.history"))
        self._parties_card = titled_card(self, words("ui.case.party.title"))
        self._form_card = titled_card(self, words("ui.case.form.title"))
        self._history.setSpacing(GAP)
        inside(history).addLayout(self._history)
        for card, widget in (
            (materials, self._materials),
            (documents, self._documents),
            (papers, self._papers),
            (self._parties_card, self._parties),
            (self._form_card, self._form),
        ):
            inside(card).addWidget(widget)
        left, right = QVBoxLayout(), QVBoxLayout()
        columns = (
            (left, (head, documents, self._parties_card, self._form_card, papers)),
            (right, (materials, history)),
        )
        for column, cards in columns:
            column.setSpacing(GAP * 2)
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, GAP, 0)
        whole.setSpacing(GAP * 2)
        told_cards = (self._rate, self._snag, self._conflict, self._unsent, self._changed)
        for told in (self._acts, *self._asking_cards, *told_cards):
            whole.addWidget(told)
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
        foot.addWidget(self._open_acts)
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
        page.addWidget(self._paper_viewer, 1)
        page.addLayout(foot)
        self._viewer.hide()
        self._paper_viewer.hide()

    def _show(self, view: CaseView) -> None:
        if view == self._shown:
            return
        self._view = self._shown = view
        self._business.tell(view.business)
        self._sending.tell(view.sending)
        self._sending.setVisible(view.sending is not None)
        self._show_told(view)
        self._show_numbers()
        self._papers.show_papers(view.papers, self._with.may(Right.WORK) and has_promises(view.case))
        self._papers_card.setVisible(bool(view.papers))
        self._name_set(view.print_set)
        self._documents.show_documents(view.documents)
        self._documents_card.setVisible(bool(view.documents))
        self._clocks.show_clocks(view.clocks)
        self._changed.tell(view.changes)
        self._materials.show_view(view)
        self._acts.show_offers(offers_of(view) if self._works else ())
        self._rate.setVisible(self._works and view.asks_to_rate)
        self._open_acts.setVisible(bool(self._acts.offers))
        clear(self._history)
        for at, text in history_lines(self._with.words, view):
            row = QHBoxLayout()
            row.setSpacing(GAP * 2)
            row.addWidget(plain_label(at, "quiet"), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(wrapping_label(text), 1)
            self._history.addLayout(row)

    def _show_told(self, view: CaseView) -> None:
        """What asks for a decision; when it is taken the cursor does not vanish with its button."""
        focus = QApplication.focusWidget()
        cards = (self._snag, self._conflict)
        was_there = focus is not None and any(card.isAncestorOf(focus) for card in (*cards, self._unsent))
        self._snag.tell(view.snag)
        self._conflict.tell(view.conflict, view.item)
        self._unsent.tell(view.unsent, view.item)
        self._show_primary()
        if was_there and not any(card.asking for card in cards):
            first = self.first_focus()
            first.setFocus()
            if not self._area.isAncestorOf(first):
                # Qt let the cursor pass what stands further down, which the area followed: back to where she was.
                self._area.verticalScrollBar().setValue(0)

    def _show_numbers(self) -> None:
        words, case = self._with.words, self._view.case
        who, guided = case.applicant, case.mode is HandlingMode.GUIDED
        number, phone, address = who.document_number, who.phone, who.address
        if not self._unmasked:
            number, phone, address = mask_number(number), mask_phone(phone), mask_address(address)
        clear(self._numbers)
        rows = (
            ("local_no", case.local_no or ""),
            ("acceptance_no", case.acceptance_no or ("" if guided else words("ui.case.not_yet"))),
            ("township_no", case.township_no),
            ("query_code", case.query_code),
            ("limit_date", case.limit_date),
            ("document", f"{words(f'domain.document.{who.document_kind}')}  {number}" if number else ""),
            ("ethnic_group", ethnic_words(words, who.ethnic_group)),
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
        for versions in (self._conflict, self._unsent):
            versions.show_whole(whole=self._unmasked)
        masked = not self._unmasked
        for card, facts, lines in (
            (self._parties_card, self._parties, party_lines(words, case.parties, masked=masked)),
            (self._form_card, self._form, form_facts(words, self._view, masked=masked)),
        ):
            facts.show_lines(lines)
            card.setVisible(bool(lines))

    def _show_primary(self) -> None:
        """One primary button: what hinders the case, or is being asked, comes before another print."""
        quiet = self._snag.sends_again or self._asks() is not None
        set_role(self._primary, "" if quiet else "primary")
        self._primary.setIcon(self._with.icons.icon("printer", TEXT if quiet else SURFACE))

    def _show_acts(self) -> None:
        asking = self._asks() is not None
        if self._acts.offers and self._area.isVisible() and not asking:
            self._acts.open()
            self._area.verticalScrollBar().setValue(0)

    def _chosen(self, offer: Offer) -> None:
        if offer.act is Act.BRING and offer.material is not None:
            self.bring_wanted.emit(self._view, offer.material.requirement_id)
            return
        if offer.act is Act.SCAN_BACK:
            self.scan_wanted.emit(self._view.case.case_id)
            return
        if offer.act is Act.RATE and offer.stage is not None:
            self.rate_wanted.emit(self._view.case.case_id, self._view.case.item_name, offer.stage)
            return
        if offer.act is Act.CALL_BACK:
            self.call_backs_wanted.emit(self._view.case.case_id)
            return
        if offer.act in (Act.NOTE, Act.RENUMBER):
            self._by_hand.open(self._view, offer.change)
        elif offer.act is Act.TOWNSHIP:
            self._township.open(self._view)
        else:
            self._act.open(self._view, offer.act)
        self._show_primary()
        self._area.verticalScrollBar().setValue(0)

    def _asks(self) -> AskingCard | None:
        """The card that is open for an act."""
        return next((card for card in self._asking_cards if card.asking), None)

    def _ask_to_rate(self) -> None:
        case = self._view.case
        self.rate_wanted.emit(case.case_id, case.item_name, Stage.DELIVERY)

    def _act_done(self) -> None:
        self._acted()
        self._act_closed()

    def _act_closed(self) -> None:
        self._show_primary()
        self.first_focus().setFocus()

    def _acted(self) -> None:
        self.worked.emit()
        self.refresh(frozenset())

    def _toggle_mask(self) -> None:
        if self._unmasked:
            self._unmask(shown=False)
            return
        audit, case_id = self._with.desk.audit, self._view.case.case_id
        one_version = self._view.conflict is None and self._view.unsent is None
        fields = _UNMASKED if one_version else f"{_UNMASKED},other_version"
        # What is shown whole stands in the log: it is noted first, and shown when that is done.
        self._with.background.run(
            self,
            lambda: audit.unmasked(case_id, fields),
            lambda _: self._unmask(shown=True),
            lane=Lane.READS,
        )

    def _unmask(self, *, shown: bool) -> None:
        self._unmasked = shown
        self._show_numbers()

    def hurried(self) -> None:
        """The digit was a scanner's, not an entry of the list."""
        self._acts.let_digit_go()

    def leave(self) -> None:
        """Masked again, also behind the lock."""
        self._acts.let_digit_go()
        self._unmask(shown=False)

    def _open_page(self, page: Page, material: str) -> None:
        self._area.hide()
        self._viewer.show()
        self._viewer.open(page, material)

    def _show_paper(self) -> PaperViewer:
        self._area.hide()
        self._paper_viewer.show()
        return self._paper_viewer

    def _reveal(self, row: QWidget) -> None:
        """What becomes of a paper is to be seen without scrolling; the row grows when it has something to say."""
        self._area.ensureWidgetVisible(row, 0, _ROW_GROWS)

    def _print_set(self) -> None:
        if self._viewer.isHidden():
            self._papers.print_set()

    def _name_set(self, wanted: PrintSet) -> None:
        """The button says what it prints."""
        text = set_words(self._with.words, wanted)
        self._primary.setText(f"{text}  F8")
        self._primary.setAccessibleName(text)
        self._primary.setEnabled(bool(wanted.kinds or wanted.documents))

    def _close_viewer(self) -> None:
        self._viewer.hide()
        self._paper_viewer.hide()
        self._area.show()
        self.first_focus().setFocus()

    def _escape(self) -> None:
        if self._viewer.isVisible() or self._paper_viewer.isVisible():
            self._close_viewer()
        elif self._acts.isVisible():
            self._acts.close_list()
        elif (asks := self._asks()) is not None:
            asks.close_card()
        elif self._snag.asking or self._conflict.asking:
            (self._snag if self._snag.asking else self._conflict).stop_asking()
        else:
            self.back_wanted.emit()
