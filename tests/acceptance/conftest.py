"""The acceptance system twice: the model that simulations run on, and the HTTP adapter before a practice server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sync.server_model import ServerModel
from tests.sync.window import STATION
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.port import AcceptanceSystem
from villagedesk.acceptance.wire import EnrolRequest, sha256_hex
from villagedesk.practice.server import PracticeServer

CREDENTIAL = "a-credential-made-by-the-client"


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    """A practice server over TLS."""
    server = PracticeServer(tmp_path_factory.mktemp("practice"))
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def over_http(practice: PracticeServer) -> Iterator[HttpAcceptanceSystem]:
    """The adapter in front of it, CA pinned."""
    ca_pem = practice.practice.ca_path.read_text()
    system = HttpAcceptanceSystem(practice.address, ca_pem, lambda: CREDENTIAL, practice.practice.division_code)
    try:
        yield system
    finally:
        system.close()


@pytest.fixture(params=["model", "http"])
def system(request: pytest.FixtureRequest) -> AcceptanceSystem:
    """An acceptance system that knows the station."""
    if request.param == "model":
        found: AcceptanceSystem = ServerModel()
        code = STATION.one_time_code
    else:
        found = request.getfixturevalue("over_http")
        code = request.getfixturevalue("practice").practice.one_time_code
    asked = EnrolRequest(
        division_code=STATION.division_code,
        one_time_code=code,
        credential_sha256=sha256_hex(CREDENTIAL.encode()),
        installation_id="installation-1",
    )
    found.enrol(asked)
    found.enrol(asked)
    return found
