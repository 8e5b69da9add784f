"""Text that another system or a file told us, made fit to be kept, shown and printed.

What a server says is shown to a clerk and printed for a villager. It may hold what no sentence holds: control
characters, marks that turn the writing direction so that it reads as something else (Unicode TR 36, section 2.5), or
megabytes. Such text loses these and nothing else.
"""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

MOST_TOLD = 2000
"""Characters kept of one text: more than any reason an office gives, and little enough for a label."""
_MOST_URL = 1000
_LINE_BREAKS = frozenset("\n\u2028\u2029")
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
"""Control characters, format characters (bidi marks, zero-width ones, tags), halves of surrogate pairs."""


def tamed(text: str, most: int = MOST_TOLD) -> str:
    """The text with blanks for tabs, line feeds for every line break, no other control or format characters, and an
    ellipsis in place of what is longer than ``most`` characters."""
    # What is far too long is cut first, so that the work is bounded too.
    kept = text[: most * 4]
    if not kept.isprintable():  # which is true of all that has nothing to lose, and ten times as quick
        kept = "".join(map(_tame, kept))
    return kept if len(kept) <= most else kept[: most - 1] + "…"


def web_address(text: str) -> str:
    """An address a villager can be given to look the case up: the text itself when it is one of http or https with a
    host and nothing a reader could be led astray by, otherwise ""."""
    if not text or len(text.encode("utf-8", "surrogatepass")) > _MOST_URL:
        return ""
    if any(char.isspace() or char in '<>"\\' or unicodedata.category(char)[0] == "C" for char in text):
        return ""
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return ""
    # A user before the host makes another host look like the office's own.
    good = parts.scheme.lower() in ("http", "https") and bool(host) and "@" not in parts.netloc
    return text if good else ""


def _tame(char: str) -> str:
    if char in _LINE_BREAKS:
        return "\n"
    if char == "\t":
        return " "
    return "" if unicodedata.category(char) in _DROPPED else char
