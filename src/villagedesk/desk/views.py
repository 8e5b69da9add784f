"""What the desk shows: plain values for screens. Texts are message keys with parameters, never finished sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from villagedesk.desk.door_views import Sentence as Sentence
from villagedesk.desk.intake_views import ChecklistLine, Question
from villagedesk.desk.item_views import ItemChanges
from villagedesk.desk.life_views import ClockView, ConflictView, DocumentView, UnsentView, WantedView
from villagedesk.desk.page_views import PageOutlined as PageOutlined
from villagedesk.desk.page_views import Proposal as Proposal
from villagedesk.devices.ports import CameraPlace as CameraPlace
from villagedesk.devices.ports import ScannerInfo as ScannerInfo
from villagedesk.domain.capture import Capture
from villagedesk.domain.capture import Corners as Corners
from villagedesk.domain.case import Case, CaseEvent, CaseLine, MaterialState, Page
from villagedesk.domain.evaluation import CallBack, Stage
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.outbox import OutboxRow
from villagedesk.domain.printing import PaperKind, PrintJob, PrintSet
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.service_item import ServiceItem


@dataclass(frozen=True)
class FieldTrouble:
    """A sentence that belongs beside a field; ``blocking`` False for warnings."""

    field: str
    sentence: Sentence
    blocking: bool = True


@dataclass(frozen=True)
class Missing:
    """Why a case cannot be taken in yet, and on which step (1–4) it is mended."""

    step: int
    sentence: Sentence
    field: str = ""
    requirement_id: str = ""


@dataclass(frozen=True)
class ListRow:
    """One row of a case list."""

    line: CaseLine
    state: Sentence


@dataclass(frozen=True)
class FoundRows:
    """A page of a search.

    Args:
        count: of all that was found.
        next: asks for the page behind this one; "" when there is none.
    """

    rows: tuple[ListRow, ...]
    count: int
    next: str


@dataclass(frozen=True)
class Snag:
    """Why a case does not go on by itself, and what the clerk can do about it.

    Args:
        reason: what is wrong, in words.
        raw: as the other side put it, for the technician; "" when it said nothing of its own.
        advice: what to do, which is never more than the program can do.
        can_send_again: whether ``desk.sending.mend`` takes it, as it is or corrected.
        can_drop: whether ``desk.sending.drop`` takes it.
        conflict: the two versions stand beside it, and the choice between them.
        wanted: what a correction asks for, item by item, where the acceptance system said so.
        deadline: until when, in its words; "" when it named none.
        corrected: the clerk has begun to correct it; it can be sent again as the correction only.
    """

    reason: Sentence
    raw: str
    advice: Sentence
    can_send_again: bool
    can_drop: bool
    corrected: bool = False
    conflict: bool = False
    wanted: tuple[WantedView, ...] = ()
    deadline: str = ""


@dataclass(frozen=True)
class Correction:
    """A case that is being corrected, beside its :class:`DraftView`.

    Args:
        snag: why it came back.
        fields: names of the fields that are not as they were sent, as ``desk.intake.type`` knows them.
        papers: names of the papers whose pages, or what was noted of them, are not as they were sent.
        identity: whether one of the fields says who the applicant is.
        completes: nothing of it was sent yet: what the acceptance system wants besides is put in before it goes over.
    """

    snag: Snag | None
    fields: tuple[str, ...]
    papers: tuple[str, ...]
    identity: bool
    completes: bool = False


@dataclass(frozen=True)
class Replaced:
    """Somebody else's values that a card or a person known took the place of.

    Args:
        role: ``"applicant"`` or a party's.
        before: who stood there: the name, else the number.
        now: who stands there now, likewise.
        values: all that stood in the fields, by their names, so that they can be typed again.
    """

    role: str
    before: str
    now: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class DraftView:
    """A draft as the four steps show it.

    Args:
        birth_date: derived from the identity number, None while it is not right.
        sex: ``"male"`` or ``"female"``, derived likewise, or "".
        troubles: sentences for fields that hold something wrong (empty fields are ``missing``, not trouble).
        missing: what still hinders taking in, besides ``questions``.
        form_shown: names of the form's fields whose condition holds, in order.
        checklist: a line for each material the item asks for, in order.
        questions: what the clerk has to answer before taking in.
        duplicates: cases of the same person and item that are open already.
        changes: None while the draft's item is as it was when the draft began.
        notice: what is told once of a card that was read, with the field that it is of.
        filled: whose fields a card, somebody known or a page was filled into just now: ``"applicant"``, a party's role,
            or, of a page, ``form`` and ``form.<name field>``.
        replaced: whose values that took the place of; None where the fields were free or the same person's.
        refused: of what was typed just now: the fields that could not be kept and stand in the draft as before.
        waiting: photographs that were neither kept nor dropped, e.g. because the power went.
        correction: of a case that was taken in and is being corrected; None for a draft.
    """

    case: Case
    item: ServiceItem
    pages: tuple[Page, ...]
    birth_date: date | None
    sex: str
    troubles: tuple[FieldTrouble, ...]
    missing: tuple[Missing, ...]
    saved_at: datetime
    form_shown: tuple[str, ...] = ()
    checklist: tuple[ChecklistLine, ...] = ()
    questions: tuple[Question, ...] = ()
    duplicates: tuple[ListRow, ...] = ()
    changes: ItemChanges | None = None
    notice: tuple[FieldTrouble, ...] = ()
    filled: str = ""
    replaced: Replaced | None = None
    refused: tuple[InputProblem, ...] = ()
    waiting: tuple[Capture, ...] = ()
    correction: Correction | None = None

    @property
    def ready(self) -> bool:
        """Whether it can be taken in."""
        return not self.missing and not self.questions

    @property
    def lacks(self) -> bool:
        """Whether there is something to be brought or said, which can be told on paper."""
        return not self.ready or any(line.state is MaterialState.PROMISED for line in self.checklist)


@dataclass(frozen=True)
class TakenIn:
    """A case that is saved as the design defines it (committed, every page verified)."""

    case_id: str
    local_no: str
    saved_at: datetime
    page_count: int
    sends: bool


@dataclass(frozen=True)
class PaperView:
    """A paper of a case: printable or why not."""

    kind: PaperKind
    printable: bool
    why_not: Sentence | None
    jobs: tuple[PrintJob, ...]


@dataclass(frozen=True)
class CaseView:
    """The case page.

    Args:
        snag: None while nothing asks for the clerk.
        expired: ids of pages whose pictures were removed when their time was over; their records stay.
        clocks: the law clocks that run, soonest first.
        changes: None while the item is as it was when the papers were taken in.
        possible: what the clerk can do with the case now (:class:`villagedesk.desk.case_changes.CaseChanges`).
        conflict: where the acceptance system has something else than this PC, beside the snag.
        unsent: what of a correction was not sent before the case went on.
        documents: what the acceptance system handed out.
        untold: it was refused, and nobody noted that the applicant was told.
        notable: what the acceptance system may have said of a case that was entered there by hand.
        tellable: what the township may have said of a case that was carried there.
        by_hand: it was entered into the acceptance system by hand.
        entry_stands: that is the last that is known of it, so that it can be said that it was not entered.
        entry_corrects: what was entered last corrects what the acceptance system has already.
        begun: somebody began to, and its number is not known here.
        waiting: photographs of promised papers that were neither kept nor dropped.
        rateable: stages of which the villager can say how they were now; ``asks_to_rate`` where she was not asked yet
            and the result was handed over.
        call_backs: that are not done.
    """

    case: Case
    item: ServiceItem | None
    business: Sentence
    sending: Sentence | None
    snag: Snag | None
    pages: tuple[Page, ...]
    events: tuple[CaseEvent, ...]
    papers: tuple[PaperView, ...]
    outbox: tuple[OutboxRow, ...]
    expired: frozenset[str] = frozenset()
    clocks: tuple[ClockView, ...] = ()
    changes: ItemChanges | None = None
    possible: tuple[CaseChange, ...] = ()
    untold: bool = False
    documents: tuple[DocumentView, ...] = ()
    conflict: ConflictView | None = None
    unsent: UnsentView | None = None
    notable: tuple[CaseChange, ...] = ()
    tellable: tuple[CaseChange, ...] = ()
    by_hand: bool = False
    entry_stands: bool = False
    entry_corrects: bool = False
    begun: bool = False
    waiting: tuple[Capture, ...] = ()
    print_set: PrintSet = field(default_factory=PrintSet)
    rateable: tuple[Stage, ...] = ()
    asks_to_rate: bool = False
    call_backs: tuple[CallBack, ...] = ()


class TodoKind(StrEnum):
    """Things to do, on the first screen."""

    DRAFT = "draft"
    PRINT = "print"
    TRAY = "tray"
    CORRECTION = "correction"
    DUE = "due"
    """A law clock is near its end."""
    PROMISED = "promised"
    """A paper that was promised has not come."""
    RESULT = "result"
    """A result waits to be handed over."""
    TELL = "tell"
    """An applicant is to be told of a refusal."""
    PAPERS = "papers"
    """Papers still lie here, of which nothing comes any more."""
    QUEUE = "queue"
    """What waits does not go out by itself."""
    BY_HAND = "by_hand"
    """Cases are to be entered into the acceptance system by hand."""
    EXPORTS = "exports"
    """What was saved elsewhere to be entered still lies there."""
    CALENDAR = "calendar"
    """A year has no calendar of holidays yet."""
    CARRY = "carry"
    """Papers are to go to the township, or a batch is not settled."""
    CATALOGUE = "catalogue"
    """The county's items changed, and nobody looked at it yet."""
    MOVE = "move"
    """An item moved to the acceptance system, and cases of it are still carried."""
    CALL_BACK = "call_back"
    """Villagers are to be called back."""


