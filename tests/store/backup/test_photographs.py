"""Photographs that wait go onto the medium and come back; those that ended do not."""

from __future__ import annotations

from pathlib import Path

from tests.store.backup.place import Place
from tests.store.fixtures import START, example_case
from villagedesk.domain.capture import Capture
from villagedesk.domain.repositories import Transaction


def test_a_photograph_that_waits_is_there_again_and_one_that_ended_is_not(place: Place, tmp_path: Path) -> None:
    case, bodies = example_case(), {"waits": b"photograph 1", "ended": b"photograph 2"}
    opened = place.opened
    taken = [
        Capture(name, case.case_id, "id_card", opened.vault.put(name, body), len(body), "image/jpeg", START)
        for name, body in bodies.items()
    ]

    def work(transaction: Transaction) -> None:
        transaction.put_case(case)
        for capture in taken:
            transaction.put_capture(capture)
        transaction.end_captures(case.case_id, ["ended"])

    opened.store.write(work).result()
    place.back_up()
    done = place.restore(tmp_path / "new")
    assert (done.pages, done.missing_pages) == (1, 0)
    again = place.opened_again(tmp_path / "new")
    try:
        (capture,) = again.store.read(lambda snapshot: snapshot.captures(case.case_id))
        assert capture == taken[0] and again.vault.get("waits", capture.sha256) == bodies["waits"]
        assert not again.vault.verify("ended", taken[1].sha256)
    finally:
        again.store.close()
