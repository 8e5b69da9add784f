"""Bodies of one exchange: an answer's, read with a cap; a page's, handed to the socket piece by piece."""

from __future__ import annotations

import http.client
import zlib
from collections.abc import Callable, Iterator
from time import monotonic

import requests

from villagedesk.acceptance.port import PageWatch

_READ_BYTES = 64 * 1024
PIECE_BYTES = 4 * 1024
"""Of a page, handed on at once. Bounds what a cut costs (a TLS record that came in part is lost whole, on each
connection) and how far a bandwidth limit overshoots; each costs 22 bytes more, and one smaller than two packets is
often sent as packets that are not full, of which the congestion window counts each."""


class TooLarge(http.client.HTTPException):
    """An answer over the cap."""


class Unreadable(http.client.HTTPException):
    """An answer in an encoding nobody asked for, or not in the one it names."""


class PageBody:
    """A page's bytes as ``requests`` reads them: it takes the length from ``len`` and then calls :meth:`read`.

    Args:
        data: what is to be sent.
        watch: asked before each piece, and told of it once the socket has taken it.
        on_end: called when the last piece is about to be taken: from here on it is the server's turn.
    """

    def __init__(self, data: bytes, watch: PageWatch, on_end: Callable[[], None]) -> None:
        self._data = memoryview(data)
        self._watch = watch
        self._on_end = on_end
        self._at = 0

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.read, b"")

    def read(self, size: int = -1) -> bytes:
        """The next piece, of at most ``PIECE_BYTES``. That it is asked for says that the one before is taken."""
        self._watch.handed(self._at)
        most = PIECE_BYTES if size < 0 else min(size, PIECE_BYTES)
        piece = bytes(self._data[self._at : self._at + most])
        if piece:
            self._watch.admit(len(piece))
            self._at += len(piece)
            if self._at == len(self._data):
                self._on_end()
        return piece


def read_body(response: requests.Response, cap: int) -> bytes:
    """Read at most ``cap`` bytes, before and after gzip is undone (a few kilobytes can unpack to gigabytes).

    Raises:
        TooLarge, Unreadable: and whatever ``urllib3`` raises when the line breaks.
    """
    pieces = bytearray()
    started = monotonic()
    while piece := _piece(response):
        pieces += piece
        if len(pieces) > cap:
            raise TooLarge(f"more than {cap} bytes after {monotonic() - started:.1f} s")
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("identity", "") or not pieces:
        return bytes(pieces)
    if encoding != "gzip":
        raise Unreadable(f"content encoding {encoding[:40]}")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(bytes(pieces), cap + 1)
    except zlib.error as error:
        raise Unreadable(f"gzip: {error}") from error
    if len(plain) > cap:
        raise TooLarge(f"more than {cap} bytes once unpacked")
    if not unpacker.eof:
        raise Unreadable("gzip cut short")
    return plain


def _piece(response: requests.Response) -> bytes:
    try:
        piece: bytes = response.raw.read(_READ_BYTES, decode_content=False)
    except ValueError as error:
        # urllib3 lets a chunk of negative size through to the socket, which refuses it
        raise Unreadable(f"chunk: {error}") from error
    return piece
