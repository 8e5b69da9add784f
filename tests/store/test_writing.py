"""One writer thread: whole transactions or nothing, listeners after the commit, and a disk that refuses."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.needs import small_disk_of
from tests.store.fixtures import DAY, OpenedStore, example_case, example_page, open_store, take_in
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Snapshot, Transaction


def test_work_that_fails_leaves_nothing_behind(opened: OpenedStore) -> None:
    case = example_case()

    def fail(transaction: Transaction) -> None:
        take_in(transaction, case, [])
        raise LookupError("thought better of it")

    with pytest.raises(LookupError):
        opened.store.write(fail).result()
    assert opened.store.read(lambda s: (s.case_lines(9), s.count_by_status(), s.events(case.case_id))) == ([], {}, [])
    opened.store.write(lambda t: take_in(t, case, [])).result()


def test_writes_happen_in_order_in_one_thread_each_seeing_the_one_before(opened: OpenedStore) -> None:
    def count_up(transaction: Transaction) -> tuple[str, str]:
        number = int(transaction.setting("n") or 0) + 1
        transaction.put_setting("n", str(number))
        return str(number), threading.current_thread().name

    futures = [opened.store.write(count_up) for _ in range(20)]
    assert [future.result() for future in futures] == [(str(n), "store-writer") for n in range(1, 21)]


def test_a_reader_sees_one_moment_while_a_writer_goes_on(opened: OpenedStore) -> None:
    def look_twice(snapshot: Snapshot) -> tuple[str, str]:
        first = snapshot.setting("n")
        opened.store.write(lambda t: t.put_setting("n", "later")).result()
        return first, snapshot.setting("n")

    opened.store.write(lambda t: t.put_setting("n", "before")).result()
    assert opened.store.read(look_twice) == ("before", "before")
    assert opened.store.read(lambda s: s.setting("n")) == "later"


def test_many_threads_read_at_once(opened: OpenedStore) -> None:
    opened.store.write(lambda t: t.put_setting("n", "1")).result()
    everyone = threading.Barrier(8)
    seen: list[str] = []

    def look(snapshot: Snapshot) -> None:
        everyone.wait(timeout=60)
        seen.append(snapshot.setting("n"))

    threads = [threading.Thread(target=opened.store.read, args=(look,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == ["1"] * 8


def test_listeners_hear_of_commits_only_and_a_failing_one_stops_nobody(
    opened: OpenedStore, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []
    opened.store.subscribe(lambda: heard.append(opened.store.read(lambda s: s.setting("n"))))
    opened.store.write(lambda t: t.put_setting("n", "1")).result()
    with pytest.raises(ZeroDivisionError):
        opened.store.write(lambda t: 1 // 0).result()
    opened.store.subscribe(lambda: 1 // 0)  # type: ignore[arg-type]
    opened.store.write(lambda t: t.put_setting("n", "2")).result()
    opened.store.write(lambda t: None).result()
    opened.store.close()
    assert heard == ["1", "2", "2"]
    assert [record.message for record in caplog.records] == ["a listener failed after a commit"] * 2


def test_a_listener_that_ended_hears_no_more_and_another_goes_on(opened: OpenedStore) -> None:
    heard: list[str] = []

    def listen() -> None:
        heard.append("a commit")

    ends = [opened.store.subscribe(listen) for _ in range(2)]
    ends[0]()
    ends[0]()
    opened.store.write(lambda t: None).result()
    opened.store.write(lambda t: None).result()
    ends[1]()
    opened.store.write(lambda t: None).result()
    opened.store.close()
    assert len(heard) == 2


def test_closing_finishes_what_was_asked_for_and_refuses_more(opened: OpenedStore) -> None:
    futures = [opened.store.write(lambda t: t.take_local_no(DAY)) for _ in range(10)]
    opened.store.close()
    opened.store.close()
    assert len({future.result() for future in futures}) == 10
    with pytest.raises(RuntimeError, match="closed"):
        opened.store.write(lambda t: None)


def test_errors_say_nothing_of_people(opened: OpenedStore) -> None:
    def clumsy(transaction: Transaction) -> None:
        connection = transaction.connection  # type: ignore[attr-defined]
        connection.exec_driver_sql("SELECT nothing FROM nowhere WHERE name = ?", ("欧阳𬍛霖",))

    with pytest.raises(Exception, match="nowhere") as error:
        opened.store.write(clumsy).result()
    assert "欧阳" not in str(error.value)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB of its own."""
    with small_disk_of(3, tmp_path) as disk:
        yield disk


def test_a_full_disk_is_told_loses_nothing_confirmed_and_saving_works_when_there_is_room_again(
    small_disk: Path,
) -> None:
    opened = open_store(small_disk)
    confirmed = []
    for number in range(3):
        case = example_case()
        data = b"page %d" % number
        page = example_page(case.case_id, data)
        opened.vault.put(page.page_id, data)
        confirmed.append((opened.store.write(lambda t, c=case, p=page: take_in(t, c, [p])).result()[0], page))  # type: ignore[misc]
    filler = small_disk / "filler"
    fill(filler)
    big = replace(example_case(), form={"备注": "长" * 100_000})
    with pytest.raises(EnvironmentProblem) as problem:
        opened.store.write(lambda t: take_in(t, big, [])).result()
    assert problem.value.key == "store.disk_full"
    with pytest.raises(EnvironmentProblem) as problem:
        opened.vault.put("p", os.urandom(100_000))
    assert problem.value.key == "store.disk_full"
    with pytest.raises(EnvironmentProblem) as problem:
        opened.store.write(lambda t: take_in(t, big, [])).result()
    assert problem.value.key == "store.disk_full"
    assert len(list(opened.vault.stored())) == 3 and len(list(opened.vault.folder.iterdir())) == 3
    assert len(opened.store.read(lambda s: s.case_lines(9))) == 3
    filler.unlink()
    saved, _row = opened.store.write(lambda t: take_in(t, big, [])).result()
    again = opened.reopened()
    for case, page in confirmed:
        assert again.store.read(lambda s, c=case: s.case(c.case_id)) == case  # type: ignore[misc]
        assert again.vault.verify(page.page_id, page.sha256)
    assert again.store.read(lambda s: s.case(saved.case_id)) == saved
    assert again.store.verify_chain() is None
    again.store.close()


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
