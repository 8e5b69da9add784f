"""``villagedesk catalogue-key`` and ``catalogue-package``: the county signs the catalogue its villages use."""

from __future__ import annotations

import base64
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.app.starter_catalogue import contents_of
from villagedesk.catalogue.contents import Contents
from villagedesk.catalogue.package import MAX_BYTES, apply, open_package, package_from, seal
from villagedesk.domain.clock import utc_text
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import Problem


def make_catalogue_key(file: Path) -> int:
    """Write the private half as PEM, readable by its owner only; print the public half as station files carry it.

    Gives the exit code. A file that is there is never written over.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(pem)
    except OSError as error:
        return _failed(f"{file}: {os.strerror(error.errno or 0)}")
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")
    sys.stdout.write(f"catalogue_public_key: {public}\n")
    return 0


def make_catalogue_package(items: Path, key_file: Path, version: int, base: Path | None, to: Path) -> int:
    """Check a folder of items as a whole, sign it, and write the package. Gives the exit code.

    Args:
        items: laid out as ``resources/catalogue``: ``items/*.toml``, base form, synonyms, ``calendar/*.toml``.
        base: the whole package the villages have; the new one then says only what changed.
        to: the file; it is written whole or not at all.
    """
    try:
        key = load_pem_private_key(key_file.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            return _failed(f"{key_file} holds no Ed25519 private key")
        new = contents_of(items)
        new.check()
        old, old_version = _whole(base, key) if base is not None else (None, None)
        package = package_from(old, old_version, new, version, utc_text(datetime.now(UTC)))
        if old is not None and old_version is not None:
            apply(package, old, old_version)
        sealed = seal(package, key)
    except Problem as problem:
        return _failed(Messages.from_folder(messages_folder(resources_folder())).of(problem))
    except OSError as error:
        return _failed(f"{error.filename}: {os.strerror(error.errno or 0)}")
    except ValueError:
        return _failed(f"{key_file} holds no private key in PEM")
    if len(sealed) > MAX_BYTES:
        return _failed(f"the package has {len(sealed)} bytes; {MAX_BYTES} is the most villages take")
    part = to.with_name(to.name + ".part")
    try:
        part.write_bytes(sealed)
        part.replace(to)
    except OSError as error:
        return _failed(f"{to}: {os.strerror(error.errno or 0)}")
    what = f"what changed since version {old_version}" if old_version is not None else "whole"
    sys.stdout.write(f"{to}: version {version}, {what}, {len(package.items)} items, {len(sealed)} bytes\n")
    return 0


def _whole(file: Path, key: Ed25519PrivateKey) -> tuple[Contents, int]:
    package = open_package(file.read_bytes(), key.public_key().public_bytes_raw())
    return apply(package, Contents(()), -1), package.version


def _failed(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 1
