"""What the page of moved items shows: which items moved, which carried cases are open still, and what each lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from villagedesk.desk.door_views import Sentence
from villagedesk.desk.move_matching import Match
from villagedesk.domain.mode_move import Way
from villagedesk.domain.service_item import HandlingMode


@dataclass(frozen=True)
class MovedItem:
    """An item that is taken in by the acceptance system now, with carried cases open, or whose mode changed today.

    Args:
        on: the first day; None where the county changed it with its catalogue.
        mode: in force.
        can_be_undone: this is its first day.
        open: carried cases of it that nothing was decided of.
    """

    code: str
    name: str
    mode: HandlingMode
    on: date | None
    can_be_undone: bool
    open: int


@dataclass(frozen=True)
class MoveCase:
    """A carried case of such an item.

    Args:
        standing: where it stands, in words; ``papers`` where its papers are.
        missing: what the acceptance system wants besides, each a sentence; nothing of it is sent before.
        match: what is known of it there.
        ways: what can become of it; ``proposed`` is ticked at first, None where the clerk must look herself.
        stays: it was decided that it is carried to its end.
        can_be_mended: it can be opened for what is missing.
    """

    case_id: str
    local_no: str
    applicant_name: str
    item_name: str
    received_at: datetime | None
    standing: Sentence
    papers: Sentence
    township_no: str
    missing: tuple[Sentence, ...]
    match: Match | None
    ways: tuple[Way, ...]
    proposed: Way | None
    stays: bool = False
    can_be_mended: bool = False


@dataclass(frozen=True)
class MoveView:
    """The page.

    Args:
        cases: that nothing was decided of first, the longest waiting first.
        more: how many were not read.
        compared_at: when the acceptance system last told what it holds of the station; None before it did.
        asks: whether there is an acceptance system to ask.
    """

    items: tuple[MovedItem, ...] = ()
    cases: tuple[MoveCase, ...] = ()
    more: int = 0
    compared_at: datetime | None = None
    asks: bool = True

    @property
    def open(self) -> int:
        """Of how many nothing was decided."""
        return sum(item.open for item in self.items)


@dataclass(frozen=True)
class Decision:
    """What the clerk decided of a case.

    Args:
        number: of the acceptance system, as typed; "" for the one that was proposed.
        is_another: she looked: what the acceptance system or the township has is another matter.
        looked_again: she looked at the number again.
    """

    case_id: str
    way: Way
    number: str = ""
    is_another: bool = False
    looked_again: bool = False


@dataclass(frozen=True)
class Refusal:
    """A case that was not done, and why; nothing of it was changed."""

    case_id: str
    name: str
    why: Sentence
    field: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of several decisions.

    Args:
        stopped: the clerk stopped it; the rest was not begun.
    """

    entered: int = 0
    bound: int = 0
    stays: int = 0
    refused: tuple[Refusal, ...] = ()
    stopped: bool = False


@dataclass(frozen=True)
class Undone:
    """What came of taking a move back.

    Args:
        back: how many cases are carried again.
        left: applicant and local number of those that went, or went on, before; they stay as they are.
    """

    back: int
    left: tuple[str, ...]
