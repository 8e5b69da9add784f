"""The county's CA is the only one believed."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.port import NoConnection
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


def test_a_station_file_without_a_certificate_is_refused_at_once() -> None:
    with pytest.raises(ssl.SSLError):
        HttpAcceptanceSystem("https://127.0.0.1", "no certificate", lambda: "", "410421103207")
