"""Even light, white paper, and what must not be lost with it."""
