"""What the clerk types into the search over all cases, as a query: words in any order, and the items they may mean."""

from __future__ import annotations

import re
import unicodedata

from villagedesk.desk.items import Items
from villagedesk.domain.case_query import CaseQuery, QueryWord

_MOST_ITEMS = 40
_LEAST_LETTERS = {True: 3, False: 2}
"""Letters of a word that may mean an item, by whether they are Latin: fewer would mean nearly all items."""

_ONE_NUMBER = re.compile(r"1[0-9]{10}|[0-9]{17}[0-9Xx]")
"""A mobile or identity number, which many write in groups."""


def query_of(text: str, items: Items) -> CaseQuery:
    """Each word by itself: a name, its pinyin or initials, a number or its beginning or last four, a day, an item."""
    plain = unicodedata.normalize("NFKC", text)
    words = ["".join(plain.split())] if _ONE_NUMBER.fullmatch("".join(plain.split())) else plain.split()
    return CaseQuery(tuple(QueryWord(word, _meant(word, items)) for word in words))


def _meant(word: str, items: Items) -> frozenset[str]:
    code = next((code for code in (word, word.upper()) if items.has(code)), None)
    if code is not None:
        return frozenset({code})
    if len(word) < _LEAST_LETTERS[word.isascii()] or any(char.isdigit() for char in word):
        return frozenset()
    return frozenset(item.code for item in items.search_all(word)[:_MOST_ITEMS])
