"""Whether a legal basis names a rule: 《…》 or a document number, and does not leave open whether it holds."""

from __future__ import annotations

import re

_RULE_NAMED = re.compile("《[^《》]+》|〔[0-9]{4}〕")
_LEFT_OPEN = ("待核", "为准")


def names_rule(legal_basis: str) -> bool:
    """Whether somebody could look it up and rely on it."""
    return bool(_RULE_NAMED.search(legal_basis)) and not any(word in legal_basis for word in _LEFT_OPEN)
