"""Every state of an outbox row in words, against a table made from the design's own (section 4)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from villagedesk.acceptance.http_answers import failure_of
from villagedesk.acceptance.http_line import Answer
from villagedesk.acceptance.wire import RevisionState
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.desk.sending_words import (
    Around,
    Hold,
    Place,
    raw_beside,
    row_details,
    span_text,
    time_left,
    words_in,
)
from villagedesk.desk.views import Sentence
from villagedesk.desk.wording import sending_sentence
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.messages import Messages
from villagedesk.domain.outbox import OPEN_STATES, TRAY_STATES, Operation, OutboxRow, SendingSize
from villagedesk.domain.outbox import SendingState as State

SOURCE = Path(__file__).parents[2] / "src" / "villagedesk"
MESSAGES = Messages.from_folder(messages_folder(resources_folder()))
NOW = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
"""14:05 in the village."""
MB = 1024 * 1024
SIZE = SendingSize(bytes_done=int(1.2 * MB), bytes_total=int(3.4 * MB), pages_done=1, pages_total=5)
AROUND = Around(NOW, online=True)
AT_1430 = NOW + timedelta(minutes=25)
ALL_WAIT = Around(NOW, True, bytes_per_second=9e9, why=Sentence("sync.reason.busy", {}, "warn"), until=AT_1430)


def say(sentence: Sentence) -> str:
    values = {name: say(value) if isinstance(value, Sentence) else value for name, value in sentence.params.items()}
    return MESSAGES.text(sentence.key, **values)


def row(state: State, **changes: object) -> OutboxRow:
    made = OutboxRow(
        action_id="a",
        case_id="c",
        operation=Operation.SUBMIT,
        revision=1,
        state=state,
        payload=b"",
        payload_sha256="",
        wire_version=1,
        created_at=NOW - timedelta(days=2, hours=3),
        updated_at=NOW - timedelta(minutes=50),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def told(one: OutboxRow, place: Place | None = None, around: Around = AROUND) -> list[str]:
    return [say(sentence) for sentence in row_details(one, place or Place(), around)]


AGE = "已等 2 天 3 小时"
BACK = "退回来 50 分钟了"
PART = "已传 1.2 MB / 3.4 MB，第 2/5 页"
FRESH = SendingSize(0, 800 * 1024, 0, 2)
WHOLE = SendingSize(800 * 1024, 800 * 1024, 2, 2)
AT_1410 = NOW + timedelta(minutes=5)
CUT = MESSAGES.text("sync.reason.cut")
BUSY = MESSAGES.text("sync.reason.busy")
NO_LINE = MESSAGES.text("sync.reason.no_connection")
REFUSED = MESSAGES.text("sync.reason.refused")


@pytest.mark.parametrize(
    ("one", "place", "around", "wanted"),
    [
        pytest.param(row(State.QUEUED), Place(FRESH), AROUND, ["材料 2 页，共 800 KB，还没有传", AGE], id="queued"),
        pytest.param(row(State.QUEUED), Place(), AROUND, [AGE], id="queued without pages"),
        pytest.param(
            row(State.QUEUED),
            Place(blocker=State.UPLOADING),
            AROUND,
            ["等这件的上一次报完，再报这一次", AGE],
            id="queued behind its earlier revision",
        ),
        pytest.param(
            row(State.QUEUED),
            Place(blocker=State.REJECTED),
            AROUND,
            ["这件的上一次被退回，处理好以后才会报这一次", AGE],
            id="queued behind what came back",
        ),
        pytest.param(row(State.QUEUED), Place(first=True), AROUND, ["先报这一件", AGE], id="queued, put first"),
        pytest.param(
            row(State.QUEUED), Place(), replace(AROUND, all_paused=True), ["全部上报已暂停", AGE], id="queue stopped"
        ),
        pytest.param(row(State.SENDING, attempts=0), Place(SIZE), AROUND, [PART, AGE], id="sending"),
        pytest.param(
            row(State.SENDING, reason_key="sync.reason.cut", attempts=3),
            Place(SIZE),
            AROUND,
            [PART, "已连续 3 次没有成功", AGE],
            id="sending: an old trouble is over",
        ),
        pytest.param(
            row(State.UPLOADING),
            Place(SIZE, bytes_before=0),
            replace(AROUND, bytes_per_second=2.2 * MB / 180),
            [PART, "约 3 分钟传完", AGE],
            id="uploading, 2.2 MB in 180 s",
        ),
        pytest.param(
            row(State.UPLOADING),
            Place(SIZE, bytes_before=int(2.2 * MB)),
            replace(AROUND, bytes_per_second=2.2 * MB / 180),
            [PART, "约 6 分钟传完", AGE],
            id="uploading, as much before it",
        ),
        pytest.param(
            row(State.UPLOADING),
            Place(SIZE),
            replace(AROUND, online=False, bytes_per_second=9.0),
            [PART, AGE],
            id="uploading, link down: no time left",
        ),
        pytest.param(
            row(State.UPLOADING, reason_key="sync.reason.cut", next_try_at=AT_1410, attempts=2),
            Place(SIZE),
            replace(AROUND, bytes_per_second=1e6),
            [CUT, PART, "下次 14:10 再试", "已连续 2 次没有成功", AGE],
            id="uploading, waits after a cut",
        ),
        pytest.param(
            row(State.CONFIRMING, reason_key="sync.reason.cut", next_try_at=AT_1410, attempts=1),
            Place(WHOLE),
            AROUND,
            [CUT, "材料 2 页都已传到，共 800 KB", "下次 14:10 再试", "已连续 1 次没有成功", AGE],
            id="confirming",
        ),
        pytest.param(row(State.CONFIRMING), Place(), AROUND, [AGE], id="confirming, after a restart"),
        pytest.param(
            row(
                State.WAITING,
                return_state=State.SENDING,
                reason_key="sync.reason.busy",
                next_try_at=AT_1410,
                attempts=4,
            ),
            Place(),
            AROUND,
            [BUSY, "下次 14:10 再试", "已连续 4 次没有成功", AGE],
            id="waiting",
        ),
        pytest.param(
            row(State.WAITING, reason_key="sync.reason.busy", next_try_at=NOW - timedelta(seconds=1), attempts=1),
            Place(),
            AROUND,
            [BUSY, "马上再试", "已连续 1 次没有成功", AGE],
            id="waiting, its time is there",
        ),
        pytest.param(
            row(State.WAITING, reason_key="sync.reason.busy", next_try_at=NOW + timedelta(days=365), attempts=1),
            Place(),
            AROUND,
            [BUSY, "马上再试", "已连续 1 次没有成功", AGE],
            id="waiting for a time stored while the clock was a year ahead",
        ),
        pytest.param(
            row(State.WAITING, reason_key="sync.reason.no_connection", next_try_at=AT_1410, attempts=9),
            Place(SIZE),
            replace(AROUND, online=False),
            [NO_LINE, PART, "已连续 9 次没有成功", AGE],
            id="waiting, link down: nothing is tried by the clock",
        ),
        pytest.param(
            row(State.PAUSED, return_state=State.QUEUED, next_try_at=AT_1410),
            Place(hold=Hold("王会计", NOW - timedelta(hours=1))),
            replace(AROUND, bytes_per_second=9e9),
            ["王会计 13:05 点了“先不报”", AGE],
            id="paused today",
        ),
        pytest.param(
            row(State.PAUSED, return_state=State.UPLOADING),
            Place(SIZE, hold=Hold("王会计", NOW - timedelta(days=1))),
            AROUND,
            ["王会计 11月22日 14:05 点了“先不报”", PART, AGE],
            id="paused yesterday",
        ),
        pytest.param(
            row(State.LOGIN, return_state=State.SENDING, reason_key="sync.reason.station_file_needed"),
            Place(),
            AROUND,
            [MESSAGES.text("sync.reason.station_file_needed"), AGE],
            id="login",
        ),
        pytest.param(
            row(State.LOGIN), Place(), AROUND, [MESSAGES.text("sync.reason.login"), AGE], id="login without a reason"
        ),
        pytest.param(
            row(State.REJECTED, reason_key="sync.reason.refused", attempts=2),
            Place(SIZE),
            AROUND,
            [REFUSED, BACK],
            id="rejected",
        ),
        pytest.param(
            row(State.REJECTED, reason_key="sync.reason.refused", reason_raw='{"code":"x","message":"身份证反光"}'),
            Place(),
            AROUND,
            [REFUSED, "对方说：身份证反光", BACK],
            id="rejected, with words of its own",
        ),
        pytest.param(
            row(State.CONFLICT), Place(), AROUND, [MESSAGES.text("desk.snag.conflict"), BACK], id="conflict, no reason"
        ),
        pytest.param(row(State.SENT), Place(SIZE), AROUND, ["13:15 收到对方回执"], id="sent"),
        pytest.param(row(State.DONE), Place(SIZE), AROUND, ["13:15 对方已收到"], id="done"),
        pytest.param(row(State.SUPERSEDED), Place(SIZE), AROUND, ["13:15 换成了新的一次"], id="superseded"),
        pytest.param(row(State.CANCELLED), Place(SIZE), AROUND, ["13:15 取消，不再上报"], id="cancelled"),
        pytest.param(
            row(State.QUEUED, created_at=NOW + timedelta(days=365)),
            Place(),
            AROUND,
            [],
            id="the clock was set back a year",
        ),
        pytest.param(
            row(State.QUEUED, operation=Operation.WITHDRAW), Place(SIZE), AROUND, [AGE], id="an action sends no pages"
        ),
        pytest.param(row(State.QUEUED), Place(), ALL_WAIT, [BUSY, "下次 14:30 再试", AGE], id="queued, all wait"),
        pytest.param(
            row(State.UPLOADING, reason_key="sync.reason.cut"),
            Place(SIZE),
            ALL_WAIT,
            [BUSY, PART, "下次 14:30 再试", AGE],
            id="uploading, all wait: no time left",
        ),
        pytest.param(
            row(State.CONFIRMING, reason_key="sync.reason.cut", next_try_at=AT_1410, attempts=1),
            Place(),
            ALL_WAIT,
            [BUSY, "下次 14:30 再试", "已连续 1 次没有成功", AGE],
            id="confirming, its own wait ends before that of all",
        ),
        pytest.param(
            row(State.WAITING, reason_key="sync.reason.fault", next_try_at=NOW + timedelta(minutes=55), attempts=1),
            Place(),
            ALL_WAIT,
            [MESSAGES.text("sync.reason.fault"), "下次 15:00 再试", "已连续 1 次没有成功", AGE],
            id="waiting, its own wait ends after that of all",
        ),
        pytest.param(
            row(State.QUEUED),
            Place(blocker=State.REJECTED),
            ALL_WAIT,
            ["这件的上一次被退回，处理好以后才会报这一次", AGE],
            id="queued behind what came back, whatever all wait for",
        ),
        pytest.param(
            row(State.QUEUED),
            Place(),
            replace(ALL_WAIT, all_paused=True),
            ["全部上报已暂停", AGE],
            id="queue stopped while all wait",
        ),
        pytest.param(
            row(State.REJECTED, reason_key="sync.reason.refused"),
            Place(),
            ALL_WAIT,
            [REFUSED, BACK],
            id="of the tray",
        ),
    ],
)
def test_what_a_row_says(one: OutboxRow, place: Place, around: Around, wanted: list[str]) -> None:
    assert told(one, place, around) == wanted


@pytest.mark.parametrize("state", [*State])
def test_every_state_has_its_sentence_and_says_since_when(state: State) -> None:
    for online in (True, False):
        for paused in (True, False):
            for status in (CaseStatus.RECEIVED, CaseStatus.SUBMITTED, CaseStatus.ACCEPTED, CaseStatus.RETURNED):
                assert say(sending_sentence(status, row(state), 1, 5, online=online, paused=paused))
            details = told(row(state), Place(SIZE), Around(NOW, online, paused, 1000.0))
            since = AGE if state in OPEN_STATES else BACK if state in TRAY_STATES else "13:15"
            assert any(since in text for text in details)


def test_every_reason_the_source_names_is_said_where_it_keeps_a_row() -> None:
    named = {
        key
        for file in SOURCE.rglob("*.py")
        for key in re.findall(r'"(sync\.reason\.[a-z_]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(named) > 15
    for key in named:
        for state in (State.WAITING, State.CONFIRMING, State.LOGIN, State.REJECTED, State.CONFLICT):
            assert MESSAGES.text(key) in told(row(state, reason_key=key))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "不到 1 分钟"),
        (59, "不到 1 分钟"),
        (60, "1 分钟"),
        (3599, "59 分钟"),
        (3600, "1 小时"),
        (3660, "1 小时 1 分钟"),
        (86399, "23 小时 59 分钟"),
        (86400, "1 天"),
        (7 * 86400 + 7200, "7 天 2 小时"),
    ],
)
def test_spans_are_said_in_their_two_largest_units(seconds: int, said: str) -> None:
    assert say(span_text(seconds)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (5, "不到 1 分钟就传完"),
        (61, "约 2 分钟传完"),
        (3541, "约 1 小时传完"),
        (3601, "约 1 小时 10 分钟传完"),
        (7 * 3600, "约 7 小时传完"),
        (86400, "还要一天以上"),
        (10**9, "还要一天以上"),
    ],
)
def test_time_left_is_said_roughly_and_never_too_short(seconds: float, said: str) -> None:
    assert say(time_left(seconds)) == said


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("", ""),
        ("502 Bad Gateway", ""),
        ("[1]", ""),
        ('{"status":422}', ""),
        ('{"message":"  "}', ""),
        ('{"message":7,"detail":"看不清"}', "看不清"),
        ('{"message":"\u202e反的\u0007字"}', "反的字"),
        (json.dumps({"message": "长" * 500}), "长" * 119 + "…"),
    ],
)
def test_words_meant_for_people_are_found_in_an_answer(raw: str, said: str) -> None:
    assert words_in(raw) == said


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("受理系统退回：缺户口簿", "受理系统退回：缺户口簿"),
        ("缺 2 样: 户口簿; 照片\n请补齐", "缺 2 样: 户口簿; 照片\n请补齐"),
        ("  ", ""),
        ("长" * 1000, "长" * 119 + "…"),
    ],
)
@pytest.mark.parametrize("status", [409, 422])
def test_words_are_found_in_what_the_adapter_keeps_of_a_problem(status: int, message: str, said: str) -> None:
    problem = {"status": status, "code": "rejected", "message": message, "held_sha256": "ab" * 32}
    answer = Answer(status, {"content-type": "application/problem+json"}, json.dumps(problem).encode())
    assert words_in(failure_of(answer).raw) == said


def test_what_the_adapter_keeps_of_answers_that_are_not_its_own_has_no_words_for_people() -> None:
    for status, kind in ((502, "text/html"), (200, "application/json"), (422, "text/html; charset=utf-8")):
        assert words_in(failure_of(Answer(status, {"content-type": kind}, b"{}")).raw) == ""


def test_words_are_found_in_a_held_revision_that_was_rejected() -> None:
    held = RevisionState(
        revision=1, state="rejected", payload_sha256="ab" * 32, action_id="a", missing=[], reason="缺户口簿"
    )
    assert words_in(held.model_dump_json()) == "缺户口簿"
    assert words_in(held.model_copy(update={"reason": ""}).model_dump_json()) == ""


@pytest.mark.parametrize("state", [State.CONFIRMING, State.UPLOADING])
def test_what_the_system_itself_said_stands_beside_a_row_that_is_tried_again_for_ever(state: State) -> None:
    """A retry that never ends is told: why, in whose words, how often, since when and when next."""
    waiting = row(
        state,
        reason_key="sync.reason.not_taken_now",
        reason_raw="404 not_found: 没有这个地址",
        attempts=7,
        next_try_at=NOW + timedelta(minutes=9),
    )
    assert raw_beside(waiting) == "404 not_found: 没有这个地址"
    said = told(waiting)
    assert any("这会儿没有接收" in one for one in said)
    assert AGE in " ".join(said)
    assert "14:14" in " ".join(said)
    assert any("7" in one for one in said)
    assert raw_beside(replace(waiting, reason_key="sync.reason.not_ours")) == "", "nobody's words of the system's"
    assert raw_beside(row(State.UPLOADING, reason_key="sync.reason.not_taken_now", reason_raw="425")) == "", "over"
