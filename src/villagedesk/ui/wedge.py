"""A barcode scanner that types like a keyboard, told from a clerk's typing by its speed and by what it types.

The scanner may be used anywhere: in the middle of a text field, with a Chinese input method on (which hands over
some of the letters as a commit), over a list whose digits are keys. What it typed is taken out of the field again.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from villagedesk.domain.paper_no import is_own_no
from villagedesk.domain.typed_text import fold_code

GAP_MS = 35
"""The longest pause between two characters of one scan; nobody types twelve characters that fast."""
PAUSE_MS = 90
"""A scan that is ended by no key has ended after this pause."""
SHORTEST = 8
"""Of a number that is asked for; every local number is longer."""
_LONGEST = 80
_CODE = re.compile(r"[0-9A-Z][0-9A-Z./_-]*")
_ENDS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
_BEAT_MS = 5
_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_BARE = frozenset({Qt.Key.Key_Shift, Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock})

TextField = QLineEdit | QPlainTextEdit | QTextEdit
TypedInto = TextField | QAbstractSpinBox


class Told(Enum):
    """What becomes of a scan."""

    OPENED = auto()
    """It is a case's; what was typed is taken out of the field."""
    UNKNOWN = auto()
    """It is a number of ours, and no case here has it; taken out all the same."""
    NOT_OURS = auto()
    """It is something else: it stays where it was typed."""


@dataclass(frozen=True)
class Scan:
    """One burst.

    Args:
        text: as it came.
        certain: a number of ours with a right check character, which is never meant for a form's field.
        in_field: it was typed into a text field, whatever has the focus by now.
    """

    text: str
    certain: bool
    in_field: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class _Before:
    """A field as it was before the first character."""

    field: TypedInto
    text: str
    cursor: int
    anchor: int

    @classmethod
    def of(cls, widget: QWidget) -> _Before | None:
        if isinstance(widget, QLineEdit):
            if widget.isReadOnly() or widget.echoMode() is not QLineEdit.EchoMode.Normal:
                return None
            cursor = widget.cursorPosition()
            start = widget.selectionStart()
            anchor = cursor if start < 0 else start + widget.selectionLength() + start - cursor
            return cls(widget, widget.text(), cursor, anchor)
        if isinstance(widget, QAbstractSpinBox):
            return None if widget.isReadOnly() else cls(widget, widget.text(), 0, 0)
        if isinstance(widget, QPlainTextEdit | QTextEdit) and not widget.isReadOnly():
            at = widget.textCursor()
            return cls(widget, widget.toPlainText(), at.position(), at.anchor())
        return None

    def restore(self) -> None:
        """Put it back."""
        if not shiboken6.isValid(self.field):
            return
        if isinstance(self.field, QLineEdit):
            # as if it were typed: whoever saves what is typed hears of it, and it can be undone
            self.field.selectAll()
            if self.text:
                self.field.insert(self.text)
            else:
                self.field.del_()
            self.field.setCursorPosition(self.anchor)
            if self.cursor != self.anchor:
                self.field.setSelection(self.anchor, self.cursor - self.anchor)
            return
        if isinstance(self.field, QAbstractSpinBox):
            edit = self.field.findChild(QLineEdit)
            if edit is not None:
                edit.setText(self.text)
            self.field.interpretText()
            self.field.selectAll()
            return
        self.field.setPlainText(self.text)
        at = self.field.textCursor()
        at.setPosition(self.anchor)
        at.setPosition(self.cursor, at.MoveMode.KeepAnchor)
        self.field.setTextCursor(at)


