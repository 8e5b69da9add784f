"""One small data folder per released schema, as that release left it, and the facts in it (``make`` makes the next)."""
