"""One sentence per case: every combination has one, and none says more than is known."""

from __future__ import annotations

from itertools import product

import pytest

from tests.domain.catalogue_of_messages import messages
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.outbox import HELD_STATES, OPEN_STATES, TRAY_STATES, SendingState
from villagedesk.domain.sentences import Tone, sentence_for

ALL = list(product(CaseStatus, [None, *SendingState], [True, False], [True, False]))


def read(status: CaseStatus, sending: SendingState | None, online: bool, *, held_up: bool = False) -> str:
    return messages().text(sentence_for(status, sending, online, held_up=held_up).key, done=1, total=3)


def test_every_combination_has_a_sentence() -> None:
    catalogue = messages()
    assert len(ALL) == 16 * 14 * 2 * 2
    for status, sending, online, held_up in ALL:
        assert catalogue.text(sentence_for(status, sending, online, held_up=held_up).key, done=0, total=0)


def test_every_sentence_of_the_tables_is_used() -> None:
    used = {sentence_for(status, sending, online, held_up=held_up).key for status, sending, online, held_up in ALL}
    keys = messages().keys()
    assert used == {key for key in keys if key.startswith("sentence.")}


@pytest.mark.parametrize("online", [True, False])
@pytest.mark.parametrize("sending", sorted(OPEN_STATES | TRAY_STATES | {SendingState.CANCELLED}))
def test_nothing_unsent_is_called_sent(sending: SendingState, online: bool) -> None:
    """I3: 已上报 is said only with the receipt."""
    for status in (CaseStatus.RECEIVED, CaseStatus.HANDED_OVER, CaseStatus.RETURNED):
        sentence = sentence_for(status, sending, online)
        assert "已上报" not in messages().text(sentence.key, done=1, total=3)
        assert sentence.tone is not Tone.GOOD


def test_a_case_the_server_lost_and_the_clerk_gave_up_is_not_called_sent() -> None:
    sentence = sentence_for(CaseStatus.SUBMITTED, SendingState.CANCELLED, True)
    assert "已上报" not in messages().text(sentence.key)
    assert sentence.tone is not Tone.GOOD


@pytest.mark.parametrize("sending", sorted(TRAY_STATES | {SendingState.LOGIN}))
def test_what_needs_the_clerk_is_said_loudly_whatever_the_case_is(sending: SendingState) -> None:
    for status in set(CaseStatus) - {CaseStatus.DRAFT}:
        assert sentence_for(status, sending, True).tone is Tone.BAD


@pytest.mark.parametrize("sending", sorted(OPEN_STATES - HELD_STATES))
def test_what_stands_still_with_the_whole_station_is_said_neither_to_move_nor_to_go_at_once(
    sending: SendingState,
) -> None:
    for status in set(CaseStatus) - {CaseStatus.DRAFT}:
        said = read(status, sending, True, held_up=True)
        assert "稍后" in said
        assert not any(word in said for word in ("马上", "上报中", "上传中", "正在")), said
        assert "网络恢复" in read(status, sending, False, held_up=True), "without the link it is the link"


@pytest.mark.parametrize(
    ("status", "sending", "online", "beginning"),
    [
        # design.md section 4: the clerk reads …
        (CaseStatus.DRAFT, None, False, "草稿"),
        (CaseStatus.RECEIVED, SendingState.QUEUED, False, "待上报，网络恢复后"),
        (CaseStatus.RECEIVED, SendingState.QUEUED, True, "待上报"),
        (CaseStatus.RECEIVED, SendingState.SENDING, True, "上报中"),
        (CaseStatus.RECEIVED, SendingState.UPLOADING, True, "已登记，材料上传中 1/3"),
        (CaseStatus.RECEIVED, SendingState.CONFIRMING, True, "正在核实"),
        (CaseStatus.RECEIVED, SendingState.WAITING, True, "等待中"),
        (CaseStatus.RECEIVED, SendingState.REJECTED, True, "被退回"),
        (CaseStatus.RECEIVED, SendingState.CONFLICT, True, "有分歧"),
        (CaseStatus.RECEIVED, SendingState.LOGIN, True, "需重新登记"),
        (CaseStatus.RECEIVED, SendingState.PAUSED, True, "已暂停"),
        (CaseStatus.RECEIVED, SendingState.CANCELLED, True, "已取消"),
        (CaseStatus.RECEIVED, SendingState.SENT, True, "已上报"),
        # no receipt of this row: another revision or an action, so nothing is said of the submission
        (CaseStatus.RECEIVED, SendingState.SUPERSEDED, True, "已收件"),
        (CaseStatus.RECEIVED, SendingState.DONE, True, "已收件"),
        (CaseStatus.SUBMITTED, SendingState.SENT, False, "已上报"),
        (CaseStatus.ACCEPTED, SendingState.SENT, True, "已受理"),
        (CaseStatus.RETURNED, SendingState.SENT, True, "退回补正"),
        (CaseStatus.SUBMITTED, SendingState.CONFIRMING, True, "正在向对方核实"),
    ],
)
def test_the_words_of_the_design(
    status: CaseStatus, sending: SendingState | None, online: bool, beginning: str
) -> None:
    assert read(status, sending, online).startswith(beginning)
