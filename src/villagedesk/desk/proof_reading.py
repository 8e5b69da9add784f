"""The proof that all is sent, read from outbox and log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from villagedesk.desk.proof_views import Period, ProofLine, ProofList, Verdict
from villagedesk.desk.sending_words import day_text
from villagedesk.desk.views import Sentence
from villagedesk.desk.wording import sending_sentence
from villagedesk.domain.audit import RECEIPT_KINDS, AuditEntry, AuditLog
from villagedesk.domain.case import Case
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.masking import mask_name
from villagedesk.domain.outbox import OPEN_STATES, TRAY_STATES, SendingState
from villagedesk.domain.repositories import Snapshot
from villagedesk.sync import decisions
from villagedesk.sync.last_word import Reconciled

MOST_LINES = 200
"""Cases named in one list; the others are counted."""
FRESH = timedelta(hours=24)
"""How long the acceptance system's list of all it holds is believed: it is asked daily."""
_ANSWERS = RECEIPT_KINDS | {"change"}
"""Lines that cannot be there without an answer of the acceptance system."""
_COUNTED = frozenset({"taken_in", "sent", "change", "rejected", "conflict", "decision", "reason", "withdrawn"})
_GIVEN_UP = frozenset({"dropped", "withdrawn"})
_BATCH = 2000


def bounds(period: Period, now: datetime) -> tuple[datetime | None, datetime | None]:
    """First moment of a period in China and the first after it; None and None for all there is, also what was written
    while the PC's clock stood in another year."""
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    month = today.replace(day=1)
    if period is Period.TODAY:
        return today, today + timedelta(days=1)
    if period is Period.LAST_MONTH:
        return (month - timedelta(days=1)).replace(day=1), month
    if period is Period.ALL:
        return None, None
    return month.replace(month=1) if period is Period.YEAR else month, today + timedelta(days=1)


@dataclass
class Told:
    """What the log says of a period. Sets hold case_ids, so that a case told of twice counts once."""

    taken_in: set[str] = field(default_factory=set)
    sent: int = 0
    accepted: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    corrections: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)
    returned: list[AuditEntry] = field(default_factory=list)
    dropped: list[tuple[AuditEntry, str]] = field(default_factory=list)


def read_log(log: AuditLog, since: datetime | None, until: datetime | None) -> Told:
    """Walk the period's lines, newest first."""
    told, reasons = Told(), dict[tuple[str, datetime], str]()
    before: int | None = None
    while entries := log.entries(_BATCH, before=before, since=since, until=until, kinds=_COUNTED):
        for entry in entries:
            _count(told, reasons, entry)
        before = entries[-1].seq
    # The reason is written in the decision's transaction, after it; at one moment, which names the pair.
    told.dropped = [(entry, reasons.get((entry.case_id, entry.at), "")) for entry, _ in told.dropped]
    return told


def _count(told: Told, reasons: dict[tuple[str, datetime], str], entry: AuditEntry) -> None:
    change = entry.detail.get("change", "")
    if entry.kind == "taken_in":
        told.taken_in.add(entry.case_id)
    elif entry.kind == "sent":
        told.sent += 1
    elif entry.kind in ("reason", "withdrawn"):
        reasons[(entry.case_id, entry.at)] = entry.detail.get("reason", "")
    elif entry.kind == "decision" and entry.detail.get("decision") in _GIVEN_UP:
        told.dropped.append((entry, ""))
    elif entry.kind in ("rejected", "conflict"):
        told.rejected.add(entry.case_id)
        told.returned.append(entry)
    elif change in ("refused", "correction_asked"):
        (told.refused if change == "refused" else told.corrections).add(entry.case_id)
        told.returned.append(entry)
    elif change == "accepted":
        told.accepted.add(entry.case_id)


def last_answer(log: AuditLog) -> datetime | None:
    """When the newest line was written that an answer of the acceptance system brought about."""
    found = log.entries(1, kinds=_ANSWERS)
    return found[0].at if found else None


