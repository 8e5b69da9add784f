"""The proof that all is sent, read from outbox and log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from villagedesk.desk.missing_reading import MissingCase, count_unsettled, settled_lines
from villagedesk.desk.proof_views import Period, ProofLine, ProofList, Verdict
from villagedesk.desk.sending_words import day_text, words_in
from villagedesk.desk.views import Sentence
from villagedesk.desk.wanted import said_of, wanted_views
from villagedesk.desk.wording import sending_sentence
from villagedesk.domain.audit import RECEIPT_KINDS, AuditEntry, AuditLog, Tally, Telling
from villagedesk.domain.case import Case, CaseEvent
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.masking import mask_name
from villagedesk.domain.outbox import OPEN_STATES, TRAY_STATES, UNSETTLED_STATES, SendingState
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.told_text import tamed
from villagedesk.domain.typed_text import one_line
from villagedesk.sync import decisions
from villagedesk.sync.last_word import RECONCILE_EVERY, Reconciled

MOST_LINES = 200
"""Cases named in one list; the others are counted."""
_MOST_SAID = 120
"""Characters of what the acceptance system said that stand on a line of the paper."""
FRESH = RECONCILE_EVERY + timedelta(hours=2)
"""How long the acceptance system's list of all it holds is believed: until the next has surely come, also when the
system is busy and sends this PC away for an hour first."""
_ANSWERS = RECEIPT_KINDS | {"change"}
"""Lines that cannot be there without an answer of the acceptance system."""
_MANY = frozenset({"taken_in", "sent", "change"})
_CAME_BACK = frozenset({"rejected", "conflict"})
_TROUBLE = _CAME_BACK | {"change", "decision"}
_TELLING = {
    "change": Telling("change", frozenset({"refused", "correction_asked"})),
    "decision": Telling("decision", frozenset({"dropped", "withdrawn"})),
}
_REASONS = frozenset({"reason", "withdrawn"})
_MOST_TROUBLE = 100_000
"""More than a station has in all its years; a log that somebody filled must not fill the memory."""
_NO_TIME = timedelta(microseconds=1)


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


@dataclass(frozen=True)
class Told:
    """What the log says of a period. A case that is told of twice counts once.

    Args:
        sent: receipts; a case has one for each of its revisions.
        returned: lines of what the acceptance system sent back or refused, newest first.
        dropped: lines of what was given up, newest first, each with the clerk's reason for those that are named.
    """

    taken_in: int
    sent: int
    accepted: int
    refused: int
    corrections: int
    rejected: int
    returned: Sequence[AuditEntry]
    dropped: Sequence[tuple[AuditEntry, str]]


def read_log(log: AuditLog, since: datetime | None, until: datetime | None, progress: Progress = silent) -> Told:
    """Count the period's lines. Of the many only the numbers are read, of the few that tell of trouble all.

    Raises:
        Cancelled: out of ``progress``.
    """
    tally = log.tally("change", kinds=_MANY, since=since, until=until, progress=_third(progress, 0))
    few = log.entries(
        _MOST_TROUBLE, since=since, until=until, kinds=_TROUBLE, telling=_TELLING, progress=_third(progress, 1)
    )
    returned = [entry for entry in few if entry.kind != "decision"]
    dropped = [entry for entry in few if entry.kind == "decision"]
    return Told(
        taken_in=tally.get(("taken_in", ""), Tally()).cases,
        sent=tally.get(("sent", ""), Tally()).lines,
        accepted=tally.get(("change", "accepted"), Tally()).cases,
        refused=len({entry.case_id for entry in returned if entry.detail.get("change") == "refused"}),
        corrections=len({entry.case_id for entry in returned if entry.detail.get("change") == "correction_asked"}),
        rejected=len({entry.case_id for entry in returned if entry.kind in _CAME_BACK}),
        returned=returned,
        dropped=[(entry, _reason(log, entry) if number < MOST_LINES else "") for number, entry in enumerate(dropped)],
    )


def _third(progress: Progress, before: int) -> Progress:
    """The log is read up to three times over; what is told is told of all.

    Args:
        before: how often it has been read.
    """
    return lambda done, total: progress(before * total + done, 3 * total)


def _reason(log: AuditLog, decided: AuditEntry) -> str:
    """It is written in the decision's transaction, after it; at one moment, which names the pair."""
    at = decided.at
    lines = log.entries(1, since=at, until=at + _NO_TIME, case_id=decided.case_id, kinds=_REASONS)
    return lines[0].detail.get("reason", "") if lines else ""


def last_answer(log: AuditLog, progress: Progress = silent) -> datetime | None:
    """When the newest line was written that an answer of the acceptance system brought about; read after
    :func:`read_log`.

    Raises:
        Cancelled: out of ``progress``.
    """
    found = log.entries(1, kinds=_ANSWERS, progress=_third(progress, 2))
    return found[0].at if found else None


