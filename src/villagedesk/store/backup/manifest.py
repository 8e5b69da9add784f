"""What one generation consists of, sealed under the backup key: nobody else can read the list or change it.

A file is ``VDBACK`` + a version byte + the nonce (12 bytes) + AES-256-GCM's ciphertext and tag, with magic and version
as additional data. Inside: the length of the header (4 bytes, big-endian), the header as JSON, then per page file its
name (32 bytes), its SHA-256 (32 bytes) and its size (8 bytes).
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.store.backup.medium import UnsoundError, Written

MAX_MANIFEST_BYTES = 96 << 20
"""More than a million pages."""
_MAGIC = b"VDBACK"
_VERSION = 1
_HEAD = len(_MAGIC) + 1
_NONCE_BYTES = 12
_PAGE = struct.Struct(">32s32sQ")
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True)
class Manifest:
    """One generation.

    Args:
        at: when it was begun; its folder is named for it.
        station: the station file's bytes.
        database, slots: as they lie in the generation's folder; both slots files are the same.
        audit_seq, audit_mac: where the log of the station ended (``mac`` as hex).
        epoch, installation_id: of the installation that wrote it.
        cases: how many there were.
        missing: pages that were named and could be had nowhere.
        pages: by file name: the vault file's hash and size.
    """

    at: datetime
    station: bytes
    database: Written
    slots: Written
    audit_seq: int
    audit_mac: str
    epoch: str
    installation_id: str
    cases: int
    missing: int
    program: str
    pages: Mapping[str, Written]

    def seal(self, backup_key: bytes) -> bytes:
        """The file's bytes.

        Args:
            backup_key: 32 bytes, :attr:`villagedesk.store.keys.DataKey.backup`.

        Raises:
            ValueError: when it would become larger than :data:`MAX_MANIFEST_BYTES`.
        """
        header = json.dumps(
            {
                "at": utc_text(self.at),
                "station": self.station.decode(),
                "database": [self.database.sha256, self.database.size],
                "slots": [self.slots.sha256, self.slots.size],
                "audit": [self.audit_seq, self.audit_mac],
                "epoch": self.epoch,
                "installation_id": self.installation_id,
                "cases": self.cases,
                "missing": self.missing,
                "program": self.program,
            },
            ensure_ascii=False,
        ).encode()
        plain = b"".join((_LENGTH.pack(len(header)), header, *_packed(self.pages)))
        head, nonce = _MAGIC + bytes((_VERSION,)), os.urandom(_NONCE_BYTES)
        sealed = head + nonce + AESGCM(backup_key).encrypt(nonce, plain, head)
        if len(sealed) > MAX_MANIFEST_BYTES:
            raise ValueError("a manifest of that many pages cannot be read again")
        return sealed

    @classmethod
    def unseal(cls, data: bytes, backup_key: bytes) -> Manifest:
        """Open :meth:`seal`.

        Raises:
            UnsoundError: when it is not whole or was sealed under another key.
            EnvironmentProblem: ``store.newer_schema`` when a newer program wrote it.
        """
        if not looks_like_one(data[:_HEAD]):
            raise UnsoundError("manifest")
        if data[len(_MAGIC)] > _VERSION:
            raise EnvironmentProblem("store.newer_schema")
        nonce, sealed = data[_HEAD : _HEAD + _NONCE_BYTES], data[_HEAD + _NONCE_BYTES :]
        try:
            plain = memoryview(AESGCM(backup_key).decrypt(nonce, sealed, data[:_HEAD]))
            (length,) = _LENGTH.unpack(plain[: _LENGTH.size])
            first = _LENGTH.size + length
            raw = json.loads(bytes(plain[_LENGTH.size : first]))
            pages = {name.hex(): Written(sha256.hex(), size) for name, sha256, size in _PAGE.iter_unpack(plain[first:])}
            return cls(
                at=moment_of(raw["at"]),
                station=str(raw["station"]).encode(),
                database=Written(str(raw["database"][0]), int(raw["database"][1])),
                slots=Written(str(raw["slots"][0]), int(raw["slots"][1])),
                audit_seq=int(raw["audit"][0]),
                audit_mac=str(raw["audit"][1]),
                epoch=str(raw["epoch"]),
                installation_id=str(raw["installation_id"]),
                cases=int(raw["cases"]),
                missing=int(raw["missing"]),
                program=str(raw["program"]),
                pages=pages,
            )
        except (InvalidTag, ValueError, KeyError, TypeError, IndexError, RecursionError, struct.error):
            raise UnsoundError("manifest") from None


def looks_like_one(start: bytes) -> bool:
    """Whether a file that begins so (7 bytes are enough) could be a manifest; without the key nobody can tell more."""
    return start[: len(_MAGIC)] == _MAGIC and len(start) >= _HEAD


def _packed(pages: Mapping[str, Written]) -> Iterable[bytes]:
    for name, file in sorted(pages.items()):
        yield _PAGE.pack(bytes.fromhex(name), bytes.fromhex(file.sha256), file.size)
