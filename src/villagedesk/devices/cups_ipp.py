"""Questions to a CUPS server in its own language, IPP (RFC 8011), by the library that Qt prints through.

``libcups.so.2`` finds the server as every program does: ``CUPS_SERVER``, ``client.conf``, else the socket of this PC.
Its own connection of a thread is not used: that waits for ever for a server that has stopped answering.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
from collections.abc import Iterator, Mapping
from ctypes import CFUNCTYPE, c_char_p, c_double, c_int, c_void_p
from dataclasses import dataclass
from enum import IntEnum

_PATIENCE_S = 5.0
_OPERATION, _JOB, _PRINTER = 0x01, 0x02, 0x04  # RFC 8010 3.5.1: delimiters of the groups
_INTEGER, _BOOLEAN, _ENUM = 0x21, 0x22, 0x23  # 3.5.2
_NAME, _KEYWORD, _URI = 0x42, 0x44, 0x45
_FIRST_TEXT = 0x41
_FIRST_ERROR = 0x0400
NOT_FOUND = 0x0406
"""Also ``client-error-gone`` is told as this."""
_GONE = 0x0405
_NO_WORD_OF_IPP = frozenset({0x0500, 0x0502, 0x1001, 0x1003})
"""What libcups puts in the place of an answer it did not get."""
_Password = CFUNCTYPE(c_char_p, c_char_p, c_void_p, c_char_p, c_char_p, c_void_p)

Value = str | int


class Operation(IntEnum):
    """RFC 8011 5.4.15, and CUPS's own."""

    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B
    CUPS_GET_PRINTERS = 0x4002


@dataclass(frozen=True)
class Answer:
    """What the server said.

    Args:
        status: RFC 8011 appendix B.
        things: jobs or printers, each with its attributes by name.
    """

    status: int
    things: tuple[Mapping[str, tuple[Value, ...]], ...]

    @property
    def good(self) -> bool:
        """Whether the server did what it was asked."""
        return self.status < _FIRST_ERROR


class NoServerError(Exception):
    """No CUPS server answers, or there is no CUPS on this PC."""


def ask(
    operation: Operation,
    target: tuple[str, str] | None = None,
    *,
    wanted: tuple[str, ...] = (),
    keywords: Mapping[str, str] | None = None,
) -> Answer:
    """One question, as the user of this process.

    Args:
        target: ``printer-uri`` or ``job-uri``, and the address.
        wanted: which attributes to tell.

    Raises:
        NoServerError: also when the server takes longer than five seconds over a word.
    """
    cups = _library()
    with _connection(cups) as connection:
        request = cups.ippNewRequest(operation)
        if target is not None:
            _add(cups, request, _URI, target[0], target[1])
        _add(cups, request, _NAME, "requesting-user-name", (cups.cupsUser() or b"").decode("utf-8", "replace"))
        for name, value in (keywords or {}).items():
            _add(cups, request, _KEYWORD, name, value)
        if wanted:
            words = (c_char_p * len(wanted))(*(word.encode() for word in wanted))
            cups.ippAddStrings(request, _OPERATION, _KEYWORD, b"requested-attributes", len(wanted), None, words)
        response = cups.cupsDoRequest(connection, request, b"/")  # frees the request
        if not response:
            status = int(cups.cupsLastError())
            if status < _FIRST_ERROR or status in _NO_WORD_OF_IPP:
                raise NoServerError
            return Answer(status, ())
        try:
            status = int(cups.ippGetStatusCode(response))
            return Answer(NOT_FOUND if status == _GONE else status, tuple(_things(cups, response)))
        finally:
            cups.ippDelete(response)


def default_printer() -> str:
    """The printer this user's programs print on where none is chosen; "" when there is none. Raises NoServerError."""
    cups = _library()
    with _connection(cups) as connection:
        return (cups.cupsGetDefault2(connection) or b"").decode("utf-8", "replace")


def _add(cups: ctypes.CDLL, request: int, tag: int, name: str, value: str) -> None:
    cups.ippAddString(request, _OPERATION, tag, name.encode(), None, value.encode("utf-8", "replace"))


