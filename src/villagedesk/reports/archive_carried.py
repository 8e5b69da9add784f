"""What a case's metadata in an archive package says of its way to the township, and of what the villager said."""

from __future__ import annotations

from collections.abc import Sequence

from villagedesk.domain.evaluation import CallBack, Evaluation
from villagedesk.domain.handover import Batch
from villagedesk.domain.visit import Visit


def batches_told(case_id: str, batches: Sequence[Batch]) -> list[dict[str, object]]:
    """Every batch it was in, with its own line alone: the others are other people's."""
    return [_batch(batch, case_id) for batch in batches]


def visit_told(visit: Visit | None) -> dict[str, object] | None:
    """The home visit on which it was begun; None where it was begun at the window."""
    if visit is None:
        return None
    return {"visit_no": visit.visit_no, "planned_on": visit.planned_on, "made": visit.made_at.isoformat()}


def evaluations_told(evaluations: Sequence[Evaluation]) -> list[dict[str, object]]:
    """What was said of it at each stage."""
    return [
        {
            "stage": one.stage,
            "level": one.level,
            "reason": one.reason,
            "at": one.at.isoformat(),
            "clerk": one.clerk,
        }
        for one in evaluations
    ]


def call_backs_told(call_backs: Sequence[CallBack]) -> list[dict[str, object]]:
    """Whom somebody called about it, or was to."""
    return [
        {
            "cause": one.cause,
            "due_on": one.due_on.isoformat(),
            "tries": one.tries,
            "done": None if one.done_at is None else one.done_at.isoformat(),
            "outcome": one.outcome,
            "words": one.words,
        }
        for one in call_backs
    ]


def _batch(batch: Batch, case_id: str) -> dict[str, object]:
    line = batch.line(case_id)
    return {
        "batch_no": batch.batch_no,
        "state": batch.state,
        "organ": batch.organ,
        "clerk": batch.clerk,
        "made": batch.made_at.isoformat(),
        "handed_on": batch.handed_on,
        "receiver": batch.receiver,
        "signed": batch.signed,
        "note": batch.note,
        "papers": line.papers,
        "copies": line.copies,
        "sheets": line.sheets,
        "outcome": line.outcome,
        "counted": line.counted,
        "words": line.words,
    }
