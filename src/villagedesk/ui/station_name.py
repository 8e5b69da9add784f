"""The station's name as screens show it, so that nobody takes practice for work."""

from __future__ import annotations

from villagedesk.ui.sentences import Words


def shown_station(words: Words, name: str, *, practice: bool) -> str:
    """The name, with the word for practice behind it where the station is one to practise on."""
    return words("station.practice_name", name=name) if practice else name
