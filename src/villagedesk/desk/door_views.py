"""What the door shows, and the sentence every screen shows: the only views there are before the first paint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sentence:
    """A message key with its parameters, of which one may be a sentence itself.

    Args:
        tone: ``"calm"``, ``"time"`` (it runs, and enough is left), ``"good"`` (done), ``"warn"`` or ``"bad"``; the
            screen adds a shape and a colour to the words.
    """

    key: str
    params: Mapping[str, object] = field(default_factory=dict)
    tone: str = "calm"


@dataclass(frozen=True)
class EntryState:
    """What is known before anyone has signed in.

    Args:
        set_up: whether a station file was read and a first clerk made.
        waiting: cases that wait to be sent (the count alone is kept outside the encrypted database); None when that
            file is lost.
        suggested_station_file: path to offer at the first run, "" when there is none.
        practice: whether the station is one to practise on.
    """

    set_up: bool
    station_name: str
    clerks: tuple[str, ...]
    waiting: int | None
    suggested_station_file: str = ""
    practice: bool = False
