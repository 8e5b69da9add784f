"""The capture journal at the desk: what was shown as taken is there after a crash, and nothing stays for ever."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.desk.counter import PROXY_ITEM, SYSTEM_ITEM, Window, open_window, ready_draft, sharp_papers
from tests.store.cut_off import cut_off
from villagedesk.app.resources import resources_folder
from villagedesk.demo.photographs import KINDS, empty_table, photograph
from villagedesk.desk import capture_journal
from villagedesk.desk.views import Proposal
from villagedesk.domain.capture import Capture
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import silent
from villagedesk.domain.repositories import Prepared, Snapshot
from villagedesk.imaging.page import BLURRED, LOW_RESOLUTION
from villagedesk.store.transaction import SqlTransaction
from villagedesk.store.vault import PageVault


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    """A window whose camera takes pictures of which nothing has to be asked."""
    opened = open_window(tmp_path / "data", pictures=sharp_papers())
    yield opened
    opened.desk.close()


def draft(window: Window) -> str:
    return window.desk.intake.start(SYSTEM_ITEM).case.case_id


def captured(window: Window, case_id: str, **how: Any) -> Proposal:
    return window.desk.scanning.capture(case_id, "id_card", **how)


def waiting(window: Window, case_id: str) -> tuple[Capture, ...]:
    return window.desk.intake.view(case_id).waiting


def journalled(window: Window, case_id: str) -> list[Capture]:
    return list(window.store.read(lambda snapshot: snapshot.captures(case_id)))


def settled(window: Window, case_id: str) -> Window:
    """After the desk was closed and opened, so that everything that was to go has gone."""
    again = window.reopened()
    assert not again.store.read(lambda snapshot: snapshot.ended_captures())
    del case_id
    return again


def test_a_photograph_is_on_disk_as_it_came_before_it_is_shown(window: Window) -> None:
    case_id = draft(window)
    proposal = captured(window, case_id)
    (capture,) = waiting(window, case_id)
    assert capture.capture_id == proposal.proposal_id
    assert window.vault.get(capture.capture_id, capture.sha256) == sharp_papers()[0]


def test_what_was_not_confirmed_is_asked_about_after_a_restart_as_it_was_turned(window: Window) -> None:
    case_id = draft(window)
    turned = window.desk.scanning.turn(captured(window, case_id).proposal_id, 1)
    again = window.reopened()
    try:
        view = again.desk.intake.view(case_id)
        (capture,) = view.waiting
        assert "intake.missing.unconfirmed" in {one.sentence.key for one in view.missing}
        small = again.desk.scanning.waiting_thumbnail(capture.capture_id, case_id, 100)
        assert small.startswith(b"\xff\xd8")
        proposal = again.desk.scanning.reopen(capture.capture_id, case_id)
        assert proposal.image == turned.image
        page = again.desk.scanning.keep(proposal.proposal_id)
        view = again.desk.intake.view(case_id)
        assert view.pages == (page,) and not view.waiting
        assert "intake.missing.unconfirmed" not in {one.sentence.key for one in view.missing}
    finally:
        again.desk.close()


def test_a_turn_that_could_not_be_noted_is_told_and_noted_with_the_next(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = draft(window)
    proposal_id = captured(window, case_id).proposal_id

    def full(*_: Any) -> None:
        raise EnvironmentProblem("store.disk_full")

    with monkeypatch.context() as patch:
        patch.setattr(SqlTransaction, "put_capture", full)
        told = window.desk.scanning.turn(proposal_id, 1)
        assert [warning.key for warning in told.warnings] == ["scanning.not_noted"]
    noted = window.desk.scanning.turn(proposal_id, 1)
    assert not noted.warnings and noted.image != told.image
    again = window.reopened()
    try:
        assert again.desk.scanning.reopen(proposal_id, case_id).image == noted.image
    finally:
        again.desk.close()


def test_where_no_paper_was_found_the_corners_are_asked_about_after_a_restart_too(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", pictures=(empty_table(3, megapixels=1.2),))
    case_id = draft(window)
    lost = captured(window, case_id, ask_where=True)
    again = window.reopened()
    try:
        asked = again.desk.scanning.reopen(lost.proposal_id, case_id)
        assert (asked.sure, asked.corners) == (False, lost.corners)
    finally:
        again.desk.close()


def test_a_page_taken_anew_that_was_not_confirmed_takes_its_place_after_a_restart_too(window: Window) -> None:
    case_id = draft(window)
    first, bad, last = (captured(window, case_id, keep_sure=True).kept for _ in range(3))
    assert first is not None and bad is not None and last is not None
    taken = captured(window, case_id, replaces=bad.page_id)
    again = window.reopened()
    try:
        anew = again.desk.scanning.keep(again.desk.scanning.reopen(taken.proposal_id, case_id).proposal_id)
        assert again.desk.intake.view(case_id).pages == (first, anew, last)
        again.desk.pages.undo(case_id)
        assert again.desk.intake.view(case_id).pages == (first, bad, last)
    finally:
        again.desk.close()


@pytest.mark.parametrize("moved", [False, True])
def test_where_the_page_it_was_to_replace_is_not_there_any_more_it_is_one_more(window: Window, moved: bool) -> None:
    case_id = draft(window)
    bad, other = (captured(window, case_id, keep_sure=True).kept for _ in range(2))
    assert bad is not None and other is not None
    taken = captured(window, case_id, replaces=bad.page_id)
    if moved:
        materials = window.desk.intake.view(case_id).item.materials
        other_paper = next(one.requirement_id for one in materials if one.requirement_id != "id_card")
        window.desk.pages.move(bad.page_id, case_id, other_paper)
    else:
        window.desk.pages.remove(bad.page_id, case_id)
    anew = window.desk.scanning.keep(window.desk.scanning.reopen(taken.proposal_id, case_id).proposal_id)
    pages = [page for page in window.desk.intake.view(case_id).pages if page.requirement_id == "id_card"]
    assert [page.page_id for page in pages] == [other.page_id, anew.page_id]
    assert [event.kind for event in window.store.read(lambda one: one.events(case_id))][-1] == "page_added"


def test_a_photograph_of_a_paper_the_item_asks_for_no_more_can_be_kept_under_another(window: Window) -> None:
    case_id = draft(window)
    taken = captured(window, case_id)
    view = window.desk.intake.change_item(case_id, PROXY_ITEM)
    assert [one.capture_id for one in view.waiting] == [taken.proposal_id]
    other = next(one.requirement_id for one in view.item.materials if one.requirement_id != "id_card")
    asked = window.desk.scanning.reopen(taken.proposal_id, case_id, other)
    page = window.desk.scanning.keep(asked.proposal_id)
    view = window.desk.intake.view(case_id)
    assert (page.requirement_id, view.pages, view.waiting) == (other, (page,), ())


def test_what_is_dropped_leaves_no_file(window: Window, tmp_path: Path) -> None:
    case_id = draft(window)
    window.desk.scanning.drop(captured(window, case_id).proposal_id)
    assert not waiting(window, case_id)
    old = captured(window, case_id)
    again = window.reopened()
    again.desk.scanning.drop_waiting(case_id, [old.proposal_id])
    with pytest.raises(InputProblem, match=r"scanning\.proposal_gone"):
        again.desk.scanning.reopen(old.proposal_id, case_id)
    last = settled(again, case_id)
    try:
        assert list(last.vault.stored()) == [] and not journalled(last, case_id)
    finally:
        last.desk.close()


def test_a_picture_without_a_paper_leaves_nothing(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", pictures=(empty_table(3, megapixels=1.2),))
    try:
        case_id = draft(window)
        with pytest.raises(InputProblem, match=r"imaging\.no_paper"):
            captured(window, case_id)
        assert not journalled(window, case_id)
        asked = window.desk.scanning.capture(case_id, "id_card", ask_where=True, keep_sure=True)
        assert asked.kept is None and not asked.sure and asked.corners == ((0, 0), (1, 0), (1, 1), (0, 1))
        assert [one.waits for one in journalled(window, case_id)] == [True]
        window.desk.scanning.drop(asked.proposal_id)
        file = tmp_path / "text.jpg"
        file.write_text("no picture")
        with pytest.raises(InputProblem):
            window.desk.scanning.import_file(case_id, "id_card", file)
        assert not journalled(window, case_id)
        again = window.reopened()
        assert [path for path in again.vault.folder.iterdir() if path.is_file()] == []
        again.desk.close()
    finally:
        window.desk.close()


def test_a_sure_page_is_kept_at_once_with_its_photograph(window: Window) -> None:
    case_id = draft(window)
    proposal = captured(window, case_id, keep_sure=True)
    assert proposal.kept is not None and window.desk.intake.view(case_id).pages == (proposal.kept,)
    assert window.desk.scanning.image(proposal.kept.page_id, case_id) == proposal.image
    (capture,) = journalled(window, case_id)
    assert not capture.waits and window.vault.verify(capture.capture_id, capture.sha256)
    assert [event.kind for event in window.store.read(lambda s: s.events(case_id))][-1] == "page_added"


def test_a_page_warned_of_is_asked_about_and_that_the_camera_sees_too_little_once_in_a_case(tmp_path: Path) -> None:
    far = photograph(2, KINDS[2], font=resources_folder() / "fonts" / "villagedesk-base.ttf", megapixels=4).jpeg
    window = open_window(tmp_path / "data", pictures=(far,))
    try:
        case_id = draft(window)
        asked = captured(window, case_id, keep_sure=True)
        assert [warning.key for warning in asked.warnings] == [LOW_RESOLUTION] and asked.kept is None
        assert len(waiting(window, case_id)) == 1 and not window.desk.intake.view(case_id).pages
        assert captured(window, case_id, keep_sure=True).kept is None  # nobody has answered yet
        window.desk.scanning.keep(asked.proposal_id)
        assert captured(window, case_id, keep_sure=True).kept is not None
        assert captured(window, draft(window), keep_sure=True).kept is None
    finally:
        window.desk.close()


def test_a_blurred_page_is_asked_about_each_time(tmp_path: Path) -> None:
    sharp = cv2.imdecode(np.frombuffer(sharp_papers()[0], np.uint8), cv2.IMREAD_COLOR)
    assert sharp is not None
    blurred = cv2.imencode(".jpg", cv2.GaussianBlur(sharp, (0, 0), 5))[1].tobytes()
    window = open_window(tmp_path / "data", pictures=(blurred,))
    try:
        case_id = draft(window)
        for _ in range(2):
            proposal = captured(window, case_id, keep_sure=True)
            assert BLURRED in {warning.key for warning in proposal.warnings} and proposal.kept is None
            window.desk.scanning.keep(proposal.proposal_id)
    finally:
        window.desk.close()


@pytest.mark.parametrize("keep_sure", [False, True])
@pytest.mark.parametrize(
    ("owner", "method"),
    [(PageVault, "prepare"), (PageVault, "publish"), (SqlTransaction, "put_capture")],
)
def test_a_full_disk_while_photographing_is_told_and_leaves_nothing(
    window: Window, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, keep_sure: bool
) -> None:
    case_id = draft(window)

    def full(*_: Any) -> None:
        raise EnvironmentProblem("store.disk_full")

    with monkeypatch.context() as patch:
        patch.setattr(owner, method, full)
        with pytest.raises(EnvironmentProblem, match=r"store\.disk_full"):
            captured(window, case_id, keep_sure=keep_sure)
    assert list(window.vault.stored()) == [] and not journalled(window, case_id)
    assert captured(window, case_id, keep_sure=keep_sure)


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ("make", MemoryError()),
        ("page file", EnvironmentProblem("store.disk_full")),
        ("row", EnvironmentProblem("store.disk_full")),
    ],
)
def test_a_photograph_of_which_no_page_could_be_made_or_saved_waits(
    window: Window, monkeypatch: pytest.MonkeyPatch, broken: str, error: Exception
) -> None:
    """The shutter was heard, and the paper may be gone from the table."""
    case_id = draft(window)
    prepare = PageVault.prepare

    def fails(*_: Any, **__: Any) -> None:
        raise error

    def full_for_pages(vault: PageVault, page_id: str, data: bytes) -> Prepared:
        if data[:4] == b"%PDF":
            raise error
        return prepare(vault, page_id, data)

    with monkeypatch.context() as patch:
        if broken == "make":
            patch.setattr("villagedesk.desk.proposals.make_page", fails)
        elif broken == "row":
            patch.setattr(SqlTransaction, "add_origin", fails)
        else:
            patch.setattr(PageVault, "prepare", full_for_pages)
        with pytest.raises(type(error)):
            captured(window, case_id, keep_sure=True)
    (capture,) = waiting(window, case_id)
    assert not window.desk.intake.view(case_id).pages
    assert len(list(window.vault.stored())) == 1
    assert window.vault.verify(capture.capture_id, capture.sha256)
    again = window.reopened()
    try:
        page = again.desk.scanning.keep(again.desk.scanning.reopen(capture.capture_id, case_id).proposal_id)
        assert again.desk.intake.view(case_id).pages == (page,)
    finally:
        again.desk.close()


def test_what_was_said_of_the_camera_says_nothing_of_a_file(tmp_path: Path) -> None:
    far = photograph(2, KINDS[2], font=resources_folder() / "fonts" / "villagedesk-base.ttf", megapixels=4).jpeg
    (tmp_path / "far.jpg").write_bytes(far)
    window = open_window(tmp_path / "data", pictures=(far,))
    try:
        case_id = draft(window)
        window.desk.scanning.keep(captured(window, case_id, keep_sure=True).proposal_id)
        (seen,) = window.desk.importing.look([tmp_path / "far.jpg"], silent).pages
        asked = window.desk.scanning.import_page(case_id, "id_card", seen, keep_sure=True)
        assert asked.kept is None
        assert LOW_RESOLUTION in {warning.key for warning in asked.warnings}
    finally:
        window.desk.close()


def test_photographs_of_kept_pages_go_when_the_papers_are_taken_in(window: Window) -> None:
    case_id = ready_draft(window)
    page = captured(window, case_id, keep_sure=True).kept
    assert page is not None and len(journalled(window, case_id)) == 1
    (capture,) = journalled(window, case_id)
    window.desk.intake.take_in(case_id)
    assert not journalled(window, case_id)
    again = settled(window, case_id)
    try:
        assert not again.vault.verify(capture.capture_id, capture.sha256)
        assert again.vault.verify(page.page_id, page.sha256)
    finally:
        again.desk.close()


def test_a_case_is_not_taken_in_over_a_photograph_that_waits(window: Window) -> None:
    case_id = ready_draft(window)
    proposal = captured(window, case_id)
    with pytest.raises(InputProblem, match=r"intake\.not_ready"):
        window.desk.intake.take_in(case_id)
    window.desk.scanning.drop(proposal.proposal_id)
    assert window.desk.intake.take_in(case_id).page_count


def test_a_discarded_draft_takes_its_photographs_along(window: Window) -> None:
    case_id = draft(window)
    captured(window, case_id)
    captured(window, case_id, keep_sure=True)
    window.desk.intake.discard(case_id)
    again = settled(window, case_id)
    try:
        assert list(again.vault.stored()) == []
    finally:
        again.desk.close()


def test_a_photograph_too_large_is_coded_anew_and_still_cut(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = draft(window)
    monkeypatch.setattr(capture_journal, "MOST_BYTES", 1000)
    proposal = captured(window, case_id, keep_sure=True)
    (capture,) = journalled(window, case_id)
    assert window.vault.get(capture.capture_id, capture.sha256) != sharp_papers()[0]
    assert proposal.kept is not None
    assert window.desk.pages.turn(proposal.kept.page_id, case_id, 1).width == proposal.kept.height


def test_a_kill_at_any_moment_loses_no_photograph_that_was_told_as_taken(tmp_path: Path) -> None:
    """Told through a pipe, which outlives the child: first the photograph, then its page, then one kept at once."""
    first = open_window(tmp_path / "data")
    case_id = draft(first)
    first.desk.close()
    seen: set[bytes] = set()
    at = 1
    while True:
        reading, writing = os.pipe()

        def work(writing: int = writing) -> None:
            window = open_window(tmp_path / "data", key=first.key, clock=first.clock)
            proposal = captured(window, case_id)
            os.write(writing, f"taken {proposal.proposal_id}\n".encode())
            page = window.desk.scanning.keep(proposal.proposal_id)
            os.write(writing, f"kept {page.page_id}\n".encode())
            kept = captured(window, case_id, keep_sure=True).kept
            assert kept is not None
            os.write(writing, f"kept {kept.page_id}\n".encode())

        cut = cut_off(work, at)
        os.close(writing)
        with os.fdopen(reading, "rb") as told:
            facts = [tuple(line.split()) for line in told.read().decode().splitlines()]
        seen.add(b"|".join(kind.encode() for kind, _ in facts))
        after = open_window(tmp_path / "data", key=first.key, clock=first.clock)
        try:
            pages = {page.page_id: page for page in after.desk.intake.view(case_id).pages}
            photographs = {one.capture_id: one for one in journalled(after, case_id)}
            for kind, name in facts:
                if kind == "kept":
                    assert after.vault.verify(name, pages[name].sha256)
                else:
                    assert after.vault.verify(name, photographs[name].sha256)
                    assert photographs[name].waits == (len(facts) == 1 or photographs[name].waits)
            named = after.store.read(lambda snapshot: _named(snapshot))
            assert all(after.vault.verify(*one) for one in named)
        finally:
            after.desk.close()
        if not cut:
            break
        at += 2  # every second change, so that the test is short; each of them is of one kind with its neighbour
    assert {b"", b"taken", b"taken|kept", b"taken|kept|kept"} <= seen


def _named(snapshot: Snapshot) -> frozenset[tuple[str, str]]:
    named: frozenset[tuple[str, str]] = snapshot.named_pages()  # type: ignore[attr-defined]
    return named


@pytest.mark.parametrize("keep_sure", [False, True])
def test_a_disk_that_gives_back_something_else_is_told_and_leaves_nothing(
    window: Window, monkeypatch: pytest.MonkeyPatch, keep_sure: bool
) -> None:
    case_id = draft(window)
    with monkeypatch.context() as patch:
        patch.setattr(PageVault, "verify", lambda *_: False)
        with pytest.raises(EnvironmentProblem, match=r"store\.write_failed"):
            captured(window, case_id, keep_sure=keep_sure)
    assert list(window.vault.stored()) == [] and not journalled(window, case_id)


def test_a_page_that_a_disk_gives_back_wrong_is_not_kept_and_can_be_tried_again(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = draft(window)
    proposal = captured(window, case_id)
    before = set(window.vault.stored())
    with monkeypatch.context() as patch:
        patch.setattr(PageVault, "verify", lambda *_: False)
        with pytest.raises(EnvironmentProblem, match=r"store\.write_failed"):
            window.desk.scanning.keep(proposal.proposal_id)
    assert set(window.vault.stored()) == before
    assert window.desk.scanning.keep(proposal.proposal_id)
