"""What changed between two versions of an item, in words."""

from __future__ import annotations

from collections.abc import Callable

from villagedesk.catalogue.compare import Difference, differences
from villagedesk.desk.item_views import ItemChange
from villagedesk.desk.views import Sentence
from villagedesk.domain.service_item import ServiceItem

Words = Callable[..., str]
"""The text of a message key with its parameters (:meth:`villagedesk.domain.messages.Messages.text`)."""

_CODE = "code:"


def change_lines(old: ServiceItem, new: ServiceItem, words: Words) -> tuple[ItemChange, ...]:
    """Field by field, what asks for more first."""
    return tuple(_line(one, words) for one in differences(old, new))


def _line(one: Difference, words: Words) -> ItemChange:
    entry = words(f"item_entry.{one.entry.replace('.', '_')}")
    key = f"items.{one.how}_of" if one.subject else f"items.{one.how}"
    tone = "warn" if one.more_needed else "calm"
    sentence = Sentence(key, {"entry": entry, "subject": one.subject}, tone)
    return ItemChange(sentence, _in_words(one.before, words), _in_words(one.after, words), one.more_needed)


def _in_words(value: str, words: Words) -> str:
    """Codes of enumerations in words, line by line and word by word."""
    return "\n".join(" ".join(_word(word, words) for word in line.split(" ")) for line in value.split("\n"))


def _word(word: str, words: Words) -> str:
    return words(f"item_code.{word.removeprefix(_CODE)}") if word.startswith(_CODE) else word
