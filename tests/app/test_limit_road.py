"""The limit on sending as it is felt on the wire: from the setting to the bytes of TLS that a meter carries."""

from __future__ import annotations

import os
import threading

from tests.acceptance.connect_proxy import ConnectProxy
from tests.app.test_proxy_road import Road, road
from tests.sync.window import Clerk, SimClock
from villagedesk.domain.outbox import SendingState
from villagedesk.sync.link import LinkKind
from villagedesk.sync.pace import SETTING

__all__ = ["road"]

_KBIT = 800
_PAGES, _PAGE_BYTES = 4, 100_000
_PATIENCE_S = 120.0


def test_what_goes_out_is_held_to_the_limit_over_all_connections_and_at_once(road: Road) -> None:
    meter = ConnectProxy()
    road.store.write(lambda transaction: transaction.put_setting(SETTING, str(_KBIT))).result()
    road.set_proxy(meter.address)
    road.until(lambda link: link.kind is LinkKind.ONLINE and link.proxy == meter.address)
    moved = threading.Event()
    road.store.subscribe(moved.set)
    before = len(meter.carried)
    _case, row = Clerk(road.store, road.vault, SimClock()).take_in([os.urandom(_PAGE_BYTES) for _ in range(_PAGES)])

    def sent() -> bool:
        return road.store.read(lambda snapshot: snapshot.outbox_row(row.action_id)).state is SendingState.SENT

    while not sent():
        assert moved.wait(_PATIENCE_S)
        moved.clear()
    size = _PAGES * _PAGE_BYTES
    assert len(meter.carried) - before >= size, "the pages went by the meter"
    # Between a tenth and nine tenths of them: what comes before is the case's own waiting.
    begun, ended = (
        next((at, total) for at, total in meter.moments if total >= before + size * share) for share in (0.1, 0.9)
    )
    rate = (ended[1] - begun[1]) / (ended[0] - begun[0])
    assert rate <= _KBIT * 1000 / 8 * 1.1, "a quarter of a second's worth may leave at once"
    meter.close()
