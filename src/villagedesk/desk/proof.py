"""Whether all is sent, and on whose word: to be seen, asked for anew, printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from villagedesk.desk import proof_reading as reading
from villagedesk.desk.acting import Acting
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.missing_reading import count_unsettled, read_missing
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.desk.proof_lacking import failure_words, lacking_list
from villagedesk.desk.proof_views import Period, ProofLine, ProofList, ProofView, Verdict
from villagedesk.desk.sending_words import day_text
from villagedesk.desk.straight_printing import print_straight
from villagedesk.desk.views import Sentence
from villagedesk.domain.audit import STATION, AuditLog, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.outbox import OPEN_STATES, TRAY_STATES, SendingState
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.repositories import Snapshot, Store
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.papers import sent_proof
from villagedesk.papers.fonts import FontSet
from villagedesk.reports.report_file import save_report
from villagedesk.sync import missing
from villagedesk.sync.last_word import Reconciled, last_failure, last_reconciled

_TONES = {
    Verdict.OPEN: "warn",
    Verdict.TRAY: "bad",
    Verdict.UNASKED: "warn",
    Verdict.OFFLINE: "warn",
    Verdict.UNLISTED: "warn",
    Verdict.LACKING: "warn",
    Verdict.PROVEN: "good",
}


class ProofDesk:
    """Calls block and may come from several threads.

    Args:
        log: the station's whole log.
        kick: tells the sync engine to try now.
        text: gives the text of a message key, for what stands on paper.
        printer: None where there is none.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        link: LinkWords,
        log: AuditLog,
        kick: Callable[[], None],
        acting: Acting,
        station: StationFile,
        text: Callable[..., str],
        fonts: FontSet,
        printer: PrinterPick,
    ) -> None:
        self._store = store
        self._clock = clock
        self._link = link
        self._log = log
        self._kick = kick
        self._acting = acting
        self._station = station
        self._text = text
        self._fonts = fonts
        self._printer = printer

    def view(self, period: str, progress: Progress = silent) -> ProofView:
        """Whether all is sent, as far as is known now. Of a log of years it takes seconds.

        Args:
            period: a :class:`Period`; what is none is today.

        Raises:
            Cancelled: out of ``progress``.
        """
        self._acting.need(Right.SEE_PERSONS)
        now, online, held_up = self._clock.now(), self._link.online(), self._link.held_up()
        since, until = reading.bounds(_period(period), now)
        told = reading.read_log(self._log, since, until, progress)
        answer = reading.last_answer(self._log, progress)

        def work(snapshot: Snapshot) -> ProofView:
            cases, failed = read_missing(snapshot), last_failure(snapshot)
            lacking = count_unsettled(cases)
            reconciled = last_reconciled(snapshot)
            waiting, states = reading.open_list(snapshot, online=online, held_up=held_up)
            # In one snapshot: a receipt that came since the log was read must not look older than the server's word.
            verdict = reading.verdict_of(
                states,
                reconciled,
                snapshot.newest_receipt(),
                now,
                online=online,
                lacking=lacking,
                refused=failed is not None and failed.refused,
            )
            return ProofView(
                now,
                since,
                until,
                verdict,
                _sentence(verdict, states, reconciled, lacking),
                reading.last_words(answer, reconciled, cases, self._link.link()),
                _counts(told, states),
                waiting,
                reading.returned_list(snapshot, told.returned),
                reading.dropped_list(snapshot, told.dropped),
                lacking_list(cases),
                missing.is_wanted(snapshot),
                failure_words(failed, verdict),
            )

        return self._store.read(work)

    def online(self) -> bool:
        """Whether the acceptance system answers, so that it can be asked now."""
        return self._link.online()

    def ask_now(self) -> None:
        """Have the acceptance system tell all it holds of this station, as soon as it answers. Changes no case, so
        everybody may."""
        self._store.write(missing.want).result()
        self._kick()

    def print_proof(self, period: str, progress: Progress = silent) -> bool:
        """Bring it to the printer; logged. It belongs to no case, so it is no print job that waits.

        Returns:
            Whether it came out; False when the printer took it and keeps it, for want of paper or the like.

        Raises:
            Cancelled: out of ``progress``, before anything goes to the printer.
            EnvironmentProblem: ``printing.straight_no_printer``, ``printing.straight_not_printed``, ``printer.*``;
                nothing was logged then.
        """
        self._acting.need(Right.WORK)
        view = self.view(period, progress)
        paper = self._paper(view, period)
        progress(1, 1)  # the last moment at which the clerk's stop can be heeded
        came_out = print_straight(self._printer, paper, f"shangbao-{self._stamp()}")
        self._note(Deed.PROOF_PRINTED, view, period)
        return came_out

    def save_proof(self, period: str, folder: Path, progress: Progress = silent) -> Path:
        """Put it into a folder as a PDF; logged. Gives the file.

        Raises:
            Cancelled: out of ``progress``, before anything is written.
            EnvironmentProblem: ``store.disk_full``, ``store.write_failed``; no file was left then.
        """
        self._acting.need(Right.WORK)
        view = self.view(period, progress)
        title = "proof.file_proven" if view.verdict is Verdict.PROVEN else "proof.file"
        file = folder / self._text(title, made=self._stamp())
        paper = self._paper(view, period)
        progress(1, 1)
        save_report(file, paper)
        self._note(Deed.PROOF_SAVED, view, period)
        return file

    def _stamp(self) -> str:
        return f"{self._clock.now().astimezone(SHANGHAI):%Y%m%d-%H%M%S}"

    def _note(self, deed: Deed, view: ProofView, period: str) -> None:
        detail = {"verdict": str(view.verdict), "open": str(view.open.count), "period": str(_period(period))}
        event = CaseEvent(STATION, self._clock.now(), self._acting.clerk, str(deed), detail=detail)
        self._store.write(lambda transaction: transaction.append_event(event)).result()

    def _paper(self, view: ProofView, period: str) -> bytes:
        content = sent_proof.ProofContent(
            station_name=self._station.name,
            division_code=self._station.division_code,
            period=self._period_text(view, period),
            proven=view.verdict is Verdict.PROVEN,
            verdict=self._said(view.sentence),
            last_words=tuple(self._said(one) for one in (*view.last_words, view.failure) if one is not None),
            counts=tuple((self._said(name), count) for name, count in view.counts),
            lists=(
                self._list("open", view.open),
                self._list("returned", view.returned),
                self._list("dropped", view.dropped),
                *([self._list("lacking", view.lacking)] if view.lacking.count else ()),
            ),
            printed_at=view.made_at,
            clerk_name=self._acting.clerk,
            practice=self._station.practice,
        )
        return sent_proof.render(content, self._fonts)

    def _period_text(self, view: ProofView, period: str) -> str:
        name = self._text(f"proof.period.{_period(period)}")
        if view.since is None or view.until is None:
            return name
        last = min(view.until - timedelta(microseconds=1), view.made_at).astimezone(SHANGHAI)
        days = {"since": f"{view.since.astimezone(SHANGHAI):%Y-%m-%d}", "until": f"{last:%Y-%m-%d}"}
        return self._text("proof.period_days", name=name, **days)

    def _list(self, name: str, listed: ProofList) -> sent_proof.NamedList:
        lines = tuple(self._cells(line) for line in listed.lines)
        return sent_proof.NamedList(self._text(f"proof.list.{name}"), lines, listed.count)

    def _cells(self, line: ProofLine) -> tuple[str, str, str, str, str]:
        said = Sentence("proof.with_words", {"what": line.what, "said": line.said}) if line.said else line.what
        return line.local_no, line.name, line.item, self._said(day_text(line.at)), self._said(said)

    def _said(self, sentence: Sentence) -> str:
        params = {
            name: self._said(value) if isinstance(value, Sentence) else value for name, value in sentence.params.items()
        }
        return self._text(sentence.key, **params)


