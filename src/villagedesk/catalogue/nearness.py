"""How near items are to a word: by their names, what people call them, words that mean the same, and their pinyin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from enum import IntEnum

from villagedesk.catalogue.phrases import Phrases, SpokenPhrases, cuts_into_syllables
from villagedesk.catalogue.typed_words import SOFT, squeezed, without_soft
from villagedesk.domain.names_pinyin import syllables
from villagedesk.domain.service_item import ServiceItem

_PIECE = 2
"""Characters of a piece at least: one alone is nearly everywhere."""
_MOST_INITIALS = 12
"""Letters of a word that may be cut into initials; more would be anything."""


_SOFT_BY_INITIALS = ("办理", "申请")
"""The others' initials stand for too much else."""


class Rank(IntEnum):
    """How near an item is to a word, best first."""

    WHOLE = 0
    """The whole name, code, or a word that people call it; the pinyin or the initials of such a one."""
    NAME_BEGINS = 1
    IN_NAME = 2
    IN_WORDS = 3
    SPOKEN_BEGINS = 4
    SPOKEN = 5
    SYNONYM_WHOLE = 6
    IN_SYNONYM = 7
    SPOKEN_SYNONYM = 8
    IN_ORDER = 9
    """The characters come in this order with others between, as in 医保登记."""
    IN_PIECES = 10
    """Pieces of it stand at several places in any order, as in 报销医保."""
    IN_PIECES_AROUND = 11
    """Some of them only in what the item asks for."""


Nearness = list[int]
"""By rank: the items that are so near, as bits."""


class Written:
    """What items are called and what they ask for, as it is written.

    Args:
        synonyms: groups of words that mean the same.
    """

    def __init__(self, items: Sequence[ServiceItem], synonyms: Sequence[Sequence[str]]) -> None:
        names: defaultdict[str, int] = defaultdict(int)
        words: defaultdict[str, int] = defaultdict(int)
        codes: defaultdict[str, int] = defaultdict(int)
        around: defaultdict[str, int] = defaultdict(int)
        for place, item in enumerate(items):
            bit = 1 << place
            names[squeezed(item.name)] |= bit
            codes[squeezed(item.code)] |= bit
            for word in item.search_words:
                words[squeezed(word)] |= bit
            for name in (*(one.name for one in item.materials), *(one.name for one in item.flow)):
                around[squeezed(name)] |= bit
        self.names, self.words, self.codes = Phrases(names), Phrases(words), Phrases(codes)
        self.around = Phrases(around)
        self.meant_items = self._meant(synonyms)
        self.meant = Phrases(self.meant_items)
        self.named_items = {**names, **{word: mask | names.get(word, 0) for word, mask in words.items()}}

    def whole(self, word: str) -> int:
        """Items that are called just so."""
        return self.names.whole(word) | self.codes.whole(word) | self.words.whole(word)

    def near(self, word: str) -> Nearness:
        """Items by how near they are."""
        near = self._direct(word)
        if word.isascii():
            return near
        if not any(near):
            word = without_soft(word)
            near = self._direct(word)
        near[Rank.IN_ORDER] = self.names.in_order(word)
        return self._pieces(word, near)

    def said(self, piece: str) -> int:
        """Items with that in what names them."""
        return self.names.holding(piece) | self.words.holding(piece) | self.meant.holding(piece)

    def _meant(self, synonyms: Sequence[Sequence[str]]) -> dict[str, int]:
        meant: defaultdict[str, int] = defaultdict(int)
        for group in synonyms:
            known = [word for word in map(squeezed, group) if word]
            mask = 0
            for word in known:
                mask |= self.names.holding(word) | self.words.holding(word)
            for word in known:
                meant[word] |= mask
        return meant

    def _direct(self, word: str) -> Nearness:
        near = [0] * len(Rank)
        near[Rank.WHOLE] = self.whole(word)
        near[Rank.NAME_BEGINS] = self.names.beginning(word)
        near[Rank.IN_NAME] = self.names.holding(word) | self.codes.beginning(word)
        near[Rank.IN_WORDS] = self.words.holding(word) | self.codes.holding(word)
        near[Rank.SYNONYM_WHOLE] = self.meant.whole(word)
        near[Rank.IN_SYNONYM] = self.meant.holding(word)
        return near

    def _pieces(self, word: str, near: Nearness) -> Nearness:
        """Cut the word so that each piece stands somewhere, one of them in what names the item."""
        if len(word) < 2 * _PIECE:
            return near
        cuts = [_Cut() for _ in range(len(word) + 1)]
        cuts[0] = _Cut(all_named=-1, some=-1)
        for start, before in enumerate(cuts):
            if not before.some:
                continue
            for end in range(start + _PIECE, len(word) + 1):
                piece = word[start:end]
                said, around = self.said(piece), self.around.holding(piece)
                if not said | around:
                    break
                cuts[end].add(before, said, around, self.names.whole(piece) | self.words.whole(piece))
        last = cuts[-1]
        near[Rank.IN_PIECES] |= last.all_named | last.one_whole
        near[Rank.IN_PIECES_AROUND] |= last.one_named
        return near


