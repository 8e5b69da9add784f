"""Fixtures of the devices' tests."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.devices.cups_server import CupsServer, cups_server


@pytest.fixture(scope="session")
def running_cups() -> Iterator[CupsServer]:
    """One for all tests of a worker that need it; each test has queues of its own."""
    with cups_server() as server:
        yield server


@pytest.fixture
def cups(running_cups: CupsServer) -> Iterator[CupsServer]:
    """The server that this process prints on."""
    with printing_on(running_cups.address):
        yield running_cups


@pytest.fixture
def own_cups() -> Iterator[CupsServer]:
    """One that this test may stop."""
    with cups_server() as server, printing_on(server.address):
        yield server


@pytest.fixture
def no_cups() -> Iterator[None]:
    """Nobody answers where the server should be."""
    with printing_on("/nowhere/cups.sock"):
        yield


@contextmanager
def printing_on(address: str) -> Iterator[None]:
    """The server that this process prints on while the block lasts."""
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("CUPS_SERVER", address)
            _look_again()
            yield
    finally:
        _look_again()


def _look_again() -> None:
    """Have libcups forget which server this thread used: a program looks for it once."""
    set_server = ctypes.CDLL("libcups.so.2").cupsSetServer
    set_server.restype, set_server.argtypes = None, (ctypes.c_char_p,)
    set_server(None)