def verdict_of(
    states: Mapping[SendingState, int],
    reconciled: Reconciled | None,
    receipt: int,
    now: datetime,
    *,
    online: bool,
    lacking: int,
    refused: bool,
) -> Verdict:
    """How sure it is that all is sent. Nothing is called sent on a word that is older than what was sent last.

    Args:
        states: how many rows stand in each state that is open or in the tray.
        reconciled: the last time the acceptance system told all it holds.
        receipt: the log's number of the newest receipt, read with ``states``.
        lacking: how many cases it holds that this PC has not and nobody has looked after.
        refused: it says that it cannot tell what it holds.
    """
    if any(states.get(state) for state in OPEN_STATES):
        return Verdict.OPEN
    if any(states.get(state) for state in TRAY_STATES):
        return Verdict.TRAY
    if not online:
        return Verdict.OFFLINE
    unasked = Verdict.UNLISTED if refused else Verdict.UNASKED
    if reconciled is None or reconciled.newest_receipt != receipt or reconciled.forgotten:
        return unasked
    if not timedelta(0) <= now - reconciled.asked_at <= FRESH:
        return unasked
    return Verdict.LACKING if lacking else Verdict.PROVEN


def last_words(
    answer: datetime | None, reconciled: Reconciled | None, missing: Sequence[MissingCase], link: Sentence
) -> tuple[Sentence, ...]:
    """On whose word it stands, and from when; and who has looked after what is there and not here."""
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
            "lacking": count_unsettled(missing),
        }
        whole = not reconciled.forgotten and not params["lacking"]
        key = "whole" if whole else "forgotten" if reconciled.forgotten else "lacking"
        found.append(Sentence(f"proof.reconciled.{key}", params, "good" if whole else "warn"))
    return (*found, *settled_lines(missing), link)


def open_list(
    snapshot: Snapshot, *, online: bool, held_up: bool = False
) -> tuple[ProofList, Mapping[SendingState, int]]:
    """What is open or in the tray, oldest first, and how many rows of each state."""
    states = snapshot.count_rows(UNSETTLED_STATES)
    paused = decisions.queue_is_paused(snapshot)
    sizes = snapshot.sending_sizes(UNSETTLED_STATES)
    lines = []
    for row in snapshot.outbox(UNSETTLED_STATES, MOST_LINES):
        case = snapshot.case(row.case_id)
        size = sizes.get(row.case_id)
        done, total = (0, 0) if size is None else (size.pages_done, size.pages_total)
        state = sending_sentence(case.status, row, done, total, online=online, paused=paused, held_up=held_up)
        lines.append(_line(case, row.created_at, state))
    return ProofList(tuple(lines), sum(states.values())), states


def returned_list(snapshot: Snapshot, entries: Sequence[AuditEntry]) -> ProofList:
    """What the acceptance system sent back or refused, with why."""

    def line(entry: AuditEntry) -> ProofLine:
        case = snapshot.case(entry.case_id)
        what = Sentence(f"proof.returned.{entry.detail.get('change') or entry.kind}", {}, "bad")
        return _line(case, entry.at, what, _why(case, entry))

    return ProofList(tuple(map(line, entries[:MOST_LINES])), len(entries))


def dropped_list(snapshot: Snapshot, entries: Sequence[tuple[AuditEntry, str]]) -> ProofList:
    """What clerks decided not to send, with who and why."""

    def line(entry: AuditEntry, said: str) -> ProofLine:
        what = Sentence(f"proof.dropped.{entry.detail['decision']}", {"clerk": entry.actor}, "warn")
        return _line(snapshot.case(entry.case_id), entry.at, what, said)

    return ProofList(tuple(line(*one) for one in entries[:MOST_LINES]), len(entries))


def _why(case: Case, entry: AuditEntry) -> str | Sentence:
    """In the acceptance system's own words; where it gave none, in ours."""
    if entry.kind in _CAME_BACK:
        reason = entry.detail.get("reason", "")
        own: str | Sentence = Sentence(reason) if reason.startswith("sync.reason.") else ""
        return one_line(words_in(entry.detail.get("said", ""))) or own
    told = CaseEvent(entry.case_id, entry.at, entry.actor, entry.kind, detail=entry.detail)
    papers = "、".join(one.name for one in wanted_views(case, told))
    return tamed(one_line("；".join(text for text in (said_of(told), papers) if text)), _MOST_SAID)


def _line(case: Case, at: datetime, what: Sentence, said: str | Sentence = "") -> ProofLine:
    return ProofLine(case.case_id, case.local_no or "", mask_name(case.applicant.name), case.item_name, at, what, said)
