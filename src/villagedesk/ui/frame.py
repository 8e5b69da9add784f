"""The frame round all screens after sign-in: navigation, top line, bottom line, help, and which screen is shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from villagedesk.desk.views import CaseView, DeviceLine, DraftView, SendingView, TakenIn
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.paper_no import is_batch_no
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.bridge.entering import Entering
from villagedesk.ui.bridge.list_page import BridgePage
from villagedesk.ui.bring_paper import BringPaper
from villagedesk.ui.buttons import on_key
from villagedesk.ui.case_list import CaseList
from villagedesk.ui.case_page import CasePage
from villagedesk.ui.frame_layout import lay_out
from villagedesk.ui.guides.guided_entry import GuidedEntry, Unfinished
from villagedesk.ui.guides.guides_page import GuidesPage
from villagedesk.ui.help_panel import HelpPanel
from villagedesk.ui.intake.taken_in import TakenInPage
from villagedesk.ui.intake.wizard import Wizard
from villagedesk.ui.link_page import LinkPage
from villagedesk.ui.news_watch import NewsWatch
from villagedesk.ui.notice import Notice
from villagedesk.ui.proof_page import ProofPage
from villagedesk.ui.proxy.proxy_rooms import ProxyRooms
from villagedesk.ui.register_page import RegisterPage
from villagedesk.ui.scans import Scans
from villagedesk.ui.screen import Screen, Surroundings
from villagedesk.ui.sending_page import SendingPage
from villagedesk.ui.settings.page import HOME, SettingsPage
from villagedesk.ui.settings.pages import PAGES
from villagedesk.ui.side_bar import SideBar
from villagedesk.ui.station_name import shown_station
from villagedesk.ui.statistics.page import StatisticsPage
from villagedesk.ui.status_line import StatusLine
from villagedesk.ui.today import Today
from villagedesk.ui.top_line import TopLine


class Frame(QWidget):
    """Everything the clerk sees between sign-in and lock.

    Signals:
        lock_wanted(): hide it all until the password is typed.
        sign_out_wanted(): put the desk away and ask who comes next.
    """

    lock_wanted = Signal()
    sign_out_wanted = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words, icons, desk = surroundings.words, surroundings.icons, surroundings.desk
        self._back_to: Screen | None = None
        self._unfinished: dict[str, Unfinished] = {}
        self._persons, self._work = surroundings.may(Right.SEE_PERSONS), surroundings.may(Right.WORK)
        station = shown_station(words, desk.station.name, practice=desk.station.practice)
        rights = {"persons": self._persons, "work": self._work, "by_hand": desk.bridge.by_hand()}
        self.side = SideBar(words, icons, station, **rights, parent=self)
        self.top = TopLine(words, icons, desk.clerk, self)
        self.status = StatusLine(words, self)
        self.help = HelpPanel(words, self)
        self.notice = Notice(words, surroundings.background, self)
        self._stack = QStackedWidget(self)
        self.today = Today(surroundings, self)
        self.cases = CaseList(surroundings, self)
        self.sending = SendingPage(surroundings, self)
        self.sending.correct_wanted.connect(self._correct)
        self.proof = ProofPage(surroundings, self)
        self.sending.proof_wanted.connect(self.show_proof)
        self.register = RegisterPage(surroundings, self)
        self.proxy = ProxyRooms(surroundings, self._come_to, self._bring_up, self)
        self.proxy.moves.mend_wanted.connect(self._correct)
        self.bridge = BridgePage(surroundings, self)
        self._entering = Entering(surroundings, self.bridge, self._bring_up, self)
        self.sending.enter_wanted.connect(self._entering.enter)
        self.guides = GuidesPage(surroundings, self)
        self.statistics = StatisticsPage(surroundings, self)
        self._settings: dict[str, SettingsPage] = {}
        self._unsaved: list[Wizard] = []
        self.top.search.setVisible(self._persons)
        for screen in self._lasting():
            self._adopt(screen)
        lay_out(self, self.side, self.top, self.notice, self._stack, self.help, self.status)
        self.news = NewsWatch(desk.news, self)
        self.scans = Scans(
            surroundings, self, self.top.search, lambda: self._persons and self.news.listening, self._current
        )
        self._wire()

    def begin(self) -> None:
        """Show the first screen and the state of link and devices."""
        self._read_status(frozenset())
        self.show_today()

    def end(self) -> None:
        """Listen to no more news."""
        self.news.end()

    def listen_again(self) -> None:
        """After :meth:`end`, when the desk stays open all the same; what was missed meanwhile is read."""
        self.news.again()

    def leave_screen(self) -> None:
        """Let the screen save what was typed, before the frame is hidden."""
        self._current().leave()
        for wizard in self._unsaved:
            wizard.leave()

    def come_back(self) -> None:
        """After the lock: the same screen, the same place; a backup may have become overdue meanwhile, or a disk
        full."""
        self._read_status(frozenset({"backup", "devices"}))
        self.top.show_day()
        self._current().first_focus().setFocus()

    def show_today(self) -> None:
        """The first screen; the settings for whoever may see no persons."""
        if not self._persons:
            self.show_settings(HOME)
            return
        self.today.refresh(frozenset())
        self._show(self.today)

    def show_cases(self) -> None:
        """The list of all cases."""
        self.cases.search_for("")
        self._show(self.cases)

    def show_sending(self) -> None:
        """Link and queue."""
        if self._current() not in (self.sending, self.proof):
            self._back_to = self._keepable()
        self.sending.refresh(frozenset())
        self._show(self.sending)

    def show_link(self) -> None:
        """The link, layer by layer."""
        page = LinkPage(self._with, self)
        self._adopt(page)
        self._show(page)

    def show_proof(self) -> None:
        """Whether all is sent."""
        self.proof.begin()
        self.proof.refresh(frozenset())
        self._show(self.proof)

    def show_settings(self, name: str) -> None:
        """A page of the settings; it is kept, so that long work on it goes on while the clerk does other things."""
        page = self._settings.get(name)
        if page is None:
            page = self._settings[name] = PAGES[name](self._with, self)
            self._adopt(page)
        self._back_to = self._keepable()
        page.begin()
        page.refresh(frozenset())
        self._show(page)

    def show_guides(self) -> None:
        """The guides of all items."""
        self._come_to(self.guides)

    def show_register(self) -> None:
        """The register of this month."""
        self._come_to(self.register)

    def show_statistics(self) -> None:
        """The figures of this month."""
        self._come_to(self.statistics)

    def show_bridge(self) -> None:
        """What is to be entered into the acceptance system by hand."""
        self._come_to(self.bridge)

    def new_case(self, item_code: str = "") -> None:
        """Begin a new case at its first step; of an item that is chosen already, at its second."""
        if not self._work:
            return
        wizard = self._new_wizard(None)
        self._show(wizard)
        if item_code:
            wizard.begin_item(item_code)

    def note_help(self, item_code: str) -> None:
        """Note help given with an online application."""
        if not self._work:
            return
        try:
            item = self._with.desk.items.get(item_code)
        except KeyError:
            self._with.background.problem.emit(InputProblem("items.gone"))
            return
        self._back_to = self._keepable()
        page = GuidedEntry(self._with, item, self._unfinished, self)
        self._bring_up(page)

    def open_case(self, case_id: str) -> None:
        """Show a case; a draft opens at the step it was left at."""
        self._back_to = self._keepable()
        desk = self._with.desk

        def read() -> CaseView | DraftView:
            view = desk.cases.case(case_id)
            desk.audit.viewed(case_id)
            drafting = self._work and view.case.status is CaseStatus.DRAFT
            return desk.intake.open(case_id) if drafting else view

        self._with.background.run(
            self, read, self._case_read, lane=Lane.ACTS, words=self._with.words("ui.case.reading")
        )

    def find_case(self, text: str) -> None:
        """A number goes straight to its case, everything else to the list."""
        if not text:
            self.show_cases()
            return
        if is_batch_no(text):
            self.top.search.clear()
            self.proxy.show_batch(text)
            return

        def found(case_id: str | None) -> None:
            if case_id is not None:
                self.top.search.clear()
                self.open_case(case_id)
            else:
                self.cases.search_for(text)
                self._show(self.cases)

        self._with.background.run(self, lambda: self._with.desk.cases.by_number(text), found, lane=Lane.READS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The navigation gives room where the window is narrow."""
        super().resizeEvent(event)
        self.side.fit(event.size().width())

    def _wire(self) -> None:
        self.side.new_wanted.connect(lambda: self.new_case())
        self.side.today_wanted.connect(self.show_today)
        self.side.cases_wanted.connect(self.show_cases)
        self.side.proxy_wanted.connect(self.proxy.show_page)
        self.side.register_wanted.connect(self.show_register)
        self.side.bridge_wanted.connect(self.show_bridge)
        self.side.guides_wanted.connect(self.show_guides)
        self.side.statistics_wanted.connect(self.show_statistics)
        self.side.settings_wanted.connect(lambda: self.show_settings(HOME))
        self.top.find_wanted.connect(self.find_case)
        self.top.lock_wanted.connect(self.lock_wanted)
        self.top.day_changed.connect(self._another_day)
        self.news.told.connect(self._tell_news)
        self.scans.case_wanted.connect(self.open_case)
        self.scans.batch_wanted.connect(self.proxy.show_batch)
        self.scans.hurried.connect(lambda: self._current().hurried())
        self.status.clicked.connect(self.show_sending)
        self.help.closed.connect(self._close_help)
        self._keys = [
            on_key(self, key, act)
            for key, act in (
                ("F1", self._toggle_help),
                ("F2", self.new_case),
                ("F3", self._to_search),
                ("F5", self._send_now),
            )
        ]
        on_key(self, "F12", self.lock_wanted.emit)

    def _adopt(self, screen: Screen) -> None:
        screen.case_wanted.connect(self.open_case)
        screen.new_wanted.connect(lambda: self.new_case())
        screen.item_wanted.connect(self.new_case)
        screen.guided_wanted.connect(self.note_help)
        screen.today_wanted.connect(self.show_today)
        screen.back_wanted.connect(self._go_back)
        screen.sending_wanted.connect(self.show_sending)
        screen.link_wanted.connect(self.show_link)
        screen.bridge_wanted.connect(self.show_bridge)
        screen.proxy_wanted.connect(self.proxy.show_page)
        screen.moves_wanted.connect(self.proxy.show_moves)
        screen.rate_wanted.connect(self.proxy.rate)
        screen.call_backs_wanted.connect(self.proxy.show_call_backs)
        screen.settings_wanted.connect(self.show_settings)
        screen.sign_out_wanted.connect(self.sign_out_wanted)
        screen.worked.connect(self.notice.clear)
        self._stack.addWidget(screen)

    def _come_to(self, screen: Screen) -> None:
        """A screen that lasts, with nothing of an earlier visit."""
        if screen.remembers_where_from and self._current() is not screen:
            self._back_to = self._keepable()
        screen.begin()
        screen.refresh(frozenset())
        self._show(screen)

    def _bring_up(self, screen: Screen) -> None:
        self._adopt(screen)
        self._show(screen)

    def _new_wizard(self, draft: DraftView | None) -> Wizard:
        wizard = Wizard(self._with, draft, self)
        self._adopt(wizard)
        wizard.taken_in.connect(self._taken_in)
        return wizard

    def _case_read(self, view: CaseView | DraftView) -> None:
        if isinstance(view, DraftView):
            kept = next((one for one in self._unsaved if one.case_id == view.case.case_id), None)
            self._show(kept or self._new_wizard(view))
        else:
            page = CasePage(self._with, view, self)
            page.bring_wanted.connect(self._bring_paper)
            page.correct_wanted.connect(self._correct)
            page.scan_wanted.connect(self.proxy.scan_back)
            self._bring_up(page)

    def _correct(self, case_id: str) -> None:
        intake = self._with.desk.intake
        self._with.background.run(
            self, lambda: intake.correct(case_id), self._case_read, words=self._with.words("ui.case.reading")
        )

    def _bring_paper(self, view: CaseView, requirement_id: str) -> None:
        page = BringPaper(self._with, view, requirement_id, self)
        self._bring_up(page)

    def _taken_in(self, taken: TakenIn, draft: DraftView) -> None:
        page = TakenInPage(self._with, taken, draft, self)
        self._bring_up(page)

    def _keepable(self) -> Screen | None:
        current = self._current()
        return current if current in self._lasting() else self._back_to

    def _go_back(self) -> None:
        screen = self._back_to or self.today
        if screen in (self.today, self._current()):
            self.show_today()
            return
        screen.refresh(frozenset())
        self._show(screen)

    def _lasting(self) -> tuple[Screen, ...]:
        pages = (self.sending, self.proof, self.register, self.bridge, self.guides, self.statistics)
        return (self.today, self.cases, *pages, *self.proxy.lasting(), *self._settings.values())

    def _current(self) -> Screen:
        screen = self._stack.currentWidget()
        assert isinstance(screen, Screen)
        return screen

    def _show(self, screen: Screen) -> None:
        old = self._current()
        if old is not screen:
            old.leave()
        self.notice.clear()
        self.side.show_screen(screen.nav, screen.new_is_primary)
        self.top.show_screen(screen.title())
        self.help.tell(screen.help_key)
        self._show_desk(there=not screen.full_window)
        self._stack.setCurrentWidget(screen)
        screen.first_focus().setFocus()
        if isinstance(screen, Wizard) and screen in self._unsaved:
            self._unsaved.remove(screen)
        if old is not screen and old not in self._lasting():
            self._put_away(old)

    def _show_desk(self, *, there: bool) -> None:
        """What stands round the screen, and its keys."""
        for part in (self.side, self.top, self.status):
            part.setVisible(there)
        for key in self._keys:
            key.setEnabled(there)
        if not there:
            self.help.hide()

    def _put_away(self, old: Screen) -> None:
        """Throw a screen away; one whose typing is not saved yet stays out of sight until it is."""
        if not isinstance(old, Wizard) or not old.unsaved:
            self._stack.removeWidget(old)
            old.deleteLater()
            return
        self._unsaved.append(old)

        def saved() -> None:
            if old in self._unsaved and not old.unsaved:
                self._unsaved.remove(old)
                self._put_away(old)

        old.applicant.autosave.saved.connect(saved)

    def _toggle_help(self) -> None:
        if self.help.isVisible():
            self._close_help()
        else:
            self.help.tell(self._current().help_key)
            self.help.open()

    def _close_help(self) -> None:
        self.help.hide()
        self._current().first_focus().setFocus()

    def _to_search(self) -> None:
        if not self._persons:
            return
        self.top.search.setFocus()
        self.top.search.selectAll()

    def _send_now(self) -> None:
        on_link = isinstance(self._current(), LinkPage)
        if not self._work and not on_link:
            return
        self.sending.send_now()
        if not on_link and self._current() is not self.sending and not isinstance(self._current(), Wizard):
            self.show_sending()

    def _tell_news(self, topics: frozenset[str]) -> None:
        self._read_status(topics)
        self._current().refresh(topics)

    def _another_day(self) -> None:
        """What is due, and what was taken in today, is another; a screen that is filled in is left alone."""
        if self.news.listening and self._current() in self._lasting():
            self._current().refresh(frozenset({"cases", "items"}))

    def _read_status(self, topics: frozenset[str]) -> None:
        desk, run = self._with.desk, self._with.background.run

        def sending(view: SendingView) -> None:
            self.status.show_sending(view)
            self.side.offer_bridge(there=view.by_hand)

        def devices(lines: tuple[DeviceLine, ...]) -> None:
            self.status.show_devices(lines)

        if not topics or topics & {"outbox", "link", "cases"}:
            run(self, lambda: desk.sending.view(0), sending, lane=Lane.READS)
        if not topics or "devices" in topics:
            run(self, desk.devices, devices, lane=Lane.READS)
        if not topics or "backup" in topics:
            run(self, desk.backup.state, self.status.show_backup, lane=Lane.READS)
