"""What is suggested of kept pages, and nothing is done by itself: empty ones, repeats, a card's two sides; modes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.counter import SYSTEM_ITEM, Window, open_window, ready_draft, sharp_papers
from tests.desk.drawn_papers import card_side, empty_sheet
from tests.desk.test_kept_pages import draft, kept, order, pages
from villagedesk.desk.page_views import CARDS
from villagedesk.domain.problems import InputProblem

BLANK, REPEAT = "scanning.hint.blank", "scanning.hint.repeat"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[list[Window]]:
    """Windows to be closed after the test."""
    windows: list[Window] = []
    yield windows
    for window in windows:
        window.desk.close()


def with_pictures(opened: list[Window], tmp_path: Path, *pictures: bytes) -> Window:
    opened.append(open_window(tmp_path / "data", pictures=pictures))
    return opened[-1]


def told(window: Window, case_id: str) -> dict[str, str]:
    return {page_id: hint.key for page_id, hint in window.desk.pages.hints(case_id).items()}


def test_an_empty_page_and_a_repeat_are_told_and_stay(opened: list[Window], tmp_path: Path) -> None:
    first, second = sharp_papers()
    window = with_pictures(opened, tmp_path, first, empty_sheet(), second, first)
    case_id = draft(window)
    a = kept(window, case_id)
    blank, other = kept(window, case_id), kept(window, case_id)
    window.clock.forward(1)
    again = kept(window, case_id, "household_register")
    expected = {blank.page_id: BLANK, again.page_id: REPEAT}
    assert told(window, case_id) == expected
    hint = window.desk.pages.hints(case_id)[again.page_id]
    name = next(one.name for one in window.desk.items.get(SYSTEM_ITEM).materials if one.requirement_id == "id_card")
    assert hint.params == {"material": name, "number": a.order}
    assert len(pages(window, case_id)) == 4
    later = window.reopened()
    opened.append(later)
    assert told(later, case_id) == expected  # looked at once more
    later.desk.pages.remove(a.page_id, case_id)
    assert told(later, case_id) == {blank.page_id: BLANK}
    assert other.page_id in order(later, case_id)


def test_the_mode_is_chosen_by_content_and_changed_by_hand(opened: list[Window], tmp_path: Path) -> None:
    window = with_pictures(opened, tmp_path, *sharp_papers())
    case_id = draft(window)
    proposal = window.desk.scanning.capture(case_id, "id_card")
    assert proposal.mode == "colour"  # a red seal
    seen = [proposal]
    for mode in ("grey", "photo", "colour"):
        seen.append(window.desk.scanning.recolour(proposal.proposal_id))
        assert seen[-1].mode == mode
    assert seen[-1].image == proposal.image and len({one.image for one in seen}) == 3
    assert window.desk.scanning.turn(window.desk.scanning.recolour(proposal.proposal_id).proposal_id, 1).mode == "grey"
    page = window.desk.scanning.keep(proposal.proposal_id)
    image = window.desk.scanning.image(page.page_id, case_id)
    for _ in range(3):
        page = window.desk.pages.recolour(page.page_id, case_id)
    assert window.desk.scanning.image(page.page_id, case_id) == image
    assert window.desk.pages.undo(case_id).kind == "page_recoloured"


def test_a_cards_two_sides_are_set_on_one_sheet_and_taken_apart_again(opened: list[Window], tmp_path: Path) -> None:
    window = with_pictures(opened, tmp_path, card_side("FRONT"), card_side("BACK SIDE"))
    case_id = draft(window)
    front = kept(window, case_id)
    assert told(window, case_id) == {}
    with pytest.raises(InputProblem, match=r"scanning\.no_cards"):
        window.desk.cards.join(front.page_id, case_id)
    back = kept(window, case_id)
    assert told(window, case_id) == {front.page_id: CARDS, back.page_id: CARDS}
    sheet = window.desk.cards.join(back.page_id, case_id)
    assert pages(window, case_id) == (sheet,)
    inches = (sheet.width / sheet.dpi, sheet.height / sheet.dpi)
    assert inches == pytest.approx((210 / 25.4, 297 / 25.4), abs=0.01)
    with pytest.raises(InputProblem, match=r"scanning\.joined"):
        window.desk.pages.turn(sheet.page_id, case_id, 1)
    later = window.reopened()
    opened.append(later)
    photographs = later.store.read(lambda snapshot: snapshot.captures(case_id))
    assert len(photographs) == 2 and all(later.vault.verify(one.capture_id, one.sha256) for one in photographs)
    with pytest.raises(InputProblem, match=r"scanning\.nothing_to_undo"):
        later.desk.pages.undo(case_id)


def test_an_agents_card_is_joined_behind_the_letter_and_a_couples_two_cards_each_by_itself(
    opened: list[Window], tmp_path: Path
) -> None:
    """The letter and the two sides are one material; so are the cards of husband and wife."""
    letter, *sides = sharp_papers()[0], *(card_side(words) for words in ("FRONT", "BACK SIDE", "HERS", "HER BACK"))
    window = with_pictures(opened, tmp_path, letter, *sides)
    case_id = draft(window)
    paper, front, back = (kept(window, case_id) for _ in range(3))
    assert told(window, case_id) == {front.page_id: CARDS, back.page_id: CARDS}
    hers = [kept(window, case_id) for _ in range(2)]
    assert told(window, case_id) == {page.page_id: CARDS for page in (front, back, *hers)}
    with pytest.raises(InputProblem, match=r"scanning\.no_cards"):
        window.desk.cards.join(paper.page_id, case_id)
    her_sheet = window.desk.cards.join(hers[1].page_id, case_id)
    sheet = window.desk.cards.join(front.page_id, case_id)
    assert order(window, case_id) == [paper.page_id, sheet.page_id, her_sheet.page_id]
    assert told(window, case_id) == {}


def test_joining_is_undone(opened: list[Window], tmp_path: Path) -> None:
    window = with_pictures(opened, tmp_path, card_side("FRONT"), card_side("BACK SIDE"))
    case_id = draft(window)
    front, back = kept(window, case_id), kept(window, case_id)
    window.desk.cards.join(front.page_id, case_id)
    assert window.desk.pages.undo(case_id).kind == "cards_joined"
    assert pages(window, case_id) == (front, back)
    turned = window.desk.pages.turn(front.page_id, case_id, 1)  # their photographs are there
    assert turned.width == front.height


def test_the_photographs_of_a_joined_page_go_when_the_papers_are_taken_in(opened: list[Window], tmp_path: Path) -> None:
    window = with_pictures(opened, tmp_path, card_side("FRONT"), card_side("BACK SIDE"))
    case_id = ready_draft(window)
    for page in pages(window, case_id):
        if page.requirement_id == "commitment":
            window.desk.pages.remove(page.page_id, case_id)
    front, _ = kept(window, case_id, "commitment"), kept(window, case_id, "commitment")
    sheet = window.desk.cards.join(front.page_id, case_id)
    window.desk.intake.take_in(case_id)
    assert not window.store.read(lambda snapshot: snapshot.captures(case_id))
    assert sheet.page_id in {page.page_id for page in window.desk.cases.case(case_id).pages}
