"""People of a case besides the applicant, promised papers by date, catalogues with every version of every item, how
often an item is used, and the short numbers and words by which cases are found.

Triggers guard what no code may do: a version of an item once kept is never changed nor removed, because cases are bound
to it; a catalogue once installed stays on record.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, Text, text

revision = "0003"
down_revision = "0002"

_GUARDS = (
    """
    CREATE TRIGGER item_versions_stay BEFORE DELETE ON item_versions
    BEGIN SELECT RAISE(ABORT, 'cases are bound to this version'); END
    """,
    """
    CREATE TRIGGER item_versions_unchanged BEFORE UPDATE ON item_versions
    BEGIN SELECT RAISE(ABORT, 'cases are bound to this version'); END
    """,
    """
    CREATE TRIGGER catalogues_stay BEFORE DELETE ON catalogues
    BEGIN SELECT RAISE(ABORT, 'a catalogue once installed stays on record'); END
    """,
    """
    CREATE TRIGGER catalogues_unchanged BEFORE UPDATE ON catalogues
    BEGIN SELECT RAISE(ABORT, 'a catalogue once installed stays on record'); END
    """,
)


def upgrade() -> None:
    """Add the columns and tables; uses are counted from the cases there are."""
    op.execute("ALTER TABLE cases ADD COLUMN parties TEXT NOT NULL DEFAULT '[]'")
    op.execute("ALTER TABLE cases ADD COLUMN promised_until TEXT NOT NULL DEFAULT ''")
    op.create_index("cases_with_promises", "cases", ["promised_until"], sqlite_where=text("promised_until <> ''"))
    handing_out = "status IN ('concluded', 'result_waiting') AND mode IN ('system', 'proxy')"
    op.create_index("cases_to_hand_out", "cases", ["updated_at"], sqlite_where=text(handing_out))
    op.create_index("cases_of_item", "cases", ["item_code", "created_at", "case_id"])
    op.create_table(
        "item_versions",
        Column("code", Text, primary_key=True),
        Column("version", Integer, primary_key=True, autoincrement=False),
        Column("content", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "catalogues",
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("version", Integer, nullable=False),
        Column("made_at", Text, nullable=False),
        Column("origin", Text, nullable=False),
        Column("sha256", Text, nullable=False),
        Column("content", Text, nullable=False),
        Column("installed_at", Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "item_uses",
        Column("code", Text, primary_key=True),
        Column("uses", Integer, nullable=False),
        Column("last_at", Text, nullable=False),
    )
    op.execute(
        "INSERT INTO item_uses (code, uses, last_at)"
        " SELECT item_code, count(*), max(received_at) FROM cases WHERE received_at IS NOT NULL GROUP BY item_code"
    )
    # derived from the cases: filled anew when the database is opened
    op.drop_table("case_words")
    op.create_table(
        "case_numbers",
        Column("made", Integer, primary_key=True, autoincrement=True),
        Column("case_id", Text, nullable=False, unique=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "case_words",
        Column("word", Text, primary_key=True),
        Column("made", Integer, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    for guard in _GUARDS:
        op.execute(guard)
