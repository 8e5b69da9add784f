"""How the reading of pages is joined to the step that takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from villagedesk.desk.reading_views import Offer, Suggestion
from villagedesk.desk.views import DraftView
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

    def move(suggestion: Suggestion) -> None:
        if taker.has_page and not taker.busy:
            step.focus_requirement(suggestion.requirement_id)
            taker.place(suggestion.requirement_id)

    def accept(offer: Offer, fields: frozenset[ReadField]) -> None:
        recognition, case_id = surroundings.desk.recognition, reading.case_id

        def done(draft: DraftView) -> None:
            reading.close()
            step.worked.emit()
            step.draft_changed.emit(draft)

        surroundings.background.run(step, lambda: recognition.accept(case_id, offer, fields), done)

    taker.proposed.connect(reading.begin)
    taker.opened.connect(turned)
    taker.kept.connect(lambda _: reading.page_kept())
    reading.opened.connect(lambda: taker.set_asleep(reading.is_open))
    reading.opened.connect(opened)
    reading.move_wanted.connect(move)
    reading.accept_wanted.connect(accept)
    on_key(step, LOOK_KEY, look)
    on_key(step, MOVE_KEY, reading.move)
