"""The practice system's tables. Unique constraints, not checks in code, make every effect happen at most once."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

METADATA = MetaData()

STATIONS = Table(
    "stations",
    METADATA,
    Column("division_code", String(12), primary_key=True),
    Column("name", String(400), nullable=False),
    Column("credential_sha256", String(64)),  # NULL: not enrolled, or revoked
    Column("installation_id", String(64)),
    Column("enrolled_at", String(32)),
    Column("change_count", Integer, nullable=False, default=0),
)

ONE_TIME_CODES = Table(
    "one_time_codes",
    METADATA,
    Column("code_sha256", String(64), primary_key=True),
    Column("division_code", ForeignKey("stations.division_code"), nullable=False),
    Column("credential_sha256", String(64)),  # set once, by the enrolment that used the code
    Column("answer", LargeBinary),
)

REPLACEMENTS = Table(
    "replacements",
    METADATA,
    Column("old_sha256", String(64), primary_key=True),  # a credential is replaced once
    Column("division_code", ForeignKey("stations.division_code"), nullable=False),
    Column("credential_sha256", String(64), nullable=False, unique=True),
    Column("answer", LargeBinary, nullable=False),
)

EPOCHS = Table(
    "epochs",
    METADATA,
    Column("division_code", ForeignKey("stations.division_code"), primary_key=True),
    Column("epoch", String(1), primary_key=True),
    Column("installation_id", String(64), nullable=False),
)
"""Letters of the numbers a station's installations ever printed, each with the first installation that had it."""

CASES = Table(
    "cases",
    METADATA,
    Column("case_id", String(64), primary_key=True),
    Column("division_code", ForeignKey("stations.division_code"), nullable=False, index=True),
    Column("state", String(32), nullable=False),
    # Counts the corrections asked for; a round is committed once (see RECEIPTS).
    Column("round", Integer, nullable=False, default=0),
    Column("item_code", String(64), nullable=False),
    Column("item_name", String(400), nullable=False),
    Column("local_no", String(64), nullable=False),
    Column("first_seen_at", String(32), nullable=False),
    Column("committed_at", String(32)),
    Column("acceptance_no", String(64), unique=True),
    Column("query_code", String(64)),
    Index("cases_by_state", "state", "committed_at"),
)

ACTION_IDS = Table(
    "action_ids",
    METADATA,
    Column("action_id", String(64), primary_key=True),
    Column("case_id", ForeignKey("cases.case_id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),  # 0: an action that is no revision
    Column("payload_sha256", String(64), nullable=False),
)

REVISIONS = Table(
    "revisions",
    METADATA,
    Column("case_id", ForeignKey("cases.case_id"), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("action_id", ForeignKey("action_ids.action_id"), nullable=False, unique=True),
    Column("payload", LargeBinary, nullable=False),
    Column("payload_sha256", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(400), nullable=False, default=""),
    Column("registered_at", String(32), nullable=False),
)

RECEIPTS = Table(
    "receipts",
    METADATA,
    Column("case_id", String(64), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("round", Integer, nullable=False),
    Column("receipt_id", String(64), nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
    Column("committed_at", String(32), nullable=False),
    UniqueConstraint("case_id", "round", name="one_commit_a_round"),
)

ACTIONS = Table(
    "actions",
    METADATA,
    Column("action_id", ForeignKey("action_ids.action_id"), primary_key=True),
    Column("case_id", ForeignKey("cases.case_id"), nullable=False, index=True),
    Column("operation", String(400), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("taken_at", String(32), nullable=False),
)

PAGES = Table(
    "pages",
    METADATA,
    Column("division_code", ForeignKey("stations.division_code"), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("byte_count", Integer, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("stored_at", String(32), nullable=False),
)

UPLOADS = Table(
    "uploads",
    METADATA,
    Column("upload_id", String(64), primary_key=True),
    Column("division_code", ForeignKey("stations.division_code"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("received", Integer, nullable=False, default=0),
    Column("state", String(16), nullable=False),  # open, complete, gone
    Column("created_at", String(32), nullable=False),
)

CHANGES = Table(
    "changes",
    METADATA,
    Column("division_code", ForeignKey("stations.division_code"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("case_id", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("case_id", ForeignKey("cases.case_id"), primary_key=True),
    Column("document_id", String(64), primary_key=True),
    Column("name", String(400), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("issued_at", String(32), nullable=False),
)
"""Handed out to the stations: results."""

SERIALS = Table(
    "serials",
    METADATA,
    Column("day", String(8), primary_key=True),
    Column("last", Integer, nullable=False),
)
