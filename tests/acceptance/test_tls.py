"""The county's CA is the only one believed."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.port import NoConnection
from villagedesk.practice.certificates import Certificates, make_certificates
from villagedesk.practice.server import PracticeServer
from villagedesk.practice.station_file import make_practice


def test_another_authority_is_not_believed_and_gets_nothing(practice: PracticeServer, tmp_path: Path) -> None:
    other_ca = make_practice(tmp_path / "other").ca_path.read_text()
    for ca_pem in (other_ca, ""):
        system = HttpAcceptanceSystem(practice.address, ca_pem, lambda: "", practice.practice.division_code)
        with pytest.raises(NoConnection) as caught:
            system.health()
        assert caught.value.reason == "sync.reason.certificate"
        system.close()


def test_the_public_authorities_are_not_added_to_a_pinned_one(
    practice: PracticeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """requests hands its own bundle to every connection; here that bundle would let the server in."""
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(practice.practice.ca_path))
    other_ca = make_practice(tmp_path / "other").ca_path.read_text()
    system = HttpAcceptanceSystem(practice.address, other_ca, lambda: "", practice.practice.division_code)
    with pytest.raises(NoConnection):
        system.health()
    system.close()


def test_another_host_name_is_not_believed(practice: PracticeServer) -> None:
    ca_pem = practice.practice.ca_path.read_text()
    address = practice.address.replace("127.0.0.1", "127.0.0.2")
    system = HttpAcceptanceSystem(address, ca_pem, lambda: "", practice.practice.division_code)
    with pytest.raises(NoConnection):
        system.health()
    system.close()


@contextmanager
def shown(certificates: Certificates, tmp_path: Path) -> Iterator[str]:
    """The address of something that shows this certificate, and no more."""
    for name, text in (("server.pem", certificates.server_pem), ("key.pem", certificates.server_key_pem)):
        (tmp_path / name).write_text(text)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "key.pem")
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = listening.accept()
                with contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True):
                    pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


@pytest.mark.parametrize(
    ("years", "known", "reason"),
    [
        (2, True, "sync.reason.certificate_date"),
        (-12, True, "sync.reason.certificate_date"),
        (2, False, "sync.reason.certificate"),
    ],
)
def test_a_date_that_is_wrong_is_told_apart_from_a_wrong_certificate(
    years: float, known: bool, reason: str, tmp_path: Path
) -> None:
    """A PC whose clock is two years behind sees the county's certificate as not valid yet."""
    certificates = make_certificates(datetime.now(UTC) + timedelta(days=365 * years))
    ca_pem = certificates.ca_pem if known else make_certificates(datetime.now(UTC)).ca_pem
    with shown(certificates, tmp_path) as address:
        system = HttpAcceptanceSystem(address, ca_pem, lambda: "", "410421103207")
        with pytest.raises(NoConnection) as caught:
            system.health()
        system.close()
    assert caught.value.reason == reason


def test_a_station_file_without_a_certificate_is_refused_at_once() -> None:
    with pytest.raises(ssl.SSLError):
        HttpAcceptanceSystem("https://127.0.0.1", "no certificate", lambda: "", "410421103207")
