"""Reading: the domain's Snapshot over one connection in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, union

from villagedesk.domain.case import Case, CaseEvent, CaseLine, CaseStatus, Page
from villagedesk.domain.case_query import CaseQuery, CasesFound, QueryWord
from villagedesk.domain.catalogue import Catalogue
from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.earlier_person import EarlierPerson, earlier_persons_of
from villagedesk.domain.outbox import Operation, OutboxRow, PageTransfer, SendingSize, SendingState, SettledKey
from villagedesk.domain.paper_no import PaperMark
from villagedesk.domain.party import ApplicantKind
from villagedesk.domain.printing import PrintJob, PrintJobState
from villagedesk.domain.retention import RetentionCandidate
from villagedesk.store import retention, rows
from villagedesk.store.captures import NAMING, SqlCaptureReads
from villagedesk.store.case_line import line_query
from villagedesk.store.case_search import CaseSearch
from villagedesk.store.case_words import cases_with
from villagedesk.store.documents import DocumentReads
from villagedesk.store.evaluations import EvaluationReads
from villagedesk.store.handover import HandoverReads
from villagedesk.store.link_days import SqlLinkDayReads
from villagedesk.store.register_reads import RegisterReads
from villagedesk.store.schema import (
    CASE_COUNTS,
    CASE_EVENTS,
    CASES,
    CATALOGUES,
    EPOCHS,
    EXPIRED_PAGES,
    ITEM_USES,
    ITEM_VERSIONS,
    META,
    OUTBOX,
    PAGE_TRANSFERS,
    PAGES,
    PRINT_JOBS,
    SETTINGS,
    VISITS,
    WORDS_VERSION_NAME,
)
from villagedesk.store.search import applicant_word, fold, person_words, wanted_of
from villagedesk.store.statistics_reads import SqlStatisticsReads
from villagedesk.store.visits import VisitReads

CORRECTION = "correction."
"""Settings of this name keep cases that are being corrected, by their id."""
_PERSONS_AT_ONCE = 50


class SqlSnapshot(
    SqlCaptureReads,
    DocumentReads,
    HandoverReads,
    VisitReads,
    EvaluationReads,
    RegisterReads,
    SqlStatisticsReads,
    SqlLinkDayReads,
):
    """One consistent view of the database.

    Args:
        connection: in a transaction; the snapshot is worth nothing after it ends.
    """

    def case(self, case_id: str) -> Case:
        """The case. Raises KeyError."""
        row = self.connection.execute(select(CASES).where(CASES.c.case_id == case_id)).first()
        if row is None:
            raise KeyError(case_id)
        return rows.case_of(row)

    def correction(self, case_id: str) -> Case | None:
        """The case as the clerk has corrected it so far, also when it went on meanwhile; None while nobody does."""
        kept = self.setting(f"{CORRECTION}{case_id}")
        return rows.case_of_text(kept) if kept else None

    def case_by_number(self, number: str) -> Case | None:
        """The case with that local_no (blanks, hyphens and case do not matter) or exactly that acceptance_no, or
        begun for the visit with that number; else the newest with that township_no."""
        code = fold(number)
        local_no = f"{code[:6]}-{code[6:7]}-{code[7:11]}-{code[11:]}"
        row = self.connection.execute(select(CASES).where(CASES.c.local_no == local_no)).first()
        if row is None and number.strip():
            chosen = select(CASES).where(CASES.c.acceptance_no == number.strip(), CASES.c.acceptance_no != "")
            row = self.connection.execute(chosen).first()
        if row is None:
            visited = select(VISITS.c.case_id).where(VISITS.c.visit_no == f"{PaperMark.VISIT}{local_no}")
            row = self.connection.execute(select(CASES).where(CASES.c.case_id.in_(visited))).first()
        if row is None and number.strip():
            chosen = select(CASES).where(CASES.c.township_no == number.strip(), CASES.c.township_no != "")
            row = self.connection.execute(chosen.order_by(CASES.c.updated_at.desc())).first()
        return None if row is None else rows.case_of(row)

    def cases_with_number(self, number: str) -> Sequence[Case]:
        """The cases with that acceptance_no, whatever letters of it are capitals."""
        # the whole of a partial index is read, which holds the numbers alone: some ms at 100,000 cases, asked by hand
        alike = func.lower(CASES.c.acceptance_no) == func.lower(number)
        chosen = select(CASES).where(alike, CASES.c.acceptance_no != "").order_by(CASES.c.case_id)
        return [rows.case_of(row) for row in self.connection.execute(chosen)]

    def case_lines(
        self, limit: int, *, status: CaseStatus | None = None, after: tuple[datetime, str] | None = None
    ) -> Sequence[CaseLine]:
        """Newest cases first, keyset-paged by (updated_at, case_id)."""
        conditions: list[ColumnElement[bool]] = []
        if status is not None:
            conditions.append(CASES.c.status == status.value)
        if after is not None:
            moment, case_id = utc_text(after[0]), after[1]
            older = and_(CASES.c.updated_at == moment, CASES.c.case_id < case_id)
            conditions += [CASES.c.updated_at <= moment, or_(CASES.c.updated_at < moment, older)]
        order = (CASES.c.updated_at.desc(), CASES.c.case_id.desc())
        chosen = select(CASES.c.case_id).where(*conditions).order_by(*order).limit(limit)
        # In a second step, so that the sending state is looked up for the rows shown and for no other.
        return self._lines([row.case_id for row in self.connection.execute(chosen)])

    def find_cases(self, query: CaseQuery, limit: int, after: str = "") -> CasesFound:
        """Cases for which all words of the query hold, the newest made first; all cases, newest changed first, when it
        has none.

        Args:
            after: the ``next`` of the page before.

        Raises:
            ValueError: when ``after`` is none.
        """
        if not any(wanted_of(word) for word in query.words):
            return self._all_cases(limit, after)
        search = CaseSearch(self.connection)
        made, count = search.find(query, limit + 1, int(after) if after else None)
        lines = self._lines(search.cases(made[:limit]))
        return CasesFound(lines, count, str(made[limit - 1]) if len(made) > limit else "")

    def _all_cases(self, limit: int, after: str) -> CasesFound:
        moment, _, case_id = after.partition(" ")
        lines = self.case_lines(limit + 1, after=(moment_of(moment), case_id) if after else None)
        count = self.connection.execute(select(func.sum(CASE_COUNTS.c.cases))).scalar_one() or 0
        last = lines[limit - 1] if len(lines) > limit else None
        return CasesFound(lines[:limit], count, "" if last is None else f"{utc_text(last.updated_at)} {last.case_id}")

    def words_version(self) -> str:
        """By which rules the index words were made; "" before there were several."""
        chosen = select(META.c.value).where(META.c.name == WORDS_VERSION_NAME)
        return self.connection.execute(chosen).scalar() or ""

    def _lines(self, case_ids: Sequence[str]) -> list[CaseLine]:
        chosen = line_query().where(CASES.c.case_id.in_(case_ids))
        lines = {row.case_id: row for row in self.connection.execute(chosen)}
        return [rows.case_line_of(lines[case_id]) for case_id in case_ids]

    def received_between(self, start: datetime, end: datetime, limit: int) -> tuple[Sequence[CaseLine], int]:
        """Cases received from ``start`` on and before ``end``, the newest changed first, and how many there are. Each
        was changed since then too, which an index knows."""
        first, last = utc_text(start), utc_text(end)
        so = and_(CASES.c.updated_at >= first, CASES.c.received_at >= first, CASES.c.received_at < last)
        newest = line_query().where(so).order_by(CASES.c.updated_at.desc(), CASES.c.case_id.desc()).limit(limit)
        lines = [rows.case_line_of(row) for row in self.connection.execute(newest)]
        if len(lines) < limit:
            return lines, len(lines)
        return lines, self.connection.execute(select(func.count()).select_from(CASES).where(so)).scalar_one()

    def newest_change(self) -> datetime | None:
        """When a case was changed last, as the PC's clock said; None before there was one."""
        newest = self.connection.execute(select(func.max(CASES.c.updated_at))).scalar()
        return None if newest is None else moment_of(newest)

    def count_by_status(self) -> dict[CaseStatus, int]:
        """How many cases stand in each state; states without cases are left out."""
        counted = self.connection.execute(select(CASE_COUNTS).where(CASE_COUNTS.c.cases > 0))
        return {CaseStatus(row.status): row.cases for row in counted}

    def pages(self, case_id: str) -> Sequence[Page]:
        """The case's pages by requirement and order."""
        chosen = select(PAGES).where(PAGES.c.case_id == case_id).order_by(PAGES.c.requirement_id, PAGES.c.page_order)
        return [rows.page_of(row) for row in self.connection.execute(chosen)]

    def events(self, case_id: str) -> Sequence[CaseEvent]:
        """The case's log, oldest first."""
        chosen = select(CASE_EVENTS).where(CASE_EVENTS.c.case_id == case_id).order_by(CASE_EVENTS.c.seq)
        return [rows.event_of(row) for row in self.connection.execute(chosen)]

    def outbox_row(self, action_id: str) -> OutboxRow:
        """The row. Raises KeyError."""
        row = self.connection.execute(select(OUTBOX).where(OUTBOX.c.action_id == action_id)).first()
        if row is None:
            raise KeyError(action_id)
        return rows.outbox_of(row)

    def outbox_of_case(self, case_id: str) -> Sequence[OutboxRow]:
        """The case's rows, oldest first."""
        chosen = select(OUTBOX).where(OUTBOX.c.case_id == case_id).order_by(OUTBOX.c.seq)
        return [rows.outbox_of(row) for row in self.connection.execute(chosen)]

    def outbox(self, states: frozenset[SendingState], limit: int | None = None) -> Sequence[OutboxRow]:
        """Rows in these states, oldest first; no more than ``limit`` where one is given."""
        names = sorted(state.value for state in states)
        chosen = select(OUTBOX).where(OUTBOX.c.state.in_(names)).order_by(OUTBOX.c.seq).limit(limit)
        return [rows.outbox_of(row) for row in self.connection.execute(chosen)]

    def sending_sizes(self, states: frozenset[SendingState]) -> Mapping[str, SendingSize]:
        """By case_id, of all cases with a row in these states; a case without pages is left out."""
        cases = select(OUTBOX.c.case_id).where(OUTBOX.c.state.in_(sorted(state.value for state in states)))
        pages = (
            select(PAGES.c.case_id, PAGES.c.sha256, func.max(PAGES.c.byte_count).label("size"))
            .where(PAGES.c.case_id.in_(cases))
            .group_by(PAGES.c.case_id, PAGES.c.sha256)
            .subquery()
        )
        transfers = PAGE_TRANSFERS.c
        found = (
            select(
                pages.c.case_id,
                func.sum(func.coalesce(transfers.offset, 0)),
                func.sum(pages.c.size),
                func.sum(func.coalesce(transfers.done, 0)),
                func.count(),
            )
            .select_from(pages.outerjoin(PAGE_TRANSFERS, transfers.sha256 == pages.c.sha256))
            .group_by(pages.c.case_id)
        )
        return {case_id: SendingSize(*counts) for case_id, *counts in self.connection.execute(found)}

    def settled_keys(self) -> Sequence[SettledKey]:
        """What is sent or done, oldest first, without the bytes: there are as many as cases ever taken in."""
        names = [SendingState.SENT.value, SendingState.DONE.value]
        columns = (OUTBOX.c.action_id, OUTBOX.c.case_id, OUTBOX.c.revision, OUTBOX.c.payload_sha256)
        chosen = select(*columns).where(OUTBOX.c.state.in_(names))
        return [SettledKey(*row) for row in self.connection.execute(chosen.order_by(OUTBOX.c.seq))]

    def page_transfer(self, sha256: str) -> PageTransfer | None:
        """How far that page has come, None when never begun."""
        row = self.connection.execute(select(PAGE_TRANSFERS).where(PAGE_TRANSFERS.c.sha256 == sha256)).first()
        return None if row is None else rows.transfer_of(row)

    def pages_transferred(self, sha256s: Collection[str]) -> frozenset[str]:
        """Which of those pages the acceptance system has whole."""
        done = select(PAGE_TRANSFERS.c.sha256).where(PAGE_TRANSFERS.c.done == 1)
        names, found = sorted(sha256s), set[str]()
        for start in range(0, len(names), rows.NAMES_AT_ONCE):
            some = names[start : start + rows.NAMES_AT_ONCE]
            found.update(self.connection.execute(done.where(PAGE_TRANSFERS.c.sha256.in_(some))).scalars())
        return frozenset(found)

    def print_jobs(self, case_id: str | None = None, *, open_only: bool = False) -> Sequence[PrintJob]:
        """Print jobs, oldest first; open ones are those that did not come out: waiting or failed."""
        chosen = select(PRINT_JOBS).order_by(PRINT_JOBS.c.seq)
        if case_id is not None:
            chosen = chosen.where(PRINT_JOBS.c.case_id == case_id)
        if open_only:
            chosen = chosen.where(PRINT_JOBS.c.state.in_([PrintJobState.WAITING.value, PrintJobState.FAILED.value]))
        return [rows.print_job_of(row) for row in self.connection.execute(chosen)]

    def print_job(self, job_id: str) -> PrintJob:
        """The print job. Raises KeyError."""
        row = self.connection.execute(select(PRINT_JOBS).where(PRINT_JOBS.c.job_id == job_id)).first()
        if row is None:
            raise KeyError(job_id)
        return rows.print_job_of(row)

    def setting(self, name: str) -> str:
        """A stored setting, "" when there is none."""
        return self.connection.execute(select(SETTINGS.c.value).where(SETTINGS.c.name == name)).scalar() or ""

    def catalogue(self) -> Catalogue | None:
        """The catalogue in use, None before the first was installed."""
        row = self.connection.execute(select(CATALOGUES).order_by(CATALOGUES.c.seq.desc()).limit(1)).first()
        return None if row is None else rows.catalogue_of(row)

    def catalogues(self) -> Sequence[Catalogue]:
        """Every catalogue that ever was in use, the one in use last."""
        every = select(CATALOGUES).order_by(CATALOGUES.c.seq)
        return [rows.catalogue_of(row) for row in self.connection.execute(every)]

    def item_version(self, code: str, version: int) -> str | None:
        """That version of an item as JSON text, None when it was never here."""
        chosen = select(ITEM_VERSIONS.c.content)
        chosen = chosen.where(ITEM_VERSIONS.c.code == code, ITEM_VERSIONS.c.version == version)
        return self.connection.execute(chosen).scalar()

    def former_items(self, codes: Collection[str]) -> Sequence[str]:
        """The newest version of every item kept that is none of these, as JSON text."""
        newest = select(ITEM_VERSIONS.c.code, ITEM_VERSIONS.c.content, func.max(ITEM_VERSIONS.c.version))
        found = self.connection.execute(newest.group_by(ITEM_VERSIONS.c.code).order_by(ITEM_VERSIONS.c.code))
        return [row.content for row in found if row.code not in codes]

    def item_uses(self) -> Mapping[str, int]:
        """How often each item was taken in, by code."""
        return {row.code: row.uses for row in self.connection.execute(select(ITEM_USES))}

    def cases_of_person(self, document_number: str, limit: int) -> Sequence[Case]:
        """Cases whose applicant has that number (folded), newest first, drafts too."""
        return self.numbered(cases_with(self.connection, applicant_word(document_number)), limit)

    def earlier_persons(self, text: str, limit: int, kinds: Set[ApplicantKind]) -> Sequence[EarlierPerson]:
        """Applicants, agents and others of cases taken in, by name, pinyin, number or its last four; newest first, each
        number once, as applicant where they ever were one: more is known of an applicant."""
        query = CaseQuery(tuple(QueryWord(word) for word in text.split()))
        search = CaseSearch(self.connection)
        found: dict[tuple[str, str], EarlierPerson] = {}
        before: int | None = None
        while len(found) < limit:
            made, _ = search.find(query, _PERSONS_AT_ONCE, before)
            if not made:
                break
            before = made[-1]
            ids = search.cases(made)
            cases = {row.case_id: row for row in self.connection.execute(select(CASES).where(CASES.c.case_id.in_(ids)))}
            for case in (rows.case_of(cases[case_id]) for case_id in ids):
                if case.status is CaseStatus.DRAFT:
                    continue
                for person in earlier_persons_of(case):
                    if person.kind not in kinds or not _is_meant(person, query):
                        continue
                    known = found.setdefault((person.document_kind, person.document_number), person)
                    if person.address and not known.address:
                        found[person.document_kind, person.document_number] = person
        return list(found.values())[:limit]

    def epoch(self) -> str:
        """The letter this installation's local numbers carry."""
        return self._fact("epoch")

    def installation_id(self) -> str:
        """UUID text, another after every restore or recovery."""
        return self._fact("installation_id")

    def epochs(self) -> tuple[str, ...]:
        """Every letter this database's numbers ever carried, the one in use last."""
        return tuple(self.connection.execute(select(EPOCHS.c.epoch).order_by(EPOCHS.c.seq)).scalars())

    def expired_pages(self, case_id: str) -> frozenset[str]:
        """page_ids of the case whose file was removed after custody was attested."""
        naming = union(
            *(select(table.c.page_id, table.c.sha256).where(table.c.case_id == case_id) for table in NAMING)
        ).subquery()
        given_up = and_(EXPIRED_PAGES.c.page_id == naming.c.page_id, EXPIRED_PAGES.c.sha256 == naming.c.sha256)
        chosen = select(EXPIRED_PAGES.c.page_id).join(naming, given_up)
        return frozenset(self.connection.execute(chosen).scalars())

    def retention_candidates(self, delivered_before: datetime) -> Sequence[RetentionCandidate]:
        """Cases delivered before that moment which still have files, oldest delivery first."""
        return retention.candidates(self.connection, delivered_before)

    def named_pages(self) -> frozenset[tuple[str, str]]:
        """Page id and SHA-256 of every page some row names and whose file was not given up: of cases, of what was
        sent, of papers as printed, documents that came, photographs."""
        naming = union(*(select(table.c.page_id, table.c.sha256) for table in NAMING))
        rows_found = self.connection.execute(naming)
        named = frozenset(
            (row.page_id, row.sha256) for row in rows_found if row.page_id
        )  # a document may be on its way
        return named - self.given_up_pages()

    def given_up_pages(self) -> frozenset[tuple[str, str]]:
        """Page id and SHA-256 of every page whose file was given up."""
        chosen = select(EXPIRED_PAGES.c.page_id, EXPIRED_PAGES.c.sha256)
        return frozenset((row.page_id, row.sha256) for row in self.connection.execute(chosen))

    def _fact(self, name: str) -> str:
        return str(self.connection.execute(select(META.c.value).where(META.c.name == name)).scalar_one())

    def _sent_before(self, case_id: str) -> bool:
        """Whether a revision of the case is in the outbox and was not taken back."""
        chosen = select(OUTBOX.c.seq).where(
            OUTBOX.c.case_id == case_id,
            OUTBOX.c.operation == Operation.SUBMIT.value,
            OUTBOX.c.state != SendingState.CANCELLED.value,
        )
        return self.connection.execute(chosen.limit(1)).first() is not None


def _is_meant(person: EarlierPerson, query: CaseQuery) -> bool:
    """Whether the words are that person's own, not those of somebody else in the case."""
    words = person_words(person.name, (person.document_number, person.phone))
    name = fold(person.name)
    return all(
        any(way.words and words.issuperset(way.words) and way.name_holds in name for way in wanted_of(word_typed))
        for word_typed in query.words
    )
