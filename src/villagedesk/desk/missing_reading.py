"""What the acceptance system has and this PC lacks, in words: which case, how it stands there, what was said of it
last, and who has looked after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from villagedesk.acceptance.wire import Change
from villagedesk.desk.sending_words import day_text
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.life_cycle import TOLD, CaseChange
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.told_text import tamed
from villagedesk.domain.typed_text import one_line
from villagedesk.sync.changes import moment_told, newest_put_aside, put_aside, unplaced
from villagedesk.sync.missing import Lack, MissingEntry, Settled, kept_not_by_name, settled

_STATES = {
    **{str(status): f"life.state.{status}" for status in CaseStatus},
    "registered": "missing.state.registered",
    "correction_asked": f"life.state.{CaseStatus.RETURNED}",
    "rejected": f"life.state.{CaseStatus.RETURNED_TO_APPLICANT}",
}
"""The wire's words for how a case stands; any other is shown as it came."""
_CHANGES = frozenset(str(change) for change in TOLD)
_URGENT = frozenset({CaseChange.CORRECTION_ASKED, CaseChange.REFUSED})
_OWN_WORDS = ("reason", "wanted", "result")
_MOST_SAID = 400


@dataclass(frozen=True)
class MissingCase:
    """A case as the acceptance system describes it; texts are "" where it does not say.

    Args:
        received_at: when its papers were taken in, None when not said.
        state: how it stands there, None when not said.
        is_draft_here: a draft of it lies here; it must not be taken in a second time.
        told: what was said of it last that could be written to no case here, None when nothing was.
        settled: who looked after it and when, None while nobody has.
        has_news: something was said since it was settled.
        heard: names what ``told`` says, "" where nothing was said; who settles it has read this.
        is_numbered_here: it is not missing, for a case here has its number; what is said of it does not reach that case
            by itself.
        local_no_here: that case's, "" where there is none or nothing was said.
    """

    case_id: str
    local_no: str
    item_name: str
    applicant_name: str
    received_at: datetime | None
    acceptance_no: str
    state: Sentence | None
    is_draft_here: bool
    told: Sentence | None = None
    settled: Settled | None = None
    has_news: bool = False
    heard: str = ""
    is_numbered_here: bool = False
    local_no_here: str = ""

    @property
    def asked_by(self) -> str:
        """What the county finds it by: a number, and where it told none the name it has there."""
        return self.local_no or self.acceptance_no or self.case_id

    @property
    def waits(self) -> bool:
        """Whether it waits for the clerk."""
        return self.settled is None or self.has_news

    def is_from_before(self, restored: datetime | None) -> bool:
        """Whether a restore at that moment (None: there was none) may be why it is missing."""
        if restored is None or self.is_numbered_here:
            return False
        return self.received_at is None or self.received_at < restored


def read_missing(snapshot: Snapshot) -> tuple[MissingCase, ...]:
    """All that is missing, settled or not, oldest first."""
    return tuple(case for case in read_missing_and_told(snapshot) if not case.is_numbered_here)


def read_missing_and_told(snapshot: Snapshot) -> tuple[MissingCase, ...]:
    """All that is missing, and what was said of cases that are here under their number only; oldest first."""
    listed = kept_not_by_name(snapshot)
    if not listed:
        return ()
    done, newest = settled(snapshot), newest_put_aside(snapshot)
    cases = (_case(entry, lack, newest.get(entry.case_id), done.get(entry.case_id)) for entry, lack in listed)
    told = (case for case in cases if case.told is not None or not case.is_numbered_here)
    return tuple(_with_the_one_here(snapshot, case) if case.is_numbered_here else case for case in told)


def count_unsettled(cases: Iterable[MissingCase]) -> int:
    """How many nobody has looked after; news of the others changes nothing about that."""
    return sum(case.settled is None for case in cases)


