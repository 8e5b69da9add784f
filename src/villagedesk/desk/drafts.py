"""Finding a draft, and the error when it is none."""

from __future__ import annotations

from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot


def draft_of(snapshot: Snapshot, case_id: str) -> Case:
    """The draft. Raises InputProblem ``intake.gone``, ``intake.not_a_draft``."""
    try:
        case = snapshot.case(case_id)
    except KeyError:
        raise InputProblem("intake.gone") from None
    if case.status is not CaseStatus.DRAFT:
        raise InputProblem("intake.not_a_draft", local_no=case.local_no or "")
    return case
