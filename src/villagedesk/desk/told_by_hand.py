"""What somebody may have said of a case that a clerk notes by hand: read in the acceptance system, or told by the
township. One table for both."""

from __future__ import annotations

from collections.abc import Mapping

from villagedesk.domain.case import CaseStatus
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.service_item import StopKind

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
STOPS = tuple(kind for kind in StopKind if kind is not StopKind.LATE_CORRECTION)
"""For what a case may have been suspended; papers that are wanted late are noted as a correction that was asked for."""
NOT_SAID = "not_said"
"""Stands among them for a suspension of which nobody said for what."""


def stop_said(change: CaseChange, stop: str) -> str:
    """For what a case was suspended, as the wire has it: "" where that was not said, and of any other change.

    Args:
        stop: one of :data:`STOPS`, or :data:`NOT_SAID`.

    Raises:
        InputProblem: ``life.stop_unknown`` with the field ``stop``.
    """
    if change is not CaseChange.SUSPENDED:
        return ""
    if stop not in {*STOPS, NOT_SAID}:
        raise InputProblem("life.stop_unknown", field="stop")
    return "" if stop == NOT_SAID else stop
