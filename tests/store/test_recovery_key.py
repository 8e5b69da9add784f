"""The county's key file: real PEM, with and without passphrase, and everything that is not one."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.store.fixtures import CHEAP, CLERK, PASSWORD, ROLE
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.practice.station_file import make_practice
from villagedesk.store.keys import create_keys, open_with_recovery_key, unlock
from villagedesk.store.recovery_key import make, read

PASSPHRASE = "县里的口令 7"


def told(file: Path, passphrase: str = "") -> str:
    with pytest.raises(InputProblem) as problem:
        read(file, passphrase)
    return problem.value.key


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_what_is_made_opens_the_station_it_was_made_for(tmp_path: Path, passphrase: str) -> None:
    file = tmp_path / "county.pem"
    public = make(file, passphrase)
    assert X25519PrivateKey.from_private_bytes(read(file, passphrase)).public_key().public_bytes_raw() == public
    key = create_keys(tmp_path / "data", CLERK, PASSWORD, public, ROLE, CHEAP)
    assert open_with_recovery_key(tmp_path / "data", read(file, passphrase)).database == key.database
    assert unlock(tmp_path / "data", CLERK, PASSWORD).database == key.database
    assert (b"ENCRYPTED" in file.read_bytes()) == bool(passphrase)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_openssl_reads_it(tmp_path: Path) -> None:
    """The county can keep it with tools of its own: an independent reader of the format."""
    public = make(tmp_path / "county.pem", "seven words")
    done = subprocess.run(
        [
            "openssl",
            "pkey",
            "-in",
            tmp_path / "county.pem",
            "-passin",
            "pass:seven words",
            "-pubout",
            "-outform",
            "DER",
        ],
        capture_output=True,
        check=True,
    )
    assert done.stdout.endswith(public)


def test_the_passphrase_is_asked_for_and_checked(tmp_path: Path) -> None:
    file = tmp_path / "county.pem"
    make(file, PASSPHRASE)
    assert told(file) == "recovery.passphrase_needed"
    assert told(file, "another") == "recovery.passphrase_wrong"
    make(tmp_path / "open.pem", "")
    assert len(read(tmp_path / "open.pem", "one too many")) == 32


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "county.pem"
    make(file, "")
    kept = file.read_bytes()
    with pytest.raises(InputProblem, match=r"recovery\.file_exists"):
        make(file, "")
    assert file.read_bytes() == kept
    with pytest.raises(EnvironmentProblem, match=r"store\.write_failed"):
        make(tmp_path / "none" / "county.pem", "")


def test_what_is_no_key_is_told_as_that(tmp_path: Path) -> None:
    file = tmp_path / "county.pem"
    make(file, "")
    whole = file.read_bytes()
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = X25519PrivateKey.generate().public_key()
    contents = {
        "garbage": bytes(range(256)) * 4096,
        "empty": b"",
        "a key with a megabyte behind it": whole + b"\n" * (1 << 20),
        "cut": whole[:60],
        "no base64": whole.replace(b"MC4", b"!!!"),
        "another kind of key": Ed25519PrivateKey.generate().private_bytes(*pem),
        "an RSA key": generate_private_key(65537, 2048).private_bytes(*pem),
        "the public half": public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
        "text": "村口有棵老槐树".encode(),
    }
    for name, content in contents.items():
        file.write_bytes(content)
        assert told(file, "x") == "recovery.not_a_key", name
    assert told(tmp_path / "none.pem") == "recovery.file_unreadable"
    assert told(tmp_path) == "recovery.file_unreadable"
    assert told(tmp_path / "a\0b.pem") == "recovery.file_unreadable"
    os.mkfifo(tmp_path / "pipe.pem")
    assert told(tmp_path / "pipe.pem") == "recovery.file_unreadable", "and nobody waits for what never comes"


def test_a_cut_encrypted_file_is_told_with_its_passphrase(tmp_path: Path) -> None:
    file = tmp_path / "county.pem"
    make(file, PASSPHRASE)
    file.write_bytes(file.read_bytes()[:80])
    assert told(file, PASSPHRASE) == "recovery.passphrase_wrong"


def test_the_practice_systems_own_key_is_one(tmp_path: Path) -> None:
    practice = make_practice(tmp_path)
    private = X25519PrivateKey.from_private_bytes(read(practice.recovery_private_key_path))
    assert private.public_key().public_bytes_raw() == practice.station_file().recovery_public_key


def test_the_command_prints_the_public_half_and_keeps_the_private_one(tmp_path: Path) -> None:
    file = tmp_path / "county.pem"
    command = [sys.executable, "-m", "villagedesk", "recovery-key", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    name, _, public = done.stdout.strip().partition(": ")
    private = X25519PrivateKey.from_private_bytes(read(file))
    assert name == "recovery_public_key"
    assert base64.b64decode(public, validate=True) == private.public_key().public_bytes_raw()
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (again.returncode, again.stdout) == (1, "")
    assert "请换一个文件名" in again.stderr
