"""The proxy: none, the PC's own or one typed in; kept as the road reads it, checked, logged once for each change."""

from __future__ import annotations

import pytest

from tests.desk.counter import Window
from villagedesk.acceptance.proxy import Proxy
from villagedesk.desk.proxy_setting import ProxyChoice, ProxyView
from villagedesk.domain.audit import Deed
from villagedesk.domain.problems import InputProblem
from villagedesk.sync.proxy_setting import proxy_of

VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def counts(window: Window, host: str = "10.41.4.21") -> Proxy | None:
    return window.store.read(lambda snapshot: proxy_of(snapshot, host))


def test_none_counts_until_one_is_set_whatever_the_environment_says(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://10.9.9.9:3128")
    monkeypatch.setenv("ALL_PROXY", "http://10.9.9.9:3128")
    assert window.desk.proxy.view() == ProxyView(ProxyChoice.NONE, "", "10.9.9.9:3128")
    assert counts(window) is None
    assert window.desk.proxy.set(ProxyChoice.OWN, "http://10.1.1.1:8080/") == "10.1.1.1:8080"
    assert counts(window) == Proxy("10.1.1.1", 8080)
    window.desk.proxy.set(ProxyChoice.SYSTEM)
    assert counts(window) == Proxy("10.9.9.9", 3128)
    window.desk.proxy.set(ProxyChoice.NONE, "not looked at")
    assert counts(window) is None
    window.desk.proxy.set(ProxyChoice.NONE)
    lines = window.audit_log.entries(10, kinds=frozenset({Deed.PROXY_SET}))
    assert [line.detail["proxy"] for line in lines] == ["", "system", "10.1.1.1:8080"]
    assert window.kicked == ["kick"] * 3


def test_the_pc_s_own_counts_as_the_pc_has_it_now(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    window.desk.proxy.set(ProxyChoice.SYSTEM)
    assert counts(window) is None
    assert window.desk.proxy.view() == ProxyView(ProxyChoice.SYSTEM, "", "")
    monkeypatch.setenv("ALL_PROXY", "socks5://10.9.9.9:1080")
    assert counts(window) is None, "one that is no HTTP proxy"
    monkeypatch.setenv("HTTPS_PROXY", "http://10.9.9.9:3128")
    assert counts(window) == Proxy("10.9.9.9", 3128)
    monkeypatch.setenv("NO_PROXY", "10.41.4.21")
    assert counts(window) is None


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("10.1.1.1", "proxy.port"),
        ("10.1.1:80", "proxy.host"),
        ("socks5://10.1.1.1:80", "proxy.scheme"),
        ("wang:1@10.1.1.1:80", "proxy.login"),
    ],
)
def test_what_is_no_proxy_is_refused_and_changes_nothing(window: Window, typed: str, key: str) -> None:
    window.desk.proxy.set(ProxyChoice.OWN, "10.1.1.1:8080")
    with pytest.raises(InputProblem, match=key) as told:
        window.desk.proxy.set(ProxyChoice.OWN, typed)
    assert told.value.field == "proxy"
    assert counts(window) == Proxy("10.1.1.1", 8080)
