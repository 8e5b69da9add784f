"""How the reading of pages is joined to the step that takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from villagedesk.desk.reading_views import Offer, ReadField, Suggestion
from villagedesk.desk.views import DraftView
from villagedesk.domain.case import Page
from villagedesk.ui.buttons import on_key
from villagedesk.ui.intake.reading_note import LOOK_KEY, MOVE_KEY
from villagedesk.ui.screen import Surroundings

if TYPE_CHECKING:
    from villagedesk.ui.intake.materials import MaterialsStep


def read_beside(surroundings: Surroundings, step: MaterialsStep, opened: Callable[[], None]) -> None:
    """Read each page that is proposed; D shows what was read, or reads the chosen page; F puts the page where it seems
    to belong.

    Args:
        opened: something else of the step is open.
    """
    reading, taker, pages = step.reading, step.taker, step.pages
    wanted: list[Suggestion] = []
    """Where the page is to go that is being kept."""

    def turned() -> None:
        if taker.at_camera:
            reading.page_gone()
        else:
            wanted.clear()

    def look() -> None:
        page = pages.strip.current_page()
        if reading.has_read:
            reading.look()
        elif taker.at_camera and page is not None and not reading.is_open:
            reading.look_at([page])

    def move(suggestion: Suggestion) -> None:
        if taker.has_page and not taker.busy:
            wanted[:] = [suggestion]
            taker.enter()  # it is kept, and then moved
        else:
            step.hands.when_free(lambda: put_kept(suggestion))

    def put_kept(suggestion: Suggestion) -> None:
        if reading.kept is not None:
            put(reading.kept, suggestion)

    def put(page: Page, suggestion: Suggestion) -> None:
        book, intake = surroundings.desk.pages, surroundings.desk.intake
        reading.page_gone()

        def work() -> DraftView:
            book.move(page.page_id, page.case_id, suggestion.requirement_id)
            return intake.view(page.case_id)

        surroundings.background.run(step, work, told)

    def was_kept(page: Page) -> None:
        if wanted:
            put(page, wanted.pop())

    def told(draft: DraftView) -> None:
        step.worked.emit()
        step.draft_changed.emit(draft)

    def accept(offer: Offer, fields: frozenset[ReadField]) -> None:
        recognition, case_id = surroundings.desk.recognition, reading.case_id

        def done(draft: DraftView) -> None:
            reading.close()
            told(draft)

        surroundings.background.run(step, lambda: recognition.accept(case_id, offer, fields), done)

    taker.proposed.connect(reading.begin)
    taker.opened.connect(turned)
    reading.was_kept.connect(was_kept)

    def panel_turned() -> None:
        taker.set_asleep(reading.is_open)
        opened()
        back_to = step.first_focus()
        if not reading.is_open and back_to is not None:
            back_to.setFocus()

    reading.opened.connect(panel_turned)
    reading.move_wanted.connect(move)
    reading.accept_wanted.connect(accept)
    on_key(step, LOOK_KEY, look)
    on_key(step, MOVE_KEY, reading.move)
