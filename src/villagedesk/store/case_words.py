"""The index of words: for each word the cases that have it, as sets of bits.

Each case has a number of its own here, counted up as cases are made. A row of the table holds one word's cases among
:data:`BLOCK` that follow each other, one bit each: a word that every case shares costs a row in many cases instead of
one in each, so that it is read, united with others and counted in a moment.

Sets of cases are whole numbers: bit n stands for the case with the number n.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, Row, func, select, text

from villagedesk.store.schema import CASE_NUMBERS

BLOCK = 256
_BYTES = BLOCK // 8
_PUT = (
    "INSERT INTO case_words (word, block, members) VALUES (?, ?, ?)"
    " ON CONFLICT (word, block) DO UPDATE SET members = excluded.members"
)
_REMOVE = "DELETE FROM case_words WHERE word = ? AND block = ?"
_HELD = "SELECT word, members FROM case_words WHERE block = ? AND word IN (SELECT value FROM json_each(?))"
_OF_WORD = "SELECT block, members FROM case_words WHERE word = ? ORDER BY block"
_OF_WORDS = "SELECT block, members FROM case_words WHERE word IN (SELECT value FROM json_each(?)) ORDER BY block"
# from one word to the next, past all the rows of each
_KIND_HOLDING = """
    WITH RECURSIVE one (word) AS (
        SELECT min(word) FROM case_words WHERE word >= :kind AND word < :behind
        UNION ALL
        SELECT (SELECT min(word) FROM case_words WHERE word > one.word AND word < :behind) FROM one
        WHERE one.word IS NOT NULL
    ) SELECT word FROM one WHERE instr(word, :part) > 1
"""


def cases_with(connection: Connection, word: str) -> int:
    """The set of cases that have the word."""
    return _union(connection.exec_driver_sql(_OF_WORD, (word,)).all())


def cases_with_any(connection: Connection, words: Sequence[str]) -> int:
    """The set of cases that have at least one of the words."""
    return _union(connection.exec_driver_sql(_OF_WORDS, (json.dumps(words),)).all())


def words_holding(connection: Connection, kind: str, part: str) -> list[str]:
    """All words of a kind, which is their first letter, that hold a part; for kinds with few words."""
    values = {"kind": kind, "behind": chr(ord(kind) + 1), "part": part}
    return list(connection.execute(text(_KIND_HOLDING), values).scalars())


def numbers_in(cases: int, most: int) -> list[int]:
    """Numbers of the newest cases of a set, newest first, at most so many."""
    numbers: list[int] = []
    while cases and len(numbers) < most:
        newest = cases.bit_length() - 1
        numbers.append(newest)
        cases ^= 1 << newest
    return numbers


def numbered_so(numbers: Sequence[int]) -> ColumnElement[bool]:
    """The condition that a case's number is one of these; as one value, because SQLite takes only so many."""
    one = func.json_each(json.dumps(numbers)).table_valued("value")
    return CASE_NUMBERS.c.made.in_(select(one.c.value))


def add_words(connection: Connection, words: Iterable[tuple[str, int]]) -> None:
    """Note words of cases, each with the case's number."""
    _change(connection, words, lambda held, changed: held | changed)


def remove_words(connection: Connection, words: Iterable[tuple[str, int]]) -> None:
    """Forget words of cases, each with the case's number."""
    _change(connection, words, lambda held, changed: held & ~changed)


def _union(rows: Sequence[Row[int, bytes]]) -> int:
    """Of rows by block."""
    if not rows:
        return 0
    whole = bytearray(_BYTES * (rows[-1][0] + 1))
    last = -1
    for block, members in rows:
        start = block * _BYTES
        if block == last:
            members = _bytes_of(_set_of(bytes(whole[start : start + _BYTES])) | _set_of(members))
        whole[start : start + len(members)] = members
        last = block
    return int.from_bytes(whole, "little")


def _change(connection: Connection, words: Iterable[tuple[str, int]], change: Callable[[int, int], int]) -> None:
    blocks: defaultdict[int, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for word, made in words:
        blocks[made // BLOCK][word] |= 1 << made % BLOCK
    for block, changed in blocks.items():
        found = connection.exec_driver_sql(_HELD, (block, json.dumps(list(changed))))
        held = {word: _set_of(members) for word, members in found}
        after = {word: change(held.get(word, 0), bits) for word, bits in changed.items()}
        kept = [(word, block, _bytes_of(cases)) for word, cases in sorted(after.items()) if cases]
        gone = [(word, block) for word, cases in sorted(after.items()) if not cases]
        if kept:
            connection.exec_driver_sql(_PUT, kept)
        if gone:
            connection.exec_driver_sql(_REMOVE, gone)


def _set_of(members: bytes) -> int:
    return int.from_bytes(members, "little")


def _bytes_of(cases: int) -> bytes:
    return cases.to_bytes((cases.bit_length() + 7) // 8, "little")
