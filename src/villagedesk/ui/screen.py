"""What all screens of the frame have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from villagedesk.domain.roles import Right
from villagedesk.ui.background import Background
from villagedesk.ui.icons import Icons
from villagedesk.ui.scroll_area import ScrollArea
from villagedesk.ui.sentences import Words

if TYPE_CHECKING:
    from villagedesk.desk.desk import Desk


@dataclass(frozen=True)
class Surroundings:
    """What a screen is given to work with.

    Args:
        preview_ms: how often the camera's small picture is asked for, in milliseconds.
        help: folder of the longer help pages, Markdown.
        shutter_sound: plays the sound of a photograph taken, or nothing where there is no sound.
    """

    desk: Desk
    words: Words
    background: Background
    icons: Icons
    preview_ms: int
    help: Path
    shutter_sound: Callable[[], None]

    def may(self, right: Right) -> bool:
        """Whether who is signed in may do it; what a role may not do is not on its screens."""
        return self.desk.acting.may(right)


class Screen(QWidget):
    """One screen of the frame.

    Signals:
        case_wanted(str): show the case with that id (a draft opens at its step).
        new_wanted(): begin a new case.
        item_wanted(str): begin a new case of the item with that code.
        guided_wanted(str): note help given with an online application for that item.
        today_wanted(): go to the first screen.
        back_wanted(): go back to where the clerk came from.
        sending_wanted(): go to link and queue.
        link_wanted(): go to the link, layer by layer.
        bridge_wanted(): go to what is to be entered by hand.
        proxy_wanted(): go to what is carried to the township.
        moves_wanted(): go to carried cases whose item moved to the acceptance system.
        rate_wanted(str, str, Stage): turn the screen to the villager, to say how it was: case, item's name, stage.
        call_backs_wanted(str): go to whom to call back, with the call of that case chosen; "" for none.
        settings_wanted(str): show that page of the settings, by its name in ``ui/settings/pages.py``.
        sign_out_wanted(): put the desk away and ask who comes next.
        worked(): an act succeeded, so an older problem no longer matters.
    """

    case_wanted = Signal(str)
    new_wanted = Signal()
    item_wanted = Signal(str)
    guided_wanted = Signal(str)
    today_wanted = Signal()
    back_wanted = Signal()
    sending_wanted = Signal()
    link_wanted = Signal()
    bridge_wanted = Signal()
    proxy_wanted = Signal()
    moves_wanted = Signal()
    rate_wanted = Signal(str, str, object)
    call_backs_wanted = Signal(str)
    settings_wanted = Signal(str)
    sign_out_wanted = Signal()
    worked = Signal()

    help_key = "ui.help.today"
    remembers_where_from = False
    """Whether the way back from it leads where the clerk came from, also when it is reached from everywhere."""
    nav = ""
    """Object name of the navigation button this screen belongs to."""
    full_window = False
    """Whether it is turned to the villager: nothing of the desk is to be seen beside it."""
    new_is_primary = False
    """Whether 新办件 is this screen's one primary button."""

    def title(self) -> str:
        """What the top line calls it."""
        return ""

    def refresh(self, topics: frozenset[str]) -> None:
        """Something of these topics changed (see ``desk/news.py``); an empty set means: read all."""

    def first_focus(self) -> QWidget:
        """Where the cursor goes when the screen comes up."""
        return self

    def begin(self) -> None:
        """The clerk comes here anew: what an earlier visit left on the screen goes."""

    def hurried(self) -> None:
        """A key came so soon after another that both may be a scanner's: a digit just pressed opens nothing."""

    def take_number(self, scanned: str) -> bool:  # noqa: ARG002 - for those that override it
        """A number was scanned that is none of ours for certain: whether the screen waited for one and has taken it."""
        return False

    def take_own_number(self, scanned: str) -> bool:  # noqa: ARG002 - for those that override it
        """A number of ours was scanned: whether the screen waited for it; else it leads to its case or batch."""
        return False

    def leave(self) -> None:
        """The clerk goes elsewhere: save what was typed."""


def scrolled(content: QWidget, parent: QWidget | None = None) -> ScrollArea:
    """The content in an area that scrolls when the window is too low."""
    return ScrollArea(content, parent)
