"""The page by which a paper register comes in."""

from __future__ import annotations

from pathlib import Path

from tests.ui.pages.register import RegisterScreen


class RegisterImportScreen(RegisterScreen):
    """导入纸质台账."""

    def open_import(self) -> None:
        """From the register."""
        self.open()
        self.tab_to("register_import")
        self.enter()
        self.wait_for("import_file")

    def look(self, file: Path) -> None:
        """Type which file, and have it checked."""
        self.tab_to("import_file")
        self.type(str(file))
        self.enter()
        self.until(lambda: self.seen("import_sum") and self.window.background.idle)

    def told(self) -> list[str]:
        """The rows something is said of."""
        return self.rows("import_rows") if self.seen("import_rows") else []

    def said(self) -> str:
        """What came of the last act."""
        return self.text("settings_said") if self.seen("settings_said") else ""
