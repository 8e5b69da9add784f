"""What the item asks for and what is there of it, as cards."""

from __future__ import annotations

from villagedesk.desk.views import DraftView
from villagedesk.domain.case import Page
from villagedesk.domain.service_item import MaterialRequirement, Necessity
from villagedesk.ui.cards import Card
from villagedesk.ui.intake.item_guide import requirement_words
from villagedesk.ui.sentences import Words


def pages_of(draft: DraftView, requirement_id: str) -> list[Page]:
    """The pages kept for one material."""
    return [page for page in draft.pages if page.requirement_id == requirement_id]


def wanted_materials(draft: DraftView) -> list[str]:
    """Ids of the materials that still lack pages: all that must be there, and others once they were begun."""
    wanted = []
    for requirement in draft.item.materials:
        there = len(pages_of(draft, requirement.requirement_id))
        begun = there > 0 or requirement.necessity is not Necessity.CONDITIONAL
        if begun and there < requirement.min_pages:
            wanted.append(requirement.requirement_id)
    return wanted


def checklist(words: Words, draft: DraftView) -> list[Card]:
    """A card per material: its name, how many pages are there of how many, and under which condition it is needed."""
    return [
        _card(words, requirement, len(pages_of(draft, requirement.requirement_id)))
        for requirement in draft.item.materials
    ]


def _card(words: Words, requirement: MaterialRequirement, there: int) -> Card:
    conditional = requirement.necessity is Necessity.CONDITIONAL
    if there >= requirement.min_pages:
        tone = "good"
    elif conditional and not there:
        tone = "calm"
    else:
        tone = "warn"
    count = words("ui.materials.count", there=there, need=requirement.min_pages)
    lines = [requirement_words(words, requirement)]
    if requirement.when is not None:
        lines.append(words("ui.materials.if", condition=requirement.when.words))
    return Card(requirement.requirement_id, requirement.name, tuple(lines), tone, ((count, tone),))
