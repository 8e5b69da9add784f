"""One look for all screens: colours, measures and the style sheet (the numbers come from the look's own page)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

GROUND = "#F4F6F8"
SURFACE = "#FFFFFF"
LINE = "#D5DAE1"
TEXT = "#1B1F24"
QUIET = "#55606E"
BLUE = "#1558B0"
BLUE_DARK = "#0F458C"
BLUE_TINT = "#E7F0FB"
RING_ON_BLUE = "#9CC3F5"
"""The focus ring where the control itself is blue: 3.8 : 1 against it."""
GREEN = "#1B7A38"
GREEN_TINT = "#E8F5EC"
AMBER = "#8A5300"
AMBER_TINT = "#FFF4DC"
RED = "#B3261E"
RED_TINT = "#FDECEA"

RARE_FONTS = "rare_fonts"
"""Property of the application: files that are not read yet."""
BASE_PX = 16
SMALLEST_PX = 14
LARGEST_PX = 22
GAP = 8
"""The grid all distances are multiples of, in logical pixels."""


def apply_theme(
    app: QApplication, fonts: Sequence[Path], base_px: int = BASE_PX, rare_fonts: Sequence[Path] = ()
) -> None:
    """Give the whole program its look; call once, before the first window.

    Args:
        fonts: shipped font files, the base font first.
        rare_fonts: shipped files with rare characters; large, so they are read when a name first needs one of them
            (:mod:`villagedesk.ui.glyphs`).
        base_px: size of ordinary text in logical pixels, 14–22.

    Raises:
        ValueError: when a font file cannot be read, or the size is out of range.
    """
    if not SMALLEST_PX <= base_px <= LARGEST_PX:
        raise ValueError(f"base size {base_px} is not within {SMALLEST_PX}–{LARGEST_PX}")
    families: list[str] = ["Microsoft YaHei UI"] if sys.platform == "win32" else []
    for file in fonts:
        number = QFontDatabase.addApplicationFont(str(file))
        if number < 0:
            raise ValueError(f"{file.name} is no font")
        families += QFontDatabase.applicationFontFamilies(number)
    app.setProperty(RARE_FONTS, [str(file) for file in rare_fonts])
    app.setStyle("Fusion")
    font = QFont()
    if families:
        font.setFamilies(families)
    font.setPixelSize(base_px)
    app.setFont(font)
    app.setPalette(_palette())
    app.setStyleSheet(style_sheet(base_px))


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget another place in the style sheet, e.g. ``"primary"``, and paint it anew."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def _palette() -> QPalette:
    palette = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, GROUND),
        (QPalette.ColorRole.WindowText, TEXT),
        (QPalette.ColorRole.Base, SURFACE),
        (QPalette.ColorRole.AlternateBase, GROUND),
        (QPalette.ColorRole.Text, TEXT),
        (QPalette.ColorRole.Button, SURFACE),
        (QPalette.ColorRole.ButtonText, TEXT),
        (QPalette.ColorRole.Highlight, BLUE),
        (QPalette.ColorRole.HighlightedText, SURFACE),
        (QPalette.ColorRole.PlaceholderText, QUIET),
        (QPalette.ColorRole.Link, BLUE),
        (QPalette.ColorRole.ToolTipBase, SURFACE),
        (QPalette.ColorRole.ToolTipText, TEXT),
    ):
        palette.setColor(role, QColor(colour))
    return palette


def style_sheet(base: int) -> str:
    """The style sheet for a base size in logical pixels. A focused control trades padding for its 3 px ring."""
    return f"""
QWidget {{ color: {TEXT}; }}
QMainWindow, QWidget[role="ground"] {{ background: {GROUND}; }}
QLabel {{ background: transparent; }}
QLabel[role="h1"] {{ font-size: {base + 10}px; font-weight: 700; }}
QLabel[role="h2"] {{ font-size: {base + 4}px; font-weight: 700; }}
QLabel[role="h3"] {{ font-weight: 700; }}
QLabel[role="quiet"] {{ color: {QUIET}; }}
QPushButton[role="small"] {{ min-height: 26px; padding: 4px 8px; font-size: {base - 2}px; }}
QLabel[role="small"] {{ color: {QUIET}; font-size: {base - 2}px; }}
QLabel[role="more_below"] {{ background: {BLUE_TINT}; color: {BLUE}; font-size: {base - 2}px; padding: 2px 8px;
  border-radius: 6px; }}
