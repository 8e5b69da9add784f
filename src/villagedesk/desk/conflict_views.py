"""Two versions of a case side by side, field by field: ours, and what the acceptance system has (design: decision 15).

The acceptance system wins states and numbers, the clerk wins what was typed; neither version is ever lost, and the
clerk reads where they differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from villagedesk.acceptance.wire import ApplicantRecord, MaterialRecord, PartyRecord, RevisionPayload
from villagedesk.desk.door_views import Sentence
from villagedesk.desk.life_views import ConflictView, Difference, UnsentView
from villagedesk.desk.taking_back import standing_without_it
from villagedesk.desk.wanted import said_of, wanted_views
from villagedesk.domain.case import Applicant, Case, CaseEvent, CaseStatus, Material, MaterialState
from villagedesk.domain.held_version import HELD, HeldVersion
from villagedesk.domain.life_cycle import CLOSED, TOLD, CaseChange
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.domain.party import Party, PartyRole
from villagedesk.domain.repositories import Snapshot
from villagedesk.domain.service_item import MaterialForm, ServiceItem
from villagedesk.domain.told_change import AFTER_END, fields_of, newest

SEEN = "differences_seen"
"""Kind of the event that notes that the clerk has read what the acceptance system changed."""
SETTLED = "conflict_settled"
"""Kind of the event that notes which version the clerk chose, and in which fields they differed."""
_MOST_NAMED = 5
_NOT_TAKEN_YET = frozenset({CaseStatus.RECEIVED, CaseStatus.HANDED_OVER, CaseStatus.SUBMITTED})
"""States in which the acceptance system has said nothing of the case itself."""
_APPLICANT = (
    "name",
    "kind",
    "document_kind",
    "document_number",
    "phone",
    "address",
    "birth_date",
    "sex",
    "ethnic_group",
)
_PAPER_STATES = frozenset(str(state) for state in MaterialState)
_FORMS = frozenset(str(form) for form in MaterialForm)
_ROLES = frozenset(str(role) for role in PartyRole)
_CHANGES = {str(change): change for change in TOLD}
_DO = {
    CaseChange.REFUSED: "refused",
    CaseChange.CORRECTION_ASKED: "correction",
    CaseChange.CONCLUDED: "result",
    CaseChange.RESULT_READY: "result",
    CaseChange.DELIVERED: "result",
}
"""What is to be done about what is said after the end; about everything else, ``goes_on``."""
_PARTY = ("name", "relation", "document_kind", "document_number", "phone", "scope", "until")


@dataclass(frozen=True)
class Version:
    """What two versions of a case are compared by.

    Args:
        pages: the requirement and the hash of each, in their order.
    """

    item_name: str
    local_no: str | None
    applicant: Applicant | ApplicantRecord
    parties: Sequence[Party | PartyRecord]
    form: Mapping[str, str]
    materials: Sequence[Material | MaterialRecord]
    pages: Sequence[tuple[str, str]]


def conflict_view(
    snapshot: Snapshot, case: Case, item: ServiceItem | None, rows: Sequence[OutboxRow], events: Sequence[CaseEvent]
) -> ConflictView | None:
    """Where the versions of a case differ; None where nothing asks for the clerk."""
    row = next((row for row in reversed(rows) if row.state is SendingState.CONFLICT), None)
    if row is not None and row.operation is Operation.SUBMIT:
        held = held_instead_of(snapshot, row)
        return replace(_of_submission(row, held, item), if_theirs=_if_theirs(snapshot, case, held))
    return changes_view(case, item, events)


def held_instead_of(snapshot: Snapshot, row: OutboxRow) -> HeldVersion | None:
    """What the acceptance system holds in place of a submission of ours; None while that is not known here."""
    return HeldVersion.from_text(snapshot.setting(f"{HELD}{row.action_id}"))


def _if_theirs(snapshot: Snapshot, case: Case, held: HeldVersion | None) -> Sentence | None:
    if held is not None and held.is_taken:
        return Sentence("conflict.if_theirs.taken")
    if standing_without_it(case, snapshot) is CaseStatus.RETURNED:
        return Sentence("conflict.if_theirs.still_asked", {}, "warn")
    return Sentence("conflict.if_theirs.not_seen", {}, "warn") if case.status in _NOT_TAKEN_YET else None


def changes_view(case: Case, item: ServiceItem | None, events: Sequence[CaseEvent]) -> ConflictView | None:
    """What the acceptance system changed or asked for that the clerk has not read, also where it is not shown because a
    submission is in conflict; None where there is nothing."""
    unread = _unread(events)
    changed = _changed(case, item, unread)
    asked = [event for event in unread if AFTER_END in event.detail]
    if not changed and not asked:
        return None
    if not asked:
        return ConflictView(Sentence("conflict.changed", {}, "warn"), changed, submitted=False)
    last = asked[-1].detail
    said = "；".join(text for text in (said_of(asked[-1]), last.get("value.result", "").strip()) if text)
    wanted = newest(asked, CaseChange.CORRECTION_ASKED)
    return ConflictView(
        _after_end(case, asked),
        changed,
        submitted=False,
        wanted=() if wanted is None else wanted_views(case, wanted),
        said=said,
        told_after_end=Sentence(f"case_change.{last['change']}"),
    )


def fields_differ(view: ConflictView | UnsentView) -> Sentence | None:
    """The names of the fields that differ, in one line, the first few where there are many; None where none does."""
    labels = [one.label for one in view.differences]
    if not labels:
        return None
    *before, named = labels[:_MOST_NAMED]
    if len(labels) > _MOST_NAMED:
        named = Sentence("conflict.fields.more", {"last": named, "count": len(labels)})
    return _joined([*before, named])


def _joined(sentences: Sequence[Sentence]) -> Sentence:
    """In one line; at least one."""
    *before, line = sentences
    for one in reversed(before):
        line = Sentence("conflict.fields.and", {"first": one, "rest": line})
    return line


def _after_end(case: Case, asked: Sequence[CaseEvent]) -> Sentence:
    """What the acceptance system said of a case after it was over here, and what is to be done about it; the newest
    word decides upon that.

    Args:
        asked: at least one.
    """
    told = {_CHANGES[event.detail["change"]]: event for event in asked}
    words = _joined([_word(change, event) for change, event in told.items()])
    if case.status not in CLOSED | {CaseStatus.DELIVERED}:
        return Sentence("conflict.goes_on", {"words": words}, "bad")
    if set(told) == {CaseChange.CORRECTION_ASKED}:
        return Sentence("conflict.after_end", {}, "bad")
    advice = Sentence(f"conflict.after_end_do.{_DO.get(_CHANGES[asked[-1].detail['change']], 'goes_on')}")
    status = Sentence(f"sentence.{case.status}")
    return Sentence("conflict.told_after_end", {"status": status, "words": words, "advice": advice}, "bad")


def _word(change: CaseChange, event: CaseEvent) -> Sentence:
    what, number = Sentence(f"case_change.{change}"), event.detail.get("value.acceptance_no", "").strip()
    return Sentence("conflict.word_number", {"what": what, "number": number}) if number else what


def _unread(events: Sequence[CaseEvent]) -> Sequence[CaseEvent]:
    """Those since the clerk last said that she has read."""
    last = max((place for place, event in enumerate(events) if event.kind == SEEN), default=-1)
    return events[last + 1 :]


def _of_submission(row: OutboxRow, held: HeldVersion | None, item: ServiceItem | None) -> ConflictView:
    following = row.revision + 1
    if held is None:
        return ConflictView(Sentence("conflict.asking", {}, "time"), (), submitted=True, next_revision=following)
    ours, theirs = _record(row.payload.decode("utf-8", "replace")), _record(held.payload)
    if ours is None or theirs is None:
        key = "conflict.no_copy" if held.state else "conflict.unknown"
        standing = Sentence(key, {"revision": held.revision}, "warn")
        return ConflictView(standing, (), submitted=True, next_revision=following)
    found = tuple(between(_version(ours), _version(theirs), item))
    state = held.state if held.state in ("registered", "committed", "rejected") else "other"
    standing = Sentence(f"conflict.{state}", {"revision": held.revision, "count": len(found)}, "bad")
    return ConflictView(standing, found, submitted=True, next_revision=following)


def _record(text: str) -> RevisionPayload | None:
    try:
        return RevisionPayload.model_validate_json(text)
    except ValidationError:
        return None


def _version(record: RevisionPayload) -> Version:
    pages = [(entry.requirement_id, entry.sha256) for entry in record.manifest]
    return Version(
        record.item_name, record.local_no, record.applicant, record.parties, record.form, record.materials, pages
    )


def between(ours: Version, theirs: Version, item: ServiceItem | None) -> Iterator[Difference]:
    """Where they differ, field by field.

    Args:
        item: the case's, for what the fields of its form are called.
    """
    for name in ("item_name", "local_no"):
        yield from _typed(name, Sentence(f"conflict.field.{name}"), getattr(ours, name), getattr(theirs, name))
    for name in _APPLICANT:
        label = Sentence(f"conflict.field.{name}")
        yield from _typed(f"applicant.{name}", label, getattr(ours.applicant, name), getattr(theirs.applicant, name))
    parties = [{party.role: party for party in record.parties} for record in (ours, theirs)]
    for role in sorted(parties[0].keys() | parties[1].keys()):
        for name in _PARTY:
            said = [getattr(one[role], name) if role in one else "" for one in parties]
            label = Sentence("conflict.of_party", {"role": _role(role), "field": Sentence(f"conflict.field.{name}")})
            yield from _typed(f"party.{role}.{name}", label, *said)
    labels = _form_labels(item)
    for name in sorted(ours.form.keys() | theirs.form.keys()):
        yield from _typed(
            f"form.{name}", _said(labels.get(name, name)), ours.form.get(name, ""), theirs.form.get(name, "")
        )
    yield from _papers(ours, theirs)


def _papers(ours: Version, theirs: Version) -> Iterator[Difference]:
    names = {one.requirement_id: one.name for record in (theirs, ours) for one in record.materials}
    pages = [
        {
            place: [sha256 for requirement_id, sha256 in version.pages if requirement_id == place]
            for place in {requirement_id for requirement_id, _ in version.pages}
        }
        for version in (ours, theirs)
    ]
    states = [{one.requirement_id: one for one in record.materials} for record in (ours, theirs)]
    for place in sorted(names.keys() | pages[0].keys() | pages[1].keys()):
        mine, other = pages[0].get(place, []), pages[1].get(place, [])
        if mine == other and states[0].get(place) == states[1].get(place):
            continue
        if mine != other:
            same = "conflict.pages_others" if len(mine) == len(other) else "conflict.pages"
            told = [Sentence("conflict.pages", {"count": len(mine)}), Sentence(same, {"count": len(other)})]
        else:
            told = [_paper(one.get(place)) for one in states]
        yield Difference(f"material.{place}", _said(names.get(place, place)), *told)


def _paper(material: Material | MaterialRecord | None) -> Sentence:
    """How a paper stands where the pages are the same."""
    if material is None:
        return Sentence("conflict.empty")
    known = material.state in _PAPER_STATES
    state = Sentence(f"ui.case.paper.{material.state}", {"until": material.promised_until}) if known else material.state
    form = Sentence(f"ui.form.{material.form}") if material.form in _FORMS else material.form
    return Sentence("conflict.paper", {"state": state, "form": form, "copies": material.copies})


def _changed(case: Case, item: ServiceItem | None, events: Sequence[CaseEvent]) -> tuple[Difference, ...]:
    """Fields the acceptance system has otherwise than this PC, as these events told."""
    told: dict[str, str] = {}
    for event in events:
        told.update(fields_of(event))
    labels = _form_labels(item)
    found: list[Difference] = []
    for field, theirs in told.items():
        place, _, name = field.partition(".")
        if place == "applicant" and name in _APPLICANT:
            found += _typed(field, Sentence(f"conflict.field.{name}"), str(getattr(case.applicant, name)), theirs)
        elif place == "form":
            found += _typed(field, _said(labels.get(name, name)), case.form.get(name, ""), theirs)
        else:  # a field nobody here knows is shown as it is named
            found.append(Difference(field, _said(field), Sentence("conflict.not_here"), _said(theirs)))
    return tuple(found)


def _form_labels(item: ServiceItem | None) -> Mapping[str, str]:
    return {} if item is None else {field.name: field.label for field in item.fields}


def _typed(field: str, label: Sentence, ours: str, theirs: str) -> Iterator[Difference]:
    if ours != theirs:
        yield Difference(field, label, _said(ours), _said(theirs))


def _said(text: str) -> Sentence:
    return Sentence("conflict.said", {"text": text}) if text else Sentence("conflict.empty")


def _role(role: str) -> Sentence:
    return Sentence(f"ui.case.party.{role}") if role in _ROLES else _said(role)
