"""A proxy counts by setting only, is told nothing but where to connect, and nothing less is proven through it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.connect_proxy import ConnectProxy
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.pinned_route import InterfaceKind, Refusal, RouteGuard, RoutePin, Way, Why
from villagedesk.acceptance.port import LoginNeeded, NoConnection
from villagedesk.acceptance.proxy import Proxy, ProxyUnusable
from villagedesk.acceptance.wire import EnrolRequest
from villagedesk.practice.server import PracticeServer
from villagedesk.practice.station_file import make_practice

VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy")
LOOPBACK = Way("lo", InterfaceKind.LOOPBACK, default=False)


@pytest.fixture
def proxy() -> Iterator[ConnectProxy]:
    made = ConnectProxy()
    yield made
    made.close()


def through(
    practice: PracticeServer, address: str, ca_pem: str = "", guard: RouteGuard | None = None
) -> HttpAcceptanceSystem:
    """The practice system, by that proxy."""
    return HttpAcceptanceSystem(
        practice.address,
        ca_pem or practice.practice.ca_path.read_text(),
        lambda: "the-credential",
        practice.practice.division_code,
        guard=guard,
        proxy=lambda: Proxy.from_text(address),
    )


def test_what_is_asked_goes_through_the_proxy_which_learns_only_where_to(
    practice: PracticeServer, proxy: ConnectProxy
) -> None:
    system = through(practice, proxy.address)
    assert system.health().system
    system.enrol(
        EnrolRequest(
            division_code=practice.practice.division_code,
            one_time_code=practice.practice.station_file().one_time_code,
            credential_sha256="0" * 64,
            installation_id="i",
        )
    )
    with pytest.raises(LoginNeeded):
        system.case("00000000-0000-0000-0000-000000000000")
    assert proxy.asked_for == {practice.address.removeprefix("https://")}
    assert proxy.carried.startswith(b"\x16\x03"), "TLS, which it cannot read"
    assert b"HTTP/1.1" not in proxy.carried
    told = b"".join(proxy.heads)
    assert b"the-credential" not in told and b"Authorization" not in told
    system.close()


def test_the_environment_is_no_setting(
    practice: PracticeServer, proxy: ConnectProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, f"http://{proxy.address}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    ca_pem, code = practice.practice.ca_path.read_text(), practice.practice.division_code
    system = HttpAcceptanceSystem(practice.address, ca_pem, lambda: "", code)
    assert system.health().system
    assert proxy.heads == []
    system.close()


def test_another_authority_is_believed_no_more_through_a_proxy(
    practice: PracticeServer, proxy: ConnectProxy, tmp_path: Path
) -> None:
    system = through(practice, proxy.address, make_practice(tmp_path / "other").ca_path.read_text())
    with pytest.raises(NoConnection) as caught:
        system.health()
    assert caught.value.reason == "sync.reason.certificate"
    system.close()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("407 Proxy Authentication Required", "sync.reason.proxy_login"),
        ("403 Forbidden", "sync.reason.proxy_refused"),
        ("502 Bad Gateway", "sync.reason.proxy_refused"),
        ("", "sync.reason.no_connection"),
    ],
)
def test_a_proxy_that_does_not_connect_surely_sent_nothing_and_is_told_for_what_it_is(
    practice: PracticeServer, answer: str, reason: str
) -> None:
    proxy = ConnectProxy(answer)
    system = through(practice, proxy.address)
    with pytest.raises(NoConnection) as caught:
        system.put_revision("00000000-0000-0000-0000-000000000000", 1, b'{"action_id": "x"}')
    assert caught.value.reason == reason
    assert answer[:3] in caught.value.raw
    assert len(proxy.heads) == 1
    system.close()
    proxy.close()


def test_a_proxy_that_is_not_there_is_no_connection_and_never_goes_round_it(practice: PracticeServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    system = through(practice, f"127.0.0.1:{port}")
    with pytest.raises(NoConnection) as caught:
        system.health()
    assert caught.value.reason == "sync.reason.no_connection"
    system.close()


def test_the_pin_holds_for_the_proxy(practice: PracticeServer, proxy: ConnectProxy) -> None:
    pin = RoutePin.of(practice.address, "i", "127.0.0.1", LOOPBACK, proxy.address)
    contacts: list[tuple[str, Way, str]] = []
    refusals: list[Refusal] = []
    asked: list[str] = []
    ways = [LOOPBACK, Way("eth0", InterfaceKind.WIRED, default=True)]

    def pinned(of: str) -> RoutePin:
        asked.append(of)
        return pin

    # the county's list says where the acceptance system is, and nothing of a proxy
    guard = RouteGuard(
        ("10.41.0.0/16",),
        pinned,
        lambda _peer, _own: ways.pop(0),
        contact=lambda *seen: contacts.append(seen),
        refused=refusals.append,
    )
    system = through(practice, proxy.address, guard=guard)
    system.health()
    assert contacts == [("127.0.0.1", LOOPBACK, proxy.address)]
    system.close()
    again = through(practice, proxy.address, guard=guard)
    with pytest.raises(NoConnection) as caught:
        again.health()
    assert caught.value.reason == "sync.reason.elsewhere"
    assert [(one.why, one.proxy) for one in refusals] == [(Why.OTHER_WAY, proxy.address)]
    assert set(asked) == {proxy.address}
    assert len(proxy.heads) == 1, "the refused one was not even asked to connect"
    again.close()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("10.1.1.1:8080", "10.1.1.1:8080"),
        ("  HTTP://Proxy.Gov.cn:3128/ ", "proxy.gov.cn:3128"),
        ("１０.1.1.1：８０８０", "10.1.1.1:8080"),
        ("[FD00::1]:8080", "[fd00::1]:8080"),
    ],
)
def test_an_address_is_read_as_people_write_it(typed: str, read: str) -> None:
    proxy = Proxy.from_text(typed)
    assert str(proxy) == read
    assert Proxy.from_text(proxy.url) == proxy


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "port"),
        ("10.1.1.1", "port"),
        ("10.1.1.1:0", "port"),
        ("10.1.1.1:65536", "port"),
        ("10.1.1.1:٣", "port"),
        ("10.1.1.1:80:80", "port"),
        ("fd00::1:80", "port"),
        ("10.1.1:80", "host"),
        ("10.1.1.999:80", "host"),
        (":80", "host"),
        ("a b:80", "host"),
        ("-a.cn:80", "host"),
        ("代理:80", "host"),
        ("[10.1.1.1]:80", "host"),
        ("http://10.1.1.1:80/path", "port"),
        ("https://10.1.1.1:80", "scheme"),
        ("socks5://10.1.1.1:80", "scheme"),
        ("http://wang:geheim@10.1.1.1:80", "login"),
    ],
)
def test_what_is_no_address_of_a_proxy_is_refused_for_its_reason(typed: str, why: str) -> None:
    with pytest.raises(ProxyUnusable) as caught:
        Proxy.from_text(typed)
    assert caught.value.why == why
