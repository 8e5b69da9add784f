"""Somebody known from an earlier case, so that nobody is typed twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.party import ApplicantKind


@dataclass(frozen=True)
class EarlierPerson:
    """One person, by the number of the document shown; the values are those of the newest case.

    Args:
        last_case_id, last_at: that case, and when it was begun.
    """

    name: str
    document_kind: str
    document_number: str
    phone: str
    address: str
    kind: ApplicantKind
    birth_date: str
    sex: str
    ethnic_group: str
    last_case_id: str
    last_at: datetime
