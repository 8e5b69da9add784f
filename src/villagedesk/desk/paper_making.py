"""From a case to its printed paper: fills in what the layouts ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from villagedesk.desk.case_papers import NOTICE_NO, jobs_of, why_not
from villagedesk.desk.paper_source import PaperSource, newest_supplement
from villagedesk.domain.case import Applicant, Case, CaseEvent, Material, MaterialState, Trust
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.delivery import SELF, Manner
from villagedesk.domain.document import FOR_THE_APPLICANT
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.masking import mask_number
from villagedesk.domain.paper_no import PaperMark, PaperNo, case_no
from villagedesk.domain.party import Party, PartyRole, Relation
from villagedesk.domain.printing import PaperKind, PaperSize
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.service_item import Office
from villagedesk.domain.told_change import wanted_of
from villagedesk.domain.told_text import web_address
from villagedesk.papers import (
    acceptance_notice,
    correction_notice,
    delivery_record,
    proxy_authorization,
    receipt,
    refusal_notice,
)
from villagedesk.papers.correction_notice import CorrectionNoticeContent, WantedCorrection
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.item_words import FORM_WORDS
from villagedesk.papers.proxy_authorization import AuthorizedParty, HandedPaper, ProxyAuthorizationContent
from villagedesk.papers.receipt_content import ReceiptContent, ReceiptMaterial, reused_mark, state_words
from villagedesk.papers.refusal_notice import RefusalNoticeContent


@dataclass(frozen=True)
class Making:
    """How a paper is made.

    Args:
        reprint: 0 for the first print.
        size: of the receipt; the other papers are A4.
        clerk: who is at the window.
        at: now, aware.
    """

    reprint: int
    size: PaperSize
    clerk: str
    at: datetime


class PaperMaker:
    """Draws a case's papers as PDF; may be used from several threads.

    Args:
        text: gives the text of a message key.
        clock_note: a sentence about this PC's clock while it is known to be wrong, else "".
        practice: papers are marked as an exercise without force.
    """

    def __init__(
        self,
        fonts: FontSet,
        station_name: str,
        text: Callable[..., str],
        clock_note: Callable[[], str] = str,
        *,
        practice: bool,
    ) -> None:
        self._fonts = fonts
        self._station_name = station_name
        self._text = text
        self._clock_note = clock_note
        self._practice = practice
        self._draw: Mapping[PaperKind, Callable[[PaperSource, Making], bytes]] = {
            PaperKind.RECEIPT: self._receipt,
            PaperKind.SUPPLEMENT_RECEIPT: self._supplement,
            PaperKind.PROXY_AUTHORIZATION: self._authorization,
            PaperKind.ACCEPTANCE_NOTICE: self._acceptance,
            PaperKind.CORRECTION_NOTICE: self._correction,
            PaperKind.REFUSAL_NOTICE: self._refusal,
            PaperKind.DELIVERY_RECORD: self._delivery,
        }

    def draw(self, kind: PaperKind, source: PaperSource, how: Making) -> bytes:
        """The paper as a PDF.

        Raises:
            InputProblem: ``printing.*``, why it cannot be printed now (:func:`villagedesk.desk.case_papers.why_not`).
        """
        hindered = why_not(source, kind)
        if hindered is not None:
            raise InputProblem(hindered.key)
        return self._draw[kind](source, how)

    def _receipt(self, source: PaperSource, how: Making) -> bytes:
        case = source.case
        assert case.received_at is not None, "taken in"
        content = self._received(source, how, case.materials, case.received_at, case.clerk)
        return receipt.render(content, self._fonts, how.size)

    def _supplement(self, source: PaperSource, how: Making) -> bytes:
        """Of papers that came later: those alone, when they came."""
        brought = newest_supplement(source)
        assert brought is not None, "papers were brought"
        content = self._received(source, how, brought.materials, brought.event.at, brought.event.actor)
        return receipt.render(replace(content, supplement=True), self._fonts, how.size)

    def _received(
        self, source: PaperSource, how: Making, materials: Sequence[Material], at: datetime, clerk: str
    ) -> ReceiptContent:
        case = source.case
        assert case.local_no is not None, "taken in"
        counts: Mapping[str, int] = {
            material.requirement_id: sum(page.requirement_id == material.requirement_id for page in source.pages)
            for material in materials
        }
        return ReceiptContent(
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
                for material in materials
            ),
            reused_mark=reused_mark(case.item_name) if _all_checked(case) else "",
            received_at=at,
            clock_note=self._clock_note(),
            clerk_name=clerk,
            reprint=how.reprint,
            practice=self._practice,
        )

    def _acceptance(self, source: PaperSource, how: Making) -> bytes:
        case, item = source.case, source.item
        assert case.accepted_at is not None, "accepted"
        content = acceptance_notice.AcceptanceNoticeContent(
            organ=case.accepting_organ,
            acceptance_no=case.official_no,
            query_code=case.query_code,
            local_no=case.local_no or "",
            applicant_name=case.applicant.name,
            item_name=case.item_name,
            legal_basis="、".join(item.legal_basis) if item is not None and not item.to_check else "",
            materials=tuple(one.name for one in case.materials if one.state is not MaterialState.PROMISED),
            accepted_at=case.accepted_at,
            limit_date=_day(case.limit_date),
            lookup_url=web_address(case.lookup_url),
            station_name=self._station_name,
            reprint=how.reprint,
            practice=self._practice,
        )
        return acceptance_notice.render(content, self._fonts)

    def _correction(self, source: PaperSource, how: Making) -> bytes:
        told = source.told(CaseChange.CORRECTION_ASKED)
        assert told is not None, "a correction was asked for"
        case, said, item = source.case, told.detail, source.item
        office = item.office if item is not None else Office()
        wanted = [WantedCorrection(one.name or one.requirement_id, one.wrong, one.standard) for one in wanted_of(told)]
        if not wanted and said.get("value.wanted"):
            wanted = [WantedCorrection("", said["value.wanted"], "")]
        content = CorrectionNoticeContent(
            organ=self._organ(source, told),
            notice_no=said[NOTICE_NO],
            acceptance_no=case.official_no,
            local_no=case.local_no or "",
            applicant_name=case.applicant.name,
            item_name=case.item_name,
            reason=said.get("value.reason", ""),
            wanted=tuple(wanted),
            deadline=_day(said.get("value.deadline", "")),
            legal_basis=said.get("value.legal_basis", ""),
            issued_at=_issued(told),
            station_name=self._station_name,
            contact=office.phone,
            reprint=how.reprint,
            practice=self._practice,
        )
        return correction_notice.render(content, self._fonts)

    def _refusal(self, source: PaperSource, how: Making) -> bytes:
        told = source.told(CaseChange.REFUSED)
        assert told is not None, "it was refused"
        case, said = source.case, told.detail
        content = RefusalNoticeContent(
            organ=self._organ(source, told),
            notice_no=said[NOTICE_NO],
            local_no=case.local_no or "",
            applicant_name=case.applicant.name,
            item_name=case.item_name,
            reason=said["value.reason"],
            legal_basis=said.get("value.legal_basis", ""),
            right_organ=said.get("value.right_organ", ""),
            review_organ=said.get("value.review_organ", ""),
            issued_at=_issued(told),
            station_name=self._station_name,
            reprint=how.reprint,
            practice=self._practice,
        )
        return refusal_notice.render(content, self._fonts)

    def _authorization(self, source: PaperSource, how: Making) -> bytes:
        """To the agent; of a case that is carried, without one, to the clerk who carries it."""
        case, agent = source.case, source.case.party(PartyRole.AGENT)
        applicant = case.applicant
        content = ProxyAuthorizationContent(
            station_name=self._station_name,
            paper_no=_paper_no(PaperMark.AUTHORIZATION, source),
            item_name=case.item_name,
            principal=self._party(applicant.name, applicant, applicant.address),
            guardian=_name_of(case, PartyRole.GUARDIAN),
            agent=self._party(agent.name, agent, "") if agent is not None else _clerk(case.clerk, self._station_name),
            papers=tuple(
                HandedPaper(material.name, FORM_WORDS[material.form], material.copies)
                for material in case.materials
                if material.state is MaterialState.TAKEN and not material.returned
            ),
            scope=agent.scope if agent is not None else "",
            begins=_first_made(source, PaperKind.PROXY_AUTHORIZATION, how.at).astimezone(SHANGHAI).date(),
            until=_day(agent.until) if agent is not None else None,
            reprint=how.reprint,
            practice=self._practice,
        )
        return proxy_authorization.render(content, self._fonts)

    def _delivery(self, source: PaperSource, how: Making) -> bytes:
        """With who took the result, where that was noted; else to be filled in by hand."""
        case = source.case
        delivered = next((one for one in reversed(source.events) if one.kind == CaseChange.DELIVERED.value), None)
        content = delivery_record.DeliveryRecordContent(
            station_name=self._station_name,
            paper_no=_paper_no(PaperMark.DELIVERY, source),
            local_no=case.local_no or "",
            acceptance_no=case.official_no,
            item_name=case.item_name,
            applicant_name=case.applicant.name,
            documents=tuple(
                document.name for document in source.documents if document.name and document.origin in FOR_THE_APPLICANT
            ),
            receiver=delivered.detail.get("receiver", "") if delivered is not None else "",
            relation=self._relation(delivered),
            manner=_manner(delivered),
            place=self._station_name if _at_the_window(delivered) else "",  # else written in where it was handed over
            delivered_at=delivered.happened if delivered is not None else None,
            clerk_name=delivered.actor if delivered is not None else how.clerk,
            reprint=how.reprint,
            practice=self._practice,
        )
        return delivery_record.render(content, self._fonts)

    def _relation(self, delivered: CaseEvent | None) -> str:
        said = delivered.detail.get("relation", "") if delivered is not None else ""
        known = said == SELF or said in {*Relation}
        return self._text(f"domain.relation.{said}") if known else said

    @staticmethod
    def _organ(source: PaperSource, told: CaseEvent) -> str:
        """As the acceptance system named it, with this change or with the acceptance; the program names none itself."""
        return told.detail.get("value.organ") or source.case.accepting_organ

    def _party(self, name: str, who: Applicant | Party, address: str) -> AuthorizedParty:
        kind = self._text(f"domain.document.{who.document_kind}") if who.document_kind else ""
        relation = self._text(f"domain.relation.{who.relation}") if isinstance(who, Party) and who.relation else ""
        return AuthorizedParty(name, kind, who.document_number, who.phone, address, relation)


def _first_made(source: PaperSource, kind: PaperKind, now: datetime) -> datetime:
    """When that paper was made first: a further print says the same."""
    return min((job.created_at for job in jobs_of(source, kind)), default=now)


def _paper_no(mark: PaperMark, source: PaperSource) -> str:
    """What is known again when the paper comes back signed; "" for a draft that was begun at the window."""
    number = source.case.local_no or case_no(source.visit_no)
    return str(PaperNo(mark, number)) if number else ""


def _manner(delivered: CaseEvent | None) -> Manner | None:
    said = delivered.detail.get("manner", "") if delivered is not None else ""
    return Manner(said) if said in {*Manner} else None


def _at_the_window(delivered: CaseEvent | None) -> bool:
    return delivered is not None and _manner(delivered) in (None, Manner.DIRECT)


def _clerk(name: str, station_name: str) -> AuthorizedParty:
    return AuthorizedParty(name, "", "", "", station_name, "")


def _issued(told: CaseEvent) -> datetime:
    """When the organ issued it; when it was heard of, where its own time cannot be read."""
    try:
        moment = datetime.fromisoformat(told.detail.get("value.at") or told.detail.get("at", ""))
    except ValueError:
        return told.at
    return moment if moment.tzinfo else told.at


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
