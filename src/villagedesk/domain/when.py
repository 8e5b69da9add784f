"""When something is needed: a condition in words, and where a machine can tell, the fact it hangs on.

Facts are texts by name: the values of the case's form, and :data:`FACTS`, which every case has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FACTS = frozenset({"agent", "guardian", "minor", "applicant_kind", "sex", "age", "document_kind"})
"""Facts of every case besides its form: ``yes``/``no`` for the first three, ``natural``/``legal``, ``male``/``female``,
full years, a document kind; "" while unknown."""

YES = "yes"
NO = "no"


@dataclass(frozen=True)
class When:
    """A condition.

    Args:
        words: as the clerk reads it, e.g. 由别人代办时.
        fact: name of a form field of the item, or one of :data:`FACTS`; "" where only the clerk can tell.
        values: under which of the fact's values it holds.
        least, most: inclusive bounds for a fact that is a number, instead of ``values``.
    """

    words: str
    fact: str = ""
    values: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None

    def holds(self, facts: Mapping[str, str]) -> bool | None:
        """Whether it holds; None where that is not known, or only the clerk can tell."""
        value = facts.get(self.fact, "") if self.fact else ""
        if not value:
            return None
        if self.values:
            return bool(set(value.split()) & set(self.values))
        try:
            number = float(value)
        except ValueError:
            return None
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)
