"""I10: every change of a case is in the log in its own transaction; looks come at most two seconds later."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
import zxingcpp

from tests.desk.carried import to_system
from tests.desk.change_watch import Watch, watched
from tests.desk.counter import (
    APPLICANT,
    NAME,
    PROXY_ITEM,
    SYSTEM_ITEM,
    Window,
    open_window,
    papers,
    ready_draft,
    taken_in,
)
from tests.desk.drawn_papers import card_side
from tests.desk.rights_table import CHANGES_NO_CASE, RIGHTS_OF, WORK
from tests.desk.test_cases import put_state
from tests.desk.test_intake_persons import Reader
from tests.desk.test_sending import ask_correction
from tests.desk.test_sending_road import Road
from tests.domain.catalogue_of_messages import ROOT, messages
from tests.imaging.read_pages import ScriptedReader
from tests.papers.samples import codes, images, page_texts, squeezed
from tests.reports.typed_register import ROW, filled
from tests.store.fixtures import START
from villagedesk.acceptance.wire import Change, ChangesAnswer
from villagedesk.desk import monthly
from villagedesk.desk.audit_words import CASE_KINDS, sentence_of
from villagedesk.desk.handover_views import Carried, LineSaid
from villagedesk.desk.move_views import Decision
from villagedesk.desk.official_numbers import NumberGiven
from villagedesk.desk.township import Medium, TownshipSaid
from villagedesk.desk.view_log import _DELAY_S
from villagedesk.desk.visits import VisitWish
from villagedesk.devices.ports import PrintOutcome
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.audit import STATION, VIEWS, AuditHead, Deed
from villagedesk.domain.case import CaseEvent, CaseStatus, MaterialState
from villagedesk.domain.document import Document, DocumentOrigin
from villagedesk.domain.evaluation import Level, Stage
from villagedesk.domain.handover import LineOutcome
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.mode_move import Way
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.printing import PaperKind, PrintJobState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import silent
from villagedesk.domain.repositories import Transaction
from villagedesk.imaging.fields.values import ReadField
from villagedesk.imaging.page import make_page
from villagedesk.sync.changes import Changes
from villagedesk.sync.status import SyncStatus


@dataclass
class Walk:
    """Every operation of the desk that changes a case, done once; each with the changes and lines it made."""

    window: Window
    seen: Watch
    made: dict[str, list[str]] = field(default_factory=dict)
    unlogged: list[str] = field(default_factory=list)

    def do(self, name: str, work: Callable[[], object]) -> None:
        """One operation; it must have changed something of a case, and have logged it."""
        before, kinds, unlogged = len(self.seen.changes), len(self.seen.kinds), len(self.seen.unlogged)
        work()
        assert len(self.seen.changes) > before, f"{name} changed nothing of a case"
        self.made[name] = self.made.get(name, []) + self.seen.kinds[kinds:]
        self.unlogged += [f"{name}: {what}" for what in self.seen.unlogged[unlogged:]]
        self.window.clock.forward(1)


def keep_a_page(window: Window, case_id: str, requirement: str = "id_card") -> str:
    """A photograph kept; gives its page_id."""
    return window.desk.scanning.keep(window.desk.scanning.capture(case_id, requirement).proposal_id).page_id


def walk_what_comes(walk: Walk) -> None:
    """Conflicts and documents."""
    window, desk = walk.window, walk.window.desk
    case_id = taken_in(window)
    put_state(window, case_id, state=SendingState.CONFLICT)
    walk.do("conflicts.use_ours", lambda: desk.conflicts.use_ours(case_id))
    put_state(window, case_id, state=SendingState.CONFLICT)
    walk.do("conflicts.use_theirs", lambda: desk.conflicts.use_theirs(case_id, "乡镇已经改过"))
    page_id = "00000000-0000-4000-8000-0000000000d0"
    pdf = b"%PDF-1.4"
    sha256 = window.vault.put(page_id, pdf)
    here = Document(case_id, "d-1", "结果", "application/pdf", len(pdf), sha256, window.clock.now(), page_id)
    window.store.write(lambda transaction: transaction.put_document(here)).result()
    walk.do("results.print", lambda: desk.results.print(here))


def walk_all(walk: Walk) -> None:
    window, desk = walk.window, walk.window.desk
    drafts: list[str] = []
    walk.do("intake.start", lambda: drafts.append(desk.intake.start(SYSTEM_ITEM).case.case_id))
    walk.do("intake.type", lambda: desk.intake.type(drafts[0], APPLICANT, 2))
    walk.do("intake.type", lambda: desk.intake.type(drafts[0], {}, 3))
    pages: list[str] = []
    walk.do("scanning.keep", lambda: pages.append(keep_a_page(window, drafts[0])))
    walk.do("scanning.remove", lambda: desk.scanning.remove(pages[0], drafts[0]))
    walk.do("scanning.undo_remove", lambda: desk.scanning.undo_remove(pages[0], drafts[0]))
    walk.do("intake.discard", lambda: desk.intake.discard(drafts[0]))
    register = desk.register_import
    typed = filled(register.save_template(window.folder.parent), [ROW], window.folder.parent / "register.xlsx")
    walk.do("register_import.take", lambda: register.take(register.look(typed)))
    case_id = ready_draft(window)
    walk.do("intake.take_in", lambda: desk.intake.take_in(case_id))
    walk_papers(walk, case_id)
    walk_pages(walk)
    walk_changes(walk)
    walk_moves(walk)
    walk_follow_up(walk)
    walk_bridge(walk)
    walk.do("printing.print", lambda: desk.printing.print(case_id, PaperKind.RECEIPT))
    (job,) = desk.cases.case(case_id).papers[0].jobs
    walk.do("printing.came_out", lambda: desk.printing.came_out(job.job_id))
    walk.do("printing.print", lambda: desk.printing.print(case_id, PaperKind.RECEIPT))
    job = desk.cases.case(case_id).papers[0].jobs[-1]
    fail(window, job.job_id)
    walk.do("printing.retry", lambda: desk.printing.retry(job.job_id))
    walk.do("printing.save", lambda: desk.printing.save(job.job_id, window.folder.parent / "saved"))
    walk.do("printing.print", lambda: desk.printing.print(case_id, PaperKind.RECEIPT))
    unwanted = desk.cases.case(case_id).papers[0].jobs[-1]
    fail(window, unwanted.job_id)
    walk.do("printing.give_up", lambda: desk.printing.give_up(unwanted.job_id))
    walk.do("print_sets.print", lambda: desk.print_sets.print(case_id))
    walk.do("printing.print_copy", lambda: desk.printing.print_copy(desk.cases.case(case_id).pages[0].page_id, case_id))
    row = desk.cases.case(case_id).outbox[-1].action_id
    walk.do("sending.pause", lambda: desk.sending.pause(row))
    walk.do("sending.resume", lambda: desk.sending.resume(row))
    walk.do("sending.pause_all", desk.sending.pause_all)
    walk.do("sending.resume_all", desk.sending.resume_all)
    put_state(window, case_id, state=SendingState.REJECTED)
    walk.do("sending.mend", lambda: desk.sending.mend(case_id))
    put_state(window, case_id, state=SendingState.REJECTED)
    walk.do("intake.correct", lambda: desk.intake.correct(case_id))
    walk.do("intake.type", lambda: desk.intake.type(case_id, {"phone": "13800001111"}, 2))
    walk.do("scanning.keep", lambda: keep_a_page(window, case_id))
    walk.do("intake.send_corrected", lambda: desk.intake.send_corrected(case_id))
    put_state(window, case_id, state=SendingState.REJECTED)
    walk.do("sending.drop", lambda: desk.sending.drop(case_id, "申请人不办了"))
    walk_what_comes(walk)
    sent = taken_in(window)
    hashes = " ".join(page.sha256 for page in desk.cases.case(sent).pages)
    put_state(window, sent, state=SendingState.SENT, receipt=f'{{"state":"committed","pages":"{hashes}"}}')
    walk.do(
        "changes of the server",
        lambda: told(window, sent, 1, "accepted", acceptance_no="41000000001", organ="县医保局"),
    )
    walk.do("changes of the server", lambda: told(window, sent, 2, "a kind nobody knows"))
    walk.do("printing.print", lambda: desk.printing.print(sent, PaperKind.ACCEPTANCE_NOTICE))
    again = taken_in(window)
    put_state(window, again, state=SendingState.SENT, receipt='{"state":"committed"}')
    ask_correction(window, again)
    walk.do("sending.mend", lambda: desk.sending.mend(again))
    for number, kind in enumerate(("in_process", "concluded", "delivered"), start=3):
        walk.do("changes of the server", lambda kind=kind, number=number: told(window, sent, number, kind))  # type: ignore[misc]
    window.clock.forward(400 * 86400)
    plan = desk.retention.plan()
    assert [line.case_id for line in plan.cases] == [sent]
    walk.do("retention.run", lambda: desk.retention.run(plan))


def walk_pages(walk: Walk) -> None:
    """What is done to kept pages."""
    window, desk = walk.window, walk.window.desk
    draft = desk.intake.start(SYSTEM_ITEM).case.case_id
    page = keep_a_page(window, draft)
    keep_a_page(window, draft)

    def moved() -> str:
        return next(one.page_id for one in desk.intake.view(draft).pages if one.requirement_id == "household_register")

    half = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
    walk.do("pages.shift", lambda: desk.pages.shift(page, draft, 1))
    walk.do("pages.move", lambda: desk.pages.move(page, draft, "household_register"))
    walk.do("pages.turn", lambda: desk.pages.turn(moved(), draft, 1))
    walk.do("pages.crop", lambda: desk.pages.crop(moved(), draft, half))
    walk.do("pages.recolour", lambda: desk.pages.recolour(moved(), draft))
    cut = moved()
    walk.do("pages.remove", lambda: desk.pages.remove(cut, draft))
    walk.do("pages.undo_remove", lambda: desk.pages.undo_remove(cut, draft))
    walk.do("pages.undo", lambda: desk.pages.undo(draft))
    sides = [keep_a_page(window, draft, "commitment") for _ in range(2)]
    card = make_page(card_side("FRONT"))
    for side in sides:
        window.desk.pages._hints.note(side, card)
    first, second = desk.pages.card_sides(sides[0], draft)
    walk.do("pages.join_cards", lambda: desk.pages.join_cards(first, second, second_above=True))
    desk.pages.undo(draft)
    desk.recognition.turn(on=False)  # the reader takes whatever it sees for a card's front
    walk.do("cards.join", lambda: desk.cards.join(sides[0], draft))
    desk.recognition.turn(on=True)


def walk_papers(walk: Walk, earlier: str) -> None:
    """What intake does with persons, papers and items besides; the case given was taken in before."""
    window, desk = walk.window, walk.window.desk
    draft = desk.intake.start(SYSTEM_ITEM).case.case_id
    walk.do("intake.read_card", lambda: desk.intake.read_card(draft, "applicant"))
    number = APPLICANT["document_number"]
    walk.do("intake.use_person", lambda: desk.intake.use_person(draft, "applicant", earlier, number))
    page = desk.recognition.read_page(keep_a_page(window, draft), draft)
    offer = page.papers[0].offers[0]
    walk.do("recognition.accept", lambda: desk.recognition.accept(draft, offer, {ReadField.ADDRESS}))
    desk.scanning.remove(desk.intake.view(draft).pages[0].page_id, draft)
    walk.do("intake.set_material", lambda: desk.intake.set_material(draft, "id_card", MaterialState.SEEN))
    walk.do("intake.set_material", lambda: desk.intake.set_material(draft, "id_card", None))
    walk.do("intake.answer", lambda: desk.intake.answer(draft, ["referral"], needed=True))
    walk.do("intake.reuse", lambda: desk.intake.reuse(draft, "id_card", earlier))
    walk.do("intake.change_item", lambda: desk.intake.change_item(draft, PROXY_ITEM))
    case = desk.intake.view(draft).case

    def begun_before(transaction: Transaction) -> None:
        transaction.put_case(replace(case, item_version=0))
        transaction.append_event(CaseEvent(draft, window.clock.now(), "x", "typed"))

    window.store.write(begun_before).result()
    walk.do("intake.adopt", lambda: desk.intake.adopt(draft))
    walk.do("guided.note", lambda: desk.guided.note(SYSTEM_ITEM, NAME))


def walk_carrying(walk: Walk) -> None:
    """Papers that go to the township, and what comes back."""
    window, desk = walk.window, walk.window.desk
    wish = VisitWish(PROXY_ITEM, NAME, "样张村一组")
    walk.do("visits.plan", lambda: desk.visits.plan(wish))
    visit = desk.visits.view()[0].visit.visit_no
    walk.do("visits.change", lambda: desk.visits.change(visit, "", "下午在家"))
    kept, dropped = taken_in(window, PROXY_ITEM), taken_in(window, PROXY_ITEM)
    walk.do("handover.pack", lambda: desk.handover.pack({kept: 3, dropped: 2}, "下汤镇"))
    bag = desk.handover.view().batches[0].batch.batch_no
    walk.do("handover.leave_out", lambda: desk.handover.leave_out(bag, dropped, "少一张"))
    other = desk.handover.pack({dropped: 2}, "下汤镇")
    walk.do("handover.drop", lambda: desk.handover.drop(other, "车坏了"))
    short = {kept: LineSaid(LineOutcome.SHORT, counted="2")}
    walk.do("handover.carried", lambda: desk.handover.carried(bag, Carried("周敏", lines=short)))
    walk.do("handover.settle", lambda: desk.handover.settle(bag, kept, "找到了"))
    again = LineSaid(LineOutcome.SHORT, "1", "后来发现")
    walk.do("handover.found_short", lambda: desk.handover.found_short(bag, kept, again))
    said = TownshipSaid("李主任", Medium.PHONE, number="下汤2026-18")
    walk.do("township.note", lambda: desk.township.note(kept, CaseChange.ACCEPTED, said))
    signed, target = desk.signed_papers.photograph(), desk.signed_papers.target(bag)
    walk.do("signed_papers.keep", lambda: desk.signed_papers.keep(signed.token, target, DocumentOrigin.HANDOVER))
    photograph = window.folder.parent / "IMG_1.jpg"
    photograph.write_bytes(papers(1)[0])
    (seen,) = desk.importing.look([photograph], silent).pages
    kind = DocumentOrigin.AUTHORIZATION
    walk.do("signed_papers.keep_picture", lambda: desk.signed_papers.keep_picture(kept, seen, kind))


def walk_changes(walk: Walk) -> None:
    """What becomes of cases that were taken in."""
    window, desk = walk.window, walk.window.desk
    first, second, third = (taken_in(window) for _ in range(3))
    walk.do("changes.withdraw", lambda: desk.changes.withdraw(first, "不办了"))
    walk.do("changes.void", lambda: desk.changes.void(second, "重复收件"))
    walk.do("changes.return_to_applicant", lambda: desk.changes.return_to_applicant(third, "不符合条件"))
    proxy = taken_in(window, PROXY_ITEM)
    walk.do("changes.return_papers", lambda: desk.changes.return_papers(proxy, ["id_card"], "本人"))
    walk.do("changes.hand_over", lambda: desk.changes.hand_over(proxy, "乡镇李某"))
    walk.do("changes.take_back", lambda: desk.changes.take_back(proxy, "记错了"))
    walk.do("changes.conclude_here", lambda: desk.changes.conclude_here(proxy, "granted", "办好了"))
    walk.do("changes.deliver", lambda: desk.changes.deliver(proxy, "本人"))
    walk.do("changes.archive", lambda: desk.changes.archive(proxy))
    walk_carrying(walk)
    refused = taken_in(window)
    put_state(window, refused, state=SendingState.SENT, receipt='{"state":"committed"}')
    walk.do("changes of the server", lambda: told(window, refused, 90, "refused", reason="不符合条件"))
    walk.do("changes.note_told", lambda: desk.changes.note_told(refused, "电话告知"))
    waits = ready_draft(window)
    desk.intake.set_material(waits, "residence_proof", MaterialState.PROMISED)
    desk.intake.take_in(waits)
    keep_a_page(window, waits, "residence_proof")
    walk.do("changes.bring_promised", lambda: desk.changes.bring_promised(waits, "residence_proof"))


def walk_moves(walk: Walk) -> None:
    """An item moves to the acceptance system, and back on the same day."""
    window, moves = walk.window, walk.window.desk.mode_moves
    case_ids = [taken_in(window, PROXY_ITEM) for _ in range(3)]
    to_system(window)
    ways = (Way.ENTER, Way.BIND, Way.STAY)
    wanted = [Decision(one, way, "410421000077") for one, way in zip(case_ids, ways, strict=True)]
    walk.do("mode_moves.carry_out", lambda: moves.carry_out(wanted))
    walk.do("mode_moves.undo", lambda: moves.undo(PROXY_ITEM))


def walk_follow_up(walk: Walk) -> None:
    """What a villager says of the service, and calling her back."""
    desk = walk.window.desk
    first, second = (taken_in(walk.window) for _ in range(2))
    walk.do("evaluations.decline", lambda: desk.evaluations.decline(first, Stage.INTAKE))
    for case_id in (first, second):
        walk.do("evaluations.record", lambda one=case_id: desk.evaluations.record(one, Stage.INTAKE, Level.POOR))  # type: ignore[misc]
    calls = [row.call_back.call_back_id for row in desk.evaluations.call_backs().rows]
    walk.do("evaluations.not_reached", lambda: desk.evaluations.not_reached(calls[0]))
    walk.do("evaluations.done", lambda: desk.evaluations.done(calls[0], "说清楚了", solved=True))
    walk.do("evaluations.drop", lambda: desk.evaluations.drop(calls[1], "当面说过了"))


def walk_bridge(walk: Walk) -> None:
    """A case entered by hand, at a station without an interface."""
    window, desk = walk.window, walk.window.desk
    case_id = taken_in(window)
    window.link.publish(SyncStatus(interface=False))
    numbers = desk.official_numbers
    walk.do("official_numbers.enter", lambda: numbers.enter(case_id, NumberGiven("410421000001")))
    walk.do("official_numbers.correct", lambda: numbers.correct(case_id, NumberGiven("410421000002"), "抄错了"))
    walk.do("official_numbers.take_back", lambda: numbers.take_back(case_id, "没有录入"))
    numbers.enter(case_id, NumberGiven("410421000002"))
    walk.do("official_numbers.note", lambda: numbers.note(case_id, CaseChange.ACCEPTED, ""))
    window.link.publish(SyncStatus())


def fail(window: Window, job_id: str) -> None:
    """The printer gave a job up."""

    def work(transaction: Transaction) -> None:
        job = transaction.print_job(job_id)
        transaction.put_print_job(replace(job, state=PrintJobState.FAILED))
        transaction.append_event(CaseEvent(job.case_id, window.clock.now(), "x", "print_trouble"))

    window.store.write(work).result()


def told(window: Window, case_id: str, number: int, kind: str, **values: str) -> None:
    """A change of the acceptance system comes."""
    at = "2026-11-23T02:00:00Z"
    change = Change(sequence=number, case_id=case_id, kind=kind, at=at, state_code="7", values=values)
    changes = Changes(window.store, acceptance=None, clock=window.clock)  # type: ignore[arg-type]
    cursor = window.store.read(lambda snapshot: snapshot.setting("sync.cursor"))
    changes.keep(cursor, ChangesAnswer(changes=[change], cursor=str(number)))


def test_i10_every_change_of_a_case_is_logged_in_its_own_transaction(tmp_path: Path) -> None:
    with watched() as seen:
        window = open_window(tmp_path / "data", reader=Reader(), page_reader=ScriptedReader())
        walk = Walk(window, seen)
        try:
            walk_all(walk)
            assert window.store.verify_chain() is None
        finally:
            window.desk.close()
    assert walk.unlogged == []
    assert all(walk.made.values())
    rights = {f"{room}.{name}": right for room, methods in RIGHTS_OF.items() for name, right in methods.items()}
    wanted = {name for name, right in rights.items() if right == WORK}
    assert {*walk.made} == (wanted - CHANGES_NO_CASE) | {"changes of the server"}


def test_what_the_printer_did_is_logged_in_the_transaction_that_says_so(tmp_path: Path) -> None:
    with watched() as seen:
        window = open_window(tmp_path / "data", SimulatedPrinter("printer"))
        try:
            case_id = taken_in(window)
            printed = threading.Event()
            window.desk.news.subscribe(lambda topics: printed.set() if "printed" in seen.kinds else None)
            window.desk.printing.print(case_id, PaperKind.RECEIPT)
            assert printed.wait(20)
        finally:
            window.desk.close()
    assert "UPDATE print_jobs" in seen.changes
    assert [what for what in seen.unlogged if "pages" not in what] == []


def test_what_comes_of_sending_is_logged_in_the_transaction_that_says_so(tmp_path: Path) -> None:
    with watched() as seen:
        road = Road(tmp_path)
        try:
            case_id = road.taken_in()
            road.until(lambda: road.desk.cases.case(case_id).case.status is CaseStatus.SUBMITTED)
            road.official(case_id, "accept")
            road.until(lambda: road.desk.cases.case(case_id).case.acceptance_no != "")
        finally:
            road.close()
    assert {"sent", "change"} <= {*seen.kinds}
    assert "UPDATE outbox" in seen.changes
    assert [what for what in seen.unlogged if "pages" not in what] == []


def events(window: Window, case_id: str) -> list[str]:
    """Kinds of the lines of a case, oldest first."""
    return [event.kind for event in window.store.read(lambda snapshot: snapshot.events(case_id))]


def test_looks_are_written_within_two_seconds_and_once_for_one_opening(window: Window) -> None:
    first, second = taken_in(window), taken_in(window)
    audit, page = window.desk.audit, window.desk.cases.case(first).pages[0].page_id
    before = len(events(window, first))
    arrived = threading.Event()
    # the commit before may still be told of; what is waited for is the looks themselves
    window.store.subscribe(lambda: arrived.set() if len(events(window, first)) >= before + 3 else None)
    for _ in range(3):
        audit.viewed(first)
        audit.page_viewed(first, page)
        audit.unmasked(first, "phone")
    assert arrived.wait(30), "without anybody's doing"
    assert _DELAY_S <= 1.0  # the second second is the commit's
    assert events(window, first)[before:] == ["viewed", "page_viewed", "unmasked"]
    audit.viewed(first)  # still the same opening
    audit.note(Deed.EXPORTED, first)
    assert events(window, first)[before + 3 :] == ["exported"]
    for case_id in (second, first):
        audit.viewed(case_id)
    window.clock.forward(601)
    audit.viewed(first)
    audit.note(Deed.LOCKED)
    audit.viewed(first)
    audit.note(Deed.SIGNED_OUT)
    assert events(window, first)[before + 4 :] == ["viewed", "viewed", "viewed"]
    kinds = [entry.kind for entry in window.audit_log.entries(7)]
    assert kinds[::-1] == ["exported", "viewed", "viewed", "viewed", "locked", "viewed", "signed_out"]
    assert window.store.verify_chain() is None


def test_an_ordinary_close_loses_no_look(window: Window) -> None:
    case_id = taken_in(window)
    window.desk.audit.viewed(case_id)
    window.desk.close()
    again = window.reopened()
    try:
        assert events(again, case_id)[-1] == "viewed"
    finally:
        again.desk.close()


def test_looks_are_kept_while_the_disk_refuses_them(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = taken_in(window)
    audit = window.desk.audit
    with monkeypatch.context() as full:
        full.setattr(window.store, "write", refuse)
        audit.viewed(case_id)
        with pytest.raises(EnvironmentProblem, match=r"store\.disk_full"):
            audit.note(Deed.LOCKED)
    audit.note(Deed.LOCKED)
    assert events(window, case_id)[-1] == "viewed"


def refuse(_work: object) -> Future[None]:
    """A write to a full disk."""
    failed: Future[None] = Future()
    failed.set_exception(EnvironmentProblem("store.disk_full"))
    return failed


def test_the_log_is_told_in_words_masked_and_paged(window: Window) -> None:
    case_id = taken_in(window)
    window.desk.audit.viewed(case_id)
    window.desk.audit.note(Deed.ACCOUNT_ADDED, name="李文书")
    lines = window.desk.audit.lines(3)
    texts = [messages().text(line.sentence.key, **line.sentence.params) for line in lines]
    assert texts == ["新增账户：李文书", "查看办件", "排队等待上报"]
    local_no = window.desk.cases.case(case_id).case.local_no
    assert [(line.local_no, line.person) for line in lines[:2]] == [("", ""), (local_no, "欧***")]
    assert NAME not in repr(lines)
    rest = window.desk.audit.lines(100, before=lines[-1].seq)
    assert rest[0].seq == lines[-1].seq - 1
    assert [line.sentence.key for line in rest][-1] == "audit.line.draft_started"
    assert window.desk.audit.lines(9, kinds=frozenset({"taken_in"}))[0].local_no == local_no
    assert window.desk.audit.lines(9, actor="nobody") == ()
    assert window.desk.audit.lines(9, until=window.clock.now() - timedelta(days=1)) == ()


def test_a_check_walks_the_chain_is_logged_and_finds_what_was_changed(window: Window) -> None:
    taken_in(window)
    told: list[tuple[int, int]] = []
    check = window.desk.audit.check(lambda done, total: told.append((done, total)))
    assert (check.broken_at, check.lines) == (None, check.head.seq)
    assert window.desk.audit.lines(1)[0].sentence.key == "audit.line.log_checked"
    assert window.audit_log.holds(check.head)

    def tamper(transaction: Transaction) -> None:
        for statement in ("DROP TRIGGER case_events_unchanged", "UPDATE case_events SET actor = 'x' WHERE seq = 2"):
            transaction.connection.exec_driver_sql(statement)  # type: ignore[attr-defined]

    window.store.write(tamper).result()
    assert window.desk.audit.check().broken_at == 2


@pytest.mark.parametrize(
    "change",
    [
        "detail = 'none'",
        "detail = '[1]'",
        "detail = X'00ff'",
        "at = 'yesterday'",
        "actor = X'00ff'",
        "kind = X'ff'",
        """detail = '{"paper": [], "decision": {}, "name": 5}'""",
    ],
)
def test_a_line_somebody_wrote_over_hides_no_other_and_is_found(window: Window, tmp_path: Path, change: str) -> None:
    taken_in(window)
    before = window.desk.audit.lines()

    def tamper(transaction: Transaction) -> None:
        for statement in ("DROP TRIGGER case_events_unchanged", f"UPDATE case_events SET {change} WHERE seq = 2"):
            transaction.connection.exec_driver_sql(statement)  # type: ignore[attr-defined]

    window.store.write(tamper).result()
    shown = window.desk.audit.lines()
    assert [line.seq for line in shown] == [line.seq for line in before]
    assert [line for line in shown if line.seq != 2] == [line for line in before if line.seq != 2]
    assert window.desk.audit.check().broken_at == 2
    assert window.desk.audit.export(tmp_path / "log.xlsx", START - timedelta(days=1), START + timedelta(days=2))


def test_the_exported_log_holds_masked_names_and_no_formula(window: Window, tmp_path: Path) -> None:
    taken_in(window)
    window.desk.audit.note(Deed.ACCOUNT_ADDED, name='=HYPERLINK("http://x.example")')
    file = tmp_path / "log.xlsx"
    day = datetime(2026, 11, 22, 16, tzinfo=UTC)
    count = window.desk.audit.export(file, day, day + timedelta(days=1))
    sheet = openpyxl.load_workbook(file)["操作日志"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "柳林村便民服务站　2026-11-23 至 2026-11-23"
    assert rows[2] == ("序号", "时间", "谁", "做了什么", "收件流水号", "申请人")
    assert len(rows) == count + 3
    assert rows[3][3] == '新增账户：=HYPERLINK("http://x.example")'
    assert rows[4][5] == "欧***"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert [*tmp_path.glob("*.part")] == []
    assert window.desk.audit.lines(1)[0].sentence.key == "audit.line.log_exported"
    with pytest.raises(EnvironmentProblem, match=r"store\.write_failed"):
        window.desk.audit.export(tmp_path / "no such folder" / "x.xlsx", day, day)


def test_the_monthly_report_counts_and_shows_a_head_that_can_be_checked(tmp_path: Path) -> None:
    printer = SimulatedPrinter("printer")
    window = open_window(tmp_path / "data", printer)
    try:
        taken_in(window)
        audit = window.desk.audit
        audit.note(Deed.SIGN_IN_REFUSED, count="3")
        pdf = audit.monthly_report(2026, 11)
        (text,) = [squeezed(page) for page in page_texts(pdf)]
        head = audit.head()
        assert "收件1" in text and "密码输错3" in text and "2026年11月" in text
        (code,) = codes(images(pdf, 200)[0], zxingcpp.BarcodeFormat.QRCode)
        assert code == f"{head.seq}:{head.mac}"
        assert NAME not in text
        audit.print_monthly_report(2026, 11)
        assert audit.lines(1)[0].sentence.key == "audit.line.report_printed"
        (paper,) = printer.printed
        (printed,) = codes(images(paper.pdf, 200)[0], zxingcpp.BarcodeFormat.QRCode)
        assert printed == code and paper.job_name == "yuebao-2026-11"
        assert window.audit_log.holds(AuditHead(int(code.split(":")[0]), code.split(":")[1]))
        with pytest.raises(InputProblem, match=r"audit\.no_such_month"):
            audit.monthly_report(2027, 1)
    finally:
        window.desk.close()


class _Exploding(SimulatedPrinter):
    """A printer whose own program breaks."""

    def print_pdf(self, pdf: bytes, job_name: str, copies: int = 1) -> PrintOutcome:
        raise ZeroDivisionError


class _OutOfReach(SimulatedPrinter):
    """One whose system takes every job, for a printer that is switched off."""

    def available(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("printer", "key"),
    [
        (None, "printing.straight_no_printer"),
        (_OutOfReach("P"), "printer.offline"),
        (SimulatedPrinter("P", PrinterFault.OFFLINE), "printer.offline"),
        (SimulatedPrinter("P", PrinterFault.REFUSES), "printing.straight_not_printed"),
        (_Exploding("P"), "printing.straight_not_printed"),
    ],
)
def test_a_monthly_report_no_printer_takes_is_not_logged_as_printed_and_can_be_saved(
    tmp_path: Path, printer: SimulatedPrinter | None, key: str
) -> None:
    window = open_window(tmp_path / "data", printer)
    try:
        audit = window.desk.audit
        with pytest.raises(EnvironmentProblem) as raised:
            audit.print_monthly_report(2026, 11)
        assert raised.value.key == key
        assert "report_printed" not in [entry.kind for entry in window.audit_log.entries(20)]
        head = audit.head()
        file = audit.save_monthly_report(2026, 11, tmp_path)
        assert list(tmp_path.glob("*.pdf")) == [file]
        (code,) = codes(images(file.read_bytes(), 200)[0], zxingcpp.BarcodeFormat.QRCode)
        assert code == f"{head.seq}:{head.mac}"
        assert audit.lines(1)[0].sentence.key == "audit.line.report_saved"
        with pytest.raises(EnvironmentProblem, match=r"store\.write_failed"):
            audit.save_monthly_report(2026, 11, tmp_path / "no such folder")
    finally:
        window.desk.close()


def test_a_monthly_report_the_printer_keeps_is_not_said_to_have_come_out(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", printer := SimulatedPrinter("P", PrinterFault.NO_PAPER))
    try:
        assert window.desk.audit.print_monthly_report(2026, 11) is False
        printer.set_fault(PrinterFault.NONE)
        assert window.desk.audit.print_monthly_report(2026, 11) is True
        assert len(printer.printed) == 2
    finally:
        window.desk.close()


def kinds_written() -> set[str]:
    """Every text handed as the kind of an event, anywhere in the source; and the states that are kinds."""
    found: set[str] = {SendingState.REJECTED.value, SendingState.CONFLICT.value, "change"}
    for file in (ROOT / "src" / "villagedesk").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = {"CaseEvent": 3, "_event": 2, "_log": 2}.get(name)
            named = [keyword.value for keyword in node.keywords if keyword.arg == "kind" and place is not None]
            given = named or (node.args[place : place + 1] if place is not None else [])
            for value in given:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found.add(value.value)
    return found


def test_every_kind_of_line_anywhere_in_the_program_has_its_words() -> None:
    kinds = kinds_written() | {*Deed}
    assert len(kinds) > 40
    unknown = {kind for kind in kinds if sentence_of(kind, {}).key == "audit.unknown"}
    assert unknown == set()
    for kind in kinds | CASE_KINDS:
        sentence = sentence_of(kind, {})
        assert messages().text(sentence.key, **sentence.params)
    assert sentence_of("of a later version", {}).key == "audit.unknown"


@pytest.mark.parametrize(("ending", "duty"), [("_PRINTED", "printed"), ("_SAVED", "exported")])
def test_whatever_is_printed_or_saved_counts_in_the_month(ending: str, duty: str) -> None:
    deeds = {deed for deed in Deed if deed.name.endswith(ending)}
    assert len(deeds) > 5 and deeds <= monthly._DUTIES[duty]


def test_only_looks_may_be_late() -> None:
    assert {Deed.VIEWED, Deed.PAGE_VIEWED, Deed.UNMASKED} == VIEWS
    assert STATION == ""
