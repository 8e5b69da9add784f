"""Names of legal persons as their certificate writes them: letters, digits, brackets and all."""

from __future__ import annotations

import unicodedata

from villagedesk.domain.names import DOTS
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.typed_text import without_invisible

FIELD = "name"
MAX_LENGTH = 100
_BRACKETS = str.maketrans("()", "\uff08\uff09")


def fold_organisation_name(typed: str) -> str:
    """The name in its composed form, without what cannot be seen, blanks outside and doubled ones gone, brackets and
    the middle dot as certificates print them.

    Raises:
        InputProblem: ``domain.organisation.empty``, ``.too_long`` (``count``, ``limit``), ``.control`` (``position``,
            ``code``); field ``name``.
    """
    plain = without_invisible(unicodedata.normalize("NFC", typed))
    name = " ".join(plain.split()).translate(_BRACKETS).translate(DOTS)
    if not any(unicodedata.category(char)[0] in "LN" or unicodedata.category(char) == "Co" for char in name):
        raise InputProblem("domain.organisation.empty", field=FIELD)
    if len(name) > MAX_LENGTH:
        raise InputProblem("domain.organisation.too_long", field=FIELD, count=len(name), limit=MAX_LENGTH)
    for position, char in enumerate(name, start=1):
        if unicodedata.category(char) in ("Cc", "Cf", "Cs"):
            raise InputProblem("domain.organisation.control", field=FIELD, position=position, code=f"U+{ord(char):04X}")
    return name
