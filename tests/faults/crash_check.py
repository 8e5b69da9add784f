"""What must hold in a data folder after its process was killed, judged by what had been confirmed before."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.crash_driver import confirmations, confirmed_password, sign_in
from tests.store.fixtures import FixedClock
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.problems import Problem
from villagedesk.domain.repositories import Snapshot
from villagedesk.store.database import EncryptedStore
from villagedesk.store.slots import slots_exist
from villagedesk.store.vault import VAULT_FOLDER, PageVault


@dataclass
class Verdict:
    """What was found wrong, in words.

    Args:
        acknowledged: confirmations that were looked for.
        lost: confirmed and not there.
        doubled: numbers or actions given twice.
        untruthful: the data says of itself what is not so.
    """

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    untruthful: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Nothing wrong."""
        return not (self.lost or self.doubled or self.untruthful)


def judge(folder: Path, acks: Path) -> Verdict:
    """Open the folder as a fresh start would, and compare."""
    facts = confirmations(acks)
    verdict = Verdict(acknowledged=len(facts))
    if not slots_exist(folder):
        if facts:
            verdict.lost.append("everything: no keys")
        return verdict
    try:
        key = sign_in(folder, confirmed_password(acks))
        if not EncryptedStore.exists(folder) and not facts:
            return verdict
        store = EncryptedStore.open(folder, key, FixedClock())
    except Problem as problem:
        (verdict.lost if facts else verdict.untruthful).append(f"cannot be opened: {problem.key}")
        return verdict
    vault = PageVault(folder / VAULT_FOLDER, key.vault)
    try:
        store.read(lambda snapshot: _compare(snapshot, vault, facts, verdict))
        if (broken := store.verify_chain()) is not None:
            verdict.untruthful.append(f"audit chain broken at {broken}")
    finally:
        store.close()
    return verdict


def _compare(snapshot: Snapshot, vault: PageVault, facts: list[dict[str, object]], verdict: Verdict) -> None:
    lines = snapshot.case_lines(10**6)
    for fact in facts:
        if "case" in fact:
            _look_for(snapshot, vault, fact, verdict)
    printed: dict[str, set[str]] = {}
    for at, fact in enumerate(facts):
        if fact.get("number"):
            printed.setdefault(str(fact["number"]), set()).add(str(fact.get("case", at)))
    numbers = Counter(line.local_no for line in lines if line.local_no)
    verdict.doubled += [number for number, count in numbers.items() if count > 1]
    # A number printed with no case named beside it (only mutants do so) counts once with the case that has it.
    verdict.doubled += [number for number, cases in printed.items() if _different(cases) > 1]
    counted = Counter(line.status for line in lines)
    if counted != Counter(snapshot.count_by_status()):
        verdict.untruthful.append(f"counters {snapshot.count_by_status()} for {dict(counted)}")
    for line in lines:
        rows = snapshot.outbox_of_case(line.case_id)
        if len({row.revision for row in rows}) != len(rows):
            verdict.doubled.append(f"submissions of {line.case_id}")
        if line.status is not CaseStatus.DRAFT:
            if not rows:
                verdict.untruthful.append(f"{line.case_id} taken in, nothing in the outbox")
            if not snapshot.events(line.case_id):
                verdict.untruthful.append(f"{line.case_id} taken in, nothing in its log")
        for page in snapshot.pages(line.case_id):
            if not vault.verify(page.page_id, page.sha256):
                verdict.untruthful.append(f"a row names page {page.page_id}, which is not whole")


def _different(cases: set[str]) -> int:
    bare = sum(1 for case in cases if case.isdecimal())
    return max(bare, len(cases) - bare)


def _look_for(snapshot: Snapshot, vault: PageVault, fact: dict[str, object], verdict: Verdict) -> None:
    case_id = str(fact["case"])
    try:
        case = snapshot.case(case_id)
    except KeyError:
        verdict.lost.append(f"case {case_id}")
        return
    if case.local_no != fact["number"]:
        verdict.lost.append(f"number of {case_id}")
    named = {(page.page_id, page.sha256) for page in snapshot.pages(case_id)}
    pages = fact["pages"]
    assert isinstance(pages, list)
    for page_id, sha256 in pages:
        if (page_id, sha256) not in named or not vault.verify(page_id, sha256):
            verdict.lost.append(f"page {page_id}")
    if "action" in fact:
        rows = {row.action_id: row for row in snapshot.outbox_of_case(case_id)}
        row = rows.get(str(fact["action"]))
        if row is None or row.payload_sha256 != fact["payload"]:
            verdict.lost.append(f"outbox row of {case_id}")
        elif fact.get("receipt") and row.receipt != fact["receipt"]:
            verdict.lost.append(f"receipt of {case_id}")
