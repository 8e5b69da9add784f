"""Link and queue, the proof that all is sent, and the limit on sending, as a clerk works them."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from tests.ui.pages.frame import FramePage
from tests.ui.pages.settings import SettingsPage


class QueuePage(FramePage):
    """上报情况."""

    def open(self) -> None:
        """By the bottom line."""
        self.click("status_line")
        self.wait_for("queue_sentence")

    def states(self) -> list[str]:
        """The sentences of the rows, from above."""
        found = [one for one in self.window.findChildren(QLabel) if one.objectName().startswith("queue_state_")]
        shown = [one for one in found if one.isVisible()]
        return [one.text() for one in sorted(shown, key=lambda one: one.mapTo(self.window, one.rect().topLeft()).y())]

    def details(self, action_id: str) -> str:
        """What stands beneath a row's state."""
        return self.text(f"queue_details_{action_id}")

    def past(self, action_id: str) -> list[str]:
        """The lines of what happened to a row so far."""
        name = f"queue_past_{action_id}"
        if not self.seen(name):
            return []
        return [
            one.text()
            for one in self.window.findChildren(QLabel)
            if one.isVisible() and (parent := one.parentWidget()) is not None and parent.objectName() == name
        ]


class ProofPage(FramePage):
    """是否全部上报."""

    def open(self) -> None:
        """From link and queue."""
        if not self.seen("proof"):
            self.click("status_line")
            self.wait_for("proof")
        self.click("proof")
        self.wait_for("proof_verdict")
        self.until(lambda: self.text("proof_verdict") != "")

    def named(self, name: str) -> str:
        """What a screen reader says of a count."""
        found = [one.accessibleName() for one in self.window.findChildren(QLabel) if one.isVisible()]
        return next((text for text in found if text.startswith(name)), "")


class LimitPage(SettingsPage):
    """上报限速."""
