"""Taking a case in 收件: a draft that is always saved, then everything in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from villagedesk.acceptance.wire import (
    WIRE_VERSION,
    ApplicantRecord,
    ManifestEntry,
    MaterialRecord,
    RevisionPayload,
    sha256_hex,
)
from villagedesk.desk.acting import Acting
from villagedesk.desk.checks import TYPED_FIELDS, check_draft, materials_of, too_long
from villagedesk.desk.disk import DiskWatch
from villagedesk.desk.items import Items
from villagedesk.desk.missing_here import sent_before
from villagedesk.desk.views import DraftView, TakenIn
from villagedesk.domain.case import Case, CaseEvent, CaseStatus, Page
from villagedesk.domain.clock import SHANGHAI, Clock, utc_text
from villagedesk.domain.identity import DocumentKind
from villagedesk.domain.outbox import SENDS, Operation, OutboxRow, SendingState
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction, Vault
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.station import StationFile

_FIRST_STEP, _LAST_STEP = 1, 4
_TRIES = 3


@dataclass(frozen=True)
class Counter:
    """Who takes in, and where.

    Args:
        known_areas: prefixes of area codes for the warning beside identity numbers.
    """

    acting: Acting
    station: StationFile
    known_areas: Set[str]


class Intake:
    """Drafts and their taking in. All calls block and may come from several threads."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        items: Items,
        counter: Counter,
        disk: DiskWatch,
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._items = items
        self._counter = counter
        self._disk = disk

    def start(self, item_code: str) -> DraftView:
        """Make a draft of that item and save it.

        Raises:
            InputProblem: ``intake.item_gone``.
            EnvironmentProblem: ``store.*``; nothing was made then.
        """
        self._need(Right.WORK)
        item = self._item(item_code)
        now = self._clock.now()
        case = Case(
            case_id=str(uuid.uuid4()),
            item_code=item.code,
            item_version=item.version,
            item_name=item.name,
            mode=item.mode,
            status=CaseStatus.DRAFT,
            clerk=self._counter.acting.clerk,
            created_at=now,
            updated_at=now,
            step=2,
        )

        def work(transaction: Transaction) -> None:
            transaction.put_case(case)
            transaction.append_event(self._event(case.case_id, now, "draft_started", item=item.code))

        self._store.write(work).result()
        return self._view(case, (), item)

    def open(self, case_id: str) -> DraftView:
        """An existing draft, where the clerk left it. Raises InputProblem ``intake.not_a_draft``, ``intake.gone``."""
        self._need(Right.WORK)
        return self.view(case_id)

    def view(self, case_id: str) -> DraftView:
        """The draft as it is saved. Raises InputProblem ``intake.not_a_draft``, ``intake.gone``."""
        self._need(Right.SEE_PERSONS)
        case, pages = self._store.read(lambda snapshot: (draft_of(snapshot, case_id), tuple(snapshot.pages(case_id))))
        return self._view(case, pages, self._item(case.item_code))

    def type(self, case_id: str, values: Mapping[str, str], step: int) -> DraftView:
        """Save what was typed, right or wrong, and the step the clerk is on.

        Args:
            values: any of name, document_kind, document_number, phone, address, as typed.

        Raises:
            InputProblem: ``intake.not_a_draft``, ``intake.gone``, ``intake.too_long``.
            ValueError: for a field or document kind that does not exist.
        """
        self._need(Right.WORK)
        typed = {name: str(value) for name, value in values.items()}
        unknown = sorted(typed.keys() - set(TYPED_FIELDS))
        if unknown:
            raise ValueError(f"no such fields: {unknown}")
        DocumentKind(typed.get("document_kind", DocumentKind.RESIDENT_ID))
        problem = too_long(typed)
        if problem is not None:
            raise problem
        now = self._clock.now()
        step = min(max(step, _FIRST_STEP), _LAST_STEP)

        def work(transaction: Transaction) -> tuple[Case, tuple[Page, ...]]:
            case = draft_of(transaction, case_id)
            pages = tuple(transaction.pages(case_id))
            old = case.applicant
            applicant = replace(
                old,
                name=typed.get("name", old.name),
                document_kind=typed.get("document_kind", old.document_kind),
                document_number=typed.get("document_number", old.document_number),
                phone=typed.get("phone", old.phone),
                address=typed.get("address", old.address),
            )
            if applicant == case.applicant and step == case.step:
                return case, pages
            changed = sorted(name for name, value in typed.items() if getattr(old, name) != value)
            case = replace(case, applicant=applicant, step=step, updated_at=now)
            transaction.put_case(case)
            # which fields, never what was typed into them: the log is shown, and kept longest
            detail = {"fields": " ".join(changed), "step": str(step)}
            transaction.append_event(self._event(case_id, now, "typed", **detail))
            return case, pages

        case, pages = self._store.write(work).result()
        return self._view(case, pages, self._item(case.item_code))

    def take_in(self, case_id: str) -> TakenIn:
        """Check everything again, verify every page, then one transaction: case, numbers, events, outbox row.

        When this returns, the case is saved as the design defines it (invariant I1).

        Raises:
            InputProblem: ``intake.not_ready`` (``count``), ``intake.not_a_draft``, ``intake.gone``,
                ``domain.local_no.day_full``; ``intake.sent_before`` (``local_no``) for a draft out of a backup whose
                case the acceptance system has.
            EnvironmentProblem: ``intake.page_damaged`` (``name``, ``order``), ``store.*``; the draft is as it was.
        """
        self._need(Right.WORK)
        for _ in range(_TRIES):
            pages = self._store.read(lambda snapshot: tuple(snapshot.pages(draft_of(snapshot, case_id).case_id)))
            self._verify(case_id, pages)
            try:
                return self._store.write(partial(self._take_in, case_id=case_id, verified=pages)).result()
            except _PagesChanged:
                continue  # another page came or went between verifying and writing: verify again
        raise EnvironmentProblem("store.write_failed")

    def discard(self, case_id: str) -> None:
        """Throw a draft away with its pages. Raises InputProblem ``intake.not_a_draft``, ``intake.gone``."""
        self._need(Right.WORK)
        now = self._clock.now()

        def work(transaction: Transaction) -> list[Page]:
            draft_of(transaction, case_id)
            pages = {page.page_id: page for page in transaction.pages(case_id)}
            transaction.append_event(self._event(case_id, now, "discarded"))
            return [pages[page_id] for page_id in transaction.remove_draft(case_id) if page_id in pages]

        for page in self._store.write(work).result():
            self._vault.remove(page.page_id, page.sha256)

    def _take_in(self, transaction: Transaction, case_id: str, verified: Sequence[Page]) -> TakenIn:
        case = draft_of(transaction, case_id)
        pages = tuple(transaction.pages(case_id))
        if {(page.page_id, page.sha256) for page in pages} != {(page.page_id, page.sha256) for page in verified}:
            raise _PagesChanged
        before = sent_before(transaction, case_id)
        if before is not None:
            raise InputProblem("intake.sent_before", local_no=before.local_no)
        item = self._item(case.item_code)
        now = self._clock.now()
        checked = check_draft(case.applicant, item, pages, self._today(), self._counter.known_areas)
        if checked.missing:
            raise InputProblem("intake.not_ready", field=checked.missing[0].field, count=len(checked.missing))
        local_no = transaction.take_local_no(now.astimezone(SHANGHAI).date())
        case = replace(
            case,
            status=CaseStatus.RECEIVED,
            applicant=checked.applicant,
            materials=materials_of(item, pages),
            # the item's version the papers were checked against is the one the case stays bound to
            item_version=item.version,
            item_name=item.name,
            mode=item.mode,
            clerk=self._counter.acting.clerk,
            local_no=local_no,
            revision=1,
            received_at=now,
            updated_at=now,
        )
        transaction.put_case(case)
        transaction.append_event(
            CaseEvent(
                case_id,
                now,
                self._counter.acting.clerk,
                "taken_in",
                CaseStatus.DRAFT,
                CaseStatus.RECEIVED,
                {"local_no": local_no, "pages": str(len(pages))},
            )
        )
        sends = Operation.SUBMIT in SENDS[case.mode]
        if sends:
            row = submit_row(case, pages, self._counter.station, now)
            transaction.add_outbox(row)
            transaction.append_event(self._event(case_id, now, "queued", action_id=row.action_id, revision="1"))
        return TakenIn(case_id, local_no, now, len(pages), sends)

    def _verify(self, case_id: str, pages: Sequence[Page]) -> None:
        for page in pages:
            if not self._vault.verify(page.page_id, page.sha256):
                case = self._store.read(lambda snapshot: snapshot.case(case_id))
                name = self._item(case.item_code).requirement(page.requirement_id).name
                raise EnvironmentProblem("intake.page_damaged", name=name, order=page.order)

    def _item(self, code: str) -> ServiceItem:
        try:
            return self._items.get(code)
        except KeyError:
            raise InputProblem("intake.item_gone") from None

    def _view(self, case: Case, pages: tuple[Page, ...], item: ServiceItem) -> DraftView:
        checked = check_draft(case.applicant, item, pages, self._today(), self._counter.known_areas)
        return DraftView(
            case=case,
            item=item,
            pages=pages,
            birth_date=checked.birth_date,
            sex=checked.sex,
            troubles=(*checked.troubles, *self._disk.troubles()),
            missing=checked.missing,
            saved_at=case.updated_at,
        )

    def _need(self, right: Right) -> None:
        self._counter.acting.need(right)

    def _today(self) -> date:
        return self._clock.now().astimezone(SHANGHAI).date()

    def _event(self, case_id: str, at: datetime, kind: str, **detail: str) -> CaseEvent:
        return CaseEvent(case_id, at, self._counter.acting.clerk, kind, detail=detail)


