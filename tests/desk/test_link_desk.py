"""The link in words, layer by layer; another way is taken on purpose only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk.counter import STATION, Window
from tests.ui.links_at_hand import HOST, STRANGER, all_well, cable_out, clock_wrong, elsewhere, vpn_down
from villagedesk.acceptance.pinned_route import Why
from villagedesk.app.premises import STATION_NAME
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.desk.link_desk import LinkView
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.views import Sentence
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.roles import Role
from villagedesk.sync.link import LinkState
from villagedesk.sync.link_layers import Outside
from villagedesk.sync.route_pins import ROUTE_PIN
from villagedesk.sync.status import SyncStatus
from villagedesk.ui.sentences import Words

WORDS = Words(Messages.from_folder(messages_folder(resources_folder())))


@pytest.fixture
def link(window: Window) -> LinkWords:
    (window.folder / STATION_NAME).write_bytes(STATION.to_bytes())
    return window.desk.link._link


def seen(window: Window, link: LinkWords, state: LinkState) -> LinkView:
    link.publish(SyncStatus(link=state))
    return window.desk.link.view()


def lines(view: LinkView) -> dict[str, str]:
    return {
        WORDS(line.label): " ".join(part if isinstance(part, str) else WORDS.of(part) for part in line.parts)
        for line in view.lines
    }


def test_the_bottom_line_and_the_advice_follow_the_layer_that_is_broken(window: Window, link: LinkWords) -> None:
    for state, short, advice in (
        (cable_out(), "网线没插好", "两头都插紧"),
        (vpn_down(), "互联网通", "VPN 软件"),
        (vpn_down(Outside.UNSEEN), "VPN 或宽带", "打开一个网页"),
        (vpn_down(Outside.UNREACHABLE), "宽带断了", "光猫"),
        (clock_wrong(), "2009-01-01 08:04", "主板电池"),
        (elsewhere(), "别的线路", "打电话给技术员"),
    ):
        view = seen(window, link, state)
        assert short in WORDS.of(link.link())
        told = link.advice()
        assert told is not None
        assert advice in WORDS.of(told)
        assert WORDS.of(view.advice) == WORDS.of(told)
        assert [layer.rules for layer in view.layers].count(True) == 1
    well = seen(window, link, all_well())
    assert (well.advice.tone, link.advice()) == ("good", None)
    assert [layer.word for layer in well.layers] == [Sentence("link.mark.ok", {}, "good")] * 6


def test_a_layer_keeps_the_time_at_which_it_began(window: Window, link: LinkWords) -> None:
    seen(window, link, vpn_down())
    window.clock.forward(3600)
    first = seen(window, link, vpn_down())
    line = seen(window, link, vpn_down(Outside.UNSEEN))
    assert link.seen().since == window.clock.now() - timedelta(seconds=3600), (
        "no new trouble, it is only known less well"
    )
    assert line.layers[4].rules
    later = seen(window, link, cable_out())
    assert first.layers[0].since == first.layers[4].since != later.layers[0].since


def test_the_technician_hears_what_there_is(window: Window, link: LinkWords) -> None:
    told = lines(seen(window, link, elsewhere()))
    assert told["受理系统"] == STATION.address
    assert told["地址"] == STRANGER
    assert told["登记的线路"] == "10.41.4.0/24 VPN 隧道 专有路由"
    assert told["没有理的应答"] == f"{STRANGER} enp3s0 有线 默认路由 192.168.1.1 走的不是登记的线路"
    assert told["网卡"] == "enp3s0 有线 通 192.168.1.35/24"
    well = lines(seen(window, link, all_well()))
    assert (well["地址"], well["电脑时间"]) == (HOST, "比受理系统快 2 秒")


def test_another_way_is_accepted_by_whoever_safeguards_and_only_as_it_was_shown(
    window: Window, link: LinkWords
) -> None:
    view = seen(window, link, elsewhere())
    assert view.refusal is not None
    window.desk.link.accept_route(view.refusal)
    kept = window.store.read(lambda snapshot: snapshot.setting(ROUTE_PIN))
    assert '"network": "10.41.9.0/24"' in kept
    assert window.kicked == ["kick"]
    assert "route_accepted" in [line.kind for line in window.store.read(lambda snapshot: snapshot.events(""))]
    with pytest.raises(InputProblem, match="nothing_refused"):
        window.desk.link.accept_route(replace(view.refusal, peer="10.41.9.78"))


def test_what_the_county_does_not_list_nobody_here_can_accept(window: Window, link: LinkWords) -> None:
    assert seen(window, link, elsewhere(Why.NOT_LISTED)).refusal is None
    refusal = link.seen().state.refusal
    assert refusal is not None
    with pytest.raises(InputProblem, match="not_by_us"):
        window.desk.link.accept_route(refusal)


def test_the_village_head_sees_the_line_and_accepts_nothing(window: Window, link: LinkWords, tmp_path: Path) -> None:
    head = window.reopened(clerk="李支书", role=Role.VILLAGE_HEAD)
    head.desk.link._link.publish(SyncStatus(link=elsewhere()))
    view = head.desk.link.view()
    assert view.layers
    assert view.refusal is None
    head.desk.close()


def test_a_new_rate_alone_has_no_list_read_anew(window: Window, link: LinkWords) -> None:
    seen(window, link, all_well())
    told: list[frozenset[str]] = []
    window.desk.news.subscribe(told.append)
    link.publish(SyncStatus(link=all_well(), bytes_per_second=1000.0))
    assert told == [{"link"}]
    link.publish(SyncStatus(link=vpn_down()))
    assert told[1:] == [{"link", "outbox"}], "whether a case waits for the link stands in every list"
