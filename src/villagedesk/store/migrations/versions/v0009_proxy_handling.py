"""Proxy handling 人工代办: batches carried to the township, its own numbers, signed papers, evaluations, call-backs,
home visits; how long the link was there, day by day; and which cases moved in a time, found without reading the log."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, Integer, Text, text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables and columns; of the days before nothing is known, and all documents came over the wire."""
    op.execute("ALTER TABLE cases ADD COLUMN township_no TEXT NOT NULL DEFAULT ''")
    op.create_index("cases_by_township_no", "cases", ["township_no"], sqlite_where=text("township_no <> ''"))
    op.execute("ALTER TABLE documents ADD COLUMN origin TEXT NOT NULL DEFAULT ''")
    op.create_table(
        "handover_batches",
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
    )
    op.create_index("handover_batches_of_state", "handover_batches", ["state", "batch_no"])
    op.create_table(
        "handover_lines",
        Column("batch_no", Text, primary_key=True),
        Column("case_id", Text, primary_key=True),
        Column("place", Integer, nullable=False),
        Column("papers", Integer, nullable=False),
        Column("copies", Integer, nullable=False),
        Column("sheets", Integer, nullable=False),
        Column("outcome", Text, nullable=False),
        Column("counted", Integer),
        Column("words", Text, nullable=False),
        ForeignKeyConstraint(["batch_no"], ["handover_batches.batch_no"]),
        ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
    )
    op.create_index("handover_lines_of_case", "handover_lines", ["case_id"])
    op.create_table(
        "evaluations",
        Column("case_id", Text, primary_key=True),
        Column("stage", Text, primary_key=True),
        Column("level", Integer, nullable=False),
        Column("reason", Text, nullable=False),
        Column("at", Text, nullable=False),
        Column("clerk", Text, nullable=False),
        ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
    )
    op.create_index("evaluations_at", "evaluations", ["at"])
    op.create_table(
        "call_backs",
        Column("call_back_id", Text, primary_key=True),
        Column("case_id", Text, nullable=False),
        Column("cause", Text, nullable=False),
        Column("due_on", Text, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("done_at", Text),
        Column("outcome", Text, nullable=False),
        Column("words", Text, nullable=False),
        ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
    )
    op.create_index("call_backs_of_case", "call_backs", ["case_id"])
    op.create_index("call_backs_open", "call_backs", ["due_on"], sqlite_where=text("done_at IS NULL"))
    op.create_table(
        "visits",
        Column("visit_no", Text, primary_key=True),
        Column("case_id", Text, nullable=False, unique=True),
        Column("planned_on", Text, nullable=False),
        Column("note", Text, nullable=False),
        Column("made_at", Text, nullable=False),
        Column("clerk", Text, nullable=False),
        ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
    )
    op.create_table(
        "link_days",
        Column("day", Text, primary_key=True),
        Column("watched_seconds", Integer, nullable=False),
        Column("up_seconds", Integer, nullable=False),
    )
    op.drop_index("case_events_to_status", "case_events")
    op.create_index(
        "case_events_moves", "case_events", ["to_status", "at", "case_id"], sqlite_where=text("to_status IS NOT NULL")
    )
