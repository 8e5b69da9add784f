"""A case's log as lines a clerk can read: when, who, what."""

from __future__ import annotations

from collections.abc import Mapping

from villagedesk.desk.audit_words import PLAIN_KINDS, saved_sentence
from villagedesk.desk.correction_views import IDENTITY
from villagedesk.desk.guided import Help
from villagedesk.desk.sending_history import step_sentence
from villagedesk.desk.township import Medium
from villagedesk.desk.views import CaseView
from villagedesk.domain.audit import PROGRAM, SYSTEM, VIEWS
from villagedesk.domain.case import ON, CaseEvent
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.clock_stops import STOP_DETAIL
from villagedesk.domain.delivery import SELF, Manner
from villagedesk.domain.evaluation import CALL_PLANNED, CALLED_BACK, DECLINED, EVALUATED, CallOutcome
from villagedesk.domain.life_cycle import APPLICANT_TOLD, TOWNSHIP_TOLD, CaseChange, Conclusion
from villagedesk.domain.milestones import IMPORTED
from villagedesk.domain.party import Relation
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.service_item import StopKind
from villagedesk.domain.unsent import UNSENT, UNSENT_SEEN
from villagedesk.ui.sentences import Words

_KINDS = PLAIN_KINDS | {"exported", "pages_expired"}
_DECISIONS = frozenset(
    {"paused", "resumed", "mended", "dropped", "withdrawn", "first", "entered_by_hand", "not_entered", "moved_back"}
)
_CHANGES = frozenset(change.value for change in CaseChange)
_DONE_HERE = _CHANGES - _KINDS
"""What a clerk does with a case is logged under the change's own name."""
_LIFE = frozenset(
    {
        "withdrawal_asked",
        "action_sent",
        "papers_returned",
        "promised_brought",
        "paper_back",
        "visit_planned",
        "packed",
        "unpacked",
        "handover_refused",
        "handover_short",
        "handover_settled",
        "handover_unsigned",
        APPLICANT_TOLD,
    }
)
_NUMBERS = frozenset({"number_entered", "number_corrected", CaseChange.NOT_ENTERED.value})
_DOCUMENTS = frozenset({"document_came", "document_wrong", "document_saved", "document_asked_again", "document_lost"})
_FOLLOW_UP = frozenset({EVALUATED, DECLINED, CALL_PLANNED, CALLED_BACK})
_HELP = frozenset(one.value for one in Help)
_PAPERS = frozenset(kind.value for kind in PaperKind)


def history_lines(words: Words, view: CaseView) -> list[tuple[str, str]]:
    """Newest first: time, and who did what. Pages that came one after the other are one line."""
    lines: list[tuple[str, str]] = []
    pages = 0
    for event in view.events:
        if event.kind in VIEWS:
            continue  # who looked stands in the station's log
        if event.kind == "page_added":
            pages += 1
            if pages > 1:
                lines.pop()
            lines.append((words.moment(event.at), _said(words, event, words("ui.event.page_added", count=pages))))
            continue
        pages = 0
        lines.append((words.moment(event.at), _said(words, event, _moved(words, event, _what(words, event)))))
    return list(reversed(lines))


def township_words(words: Words, event: CaseEvent) -> str:
    """What the township said, and who said it and how."""
    detail = event.detail
    change, medium = detail.get("change", ""), detail.get("medium", "")
    params = {
        "who": detail.get("told_by", ""),
        "medium": words(f"township.medium.{medium}") if medium in {*Medium} else "",
        "change": words(f"case_change.{change}") if change in _CHANGES else change,
        "number": detail.get("number", ""),
    }
    return words("township.event_number" if params["number"] else "township.event", **params)


def _said(words: Words, event: CaseEvent, what: str) -> str:
    if event.actor == PROGRAM:
        return what
    who = words("ui.event.system") if event.actor == SYSTEM else event.actor
    return words("ui.event.line", who=who, what=what)


def _moved(words: Words, event: CaseEvent, what: str) -> str:
    """What was done, with where the case went and why."""
    why = _why(words, event)
    if UNSENT in event.detail:
        what = words("correction.unsent.event_overtaken", what=what)
    if event.from_status is None or event.to_status in (None, event.from_status) or event.kind in _NUMBERS:
        return words("life.event.told", what=what, why=why) if why else what
    states = {"before": words(f"life.state.{event.from_status}"), "after": words(f"life.state.{event.to_status}")}
    if why:
        return words("life.event.moved_why", what=what, why=why, **states)
    return words("life.event.moved", what=what, **states)


def _why(words: Words, event: CaseEvent) -> str:
    """The reason the clerk gave, how the case ended, who was given something, what help was given, or what was
    corrected."""
    if event.kind == "helped":
        helped = [words(f"guided.help.{one}") for one in event.detail.get("help", "").split() if one in _HELP]
        return "；".join(part for part in ("、".join(helped), event.detail.get("note", "")) if part)
    if event.kind == "sent_again":
        identity = not IDENTITY.isdisjoint(event.detail.get("fields", "").split())
        said = (words("ui.event.identity_corrected") if identity else "", event.detail.get("papers", ""))
        return "；".join(part for part in said if part)
    if event.kind == IMPORTED:
        place = words("register_import.event.from", file=event.detail.get("file", ""), row=event.detail.get("row", ""))
        return "；".join(part for part in (place, *(event.detail.get(name, "") for name in ("papers", "note"))) if part)
    if event.kind in (APPLICANT_TOLD, CALLED_BACK):
        return event.detail.get("words", "")
    if event.kind in _NUMBERS:
        return event.detail.get("reason", "")
    if event.kind not in _DONE_HERE and event.kind != "withdrawal_asked":
        return "；".join(_told(words, event)) if event.kind in ("change", TOWNSHIP_TOLD) else ""
    detail = event.detail
    ended = words(f"conclusion.{detail['result']}") if "result" in detail else ""
    given = _given(words, detail) if "receiver" in detail else ""
    other_day = detail.get(ON, "") not in ("", f"{event.at.astimezone(SHANGHAI):%Y-%m-%d}")
    on = words("register_import.event.on", day=detail[ON]) if other_day else ""
    return "；".join(part for part in (ended, detail.get("words", ""), given, detail.get("reason", ""), on) if part)


