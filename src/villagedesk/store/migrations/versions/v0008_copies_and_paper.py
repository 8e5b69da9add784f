"""Which paper of its kind, how many copies, on what, by which printer, and its number there to ask for it later."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns; papers of before were one A4 copy, and their printer can no more be asked."""
    op.execute("ALTER TABLE print_jobs ADD COLUMN about TEXT NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE print_jobs ADD COLUMN copies INTEGER NOT NULL DEFAULT 1")
    op.execute("ALTER TABLE print_jobs ADD COLUMN paper TEXT NOT NULL DEFAULT 'a4'")
    op.execute("ALTER TABLE print_jobs ADD COLUMN printer TEXT NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE print_jobs ADD COLUMN ticket TEXT NOT NULL DEFAULT ''")
