"""Which papers a case has, why one cannot be printed, and which its present step needs (domain: section 5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from villagedesk.desk.paper_source import PaperSource, newest_supplement
from villagedesk.desk.print_choices import PrintChoices
from villagedesk.desk.views import PaperView, Sentence
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.clock import utc_text
from villagedesk.domain.document import FOR_THE_APPLICANT, PDF
from villagedesk.domain.life_cycle import TRANSITIONS, CaseChange
from villagedesk.domain.party import PartyRole
from villagedesk.domain.printing import ORGANS_PAPERS, PaperKind, PrintJob, PrintSet
from villagedesk.domain.service_item import HandlingMode

NOTICE_NO = "value.notice_no"
"""Of a change the acceptance system told: its number of the notice it issued with it."""
_NOTICES = {
    PaperKind.CORRECTION_NOTICE: CaseChange.CORRECTION_ASKED,
    PaperKind.REFUSAL_NOTICE: CaseChange.REFUSED,
}
_AT_THE_END = frozenset(
    {CaseStatus.CONCLUDED, CaseStatus.RESULT_WAITING, CaseStatus.DELIVERED, CaseStatus.ARCHIVED, CaseStatus.REFUSED}
)
_BY_STEP = {
    CaseStatus.ACCEPTED: (PaperKind.ACCEPTANCE_NOTICE,),
    CaseStatus.IN_PROCESS: (PaperKind.ACCEPTANCE_NOTICE,),
    CaseStatus.SUSPENDED: (PaperKind.ACCEPTANCE_NOTICE,),
    CaseStatus.RETURNED: (PaperKind.CORRECTION_NOTICE,),
    CaseStatus.REFUSED: (PaperKind.REFUSAL_NOTICE,),
    CaseStatus.CONCLUDED: (PaperKind.DELIVERY_RECORD,),
    CaseStatus.RESULT_WAITING: (PaperKind.DELIVERY_RECORD,),
    CaseStatus.DELIVERED: (PaperKind.DELIVERY_RECORD,),
}
_AT_INTAKE = (PaperKind.RECEIPT, PaperKind.SUPPLEMENT_RECEIPT, PaperKind.PROXY_AUTHORIZATION)
_RESULT_STEPS = frozenset({CaseStatus.CONCLUDED, CaseStatus.RESULT_WAITING, CaseStatus.DELIVERED})


def papers_of(source: PaperSource) -> tuple[PaperView, ...]:
    """The papers that a case of its kind and standing has, each printable or why not.

    The organ's papers are printable only with the acceptance system's own number (I7), or the township's of a case that
    was carried there; of a case that was entered there
    by hand they were issued there, and are printed there.
    """
    if source.case.mode is HandlingMode.GUIDED:
        return ()  # nothing was taken in, and nothing is accepted through this window
    return tuple(PaperView(kind, why_not is None, why_not, jobs_of(source, kind)) for kind, why_not in _kinds(source))


def about(source: PaperSource, kind: PaperKind) -> str:
    """Which paper of that kind it would be now: the organ's number of its notice, the moment when papers came."""
    if kind is PaperKind.ACCEPTANCE_NOTICE:
        return source.case.official_no
    if kind is PaperKind.SUPPLEMENT_RECEIPT:
        brought = newest_supplement(source)
        return utc_text(brought.event.at) if brought is not None else ""
    told = source.told(_NOTICES[kind]) if kind in _NOTICES else None
    return told.detail.get(NOTICE_NO, "").strip() if told is not None else ""


def jobs_of(source: PaperSource, kind: PaperKind, which: str | None = None) -> tuple[PrintJob, ...]:
    """Prints of that very paper, oldest first; those of before papers were told apart count as of it.

    Args:
        which: as of :attr:`PrintJob.about`; None for the one there would be now.
    """
    wanted = about(source, kind) if which is None else which
    return tuple(job for job in source.jobs if job.kind is kind and job.about in ("", wanted))


def why_not(source: PaperSource, kind: PaperKind) -> Sentence | None:
    """Why a paper cannot be printed now; None when it can."""
    known = dict(_kinds(source))
    return known[kind] if kind in known else Sentence("printing.not_of_this_case")


