"""A short real check that the installed program works: one line per check on standard output."""

from __future__ import annotations

import os
import ssl
import sys
import tempfile
import time
import traceback
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from villagedesk.app.resources import messages_folder, missing_resources, resources_folder

Check = Callable[[Path], str]


def self_test() -> int:
    """Run every check; gives 0 when all passed. Each works in a folder of its own that is removed afterwards."""
    checks: dict[str, Check] = {
        "resources": _resources,
        "encrypted database": _database,
        "paper with barcode": _paper,
        "reader of PDF files": _reader,
        "reader of pictures from elsewhere": _foreign_files,
        "page in a photograph": _photograph,
        "words on a page": _words,
        "cameras": _cameras,
        "practice server over TLS": _practice,
        "window": _window,
    }
    failed = 0
    for name, check in checks.items():
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="villagedesk-self-test-", ignore_cleanup_errors=True) as folder:
            try:
                said = check(Path(folder))
            except Exception as error:  # whatever is broken is what this command is to tell
                failed += 1
                where = traceback.extract_tb(error.__traceback__)[-1]
                said = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
                print(f"FAILED  {name}: {said}", flush=True)
                continue
        print(f"ok      {name}: {said} ({(time.monotonic() - began) * 1000:.0f} ms)", flush=True)
    return 1 if failed else 0


def _resources(_folder: Path) -> str:
    resources = resources_folder()
    missing = missing_resources(resources)
    if missing:
        raise FileNotFoundError(", ".join(missing))
    from villagedesk.catalogue.load import load_items  # noqa: PLC0415 - each check loads what it checks
    from villagedesk.domain.messages import Messages  # noqa: PLC0415

    messages = Messages.from_folder(messages_folder(resources))
    items = load_items(resources / "catalogue")
    return f"{len(messages.keys())} messages, {len(items)} service items"


def _database(folder: Path) -> str:
    from villagedesk.app.system_clock import SystemClock  # noqa: PLC0415 - each check loads what it checks
    from villagedesk.store.database import DATABASE_FILE, EncryptedStore  # noqa: PLC0415
    from villagedesk.store.keys import DataKey  # noqa: PLC0415

    key = DataKey.generate()
    store = EncryptedStore.create(folder, key, SystemClock())
    store.write(lambda transaction: transaction.put_setting("self_test", "柳林村")).result()
    store.close()
    again = EncryptedStore.open(folder, key, SystemClock())
    kept = again.read(lambda snapshot: snapshot.setting("self_test"))
    again.close()
    if kept != "柳林村":
        raise ValueError("what was written was not read back")
    if (folder / DATABASE_FILE).read_bytes().startswith(b"SQLite format 3"):
        raise ValueError("the database is not encrypted")
    return "written, closed, opened, read back"


def _paper(_folder: Path) -> str:
    import pypdfium2  # noqa: PLC0415 - each check loads what it checks
    import zxingcpp  # noqa: PLC0415

    from villagedesk.app.fonts import font_set  # noqa: PLC0415
    from villagedesk.domain.local_no import local_no  # noqa: PLC0415
    from villagedesk.papers.receipt import render  # noqa: PLC0415
    from villagedesk.papers.receipt_content import ReceiptContent, ReceiptMaterial  # noqa: PLC0415

    number = local_no("0", datetime(2026, 11, 23, tzinfo=UTC).date(), 1)
    content = ReceiptContent(
        station_name="柳林村便民服务站",
        local_no=number,
        item_name="城乡居民基本医疗保险参保登记",
        applicant_name="试印",
        identity_masked="410***********0000",
        phone="",
        agent_name="",
        materials=(ReceiptMaterial("居民身份证", "原件", 1, 2, returned=False),),
        received_at=datetime(2026, 11, 23, 1, 2, tzinfo=UTC),
        clerk_name="试印",
        practice=True,
    )
    document = pypdfium2.PdfDocument(render(content, font_set(resources_folder())))
    try:
        page = document[0]
        text = page.get_textpage().get_text_range()
        picture = page.render(scale=200 / 72).to_pil()
    finally:
        document.close()
    read = {symbol.text for symbol in zxingcpp.read_barcodes(picture)}
    if number not in read or "收件凭证" not in text:
        raise ValueError(f"barcode {sorted(read)} is not {number}, or the words are not there")
    return f"{number} read back"