def verdict_of(
    states: Mapping[SendingState, int],
    reconciled: Reconciled | None,
    receipt: int,
    now: datetime,
    *,
    online: bool,
) -> Verdict:
    """How sure it is that all is sent. Nothing is called sent on a word that is older than what was sent last.

    Args:
        states: how many rows stand in each state that is open or in the tray.
        reconciled: the last time the acceptance system told all it holds.
        receipt: the log's number of the newest receipt, read with ``states``.
    """
    if any(states.get(state) for state in OPEN_STATES):
        return Verdict.OPEN
    if any(states.get(state) for state in TRAY_STATES):
        return Verdict.TRAY
    if not online:
        return Verdict.OFFLINE
    if reconciled is None or reconciled.newest_receipt != receipt or reconciled.forgotten:
        return Verdict.UNASKED
    if not timedelta(0) <= now - reconciled.asked_at <= FRESH:
        return Verdict.UNASKED
    return Verdict.LACKING if reconciled.lacking else Verdict.PROVEN


def last_words(answer: datetime | None, reconciled: Reconciled | None, link: Sentence) -> tuple[Sentence, ...]:
    """On whose word it stands, and from when."""
    found = [
        Sentence("proof.no_answer", {}, "warn")
        if answer is None
        else Sentence("proof.answer", {"time": day_text(answer)})
    ]
    if reconciled is None:
        found.append(Sentence("proof.never_reconciled", {}, "warn"))
    else:
        params = {
            "time": day_text(reconciled.asked_at),
            "receipts": reconciled.receipts,
            "forgotten": reconciled.forgotten,
            "lacking": reconciled.lacking,
        }
        whole = not reconciled.forgotten and not reconciled.lacking
        key = "whole" if whole else "forgotten" if reconciled.forgotten else "lacking"
        found.append(Sentence(f"proof.reconciled.{key}", params, "good" if whole else "warn"))
    return (*found, link)


def open_list(snapshot: Snapshot, *, online: bool) -> tuple[ProofList, Mapping[SendingState, int]]:
    """What is open or in the tray, oldest first, and how many rows of each state."""
    rows = snapshot.outbox(OPEN_STATES | TRAY_STATES)
    paused = decisions.queue_is_paused(snapshot)
    states: dict[SendingState, int] = {}
    for row in rows:
        states[row.state] = states.get(row.state, 0) + 1
    sizes = snapshot.sending_sizes(OPEN_STATES | TRAY_STATES)
    lines = []
    for row in rows[:MOST_LINES]:
        case = snapshot.case(row.case_id)
        size = sizes.get(row.case_id)
        done, total = (0, 0) if size is None else (size.pages_done, size.pages_total)
        state = sending_sentence(case.status, row, done, total, online=online, paused=paused)
        lines.append(_line(case, row.created_at, state))
    return ProofList(tuple(lines), len(rows)), states


def returned_list(snapshot: Snapshot, entries: list[AuditEntry]) -> ProofList:
    """What the acceptance system sent back or refused."""

    def what(entry: AuditEntry) -> Sentence:
        return Sentence(f"proof.returned.{entry.detail.get('change') or entry.kind}", {}, "bad")

    def said(entry: AuditEntry) -> str:
        texts = [entry.detail.get(f"value.{name}", "").strip() for name in ("reason", "wanted")]
        return " ".join(text for text in texts if text)

    return _listed(snapshot, [(entry, said(entry)) for entry in entries], what)


def dropped_list(snapshot: Snapshot, entries: list[tuple[AuditEntry, str]]) -> ProofList:
    """What clerks decided not to send, with who and why."""

    def what(entry: AuditEntry) -> Sentence:
        return Sentence(f"proof.dropped.{entry.detail['decision']}", {"clerk": entry.actor}, "warn")

    return _listed(snapshot, entries, what)


def _listed(
    snapshot: Snapshot, entries: list[tuple[AuditEntry, str]], what: Callable[[AuditEntry], Sentence]
) -> ProofList:
    lines = [_line(snapshot.case(entry.case_id), entry.at, what(entry), said) for entry, said in entries[:MOST_LINES]]
    return ProofList(tuple(lines), len(entries))


def _line(case: Case, at: datetime, what: Sentence, said: str = "") -> ProofLine:
    return ProofLine(case.case_id, case.local_no or "", mask_name(case.applicant.name), case.item_name, at, what, said)
