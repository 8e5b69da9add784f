"""Whether all is sent, and on whose word: never said on knowledge older than what was sent last."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desk.counter import CLERK, ID_NUMBER, NAME, Window, open_window, taken_in
from tests.desk.test_cases import put_state
from tests.desk.test_missing_here import correction, heard, seen, told
from tests.papers.samples import page_texts, squeezed
from villagedesk.desk import proof_reading
from villagedesk.desk.proof_reading import FRESH, bounds, verdict_of
from villagedesk.desk.proof_views import Period, ProofView, Verdict
from villagedesk.desk.views import Sentence
from villagedesk.devices.printer_simulated import SimulatedPrinter
from villagedesk.domain.audit import AuditLog, Deed
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Cancelled, Progress
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.told_change import Wanted, wanted_text
from villagedesk.papers import sent_proof
from villagedesk.papers.fonts import FontSet
from villagedesk.sync import missing
from villagedesk.sync.last_word import (
    RECONCILE_EVERY,
    NotReconciled,
    Reconciled,
    put_not_reconciled,
    put_reconciled,
)
from villagedesk.sync.link import LinkKind, LinkState
from villagedesk.sync.retry import RetryPolicy
from villagedesk.sync.status import SyncStatus

NOW = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
SYSTEM = "acceptance_system"
_YEAR = 366 * 24 * 3600.0


def link_is(window: Window, kind: LinkKind) -> None:
    window.desk.sending._link.publish(SyncStatus(link=LinkState(kind)))


def log(window: Window, case_id: str, actor: str, kind: str, **detail: str) -> None:
    event = CaseEvent(case_id, window.clock.now(), actor, kind, detail=detail)
    window.store.write(lambda transaction: transaction.append_event(event)).result()


def sent(window: Window) -> str:
    """A case with its receipt, as sync writes it."""
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.SENT, receipt='{"state":"committed"}')
    log(window, case_id, SYSTEM, "sent", revision="1")
    return case_id


def reconciled(window: Window, receipts: int, forgotten: int = 0) -> None:

    def work(transaction: Transaction) -> None:
        told = Reconciled(window.clock.now(), receipts, forgotten, transaction.newest_receipt())
        put_reconciled(transaction, told)

    window.store.write(work).result()


def stamp(view: ProofView) -> str:
    """The moment the verdict names."""
    moment = view.sentence.params["time"]
    assert isinstance(moment, Sentence)
    said = moment.params
    return f"{said['year']}-{said['month']}-{said['day']} {said['time']}"


def counts(view: ProofView) -> dict[str, int]:
    return {name.key.removeprefix("proof.count."): count for name, count in view.counts}


def test_it_is_proven_only_when_the_server_has_told_all_it_holds_after_the_last_receipt(window: Window) -> None:
    link_is(window, LinkKind.ONLINE)
    case_id = taken_in(window)
    view = window.desk.proof.view("today")
    assert view.verdict is Verdict.OPEN
    assert [line.case_id for line in view.open.lines] == [case_id]
    put_state(window, case_id, state=SendingState.SENT, receipt='{"state":"committed"}')
    window.clock.forward(1)
    log(window, case_id, SYSTEM, "sent", revision="1")
    assert window.desk.proof.view("today").verdict is Verdict.UNASKED

    window.clock.forward(60)
    reconciled(window, 1)
    view = window.desk.proof.view("today")
    assert (view.verdict, view.sentence.tone, stamp(view)) == (Verdict.PROVEN, "good", "2026-11-23 09:01")
    assert view.open.count == 0

    window.clock.forward(60)
    sent(window)
    assert window.desk.proof.view("today").verdict is Verdict.UNASKED, "a receipt came after the server's list"


def test_with_the_link_down_nothing_is_proven_and_the_last_word_is_named(window: Window) -> None:
    sent(window)
    window.clock.forward(60)
    reconciled(window, 1)
    link_is(window, LinkKind.NO_NETWORK)
    view = window.desk.proof.view("today")
    assert view.verdict is Verdict.OFFLINE
    assert view.sentence.key == "proof.verdict.offline"
    assert stamp(view) == "2026-11-23 09:01"
    assert [sentence.key for sentence in view.last_words] == [
        "proof.answer",
        "proof.reconciled.whole",
        "desk.sending.link.no_network",
    ]


@pytest.mark.parametrize(
    ("states", "asked", "since", "online", "forgotten", "lacking", "refused", "wanted"),
    [
        ({}, 10, 0, True, 0, 0, False, Verdict.PROVEN),
        ({}, 10, 1, True, 0, 0, False, Verdict.UNASKED),
        ({}, None, 0, True, 0, 0, False, Verdict.UNASKED),
        ({}, 26 * 60 + 1, 0, True, 0, 0, False, Verdict.UNASKED),
        ({}, 26 * 60, 0, True, 0, 0, False, Verdict.PROVEN),
        ({}, -5, 0, True, 0, 0, False, Verdict.UNASKED),
        ({}, 10, 0, False, 0, 0, False, Verdict.OFFLINE),
        ({}, 10, 0, True, 1, 0, False, Verdict.UNASKED),
        ({}, 10, 0, True, 0, 1, False, Verdict.LACKING),
        ({}, None, 0, True, 0, 0, True, Verdict.UNLISTED),
        ({}, 10, 1, True, 0, 0, True, Verdict.UNLISTED),
        ({}, 26 * 60 + 1, 0, True, 0, 0, True, Verdict.UNLISTED),
        ({}, 10, 0, True, 0, 0, True, Verdict.PROVEN),
        ({}, None, 0, False, 0, 0, True, Verdict.OFFLINE),
        ({SendingState.WAITING: 1}, None, 0, True, 0, 0, True, Verdict.OPEN),
        *(
            ({state: 1}, 10, 0, True, 0, 0, False, Verdict.OPEN)
            for state in SendingState
            if state.value in ("queued", "sending", "uploading", "confirming", "waiting", "paused", "paused_for_login")
        ),
        ({SendingState.REJECTED: 1}, 10, 0, True, 0, 0, False, Verdict.TRAY),
        ({SendingState.CONFLICT: 1}, 10, 0, True, 0, 0, False, Verdict.TRAY),
        ({SendingState.CONFLICT: 1, SendingState.PAUSED: 1}, 10, 0, True, 0, 0, False, Verdict.OPEN),
    ],
)
def test_the_verdict(
    states: dict[SendingState, int],
    asked: int | None,
    since: int,
    online: bool,
    forgotten: int,
    lacking: int,
    refused: bool,
    wanted: Verdict,
) -> None:
    """``asked`` is minutes ago, ``since`` how many receipts came after it."""
    told = None if asked is None else Reconciled(NOW - timedelta(minutes=asked), 3, forgotten, 40)
    found = verdict_of(states, told, 40 + since, NOW, online=online, lacking=lacking, refused=refused)
    assert found is wanted


def test_what_is_proven_stays_so_until_the_next_comparison_has_come_from_a_busy_system_too() -> None:
    assert RECONCILE_EVERY + timedelta(seconds=RetryPolicy().longest) <= FRESH


def test_a_receipt_of_a_year_in_which_the_clock_was_wrong_can_still_be_proven_and_is_counted(window: Window) -> None:
    link_is(window, LinkKind.ONLINE)
    window.clock.forward(_YEAR)
    sent(window)
    window.clock.forward(-_YEAR)
    assert window.desk.proof.view("all").verdict is Verdict.UNASKED
    reconciled(window, 1)
    view = window.desk.proof.view("all")
    assert (view.verdict, counts(view)["sent"]) == (Verdict.PROVEN, 1)


def test_a_receipt_that_comes_while_the_log_is_read_is_not_older_than_the_servers_word(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    link_is(window, LinkKind.ONLINE)
    case_id = taken_in(window)
    reconciled(window, 0)
    last_answer = proof_reading.last_answer

    def meanwhile(told: AuditLog, progress: Progress) -> datetime | None:
        found = last_answer(told, progress)
        put_state(window, case_id, state=SendingState.SENT, receipt='{"state":"committed"}')
        log(window, case_id, SYSTEM, "sent", revision="1")
        return found

    monkeypatch.setattr(proof_reading, "last_answer", meanwhile)
    assert window.desk.proof.view("today").verdict is Verdict.UNASKED


def test_it_counts_and_names_what_came_back_and_what_was_given_up(window: Window) -> None:
    accepted, refused, returned, dropped = (sent(window) for _ in range(4))
    log(window, accepted, SYSTEM, "change", change="accepted")
    log(window, accepted, SYSTEM, "change", change="accepted")
    window.clock.forward(1)
    log(window, refused, SYSTEM, "change", change="refused", **{"value.reason": "不属于本机关"})
    window.clock.forward(1)
    log(window, returned, SYSTEM, "change", change="correction_asked", **{"value.wanted": "请重拍身份证"})
    put_state(window, dropped, state=SendingState.REJECTED, receipt="")
    window.clock.forward(1)
    log(window, dropped, SYSTEM, "rejected", reason="sync.reason.refused")
    window.desk.sending.drop(dropped, "申请人不办了")
    view = window.desk.proof.view("today")
    assert counts(view) == {
        "taken_in": 4,
        "sent": 4,
        "accepted": 1,
        "refused": 1,
        "correction_asked": 1,
        "rejected": 1,
        "dropped": 1,
        "open_now": 0,
        "tray_now": 0,
    }
    assert [(line.case_id, line.what.key, line.said) for line in view.returned.lines] == [
        (dropped, "proof.returned.rejected", Sentence("sync.reason.refused")),
        (returned, "proof.returned.correction_asked", "请重拍身份证"),
        (refused, "proof.returned.refused", "不属于本机关"),
    ]
    (line,) = view.dropped.lines
    assert (line.case_id, line.said, line.what.params["clerk"]) == (dropped, "申请人不办了", CLERK)
    assert NAME not in {one.name for one in (*view.returned.lines, *view.dropped.lines)}
    window.clock.forward(86400)
    assert set(counts(window.desk.proof.view("today")).values()) == {0}
    assert counts(window.desk.proof.view("month"))["sent"] == 4
    assert counts(window.desk.proof.view("last_month"))["sent"] == 0
    assert counts(window.desk.proof.view("all"))["sent"] == 4


@pytest.mark.parametrize(
    ("kind", "detail", "said"),
    [
        ("rejected", {"reason": "sync.reason.refused", "said": "422 rejected: 照片\n看不清"}, "照片 看不清"),
        ("rejected", {"reason": "sync.reason.refused", "said": '{"state":"rejected","reason":"缺户口簿"}'}, "缺户口簿"),
        ("rejected", {"reason": "sync.reason.refused", "said": "<html>502</html>"}, Sentence("sync.reason.refused")),
        ("rejected", {"reason": "of another version"}, ""),
        ("conflict", {"reason": "sync.reason.conflict", "said": '{"revision":1}'}, Sentence("sync.reason.conflict")),
        ("rejected", {"said": f"422 rejected: \u202e{'长' * 300}"}, f"{'长' * 119}…"),
        ("change", {"change": "refused", "value.reason": "长" * 300}, f"{'长' * 119}…"),
        ("change", {"change": "correction_asked"}, ""),
    ],
)
def test_what_came_back_is_told_with_why(
    window: Window, kind: str, detail: dict[str, str], said: str | Sentence
) -> None:
    log(window, sent(window), SYSTEM, kind, **detail)
    (line,) = window.desk.proof.view("today").returned.lines
    assert line.said == said


def test_a_correction_asked_item_by_item_names_the_papers_on_paper_too(window: Window, tmp_path: Path) -> None:
    case_id, refused = sent(window), sent(window)
    paper = window.desk.cases.case(case_id).case.materials[0]
    wanted = [Wanted(paper.requirement_id, "as they call it", "反光", ""), Wanted("ZZ-99", "计生证明", "", "原件")]
    detail = {"change": "correction_asked", "value.reason": "材料有误", "wanted": wanted_text(wanted)}
    log(window, case_id, SYSTEM, "change", **detail)
    (line,) = window.desk.proof.view("today").returned.lines
    assert line.said == f"材料有误；{paper.name}、计生证明"
    log(window, refused, SYSTEM, "rejected", reason="sync.reason.record_unreadable")
    text = squeezed("".join(page_texts(window.desk.proof.save_proof("today", tmp_path).read_bytes())))
    assert squeezed(f"退回补正：材料有误；{paper.name}、计生证明") in text
    assert "上报被退回：本机的上报内容无法读取" in text


def test_a_case_withdrawn_before_it_was_sent_is_told_with_who_and_why(window: Window) -> None:
    case_id = taken_in(window)
    window.desk.changes.withdraw(case_id, "填错了人")
    (line,) = window.desk.proof.view("today").dropped.lines
    assert (line.what.key, line.what.params["clerk"], line.said) == ("proof.dropped.withdrawn", CLERK, "填错了人")


@pytest.mark.parametrize(
    ("period", "since", "until"),
    [
        (Period.TODAY, "2026-11-23T00:00", "2026-11-24T00:00"),
        (Period.MONTH, "2026-11-01T00:00", "2026-11-24T00:00"),
        (Period.LAST_MONTH, "2026-10-01T00:00", "2026-11-01T00:00"),
        (Period.YEAR, "2026-01-01T00:00", "2026-11-24T00:00"),
        (Period.ALL, None, None),
    ],
)
def test_periods_begin_and_end_at_midnight_in_the_village(period: Period, since: str | None, until: str | None) -> None:
    found = bounds(period, datetime(2026, 11, 22, 16, 30, tzinfo=UTC))
    assert tuple(moment and f"{moment:%Y-%m-%dT%H:%M}" for moment in found) == (since, until)


def test_asking_now_is_noted_until_it_was_answered_and_wakes_the_engine(window: Window) -> None:
    window.desk.proof.ask_now()
    assert window.kicked == ["kick"]
    assert window.desk.proof.view("today").asking
    window.store.write(lambda transaction: missing.put_missing(transaction, ())).result()
    assert not window.desk.proof.view("today").asking


def test_on_paper_it_is_called_a_proof_only_when_it_is_one(window: Window, tmp_path: Path) -> None:
    link_is(window, LinkKind.ONLINE)
    case_id = taken_in(window)
    file = window.desk.proof.save_proof("month", tmp_path)
    text = squeezed("".join(page_texts(file.read_bytes())))
    number = window.desk.cases.case(case_id).case.local_no
    assert "不是全部上报证明" in text and "全部上报证明" not in file.name
    assert str(number) in text and "本月（2026-11-01至2026-11-23）" in text and "欧" in text
    assert NAME not in text and ID_NUMBER not in text

    put_state(window, case_id, state=SendingState.SENT, receipt='{"state":"committed"}')
    log(window, case_id, SYSTEM, "sent", revision="1")
    window.clock.forward(60)
    reconciled(window, 1)
    file = window.desk.proof.save_proof("month", tmp_path)
    text = squeezed("".join(page_texts(file.read_bytes())))
    assert text.count("全部上报证明") == 1 and "不是" not in text and "全部上报证明" in file.name
    assert "截至2026年11月23日09:01" in text and "第1页共1页" in text and CLERK in text
    lines = window.audit_log.entries(10, kinds=frozenset({Deed.PROOF_SAVED}))
    assert [line.detail["verdict"] for line in lines] == ["proven", "open"]


def test_it_is_printed_and_logged_and_without_a_printer_says_so(tmp_path: Path) -> None:
    printer = SimulatedPrinter("窗口打印机")
    window = open_window(tmp_path / "data", printer)
    assert window.desk.proof.print_proof("today")
    assert [line.kind for line in window.audit_log.entries(1)] == [Deed.PROOF_PRINTED]
    window = window.reopened()
    with pytest.raises(EnvironmentProblem, match=r"printing\.straight_no_printer"):
        window.desk.proof.print_proof("today")
    assert len(window.audit_log.entries(10, kinds=frozenset({Deed.PROOF_PRINTED}))) == 1
    window.desk.close()


def test_a_case_whose_log_is_long_counts_once_and_an_unknown_period_is_today(window: Window) -> None:
    case_id = sent(window)

    def returned_often(transaction: Transaction) -> None:
        transaction.put_case(replace(transaction.case(case_id), status=CaseStatus.RETURNED))
        for _ in range(3):
            now = window.clock.now()
            transaction.append_event(CaseEvent(case_id, now, SYSTEM, "change", detail={"change": "correction_asked"}))

    window.store.write(returned_often).result()
    view = window.desk.proof.view("nonsense")
    assert counts(view)["correction_asked"] == 1
    assert view.returned.count == 3


_WORDS = {"view": 6, "print_proof": 7, "save_proof": 7}
"""How often each act on a short log says how far it is: at the beginning and the end of each reading, and before
anything comes out."""


@pytest.mark.parametrize(("act", "heeded"), [(act, word) for act, words in _WORDS.items() for word in range(words)])
def test_what_is_counted_long_tells_how_far_it_is_and_stops_with_nothing_done(
    tmp_path: Path, act: str, heeded: int
) -> None:
    printer = SimulatedPrinter("窗口打印机")
    window = open_window(tmp_path, printer=printer)
    case_id = sent(window)
    log(window, case_id, SYSTEM, "change", change="refused")
    log(window, case_id, SYSTEM, "sending")
    told: list[float] = []

    def stopped(done: int, total: int) -> None:
        told.append(done / total)
        if len(told) > heeded:
            raise Cancelled

    place = tmp_path / "out"
    place.mkdir()
    asked = ("all", place) if act == "save_proof" else ("all",)
    with pytest.raises(Cancelled):
        getattr(window.desk.proof, act)(*asked, stopped)
    third = 1 / 3
    whole = [0.0, third, third, 2 * third, 2 * third, 1.0, 1.0]
    assert told == pytest.approx(whole[: heeded + 1]), "it goes on only"
    assert not printer.printed
    assert not [*place.iterdir()]
    kinds = {event.kind for event in window.desk.proof._log.entries(9)}
    assert kinds.isdisjoint({Deed.PROOF_PRINTED, Deed.PROOF_SAVED})
    window.desk.close()


@pytest.mark.parametrize("act", ["print_proof", "save_proof"])
def test_a_stop_while_the_paper_is_made_is_heeded_too(
    tmp_path: Path, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = SimulatedPrinter("窗口打印机")
    window = open_window(tmp_path, printer=printer)
    render, stop = sent_proof.render, list[str]()

    def made(content: sent_proof.ProofContent, fonts: FontSet) -> bytes:
        stop.append("pressed")
        return render(content, fonts)

    def progress(_done: int, _total: int) -> None:
        if stop:
            raise Cancelled

    monkeypatch.setattr(sent_proof, "render", made)
    asked = ("today", tmp_path) if act == "save_proof" else ("today",)
    with pytest.raises(Cancelled):
        getattr(window.desk.proof, act)(*asked, progress)
    assert stop
    assert not printer.printed
    assert not [*tmp_path.glob("*.pdf")]
    kinds = {event.kind for event in window.desk.proof._log.entries(9)}
    assert kinds.isdisjoint({Deed.PROOF_PRINTED, Deed.PROOF_SAVED})
    window.desk.close()


LOST = (
    missing.MissingEntry("case-1", "261120-A-0007-K", "老年优待证办理", "李建国", "2026-11-20T01:12:00Z"),
    missing.MissingEntry("case-2"),
)


def test_what_was_lost_and_settled_keeps_no_proof_away_and_is_named_on_it(window: Window, tmp_path: Path) -> None:
    link_is(window, LinkKind.ONLINE)
    sent(window)
    window.clock.forward(60)
    reconciled(window, 1)
    told(window, *LOST)
    heard(window, correction("case-1", 7, "2026-11-22T01:00:00Z", "户口簿不全"))
    view = window.desk.proof.view("today")
    assert (view.verdict, view.sentence.params["lacking"]) == (Verdict.LACKING, 2)
    file = window.desk.proof.save_proof("today", tmp_path)
    text = squeezed("".join(page_texts(file.read_bytes())))
    assert "不是全部上报证明" in text and "户口簿不全" in text and "2026-11-30" in text and "李建国" not in text
    assert "2026年11月20日09:12" in text and "日期不详" in text and "case-2" in text, "nothing else names it"

    seen(window, "case-1")
    view = window.desk.proof.view("today")
    assert (view.verdict, view.sentence.params["lacking"]) == (Verdict.LACKING, 1)
    seen(window, "case-2")
    view = window.desk.proof.view("today")
    assert (view.verdict, view.lacking.count) == (Verdict.PROVEN, 2)
    assert [words.key for words in view.last_words][1:3] == ["proof.reconciled.whole", "missing.settled"]
    file = window.desk.proof.save_proof("today", tmp_path)
    text = squeezed("".join(page_texts(file.read_bytes())))
    assert "全部上报证明" in file.name and "不是" not in text
    assert f"受理系统另有2件本站的办件，本机没有，{CLERK}已核对（2026年11月23日" in text
    assert "户口簿不全" in text and "李**" in text and "李建国" not in text

    heard(window, correction("case-2", 8, "2026-11-23T01:00:00Z", "请补身份证"))
    assert window.desk.proof.view("today").verdict is Verdict.PROVEN, "what is said of it is not what was sent"
    file = window.desk.proof.save_proof("today", tmp_path)
    text = squeezed("".join(page_texts(file.read_bytes())))
    assert text.count("这以后又有消息，还没有看") == 1
    assert text.index("这以后又有消息，还没有看") < text.index("请补身份证")


def test_a_system_that_cannot_be_compared_with_leaves_the_receipts_and_says_so(window: Window, tmp_path: Path) -> None:
    link_is(window, LinkKind.ONLINE)
    sent(window)
    at = window.clock.now()

    def refused(transaction: Transaction) -> None:
        put_not_reconciled(transaction, NotReconciled(at, "sync.reason.refused", refused=True))

    window.store.write(refused).result()
    view = window.desk.proof.view("today")
    assert (view.verdict, view.sentence.tone) == (Verdict.UNLISTED, "warn")
    assert view.failure is not None
    assert view.failure.key == "proof.failed.refused"
    file = window.desk.proof.save_proof("today", tmp_path)
    text = squeezed("".join(page_texts(file.read_bytes())))
    assert "不是全部上报证明" in text and "全部上报证明" not in file.name
    assert "受理系统不能逐件核对，只凭回执，不能说全部上报" in text and "它说没有这个功能" in text


def test_a_list_that_came_is_not_called_receipts_only_because_it_is_refused_now(window: Window) -> None:
    link_is(window, LinkKind.ONLINE)
    sent(window)
    window.clock.forward(60)
    reconciled(window, 1)
    at = window.clock.now()
    again = NotReconciled(at, "sync.reason.refused", refused=True)
    window.store.write(lambda transaction: put_not_reconciled(transaction, again)).result()
    view = window.desk.proof.view("today")
    assert view.verdict is Verdict.PROVEN
    assert view.failure is not None
    assert "只有每件的回执" not in window.desk.proof._said(view.failure)
    assert "上一次的逐件核对" in window.desk.proof._said(view.failure)


@pytest.mark.parametrize(
    ("reason", "said"),
    [("too_large", "超出了本程序能接收的大小"), ("not_ours", "应答不是来自受理系统"), ("cut", "传送中途断线，稍后")],
)
def test_why_the_comparison_did_not_come_is_said_until_it_is_asked_for_again(
    window: Window, reason: str, said: str
) -> None:
    window.desk.proof.ask_now()

    def failed(transaction: Transaction) -> None:
        told_of = NotReconciled(window.clock.now(), f"sync.reason.{reason}", refused=False)
        put_not_reconciled(transaction, told_of)

    window.store.write(failed).result()
    view = window.desk.proof.view("today")
    assert view.asking
    assert view.failure is not None
    assert said in window.desk.proof._said(view.failure)
    window.desk.proof.ask_now()
    assert window.desk.proof.view("today").failure is None
