"""What intake shows of papers and persons besides the draft itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from villagedesk.desk.door_views import Sentence
from villagedesk.domain.case import MaterialState, Trust
from villagedesk.domain.service_item import MaterialForm, MaterialRequirement


@dataclass(frozen=True)
class ChecklistLine:
    """One line of the item's checklist as it stands in a draft or a case.

    Args:
        needed: False where its condition does not hold; None where only the clerk can tell and has not yet.
        state: None while nothing was done about it.
        pages: how many are there.
        form, copies: as it was taken; while nothing else was noted, as the item asks for it.
        promised_until: ISO date, "" unless promised.
        reused_from_no: the earlier case's local_no, "" unless reused.
        done: nothing is left to do about it.
        sentence: how it stands, in words and tone; red where it is missing.
    """

    requirement: MaterialRequirement
    needed: bool | None
    state: MaterialState | None
    pages: int
    form: MaterialForm
    copies: int
    promised_until: str
    reused_from_no: str
    trust: Trust
    returned: bool
    done: bool
    sentence: Sentence

    @property
    def unanswered(self) -> bool:
        """Whether the clerk has to say if it is needed: nothing else will tell."""
        return self.needed is None and self.requirement.when is not None and not self.requirement.when.fact


@dataclass(frozen=True)
class Question:
    """A condition that only the clerk can tell, with the papers that hang on it.

    Args:
        words: the condition, e.g. 参保人去世的.
        names: of the papers.
        requirement_ids: of the same, to answer for them.
    """

    words: str
    names: tuple[str, ...]
    requirement_ids: tuple[str, ...]


@dataclass(frozen=True)
class Reusable:
    """A paper of an earlier case of the same person that still serves.

    Args:
        valid_until: ISO date, "" where it serves as long as it is right.
    """

    requirement_id: str
    name: str
    case_id: str
    local_no: str
    item_name: str
    taken_at: datetime
    pages: int
    valid_until: str


@dataclass(frozen=True)
class EarlierPersonView:
    """Somebody known from an earlier case.

    Args:
        masked_number: as it is shown until the clerk chooses the person.
        last_case_id: the newest case, where the person stands as shown here.
        last_item: name of that case's item.
    """

    name: str
    document_kind: str
    document_number: str
    masked_number: str
    phone: str
    address: str
    last_case_id: str
    last_item: str
    last_at: datetime
