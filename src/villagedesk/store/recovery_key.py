"""The county's recovery key pair: the private half in a PEM file at the county, the public half in station files."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.store.files import flush_folder, problem_of

_MAX_BYTES = 16 * 1024
_PEM_BEGINS = b"-----BEGIN "
_OLD_ENCRYPTION = b"Proc-Type: 4,ENCRYPTED"


def make(file: Path, passphrase: str = "") -> bytes:
    """Make a key pair and keep its private half; a file that is there is never written over.

    Args:
        file: PKCS #8 in PEM, readable by its owner only.
        passphrase: encrypts the file when it is not empty (PBES2 as the cryptography library chooses it).

    Returns:
        The public half, 32 bytes.

    Raises:
        InputProblem: ``recovery.file_exists``.
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
    """
    private = X25519PrivateKey.generate()
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError:
        raise InputProblem("recovery.file_exists") from None
    except OSError as error:
        raise EnvironmentProblem("store.write_failed") from error
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(pem)
            opened.flush()
            os.fsync(opened.fileno())
        flush_folder(file.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)
        raise problem_of(error, file.parent) from error
    return private.public_key().public_bytes_raw()


def read(file: Path, passphrase: str = "") -> bytes:
    """The private half.

    Args:
        passphrase: of the file, "" when it has none; one too many is no harm.

    Returns:
        32 bytes, X25519.

    Raises:
        InputProblem: ``recovery.file_unreadable``; ``recovery.not_a_key`` also for other kinds of keys and for files
            that are too large; ``recovery.passphrase_needed``, ``recovery.passphrase_wrong``.
    """
    try:
        if not file.is_file():  # a device or pipe gives bytes for ever, or none
            raise InputProblem("recovery.file_unreadable", field="key_file")
        with file.open("rb") as opened:
            data = opened.read(_MAX_BYTES + 1)
    except (OSError, ValueError):  # ValueError: a name with a NUL in it
        raise InputProblem("recovery.file_unreadable", field="key_file") from None
    if len(data) > _MAX_BYTES or _PEM_BEGINS not in data:
        raise InputProblem("recovery.not_a_key", field="key_file")
    key = _private_key(data, passphrase)
    if not isinstance(key, X25519PrivateKey):
        raise InputProblem("recovery.not_a_key", field="key_file")
    return key.private_bytes_raw()


def _private_key(data: bytes, passphrase: str) -> object:
    encrypted = b"ENCRYPTED PRIVATE KEY" in data or _OLD_ENCRYPTION in data
    if encrypted and not passphrase:
        raise InputProblem("recovery.passphrase_needed", field="passphrase")
    try:
        return serialization.load_pem_private_key(data, passphrase.encode() if encrypted else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # the library tells a wrong passphrase and broken content of an encrypted file alike
        if encrypted:
            raise InputProblem("recovery.passphrase_wrong", field="passphrase") from None
        raise InputProblem("recovery.not_a_key", field="key_file") from None
