"""Papers that come back 扫回: signed authorizations, hand-over lists, delivery records, and what the township gives on
paper. Photographed or taken from a file, known by the number on them, and kept with the case they belong to.

They are no materials of the application and are not sent; they lie in the vault as documents of the case, so that
backup, archive and retention have them.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.case_here import case_here
from villagedesk.desk.disk import DiskWatch
from villagedesk.desk.handover import closed_where_done
from villagedesk.desk.import_views import SeenPage
from villagedesk.desk.loose_pages import LoosePage, LoosePages
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import Case, CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.document import Document, DocumentOrigin
from villagedesk.domain.handover import AT_TOWNSHIP, Batch, BatchState
from villagedesk.domain.paper_no import PaperMark, is_own_no, is_paper_no, parse_paper_no
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.repositories import Snapshot, Store, Transaction, Vault
from villagedesk.domain.roles import Right
from villagedesk.domain.typed_text import one_line
from villagedesk.imaging.page import FlattenedPage

_KINDS = {
    PaperMark.AUTHORIZATION: DocumentOrigin.AUTHORIZATION,
    PaperMark.DELIVERY: DocumentOrigin.DELIVERY,
    PaperMark.BATCH: DocumentOrigin.HANDOVER,
}
OF_A_CASE = (
    DocumentOrigin.RESULT,
    DocumentOrigin.NOTICE,
    DocumentOrigin.AUTHORIZATION,
    DocumentOrigin.DELIVERY,
)
"""What the clerk can say that a paper is, where its number does not say it."""
_MOST_HELD = 6
"""Each holds a page of some hundred kilobytes."""
_LONGEST_NAME = 60


@dataclass(frozen=True)
class BackTarget:
    """What a paper belongs to.

    Args:
        kind: which paper it is; None where its number does not say.
        case_id: "" for a hand-over list.
        batch_no: "" for a paper of one case.
        sentence: the same in words.
    """

    kind: DocumentOrigin | None
    case_id: str
    batch_no: str
    sentence: Sentence


@dataclass(frozen=True)
class PaperBack:
    """A photographed paper that waits for the clerk's yes.

    Args:
        token: names it.
        image: JPEG, for the screen.
        target: by the number on it; None where none of ours was read.
        warnings: what is wrong with the picture.
    """

    token: str
    image: bytes
    target: BackTarget | None
    warnings: tuple[Sentence, ...] = ()


class SignedPapers:
    """Calls block and may come from several threads.

    Args:
        shown: a page as JPEG.
        text: gives the text of a message key, for the names documents are kept under.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        pages: LoosePages,
        disk: DiskWatch,
        text: Callable[..., str],
        acting: Acting,
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._pages = pages
        self._disk = disk
        self._text = text
        self._acting = acting
        self._guard = threading.Lock()
        self._held: OrderedDict[str, FlattenedPage] = OrderedDict()

    def photograph(self, shot: Callable[[], None] = lambda: None) -> PaperBack:
        """Photograph what lies under the camera.

        Args:
            shot: called, in this thread, when the paper may be moved.

        Raises:
            InputProblem: ``scanning.no_camera``, ``imaging.*``.
            EnvironmentProblem: ``devices.camera_*``; ``desk.disk_stopped`` when there is hardly any room.
        """
        self._acting.need(Right.WORK)
        self._disk.need_room_for_pages()
        return self._hold(self._pages.photograph(shot))

    def from_file(self, file: Path, progress: Progress = silent) -> tuple[PaperBack, ...]:
        """The pages of a file: a scan, a photograph of a telephone.

        Raises:
            InputProblem: ``files.*``, ``imaging.*``.
            EnvironmentProblem: ``files.no_reader``, ``desk.disk_stopped``.
            Cancelled: out of ``progress``.
        """
        self._acting.need(Right.WORK)
        self._disk.need_room_for_pages()
        return tuple(self._hold(page) for page in self._pages.from_file(file, _MOST_HELD, progress))

    def target(self, typed: str) -> BackTarget:
        """What a number, typed or scanned, belongs to: the paper's own, or the case's.

        Raises:
            InputProblem: ``signed.number_unknown`` with the field ``number``.
        """
        self._acting.need(Right.SEE_PERSONS)
        found = self._store.read(lambda snapshot: _target(snapshot, typed))
        if found is None:
            raise InputProblem("signed.number_unknown", field="number")
        return found

    def keep(self, token: str, target: BackTarget, kind: DocumentOrigin, name: str = "") -> str:
        """Keep the page with its case, or with all cases of the batch whose list it is. After return it is saved.

        Args:
            kind: which paper it is.
            name: what a result or notice is called; "" for the kind's own name.

        Returns:
            the name it is kept under.

        Raises:
            InputProblem: ``signed.gone`` when the page is not held any more, ``signed.not_that`` when the target has
                no such paper, ``signed.not_carried`` when the batch was not carried yet, ``signed.name_long``
                (``limit``) with the field ``name``; ``intake.gone``, ``handover.gone``.
            EnvironmentProblem: ``store.*``; the page is still held.
        """
        self._acting.need(Right.WORK)
        called = one_line(name)
        if len(called) > _LONGEST_NAME:
            raise InputProblem("signed.name_long", field="name", limit=_LONGEST_NAME)
        if (kind is DocumentOrigin.HANDOVER) != bool(target.batch_no) or kind is DocumentOrigin.SYSTEM:
            raise InputProblem("signed.not_that")
        with self._guard:
            page = self._held.get(token)
        if page is None:
            raise InputProblem("signed.gone")
        title = called or self._text(f"document.origin.{kind}")
        scan = self._stored(page, kind)

        def work(transaction: Transaction) -> str:
            if target.batch_no:
                return self._keep_list(transaction, target.batch_no, scan, title)
            return self._keep_paper(transaction, target.case_id, scan, title)

        kept = self._store.write(work).result()
        self.drop(token)
        return kept

    def keep_picture(self, case_id: str, picture: SeenPage, kind: DocumentOrigin) -> str:
        """Keep the picture of a paper whose number says which it is. After return it is saved.

        Args:
            picture: of a file that was looked at.

        Returns:
            the name it is kept under.

        Raises:
            InputProblem: ``files.*``, ``imaging.*``, ``intake.gone``.
            EnvironmentProblem: ``files.no_reader``, ``desk.disk_stopped``, ``store.*``.
        """
        self._acting.need(Right.WORK)
        self._disk.need_room_for_pages()
        scan, title = self._stored(self._pages.page(picture).page, kind), self._text(f"document.origin.{kind}")
        return self._store.write(lambda transaction: self._keep_paper(transaction, case_id, scan, title)).result()

    def drop(self, token: str) -> None:
        """The page is not wanted; one that is not held is no error."""
        self._acting.need(Right.WORK)
        with self._guard:
            self._held.pop(token, None)

    def _stored(self, page: FlattenedPage, kind: DocumentOrigin) -> _Scan:
        page_id = str(uuid.uuid4())
        sha256 = self._vault.put(page_id, page.data)
        if not self._vault.verify(page_id, sha256):
            raise EnvironmentProblem("store.write_failed")
        return _Scan(page_id, sha256, page.media_type, len(page.data), kind)

    def _keep_paper(self, transaction: Transaction, case_id: str, scan: _Scan, title: str) -> str:
        case = case_here(transaction, case_id)
        count = sum(one.origin is scan.kind for one in transaction.documents(case_id))
        name = self._text("signed.page_name", name=title, number=count + 1) if count else title
        self._add(transaction, case, scan, name)
        return name

    def _keep_list(self, transaction: Transaction, batch_no: str, scan: _Scan, title: str) -> str:
        try:
            batch = transaction.batch(batch_no)
        except KeyError:
            raise InputProblem("handover.gone") from None
        if batch.state is BatchState.PACKED:
            raise InputProblem("signed.not_carried")
        name = self._text("signed.list_name", name=title, batch=batch_no)
        for line in batch.lines:
            if line.outcome in AT_TOWNSHIP:
                self._add(transaction, case_here(transaction, line.case_id), scan, name)
        transaction.put_batch(closed_where_done(replace(batch, signed=True)))
        return name

    def _add(self, transaction: Transaction, case: Case, scan: _Scan, name: str) -> None:
        now = self._clock.now()
        transaction.put_document(
            Document(
                case_id=case.case_id,
                document_id=scan.page_id,
                name=name,
                media_type=scan.media_type,
                byte_count=scan.byte_count,
                sha256=scan.sha256,
                told_at=now,
                page_id=scan.page_id,
                came_at=now,
                bytes_here=scan.byte_count,
                origin=scan.kind,
            )
        )
        detail = {"document": name, "origin": str(scan.kind), "sha256": scan.sha256}
        transaction.append_event(CaseEvent(case.case_id, now, self._acting.clerk, "paper_back", detail=detail))

    def _hold(self, made: LoosePage) -> PaperBack:
        token = str(uuid.uuid4())

        def work(snapshot: Snapshot) -> BackTarget | None:
            own = (code for code in made.codes if is_own_no(code))
            return next((found for found in (_target(snapshot, code) for code in own) if found is not None), None)

        target = self._store.read(work)
        with self._guard:
            self._held[token] = made.page
            while len(self._held) > _MOST_HELD:
                self._held.popitem(last=False)
        warnings = tuple(Sentence(key, {}, "warn") for key in made.page.warnings)
        return PaperBack(token, made.image, target, warnings)


