"""What the item asks for and how it stands, as cards."""

from __future__ import annotations

from collections import Counter

from villagedesk.desk.intake_views import ChecklistLine
from villagedesk.desk.views import DraftView, Sentence
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
    """Ids of the materials there is something left to do about: all that must be there and others once they were begun,
    then those the clerk has to ask about."""
    begun = [line for line in draft.checklist if not line.done and (line.needed or line.pages)]
    asked = [line for line in draft.checklist if line.unanswered]
    return [line.requirement.requirement_id for line in (*begun, *asked)]


def standing(draft: DraftView) -> Sentence:
    """What is missing and what is to be asked, in one line: the list may be longer than the screen."""
    missing = sum(bool(line.needed) and not line.done for line in draft.checklist)
    asked = sum(line.unanswered for line in draft.checklist)
    params = {"missing": missing, "asked": asked}
    if missing:
        return Sentence("ui.materials.standing_both" if asked else "ui.materials.standing_missing", params, "bad")
    if asked:
        return Sentence("ui.materials.standing_asked", params, "warn")
    return Sentence("ui.materials.standing_whole", {}, "good")


def checklist(words: Words, draft: DraftView) -> list[Card]:
    """A card per material; those that are not needed this time come last. Before them, pages that were photographed for
    a material of another item: only the clerk can say where they belong."""
    lines = sorted(draft.checklist, key=lambda line: line.needed is False and not line.pages and line.state is None)
    snag = draft.correction.snag if draft.correction is not None else None
    asked = {one.requirement_id: one.asked for one in snag.wanted} if snag is not None else {}
    strays = Counter(page.requirement_id for page in draft.pages if line_of(draft, page.requirement_id) is None)
    return [
        *(_stray_card(words, requirement_id, count) for requirement_id, count in strays.items()),
        *(_card(words, line, asked.get(line.requirement.requirement_id)) for line in lines),
    ]


def _stray_card(words: Words, requirement_id: str, pages: int) -> Card:
    badge = (words("ui.checklist.stray_pages", count=pages), "bad")
    return Card(requirement_id, words("ui.checklist.stray"), (words("ui.checklist.stray_advice"),), "bad", (badge,))


def _card(words: Words, line: ChecklistLine, asked: Sentence | None) -> Card:
    requirement = line.requirement
    missing = bool(line.needed) and not line.done
    tone = "bad" if missing else line.sentence.tone
    badges = [(words("ui.checklist.missing"), tone)] if missing else []
    badge = _badge(words, line)
    if badge:
        badges.append((badge, tone))
    lines = [requirement_words(words, requirement)]
    if asked is not None:
        lines.insert(0, words.of(asked))
    if requirement.when is not None and line.needed is not True:
        lines.append(words("ui.materials.if", condition=requirement.when.words))
    if line.promised_until:
        lines.append(words("ui.checklist.until", date=line.promised_until))
    if line.reused_from_no:
        lines.append(words("ui.checklist.from", local_no=line.reused_from_no))
    if missing and line.state not in (None, MaterialState.NEEDED):
        lines.append(words.of(line.sentence))
    return Card(requirement.requirement_id, requirement.name, tuple(lines), tone, tuple(badges))


def _badge(words: Words, line: ChecklistLine) -> str:
    """How it stands, in a word or two."""
    if line.unanswered:
        return words("ui.checklist.unanswered")
    if line.state in _NOTED and (line.done or not line.requirement.min_pages):
        return words(f"ui.checklist.{line.state}")
    if line.state is None and line.needed is not True:
        return words("ui.checklist.depends" if line.needed is None else "ui.checklist.not_needed")
    if line.requirement.min_pages or line.pages:
        return words("ui.materials.count", there=line.pages, need=line.requirement.min_pages)
    return words("ui.checklist.came") if line.state is MaterialState.TAKEN else ""
