"""What the villager reads of a paper that is still to be brought: said to whoever goes and fetches it, not to the clerk
at the window."""

from __future__ import annotations

from datetime import date

from villagedesk.desk.intake_views import ChecklistLine
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import MaterialState
from villagedesk.domain.service_item import MaterialForm


def to_bring(line: ChecklistLine) -> tuple[Sentence, ...]:
    """Under what condition, what is left to bring of it, and whether it may come later."""
    requirement = line.requirement
    said: list[Sentence] = []
    if line.needed is None and requirement.when is not None:
        said.append(Sentence("handouts.bring.only_if", {"words": requirement.when.words}))
    said.append(_what(line))
    if requirement.promise_days and line.state in (None, MaterialState.NEEDED):
        said.append(Sentence("handouts.bring.may_come_later", {"days": requirement.promise_days}))
    return tuple(said)


def promised_until(day: str) -> Sentence:
    """The last day of a paper that was promised.

    Args:
        day: ISO date.
    """
    last = date.fromisoformat(day)
    return Sentence("handouts.bring.by_day", {"year": last.year, "month": last.month, "day": last.day})


def _what(line: ChecklistLine) -> Sentence:
    requirement, state = line.requirement, line.state
    if state is MaterialState.REUSED:
        return Sentence("handouts.bring.new_one")
    if state is MaterialState.PROMISED:
        return Sentence("handouts.bring.no_more_promise")
    if state is MaterialState.SEEN:
        return Sentence("handouts.bring.original_again")
    if state is MaterialState.TAKEN:
        if requirement.form is MaterialForm.ORIGINAL and line.form is not MaterialForm.ORIGINAL:
            return Sentence("handouts.bring.original_not_copy")
        if line.pages < requirement.min_pages:
            more = requirement.min_pages - line.pages
            return Sentence("handouts.bring.more_pages", {"have": line.pages, "more": more})
        more = max(requirement.copies - line.copies, 0)
        return Sentence("handouts.bring.more_copies", {"have": line.copies, "more": more})
    return Sentence(f"handouts.bring.{requirement.form}")
