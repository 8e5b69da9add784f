"""One page on its way: streamed, cut, resumed, found mangled."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tests.sync.memory_store import MemoryStore, MemoryVault
from tests.sync.server_model import ServerModel
from tests.sync.window import Clerk, SimClock
from villagedesk.acceptance.port import Mangled, NoConnection, PageWatch, Unanswered
from villagedesk.acceptance.wire import ManifestEntry
from villagedesk.sync.ledger import manifest_of
from villagedesk.sync.upload import PROVEN_BYTES, LeftOut, PageUpload

PAGE = bytes(range(256)) * 1000
_PATIENCE_S = 30.0
Send = Callable[[str, int, bytes, PageWatch, bool], int]


class Server(ServerModel):
    """Lets a test come between."""

    def __init__(self) -> None:
        super().__init__()
        self.enrolled.add("x")
        self.sent: list[tuple[int, int, bool]] = []
        self.acts: list[Send] = []

    def send_chunk(
        self, location: str, offset: int, chunk: bytes, *, watch: PageWatch | None = None, proven: bool = False
    ) -> int:
        assert watch is not None
        watch.begin(lambda: None)
        self.sent.append((offset, len(chunk), proven))
        if self.acts:
            return self.acts.pop(0)(location, offset, chunk, watch, proven)
        watch.handed(len(chunk))
        return super().send_chunk(location, offset, chunk)


class Bench:
    def __init__(self) -> None:
        self.store, self.vault, self.server = MemoryStore(), MemoryVault(), Server()
        case, row = Clerk(self.store, self.vault, SimClock()).take_in([PAGE])
        manifest = manifest_of(row)
        assert manifest is not None
        self.case_id = case.case_id
        self.entry: ManifestEntry = manifest[0]
        self.upload = PageUpload(self.store, self.vault, self.server)
        self.progress = 0

    def send(self) -> None:
        self.upload.send(self.case_id, self.entry, self._progressed)

    def offset(self) -> tuple[int, bool]:
        transfer = self.store.read(lambda snapshot: snapshot.page_transfer(self.entry.sha256))
        assert transfer is not None
        return transfer.offset, transfer.done

    def _progressed(self) -> None:
        self.progress += 1


def cut_after(count: int) -> Send:
    """So many bytes arrive, and then the line breaks."""

    def act(location: str, offset: int, chunk: bytes, watch: PageWatch, _proven: bool) -> int:
        watch.handed(count)
        raise Unanswered("sync.reason.cut") from None

    def arriving(location: str, offset: int, chunk: bytes, watch: PageWatch, proven: bool) -> int:
        SERVER[0].uploads[location].data += chunk[:count]
        return act(location, offset, chunk, watch, proven)

    return arriving


SERVER: list[Server] = []


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    SERVER[:] = [made.server]
    return made


def test_a_page_is_one_request(bench: Bench) -> None:
    bench.send()
    assert bench.server.sent == [(0, len(PAGE), False)]
    assert bench.server.calls == ["create_upload", "send_chunk"]
    assert bench.offset() == (len(PAGE), True)


def test_after_each_cut_it_goes_on_where_the_server_is_however_often(bench: Bench) -> None:
    bench.server.acts = [cut_after(1000)] * 20
    bench.send()
    assert [start for start, _length, _proven in bench.server.sent] == [number * 1000 for number in range(21)]
    assert bench.server.pages[bench.entry.sha256] == PAGE
    assert bench.progress == 21


def test_cuts_that_win_nothing_end_it_for_now(bench: Bench) -> None:
    bench.server.acts = [cut_after(0)] * 20
    with pytest.raises(Unanswered):
        bench.send()
    assert len(bench.server.sent) == 3


def test_a_page_that_arrived_mangled_goes_again_with_checksums(bench: Bench) -> None:
    def mangle(location: str, _offset: int, _chunk: bytes, _watch: PageWatch, _proven: bool) -> int:
        del bench.server.uploads[location]
        raise Mangled("sync.reason.upload_offset", "460")

    bench.server.acts = [mangle]
    bench.send()
    assert bench.server.sent[0] == (0, len(PAGE), False)
    assert [proven for _start, _length, proven in bench.server.sent[1:]] == [True] * 4
    assert max(length for _start, length, _proven in bench.server.sent[1:]) == PROVEN_BYTES
    assert bench.server.pages[bench.entry.sha256] == PAGE


def test_a_page_prepared_is_neither_begun_nor_asked_for_again(bench: Bench) -> None:
    bench.upload.prepare(bench.entry)
    bench.upload.prepare(bench.entry)
    bench.send()
    assert bench.server.calls == ["create_upload", "send_chunk"]
    bench.upload.prepare(bench.entry)
    assert bench.server.calls == ["create_upload", "send_chunk"]
    assert bench.offset() == (len(PAGE), True)


def test_a_page_that_is_not_wanted_any_more_is_left_where_it_is(bench: Bench) -> None:
    def leave_out(location: str, offset: int, chunk: bytes, watch: PageWatch, proven: bool) -> int:
        bench.upload.traffic.leave_out(lambda _sha256: False)
        return cut_after(5000)(location, offset, chunk, watch, proven)

    bench.server.acts = [leave_out]
    with pytest.raises(LeftOut):
        bench.send()
    bench.send()
    assert bench.server.sent[1][0] == 5000


def test_one_cut_by_this_program_before_it_was_connected_says_nothing_of_the_line(bench: Bench) -> None:
    def cut(_location: str, _offset: int, _chunk: bytes, watch: PageWatch, _proven: bool) -> int:
        bench.upload.traffic._live[0].cut()
        with pytest.raises(OSError):
            watch.admit(1)
        raise NoConnection("sync.reason.no_connection")

    bench.server.acts = [cut]
    bench.send()
    assert bench.offset() == (len(PAGE), True)


def test_progress_is_written_while_the_page_travels(bench: Bench) -> None:
    under_way, seen = threading.Event(), threading.Event()

    def slow(location: str, offset: int, chunk: bytes, watch: PageWatch, proven: bool) -> int:
        watch.handed(100_000)
        under_way.set()
        assert seen.wait(_PATIENCE_S)
        return ServerModel.send_chunk(bench.server, location, offset, chunk)

    bench.server.acts = [cut_after(1000), slow]
    thread = threading.Thread(target=bench.send)
    thread.start()
    try:
        assert under_way.wait(_PATIENCE_S)
        bench.upload.note_progress()
        assert bench.offset() == (101_000, False)
    finally:
        seen.set()
        thread.join()
    bench.upload.note_progress()
    assert bench.offset() == (len(PAGE), True)
