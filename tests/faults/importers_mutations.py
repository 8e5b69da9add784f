"""Spoils files as somebody would who knows their formats: fields, lengths, tables and references, checksums put right
afterwards, so that a reader gets past its first look. Seeded."""

from __future__ import annotations

import random
import re
import struct
import zlib
from collections.abc import Callable

Spoil = Callable[[bytearray, random.Random], bytes]
_ODD = (0, 1, 2, 7, 8, 15, 16, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 1 << 24, (1 << 31) - 1, 1 << 31, -1, -2)


def spoiled(name: str, data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """One spoiled version of a sample.

    Args:
        name: of the sample; its first word is the kind.
        others: samples to take pieces from.
    """
    own = _OF_KIND[name.partition(" ")[0]]
    result = bytes(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        spoil = chance.choice((*own, *own, *_ANY))
        result = spoil(bytearray(result), chance)
    if chance.random() < 0.06:
        other = chance.choice(others)
        at = chance.randrange(len(result) + 1)
        result = result[:at] + other[chance.randrange(len(other)) :]
    return result


def _flips(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 3, 20, 200))):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _numbers(data: bytearray, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 2, 8))):
        width = chance.choice((1, 2, 4))
        if len(data) > width:
            # headers matter more than what they describe
            at = int(len(data) * chance.random() ** 3) if chance.random() < 0.7 else chance.randrange(len(data))
            at = min(at, len(data) - width)
            value = chance.choice(_ODD) & ((1 << 8 * width) - 1)
            data[at : at + width] = value.to_bytes(width, chance.choice(("little", "big")))
    return bytes(data)


def _cut(data: bytearray, chance: random.Random) -> bytes:
    return bytes(data[: int(len(data) * (1 - chance.random() ** 2))])


def _moved(data: bytearray, chance: random.Random) -> bytes:
    if len(data) < 8:
        return bytes(data)
    start = chance.randrange(len(data))
    length = chance.choice((1, 4, 64, 1024))
    piece = data[start : start + length]
    act = chance.randrange(4)
    if act == 0:
        del data[start : start + length]
    elif act == 1:
        data[start:start] = piece * chance.choice((1, 2, 50))
    elif act == 2:
        data[start : start + length] = bytes(len(piece))
    else:
        data[start:start] = chance.randbytes(length)
    return bytes(data)


