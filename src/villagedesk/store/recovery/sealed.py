"""SQLCipher's pages read one by one, so that a damaged page costs what stands on it and nothing else.

A page is AES-256-CBC ciphertext, its initial value (16 bytes) and HMAC-SHA512 over both and the page's number (64). The
first 16 bytes of the file are a salt, in the clear; with the raw key this program uses, the page key is that key, and
the HMAC's key is PBKDF2-HMAC-SHA512 of it over the salt with each byte exclusive-or 0x3a, two rounds. (SQLCipher's
design: https://www.zetetic.net/sqlcipher/design/; defaults of version 4.)
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

PAGE_BYTES = 4096
SALT_BYTES = 16
_IV_BYTES, _MAC_BYTES = 16, 64
RESERVED_BYTES = _IV_BYTES + _MAC_BYTES
_HMAC_SALT_MASK, _HMAC_ROUNDS = 0x3A, 2
MAGIC = b"SQLite format 3\x00"
_SAMPLE = 200
_HEAD_BYTES = 16
_TREE_KINDS = frozenset({2, 5, 10, 13})


class SealedPages:
    """Opens pages of one database file.

    Args:
        database_key: 32 bytes, :attr:`villagedesk.store.keys.DataKey.database`.
        salt: the file's first 16 bytes.
    """

    def __init__(self, database_key: bytes, salt: bytes) -> None:
        self._key = database_key
        masked = bytes(byte ^ _HMAC_SALT_MASK for byte in salt)
        self._mac_key = hashlib.pbkdf2_hmac("sha512", database_key, masked, _HMAC_ROUNDS)[:32]

    def open(self, number: int, sealed: bytes) -> bytes | None:
        """The page's content, 4096 bytes with zeros for what SQLCipher keeps for itself; None when it is damaged, of
        another place, or under another key.

        Args:
            number: 1 for the file's first page.
            sealed: 4096 bytes as they lie in the file or its log.
        """
        if len(sealed) != PAGE_BYTES:
            return None
        start = SALT_BYTES if number == 1 else 0
        mac = hmac.new(self._mac_key, sealed[start:-_MAC_BYTES], "sha512")
        mac.update(number.to_bytes(4, "little"))
        if not hmac.compare_digest(mac.digest(), sealed[-_MAC_BYTES:]):
            return None
        initial = sealed[-RESERVED_BYTES:-_MAC_BYTES]
        opener = Cipher(AES(self._key), CBC(initial)).decryptor()
        plain = opener.update(sealed[start:-RESERVED_BYTES]) + opener.finalize()
        return (MAGIC if number == 1 else b"") + plain + bytes(RESERVED_BYTES)


def is_of_this_key(path: Path, database_key: bytes) -> bool:
    """Whether a database that cannot be opened is a damaged one of this key, rather than another installation's.

    One page that opens says so. Where none does, the salt itself may be what is damaged: then the HMACs cannot be
    computed, but what lies on the pages still decrypts to heads of b-tree pages. A file of nothing is a damaged one.

    Raises:
        OSError: when the file cannot be read.
    """
    written = plausible = 0
    with path.open("rb") as file:
        sealed = SealedPages(database_key, file.read(SALT_BYTES))
        file.seek(0)
        number = 0
        while len(page := file.read(PAGE_BYTES)) == PAGE_BYTES:
            number += 1
            if sealed.open(number, page) is not None:
                return True
            if number > 1 and written < _SAMPLE and any(page):
                written += 1
                opener = Cipher(AES(database_key), CBC(page[-RESERVED_BYTES:-_MAC_BYTES])).decryptor()
                plausible += _may_be_a_tree_page(opener.update(page[:_HEAD_BYTES]))
    return plausible * 2 >= written


def _may_be_a_tree_page(head: bytes) -> bool:
    kind, free, cells, content, fragments = head[0], *(int.from_bytes(head[at : at + 2]) for at in (1, 3, 5)), head[7]
    in_page = PAGE_BYTES - RESERVED_BYTES
    return kind in _TREE_KINDS and free < in_page and cells < in_page // 2 and content <= in_page and fragments <= 60
