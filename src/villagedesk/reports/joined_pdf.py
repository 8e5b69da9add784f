"""Several papers as one PDF, so that they come out of the printer together."""

from __future__ import annotations

import io
from collections.abc import Sequence


def joined(pdfs: Sequence[bytes]) -> bytes:
    """All pages of these, in their order."""
    import pikepdf  # noqa: PLC0415 - loads slowly, and is seldom needed

    whole = pikepdf.new()
    opened = [pikepdf.open(io.BytesIO(pdf)) for pdf in pdfs]
    for one in opened:
        whole.pages.extend(one.pages)
    out = io.BytesIO()
    whole.save(out)
    return out.getvalue()