QLabel[role="number"] {{ font-size: {base * 2 + 10}px; font-weight: 700; color: {TEXT}; }}
QLabel[role="passphrase"] {{ font-size: {base * 2}px; font-weight: 700; }}
QLabel[role="echo"] {{ font-size: {base + 6}px; color: {TEXT}; }}
QLabel[tone="calm"] {{ color: {TEXT}; }}
QLabel[tone="time"] {{ color: {BLUE}; }}
QLabel[tone="good"] {{ color: {GREEN}; }}
QLabel[tone="warn"] {{ color: {AMBER}; }}
QLabel[tone="bad"] {{ color: {RED}; }}
QLabel[role="badge"] {{ background: {BLUE_TINT}; color: {BLUE}; border-radius: 6px; padding: 2px 8px; }}
QLabel[role="badge-warn"] {{ background: {AMBER_TINT}; color: {AMBER}; border-radius: 6px; padding: 2px 8px; }}

QFrame[role="card"] {{ background: {SURFACE}; border: 1px solid {LINE}; border-radius: 6px; }}
QFrame[role="paper"] {{ background: {SURFACE}; border: 1px solid {LINE}; border-radius: 2px; }}
QFrame[role="notice-bad"] {{ background: {RED_TINT}; border: 1px solid {RED}; border-radius: 6px; }}
QFrame[role="notice-warn"] {{ background: {AMBER_TINT}; border: 1px solid {AMBER}; border-radius: 6px; }}
QFrame[role="notice-good"] {{ background: {GREEN_TINT}; border: 1px solid {GREEN}; border-radius: 6px; }}
QFrame[role="notice-calm"] {{ background: {BLUE_TINT}; border: 1px solid {BLUE}; border-radius: 6px; }}
QFrame[role="bar"] {{ background: {SURFACE}; border: none; border-bottom: 1px solid {LINE}; }}
QFrame[role="foot"] {{ background: {SURFACE}; border: none; border-top: 1px solid {LINE}; }}
QFrame[role="side"] {{ background: {SURFACE}; border: none; border-right: 1px solid {LINE}; }}
QFrame[role="rule"] {{ background: {LINE}; border: none; max-height: 1px; min-height: 1px; }}

QPushButton {{ background: {SURFACE}; border: 1px solid #8C96A3; border-radius: 6px; padding: 9px 15px;
  min-height: 24px; outline: none; }}
