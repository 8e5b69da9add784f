"""The station file the county hands out, and the station it describes (design: section 4)."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from villagedesk.domain.problems import InputProblem

_DIVISION = re.compile(r"[1-9][0-9]{11}")
_MAX_BYTES = 64 * 1024
_MAX_NAME = 60
_MAX_NETWORKS = 32
_ONE_TIME_CODE = re.compile(r"[!-~]{1,64}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"https://(?:({_LABEL}(?:\.{_LABEL})*)|\[([0-9A-Fa-f:.]{{2,45}})\])(?::([0-9]{{1,5}}))?/?")
"""Scheme, host and port and nothing else: no user, path, query or fragment to lead a clerk's data elsewhere."""
_MANUAL, _INTERFACE = "manual", "interface"
_OF_AN_INTERFACE = ("address", "ca_pem", "one_time_code")
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control and bidi characters, halves of surrogate pairs, private use, not assigned, line and paragraph breaks."""


@dataclass(frozen=True)
class StationFile:
    """What a village window needs to know before its first contact.

    Args:
        division_code: 12 digits, 2+2+2+3+3.
        name: as printed on papers, e.g. 柳林村便民服务站.
        address: https address of the acceptance system, without a trailing slash; "" where the station was granted no
            interface: certificate and code are empty too then, and the file says so by ``"mode": "manual"``.
        ca_pem: the county's CA as PEM text, "" to use the system's.
        one_time_code: proves the first enrolment.
        recovery_public_key: 32 bytes, X25519, the county's.
        catalogue_public_key: 32 bytes, Ed25519, the county's for signing catalogue packages; empty where it has none.
        practice: the acceptance system behind it is one to practise on: every paper of this station is without force.
        networks: CIDR; the only ones in which the acceptance system may answer. Empty where the county lists none.
    """

    division_code: str
    name: str
    address: str
    ca_pem: str
    one_time_code: str
    recovery_public_key: bytes
    practice: bool = False
    catalogue_public_key: bytes = b""
    networks: tuple[str, ...] = ()

    @property
    def manual(self) -> bool:
        """No interface was granted: cases are entered into the acceptance system by hand (domain: section 11)."""
        return not self.address

    def to_bytes(self) -> bytes:
        """The file's JSON."""
        return json.dumps(
            {
                "format": "villagedesk-station",
                "version": 1,
                "mode": _MANUAL if self.manual else _INTERFACE,
                "division_code": self.division_code,
                "name": self.name,
                "address": self.address,
                "ca_pem": self.ca_pem,
                "one_time_code": self.one_time_code,
                "recovery_public_key": base64.b64encode(self.recovery_public_key).decode(),
                "practice": self.practice,
                "catalogue_public_key": base64.b64encode(self.catalogue_public_key).decode(),
                "networks": list(self.networks),
            },
            ensure_ascii=False,
            indent=1,
        ).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> StationFile:
        """Read and check a station file.

        Raises:
            InputProblem: ``station.not_a_station_file``, ``station.newer_version``, ``station.bad_field.*``.
        """
        if len(data) > _MAX_BYTES:
            raise InputProblem("station.not_a_station_file")
        try:
            raw = json.loads(data)
        except (ValueError, RecursionError):
            raise InputProblem("station.not_a_station_file") from None
        if not isinstance(raw, dict) or raw.get("format") != "villagedesk-station":
            raise InputProblem("station.not_a_station_file")
        if raw.get("version") != 1:
            raise InputProblem("station.newer_version")
        mode = raw.get("mode", _INTERFACE)
        if mode not in (_INTERFACE, _MANUAL):
            raise InputProblem("station.bad_field.mode")
        manual = mode == _MANUAL
        text: dict[str, str] = {}
        for name in ("division_code", "name", "address", "ca_pem", "one_time_code", "recovery_public_key"):
            value = raw.get(name, "" if manual and name in _OF_AN_INTERFACE else None)
            if not isinstance(value, str):
                raise InputProblem(f"station.bad_field.{name}")
            text[name] = value.strip()
        practice = raw.get("practice", False)
        # station files of earlier versions have none
        text["catalogue_public_key"] = raw.get("catalogue_public_key", "")
        if not isinstance(text["catalogue_public_key"], str):
            raise InputProblem("station.bad_field.catalogue_public_key")
        right = {
            "division_code": _DIVISION.fullmatch(text["division_code"]) is not None,
            "name": _is_name(text["name"]),
            "address": not text["address"] if manual else _is_address(text["address"]),
            "ca_pem": not text["ca_pem"] if manual else text["ca_pem"].isascii(),
            "one_time_code": not text["one_time_code"]
            if manual
            else _ONE_TIME_CODE.fullmatch(text["one_time_code"]) is not None,
            "practice": isinstance(practice, bool),
        }
        for name, good in right.items():
            if not good:
                raise InputProblem(f"station.bad_field.{name}")
        return cls(
            text["division_code"],
            text["name"],
            text["address"].rstrip("/"),
            text["ca_pem"],
            text["one_time_code"],
            _key(text, "recovery_public_key"),
            practice,
            _key(text, "catalogue_public_key") if text["catalogue_public_key"] else b"",
            _networks(raw.get("networks", [])),
        )


def _key(text: Mapping[str, str], name: str) -> bytes:
    try:
        key = base64.b64decode(text[name], validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise InputProblem(f"station.bad_field.{name}")
    return key


def _networks(raw: object) -> tuple[str, ...]:
    try:
        if not isinstance(raw, list) or len(raw) > _MAX_NETWORKS or not all(isinstance(text, str) for text in raw):
            raise ValueError("a list of CIDR networks is wanted")
        return tuple(str(ipaddress.ip_network(text.strip())) for text in raw)
    except ValueError:
        raise InputProblem("station.bad_field.networks") from None


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _MAX_NAME and not any(unicodedata.category(sign) in _UNPRINTABLE for sign in text)


def _is_address(text: str) -> bool:
    found = _ADDRESS.fullmatch(text)
    if found is None:
        return False
    host, six, port = found.groups()
    if port is not None and not 0 < int(port) < 65536:
        return False
    try:
        if six is not None:
            ipaddress.IPv6Address(six)
        elif host.rpartition(".")[2].isdigit():  # no host name ends in digits only (RFC 1123, section 2.1)
            ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return six is not None or len(host) <= 253
