"""Service items and code lists: read, check, search."""
