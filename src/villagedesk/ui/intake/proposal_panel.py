"""A page just taken, big, beside the name of what it fills: take it, turn it, cut it anew, or photograph again. Where
its edges are not sure, its photograph with the corners that were guessed, to be accepted or moved."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from villagedesk.desk.views import Corners, Proposal, Sentence
from villagedesk.ui import theme
from villagedesk.ui.buttons import button
from villagedesk.ui.intake.crop import CropView
from villagedesk.ui.screen import Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP

_WHOLE: Corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_UNSURE = "imaging.warning.unsure"
"""Said by the question itself while the corners are asked about."""
_LOW = 420
"""Below this height the buttons stand two in a row, and the page beside its corners has no room."""
_NARROW, _WIDE = 216, 292
"""Of what stands beside the picture: of a page, and with two buttons in a row or what is asked about its corners."""


class PagePicture(QWidget):
    """A page as large as there is room, on the dark table."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(80, 80)

    def show_jpeg(self, data: bytes) -> None:
        """Show a picture."""
        self._pixmap = QPixmap()
        self._pixmap.loadFromData(data)
        self.update()

    def sizeHint(self) -> QSize:
        """An upright A4 page."""
        return QSize(420, 594)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Scaled smoothly, with a thin line round it."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#DDE2E8"))
        if self._pixmap.isNull():
            return
        ratio = self.devicePixelRatioF()
        small = self._pixmap.scaled(
            (self.size() - QSize(16, 16)) * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        small.setDevicePixelRatio(ratio)
        size = small.deviceIndependentSize()
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        painter.drawPixmap(int(left), int(top), small)
        painter.setPen(QColor(theme.LINE))
        painter.drawRect(int(left), int(top), int(size.width()) - 1, int(size.height()) - 1)


class ProposalPanel(QFrame):
    """Signals:
    keep_wanted(), turn_wanted(), mode_wanted(), again_wanted(): the button of that name.
    crop_wanted(Corners): cut the page out at these corners.
    crop_left(): the corners stay as they were.
    """

    keep_wanted = Signal()
    turn_wanted = Signal()
    again_wanted = Signal()
    mode_wanted = Signal()
    crop_wanted = Signal(object)
    crop_left = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = surroundings.words
        self._words = words
        self._proposal: Proposal | None = None
        self._can_be_whole = False
        self._asking = self._moved = self._lost = False
        self.setObjectName("proposal_panel")
        self.setProperty("role", "card")
        self._page = PagePicture(words("ui.proposal.picture"), self)
        self._page.setObjectName("proposal_image")
        self._crop = CropView(words, self)
        self._crop.changed.connect(self._corner_moved)
        self._cut_out = PagePicture(words("ui.proposal.picture"), self)
        self._cut_out.setObjectName("proposal_cut_out")
        self._pictures = QStackedWidget(self)
        self._pictures.addWidget(self._page)
        self._pictures.addWidget(self._crop)
        self._requirement = wrapping_label("", "h2", self)
        self._requirement.setObjectName("proposal_requirement")
        self._what = wrapping_label("", "quiet", self)
        self._what.setObjectName("proposal_place")
        self._advice = SentenceLabel(words, "proposal_advice", self)
        self._warnings = wrapping_label("", parent=self)
        self._warnings.setObjectName("proposal_warnings")
        self._warnings.setProperty("tone", "warn")
        icons = surroundings.icons
        self._turn = button(
            "proposal_turn", words("ui.proposal.turn"), self.turn_wanted.emit, key="R", icons=icons, icon="rotate"
        )
        self._mode = button("proposal_mode", words("ui.stage.recolour"), self.mode_wanted.emit, key="G")
        self._cut = button("proposal_crop", words("ui.proposal.crop"), self.start_crop, key="C")
        self._all = button("proposal_whole", words("ui.import.whole"), self.take_whole, key="W")
        self._again = button("proposal_again", words("ui.proposal.again"), self.again_wanted.emit, key="Esc")
        self._keep = button(
            "proposal_keep", words("ui.proposal.keep"), self.keep_wanted.emit, key="Enter", role="primary"
        )
        self._cut_here = button("crop_apply", words("ui.crop.apply"), self.apply_crop, key="Enter", role="primary")
        self._leave_crop = button("crop_cancel", words("ui.crop.cancel"), self.leave_crop, key="Esc")
        self._lay_out()
        self.end_crop()

    @property
    def can_turn(self) -> bool:
        """Whether the page may be turned: not while corners are moved, which would be lost."""
        return not self.cropping or (self._asking and not self._moved and not self._lost)

    @property
    def cropping(self) -> bool:
        """Whether the corners are seen, and can be moved."""
        return self._pictures.currentWidget() is self._crop

    def show_proposal(
        self, proposal: Proposal, requirement: str, place: str, *, turned: bool = False, waited: bool = False
    ) -> None:
        """Show a page; where its edges are not sure, its corners in the photograph.

        Args:
            requirement: the material it fills.
            place: which page of how many it will be.
            waited: it was photographed before, and may be dropped rather than taken again.
            turned: the same page, turned; corners opened while it was being turned stay open, turned too.
        """
        whole = _is_whole(proposal.corners)
        # of a file that is a page all over there are no corners to be asked about
        asking = not proposal.sure and not (whole and proposal.uploaded)
        self._lost = asking and whole
        still_cropping = turned and self.cropping and not self._asking
        self._proposal = proposal
        self._page.show_jpeg(proposal.image)
        self._cut_out.show_jpeg(proposal.image)
        if proposal.mode:
            mode = self._words("ui.proposal.mode", mode=self._words(f"ui.mode.{proposal.mode}"))
            self._mode.setText(f"{mode}  G")
            self._mode.setAccessibleName(mode)
        unwanted = "ui.proposal.not_this" if proposal.uploaded else "ui.proposal.again"
        leave = self._words("ui.waiting.drop_this" if waited else unwanted)
        self._again.setText(f"{leave}  Esc")
        self._again.setAccessibleName(leave)
        self._requirement.setText(requirement)
        self._what.setText(place)
        keep = self._words("ui.import.whole" if self._lost else "ui.proposal.keep")
        self._keep.setText(f"{keep}  Enter")
        self._keep.setAccessibleName(keep)
        self._advise(proposal, whole=whole, asking=asking)
        self._can_be_whole = proposal.uploaded and not whole
        if asking:
            self._open_corners(asking=True)
        elif still_cropping:
            self.start_crop()
        else:
            self.end_crop()

    def show_corners(self, picture: Proposal, requirement: str, place: str) -> None:
        """Show the corners of a page that is kept, to be moved.

        Args:
            picture: with photograph and corners alone.
            requirement, place: as of :meth:`show_proposal`.
        """
        self._proposal = picture
        self._requirement.setText(requirement)
        self._what.setText(place)
        self._warnings.hide()
        self._can_be_whole = False
        self.start_crop()

    def start_crop(self) -> None:
        """Show the whole photograph with the corners."""
        if not self._asking:
            self._open_corners(asking=False)

    def take_whole(self) -> None:
        """A file that is a finished page already: nothing is cut off."""
        if self._can_be_whole and (self._asking or not self.cropping):
            self.crop_wanted.emit(_WHOLE)

    def enter(self) -> None:
        """Enter: cut at corners that were moved, or were asked for; else take the page."""
        if self.cropping and (self._moved or not self._asking):
            self.apply_crop()
        else:
            self.keep_wanted.emit()

    def escape(self) -> bool:
        """Esc: leave the corners as they were; False where they are not open, or are the question."""
        leaving = self.cropping and not self._asking
        if leaving:
            self.leave_crop()
        return leaving

    def end_crop(self) -> None:
        """Back to the flattened page."""
        self._asking = False
        self._switch(False)
        if self.isVisible():
            self._keep.setFocus()

    def leave_crop(self) -> None:
        """The corners stay as they were."""
        self.end_crop()
        self.crop_left.emit()

    def apply_crop(self) -> None:
        """Cut at the corners as they are."""
        self.crop_wanted.emit(self._crop.corners())

    def corners(self) -> Corners:
        """Where the corners are now."""
        return self._crop.corners()

    def first_focus(self) -> QWidget:
        """就用这张, or the corners while they are moved."""
        return self._crop if self.cropping else self._keep

    def minimumSizeHint(self) -> QSize:
        """It takes what there is, and the window asks for no more when other buttons are shown."""
        return QSize(440, 220)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is low, the words keep some room beside the buttons."""
        super().resizeEvent(event)
        self._lay_acts()
        self._show_cut_out()

    def _advise(self, proposal: Proposal, *, whole: bool, asking: bool) -> None:
        if asking:
            advice = Sentence("ui.crop.where" if whole else "ui.crop.ask", tone="warn")
            self._advice.tell(advice)
        elif proposal.sure:
            self._advice.tell(Sentence("ui.proposal.whole" if whole else "ui.proposal.sure", tone="good"))
        else:
            self._advice.tell(None)
        told = [one for one in proposal.warnings if not (asking and one.key == _UNSURE)]
        self._warnings.setText("\n".join(self._words.marked(warning) for warning in told))
        self._warnings.setVisible(bool(told))
        if told:
            # where there is little room, what matters most is what is seen
            QTimer.singleShot(0, self._warnings, lambda: self._told.ensureWidgetVisible(self._warnings))

    def _open_corners(self, *, asking: bool) -> None:
        if self._proposal is None:
            return
        self._asking, self._moved = asking, False
        self._crop.open(self._proposal.photograph, self._proposal.corners)
        self._switch(True)
        self._crop.setFocus()

    def _corner_moved(self) -> None:
        if not self._moved:
            self._moved = True
            self._switch(True)

    def _switch(self, cropping: bool) -> None:
        self._pictures.setCurrentWidget(self._crop if cropping else self._page)
        asked = cropping and self._asking
        for widget in (self._cut, self._mode):
            widget.setVisible(not cropping)
        self._turn.setVisible(self.can_turn)
        self._again.setVisible(not cropping or asked)
        self._keep.setVisible(not cropping or (asked and not self._moved))
        self._cut_here.setVisible(self._keep.isHidden())
        self._leave_crop.setVisible(cropping and not asked)
        self._all.setVisible(self._can_be_whole and (not cropping or asked))
        self._crop_hint.setText(self._words("ui.crop.keys" if asked else "ui.crop.hint"))
        self._crop_hint.setVisible(cropping)
        self._advice.setVisible((asked or not cropping) and bool(self._advice.text()))
        self._lay_acts()
        self._show_cut_out()

    def _show_cut_out(self) -> None:
        """What the corners give, beside them, as long as they are those it was cut at."""
        seen = self.cropping and self.can_turn and self.height() >= _LOW
        self._cut_out.setVisible(seen)

    def _lay_acts(self) -> None:
        paired = self._asking or self.height() < _LOW
        self._side.setFixedWidth(_WIDE if paired else _NARROW)
        shown = [act for act in self._in_order if not act.isHidden()]
        while self._acts.takeAt(0) is not None:
            pass
        row = column = 0
        for act in shown:
            # what is long, or has nothing beside it, has a row of its own
            alone = act is shown[-1] and not column
            wide = not paired or alone or act.sizeHint().width() > (_WIDE - GAP) // 2
            if wide and column:
                row, column = row + 1, 0
            self._acts.addWidget(act, row, column, 1, 2 if wide else 1)
            row, column = (row + 1, 0) if wide or column else (row, 1)

    def _lay_out(self) -> None:
        self._crop_hint = wrapping_label(self._words("ui.crop.hint"), "quiet", self)
        self._in_order: tuple[QPushButton, ...] = (
            self._turn,
            self._cut,
            self._mode,
            self._all,
            self._again,
            self._leave_crop,
            self._keep,
            self._cut_here,
        )
        self._side = QWidget(self)
        for act in self._in_order:
            act.setParent(self._side)
        column = QVBoxLayout(self._side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        content = QWidget()
        told = QVBoxLayout(content)
        told.setContentsMargins(0, 0, GAP, 0)
        told.setSpacing(GAP)
        for label in (self._requirement, self._what, self._advice, self._warnings, self._crop_hint):
            told.addWidget(label)
        told.addStretch(1)
        self._told = scrolled(content, self._side)
        column.addWidget(self._told, 5)
        column.addWidget(self._cut_out, 4)
        self._acts = QGridLayout()
        self._acts.setSpacing(GAP)
        column.addLayout(self._acts)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        row.setSpacing(GAP * 2)
        row.addWidget(self._pictures, 1)
        row.addWidget(self._side)


def _is_whole(corners: Corners) -> bool:
    """Whether nothing was cut off; which corner is the first depends on how the page was turned."""
    return all(min(x, 1 - x) < 0.005 and min(y, 1 - y) < 0.005 for x, y in corners)
