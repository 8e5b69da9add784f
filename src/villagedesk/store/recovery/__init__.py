"""What is left of a damaged database, read page by page beside SQLite, and a new database made of it."""
