"""How the reading of pages is joined to the step that takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from villagedesk.desk.reading_views import Offer, Suggestion
from villagedesk.desk.views import DraftView
from villagedesk.domain.case import Page
from villagedesk.imaging.fields.values import ReadField
from villagedesk.ui.buttons import on_key
from villagedesk.ui.intake.reading_note import LOOK_KEY, MOVE_KEY
from villagedesk.ui.screen import Surroundings

if TYPE_CHECKING:
    from villagedesk.ui.intake.materials import MaterialsStep


def read_beside(surroundings: Surroundings, step: MaterialsStep, opened: Callable[[], None]) -> None:
    """Read each page that is proposed; D shows what was read, or reads the chosen page; G puts the page where it seems
    to belong.

    Args:
        opened: something else of the step is open.
    """
    reading, taker, pages = step.reading, step.taker, step.pages

    def turned() -> None:
        if taker.at_camera:
            reading.page_gone()

    def look() -> None:
        page = pages.strip.current_page()
        if reading.has_read:
            reading.look()
        elif taker.at_camera and page is not None and not reading.is_open:
            reading.look_at([page])

    kept: list[Page] = []

    def move(suggestion: Suggestion) -> None:
        if taker.has_page and not taker.busy:
            step.focus_requirement(suggestion.requirement_id)
            taker.place(suggestion.requirement_id)
        elif kept and not taker.has_page:
            page, intake = kept.pop(), surroundings.desk.intake
            reading.page_gone()
            step.focus_requirement(suggestion.requirement_id)
            surroundings.background.run(
                step, lambda: intake.move_page(page.case_id, page.page_id, suggestion.requirement_id), told
            )

    def was_kept(draft: object) -> None:
        """The newest of the draft's pages is the one that was just kept."""
        kept.clear()
        if isinstance(draft, DraftView) and draft.pages:
            kept.append(max(draft.pages, key=lambda page: page.captured_at))
        reading.page_kept()

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
    taker.kept.connect(was_kept)

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
