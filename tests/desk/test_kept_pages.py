"""Acts on kept pages: order, material, turning, cutting anew, retaking, and each of them taken back."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.desk.counter import SYSTEM_ITEM, Window, open_window, ready_draft, sharp_papers, taken_in
from tests.desk.test_scanning import shape
from villagedesk.domain.case import Page
from villagedesk.domain.problems import InputProblem


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    """A window whose camera takes pictures of which nothing has to be asked."""
    opened = open_window(tmp_path / "data", pictures=sharp_papers())
    yield opened
    opened.desk.close()


def draft(window: Window) -> str:
    return window.desk.intake.start(SYSTEM_ITEM).case.case_id


def kept(window: Window, case_id: str, requirement_id: str = "id_card") -> Page:
    page = window.desk.scanning.capture(case_id, requirement_id, keep_sure=True).kept
    assert page is not None
    return page


def pages(window: Window, case_id: str) -> tuple[Page, ...]:
    return window.desk.intake.view(case_id).pages


def order(window: Window, case_id: str, requirement_id: str = "id_card") -> list[str]:
    found = [page for page in pages(window, case_id) if page.requirement_id == requirement_id]
    assert [page.order for page in found] == list(range(1, len(found) + 1))
    return [page.page_id for page in found]


def kinds(window: Window, case_id: str) -> Sequence[str]:
    return [event.kind for event in window.store.read(lambda snapshot: snapshot.events(case_id))]


def test_a_page_goes_further_on_and_stops_at_the_ends(window: Window) -> None:
    case_id = draft(window)
    a, b, c = (kept(window, case_id).page_id for _ in range(3))
    assert window.desk.pages.shift(a, case_id, 1).order == 2
    assert order(window, case_id) == [b, a, c]
    assert window.desk.pages.shift(c, case_id, -9).order == 1
    assert order(window, case_id) == [c, b, a]
    assert window.desk.pages.shift(a, case_id, 5).order == 3
    assert "page_shifted" in kinds(window, case_id)


def test_an_act_while_another_is_taken_back_waits_for_it(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = draft(window)
    a, b, c = (kept(window, case_id).page_id for _ in range(3))
    window.desk.pages.remove(a, case_id)
    real, acting = window.vault.verify, []  # type: ignore[var-annotated]

    def verify(page_id: str, sha256: str) -> bool:
        if not acting:  # the file of the page that comes back is read: meanwhile the order is changed
            acting.append(threading.Thread(target=lambda: window.desk.pages.shift(c, case_id, -1)))
            acting[0].start()
            acting[0].join(0.5)  # time enough where nothing holds it back
        return real(page_id, sha256)

    monkeypatch.setattr(window.vault, "verify", verify)
    assert window.desk.pages.undo(case_id).page.page_id == a
    acting[0].join()
    assert order(window, case_id) == [a, c, b]
    window.desk.pages.undo(case_id)
    assert order(window, case_id) == [a, b, c]


def test_a_page_moves_behind_those_of_another_material(window: Window) -> None:
    case_id = draft(window)
    a, b = kept(window, case_id).page_id, kept(window, case_id).page_id
    other = kept(window, case_id, "household_register").page_id
    moved = window.desk.pages.move(a, case_id, "household_register")
    assert (moved.requirement_id, moved.order) == ("household_register", 2)
    assert order(window, case_id) == [b]
    assert order(window, case_id, "household_register") == [other, a]
    with pytest.raises(InputProblem, match=r"intake\.requirement_gone"):
        window.desk.pages.move(a, case_id, "marriage_certificate")


def test_a_page_is_turned_from_its_photograph_and_back_again_without_loss(window: Window) -> None:
    case_id = draft(window)
    first, second = kept(window, case_id), kept(window, case_id)
    image = window.desk.scanning.image(first.page_id, case_id)
    turned = window.desk.pages.turn(first.page_id, case_id, 1)
    assert (turned.width, turned.height, turned.order) == (first.height, first.width, 1)
    assert order(window, case_id) == [turned.page_id, second.page_id]
    height, width = shape(window.desk.scanning.image(turned.page_id, case_id))
    assert abs(height / width - turned.height / turned.width) < 0.002  # drawn at another resolution
    back = window.desk.pages.turn(turned.page_id, case_id, -1)
    assert window.desk.scanning.image(back.page_id, case_id) == image


def test_a_kept_page_is_cut_out_anew_also_after_a_restart(window: Window) -> None:
    case_id = draft(window)
    page = kept(window, case_id)
    again = window.reopened()
    try:
        outlined = again.desk.pages.outlined(page.page_id, case_id)
        assert outlined.photograph.startswith(b"\xff\xd8")
        a, b, c, d = (((x + 0.5) / 2, (y + 0.5) / 2) for x, y in outlined.corners)
        cut = again.desk.pages.crop(page.page_id, case_id, (a, b, c, d))
        assert pages(again, case_id) == (cut,) and cut.page_id != page.page_id
        found = again.desk.pages.outlined(cut.page_id, case_id).corners
        assert np.allclose(found, (a, b, c, d), atol=1e-6)
        with pytest.raises(InputProblem, match=r"imaging\.bad_corners"):
            again.desk.pages.crop(cut.page_id, case_id, (a, a, a, a))
        assert pages(again, case_id) == (cut,)
    finally:
        again.desk.close()


def test_a_retaken_page_takes_place_and_order(window: Window) -> None:
    case_id = draft(window)
    a, b, c = (kept(window, case_id).page_id for _ in range(3))
    again = window.desk.scanning.capture(case_id, "id_card", keep_sure=True, replaces=b).kept
    assert again is not None and order(window, case_id) == [a, again.page_id, c]
    asked = window.desk.scanning.capture(case_id, "id_card", replaces=c)
    assert asked.replaces == c
    last = window.desk.scanning.keep(asked.proposal_id)
    assert order(window, case_id) == [a, again.page_id, last.page_id]
    for _ in range(2):
        window.desk.pages.undo(case_id)
    assert order(window, case_id) == [a, b, c]
    assert kinds(window, case_id).count("page_retaken") == 2


def test_a_page_retaken_that_is_gone_meanwhile_becomes_one_more(window: Window) -> None:
    case_id = draft(window)
    a, b = kept(window, case_id).page_id, kept(window, case_id).page_id
    proposal = window.desk.scanning.capture(case_id, "id_card", replaces=a)
    window.desk.pages.remove(a, case_id)
    assert order(window, case_id) == [b]
    new = window.desk.scanning.keep(proposal.proposal_id)
    assert order(window, case_id) == [b, new.page_id]


def test_every_act_is_taken_back_step_by_step(window: Window) -> None:
    case_id = draft(window)
    states = [pages(window, case_id)]
    room = window.desk.pages
    a = kept(window, case_id)
    states.append(pages(window, case_id))
    b = kept(window, case_id)
    states.append(pages(window, case_id))
    for act in (
        lambda: room.shift(a.page_id, case_id, 1),
        lambda: room.turn(b.page_id, case_id, 2),
        lambda: room.move(a.page_id, case_id, "household_register"),
        lambda: room.remove(a.page_id, case_id),
    ):
        act()
        states.append(pages(window, case_id))
    assert len({*states}) == len(states)
    for kind in ("page_removed", "page_moved", "page_turned", "page_shifted", "page_added", "page_added"):
        states.pop()
        last = room.last_act(case_id)
        assert last is not None and last.kind == kind
        assert room.undo(case_id).kind == kind
        assert pages(window, case_id) == states[-1]
    assert room.last_act(case_id) is None
    with pytest.raises(InputProblem, match=r"scanning\.nothing_to_undo"):
        room.undo(case_id)
    assert kinds(window, case_id)[-6:] == ["page_restored", *["page_undone"] * 5]


def test_what_was_changed_by_another_way_since_is_not_undone_over_it(window: Window) -> None:
    case_id = draft(window)
    a = kept(window, case_id)
    window.desk.pages.shift(a.page_id, case_id, 0)
    elsewhere = replace(a, requirement_id="household_register")
    window.store.write(lambda transaction: transaction.replace_pages(case_id, [elsewhere])).result()
    with pytest.raises(InputProblem, match=r"scanning\.cannot_undo"):
        window.desk.pages.undo(case_id)
    assert order(window, case_id, "household_register") == [a.page_id]
    assert window.desk.pages.last_act(case_id) is None


def test_an_undo_of_one_case_leaves_another_alone(window: Window) -> None:
    one, other = draft(window), draft(window)
    kept(window, one)
    page = kept(window, other)
    window.desk.pages.undo(one)
    assert pages(window, one) == () and pages(window, other) == (page,)


def test_pages_of_a_case_taken_in_are_changed_by_none_of_these(window: Window) -> None:
    case_id = taken_in(window)
    page = window.desk.cases.case(case_id).pages[0]
    room = window.desk.pages
    for act in (
        lambda: room.shift(page.page_id, case_id, 1),
        lambda: room.move(page.page_id, case_id, "household_register"),
        lambda: room.remove(page.page_id, case_id),
    ):
        with pytest.raises(InputProblem, match=r"intake\.not_a_draft"):
            act()
    with pytest.raises(InputProblem, match=r"scanning\.no_photograph"):
        room.turn(page.page_id, case_id, 1)
    with pytest.raises(InputProblem, match=r"scanning\.no_photograph"):
        room.outlined(page.page_id, case_id)
    assert window.desk.cases.case(case_id).pages[0] == page


def test_what_was_kept_before_the_papers_were_taken_in_is_not_taken_back_after(window: Window) -> None:
    case_id = ready_draft(window)
    page = kept(window, case_id)
    window.desk.intake.take_in(case_id)
    with pytest.raises(InputProblem, match=r"intake\.not_a_draft"):
        window.desk.pages.undo(case_id)
    assert page in window.desk.cases.case(case_id).pages


def test_only_what_is_in_use_lies_in_the_vault_after_the_session(window: Window) -> None:
    case_id = draft(window)
    a, b = kept(window, case_id), kept(window, case_id)
    turned = window.desk.pages.turn(a.page_id, case_id, 1)
    window.desk.pages.remove(b.page_id, case_id)
    window.desk.pages.undo(case_id)
    window.desk.pages.remove(b.page_id, case_id)
    again = window.reopened()
    try:
        last = again.reopened()
        (capture,) = last.store.read(lambda snapshot: snapshot.captures(case_id))
        names = {last.vault.name_of(turned.page_id, turned.sha256)}
        names.add(last.vault.name_of(capture.capture_id, capture.sha256))
        assert {*last.vault.stored()} == names
    finally:
        last.desk.close()


def test_a_page_the_clerk_had_turned_stays_as_she_has_it_when_it_is_cut_anew(window: Window) -> None:
    """Its text says otherwise, for it was upright before."""
    case_id = draft(window)
    turned = window.desk.pages.turn(kept(window, case_id).page_id, case_id, 1)
    corners = window.desk.pages.outlined(turned.page_id, case_id).corners
    cut = window.desk.pages.crop(turned.page_id, case_id, corners)
    assert cut.width < cut.height and turned.width < turned.height
    assert np.allclose(window.desk.pages.outlined(cut.page_id, case_id).corners, corners, atol=1e-6)
    back = window.desk.pages.turn(cut.page_id, case_id, -1)
    assert back.width > back.height


def test_the_same_act_done_twice_is_taken_back_twice(window: Window) -> None:
    case_id = draft(window)
    page = kept(window, case_id).page_id
    places = ["household_register", "id_card", "household_register"]
    for requirement_id in places:
        window.desk.pages.move(page, case_id, requirement_id)
    for requirement_id in ("id_card", "household_register", "id_card"):
        window.desk.pages.undo(case_id)
        assert order(window, case_id, requirement_id) == [page]
