"""Where a print job stands, as a sentence."""

from __future__ import annotations

from villagedesk.desk.print_runner import PRINTING
from villagedesk.desk.views import Sentence
from villagedesk.desk.wording import paper_name
from villagedesk.domain.printing import PrintJob, PrintJobState


def print_sentence(job: PrintJob) -> Sentence:
    """Came out and where; or waits or failed and why, in the printer's own words where it gave any."""
    paper = paper_name(job.kind)
    match job.state:
        case PrintJobState.DONE if job.where:
            return Sentence("ui.print.done", {"paper": paper, "where": job.where}, "good")
        case PrintJobState.DONE:
            return Sentence("ui.print.came_out", {"paper": paper}, "good")
        case PrintJobState.GIVEN_UP:
            return Sentence("ui.print.given_up", {"paper": paper})
    if job.reason_key:
        return Sentence(job.reason_key, {"printer": job.where}, "calm" if job.reason_key == PRINTING else "warn")
    if job.state is PrintJobState.WAITING:
        return Sentence("ui.print.waiting", {"paper": paper})
    return Sentence("ui.print.failed", {"paper": paper}, "warn")


def asks_the_clerk(job: PrintJob) -> bool:
    """Whether only a look at the printer tells what became of the paper, or it may be tried again."""
    if job.state is PrintJobState.WAITING:
        return job.reason_key not in ("", PRINTING)
    return job.state is PrintJobState.FAILED
