"""The same system on PostgreSQL: a cluster of the test's own, in its own folder, on its own port."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.needs import need_program, need_root_on_linux, not_run
from tests.practice.test_concurrency import CONTESTS
from tests.practice.village import Village, action, page, payload
from villagedesk.practice import station_file
from villagedesk.practice.server import PracticeServer


def _as_postgres(*command: str) -> None:
    done = subprocess.run(
        ["runuser", "-u", "postgres", "--", *command], capture_output=True, text=True, cwd="/", check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    """An empty cluster, gone afterwards."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        not_run("PostgreSQL is not installed")
    need_root_on_linux("PostgreSQL, which does not run as root itself,")
    need_program("runuser")
    bin_folder = programs[-1].parent
    port = station_file._free_port("127.0.0.1")  # outside the range others are given theirs from meanwhile
    folder = Path(tempfile.mkdtemp(prefix="villagedesk-pg-"))
    try:
        shutil.chown(folder, "postgres")
        data = str(folder / "data")
        _as_postgres(str(bin_folder / "initdb"), "-D", data, "-U", "practice", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        control = str(bin_folder / "pg_ctl")
        _as_postgres(control, "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://practice@127.0.0.1:{port}/postgres"
        finally:
            _as_postgres(control, "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


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