class _PagesChanged(Exception):
    """The pages in the transaction are not those that were verified; nothing was written."""


def draft_of(snapshot: Snapshot, case_id: str) -> Case:
    """The draft. Raises InputProblem ``intake.gone``, ``intake.not_a_draft``."""
    try:
        case = snapshot.case(case_id)
    except KeyError:
        raise InputProblem("intake.gone") from None
    if case.status is not CaseStatus.DRAFT:
        raise InputProblem("intake.not_a_draft", local_no=case.local_no or "")
    return case


def submit_row(case: Case, pages: Sequence[Page], station: StationFile, now: datetime) -> OutboxRow:
    """The outbox row that submits a case's present revision; its action_id is made here, once for ever (I2).

    Raises:
        ValueError: when the case was not taken in.
    """
    if case.local_no is None or case.received_at is None:
        raise ValueError("only a case that was taken in can be sent")
    action_id = str(uuid.uuid4())
    applicant = case.applicant
    payload = RevisionPayload(
        wire_version=WIRE_VERSION,
        action_id=action_id,
        station=station.division_code,
        clerk=case.clerk,
        case_id=case.case_id,
        revision=case.revision,
        local_no=case.local_no,
        item_code=case.item_code,
        item_version=case.item_version,
        item_name=case.item_name,
        received_at=utc_text(case.received_at),
        applicant=ApplicantRecord(
            kind=str(applicant.kind),
            name=applicant.name,
            document_kind=applicant.document_kind,
            document_number=applicant.document_number,
            phone=applicant.phone,
            address=applicant.address,
        ),
        materials=[
            MaterialRecord(requirement_id=one.requirement_id, name=one.name, form=str(one.form), copies=one.copies)
            for one in case.materials
        ],
        form=dict(case.form),
        manifest=[
            ManifestEntry(
                requirement_id=page.requirement_id,
                order=page.order,
                sha256=page.sha256,
                byte_count=page.byte_count,
                media_type=page.media_type,
            )
            for page in pages
        ],
    ).to_bytes()
    return OutboxRow(
        action_id=action_id,
        case_id=case.case_id,
        operation=Operation.SUBMIT,
        revision=case.revision,
        state=SendingState.QUEUED,
        payload=payload,
        payload_sha256=sha256_hex(payload),
        wire_version=WIRE_VERSION,
        created_at=now,
        updated_at=now,
    )
