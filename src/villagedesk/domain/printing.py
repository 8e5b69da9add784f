"""Print jobs: a paper waiting for, or come out of, a printer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PERHAPS_PRINTED = "printing.reason.perhaps_printed"
"""Why a job waits of which nobody here knows whether its paper came out: only the clerk can see, and is asked."""


CHOOSE_PRINTER = "printing.reason.choose"
"""Why a job waits: there are several printers, and none was chosen for this kind of paper yet."""
SAVED = "printing.reason.saved"
"""Why a paper counts as come out: it was saved as a file, to be printed elsewhere."""


class PaperSize(StrEnum):
    """What a printer is loaded with."""

    A4 = "a4"
    A5 = "a5"
    ROLL_80 = "roll80"
    """An endless roll of a thermal printer, 80 mm wide."""


class PaperKind(StrEnum):
    """The papers of a case that are printed and kept with it (domain: section 5)."""

    RECEIPT = "receipt"
    SUPPLEMENT_RECEIPT = "supplement_receipt"
    """For papers that came later: with a correction, or promised ones."""
    PROXY_AUTHORIZATION = "proxy_authorization"
    ACCEPTANCE_NOTICE = "acceptance_notice"
    CORRECTION_NOTICE = "correction_notice"
    REFUSAL_NOTICE = "refusal_notice"
    DELIVERY_RECORD = "delivery_record"
    MISSING_MATERIALS = "missing_materials"
    """The station's own hint; of drafts, too."""
    PAGE_COPY = "page_copy"
    """A kept page on paper, marked with what it is for."""
    RESULT = "result"
    """A document as the acceptance system handed it out."""


ORGANS_PAPERS = frozenset({PaperKind.ACCEPTANCE_NOTICE, PaperKind.CORRECTION_NOTICE, PaperKind.REFUSAL_NOTICE})
"""Papers with the organ's number, date and seal: printed only when the acceptance system has issued them (I7)."""


class PrintJobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    """The clerk does not want it any more."""


@dataclass(frozen=True)
class PrintJob:
    """One paper of one case; its PDF lies in the vault under ``page_id`` and ``sha256``, as printed.

    Args:
        reprint: 0 for the first print, then counted, marked 补打 on the paper.
        where: printer or file it came out at, "" while waiting.
        reason_key: message key of why it waits or failed, or :data:`SAVED`.
        about: which one of its kind: the organ's number of a notice, the page of a copy; "" where there is but one.
        copies: how many of it.
        paper: what it is printed on.
        printer: whom it goes to, "" before that is known.
        ticket: by which that printer can be asked what became of it (:class:`villagedesk.devices.ports.PrintOutcome`).
    """

    job_id: str
    case_id: str
    kind: PaperKind
    reprint: int
    page_id: str
    sha256: str
    state: PrintJobState
    created_at: datetime
    where: str = ""
    reason_key: str = ""
    about: str = ""
    copies: int = 1
    paper: PaperSize = PaperSize.A4
    printer: str = ""
    ticket: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is still to come out."""
        return self.state in (PrintJobState.WAITING, PrintJobState.FAILED)

    @property
    def may_be_out(self) -> bool:
        """Whether its paper came out, as far as anybody knows: what is printed after it is printed again."""
        return self.state is PrintJobState.DONE or (self.state is PrintJobState.GIVEN_UP and bool(self.where))


@dataclass(frozen=True)
class PrintSet:
    """The papers of a case that one press prints, because its present step needs them.

    Args:
        documents: keys of what the acceptance system handed out (:attr:`villagedesk.domain.document.Document.key`).
        again: all of it was printed before.
    """

    kinds: tuple[PaperKind, ...] = ()
    documents: tuple[tuple[str, str, str], ...] = ()
    again: bool = False
