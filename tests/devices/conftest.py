"""Fixtures of the devices' tests."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pytest

from tests.devices.cups_server import CupsServer, cups_server


@pytest.fixture(scope="session")
def running_cups() -> Iterator[CupsServer]:
    """One for all tests of a worker that need it; each test has queues of its own."""
    with cups_server() as server:
        yield server


@pytest.fixture
def cups(running_cups: CupsServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[CupsServer]:
    """The server that this process prints on."""
    monkeypatch.setenv("CUPS_SERVER", running_cups.address)
    look_again()
    yield running_cups
    monkeypatch.undo()
    look_again()


@pytest.fixture
def no_cups(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody answers where the server should be."""
    monkeypatch.setenv("CUPS_SERVER", "/nowhere/cups.sock")
    look_again()
    yield
    monkeypatch.undo()
    look_again()


def look_again() -> None:
    """Have libcups forget which server this thread used: a program looks for it once."""
    set_server = ctypes.CDLL("libcups.so.2").cupsSetServer
    set_server.restype, set_server.argtypes = None, (ctypes.c_char_p,)
    set_server(None)
