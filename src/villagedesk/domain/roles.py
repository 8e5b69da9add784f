"""Who may do what at the window: three roles, each a set of rights (domain: section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Right(StrEnum):
    """What a role may do.

    SEE_PERSONS: cases, pages, papers, names. WORK: take in, change, print, export, decide about sending.
    KEEP_ACCOUNTS: others' accounts and the hand-over. SEE_LOG: who did what. SAFEGUARD: backups, checks, the support
    bundle, retention's setting: nothing that shows a person.
    """

    SEE_PERSONS = "see_persons"
    WORK = "work"
    KEEP_ACCOUNTS = "keep_accounts"
    SEE_LOG = "see_log"
    SAFEGUARD = "safeguard"


class Role(StrEnum):
    """What an account is for, as the slots file names it."""

    CLERK = "clerk"
    VILLAGE_HEAD = "village_head"
    TECHNICIAN = "technician"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.CLERK: frozenset(Right),
    Role.VILLAGE_HEAD: frozenset({Right.SEE_PERSONS, Right.SEE_LOG}),
    Role.TECHNICIAN: frozenset({Right.SAFEGUARD}),
}
"""The village head reads; the technician sees no persons."""
