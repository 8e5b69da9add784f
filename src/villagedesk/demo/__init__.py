"""The demo: its driver and the seeded photographs it takes."""
