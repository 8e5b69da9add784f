"""Which proxy counts now: as the setting says, never because of the environment or the system alone."""

from __future__ import annotations

import urllib.request

from villagedesk.acceptance.proxy import Proxy, ProxyUnusable
from villagedesk.domain.repositories import Snapshot

SETTING = "sync.proxy"
"""``host:port``, :data:`SYSTEM`, or "" for none."""
SYSTEM = "system"


def proxy_of(snapshot: Snapshot, host: str) -> Proxy | None:
    """The proxy connections to the acceptance system go through now.

    Args:
        host: the acceptance system's, which the system's own settings may except.
    """
    text = snapshot.setting(SETTING)
    if text == SYSTEM:
        return system_proxy(host)
    try:
        return Proxy.from_text(text)
    except ProxyUnusable:
        return None


def system_proxy(host: str) -> Proxy | None:
    """What the system has for https: the user's settings on Windows, ``HTTPS_PROXY`` and ``ALL_PROXY`` elsewhere. None
    when it has none, excepts that host, or has one that is no HTTP proxy. A script (PAC) is not run."""
    told = urllib.request.getproxies()
    text = told.get("https") or told.get("all") or ""
    try:
        proxy = Proxy.from_text(text)
    except ProxyUnusable:
        return None
    return None if urllib.request.proxy_bypass(host) else proxy
