"""Puts the fonts for rare characters, with their licences, beside the base font: what a packaged program ships.

They are taken from Debian's packages ``fonts-lxgw-wenkai``, ``fonts-hanazono`` and ``fonts-babelstone-han``, which must
be installed; each file's hash is checked. They are not committed: 120 MB.

Run: ``python3 resources/fonts/take_rare_fonts.py``.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

TARGET = Path(__file__).with_name("rare")
FONTS = Path("/usr/share/fonts/truetype")
LICENCES = Path("/usr/share/doc")
# Package, file, sha256; in the order in which papers ask them for a character.
WANTED = (
    (
        "fonts-lxgw-wenkai",
        "lxgw-wenkai/LXGWWenKai-Regular.ttf",
        "bbf534b0ca093928f94d1782855e65a19a32cde82b075d495d072025521953c8",
    ),
    (
        "fonts-hanazono",
        "hanazono/HanaMinA.ttf",
        "7ca87559414474848fc513a8d8eb42d5b0f8194c30c2abdfbfedff5398ec88d7",
    ),
    (
        "fonts-hanazono",
        "hanazono/HanaMinB.ttf",
        "829543436cdf7b4c6730e2af5806fa406f8ddf0d4b656e0cd49c58d4db1c8d3c",
    ),
    (
        "fonts-babelstone-han",
        "babelstone/BabelStoneHan.ttf",
        "a2027ca3606907f6a628e9cd869605e3879beaaa38b37c7fec95b372130628c8",
    ),
)


def main() -> int:
    """Copy them; exit code 1 with a sentence when one is missing or is not the expected one."""
    found = []
    for package, name, wanted in WANTED:
        file, licence = FONTS / name, LICENCES / package / "copyright"
        if not file.is_file() or not licence.is_file():
            sys.stderr.write(f"{file} or its licence is missing: apt-get install {package}\n")
            return 1
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        if digest != wanted:
            sys.stderr.write(f"{file} has sha256 {digest}, expected {wanted}\n")
            return 1
        found.append((package, file, licence))
    TARGET.mkdir(exist_ok=True)
    for place, (package, file, licence) in enumerate(found, start=1):
        shutil.copyfile(file, TARGET / f"{place}-{file.name}")
        shutil.copyfile(licence, TARGET / f"LICENSE-{package}.txt")
    sys.stdout.write(f"{len(found)} fonts in {TARGET}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
