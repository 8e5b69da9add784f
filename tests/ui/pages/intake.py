"""The four steps and what comes after them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QPushButton

from tests.ui.pages.frame import FramePage


class ChooseItemPage(FramePage):
    """Step 1."""

    def choose(self, words: str, name: str) -> None:
        """Find by words, take with Enter."""
        self.until(lambda: self.focused() == "item_search")
        self.type(words)
        self.until(lambda: self.seen("guide_name") and self.text("guide_name") == name)
        self.enter()


class ApplicantPage(FramePage):
    """Step 2."""

    def fill(self, name: str, number: str, phone: str, address: str) -> None:
        """By keys, Enter from field to field, and on."""
        for field, text in (
            ("applicant_name", name),
            ("document_number", number),
            ("phone", phone),
            ("address", address),
        ):
            self.until(lambda field=field: self.seen(field) and self.focused() == field)  # type: ignore[misc]
            self.type(text)
            self.enter()


class MaterialsPage(FramePage):
    """Step 3."""

    def ready(self) -> bool:
        """Whether the camera can be used."""
        return self.seen("capture") and self.widget("capture", QPushButton).isEnabled()

    def photograph(self) -> None:
        """Space; then the page stands there to be confirmed, or is shown as kept where nothing had to be asked."""
        self.until(self.ready)
        if self.seen("page_stage"):
            self.press(Qt.Key.Key_Escape)
        self.press(Qt.Key.Key_Space)
        self.until(lambda: self.seen("proposal_keep") or self.seen("page_stage") or bool(self.problem()))

    def keep(self) -> None:
        """Enter, where it was not kept at once; then it is among the pages."""
        self.until(lambda: self.seen("page_stage") or self.asked())
        if self.seen("page_stage"):
            return
        self.enter()
        self.until(lambda: not self.seen("proposal_keep"))

    def asked(self) -> bool:
        """Whether a page waits for the clerk's yes, flattened, or by its corners in the photograph."""
        return self.seen("proposal_keep") and self.focused() in ("proposal_keep", "crop_view")

    def import_file(self, path: str) -> None:
        """By path."""
        if self.seen("page_stage"):
            self.press(Qt.Key.Key_Escape)
        self.press(Qt.Key.Key_I)
        self.until(lambda: self.seen("import_path") and self.focused() == "import_path")
        self.type(path)
        self.enter()
        self.until(lambda: self.seen("proposal_keep") or self.seen("page_stage") or bool(self.problem()))

    def import_pages(self, path: str) -> None:
        """By path; then the pages found in it stand there to choose from."""
        self.press(Qt.Key.Key_I)
        self.until(lambda: self.seen("import_path") and self.focused() == "import_path")
        self.type(path)
        self.enter()
        self.until(lambda: self.seen("pick_list") and self.focused() == "pick_list")

    def counts(self) -> list[str]:
        """The checklist in words."""
        return self.rows("material_list")

    def pages(self) -> int:
        """Pages of the chosen material."""
        return self.widget("page_list", QListWidget).count() if self.seen("page_list") else 0


class ReviewPage(FramePage):
    """Step 4."""

    def ready(self) -> bool:
        """Whether nothing is missing."""
        return self.seen("ready_sentence")

    def missing(self) -> list[str]:
        """What is missing, in words."""
        found: list[str] = []
        while self.seen(f"missing_{len(found) + 1}"):
            found.append(self.text(f"missing_{len(found) + 1}"))
        return found

    def asked(self) -> list[str]:
        """What has to be asked, in words."""
        found: list[str] = []
        while self.seen(f"question_{len(found) + 1}"):
            found.append(self.text(f"question_{len(found) + 1}"))
        return found

    def none_needed(self) -> None:
        """Answer all that is asked with no, by key."""
        self.until(lambda: self.ready() or self.seen("question_1"))
        if self.seen("question_1"):
            self.press(Qt.Key.Key_D if self.seen("none_needed") else Qt.Key.Key_N)
        self.until(lambda: not self.seen("question_1"))

    def take_in(self) -> None:
        """Enter, once what is asked is answered with no."""
        self.none_needed()
        self.until(lambda: self.ready() and self.focused() == "primary_button")
        self.enter()


class TakenInPage(FramePage):
    """已收下."""

    def local_no(self) -> str:
        """The number."""
        return self.text("local_no")


class CorrectingPage(MaterialsPage):
    """The last three steps, of a case that came back."""

    def begin(self) -> None:
        """From the case's page, where what is wrong has the focus."""
        self.until(lambda: self.seen("correct_case") and self.focused() == "correct_case")
        self.enter()
        self.wait_for("correction")

    def retake_first(self) -> None:
        """Take the chosen page of the first paper out and photograph it anew."""
        self.until(lambda: self.focused() == "material_list")
        self.press(Qt.Key.Key_Delete)
        self.until(lambda: self.pages() == 0)
        self.photograph()
        self.keep()

    def to_applicant(self) -> None:
        """Esc, one step back."""
        self.press(Qt.Key.Key_Escape)
        self.wait_for("applicant_name")