def _things(cups: ctypes.CDLL, response: int) -> Iterator[Mapping[str, tuple[Value, ...]]]:
    thing: dict[str, tuple[Value, ...]] = {}
    attribute = cups.ippFirstAttribute(response)
    while attribute:
        name = cups.ippGetName(attribute)
        if name is not None and cups.ippGetGroupTag(attribute) in (_JOB, _PRINTER):
            values = (_value(cups, attribute, number) for number in range(cups.ippGetCount(attribute)))
            thing[name.decode("utf-8", "replace")] = tuple(value for value in values if value is not None)
        elif thing:  # a separator: the next thing begins
            yield thing
            thing = {}
        attribute = cups.ippNextAttribute(response)
    if thing:
        yield thing


def _value(cups: ctypes.CDLL, attribute: int, number: int) -> Value | None:
    tag = cups.ippGetValueTag(attribute)
    if tag in (_INTEGER, _ENUM):
        return int(cups.ippGetInteger(attribute, number))
    if tag == _BOOLEAN:
        return int(cups.ippGetBoolean(attribute, number))
    if tag >= _FIRST_TEXT:
        return (cups.ippGetString(attribute, number, None) or b"").decode("utf-8", "replace")
    return None


@contextlib.contextmanager
def _connection(cups: ctypes.CDLL) -> Iterator[int]:
    cups.cupsSetPasswordCB2(_NOBODY, None)  # of this thread: nobody sits at a terminal to type one
    milliseconds = int(_PATIENCE_S * 1000)
    connection = cups.httpConnect2(
        cups.cupsServer(), cups.ippPort(), None, 0, cups.cupsEncryption(), 1, milliseconds, None
    )
    if not connection:
        raise NoServerError
    try:
        cups.httpSetTimeout(connection, _PATIENCE_S, None, None)
        yield connection
    finally:
        cups.httpClose(connection)


def _no_password(*_: object) -> None:
    return None


_NOBODY = _Password(_no_password)


@functools.cache
def _library() -> ctypes.CDLL:
    try:
        cups = ctypes.CDLL("libcups.so.2")
    except OSError:
        raise NoServerError from None
    for name, result, arguments in _FUNCTIONS:
        function = getattr(cups, name)
        function.restype, function.argtypes = result, arguments
    return cups


_FUNCTIONS = (
    ("cupsServer", c_char_p, ()),
    ("ippPort", c_int, ()),
    ("cupsEncryption", c_int, ()),
    ("cupsUser", c_char_p, ()),
    ("cupsSetPasswordCB2", None, (_Password, c_void_p)),
    ("cupsGetDefault2", c_char_p, (c_void_p,)),
    ("cupsDoRequest", c_void_p, (c_void_p, c_void_p, c_char_p)),
    ("cupsLastError", c_int, ()),
    ("httpConnect2", c_void_p, (c_char_p, c_int, c_void_p, c_int, c_int, c_int, c_int, c_void_p)),
    ("httpSetTimeout", None, (c_void_p, c_double, c_void_p, c_void_p)),
    ("httpClose", None, (c_void_p,)),
    ("ippNewRequest", c_void_p, (c_int,)),
    ("ippDelete", None, (c_void_p,)),
    ("ippAddString", c_void_p, (c_void_p, c_int, c_int, c_char_p, c_char_p, c_char_p)),
    ("ippAddStrings", c_void_p, (c_void_p, c_int, c_int, c_char_p, c_int, c_char_p, c_void_p)),
    ("ippGetStatusCode", c_int, (c_void_p,)),
    ("ippFirstAttribute", c_void_p, (c_void_p,)),
    ("ippNextAttribute", c_void_p, (c_void_p,)),
    ("ippGetName", c_char_p, (c_void_p,)),
    ("ippGetCount", c_int, (c_void_p,)),
    ("ippGetGroupTag", c_int, (c_void_p,)),
    ("ippGetValueTag", c_int, (c_void_p,)),
    ("ippGetString", c_char_p, (c_void_p, c_int, c_void_p)),
    ("ippGetInteger", c_int, (c_void_p, c_int)),
    ("ippGetBoolean", c_int, (c_void_p, c_int)),
)
