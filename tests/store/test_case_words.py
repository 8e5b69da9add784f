"""Words of cases in blocks, against a plain set of pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from villagedesk.store.case_words import BLOCK, add_words, cases_with, numbers_in, remove_words
from villagedesk.store.schema import CASE_WORDS

_WORDS = ("n王", "n李", "d410422")
_NUMBERS = st.one_of(st.integers(1, 12), st.integers(BLOCK - 2, BLOCK + 2), st.sampled_from([3 * BLOCK, 70_000]))
_PAIRS = st.lists(st.tuples(st.sampled_from(_WORDS), _NUMBERS), max_size=8)
_CHANGES: dict[bool, Callable[[Connection, Iterable[tuple[str, int]]], None]] = {True: add_words, False: remove_words}


@given(st.lists(st.tuples(st.booleans(), _PAIRS), max_size=8))
def test_each_word_has_the_cases_it_was_given_and_no_row_is_left_without_any(
    changes: list[tuple[bool, list[tuple[str, int]]]],
) -> None:
    held: set[tuple[str, int]] = set()
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        CASE_WORDS.create(connection)
        for adding, pairs in changes:
            _CHANGES[adding](connection, pairs)
            held = held | set(pairs) if adding else held - set(pairs)
        for word in _WORDS:
            wanted = sorted((made for one, made in held if one == word), reverse=True)
            found = cases_with(connection, word)
            assert numbers_in(found, 99) == wanted and found.bit_count() == len(wanted)
            assert numbers_in(found, 2) == wanted[:2]
        rows = connection.execute(CASE_WORDS.select()).all()
        assert {(row.word, row.block) for row in rows} == {(word, made // BLOCK) for word, made in held}
    engine.dispose()
