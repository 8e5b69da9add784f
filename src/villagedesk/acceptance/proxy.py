"""The proxy between this PC and the acceptance system: there is none unless the setting says so (design: decision 16).

Only CONNECT is spoken to it (RFC 9110, section 9.3.6): it carries TLS that it cannot read, so who answers is proven as
without it. What it learns is the acceptance system's name and port.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass

_LABELS = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?", re.ASCII)
_NUMBERS = re.compile(r"[0-9.]+", re.ASCII)
_MOST_HOST, _MOST_PORT = 253, 65535


class ProxyUnusable(ValueError):
    """Not the address of a proxy this program can use.

    Args:
        why: ``scheme`` (SOCKS, or TLS to the proxy itself), ``login`` (it carries a name), ``host``, or ``port``.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Proxy:
    """An HTTP proxy."""

    host: str
    port: int

    @classmethod
    def from_text(cls, text: str) -> Proxy:
        """From ``host:port``, ``http://host:port`` or ``[IPv6]:port``; full-width signs are folded.

        Raises:
            ProxyUnusable: it is none.
        """
        plain = unicodedata.normalize("NFKC", text).strip().lower()
        scheme, mark, rest = plain.rpartition("://")
        if mark and scheme != "http":
            raise ProxyUnusable("scheme")
        rest = rest.removesuffix("/")
        if "@" in rest:
            raise ProxyUnusable("login")
        host, colon, port = rest.rpartition(":")
        if not colon or (host.count(":") and not host.startswith("[")):
            raise ProxyUnusable("port")
        if not (port.isascii() and port.isdecimal() and len(port) <= 5 and 0 < int(port) <= _MOST_PORT):
            raise ProxyUnusable("port")
        return cls(_host(host), int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """As the HTTP libraries want it."""
        return f"http://{self}"


def _host(text: str) -> str:
    bracketed = text.startswith("[") and text.endswith("]")
    if bracketed or _NUMBERS.fullmatch(text):
        try:
            return str(ipaddress.IPv6Address(text[1:-1]) if bracketed else ipaddress.IPv4Address(text))
        except ValueError:
            raise ProxyUnusable("host") from None
    if len(text) > _MOST_HOST or not _LABELS.fullmatch(text):
        raise ProxyUnusable("host")
    return text
