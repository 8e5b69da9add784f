"""Which font files papers are drawn with on this system: the base font, kinds of type, rare characters.

Windows: the system's own SimSun, FangSong and SimHei, as official papers want them, where they are there; then what is
shipped in ``resources/fonts/rare``. Debian: what its packages ``fonts-lxgw-wenkai``, ``fonts-hanazono`` and
``fonts-babelstone-han`` hold.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from villagedesk.app.resources import rare_fonts
from villagedesk.papers.fonts import Face, FontSet

_WINDOWS_FACES = {Face.SONG: "simsun.ttc", Face.FANGSONG: "simfang.ttf", Face.HEI: "simhei.ttf"}
_WINDOWS_RARE = ("simsunb.ttf", "SimsunExtG.ttf", "msyh.ttc")
_DEBIAN_RARE = (
    "lxgw-wenkai/LXGWWenKai-Regular.ttf",
    "hanazono/HanaMinA.ttf",
    "hanazono/HanaMinB.ttf",
    "babelstone/BabelStoneHan.ttf",
)
_DEBIAN = Path("/usr/share/fonts/truetype")


def font_set(resources: Path, platform: str = sys.platform, folder: Path | None = None) -> FontSet:
    """The fonts of papers.

    Args:
        folder: where the system keeps its fonts; by default where it always does.
    """
    shipped = rare_fonts(resources)
    base = resources / "fonts" / "villagedesk-base.ttf"
    if platform == "win32":
        system = folder or Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
        faces = {face: system / name for face, name in _WINDOWS_FACES.items()}
        return FontSet(base, [*shipped, *(system / name for name in _WINDOWS_RARE)], faces)
    system = folder or _DEBIAN
    return FontSet(base, [*shipped, *(system / name for name in _DEBIAN_RARE)])
