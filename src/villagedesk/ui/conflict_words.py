"""What stands in a field of one of two versions: labels instead of codes, masked until F9 as all the page is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from villagedesk.desk.door_views import Sentence
from villagedesk.desk.life_views import Difference
from villagedesk.domain.identity import DocumentKind
from villagedesk.domain.masking import mask_address, mask_number, mask_phone
from villagedesk.domain.party import ApplicantKind, Relation
from villagedesk.domain.resident_id import Sex
from villagedesk.domain.service_item import ServiceItem
from villagedesk.ui.form_words import ethnic_words, field_words
from villagedesk.ui.sentences import Words

_MASKS: Mapping[str, Callable[[str], str]] = {
    "document_number": mask_number,
    "phone": mask_phone,
    "address": mask_address,
    "birth_date": lambda text: text[:4] + "*" * len(text[4:]),
}
_CODES: Mapping[str, tuple[frozenset[str], str]] = {
    "kind": (frozenset(str(one) for one in ApplicantKind), "bridge.applicant_kind"),
    "document_kind": (frozenset(str(one) for one in DocumentKind), "domain.document"),
    "sex": (frozenset(str(one) for one in Sex), "ui.sex"),
    "relation": (frozenset(str(one) for one in Relation), "domain.relation"),
}
"""Codes this program knows, and where their names stand; others are shown as they came."""
_PLAIN = frozenset({"name", "item_name", "local_no", "scope", "until"})


def said_in(words: Words, item: ServiceItem | None, one: Difference, said: Sentence, *, masked: bool) -> str:
    """What one version says in a field.

    Args:
        item: the case's, for the fields of its form.
        masked: whether what tells a person is hidden in part.
    """
    if said.key != "conflict.said":
        return words.of(said)
    text = str(said.params["text"])
    place, _, name = one.field.partition(".")
    if place == "form":
        field = next((field for field in item.fields if field.name == name), None) if item is not None else None
        if field is not None:
            return field_words(words, field, text, masked=masked)
        return mask_number(text) if masked else text
    name = name.rpartition(".")[2] or place
    if name == "ethnic_group":
        return ethnic_words(words, text)
    known, names = _CODES.get(name, (frozenset[str](), ""))
    if names:
        return words(f"{names}.{text}") if text in known else text
    if not masked or name in _PLAIN:
        return text
    # a field nobody here knows may hold anything
    return _MASKS.get(name, mask_number)(text)