@dataclass(frozen=True)
class _Scan:
    page_id: str
    sha256: str
    media_type: str
    byte_count: int
    kind: DocumentOrigin


def _target(snapshot: Snapshot, typed: str) -> BackTarget | None:
    if not is_paper_no(typed):
        case = snapshot.case_by_number(typed)
        return None if case is None else _of_case(case, None)
    number = parse_paper_no(typed)
    if number.mark is PaperMark.BATCH:
        try:
            return _of_batch(snapshot.batch(str(number)))
        except KeyError:
            return None
    case = snapshot.case_by_number(number.local_no)
    return None if case is None else _of_case(case, _KINDS.get(number.mark))


def _of_case(case: Case, kind: DocumentOrigin | None) -> BackTarget:
    params: dict[str, object] = {"name": case.applicant.name, "item": case.item_name, "local_no": case.local_no or ""}
    if kind is None:
        return BackTarget(None, case.case_id, "", Sentence("signed.target.case", params, "calm"))
    params["paper"] = Sentence(f"document.origin.{kind}")
    return BackTarget(kind, case.case_id, "", Sentence("signed.target.paper", params, "good"))


def _of_batch(batch: Batch) -> BackTarget:
    params = {"batch": batch.batch_no, "count": len(batch.on_the_list), "organ": batch.organ}
    return BackTarget(DocumentOrigin.HANDOVER, "", batch.batch_no, Sentence("signed.target.batch", params, "good"))
