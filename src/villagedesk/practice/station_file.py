"""The practice system's folder: certificates, keys, one-time code, the remembered address, and the station file."""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from villagedesk.domain.station import StationFile
from villagedesk.practice.certificates import make_certificates

DIVISION_CODE = "410421103207"
NAME = "柳林村便民服务站"
_PORTS = range(20000, 32000)
"""Below the range from which systems take ports for outgoing connections, so that the remembered one stays free."""


@dataclass(frozen=True)
class Practice:
    """A prepared folder.

    Args:
        folder: where everything lies.
        host: address the server binds to, and the station file names.
        port: remembered, so that a restarted server is found again.
        tls: whether the server speaks TLS; without it there is an address but no valid station file.
    """

    folder: Path
    host: str
    port: int
    tls: bool
    division_code: str
    name: str
    one_time_code: str

    @property
    def address(self) -> str:
        """URL without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"

    @property
    def ca_path(self) -> Path:
        """The authority's certificate, PEM."""
        return self.folder / "ca.pem"

    @property
    def server_certificate_path(self) -> Path:
        """The server's certificate, PEM."""
        return self.folder / "server.pem"

    @property
    def server_key_path(self) -> Path:
        """The server's private key, PEM."""
        return self.folder / "server-key.pem"

    @property
    def recovery_private_key_path(self) -> Path:
        """The county's recovery key, private half, raw X25519 in PEM: never leaves the county."""
        return self.folder / "recovery-private-key.pem"

    @property
    def catalogue_private_key_path(self) -> Path:
        """The county's key for signing catalogue packages, Ed25519 in PEM: never leaves the county."""
        return self.folder / "catalogue-private-key.pem"

    @property
    def station_file_path(self) -> Path:
        """What the village gets."""
        return self.folder / "station-file.json"

    @property
    def by_hand_file_path(self) -> Path:
        """The same for a station that was granted no interface; the file above is what grants it one."""
        return self.folder / "station-file-by-hand.json"

    def station_file(self) -> StationFile:
        """The station file's content."""
        key = serialization.load_pem_private_key(self.recovery_private_key_path.read_bytes(), password=None)
        assert isinstance(key, X25519PrivateKey)
        signing = serialization.load_pem_private_key(self.catalogue_private_key_path.read_bytes(), password=None)
        assert isinstance(signing, Ed25519PrivateKey)
        return make_station_file(
            self.address,
            self.ca_path.read_text(encoding="ascii"),
            self.one_time_code,
            key.public_key().public_bytes_raw(),
            self.division_code,
            self.name,
            signing.public_key().public_bytes_raw(),
        )


def make_station_file(
    address: str,
    ca_pem: str,
    one_time_code: str,
    recovery_public_key: bytes,
    division_code: str = DIVISION_CODE,
    name: str = NAME,
    catalogue_public_key: bytes = b"",
) -> StationFile:
    """What the county hands out to one village.

    Args:
        address: https URL of the acceptance system.
        ca_pem: the authority to trust, PEM.
        one_time_code: for the first enrolment.
        recovery_public_key: 32 bytes, X25519.
        division_code: 12 digits.
        name: of the station, as printed on papers.
        catalogue_public_key: 32 bytes, Ed25519; empty where the county signs no catalogues.
    """
    return StationFile(
        division_code,
        name,
        address,
        ca_pem.strip(),
        one_time_code,
        recovery_public_key,
        practice=True,
        catalogue_public_key=catalogue_public_key,
    )


def make_practice(
    folder: Path,
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    tls: bool = True,
    division_code: str = DIVISION_CODE,
    name: str = NAME,
) -> Practice:
    """Prepare a folder for a practice system, or open one prepared before (its port, code and keys stay).

    Args:
        folder: made when missing.
        port: 0 for a free one. Naming another port moves a prepared folder there and rewrites the station file.
        host: IP address or name to bind to and to be reached under.
    """
    folder.mkdir(parents=True, exist_ok=True)
    setting = folder / "practice.json"
    if not setting.exists():
        _make_keys(folder, host)
        made = {
            "host": host,
            "port": port or _free_port(host),
            "division_code": division_code,
            "name": name,
            "one_time_code": secrets.token_urlsafe(12),
        }
        _write(setting, json.dumps(made, ensure_ascii=False, indent=1).encode(), secret=True)
    held = json.loads(setting.read_text(encoding="utf-8"))
    wanted = {**held, "host": host, "port": port or held["port"]}
    if wanted != held:
        if host != held["host"]:
            _make_certificates(folder, host)
        _write(setting, json.dumps(wanted, ensure_ascii=False, indent=1).encode(), secret=True)
    if not (folder / "catalogue-private-key.pem").exists():  # prepared before there were catalogues to sign
        _make_catalogue_key(folder)
    practice = Practice(folder, host, wanted["port"], tls, held["division_code"], held["name"], held["one_time_code"])
    if tls:
        station = practice.station_file()
        _write(practice.station_file_path, station.to_bytes(), secret=True)
        by_hand = replace(station, address="", ca_pem="", one_time_code="")
        _write(practice.by_hand_file_path, by_hand.to_bytes(), secret=True)
    return practice


def _make_keys(folder: Path, host: str) -> None:
    _make_certificates(folder, host)
    recovery = X25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(folder / "recovery-private-key.pem", recovery, secret=True)


def _make_catalogue_key(folder: Path) -> None:
    key = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(folder / "catalogue-private-key.pem", key, secret=True)


def _make_certificates(folder: Path, host: str) -> None:
    made = make_certificates(datetime.now(UTC), () if host in ("0.0.0.0", "::") else (host,))
    _write(folder / "ca.pem", made.ca_pem.encode(), secret=False)
    _write(folder / "server.pem", made.server_pem.encode(), secret=False)
    _write(folder / "server-key.pem", made.server_key_pem.encode(), secret=True)


def _write(path: Path, content: bytes, *, secret: bool) -> None:
    """Replace a file whole; a secret one is readable by its owner only, from its first byte on."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o644), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _free_port(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for _ in range(100):
        port = secrets.choice(_PORTS)
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError("no free port for the practice system")
