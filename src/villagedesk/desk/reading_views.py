"""What a page says, as the clerk is shown it before she accepts any of it."""

from __future__ import annotations

from dataclasses import dataclass

from villagedesk.desk.door_views import Sentence
from villagedesk.imaging.fields.codes_said import CodeKind as CodeKind
from villagedesk.imaging.fields.codes_said import SaidCode as SaidCode
from villagedesk.imaging.fields.values import Certainty as Certainty
from villagedesk.imaging.fields.values import ReadField as ReadField
from villagedesk.imaging.recognising.page_text import Outline as Outline
from villagedesk.imaging.recognising.page_text import turned_outline as turned_outline


@dataclass(frozen=True)
class ProposedValue:
    """One value with the place it would go to.

    Args:
        value: what would be written.
        shown: the same in words.
        outlines: where it stands on the page.
        remarks: what a check found, or what to look at closely.
        place: field of the draft, as :meth:`villagedesk.desk.intake.Intake.type` names it; "" for what is only told.
        there: what stands in that place now, in words; "" while it is empty.
        same: that is the same value.
        ticked: whether the clerk need not tick it herself: sure, checked, and nothing else stands there. Never a name.
    """

    field: ReadField
    value: str
    shown: Sentence
    certainty: Certainty
    outlines: tuple[Outline, ...]
    remarks: tuple[Sentence, ...] = ()
    place: str = ""
    there: str = ""
    same: bool = False
    ticked: bool = False


@dataclass(frozen=True)
class Offer:
    """A paper's values for one person or for the item's form.

    Args:
        target: ``applicant``, a party's role, ``form``, or ``form.<name field>`` of a person in the form.
        who: in words.
    """

    paper: str
    target: str
    who: Sentence
    values: tuple[ProposedValue, ...]

    @property
    def places(self) -> tuple[ProposedValue, ...]:
        """Those that can be written somewhere and are not there already."""
        return tuple(value for value in self.values if value.place and not value.same)


@dataclass(frozen=True)
class RecognisedPaper:
    """One paper on the page.

    Args:
        offers: for whom its values can be, the likeliest first; at least one.
    """

    kind: str
    name: Sentence
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class Suggestion:
    """The page seems to be another material.

    Args:
        kind: of paper.
        requirement_id, name: the checklist line it seems to belong to.
    """

    kind: str
    requirement_id: str
    name: str


@dataclass(frozen=True)
class Recognised:
    """What was read on one page.

    Args:
        picture: the page as it was read, encoded.
        quarter_turns: how often it must be turned by 90° clockwise to stand upright, as its lines say.
        kinds: of papers on it, the likeliest first.
    """

    case_id: str
    requirement_id: str
    picture: bytes
    quarter_turns: int
    kinds: tuple[str, ...]
    papers: tuple[RecognisedPaper, ...]
    codes: tuple[SaidCode, ...]
    suggestion: Suggestion | None

    @property
    def has_values(self) -> bool:
        """Whether there is anything to accept, or to be told of."""
        return any(offer.values for paper in self.papers for offer in paper.offers[:1]) or bool(self.codes)
