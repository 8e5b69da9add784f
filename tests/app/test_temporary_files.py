"""I8: nothing is written anywhere but into the data folder (encrypted) and where the clerk wants a file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from tests.needs import need_program
from villagedesk.store.connection import reading_engine, writing_engine
from villagedesk.store.database import DATABASE_FILE
from villagedesk.store.keys import DataKey

_ROOT = Path(__file__).parents[2]
_OPENED = re.compile(r'(?:openat\(\w+, |open\(|creat\()"([^"\n]+)", [A-Z_|0-9]*(?:O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE)')
_DEVICE = re.compile(r"/proc/|/dev/(?!shm/)")
"""What lies in ``/dev/shm`` is a file like any other."""
_STRACE = ("strace", "-f", "--seccomp-bpf", "-qq", "-s", "4096", "-e", "trace=openat,open,creat")
_PART = r"(\.[0-9a-f]{8}\.part)?"
_OURS = re.compile(rf"villagedesk\.db(\.part)?(-wal|-shm|-journal)?|vault/[0-9a-f]{{64}}{_PART}|status\.json{_PART}")


def written_by(text: str) -> set[str]:
    """Files a traced process opened to write, devices left out."""
    return {name for name in _OPENED.findall(text) if not _DEVICE.match(name)}


def test_i8_no_temporary_file_is_written_anywhere(tmp_path: Path) -> None:
    need_program("strace")
    data, out, temporary, home = (tmp_path / name for name in ("data", "out", "tmp", "home"))
    for folder in (out, temporary, home):
        folder.mkdir()
    trace = tmp_path / "trace"
    aside = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"), str(temporary))
    subprocess.run(
        [*_STRACE, "-o", str(trace), sys.executable, "-m", "tests.app.temporary_child", str(data), str(out)],
        cwd=_ROOT,
        env={**os.environ, **aside, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
    )
    text = trace.read_text(encoding="utf-8", errors="replace")
    written = written_by(text)
    inside = {name.removeprefix(f"{data}/") for name in written if name.startswith(f"{data}/")}
    strange = {name for name in inside if not _OURS.fullmatch(name)}
    outside = {name for name in written if not name.startswith((f"{data}/", f"{out}/"))}
    assert DATABASE_FILE in inside and any(name.startswith("vault/") for name in inside)
    assert any(name.endswith(".part") for name in written if name.startswith(f"{out}/"))
    assert (strange, outside) == (set(), set())
    assert list(temporary.iterdir()) == [] and list(home.rglob("*")) == []


def test_sqlite_keeps_its_temporary_tables_in_memory(tmp_path: Path) -> None:
    key = DataKey.generate()
    for make in (writing_engine, reading_engine):
        engine = make(tmp_path / "temp_store.db", key.database)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA temp_store").scalar() == 2  # MEMORY
        engine.dispose()
    plain: Any = sqlcipher.connect(":memory:")
    compiled = {row[0] for row in plain.execute("PRAGMA compile_options")}
    plain.close()
    # 0 would overrule the pragma (https://www.sqlite.org/tempfiles.html, section 5)
    assert "TEMP_STORE=0" not in compiled and any(option.startswith("TEMP_STORE=") for option in compiled)


def test_the_search_itself_sees_a_temporary_file(tmp_path: Path) -> None:
    need_program("strace")
    trace = tmp_path / "trace"
    write = "import tempfile; file = tempfile.NamedTemporaryFile(); file.write(b'x')"
    (tmp_path / "aside").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path / "aside")}
    subprocess.run([*_STRACE, "-o", str(trace), sys.executable, "-c", write], env=environment, check=True)
    written = written_by(trace.read_text(encoding="utf-8", errors="replace"))
    assert any(name.startswith(f"{tmp_path / 'aside'}/") for name in written)
