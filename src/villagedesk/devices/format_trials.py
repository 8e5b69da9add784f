"""Which of its formats a camera is asked for, while it stays plugged in, after openings that brought no picture.

A camera is silent for two reasons that look the same. Its largest format may not fit through its cable: then a smaller
one must be taken, and the largest not be waited for again at each opening. Or another program holds it: then every
format is silent, and the one that is tried when that program is closed works by chance. What was photographed too
small is not noticed in the village and cannot be mended in the county, so a smaller format is used only once the best
one was silent again *after* the smaller one had brought frames. That costs a camera on a weak cable one more wait.
"""

from __future__ import annotations


class FormatTrials:
    """One camera's; a camera that is plugged in anew begins with new ones.

    Args:
        formats: how many it offers, the best first; 0 where that is not known.
    """

    def __init__(self, formats: int) -> None:
        self._formats = max(1, formats)
        self._works: int | None = None
        """A smaller format that brought frames after the best had been silent."""
        self.next = 0
        """What the next opening asks for."""

    def silent(self, asked: int) -> None:
        """An opening with that format brought nothing. In a run of such openings all have their turn, again and again:
        who gave up at the last would never try what the cable has room for."""
        self.next = (asked + 1) % self._formats if self._works is None else self._works

    def brought(self, asked: int) -> bool:
        """An opening with that format brought its first frame. False where the best is to be tried once more first."""
        if asked == 0:
            self._works, self.next = None, 0
        elif self._works is None:
            self._works, self.next = asked, 0
            return False
        return True