def _given(words: Words, detail: Mapping[str, str]) -> str:
    """To whom, what he is to the applicant, and how."""
    relation, manner = detail.get("relation", ""), detail.get("manner", "")
    parts = [words("life.event.receiver", receiver=detail["receiver"])]
    if relation == SELF or relation in {*Relation}:
        parts.append(words(f"domain.relation.{relation}"))
    if manner in {*Manner} and manner != Manner.DIRECT:
        parts.append(words(f"delivery.manner.{manner}"))
    return words("ui.value.between").join(parts)


def _told(words: Words, event: CaseEvent) -> list[str]:
    """For what a case was suspended, what the acceptance system said of a change in words of its own, and the day of
    one that was heard later; of one that a clerk noted, the day and how it ended, too. At most one part."""
    detail = event.detail
    stop = detail.get(STOP_DETAIL, "").strip()
    texts = [words(f"item_code.stop_kind.{stop}") if stop in {*StopKind} else stop]
    texts += [detail.get(f"value.{name}", "").strip() for name in ("reason", "wanted", "result")]
    if detail.get("by_hand") or event.kind == TOWNSHIP_TOLD:
        ended = words(f"conclusion.{detail['result']}") if detail.get("result") in {*Conclusion} else ""
        texts = [ended, *texts, _on(words, event)]
    elif ON in detail:  # it was heard later
        texts.append(words("bridge.event.on", day=detail[ON]))
    said = "；".join(text for text in texts if text)
    return [said] if said else []


def _on(words: Words, event: CaseEvent) -> str:
    """The day it was there; of what the township said only where that is another than the day it was noted."""
    day = event.detail.get("at", "")
    if event.kind != TOWNSHIP_TOLD:
        return words("bridge.event.on", day=day) if day else ""
    same = day == f"{event.at.astimezone(SHANGHAI):%Y-%m-%d}"
    return "" if same or not day else words("township.on", day=day)


def _followed_up(words: Words, event: CaseEvent) -> str:
    """What a villager said of the service, and what came of calling her back."""
    detail = event.detail
    if event.kind in (EVALUATED, DECLINED):
        level = words(f"evaluation.level.{detail['level']}") if "level" in detail else ""
        return words(f"ui.event.{event.kind}", stage=words(f"evaluation.stage.{detail['stage']}"), level=level)
    if event.kind == CALL_PLANNED:
        return words("ui.event.call_back_planned", due=detail["due"])
    outcome = detail.get("outcome", "")
    if not outcome:
        return words("ui.event.called_back_no", due=detail["due"])
    if outcome == CallOutcome.NOT_NEEDED:
        return words("ui.event.called_back_not_needed")
    return words("ui.event.called_back", outcome=words(f"evaluation.outcome.{outcome}"))


def _what(words: Words, event: CaseEvent) -> str:
    if event.kind == TOWNSHIP_TOLD:
        return township_words(words, event)
    if event.kind == "change":
        change = event.detail.get("change", "")
        if event.detail.get("by_hand") and change in _CHANGES:
            return words("bridge.event.noted", change=words(f"case_change.{change}"))
        if change in _CHANGES:
            return words(f"case_change.{change}")
        return words("ui.event.unknown_state", code=event.detail.get("state_code") or change)
    if event.kind == "decision" and event.detail.get("decision") in _DECISIONS:
        return words(f"ui.event.decided.{event.detail['decision']}")
    if event.kind == "decision" and event.detail.get("decision") == "edited":
        return words("life.event.edited")
    if event.kind == CaseChange.NOT_ENTERED and event.detail.get("left") == event.detail["number"]:
        return words("bridge.event.correction_not_entered", **event.detail)
    if event.kind in _NUMBERS:
        return words(f"bridge.event.{event.kind}", **{"before": "", **event.detail})
    if event.kind in _DONE_HERE:
        return words(f"case_change.{event.kind}")
    if event.kind in _FOLLOW_UP:
        return _followed_up(words, event)
    if event.kind in _LIFE:
        return words(f"life.event.{event.kind}", **event.detail)
    if event.kind == "sending":
        step = step_sentence(event.kind, event.detail)
        return words("ui.event.sending", what=words.of(step)) if step is not None else words("ui.event.other")
    if event.kind in ("conflict_settled", "differences_seen"):
        return words(f"conflict.event.{event.detail.get('choice', 'seen')}")
    if event.kind == UNSENT_SEEN:
        return words("correction.unsent.event_seen")
    if event.kind in _DOCUMENTS:
        return words(f"results.event.{event.kind}", document=event.detail.get("document", ""))
    if event.kind == "reason":
        return words("ui.event.reason", reason=event.detail.get("reason", ""))
    if event.kind not in _KINDS:
        return words("ui.event.other")
    if saved := saved_sentence(event.kind, event.detail):
        return words.of(saved)
    paper = event.detail.get("paper", "")
    return words(f"ui.event.{event.kind}", paper=words(f"paper_kind.{paper}") if paper in _PAPERS else "")
