"""Pages as the screen shows them while they are made."""

from __future__ import annotations

from dataclasses import dataclass

from villagedesk.desk.door_views import Sentence
from villagedesk.domain.capture import Corners
from villagedesk.domain.case import Page

CARDS = "scanning.hint.cards"
"""What is told of a material that has both sides of a card: they can be set on one page."""


@dataclass(frozen=True)
class Proposal:
    """A photograph taken and flattened, waiting for the clerk's yes. It is on disk: after a crash it is asked about.

    Args:
        proposal_id: of the photograph, in the journal as well.
        image: the flattened page, JPEG.
        photograph: the whole picture, small JPEG, to show what was found in it.
        corners: where the page was found in it.
        warnings: sentences such as low resolution or blurred.
        sure: False when the clerk should look at the corners.
        uploaded: out of a file, so nobody held the paper against the original under the camera.
        replaces: page_id of the kept page whose place it takes, "" when it is one more.
        mode: what the clerk chose for it, "" when the content decided.
        kept: the page, where there was nothing to ask and it is saved already.
    """

    proposal_id: str
    case_id: str
    requirement_id: str
    image: bytes = b""
    photograph: bytes = b""
    corners: Corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    warnings: tuple[Sentence, ...] = ()
    sure: bool = True
    uploaded: bool = False
    replaces: str = ""
    mode: str = ""
    kept: Page | None = None


@dataclass(frozen=True)
class PageOutlined:
    """The photograph a kept page was made of, small, and where the page lies in it."""

    photograph: bytes
    corners: Corners
