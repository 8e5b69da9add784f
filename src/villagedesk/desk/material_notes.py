"""What the clerk notes of a paper in a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from villagedesk.desk.checklist import can_be_given_back, can_be_waived, last_promise_day
from villagedesk.domain.case import Case, Material, MaterialState, Page, Trust
from villagedesk.domain.dates import NoDate, read_date
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.service_item import MaterialForm, MaterialRequirement, ServiceItem

MOST_COPIES = 99


@dataclass(frozen=True)
class Wish:
    """What is to be noted of a paper; None for no change.

    Args:
        state: None takes back all that was noted.
        promised_until: last day of a promised one, as typed.
        returned: it was given back to the villager.
        form, copies: what was taken, where it is not what the item asks for; copies from 1 to ``MOST_COPIES``. What was
            seen is the original.
    """

    state: MaterialState | None
    promised_until: str = ""
    trust: Trust | None = None
    returned: bool | None = None
    form: MaterialForm | None = None
    copies: int | None = None


def noted(
    case: Case,
    pages: tuple[Page, ...],
    item: ServiceItem,
    requirement_id: str,
    wish: Wish,
    facts: Mapping[str, str],
    today: date,
) -> tuple[Case, tuple[Page, ...]]:
    """The draft with what was noted, and the pages it keeps.

    Args:
        facts: of the case and its form.
        today: the date in Shanghai.

    Raises:
        InputProblem: ``intake.requirement_gone``, ``intake.cannot_waive``, ``intake.cannot_give_back``,
            ``intake.missing.no_promise``, ``intake.missing.promise_day``, ``intake.date_shape``,
            ``intake.no_such_date``.
        ValueError: reuse of a paper that is not reused; copies out of range.
    """
    if wish.copies is not None and not 1 <= wish.copies <= MOST_COPIES:
        raise ValueError("copies out of range")
    requirement = requirement_of(item, requirement_id)
    state = wish.state
    before = next((one for one in case.materials if one.requirement_id == requirement_id), None)
    was_reused = before is not None and before.state is MaterialState.REUSED
    if state is MaterialState.REUSED and not was_reused:
        raise ValueError("a paper is reused by naming the case it comes from")
    if was_reused and state is not MaterialState.REUSED:
        pages = tuple(page for page in pages if page.requirement_id != requirement_id)
    others = tuple(one for one in case.materials if one.requirement_id != requirement_id)
    if state is None:
        return replace(case, materials=others), pages
    if state is MaterialState.NOT_NEEDED and not can_be_waived(requirement, facts):
        raise InputProblem("intake.cannot_waive", name=requirement.name)
    if state is MaterialState.SEEN and not can_be_given_back(requirement):
        raise InputProblem("intake.cannot_give_back", name=requirement.name)
    until = _promise(requirement, wish.promised_until, today) if state is MaterialState.PROMISED else ""
    came = before if before is not None and before.state is state else None
    seen = state is MaterialState.SEEN
    given_back = came.returned if came is not None else seen
    form = MaterialForm.ORIGINAL if seen else wish.form or (came.form if came is not None else requirement.form)
    material = Material(
        requirement_id,
        requirement.name,
        form,
        wish.copies or (came.copies if came is not None else requirement.copies),
        returned=given_back if wish.returned is None else wish.returned,
        state=state,
        trust=wish.trust or (before.trust if before else Trust.CHECKED),
        promised_until=until,
        reused_from=before.reused_from if before is not None and state is MaterialState.REUSED else "",
    )
    return replace(case, materials=(*others, material)), pages


def uploaded(case: Case, requirement: MaterialRequirement, *, anew: bool = False) -> Case:
    """The draft after a page of that paper came out of a file: nobody saw the original, unless the clerk noted how far
    the paper can be trusted (domain: section 6).

    Args:
        anew: what is noted is of the pages that were sent before, not of this one.
    """
    before = next((one for one in case.materials if one.requirement_id == requirement.requirement_id), None)
    answered = before is not None and before.state in (MaterialState.NEEDED, MaterialState.NOT_NEEDED)
    if before is not None and not answered and before.state is not MaterialState.PROMISED and not anew:
        return case
    others = tuple(one for one in case.materials if one is not before)
    if before is None or answered:
        before = Material(requirement.requirement_id, requirement.name, requirement.form, requirement.copies)
    return replace(case, materials=(*others, replace(before, trust=Trust.UPLOADED)))


def requirement_of(item: ServiceItem, requirement_id: str) -> MaterialRequirement:
    """The line of the checklist. Raises InputProblem ``intake.requirement_gone``."""
    try:
        return item.requirement(requirement_id)
    except KeyError:
        raise InputProblem("intake.requirement_gone") from None


def _promise(requirement: MaterialRequirement, typed: str, today: date) -> str:
    last = last_promise_day(requirement, today)
    if last is None:
        raise InputProblem("intake.missing.no_promise", name=requirement.name)
    if not typed.strip():
        return last.isoformat()
    try:
        until = read_date(typed)
    except NoDate as error:
        key = "intake.no_such_date" if error.typed else "intake.date_shape"
        raise InputProblem(key, field="promised_until", typed=error.typed or typed.strip()) from None
    if not today <= until <= last:
        raise InputProblem(
            "intake.missing.promise_day",
            field="promised_until",
            name=requirement.name,
            date=until.isoformat(),
            last=last.isoformat(),
        )
    return until.isoformat()
