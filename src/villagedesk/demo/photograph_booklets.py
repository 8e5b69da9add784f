"""Pages of booklets: household register (143 × 105 mm, home page, member's page, changes) and passbook."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from villagedesk.demo.photograph_person import Person
from villagedesk.demo.photograph_sheet import BLACK, PENCIL, Colour, Sheet
from villagedesk.demo.photograph_words import date

REGISTER = (143.0, 105.0)
DPI = 300
_RELATIONS = ("户主", "妻", "长子", "次子", "长女", "母亲", "孙女", "儿媳")


def any_register_page(font: Path, rng: np.random.Generator) -> Sheet:
    """A page of a household register 户口簿: mostly a member's, sometimes the home page or the page of changes."""
    paper: Colour = [(240, 240, 226), (236, 242, 234), (244, 238, 228)][int(rng.integers(0, 3))]
    sheet = Sheet(*REGISTER, font, rng, paper, dpi=DPI)
    person = Person(rng, varied=True)
    kind = float(rng.random())
    if kind < 0.64:
        _member(sheet, person, rng)
    elif kind < 0.88:
        _home(sheet, person, rng)
    else:
        _changes(sheet, person, rng)
    if rng.random() < 0.06:
        sheet.handwriting(96, 96, "已复印", 4.0, PENCIL)
    return sheet


def _member(sheet: Sheet, person: Person, rng: np.random.Generator) -> None:
    """常住人口登记卡, with the fields of the national form."""
    sheet.text(71.5, 4.4, "常住人口登记卡", 5.2, anchor="mt", bold=rng.random() < 0.5)
    tall = 8.4
    top = 11.5
    rows: list[tuple[tuple[str, str, float, float], ...]] = [
        (("姓　　名", person.name, 21, 48), ("户主或与\n户主关系", str(rng.choice(_RELATIONS)), 18, 44)),
        (("曾 用 名", "", 21, 48), ("性　　别", person.sex, 18, 44)),
        (("出 生 地", "河南省样张县", 21, 48), ("民　　族", person.nation, 18, 44)),
        (("籍　　贯", "河南省样张县", 21, 48), ("出生日期", f"{person.year}年{person.month}月{person.day}日", 18, 44)),
        (("本市（县）\n其他住址", "", 21, 48), ("宗教信仰", "", 18, 44)),
        (("公民身份\n证件编号", person.number, 21, 48), ("身　高", f"{int(rng.integers(148, 186))}厘米", 12, 20),
         ("血型", str(rng.choice(["A", "B", "O", "AB", ""])), 12, 18)),
        (("文化程度", str(rng.choice(["小学", "初中", "高中", "大专"])), 18, 20),
         ("婚姻状况", str(rng.choice(["已婚", "未婚", "丧偶"])), 14, 17),
         ("兵役\n状况", "未服兵役", 14, 48)),
        (("服务处所", person.village, 21, 58), ("职　　业", str(rng.choice(["务农", "粮农", "学生", ""])), 16, 36)),
        (("何时由何地迁\n来本市（县）", "", 27, 104),),
        (("何时由何地\n迁来本址", "", 27, 104),),
    ]  # fmt: skip
    for number, row in enumerate(rows):
        x, y = 6.0, top + number * tall
        for label, value, label_wide, value_wide in row:
            sheet.box(x, y, label_wide, tall)
            _label(sheet, x, y, tall, label, label_wide)
            x += label_wide
            sheet.box(x, y, value_wide, tall)
            size = min(3.8, (value_wide - 2) / max(1, len(value)) * (1.0 if not value.isascii() else 1.75))
            sheet.text(x + 1.5, y + (tall - size) / 2, value, size)
            x += value_wide
    sheet.text(8, 98.2, "承办人签章：", 2.9)
    sheet.text(135, 98.2, f"登记日期：{_day(rng)}", 2.9, anchor="rt")
    sheet.seal(60 + float(rng.uniform(-20, 30)), 88, "样张县公安局示例派出所", "户口专用", float(rng.uniform(28, 36)))


def _home(sheet: Sheet, person: Person, rng: np.random.Generator) -> None:
    """The home page 首页: kind of household, its head, number and address."""
    if rng.random() < 0.5:
        sheet.text(71.5, 5, "居民户口簿", 6.4, anchor="mt", bold=True)
    top = 16.0
    sheet.table(8, top, [24.0, 40.0, 24.0, 39.0], [11.0, 11.0])
    head = (("户　　别", str(rng.choice(["农业家庭户", "非农业家庭户", "家庭户"])), "户主姓名", person.name),)
    number = "".join(str(digit) for digit in rng.integers(0, 10, 9))
    for row, (label, value, other, second) in enumerate((*head, ("户　　号", number, "", ""))):
        y = top + row * 11
        sheet.text(10, y + 3.8, label, 3.4)
        sheet.text(34, y + 3.6, value, 3.9)
        sheet.text(74, y + 3.8, other, 3.4)
        sheet.text(98, y + 3.6, second, 3.9)
    sheet.box(8, top + 22, 127, 14)
    sheet.text(10, top + 27, "住　　址", 3.4)
    sheet.line(32, top + 22, 32, top + 36)
    size = min(3.9, 98 / len(person.address))
    sheet.text(34, top + 27, person.address, size)
    sheet.box(8, top + 36, 63.5, 34)
    sheet.box(71.5, top + 36, 63.5, 34)
    sheet.text(10, top + 38, "省级公安机关", 3.0)
    sheet.text(10, top + 42.5, "户口专用章", 3.0)
    sheet.text(73.5, top + 38, "户口登记机关", 3.0)
    sheet.text(73.5, top + 42.5, "户口专用章", 3.0)
    sheet.text(10, 91, "承办人签章：", 3.2)
    sheet.text(133, 91, f"{_day(rng)}签发", 3.2, anchor="rt")
    sheet.seal(46 + float(rng.uniform(-4, 4)), top + 53, "样张省公安厅", "户口专用章", 32)
    sheet.seal(112 + float(rng.uniform(-4, 4)), top + 53, "样张县公安局示例派出所", "户口专用", 32)