@dataclass(frozen=True)
class Todo:
    """One thing to do next.

    Args:
        case_id: "" where it belongs to no case.
        due: ISO date, "" without one.
    """

    kind: TodoKind
    case_id: str
    sentence: Sentence
    due: str = ""


@dataclass(frozen=True)
class TodayView:
    """The first screen.

    Args:
        todos: the most urgent first.
        rows: of what was taken in today, the newest changed first.
        more: how many further things there are to do that are not among ``todos``.
        before: the last ones of other days, where none was taken in today.
    """

    today: date
    todos: tuple[Todo, ...]
    rows: tuple[ListRow, ...]
    taken_in_today: int
    more: int = 0
    before: tuple[ListRow, ...] = ()


@dataclass(frozen=True)
class QueueRow:
    """One outbox row with its words and progress.

    Args:
        details: what there is to say besides the state, each for itself.
        clock: the countdown of the law for a case that was not sent; None where none runs.
        can_first: whether the clerk may have it sent before the others.
        can_send_again: it came back, and is mended by correcting the case, or sent again as it is.
        corrected: the clerk has begun to correct it, so that it is not sent again as it is.
        look_up: somebody looks in the acceptance system before it goes on: it may be there.
        can_enter: its number can be given, as of a case that was entered by hand.
    """

    row: OutboxRow
    local_no: str
    applicant_name: str
    item_name: str
    state: Sentence
    bytes_done: int
    bytes_total: int
    details: tuple[Sentence, ...] = ()
    clock: Sentence | None = None
    can_first: bool = False
    can_send_again: bool = False
    corrected: bool = False
    look_up: bool = False
    can_enter: bool = False


@dataclass(frozen=True)
class SendingView:
    """The bottom line and its page: link and queue in words.

    Args:
        link: the link's sentence (with ``since``).
        queue: e.g. 3 件待上报，共 2.1 MB，都已安全保存在本机.
        advice: what to do, or None when nothing is to be done.
        rows: the first of the queue, what needs the clerk before the others.
        paused: whether the clerk has stopped everything, also what will be taken in later.
        more: how many rows there are besides.
        by_hand: the station has no interface: nothing is sent, so nothing can be hurried or held back.
        login: the station's credential is not accepted; a new station file may be needed.
    """

    link: Sentence
    queue: Sentence
    advice: Sentence | None
    rows: tuple[QueueRow, ...]
    online: bool
    paused: bool
    more: int = 0
    by_hand: bool = False
    login: bool = False


@dataclass(frozen=True)
class DeviceLine:
    """A device on the bottom line, or something wrong with this PC that the clerk should know of.

    Args:
        name: of the device, "" where the sentence says it all.
        short: of something wrong: what the bottom line has room for; the sentence says what it means and what to do.
    """

    name: str
    ready: bool
    sentence: Sentence
    short: Sentence | None = None
