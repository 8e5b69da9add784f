"""What can be checked of a data folder with a clerk's password: database, log, scanned pages, what was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from villagedesk.app.premises import DataFolder
from villagedesk.domain.audit import STATION, AuditHead, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.fault_trace import fault_lines
from villagedesk.domain.problems import Problem
from villagedesk.domain.repositories import Transaction
from villagedesk.store.audit_log import SqlAuditLog
from villagedesk.store.database import EncryptedStore
from villagedesk.store.generation import known_generation
from villagedesk.store.keys import DataKey, generation_of
from villagedesk.store.lock import FolderLock
from villagedesk.store.outbox_proof import sent_and_unproven
from villagedesk.store.vault import VAULT_FOLDER, PageVault

SUBJECTS = ("database", "audit chain", "scanned pages", "what was sent")


@dataclass(frozen=True)
class Finding:
    """One line of what was found.

    Args:
        good: None when it could not be checked.
    """

    line: str
    good: bool | None


def not_checked(why: str, subjects: tuple[str, ...] = SUBJECTS) -> list[Finding]:
    """Every subject named as one nobody looked at."""
    return [Finding(f"{subject}: NOT CHECKED ({why})", None) for subject in subjects]


def check_inside(folder: Path, clerk: str, password: str, heads: tuple[AuditHead, ...], clock: Clock) -> list[Finding]:
    """Open the folder as a start of the program does and look at everything in it; the look is logged.

    The try of the password counts like one at the window. Nothing found names a person.

    Args:
        heads: ends of the log that were noted earlier, e.g. printed on reports.
    """
    try:
        lock = FolderLock(folder)
    except Problem:
        return not_checked("close the program first")
    try:
        try:
            access = DataFolder(folder, clock).unlock(clerk, password)
        except Problem as problem:
            return [Finding(f"password: {_words(problem)}", False), *not_checked("the password did not open it")]
        if not isinstance(access.key, DataKey):
            raise TypeError("the data key of the slots file is wanted")
        try:
            store = EncryptedStore.open(folder, access.key, clock)
        except Problem as problem:
            return [
                Finding(f"database: {_words(problem)}", False),
                *not_checked("the database did not open", SUBJECTS[1:]),
            ]
        try:
            if generation_of(folder, access.key) < known_generation(store):
                refused = _refused(store, clerk, clock)
                return [Finding("slots file: store.slots_older", False), *not_checked("as at the window"), *refused]
            found = list(_look(store, PageVault(folder / VAULT_FOLDER, access.key.vault), heads))
            found += _noted(store, clerk, access.failed_before, clock, found)
            return found
        finally:
            store.close()
    finally:
        lock.release()


def _look(store: EncryptedStore, vault: PageVault, heads: tuple[AuditHead, ...]) -> Iterator[Finding]:
    looks: tuple[Callable[[], list[Finding]], ...] = (
        lambda: [_database(store)],
        lambda: _chain(store, heads),
        lambda: [_pages(store, vault)],
        lambda: [_sent(store)],
    )
    for subject, look in zip(SUBJECTS, looks, strict=True):
        try:
            yield from look()
        except Problem as problem:
            yield Finding(f"{subject}: {_words(problem)}", False)
        except Exception as error:  # what somebody wrote into a row must neither end the look nor be shown
            yield Finding(f"{subject}: the look failed, {fault_lines(error)[0]}", False)


def _database(store: EncryptedStore) -> Finding:
    whole = store.integrity()
    return Finding("database: every page of it is whole" if whole else "database: damaged", whole)


def _chain(store: EncryptedStore, heads: tuple[AuditHead, ...]) -> list[Finding]:
    log = SqlAuditLog(store)
    broken = log.first_broken()
    head = log.head()
    if broken is None:
        found = [Finding(f"audit chain: all {head.seq} lines stand, head {head.seq}:{head.mac}", True)]
    else:
        found = [Finding(f"audit chain: broken at line {broken} of {head.seq}", False)]
    for noted in heads:
        holds = log.holds(noted) and (broken is None or noted.seq < broken)
        said = "is in the chain" if holds else "is NOT in the chain"
        found.append(Finding(f"audit chain: the head of line {noted.seq} that was noted {said}", holds))
    return found


def _pages(store: EncryptedStore, vault: PageVault) -> Finding:
    named = store.named_pages()
    bad = sum(not vault.verify(page_id, sha256) for page_id, sha256 in named)
    if bad:
        return Finding(f"scanned pages: {bad} of {len(named)} missing or damaged", False)
    return Finding(f"scanned pages: all {len(named)} decrypt and have their hash", True)


def _sent(store: EncryptedStore) -> Finding:
    sent, unproven = store.read_log(lambda connection, _key: sent_and_unproven(connection))
    if unproven:
        return Finding(f"what was sent: {unproven} of {sent} without their receipt", False)
    return Finding(f"what was sent: all {sent} have their receipts", True)


def _noted(store: EncryptedStore, clerk: str, failed_before: int, clock: Clock, found: list[Finding]) -> list[Finding]:
    """That somebody looked stands in the log too, and the wrong tries before; one that is broken takes no line."""
    if not all(finding.good for finding in found if finding.line.startswith(("audit chain", "database"))):
        return []
    looked = CaseEvent(
        STATION, clock.now(), clerk, Deed.LOG_CHECKED, detail={"by": "doctor", "failed_before": str(failed_before)}
    )
    if not failed_before:
        return _written(store, looked)
    tries = {"by": "doctor", "count": str(failed_before)}
    return _written(store, CaseEvent(STATION, clock.now(), clerk, Deed.SIGN_IN_REFUSED, detail=tries), looked)


def _refused(store: EncryptedStore, clerk: str, clock: Clock) -> list[Finding]:
    """A password out of an older slots file stands in the log as it does when it is tried at the window."""
    detail = {"by": "doctor", "count": "1", "reason": "store.slots_older"}
    return _written(store, CaseEvent(STATION, clock.now(), clerk, Deed.SIGN_IN_REFUSED, detail=detail))


def _written(store: EncryptedStore, *events: CaseEvent) -> list[Finding]:
    def work(transaction: Transaction) -> None:
        for event in events:
            transaction.append_event(event)

    try:
        store.write(work).result()
    except Problem:
        return [Finding("audit chain: takes no new line", False)]
    return []


def _words(problem: Problem) -> str:
    """A problem without values that could name somebody; how long to wait is told."""
    waits = problem.params.get("minutes"), problem.params.get("seconds")
    return problem.key if waits == (None, None) else f"{problem.key} (wait {waits[0]} min {waits[1]} s)"
