"""The whole road out through a real proxy on loopback: by setting, held to it, never round it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.acceptance.connect_proxy import ConnectProxy
from tests.sync.test_engine import RealClock
from villagedesk.app.sync_road import SyncRoad
from villagedesk.practice.server import PracticeServer
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey
from villagedesk.store.vault import VAULT_FOLDER, PageVault
from villagedesk.sync.link import LinkKind, LinkState
from villagedesk.sync.link_layers import Finding
from villagedesk.sync.proxy_setting import SETTING
from villagedesk.sync.status import SyncStatus

_PATIENCE_S = 60.0


class Road:
    """A station's road out; what it says of the link is kept."""

    def __init__(self, folder: Path) -> None:
        self.server = PracticeServer(folder / "practice")
        self.server.start()
        (folder / "data").mkdir()
        key = DataKey.generate()
        self.store = EncryptedStore.create(folder / "data", key, RealClock())
        self._moved = threading.Condition()
        self.link = LinkState()
        self.vault = vault = PageVault(folder / "data" / VAULT_FOLDER, key.vault)
        station = self.server.practice.station_file()
        self.road = SyncRoad(self.store, vault, RealClock(), station, self._publish)
        self.road.start()

    def close(self) -> None:
        self.road.stop()
        self.store.close()
        self.server.stop()

    def set_proxy(self, text: str) -> None:
        """As the desk does."""
        self.store.write(lambda transaction: transaction.put_setting(SETTING, text)).result()
        self.road.kick()

    def until(self, reached: Callable[[LinkState], bool]) -> LinkState:
        """Looks again as a clerk who presses F5, until the link is so."""
        end = monotonic() + _PATIENCE_S
        while monotonic() < end:
            with self._moved:
                if self._moved.wait_for(lambda: reached(self.link), 2.0):
                    return self.link
            self.road.kick()
        raise AssertionError(self.link)

    def _publish(self, status: SyncStatus) -> None:
        with self._moved:
            self.link = status.link
            self._moved.notify_all()


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    made = Road(tmp_path)
    yield made
    made.close()


def found(finding: Finding) -> Callable[[LinkState], bool]:
    return lambda link: link.ruling is not None and link.ruling.finding is finding


def test_a_proxy_by_setting_is_used_pinned_and_never_gone_round(road: Road) -> None:
    direct = road.until(lambda link: link.kind is LinkKind.ONLINE and link.pin is not None).pin
    assert direct is not None
    proxy = ConnectProxy()
    road.set_proxy(proxy.address)
    link = road.until(
        lambda link: link.kind is LinkKind.ONLINE and link.proxy == proxy.address and link.pin is not None
    )
    assert link.pin is not None
    assert (link.pin.proxy, link.pin.network) == (proxy.address, "127.0.0.1/32")
    assert proxy.asked_for == {road.server.address.removeprefix("https://")}
    proxy.close()
    link = road.until(found(Finding.PROXY_GONE))
    assert link.kind is LinkKind.NO_ANSWER
    assert road.link.layers[-1].params == {"proxy": proxy.address}
    road.set_proxy("")
    link = road.until(lambda link: link.kind is LinkKind.ONLINE)
    assert (link.proxy, link.pin) == ("", direct), "held to the old way again"


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        ("407 Proxy Authentication Required", Finding.PROXY_LOGIN),
        ("503 Service Unavailable", Finding.PROXY_REFUSES),
    ],
)
def test_a_proxy_that_will_not_connect_is_told_for_what_it_is(road: Road, answer: str, finding: Finding) -> None:
    proxy = ConnectProxy(answer)
    road.set_proxy(proxy.address)
    road.until(found(finding))
    road.set_proxy("")
    road.until(lambda link: link.kind is LinkKind.ONLINE)
    proxy.close()


def test_the_pc_s_own_proxy_counts_only_where_that_is_set(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = ConnectProxy()
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://{proxy.address}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    road.until(lambda link: link.kind is LinkKind.ONLINE)
    road.road.kick()
    road.until(lambda link: link.kind is LinkKind.ONLINE)
    assert proxy.heads == []
    road.set_proxy("system")
    road.until(lambda link: link.kind is LinkKind.ONLINE and link.proxy == proxy.address)
    assert proxy.heads
    proxy.close()
