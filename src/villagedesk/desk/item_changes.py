"""What changed between two versions of an item, in words."""

from __future__ import annotations

from collections.abc import Callable

from villagedesk.catalogue.compare import Difference, differences
from villagedesk.catalogue.described import Text
from villagedesk.desk.item_views import ItemChange
from villagedesk.desk.views import Sentence
from villagedesk.domain.service_item import ServiceItem

Words = Callable[..., str]
"""The text of a message key with its parameters (:meth:`villagedesk.domain.messages.Messages.text`)."""


def change_lines(old: ServiceItem, new: ServiceItem, words: Words) -> tuple[ItemChange, ...]:
    """Field by field, what asks for more first."""
    return tuple(_line(one, words) for one in differences(old, new))


def _line(one: Difference, words: Words) -> ItemChange:
    entry = words(f"item_entry.{one.entry.replace('.', '_')}")
    key = f"items.{one.how}_of" if one.subject else f"items.{one.how}"
    tone = "warn" if one.more_needed else "calm"
    sentence = Sentence(key, {"entry": entry, "subject": one.subject}, tone)
    return ItemChange(sentence, _in_words(one.before, words), _in_words(one.after, words), one.more_needed)


def _in_words(text: Text, words: Words) -> str:
    return "".join(
        part
        if isinstance(part, str)
        else words(f"item_code.{part.key}", **{name: _in_words(value, words) for name, value in part.params.items()})
        for part in text
    )
