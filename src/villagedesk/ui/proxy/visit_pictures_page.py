"""导入上门的照片: pictures off a telephone, each to its visit by its barcode or by the clerk, then brought in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.desk.visit_pictures import PICTURE_ENDINGS, FoundPictures, TakenPictures, VisitPicture
from villagedesk.desk.visits import VisitView
from villagedesk.domain.document import DocumentOrigin
from villagedesk.domain.problems import Problem
from villagedesk.domain.progress import Progress
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.digit_keys import DigitKeys
from villagedesk.ui.fields import Choice
from villagedesk.ui.intake.proposal_panel import PagePicture
from villagedesk.ui.long_work import LongWork
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_LIST_HEIGHT = 200


class VisitPicturesPage(Screen):
    """Nothing is taken before the clerk says so.

    Signals:
        visits_wanted(): back to the visits.
    """

    visits_wanted = Signal()

    help_key = "ui.help.pictures"
    nav = "nav_proxy"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._visits: tuple[VisitView, ...] = ()
        self._found: tuple[VisitPicture, ...] = ()
        self._whose: dict[str, str] = {}
        words, icons = surroundings.words, surroundings.icons
        self._quiet = wrapping_label(words("ui.pictures.quiet"), "", self)
        self._count = plain_label("", "h3", self)
        self._count.setObjectName("pictures_count")
        self._how = wrapping_label(words("ui.pictures.how"), "quiet", self)
        self._list = CardList("pictures_list", words("ui.pictures.list"), self)
        self._list.setMinimumHeight(_LIST_HEIGHT)
        self._list.currentRowChanged.connect(lambda _: self._show_chosen())
        self._which_label = plain_label(words("ui.pictures.which"), "h3", self)
        self.which = Choice("pictures_which", words("ui.pictures.which"), self)
        self._which_label.setBuddy(self.which)
        # as wide as there is room, however long a name and an item's are
        self.which.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.which.activated.connect(lambda row: self._assign(row))
        self._picture = PagePicture(words("ui.pictures.picture"), self)
        self._picture.setObjectName("pictures_picture")
        self._said = SentenceLabel(words, "pictures_said", self)
        self._long = LongWork(words, surroundings.background, self)
        self._back = button("back", words("ui.pictures.back"), self._escape, key="Esc", parent=self)
        self._files = button("pictures_files", words("ui.pictures.files"), self.choose_files, key="I", parent=self)
        self._folder = button(
            "pictures_folder",
            words("ui.pictures.folder"),
            self.choose_folder,
            key="F6",
            icons=icons,
            icon="file",
            parent=self,
        )
        self._take = button("primary_button", words("ui.pictures.take"), self.take, role="primary", parent=self)
        self._lay_out()
        self._digits = DigitKeys(self, lambda: self.which.count() - 1, lambda place: self._assign(place + 1))
        on_key(self, "0", lambda: self._assign(0))
        on_key(self, "I", self.choose_files)
        on_key(self, "F6", self.choose_folder)
        on_key(self, "Esc", self._escape)
        on_enter(self, self.take)
        self._show()
        visits = surroundings.desk.visits
        surroundings.background.run(self, visits.view, self._know, lane=Lane.READS)

    def title(self) -> str:
        """导入上门的照片"""
        return self._with.words("ui.pictures.title")

    def first_focus(self) -> QWidget:
        """The pictures, or where they come from."""
        return self._list if self._list.count() else self._folder

    def hurried(self) -> None:
        """The digit was a scanner's."""
        self._digits.let_go()

    def leave(self) -> None:
        """Nothing is assigned behind the clerk's back."""
        self._digits.let_go()

    def choose_folder(self) -> None:
        """All pictures of a folder."""
        if self._long.under_way:
            return
        chosen = QFileDialog.getExistingDirectory(self, self._with.words("ui.pictures.choose"), str(own_folder()))
        if chosen:
            pictures = self._with.desk.visit_pictures
            self._look(lambda progress: pictures.look(pictures.folder(Path(chosen)), progress))

    def choose_files(self) -> None:
        """Some pictures."""
        if self._long.under_way:
            return
        words = self._with.words
        kinds = " ".join(f"*{ending}" for ending in sorted(PICTURE_ENDINGS))
        chosen, _ = QFileDialog.getOpenFileNames(
            self, words("ui.pictures.choose"), str(own_folder()), f"{words('ui.pictures.kinds')} ({kinds})"
        )
        if chosen:
            pictures, files = self._with.desk.visit_pictures, [Path(one) for one in chosen]
            self._look(lambda progress: pictures.look(files, progress))

    def take(self) -> None:
        """Bring in what has a visit."""
        chosen = {one: self._whose[one.name] for one in self._found if self._whose.get(one.name)}
        if not chosen or self._long.under_way:
            return
        pictures = self._with.desk.visit_pictures
        self._say(None)
        self._long.start(
            Sentence("ui.pictures.taking"),
            lambda progress: pictures.take(chosen, progress),
            self._taken,
            self._failed,
            stopped=self._stopped,
        )

    def _look(self, work: object) -> None:
        assert callable(work)
        self._say(None)

        def look(progress: Progress) -> FoundPictures:
            found = work(progress)
            assert isinstance(found, FoundPictures)
            return found

        self._long.start(Sentence("ui.pictures.looking"), look, self._looked, self._failed, stopped=self._stopped)

    def _know(self, visits: tuple[VisitView, ...]) -> None:
        words = self._with.words
        self._visits = visits
        self.which.clear()
        self.which.addItem(words("ui.pictures.nobody"), "")
        for view in visits:
            self.which.addItem(words("ui.visits.card", name=view.name, item=view.item_name), view.visit.visit_no)
        self._show()

    def _looked(self, found: FoundPictures) -> None:
        self.worked.emit()
        self._found = found.pictures
        self._whose = {one.name: "" if one.taken else one.visit_no or one.proposed for one in found.pictures}
        if found.older:
            self._say(Sentence("ui.pictures.older", {"count": found.older}, "warn"))
        if found.refused:
            why = self._with.words.problem(found.refused[0])
            self._say(Sentence("ui.pictures.unreadable", {"count": len(found.refused), "why": why}, "warn"))
        self._show()
        self.first_focus().setFocus()

    def _taken(self, taken: TakenPictures) -> None:
        words = self._with.words
        self.worked.emit()
        names = {view.visit.visit_no: view.name for view in self._visits}
        parts = [words("ui.pictures.done_of", name=names[one], count=count) for one, count in taken.counts.items()]
        if taken.refused:
            why = words.problem(taken.refused[0])
            self._say(Sentence("ui.pictures.unreadable", {"count": len(taken.refused), "why": why}, "bad"))
        else:
            what, params = words("ui.value.between").join(parts), {"signed": taken.signed}
            key = "ui.pictures.done_signed" if taken.signed else "ui.pictures.done"
            self._say(Sentence(key, {"what": what, **params}, "good"))
        brought = {name for name, whose in self._whose.items() if whose}
        self._found = tuple(one for one in self._found if one.name not in brought)
        self._show()
        (self._list if self._found else self._back).setFocus()

    def _stopped(self) -> None:
        self._say(Sentence("ui.pictures.stopped", {}, "warn"))

    def _show(self) -> None:
        words = self._with.words
        sure = sum(bool(one.visit_no) for one in self._found)
        aside = len(self._found) - sure
        self._count.setText(words("ui.pictures.count", count=len(self._found), sure=sure, aside=aside))
        self._list.show_cards([self._card(number, one) for number, one in enumerate(self._found, start=1)])
        there = bool(self._found)
        for widget in (self._count, self._how, self._list, self._which_label, self.which, self._picture):
            widget.setVisible(there)
        self._quiet.setVisible(not there)
        count = sum(bool(self._whose.get(one.name)) for one in self._found)
        text = words("ui.pictures.take_count" if count else "ui.pictures.take", count=count)
        self._take.setText(f"{text}  Enter")
        self._take.setAccessibleName(text)
        self._take.setEnabled(bool(count))
        self._show_chosen()

    def _card(self, number: int, one: VisitPicture) -> Card:
        words = self._with.words
        whose = self._whose.get(one.name, "")
        name = next((view.name for view in self._visits if view.visit.visit_no == whose), words("ui.pictures.nobody"))
        how = "by_code" if one.visit_no else "proposed" if one.proposed and whose == one.proposed else "aside"
        badges = [(words(f"ui.pictures.{how}"), "good" if one.visit_no else "warn")]
        if one.signed and whose == one.visit_no:
            badges.append((words(f"document.origin.{DocumentOrigin.AUTHORIZATION}"), "good"))
        if one.taken:
            badges.append((words("ui.pictures.taken"), "calm"))
        return Card(one.name, f"{number}. {name}", (one.page.file,), "good" if whose else "calm", tuple(badges))

    def _chosen(self) -> VisitPicture | None:
        key = self._list.current_key()
        return next((one for one in self._found if one.name == key), None)

    def _show_chosen(self) -> None:
        one = self._chosen()
        self._picture.show_jpeg(one.page.thumbnail if one is not None else b"")
        if one is not None:
            self.which.setCurrentIndex(max(0, self.which.findData(self._whose.get(one.name, ""))))

    def _assign(self, place: int) -> None:
        one = self._chosen()
        if one is None or not 0 <= place < self.which.count() or self._long.under_way:
            return
        self._whose[one.name] = str(self.which.itemData(place))
        self._show()

    def _failed(self, problem: Problem) -> None:
        if problem.key.startswith(("visit.", "files.", "imaging.")):
            self._say(Sentence(problem.key, problem.params, "bad"))
        else:
            self._with.background.problem.emit(problem)

    def _escape(self) -> None:
        if self._long.under_way:
            self._long.stop()
        else:
            self.visits_wanted.emit()

    def _say(self, sentence: Sentence | None) -> None:
        self._said.tell(sentence)
        self._said.setVisible(sentence is not None)

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("role", "card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        inner.setSpacing(GAP)
        for widget in (self._quiet, self._count, self._how):
            inner.addWidget(widget)
        inner.addWidget(self._list, 1)
        inner.addWidget(self._which_label)
        inner.addWidget(self.which)
        inner.setAlignment(self._quiet, Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        row.addWidget(scrolled(card, self), 3)
        row.addWidget(self._picture, 2)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addWidget(self._back)
        foot.addStretch(1)
        for one in (self._files, self._folder, self._take):
            foot.addWidget(one)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP)
        page.addLayout(row, 1)
        page.addWidget(self._said)
        page.addWidget(self._long)
        page.addLayout(foot)
        self._say(None)
