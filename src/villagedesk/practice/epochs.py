"""The letters in the numbers a station prints: no two of its installations have the same one, whoever was restored."""

from __future__ import annotations

from sqlalchemy import Connection, select

from villagedesk.domain.local_no import EPOCHS as EPOCH_LETTERS
from villagedesk.domain.local_no import next_epoch, parse_local_no
from villagedesk.domain.problems import InputProblem
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.storage import insert_once
from villagedesk.practice.tables import EPOCHS, STATIONS


def grant_epoch(connection: Connection, division_code: str, asked: str, installation_id: str) -> str:
    """The letter an installation may print from now on, kept for it.

    Args:
        connection: in a writing transaction that holds the station.
        asked: what the installation would print by itself; "" from one that does not say.

    Returns:
        ``asked``, unless some other installation of the station ever had it: then the letter granted to this one in
        its place, for a new one the first after all that were used. "" when none was asked for.

    Raises:
        WireProblem: 409 ``epochs_used_up``.
    """
    if not asked:
        return ""
    values = {"division_code": division_code, "installation_id": installation_id}
    if insert_once(connection, EPOCHS, {**values, "epoch": asked}):
        return asked
    known = connection.execute(select(EPOCHS).where(EPOCHS.c.division_code == division_code))
    had_by = {row.epoch: row.installation_id for row in known}
    if had_by[asked] == installation_id:
        return asked
    own = [letter for letter in EPOCH_LETTERS if had_by.get(letter) == installation_id]
    if own:
        return own[-1]
    try:
        granted = next_epoch(had_by)
    except InputProblem:
        raise WireProblem(409, "epochs_used_up", "本站点的编号字母已用完，请联系县里") from None
    connection.execute(EPOCHS.insert().values(**values, epoch=granted))
    return granted


def note_epoch(connection: Connection, division_code: str, local_no: str) -> None:
    """Remember the letter of a number that came with a case: it was printed, by whom the station is now at the latest.

    A number that is none of our format names no letter.
    """
    try:
        epoch = parse_local_no(local_no).epoch
    except InputProblem:
        return
    installation = connection.execute(
        select(STATIONS.c.installation_id).where(STATIONS.c.division_code == division_code)
    ).scalar_one_or_none()
    values = {"division_code": division_code, "epoch": epoch, "installation_id": installation or ""}
    insert_once(connection, EPOCHS, values)
