"""What ``scanimage -A`` prints, as several drivers print it, turned into arguments."""

from __future__ import annotations

import pytest

from villagedesk.devices.scanner_options import arguments_for, options_of

# sane-epson2(5), sane-plustek(5) and sane-hpaio, as their users quote them
EPSON = """
All options specific to device `epson2:libusb:001:004':
  Scan Mode:
    --mode Lineart|Gray|Color [Lineart]
        Selects the scan mode (e.g., lineart, monochrome, or color).
    --depth 8|16 [inactive]
        Number of bits per sample.
    --resolution 75|300|600|1200dpi [75]
        Sets the resolution of the scanned image.
    --source Flatbed|Transparency Unit [Flatbed]
        Selects the scan source (such as a document-feeder).
  Geometry:
    -l 0..215.9mm [0]
    -t 0..297.18mm [0]
    -x 0..215.9mm [215.9]
    -y 0..297.18mm [297.18]
"""
BROTHER = """
    --mode Black & White|Gray[Error Diffusion]|True Gray|24bit Color|24bit Color[Fast] [24bit Color[Fast]]
    --resolution 100|150|200|300dpi [200]
    --source FlatBed|Automatic Document Feeder(left aligned) [Automatic Document Feeder(left aligned)]
    -x 0..211.9mm (in steps of 0.0999908) [211.9]
    -y 0..355.6mm (in steps of 0.0999908) [355.6]
"""
BARE = """
    --preview[=(yes|no)] [no]
"""


@pytest.mark.parametrize(
    ("printed", "dpi", "colour", "arguments"),
    [
        (EPSON, 200, True, "--source Flatbed --mode Color --resolution 300 -x 210 -y 297"),
        (EPSON, 2400, False, "--source Flatbed --mode Gray --resolution 1200 -x 210 -y 297"),
        (BROTHER, 200, True, "--source FlatBed --mode 24bit Color --resolution 200 -x 210 -y 297"),
        (BARE, 200, True, ""),
    ],
)
def test_the_arguments_are_what_the_scanner_understands(printed: str, dpi: int, colour: bool, arguments: str) -> None:
    assert " ".join(arguments_for(options_of(printed), dpi, colour=colour)) == arguments


def test_a_range_of_resolutions_takes_the_wanted_one_and_a_small_glass_its_own_size() -> None:
    options = options_of("    --resolution 50..600dpi (in steps of 1) [50]\n    -x 0..200mm (in steps of 1) [80]\n")
    assert arguments_for(options, 300, colour=True) == ["--resolution", "300", "-x", "200"]
    assert arguments_for(options, 10, colour=True)[:2] == ["--resolution", "50"]
