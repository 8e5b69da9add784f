"""The page that waits for the clerk's yes: shown, mended, kept or dropped. Or the corners of a page that is kept."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from villagedesk.desk.views import Corners, PageOutlined, Proposal
from villagedesk.ui.intake.page_maker import PageMaker
from villagedesk.ui.intake.proposal_panel import ProposalPanel
from villagedesk.ui.intake.wanted_paper import WantedPaper
from villagedesk.ui.screen import Surroundings


class AskedPage(QObject):
    """What the panel shows, and what its buttons do to it.

    Signals:
        cut(Corners): a kept page is to be cut out anew at these corners.
        cut_ended(): its corners are no longer asked about.
    """

    cut = Signal(object)
    cut_ended = Signal()

    def __init__(
        self, surroundings: Surroundings, panel: ProposalPanel, maker: PageMaker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._panel = panel
        self._maker = maker
        self._proposal: Proposal | None = None
        self._of_kept = False
        self.reopened = False
        """Whether it is a photograph that waited; ``answered`` of :class:`PaperTaker` tells when it does no more."""
        panel.keep_wanted.connect(self.keep)
        panel.turn_wanted.connect(self.turn)
        panel.mode_wanted.connect(self.recolour)
        panel.crop_wanted.connect(self._cut)
        panel.crop_left.connect(self._leave)

    def show(self, proposal: Proposal, paper: WantedPaper, *, turned: bool) -> None:
        """Show a page that was made, or made anew.

        Args:
            turned: it is the page that is shown, turned.
        """
        self._proposal, self._of_kept = proposal, False
        place = paper.place(self._with.words)
        self._panel.show_proposal(proposal, paper.name, place, turned=turned, waited=self.reopened)
        self._panel.first_focus().setFocus()

    def show_kept(self, outlined: PageOutlined, name: str, place: str) -> None:
        """Show the photograph of a kept page with its corners to be moved.

        Args:
            name: of the material.
            place: which page it is, in words.
        """
        self._of_kept = True
        picture = Proposal("", "", "", photograph=outlined.photograph, corners=outlined.corners)
        self._panel.show_corners(picture, name, place)

    def keep(self) -> None:
        """The clerk's yes."""
        if self._proposal is not None:
            self._maker.keep(self._proposal)

    def turn(self) -> None:
        """A quarter clockwise; not while its corners are moved."""
        scanning = self._with.desk.scanning
        if self._panel.can_turn:
            self._make_anew(lambda proposal_id: scanning.turn(proposal_id, 1), "ui.proposal.turning", turned=True)

    def recolour(self) -> None:
        """The next mode of colours; not while its corners are moved."""
        if not self._panel.cropping:
            self._make_anew(self._with.desk.scanning.recolour, "ui.stage.recolouring")

    def was_kept(self) -> None:
        """It is among the pages."""
        self._proposal = None

    def drop(self) -> None:
        """It is not wanted. The case is read anew: as it was read meanwhile, it has a photograph that waits."""
        if self._proposal is not None:
            self._maker.drop(self._proposal)
            self.put_by()

    def put_by(self) -> None:
        """The clerk goes elsewhere: where it was not dropped, it waits to be asked about again."""
        if self._proposal is not None:
            case_id, self._proposal = self._proposal.case_id, None
            self._maker.tell_anew(case_id)

    def end_cut(self) -> None:
        """The corners of a kept page are no longer shown."""
        self._of_kept = False

    def _cut(self, corners: Corners) -> None:
        if self._of_kept:
            self.cut_ended.emit()
            self.cut.emit(corners)
        else:
            scanning = self._with.desk.scanning
            self._make_anew(lambda proposal_id: scanning.crop(proposal_id, corners), "ui.crop.working")

    def _leave(self) -> None:
        if self._of_kept:
            self.cut_ended.emit()

    def _make_anew(self, work: Callable[[str], Proposal], key: str, *, turned: bool = False) -> None:
        if self._proposal is not None:
            proposal_id = self._proposal.proposal_id
            self._maker.make_anew(lambda: work(proposal_id), self._with.words(key), turned=turned)
