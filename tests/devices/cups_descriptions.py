"""Printers as their makers describe them to CUPS (PPD 4.3): papers, edges that stay white, dots to the inch."""

from __future__ import annotations

from dataclasses import dataclass

_POINT = 72 / 25.4


@dataclass(frozen=True)
class Paper:
    """A paper a printer has, in mm."""

    name: str
    width_mm: float
    height_mm: float


A4 = Paper("A4", 210, 297)
A5 = Paper("A5", 148, 210)


@dataclass(frozen=True)
class Description:
    """A printer.

    Args:
        papers: the first is what it prints on unless told otherwise.
        edge_mm: what it cannot print on, all round.
        dpi: of its dots; 0 for one that takes the PDF as it comes through CUPS.
        custom: it takes papers of any size.
    """

    papers: tuple[Paper, ...] = (A4, A5)
    edge_mm: float = 4.2
    dpi: int = 0
    custom: bool = False

    def text(self) -> str:
        """The PPD."""
        lines = [*_HEAD, *self._device(), *self._papers(), *self._custom(), *_FONTS]
        return "\n".join(lines) + "\n"

    def _device(self) -> list[str]:
        if not self.dpi:
            return ['*cupsFilter2: "application/vnd.cups-pdf application/pdf 0 -"', "*cupsManualCopies: True"]
        return [
            '*cupsFilter2: "application/vnd.cups-raster application/pdf 0 rastertopdf"',
            "*OpenUI *ColorModel/Colour: PickOne",
            "*DefaultColorModel: Gray",
            '*ColorModel Gray/Grey: "<</cupsColorSpace 18/cupsColorOrder 0/cupsBitsPerColor 8>>setpagedevice"',
            "*CloseUI: *ColorModel",
            "*OpenUI *Resolution/Resolution: PickOne",
            f"*DefaultResolution: {self.dpi}dpi",
            f'*Resolution {self.dpi}dpi/{self.dpi}: "<</HWResolution[{self.dpi} {self.dpi}]>>setpagedevice"',
            "*CloseUI: *Resolution",
            "*cupsManualCopies: True",
        ]

    def _papers(self) -> list[str]:
        lines: list[str] = []
        for keyword in ("PageSize", "PageRegion"):
            lines += [f"*OpenUI *{keyword}: PickOne", f"*Default{keyword}: {self.papers[0].name}"]
            for paper in self.papers:
                width, height = paper.width_mm * _POINT, paper.height_mm * _POINT
                size = f"<</PageSize[{width:.2f} {height:.2f}]/ImagingBBox null>>setpagedevice"
                lines.append(f'*{keyword} {paper.name}/{paper.name}: "{size}"')
            lines.append(f"*CloseUI: *{keyword}")
        edge = self.edge_mm * _POINT
        lines += [f"*DefaultImageableArea: {self.papers[0].name}", f"*DefaultPaperDimension: {self.papers[0].name}"]
        for paper in self.papers:
            width, height = paper.width_mm * _POINT, paper.height_mm * _POINT
            area = f"{edge:.2f} {edge:.2f} {width - edge:.2f} {height - edge:.2f}"
            lines.append(f'*ImageableArea {paper.name}: "{area}"')
            lines.append(f'*PaperDimension {paper.name}: "{width:.2f} {height:.2f}"')
        return lines

    def _custom(self) -> list[str]:
        if not self.custom:
            return []
        edge = self.edge_mm * _POINT
        return [
            "*VariablePaperSize: True",
            '*CustomPageSize True: "pop pop pop <</PageSize[5 -2 roll]/ImagingBBox null>>setpagedevice"',
            "*ParamCustomPageSize Width: 1 points 70 600",
            "*ParamCustomPageSize Height: 2 points 70 6000",
            "*ParamCustomPageSize WidthOffset: 3 points 0 0",
            "*ParamCustomPageSize HeightOffset: 4 points 0 0",
            "*ParamCustomPageSize Orientation: 5 int 0 0",
            '*MaxMediaWidth: "600"',
            '*MaxMediaHeight: "6000"',
            f"*HWMargins: {edge:.2f} {edge:.2f} {edge:.2f} {edge:.2f}",
        ]


def office(dpi: int = 0) -> Description:
    """A printer as on most desks: A4 and A5, an edge that stays white."""
    return Description(dpi=dpi)


def roll(dpi: int = 203) -> Description:
    """A printer of receipts: paper 80 mm wide from a roll, as long as it has to be."""
    return Description((Paper("80x200mm", 80, 200),), edge_mm=4.0, dpi=dpi, custom=True)


_HEAD = [
    '*PPD-Adobe: "4.3"',
    '*FormatVersion: "4.3"',
    '*FileVersion: "1.0"',
    "*LanguageVersion: English",
    "*LanguageEncoding: ISOLatin1",
    '*PCFileName: "PAPER.PPD"',
    '*Manufacturer: "Village"',
    '*Product: "(Paper)"',
    '*ModelName: "Paper"',
    '*ShortNickName: "Paper"',
    '*NickName: "Paper"',
    '*PSVersion: "(3010) 0"',
    '*LanguageLevel: "3"',
    "*ColorDevice: True",
    "*DefaultColorSpace: RGB",
    "*FileSystem: False",
    '*Throughput: "20"',
    "*LandscapeOrientation: Plus90",
    "*TTRasterizer: Type42",
]
_FONTS = ["*DefaultFont: Courier", '*Font Courier: Standard "(1.0)" Standard ROM']
