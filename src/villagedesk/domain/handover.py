"""Papers carried to the township 移交: a batch with its counted list, and what the township said of each case in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class BatchState(StrEnum):
    """Where a batch stands."""

    PACKED = "packed"
    """Its list is fixed, and its papers lie in one bag at the window."""
    CARRIED = "carried"
    """The township has it; the signed list is not back, or something of it is not settled."""
    CLOSED = "closed"
    DROPPED = "dropped"
    """It was never carried; its papers are to be packed anew."""


OPEN_BATCHES = frozenset({BatchState.PACKED, BatchState.CARRIED})


class LineOutcome(StrEnum):
    """What became of one case of a batch; words ``handover.line.<value>``."""

    OPEN = ""
    TAKEN = "taken"
    """Signed for, and all sheets were there."""
    SHORT = "short"
    """Signed for, but the township counted other than the list says."""
    REFUSED = "refused"
    """Not signed for: its papers came back with the clerk."""
    SETTLED = "settled"
    """It was short, and what was missing is found or was sent after."""
    LEFT_OUT = "left_out"
    """Taken out of the bag before it was carried."""


AT_TOWNSHIP = frozenset({LineOutcome.TAKEN, LineOutcome.SHORT, LineOutcome.SETTLED})
"""The papers of such a case are with the township."""


@dataclass(frozen=True)
class HandoverLine:
    """One case of a batch.

    Args:
        papers: how many lines of its checklist go along; ``copies`` of them, ``sheets`` in all, as the list says.
        counted: sheets the township counted where it was not those; None where nobody said.
        words: what was said of it.
    """

    case_id: str
    papers: int
    copies: int
    sheets: int
    outcome: LineOutcome = LineOutcome.OPEN
    counted: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Batch:
    """What is carried at once.

    Args:
        batch_no: a :class:`villagedesk.domain.paper_no.PaperNo` of a batch, as text.
        organ: where it goes, e.g. the township's window.
        lines: in the order of the list.
        handed_on: ISO date on which it was handed over, "" before; ``receiver``: who signed for it.
        signed: whether the signed list lies here.
        prints: how often the list came out.
    """

    batch_no: str
    state: BatchState
    organ: str
    clerk: str
    made_at: datetime
    lines: Sequence[HandoverLine]
    handed_on: str = ""
    receiver: str = ""
    note: str = ""
    signed: bool = False
    prints: int = 0

    def line(self, case_id: str) -> HandoverLine:
        """That case's. Raises KeyError."""
        for line in self.lines:
            if line.case_id == case_id:
                return line
        raise KeyError(case_id)

    @property
    def on_the_list(self) -> tuple[HandoverLine, ...]:
        """The cases that go along."""
        return tuple(line for line in self.lines if line.outcome is not LineOutcome.LEFT_OUT)

    @property
    def short(self) -> tuple[HandoverLine, ...]:
        """Those of which sheets are missing, or one too many was there."""
        return tuple(line for line in self.lines if line.outcome is LineOutcome.SHORT)


class _Batches(Protocol):
    def batches_of_case(self, case_id: str) -> Sequence[Batch]: ...


def packed_in(snapshot: _Batches, case_id: str) -> Batch | None:
    """The packed bag in which its papers lie, None where they lie in none."""
    for batch in snapshot.batches_of_case(case_id):
        if batch.state is BatchState.PACKED and batch.line(case_id).outcome is LineOutcome.OPEN:
            return batch
    return None
