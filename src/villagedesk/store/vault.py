"""The page vault: one encrypted file per page, content checked (design: decision 6).

A file is ``VDPAGE`` + an algorithm byte + the nonce (12 bytes) + AES-256-GCM's ciphertext and tag (16 bytes), with the
page id as additional data. Its name is HMAC-SHA256(vault key, page id ‖ SHA-256 of the page), so the name tells nothing
of the page, and a file that was put under another's name is not taken for it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Prepared
from villagedesk.store.files import (
    PART_SUFFIX,
    make_folder,
    problem_of,
    remove_parts,
    rename_durably,
    rename_parts,
    write_part,
)

VAULT_FOLDER = "vault"
ORPHANS_FOLDER = "orphans"
_MAGIC = b"VDPAGE"
_AES_256_GCM = 1
_NONCE_BYTES = 12
_HEADER_BYTES = len(_MAGIC) + 1 + _NONCE_BYTES
_NAME = re.compile(r"[0-9a-f]{64}")


class PageVault:
    """Encrypted page files in one flat folder; may be used from several threads.

    Args:
        folder: the vault's own folder (``VAULT_FOLDER`` of the data folder); made when it is not there.
        vault_key: 32 bytes, :attr:`villagedesk.store.keys.DataKey.vault`.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed`` when the folder cannot be made.
    """

    def __init__(self, folder: Path, vault_key: bytes) -> None:
        self.folder = folder
        self._key = vault_key
        self._cipher = AESGCM(vault_key)
        self._put_here: set[str] = set()
        self._guard = threading.Lock()
        try:
            make_folder(folder)
            self._parts_before = frozenset(entry.name for entry in folder.iterdir() if entry.suffix == PART_SUFFIX)
        except OSError as error:
            raise problem_of(error, folder.parent) from error

    def put(self, page_id: str, data: bytes) -> str:
        """Write a page whole; after return it survives a power cut. Gives the SHA-256 as hex.

        Raises:
            EnvironmentProblem: ``store.disk_full``, ``store.write_failed``; nothing is left under the page's name then.
        """
        prepared = self.prepare(page_id, data)
        self.publish([prepared])
        return prepared.sha256

    def prepare(self, page_id: str, data: bytes) -> Prepared:
        """Write a page aside, flushed, under no page's name yet; :meth:`publish` or :meth:`give_up` it.

        Raises:
            EnvironmentProblem: ``store.disk_full``, ``store.write_failed``; nothing is left then.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        name = self.name_of(page_id, sha256)
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, data, page_id.encode())
        with self._guard:
            self._put_here.add(name)
        part = write_part(self.folder / name, _MAGIC + bytes((_AES_256_GCM,)) + nonce + sealed)
        return Prepared(page_id, sha256, len(data), part)

    def publish(self, prepared: Sequence[Prepared]) -> None:
        """Give prepared pages their names, with one flush for all of them; after return they survive a power cut.

        Raises:
            EnvironmentProblem: ``store.disk_full``, ``store.write_failed``; what has no name yet is given up then.
        """
        rename_parts([(one.part, self.folder / self.name_of(one.page_id, one.sha256)) for one in prepared])

    def give_up(self, prepared: Sequence[Prepared]) -> None:
        """Take away what was prepared and not published."""
        remove_parts([one.part for one in prepared])

    def get(self, page_id: str, sha256: str) -> bytes:
        """The page's bytes, decrypted and their hash verified.

        Raises:
            EnvironmentProblem: ``store.page_missing``, ``store.page_damaged``; ``store.page_unreadable`` when the file
                cannot be read now (a virus scanner holds it, a read failed): that says nothing of what is in it.
        """
        try:
            raw = (self.folder / self.name_of(page_id, sha256)).read_bytes()
        except FileNotFoundError:
            raise EnvironmentProblem("store.page_missing") from None
        except OSError as error:
            raise EnvironmentProblem("store.page_unreadable") from error
        if raw[: len(_MAGIC) + 1] != _MAGIC + bytes((_AES_256_GCM,)):
            raise EnvironmentProblem("store.page_damaged")
        nonce, sealed = raw[len(_MAGIC) + 1 : _HEADER_BYTES], raw[_HEADER_BYTES:]
        try:
            data = self._cipher.decrypt(nonce, sealed, page_id.encode())
        except (InvalidTag, ValueError):
            raise EnvironmentProblem("store.page_damaged") from None
        if not hmac.compare_digest(hashlib.sha256(data).hexdigest(), sha256):
            raise EnvironmentProblem("store.page_damaged")
        return data

    def verify(self, page_id: str, sha256: str) -> bool:
        """Whether the page is there and decrypts to that hash."""
        try:
            self.get(page_id, sha256)
        except EnvironmentProblem:
            return False
        return True

    def remove(self, page_id: str, sha256: str) -> None:
        """Remove a file no row names; one that is not there is no error.

        Raises:
            EnvironmentProblem: ``store.write_failed``.
        """
        try:
            (self.folder / self.name_of(page_id, sha256)).unlink(missing_ok=True)
        except OSError as error:
            raise EnvironmentProblem("store.write_failed") from error

    def stored(self) -> Iterator[str]:
        """Names of the whole page files. Raises OSError."""
        for entry in self.folder.iterdir():
            if _NAME.fullmatch(entry.name):
                yield entry.name

    def name_of(self, page_id: str, sha256: str) -> str:
        """The file's name: 64 hex digits."""
        return hmac.digest(self._key, page_id.encode() + bytes.fromhex(sha256), "sha256").hex()

    def set_aside_orphans(self, named: frozenset[str]) -> int:
        """Move page files that no row names to ``orphans/``, and remove torn leftovers of a crash.

        Files put by this process are left alone: their row may be on its way.

        Args:
            named: names of the files that rows name, read after this vault was opened.

        Returns:
            How many page files were set aside.

        Raises:
            EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
        """
        with self._guard:
            kept = named | self._put_here
        orphans = self.folder / ORPHANS_FOLDER
        count = 0
        try:
            for part in self._parts_before:
                (self.folder / part).unlink(missing_ok=True)
            for name in [name for name in self.stored() if name not in kept]:
                make_folder(orphans)
                rename_durably(self.folder / name, orphans / name)
                count += 1
        except OSError as error:
            raise problem_of(error, self.folder) from error
        return count
