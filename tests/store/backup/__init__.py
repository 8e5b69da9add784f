"""Backup media: what is written, what is read back, what is restored."""
