"""A real practice server on loopback with TLS, and an enrolled village."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice.village import Village
from villagedesk.practice.server import PracticeServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PracticeServer]:
    """A server of the test's own."""
    running = PracticeServer(tmp_path / "practice")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def village(server: PracticeServer) -> Iterator[Village]:
    """Enrolled at the test's own server."""
    with Village(server) as client:
        assert client.enrol().status_code == 200
        yield client


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    """A server for tests that bring cases of their own and look at nothing else."""
    running = PracticeServer(tmp_path_factory.mktemp("shared") / "practice")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def shared_village(shared_server: PracticeServer) -> Iterator[Village]:
    """Enrolled at the shared server."""
    with Village(shared_server) as client:
        assert client.enrol().status_code == 200
        yield client
