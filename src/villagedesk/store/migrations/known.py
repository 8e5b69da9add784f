"""Names of the schema versions, apart from Alembic, so that an up-to-date database opens without importing it."""

from __future__ import annotations

KNOWN_REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")
"""Oldest first; a database that says another is newer than this program."""
