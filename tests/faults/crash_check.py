"""What must hold in a data folder after its process was killed, judged by what had been confirmed before."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field

from tests.faults.operations_backup import restore_to, was_set_aside
from tests.faults.operations_keys import counted_tries
from tests.faults.place import COUNTYS_KEY, Place
from tests.store.fixtures import FixedClock
from villagedesk.desk.catalogue_keeping import kept
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.problems import Problem
from villagedesk.domain.repositories import Snapshot
from villagedesk.store.backup.install import finish
from villagedesk.store.backup.look import look
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey, open_with_recovery_key
from villagedesk.store.slots import clerks, slots_exist
from villagedesk.store.upgrading import COPIES_FOLDER
from villagedesk.store.vault import VAULT_FOLDER, PageVault

Facts = list[dict[str, object]]


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

    @property
    def first(self) -> str:
        """The first thing found, "" when nothing was."""
        return next(iter((*self.lost, *self.doubled, *self.untruthful)), "")

    def add(self, other: Verdict) -> None:
        """Take in what a second look found."""
        self.acknowledged += other.acknowledged
        self.lost += other.lost
        self.doubled += other.doubled
        self.untruthful += other.untruthful


class _Pages:
    """The page files, of which a restore may have told the clerk that so many could not be had.

    Args:
        told: how many.
    """

    def __init__(self, vault: PageVault, told: int) -> None:
        self._vault = vault
        self._told = told
        self._absent: set[str] = set()

    def whole(self, page_id: str, sha256: str) -> bool:
        """Whether the page is there, or among those that were told of."""
        if self._vault.verify(page_id, sha256):
            return True
        self._absent.add(page_id)
        return len(self._absent) <= self._told


def judge(place: Place) -> Verdict:
    """Open the folder as a fresh start would, and compare. It never raises: what cannot be read is the finding."""
    facts = place.confirmations()
    verdict = Verdict(acknowledged=len(facts))
    try:
        finish(place.data)
        if not slots_exist(place.data):
            if any("case" in fact for fact in facts):
                verdict.lost.append("everything: no keys")
            return verdict
        key = place.sign_in()
        _compare_keys(place, key, facts, verdict)
        if not EncryptedStore.exists(place.data) and not facts:
            return verdict
        store = EncryptedStore.open(place.data, key, FixedClock())
    except Problem as problem:
        (verdict.lost if facts else verdict.untruthful).append(f"cannot be opened: {problem.key}")
        return verdict
    pages = _Pages(PageVault(place.data / VAULT_FOLDER, key.vault), int(str(place.newest("told_missing", 0))))
    facts = _as_of_now(place, facts)
    try:
        _compare_letters(place, store.read(lambda snapshot: snapshot.epoch()), facts, verdict)
        store.read(lambda snapshot: _compare(snapshot, pages, facts, verdict))
        if (broken := store.verify_chain()) is not None:
            verdict.untruthful.append(f"audit chain broken at {broken}")
    except Problem as problem:
        verdict.untruthful.append(f"cannot be read: {problem.key}")
    finally:
        store.close()
    if any("copy_before_upgrade" in fact for fact in facts) and not [*(place.data / COPIES_FOLDER).glob("*.db")]:
        verdict.lost.append("the copy before the upgrade")
    if backed_up := place.newest("backed_up", None):
        _compare_backup(place, backed_up, verdict)
    return verdict


def _as_of_now(place: Place, facts: Facts) -> Facts:
    """Without a restore, what the backup did not hold is there like all else; after one it lies whole beside it."""
    newer = [fact for fact in facts if "not_in_backup" in fact]
    if not newer or was_set_aside(place):
        return facts
    return [{**fact, "case": fact["not_in_backup"]} if fact in newer else fact for fact in facts]


def _compare_letters(place: Place, epoch: str, facts: Facts, verdict: Verdict) -> None:
    letters = [str(fact["letter"]) for fact in facts if "letter" in fact]
    verdict.doubled += [f"letter {letter}" for letter, count in Counter(["A", *letters]).items() if count > 1]
    if (letters or was_set_aside(place)) and epoch == "A":
        verdict.doubled.append("the first letter, in data that began again")
    for aside in place.data.glob("set-aside-*"):
        if not slots_exist(aside) or not EncryptedStore.exists(aside):
            verdict.lost.append("the installation that was set aside")


def _compare_backup(place: Place, backed_up: object, verdict: Verdict) -> None:
    assert isinstance(backed_up, list)
    folder = place.root / f"restored-{uuid.uuid4()}"
    verdict.untruthful += [
        f"{found.folder.name} has its list and is not whole" for found in look(place.medium) if not found.whole
    ]
    try:
        letter, *whole = restore_to(place, folder)
    except (Problem, StopIteration) as problem:
        verdict.lost.append(f"the backup: {problem!r}")
        return
    place.acknowledge(letter_of_a_trial=letter)
    letters = Counter(fact["letter_of_a_trial"] for fact in place.confirmations() if "letter_of_a_trial" in fact)
    verdict.doubled += [f"letter {letter}" for letter, count in letters.items() if count > 1 or letter == "A"]
    verdict.lost += [f"case {case} in the backup" for case in backed_up if case not in whole]


def _compare_keys(place: Place, key: DataKey, facts: Facts, verdict: Verdict) -> None:
    from_another_county = any(fact.get("older") for fact in facts)
    if (
        not from_another_county
        and open_with_recovery_key(place.data, COUNTYS_KEY.private_bytes_raw()).vault != key.vault
    ):
        verdict.untruthful.append("the county's key opens another installation")
    there = {*clerks(place.data)}
    leaving = {fact["leaving"] for fact in facts if "leaving" in fact}
    for fact in facts:
        if "clerk" in fact and fact["clerk"] not in there | leaving:
            verdict.lost.append(f"clerk {fact['clerk']}")
        if "gone" in fact and fact["gone"] in there:
            verdict.untruthful.append(f"clerk {fact['gone']} is there again")
    if counted_tries(place) < int(str(place.newest("tries", 0))):
        verdict.lost.append("wrong tries that were counted")


def _compare(snapshot: Snapshot, pages: _Pages, facts: Facts, verdict: Verdict) -> None:
    lines = snapshot.case_lines(10**6)
    for fact in facts:
        if "case" in fact:
            _look_for(snapshot, pages, fact, verdict)
    _compare_settings(snapshot, facts, verdict)
    _compare_catalogue(snapshot, facts, verdict)
    printed: dict[str, set[str]] = {}
    for at, fact in enumerate(facts):
        if fact.get("number"):
            case = fact.get("case", fact.get("not_in_backup", at))
            printed.setdefault(str(fact["number"]), set()).add(str(case))
    numbers = Counter(line.local_no for line in lines if line.local_no)
    verdict.doubled += [number for number, count in numbers.items() if count > 1]
    # A number printed with no case named beside it (only mutants do so) counts once with the case that has it.
    verdict.doubled += [number for number, cases in printed.items() if _different(cases) > 1]
    counted = Counter(line.status for line in lines)
    if counted != Counter(snapshot.count_by_status()):
        verdict.untruthful.append(f"counters {snapshot.count_by_status()} for {dict(counted)}")
    older = {fact["case"] for fact in facts if fact.get("older")}
    for line in lines:
        rows = snapshot.outbox_of_case(line.case_id)
        if len({row.revision for row in rows}) != len(rows):
            verdict.doubled.append(f"submissions of {line.case_id}")
        if line.status is not CaseStatus.DRAFT and line.case_id not in older:
            if not rows:
                verdict.untruthful.append(f"{line.case_id} taken in, nothing in the outbox")
            if not snapshot.events(line.case_id):
                verdict.untruthful.append(f"{line.case_id} taken in, nothing in its log")
        given_up = snapshot.expired_pages(line.case_id)
        for page in snapshot.pages(line.case_id):
            if page.page_id not in given_up and not pages.whole(page.page_id, page.sha256):
                verdict.untruthful.append(f"a row names page {page.page_id}, which is not whole")
        for capture in snapshot.captures(line.case_id):
            if not pages.whole(capture.capture_id, capture.sha256):
                verdict.untruthful.append(f"a row names photograph {capture.capture_id}, which is not whole")


def _compare_settings(snapshot: Snapshot, facts: Facts, verdict: Verdict) -> None:
    # A value on its way when the process died may be there or not.
    allowed: dict[object, set[object]] = {}
    for fact in facts:
        if "wanted" in fact:
            allowed.setdefault(fact["wanted"], {""}).add(fact["value"])
        if "setting" in fact:
            allowed[fact["setting"]] = {fact["value"]}
    for name, values in allowed.items():
        if snapshot.setting(str(name)) not in values:
            verdict.lost.append(f"setting {name}")


def _compare_catalogue(snapshot: Snapshot, facts: Facts, verdict: Verdict) -> None:
    """The newest confirmed one, or one on its way, with all its items."""
    allowed: set[object] = {""}
    for fact in facts:
        if "catalogue_wanted" in fact:
            allowed.add(fact["catalogue_wanted"])
        if "catalogue" in fact:
            allowed = {fact["catalogue"]}
    found = kept(snapshot)
    if (found.catalogue.sha256 if found is not None else "") not in allowed:
        verdict.lost.append("the catalogue")
    elif found is not None and found.contents.sha256 != found.catalogue.sha256:
        verdict.untruthful.append("a catalogue that is not whole")


def _different(cases: set[str]) -> int:
    bare = sum(1 for case in cases if case.isdecimal())
    return max(bare, len(cases) - bare)


def _look_for(snapshot: Snapshot, there: _Pages, fact: dict[str, object], verdict: Verdict) -> None:
    case_id = str(fact["case"])
    try:
        case = snapshot.case(case_id)
    except KeyError:
        verdict.lost.append(f"case {case_id}")
        return
    if "number" in fact and case.local_no != fact["number"]:
        verdict.lost.append(f"number of {case_id}")
    named = {(page.page_id, page.sha256) for page in snapshot.pages(case_id)}
    given_up = snapshot.expired_pages(case_id)
    pages = fact["pages"]
    assert isinstance(pages, list)
    for page_id, sha256 in pages:
        kept = page_id in given_up or there.whole(page_id, sha256)
        if (page_id, sha256) not in named or not kept:
            verdict.lost.append(f"page {page_id}")
    taken = {capture.capture_id: capture for capture in snapshot.captures(case_id)}
    photographs = fact.get("photographs", [])
    assert isinstance(photographs, list)
    for capture_id in photographs:
        if capture_id not in taken or not there.whole(capture_id, taken[capture_id].sha256):
            verdict.lost.append(f"photograph {capture_id}")
    if "action" in fact:
        rows = {row.action_id: row for row in snapshot.outbox_of_case(case_id)}
        row = rows.get(str(fact["action"]))
        if row is None or row.payload_sha256 != fact["payload"]:
            verdict.lost.append(f"outbox row of {case_id}")
        elif fact.get("receipt") and row.receipt != fact["receipt"]:
            verdict.lost.append(f"receipt of {case_id}")
