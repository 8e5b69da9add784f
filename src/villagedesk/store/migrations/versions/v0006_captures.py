"""The capture journal: photographs that were taken, what pages were made of them, and those whose files are to go.

Triggers: a photograph that is still wanted is neither given up (0002) nor removed as one that has ended, and one that
has ended does not come back (I9).
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, Integer, Text

revision = "0006"
down_revision = "0005"

_GUARDS = (
    """
    CREATE TRIGGER expired_captures_not_needed BEFORE INSERT ON expired_pages
    WHEN EXISTS (SELECT 1 FROM captures WHERE page_id = NEW.page_id)
    BEGIN SELECT RAISE(ABORT, 'the photograph is still needed'); END
    """,
    """
    CREATE TRIGGER ended_captures_not_needed BEFORE INSERT ON ended_captures
    WHEN EXISTS (
        SELECT 1 FROM captures WHERE page_id = NEW.page_id
        UNION SELECT 1 FROM pages WHERE page_id = NEW.page_id
        UNION SELECT 1 FROM sent_pages WHERE page_id = NEW.page_id
        UNION SELECT 1 FROM print_jobs WHERE page_id = NEW.page_id
        UNION SELECT 1 FROM documents WHERE page_id = NEW.page_id)
    BEGIN SELECT RAISE(ABORT, 'the photograph is still needed'); END
    """,
    """
    CREATE TRIGGER captures_not_ended BEFORE INSERT ON captures
    WHEN EXISTS (SELECT 1 FROM ended_captures WHERE page_id = NEW.page_id)
    BEGIN SELECT RAISE(ABORT, 'the file of this photograph is to be removed'); END
    """,
    """
    CREATE TRIGGER captures_stay BEFORE UPDATE ON captures
    WHEN NEW.page_id IS NOT OLD.page_id OR NEW.sha256 IS NOT OLD.sha256 OR NEW.case_id IS NOT OLD.case_id
    BEGIN SELECT RAISE(ABORT, 'a photograph stays what it is'); END
    """,
)


def upgrade() -> None:
    """Make the tables; a database of before has no photographs."""
    op.create_table(
        "captures",
        Column("page_id", Text, primary_key=True),
        Column("case_id", Text, nullable=False),
        Column("requirement_id", Text, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("byte_count", Integer, nullable=False),
        Column("media_type", Text, nullable=False),
        Column("captured_at", Text, nullable=False),
        Column("uploaded", Integer, nullable=False),
        Column("framing", Text, nullable=False),
        Column("waits", Integer, nullable=False),
        ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
    )
    op.create_index("captures_of_case", "captures", ["case_id"])
    op.create_table(
        "page_origins",
        Column("page_id", Text, primary_key=True),
        Column("place", Integer, primary_key=True, autoincrement=False),
        Column("capture_id", Text, nullable=False),
        Column("framing", Text, nullable=False),
        ForeignKeyConstraint(["capture_id"], ["captures.page_id"]),
    )
    op.create_index("page_origins_of_capture", "page_origins", ["capture_id"])
    op.create_table(
        "ended_captures",
        Column("page_id", Text, primary_key=True),
        Column("sha256", Text, nullable=False),
    )
    for guard in _GUARDS:
        op.execute(guard)
