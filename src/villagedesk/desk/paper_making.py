"""From a case to its printed paper: fills in what the layouts ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from villagedesk.domain.case import Case, MaterialState, Page, Trust
from villagedesk.domain.masking import mask_number
from villagedesk.domain.party import PartyRole
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.told_text import web_address
from villagedesk.papers import acceptance_notice, receipt
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.item_words import FORM_WORDS
from villagedesk.papers.receipt_content import ReceiptContent, ReceiptMaterial, reused_mark, state_words


class PaperMaker:
    """Draws a case's papers as PDF; may be used from several threads.

    Args:
        practice: papers are marked as an exercise without force.
    """

    def __init__(self, fonts: FontSet, station_name: str, *, practice: bool) -> None:
        self._fonts = fonts
        self._station_name = station_name
        self._practice = practice

    def receipt(self, case: Case, pages: Sequence[Page], reprint: int) -> bytes:
        """The receipt 收件凭证 with the masked identity number. Raises InputProblem ``printing.not_taken_in``."""
        if case.local_no is None or case.received_at is None:
            raise InputProblem("printing.not_taken_in")
        counts: Mapping[str, int] = {
            material.requirement_id: sum(page.requirement_id == material.requirement_id for page in pages)
            for material in case.materials
        }
        content = ReceiptContent(
            station_name=self._station_name,
            local_no=case.local_no,
            item_name=case.item_name,
            applicant_name=case.applicant.name,
            identity_masked=mask_number(case.applicant.document_number),
            phone=case.applicant.phone,
            agent_name=_name_of(case, PartyRole.AGENT),
            guardian_name=_name_of(case, PartyRole.GUARDIAN),
            materials=tuple(
                ReceiptMaterial(
                    material.name,
                    FORM_WORDS[material.form],
                    material.copies,
                    counts[material.requirement_id],
                    material.returned,
                    state_words(material),
                    here=material.state is not MaterialState.PROMISED,
                )
                for material in case.materials
            ),
            reused_mark=reused_mark(case.item_name) if _all_checked(case) else "",
            received_at=case.received_at,
            clerk_name=case.clerk,
            reprint=reprint,
            practice=self._practice,
        )
        return receipt.render(content, self._fonts)

    def acceptance_notice(self, case: Case, item: ServiceItem | None, reprint: int) -> bytes:
        """The acceptance notice 受理通知书: only with the acceptance system's own number (I7).

        Raises:
            InputProblem: ``printing.no_acceptance_number``.
        """
        if not case.acceptance_no.strip() or case.accepted_at is None:
            raise InputProblem("printing.no_acceptance_number")
        content = acceptance_notice.AcceptanceNoticeContent(
            organ=case.accepting_organ or (item.organ if item is not None else ""),
            acceptance_no=case.acceptance_no,
            query_code=case.query_code,
            local_no=case.local_no or "",
            applicant_name=case.applicant.name,
            item_name=case.item_name,
            legal_basis="、".join(item.legal_basis) if item is not None else "",
            materials=tuple(material.name for material in case.materials),
            accepted_at=case.accepted_at,
            limit_date=_day(case.limit_date),
            lookup_url=web_address(case.lookup_url),
            station_name=self._station_name,
            reprint=reprint,
            practice=self._practice,
        )
        return acceptance_notice.render(content, self._fonts)


def _name_of(case: Case, role: PartyRole) -> str:
    party = case.party(role)
    return party.name if party is not None else ""


def _day(text: str) -> date | None:
    """A limit date as the acceptance system gave it; None when it gave none or not a date."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _all_checked(case: Case) -> bool:
    """Whether there are reused papers, and the original of each was looked at when it was taken."""
    reused = [material for material in case.materials if material.state is MaterialState.REUSED]
    return bool(reused) and all(material.trust in (Trust.ISSUED, Trust.CHECKED) for material in reused)
