"""Reading the one member of a locked package at any place, without it lying in the clear anywhere.

WinZip's AES (AE-2) enciphers a member in counter mode, so any part of what is merely stored can be read by itself, as a
ZIP inside a ZIP needs it; over all of it goes one HMAC. See https://www.winzip.com/en/support/aes-encryption/.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import struct
import zipfile
from typing import BinaryIO

from Cryptodome.Cipher import AES
from Cryptodome.Util import Counter

from villagedesk.domain.progress import Progress, silent

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_EXTRA_AES = 0x9901
_AES_METHOD, _STORED, _STRENGTH_256 = 99, 0, 3
_SALT, _VERIFIER, _KEY, _MAC = 16, 2, 32, 10
_ROUNDS = 1000
_BLOCK = 16
_CHUNK = 1 << 20


class NotLockedSo(ValueError):
    """The file is no ZIP with such a member, or is cut off before its list of members."""


class WrongPassphrase(ValueError):
    """It opens nothing here."""


class LockedMember(io.RawIOBase):
    """What is in the member, in the clear, from whatever place is asked for.

    Args:
        file: of the package, open while this is read.
        name: of its only member.
        passphrase: in ASCII.

    Raises:
        NotLockedSo, WrongPassphrase
        OSError: the file cannot be read.
    """

    def __init__(self, file: BinaryIO, name: str, passphrase: str) -> None:
        super().__init__()
        self._file = file
        start, size = _place_of(file, name)
        self._start, self._size, self._at = start + _SALT + _VERIFIER, size - _SALT - _VERIFIER - _MAC, 0
        if self._size < 0:
            raise NotLockedSo
        file.seek(start)
        salt, verifier = file.read(_SALT), file.read(_VERIFIER)
        derived = hashlib.pbkdf2_hmac("sha1", passphrase.encode("utf-8"), salt, _ROUNDS, 2 * _KEY + _VERIFIER)
        if not hmac.compare_digest(derived[2 * _KEY :], verifier):
            raise WrongPassphrase
        self._key, self._mac_key = derived[:_KEY], derived[_KEY : 2 * _KEY]

    @property
    def size(self) -> int:
        """Bytes in it."""
        return self._size

    def is_whole(self, progress: Progress = silent) -> bool:
        """Whether not one byte of it was changed since it was locked; all of it is read for that."""
        mac = hmac.new(self._mac_key, digestmod=hashlib.sha1)
        self._file.seek(self._start)
        done = 0
        while done < self._size:
            progress(done, self._size)
            piece = self._file.read(min(_CHUNK, self._size - done))
            if not piece:
                return False
            mac.update(piece)
            done += len(piece)
        return hmac.compare_digest(mac.digest()[:_MAC], self._file.read(_MAC))

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go there; beyond the end there is nothing."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = base + offset
        if self._at < 0:
            raise OSError("before the beginning")
        return self._at

    def tell(self) -> int:
        """Where it is read next."""
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """The next bytes; 0 at the end."""
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        self._file.seek(self._start + self._at)
        locked = self._file.read(wanted)
        block, within = divmod(self._at, _BLOCK)
        cipher = AES.new(self._key, AES.MODE_CTR, counter=Counter.new(128, initial_value=block + 1, little_endian=True))
        cipher.decrypt(bytes(within))
        buffer[: len(locked)] = cipher.decrypt(locked)
        self._at += len(locked)
        return len(locked)


def _place_of(file: BinaryIO, name: str) -> tuple[int, int]:
    """Where the member's bytes begin and how many there are. Raises NotLockedSo."""
    try:
        with zipfile.ZipFile(file) as archive:
            (member,) = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error, OverflowError):
        raise NotLockedSo from None
    if member.filename != name or member.compress_type != _AES_METHOD or not _is_stored_256(member.extra):
        raise NotLockedSo
    file.seek(member.header_offset)
    head = file.read(_LOCAL_HEADER.size)
    if len(head) < _LOCAL_HEADER.size:
        raise NotLockedSo
    signature, *_, name_length, extra_length = _LOCAL_HEADER.unpack(head)
    if signature != b"PK\x03\x04":
        raise NotLockedSo
    return member.header_offset + _LOCAL_HEADER.size + name_length + extra_length, member.compress_size


def _is_stored_256(extra: bytes) -> bool:
    """Whether the extra field says AES-256 over what is only stored."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == _EXTRA_AES and length == 7 and at + 11 <= len(extra):
            _version, _vendor, strength, method = struct.unpack_from("<H2sBH", extra, at + 4)
            return bool(strength == _STRENGTH_256 and method == _STORED)
        at += 4 + length
    return False