class _Beat(QObject):
    """Until when the event loop is known to have been free: what is typed while it is busy comes late, all at once."""

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self._free = self._ticked = float("-inf")
        self._timer = QTimer(self, interval=_BEAT_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def run(self) -> None:
        """A character came."""
        if not self._timer.isActive():
            self._free = self._ticked = _steady_ms()
            self._timer.start()

    def stop(self) -> None:
        """No burst is under way."""
        self._timer.stop()

    def free_until(self) -> float:
        """Milliseconds; now, while nobody asks for it."""
        return self._free if self._timer.isActive() else _steady_ms()

    def _tick(self) -> None:
        # one beat behind: the first one after a busy spell may come before what was typed in it
        self._free, self._ticked = self._ticked, _steady_ms()


class Wedge(QObject):
    """Watches the widget with the focus, as long as it is inside ``root``, or a dialog of it, and ``root`` is on the
    screen; the window itself, while nothing in it has the focus.

    Args:
        now: milliseconds that only grow, for tests; the event loop then counts as free all the time.

    Signals:
        scanned(Scan): a burst that may be a number; answered with :meth:`answer`.
        hurried(): a key came so soon after the one before that the first may have been a scanner's, too.
    """

    scanned = Signal(object)
    hurried = Signal()

    def __init__(self, root: QWidget, now: Callable[[], float] | None = None) -> None:
        super().__init__(root)
        self._root = root
        self._beat = _Beat(self)
        self._now = now if now is not None else _steady_ms
        self._free_until = now if now is not None else self._beat.free_until
        self._watched: QWidget | None = None
        self._typed = ""
        self._last = float("-inf")
        self._before: tuple[_Before, ...] = ()
        self._by_hand = False
        self._composing = False
        self._overridden: str | None = None
        self._asked: tuple[Scan, tuple[_Before, ...]] | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._paused)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)
        self._focus_changed(None, QApplication.focusWidget())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys and commits of the widget with the focus."""
        if watched is not self._watched:
            return False
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return self._override(event)
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._press(event)
        if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
            self._input(event)
        return False

    def answer(self, scan: Scan, told: Told) -> None:
        """What the scan was; anything but a number of ours stays in its field."""
        if self._asked is None or self._asked[0] is not scan:
            return
        _, before = self._asked
        self._asked = None
        if told is not Told.NOT_OURS:
            for field in before:
                field.restore()

    def _focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        if self._watched is not None and shiboken6.isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._watched = self._to_watch(now)
        if self._watched is not None:
            self._watched.installEventFilter(self)
        # a key of a burst may have led on to another field, and the rest of it is typed there
        if self._typed and not self._has_paused():
            self._note()

    def _to_watch(self, focused: QWidget | None) -> QWidget | None:
        if focused is None:
            return self._root.window() if self._root.isVisible() else None
        inside: QWidget | None = focused
        while inside is not None and inside is not self._root:
            inside = inside.parentWidget()
        return focused if inside is not None else None

    def _has_paused(self) -> bool:
        """Whether the last character is longer ago than a scanner waits; time the program was busy does not count."""
        return min(self._now(), self._free_until()) - self._last > GAP_MS

    def _is_hurried(self) -> bool:
        """Whether no hand was this quick: a shortcut pressed twice while the program was busy is no scan."""
        return self._now() - self._last <= GAP_MS

    def _paused(self) -> None:
        if self._free_until() - self._last <= GAP_MS < self._now() - self._last:
            self._pause.start()  # the program was busy, and the rest may still be to come
        else:
            self._end(None)

    def _override(self, event: QKeyEvent) -> bool:
        """Comes before a shortcut can act: within a burst none does, a digit or letter of it is typed."""
        self._overridden = None
        if event.key() in _ENDS and not event.modifiers() & _MODIFIERS:
            if self._looks_done():
                event.accept()
                return True
            self._end(event)  # a shortcut may take the key, or the focus may go
            return False
        text = event.text()
        if event.isAutoRepeat() or event.modifiers() & _MODIFIERS or not _is_typed(text):
            if event.key() not in _BARE:
                self._forget()
            return False
        self._overridden = text
        hurried = self._is_hurried()
        self._add(text)
        if hurried and len(self._typed) > len(text):
            event.accept()
            return True
        return False

    def _press(self, event: QKeyEvent) -> bool:
        seen, self._overridden = self._overridden, None
        if event.key() in _ENDS and not event.modifiers() & _MODIFIERS:
            return self._end(event)
        text = event.text()
        if event.key() in _BARE or seen == text:
            return False
        if event.isAutoRepeat() or event.modifiers() & _MODIFIERS or not _is_typed(text):
            self._forget()
        else:
            self._add(text)
        return False

    def _input(self, event: QInputMethodEvent) -> None:
        """Letters of a scan that the input method keeps for a while, and hands over as a commit."""
        commit = event.commitString()
        if commit:
            if self._by_hand or event.replacementLength():
                self._forget()
            else:
                self._add(commit)
            self._composing = self._by_hand = False
            return
        if not event.preeditString():
            self._composing = self._by_hand = False
            return
        fast = not self._has_paused()
        self._by_hand = self._by_hand or (self._composing and not fast)
        self._composing = True
        if not fast:
            self._begin()
        self._last = self._now()
        self._beat.run()
        if self._typed:
            self._pause.start()  # the rest of the burst is on its way, in the input method

    def _begin(self) -> None:
        self._typed = ""
        self._before = ()
        self._note()

    def _note(self) -> None:
        """Remember the field as it is, unless it is remembered already."""
        before = _Before.of(self._watched) if self._watched is not None else None
        if before is not None and all(other.field is not before.field for other in self._before):
            self._before = (*self._before, before)

    def _add(self, text: str) -> None:
        if self._has_paused() or len(self._typed) > _LONGEST:
            self._begin()
        elif self._typed and self._is_hurried():
            self.hurried.emit()
        self._typed += text
        self._last = self._now()
        self._pause.start()
        self._beat.run()

    def _forget(self) -> None:
        self._typed = ""
        self._before = ()
        self._composing = self._by_hand = False
        self._last = float("-inf")
        self._pause.stop()
        self._beat.stop()

    def _scan(self) -> Scan | None:
        code = fold_code(self._typed)
        if len(code) < SHORTEST:
            return None
        typed = self._typed.strip()
        if is_own_no(code):
            return Scan(typed, certain=True)
        return Scan(typed, certain=False) if _CODE.fullmatch(typed.upper()) else None

    def _looks_done(self) -> bool:
        if self._has_paused():
            return False
        scan = self._scan()
        return scan is not None and (scan.certain or not isinstance(self._watched, TextField))

    def _end(self, event: QKeyEvent | None) -> bool:
        """The burst has ended, by a key or by a pause. Gives whether the key is ours and must not act."""
        late = event is not None and self._has_paused()
        scan = None if late else self._scan()
        before, in_field = self._before, isinstance(self._watched, TextField)
        self._forget()
        if scan is None:
            return False
        scan = replace(scan, in_field=any(isinstance(one.field, TextField) for one in before))
        self._asked = (scan, before)
        self.scanned.emit(scan)
        return event is not None and (scan.certain or not in_field)


def _is_typed(text: str) -> bool:
    return bool(text) and text.isprintable() and not text.isspace()


def _steady_ms() -> float:
    return time.monotonic() * 1000