class _Cut:
    """Items for which the word can be cut here: all pieces before name them, one does, one is a whole name, or any."""

    def __init__(self, all_named: int = 0, some: int = 0) -> None:
        self.all_named = all_named
        self.one_named = 0
        self.one_whole = 0
        self.some = some

    def add(self, before: _Cut, said: int, around: int, whole: int) -> None:
        """Another piece leads here."""
        here = said | around
        self.all_named |= before.all_named & said
        self.one_named |= before.one_named & here | before.some & said
        self.one_whole |= before.one_whole & here | before.some & whole
        self.some |= before.some & here


class Spoken:
    """The same in pinyin. Reads the dictionaries, which takes a moment."""

    def __init__(self, written: Written) -> None:
        self._named = SpokenPhrases(written.named_items)
        self._meant = SpokenPhrases(written.meant_items)
        self.soft_words = frozenset(map(_letters, SOFT))
        """What means nothing beside other words."""
        soft = {*self.soft_words, *("".join(part[0] for part in syllables(word)) for word in _SOFT_BY_INITIALS)}
        self._soft = tuple(sorted(soft, key=lambda one: (-len(one), one)))

    def near(self, letters: str) -> Nearness:
        """Items by how near they are to letters of pinyin or initials."""
        letters = letters.replace("v", "u")
        near = self._direct(letters)
        if any(near):
            return near
        core = without_soft(letters, self._soft)
        if core != letters and any(near := self._direct(core)):
            return near
        near[Rank.IN_ORDER] = self._named.beginnings(letters) | self._meant.beginnings(letters)
        return self._pieces(letters, near)

    def _direct(self, letters: str) -> Nearness:
        near = [0] * len(Rank)
        near[Rank.WHOLE] = self._named.whole(letters)
        near[Rank.SPOKEN_BEGINS] = self._named.beginning(letters)
        near[Rank.SPOKEN] = self._named.holding(letters)
        if len(letters) >= _PIECE:
            near[Rank.SPOKEN_SYNONYM] = self._meant.beginning(letters)
        return near

    def _pieces(self, letters: str, near: Nearness) -> Nearness:
        """Cut into runs of syllables; initials are pieces too where the whole cannot be syllables: ``yiliaobx``."""
        initials = len(letters) <= _MOST_INITIALS and not cuts_into_syllables(letters)
        reached = [0] * (len(letters) + 1)
        reached[0] = -1
        for start in range(len(letters)):
            if not reached[start]:
                continue
            for soft in self._soft:
                if letters.startswith(soft, start):
                    reached[start + len(soft)] |= reached[start]
            for spoken in (self._named, self._meant):
                for end, mask in spoken.runs(letters, start):
                    reached[end] |= reached[start] & mask
            if initials:
                self._initials(letters, start, reached)
        near[Rank.IN_PIECES] |= max(reached[-1], 0)  # all there are: nothing but soft words
        return near

    def _initials(self, letters: str, start: int, reached: list[int]) -> None:
        for end in range(start + _PIECE, len(letters) + 1):
            piece = letters[start:end]
            mask = self._named.holding_initials(piece) | self._meant.holding_initials(piece)
            if not mask:
                return
            reached[end] |= reached[start] & mask


def _letters(word: str) -> str:
    return "".join(syllables(word))


def merged(one: Nearness, other: Nearness) -> Nearness:
    """What is near in either way."""
    return [a | b for a, b in zip(one, other, strict=True)]
