"""What a database file says of itself, read without opening it as the store: copies, and what is to be replaced."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.store.connection import problem_of, reading_engine
from villagedesk.store.schema import CASE_EVENTS, CASES, EPOCHS, EXPIRED_PAGES, LOCAL_NUMBERS
from villagedesk.store.snapshot import SqlSnapshot


@dataclass(frozen=True)
class DatabaseFacts:
    """One database of today's schema at one moment.

    Args:
        pages: page id and SHA-256 of what rows name and whose file was not given up.
        letters: every epoch letter it ever used.
        audit_seq, audit_mac: the last line of the log; 0 and "" when it is empty.
    """

    pages: frozenset[tuple[str, str]]
    cases: int
    epoch: str
    installation_id: str
    letters: frozenset[str]
    audit_seq: int
    audit_mac: str


def read_facts(database: Path, database_key: bytes) -> DatabaseFacts:
    """Read them.

    Args:
        database_key: 32 bytes, :attr:`villagedesk.store.keys.DataKey.database`.

    Raises:
        EnvironmentProblem: ``store.unreadable`` when the file is none, damaged, of an older schema or another key's.
    """
    if not database.is_file():
        raise EnvironmentProblem("store.unreadable")
    engine = reading_engine(database, database_key)
    try:
        with engine.connect() as connection:
            snapshot = SqlSnapshot(connection)
            given_up = connection.execute(select(EXPIRED_PAGES.c.page_id, EXPIRED_PAGES.c.sha256))
            expired = {(row.page_id, row.sha256) for row in given_up}
            letters = set(connection.execute(select(EPOCHS.c.epoch)).scalars())
            letters.update(connection.execute(select(LOCAL_NUMBERS.c.epoch).distinct()).scalars())
            newest = select(CASE_EVENTS.c.seq, CASE_EVENTS.c.mac).order_by(CASE_EVENTS.c.seq.desc()).limit(1)
            head = connection.execute(newest).first()
            return DatabaseFacts(
                pages=snapshot.named_pages() - expired,
                cases=connection.execute(select(func.count()).select_from(CASES)).scalar_one(),
                epoch=snapshot.epoch(),
                installation_id=snapshot.installation_id(),
                letters=frozenset(letters),
                audit_seq=0 if head is None else head.seq,
                audit_mac="" if head is None else head.mac.hex(),
            )
    except DBAPIError as error:
        told = problem_of(error, database.parent, "store.unreadable")
        raise told or EnvironmentProblem("store.unreadable") from error
    finally:
        engine.dispose()
