"""A kept page, large, over the camera's picture: for a moment after it was kept, or for as long as the clerk looks at
it. What can be done with it stands beside it, each act with its key."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from villagedesk.desk.page_views import CARDS
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import Page
from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button
from villagedesk.ui.intake.proposal_panel import PagePicture
from villagedesk.ui.screen import Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP

KEPT_MS = 2500
"""How long a page that was just kept covers the live picture: a look is enough, and the next paper is not there yet."""
_NARROW, _WIDE = 148, 236
"""Of what stands beside the picture: without and with the acts' buttons, two in a row."""
_HIGH = 400
"""From this height on all acts have a button."""
PAGE_ACTS = (
    ("turn", "R"),
    ("crop", "C"),
    ("retake", "T"),
    ("recolour", "G"),
    ("move", "M"),
    ("remove", "Del"),
    ("earlier", "Ctrl+←"),
    ("later", "Ctrl+→"),
    ("print", "F8"),
    ("join", "J"),
)
"""Names and keys of the acts, in the order they are offered."""


class PageStage(QFrame):
    """Signals:
    act_wanted(str): one of ``PAGE_ACTS``, by its button.
    closed(): the camera is to be seen again.
    """

    act_wanted = Signal(str)
    closed = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._page: Page | None = None
        self._looked_at = False
        self._buttons: dict[str, QPushButton] = {}
        self.setObjectName("page_stage")
        self.setProperty("role", "card")
        self._picture = PagePicture(words("ui.page.picture"), self)
        self._picture.setObjectName("stage_picture")
        self._title = wrapping_label("", "h3", self)
        self._title.setObjectName("stage_title")
        self._said = SentenceLabel(words, "stage_said", self)
        self._hint = SentenceLabel(words, "stage_hint", self)
        self._acts = QWidget(self)
        acts = QGridLayout(self._acts)
        acts.setContentsMargins(0, 0, 0, 0)
        acts.setSpacing(GAP // 2)
        for place, (name, key) in enumerate(PAGE_ACTS):
            act = button(
                f"page_{name}",
                words(f"ui.stage.{name}"),
                lambda name=name: self.act_wanted.emit(name),  # type: ignore[misc]
                key=key,
                role="small",
                parent=self._acts,
            )
            acts.addWidget(act, place // 2, place % 2)
            self._buttons[name] = act
        self._keys = wrapping_label(words("ui.stage.keys"), "small", self)
        self._offers = False
        self._close = button("stage_close", words("ui.stage.close"), self.close_stage, key="Esc", role="small")
        self._timer = QTimer(self, singleShot=True, interval=KEPT_MS)
        self._timer.timeout.connect(self.close_stage)
        self._acts.hide()
        self._keys.hide()
        self._lay_out()
        self.hide()

    @property
    def page(self) -> Page | None:
        """The page that is shown, None while the camera is."""
        return self._page

    @property
    def looked_at(self) -> bool:
        """Whether the clerk opened it; it came up by itself for a page that was kept, otherwise."""
        return self._looked_at

    def minimumSizeHint(self) -> QSize:
        """It takes what the camera's picture has, and asks for nothing."""
        return QSize(80, 64)

    def offer_acts(self) -> None:
        """Its screen does what the buttons say."""
        self._offers = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for all the buttons, their keys are told in a few lines."""
        super().resizeEvent(event)
        high = self.height() >= _HIGH
        self._acts.setVisible(self._offers and high)
        self._keys.setVisible(self._offers and not high)
        self._side.setFixedWidth(_WIDE if self._offers and high else _NARROW)

    def show_kept(self, page: Page, material: str, jpeg: bytes, said: Sentence, warning: Sentence | None) -> None:
        """Show a page that was just saved, for a moment.

        Args:
            said: that it is saved.
            warning: what was warned of and is accepted, None when nothing was.
        """
        self._looked_at = False
        self._show(page, material, said, warning)
        self._picture.show_jpeg(jpeg)
        self._timer.start()

    def look_at(self, page: Page, material: str, hint: Sentence | None) -> None:
        """The clerk wants to see a page."""
        self._looked_at = True
        self.show_page(page, material, Sentence("ui.stage.looking"), hint)

    def show_page(self, page: Page, material: str, said: Sentence | None = None, hint: Sentence | None = None) -> None:
        """Read and show a page until the clerk goes on."""
        same = self._page is not None and self._page.page_id == page.page_id
        self._show(page, material, said, hint)
        if same:
            return
        self._picture.show_jpeg(b"")
        scanning = self._with.desk.scanning

        def show(jpeg: bytes) -> None:
            if self._page is not None and self._page.page_id == page.page_id:
                self._picture.show_jpeg(jpeg)

        def failed(problem: Problem) -> None:
            # a page that was taken back meanwhile is nobody's trouble
            if self._page is not None and self._page.page_id == page.page_id:
                self._with.background.problem.emit(problem)

        self._with.background.run(
            self,
            lambda: scanning.image(page.page_id, page.case_id),
            show,
            lane=Lane.READS,
            failed=failed,
            words=self._with.words("ui.page.reading"),
        )

    def tell_hint(self, hint: Sentence) -> None:
        """Something may be wrong with the page that is shown: it stays until the clerk goes on."""
        self.stay()
        if self._hint.isHidden():
            self._said.hide()  # that it is saved stands elsewhere too, and here is little room
        self._tell(hint)

    def stay(self) -> None:
        """The clerk does something with it: it does not go by itself."""
        self._timer.stop()

    def close_stage(self) -> None:
        """The camera's picture is in sight again."""
        self._timer.stop()
        self._looked_at = False
        if self._page is not None:
            self._page = None
            self.hide()
            self._picture.show_jpeg(b"")
            self.closed.emit()

    def _show(self, page: Page, material: str, said: Sentence | None, hint: Sentence | None) -> None:
        self._timer.stop()
        self._page = page
        self._title.setText(self._with.words("ui.page.title", material=material, number=page.order))
        self._said.tell(said)
        self._said.setVisible(said is not None)
        self._tell(hint)
        self.show()
        self.raise_()

    def _tell(self, hint: Sentence | None) -> None:
        self._hint.tell(hint)
        self._hint.setVisible(hint is not None)
        self._buttons["join"].setVisible(hint is not None and hint.key == CARDS)

    def _lay_out(self) -> None:
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        content = QWidget()
        told = QVBoxLayout(content)
        told.setContentsMargins(0, 0, GAP // 2, 0)
        told.setSpacing(GAP)
        for widget in (self._title, self._said, self._hint, self._acts, self._keys):
            told.addWidget(widget)
        told.addWidget(self._close)
        told.addStretch(1)
        self._side = scrolled(content, self)
        self._side.setFixedWidth(_NARROW)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP, GAP, GAP // 2, GAP)
        row.setSpacing(GAP)
        row.addWidget(self._picture, 1)
        row.addWidget(self._side)
