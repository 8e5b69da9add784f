"""The one data key: made once, wrapped per clerk and for the county, never stored bare (design: decision 7)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.store.files import make_folder, problem_of
from villagedesk.store.slots import (
    ClerkSlot,
    RecoverySlot,
    Slots,
    SlotsCopy,
    heal,
    read_copies,
    slots_exist,
    write_slots,
)

_CLERK_AAD = b"villagedesk clerk slot 1\x00"
_RECOVERY_AAD = b"villagedesk recovery slot 1\x00"


@dataclass(frozen=True)
class PasswordCost:
    """How dear one guess of a password is made: Argon2id's passes, memory in KiB, and lanes.

    The default is RFC 9106's second recommended choice, about 0.1 s on a village PC.
    """

    time_cost: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4


class DataKey:
    """The installation's 32-byte data key, giving a subkey per purpose; it shows nothing of itself in logs or reprs.

    Args:
        secret: 32 random bytes.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise ValueError("a data key has 32 bytes")
        self._secret = secret

    @classmethod
    def generate(cls) -> DataKey:
        """A new one from the system's randomness."""
        return cls(os.urandom(32))

    @property
    def database(self) -> bytes:
        """32 bytes: SQLCipher's raw key."""
        return self._subkey(b"database")

    @property
    def vault(self) -> bytes:
        """32 bytes, for the page vault."""
        return self._subkey(b"vault")

    @property
    def backup(self) -> bytes:
        """32 bytes, for backups."""
        return self._subkey(b"backup")

    @property
    def audit(self) -> bytes:
        """32 bytes: HMAC key of the audit chain."""
        return self._subkey(b"audit")

    @property
    def slots(self) -> bytes:
        """32 bytes: MAC key of the slots file."""
        return self._subkey(b"slots")

    def _subkey(self, purpose: bytes) -> bytes:
        return _derive(self._secret, b"villagedesk 1 " + purpose)

    def wrap_for_clerk(self, clerk: str, password: str, role: str, cost: PasswordCost) -> ClerkSlot:
        """The slot of a clerk: AES-256-GCM under Argon2id of the password, bound to name and role."""
        salt, nonce = os.urandom(16), os.urandom(12)
        wrapping = _password_key(password, salt, cost)
        wrapped = AESGCM(wrapping).encrypt(nonce, self._secret, _clerk_aad(clerk, role))
        return ClerkSlot(clerk, role, salt, cost.time_cost, cost.memory_kib, cost.lanes, nonce, wrapped)

    def wrap_for_recovery(self, public_key: bytes) -> RecoverySlot:
        """The county's slot: an ephemeral X25519 agreement, HKDF over it and both public keys, AES-256-GCM.

        Args:
            public_key: 32 bytes from the station file.
        """
        ephemeral, nonce = X25519PrivateKey.generate(), os.urandom(12)
        ephemeral_public = ephemeral.public_key().public_bytes_raw()
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(public_key))
        wrapping = _recovery_key(shared, ephemeral_public, public_key)
        wrapped = AESGCM(wrapping).encrypt(nonce, self._secret, _RECOVERY_AAD)
        return RecoverySlot(public_key, ephemeral_public, nonce, wrapped)


def create_keys(
    folder: Path,
    clerk: str,
    password: str,
    recovery_public_key: bytes,
    role: str,
    cost: PasswordCost | None = None,
) -> DataKey:
    """Make the installation's data key and its slots file.

    Args:
        folder: the data folder; made when it is not there.
        recovery_public_key: 32 bytes, X25519, from the station file.

    Raises:
        EnvironmentProblem: ``store.already_set_up`` when keys are there, ``store.disk_full``, ``store.write_failed``.
        InputProblem: ``station.bad_field.recovery_public_key`` when the recovery key is no usable X25519 key.
    """
    if slots_exist(folder):
        raise EnvironmentProblem("store.already_set_up")
    key = DataKey.generate()
    try:
        recovery = key.wrap_for_recovery(recovery_public_key)
    except ValueError:
        raise InputProblem("station.bad_field.recovery_public_key") from None
    slot = key.wrap_for_clerk(clerk, password, role, cost or PasswordCost())
    try:
        make_folder(folder)
    except OSError as error:
        raise problem_of(error, folder) from error
    write_slots(folder, Slots(1, (slot,), recovery), key.slots)
    return key


