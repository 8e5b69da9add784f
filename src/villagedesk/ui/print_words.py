"""Where a print job stands, as a sentence."""

from __future__ import annotations

from villagedesk.desk.print_runner import PRINTING
from villagedesk.desk.views import Sentence
from villagedesk.desk.wording import paper_name
from villagedesk.domain.printing import SAVED, PrintJob, PrintJobState, PrintSet
from villagedesk.ui.sentences import Words

_MOST_NAMES = 2
"""Of papers on the button that prints them."""


def print_sentence(job: PrintJob) -> Sentence:
    """Came out and where; or waits or failed and why, in the printer's own words where it gave any."""
    paper = paper_name(job.kind)
    match job.state:
        case PrintJobState.DONE if job.reason_key == SAVED:
            return Sentence(SAVED, {"paper": paper, "file": job.where}, "good")
        case PrintJobState.DONE if job.where:
            return Sentence("ui.print.done", {"paper": paper, "where": job.where}, "good")
        case PrintJobState.DONE:
            return Sentence("ui.print.came_out", {"paper": paper}, "good")
        case PrintJobState.GIVEN_UP:
            return Sentence("ui.print.given_up", {"paper": paper})
    if job.reason_key:
        return Sentence(
            job.reason_key, {"printer": job.printer or job.where}, "calm" if job.reason_key == PRINTING else "warn"
        )
    if job.state is PrintJobState.WAITING:
        return Sentence("ui.print.waiting", {"paper": paper})
    return Sentence("ui.print.failed", {"paper": paper}, "warn")


def asks_the_clerk(job: PrintJob) -> bool:
    """Whether only a look at the printer tells what became of the paper, or it may be tried again."""
    if job.state is PrintJobState.WAITING:
        return job.reason_key not in ("", PRINTING)
    return job.state is PrintJobState.FAILED


def set_words(words: Words, wanted: PrintSet) -> str:
    """What the button says that prints a step's papers."""
    names = [words(f"paper_kind.{kind.value}") for kind in wanted.kinds]
    names += [words("paper_kind.result")] * bool(wanted.documents)
    shown = words("ui.case.and").join(names[:_MOST_NAMES])
    more = words("ui.case.more") if names[_MOST_NAMES:] else ""
    return words("ui.case.print_set_again" if wanted.again else "ui.case.print_set", papers=f"{shown}{more}")
