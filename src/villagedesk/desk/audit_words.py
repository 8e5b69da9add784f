"""Lines of the log in plain words, as message keys."""

from __future__ import annotations

from collections.abc import Mapping

from villagedesk.desk.views import Sentence
from villagedesk.domain.audit import SYSTEM as SYSTEM
from villagedesk.domain.audit import Deed
from villagedesk.domain.evaluation import CALL_PLANNED, CALLED_BACK, DECLINED, EVALUATED
from villagedesk.domain.life_cycle import TOWNSHIP_TOLD, CaseChange
from villagedesk.domain.mode_move import MENDED, MOVED, MOVED_BACK, STAYS
from villagedesk.domain.printing import PaperKind

_DONE_HERE = frozenset(
    {
        CaseChange.HANDED_OVER,
        CaseChange.TAKEN_BACK,
        CaseChange.NOT_ENTERED,
        CaseChange.CORRECTED,
        CaseChange.CONCLUDED,
        CaseChange.DELIVERED,
        CaseChange.ARCHIVED,
        CaseChange.WITHDRAWN,
        CaseChange.VOIDED,
        CaseChange.RETURNED_TO_APPLICANT,
    }
)
"""What a clerk does with a case is logged under the change's own name."""

PLAIN_KINDS = frozenset(
    {
        "draft_started",
        "page_added",
        "page_removed",
        "page_restored",
        "person_taken",
        "card_read",
        "reading_taken",
        "material_noted",
        "paper_reused",
        "page_moved",
        "page_shifted",
        "page_turned",
        "page_cropped",
        "page_recoloured",
        "page_retaken",
        "cards_joined",
        "page_copied",
        "page_undone",
        "item_adopted",
        "item_chosen_anew",
        "helped",
        "missing_told",
        "taken_in",
        "imported",
        "queued",
        "print_asked",
        "printed",
        "print_trouble",
        "print_given_up",
        "print_saved",
        "correction_begun",
        "sent_again",
        "sent",
        "rejected",
        "conflict",
        "held_by_hand",
        "held_begun",
        "entry_begun",
        "export_deleted",
        MOVED,
        MOVED_BACK,
        STAYS,
        MENDED,
    }
)
"""``kind`` of the changes of a case that the log and the case's own page say by the kind."""

CASE_KINDS = PLAIN_KINDS | frozenset(
    {
        "typed",
        "discarded",
        "reason",
        "status",
        "decision",
        "sending",
        "action_sent",
        "change",
        "withdrawal_asked",
        "conflict_settled",
        "differences_seen",
        "unsent_seen",
        "document_came",
        "document_wrong",
        "document_saved",
        "document_asked_again",
        "document_lost",
        "applicant_told",
        "papers_returned",
        "paper_back",
        "visit_planned",
        "packed",
        "unpacked",
        "handover_refused",
        "handover_short",
        "handover_settled",
        "handover_unsigned",
        TOWNSHIP_TOLD,
        "promised_brought",
        "number_entered",
        "number_corrected",
        EVALUATED,
        DECLINED,
        CALL_PLANNED,
        CALLED_BACK,
        *_DONE_HERE,
    }
)
"""``kind`` of the lines that are changes of a case."""

_STATION_KINDS = frozenset({"epoch_granted", "missing_settled"})
_PAPERS = frozenset(kind.value for kind in PaperKind)
_DECISIONS = frozenset(
    {
        "paused",
        "resumed",
        "mended",
        "dropped",
        "withdrawn",
        "edited",
        "first",
        "entered_by_hand",
        "not_entered",
        "moved_back",
    }
)
_CHANGES = frozenset(change.value for change in CaseChange)
# what a line says besides its kind: the detail it is taken from; never free text a person typed
_WITH_NAME = frozenset({Deed.ACCOUNT_ADDED, Deed.ACCOUNT_REMOVED, Deed.PASSWORD_RESET, Deed.DESK_HANDED_OVER})

_OF_REGISTERS = frozenset({Deed.REGISTER_PRINTED, Deed.REGISTER_SAVED})


def sentence_of(kind: str, detail: Mapping[str, str]) -> Sentence:
    """What was done, without who did it. A kind nobody knows, of a later version's log, is named as it stands."""
    if saved := saved_sentence(kind, detail):
        return saved
    if kind in CASE_KINDS:
        return _of_case(kind, detail)
    if kind not in frozenset(Deed) and kind not in _STATION_KINDS:
        return Sentence("audit.unknown", {"kind": kind})
    if kind in _OF_REGISTERS and detail.get("numbers") == "whole":
        return Sentence(f"audit.whole.{kind}")
    if kind == Deed.UNMASKED and detail.get("field", "").startswith("register "):
        return Sentence("audit.whole.register_seen")
    if kind in _WITH_NAME and detail.get("name"):
        return Sentence(f"audit.named.{kind}", {"name": detail["name"]})
    if kind == Deed.SIGN_IN_REFUSED:
        return Sentence("audit.refused", {"count": detail.get("count", "1")}, "warn")
    return Sentence(f"audit.line.{kind}")


def saved_sentence(kind: str, detail: Mapping[str, str]) -> Sentence | None:
    """A folder or ZIP for entry by hand, and whether it is readable by anyone; None for any other line."""
    if kind != Deed.EXPORTED or detail.get("what") != "page_folder":
        return None
    return Sentence("bridge.event.saved_locked" if detail.get("locked") == "yes" else "bridge.event.saved")


def _of_case(kind: str, detail: Mapping[str, str]) -> Sentence:
    if kind == "decision" and detail.get("decision") in _DECISIONS:
        return Sentence(f"audit.decided.{detail['decision']}")
    if kind == "change" and detail.get("change") in _CHANGES:
        return Sentence(f"case_change.{detail['change']}")
    if kind == TOWNSHIP_TOLD and detail.get("change") in _CHANGES:
        return Sentence("audit.township.told", {"change": Sentence(f"case_change.{detail['change']}")})
    if kind in _DONE_HERE:
        return Sentence(f"case_change.{kind}")
    if detail.get("paper") in _PAPERS:
        return Sentence(f"audit.paper.{kind}", {"paper": Sentence(f"paper_kind.{detail['paper']}")})
    return Sentence(f"audit.line.{kind}")