def set_of(source: PaperSource, choices: PrintChoices) -> PrintSet:
    """What one press prints of a case: what its step needs and was not printed yet; all of it, where all was."""
    copies = dict(choices.copies)
    if source.case.mode is not HandlingMode.PROXY:  # there the agent brings his own, mostly
        copies.setdefault(PaperKind.PROXY_AUTHORIZATION, 0)
    kinds = _wanted_now(source, copies)
    printable = [one for one in source.documents if one.is_here and one.media_type == PDF]
    printable = [one for one in printable if one.origin in FOR_THE_APPLICANT]
    documents = tuple(printable) if source.case.status in _RESULT_STEPS else ()
    printed_files = {job.page_id for job in source.jobs if job.may_be_out}
    new_kinds = tuple(kind for kind in kinds if not any(job.may_be_out for job in jobs_of(source, kind)))
    new_documents = tuple(one for one in documents if one.page_id not in printed_files)
    if new_kinds or new_documents:
        return PrintSet(new_kinds, tuple(one.key for one in new_documents))
    return PrintSet(kinds, tuple(one.key for one in documents), again=bool(kinds or documents))


def _wanted_now(source: PaperSource, copies: Mapping[PaperKind, int]) -> tuple[PaperKind, ...]:
    """The papers the present step needs and that can be printed; the receipt where it needs no other.

    Args:
        copies: how many of each belong to a set; a paper of which none does is left out.
    """
    ready = {paper.kind for paper in papers_of(source) if paper.printable and copies.get(paper.kind, 1) > 0}
    step = tuple(kind for kind in _BY_STEP.get(source.case.status, _AT_INTAKE) if kind in ready)
    if step or source.case.status in _RESULT_STEPS:
        return step
    return tuple(kind for kind in (PaperKind.RECEIPT,) if kind in ready)


def _kinds(source: PaperSource) -> Iterator[tuple[PaperKind, Sentence | None]]:
    case = source.case
    yield PaperKind.RECEIPT, None if case.local_no is not None else Sentence("printing.not_taken_in")
    if newest_supplement(source) is not None:
        yield PaperKind.SUPPLEMENT_RECEIPT, None
    agent = case.party(PartyRole.AGENT)
    if agent is not None or case.mode is HandlingMode.PROXY:
        yield PaperKind.PROXY_AUTHORIZATION, None if case.applicant.name else Sentence("printing.no_applicant")
    yield PaperKind.ACCEPTANCE_NOTICE, _no_acceptance(source)
    for kind, change in _NOTICES.items():
        if source.told(change) is not None:
            yield kind, _no_notice(source, kind)
    if case.status in _AT_THE_END:
        yield PaperKind.DELIVERY_RECORD, None


def _no_acceptance(source: PaperSource) -> Sentence | None:
    case = source.case
    if source.by_hand:
        return Sentence("bridge.notice_there")
    if case.official_no.strip() and case.accepted_at is not None:
        carried = case.mode is HandlingMode.PROXY and not case.acceptance_no
        no_organ = Sentence("printing.no_organ_told" if carried else "printing.no_organ")
        return None if case.accepting_organ.strip() else no_organ
    still = CaseChange.ACCEPTED in TRANSITIONS[case.status] and case.status is not CaseStatus.REFUSED
    return Sentence("printing.no_acceptance_number" if still else "printing.never_accepted")


def _no_notice(source: PaperSource, kind: PaperKind) -> Sentence | None:
    assert kind in ORGANS_PAPERS
    if source.by_hand:
        return Sentence("bridge.notice_there")
    told = source.told(_NOTICES[kind])
    if told is None or not told.detail.get(NOTICE_NO, "").strip():
        return Sentence("printing.no_notice")
    if not (told.detail.get("value.organ", "") or source.case.accepting_organ).strip():
        return Sentence("printing.no_organ")
    if kind is PaperKind.REFUSAL_NOTICE and not told.detail.get("value.reason", "").strip():
        return Sentence("printing.no_reason")
    return None
