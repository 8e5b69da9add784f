"""What the item asks for and how it stands, as cards."""

from __future__ import annotations

from villagedesk.desk.intake_views import ChecklistLine
from villagedesk.desk.views import DraftView
from villagedesk.domain.case import MaterialState, Page
from villagedesk.ui.cards import Card
from villagedesk.ui.guides.item_guide import requirement_words
from villagedesk.ui.sentences import Words

_NOTED = frozenset({MaterialState.SEEN, MaterialState.PROMISED, MaterialState.REUSED, MaterialState.NOT_NEEDED})


def pages_of(draft: DraftView, requirement_id: str) -> list[Page]:
    """The pages kept for one material."""
    return [page for page in draft.pages if page.requirement_id == requirement_id]


def line_of(draft: DraftView, requirement_id: str) -> ChecklistLine | None:
    """That line of the checklist."""
    return next((line for line in draft.checklist if line.requirement.requirement_id == requirement_id), None)


def wanted_materials(draft: DraftView) -> list[str]:
    """Ids of the materials that still lack pages: all that must be there, and others once they were begun."""
    return [
        line.requirement.requirement_id
        for line in draft.checklist
        if not line.done and (line.needed or line.pages) and line.state not in _NOTED
    ]


def checklist(words: Words, draft: DraftView) -> list[Card]:
    """A card per material; those that are not needed this time come last."""
    lines = sorted(draft.checklist, key=lambda line: line.needed is False and not line.pages and line.state is None)
    return [_card(words, line) for line in lines]


def _card(words: Words, line: ChecklistLine) -> Card:
    requirement = line.requirement
    count = words("ui.materials.count", there=line.pages, need=requirement.min_pages)
    told = line.state in _NOTED or line.needed is False or (line.needed is None and not line.pages)
    badge = words(f"ui.checklist.{line.state}") if line.state in _NOTED else count
    if line.state is None and line.needed is False and not line.pages:
        badge = words("ui.checklist.not_needed")
    tone = line.sentence.tone if told or line.done else "warn"
    lines = [requirement_words(words, requirement)]
    if requirement.when is not None and line.needed is not True:
        lines.append(words("ui.materials.if", condition=requirement.when.words))
    if line.promised_until:
        lines.append(words("ui.checklist.until", date=line.promised_until))
    if line.reused_from_no:
        lines.append(words("ui.checklist.from", local_no=line.reused_from_no))
    return Card(requirement.requirement_id, requirement.name, tuple(lines), tone, ((badge, tone),))
