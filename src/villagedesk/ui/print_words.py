"""Where a print job stands, as a sentence."""

from __future__ import annotations

from villagedesk.desk.print_runner import PRINTING
from villagedesk.desk.views import Sentence
from villagedesk.domain.printing import PaperKind, PrintJob, PrintJobState


def print_sentence(job: PrintJob) -> Sentence:
    """Came out and where; or waits or failed and why, in the printer's own words where it gave any."""
    spoken = "results.job" if job.kind is PaperKind.RESULT else "ui.print"
    if job.state is PrintJobState.DONE:
        if not job.where:
            return Sentence(f"{spoken}.came_out", tone="good")
        return Sentence(f"{spoken}.done", {"where": job.where}, "good")
    if job.reason_key:
        return Sentence(job.reason_key, {}, "calm" if job.reason_key == PRINTING else "warn")
    if job.state is PrintJobState.WAITING:
        return Sentence(f"{spoken}.waiting", tone="calm")
    return Sentence(f"{spoken}.failed", tone="warn")


def asks_the_clerk(job: PrintJob) -> bool:
    """Whether only a look at the printer tells what became of the paper, or it may be tried again."""
    if job.state is PrintJobState.WAITING:
        return job.reason_key not in ("", PRINTING)
    return job.state is PrintJobState.FAILED