def settled_lines(cases: Sequence[MissingCase]) -> tuple[Sentence, ...]:
    """Who has looked after how many, and when last: a line for each clerk."""
    by_clerk: dict[str, list[Settled]] = {}
    for case in cases:
        if case.settled is not None:
            by_clerk.setdefault(case.settled.clerk, []).append(case.settled)
    lines = []
    for clerk, all_of_one in by_clerk.items():
        last = max((one.at for one in all_of_one if one.at is not None), default=None)
        params: dict[str, object] = {"count": len(all_of_one), "clerk": clerk}
        if last is None:
            lines.append(Sentence("missing.settled_once", params))
        else:
            lines.append(Sentence("missing.settled", {**params, "time": day_text(last)}))
    return tuple(lines)


def count_unexplained(snapshot: Snapshot) -> int:
    """How many changes were told that belong to no case here, to none that is listed as missing, and to none whose
    number a case here has."""
    count = unplaced(snapshot)
    listed = {entry.case_id for entry, _lack in kept_not_by_name(snapshot)} if count else set[str]()
    return sum(change.case_id not in listed for change in put_aside(snapshot)) if listed else count


def name_of(change: Change | None) -> str:
    """What a change is known by, so that a later one is seen."""
    return "" if change is None else f"{change.sequence} {change.at}"


def _with_the_one_here(snapshot: Snapshot, case: MissingCase) -> MissingCase:
    here = snapshot.cases_with_number(case.acceptance_no.strip())
    return replace(case, local_no_here="、".join(one.local_no for one in here if one.local_no))


def _case(entry: MissingEntry, lack: Lack, change: Change | None, done: Settled | None) -> MissingCase:
    return MissingCase(
        entry.case_id,
        entry.local_no,
        entry.item_name,
        entry.applicant_name,
        moment_told(entry.received_at),
        entry.acceptance_no,
        _state(entry.state),
        lack is Lack.DRAFT,
        None if change is None else _told(change),
        done,
        has_news=done is not None and change is not None and name_of(change) != done.heard,
        heard=name_of(change),
        is_numbered_here=lack is Lack.NUMBERED,
    )


def _state(state: str) -> Sentence | None:
    if not state.strip():
        return None
    known = _STATES.get(state)
    word = Sentence(known) if known else _as_it_came(state)
    return Sentence("missing.state.there", {"state": word})


def _told(change: Change) -> Sentence:
    values = change.values
    if change.kind in _CHANGES:
        parts = [Sentence(f"case_change.{change.kind}")]
    else:
        parts = [Sentence("ui.event.unknown_state", {"code": _in_one_line(change.state_code or change.kind)})]
    parts += [_as_it_came(text) for name in _OWN_WORDS if (text := values.get(name, "").strip())]
    for wanted in change.wanted:
        said = " ".join(text for text in (wanted.wrong, wanted.standard) if text)
        name = wanted.name or wanted.requirement_id
        parts.append(Sentence("missing.told.wanted", {"name": _in_one_line(name), "said": _in_one_line(said)}))
    if change.documents:
        parts.append(Sentence("missing.told.documents", {"count": len(change.documents)}))
    if deadline := values.get("deadline", "").strip():
        parts.append(Sentence("correction.deadline", {"deadline": _in_one_line(deadline)}))
    if number := values.get("acceptance_no", "").strip():
        parts.append(Sentence("missing.told.number", {"number": _in_one_line(number)}))
    *before, line = parts
    for part in reversed(before):
        line = Sentence("missing.told.and", {"first": part, "rest": line})
    tone = "bad" if change.kind in _URGENT else "warn"
    at = moment_told(change.at)
    if at is None:
        return Sentence("missing.told.undated", {"said": line}, tone)
    return Sentence("missing.told.dated", {"time": day_text(at), "said": line}, tone)


def _as_it_came(text: str) -> Sentence:
    return Sentence("conflict.said", {"text": _in_one_line(text)})


def _in_one_line(text: str) -> str:
    return tamed(one_line(text), _MOST_SAID)
