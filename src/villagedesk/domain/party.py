"""People of a case besides the applicant: agent 代办人/代理人, guardian 监护人, legal representative 法定代表人, and
contact 联系人."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ApplicantKind(StrEnum):
    """Natural or legal person."""

    NATURAL = "natural"
    LEGAL = "legal"


class PartyRole(StrEnum):
    """What somebody is in a case; each at most once."""

    AGENT = "agent"
    """Who acts for the applicant, with an authorization."""
    GUARDIAN = "guardian"
    """Of an applicant under 18 (民法典 §17, §27) or one who cannot act."""
    LEGAL_REPRESENTATIVE = "legal_representative"
    """Of a legal person."""
    CONTACT = "contact"
    """Whom to call, where that is nobody of the others."""


class Relation(StrEnum):
    """To the applicant; words ``domain.relation.<value>`` in the message catalogue."""

    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"
    CHILD_IN_LAW = "child_in_law"
    OTHER_RELATIVE = "other_relative"
    NEIGHBOUR = "neighbour"
    VILLAGE_CLERK = "village_clerk"
    EMPLOYEE = "employee"
    OTHER = "other"


@dataclass(frozen=True)
class Party:
    """One of them. In a draft the values are as typed.

    Args:
        document_kind, document_number: as of :class:`villagedesk.domain.case.Applicant`; a contact has none.
        relation: a :class:`Relation` value, "" where it does not apply; codes not known here are kept.
        scope: what an agent may do, in words.
        until: last day of an agent's authorization, ISO date; "" for this matter only.
    """

    role: PartyRole
    name: str = ""
    document_kind: str = "resident_id"
    document_number: str = ""
    phone: str = ""
    relation: str = ""
    scope: str = ""
    until: str = ""
