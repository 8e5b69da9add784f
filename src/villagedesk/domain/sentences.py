"""What a clerk reads of a case: business state and sending state together, turned into one sentence (design:
decision 3).

The sending state of the newest outbox row speaks while it is under way or needs the clerk; otherwise the business
state does. 已上报 is only ever said of a row that has its receipt (``sent``) or of what the server told later.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from villagedesk.domain.case import CaseStatus
from villagedesk.domain.outbox import SendingState


class Tone(StrEnum):
    """How a sentence is meant; the screen adds a shape and a colour to the words."""

    CALM = "calm"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class StateSentence:
    """A message key with its tone. Its sentence may use ``{done}`` and ``{total}`` (pages): give both, always."""

    key: str
    tone: Tone


_BUSINESS_TONES = {
    CaseStatus.DRAFT: Tone.CALM,
    CaseStatus.RECEIVED: Tone.CALM,
    CaseStatus.HANDED_OVER: Tone.CALM,
    CaseStatus.SUBMITTED: Tone.GOOD,
    CaseStatus.ACCEPTED: Tone.GOOD,
    CaseStatus.REFUSED: Tone.BAD,
    CaseStatus.RETURNED: Tone.BAD,
    CaseStatus.IN_PROCESS: Tone.GOOD,
    CaseStatus.SUSPENDED: Tone.WARN,
    CaseStatus.CONCLUDED: Tone.GOOD,
    CaseStatus.RESULT_WAITING: Tone.WARN,
    CaseStatus.DELIVERED: Tone.GOOD,
    CaseStatus.ARCHIVED: Tone.CALM,
    CaseStatus.WITHDRAWN: Tone.CALM,
    CaseStatus.VOID: Tone.CALM,
    CaseStatus.RETURNED_TO_APPLICANT: Tone.CALM,
}

_SENDING_TONES = {
    SendingState.QUEUED: Tone.CALM,
    SendingState.SENDING: Tone.CALM,
    SendingState.UPLOADING: Tone.CALM,
    SendingState.CONFIRMING: Tone.WARN,
    SendingState.WAITING: Tone.CALM,
    SendingState.CONFLICT: Tone.BAD,
    SendingState.REJECTED: Tone.BAD,
    SendingState.CANCELLED: Tone.WARN,
    SendingState.LOGIN: Tone.BAD,
    SendingState.PAUSED: Tone.WARN,
}

_SILENT = frozenset({SendingState.SENT, SendingState.DONE, SendingState.SUPERSEDED})
_MOVING = frozenset(
    {
        SendingState.QUEUED,
        SendingState.SENDING,
        SendingState.UPLOADING,
        SendingState.CONFIRMING,
        SendingState.WAITING,
    }
)
_STANDS_STILL = _MOVING - {SendingState.WAITING}
"""What would be said to go on at once, or to be going on; of what waits its own sentence says so."""
_SUBMISSION_OPEN = frozenset({CaseStatus.RECEIVED, CaseStatus.HANDED_OVER, CaseStatus.RETURNED})


def sentence_for(
    status: CaseStatus, sending: SendingState | None, online: bool, *, held_up: bool = False
) -> StateSentence:
    """The sentence of a case.

    Args:
        sending: state of the case's newest outbox row, None when it has none.
        online: whether the acceptance system answers; without it what moves by itself says that it waits for the link.
        held_up: it answers, but nothing of the whole station goes on now, so that nothing is said to move.
    """
    if status is CaseStatus.DRAFT or sending is None:
        return _business(status)
    if sending in _SILENT:
        receipted = sending is SendingState.SENT and status in (CaseStatus.RECEIVED, CaseStatus.HANDED_OVER)
        return _business(CaseStatus.SUBMITTED if receipted else status)
    if sending is SendingState.CANCELLED and status not in _SUBMISSION_OPEN:
        if status is CaseStatus.SUBMITTED:
            # Sent once, asked for again by a server that had lost it, then given up: nobody may read 已上报 (I3).
            return StateSentence("sentence.submitted_given_up", _SENDING_TONES[sending])
        return _business(status)
    group = "submission" if status in _SUBMISSION_OPEN else "later"
    stands = "_offline" if not online and sending in _MOVING else ""
    if online and held_up and sending in _STANDS_STILL:
        stands = "_held_up"
    return StateSentence(f"sentence.{group}.{sending}{stands}", _SENDING_TONES[sending])


def _business(status: CaseStatus) -> StateSentence:
    return StateSentence(f"sentence.{status}", _BUSINESS_TONES[status])
