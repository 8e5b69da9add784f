"""What happened to an outbox row so far, in words: from the case's log, and from the row's own times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from villagedesk.desk.views import Sentence
from villagedesk.domain.audit import PROGRAM
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.outbox import HELD_STATES, OPEN_STATES, OutboxRow

_STEPS = frozenset({"sent", "action_sent", "rejected", "conflict"})
_DECISIONS = frozenset({"paused", "resumed", "mended", "dropped", "withdrawn", "edited", "first"})
_HELD_BACK = frozenset({"held_begun", "held_by_hand"})
_TONES = {"sent": "good", "action_sent": "good", "rejected": "bad", "conflict": "bad"}


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened to a row.

    Args:
        actor: who did it as the log has it; "" when the program did.
        raw: what the other side put in its own words, for the technician; "" when it said nothing.
    """

    at: datetime
    actor: str
    sentence: Sentence
    raw: str = ""


def row_history(row: OutboxRow, events: Sequence[CaseEvent]) -> tuple[HistoryLine, ...]:
    """In the order in which it happened, whatever the PC's clock said; at the end how it stands, which the log, where
    each kind of trouble has one line for ever, does not say.

    Args:
        events: of the row's case, oldest first.
    """
    told = [_queued(row)]
    for event in events:
        if event.detail.get("action_id") == row.action_id:
            sentence = step_sentence(event.kind, event.detail)
            if sentence is not None:
                actor = "" if event.actor == PROGRAM else event.actor
                told.append(HistoryLine(event.at, actor, sentence, event.detail.get("said", "")))
    if row.frozen_at is not None:
        begun = HistoryLine(row.frozen_at, "", Sentence("sending_history.begun"))
        place = next((number for number, line in enumerate(told[1:], 1) if line.at >= row.frozen_at), len(told))
        told.insert(place, begun)
    if row.attempts and row.state in OPEN_STATES - HELD_STATES:
        told.append(_standing(row))
    return tuple(told)


def _queued(row: OutboxRow) -> HistoryLine:
    return HistoryLine(row.created_at, "", Sentence("sending_history.queued"))


def _standing(row: OutboxRow) -> HistoryLine:
    why = Sentence(row.reason_key) if row.reason_key else None
    params: dict[str, object] = {"count": row.attempts} | ({} if why is None else {"why": why})
    sentence = Sentence("sending_history.still" if why is not None else "sending_history.still_bare", params, "warn")
    return HistoryLine(row.updated_at, "", sentence, row.reason_raw)


def step_sentence(kind: str, detail: Mapping[str, str]) -> Sentence | None:
    """What an event says of the row it names; None for one that says nothing of sending."""
    reason = detail.get("reason", "")
    if kind == "decision" and detail.get("decision") in _DECISIONS:
        return Sentence(f"sending_history.decided.{detail['decision']}")
    if kind == "sending" and reason:
        return Sentence(reason, {}, "warn" if reason.startswith("sync.reason.") else "calm")
    if kind in _HELD_BACK:
        return Sentence(f"sending_history.{kind}", {}, "warn")
    if kind in _STEPS:
        tone = _TONES[kind]
        if reason.startswith("sync.reason."):
            return Sentence(
                "sending_history.because", {"what": Sentence(f"sending_history.{kind}"), "why": Sentence(reason)}, tone
            )
        return Sentence(f"sending_history.{kind}", {}, tone)
    return None
