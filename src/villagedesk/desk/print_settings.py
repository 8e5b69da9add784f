"""Settings of printing: printers with what is wrong with them, which one prints what, on what receipts are printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from villagedesk.desk.acting import Acting
from villagedesk.desk.news import News
from villagedesk.desk.print_choices import MOST_COPIES, SETTING, PrintChoices, choices_of
from villagedesk.desk.print_runner import PrintRunner
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.desk.views import Sentence
from villagedesk.devices.ports import PrinterInfo, PrintState
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.printing import PaperKind, PaperSize
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.papers import trial_page
from villagedesk.papers.fonts import FontSet

SETTABLE = (
    PaperKind.RECEIPT,
    PaperKind.SUPPLEMENT_RECEIPT,
    PaperKind.PROXY_AUTHORIZATION,
    PaperKind.ACCEPTANCE_NOTICE,
    PaperKind.CORRECTION_NOTICE,
    PaperKind.REFUSAL_NOTICE,
    PaperKind.DELIVERY_RECORD,
)
"""Papers whose copies can be set."""


_NO_PAPER = ("print to pdf", "xps", "onenote", "fax", "wps")
"""In the names of printers that come with Windows, and with what is mostly installed there."""


@dataclass(frozen=True)
class PrinterView:
    """A printer to choose.

    Args:
        is_default: the system's default.
        state: ready, or what is wrong and what to do.
    """

    name: str
    is_default: bool
    state: Sentence


@dataclass(frozen=True)
class PrintSettingsView:
    """Args:
    printers: what the system knows now, the likeliest first; a chosen one that it does not know is among them.
    """

    printers: tuple[PrinterView, ...]
    choices: PrintChoices


class PrintSettings:
    """Calls block for some seconds and may come from several threads."""

    def __init__(
        self,
        pick: PrinterPick,
        runner: PrintRunner,
        store: Store,
        clock: Clock,
        news: News,
        acting: Acting,
        fonts: FontSet,
        *,
        practice: bool,
    ) -> None:
        self._pick = pick
        self._runner = runner
        self._store = store
        self._clock = clock
        self._news = news
        self._acting = acting
        self._fonts = fonts
        self._practice = practice

    def view(self) -> PrintSettingsView:
        """How it stands."""
        choices = self._store.read(choices_of)
        known = {one.name: one.is_default for one in sorted(self._pick.known(), key=_likely)}
        names = [*known, *(name for name in dict.fromkeys(choices.printers.values()) if name and name not in known)]
        return PrintSettingsView(
            tuple(PrinterView(name, known.get(name, False), self._state(name)) for name in names), choices
        )

    def choose_printer(self, size: PaperSize, name: str) -> None:
        """Print papers of that size there; "" takes the choice away. What waited for the choice comes out."""
        self._change(lambda choices: replace(choices, printers={**choices.printers, size: name}), f"{size}: {name}")

    def set_receipt(self, size: PaperSize) -> None:
        """Print receipts on that from now on."""
        self._change(lambda choices: replace(choices, receipt=size), f"receipt: {size}")

    def set_copies(self, kind: PaperKind, count: int) -> None:
        """How many of a paper are printed at once; 0: it belongs to no step's set.

        Raises:
            InputProblem: ``printing.copies`` (``most``).
        """
        self._acting.need(Right.WORK)
        if kind not in SETTABLE or not 0 <= count <= MOST_COPIES:
            raise InputProblem("printing.copies", most=MOST_COPIES)
        self._change(lambda choices: replace(choices, copies={**choices.copies, kind: count}), f"{kind}: {count}")

    def try_out(self, size: PaperSize) -> Sentence:
        """Print a test page with a ruler and a barcode; gives what became of it.

        Raises:
            EnvironmentProblem: ``printing.straight_no_printer``, ``printing.choose_printer``,
                ``printing.straight_not_printed``, ``printer.*``.
        """
        self._acting.need(Right.WORK)
        printer = self._pick.of(size)
        if printer is None:
            raise EnvironmentProblem("printing.straight_no_printer")
        pdf = trial_page.render(size, self._clock.now(), self._fonts, practice=self._practice)
        if not printer.available():
            raise EnvironmentProblem(printer.trouble() or "printer.offline", printer=printer.name)
        try:
            outcome = printer.print_pdf(pdf, "shiyin")
        except EnvironmentProblem:
            raise
        except Exception as error:  # a device's own fault of whatever kind ends nothing (I11)
            raise EnvironmentProblem("printing.straight_not_printed") from error
        if outcome.state is PrintState.DONE:
            return Sentence("printing.tried", {"printer": outcome.where}, "good")
        return Sentence(outcome.reason, {"printer": printer.name}, "warn")

    def _state(self, name: str) -> Sentence:
        printer = self._pick.named(name)
        trouble = printer.trouble() if printer is not None else "printer.gone"
        if trouble:
            return Sentence(trouble, {"printer": name}, "warn")
        return Sentence("printing.printer_ready", {"printer": name}, "good")

    def _change(self, change: Callable[[PrintChoices], PrintChoices], told: str) -> None:
        self._acting.need(Right.WORK)

        def work(transaction: Transaction) -> None:
            text = change(choices_of(transaction)).to_text()
            if transaction.setting(SETTING) == text:
                return
            transaction.put_setting(SETTING, text)
            detail: Mapping[str, str] = {"what": "printing", "choice": told}
            now, clerk = self._clock.now(), self._acting.clerk
            transaction.append_event(CaseEvent(STATION, now, clerk, str(Deed.DEVICES_SET), detail=detail))

        self._store.write(work).result()
        self._news.tell("devices")
        self._runner.wake()


def _likely(printer: PrinterInfo) -> tuple[bool, bool]:
    """For sorting: those that make no paper come last, the system's default before the others."""
    return any(word in printer.name.lower() for word in _NO_PAPER), not printer.is_default
