"""Finding cases by their words: exactly counted, newest first, page by page.

Each case has a number of its own here, counted up as cases are made, so that the index holds small entries in the
order they are shown in.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from villagedesk.domain.case_query import CaseQuery
from villagedesk.store import rows
from villagedesk.store.schema import CASE_NUMBERS, CASES
from villagedesk.store.search import Wanted, names_of, wanted_of

Numbers = npt.NDArray[np.int64]
"""Numbers of cases, ascending, each once."""

_NONE: Numbers = np.empty(0, dtype=np.int64)
_COUNT = "SELECT count(*) FROM case_words WHERE word = ?"
_NEWEST = "SELECT made FROM case_words WHERE word = ? AND made < ? ORDER BY made DESC LIMIT ?"
# one text instead of a row for each hit: a row costs a hundred times more than its number
_ALL = "SELECT group_concat(made) FROM case_words WHERE word = ?"
_ALL_BEGINNING = "SELECT group_concat(made) FROM case_words WHERE word >= ? AND word < ?"
_THOSE_WITH = (
    "SELECT group_concat(value) FROM json_each(?) AS one"
    " WHERE EXISTS (SELECT 1 FROM case_words WHERE word = ? AND made = one.value)"
)
_BEHIND_ALL = 2**62
_FEW = 2_000
"""So many are looked up one by one in the words of the next condition; of more, both lists are read whole."""


class CaseSearch:
    """One search.

    Args:
        connection: in a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, ...], Numbers] = {}

    def find(self, query: CaseQuery, limit: int, before: int | None = None) -> tuple[list[int], int]:
        """Numbers of the newest cases that fit, and how many fit in all.

        Args:
            query: with at least one word.
            before: only those made before that one.
        """
        conditions = [wanted_of(word) for word in query.words]
        conditions = [ways for ways in conditions if ways]
        if not conditions:
            return [], 0
        last = _BEHIND_ALL if before is None else before
        if len(conditions) == 1:
            only = self._only_word(conditions[0])
            if only is not None:
                word, count = only
                page = self._connection.exec_driver_sql(_NEWEST, (word, last, limit)).scalars().all()
                return list(page), count
        fitting = self._all_that_fit(conditions)
        end = int(np.searchsorted(fitting, last))
        newest: list[int] = fitting[max(0, end - limit) : end][::-1].tolist()
        return newest, len(fitting)

    def cases(self, made: Sequence[int]) -> list[str]:
        """The case_ids of these, in their order."""
        chosen = select(CASE_NUMBERS).where(CASE_NUMBERS.c.made.in_(made))
        ids = {row.made: row.case_id for row in self._connection.execute(chosen)}
        return [ids[one] for one in made]

    def _only_word(self, ways: Sequence[Wanted]) -> tuple[str, int] | None:
        """The one word that leads to hits, with their number; None when there are several, or it is no single word."""
        found: tuple[str, int] | None = None
        for way in ways:
            if way.begins or len(way.words) > 1:
                if len(self._fitting(way)):
                    return None
                continue
            count = self._count(way.words[0])
            if count and found is not None:
                return None
            if count:
                found = (way.words[0], count)
        return found or ("", 0)

    def _all_that_fit(self, conditions: Sequence[Sequence[Wanted]]) -> Numbers:
        sized = sorted(conditions, key=lambda ways: sum(self._size(way) for way in ways))
        fitting: Numbers | None = None
        for ways in sized:
            among = fitting if fitting is not None and len(fitting) <= _FEW else None
            found = _united([self._fitting(way, among) for way in ways])
            fitting = found if fitting is None or among is not None else _both(fitting, found)
            if not len(fitting):
                break
        return _NONE if fitting is None else fitting

    def _size(self, way: Wanted) -> int:
        if way.begins:
            return len(self._all_beginning(way.begins))
        return min(self._count(word) for word in way.words)

    def _count(self, word: str) -> int:
        count: int = self._connection.exec_driver_sql(_COUNT, (word,)).scalar_one()
        return count

    def _fitting(self, way: Wanted, among: Numbers | None = None) -> Numbers:
        if way.begins:
            found = self._all_beginning(way.begins)
            return found if among is None else _both(found, among)
        for word in way.words:
            among = self._with_word(word, among)
            if not len(among):
                return among
        assert among is not None
        return self._holding(way.name_holds, among) if way.name_holds else among

    def _with_word(self, word: str, among: Numbers | None) -> Numbers:
        if among is None:
            return self._numbers(_ALL, word)
        if len(among) <= _FEW:
            return self._numbers(_THOSE_WITH, json.dumps(among.tolist()), word)
        return _both(among, self._numbers(_ALL, word))

    def _holding(self, name: str, among: Numbers) -> Numbers:
        """Those with a name that holds the whole of it; all its pieces may also come from several places."""
        numbered = select(CASE_NUMBERS.c.made, *CASES.columns).join(CASES, CASES.c.case_id == CASE_NUMBERS.c.case_id)
        chosen = self._connection.execute(numbered.where(CASE_NUMBERS.c.made.in_(among.tolist())))
        held = [row.made for row in chosen if any(name in one for one in names_of(rows.case_of(row)))]
        return np.array(sorted(held), dtype=np.int64)

    def _all_beginning(self, begins: str) -> Numbers:
        return self._numbers(_ALL_BEGINNING, begins, begins + "\x7f")

    def _numbers(self, statement: str, *values: str) -> Numbers:
        known = self._known.get((statement, *values))
        if known is None:
            text = self._connection.exec_driver_sql(statement, values).scalar()
            known = np.unique(np.fromstring(text, dtype=np.int64, sep=",")) if text else _NONE
            self._known[(statement, *values)] = known
        return known


def _both(one: Numbers, other: Numbers) -> Numbers:
    return np.intersect1d(one, other, assume_unique=True)


def _united(all_of_them: Sequence[Numbers]) -> Numbers:
    some = [numbers for numbers in all_of_them if len(numbers)]
    if len(some) < 2:
        return some[0] if some else _NONE
    return np.unique(np.concatenate(some))
