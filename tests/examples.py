"""How many examples hypothesis makes: the quick checks try a share of them, ``dev.py test --all`` all."""

from __future__ import annotations

from hypothesis import settings

_SHARE = 3


def examples(at_length: int) -> int:
    """Examples of a test that wants ``at_length`` of them when there is time."""
    return at_length if settings.get_current_profile_name() == "long" else -(-at_length // _SHARE)
