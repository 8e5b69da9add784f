"""Phrases in which items are looked for, each with the items it stands for as the bits of a whole number."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from villagedesk.domain.names_pinyin import syllables

_MOST_BEGINNINGS = 24
"""Letters: more are no name in short."""
_MOST_KEPT = 4096
"""Answers kept, for the next keystroke asks nearly the same."""
_SYLLABLE = re.compile(
    "(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:iang|iong|uang|ang|eng|ian|iao|ing|ong|uai|uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|a|e|i|o|u)"
)
_INITIAL = re.compile("[zcs]h|[bpmfdtnlgkhjqxrzcsyw]")
_LONGEST_SYLLABLE = 6


class Phrases:
    """Written ones."""

    def __init__(self, items: Mapping[str, int]) -> None:
        self._items = items
        self._texts = sorted(items)
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(self._texts):
            for gram in {*text, *map("".join, pairwise(text))}:
                self._with[gram].append(place)
        self._held: dict[str, int] = {}

    def whole(self, word: str) -> int:
        """Items with just that phrase."""
        return self._items.get(word, 0)

    def beginning(self, word: str) -> int:
        """Items with a phrase that begins so."""
        found = 0
        for place in range(bisect_left(self._texts, word), len(self._texts)):
            if not self._texts[place].startswith(word):
                break
            found |= self._items[self._texts[place]]
        return found

    def holding(self, word: str) -> int:
        """Items with a phrase that has the word in it."""
        return _kept(self._held, word, lambda: self._of(word in text and text for text in self._near(word)))

    def in_order(self, word: str) -> int:
        """Items with a phrase that has the characters in this order, with others between."""
        rarest = min((self._with.get(char, ()) for char in word), key=len)
        texts = (self._texts[place] for place in rarest)
        return self._of(_in_order(word, text) and text for text in texts)

    def _near(self, word: str) -> Iterator[str]:
        grams = word if len(word) == 1 else map("".join, pairwise(word))
        return (self._texts[place] for place in min((self._with.get(gram, ()) for gram in grams), key=len))

    def _of(self, texts: Iterator[str | bool]) -> int:
        found = 0
        for text in texts:
            if text:
                found |= self._items[str(text)]
        return found


class SpokenPhrases:
    """The same in pinyin: without tones, ü as u, found by letters from the beginning of a syllable, or by initials."""

    def __init__(self, items: Mapping[str, int]) -> None:
        said: defaultdict[str, int] = defaultdict(int)
        for phrase, mask in items.items():
            if parts := syllables(phrase):
                said[f" {' '.join(parts)} ".replace("v", "u")] |= mask
        self._texts = tuple(said)
        self._items = tuple(said.values())
        self._letters = _Lines([text.split() for text in self._texts])
        initials = tuple("".join(part[0] for part in text.split()) for text in self._texts)
        self._initials = _Lines([[*text] for text in initials])
        self._first: defaultdict[str, int] = defaultdict(int)
        self._any: defaultdict[str, int] = defaultdict(int)
        self._whole: defaultdict[str, int] = defaultdict(int)
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        for place, text in enumerate(self._texts):
            self._whole[text.replace(" ", "")] |= self._items[place]
            self._whole[initials[place]] |= self._items[place]
            self._first[initials[place][0]] |= self._items[place]
            for letter in set(initials[place]):
                self._any[letter] |= self._items[place]
            for part in set(text.split()):
                self._with[part].append(place)
        self._held: dict[str, int] = {}

    def whole(self, letters: str) -> int:
        """Items with a phrase of just these letters or initials."""
        return self._whole.get(letters, 0)

    def beginning(self, letters: str) -> int:
        """Items with a phrase that begins with these letters or initials."""
        if len(letters) == 1:
            return self._first.get(letters, 0)
        return self._of(f"\n{letters}")

    def holding(self, letters: str) -> int:
        """Items with a phrase that has these letters from the beginning of a syllable on, or these initials."""
        if len(letters) == 1:
            return self._any.get(letters, 0)
        return self._of(letters)

    def holding_initials(self, letters: str) -> int:
        """Items with a phrase that has these initials one after the other."""
        return _kept(self._held, f"|{letters}", lambda: self._mask(self._initials.having(letters)))

    def beginnings(self, letters: str) -> int:
        """Items with a phrase whose syllables begin with these letters one after the other: ``yiliaobx``."""
        if len(letters) > _MOST_BEGINNINGS:
            return 0
        near = {place for lines in (self._letters, self._initials) for place in lines.having_most(letters)}
        pattern = re.compile(" " + "(?:[a-z]* )?".join(letters))
        return self._mask([place for place in near if pattern.search(self._texts[place])])

    def runs(self, letters: str, start: int) -> Iterator[tuple[int, int]]:
        """Ends of runs of whole syllables that a phrase has from ``start`` on, two at least, and the items; the last
        may still be incomplete at the end of the letters."""
        for end in self._syllable_ends(letters, start):
            yield from self._go_on(letters, end, f" {letters[start:end]} ", self._with[letters[start:end]])

    def _go_on(self, letters: str, start: int, said: str, places: Collection[int]) -> Iterator[tuple[int, int]]:
        if start < len(letters):
            rest = f"{said}{letters[start:]}"
            if having := [place for place in places if rest in self._texts[place]]:
                yield len(letters), self._mask(having)
        for end in self._syllable_ends(letters, start):
            part = letters[start:end]
            now = f"{said}{part} "
            having = [place for place in min(places, self._with[part], key=len) if now in self._texts[place]]
            if having:
                yield end, self._mask(having)
                yield from self._go_on(letters, end, now, having)

    def _syllable_ends(self, letters: str, start: int) -> Iterator[int]:
        ends = range(start + 1, min(start + _LONGEST_SYLLABLE, len(letters)) + 1)
        return (end for end in ends if letters[start:end] in self._with)

    def _of(self, letters: str) -> int:
        def read() -> int:
            return self._mask(self._letters.having(letters)) | self._mask(self._initials.having(letters))

        return _kept(self._held, letters, read)

    def _mask(self, places: Collection[int]) -> int:
        found = 0
        for place in places:
            found |= self._items[place]
        return found


class _Lines:
    """Lines of parts, looked through in one go."""

    def __init__(self, lines: Sequence[Sequence[str]]) -> None:
        self._text = "\n" + "\n".join("".join(line) for line in lines) + "\n"
        self._starts: list[int] = []
        self._begins = bytearray(len(self._text))
        place = 1
        for line in lines:
            self._starts.append(place)
            for part in line:
                self._begins[place] = 1
                place += len(part)
            place += 1

    def having(self, letters: str) -> list[int]:
        """Numbers of the lines with these letters at the beginning of a part; after a line feed, of a line."""
        found: list[int] = []
        text, begins, ahead = self._text, self._begins, letters.startswith("\n")
        at = text.find(letters)
        while at >= 0:
            if begins[at + ahead]:
                found.append(bisect_right(self._starts, at + ahead) - 1)
                at = text.find("\n", at + 1) - 1  # the next line may begin with them
            at = text.find(letters, at + 1)
        return found

    def having_most(self, letters: str) -> list[int]:
        """Numbers of the lines with as many of the letters as any has, two at least."""
        for end in range(len(letters), 1, -1):
            if found := self.having(letters[:end]):
                return found
        return []


def cuts_into_syllables(letters: str) -> bool:
    """Whether the letters can be whole syllables of pinyin, the last perhaps incomplete."""
    ends = {0}
    for start in range(len(letters)):
        if start in ends:
            if _INITIAL.fullmatch(letters, start):
                return True
            for end in range(start + 1, min(start + _LONGEST_SYLLABLE, len(letters)) + 1):
                if _SYLLABLE.fullmatch(letters, start, end):
                    ends.add(end)
    return len(letters) in ends


def _in_order(word: str, text: str) -> bool:
    place = -1
    for char in word:
        place = text.find(char, place + 1)
        if place < 0:
            return False
    return True


def _kept(kept: dict[str, int], key: str, read: Callable[[], int]) -> int:
    found = kept.get(key)
    if found is None:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        found = kept[key] = read()
    return found
