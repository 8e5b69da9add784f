"""Somebody known from an earlier case, so that nobody is typed twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.case import Case
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


def earlier_persons_of(case: Case) -> tuple[EarlierPerson, ...]:
    """Who applied in that case, then everybody else in it who showed a document."""
    one = case.applicant
    applicant = EarlierPerson(
        name=one.name,
        document_kind=one.document_kind,
        document_number=one.document_number,
        phone=one.phone,
        address=one.address,
        kind=one.kind,
        birth_date=one.birth_date,
        sex=one.sex,
        ethnic_group=one.ethnic_group,
        last_case_id=case.case_id,
        last_at=case.created_at,
    )
    others = (
        EarlierPerson(
            name=party.name,
            document_kind=party.document_kind,
            document_number=party.document_number,
            phone=party.phone,
            address="",
            kind=ApplicantKind.NATURAL,
            birth_date="",
            sex="",
            ethnic_group="",
            last_case_id=case.case_id,
            last_at=case.created_at,
        )
        for party in case.parties
        if party.name and party.document_number
    )
    return (applicant, *others)
