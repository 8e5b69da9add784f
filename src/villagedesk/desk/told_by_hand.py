"""What somebody may have said of a case that a clerk notes by hand: read in the acceptance system, or told by the
township. One table for both."""

from __future__ import annotations

from collections.abc import Mapping

from villagedesk.domain.case import CaseStatus
from villagedesk.domain.life_cycle import CaseChange

NOTED: Mapping[CaseStatus, tuple[CaseChange, ...]] = {
    CaseStatus.SUBMITTED: (
        CaseChange.ACCEPTED,
        CaseChange.CORRECTION_ASKED,
        CaseChange.REFUSED,
        CaseChange.IN_PROCESS,
        CaseChange.CONCLUDED,
        CaseChange.RESULT_READY,
    ),
    CaseStatus.ACCEPTED: (
        CaseChange.IN_PROCESS,
        CaseChange.SUSPENDED,
        CaseChange.CORRECTION_ASKED,
        CaseChange.CONCLUDED,
        CaseChange.RESULT_READY,
        CaseChange.ACCEPTED,
        CaseChange.REFUSED,
    ),
    CaseStatus.IN_PROCESS: (
        CaseChange.SUSPENDED,
        CaseChange.CORRECTION_ASKED,
        CaseChange.CONCLUDED,
        CaseChange.RESULT_READY,
        CaseChange.ACCEPTED,
        CaseChange.REFUSED,
    ),
    CaseStatus.SUSPENDED: (
        CaseChange.RESUMED,
        CaseChange.CORRECTION_ASKED,
        CaseChange.CONCLUDED,
        CaseChange.RESULT_READY,
    ),
    CaseStatus.RETURNED: (CaseChange.ACCEPTED, CaseChange.REFUSED, CaseChange.IN_PROCESS),
    CaseStatus.REFUSED: (CaseChange.ACCEPTED, CaseChange.CORRECTION_ASKED),
    CaseStatus.CONCLUDED: (CaseChange.RESULT_READY, CaseChange.CONCLUDED, CaseChange.IN_PROCESS),
    CaseStatus.RESULT_WAITING: (CaseChange.CONCLUDED, CaseChange.IN_PROCESS),
}
"""What may have been said of a case in that state, what comes next first. Behind it what
sets right a state that was noted by mistake, or on a wrong day: noting the right one does, and both stay in the log."""
NEEDS_WORDS = frozenset({CaseChange.CORRECTION_ASKED, CaseChange.REFUSED, CaseChange.SUSPENDED})
SAID_AS: Mapping[CaseChange, str] = {CaseChange.CORRECTION_ASKED: "value.wanted", CaseChange.REFUSED: "value.reason"}
"""Under which name the log keeps the words, where that is not the reason: as the wire has it."""
