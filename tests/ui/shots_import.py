"""Pictures of bringing in files: the panel, reading, the pages to choose from, a page that is asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PIL import Image
from PySide6.QtCore import Qt

from tests.imaging.scans import pdf_of, scan
from tests.ui.desk_at_hand import no_paper, papers
from tests.ui.pages.intake import MaterialsPage
from villagedesk.ui.intake.materials import MaterialsStep


class Album(Protocol):
    """Keeps pictures of the window."""

    def shoot(self, name: str) -> None:
        """Keep one."""


def import_pictures(album: Album, materials: MaterialsPage, folder: Path) -> None:
    """From the camera of step 3, and back to it."""
    step = next(one for one in materials.window.findChildren(MaterialsStep) if one.isVisible())
    (folder / "扫描件.pdf").write_bytes(pdf_of([scan(number) for number in range(5)]))
    (folder / "手机照片.jpg").write_bytes(papers()[0])
    (folder / "桌面.jpg").write_bytes(no_paper())
    (folder / "合同.docx").write_bytes(b"PK\x03\x04 [Content_Types].xml word/")
    (folder / "密码文件.pdf").write_bytes(b"%PDF-1.7 nothing")
    Image.new("1", (2480, 3508), 1).save(folder / "传真.tif", compression="group4")
    materials.press(Qt.Key.Key_I)
    materials.until(lambda: materials.seen("import_path") and materials.focused() == "import_path")
    album.shoot("import")
    step.taker.bring_in([folder / "合同.docx", folder / "密码文件.pdf"])
    materials.until(lambda: bool(materials.problem()))
    album.shoot("import-refused")
    names = ("扫描件.pdf", "手机照片.jpg", "桌面.jpg", "合同.docx", "密码文件.pdf", "传真.tif")
    step.taker.bring_in([folder / name for name in names])
    materials.until(lambda: materials.seen("pick_list") and materials.focused() == "pick_list")
    materials.press(Qt.Key.Key_Right)
    materials.press(Qt.Key.Key_Space)
    album.shoot("import-pages")
    materials.enter()
    materials.wait_for("proposal_keep")
    album.shoot("import-asked")
    materials.press(Qt.Key.Key_Escape)
    materials.until(lambda: materials.seen("pick_list"))
    album.shoot("import-some-taken")
    materials.press(Qt.Key.Key_Escape)
    materials.until(lambda: materials.focused() == "import_path")
    materials.press(Qt.Key.Key_Escape)
    materials.wait_for("capture")
