"""Brings a database of any older schema to today's, with Alembic and no ini file.

The versions are imported as modules rather than read as files, so that they are found in a frozen build as well. A
version writes its own operations and never imports ``schema``: what it made must not change when the schema does.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from types import ModuleType

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep, RevisionStep
from alembic.script.base import Script
from alembic.script.revision import RevisionMap
from sqlalchemy import Connection

from villagedesk.store.migrations.versions import (
    v0001_first_schema,
    v0002_epochs_and_expired_pages,
    v0003_items_and_parties,
    v0004_case_words_in_blocks,
    v0005_documents,
    v0006_captures,
    v0007_what_a_photograph_was_for,
    v0008_copies_and_paper,
    v0009_proxy_handling,
    v0010_papers_given_up,
)

VERSIONS: tuple[ModuleType, ...] = (
    v0001_first_schema,
    v0002_epochs_and_expired_pages,
    v0003_items_and_parties,
    v0004_case_words_in_blocks,
    v0005_documents,
    v0006_captures,
    v0007_what_a_photograph_was_for,
    v0008_copies_and_paper,
    v0009_proxy_handling,
    v0010_papers_given_up,
)

_ONE_AT_A_TIME = threading.Lock()
"""Alembic's ``op`` is one for the whole process: of two upgrades at once, the one would change the other's database."""


def upgrade(connection: Connection, versions: Sequence[ModuleType] = VERSIONS) -> None:
    """Run the versions this database lacks, inside the transaction the connection is in.

    Args:
        connection: in a transaction that the caller commits or rolls back; SQLite rolls back table changes too.
        versions: Alembic revision modules, oldest first.
    """
    revisions = RevisionMap(lambda: [_script(module) for module in versions])
    head = str(versions[-1].revision)

    def steps(current: Sequence[str], _context: MigrationContext) -> Iterable[RevisionStep]:
        missing = revisions.iterate_revisions(head, tuple(current), implicit_base=True)
        return [
            MigrationStep.upgrade_from_script(revisions, script)
            for script in reversed(list(missing))
            if isinstance(script, Script)
        ]

    context = MigrationContext.configure(connection, opts={"fn": steps})
    with _ONE_AT_A_TIME, Operations.context(context):
        context.run_migrations()


def _script(module: ModuleType) -> Script:
    return Script(module, module.revision, module.__name__)
