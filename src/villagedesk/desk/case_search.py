"""What the clerk types into the search over all cases, as a query: words in any order, and the items they may mean."""

from __future__ import annotations

import json
import re
import threading
import unicodedata

from villagedesk.catalogue.checked_table import CheckedTable
from villagedesk.catalogue.item import item_of
from villagedesk.catalogue.search import ItemFinder
from villagedesk.desk.items import Items
from villagedesk.domain.case_query import CaseQuery, QueryWord
from villagedesk.domain.local_no import is_local_no
from villagedesk.domain.repositories import Store

_LEAST_LETTERS = {True: 3, False: 2}
"""Letters of a word that may mean an item, by whether they are Latin: fewer would mean nearly all items."""

_ONE_NUMBER = re.compile(r"1[0-9]{10}|[0-9]{17}[0-9Xx]")
"""A mobile or identity number, which many write in groups."""


class CaseQueries:
    """Makes queries of typed text. Calls may come from several threads."""

    def __init__(self, store: Store, items: Items) -> None:
        self._store = store
        self._items = items
        self._guard = threading.Lock()
        self._former: tuple[int, ItemFinder] | None = None

    def of(self, text: str) -> CaseQuery:
        """Each word by itself: a name, its pinyin or initials, a number or its beginning or last four, a day, an item,
        a title on a paper."""
        plain = unicodedata.normalize("NFKC", text)
        joined = "".join(plain.split())
        words = [joined] if _ONE_NUMBER.fullmatch(joined) or is_local_no(joined) else plain.split()
        return CaseQuery(tuple(QueryWord(word, self._meant(word)) for word in words))

    def _meant(self, word: str) -> frozenset[str]:
        if len(word) < _LEAST_LETTERS[word.isascii()] or any(char.isdigit() for char in word):
            return frozenset()
        former = self._former_items()
        return frozenset(item.code for item in (*self._items.search_all(word), *former.search(word, len(former.all()))))

    def _former_items(self) -> ItemFinder:
        """Those no catalogue has any more, but cases do: of the starter, since the county's own came."""
        version = self._items.have()
        with self._guard:
            if self._former is None or self._former[0] != version:
                codes = {item.code for item in self._items.all()}
                texts = self._store.read(lambda snapshot: snapshot.former_items(codes))
                tables = [json.loads(text) for text in texts]
                items = [item_of(CheckedTable(str(table["code"]), table)) for table in tables]
                self._former = (version, ItemFinder(items, self._items.synonyms()))
            return self._former[1]