def _png(data: bytearray, chance: random.Random) -> bytes:
    chunks: list[tuple[bytes, bytes]] = []
    at = 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        chunks.append((bytes(data[at + 4 : at + 8]), bytes(data[at + 8 : at + 8 + length])))
        at += 12 + length
    if not chunks:
        return bytes(data)
    act, place = chance.randrange(6), chance.randrange(len(chunks))
    name, body = chunks[place]
    if act == 0 and len(chunks[0][1]) == 13:
        head = bytearray(chunks[0][1])
        field = chance.choice(((0, 4), (4, 8), (8, 9), (9, 10), (12, 13)))
        value = chance.choice((*_ODD, 60_000, 100_000)) & ((1 << 8 * (field[1] - field[0])) - 1)
        head[slice(*field)] = value.to_bytes(field[1] - field[0], "big")
        chunks[0] = chunks[0][0], bytes(head)
    elif act == 1:
        chunks.insert(chance.randrange(len(chunks)), (name, body))
    elif act == 2:
        del chunks[place]
    elif act == 3:
        chunks = [(n, _packed_anew(b, chance) if n == b"IDAT" else b) for n, b in chunks]
    elif act == 4:
        bomb = zlib.compress(bytes(chance.choice((1000, 30_000_000))), 9)
        chunks.insert(1, (chance.choice((b"zTXt", b"iCCP", b"iTXt", b"tEXt")), b"a\0\0" + bomb))
    else:
        chunks[place] = name, _numbers(bytearray(body), chance)
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(n, b) for n, b in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _packed_anew(body: bytes, chance: random.Random) -> bytes:
    try:
        rows = bytearray(zlib.decompress(body))
    except zlib.error:
        return body
    return zlib.compress(_flips(rows, chance) if chance.random() < 0.7 else bytes(rows[: len(rows) // 2]))


def _jpeg(data: bytearray, chance: random.Random) -> bytes:
    segments = [match.start() for match in re.finditer(rb"\xff[\xc0-\xcf\xda-\xdf\xe0-\xef]", bytes(data[:30_000]))]
    if not segments:
        return bytes(data)
    at = chance.choice(segments)
    act = chance.randrange(5)
    (length,) = struct.unpack(">H", data[at + 2 : at + 4]) if at + 4 <= len(data) else (2,)
    piece = bytes(data[at : at + 2 + length])
    if act == 0:
        frames = [one for one in segments if data[one + 1] in (0xC0, 0xC1, 0xC2)]
        if frames and frames[0] + 20 < len(data):
            field = frames[0] + chance.choice((4, 5, 7, 9, 10, 11, 12, 13, 14))
            wide = field - frames[0] in (5, 7)
            value = chance.choice((*_ODD, 60_000)) & (0xFFFF if wide else 0xFF)
            data[field : field + 1 + wide] = value.to_bytes(1 + wide, "big")
    elif act == 1:
        data[at:at] = piece * chance.choice((1, 3, 500))
    elif act == 2:
        del data[at : at + 2 + length]
    elif act == 3 and at + 4 <= len(data):
        data[at + 2 : at + 4] = (chance.choice(_ODD) & 0xFFFF).to_bytes(2, "big")
    elif at + 5 < len(data):
        field = at + 4 + chance.randrange(max(1, min(length, 64)))
        if field < len(data):
            data[field] = chance.randrange(256)
    return bytes(data)


def _tiff(data: bytearray, chance: random.Random) -> bytes:
    order = "<" if data[:2] == b"II" else ">"
    at = struct.unpack(f"{order}I", data[4:8])[0] if len(data) > 8 else 0
    for _ in range(chance.randrange(3)):
        if at + 2 <= len(data):
            (count,) = struct.unpack(f"{order}H", data[at : at + 2])
            after = at + 2 + 12 * count
            if after + 4 <= len(data):
                at = struct.unpack(f"{order}I", data[after : after + 4])[0] or at
    if not 8 <= at < len(data) - 14:
        return bytes(data)
    (count,) = struct.unpack(f"{order}H", data[at : at + 2])
    entry = at + 2 + 12 * chance.randrange(max(1, min(count, 40)))
    if entry + 12 > len(data):
        return bytes(data)
    act = chance.randrange(5)
    if act == 0:
        data[entry + 2 : entry + 4] = struct.pack(f"{order}H", chance.randrange(0, 20))
    elif act == 1:
        data[entry + 4 : entry + 8] = struct.pack(f"{order}I", chance.choice(_ODD) & 0xFFFFFFFF)
    elif act == 2:
        data[entry + 8 : entry + 12] = struct.pack(f"{order}I", chance.choice((*_ODD, at, 100_000)) & 0xFFFFFFFF)
    elif act == 3:
        data[entry : entry + 2] = struct.pack(
            f"{order}H", chance.choice((254, 256, 258, 259, 262, 277, 317, 330, 34665))
        )
    else:
        after = at + 2 + 12 * count
        data[after : after + 4] = struct.pack(f"{order}I", chance.choice((at, 8, len(data) - 20, 0)))
    return bytes(data)


def _boxes(data: bytearray, chance: random.Random) -> bytes:
    """ISO boxes and RIFF chunks: a name of four letters with a length beside it."""
    riff = data[:4] == b"RIFF"
    names = [
        match.start()
        for match in re.finditer(rb"[a-zA-Z][a-zA-Z0-9]{2}[a-zA-Z0-9 ]", bytes(data[:4000]))
        if match.start() >= 4 or riff
    ]
    if not names:
        return bytes(data)
    at = chance.choice(names)
    field = at + 4 if riff else at - 4
    act = chance.randrange(4)
    if act == 0:
        value = chance.choice((*_ODD, 9, 12)) & 0xFFFFFFFF
        data[field : field + 4] = value.to_bytes(4, "little" if riff else "big")
    elif act == 1:
        inside = at + 4 + chance.randrange(40)
        if inside + 4 < len(data):
            data[inside : inside + 4] = (chance.choice((*_ODD, 100_000)) & 0xFFFFFFFF).to_bytes(4, "big")
    elif act == 2:
        (length,) = struct.unpack("<I" if riff else ">I", data[field : field + 4])
        start = min(at, field)
        piece = bytes(data[start : start + min(length + 8, 5000)])
        data[start:start] = piece * chance.choice((1, 2, 100))
    else:
        inside = at + 4 + chance.randrange(60)
        if inside < len(data):
            data[inside] = chance.randrange(256)
    return bytes(data)


def _header(data: bytearray, chance: random.Random) -> bytes:
    """BMP and GIF: all that matters stands in the first bytes, or in each picture's own few."""
    places = list(range(2, min(60, len(data))))
    places += [match.start() + 1 for match in re.finditer(rb"[\x2c\x21]", bytes(data[:3000]))]
    for _ in range(chance.choice((1, 2))):
        at = chance.choice(places)
        if at + 2 < len(data):
            data[at : at + 2] = (chance.choice(_ODD) & 0xFFFF).to_bytes(2, "little")
    return bytes(data)


_PDF_WORDS = (
    b"/Kids[3 0 R 3 0 R]", b"/MediaBox[0 0 1e9 1e9]", b"/MediaBox[0 0 0 0]", b"/MediaBox[-5 9 -900 1]", b"/Rotate 45",
    b"/UserUnit 75000", b"/Count 100000", b"/Length 99999999", b"/Filter[/FlateDecode/FlateDecode]",
    b"/Filter/JPXDecode", b"/Filter/JBIG2Decode", b"/Filter/CCITTFaxDecode/DecodeParms<</Columns 99999/Rows 99999>>",
    b"/Filter/LZWDecode", b"/Filter/RunLengthDecode", b"/Width 100000/Height 100000", b"/BitsPerComponent 16",
    b"/ColorSpace/DeviceCMYK", b"/ColorSpace[/Indexed/DeviceRGB 999 <00>]", b"/SMask 3 0 R", b"/Parent 99 0 R",
    b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\);while\\(1\\){})>>", b"/AA<</O<</S/Launch/F(calc.exe)>>>>",
    b"/Contents[5 0 R 5 0 R 5 0 R 5 0 R]", b"/Resources 3 0 R", b"/XObject<</X 5 0 R>>", b"/Type/Page/Type/Pages",
    b"/Predictor 15/Columns 1000000", b"/CropBox[0 0 .001 .001]", b"/Matrix[1e9 0 0 1e9 0 0]", b"/Prev 9",
)  # fmt: skip
_CONTENT = (
    b"q " * 3000, b"1e9 0 0 1e9 0 0 cm ", b"[.00001 .00001] 0 d 0 0 m 1e6 1e6 l S ", b"/X Do " * 50,
    b"BI /W 60000 /H 60000 /BPC 8 /CS /RGB ID x EI ", b"1e30 w 0 0 m 99999 99999 l S ", b"BT /F1 1e6 Tf (aaaa) Tj ET ",
    b"0 0 m 1 1 l " * 5000 + b"S ", b"/P1 scn 0 0 1e5 1e5 re f ", b"W n " * 100,
)  # fmt: skip


def _pdf(data: bytearray, chance: random.Random) -> bytes:
    text = bytes(data)
    act = chance.randrange(6)
    if act == 0:
        found = list(re.finditer(rb"/[A-Z][A-Za-z]+[ \[<(]?", text))
        if found:
            at = chance.choice(found).start()
            text = text[:at] + chance.choice(_PDF_WORDS) + b" " + text[at:]
    elif act == 1:
        found = list(re.finditer(rb"\b\d+(\.\d+)?\b", text))
        if found:
            number = chance.choice(found)
            odd = chance.choice((*_ODD, 99999999999, "1e38", ".0000001", "0 R"))
            text = text[: number.start()] + str(odd).encode() + text[number.end() :]
    elif act == 2:
        text = _stream_changed(text, chance)
    elif act == 3:
        text = re.sub(rb"\d+ 0 R", lambda one: _other(one[0], chance), text)
    elif act == 4:
        found = list(re.finditer(rb"endobj", text))
        if found:
            at = chance.choice(found).end()
            text = text[:at] + text[chance.randrange(at) : at] + text[at:]
    else:
        text = text.replace(b"startxref", b"startxref\n%d\n%%" % chance.randrange(len(text) + 1), 1)
    return text


def _other(reference: bytes, chance: random.Random) -> bytes:
    return b"%d 0 R" % chance.randrange(1, 12) if chance.random() < 0.2 else reference


def _stream_changed(text: bytes, chance: random.Random) -> bytes:
    found = list(re.finditer(rb"stream\r?\n(.*?)endstream", text, re.S))
    if not found:
        return text
    stream = chance.choice(found)
    body = bytearray(stream[1])
    try:
        plain: bytes | None = zlib.decompress(bytes(body))
    except zlib.error:
        plain = None
    act = chance.randrange(4)
    if act == 0:
        new = chance.choice(_CONTENT) + (plain or bytes(body))
    elif act == 1:
        new = bytes(chance.choice((1000, 20_000_000)))
        plain = new
    elif act == 2:
        new = _flips(bytearray(plain or body), chance)
    else:
        new = _moved(bytearray(plain or body), chance)
    coded = zlib.compress(new, 9) if plain is not None else new
    return text[: stream.start(1)] + coded + text[stream.end(1) :]


_ANY: tuple[Spoil, ...] = (_flips, _numbers, _cut, _moved)
_OF_KIND: dict[str, tuple[Spoil, ...]] = {
    "png": (_png,),
    "jpeg": (_jpeg,),
    "tiff": (_tiff,),
    "heif": (_boxes,),
    "avif": (_boxes,),
    "webp": (_boxes,),
    "bmp": (_header,),
    "gif": (_header,),
    "pdf": (_pdf,),
}
