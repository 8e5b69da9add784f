"""What the desk shows of papers carried to the township."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from villagedesk.desk.door_views import Sentence
from villagedesk.domain.handover import Batch, HandoverLine, LineOutcome


@dataclass(frozen=True)
class ToCarry:
    """A case whose papers lie at the window and are to go to the township.

    Args:
        papers, copies, sheets: what would go along, sheets as far as they were photographed.
        clock: what is due in it soonest, None where nothing is.
        came_back: it was in an earlier batch, and what became of it there.
    """

    case_id: str
    local_no: str
    applicant_name: str
    item_name: str
    received_on: date
    papers: int
    copies: int
    sheets: int
    clock: Sentence | None
    came_back: Sentence | None


@dataclass(frozen=True)
class BatchLineView:
    """One case of a batch.

    Args:
        gone: it is over since it was packed: its papers are to be taken out of the bag.
    """

    line: HandoverLine
    local_no: str
    applicant_name: str
    item_name: str
    gone: bool
    sentence: Sentence


@dataclass(frozen=True)
class BatchView:
    """A batch with what is to be done with it next."""

    batch: Batch
    lines: tuple[BatchLineView, ...]
    sentence: Sentence

    @property
    def to_sign(self) -> tuple[BatchLineView, ...]:
        """The lines that are still to be signed for."""
        return tuple(one for one in self.lines if one.line.outcome is LineOutcome.OPEN and not one.gone)


@dataclass(frozen=True)
class LineSaid:
    """What the township said of one case.

    Args:
        outcome: taken, short or refused.
        counted: how many sheets there were, as typed, of a short one.
        words: why it was refused, or what is missing.
    """

    outcome: LineOutcome
    counted: str = ""
    words: str = ""


@dataclass(frozen=True)
class Carried:
    """What the clerk brings back from the township.

    Args:
        on: the day, as typed; "" for today.
        lines: by case_id; who is not named was taken whole.
    """

    receiver: str
    on: str = ""
    lines: Mapping[str, LineSaid] = field(default_factory=dict)


@dataclass(frozen=True)
class CarryView:
    """What is to be carried, and what is on its way.

    Args:
        count: of the cases there are to carry, of which the first are shown.
        organ: where the last batch went.
        away: how many lie at the township with nothing said of them yet, and ``away_since`` when the one that was
            changed longest ago was; None where there are none.
    """

    cases: tuple[ToCarry, ...]
    count: int
    batches: tuple[BatchView, ...]
    organ: str
    away: int = 0
    away_since: date | None = None
