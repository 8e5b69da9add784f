"""Cases the acceptance system has of this station and this PC lacks, as after an older backup was restored.

Each reconciling makes the list anew. It is kept as a setting, inside the encrypted database, because it names persons.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields

from villagedesk.acceptance.wire import CaseAnswer, CaseSummary
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.repositories import Snapshot, Transaction

MOST = 5000
"""Cases kept by name; a backup that lacks more than a year of work is told by its count of these all the same."""
_LIST = "sync.missing_cases"
_SEEN = "sync.missing_seen"
_WANTED = "sync.missing_wanted"


@dataclass(frozen=True)
class MissingEntry:
    """A case as the acceptance system describes it; texts are "" where it does not say.

    Args:
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


def entry_of(case: CaseAnswer) -> MissingEntry:
    """What of an answer names the case to a clerk."""
    return MissingEntry(case.case_id, **(case.summary or CaseSummary()).model_dump())


def want(transaction: Transaction) -> None:
    """Ask for the list at once: its pieces come before what else waits to be sent, a turn each."""
    transaction.put_setting(_WANTED, "yes")


def is_wanted(snapshot: Snapshot) -> bool:
    """Whether the list was asked for and has not come."""
    return snapshot.setting(_WANTED) == "yes"


def put_missing(transaction: Transaction, entries: Iterable[MissingEntry]) -> None:
    """Keep what a reconciling found, and nothing of the one before."""
    listed = sorted(entries, key=lambda entry: (entry.received_at, entry.local_no, entry.case_id))[:MOST]
    text = json.dumps([asdict(entry) for entry in listed], ensure_ascii=False) if listed else ""
    _put(transaction, _LIST, text)
    known = {entry.case_id for entry in listed}
    _put(transaction, _SEEN, " ".join(name for name in _seen(transaction) if name in known))
    _put(transaction, _WANTED, "")


def missing_cases(snapshot: Snapshot) -> tuple[tuple[MissingEntry, bool], ...]:
    """What is still missing, oldest first, each with whether it is a draft here; what came meanwhile is left out."""
    kept = snapshot.setting(_LIST)
    if not kept:
        return ()
    names = [field.name for field in fields(MissingEntry)]
    entries = [MissingEntry(**{name: str(raw.get(name, "")) for name in names}) for raw in json.loads(kept)]
    here = snapshot.statuses([entry.case_id for entry in entries])
    return tuple((entry, entry.case_id in here) for entry in entries if not is_taken_in(here, entry.case_id))


def seen(snapshot: Snapshot) -> frozenset[str]:
    """case_ids the clerk has settled."""
    return frozenset(_seen(snapshot))


def put_seen(transaction: Transaction, case_id: str) -> None:
    """The clerk has settled this one."""
    _put(transaction, _SEEN, " ".join(dict.fromkeys([*_seen(transaction), case_id])))


def is_taken_in(here: Mapping[str, CaseStatus], case_id: str) -> bool:
    """Whether a case stands on this PC as more than a draft.

    Args:
        here: where cases of this PC stand.
    """
    return here.get(case_id, CaseStatus.DRAFT) is not CaseStatus.DRAFT


def _seen(snapshot: Snapshot) -> list[str]:
    return snapshot.setting(_SEEN).split()


def _put(transaction: Transaction, name: str, value: str) -> None:
    """Write only what changes: most reconcilings find nothing missing."""
    if transaction.setting(name) != value:
        transaction.put_setting(name, value)
