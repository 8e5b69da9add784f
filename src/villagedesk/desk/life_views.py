"""What the desk shows of a case's clocks, of what is wanted of it, and of what came for it."""

from __future__ import annotations

from dataclasses import dataclass

from villagedesk.desk.door_views import Sentence
from villagedesk.domain.document import Document
from villagedesk.domain.printing import PrintJob
from villagedesk.domain.time_limits import LawClock


@dataclass(frozen=True)
class ClockView:
    """A law clock with its words: what must be done until when, how many days are left, and in which colour."""

    clock: LawClock
    sentence: Sentence


@dataclass(frozen=True)
class WantedView:
    """One thing a correction wants.

    Args:
        name: of the paper: as it is called here where it is known, else in the acceptance system's words or code.
        wrong: what is wrong with it; ``standard``: how it must be; either may be "".
    """

    requirement_id: str
    name: str
    wrong: str
    standard: str

    @property
    def sentence(self) -> Sentence:
        """All of it."""
        parts = [part for part in ("wrong", "standard") if getattr(self, part)]
        key = "_and_".join(parts) or "bare"
        params = {"name": self.name, "wrong": self.wrong, "standard": self.standard}
        return Sentence(f"correction.item.{key}", params, "bad")

    @property
    def asked(self) -> Sentence:
        """The same beneath the paper it is about."""
        said = "；".join(part for part in (self.wrong, self.standard) if part)
        return Sentence("correction.here" if said else "correction.here_bare", {"said": said}, "bad")


@dataclass(frozen=True)
class DocumentView:
    """A document of a case.

    Args:
        standing: whether it is here, how far it has come, or why it does not come.
        job: its newest print; ``prints`` how many there were.
        printable: whether it can be printed; it can be saved when it is here.
        can_fetch: whether the clerk can ask for it again.
    """

    document: Document
    standing: Sentence
    job: PrintJob | None
    prints: int
    printable: bool
    savable: bool
    can_fetch: bool


@dataclass(frozen=True)
class Difference:
    """One field in which the versions differ.

    Args:
        field: its name, as the log keeps it: ``applicant.phone``, ``form.amount``, ``material.id_card``.
        label: what it is called; ``ours``, ``theirs``: what stands there, sentences where they are no typed text.
    """

    field: str
    label: Sentence
    ours: Sentence
    theirs: Sentence


@dataclass(frozen=True)
class ConflictView:
    """What the clerk decides upon.

    Args:
        standing: what the acceptance system has, in words.
        differences: empty where it gave no copy, or where both say the same.
        submitted: a submission of ours was met by the other version; otherwise the acceptance system changed fields of
            a case it had, and there is nothing to decide.
        next_revision: the number ours would be sent as.
        wanted: what a correction asked for after the end of the case, item by item.
        said: the acceptance system's own words of the newest thing it said after the end of the case.
        told_after_end: what that was; None where it said nothing then.
        if_theirs: what becomes of the case when theirs is chosen; None where its state says it, or nothing is to be
            chosen.
    """

    standing: Sentence
    differences: tuple[Difference, ...]
    submitted: bool
    next_revision: int = 0
    wanted: tuple[WantedView, ...] = ()
    said: str = ""
    told_after_end: Sentence | None = None
    if_theirs: Sentence | None = None


@dataclass(frozen=True)
class UnsentView:
    """What was typed and photographed for a correction that was not sent, and cannot be now.

    Args:
        standing: why it was not, in words.
        differences: ours is what was typed, theirs what the case says and was sent.
        unread: the case went on by itself, and the clerk has not said yet that she has read this.
    """

    standing: Sentence
    differences: tuple[Difference, ...]
    unread: bool
