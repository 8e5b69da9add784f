"""What the proof that all is sent shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from villagedesk.desk.views import Sentence


class Period(StrEnum):
    """The time a proof is about; words ``proof.period.<value>``. What is open is told whatever it is."""

    TODAY = "today"
    MONTH = "month"
    LAST_MONTH = "last_month"
    YEAR = "year"
    ALL = "all"


class Verdict(StrEnum):
    """How sure it is that all is sent; words ``proof.verdict.<value>``.

    Args:
        OPEN: something has not been sent.
        TRAY: nothing waits, but something came back and needs the clerk.
        UNASKED: nothing waits here, but the acceptance system was not asked since the last receipt, or too long ago.
        OFFLINE: nothing waits here, and what the acceptance system holds cannot be asked now.
        UNLISTED: nothing waits here, each case has its receipt, and the acceptance system has said that it cannot tell
            what it holds.
        LACKING: it holds cases this PC has not, and nobody has looked after them.
        PROVEN: nothing is open, and it has said that it knows every case of ours.
    """

    OPEN = "open"
    TRAY = "tray"
    UNASKED = "unasked"
    OFFLINE = "offline"
    UNLISTED = "unlisted"
    LACKING = "lacking"
    PROVEN = "proven"


@dataclass(frozen=True)
class ProofLine:
    """A case in one of the lists.

    Args:
        name: the applicant's, masked.
        at: when it happened, or since when it waits; None where that is not known.
        what: its state, or what was decided.
        said: the organ's or the clerk's own words; of what came back without any, a sentence that says why; "" where
            there is neither.
    """

    case_id: str
    local_no: str
    name: str
    item: str
    at: datetime | None
    what: Sentence
    said: str | Sentence = ""


@dataclass(frozen=True)
class ProofList:
    """Cases of one kind.

    Args:
        lines: newest first, but of what is open the oldest; not more than a screen and a paper can bear.
        count: of all.
    """

    lines: tuple[ProofLine, ...]
    count: int


@dataclass(frozen=True)
class ProofView:
    """Whether all is sent, and on whose word.

    Args:
        made_at: when this was read.
        since: the period's beginning, None for all there is.
        until: its end; in the future where it is not over, None for all there is.
        verdict: see there; ``sentence`` says it.
        last_words: when the acceptance system last said anything, last told all it holds, and how the link is now.
        counts: names and numbers, of the period.
        open: sent by no receipt, whatever the period. ``returned`` and ``refused`` are of the period, as ``dropped``.
        lacking: what the acceptance system has and this PC lacks, settled or not, whatever the period.
        asking: whether the acceptance system is to be asked now, and has not answered yet.
        failure: why what it holds has not come since it was asked; None where nothing went wrong.
    """

    made_at: datetime
    since: datetime | None
    until: datetime | None
    verdict: Verdict
    sentence: Sentence
    last_words: tuple[Sentence, ...]
    counts: tuple[tuple[Sentence, int], ...]
    open: ProofList
    returned: ProofList
    dropped: ProofList
    lacking: ProofList
    asking: bool
    failure: Sentence | None
