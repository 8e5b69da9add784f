"""On a card's sheet the front is above, in whatever order the two sides were photographed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.counter import Window, open_window
from tests.desk.drawn_papers import card_side
from tests.desk.test_kept_pages import draft, kept, pages
from tests.imaging.read_pages import CARD, Front, ScriptedReader, back_lines, page_of
from villagedesk.domain.case import Page
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.imaging.recognising.page_text import PageText

FRONT, BACK = page_of(Front().lines(), CARD), page_of(back_lines("2016.05.20-2036.05.20"), CARD)
NOTHING = page_of([], CARD)
PICTURES = {"front": card_side("FRONT"), "back": card_side("BACK SIDE")}


@pytest.fixture
def reader() -> ScriptedReader:
    return ScriptedReader()


@pytest.fixture
def opened() -> Iterator[list[Window]]:
    windows: list[Window] = []
    yield windows
    for window in windows:
        window.desk.close()


def sheet_of(
    opened: list[Window], folder: Path, reader: ScriptedReader, *sides: tuple[str, PageText]
) -> tuple[bytes, Window, list[Page]]:
    """The sheet joined of two pages taken in this order, each read as its text; and the pages before."""
    window = open_window(folder, pictures=[PICTURES[name] for name, _ in sides], page_reader=reader)
    opened.append(window)
    case_id = draft(window)
    taken = []
    for _, text in sides:
        taken.append(kept(window, case_id))
        reader.page = text
        window.desk.recognition.read_page(taken[-1].page_id, case_id)
    sheet = window.desk.cards.join(taken[-1].page_id, case_id)
    assert pages(window, case_id) == (sheet,)
    return window.vault.get(sheet.page_id, sheet.sha256), window, taken


@pytest.mark.parametrize("unread", [(), ("front",), ("back",)])
def test_the_front_is_above_also_where_the_back_was_photographed_first(
    opened: list[Window], tmp_path: Path, reader: ScriptedReader, unread: tuple[str, ...]
) -> None:
    read = {name: NOTHING if name in unread else text for name, text in (("front", FRONT), ("back", BACK))}
    usual, _, _ = sheet_of(opened, tmp_path / "usual", reader, ("front", FRONT), ("back", BACK))
    other, window, taken = sheet_of(
        opened, tmp_path / "other", reader, ("back", read["back"]), ("front", read["front"])
    )
    assert other == usual
    case_id = taken[0].case_id
    window.desk.pages.undo(case_id)
    assert pages(window, case_id) == tuple(taken)


def test_where_nothing_is_read_the_first_page_is_above(
    opened: list[Window], tmp_path: Path, reader: ScriptedReader
) -> None:
    usual, _, _ = sheet_of(opened, tmp_path / "usual", reader, ("front", FRONT), ("back", BACK))
    unread, _, _ = sheet_of(opened, tmp_path / "unread", reader, ("back", NOTHING), ("front", NOTHING))
    assert unread != usual
    in_order, _, _ = sheet_of(opened, tmp_path / "in order", reader, ("front", NOTHING), ("back", NOTHING))
    assert in_order == usual


@pytest.mark.parametrize(("text", "said"), [(FRONT, "two_fronts"), (BACK, "two_backs")])
def test_two_peoples_fronts_are_no_cards_two_sides(
    opened: list[Window], tmp_path: Path, reader: ScriptedReader, text: PageText, said: str
) -> None:
    with pytest.raises(InputProblem, match=rf"scanning\.{said}"):
        sheet_of(opened, tmp_path, reader, ("front", text), ("back", text))
    (window,) = opened
    assert len(pages(window, window.desk.cases.find("")[0].line.case_id)) == 2, "both are there as before"


def test_a_reader_that_breaks_hinders_no_sheet(opened: list[Window], tmp_path: Path, reader: ScriptedReader) -> None:
    window = open_window(tmp_path, pictures=[*PICTURES.values()], page_reader=reader)
    opened.append(window)
    case_id = draft(window)
    front, _ = kept(window, case_id), kept(window, case_id)
    reader.problem = EnvironmentProblem("reading.broke")
    sheet = window.desk.cards.join(front.page_id, case_id)
    assert pages(window, case_id) == (sheet,)
