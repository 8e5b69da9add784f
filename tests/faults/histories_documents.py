"""The documents of a history: handed out with a change, fetched in pieces, shown only when they are whole and right."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from tests.faults.histories_scene import Scene, Untruth, Verdict
from tests.sync.server_line import Mistake
from villagedesk.acceptance.port import LoginNeeded
from villagedesk.acceptance.wire import Change, DocumentRecord, sha256_hex
from villagedesk.domain.document import Document
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.sync.documents import DocumentPull

PIECE = 40
_STEPS = 400
_A_MINUTE = 61.0


class Documents(Scene):
    """Hands out, fetches and judges."""

    fetching: DocumentPull
    _serial = 0

    def some_documents(self, case_id: str) -> list[DocumentRecord]:
        """What comes with a change: mostly one or two new ones, now and then another under a name given before."""
        told = []
        for _ in range(self.random.choice([0, 1, 1, 2])):
            again = self._serial and self.random.random() < 0.2
            self._serial += 0 if again else 1
            content = self.random.randbytes(self.random.randint(1, 3 * PIECE))
            told.append(self.server.hand_out(case_id, f"document-{self._serial}", content))
        return told

    def fetch(self) -> None:
        """The engine has a moment for documents."""
        for _ in range(self.random.randint(1, 3)):
            if not self.fetching.is_due():
                return
            self._fetch_a_piece()

    def _fetch_a_piece(self) -> None:
        try:
            self.fetching.run()
        except LoginNeeded as failure:
            with contextlib.suppress(EnvironmentProblem, Mistake):
                self.runner.login_needed(failure)
        except (EnvironmentProblem, Mistake):
            return

    def asked_for(self, document: Document, start: int) -> None:
        """A piece is asked for: nothing that is here comes again."""
        known = [one for one in self._here(document.case_id) if one.key == document.key]
        if not known:
            raise Untruth(f"{document.document_id} is fetched, and nobody announced it")
        if known[0].is_here:
            raise Untruth(f"{document.document_id} is here whole, and is fetched again")
        if start != known[0].bytes_here:
            raise Untruth(f"{document.document_id} has {known[0].bytes_here} bytes here, and is asked for from {start}")

    def _here(self, case_id: str) -> list[Document]:
        return list(self.store.read(lambda snapshot: snapshot.documents(case_id)))

    def judge_documents(self) -> None:
        """What is shown is what was announced, at every moment."""
        for document in self._all():
            if document.is_here:
                self._judge_whole(document)

    def _all(self) -> list[Document]:
        return [document for name in sorted({row.case_id for row in self.rows()}) for document in self._here(name)]

    def _judge_whole(self, document: Document) -> None:
        try:
            data = self.durable.vault.get(document.page_id, document.sha256)
        except EnvironmentProblem as problem:
            raise Untruth(f"{document.document_id} is called here and is not: {problem}") from problem
        if sha256_hex(data) != document.sha256 or len(data) != document.byte_count:
            raise Untruth(f"{document.document_id} is not what was announced")

    # -- the end --

    def fetch_all(self) -> None:
        """The clerk asks again for what was given up, and everything that is handed out comes."""
        for document in self._all():
            if document.is_given_up:
                self.store.write(lambda tx, one=document: tx.put_document(_asked_again(one))).result()  # type: ignore[misc]
        for _ in range(_STEPS):
            if self.fetching.is_due():
                self._fetch_a_piece()
            elif any(not one.is_here and not one.is_given_up for one in self._all()):
                if not self.runner.step().did:  # a case on the line goes first
                    self.clock.advance(_A_MINUTE)
            else:
                return
        raise Untruth("documents do not come to an end")

    def judge_fetched(self, verdict: Verdict, told: list[Change]) -> None:
        """All that was announced and is still handed out is here, once; of what is not, the clerk is told why."""
        for change in told:
            here = {document.key: document for document in self._here(change.case_id)}
            for record in change.documents:
                document = here.get((change.case_id, record.document_id, record.sha256))
                if document is None:
                    verdict.lost += 1
                    verdict.why = f"{record.document_id} was announced, and nobody knows of it"
                elif not document.is_here and self._is_handed_out(document):
                    verdict.lost += 1
                    verdict.why = f"{record.document_id} never came: {document}"
                elif not document.is_here and not document.reason_key:
                    raise Untruth(f"{record.document_id} is not here, and nobody is told why")
        for case_id in sorted({change.case_id for change in told}):
            events = self.store.read(lambda snapshot, name=case_id: snapshot.events(name))  # type: ignore[misc]
            came = [(one.detail["document"], one.detail["sha256"]) for one in events if one.kind == "document_came"]
            if len(came) > len(set(came)):
                verdict.doubled += 1
                verdict.why = f"documents of {case_id} were fetched more than once: {came}"
        for document in self._all():
            if document.is_here and self.store.read(lambda snapshot, one=document: snapshot.document_parts(one)):  # type: ignore[misc]
                raise Untruth(f"pieces of {document.document_id} lie about, and it is whole")

    def _is_handed_out(self, document: Document) -> bool:
        content = self.server.documents.get((document.case_id, document.document_id))
        return content is not None and sha256_hex(content) == document.sha256


def _asked_again(document: Document) -> Document:
    return replace(document, failures=0, reason_key="")
