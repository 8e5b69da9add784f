"""Who acts at the desk, and what that person may do."""

from __future__ import annotations

from dataclasses import dataclass

from villagedesk.domain.problems import InputProblem
from villagedesk.domain.roles import RIGHTS, Right, Role


@dataclass(frozen=True)
class Acting:
    """The person who signed in.

    Args:
        clerk: the name in the log and on papers.
    """

    clerk: str
    role: Role = Role.CLERK

    def may(self, right: Right) -> bool:
        """Whether the role has that right."""
        return right in RIGHTS[self.role]

    def need(self, right: Right) -> None:
        """Raises InputProblem ``desk.not_allowed.<right>`` when the role has it not."""
        if not self.may(right):
            raise InputProblem(f"desk.not_allowed.{right}")
