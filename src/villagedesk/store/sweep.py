"""Page files that no row names: left by a crash between the file and its row, and set aside, never deleted."""

from __future__ import annotations

from villagedesk.store.database import EncryptedStore
from villagedesk.store.vault import PageVault


def sweep(store: EncryptedStore, vault: PageVault) -> int:
    """Set orphans aside; to be called after sign-in. Gives their number.

    Args:
        vault: opened before this call; what was put through it is never an orphan, for its row may be on its way.

    Raises:
        EnvironmentProblem: ``store.unreadable``, ``store.disk_full``, ``store.write_failed``.
    """
    return vault.set_aside_orphans(frozenset(vault.name_of(*page) for page in store.named_pages()))
