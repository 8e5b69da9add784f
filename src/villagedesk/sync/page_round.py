"""A round of pages: those of all uploading rows, one row's after the other's, as many at once as the uploader runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from villagedesk.acceptance.port import Busy, LoginNeeded, NoConnection
from villagedesk.acceptance.wire import ManifestEntry
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Snapshot, Store
from villagedesk.sync.upload import Job, PageUpload, Uploader


@dataclass
class Outcome:
    """What came of a round, by the rows' action ids.

    Args:
        failures: the first failure of a row: AcceptanceFailure, PageUnreadable, or a fault of this program.
        progressed: rows of which a chunk was acknowledged.
    """

    failures: dict[str, Exception] = field(default_factory=dict)
    progressed: set[str] = field(default_factory=set)


class PageRound:
    """Sends what pages are outstanding.

    Args:
        interrupted: whether something else comes first now; no further page begins then.
    """

    def __init__(self, store: Store, pages: PageUpload, uploader: Uploader, interrupted: Callable[[], bool]) -> None:
        self._store = store
        self._pages = pages
        self._uploader = uploader
        self._interrupted = interrupted

    def outstanding(self, manifest: Sequence[ManifestEntry]) -> list[ManifestEntry]:
        """The pages whose offset is not known to have come to their length."""

        def work(snapshot: Snapshot) -> list[ManifestEntry]:
            known = {entry.sha256: snapshot.page_transfer(entry.sha256) for entry in manifest}
            return [entry for entry in manifest if not ((transfer := known[entry.sha256]) and transfer.done)]

        return self._store.read(work)

    def run(self, wanted: Mapping[str, tuple[str, Sequence[ManifestEntry]]]) -> Outcome:
        """Send pages until all are there, everything fails, or something comes first.

        Args:
            wanted: by action id, the case and its outstanding pages.

        Raises:
            EnvironmentProblem: the disk fails at the moment.
        """
        outcome = Outcome()
        self._uploader.run(self._jobs(wanted, outcome))
        return outcome

    def _jobs(self, wanted: Mapping[str, tuple[str, Sequence[ManifestEntry]]], outcome: Outcome) -> Iterator[Job]:
        begun: set[str] = set()
        for action_id, (case_id, entries) in wanted.items():
            for entry in entries:
                if any(_concerns_all(failure) for failure in list(outcome.failures.values())):
                    return
                if action_id in outcome.failures or entry.sha256 in begun:
                    continue
                if self._interrupted():
                    return
                begun.add(entry.sha256)
                yield self._job(action_id, case_id, entry, outcome)

    def _job(self, action_id: str, case_id: str, entry: ManifestEntry, outcome: Outcome) -> Job:
        def job() -> None:
            try:
                self._pages.send(case_id, entry, lambda: outcome.progressed.add(action_id))
            except EnvironmentProblem:
                raise
            except Exception as failure:
                outcome.failures.setdefault(action_id, failure)

        return job


def _concerns_all(failure: Exception) -> bool:
    return isinstance(failure, NoConnection | Busy | LoginNeeded)
