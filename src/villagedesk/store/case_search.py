"""Finding cases by their words: exactly counted, newest first, page by page."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from villagedesk.domain.case_query import CaseQuery
from villagedesk.store import rows
from villagedesk.store.case_words import cases_with, cases_with_any, numbered_so, numbers_in, words_holding
from villagedesk.store.schema import CASE_NUMBERS, CASES
from villagedesk.store.search import TITLE, Wanted, fold, wanted_of


class CaseSearch:
    """One search. Sets of cases are as in :mod:`villagedesk.store.case_words`.

    Args:
        connection: in a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, query: CaseQuery, limit: int, before: int | None = None) -> tuple[list[int], int]:
        """Numbers of the newest cases that fit, and how many fit in all.

        Args:
            query: with at least one word.
            before: only those made before that one.
        """
        conditions = [ways for ways in map(wanted_of, query.words) if ways]
        if not conditions:
            return [], 0
        fitting = self._with_any(conditions[0])
        for ways in conditions[1:]:
            fitting &= self._with_any(ways)
        shown = fitting if before is None else fitting & ((1 << before) - 1)
        return numbers_in(shown, limit), fitting.bit_count()

    def cases(self, made: Sequence[int]) -> list[str]:
        """The case_ids of these, in their order."""
        chosen = select(CASE_NUMBERS).where(CASE_NUMBERS.c.made.in_(made))
        ids = {row.made: row.case_id for row in self._connection.execute(chosen)}
        return [ids[one] for one in made]

    def _with_any(self, ways: Sequence[Wanted]) -> int:
        any_of = [way.words[0] for way in ways if len(way.words) == 1]
        for way in ways:
            if way.title_holds:
                any_of += words_holding(self._connection, TITLE, way.title_holds)
        fitting = cases_with_any(self._connection, any_of)
        for way in ways:
            if len(way.words) > 1:
                fitting |= self._with_all(way)
        return fitting

    def _with_all(self, way: Wanted) -> int:
        fitting = cases_with(self._connection, way.words[0])
        for word in way.words[1:]:
            if not fitting:
                break
            fitting &= cases_with(self._connection, word)
        return self._holding(way.name_holds, fitting) if way.name_holds and fitting else fitting

    def _holding(self, name: str, among: int) -> int:
        """Those with a name that holds the whole of it; all its pieces may also come from several places."""
        named = select(CASE_NUMBERS.c.made, CASES.c.applicant_name, CASES.c.parties)
        named = named.join(CASES, CASES.c.case_id == CASE_NUMBERS.c.case_id)
        numbers = numbers_in(among, among.bit_count())
        holding = 0
        for row in self._connection.execute(named.where(numbered_so(numbers))):
            names = [row.applicant_name, *(party.name for party in rows.parties_of(row.parties))]
            if any(name in fold(one) for one in names):
                holding |= 1 << row.made
        return holding
