"""A paper the clerk gave up holds no page any more: its picture goes as the others do. And what was scanned here, which
nobody can send again, never goes."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"

_OVER = "('delivered', 'archived')"
_CLOSED = "('sent', 'done', 'superseded', 'cancelled')"
_STATEMENTS = (
    "DROP TRIGGER expired_pages_not_needed",
    f"""
    CREATE TRIGGER expired_pages_not_needed BEFORE INSERT ON expired_pages
    WHEN EXISTS (
            SELECT 1 FROM (
                SELECT case_id FROM pages WHERE page_id = NEW.page_id
                UNION SELECT case_id FROM sent_pages WHERE page_id = NEW.page_id
                UNION SELECT case_id FROM print_jobs WHERE page_id = NEW.page_id) AS naming
            LEFT JOIN cases ON cases.case_id = naming.case_id
            WHERE cases.status IS NULL OR cases.status NOT IN {_OVER}
                OR EXISTS (SELECT 1 FROM outbox
                    WHERE outbox.case_id = naming.case_id AND outbox.state NOT IN {_CLOSED}))
        OR EXISTS (
            SELECT 1 FROM (
                SELECT case_id, sha256 FROM pages WHERE page_id = NEW.page_id
                UNION SELECT case_id, sha256 FROM sent_pages WHERE page_id = NEW.page_id) AS naming
            WHERE NOT EXISTS (SELECT 1 FROM outbox
                WHERE outbox.case_id = naming.case_id AND outbox.operation = 'submit' AND outbox.state = 'sent'
                    AND instr(outbox.receipt, naming.sha256) > 0))
        OR EXISTS (SELECT 1 FROM print_jobs WHERE page_id = NEW.page_id AND state IN ('waiting', 'failed'))
        OR EXISTS (SELECT 1 FROM documents WHERE page_id = NEW.page_id AND origin <> '')
    BEGIN SELECT RAISE(ABORT, 'the page is still needed'); END
    """,
    "DROP TRIGGER print_jobs_not_expired",
    """
    CREATE TRIGGER print_jobs_not_expired BEFORE INSERT ON print_jobs
    WHEN NEW.state IN ('waiting', 'failed') AND EXISTS (SELECT 1 FROM expired_pages WHERE page_id = NEW.page_id)
    BEGIN SELECT RAISE(ABORT, 'the file of this paper was given up'); END
    """,
)


def upgrade() -> None:
    """Put the new rules in the place of the old ones."""
    for statement in _STATEMENTS:
        op.execute(statement)
