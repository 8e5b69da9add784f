"""One key for all the papers a step needs: the receipt when papers came, the notice when the organ spoke, the results
with their delivery record at the end."""

from __future__ import annotations

from villagedesk.desk.acting import Acting
from villagedesk.desk.case_papers import set_of
from villagedesk.desk.items import Items
from villagedesk.desk.paper_source import paper_source
from villagedesk.desk.print_choices import choices_of
from villagedesk.desk.printing import PrintDesk
from villagedesk.desk.results import ResultDesk
from villagedesk.domain.printing import PrintJob, PrintSet
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Store
from villagedesk.domain.roles import Right


class PrintSets:
    """Calls block and may come from several threads."""

    def __init__(self, store: Store, items: Items, printing: PrintDesk, results: ResultDesk, acting: Acting) -> None:
        self._store = store
        self._items = items
        self._printing = printing
        self._results = results
        self._acting = acting

    def of(self, case_id: str) -> PrintSet:
        """What the present step still wants printed; all of it, where all was printed before.

        Raises:
            InputProblem: ``intake.gone``.
        """
        self._acting.need(Right.SEE_PERSONS)
        try:
            return self._store.read(
                lambda snapshot: set_of(paper_source(snapshot, self._items, case_id), choices_of(snapshot))
            )
        except KeyError:
            raise InputProblem("intake.gone") from None

    def print(self, case_id: str) -> tuple[PrintJob, ...]:
        """Print it, in as many copies as are set.

        Raises:
            InputProblem: ``intake.gone``; ``printing.nothing_now`` when the step needs no paper.
            EnvironmentProblem: ``store.*``; what was asked for before that is printed.
        """
        self._acting.need(Right.WORK)
        wanted = self.of(case_id)
        if not wanted.kinds and not wanted.documents:
            raise InputProblem("printing.nothing_now")
        known = self._store.read(lambda snapshot: snapshot.documents(case_id))
        documents = [self._results.print(document) for document in known if document.key in wanted.documents]
        return (*documents, *(self._printing.print(case_id, kind) for kind in wanted.kinds))
