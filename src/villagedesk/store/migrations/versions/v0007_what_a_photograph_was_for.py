"""What a photograph that waits was taken for: the page it shall take the place of, and what is to be asked about it."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns; of photographs of before neither is known, so they are one more page, asked about as such."""
    op.execute("ALTER TABLE captures ADD COLUMN replaces TEXT NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE captures ADD COLUMN doubt TEXT NOT NULL DEFAULT ''")