def unlock(folder: Path, clerk: str, password: str) -> DataKey:
    """The data key, by a clerk's password; a torn, lost or falsified copy of the slots file is healed from the other.

    Raises:
        InputProblem: ``store.wrong_password`` (also for an unknown clerk: which of both it was is not told).
        EnvironmentProblem: ``store.slots_lost``, ``store.newer_schema``.
    """
    return unlock_slot(folder, clerk, password)[0]


def unlock_slot(folder: Path, clerk: str, password: str) -> tuple[DataKey, ClerkSlot]:
    """As :func:`unlock`, with the slot that was opened, whose role is proven by the MAC."""
    copies = read_copies(folder)
    tried: set[ClerkSlot] = set()
    for copy in copies:
        slot = copy.slots.clerk(clerk)
        if slot is None or slot in tried:
            continue
        tried.add(slot)
        key = _opened(slot, password)
        if key is None:
            continue
        genuine = next((other for other in copies if other.is_genuine(key.slots)), None)
        if genuine is None:
            raise EnvironmentProblem("store.slots_lost")
        # An older copy may still know an older password or a removed clerk: the newest genuine one alone decides.
        if genuine.slots.clerk(clerk) != slot:
            continue
        heal(folder, genuine, key.slots)
        return key, slot
    raise InputProblem("store.wrong_password", field="password")


def add_clerk(
    folder: Path, key: DataKey, clerk: str, password: str, role: str, cost: PasswordCost | None = None
) -> None:
    """Give another clerk a slot of her own.

    Raises:
        InputProblem: ``store.clerk_exists`` (``name``).
        EnvironmentProblem: ``store.slots_lost``, ``store.disk_full``, ``store.write_failed``.
    """
    slots = _genuine(folder, key).slots
    if slots.clerk(clerk) is not None:
        raise InputProblem("store.clerk_exists", field="clerk", name=clerk)
    write_slots(folder, slots.with_clerk(key.wrap_for_clerk(clerk, password, role, cost or PasswordCost())), key.slots)


def change_password(
    folder: Path, clerk: str, password: str, new_password: str, cost: PasswordCost | None = None
) -> None:
    """Wrap the same data key under a new password; the old one is worth nothing afterwards.

    Raises:
        InputProblem: ``store.wrong_password``.
        EnvironmentProblem: ``store.slots_lost``, ``store.disk_full``, ``store.write_failed``.
    """
    key, slot = unlock_slot(folder, clerk, password)
    slots = _genuine(folder, key).slots
    new_slot = key.wrap_for_clerk(clerk, new_password, slot.role, cost or PasswordCost())
    write_slots(folder, slots.with_clerk(new_slot), key.slots)


def set_password(folder: Path, key: DataKey, clerk: str, new_password: str, cost: PasswordCost | None = None) -> None:
    """Wrap the data key under a new password where the old one is not known; the role stays.

    Raises:
        InputProblem: ``store.no_such_clerk`` (``name``).
        EnvironmentProblem: ``store.slots_lost``, ``store.disk_full``, ``store.write_failed``.
    """
    slots = _genuine(folder, key).slots
    slot = slots.clerk(clerk)
    if slot is None:
        raise InputProblem("store.no_such_clerk", name=clerk)
    new_slot = key.wrap_for_clerk(clerk, new_password, slot.role, cost or PasswordCost())
    write_slots(folder, slots.with_clerk(new_slot), key.slots)


def remove_clerk(folder: Path, key: DataKey, clerk: str) -> None:
    """Take a clerk's slot away. Backups made before still open with it: the data key is the same for ever.

    Raises:
        InputProblem: ``store.no_such_clerk`` (``name``).
        EnvironmentProblem: ``store.slots_lost``, ``store.disk_full``, ``store.write_failed``.
    """
    slots = _genuine(folder, key).slots
    if slots.clerk(clerk) is None:
        raise InputProblem("store.no_such_clerk", name=clerk)
    write_slots(folder, slots.without_clerk(clerk), key.slots)


