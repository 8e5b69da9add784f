"""Every epoch this database ever had, and the pages whose files were given up after custody was attested.

Triggers guard what no code may do: a letter once used stays on record and none comes into use off the record (I6); a
page is given up only when every case that names it was delivered and has nothing open, a receipt lists it, and no paper
waits to be printed from it (I9); and what is given up is not named anew.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, Text, text

revision = "0002"
down_revision = "0001"

_OVER = "('delivered', 'archived')"
_CLOSED = "('sent', 'done', 'superseded', 'cancelled')"

_GUARDS = (
    """
    CREATE TRIGGER epochs_stay BEFORE DELETE ON epochs
    BEGIN SELECT RAISE(ABORT, 'a letter once used stays on record'); END
    """,
    """
    CREATE TRIGGER epochs_unchanged BEFORE UPDATE ON epochs
    BEGIN SELECT RAISE(ABORT, 'a letter once used stays on record'); END
    """,
    """
    CREATE TRIGGER epoch_on_record BEFORE UPDATE ON meta
    WHEN NEW.name = 'epoch' AND NEW.value IS NOT OLD.value
        AND NEW.value IS NOT (SELECT epoch FROM epochs ORDER BY seq DESC LIMIT 1)
    BEGIN SELECT RAISE(ABORT, 'only the newest letter on record comes into use'); END
    """,
    """
    CREATE TRIGGER epoch_never_used BEFORE INSERT ON epochs
    WHEN EXISTS (SELECT 1 FROM local_numbers WHERE epoch = NEW.epoch)
        AND NEW.epoch IS NOT (SELECT value FROM meta WHERE name = 'epoch')
    BEGIN SELECT RAISE(ABORT, 'numbers with this letter were given before'); END
    """,
    """
    CREATE TRIGGER expired_pages_stay BEFORE DELETE ON expired_pages
    BEGIN SELECT RAISE(ABORT, 'a file that was given up does not come back'); END
    """,
    """
    CREATE TRIGGER expired_pages_unchanged BEFORE UPDATE ON expired_pages
    BEGIN SELECT RAISE(ABORT, 'a file that was given up does not come back'); END
    """,
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
        OR EXISTS (SELECT 1 FROM print_jobs WHERE page_id = NEW.page_id AND state <> 'done')
    BEGIN SELECT RAISE(ABORT, 'the page is still needed'); END
    """,
    f"""
    CREATE TRIGGER pages_not_expired BEFORE INSERT ON pages
    WHEN EXISTS (SELECT 1 FROM expired_pages WHERE page_id = NEW.page_id)
        AND NOT EXISTS (SELECT 1 FROM cases WHERE case_id = NEW.case_id AND status IN {_OVER})
    BEGIN SELECT RAISE(ABORT, 'the file of this page was given up'); END
    """,
    """
    CREATE TRIGGER print_jobs_not_expired BEFORE INSERT ON print_jobs
    WHEN NEW.state <> 'done' AND EXISTS (SELECT 1 FROM expired_pages WHERE page_id = NEW.page_id)
    BEGIN SELECT RAISE(ABORT, 'the file of this paper was given up'); END
    """,
)


def upgrade() -> None:
    """Make the tables, and put the letter in use on record where there is an installation to it."""
    op.create_table(
        "epochs",
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("epoch", Text, nullable=False, unique=True),
        Column("installation_id", Text, nullable=False),
        Column("since", Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "expired_pages",
        Column("page_id", Text, primary_key=True),
        Column("sha256", Text, primary_key=True),
        Column("at", Text, nullable=False),
    )
    # how long ago a case was delivered is looked up by what its log says
    op.create_index(
        "case_events_to_status",
        "case_events",
        ["to_status", "at"],
        sqlite_where=text("to_status IN ('delivered', 'archived')"),
    )
    op.execute(
        "INSERT INTO epochs (epoch, installation_id, since)"
        " SELECT used.value, station.value, made.value FROM meta AS used, meta AS station, meta AS made"
        " WHERE used.name = 'epoch' AND station.name = 'installation_id' AND made.name = 'created_at'"
    )
    for guard in _GUARDS:
        op.execute(guard)
