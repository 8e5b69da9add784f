"""The checklist of a draft or a case: for each paper the item asks for, whether it is needed, how it stands, and what
is left to do about it (domain: sections 2 and 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from villagedesk.desk.intake_views import ChecklistLine, Question
from villagedesk.desk.views import Missing, Sentence
from villagedesk.domain.case import Material, MaterialState, Page, Trust
from villagedesk.domain.service_item import MaterialForm, MaterialRequirement, Necessity, ServiceItem

MATERIAL_STEP = 3
_ANSWERS = frozenset({MaterialState.NEEDED, MaterialState.NOT_NEEDED})


class Unfit(StrEnum):
    """Why a reused paper does not serve any more."""

    OTHER_PERSON = "other_person"
    """The case it comes from is not of the person the draft is about."""
    VOID = "void"
    """That case was given up as void."""
    NO_MORE = "no_more"
    """Out of date, its pages removed, or others among them."""


@dataclass(frozen=True)
class Borrowed:
    """What a reused paper rests on.

    Args:
        local_no: of the case it comes from, "" where that is gone.
        unfit: None while it serves: of the same person, its pages all there, from that case alone, and valid today.
    """

    local_no: str
    unfit: Unfit | None = None


def checklist_of(
    item: ServiceItem,
    materials: Sequence[Material],
    pages: Sequence[Page],
    facts: Mapping[str, str],
    today: date,
    borrowed: Mapping[str, Borrowed],
) -> tuple[ChecklistLine, ...]:
    """A line for each material of the item, in its order.

    Args:
        materials: what was noted of each; pages alone mean that the paper was taken.
        facts: of the case and its form.
        today: the date in Shanghai.
        borrowed: of the reused ones, by requirement.
    """
    noted = {material.requirement_id: material for material in materials}
    return tuple(
        _line(
            requirement,
            noted.get(requirement.requirement_id),
            sum(page.requirement_id == requirement.requirement_id for page in pages),
            facts,
            today,
            borrowed.get(requirement.requirement_id),
        )
        for requirement in item.materials
    )


def missing_of(lines: Sequence[ChecklistLine], pages: Sequence[Page]) -> tuple[Missing, ...]:
    """What of the checklist hinders taking in, besides questions; pages of papers that the item does not ask for do,
    too: they belong somewhere else or nowhere, and only the clerk can say."""
    missing = [
        Missing(MATERIAL_STEP, line.sentence, requirement_id=line.requirement.requirement_id)
        for line in lines
        if line.needed is not None and not line.done
    ]
    known = {line.requirement.requirement_id for line in lines}
    strays: dict[str, int] = {}
    for page in pages:
        if page.requirement_id not in known:
            strays[page.requirement_id] = strays.get(page.requirement_id, 0) + 1
    missing += [
        Missing(MATERIAL_STEP, Sentence("intake.missing.stray_pages", {"count": count}, "bad"), requirement_id=name)
        for name, count in strays.items()
    ]
    return tuple(missing)


def questions_of(lines: Sequence[ChecklistLine]) -> tuple[Question, ...]:
    """What the clerk has to ask the villager, in the order of the papers; one answer for papers with one condition."""
    asked: dict[str, list[ChecklistLine]] = {}
    for line in lines:
        if line.unanswered and line.requirement.when is not None:
            asked.setdefault(line.requirement.when.words, []).append(line)
    return tuple(
        Question(
            words,
            tuple(line.requirement.name for line in of_it),
            tuple(line.requirement.requirement_id for line in of_it),
        )
        for words, of_it in asked.items()
    )


def materials_of(lines: Sequence[ChecklistLine], noted: Sequence[Material]) -> tuple[Material, ...]:
    """The papers a case is taken in with: those that came, were seen, were promised or are reused."""
    sources = {material.requirement_id: material.reused_from for material in noted}
    return tuple(
        Material(
            requirement_id=line.requirement.requirement_id,
            name=line.requirement.name,
            form=line.form,
            copies=line.copies,
            returned=line.returned,
            state=line.state,
            trust=line.trust,
            promised_until=line.promised_until,
            reused_from=sources.get(line.requirement.requirement_id, "") if line.state is MaterialState.REUSED else "",
        )
        for line in lines
        if line.state is not None and line.state not in _ANSWERS
    )


def last_promise_day(requirement: MaterialRequirement, today: date) -> date | None:
    """The last day a paper may be promised for; None where it must be brought now."""
    return today + timedelta(days=requirement.promise_days) if requirement.promise_days > 0 else None


def can_be_waived(requirement: MaterialRequirement, facts: Mapping[str, str]) -> bool:
    """Whether the clerk can say that it is not needed: only where nothing else tells."""
    return requirement.when is not None and requirement.when.holds(facts) is None


def can_be_given_back(requirement: MaterialRequirement) -> bool:
    """Whether the original can be looked at and given back at once: where a copy is asked for, which its photographed
    pages are. What is asked for as an original is handed in and stays, such as a form or a certificate to be replaced.
    """
    return requirement.form is MaterialForm.COPY and requirement.min_pages > 0


def _line(
    requirement: MaterialRequirement,
    noted: Material | None,
    pages: int,
    facts: Mapping[str, str],
    today: date,
    borrowed: Borrowed | None,
) -> ChecklistLine:
    needed = _needed(requirement, facts)
    if noted is not None and noted.state in _ANSWERS:
        if needed is not None or pages:
            noted = None  # the condition is known by now, or the paper came after all
        else:
            needed = noted.state is MaterialState.NEEDED
    state = noted.state if noted is not None else (MaterialState.TAKEN if pages else None)
    if state is MaterialState.PROMISED and pages and pages >= requirement.min_pages:
        state = MaterialState.TAKEN  # it came before the case was taken in
    if needed is None and state is not None:
        needed = True
    done, sentence = _standing(requirement, needed, state, noted, pages, today, borrowed)
    return ChecklistLine(
        requirement=requirement,
        needed=needed,
        state=state,
        pages=pages,
        form=noted.form if noted is not None else requirement.form,
        copies=noted.copies if noted is not None else requirement.copies,
        promised_until=noted.promised_until if noted is not None and state is MaterialState.PROMISED else "",
        reused_from_no=borrowed.local_no if borrowed is not None and state is MaterialState.REUSED else "",
        trust=noted.trust if noted is not None else Trust.CHECKED,
        returned=noted.returned if noted is not None else False,
        done=done,
        sentence=sentence,
    )


def _needed(requirement: MaterialRequirement, facts: Mapping[str, str]) -> bool | None:
    if requirement.necessity is not Necessity.CONDITIONAL or requirement.when is None:
        return True
    return requirement.when.holds(facts)


def _standing(
    requirement: MaterialRequirement,
    needed: bool | None,
    state: MaterialState | None,
    noted: Material | None,
    pages: int,
    today: date,
    borrowed: Borrowed | None,
) -> tuple[bool, Sentence]:
    """Whether nothing is left to do about it, and how it stands in words."""
    name = requirement.name
    if state is MaterialState.NOT_NEEDED:
        return True, Sentence("intake.checklist.not_needed", {"name": name})
    if state is MaterialState.SEEN:
        return _seen(requirement, pages)
    if state is MaterialState.PROMISED and noted is not None:
        return _promise(requirement, noted, today)
    if state is MaterialState.REUSED:
        unfit = Unfit.NO_MORE if borrowed is None else borrowed.unfit
        params = {"name": name, "pages": pages, "local_no": borrowed.local_no if borrowed is not None else ""}
        if unfit is not None:
            return False, Sentence(f"intake.missing.reused_{unfit}", params, "bad")
        return True, Sentence("intake.checklist.reused", params, "good")
    if state is MaterialState.TAKEN:
        if pages < requirement.min_pages:
            params = {"name": name, "have": pages, "need": requirement.min_pages}
            return False, Sentence("intake.missing.pages", params, "bad")
        key = "intake.checklist.taken" if pages else "intake.checklist.taken_unphotographed"
        taken = True, Sentence(key, {"name": name, "pages": pages}, "good")
        return _short(requirement, noted) or taken
    if needed is False:
        return True, Sentence("intake.checklist.condition_not_met", {"name": name})
    if needed is None:
        words = requirement.when.words if requirement.when else ""
        by_clerk = requirement.when is not None and not requirement.when.fact
        if by_clerk:
            return False, Sentence("intake.checklist.ask", {"name": name, "words": words}, "warn")
        return True, Sentence("intake.checklist.depends", {"name": name, "words": words})
    if requirement.min_pages:
        return False, Sentence("intake.missing.pages", {"name": name, "have": 0, "need": requirement.min_pages}, "bad")
    return False, Sentence("intake.missing.paper", {"name": name}, "bad")


def _seen(requirement: MaterialRequirement, pages: int) -> tuple[bool, Sentence]:
    params = {"name": requirement.name, "have": pages, "need": requirement.min_pages}
    if not can_be_given_back(requirement):
        return False, Sentence("intake.missing.not_given_back", params, "bad")
    if pages < requirement.min_pages:
        return False, Sentence("intake.missing.seen_pages", params, "bad")
    return True, Sentence("intake.checklist.seen", {"name": requirement.name, "pages": pages}, "good")


def _short(requirement: MaterialRequirement, noted: Material | None) -> tuple[bool, Sentence] | None:
    """What a paper that came lacks: a copy where the original is asked for, too few of them; None where it is right."""
    if noted is None:
        return None
    if requirement.form is MaterialForm.ORIGINAL and noted.form is not MaterialForm.ORIGINAL:
        return False, Sentence("intake.missing.original", {"name": requirement.name}, "bad")
    if noted.copies < requirement.copies:
        params = {"name": requirement.name, "have": noted.copies, "need": requirement.copies}
        return False, Sentence("intake.missing.copies", params, "bad")
    return None


def _promise(requirement: MaterialRequirement, noted: Material, today: date) -> tuple[bool, Sentence]:
    last = last_promise_day(requirement, today)
    if last is None:
        return False, Sentence("intake.missing.no_promise", {"name": requirement.name}, "bad")
    if not today.isoformat() <= noted.promised_until <= last.isoformat():
        params = {"name": requirement.name, "date": noted.promised_until, "last": last.isoformat()}
        return False, Sentence("intake.missing.promise_day", params, "bad")
    params = {"name": requirement.name, "date": noted.promised_until}
    return True, Sentence("intake.checklist.promised", params, "warn")
