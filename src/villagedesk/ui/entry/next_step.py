"""What a clerk who cannot get in can do next: the problem with its button."""

from __future__ import annotations

from collections.abc import Callable

from villagedesk.domain.problems import Problem
from villagedesk.ui.notice import Notice
from villagedesk.ui.sentences import Words

_RESTORE = frozenset({"store.slots_lost", "store.unreadable", "entry.station_lost"})
_RECOVERY_KEY = frozenset({"store.slots_older"})


def tell_with_step(
    notice: Notice,
    problem: Problem,
    words: Words,
    restore: Callable[[], None] | None,
    forgotten: Callable[[], None] | None,
) -> None:
    """Show the problem, and the way on where there is one.

    Args:
        restore: opens the way back from a backup; None where there is none.
        forgotten: opens the card for the county's recovery key; None where that is the card that asks.
    """
    if problem.key in _RESTORE and restore is not None:
        notice.tell(problem, words("ui.door.restore"), restore)
    elif problem.key in _RECOVERY_KEY and forgotten is not None:
        notice.tell(problem, words("ui.door.recovery_key"), forgotten)
    else:
        notice.tell(problem)