def _period(name: str) -> Period:
    """What a screen chose; today for what is none."""
    return Period(name) if name in {*Period} else Period.TODAY


def _sentence(
    verdict: Verdict, states: Mapping[SendingState, int], reconciled: Reconciled | None, lacking: int
) -> Sentence:
    params: dict[str, object] = {
        "open": _sum(states, OPEN_STATES),
        "tray": _sum(states, TRAY_STATES),
        "lacking": lacking,
        "time": "" if reconciled is None else day_text(reconciled.asked_at),
    }
    never = "_never" if verdict is Verdict.OFFLINE and reconciled is None else ""
    both = "_and_tray" if verdict is Verdict.OPEN and params["tray"] else ""
    return Sentence(f"proof.verdict.{verdict}{never}{both}", params, _TONES[verdict])


def _counts(told: reading.Told, states: Mapping[SendingState, int]) -> tuple[tuple[Sentence, int], ...]:
    counted: Sequence[tuple[str, int]] = (
        ("taken_in", told.taken_in),
        ("sent", told.sent),
        ("accepted", told.accepted),
        ("refused", told.refused),
        ("correction_asked", told.corrections),
        ("rejected", told.rejected),
        ("dropped", len({entry.case_id for entry, _ in told.dropped})),
        ("open_now", _sum(states, OPEN_STATES)),
        ("tray_now", _sum(states, TRAY_STATES)),
    )
    return tuple((Sentence(f"proof.count.{name}"), count) for name, count in counted)


def _sum(states: Mapping[SendingState, int], wanted: frozenset[SendingState]) -> int:
    return sum(count for state, count in states.items() if state in wanted)
