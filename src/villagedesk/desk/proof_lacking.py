"""On the proof that all is sent: what the acceptance system has and this PC lacks, and why its list does not come."""

from __future__ import annotations

from collections.abc import Sequence

from villagedesk.desk.missing_reading import MissingCase
from villagedesk.desk.proof_reading import MOST_LINES
from villagedesk.desk.proof_views import ProofLine, ProofList
from villagedesk.desk.sending_words import day_text
from villagedesk.desk.views import Sentence
from villagedesk.domain.masking import mask_name
from villagedesk.sync.last_word import NotReconciled

_OF_A_LIST = frozenset({"sync.reason.cut", "sync.reason.timeout", "sync.reason.not_taken_now"})
"""Reasons whose usual words speak of a case that is sent; of a list, ``proof.failed.<reason>``."""


def failure_words(failed: NotReconciled | None) -> Sentence | None:
    """Why what the acceptance system holds has not come; None where nothing went wrong."""
    if failed is None:
        return None
    params: dict[str, object] = {"time": day_text(failed.since)}
    if failed.refused:
        return Sentence("proof.failed.refused", params, "warn")
    why = failed.reason
    if why in _OF_A_LIST:
        why = f"proof.failed.{why.rpartition('.')[2]}"
    return Sentence("proof.failed.since", {**params, "why": Sentence(why)}, "warn")


def lacking_list(missing: Sequence[MissingCase]) -> ProofList:
    """What the acceptance system has and this PC lacks, with who looked after it and what was said of it last."""

    def what(case: MissingCase) -> Sentence:
        if case.settled is None:
            stands = Sentence("proof.lacking.open", {}, "warn")
        elif case.settled.at is None:
            stands = Sentence("proof.lacking.settled_once")
        else:
            by = {"clerk": case.settled.clerk, "time": day_text(case.settled.at)}
            stands = Sentence("proof.lacking.settled", by)
        for more in (case.state, case.told):
            if more is not None:
                stands = Sentence("missing.told.and", {"first": stands, "rest": more}, stands.tone)
        return stands

    lines = tuple(
        ProofLine(
            case.case_id,
            case.asked_by,
            mask_name(case.applicant_name),
            case.item_name,
            case.received_at,
            what(case),
        )
        for case in missing[:MOST_LINES]
    )
    return ProofList(lines, len(missing))
