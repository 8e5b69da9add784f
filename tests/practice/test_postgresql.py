"""The same system on PostgreSQL: a cluster of the test's own, in its own folder, on its own port."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.needs import not_run
from tests.practice.postgresql_cluster import NotHere, own_cluster, programs
from tests.practice.test_concurrency import CONTESTS
from tests.practice.village import Village, action, page, payload
from villagedesk.practice.server import PracticeServer


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
