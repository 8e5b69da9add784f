"""The use cases of the window: take in, scan, queue, print. Knows no Qt, no device adapter and no HTTP adapter."""
