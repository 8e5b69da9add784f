"""The first schema: cases and their pages, log, outbox, print jobs and numbers.

Triggers guard what no code may do, whatever code it is: an outbox row does not vanish (I5), its frozen bytes do not
change (I4), and the log is only appended to (I10).
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Text, UniqueConstraint, text

revision = "0001"
down_revision = None

_FIRST_EPOCH = "A"

_GUARDS = (
    """
    CREATE TRIGGER outbox_stays BEFORE DELETE ON outbox
    BEGIN SELECT RAISE(ABORT, 'an outbox row is never deleted'); END
    """,
    """
    CREATE TRIGGER outbox_frozen BEFORE UPDATE ON outbox
    WHEN OLD.frozen_at IS NOT NULL AND (
        NEW.frozen_at IS NOT OLD.frozen_at OR NEW.payload IS NOT OLD.payload
        OR NEW.payload_sha256 IS NOT OLD.payload_sha256 OR NEW.wire_version IS NOT OLD.wire_version)
    BEGIN SELECT RAISE(ABORT, 'frozen bytes never change'); END
    """,
    """
    CREATE TRIGGER outbox_same_action BEFORE UPDATE ON outbox
    WHEN NEW.action_id IS NOT OLD.action_id OR NEW.case_id IS NOT OLD.case_id
        OR NEW.operation IS NOT OLD.operation OR NEW.revision IS NOT OLD.revision
    BEGIN SELECT RAISE(ABORT, 'an action stays the action it is'); END
    """,
    """
    CREATE TRIGGER case_events_stay BEFORE DELETE ON case_events
    BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END
    """,
    """
    CREATE TRIGGER case_events_unchanged BEFORE UPDATE ON case_events
    BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END
    """,
    """
    CREATE TRIGGER local_numbers_stay BEFORE DELETE ON local_numbers
    BEGIN SELECT RAISE(ABORT, 'a number once taken stays taken'); END
    """,
)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "meta",
        Column("name", Text, primary_key=True),
        Column("value", Text, nullable=False),
    )
    op.create_table(
        "settings",
        Column("name", Text, primary_key=True),
        Column("value", Text, nullable=False),
    )
    op.create_table(
        "cases",
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
    )
    op.create_index("cases_newest", "cases", ["updated_at", "case_id"])
    op.create_index("cases_of_status", "cases", ["status", "updated_at", "case_id"])
    op.create_index("cases_by_acceptance_no", "cases", ["acceptance_no"], sqlite_where=text("acceptance_no <> ''"))
    op.create_table(
        "case_counts",
        Column("status", Text, primary_key=True),
        Column("cases", Integer, nullable=False),
    )
    op.create_table(
        "case_words",
        Column("word", Text, primary_key=True),
        Column("case_id", Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pages",
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
    )
    op.create_index("pages_by_id", "pages", ["page_id"])
    op.create_table(
        "sent_pages",
        Column("case_id", Text, ForeignKey("cases.case_id"), primary_key=True),
        Column("page_id", Text, primary_key=True),
        Column("sha256", Text, primary_key=True),
    )
    op.create_index("sent_pages_by_id", "sent_pages", ["page_id"])
    op.create_table(
        "case_events",
        Column("seq", Integer, primary_key=True, autoincrement=False),
        Column("case_id", Text, nullable=False),
        Column("at", Text, nullable=False),
        Column("actor", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("from_status", Text),
        Column("to_status", Text),
        Column("detail", Text, nullable=False),
        Column("mac", LargeBinary, nullable=False),
    )
    op.create_index("case_events_of_case", "case_events", ["case_id", "seq"])
    op.create_table(
        "outbox",
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
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_of_case", "outbox", ["case_id", "seq"])
    op.create_index("outbox_of_state", "outbox", ["state", "seq"])
    op.create_index(
        "outbox_one_submit",
        "outbox",
        ["case_id", "revision"],
        unique=True,
        sqlite_where=text("operation = 'submit' AND state NOT IN ('superseded', 'cancelled')"),
    )
    op.create_table(
        "page_transfers",
        Column("sha256", Text, primary_key=True),
        Column("location", Text, nullable=False),
        Column("offset", Integer, nullable=False),
        Column("length", Integer, nullable=False),
        Column("done", Integer, nullable=False),
    )
    op.create_table(
        "print_jobs",
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
        sqlite_autoincrement=True,
    )
    op.create_index("print_jobs_of_case", "print_jobs", ["case_id", "seq"])
    op.create_index("print_jobs_of_state", "print_jobs", ["state", "seq"])
    op.create_index("print_jobs_by_page", "print_jobs", ["page_id"])
    op.create_table(
        "local_numbers",
        Column("local_no", Text, primary_key=True),
        Column("epoch", Text, nullable=False),
        Column("day", Text, nullable=False),
        Column("day_count", Integer, nullable=False),
        UniqueConstraint("epoch", "day", "day_count", name="local_numbers_once"),
    )
    for guard in _GUARDS:
        op.execute(guard)
    op.execute(f"INSERT INTO meta (name, value) VALUES ('epoch', '{_FIRST_EPOCH}')")
