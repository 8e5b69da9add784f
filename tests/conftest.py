"""For all tests: windows are made off-screen unless another platform is asked for, no name server is asked, and nothing
hangs on how fast the machine is or on what another worker does."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.schema_again import SchemaAgain
from tests.shipped_once import read_shipped_once
from villagedesk.imaging.kept_memory import keep_freed_memory
from villagedesk.practice import station_file
from villagedesk.store import database_file
from villagedesk.store.upgrading import migrate

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A slow example is a busy machine's, not a fault. The quick checks try the same examples in every run; the long ones
# (dev.py test --all) look for new ones, and say how to repeat what they found.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", _PATIENT, derandomize=True, database=None)
settings.register_profile("long", _PATIENT, print_blob=True)


def pytest_configure(config: pytest.Config) -> None:
    """Before the tests are read: what a test settles for itself is added to the profile that is chosen now."""
    settings.load_profile("quick" if config.option.markexpr == "not slow" else "long")
    keep_freed_memory()  # pictures are drawn as large as they are read


@pytest.fixture(scope="session", autouse=True)
def ports_of_this_worker() -> Iterator[None]:
    """A practice server that is down for a while finds its remembered port free: no other worker is given it."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    own = station_file._PORTS[int(name) :: count]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(station_file, "_PORTS", own)
        yield


@pytest.fixture(scope="session", autouse=True)
def schema_again() -> Iterator[SchemaAgain]:
    """New stores of this process get their tables by the statements of the first. What runs in a process of its own
    (the program, the fault harnesses) makes them the real way, and so do the tests of opening and upgrading."""
    again = SchemaAgain(migrate)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(database_file, "migrate", again)
        yield again


@pytest.fixture(scope="session", autouse=True)
def shipped_once() -> Iterator[None]:
    """Catalogue and sentences as shipped are read by the first desk of this process alone."""
    with pytest.MonkeyPatch.context() as patched:
        read_shipped_once(patched)
        yield


@pytest.fixture
def real_schema(schema_again: SchemaAgain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every store of this test is made the real way."""
    monkeypatch.setattr(database_file, "migrate", schema_again.real)


@pytest.fixture(autouse=True)
def no_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name nobody has (RFC 2606: ``.invalid``) is unknown at once, without a question to the network."""
    real = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        if str(host).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
