"""Finding a service item by what the clerk types: part of the name, what people call it, pinyin, or the code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType

from villagedesk.domain.names_pinyin import syllables
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.typed_text import fold_digits

(
    _WHOLE,
    _NAME_BEGINS,
    _IN_NAME,
    _IN_WORDS,
    _SYNONYM,
    _SPOKEN,
    _SPOKEN_BEGINS,
    _IN_PINYIN,
    _SPOKEN_SYNONYM,
    _IN_ORDER,
    _IN_PIECES,
    _IN_PIECES_AROUND,
    _NO,
) = range(13)
"""Ranks, best first. _WHOLE: the whole name, code, or a word that people call it; _SPOKEN: the pinyin or the initials
of such a one. _IN_ORDER: the characters come in this order with others between, as in 医保登记. _IN_PIECES: pieces of
it stand at several places in any order, as in 报销医保 or 低保申请; _IN_PIECES_AROUND: some of them only in what the
item asks for."""

_RUNS = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_PIECE = 2
"""Characters of a piece at least: one alone is nearly everywhere."""


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
        self._uses = {item.code: uses.get(item.code, 0) for item in self._items}
        self._by_code = {item.code: item for item in self._items}
        groups = [frozenset(_fold(word) for word in group) for group in synonyms]
        self._texts = tuple(_Text.of(item, groups) for item in self._items)
        self._meant = frozenset(word for group in groups for word in group)
        self._spoken_meant: tuple[tuple[str, _Spoken], ...] = ()
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
                self._spoken_meant = tuple((word, _Spoken.of(word)) for word in sorted(self._meant))
                self._spoken = tuple(
                    tuple(_Spoken.of(phrase) for phrase in (item.name, *item.search_words)) for item in self._items
                )

    def search(self, typed: str, limit: int = 50) -> Sequence[ServiceItem]:
        """The items that hold every word typed, in any order, best first; all items when nothing is typed."""
        words = [run for word in _fold(typed).split() for run in _RUNS.findall(word)]
        if not words:
            return self._items[:limit]
        spoken = self._spoken_for(words)
        meant = {word: self._meant_by(word) for word in words} if spoken else {}
        ranked: list[tuple[int, int, int, int]] = []
        for index, text in enumerate(self._texts):
            rank = 0
            for word in words:
                rank = max(rank, _rank(word, text, spoken[index] if spoken else (), meant.get(word, frozenset())))
                if rank == _NO:
                    break
            if rank != _NO:
                ranked.append((rank, -self._uses[self._items[index].code], len(text.name), index))
        ranked.sort()
        return [self._items[index] for *_, index in ranked[:limit]]

    def count_use(self, code: str) -> None:
        """That item was taken in once more."""
        if code in self._uses:
            self._uses[code] += 1

    def _meant_by(self, letters: str) -> frozenset[str]:
        """Words that mean the same as others and begin with those letters or initials."""
        if len(letters) < _PIECE:
            return frozenset()
        return frozenset(word for word, spoken in self._spoken_meant if spoken.begins_with(letters))

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
    said: str
    """All that names it, a line each."""
    around: str
    """What it asks for and what is done, a line each: the rest of what people say of it, as 申请."""
    characters: frozenset[str]

    @classmethod
    def of(cls, item: ServiceItem, groups: Sequence[frozenset[str]]) -> _Text:
        name, words = _fold(item.name), tuple(_fold(word) for word in item.search_words)
        meant = {
            word
            for group in groups
            if any(known in text for known in group for text in (name, *words))
            for word in group
        }
        said = "\n".join((name, *words, *sorted(meant)))
        others = [*(one.name for one in item.materials), *(one.name for one in item.flow)]
        around = _fold("\n".join(others))
        return cls(name, _fold(item.code), words, tuple(sorted(meant)), said, around, frozenset(said + around))


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

    def is_whole(self, letters: str) -> bool:
        """Whether the letters are all of it, or its initials."""
        return letters in (self.letters, self.initials)

    def begins_with(self, letters: str) -> bool:
        """Whether it, or its initials, begin so."""
        return self.letters.startswith(letters) or self.initials.startswith(letters)

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


def _rank(word: str, text: _Text, spoken: Sequence[_Spoken], meant: frozenset[str]) -> int:
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
        if any(phrase.is_whole(word) for phrase in spoken):
            return _SPOKEN
        if any(phrase.begins_with(word) for phrase in spoken):
            return _SPOKEN_BEGINS
        if any(word in phrase.initials or phrase.has(word) for phrase in spoken):
            return _IN_PINYIN
        return _NO if meant.isdisjoint(text.synonyms) else _SPOKEN_SYNONYM
    if _in_order(word, text.name):
        return _IN_ORDER
    return _in_pieces(word, text) if text.characters.issuperset(word) else _NO


def _in_pieces(word: str, text: _Text) -> int:
    """The rank of a word that can be cut into pieces which all stand somewhere, one of them in what names the item."""
    known = frozenset((text.name, *text.words))
    reached: dict[int, set[tuple[bool, bool]]] = {0: {(True, False)}}
    """Places a cut can be at; whether all before it names the item, and whether a piece is a whole word for it."""
    for start in range(len(word)):
        for end in range(start + _PIECE, len(word) + 1 if start in reached else 0):
            piece = word[start:end]
            names = piece in text.said
            if names or piece in text.around:
                ways = {(all_names and names, whole or piece in known) for all_names, whole in reached[start]}
                reached.setdefault(end, set()).update(ways)
    ways = reached.get(len(word), set())
    if any(all_names or whole for all_names, whole in ways):
        return _IN_PIECES
    return _IN_PIECES_AROUND if ways and any(word[at : at + _PIECE] in text.said for at in range(len(word))) else _NO


def _in_order(word: str, name: str) -> bool:
    place = -1
    for char in word:
        place = name.find(char, place + 1)
        if place < 0:
            return False
    return True
