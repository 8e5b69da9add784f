"""Where a print job stands, as a sentence."""

from __future__ import annotations

from villagedesk.desk.views import Sentence
from villagedesk.domain.printing import PrintJob, PrintJobState


def print_sentence(job: PrintJob) -> Sentence:
    """Came out and where; or waits or failed and why, in the printer's own words where it gave any."""
    if job.state is PrintJobState.DONE:
        if not job.where:
            return Sentence("ui.print.came_out", tone="good")
        return Sentence("ui.print.done", {"where": job.where}, "good")
    if job.reason_key:
        return Sentence(job.reason_key, {}, "warn")
    if job.state is PrintJobState.WAITING:
        return Sentence("ui.print.waiting", tone="calm")
    return Sentence("ui.print.failed", tone="warn")
