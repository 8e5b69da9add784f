"""The life of a case as data (domain: section 4): business state × event → business state.

Two sources of events: what the clerk does here, and what the acceptance system tells. The server wins states, so each
of its events lands from every open state, also where one came late or was skipped (``accepted`` before our own
``committed`` was processed). Two things it cannot undo: a paper handed to the villager, and a case closed here; what
it says of a closed case is refused, and is for the clerk to read (:mod:`villagedesk.domain.to_look_at`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from villagedesk.domain.case import CaseStatus
from villagedesk.domain.problems import Problem


class CaseChange(StrEnum):
    """What can happen to a case. The names of the second half are also the wire's kinds of changes."""

    TAKEN_IN = "taken_in"
    HANDED_OVER = "handed_over"
    TAKEN_BACK = "taken_back"
    """A hand-over that was noted by mistake is undone: the papers of a proxy case lie at the window."""
    NOT_ENTERED = "not_entered"
    """An entry by hand that was noted by mistake is undone: the acceptance system has nothing of it."""
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"
    RETURNED_TO_APPLICANT = "returned_to_applicant"
    ARCHIVED = "archived"

    COMMITTED = "committed"
    """A 201 receipt, which proves the submission and nothing more."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CORRECTION_ASKED = "correction_asked"
    IN_PROCESS = "in_process"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    CONCLUDED = "concluded"
    RESULT_READY = "result_ready"
    """Also the result of a proxy case that came back from the township."""
    DELIVERED = "delivered"
    """Recorded by the clerk at the window, or told by the server where the organ delivered."""


class Conclusion(StrEnum):
    """How a case ended 办结; words ``conclusion.<value>`` in the message catalogue."""

    GRANTED = "granted"
    DENIED = "denied"
    FORWARDED = "forwarded"
    """转报: it goes on at an office above."""


APPLICANT_TOLD = "applicant_told"
"""Kind of the event that notes that the applicant knows of a refusal and its reason."""
TOWNSHIP_TOLD = "township_told"
"""Kind of the event that notes what the township said of a case that was carried there."""
CLOSED = frozenset({CaseStatus.ARCHIVED, CaseStatus.WITHDRAWN, CaseStatus.VOID, CaseStatus.RETURNED_TO_APPLICANT})
"""Nothing leaves these."""

TOLD: Mapping[CaseChange, CaseStatus] = MappingProxyType(
    {
        CaseChange.ACCEPTED: CaseStatus.ACCEPTED,
        CaseChange.REFUSED: CaseStatus.REFUSED,
        CaseChange.CORRECTION_ASKED: CaseStatus.RETURNED,
        CaseChange.IN_PROCESS: CaseStatus.IN_PROCESS,
        CaseChange.SUSPENDED: CaseStatus.SUSPENDED,
        CaseChange.RESUMED: CaseStatus.IN_PROCESS,
        CaseChange.CONCLUDED: CaseStatus.CONCLUDED,
        CaseChange.RESULT_READY: CaseStatus.RESULT_WAITING,
        CaseChange.DELIVERED: CaseStatus.DELIVERED,
    }
)
"""Where each thing the acceptance system tells puts a case."""

_DONE_HERE: Mapping[CaseStatus, Mapping[CaseChange, CaseStatus]] = {
    CaseStatus.DRAFT: {CaseChange.TAKEN_IN: CaseStatus.RECEIVED},
    CaseStatus.RECEIVED: {
        CaseChange.HANDED_OVER: CaseStatus.HANDED_OVER,
        CaseChange.WITHDRAWN: CaseStatus.WITHDRAWN,
        CaseChange.VOIDED: CaseStatus.VOID,
        CaseChange.RETURNED_TO_APPLICANT: CaseStatus.RETURNED_TO_APPLICANT,
    },
    CaseStatus.HANDED_OVER: {
        CaseChange.TAKEN_BACK: CaseStatus.RECEIVED,
        CaseChange.WITHDRAWN: CaseStatus.WITHDRAWN,
        CaseChange.RETURNED_TO_APPLICANT: CaseStatus.RETURNED_TO_APPLICANT,
    },
    CaseStatus.SUBMITTED: {
        CaseChange.WITHDRAWN: CaseStatus.WITHDRAWN,
        CaseChange.NOT_ENTERED: CaseStatus.RECEIVED,
    },
    CaseStatus.ACCEPTED: {CaseChange.WITHDRAWN: CaseStatus.WITHDRAWN},
    CaseStatus.REFUSED: {
        CaseChange.RETURNED_TO_APPLICANT: CaseStatus.RETURNED_TO_APPLICANT,
        CaseChange.ARCHIVED: CaseStatus.ARCHIVED,
    },
    CaseStatus.RETURNED: {
        CaseChange.CORRECTED: CaseStatus.RECEIVED,
        CaseChange.WITHDRAWN: CaseStatus.WITHDRAWN,
        CaseChange.RETURNED_TO_APPLICANT: CaseStatus.RETURNED_TO_APPLICANT,
    },
    CaseStatus.IN_PROCESS: {CaseChange.WITHDRAWN: CaseStatus.WITHDRAWN},
    CaseStatus.SUSPENDED: {CaseChange.WITHDRAWN: CaseStatus.WITHDRAWN},
    CaseStatus.CONCLUDED: {CaseChange.ARCHIVED: CaseStatus.ARCHIVED},
    CaseStatus.RESULT_WAITING: {},
    CaseStatus.DELIVERED: {CaseChange.ARCHIVED: CaseStatus.ARCHIVED},
}
_NOT_YET_SUBMITTED = frozenset({CaseStatus.RECEIVED, CaseStatus.HANDED_OVER})


def _row(status: CaseStatus) -> Mapping[CaseChange, CaseStatus]:
    row = dict(_DONE_HERE.get(status, {}))
    if status is CaseStatus.DRAFT:
        return MappingProxyType(row)
    # A receipt that is processed late proves what is known already and moves nothing.
    row[CaseChange.COMMITTED] = CaseStatus.SUBMITTED if status in _NOT_YET_SUBMITTED else status
    if status is CaseStatus.DELIVERED:
        row |= dict.fromkeys(TOLD, CaseStatus.DELIVERED)
    elif status not in CLOSED:
        row |= TOLD
    return MappingProxyType(row)


TRANSITIONS: Mapping[CaseStatus, Mapping[CaseChange, CaseStatus]] = MappingProxyType(
    {status: _row(status) for status in CaseStatus}
)
"""The whole life cycle. An event's name on screen is ``case_change.<event>`` in the message catalogue; what a state is
called there is in :mod:`villagedesk.domain.sentences`."""


def after(status: CaseStatus, change: CaseChange) -> CaseStatus:
    """The state after an event.

    Raises:
        Problem: ``domain.life_cycle.not_possible`` (``status``, ``change``: their values).
    """
    try:
        return TRANSITIONS[status][change]
    except KeyError:
        raise Problem("domain.life_cycle.not_possible", status=status.value, change=change.value) from None


def possible(status: CaseStatus) -> frozenset[CaseChange]:
    """What can happen to a case in that state."""
    return frozenset(TRANSITIONS[status])
