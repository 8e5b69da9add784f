"""What the screens of the annex form are shown: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from villagedesk.desk.views import Sentence
from villagedesk.domain.annex import AnnexRow, SentRow, Trouble, TroubleKind
from villagedesk.domain.annex_words import HEADS


@dataclass(frozen=True)
class Proposed:
    """An answer the program found by itself, for the clerk to confirm.

    Args:
        why: what it was found by.
    """

    answer: bool | int
    why: Sentence


@dataclass(frozen=True)
class AnnexView:
    """The questionnaire.

    Args:
        county: as saved, else as the station's division code says; "" where that is not known.
        row: as saved last; before that the names as far as the station's own name tells them, and no answer.
        saved_on: the day it was saved last, None for never.
        proposed: by the names of the columns; none for what the program cannot see from here.
        filled_by: who signs in, and so fills it in.
    """

    county: str
    row: AnnexRow
    saved_on: date | None
    proposed: Mapping[str, Proposed]
    filled_by: str


@dataclass(frozen=True)
class RefusedFile:
    """A file that gave nothing, or not all, and why."""

    file: str
    why: Sentence


@dataclass(frozen=True)
class Collected:
    """What many files say together.

    Args:
        files: how many gave rows.
        rows: as they came, with what is wrong in each.
        samples, notes: rows that are no village's: the form's example; remarks, sums and signatures.
        unread: files of which some columns were not read, and which.
    """

    files: int
    rows: tuple[SentRow, ...]
    refused: tuple[RefusedFile, ...]
    samples: int
    notes: int
    unread: tuple[RefusedFile, ...] = ()


def trouble_sentence(trouble: Trouble) -> Sentence:
    """What is wrong, and in which column."""
    head = HEADS[trouble.column] if trouble.column else ""
    tone = "warn" if trouble.kind in (TroubleKind.MISSING, TroubleKind.DOUBLE) else "bad"
    return Sentence(f"annex.trouble.{trouble.kind}", {"head": head, "typed": trouble.typed, "line": trouble.line}, tone)
