"""villagedesk: the offline-first intake desk of a village service window."""

__version__ = "0.1.0"
