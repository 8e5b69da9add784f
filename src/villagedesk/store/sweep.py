"""Page files without a row: left by a crash between the file and its row, and set aside, never deleted; photographs
that have ended, which a crash left there. And rows without their page file."""

from __future__ import annotations

from villagedesk.store.database import EncryptedStore
from villagedesk.store.files import problem_of
from villagedesk.store.vault import PageVault


def missing_pages(store: EncryptedStore, vault: PageVault) -> frozenset[str]:
    """Ids of the pages that some row names, and whose file is not there; none is opened for that.

    Raises:
        EnvironmentProblem: ``store.damaged``, ``store.write_failed``.
    """
    named = store.named_pages()  # before the files: what comes meanwhile is there
    try:
        stored = frozenset(vault.stored())
    except OSError as error:
        raise problem_of(error, vault.folder) from error
    return frozenset(page_id for page_id, sha256 in named if vault.name_of(page_id, sha256) not in stored)


def sweep(store: EncryptedStore, vault: PageVault) -> int:
    """Set orphans aside, and remove what was given up and a crash left there; to be called after sign-in.

    Args:
        vault: opened before this call; what was put through it is never an orphan, for its row may be on its way.

    Returns:
        How many orphans were set aside.

    Raises:
        EnvironmentProblem: ``store.damaged``, ``store.disk_full``, ``store.write_failed``.
    """
    try:
        stored = frozenset(vault.stored())
    except OSError as error:
        raise problem_of(error, vault.folder) from error
    ended = store.read(lambda snapshot: snapshot.ended_captures())
    for page in (*store.given_up_pages(), *ended):
        if vault.name_of(*page) in stored:
            vault.remove(*page)
    if ended:
        store.write(lambda transaction: transaction.forget_ended([name for name, _ in ended])).result()
    return vault.set_aside_orphans(frozenset(vault.name_of(*page) for page in store.named_pages()))