def _changes(sheet: Sheet, person: Person, rng: np.random.Generator) -> None:
    """住址变动登记 or 登记事项变更和更正记载: a table, mostly empty, one or two rows stamped or written in."""
    heads: tuple[str, ...] = ("变　动　后　的　住　址", "变动日期", "承办人签章")
    title, columns, value = "住址变动登记", [72.0, 30.0, 27.0], person.address
    if rng.random() < 0.5:
        heads = ("项　目", "变更、更正后", "变更日期", "承办人签章")
        title, columns, value = "登记事项变更和更正记载", [30.0, 48.0, 26.0, 25.0], "文化程度"
    sheet.text(71.5, 5, title, 5.0, anchor="mt")
    rows = 8
    tall = 10.2
    sheet.table(7, 14, columns, [tall] * (rows))
    x = 7.0
    for head, wide in zip(heads, columns, strict=True):
        sheet.text(x + wide / 2, 14 + 3.4, head, min(3.2, (wide - 2) / len(head)), anchor="mt")
        x += wide
    for row in range(1, int(rng.integers(2, 4))):
        y = 14 + row * tall + 3.2
        sheet.text(9, y, value, min(3.4, (columns[0] - 3) / len(value)))
        if len(columns) == 4:
            sheet.text(7 + columns[0] + 2, y, str(rng.choice(["高中", "大专", "初中"])), 3.4)
        sheet.text(7 + sum(columns[:-2]) + 2, y, date(rng)[:11], 2.8)
    sheet.seal(120, 40 + float(rng.uniform(-8, 20)), "示例派出所", "户口专用", 26)


def any_passbook(font: Path, rng: np.random.Generator) -> Sheet:
    """A savings book 存折, a page of transactions or the opened cover page; 144 × 90 mm."""
    paper: Colour = [(236, 242, 236), (244, 238, 226), (234, 238, 246)][int(rng.integers(0, 3))]
    sheet = Sheet(144, 90, font, rng, paper, dpi=DPI)
    person = Person(rng, varied=True)
    tint: Colour = [(60, 120, 90), (150, 60, 60), (60, 90, 150)][int(rng.integers(0, 3))]
    bank = str(rng.choice(["样张县农村信用合作联社", "示例农村商业银行", "测试储蓄银行"]))
    account = "0000" + "".join(str(digit) for digit in rng.integers(0, 10, 15))
    if rng.random() < 0.4:
        sheet.text(72, 7, bank, 5.6, tint, "mt", bold=True)
        sheet.text(72, 16, "活期储蓄存折（样张）", 4.6, tint, "mt")
        for row, (label, value) in enumerate(
            (("户　名", person.name), ("账　号", account), ("开户行", bank[:2] + "示例分社"), ("币　种", "人民币"),
             ("开户日期", date(rng)))
        ):  # fmt: skip
            sheet.text(16, 27 + row * 9, label, 3.4, tint)
            sheet.text(42, 26.8 + row * 9, value, 3.8)
            sheet.line(40, 32 + row * 9, 120, 32 + row * 9, 0.15, tint)
        sheet.seal(116, 66 + float(rng.uniform(-6, 4)), bank, "业务专用章", 28)
        return sheet
    sheet.text(8, 5, f"户名：{person.name}", 3.2)
    sheet.text(136, 5, f"账号：{account}", 3.2, anchor="rt")
    columns = [24.0, 20.0, 28.0, 28.0, 28.0]
    sheet.table(8, 11, columns, [6.0] * 12)
    x = 8.0
    for head, wide in zip(("日　期", "摘　要", "支　出", "存　入", "余　额"), columns, strict=True):
        sheet.text(x + wide / 2, 12.4, head, 3.0, tint, "mt")
        x += wide
    balance = float(rng.uniform(200, 9000))
    for row in range(1, int(rng.integers(3, 12))):
        y = 11 + row * 6 + 1.6
        amount = float(rng.uniform(20, 1600))
        income = rng.random() < 0.6 or amount > balance
        balance += amount if income else -amount
        year, month, day = int(rng.integers(2019, 2027)), int(rng.integers(1, 13)), int(rng.integers(1, 29))
        sheet.text(9, y, f"{year}{month:02}{day:02}", 3.0)
        words = ["养老金", "低保金", "粮食补贴", "结息", "转存"] if income else ["取款", "转账", "电费", "保险费"]
        sheet.text(33, y, str(rng.choice(words)), 3.0)
        sheet.text(107.0 if income else 79.0, y, f"{amount:.2f}", 3.0, anchor="rt")
        sheet.text(135, y, f"{balance:.2f}", 3.0, anchor="rt")
    sheet.text(72, 85, "样张", 2.8, tint, "mt")
    return sheet


def _label(sheet: Sheet, x: float, y: float, tall: float, label: str, wide: float) -> None:
    parts = label.split("\n")
    size = min(2.9, (wide - 1.5) / max(len(part) for part in parts))
    for row, part in enumerate(parts):
        height = tall / 2 + (row - len(parts) / 2 + 0.5) * (size + 0.5)
        sheet.text(x + wide / 2, y + height, part, size, BLACK, "mm")


def _day(rng: np.random.Generator) -> str:
    return f"{int(rng.integers(1996, 2026))}年{int(rng.integers(1, 13)):02}月{int(rng.integers(1, 29)):02}日"
