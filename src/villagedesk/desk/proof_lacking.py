"""On the proof that all is sent: what the acceptance system has and this PC lacks, and why its list does not come."""

from __future__ import annotations

from collections.abc import Sequence

from villagedesk.desk.missing_reading import MissingCase
from villagedesk.desk.proof_reading import MOST_LINES
from villagedesk.desk.proof_views import ProofLine, ProofList, Verdict
from villagedesk.desk.sending_words import day_text
from villagedesk.desk.views import Sentence
from villagedesk.domain.masking import mask_name
from villagedesk.sync.last_word import NotReconciled

_OF_A_LIST = frozenset({"sync.reason.cut", "sync.reason.timeout", "sync.reason.not_taken_now"})
"""Reasons whose usual words speak of a case that is sent; of a list, ``proof.failed.<reason>``."""
_OF_A_COMPARISON = frozenset({Verdict.PROVEN, Verdict.LACKING})
"""Verdicts that rest on a list that came."""


def failure_words(failed: NotReconciled | None, verdict: Verdict) -> Sentence | None:
    """Why what the acceptance system holds has not come; None where nothing went wrong.

    Args:
        verdict: beside which it stands; one that rests on a list that came before is not called one of receipts only.
    """
    if failed is None:
        return None
    params: dict[str, object] = {"time": day_text(failed.since)}
    if failed.refused:
        again = "_again" if verdict in _OF_A_COMPARISON else ""
        return Sentence(f"proof.failed.refused{again}", params, "warn")
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
        told = case.told
        if case.has_news and told is not None:
            told = Sentence("proof.lacking.news", {"said": told}, "warn")
        for more in (case.state, told):
            if more is not None:
                tone = "warn" if case.has_news else stands.tone
                stands = Sentence("missing.told.and", {"first": stands, "rest": more}, tone)
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
