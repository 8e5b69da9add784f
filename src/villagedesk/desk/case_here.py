"""The case somebody asks for by its id, or the sentence that it is not here (any more)."""

from __future__ import annotations

from villagedesk.domain.case import Case
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot


def case_here(snapshot: Snapshot, case_id: str) -> Case:
    """The case. Raises InputProblem ``intake.gone``."""
    try:
        return snapshot.case(case_id)
    except KeyError:
        raise InputProblem("intake.gone") from None
