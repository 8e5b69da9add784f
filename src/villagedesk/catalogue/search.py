"""Finding a service item by what the clerk types: part of the name, what people call it, pinyin, or the code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType

from villagedesk.domain.names_pinyin import syllables
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.typed_text import fold_digits

_WHOLE, _NAME_BEGINS, _IN_NAME, _IN_WORDS, _SYNONYM, _INITIALS, _INITIALS_BEGIN, _IN_PINYIN, _IN_ORDER, _NO = range(10)
"""Ranks, best first. _WHOLE: the whole name, code, or a word that people call it; _INITIALS: of such a one.
_IN_ORDER: the characters come in this order with others between, as in 医保登记."""


class ItemFinder:
    """The items of a catalogue, searched at each keystroke.

    Call :meth:`prepare` on a worker after start: it reads the pinyin dictionaries (0.3 s). The first search with
    Latin letters does so otherwise.

    Args:
        items: codes must differ.
        synonyms: groups of words that mean the same: who types one finds the items that hold another.
        uses: how often each item was taken in, by code; of equally good matches the most used comes first.
    """

    def __init__(
        self,
        items: Iterable[ServiceItem],
        synonyms: Sequence[Sequence[str]] = (),
        uses: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._items = tuple(items)
        self._uses = tuple(uses.get(item.code, 0) for item in self._items)
        self._by_code = {item.code: item for item in self._items}
        groups = [frozenset(_fold(word) for word in group) for group in synonyms]
        self._texts = tuple(_Text.of(item, groups) for item in self._items)
        self._spoken: tuple[tuple[_Spoken, ...], ...] | None = None
        self._preparing = Lock()

    def get(self, code: str) -> ServiceItem:
        """The item with that code. Raises KeyError."""
        return self._by_code[code]

    def all(self) -> tuple[ServiceItem, ...]:
        """Every item, in the catalogue's order."""
        return self._items

    def prepare(self) -> None:
        """Build the pinyin index, once; may be called from any thread."""
        with self._preparing:
            if self._spoken is None:
                self._spoken = tuple(
                    tuple(_Spoken.of(phrase) for phrase in (item.name, *item.search_words)) for item in self._items
                )

    def search(self, typed: str, limit: int = 50) -> Sequence[ServiceItem]:
        """The items that hold every word typed, in any order, best first; all items when nothing is typed."""
        words = _fold(typed).split()
        if not words:
            return self._items[:limit]
        spoken = self._spoken_for(words)
        ranked: list[tuple[int, int, int, int]] = []
        for index, text in enumerate(self._texts):
            rank = 0
            for word in words:
                rank = max(rank, _rank(word, text, spoken[index] if spoken else ()))
                if rank == _NO:
                    break
            if rank != _NO:
                ranked.append((rank, -self._uses[index], len(text.name), index))
        ranked.sort()
        return [self._items[index] for *_, index in ranked[:limit]]

    def _spoken_for(self, words: Sequence[str]) -> tuple[tuple[_Spoken, ...], ...] | None:
        if not any(word.isascii() and word.isalpha() for word in words):
            return None
        self.prepare()
        return self._spoken


@dataclass(frozen=True)
class _Text:
    name: str
    code: str
    words: tuple[str, ...]
    synonyms: tuple[str, ...]

    @classmethod
    def of(cls, item: ServiceItem, groups: Sequence[frozenset[str]]) -> _Text:
        name, words = _fold(item.name), tuple(_fold(word) for word in item.search_words)
        meant = {
            word
            for group in groups
            if any(known in text for known in group for text in (name, *words))
            for word in group
        }
        return cls(name, _fold(item.code), words, tuple(sorted(meant)))


@dataclass(frozen=True)
class _Spoken:
    """A phrase in pinyin: its first letters, and all letters with the places where syllables begin."""

    initials: str
    letters: str
    begins: frozenset[int]

    @classmethod
    def of(cls, phrase: str) -> _Spoken:
        parts = syllables(phrase)
        begins: list[int] = []
        length = 0
        for part in parts:
            begins.append(length)
            length += len(part)
        return cls("".join(part[0] for part in parts), "".join(parts), frozenset(begins))

    def has(self, letters: str) -> bool:
        """Whether the letters begin at a syllable."""
        start = self.letters.find(letters)
        while start >= 0:
            if start in self.begins:
                return True
            start = self.letters.find(letters, start + 1)
        return False


def _fold(text: str) -> str:
    return fold_digits(text).casefold()


def _rank(word: str, text: _Text, spoken: Sequence[_Spoken]) -> int:
    if word in (text.name, text.code, *text.words):
        return _WHOLE
    if text.name.startswith(word):
        return _NAME_BEGINS
    if word in text.name or text.code.startswith(word):
        return _IN_NAME
    if word in text.code or any(word in known for known in text.words):
        return _IN_WORDS
    if any(word in known for known in text.synonyms):
        return _SYNONYM
    if word.isascii():
        if any(phrase.initials == word for phrase in spoken):
            return _INITIALS
        if any(phrase.initials.startswith(word) for phrase in spoken):
            return _INITIALS_BEGIN
        if any(word in phrase.initials or phrase.has(word) for phrase in spoken):
            return _IN_PINYIN
        return _NO
    return _IN_ORDER if _in_order(word, text.name) else _NO


def _in_order(word: str, name: str) -> bool:
    place = -1
    for char in word:
        place = name.find(char, place + 1)
        if place < 0:
            return False
    return True
