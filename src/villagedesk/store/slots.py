"""The slots file: wrapped copies of the data key, one per clerk and one for the county (design: decision 7).

It lies outside the database in two copies, each with a generation number, a plain checksum (a torn copy is seen before
anyone has signed in) and a MAC under a key made from the data key (a copy that was tampered with is seen at sign-in).
Only the standard library is needed to read it, because the sign-in page lists the clerks before anything else loads.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from pathlib import Path

from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.store.files import write_whole

SLOT_FILES = ("slots-a", "slots-b")
_FORMAT = "villagedesk-slots"
_VERSION = 1


@dataclass(frozen=True)
class ClerkSlot:
    """The data key under one clerk's password.

    Args:
        role: what the clerk may do, as ``desk`` names it.
        salt, time_cost, memory_kib, lanes: Argon2id's parameters as they were when wrapped.
        nonce, wrapped: AES-256-GCM, 12 bytes and 32 + 16 bytes.
    """

    name: str
    role: str
    salt: bytes
    time_cost: int
    memory_kib: int
    lanes: int
    nonce: bytes
    wrapped: bytes


@dataclass(frozen=True)
class RecoverySlot:
    """The data key under the county's X25519 recovery key; all fields but ``wrapped`` are 32, 32 and 12 bytes."""

    public_key: bytes
    ephemeral_key: bytes
    nonce: bytes
    wrapped: bytes


@dataclass(frozen=True)
class Slots:
    """One generation of the slots file."""

    generation: int
    clerks: tuple[ClerkSlot, ...]
    recovery: RecoverySlot

    def clerk(self, name: str) -> ClerkSlot | None:
        """That clerk's slot."""
        return next((slot for slot in self.clerks if slot.name == name), None)

    def with_clerk(self, slot: ClerkSlot) -> Slots:
        """The next generation, with this slot added or in place of the clerk's older one."""
        known = self.clerk(slot.name) is not None
        clerks = tuple(slot if old.name == slot.name else old for old in self.clerks)
        return replace(self, generation=self.generation + 1, clerks=clerks if known else (*clerks, slot))


@dataclass(frozen=True)
class SlotsCopy:
    """One of the two files as read, its checksum right and its MAC not yet checked."""

    file: str
    slots: Slots
    body: str
    mac: bytes

    def is_genuine(self, mac_key: bytes) -> bool:
        """Whether the MAC was made with the data key's own MAC key."""
        return hmac.compare_digest(self.mac, _mac(mac_key, self.body))


def slots_exist(folder: Path) -> bool:
    """Whether keys were ever made in this data folder (in whatever state they are now)."""
    return any((folder / name).exists() for name in SLOT_FILES)


def clerks(folder: Path) -> list[str]:
    """Names of the clerks who can sign in, in the order they were added.

    Raises:
        EnvironmentProblem: ``store.slots_lost``, ``store.newer_schema``.
    """
    return [slot.name for slot in read_copies(folder)[0].slots.clerks]


def role_of(folder: Path, clerk: str) -> str:
    """The role of a clerk; "" when there is none of that name.

    Raises:
        EnvironmentProblem: ``store.slots_lost``, ``store.newer_schema``.
    """
    slot = read_copies(folder)[0].slots.clerk(clerk)
    return slot.role if slot else ""


def read_copies(folder: Path) -> list[SlotsCopy]:
    """The whole copies there are, newest generation first.

    Raises:
        EnvironmentProblem: ``store.slots_lost`` when neither copy is whole, ``store.newer_schema`` when a newer program
            wrote them.
    """
    copies = [copy for name in SLOT_FILES if (copy := _read(folder, name)) is not None]
    if not copies:
        raise EnvironmentProblem("store.slots_lost")
    return sorted(copies, key=lambda copy: copy.slots.generation, reverse=True)


def write_slots(folder: Path, slots: Slots, mac_key: bytes) -> None:
    """Write both copies, the staler one first, so that a whole copy of the newest generation lies there at any moment.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
    """
    body = _body_of(slots)
    data = json.dumps(
        {
            "body": body,
            "sha256": hashlib.sha256(body.encode()).hexdigest(),
            "mac": _mac(mac_key, body).hex(),
        },
        ensure_ascii=False,
    ).encode()
    generation = {name: copy.slots.generation if (copy := _read(folder, name)) else -1 for name in SLOT_FILES}
    for name in sorted(SLOT_FILES, key=lambda name: generation[name]):
        write_whole(folder / name, data)


def heal(folder: Path, genuine: SlotsCopy, mac_key: bytes) -> None:
    """Write both copies again from a genuine one, when they are not both that one.

    Raises:
        EnvironmentProblem: ``store.disk_full``, ``store.write_failed``.
    """
    for name in SLOT_FILES:
        copy = _read(folder, name)
        if copy is None or copy.body != genuine.body or not copy.is_genuine(mac_key):
            write_slots(folder, genuine.slots, mac_key)
            return


def _mac(mac_key: bytes, body: str) -> bytes:
    return hmac.digest(mac_key, body.encode(), "sha256")


def _read(folder: Path, name: str) -> SlotsCopy | None:
    try:
        outer = json.loads((folder / name).read_bytes())
        body, checksum, mac = str(outer["body"]), str(outer["sha256"]), bytes.fromhex(outer["mac"])
        if not hmac.compare_digest(checksum, hashlib.sha256(body.encode()).hexdigest()):
            return None
        raw = json.loads(body)
        if raw["format"] == _FORMAT and raw["version"] > _VERSION:
            raise EnvironmentProblem("store.newer_schema")
        return SlotsCopy(name, _slots_of(raw), body, mac)
    except (OSError, ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        return None


def _body_of(slots: Slots) -> str:
    return json.dumps(
        {
            "format": _FORMAT,
            "version": _VERSION,
            "generation": slots.generation,
            "clerks": [
                {
                    "name": slot.name,
                    "role": slot.role,
                    "salt": _text(slot.salt),
                    "time_cost": slot.time_cost,
                    "memory_kib": slot.memory_kib,
                    "lanes": slot.lanes,
                    "nonce": _text(slot.nonce),
                    "wrapped": _text(slot.wrapped),
                }
                for slot in slots.clerks
            ],
            "recovery": {
                "public_key": _text(slots.recovery.public_key),
                "ephemeral_key": _text(slots.recovery.ephemeral_key),
                "nonce": _text(slots.recovery.nonce),
                "wrapped": _text(slots.recovery.wrapped),
            },
        },
        ensure_ascii=False,
    )


def _slots_of(raw: dict[str, object]) -> Slots:
    clerks_raw, recovery, generation = raw["clerks"], raw["recovery"], raw["generation"]
    if not isinstance(clerks_raw, list) or not isinstance(recovery, dict) or not isinstance(generation, int):
        raise ValueError("not a slots file")
    return Slots(
        generation=generation,
        clerks=tuple(
            ClerkSlot(
                name=str(slot["name"]),
                role=str(slot["role"]),
                salt=_bytes(slot["salt"]),
                time_cost=int(slot["time_cost"]),
                memory_kib=int(slot["memory_kib"]),
                lanes=int(slot["lanes"]),
                nonce=_bytes(slot["nonce"]),
                wrapped=_bytes(slot["wrapped"]),
            )
            for slot in clerks_raw
        ),
        recovery=RecoverySlot(
            public_key=_bytes(recovery["public_key"]),
            ephemeral_key=_bytes(recovery["ephemeral_key"]),
            nonce=_bytes(recovery["nonce"]),
            wrapped=_bytes(recovery["wrapped"]),
        ),
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
