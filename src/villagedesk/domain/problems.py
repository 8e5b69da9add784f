"""What can go wrong in a way the clerk is told of, as a message key with its parameters."""

from __future__ import annotations


class Problem(Exception):
    """A refusal or failure with a sentence in the message catalogue.

    Args:
        key: dotted key in the message catalogue, e.g. ``"identity.check_digit"``.
        field: name of the input field the sentence belongs beside, or "" when it belongs to none.
        params: values for the sentence's placeholders. Never personal data unless the sentence shows it to the clerk.
    """

    def __init__(self, key: str, *, field: str = "", **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.field = field
        self.params = params


class InputProblem(Problem):
    """What was typed or handed in is wrong; the clerk can put it right."""


class EnvironmentProblem(Problem):
    """Disk, printer, camera, link or file system failed; the sentence says what to do."""
