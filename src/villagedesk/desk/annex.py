"""The annex form 基础设施和人员情况统计表 of this station: a questionnaire kept until the next year, printed, saved.

What the program sees by itself is proposed with its reason; nothing is answered before the clerk confirms it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from villagedesk.desk.accounts import Accounts
from villagedesk.desk.acting import Acting
from villagedesk.desk.annex_output import AnnexOutput
from villagedesk.desk.annex_views import AnnexView, Proposed
from villagedesk.desk.equipment import Equipment
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.desk.views import Sentence
from villagedesk.devices.ports import CameraPlace
from villagedesk.domain.annex import COUNTS, LONGEST_NAME, LONGEST_NOTE, MOST, AnnexRow, missing
from villagedesk.domain.annex_words import HEADS, names_in
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.repositories import Snapshot, Store
from villagedesk.domain.roles import Right, Role
from villagedesk.domain.station import StationFile
from villagedesk.domain.typed_text import one_line
from villagedesk.sync.link_layers import LayerName, Mark

SETTING = "annex"
_MAKES_FILES = ("pdf", "xps", "onenote", "fax")
"""In the names of printers that are none."""
_TYPES: Mapping[str, type] = {
    one.name: int if one.name in COUNTS else str if one.type == "str" else bool for one in fields(AnnexRow)
}


@dataclass(frozen=True)
class _Saved:
    county: str
    day: date
    row: AnnexRow


class Annex:
    """Calls block and may come from several threads.

    Args:
        areas: names of counties by their six digits.
        printers: what the system lists.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        acting: Acting,
        station: StationFile,
        areas: Mapping[str, str],
        printers: PrinterPick,
        equipment: Equipment,
        link: LinkWords,
        accounts: Accounts,
        output: AnnexOutput,
    ) -> None:
        self._store = store
        self._clock = clock
        self._acting = acting
        self._station = station
        self._areas = areas
        self._printers = printers
        self._equipment = equipment
        self._link = link
        self._accounts = accounts
        self._output = output

    def view(self) -> AnnexView:
        """The answers as saved last, and what the program sees now."""
        self._acting.need(Right.WORK)
        saved = self._store.read(_saved)
        county = self._areas.get(self._station.division_code[:6], "")
        proposed, clerk = self._proposed(), self._acting.clerk
        if saved is None:
            township, village = names_in(self._station.name)
            return AnnexView(county, AnnexRow(township, village), None, proposed, clerk)
        return AnnexView(saved.county, saved.row, saved.day, proposed, clerk)

    def saved_on(self) -> date | None:
        """The day the answers were saved last, None for never."""
        self._acting.need(Right.WORK)
        saved = self._store.read(_saved)
        return None if saved is None else saved.day

    def save(self, county: str, row: AnnexRow) -> None:
        """Keep the answers, with today's date; questions may be left open.

        Raises:
            InputProblem: ``annex.too_long`` (``head``, ``most``), ``annex.too_many`` (``head``, ``most``) with the
                column for its field; of the county with the field ``county``.
        """
        self._acting.need(Right.WORK)
        texts = {"county": one_line(county)}
        for name in ("township", "village", "note"):
            texts[name] = one_line(getattr(row, name))
        for name, text in texts.items():
            most = LONGEST_NOTE if name == "note" else LONGEST_NAME
            if len(text) > most:
                raise InputProblem("annex.too_long", field=name, head=HEADS.get(name, ""), most=most)
        for name in COUNTS:
            if not 0 <= (getattr(row, name) or 0) <= MOST:
                raise InputProblem("annex.too_many", field=name, head=HEADS[name], most=MOST)
        answers = asdict(row) | {name: texts[name] for name in ("township", "village", "note")}
        kept = json.dumps({"county": texts["county"], "day": f"{self._today()}", "row": answers}, ensure_ascii=False)
        self._store.write(lambda transaction: transaction.put_setting(SETTING, kept)).result()

    def print(self) -> bool:
        """This station's row on paper; logged.

        Returns:
            Whether it came out; False when the printer took it and keeps it.

        Raises:
            InputProblem: ``annex.not_saved``; ``annex.unanswered`` (``count``, ``head``: of the first) with the field.
            EnvironmentProblem: as :func:`villagedesk.desk.straight_printing.print_straight`.
        """
        self._acting.need(Right.WORK)
        county, rows = self._whole()
        return self._output.print(county, rows)

    def save_pdf(self, folder: Path) -> Path:
        """The same as a PDF; logged.

        Raises:
            InputProblem: as :meth:`print`; ``register.no_folder``.
            EnvironmentProblem: ``store.*``.
        """
        self._acting.need(Right.WORK)
        county, rows = self._whole()
        return self._output.save_pdf(county, rows, folder)

    def save_workbook(self, folder: Path) -> Path:
        """As a workbook, which the township joins with those of other villages; logged. Raises as :meth:`save_pdf`."""
        self._acting.need(Right.WORK)
        county, rows = self._whole()
        return self._output.save_workbook(county, rows, folder)

    def _whole(self) -> tuple[str, Sequence[AnnexRow]]:
        saved = self._store.read(_saved)
        if saved is None:
            raise InputProblem("annex.not_saved")
        lacking = missing(saved.row)
        if lacking:
            raise InputProblem("annex.unanswered", field=lacking[0], count=len(lacking), head=HEADS[lacking[0]])
        return saved.county, (saved.row,)

    def _proposed(self) -> Mapping[str, Proposed]:
        found = {"computers": Proposed(1, Sentence("annex.why.computer"))}
        looks: tuple[tuple[str, Callable[[], Proposed | None]], ...] = (
            ("printers", self._printers_found),
            ("cameras", self._cameras_found),
            ("internet", self._internet),
            ("extranet", self._extranet),
            ("staff", self._staff),
        )
        for name, look in looks:
            proposed = look()
            if proposed is not None:
                found[name] = proposed
        return found

    def _printers_found(self) -> Proposed:
        names = [one.name for one in self._printers.known()]
        real = [name for name in names if not any(word in name.casefold() for word in _MAKES_FILES)]
        if not real:
            return Proposed(0, Sentence("annex.why.no_printer"))
        return Proposed(len(real), Sentence("annex.why.printers", {"count": len(real), "name": real[0]}))

    def _cameras_found(self) -> Proposed:
        view = self._equipment.view()
        beside = view.chosen.get(CameraPlace.SECOND, "")
        found = [one for one in view.offers if one.connected and one.camera_id != beside]
        if not found:
            return Proposed(0, Sentence("annex.why.no_camera"))
        return Proposed(len(found), Sentence("annex.why.cameras", {"count": len(found), "name": found[0].name}))

    def _internet(self) -> Proposed | None:
        """Only what is proven: a line that is broken today may have been laid years ago."""
        seen = self._link.seen()
        open_now = any(one.name is LayerName.INTERNET and one.mark is Mark.OK for one in seen.state.layers)
        return Proposed(True, Sentence("annex.why.internet")) if open_now else None

    def _extranet(self) -> Proposed | None:
        seen = self._link.seen()
        if self._link.online():
            return Proposed(True, Sentence("annex.why.extranet_now"))
        if seen.last_success is not None or seen.state.pin is not None:
            return Proposed(True, Sentence("annex.why.extranet_before"))
        return None

    def _staff(self) -> Proposed | None:
        try:
            clerks = [one.name for one in self._accounts.list() if one.role is Role.CLERK]
        except Problem:  # the file of accounts is damaged: told where one signs in
            return None
        if not clerks:
            return None
        return Proposed(len(clerks), Sentence("annex.why.staff", {"count": len(clerks), "name": clerks[0]}))

    def _today(self) -> date:
        return self._clock.now().astimezone(SHANGHAI).date()


def _saved(snapshot: Snapshot) -> _Saved | None:
    """As the settings have it; what cannot be read there was never saved."""
    try:
        kept = json.loads(snapshot.setting(SETTING) or "null")
        row: dict[str, Any] = {
            name: value for name, value in kept["row"].items() if value is None or type(value) is _TYPES.get(name)
        }
        return _Saved(str(kept["county"]), date.fromisoformat(kept["day"]), AnnexRow(**row))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
