"""Cases the acceptance system has of this station and this PC lacks, as after an older backup was restored.

Each reconciling makes the list anew. What is here under its number only (it was typed into that system by hand) stands
in it too, because a number may be corrected, and is told from the rest when it is read. The list is kept as a setting,
inside the encrypted database, because it names persons.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import Enum, auto

from villagedesk.acceptance.wire import CaseAnswer, CaseSummary
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.sync.last_word import doubt_reconciled, forget_failure

MOST = 5000
"""Cases kept by name; a backup that lacks more than a year of work is told by its count of these all the same."""
_LIST = "sync.missing_cases"
_SEEN = "sync.missing_seen"
_WANTED = "sync.missing_wanted"


@dataclass(frozen=True)
class MissingEntry:
    """A case as the acceptance system describes it; texts are "" where it does not say.

    Args:
        document_number: the applicant's, "" from a system that keeps it to itself.
        received_at: ISO 8601, UTC, as it came.
        state: the server's own word.
    """

    case_id: str
    local_no: str = ""
    item_name: str = ""
    applicant_name: str = ""
    received_at: str = ""
    acceptance_no: str = ""
    state: str = ""
    document_number: str = ""


class Lack(Enum):
    """How a case the acceptance system has does not stand here under its name.

    NUMBERED: one here has its number; it was typed into the acceptance system by hand and has a name of its own there.
    """

    WHOLLY = auto()
    DRAFT = auto()
    NUMBERED = auto()


@dataclass(frozen=True)
class Settled:
    """That a clerk has looked after a missing case.

    Args:
        clerk, at: "" and None where a program older than these noted it.
        heard: names the newest change that had been told of the case by then, "" when there was none.
    """

    clerk: str = ""
    at: datetime | None = None
    heard: str = ""


def entry_of(case: CaseAnswer) -> MissingEntry:
    """What of an answer names the case to a clerk."""
    return MissingEntry(case.case_id, **(case.summary or CaseSummary()).model_dump())


def want(transaction: Transaction) -> None:
    """Ask for the list at once: its pieces come before what else waits to be sent, a turn each."""
    forget_failure(transaction)
    transaction.put_setting(_WANTED, "yes")


def want_no_more(transaction: Transaction) -> None:
    """It came, or there is none."""
    _put(transaction, _WANTED, "")


def is_wanted(snapshot: Snapshot) -> bool:
    """Whether the list was asked for and has not come."""
    return snapshot.setting(_WANTED) == "yes"


def put_missing(transaction: Transaction, entries: Iterable[MissingEntry]) -> None:
    """Keep what a reconciling found, and nothing of the one before.

    Args:
        entries: of what does not stand here under its name, what lacks before what is known by its number.
    """
    kept = list(entries)[:MOST]
    listed = sorted(kept, key=lambda entry: (entry.received_at, entry.local_no, entry.case_id))
    text = json.dumps([asdict(entry) for entry in listed], ensure_ascii=False) if listed else ""
    _put(transaction, _LIST, text)
    known = {entry.case_id for entry in listed}
    _put_all_settled(transaction, {name: one for name, one in settled(transaction).items() if name in known})
    want_no_more(transaction)


def missing_cases(snapshot: Snapshot) -> tuple[tuple[MissingEntry, bool], ...]:
    """What is still missing, oldest first, each with whether it is a draft here; what came meanwhile is left out."""
    found = kept_not_by_name(snapshot)
    return tuple((entry, lack is Lack.DRAFT) for entry, lack in found if lack is not Lack.NUMBERED)


def not_by_name(snapshot: Snapshot, entries: Sequence[MissingEntry]) -> tuple[tuple[MissingEntry, Lack], ...]:
    """Those of them that do not stand on this PC under their name as more than a draft."""
    here = snapshot.statuses([entry.case_id for entry in entries])
    strange = [entry for entry in entries if entry.case_id not in here]
    numbers = snapshot.numbers_here([_number(entry) for entry in strange])

    def lack(entry: MissingEntry) -> Lack:
        if entry.case_id in here:
            return Lack.DRAFT
        return Lack.NUMBERED if _number(entry) in numbers else Lack.WHOLLY

    return tuple((entry, lack(entry)) for entry in entries if here.get(entry.case_id) in (None, CaseStatus.DRAFT))


def kept_not_by_name(snapshot: Snapshot) -> tuple[tuple[MissingEntry, Lack], ...]:
    """The whole list, oldest first: what is still missing, and what is here under its number only."""
    return not_by_name(snapshot, _kept(snapshot))


def known_there(snapshot: Snapshot) -> Sequence[MissingEntry]:
    """All on the list, also what stands here under its number or as a draft, oldest first."""
    return _kept(snapshot)


def number_let_go(transaction: Transaction) -> None:
    """A case here has its number no more. The acceptance system's case of that number may lack from now on; where the
    list could not keep all that was known by its number, only a new one tells."""
    if len(_kept(transaction)) >= MOST:
        doubt_reconciled(transaction)
        want(transaction)


def settled(snapshot: Snapshot) -> Mapping[str, Settled]:
    """By case_id, what the clerk has settled."""
    kept = snapshot.setting(_SEEN)
    if not kept.startswith("{"):  # a program before this one wrote the names alone
        return {name: Settled() for name in kept.split()}
    found = json.loads(kept).items()
    return {name: Settled(clerk, moment_of(at) if at else None, heard) for name, (clerk, at, heard) in found}


def put_settled(transaction: Transaction, case_id: str, one: Settled) -> None:
    """The clerk has settled this one."""
    _put_all_settled(transaction, {**settled(transaction), case_id: one})


def _put_all_settled(transaction: Transaction, found: Mapping[str, Settled]) -> None:
    kept = {name: (one.clerk, utc_text(one.at) if one.at else "", one.heard) for name, one in found.items()}
    _put(transaction, _SEEN, json.dumps(kept, ensure_ascii=False) if kept else "")


def _kept(snapshot: Snapshot) -> list[MissingEntry]:
    kept = snapshot.setting(_LIST)
    names = [field.name for field in fields(MissingEntry)]
    return [MissingEntry(**{name: str(raw.get(name, "")) for name in names}) for raw in json.loads(kept or "[]")]


def _number(entry: MissingEntry) -> str:
    return entry.acceptance_no.strip()


def _put(transaction: Transaction, name: str, value: str) -> None:
    """Write only what changes: most reconcilings find nothing missing."""
    if transaction.setting(name) != value:
        transaction.put_setting(name, value)
