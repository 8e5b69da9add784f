"""The index of words in blocks: one row holds a word's cases among many that follow each other, a bit each."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Derived from the cases: filled anew when the database is opened."""
    op.drop_table("case_words")
    op.create_table(
        "case_words",
        Column("word", Text, primary_key=True),
        Column("block", Integer, primary_key=True, autoincrement=False),
        Column("members", LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
