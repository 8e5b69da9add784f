"""A page's papers: which kinds they are by their headings and words, and the values of those that are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from villagedesk.domain.paper_title import PaperTitle
from villagedesk.imaging.fields.bank_card import BANK, BOOK, SOCIAL, read_bank_card, read_social_card
from villagedesk.imaging.fields.household_register import HOUSEHOLD, MEMBER, read_household, read_member
from villagedesk.imaging.fields.id_card import BACK, FRONT, read_back, read_fronts
from villagedesk.imaging.fields.numbers import person_numbers
from villagedesk.imaging.fields.spots import Spot, rows_of, spots_of
from villagedesk.imaging.fields.values import Knowledge, ReadField, ReadPaper
from villagedesk.imaging.recognising.page_text import PageText

_ROOM_BESIDE_TITLE = 8
"""Characters that a heading of common height may have besides its words; a longer line only mentions them."""
_LONGEST_HEADING = 34
_UPPER = 0.45
_TALLER = 1.25
_FORGIVEN_FROM = 5
"""Characters from which on a heading is known with one character misread."""
_LARGEST_CARD_LINES = 25
_CARD_SHAPE = 85.6 / 54.0
_CARD_TOLERANCE = 0.06


@dataclass(frozen=True)
class PagePapers:
    """What a page is.

    Args:
        kinds: the likeliest first, none where nothing known stands on it.
        papers: those with values.
    """

    kinds: tuple[str, ...]
    papers: tuple[ReadPaper, ...]


def papers_on(page: PageText, titles: Sequence[PaperTitle], knowledge: Knowledge) -> PagePapers:
    """The papers on a page.

    Args:
        titles: kinds of papers, the first that fits first.
    """
    spots = spots_of(page)
    kinds = list(dict.fromkeys(title.kind for title in titles if _is(title, spots)))
    if not kinds:
        kinds = _by_numbers(page, spots, knowledge)
    if kinds and kinds[0] not in _READ:
        return PagePapers((kinds[0],), ())
    papers: list[ReadPaper] = []
    for kind in kinds:
        if kind == FRONT:
            papers += read_fronts(spots, knowledge)
            continue
        paper = _one(kind, spots, knowledge)
        if paper is not None:
            papers.append(paper)
    return PagePapers(tuple(kinds), tuple(papers))


_READ = frozenset({FRONT, BACK, MEMBER, HOUSEHOLD, BANK, BOOK, SOCIAL})


def _one(kind: str, spots: Sequence[Spot], knowledge: Knowledge) -> ReadPaper | None:
    if kind == BACK:
        return read_back(spots, knowledge)
    if kind == MEMBER:
        return read_member(spots, knowledge)
    if kind == HOUSEHOLD:
        return read_household(spots, knowledge)
    if kind in (BANK, BOOK):
        return read_bank_card(spots, kind)
    return read_social_card(spots, knowledge) if kind == SOCIAL else None


def _is(title: PaperTitle, spots: Sequence[Spot]) -> bool:
    whole = "\n".join((*(spot.text for spot in spots), *rows_of(spots)))
    if any(word in whole for word in title.none) or not all(word in whole for word in title.every):
        return False
    if title.some and sum(word in whole for word in title.some) < title.least:
        return False
    return not title.title or any(_heads(word, spots) for word in title.title)


def _heads(word: str, spots: Sequence[Spot]) -> bool:
    """Whether a line is that heading: short, and high on the page or larger than most."""
    if not spots:
        return False
    usual = median(spot.height for spot in spots)
    low, high = min(spot.top for spot in spots), max(spot.bottom for spot in spots)
    upper = low + _UPPER * (high - low)
    for spot in spots:
        tall = spot.height >= _TALLER * usual
        longest = _LONGEST_HEADING if tall else len(word) + _ROOM_BESIDE_TITLE
        if (tall or spot.middle <= upper) and len(spot.text) <= longest and _holds(word, spot.text):
            return True
    return False


def _holds(word: str, text: str) -> bool:
    if word in text:
        return True
    if len(word) < _FORGIVEN_FROM:
        return False
    places = range(len(text) - len(word) + 1)
    return any(sum(a != b for a, b in zip(word, text[place:], strict=False)) <= 1 for place in places)


def _by_numbers(page: PageText, spots: Sequence[Spot], knowledge: Knowledge) -> list[str]:
    """A card whose words were not read: few lines, and a number whose check digit holds."""
    if len(spots) > _LARGEST_CARD_LINES:
        return []
    longer, shorter = max(page.width, page.height), min(page.width, page.height)
    card_like = abs(longer / shorter / _CARD_SHAPE - 1) < _CARD_TOLERANCE
    if card_like and any(number.checked is not None for number in person_numbers(spots, knowledge)):
        return [FRONT]
    card = read_bank_card(spots, BANK)
    number = card.value(ReadField.BANK_ACCOUNT) if card is not None else None
    named = card is not None and card.value(ReadField.BANK_NAME) is not None
    return [BANK] if number is not None and named and not number.remarks else []
