"""Records of ID cards built to the layout of the readers' makers (domain: section 11), invented people."""

from __future__ import annotations

from collections.abc import Mapping

UNITS = 128


def record(fields: Mapping[int, str], flag: str = " ") -> bytes:
    """A record with these texts at these places (in UTF-16 units), padded with blanks, the card's flag at 124."""
    data = bytearray((" " * UNITS).encode("utf-16-le"))
    for place, text in {**fields, 124: flag}.items():
        coded = text.encode("utf-16-le", "surrogatepass")
        data[2 * place : 2 * place + len(coded)] = coded
    assert len(data) == 2 * UNITS
    return bytes(data)


RESIDENT = {
    0: "欧阳试用",
    15: "1",
    16: "01",
    18: "19040229",
    26: "河南省叶县样张村一组",
    61: "410422190402299993",
    79: "叶县公安局",
    94: "20200101",
    102: "长期",
}
PERMIT = {
    0: "陈样张",
    15: "2",
    18: "19900230",
    26: "河南省平顶山市样张路1号",
    61: "810000199002309999",
    79: "平顶山市公安局",
    94: "20190101",
    102: "20240101",
    110: "H99999999",
    119: "02",
}
PERMANENT_2017 = {
    0: "SPECIMEN, EXAMPLE VERY LONG NAME THAT GOES ON",
    60: "2",
    61: "CAN110099999999",
    76: "CAN",
    79: "样张",
    94: "20180101",
    102: "20280101",
    110: "19810899",
    118: "01",
    120: "1500",
}
PERMANENT_2023 = {
    0: "样本永居",
    15: "1",
    16: "01",
    18: "19810803",
    26: "SPECIMEN, EXAMPLE WITH A NAME OF MORE",
    61: "911124198108030024",
    94: "20231201",
    102: "20331201",
    110: "LETTERS YET",
    121: "CAN",
}
PERMANENT_2023[26] = PERMANENT_2023[26][:35]
