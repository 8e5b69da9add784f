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
from villagedesk.domain.roles import Role
from villagedesk.store.files import is_there, write_whole

SLOT_FILES = ("slots-a", "slots-b")
_FORMAT = "villagedesk-slots"
_VERSION = 2
"""Version 2 has ``bound_role``; a file that needs none is written as version 1, which older programs read."""

_MAX_BYTES = 256 * 1024
_MAX_GENERATION = 1 << 62
_MAX_TIME_COST = 100
_MAX_MEMORY_KIB = 1 << 20
_MAX_LANES = 64
_MAX_NAME = 200
"""Bounds of what is read before anything proves who wrote it: a falsified file must not cost memory or hours."""


@dataclass(frozen=True)
class ClerkSlot:
    """The data key under one clerk's password.

    Args:
        role: what the clerk may do, as :class:`villagedesk.domain.roles.Role` names it; a newer program may know more.
        salt, time_cost, memory_kib, lanes: Argon2id's parameters as they were when wrapped.
        nonce, wrapped: AES-256-GCM, 12 bytes and 32 + 16 bytes.
        bound_role: the role the wrapping is bound to, "" when it is the present one. A role can be changed without the
            password: the present one is proven by the MAC, made with the key that the slot itself gives.
    """

    name: str
    role: str
    salt: bytes
    time_cost: int
    memory_kib: int
    lanes: int
    nonce: bytes
    wrapped: bytes
    bound_role: str = ""

    def with_role(self, role: str) -> ClerkSlot:
        """The same slot and password for another role."""
        return replace(self, role=role, bound_role=self.bound_role or self.role)


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

    def without_clerk(self, name: str) -> Slots:
        """The next generation, with nobody of that name. Raises KeyError when there is none."""
        if self.clerk(name) is None:
            raise KeyError(name)
        clerks = tuple(slot for slot in self.clerks if slot.name != name)
        return replace(self, generation=self.generation + 1, clerks=clerks)


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
    """Whether keys were ever made in this data folder (in whatever state they are now).

    Raises:
        EnvironmentProblem: ``store.unreadable`` when the disk cannot say.
    """
    return any(is_there(folder / name) for name in SLOT_FILES)


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


def roles(folder: Path) -> tuple[tuple[str, Role], ...]:
    """Names and roles, in the order they were added: to be shown, since nobody has signed in to prove them.

    Raises:
        EnvironmentProblem: ``store.slots_lost``; ``store.newer_schema``, also for a role unknown here.
    """
    return tuple((slot.name, known_role(slot.role)) for slot in read_copies(folder)[0].slots.clerks)


def known_role(text: str) -> Role:
    """The role a slot names. Raises EnvironmentProblem ``store.newer_schema``: nobody gets more than is known."""
    try:
        return Role(text)
    except ValueError:
        raise EnvironmentProblem("store.newer_schema") from None


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
        with (folder / name).open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            return None
        outer = json.loads(data)
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
            "version": _VERSION if any(slot.bound_role for slot in slots.clerks) else 1,
            "generation": slots.generation,
            "clerks": [_raw_of(slot) for slot in slots.clerks],
            "recovery": {
                "public_key": _text(slots.recovery.public_key),
                "ephemeral_key": _text(slots.recovery.ephemeral_key),
                "nonce": _text(slots.recovery.nonce),
                "wrapped": _text(slots.recovery.wrapped),
            },
        },
        ensure_ascii=False,
    )


def _raw_of(slot: ClerkSlot) -> dict[str, object]:
    raw: dict[str, object] = {
        "name": slot.name,
        "role": slot.role,
        "salt": _text(slot.salt),
        "time_cost": slot.time_cost,
        "memory_kib": slot.memory_kib,
        "lanes": slot.lanes,
        "nonce": _text(slot.nonce),
        "wrapped": _text(slot.wrapped),
    }
    return {**raw, "bound_role": slot.bound_role} if slot.bound_role else raw


def _slots_of(raw: dict[str, object]) -> Slots:
    clerks_raw, recovery = raw["clerks"], raw["recovery"]
    if not isinstance(clerks_raw, list) or not isinstance(recovery, dict):
        raise ValueError("not a slots file")
    return Slots(
        generation=_whole(raw["generation"], _MAX_GENERATION),
        clerks=tuple(_clerk_slot_of(slot) for slot in clerks_raw),
        recovery=RecoverySlot(
            public_key=_bytes(recovery["public_key"], 32),
            ephemeral_key=_bytes(recovery["ephemeral_key"], 32),
            nonce=_bytes(recovery["nonce"], 12),
            wrapped=_bytes(recovery["wrapped"], 48),
        ),
    )


def _clerk_slot_of(raw: dict[str, object]) -> ClerkSlot:
    name, role, bound_role = (_short(text) for text in (raw["name"], raw["role"], raw.get("bound_role", "")))
    lanes = _whole(raw["lanes"], _MAX_LANES)
    memory_kib = _whole(raw["memory_kib"], _MAX_MEMORY_KIB)
    if memory_kib < 8 * lanes:  # RFC 9106, section 3.1
        raise ValueError("not a slot")
    return ClerkSlot(
        name=name,
        role=role,
        salt=_bytes(raw["salt"]),
        time_cost=_whole(raw["time_cost"], _MAX_TIME_COST),
        memory_kib=memory_kib,
        lanes=lanes,
        nonce=_bytes(raw["nonce"], 12),
        wrapped=_bytes(raw["wrapped"], 48),
        bound_role=bound_role,
    )


def _short(raw: object) -> str:
    """Text that can be shown; half a surrogate pair cannot (UnicodeEncodeError is a ValueError)."""
    if not isinstance(raw, str) or len(raw.encode()) > _MAX_NAME:
        raise ValueError("not a text of a slots file")
    return raw


def _whole(raw: object, most: int) -> int:
    """A whole number from 1 to ``most``; JSON's true and its digits in quotes are none."""
    if not isinstance(raw, int) or isinstance(raw, bool) or not 1 <= raw <= most:
        raise ValueError("not a number of a slots file")
    return raw


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: object, length: int | None = None) -> bytes:
    if not isinstance(text, str):
        raise ValueError("not bytes of a slots file")
    data = base64.b64decode(text, validate=True)
    if len(data) != length if length is not None else not 8 <= len(data) <= 64:
        raise ValueError("not bytes of a slots file")
    return data
