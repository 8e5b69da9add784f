"""Documents handed out by a real practice server over TLS: in pieces, once, and believed by their hash alone."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pypdfium2
import pytest

from tests.practice.village import Village, page, payload
from tests.store.damage import unreadable
from tests.store.fixtures import DAY, OpenedStore, example_case, example_page, example_submit, open_store
from tests.sync.test_pace import Time
from villagedesk.acceptance.http import HttpAcceptanceSystem
from villagedesk.acceptance.port import Busy, LoginNeeded, Refused, Unanswered
from villagedesk.acceptance.wire import DocumentRecord, sha256_hex
from villagedesk.desk.lost_results import note_lost
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.document import LOST, MAX_DOCUMENT_BYTES, TRIES, Document
from villagedesk.domain.outbox import SendingState
from villagedesk.practice.changes import record_change
from villagedesk.practice.documents import keep_document
from villagedesk.practice.faults import Fault, FaultKind, FaultSetting, RouteKind
from villagedesk.practice.server import PracticeServer
from villagedesk.practice.storage import Storage
from villagedesk.store.vault import PageVault
from villagedesk.sync.changes import Changes
from villagedesk.sync.documents import REFUSED, WRONG_HASH, DocumentPull
from villagedesk.sync.pace import Pace
from villagedesk.sync.turned_away import TurnedAway

PIECE = 10_000


@dataclass
class Counting:
    """The acceptance system, with every byte of documents that came counted.

    Args:
        spoil: the first so many pieces come with one wrong byte.
        fails: documents the system answers 500 for.
        busy: what it answers for all of them.
        forbidden: documents it answers 403 for.
    """

    inner: HttpAcceptanceSystem
    ranges: list[tuple[int, int]] = field(default_factory=list)
    spoil: int = 0
    fails: set[str] = field(default_factory=set)
    busy: Busy | None = None
    forbidden: set[str] = field(default_factory=set)

    def document(self, document: Document, start: int, length: int) -> bytes:
        if self.busy is not None:
            raise self.busy
        if document.document_id in self.forbidden:
            raise LoginNeeded("sync.reason.login", "403 other_station: no", forbidden=True)
        if document.document_id in self.fails:
            raise Unanswered("sync.reason.server_error", "500")
        piece = self.inner.document(document, start, length)
        self.ranges.append((start, start + len(piece)))
        if self.spoil:
            self.spoil -= 1
            return bytes((piece[0] ^ 1,)) + piece[1:]
        return piece

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


@dataclass
class Station:
    """A store, and a case of it that the server has."""

    server: PracticeServer
    village: Village
    opened: OpenedStore
    acceptance: Counting
    storage: Storage
    case_id: str

    def __post_init__(self) -> None:
        self.pull = self.new_pull()

    def new_pull(self) -> DocumentPull:
        store, vault, clock = self.opened.store, self.opened.vault, self.opened.clock
        return DocumentPull(store, vault, self.acceptance, clock, lambda low, _high: low, PIECE)  # type: ignore[arg-type]

    def hear(self) -> None:
        Changes(self.opened.store, self.acceptance, self.opened.clock).pull(0)  # type: ignore[arg-type]

    def documents(self) -> list[Document]:
        return list(self.opened.store.read(lambda snapshot: snapshot.documents(self.case_id)))

    def only(self) -> Document:
        (document,) = self.documents()
        return document

    def fetch(self, most: int = 200) -> None:
        """Until nothing is due, time passing where it waits."""
        for _ in range(most):
            if self.pull.is_due():
                self.pull.run()
            elif any(not one.is_here and not one.is_given_up for one in self.documents()):
                self.opened.clock.forward(1000)
            else:
                return
        raise AssertionError("it never came to an end")

    def hand_out(self, content: bytes, told: bytes | None = None, document_id: str = "result-1") -> None:
        """The server hands out ``content`` and announces it as ``told``."""
        told = content if told is None else told
        record = DocumentRecord(
            document_id=document_id,
            name="结果通知书",
            media_type="application/pdf",
            byte_count=len(told),
            sha256=sha256_hex(told),
        )
        now = self.opened.clock.now()
        with self.storage.write() as connection:
            keep_document(connection, self.case_id, record, content, now)
            code = self.server.practice.division_code
            record_change(connection, code, self.case_id, "result_ready", now, {}, [record])
        self.hear()

    def kinds(self) -> list[str]:
        return [event.kind for event in self.opened.store.read(lambda snapshot: snapshot.events(self.case_id))]


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    server = PracticeServer(tmp_path / "practice")
    server.start()
    village = Village(server)
    assert village.enrol().status_code == 200
    content = page("a")
    record = payload("", 1, (content,))
    village.commit(record, content)
    opened = open_store(tmp_path)
    case = example_case(status=CaseStatus.SUBMITTED, local_no=None, case_id=record.case_id)

    def take_in(transaction: object) -> None:
        transaction.put_case(replace(case, local_no=transaction.take_local_no(DAY)))  # type: ignore[attr-defined]

    opened.store.write(take_in).result()
    ca = server.practice.ca_path.read_text()
    inner = HttpAcceptanceSystem(server.address, ca, lambda: village.credential, server.practice.division_code)
    storage = Storage(f"sqlite:///{tmp_path / 'practice' / 'acceptance.sqlite'}")
    station = Station(server, village, opened, Counting(inner), storage, record.case_id)
    yield station
    inner.close()
    station.opened.store.close()
    storage.close()
    village.session.close()
    server.stop()


def test_a_concluded_case_brings_its_result_as_a_pdf_that_can_be_read(station: Station) -> None:
    for move in ("accept", "conclude"):
        assert station.village.move(station.case_id, move).status_code == 200
    station.hear()
    told = station.only()
    assert (told.is_here, told.name, told.media_type) == (False, "办理结果通知书（练习）", "application/pdf")
    station.fetch()
    here = station.only()
    data = station.opened.vault.get(here.page_id, here.sha256)
    assert sha256_hex(data) == told.sha256
    with pypdfium2.PdfDocument(io.BytesIO(data)) as document:
        text = document[0].get_textpage().get_text_bounded()
    assert "准予" in text
    assert "没有任何效力" in text
    assert station.kinds()[-1] == "document_came"


def test_a_result_told_twice_is_fetched_once(station: Station) -> None:
    content = page("result", 35_000)
    station.hand_out(content)
    station.fetch()
    station.opened.store.write(lambda transaction: transaction.put_setting("sync.cursor", "")).result()
    station.hear()
    station.fetch()
    assert station.acceptance.ranges == [(0, 10_000), (10_000, 20_000), (20_000, 30_000), (30_000, 35_000)]
    assert station.kinds().count("document_came") == 1
    here = station.only()
    assert station.opened.store.read(lambda snapshot: snapshot.document_parts(here)) == b"", "it lies there once"


def test_what_the_disk_did_not_keep_is_not_called_here(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    station.hand_out(page("result", 5_000))
    put = PageVault.put

    def cut(vault: PageVault, page_id: str, data: bytes) -> str:
        sha256 = put(vault, page_id, data)
        file = vault.folder / vault.name_of(page_id, sha256)
        file.write_bytes(file.read_bytes()[:-1])
        return sha256

    with monkeypatch.context() as poor_disk:
        poor_disk.setattr(PageVault, "put", cut)
        assert not station.pull.run()
        assert not station.only().is_here
    station.fetch()
    assert station.only().is_here


def test_what_comes_is_held_to_the_limit_too_in_pieces_that_make_no_call_stutter(station: Station) -> None:
    limit, time = 32_000, Time()
    store, vault, clock = station.opened.store, station.opened.vault, station.opened.clock
    pace = Pace(lambda: float(limit), now=time.now, rest=time.rest)
    station.pull = DocumentPull(store, vault, station.acceptance, clock, lambda low, _high: low, pace=pace)  # type: ignore[arg-type]
    before = time.now()
    station.hand_out(page("result", 160_000))
    station.fetch()
    assert station.only().is_here
    assert time.now() - before >= 160_000 / limit - 0.3
    assert max(end - start for start, end in station.acceptance.ranges) <= limit / 2


def test_a_cut_in_the_middle_goes_on_from_the_last_byte_kept(station: Station) -> None:
    content = page("result", 95_000)
    station.hand_out(content)
    for kind in (FaultKind.DROP_BEFORE, FaultKind.CUT_ANSWER, FaultKind.ERROR_BEFORE, FaultKind.BUSY_503) * 2:
        station.pull.run()
        station.server.faults.set(FaultSetting(faults=(Fault(kind=kind, routes=(RouteKind.DOCUMENT,), count=1),)))
        assert not station.pull.run()
        station.opened.clock.forward(1000)
        station.opened = replace(station.opened.reopened())
        station.pull = station.new_pull()
    station.server.faults.set(FaultSetting())
    station.fetch()
    starts = [start for start, _end in station.acceptance.ranges]
    assert starts == sorted(set(starts)), "a byte that was kept is asked for again"
    assert station.acceptance.ranges[-1][1] == len(content)
    here = station.only()
    assert (here.failures, here.is_here) == (0, True)
    assert station.opened.vault.get(here.page_id, here.sha256) == content


def test_killed_at_any_piece_it_goes_on_and_nothing_is_fetched_twice(station: Station, tmp_path: Path) -> None:
    content = page("result", 50_000)
    station.hand_out(content)
    station.opened.store.close()
    practice = station.server.practice
    place = (station.opened.folder, practice.division_code, station.server.address, practice.ca_path)
    asked = [str(part) for part in (*place, station.village.credential)]

    def child(pieces: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.sync.document_child", *asked, str(pieces), str(PIECE)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert [child(2).returncode, child(1).returncode] == [-9, -9]
    last = child(0)
    assert (last.returncode, last.stdout.strip()) == (0, "2"), last.stderr
    station.opened = station.opened.reopened()
    here = station.only()
    assert station.opened.vault.get(here.page_id, here.sha256) == content


def test_a_wrong_hash_is_fetched_again_and_never_shown(station: Station) -> None:
    content = page("result", 25_000)
    station.acceptance.spoil = 1
    station.hand_out(content)
    for _ in range(3):
        assert station.pull.run()
        assert not station.only().is_here
    spoiled = station.only()
    assert (spoiled.failures, spoiled.bytes_here, spoiled.reason_key) == (1, 0, WRONG_HASH)
    station.fetch()
    here = station.only()
    assert (here.is_here, here.reason_key) == (True, "")
    assert station.opened.vault.get(here.page_id, here.sha256) == content
    assert station.kinds()[-2:] == ["document_wrong", "document_came"]


@pytest.mark.parametrize(
    ("held", "reason"),
    [(page("other", 25_000), WRONG_HASH), (page("longer", 25_001), "results.reason.changed"), (None, REFUSED)],
)
def test_what_is_never_right_is_given_up_and_holds_up_no_other(
    station: Station, held: bytes | None, reason: str
) -> None:
    told = page("result", 25_000)
    station.hand_out(held or told, told, "poor")
    if held is None:
        with station.storage.write() as connection:
            connection.exec_driver_sql("DELETE FROM documents")
    station.hand_out(page("good", 5_000), document_id="good")
    station.fetch()
    poor, good = sorted(station.documents(), key=lambda one: one.document_id != "poor")
    assert good.is_here
    assert (poor.is_here, poor.is_given_up, poor.failures, poor.reason_key) == (False, True, TRIES, reason)
    events = station.opened.store.read(lambda snapshot: snapshot.events(station.case_id))
    wrong = [event.detail for event in events if event.kind == "document_wrong"]
    assert [detail["reason"] for detail in wrong] == [reason] * TRIES
    assert not any("reason." in detail["raw"] for detail in wrong), "a technician reads words of ours, not keys"
    assert len(list(station.opened.vault.stored())) == 1


def test_one_the_server_fails_at_for_ever_holds_up_no_other(station: Station) -> None:
    """A server that answers 500 for one document says nothing about the others."""
    station.hand_out(page("poor", 25_000), document_id="a-poor")
    station.hand_out(page("good", 35_000), document_id="b-good")
    station.acceptance.fails.add("a-poor")
    for _ in range(20):
        station.pull.run()
        station.opened.clock.forward(1000)
    poor, good = sorted(station.documents(), key=lambda one: one.document_id != "a-poor")
    assert (good.is_here, poor.is_here, poor.is_given_up) == (True, False, False)
    station.acceptance.fails.clear()
    station.fetch()
    assert all(one.is_here for one in station.documents())


@pytest.mark.parametrize(("asked", "kept"), [(600.0, 600.0), (999_999.0, 3600.0)])
def test_a_busy_systems_word_is_kept_but_not_for_ever(station: Station, asked: float, kept: float) -> None:
    station.hand_out(page("result", 5_000))
    station.acceptance.busy = Busy("sync.reason.busy", "503", asked)
    assert not station.pull.run()
    station.acceptance.busy = None
    station.opened.clock.forward(kept - 1)
    assert not station.pull.is_due()
    station.opened.clock.forward(2)
    assert station.pull.is_due()


def test_a_link_that_returns_ends_a_wait_but_not_at_once_one_that_the_system_asked_for(station: Station) -> None:
    station.hand_out(page("result", 5_000))
    store, vault, clock = station.opened.store, station.opened.vault, station.opened.clock
    station.pull = DocumentPull(store, vault, station.acceptance, clock, lambda _low, high: high)  # type: ignore[arg-type]
    station.acceptance.fails.add("result-1")
    assert not station.pull.run()
    assert not station.pull.is_due()
    station.pull.link_returned()
    assert station.pull.is_due()
    station.acceptance.busy = Busy("sync.reason.busy", "503", 600.0)
    assert not station.pull.run()
    station.pull.link_returned()
    clock.forward(119)
    assert not station.pull.is_due(), "a link that flickers brings the herd back"
    clock.forward(2)
    assert station.pull.is_due()


def test_an_empty_one_and_its_hash_are_a_document(station: Station) -> None:
    station.hand_out(b"")
    station.fetch()
    assert station.only().is_here
    assert station.acceptance.ranges == []


def test_one_that_is_too_large_is_not_fetched(station: Station) -> None:
    station.hand_out(b"x", b"x")
    large = replace(station.only(), document_id="large", byte_count=MAX_DOCUMENT_BYTES + 1)
    station.opened.store.write(lambda transaction: transaction.put_document(large)).result()
    station.fetch()
    assert [one.is_here for one in sorted(station.documents(), key=lambda one: one.byte_count)] == [True, False]
    assert station.acceptance.ranges == [(0, 1)]


def test_it_waits_while_a_case_goes_out(station: Station) -> None:
    station.hand_out(page("result", 5_000))
    case = station.opened.store.read(lambda snapshot: snapshot.case(station.case_id))
    row = replace(example_submit(case), state=SendingState.UPLOADING, frozen_at=station.opened.clock.now())
    station.opened.store.write(lambda transaction: transaction.add_outbox(row)).result()
    assert not station.pull.is_due()
    waits = replace(row, next_try_at=station.opened.clock.now())
    station.opened.store.write(lambda transaction: transaction.update_outbox(waits)).result()
    assert station.pull.is_due(), "one that waits for its next try keeps no line busy"


def test_a_portal_is_not_the_document(station: Station) -> None:
    station.hand_out(page("result", 5_000))
    fault = Fault(kind=FaultKind.HTML_PAGE, routes=(RouteKind.DOCUMENT,), count=1)
    station.server.faults.set(FaultSetting(faults=(fault,)))
    assert not station.pull.run()
    assert (station.only().failures, station.only().bytes_here) == (0, 0)


def test_another_document_under_the_same_name_is_never_mixed_in(station: Station) -> None:
    """RFC 9110, 13.1.5: If-Range."""
    content = page("result", 25_000)
    station.hand_out(content)
    assert station.pull.run()
    other = page("other", 25_000)
    with station.storage.write() as connection:
        statement = "UPDATE documents SET content = ?, sha256 = ?"
        connection.exec_driver_sql(statement, (other, sha256_hex(other)))
    station.fetch()
    assert (station.only().is_here, station.only().reason_key) == (False, WRONG_HASH)


def harmed(station: Station, harm: str) -> tuple[Document, Path]:
    """A document that came, and whose file was lost or damaged since; noted as that. With its file."""
    station.fetch()
    here = station.only()
    vault, store, clock = station.opened.vault, station.opened.store, station.opened.clock
    file = vault.folder / vault.name_of(here.page_id, here.sha256)
    if harm == "lost":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-20])
    assert note_lost(store, clock, {here.page_id}) == 1
    return here, file


@pytest.mark.parametrize("harm", ["lost", "damaged"])
def test_one_whose_file_is_lost_is_fetched_again_into_the_same_file(station: Station, harm: str) -> None:
    content = page("result", 25_000)
    station.hand_out(content)
    here, file = harmed(station, harm)
    station.acceptance.ranges.clear()
    station.fetch()
    again = station.only()
    assert station.opened.vault.get(again.page_id, again.sha256) == content
    assert replace(again, came_at=here.came_at) == here
    assert [one.name for one in station.opened.vault.folder.iterdir()] == [file.name]
    assert station.acceptance.ranges == [(0, 10_000), (10_000, 20_000), (20_000, 25_000)]
    assert station.kinds()[-3:] == ["document_came", "document_lost", "document_came"]
    assert station.opened.store.read(lambda snapshot: snapshot.document_parts(again)) == b""
    assert not station.pull.is_due()


def test_one_whose_file_is_whole_after_all_is_not_fetched(station: Station) -> None:
    content = page("result", 25_000)
    station.hand_out(content)
    station.fetch()
    here = station.only()
    vault, store, clock = station.opened.vault, station.opened.store, station.opened.clock
    file = vault.folder / vault.name_of(here.page_id, here.sha256)
    with unreadable(file):
        assert note_lost(store, clock, {here.page_id}) == 1
    station.acceptance.ranges.clear()
    station.fetch()
    assert replace(station.only(), came_at=here.came_at) == here
    assert station.acceptance.ranges == []
    assert station.kinds()[-2:] == ["document_lost", "document_came"]
    assert not station.pull.is_due()


def test_a_cut_while_a_lost_one_comes_again_costs_no_byte_that_was_kept(station: Station) -> None:
    content = page("result", 25_000)
    station.hand_out(content)
    harmed(station, "lost")
    station.acceptance.ranges.clear()
    for _ in range(3):
        assert station.pull.run()
        station.opened = station.opened.reopened()
        station.pull = station.new_pull()
    assert station.acceptance.ranges == [(0, 10_000), (10_000, 20_000), (20_000, 25_000)]
    here = station.only()
    assert station.opened.vault.get(here.page_id, here.sha256) == content


def test_a_lost_one_is_believed_by_its_hash_alone_and_given_up_when_it_is_never_right(station: Station) -> None:
    content = page("result", 25_000)
    station.hand_out(content)
    here, file = harmed(station, "lost")
    with station.storage.write() as connection:
        connection.exec_driver_sql("UPDATE documents SET content = ?", (page("other", 25_000),))
    station.fetch()
    poor = station.only()
    assert (poor.is_here, poor.is_given_up, poor.failures, poor.reason_key) == (False, True, TRIES, WRONG_HASH)
    assert poor.page_id == here.page_id
    assert not file.exists(), "what has another hash is never put there"
    with station.storage.write() as connection:
        connection.exec_driver_sql("UPDATE documents SET content = ?", (content,))
    asked = replace(poor, failures=0, reason_key=LOST)
    station.opened.store.write(lambda transaction: transaction.put_document(asked)).result()
    station.fetch()
    assert station.only().is_here
    assert station.opened.vault.get(here.page_id, here.sha256) == content


def test_the_file_stays_as_long_as_its_case_needs_it_and_goes_with_its_pages(station: Station) -> None:
    """I9."""
    station.hand_out(page("result", 5_000))
    station.fetch()
    here = station.only()
    store, now = station.opened.store, station.opened.clock.now()
    assert (here.page_id, here.sha256) in store.named_pages()
    with pytest.raises(ValueError, match="still needed"):
        store.write(lambda transaction: transaction.expire_pages([(here.page_id, here.sha256)], now)).result()


@pytest.mark.parametrize("heard", [True, False])
def test_a_document_that_alone_is_turned_away_holds_up_no_other(station: Station, heard: bool) -> None:
    """Where the enrolment was accepted since and the station is heard: it goes wrong like any other, and is told."""
    for name in ("result-1", "result-2"):
        station.hand_out(page(name, 5_000), document_id=name)
    station.acceptance.forbidden.add("result-1")
    store, vault, clock = station.opened.store, station.opened.vault, station.opened.clock
    away = TurnedAway(lambda: heard)
    station.pull = DocumentPull(
        store,
        vault,
        station.acceptance,  # type: ignore[arg-type]
        clock,
        lambda low, _high: low,
        PIECE,
        turned_away=away,
    )
    for _ in range(2):
        with pytest.raises(LoginNeeded):
            station.pull.run()
    away.enrolled()
    if not heard:
        with pytest.raises(LoginNeeded):
            station.pull.run()
        return
    station.fetch()
    forbidden, other = sorted(station.documents(), key=lambda one: one.document_id)
    assert other.is_here
    assert (forbidden.failures, forbidden.reason_key) == (TRIES, REFUSED)
    log = station.opened.store.read(lambda snapshot: snapshot.events(station.case_id))
    assert [event.detail["raw"] for event in log if event.kind == "document_wrong"] == ["403 other_station: no"] * TRIES


def test_other_stations_and_unknown_names_get_nothing(station: Station) -> None:
    station.hand_out(b"%PDF-1.4")
    unknown = replace(station.only(), document_id="nothing")
    with pytest.raises(Refused, match="unknown_document"):
        station.acceptance.document(unknown, 0, 1)
    with pytest.raises(Refused, match="unknown_case"):
        station.acceptance.document(replace(unknown, case_id="nobody"), 0, 1)


@pytest.mark.parametrize(
    ("asked", "status", "range_told"),
    [
        ("bytes=0-3", 206, "bytes 0-3/20"),
        ("bytes=18-99", 206, "bytes 18-19/20"),
        ("bytes=5-", 206, "bytes 5-19/20"),
        ("bytes=20-", 416, None),
        ("bytes=3-1", 200, None),
        ("bytes=0-1,4-5", 200, None),
        ("pages=1-2", 200, None),
    ],
)
def test_ranges_as_rfc_9110_has_them(station: Station, asked: str, status: int, range_told: str | None) -> None:
    content = bytes(range(20))
    station.hand_out(content)
    path = f"/v1/cases/{station.case_id}/documents/result-1"
    answer = station.village.call("GET", path, headers={"Range": asked})
    assert (answer.status_code, answer.headers.get("Content-Range")) == (status, range_told)
    if range_told:
        first, last = (int(number) for number in range_told[6:-3].split("-"))
        assert answer.content == content[first : last + 1]
    stale = station.village.call("GET", path, headers={"Range": asked, "If-Range": '"another"'})
    assert (stale.status_code, stale.content) == (200, content)


def test_a_page_is_no_document_of_another_case(station: Station) -> None:
    """Names of vault files are bound to their ids, so a document cannot be taken for a page."""
    station.hand_out(page("result", 5_000))
    station.fetch()
    here = station.only()
    assert not station.opened.vault.verify(example_page("", b"").page_id, here.sha256)
