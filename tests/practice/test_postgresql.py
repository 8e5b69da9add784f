"""The same system on PostgreSQL: a cluster of the test's own, in its own folder, on its own port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, literal, select

from tests.needs import not_run
from tests.practice.postgresql_cluster import NotHere, own_cluster, programs
from tests.practice.test_concurrency import CONTESTS
from tests.practice.village import Village, action, page, payload
from villagedesk.acceptance.wire import DocumentRecord, sha256_hex
from villagedesk.practice import storage
from villagedesk.practice.documents import document_of, keep_document
from villagedesk.practice.ranges import Span
from villagedesk.practice.server import PracticeServer
from villagedesk.practice.tables import SERIALS


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    """An empty cluster, gone afterwards."""
    try:
        programs()
    except NotHere as why:
        not_run(str(why))
    with own_cluster() as url:
        yield url


@pytest.fixture(scope="module")
def postgresql_server(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    """A practice server whose data are there."""
    server = PracticeServer(tmp_path_factory.mktemp("postgresql"), database_url=database_url)
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("contest", CONTESTS)
def test_at_once(contest: Callable[[PracticeServer, Village], None], postgresql_server: PracticeServer) -> None:
    with Village(postgresql_server) as village:
        assert village.enrol().status_code == 200
        contest(postgresql_server, village)


def test_a_connection_that_ended_while_it_was_idle_is_opened_again(
    postgresql_server: PracticeServer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = USER"
    engine = create_engine(database_url)
    with Village(postgresql_server) as village:
        village.enrol()
        assert village.put(payload()).status_code == 201
        monkeypatch.setattr(storage, "_IDLE_SECONDS", 0.0)
        with engine.connect() as connection:
            assert connection.exec_driver_sql(others).all()
        assert village.put(payload()).status_code == 201
    engine.dispose()
    postgresql_server.stop()  # its pool holds others that were ended, and this is no test of the next one's first call
    postgresql_server.start()


def test_a_range_of_a_document(postgresql_server: PracticeServer, database_url: str) -> None:
    record, content = payload(), bytes(range(200))
    with Village(postgresql_server) as village:
        village.enrol()
        village.put(record)
    opened = storage.Storage(database_url)
    told = DocumentRecord(
        document_id="result", name="", media_type="application/pdf", byte_count=200, sha256=sha256_hex(content)
    )
    with opened.write() as connection:
        keep_document(connection, record.case_id, told, content, datetime.now(UTC))
    found = document_of(opened, record.station, record.case_id, "result", Span(190, 10**14))
    opened.close()
    assert (found.first, found.length, found.content) == (190, 200, content[190:])


def test_one_query_by_itself_leaves_no_connection_that_commits_by_itself(database_url: str) -> None:
    opened = storage.Storage(database_url)
    try:
        assert opened.scalar(select(literal(7))) == 7
        assert opened.scalar(select(SERIALS.c.last).where(SERIALS.c.day == "20000101")) is None
        with pytest.raises(OSError, match="disk full"):
            _fail(opened)
        assert opened.scalar(select(SERIALS.c.last).where(SERIALS.c.day == "20000101")) is None
    finally:
        opened.close()


def _fail(opened: storage.Storage) -> None:
    with opened.write() as connection:
        connection.execute(SERIALS.insert().values(day="20000101", last=1))
        raise OSError("disk full")


def test_whole_way_and_a_restart(postgresql_server: PracticeServer) -> None:
    content, taken = page("postgresql", 100_000), action("deliver")
    record = payload(pages=(content,))
    with Village(postgresql_server) as village:
        village.enrol()
        cursor = village.call("GET", "/v1/changes").json()["cursor"]
        assert village.put(record).status_code == 202
        receipt = village.commit(record, content).content
        assert village.put(payload(record.case_id, 2)).json()["code"] == "revision_not_wanted"
        village.move(record.case_id, "accept")
        answer = village.act(record.case_id, taken).content
        assert record.local_no in village.call("GET", "/practice/").text
    postgresql_server.stop()
    postgresql_server.start()
    with Village(postgresql_server) as village:
        assert village.put(record).content == receipt
        assert village.act(record.case_id, taken).content == answer
        told = village.call("GET", f"/v1/changes?after={cursor}").json()["changes"]
        assert [(change["case_id"], change["kind"]) for change in told] == [(record.case_id, "accepted")]
    assert not (postgresql_server.practice.folder / "acceptance.sqlite").exists()
