"""A village station as the tests play it: plain requests, no retry, every answer looked at."""

from __future__ import annotations

import base64
import gzip
import hashlib
import uuid
from collections.abc import Mapping

import requests

from villagedesk.acceptance.wire import (
    ActionPayload,
    ApplicantRecord,
    EnrolRequest,
    ManifestEntry,
    MaterialRecord,
    RevisionPayload,
    sha256_hex,
)
from villagedesk.practice.server import PracticeServer

TUS = {"Tus-Resumable": "1.0.0"}


def page(seed: str, length: int = 5000) -> bytes:
    """Bytes of an invented page."""
    return hashlib.shake_256(seed.encode()).digest(length)


def payload(
    case_id: str = "",
    revision: int = 1,
    pages: tuple[bytes, ...] = (),
    *,
    station: str = "410421103207",
    action_id: str = "",
    name: str = "测试人甲",
    item_name: str = "城乡居民基本医疗保险参保登记",
) -> RevisionPayload:
    """A revision of an invented case."""
    return RevisionPayload(
        wire_version=1,
        action_id=action_id or str(uuid.uuid4()),
        station=station,
        clerk="办事员甲",
        case_id=case_id or str(uuid.uuid4()),
        revision=revision,
        local_no="261123-A-0001-7",
        item_code="YB-CBDJ",
        item_version=1,
        item_name=item_name,
        received_at="2026-11-23T01:00:00.000000Z",
        applicant=ApplicantRecord(
            kind="natural", name=name, document_kind="resident_id", document_number="410421190002300018"
        ),
        materials=[MaterialRecord(requirement_id="id_card", name="居民身份证", form="copy", copies=1)],
        manifest=[
            ManifestEntry(
                requirement_id="id_card",
                order=order,
                sha256=sha256_hex(content),
                byte_count=len(content),
                media_type="image/jpeg",
            )
            for order, content in enumerate(pages, 1)
        ],
    )


def action(operation: str = "withdraw", *, action_id: str = "", note: str = "") -> ActionPayload:
    """A withdrawal, delivery or evaluation."""
    return ActionPayload(
        wire_version=1,
        action_id=action_id or str(uuid.uuid4()),
        station="410421103207",
        clerk="办事员甲",
        operation=operation,
        at="2026-11-23T02:00:00.000000Z",
        values={"note": note},
    )


class Village:
    """One station's client. Closes its connections in ``with``.

    Args:
        server: runs.
        credential: its secret.
    """

    def __init__(self, server: PracticeServer, credential: str = "geheim-1") -> None:
        self.address = server.address
        self.practice = server.practice
        self.credential = credential
        self.session = requests.Session()
        self.session.trust_env = False
        if server.practice.tls:
            self.session.verify = str(server.practice.ca_path)
        self.session.headers["Authorization"] = f"Bearer {server.practice.division_code}.{credential}"

    def __enter__(self) -> Village:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.session.close()

    def call(
        self, method: str, path: str, data: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """One request, no redirects."""
        return self.session.request(
            method, self.address + path, data=data, headers=dict(headers or {}), timeout=30, allow_redirects=False
        )

    def enrolment(self, one_time_code: str = "", division_code: str = "") -> bytes:
        """The body of an enrolment."""
        return (
            EnrolRequest(
                division_code=division_code or self.practice.division_code,
                one_time_code=one_time_code or self.practice.one_time_code,
                credential_sha256=sha256_hex(self.credential.encode()),
                installation_id="installation-1",
            )
            .model_dump_json()
            .encode()
        )

    def enrol(self) -> requests.Response:
        """With the station file's code."""
        return self.call("POST", "/v1/stations/enrol", self.enrolment())

    def put(self, record: RevisionPayload, *, zipped: bool = False) -> requests.Response:
        """PUT a revision."""
        body = record.to_bytes()
        return self.call(
            "PUT",
            f"/v1/cases/{record.case_id}/revisions/{record.revision}",
            gzip.compress(body) if zipped else body,
            {"Content-Encoding": "gzip"} if zipped else {},
        )

    def act(self, case_id: str, taken: ActionPayload) -> requests.Response:
        """PUT an action."""
        return self.call("PUT", f"/v1/cases/{case_id}/actions/{taken.action_id}", taken.to_bytes())

    def begin(self, content: bytes, *, declared: str = "", media_type: str = "image/jpeg") -> str:
        """Create an upload; gives its path."""
        answer = self.call(
            "POST", "/v1/pages/", headers=creation(len(content), declared or sha256_hex(content), media_type)
        )
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    def patch(
        self, path: str, offset: int, chunk: bytes, *, checksum: str = "", headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """PATCH bytes."""
        more = {"Upload-Checksum": checksum} if checksum else {}
        return self.call("PATCH", path, chunk, {**patching(offset), **more, **(headers or {})})

    def offset(self, path: str) -> int:
        """What HEAD says."""
        answer = self.call("HEAD", path, headers=TUS)
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])

    def upload(self, content: bytes) -> None:
        """A whole page in one go."""
        assert self.patch(self.begin(content), 0, content).status_code == 204

    def commit(self, record: RevisionPayload, *pages: bytes) -> requests.Response:
        """Register, upload, commit."""
        for content in pages:
            self.upload(content)
        answer = self.put(record)
        assert answer.status_code == 201, answer.text
        return answer

    def move(self, case_id: str, name: str) -> requests.Response:
        """An official's move."""
        return self.call("POST", f"/practice/cases/{case_id}/{name}")


def creation(length: int, sha256: str, media_type: str = "image/jpeg") -> dict[str, str]:
    """tus creation headers."""
    values = (("sha256", sha256), ("media_type", media_type))
    return {
        **TUS,
        "Upload-Length": str(length),
        "Upload-Metadata": ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values),
    }


def patching(offset: int) -> dict[str, str]:
    """tus PATCH headers."""
    return {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}


def checksum(chunk: bytes, algorithm: str = "sha256") -> str:
    """An Upload-Checksum value."""
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, chunk).digest()).decode()}"
