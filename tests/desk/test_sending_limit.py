"""The limit on sending: kept as the engine reads it, checked, logged once for each change."""

from __future__ import annotations

import pytest

from tests.desk.counter import Window
from villagedesk.domain.audit import Deed
from villagedesk.domain.problems import InputProblem
from villagedesk.sync.pace import limit_of


def stored(window: Window) -> str:
    return window.store.read(lambda snapshot: snapshot.setting("sync.limit_kbit"))


def test_a_limit_is_kept_as_the_engine_reads_it_and_lifted_again(window: Window) -> None:
    assert window.desk.sending_limit.kbit() == 0
    window.desk.sending_limit.set_kbit(512)
    assert (stored(window), window.desk.sending_limit.kbit()) == ("512", 512)
    window.desk.sending_limit.set_kbit(512)
    window.desk.sending_limit.set_kbit(0)
    assert (stored(window), window.desk.sending_limit.kbit()) == ("", 0)
    lines = window.audit_log.entries(10, kinds=frozenset({Deed.SENDING_LIMITED}))
    assert [line.detail["kbit"] for line in lines] == ["", "512"]
    assert window.kicked == []


@pytest.mark.parametrize("kbit", [-1, 1, 63, 100_001])
def test_a_limit_that_is_none_is_refused(window: Window, kbit: int) -> None:
    with pytest.raises(InputProblem, match=r"sending_limit\.range") as told:
        window.desk.sending_limit.set_kbit(kbit)
    assert told.value.field == "limit"
    assert stored(window) == ""


@pytest.mark.parametrize("text", ["", "512", " 512 ", "fast", "-5", "\uff15\uff11\uff12", "9" * 40])
def test_what_is_shown_is_what_the_engine_keeps_also_where_somebody_else_wrote_it(window: Window, text: str) -> None:
    window.store.write(lambda transaction: transaction.put_setting("sync.limit_kbit", text)).result()
    shown = window.desk.sending_limit.kbit()
    assert shown == (512 if text.strip() == "512" else 0)
    assert shown * 125 == window.store.read(limit_of)
