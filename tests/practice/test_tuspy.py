"""A tus client that is not ours: tuspy, over plain HTTP (it cannot be given a CA)."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from tusclient.client import TusClient

from tests.practice.village import Village, page, payload
from villagedesk.acceptance.wire import sha256_hex
from villagedesk.practice.server import PracticeServer


@pytest.mark.parametrize("checked", [True, False])
def test_tuspy_uploads_a_page_in_chunks(tmp_path: Path, checked: bool) -> None:
    server = PracticeServer(tmp_path / "practice", tls=False)
    server.start()
    try:
        with Village(server) as village:
            village.enrol()
            content = page("tuspy", 100_000)
            authorization = {"Authorization": str(village.session.headers["Authorization"])}
            TusClient(f"{server.address}/v1/pages/", headers=authorization).uploader(
                file_stream=io.BytesIO(content),
                chunk_size=30_000,
                metadata={"sha256": sha256_hex(content), "media_type": "image/jpeg"},
                upload_checksum=checked,
            ).upload()
            assert village.put(payload(pages=(content,))).status_code == 201
    finally:
        server.stop()