def _reader(_folder: Path) -> str:
    """The process that reads PDF files for the printer; the packaged program starts itself for it."""
    from villagedesk.app.devices import pdf_reader  # noqa: PLC0415 - each check loads what it checks
    from villagedesk.devices.pdf_process import PdfProcess  # noqa: PLC0415
    from villagedesk.practice.documents import pdf_of  # noqa: PLC0415

    with PdfProcess(pdf_of(("柳林村",)), pdf_reader()) as document:
        band = document.band(0, (595, 842), 0, 842)
    if not band.pixels or min(band.pixels) == max(band.pixels):
        raise ValueError("the page is empty")
    return f"{len(document.sizes)} page drawn"


def _foreign_files(_folder: Path) -> str:
    """The process that pages of files are read in, with a kind of each library it brings."""
    import io  # noqa: PLC0415 - each check loads what it checks

    import pillow_heif  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    from villagedesk.app.devices import file_reader  # noqa: PLC0415
    from villagedesk.devices.file_port import FileSource  # noqa: PLC0415
    from villagedesk.devices.file_process import FileProcess  # noqa: PLC0415
    from villagedesk.practice.documents import pdf_of  # noqa: PLC0415

    grey, heic, tiff = Image.linear_gradient("L"), io.BytesIO(), io.BytesIO()
    pillow_heif.from_pillow(grey.convert("RGB")).save(heic)
    grey.save(tiff, "TIFF", compression="tiff_lzw")
    reader, told = FileProcess(file_reader()), []
    try:
        for name, data in (("PDF", pdf_of(("柳林村",))), ("HEIC", heic.getvalue()), ("TIFF", tiff.getvalue())):
            source = FileSource(name, None, data)
            picture = reader.picture(source, reader.open(source).sha256, 1)
            if min(picture.pixels) == max(picture.pixels):
                raise ValueError(f"the page of the {name} is empty")
            told.append(f"{name} {picture.width} × {picture.height}")
    finally:
        reader.close()
    return ", ".join(told)


def _photograph(_folder: Path) -> str:
    from villagedesk.demo.photographs import KINDS, photograph  # noqa: PLC0415 - each check loads what it checks
    from villagedesk.imaging.page import make_page  # noqa: PLC0415

    font = resources_folder() / "fonts" / "villagedesk-base.ttf"
    page = make_page(photograph(1, KINDS[0], font=font).jpeg)
    return f"{page.width} × {page.height} pixels, {len(page.data) // 1024} KB, confidence {page.confidence:.2f}"


def _words(_folder: Path) -> str:
    """The process that reads what pages say; the packaged program starts itself for it, with models of its own."""
    from villagedesk.app.devices import page_reader  # noqa: PLC0415 - each check loads what it checks
    from villagedesk.demo.photographs import KINDS, photograph  # noqa: PLC0415
    from villagedesk.imaging.page import make_page, shown  # noqa: PLC0415
    from villagedesk.imaging.recognising.reading_process import ReadingProcess  # noqa: PLC0415

    font = resources_folder() / "fonts" / "villagedesk-base.ttf"
    reader = ReadingProcess(page_reader())
    try:
        read = reader.read(shown(make_page(photograph(1, KINDS[0], font=font).jpeg).data))
    finally:
        reader.close()
    if not any("公民身份号码" in line.text for line in read.lines):
        raise ValueError(f"{len(read.lines)} lines, and not what stands there")
    return f"{len(read.lines)} lines read"


def _cameras(_folder: Path) -> str:
    """That Qt's multimedia plug-in is there and loads; how many cameras it knows is no matter."""
    from villagedesk.app.device_findings import list_cameras  # noqa: PLC0415 - each check loads what it checks

    return f"{len(list_cameras())} connected"


def _practice(folder: Path) -> str:
    from villagedesk.practice.server import PracticeServer  # noqa: PLC0415 - each check loads what it checks

    server = PracticeServer(folder)
    server.start()
    try:
        context = ssl.create_default_context(cafile=str(server.practice.ca_path))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        with opener.open(f"{server.address}/v1/health", timeout=20) as answer:
            status = answer.status
    finally:
        server.stop()
    return f"health {status}"


def _window(_folder: Path) -> str:
    if sys.platform == "linux":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication, QLabel  # noqa: PLC0415 - each check loads what it checks

    application = QApplication.instance() or QApplication([])
    label = QLabel("柳林村便民服务站")
    label.show()
    application.processEvents()
    painted = label.grab()
    label.close()
    if painted.isNull():
        raise ValueError("nothing was painted")
    return f"{painted.width()} × {painted.height()} pixels painted"
