"""Filling the index of words anew, when the rules by which it was filled are not today's."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from villagedesk.store import rows
from villagedesk.store.case_words import add_words
from villagedesk.store.schema import CASE_NUMBERS, CASE_WORDS, CASES, META, WORDS_VERSION_NAME
from villagedesk.store.search import WORDS_VERSION, words_of

_AT_ONCE = 500


def make_words_anew(connection: Connection) -> None:
    """All index words of all cases, by today's rules, in the caller's transaction. Cases that have no number yet are
    numbered in the order they were made."""
    connection.execute(CASE_WORDS.delete())
    ids = connection.execute(select(CASES.c.case_id).order_by(CASES.c.created_at, CASES.c.case_id)).scalars().all()
    known = set(connection.execute(select(CASE_NUMBERS.c.case_id)).scalars())
    new = [{"case_id": case_id} for case_id in ids if case_id not in known]
    if new:
        connection.execute(CASE_NUMBERS.insert(), new)
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        numbered = select(CASE_NUMBERS.c.made, *CASES.columns).join(CASES, CASES.c.case_id == CASE_NUMBERS.c.case_id)
        chosen = connection.execute(numbered.where(CASE_NUMBERS.c.case_id.in_(part))).all()
        add_words(connection, ((word, row.made) for row in chosen for word in words_of(rows.case_of(row))))
    put = insert(META).values(name=WORDS_VERSION_NAME, value=WORDS_VERSION)
    connection.execute(put.on_conflict_do_update(index_elements=["name"], set_={"value": WORDS_VERSION}))
