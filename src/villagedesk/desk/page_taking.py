"""A photograph becomes a page: journalled while the page is made, kept at once where nothing is to be asked, or left
waiting for the clerk's yes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from villagedesk.desk.capture_journal import CaptureJournal, Written
from villagedesk.desk.drafts import corrects
from villagedesk.desk.items import Items
from villagedesk.desk.kept_pages import put_verified
from villagedesk.desk.material_notes import requirement_of, uploaded
from villagedesk.desk.page_book import Edit, PageBook
from villagedesk.desk.page_hints import PageHints
from villagedesk.desk.page_places import open_for
from villagedesk.desk.proposals import Held, Proposals
from villagedesk.desk.views import Corners, Proposal
from villagedesk.devices.ports import Photograph
from villagedesk.domain.capture import Capture, Framing, Origin
from villagedesk.domain.case import Case, CaseStatus, Page
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.repositories import Prepared, Store, Transaction, Vault
from villagedesk.imaging.page import LOW_RESOLUTION


class PageTaking:
    """Makes pages and saves them. Calls block and may come from several threads."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        items: Items,
        proposals: Proposals,
        journal: CaptureJournal,
        book: PageBook,
        hints: PageHints,
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._items = items
        self._proposals = proposals
        self._journal = journal
        self._book = book
        self._hints = hints
        self._accepted: dict[str, frozenset[str]] = {}
        """By case: what was warned of a photograph and kept all the same. How far the camera sees does not change with
        each page; each file is another matter."""

    def propose(
        self,
        wanted: Proposal,
        photograph: Photograph,
        framing: Framing,
        *,
        keep_sure: bool,
        doubt: Callable[[Corners], str] = lambda _: "",
    ) -> Proposal:
        """Make the page of a photograph. When this returns the photograph is on disk; and also when it raises, where
        that lies with this program or the disk and not with the picture: then it waits to be looked at.

        Args:
            keep_sure: save the page at once where nothing is to be asked; the proposal's ``kept`` says so.
            doubt: gives, by the page's corners, the key of what else the clerk has to be asked about it, "" for
                nothing.

        Raises:
            InputProblem: ``imaging.*``.
            EnvironmentProblem: ``store.*`` when it could not be written.
        """
        # A file could be anything and is written after it was found to be a picture; it does not run away meanwhile.
        # What the camera gave is written while its page is being made.
        early = None if wanted.uploaded else self._journal.begin(wanted.proposal_id, photograph)
        accepted = frozenset() if wanted.uploaded else self._accepted.get(wanted.case_id, frozenset())
        kept_unseen = keep_sure and not wanted.uploaded  # of a file there may be doubts
        try:
            proposal = self._proposals.make(wanted, photograph, framing, accepted if kept_unseen else None, doubt)
        except InputProblem:
            if early is not None:
                self._journal.give_up(early)
            raise
        except Exception:
            if early is not None:
                self._wait_for_answer(self._entry(wanted, framing, "", early.result()), early.result())
            raise
        writing = early or self._journal.begin(wanted.proposal_id, photograph)
        try:
            written = writing.result()
            held = self._proposals.find(proposal.proposal_id)
            if keep_sure and held.is_certain(accepted):
                page = self._keep_at_once(held, written)
                self._proposals.drop(proposal.proposal_id)
                proposal = replace(proposal, kept=page)
                # Drawn when it is safe: that takes as long as a fifth of making it.
                return proposal if proposal.image else replace(proposal, image=self._proposals.picture(held.page.data))
            self._wait_for_answer(self._entry(held.proposal, held.framing, held.doubt, written), written)
        except BaseException:
            self._proposals.drop(proposal.proposal_id)
            raise
        return proposal

    def _keep_at_once(self, held: Held, written: Written) -> Page:
        page_id = str(uuid.uuid4())
        capture = self._entry(held.proposal, held.framing, held.doubt, written)
        try:
            prepared = self._vault.prepare(page_id, held.page.data)
        except Problem:
            self._wait_for_answer(capture, written)  # the photograph at least
            raise
        self._publish(written.prepared, prepared)
        try:
            return self._save(held, capture, page_id, prepared.sha256)
        except (Problem, ValueError):
            self._note_waiting(capture)
            raise

    def _wait_for_answer(self, capture: Capture, written: Written) -> None:
        self._publish(written.prepared)
        self._note_waiting(capture)

    def _note_waiting(self, capture: Capture) -> None:
        def work(transaction: Transaction) -> None:
            open_for(transaction, capture.case_id, capture.requirement_id)
            transaction.put_capture(capture)

        try:
            self._store.write(work).result()
        except (Problem, ValueError):
            self._vault.remove(capture.capture_id, capture.sha256)  # no row names it
            raise

    def _publish(self, *prepared: Prepared) -> None:
        """Make prepared files the vault's own, all read back, or none."""
        self._vault.publish(prepared)
        if not all(self._vault.verify(one.page_id, one.sha256) for one in prepared):
            for one in prepared:
                self._vault.remove(one.page_id, one.sha256)
            raise EnvironmentProblem("store.write_failed")

    def _entry(self, proposal: Proposal, framing: Framing, doubt: str, written: Written) -> Capture:
        prepared = written.prepared
        return Capture(
            capture_id=proposal.proposal_id,
            case_id=proposal.case_id,
            requirement_id=proposal.requirement_id,
            sha256=prepared.sha256,
            byte_count=prepared.byte_count,
            media_type=written.media_type,
            taken_at=self._clock.now(),
            uploaded=proposal.uploaded,
            framing=framing,
            replaces=proposal.replaces,
            doubt=doubt,
        )

    def _save(self, held: Held, capture: Capture, page_id: str, sha256: str) -> Page:
        """Name a page whose file is verified, and settle its photograph, in one transaction."""
        proposal, flat = held.proposal, held.page
        page = Page(
            page_id=page_id,
            case_id=proposal.case_id,
            requirement_id=proposal.requirement_id,
            order=0,  # counted by the book
            sha256=sha256,
            byte_count=len(flat.data),
            media_type=flat.media_type,
            width=flat.width,
            height=flat.height,
            dpi=flat.dpi,
            captured_at=self._clock.now(),
        )

        def change(pages: list[Page]) -> list[Page]:
            for place, before in enumerate(pages):
                if before.page_id == proposal.replaces:
                    pages[place] = replace(page, requirement_id=before.requirement_id)
                    return pages
            return [*pages, page]

        def beside(transaction: Transaction, case: Case) -> Case:
            transaction.put_capture(replace(capture, waits=False))
            transaction.add_origin(Origin(page_id, capture.capture_id, capture.framing))
            item = self._items.of_case(case)
            anew = corrects(transaction, case)
            if proposal.uploaded and (anew or case.status is CaseStatus.DRAFT) and item is not None:
                return uploaded(case, requirement_of(item, proposal.requirement_id), anew=anew)
            return case

        kind = "page_retaken" if proposal.replaces else "page_added"
        detail = {"before": proposal.replaces} if proposal.replaces else {}
        try:
            saved = self._book.do(proposal.case_id, Edit(kind, page_id, change, beside, detail))
        except (Problem, ValueError):
            self._vault.remove(page_id, sha256)  # no row names it
            raise
        self._hints.note(page_id, flat)
        return saved

    def keep(self, proposal_id: str) -> Page:
        """Save the page: into the vault, verified, then its row. After return it is saved.

        Raises:
            InputProblem: ``scanning.proposal_gone``, ``intake.gone``, ``intake.not_a_draft``.
            EnvironmentProblem: ``store.*``; the proposal is still there to try again.
        """
        held = self._proposals.find(proposal_id)
        capture = self._journal.find(held.proposal.case_id, proposal_id)
        page_id = str(uuid.uuid4())
        sha256 = put_verified(self._vault, page_id, held.page.data)
        page = self._save(held, replace(capture, framing=held.framing), page_id, sha256)
        self._proposals.drop(proposal_id)
        if LOW_RESOLUTION in held.page.warnings and not held.proposal.uploaded:
            self._accepted[page.case_id] = frozenset({LOW_RESOLUTION})
        return page
