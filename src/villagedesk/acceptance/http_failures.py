"""Why no answer came, read from what ``requests``, ``urllib3``, ``ssl`` and the system raised inside one another."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator

from villagedesk.acceptance.pinned_route import Elsewhere

_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE")
_NOT_YET_VALID, _EXPIRED = 9, 10
"""X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED. OpenSSL looks at dates after it found the authority and
compared the host's name, so with these the clock is the likely fault and not who answers."""
_SPEAKERS = frozenset({"ssl", "socket", "builtins", "http.client", Elsewhere.__module__})
_REFUSED_BY_PROXY = re.compile(r"Tunnel connection failed: ([0-9]{3})\b")
"""How ``http.client`` tells of a proxy's answer to CONNECT."""
_MOST_SAID = 300


def reason_of(error: BaseException) -> str:
    """Message key for why no connection came about."""
    for item in _within(error):
        if isinstance(item, Elsewhere):
            return "sync.reason.elsewhere"
        if isinstance(item, ssl.SSLCertVerificationError):
            dates = {_NOT_YET_VALID: "sync.reason.certificate_early", _EXPIRED: "sync.reason.certificate_late"}
            return dates.get(item.verify_code, "sync.reason.certificate")
        if isinstance(item, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError):
            # Ended before any certificate was shown: a server that restarts, a line that broke.
            return "sync.reason.no_connection"
        if isinstance(item, ssl.SSLError):
            # A captive portal that answers in plain HTML where TLS was spoken.
            return "sync.reason.not_ours" if item.reason in _NO_TLS else "sync.reason.certificate"
        if isinstance(item, socket.gaierror):
            return "sync.reason.name_unknown"
        told = _REFUSED_BY_PROXY.match(str(item)) if isinstance(item, OSError) else None
        if told is not None:
            return "sync.reason.proxy_login" if told.group(1) == "407" else "sync.reason.proxy_refused"
    return "sync.reason.no_connection"


def said_of(error: BaseException) -> str:
    """What the technician reads: the innermost system's or TLS library's own words, without the wrapping of the HTTP
    libraries, which is longer than the line."""
    inner = next((item for item in _within(error) if _is_own_word(item)), error)
    return f"{type(inner).__name__}: {inner}"[:_MOST_SAID]


def _is_own_word(error: BaseException) -> bool:
    return isinstance(error, OSError) and type(error).__module__ in _SPEAKERS


def _within(error: BaseException) -> Iterator[BaseException]:
    """An exception and all it was raised from or wraps, each once."""
    seen: list[BaseException] = []
    queue: list[object] = [error]
    while queue:
        item = queue.pop()
        if not isinstance(item, BaseException) or item in seen:
            continue
        seen.append(item)
        yield item
        queue += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]