def hand_over(folder: Path, key: DataKey, leaving: str, successor: ClerkSlot, keep_as: str = "") -> None:
    """One clerk goes and another comes, in one step: at no moment both or neither.

    Args:
        successor: from :meth:`DataKey.wrap_for_clerk`.
        keep_as: the leaving clerk's role from now on, under the same password; "" takes the slot away.

    Raises:
        InputProblem: ``store.clerk_exists`` (``name``), ``store.no_such_clerk`` (``name``).
        EnvironmentProblem: ``store.slots_lost``, ``store.disk_full``, ``store.write_failed``.
    """
    slots = _genuine(folder, key).slots
    if slots.clerk(successor.name) is not None:
        raise InputProblem("store.clerk_exists", field="clerk", name=successor.name)
    own = slots.clerk(leaving)
    if own is None:
        raise InputProblem("store.no_such_clerk", name=leaving)
    both = slots.with_clerk(successor)
    after = both.with_clerk(own.with_role(keep_as)) if keep_as else both.without_clerk(leaving)
    write_slots(folder, after, key.slots)


def only_clerk(folder: Path, key: DataKey, slot: ClerkSlot, generation: int) -> int:
    """Keep this one slot and the county's, as a generation later than any known: nobody else gets in any more.

    Args:
        generation: the newest that is known of, here or elsewhere.

    Returns:
        How many others were taken away.

    Raises:
        EnvironmentProblem: ``store.slots_lost``, ``store.disk_full``, ``store.write_failed``.
    """
    slots = _genuine(folder, key).slots
    newest = max(generation, slots.generation) + 1
    write_slots(folder, Slots(newest, (slot,), slots.recovery), key.slots)
    return sum(other.name != slot.name for other in slots.clerks)


def generation_of(folder: Path, key: DataKey) -> int:
    """Generation of the newest genuine copy. Raises EnvironmentProblem ``store.slots_lost``."""
    return _genuine(folder, key).slots.generation


def open_with_recovery_key(folder: Path, private_key: bytes) -> DataKey:
    """The data key, by the county's recovery key.

    Args:
        private_key: 32 bytes, X25519.

    Raises:
        InputProblem: ``store.wrong_recovery_key``.
        EnvironmentProblem: ``store.slots_lost``, ``store.newer_schema``.
    """
    try:
        private = X25519PrivateKey.from_private_bytes(private_key)
    except ValueError:
        raise InputProblem("store.wrong_recovery_key") from None
    public = private.public_key().public_bytes_raw()
    for copy in read_copies(folder):
        slot = copy.slots.recovery
        try:
            shared = private.exchange(X25519PublicKey.from_public_bytes(slot.ephemeral_key))
            wrapping = _recovery_key(shared, slot.ephemeral_key, public)
            key = DataKey(AESGCM(wrapping).decrypt(slot.nonce, slot.wrapped, _RECOVERY_AAD))
        except (ValueError, InvalidTag):
            continue
        if copy.is_genuine(key.slots):
            heal(folder, copy, key.slots)
            return key
    raise InputProblem("store.wrong_recovery_key")


def _opened(slot: ClerkSlot, password: str) -> DataKey | None:
    wrapping = _password_key(password, slot.salt, PasswordCost(slot.time_cost, slot.memory_kib, slot.lanes))
    bound_to = _clerk_aad(slot.name, slot.bound_role or slot.role)
    try:
        return DataKey(AESGCM(wrapping).decrypt(slot.nonce, slot.wrapped, bound_to))
    except InvalidTag:
        return None


def _genuine(folder: Path, key: DataKey) -> SlotsCopy:
    for copy in read_copies(folder):
        if copy.is_genuine(key.slots):
            return copy
    raise EnvironmentProblem("store.slots_lost")


def _password_key(password: str, salt: bytes, cost: PasswordCost) -> bytes:
    # bytes that are no text, e.g. from a pipe, are half signs here: a wrong password like any other
    typed = password.encode(errors="surrogatepass")
    return hash_secret_raw(typed, salt, cost.time_cost, cost.memory_kib, cost.lanes, hash_len=32, type=Type.ID)


def _recovery_key(shared: bytes, ephemeral_public: bytes, recovery_public: bytes) -> bytes:
    return _derive(shared, b"villagedesk 1 recovery" + ephemeral_public + recovery_public)


def _derive(secret: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(secret)


def _clerk_aad(clerk: str, role: str) -> bytes:
    return _CLERK_AAD + clerk.encode() + b"\x00" + role.encode()
