"""Pictures of every paper, to look at: ``python -m tests.papers.shots FOLDER`` (``dev.py shots`` too)."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.papers.every_paper import EMPTY, EXTREME, PAPERS, USUAL
from tests.papers.samples import every_font, images

_DPI = 100
_VARIANTS = {
    "usual": (USUAL, 0, False),
    "again": (USUAL, 2, True),
    "extreme": (EXTREME, 0, False),
    "empty": (EMPTY, 0, False),
}


def take(folder: Path) -> int:
    """Write ``paper-variant-page.png`` for each; gives how many pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, draw in PAPERS.items():
        for variant, (texts, reprint, practice) in _VARIANTS.items():
            pdf = draw(texts, every_font(), reprint, practice)
            for number, picture in enumerate(images(pdf, _DPI, grey=False), 1):
                picture.save(folder / f"{name}-{variant}-{number}.png")
                count += 1
    return count


if __name__ == "__main__":
    sys.stdout.write(f"{take(Path(sys.argv[1]))} pictures\n")
