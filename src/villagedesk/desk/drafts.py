"""Finding what the clerk may still write into: a draft, or a case that is being corrected; the error if it is neither.

A correction is kept beside its case: half-typed values are nobody's name yet, and the case reads as it was sent until
the corrected one goes out as the next revision.
"""

from __future__ import annotations

from dataclasses import replace

from villagedesk.desk.case_here import case_here
from villagedesk.desk.case_possible import withdrawal_under_way
from villagedesk.desk.snags import last_submission, sends_again
from villagedesk.domain.case import Case, CaseStatus, Material, MaterialState
from villagedesk.domain.outbox import OPEN_STATES
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.unsent import CORRECTED_IN


def draft_of(snapshot: Snapshot, case_id: str) -> Case:
    """The draft. Raises InputProblem ``intake.gone``, ``intake.not_a_draft``."""
    case = case_here(snapshot, case_id)
    if case.status is not CaseStatus.DRAFT:
        raise InputProblem("intake.not_a_draft", local_no=case.local_no or "")
    return case


def open_case(snapshot: Snapshot, case_id: str) -> Case:
    """The draft, or the case as the clerk has corrected it so far.

    Raises:
        InputProblem: ``intake.gone``, ``intake.not_a_draft``; ``correction.overtaken`` when the case went on while it
            was corrected; ``correction.waits``, ``correction.waits_withdrawal`` while something of it is on its way.
    """
    case = typed_case(snapshot, case_id)
    waits = waits_for(snapshot, case)
    if waits:
        raise InputProblem(waits)
    if is_overtaken(snapshot, case):
        raise InputProblem("correction.overtaken")
    return case


def typed_case(snapshot: Snapshot, case_id: str) -> Case:
    """As :func:`open_case`, and a correction that was overtaken, too: a key pressed before the clerk could know is
    kept with the others, though nothing sends it."""
    case = case_here(snapshot, case_id)
    kept = snapshot.correction(case_id)
    return draft_of(snapshot, case_id) if kept is None else _corrected(case, kept)


def put_typed(transaction: Transaction, case: Case) -> None:
    """Save what :func:`typed_case` gave, changed."""
    if transaction.correction(case.case_id) is None:
        transaction.put_case(case)
    else:
        transaction.put_correction(case)


def is_overtaken(snapshot: Snapshot, case: Case) -> bool:
    """Whether a correction of the case is kept that cannot be sent, because the case went on without it."""
    begun = snapshot.correction(case.case_id) is not None
    return begun and not corrects(snapshot, case) and not waits_for(snapshot, case)


def waits_for(snapshot: Snapshot, case: Case) -> str:
    """Why a correction of the case cannot be sent yet, though it may be later: the key of what says so; "" where it
    waits for nothing. A server set back to an older state has the last revision sent once more meanwhile."""
    if snapshot.correction(case.case_id) is None or case.status not in CORRECTED_IN:
        return ""
    rows = snapshot.outbox_of_case(case.case_id)
    if withdrawal_under_way(rows) is not None:
        return "correction.waits_withdrawal"
    last = last_submission(rows)
    return "correction.waits" if last is not None and last.state in OPEN_STATES else ""


def corrects(snapshot: Snapshot, case: Case) -> bool:
    """Whether a case is being corrected, and still may be: the other side may have gone on with it in the meantime."""
    begun = snapshot.correction(case.case_id) is not None
    return begun and (sends_again(case, snapshot.outbox_of_case(case.case_id)) or completes(case))


def completes(case: Case) -> bool:
    """Whether what a case is opened for is what the acceptance system wants besides: it is carried still, and nothing
    of it is sent by that."""
    return case.mode is HandlingMode.PROXY and case.status in (CaseStatus.RECEIVED, CaseStatus.HANDED_OVER)


def put_open(transaction: Transaction, case: Case) -> None:
    """Save what :func:`open_case` gave, changed: a draft as the case it is, a correction beside its case."""
    if corrects(transaction, case):
        transaction.put_correction(case)
    else:
        transaction.put_case(case)


def _corrected(case: Case, kept: Case) -> Case:
    """States and numbers are the case's, which may have moved on; what was typed and noted is the correction's, and the
    version of the item it was typed for."""
    there = {one.requirement_id: one for one in case.materials}
    return replace(
        case,
        item_version=kept.item_version,
        applicant=kept.applicant,
        parties=kept.parties,
        form=kept.form,
        step=kept.step,
        updated_at=kept.updated_at,
        materials=tuple(_still(one, there.get(one.requirement_id)) for one in kept.materials),
    )


def _still(kept: Material, there: Material | None) -> Material:
    """A paper as noted in the correction, with what was done to it in the case itself since: given back, or brought
    after it was promised."""
    if there is None:
        return kept
    if kept.state is MaterialState.PROMISED and there.state is MaterialState.TAKEN:
        return there
    return replace(kept, returned=kept.returned or (there.returned and kept.state is there.state))
