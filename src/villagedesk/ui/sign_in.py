"""Sign-in: who sits at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from villagedesk.desk.door_views import EntryState, Sentence
from villagedesk.ui.background import Background
from villagedesk.ui.entry.ask_who import AskWho
from villagedesk.ui.sentences import SentenceLabel, Words
from villagedesk.ui.station_name import shown_station

if TYPE_CHECKING:
    from villagedesk.desk.entry import Entry


class SignIn(AskWho):
    """Clerk and password while nobody is signed in; says how many cases wait to be sent.

    Raises:
        EnvironmentProblem: ``store.slots_lost``, ``store.newer_schema``.
    """

    def __init__(
        self, entry: Entry, state: EntryState, words: Words, background: Background, parent: QWidget | None = None
    ) -> None:
        station = shown_station(words, state.station_name, practice=state.practice)
        super().__init__(
            entry,
            entry.clerks_with_roles(),
            station or words("ui.name"),
            words("ui.sign_in.quiet"),
            words,
            background,
            parent,
        )
        waiting = SentenceLabel(words, "waiting_count", self)
        waiting.tell(_waiting(state.waiting))
        self.body.insertWidget(0, waiting)
        self.fit()


def _waiting(count: int | None) -> Sentence:
    if count is None:
        return Sentence("ui.sign_in.waiting_unknown")
    if count:
        return Sentence("ui.sign_in.waiting", {"count": count}, "warn")
    return Sentence("ui.sign_in.none_waiting", tone="good")