QPushButton:hover {{ background: {BLUE_TINT}; border-color: {BLUE}; }}
QPushButton:focus {{ border: 3px solid {BLUE}; padding: 7px 13px; }}
QPushButton[role="small"]:focus {{ border: 3px solid {BLUE}; padding: 2px 6px; }}
QPushButton:pressed {{ background: #D3E3F7; }}
QPushButton:disabled {{ color: {QUIET}; background: {GROUND}; border-color: {LINE}; }}
QPushButton[role="primary"] {{ background: {BLUE}; color: {SURFACE}; border: 1px solid {BLUE}; font-weight: 700;
  padding: 9px 23px; }}
QPushButton[role="primary"]:hover {{ background: {BLUE_DARK}; }}
QPushButton[role="primary"]:focus {{ border: 3px solid {RING_ON_BLUE}; padding: 7px 21px; }}
QPushButton[role="primary"]:disabled {{ background: #DDE2E8; color: {QUIET}; border-color: {LINE}; }}
QPushButton[role="face"] {{ background: {SURFACE}; border: 2px solid {LINE}; border-radius: 6px; }}
QPushButton[role="face"]:hover {{ border-color: {BLUE}; }}
QPushButton[role="face"]:focus {{ border: 4px solid {BLUE}; }}
QPushButton[role="big"] {{ font-size: {base + 6}px; padding: 14px 24px; }}
QPushButton[role="big"]:focus {{ border: 3px solid {BLUE}; padding: 12px 22px; }}
QCheckBox[role="big"] {{ font-size: {base + 6}px; padding: 8px; }}
QPushButton[role="choice"]:checked {{ background: {BLUE_TINT}; color: {BLUE}; border: 2px solid {BLUE};
    font-weight: 700; }}
QPushButton[role="plain"] {{ border: 1px solid transparent; background: transparent; padding: 9px 11px; }}
QPushButton[role="plain"]:hover {{ background: {BLUE_TINT}; }}
QPushButton[role="plain"]:focus {{ border: 3px solid {BLUE}; padding: 7px 9px; }}
QPushButton[role="link"] {{ border: 1px solid transparent; background: transparent; color: {BLUE};
  text-decoration: underline; padding: 9px 9px; }}
QPushButton[role="link"]:focus {{ border: 3px solid {BLUE}; padding: 7px 7px; }}
QPushButton[role="nav"] {{ border: 1px solid transparent; border-radius: 6px; text-align: left; padding: 9px 11px;
  background: transparent; }}
QPushButton[role="nav"]:hover {{ background: {GROUND}; }}
QPushButton[role="nav"]:checked {{ background: {BLUE_TINT}; color: {BLUE}; font-weight: 700; }}
QPushButton[role="nav"]:focus {{ border: 3px solid {BLUE}; padding: 7px 9px; }}
QPushButton[role="door"] {{ background: {SURFACE}; border: 1px solid {LINE}; }}
QPushButton[role="door"]:hover {{ background: {BLUE_TINT}; border-color: {BLUE}; }}
QPushButton[role="door"]:focus {{ border: 3px solid {BLUE}; }}
QPushButton[role="status"] {{ border: none; border-top: 1px solid {LINE}; border-radius: 0; text-align: left;
  padding: 8px 16px; background: {SURFACE}; min-height: 26px; }}
QPushButton[role="status"]:hover {{ background: {BLUE_TINT}; }}
QPushButton[role="status"]:focus {{ border: 3px solid {BLUE}; padding: 6px 13px; }}
QPushButton[role="step"] {{ border: 1px solid transparent; background: transparent; padding: 7px 11px;
  color: {QUIET}; }}
QPushButton[role="step"]:checked {{ background: {BLUE_TINT}; color: {BLUE}; font-weight: 700; }}
QPushButton[role="step"]:hover {{ background: {BLUE_TINT}; }}
QPushButton[role="step"]:focus {{ border: 3px solid {BLUE}; padding: 5px 9px; }}

QLineEdit, QComboBox {{ background: {SURFACE}; border: 1px solid #8C96A3; border-radius: 6px; padding: 7px 11px;
  min-height: 26px; selection-background-color: {BLUE}; selection-color: {SURFACE}; }}
QLineEdit:focus, QComboBox:focus {{ border: 3px solid {BLUE}; padding: 5px 9px; }}
QLineEdit[trouble="true"], QComboBox[trouble="true"] {{ border: 2px solid {RED}; padding: 6px 10px; }}
QLineEdit[trouble="true"]:focus, QComboBox[trouble="true"]:focus {{ border: 3px solid {RED}; padding: 5px 9px; }}
QSpinBox {{ min-height: 36px; min-width: 60px; }}
QComboBox::drop-down {{ border: none; width: 36px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{ background: {SURFACE}; border: 1px solid {LINE}; outline: none; }}
QComboBox QAbstractItemView::item {{ min-height: 40px; padding: 0 12px; }}

QCheckBox {{ border: 3px solid transparent; border-radius: 6px; padding: 5px; min-height: 28px; spacing: 8px;
  outline: none; }}
QCheckBox:focus {{ border-color: {BLUE}; }}
QCheckBox::indicator {{ width: 18px; height: 18px; border: 2px solid {QUIET}; border-radius: 4px;
  background: {SURFACE}; }}
QCheckBox::indicator:checked {{ background: {BLUE}; border-color: {BLUE}; }}

QListView, QTableView {{ background: {SURFACE}; border: 1px solid {LINE}; border-radius: 6px; padding: 2px;
  outline: none; selection-background-color: {BLUE_TINT}; selection-color: {TEXT}; }}
QListView:focus, QTableView:focus {{ border: 3px solid {BLUE}; padding: 0px; }}
QListView::item {{ padding: 8px; border-radius: 4px; }}
QListView::item:selected, QTableView::item:selected {{ background: {BLUE_TINT}; color: {TEXT}; }}
QTableView {{ gridline-color: {LINE}; }}
QTableView::item {{ border-bottom: 1px solid {LINE}; }}
QTableView[role="figures"]::item {{ padding: 0 5px; }}
QHeaderView::section {{ background: {SURFACE}; color: {QUIET}; border: none; border-bottom: 1px solid {LINE};
  padding: 8px; }}

QScrollArea {{ border: none; background: transparent; }}
QScrollArea:focus {{ border: 3px solid {BLUE}; }}
QScrollBar:vertical {{ background: transparent; width: 14px; margin: 2px; }}
QScrollBar::handle:vertical {{ background: #A9B2BD; border-radius: 5px; min-height: 40px; }}
QScrollBar:horizontal {{ background: transparent; height: 14px; margin: 2px; }}
QScrollBar::handle:horizontal {{ background: #A9B2BD; border-radius: 5px; min-width: 40px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QProgressBar {{ background: {LINE}; border: none; border-radius: 4px; max-height: 8px; min-height: 8px; }}
QProgressBar::chunk {{ background: {BLUE}; border-radius: 4px; }}
QSplitter::handle {{ background: transparent; }}
"""
