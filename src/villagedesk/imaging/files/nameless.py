"""What is wrong with a file, told where its name is not known."""

from __future__ import annotations

from villagedesk.domain.problems import InputProblem


class Nameless(InputProblem):
    """A refusal whose sentence shows the file's name; whoever knows it makes a new problem with it."""

    def called(self, name: str) -> InputProblem:
        """The same with the name."""
        named = InputProblem(self.key, name=name)
        named.params.update(self.params)
        return named
