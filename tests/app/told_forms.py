"""Every form in which something a villager told could stand in a file: for tests that search what was written."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from villagedesk.domain.names_pinyin import name_syllables, pinyin_initials

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "gb18030")


def forms_of(text: str, *, name: bool = False) -> dict[bytes, str]:
    """Bytes to look for, each with what it is.

    Args:
        name: a person's name, which is looked for in pinyin as well.
    """
    found: dict[bytes, str] = {}
    for encoding in _ENCODINGS:
        raw = text.encode(encoding)
        found[raw] = f"{text} in {encoding}"
        found[raw.hex().encode()] = f"{text} in {encoding}, hex"
        for shift in range(3):
            # what stands before it shifts the groups of three: the letters that depend on a neighbour are left out
            coded = base64.b64encode(bytes(shift) + raw).rstrip(b"=")
            start, end = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
            found[coded[start:end]] = f"{text} in {encoding}, base64"
    found[quote(text).encode()] = f"{text} in a URL"
    found[json.dumps(text).strip('"').encode()] = f"{text} in JSON"
    if name:
        for joined in ("", " ", "-", "_"):
            spelled = joined.join(name_syllables(text))
            for way in (spelled, spelled.title(), spelled.upper()):
                found[way.encode()] = f"{text} in pinyin"
        found[pinyin_initials(text).upper().encode()] = f"initials of {text}"
    return found


def told_in(data: bytes, forms: Mapping[bytes, str]) -> Iterator[str]:
    """What of it stands in the data."""
    return (what for form, what in forms.items() if form in data)
