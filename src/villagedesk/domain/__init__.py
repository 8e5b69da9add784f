"""Cases, people, identifiers, service items, life cycle, deadlines, repository protocols: pure Python, no I/O."""
