"""Finding a service item by what the clerk types: part of the name, what people call it, pinyin, or the code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from operator import and_, or_
from threading import Lock
from types import MappingProxyType

from villagedesk.catalogue.nearness import Nearness, Rank, Spoken, Written, merged
from villagedesk.catalogue.typed_words import LONGEST, SOFT, squeezed, typed_words
from villagedesk.domain.service_item import ServiceItem

_BANDS = (0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4)
"""By rank. Within a band those used about as often as each other stand together, the most used first, and only then
the rank decides: what people come for is before a name that merely begins with the word."""
_USES = 64
"""How often an item was used counts in doublings: 1, 2–3, 4–7, …, so that a handful of cases turns nothing over."""


class ItemFinder:
    """The items of a catalogue, searched at each keystroke.

    Call :meth:`prepare` on a worker after start: it builds the index and reads the pinyin dictionaries (0.3 s). A
    search does what it needs of that otherwise.

    Args:
        items: codes must differ.
        synonyms: groups of words that mean the same: who types one finds the items that hold another.
        uses: how often each item was taken in, by code; of items about as near the most used comes first.
    """

    def __init__(
        self,
        items: Iterable[ServiceItem],
        synonyms: Sequence[Sequence[str]] = (),
        uses: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._items = tuple(items)
        self._by_code = {item.code: item for item in self._items}
        self._uses = {item.code: uses.get(item.code, 0) for item in self._items}
        self._synonyms = synonyms
        self._order: _Order | None = None
        self._written: Written | None = None
        self._spoken: Spoken | None = None
        self._preparing = Lock()

    def get(self, code: str) -> ServiceItem:
        """The item with that code. Raises KeyError."""
        return self._by_code[code]

    def all(self) -> tuple[ServiceItem, ...]:
        """Every item, in the catalogue's order."""
        return self._items

    def prepare(self) -> None:
        """Build the index, once; may be called from any thread."""
        self._speaking()

    def search(self, typed: str, limit: int = 50) -> Sequence[ServiceItem]:
        """The items that hold every word typed, in any order, best first; all items when nothing is typed.

        Only the first :data:`villagedesk.catalogue.typed_words.LONGEST` characters count.
        """
        words = typed_words(typed)
        if not words:
            return self._items[:limit]
        written = self._writing()
        spoken = self._speaking() if any(map(_is_spoken, words)) else None
        if len(words) > 1:
            soft = {*SOFT, *(spoken.soft_words if spoken else ())}
            words = tuple(word for word in words if word not in soft) or words
        reached = [-1] * len(Rank)
        for word in dict.fromkeys(words):
            near = written.near(word)
            if spoken is not None and _is_spoken(word):
                near = merged(near, spoken.near(word))
            reached = list(map(and_, reached, accumulate(near, or_)))
        reached[0] |= written.whole(squeezed(typed.strip()[:LONGEST]))
        return self._best(reached, limit)

    def count_use(self, code: str) -> None:
        """That item was taken in once more."""
        if code in self._uses:
            self._uses[code] += 1
            self._order = None

    def _best(self, reached: Nearness, limit: int) -> Sequence[ServiceItem]:
        order = self._ordering()
        ranked: list[int] = []
        before = 0
        for rank, now in enumerate(accumulate(reached, or_)):
            ranked += order.keys(now & ~before, _BANDS[rank], rank)
            before = now
        ranked.sort()
        return [order.item(key) for key in ranked[:limit]]

    def _ordering(self) -> _Order:
        order = self._order
        if order is None:
            order = self._order = _Order(self._items, self._uses)
        return order

    def _writing(self) -> Written:
        with self._preparing:
            if self._written is None:
                self._written = Written(self._items, self._synonyms)
            return self._written

    def _speaking(self) -> Spoken:
        written = self._writing()
        with self._preparing:
            if self._spoken is None:
                self._spoken = Spoken(written)
            return self._spoken


class _Order:
    """What comes before what, as one whole number an item and rank."""

    def __init__(self, items: Sequence[ServiceItem], uses: Mapping[str, int]) -> None:
        def place(index: int) -> tuple[int, int, int]:
            return -uses[items[index].code], len(items[index].name), index

        order = sorted(range(len(items)), key=place)
        self._items = [items[index] for index in order]
        self._places = [0] * len(items)
        self._rarity = [0] * len(items)
        for at, index in enumerate(order):
            self._places[index] = at
            self._rarity[index] = _USES - min(uses[items[index].code].bit_length(), _USES)

    def keys(self, found: int, band: int, rank: int) -> list[int]:
        """Of the items that are bits of ``found``."""
        ranks, count, above = len(Rank), len(self._items), band * (_USES + 1)
        bits = bin(found)[:1:-1] if found else ""
        return [
            ((above + self._rarity[index]) * ranks + rank) * count + self._places[index]
            for index, bit in enumerate(bits)
            if bit == "1"
        ]

    def item(self, key: int) -> ServiceItem:
        """The item with that key."""
        return self._items[key % len(self._items)]


def _is_spoken(word: str) -> bool:
    return word.isascii() and word.isalpha()
