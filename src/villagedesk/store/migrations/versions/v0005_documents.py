"""Documents the acceptance system hands out, with what of them has come so far.

Triggers as of the pages (0002): the file of a document is given up only when its case was delivered and has nothing
open (I9), and what is given up is not named anew.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, Integer, LargeBinary, Text, text

revision = "0005"
down_revision = "0004"

_OVER = "('delivered', 'archived')"
_CLOSED = "('sent', 'done', 'superseded', 'cancelled')"

_GUARDS = (
    f"""
    CREATE TRIGGER expired_documents_not_needed BEFORE INSERT ON expired_pages
    WHEN EXISTS (
        SELECT 1 FROM documents LEFT JOIN cases ON cases.case_id = documents.case_id
        WHERE documents.page_id = NEW.page_id
            AND (cases.status IS NULL OR cases.status NOT IN {_OVER}
                OR EXISTS (SELECT 1 FROM outbox
                    WHERE outbox.case_id = documents.case_id AND outbox.state NOT IN {_CLOSED})))
    BEGIN SELECT RAISE(ABORT, 'the document is still needed'); END
    """,
    f"""
    CREATE TRIGGER documents_not_expired BEFORE INSERT ON documents
    WHEN NEW.page_id <> '' AND EXISTS (SELECT 1 FROM expired_pages WHERE page_id = NEW.page_id)
        AND NOT EXISTS (SELECT 1 FROM cases WHERE case_id = NEW.case_id AND status IN {_OVER})
    BEGIN SELECT RAISE(ABORT, 'the file of this document was given up'); END
    """,
    """
    CREATE TRIGGER documents_stay BEFORE UPDATE ON documents
    WHEN OLD.page_id <> '' AND (NEW.page_id IS NOT OLD.page_id OR NEW.sha256 IS NOT OLD.sha256)
    BEGIN SELECT RAISE(ABORT, 'a document that is here stays what it is'); END
    """,
)


def upgrade() -> None:
    """Make the tables; a database of before has no documents."""
    op.create_table(
        "documents",
        Column("case_id", Text, primary_key=True),
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
        ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
    )
    op.create_index("documents_by_page", "documents", ["page_id"], sqlite_where=text("page_id <> ''"))
    op.create_index("documents_wanted", "documents", ["told_at"], sqlite_where=text("page_id = ''"))
    op.create_table(
        "document_parts",
        Column("case_id", Text, primary_key=True),
        Column("document_id", Text, primary_key=True),
        Column("sha256", Text, primary_key=True),
        Column("start", Integer, primary_key=True, autoincrement=False),
        Column("data", LargeBinary, nullable=False),
    )
    for guard in _GUARDS:
        op.execute(guard)
