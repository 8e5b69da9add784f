"""A sheet of paper to draw on in millimetres: print, handwriting, rulings and round seals."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFont

from villagedesk.demo.photograph_truth import Code, TextLine

Colour = tuple[int, int, int]

DPI = 200
PX_PER_MM = DPI / 25.4
PAPER: Colour = (247, 246, 242)
BLACK: Colour = (28, 28, 30)
BLUE_INK: Colour = (30, 44, 120)
PENCIL: Colour = (128, 128, 130)
SEAL_RED: Colour = (205, 32, 38)


class Sheet:
    """One white sheet, and a note of every line of text on it.

    Args:
        width: of the paper, millimetres.
        height: of the paper, millimetres.
        font: a TrueType file with the Chinese characters that will be drawn.
        rng: decides how uneven the handwriting is.
        paper: colour of the empty paper, RGB.
        dpi: how finely it is drawn, dots an inch.
        radius: of the paper's round corners, millimetres; a card's is 3.18.
    """

    def __init__(
        self,
        width: float,
        height: float,
        font: Path,
        rng: np.random.Generator,
        paper: Colour = PAPER,
        *,
        dpi: float = DPI,
        radius: float = 0.0,
    ) -> None:
        self.width = width
        self.height = height
        self.dpi = dpi
        self.radius = radius
        self._scale = dpi / 25.4
        self._lines: list[TextLine] = []
        self._codes: list[Code] = []
        self._font = font
        self._rng = rng
        self._fonts: dict[int, ImageFont.FreeTypeFont] = {}
        self._inks: dict[tuple[int, str], tuple[float, float]] = {}
        self._image = Image.new("RGB", (round(width * self._scale), round(height * self._scale)), paper)
        self._draw = ImageDraw.Draw(self._image)

    def pixels(self) -> NDArray[np.uint8]:
        """The sheet as drawn so far: height × width × 3, BGR."""
        return np.asarray(cv2.cvtColor(np.asarray(self._image, dtype=np.uint8), cv2.COLOR_RGB2BGR), np.uint8)

    def ground(
        self, picture: NDArray[np.uint8], box: tuple[float, float, float, float] | None = None, radius: float = 0.0
    ) -> None:
        """Print a picture (height × width × 3, BGR) as a ground to write on.

        Args:
            picture: what to print; stretched.
            box: left, top, width, height in millimetres; the whole sheet without it.
            radius: of its round corners, millimetres.
        """
        left, top, width, height = box or (0.0, 0.0, self.width, self.height)
        size = (round(width * self._scale), round(height * self._scale))
        image = Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1])).resize(size, Image.Resampling.BICUBIC)
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius * self._scale, fill=255)
        self._image.paste(image, (round(left * self._scale), round(top * self._scale)), mask)

    def desaturate(self, share: float) -> None:
        """Take the colour out, as a copier does; 1 leaves grey only."""
        grey = self._image.convert("L").convert("RGB")
        self._image.paste(Image.blend(self._image, grey, share))

    def lines(self) -> tuple[TextLine, ...]:
        """The text drawn so far, in the order in which it was drawn."""
        return tuple(self._lines)

    def codes(self) -> tuple[Code, ...]:
        """The bar codes drawn so far."""
        return tuple(self._codes)

    def qr_code(self, x: float, y: float, side: float, text: str) -> None:
        """A QR code with its quiet zone; left upper corner and side in millimetres."""
        self._code(x, y, side, side, text, zxingcpp.BarcodeFormat.QRCode, "qr_code")

    def code_128(self, x: float, y: float, width: float, height: float, text: str) -> None:
        """A Code 128 with its quiet zone; left upper corner and size in millimetres."""
        self._code(x, y, width, height, text, zxingcpp.BarcodeFormat.Code128, "code_128")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 4.2,
        colour: Colour = BLACK,
        anchor: str = "lt",
        *,
        bold: bool = False,
    ) -> None:
        """Printed text.

        Args:
            x, y: place of the anchor, millimetres.
            text: one line.
            size: height of a character, millimetres (10.5 pt is 3.7).
            colour: RGB.
            anchor: Pillow's two letters, e.g. ``"mt"`` for centred.
            bold: thicker strokes.
        """
        at, font = (x * self._scale, y * self._scale), self._sized(size)
        stroke = max(1, round(size * self._scale / 42)) if bold else 0
        self._draw.text(at, text, font=font, fill=colour, anchor=anchor, stroke_width=stroke)
        inked = text.strip()
        if inked:
            _, top, _, low = self._draw.textbbox(at, inked, font=font, anchor=anchor, stroke_width=stroke)
            start = at[0] - font.getlength(text) * {"l": 0.0, "m": 0.5, "r": 1.0}[anchor[0]]
            start += font.getlength(text[: text.index(inked)])
            # Pillow's box reaches from pen to pen; the ink of a bracket or a 1 begins well after and ends well before.
            left = start + self._ink_of(font, inked[0])[0] - stroke
            right = start + font.getlength(inked[:-1]) + self._ink_of(font, inked[-1])[1] + stroke
            self._note(text, (left, top, right, low), "printed")

    def watermark(self, x: float, y: float, text: str, size: float, colour: Colour) -> None:
        """A pale mark in the paper's ground, its middle at a place in millimetres; not noted as text to be read."""
        self._draw.text((x * self._scale, y * self._scale), text, font=self._sized(size), fill=colour, anchor="mm")

    def paragraph(self, x: float, y: float, width: float, text: str, size: float = 3.7, leading: float = 1.6) -> float:
        """Printed text broken at a width; gives the y below its last line (all millimetres)."""
        per_line = max(1, int(width / size))
        for start in range(0, len(text), per_line):
            self.text(x, y, text[start : start + per_line], size)
            y += size * leading
        return y

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.25, colour: Colour = BLACK) -> None:
        """A ruling; millimetres."""
        self._draw.line(
            (x1 * self._scale, y1 * self._scale, x2 * self._scale, y2 * self._scale),
            fill=colour,
            width=max(1, round(width * self._scale)),
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        outline: Colour | None = BLACK,
        fill: Colour | None = None,
        radius: float = 0.0,
    ) -> None:
        """A rectangle, with round corners when ``radius`` > 0; millimetres."""
        self._draw.rounded_rectangle(
            (x * self._scale, y * self._scale, (x + width) * self._scale, (y + height) * self._scale),
            radius=radius * self._scale,
            outline=outline,
            fill=fill,
            width=2,
        )

    def ellipse(self, x: float, y: float, width: float, height: float, fill: Colour) -> None:
        """A filled ellipse in a box; millimetres."""
        self._draw.ellipse(
            (x * self._scale, y * self._scale, (x + width) * self._scale, (y + height) * self._scale), fill=fill
        )

    def table(self, x: float, y: float, columns: list[float], rows: list[float]) -> None:
        """A ruled grid; column widths and row heights in millimetres."""
        right, bottom = x + sum(columns), y + sum(rows)
        at = y
        for height in [0.0, *rows]:
            at += height
            self.line(x, at, right, at)
        at = x
        for width in [0.0, *columns]:
            at += width
            self.line(at, y, at, bottom)

    def handwriting(self, x: float, y: float, text: str, size: float = 5.0, colour: Colour = BLUE_INK) -> None:
        """Text as a hand writes it: each character turned, shifted and sized a little differently; millimetres."""
        left, top, right, low = math.inf, math.inf, -math.inf, -math.inf
        for character in text:
            tall = size * float(self._rng.uniform(0.9, 1.12))
            angle = float(self._rng.uniform(-6, 6))
            mask = self._glyph(character, tall, angle)
            at = self._ink(mask, x, y + float(self._rng.uniform(-0.25, 0.25)) * size * 0.4, colour, 0.92)
            inked = mask.getbbox()
            if inked is not None:
                left, top = min(left, at[0] + inked[0]), min(top, at[1] + inked[1])
                right, low = max(right, at[0] + inked[2]), max(low, at[1] + inked[3])
            wide = 0.98 if ord(character) > 0x2E80 else 0.56
            x += size * wide * float(self._rng.uniform(0.92, 1.05))
        if left < right:
            self._note(text, (left, top, right, low), "pencil" if colour == PENCIL else "handwritten")

    def seal(self, x: float, y: float, around: str, below: str = "", diameter: float = 42.0) -> None:
        """A round red seal over whatever is there: ring, star, and the organ's name along the ring.

        Args:
            x, y: centre, millimetres.
            around: the name along the upper arc.
            below: a straight line under the star, e.g. 专用章.
            diameter: millimetres; a village committee's is 42.
        """
        side = round(diameter * self._scale)
        mask = Image.new("L", (side, side), 0)
        draw = ImageDraw.Draw(mask)
        draw.ellipse((2, 2, side - 3, side - 3), outline=255, width=round(1.1 * self._scale))
        centre, radius = side / 2, side * 0.13
        points = []
        for step in range(10):
            reach = radius if step % 2 == 0 else radius * 0.382
            turn = -math.pi / 2 + step * math.pi / 5
            points.append((centre + reach * math.cos(turn), centre + reach * math.sin(turn)))
        draw.polygon(points, fill=255)
        spread = math.radians(min(250, 24 * len(around)))
        size = diameter * 0.115
        for index, character in enumerate(around):
            share = (index + 0.5) / len(around) - 0.5
            turn = -math.pi / 2 + share * spread
            glyph = self._glyph(character, size, -math.degrees(share * spread))
            away = side * 0.385
            at = (
                round(centre + away * math.cos(turn) - glyph.width / 2),
                round(centre + away * math.sin(turn) - glyph.height / 2),
            )
            mask.paste(255, at, glyph)
        if below:
            draw.text((centre, side * 0.76), below, font=self._sized(diameter * 0.09), fill=255, anchor="mm")
        mask = mask.rotate(float(self._rng.uniform(-14, 14)), resample=Image.Resampling.BILINEAR)
        patchy = self._rng.integers(165, 256, (8, 8), dtype=np.uint8)
        wear = Image.fromarray(patchy).resize((side, side), Image.Resampling.BICUBIC)
        self._ink(ImageChops.multiply(mask, wear), x - diameter / 2, y - diameter / 2, SEAL_RED, 0.86)

    def fingerprint(self, x: float, y: float) -> None:
        """A finger pressed in red ink, its middle at a place in millimetres."""
        wide, high = round(13 * self._scale), round(18 * self._scale)
        across, down = np.meshgrid(np.linspace(-1, 1, wide), np.linspace(-1, 1, high))
        bent = np.hypot(across * 1.3, down - 0.25 + across**2 * 0.35) + 0.07 * np.sin(across * 5)
        ridges = (np.sin(bent * 62) > -0.25) & (across**2 + down**2 < 0.92)
        patchy = cv2.resize(self._rng.uniform(0.35, 1.0, (5, 4)).astype(np.float32), (wide, high))
        mask = Image.fromarray((ridges * patchy * 255).astype(np.uint8))
        mask = mask.rotate(float(self._rng.uniform(-40, 40)), resample=Image.Resampling.BILINEAR)
        self._ink(mask, x - 6.5, y - 9, SEAL_RED, 0.85)

    def paste(self, x: float, y: float, picture: NDArray[np.uint8], width: float) -> None:
        """A printed picture (height × width × 3, BGR), its left upper corner and width in millimetres."""
        image = Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1]))
        wide = round(width * self._scale)
        image = image.resize((wide, round(wide * image.height / image.width)), Image.Resampling.BILINEAR)
        self._image.paste(image, (round(x * self._scale), round(y * self._scale)))

    def _code(self, x: float, y: float, width: float, height: float, text: str, which: Any, symbology: str) -> None:
        symbol = Image.fromarray(np.array(zxingcpp.create_barcode(text, which).to_image(scale=1), np.uint8))
        size = (round(width * self._scale), round(height * self._scale))
        drawn = symbol.resize(size, Image.Resampling.NEAREST).convert("RGB")
        self._image.paste(drawn, (round(x * self._scale), round(y * self._scale)))
        self._codes.append(Code(text, symbology, (x, y, x + width, y + height)))

    def _sized(self, size: float) -> ImageFont.FreeTypeFont:
        pixels = max(4, round(size * self._scale))
        if pixels not in self._fonts:
            self._fonts[pixels] = ImageFont.truetype(str(self._font), pixels)
        return self._fonts[pixels]

    def _ink_of(self, font: ImageFont.FreeTypeFont, character: str) -> tuple[float, float]:
        """Where a character's ink begins and ends, pixels from its pen position."""
        key = (round(font.size), character)
        if key not in self._inks:
            mask, offset = font.getmask2(character)
            box = mask.getbbox() or (0, 0, 0, 0)
            self._inks[key] = (offset[0] + box[0], offset[0] + box[2])
        return self._inks[key]

    def _glyph(self, character: str, size: float, angle: float) -> Any:
        font = self._sized(size)
        side = round(size * self._scale * 1.5)
        mask = Image.new("L", (side, side), 0)
        ImageDraw.Draw(mask).text((side / 2, side / 2), character, font=font, fill=255, anchor="mm")
        return mask.rotate(angle, resample=Image.Resampling.BILINEAR)

    def _ink(self, mask: Any, x: float, y: float, colour: Colour, strength: float) -> tuple[int, int]:
        """Ink soaks into what is there: multiplied, not painted over. Gives the mask's left upper pixel."""
        at = (round(x * self._scale), round(y * self._scale))
        area = (at[0], at[1], at[0] + mask.width, at[1] + mask.height)
        under = self._image.crop(area)
        inked = ImageChops.multiply(under, Image.new("RGB", under.size, colour))
        self._image.paste(Image.composite(inked, under, mask.point([round(v * strength) for v in range(256)])), at)
        return at

    def _note(self, text: str, box: tuple[float, float, float, float], hand: str) -> None:
        left, top, right, low = (edge / self._scale for edge in box)
        self._lines.append(TextLine(text.strip(), (left, top, right, low), hand))
