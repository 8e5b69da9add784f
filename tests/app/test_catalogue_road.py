"""The county's catalogue by every road: signed at the county, over the wire while a draft is open, by command line."""

from __future__ import annotations

import base64
import json
import re
import shutil
from pathlib import Path

import pytest
import requests

from tests.app.test_whole_road import PASSWORD, entry_of, until
from villagedesk.app.command_line import main
from villagedesk.app.resources import resources_folder
from villagedesk.app.run_options import RunOptions
from villagedesk.domain.catalogue import CatalogueOrigin
from villagedesk.practice.server import PracticeServer

CODE = "VD-YB-001"


def county_folder(tmp_path: Path, version: int, organ: str) -> Path:
    """The county's own items: the starter's, one of them changed; its item's version goes with the package's."""
    folder = tmp_path / f"county-{version}"
    shutil.copytree(resources_folder() / "catalogue", folder)
    file = folder / "items" / "medical_insurance_enrolment.toml"
    text = file.read_text(encoding="utf-8")
    for entry, value in (("organ", f'"{organ}"'), ("version", str(version + 10))):
        text, found = re.subn(rf"^{entry} = .*", f"{entry} = {value}", text, flags=re.MULTILINE)
        assert found == 1
    file.write_text(text, encoding="utf-8")
    return folder


def signed(tmp_path: Path, key: Path, version: int, organ: str, *more: str) -> bytes:
    """A package as the county's command makes it."""
    to = tmp_path / f"{version}-{len(more)}.vdcat"
    folder = county_folder(tmp_path, version, organ) if not (tmp_path / f"county-{version}").exists() else None
    items = folder or tmp_path / f"county-{version}"
    command = ["catalogue-package", "--items", str(items), "--key", str(key), "--version", str(version)]
    assert main([*command, *more, "--to", str(to)]) == 0
    return to.read_bytes()


def post(server: PracticeServer, data: bytes) -> None:
    address = f"{server.address}/practice/catalogue"
    answer = requests.post(address, data=data, verify=str(server.practice.ca_path), timeout=30)
    assert answer.status_code == 201


def test_a_new_catalogue_comes_over_the_wire_while_a_draft_is_open(tmp_path: Path) -> None:
    server = PracticeServer(tmp_path / "practice")
    key = server.practice.catalogue_private_key_path
    options = RunOptions(tmp_path / "data", "none", f"file:{tmp_path / 'printed'}")
    entry = entry_of(options)
    entry.set_up(server.practice.station_file(), "王会计", PASSWORD)
    server.start()
    try:
        post(server, signed(tmp_path, key, 3, "县医保局"))
        desk = entry.sign_in("王会计", PASSWORD)
        until(desk, lambda: desk.items.have() == 3)
        assert desk.items.get(CODE).organ == "县医保局"
        assert desk.items.catalogue().origin is CatalogueOrigin.WIRE
        case_id = desk.intake.start(CODE).case.case_id
        entry.close()

        # a bad one is refused and told of, and the next good one is taken all the same
        spoilt = json.loads(signed(tmp_path, key, 4, "县医保局二"))
        spoilt["signature"] = base64.b64encode(bytes(64)).decode()
        post(server, json.dumps(spoilt).encode())
        desk = entry.sign_in("王会计", PASSWORD)
        assert desk.items.have() == 3, "it is kept"
        until(desk, lambda: desk.items.catalogue().refused is not None)
        assert desk.items.have() == 3
        assert desk.intake.view(case_id).changes is None
        entry.close()

        base = tmp_path / "3-0.vdcat"
        update = signed(tmp_path, key, 4, "县医保局二", "--base", str(base))
        assert len(update) < len(base.read_bytes()) / 5
        post(server, update)
        desk = entry.sign_in("王会计", PASSWORD)
        until(desk, lambda: desk.items.have() == 4)
        assert desk.items.catalogue().refused is None
        changes = desk.intake.view(case_id).changes
        assert changes is not None
        assert [(line.before, line.after) for line in changes.lines] == [("县医保局", "县医保局二")]
    finally:
        entry.close()
        server.stop()


def test_the_countys_key_and_package_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "county.pem"
    assert main(["catalogue-key", str(key)]) == 0
    public = capsys.readouterr().out.strip().removeprefix("catalogue_public_key: ")
    assert len(base64.b64decode(public)) == 32
    assert key.stat().st_mode & 0o077 == 0
    kept = key.read_bytes()
    assert main(["catalogue-key", str(key)]) == 1
    assert key.read_bytes() == kept
    signed(tmp_path, key, 3, "县医保局")
    assert "version 3, whole, 36 items" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("no key", "no-such.pem"),
        ("not a key", "no private key"),
        ("bad item", "medical_insurance_enrolment"),
        ("same version", "版本号却没有增加"),
        ("base of another key", "签名对不上"),
    ],
)
def test_what_the_county_has_wrong_is_told_and_no_package_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: str, words: str
) -> None:
    key, other = tmp_path / "county.pem", tmp_path / "other.pem"
    for file in (key, other):
        main(["catalogue-key", str(file)])
    signed(tmp_path, key, 3, "县医保局")
    base = str(tmp_path / "3-0.vdcat")
    folder = county_folder(tmp_path, 4, "县医保局二")
    file = folder / "items" / "medical_insurance_enrolment.toml"
    more = ["--base", base]
    if spoil == "no key":
        key = tmp_path / "no-such.pem"
    elif spoil == "not a key":
        key.write_text("hello", encoding="utf-8")
    elif spoil == "bad item":
        file.write_text("code = ", encoding="utf-8")
    elif spoil == "same version":
        file.write_text(file.read_text(encoding="utf-8").replace("version = 14", "version = 13", 1), encoding="utf-8")
    else:
        key = other
    to = tmp_path / "out.vdcat"
    capsys.readouterr()
    command = ["catalogue-package", "--items", str(folder), "--key", str(key), "--version", "4", *more]
    assert main([*command, "--to", str(to)]) == 1
    assert words in capsys.readouterr().err
    assert not to.exists()
