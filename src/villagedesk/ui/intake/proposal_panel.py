"""A page just taken, big, beside the name of what it fills: take it, turn it, cut it anew, or photograph again."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from villagedesk.desk.views import Corners, Proposal, Sentence
from villagedesk.ui import theme
from villagedesk.ui.buttons import button
from villagedesk.ui.intake.crop import CropView
from villagedesk.ui.screen import Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP

_WHOLE: Corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


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
        self.setObjectName("proposal_panel")
        self.setProperty("role", "card")
        self._page = PagePicture(words("ui.proposal.picture"), self)
        self._page.setObjectName("proposal_image")
        self._crop = CropView(words, self)
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
    def cropping(self) -> bool:
        """Whether the corners are being moved."""
        return self._pictures.currentWidget() is self._crop

    def show_proposal(
        self, proposal: Proposal, requirement: str, place: str, *, turned: bool = False, waited: bool = False
    ) -> None:
        """Show a page.

        Args:
            requirement: the material it fills.
            place: which page of how many it will be.
            waited: it was photographed before, and may be dropped rather than taken again.
            turned: the same page, turned; corners opened while it was being turned stay open, turned too.
        """
        still_cropping = turned and self.cropping
        self._proposal = proposal
        self._page.show_jpeg(proposal.image)
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
        whole = _is_whole(proposal.corners)
        sure = Sentence("ui.proposal.whole" if whole else "ui.proposal.sure", tone="good")
        self._advice.tell(sure if proposal.sure else None if whole else Sentence("ui.proposal.unsure", tone="warn"))
        self._can_be_whole = proposal.uploaded and not whole
        self._warnings.setText("\n".join(self._words.marked(warning) for warning in proposal.warnings))
        self._warnings.setVisible(bool(proposal.warnings))
        if proposal.warnings:
            # where there is little room, what matters most is what is seen
            QTimer.singleShot(0, self._warnings, lambda: self._told.ensureWidgetVisible(self._warnings))
        if still_cropping:
            self.start_crop()
        else:
            self.end_crop()

    def start_crop(self) -> None:
        """Show the whole photograph with the corners."""
        if self._proposal is None:
            return
        self._crop.open(self._proposal.photograph, self._proposal.corners)
        self._switch(True)
        self._crop.setFocus()

    def take_whole(self) -> None:
        """A file that is a finished page already: nothing is cut off."""
        if self._can_be_whole and not self.cropping:
            self.crop_wanted.emit(_WHOLE)

    def end_crop(self) -> None:
        """Back to the flattened page."""
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

    def _switch(self, cropping: bool) -> None:
        self._pictures.setCurrentWidget(self._crop if cropping else self._page)
        for widget in (self._turn, self._cut, self._mode, self._again, self._keep):
            widget.setVisible(not cropping)
        for widget in (self._cut_here, self._leave_crop):
            widget.setVisible(cropping)
        self._all.setVisible(self._can_be_whole and not cropping)
        self._crop_hint.setVisible(cropping)
        self._advice.setVisible(not cropping)

    def _lay_out(self) -> None:
        self._crop_hint = wrapping_label(self._words("ui.crop.hint"), "quiet", self)
        side = QWidget(self)
        side.setFixedWidth(216)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        content = QWidget()
        told = QVBoxLayout(content)
        told.setContentsMargins(0, 0, GAP, 0)
        told.setSpacing(GAP)
        for label in (self._requirement, self._what, self._advice, self._warnings, self._crop_hint):
            told.addWidget(label)
        told.addStretch(1)
        self._told = scrolled(content, side)
        column.addWidget(self._told, 1)
        for widget in (
            self._turn,
            self._cut,
            self._mode,
            self._all,
            self._again,
            self._leave_crop,
            self._keep,
            self._cut_here,
        ):
            column.addWidget(widget)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        row.setSpacing(GAP * 2)
        row.addWidget(self._pictures, 1)
        row.addWidget(side)


def _is_whole(corners: Corners) -> bool:
    """Whether nothing was cut off; which corner is the first depends on how the page was turned."""
    return all(min(x, 1 - x) < 0.005 and min(y, 1 - y) < 0.005 for x, y in corners)
