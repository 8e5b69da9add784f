"""Today's tables. How a database comes to have them is written in ``migrations/``, which never imports this file."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, UniqueConstraint, text

METADATA = MetaData()

META = Table(
    "meta",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""The store's own facts: ``epoch``, ``installation_id``, ``audit_head``."""

SETTINGS = Table(
    "settings",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

TO_HAND_OUT = "status IN ('concluded', 'result_waiting') AND mode IN ('system', 'proxy')"
"""Which cases have a result for the villager that comes from elsewhere."""

CASES = Table(
    "cases",
    METADATA,
    Column("case_id", Text, primary_key=True),
    Column("local_no", Text, unique=True),
    Column("item_code", Text, nullable=False),
    Column("item_version", Integer, nullable=False),
    Column("item_name", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("clerk", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("received_at", Text),
    Column("accepted_at", Text),
    Column("revision", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("applicant_name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("applicant", Text, nullable=False),
    Column("materials", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("acceptance_no", Text, nullable=False),
    Column("query_code", Text, nullable=False),
    Column("remote_state", Text, nullable=False),
    Column("limit_date", Text, nullable=False),
    Column("accepting_organ", Text, nullable=False),
    Column("lookup_url", Text, nullable=False),
    Column("parties", Text, nullable=False, server_default="[]"),
    Column("promised_until", Text, nullable=False, server_default=""),
    Column("township_no", Text, nullable=False, server_default=""),
    Index("cases_with_promises", "promised_until", sqlite_where=text("promised_until <> ''")),
    Index("cases_to_hand_out", "updated_at", sqlite_where=text(TO_HAND_OUT)),
    Index("cases_of_item", "item_code", "created_at", "case_id"),
    Index("cases_newest", "updated_at", "case_id"),
    Index("cases_of_status", "status", "updated_at", "case_id"),
    Index("cases_by_acceptance_no", "acceptance_no", sqlite_where=text("acceptance_no <> ''")),
    Index("cases_by_township_no", "township_no", sqlite_where=text("township_no <> ''")),
)

CASE_COUNTS = Table(
    "case_counts",
    METADATA,
    Column("status", Text, primary_key=True),
    Column("cases", Integer, nullable=False),
)
"""Counted along with every change: counting 100,000 cases reads hundreds of pages of a cold disk."""

WORDS_VERSION_NAME = "words_version"
"""Under this name ``meta`` keeps by which rules ``case_words`` was filled."""

CASE_NUMBERS = Table(
    "case_numbers",
    METADATA,
    Column("made", Integer, primary_key=True, autoincrement=True),
    Column("case_id", Text, nullable=False, unique=True),
    sqlite_autoincrement=True,
)
"""The short number a case has in ``case_words``, counted up as cases are made."""

CASE_WORDS = Table(
    "case_words",
    METADATA,
    Column("word", Text, primary_key=True),
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("members", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""What a case is found by (``search``), many cases in a row (``case_words``)."""

DERIVED = frozenset({CASE_WORDS.name, CASE_NUMBERS.name, CASE_COUNTS.name})
"""Made anew from the cases where need be."""

PAGES = Table(
    "pages",
    METADATA,
    Column("case_id", Text, ForeignKey("cases.case_id"), primary_key=True),
    Column("requirement_id", Text, primary_key=True),
    Column("page_order", Integer, primary_key=True),
    Column("page_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("dpi", Integer, nullable=False),
    Column("captured_at", Text, nullable=False),
    Index("pages_by_id", "page_id"),
)

SENT_PAGES = Table(
    "sent_pages",
    METADATA,
    Column("case_id", Text, ForeignKey("cases.case_id"), primary_key=True),
    Column("page_id", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Index("sent_pages_by_id", "page_id"),
)
"""Pages a case had when one of its revisions went into the outbox, and has no more: they may still be asked for."""

CASE_EVENTS = Table(
    "case_events",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("case_id", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("from_status", Text),
    Column("to_status", Text),
    Column("detail", Text, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    Index("case_events_of_case", "case_id", "seq"),
    Index("case_events_moves", "to_status", "at", "case_id", sqlite_where=text("to_status IS NOT NULL")),
)
"""Append-only; no foreign key, because the log of a removed draft stays."""

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("action_id", Text, nullable=False, unique=True),
    Column("case_id", Text, ForeignKey("cases.case_id"), nullable=False),
    Column("operation", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("payload_sha256", Text, nullable=False),
    Column("wire_version", Integer, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Column("return_state", Text),
    Column("frozen_at", Text),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Text),
    Column("reason_key", Text, nullable=False),
    Column("reason_raw", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    Index("outbox_of_case", "case_id", "seq"),
    Index("outbox_of_state", "state", "seq"),
    Index(
        "outbox_one_submit",
        "case_id",
        "revision",
        unique=True,
        sqlite_where=text("operation = 'submit' AND state NOT IN ('superseded', 'cancelled')"),
    ),
    sqlite_autoincrement=True,
)

PAGE_TRANSFERS = Table(
    "page_transfers",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("location", Text, nullable=False),
    Column("offset", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("done", Integer, nullable=False),
)

PRINT_JOBS = Table(
    "print_jobs",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("job_id", Text, nullable=False, unique=True),
    Column("case_id", Text, ForeignKey("cases.case_id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("reprint", Integer, nullable=False),
    Column("page_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("reason_key", Text, nullable=False),
    Column("about", Text, nullable=False, server_default=""),
    Column("copies", Integer, nullable=False, server_default="1"),
    Column("paper", Text, nullable=False, server_default="a4"),
    Column("printer", Text, nullable=False, server_default=""),
    Column("ticket", Text, nullable=False, server_default=""),
    Index("print_jobs_of_case", "case_id", "seq"),
    Index("print_jobs_of_state", "state", "seq"),
    Index("print_jobs_by_page", "page_id"),
    sqlite_autoincrement=True,
)

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("case_id", Text, ForeignKey("cases.case_id"), primary_key=True),
    Column("document_id", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("told_at", Text, nullable=False),
    Column("page_id", Text, nullable=False),
    Column("came_at", Text),
    Column("bytes_here", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("reason_key", Text, nullable=False),
    Column("origin", Text, nullable=False, server_default=""),
    Index("documents_by_page", "page_id", sqlite_where=text("page_id <> ''")),
    Index("documents_wanted", "told_at", sqlite_where=text("page_id = ''")),
)
"""Papers of a case beside its materials: what the acceptance system hands out (``origin`` ""), and what was scanned
here: a signed paper, a result the township gave. Each names a file of the vault once it is whole."""

DOCUMENT_PARTS = Table(
    "document_parts",
    METADATA,
    Column("case_id", Text, primary_key=True),
    Column("document_id", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("start", Integer, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)
"""What of a document has come so far; gone when it is whole."""

CAPTURES = Table(
    "captures",
    METADATA,
    Column("page_id", Text, primary_key=True),
    Column("case_id", Text, ForeignKey("cases.case_id"), nullable=False),
    Column("requirement_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("captured_at", Text, nullable=False),
    Column("uploaded", Integer, nullable=False),
    Column("framing", Text, nullable=False),
    Column("waits", Integer, nullable=False),
    Column("replaces", Text, nullable=False, server_default=""),
    Column("doubt", Text, nullable=False, server_default=""),
    Index("captures_of_case", "case_id"),
)
"""Photographs as they were taken, until the papers are taken in; each names a file of the vault."""

PAGE_ORIGINS = Table(
    "page_origins",
    METADATA,
    Column("page_id", Text, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("capture_id", Text, ForeignKey("captures.page_id"), nullable=False),
    Column("framing", Text, nullable=False),
    Index("page_origins_of_capture", "capture_id"),
)
"""Of which photographs a kept page was made, and how."""

ENDED_CAPTURES = Table(
    "ended_captures",
    METADATA,
    Column("page_id", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
)
"""Photographs that are needed no more and whose files are still to be removed."""

LOCAL_NUMBERS = Table(
    "local_numbers",
    METADATA,
    Column("local_no", Text, primary_key=True),
    Column("epoch", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("day_count", Integer, nullable=False),
    UniqueConstraint("epoch", "day", "day_count", name="local_numbers_once"),
)
"""Every number ever taken, whether or not its case went on."""

EPOCHS = Table(
    "epochs",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("epoch", Text, nullable=False, unique=True),
    Column("installation_id", Text, nullable=False),
    Column("since", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Every letter this database's numbers ever carried, the one in use last; it is in ``meta`` as well."""

EXPIRED_PAGES = Table(
    "expired_pages",
    METADATA,
    Column("page_id", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("at", Text, nullable=False),
)
"""Pages whose file was given up (``retention``). What names them stays: rows, hashes and receipts are the proof."""

ITEM_VERSIONS = Table(
    "item_versions",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Every version of every service item this station ever had, as JSON; a case names one of them."""

CATALOGUES = Table(
    "catalogues",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("installed_at", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Every catalogue installed, the one in use last."""

ITEM_USES = Table(
    "item_uses",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("uses", Integer, nullable=False),
    Column("last_at", Text, nullable=False),
)
"""How often an item was taken in, counted along: the most used come first in the search."""

HANDOVER_BATCHES = Table(
    "handover_batches",
    METADATA,
    Column("batch_no", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("organ", Text, nullable=False),
    Column("clerk", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("handed_on", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("signed", Integer, nullable=False),
    Column("prints", Integer, nullable=False),
    Index("handover_batches_of_state", "state", "batch_no"),
)
"""What is carried to the township at once 移交批次."""

HANDOVER_LINES = Table(
    "handover_lines",
    METADATA,
    Column("batch_no", Text, ForeignKey("handover_batches.batch_no"), primary_key=True),
    Column("case_id", Text, ForeignKey("cases.case_id"), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("papers", Integer, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("sheets", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("counted", Integer),
    Column("words", Text, nullable=False),
    Index("handover_lines_of_case", "case_id"),
)
"""A case within a batch: how many sheets the list says, and what the township said of them."""

EVALUATIONS = Table(
    "evaluations",
    METADATA,
    Column("case_id", Text, ForeignKey("cases.case_id"), primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("level", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("clerk", Text, nullable=False),
    Index("evaluations_at", "at"),
)
"""What villagers said of a case 好差评: once for each stage, and it stays."""

CALL_BACKS = Table(
    "call_backs",
    METADATA,
    Column("call_back_id", Text, primary_key=True),
    Column("case_id", Text, ForeignKey("cases.case_id"), nullable=False),
    Column("cause", Text, nullable=False),
    Column("due_on", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("done_at", Text),
    Column("outcome", Text, nullable=False),
    Column("words", Text, nullable=False),
    Index("call_backs_of_case", "case_id"),
    Index("call_backs_open", "due_on", sqlite_where=text("done_at IS NULL")),
)
"""Whom to ask how it went 回访, and what came of it."""

VISITS = Table(
    "visits",
    METADATA,
    Column("visit_no", Text, primary_key=True),
    Column("case_id", Text, ForeignKey("cases.case_id"), nullable=False, unique=True),
    Column("planned_on", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("clerk", Text, nullable=False),
)
"""Home visits 上门代办: whose papers are taken at home, for which draft."""

LINK_DAYS = Table(
    "link_days",
    METADATA,
    Column("day", Text, primary_key=True),
    Column("watched_seconds", Integer, nullable=False),
    Column("up_seconds", Integer, nullable=False),
)
"""By day in Shanghai: for how long the program looked at the link, and for how long of it the acceptance system
answered."""
