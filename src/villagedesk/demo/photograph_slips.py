"""Slips and certificates: thermal receipts, invoices, A5 certificates, prescriptions, bills on tractor paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from villagedesk.demo.photograph_person import Person, portrait
from villagedesk.demo.photograph_sheet import SEAL_RED, Colour, Sheet
from villagedesk.demo.photograph_words import date

DPI = 300
_CERTIFICATES = ("老年人优待证", "结婚登记证明", "独生子女父母光荣证", "荣誉证书", "出生医学证明", "农村土地承包证")
_GOODS = (
    "大米五公斤",
    "食用油",
    "复合肥",
    "玉米种子",
    "电水壶",
    "感冒颗粒",
    "阿司匹林",
    "棉手套",
    "酱油",
    "面粉",
    "鸡蛋",
)
_TREATMENTS = (
    "挂号费",
    "诊察费",
    "化验费",
    "检查费",
    "西药费",
    "中成药费",
    "治疗费",
    "床位费",
    "护理费",
    "材料费",
    "手术费",
)


def any_receipt(font: Path, rng: np.random.Generator) -> Sheet:
    """A receipt of a till or a terminal: 80 or 58 mm wide, 150 to 400 mm long, grey print."""
    width = 80.0 if rng.random() < 0.8 else 58.0
    goods = int(rng.integers(4, 30))
    length = float(np.clip(100 + goods * 10.5, 150, 400))
    paper: Colour = [(246, 246, 246), (238, 240, 244), (248, 244, 238)][int(rng.integers(0, 3))]
    sheet = Sheet(width, length, font, rng, paper, dpi=250)
    shade = int(rng.integers(30, 110))
    ink: Colour = (shade, shade, shade + 6)
    middle, right = width / 2, width - 5
    shop = str(rng.choice(["样张惠民超市", "示例农资经销部", "测试大药房", "演示供销社", "样张电力营业厅"]))
    sheet.text(middle, 6, shop, 5.2, ink, "mt", bold=True)
    sheet.text(middle, 14, str(rng.choice(["购物小票", "收款凭证", "签购单", "缴费凭证"])), 4.2, ink, "mt")
    y = 22.0
    head = (f"单号：{int(rng.integers(10**8, 10**9))}", f"时间：{date(rng)}", f"收银员：{int(rng.integers(1, 40)):03}")
    for line in head:
        sheet.text(5, y, line, 3.2, ink)
        y += 5
    y = _dashes(sheet, y, right, ink)
    total = 0.0
    for _ in range(goods):
        price, count = float(rng.uniform(1.5, 180)), int(rng.integers(1, 6))
        total += price * count
        sheet.text(5, y, str(rng.choice(_GOODS)), 3.2, ink)
        y += 4.6
        sheet.text(10, y, f"{price:.2f} x {count}", 3.0, ink)
        sheet.text(right, y, f"{price * count:.2f}", 3.2, ink, "rt")
        y += 5.2
    y = _dashes(sheet, y, right, ink)
    for label, value in (("合计", f"{total:.2f}"), ("实收", f"{total:.2f}"), ("找零", "0.00")):
        sheet.text(5, y, label, 4.0, ink)
        sheet.text(right, y, value, 4.0, ink, "rt", bold=label == "合计")
        y += 6
    y = _dashes(sheet, y, right, ink)
    sheet.text(middle, min(y + 2, length - 14), "谢谢惠顾　请保留小票", 3.2, ink, "mt")
    sheet.text(middle, min(y + 8, length - 8), "样张", 3.0, ink, "mt")
    if rng.random() < 0.3:
        sheet.seal(middle + float(rng.uniform(-6, 6)), length * 0.6, shop, "收讫", 30)
    room = length - 16 - (y + 8)
    if room > 22 and rng.random() < 0.7:
        side = min(28.0, room - 2)
        link = f"https://invoice.example.invalid/{int(rng.integers(10**11, 10**12))}"
        sheet.qr_code(middle - side / 2, y + 9, side, link)
    return sheet


def any_invoice(font: Path, rng: np.random.Generator) -> Sheet:
    """A hospital's invoice: lying 210 × 127 mm, or a fee list on A4 or A5."""
    layout = int(rng.integers(0, 3))
    width, height = [(210.0, 127.0), (210.0, 297.0), (210.0, 148.0)][layout]
    sheet = Sheet(width, height, font, rng, (244, 246, 240) if layout != 1 else (247, 246, 242), dpi=250)
    person = Person(rng, varied=True)
    tint: Colour = [(40, 110, 80), (150, 50, 50), (40, 40, 44)][int(rng.integers(0, 3))]
    kind = str(rng.choice(["医疗门诊收费票据", "医疗住院收费票据", "住院费用清单", "门诊费用明细清单"]))
    sheet.text(width / 2, 8, f"样张省{kind}（样张）", 6, tint, "mt", bold=rng.random() < 0.5)
    sheet.text(14, 19, f"票据号码：{int(rng.integers(10**7, 10**8))}", 3.4)
    sheet.text(width - 14, 19, f"开票日期：{date(rng)}", 3.4, anchor="rt")
    sheet.text(14, 25.5, f"交款人：{person.name}　性别：{person.sex}　医保类型：城乡居民", 3.4)
    tall = 6.4 if layout == 1 else 8.0
    rows = int(min(34, (height - 70) / tall)) if layout == 1 else int((height - 63) / tall)
    unit = (width - 24) / 186
    columns = [58.0 * unit, 20.0 * unit, 25.0 * unit, 58.0 * unit, 25.0 * unit]
    lines = rng.random() < 0.7
    if lines:
        sheet.table(12, 32, columns, [tall] * (rows + 1))
    edges = np.cumsum([12.0, *columns])
    size = float(rng.uniform(2.82, 3.4))
    for column, label in enumerate(("项目名称", "数量", "金额", "项目名称", "金额")):
        sheet.text(float(edges[column]) + 2, 32 + (tall - size) / 2, label, size, tint)
    total = 0.0
    for row in range(rows):
        y = 32 + (row + 1) * tall + (tall - size) / 2
        first, second = float(rng.uniform(2, 300)), float(rng.uniform(2, 300))
        total += first + second
        sheet.text(float(edges[0]) + 2, y, str(rng.choice(_TREATMENTS)), size)
        sheet.text(float(edges[1]) + 4, y, f"{int(rng.integers(1, 9))}", size)
        sheet.text(float(edges[3]) - 2, y, f"{first:.2f}", size, anchor="rt")
        sheet.text(float(edges[3]) + 2, y, "其他" + str(rng.choice(_TREATMENTS)), size)
        sheet.text(float(edges[5]) - 2, y, f"{second:.2f}", size, anchor="rt")
    y = 32 + (rows + 1) * tall + 3
    sheet.text(14, y, f"合计（小写）：{total:.2f}　　个人账户支付：0.00", 3.6)
    sheet.text(14, y + 8, "收款单位：样张县人民医院　　复核人：测试壬", 3.4)
    sheet.seal(width - 50 + float(rng.uniform(-8, 8)), y - 6, "样张县人民医院收费", "专用章", 34)
    if rng.random() < 0.6:
        numbers = ",".join(str(int(rng.integers(10**5, 10**8))) for _ in range(4))
        sheet.qr_code(11, 3, 15.5, f"01,10,{numbers},{total:.2f}")
    return sheet


def any_certificate(font: Path, rng: np.random.Generator) -> Sheet:
    """A certificate of about A5, lying or upright, with a coloured frame, few words, a seal, often a portrait."""
    width, height = [(210.0, 148.0), (148.0, 210.0), (185.0, 130.0)][int(rng.integers(0, 3))]
    paper: Colour = [(250, 244, 224), (247, 236, 232), (240, 246, 238)][int(rng.integers(0, 3))]
    sheet = Sheet(width, height, font, rng, paper, dpi=250)
    person = Person(rng, varied=True)
    frame: Colour = [(176, 40, 36), (36, 110, 70), (160, 120, 40)][int(rng.integers(0, 3))]
    for away, thick in ((6.0, 1.6), (8.6, 0.4)):
        for x1, y1, x2, y2 in (
            (away, away, width - away, away),
            (width - away, away, width - away, height - away),
            (away, height - away, width - away, height - away),
            (away, away, away, height - away),
        ):
            sheet.line(x1, y1, x2, y2, thick, frame)
    title = str(rng.choice(_CERTIFICATES))
    sheet.text(width / 2, 18, title, float(rng.uniform(8, 11)), frame, "mt", bold=True)
    sheet.text(width / 2, 33, f"样证字第{int(rng.integers(1000, 999999)):06}号", 3.6, anchor="mt")
    y = 44.0
    fields = (
        ("姓　　名", person.name),
        ("性　　别", person.sex),
        ("出生日期", f"{person.year}年{person.month}月{person.day}日"),
        ("公民身份号码", person.number),
        ("住　　址", person.address),
    )
    room = width - 24 - (34 if rng.random() < 0.5 else 0)
    for label, value in fields:
        sheet.text(18, y, label, 4.0)
        size = min(4.6, (room - 30) / max(1, len(value) * (0.6 if value.isascii() else 1.0)))
        sheet.text(46, y - 0.3, value, size)
        sheet.line(44, y + 5.4, room, y + 5.4, 0.15)
        y += 10.5
    if room < width - 30:
        sheet.paste(width - 42, 44, portrait(rng), 26)
    foot = height - 32
    sheet.text(width - 20, foot, "样张县示例乡人民政府", 4.4, anchor="rt")
    sheet.text(width - 20, foot + 8, date(rng), 4.4, anchor="rt")
    sheet.seal(width - 44 + float(rng.uniform(-8, 8)), foot + 2, "样张县示例乡人民政府", "", 38)
    return sheet


def any_prescription(font: Path, rng: np.random.Generator) -> Sheet:
    """A doctor's prescription, 130 × 190 mm, white, pale yellow, green or red; mostly written by hand."""
    paper: Colour = [(248, 247, 244), (248, 240, 200), (218, 238, 216), (246, 218, 218)][int(rng.integers(0, 4))]
    sheet = Sheet(130, 190, font, rng, paper, dpi=DPI)
    person = Person(rng, varied=True)
    sheet.text(65, 8, "样张县示例乡卫生院处方笺", 5.4, anchor="mt", bold=True)
    sheet.text(8, 19, f"门诊号：{int(rng.integers(10**5, 10**6))}", 3.2)
    sheet.text(122, 19, f"日期：{date(rng)}", 3.2, anchor="rt")
    ink: Colour = (24, 28, 60)
    for x, label, value in ((8, "姓名：", person.name), (56, "性别：", person.sex), (88, "年龄：", "67")):
        sheet.text(x, 27, label, 3.4)
        sheet.handwriting(x + 11, 25.5, value, 4.4, ink)
    sheet.text(8, 36, "临床诊断：", 3.4)
    sheet.handwriting(28, 34.4, str(rng.choice(["上呼吸道感染", "高血压病", "腰肌劳损", "慢性胃炎"])), 4.6, ink)
    sheet.line(8, 43, 122, 43)
    sheet.text(10, 48, "Rp.", 6.0)
    y = 58.0
    for _ in range(int(rng.integers(2, 6))):
        drug = str(rng.choice(["阿莫西林胶囊", "硝苯地平片", "复方甘草片", "布洛芬片", "维生素"]))
        sheet.handwriting(14, y, f"{drug}　{int(rng.integers(1, 4))}盒", 5.2, ink)
        sheet.handwriting(24, y + 9, f"用法：口服　一日{'一二三'[int(rng.integers(0, 3))]}次", 4.6, ink)
        y += 20
    sheet.line(8, 168, 122, 168)
    sheet.text(8, 172, "医师：", 3.4)
    sheet.handwriting(20, 170, "测试癸", 5.0, ink)
    sheet.text(60, 172, f"金额：{float(rng.uniform(8, 160)):.2f}", 3.4)
    sheet.text(8, 181, "样张　当日有效", 3.0)
    return sheet


def any_bill(font: Path, rng: np.random.Generator) -> Sheet:
    """A bill of a needle printer on tractor paper, 241 × 93 mm, with a row of holes' rims on both sides."""
    sheet = Sheet(241, 93, font, rng, (240, 244, 240), dpi=200)
    person = Person(rng, varied=True)
    for side in (6.0, 235.0):
        for row in range(7):
            sheet.ellipse(side - 2, 6.6 + row * 12.7, 4, 4, (96, 92, 88))
    for edge in (12.7, 228.3):
        for dash in np.arange(0.0, 93.0, 3.0):
            sheet.line(edge, float(dash), edge, float(dash) + 1.4, 0.15, (170, 172, 170))
    sheet.text(
        120,
        7,
        str(rng.choice(["样张县供电公司电费收据", "示例自来水公司水费通知单", "测试燃气缴费发票"])),
        5.6,
        SEAL_RED,
        "mt",
    )
    sheet.text(20, 18, f"户名：{person.name}", 3.6)
    sheet.text(120, 18, f"户号：{int(rng.integers(10**9, 10**10))}", 3.6)
    sheet.text(20, 25, f"地址：{person.address}", 3.6)
    columns = [40.0, 40.0, 40.0, 40.0, 41.0]
    sheet.table(20, 32, columns, [8.0] * 4)
    for column, label in enumerate(("上月示数", "本月示数", "用量", "单价", "金额")):
        sheet.text(22 + column * 40, 34, label, 3.4)
        for row in range(1, 4):
            sheet.text(22 + column * 40, 34 + row * 8, f"{float(rng.uniform(1, 9000)):.2f}", 3.4)
    sheet.text(20, 70, f"合计：{float(rng.uniform(20, 600)):.2f}　收款日期：{date(rng)}", 3.6)
    sheet.text(20, 80, "样张　盖章有效", 3.2)
    sheet.seal(190, 74, "样张县供电公司", "收讫", 30)
    sheet.code_128(100, 76, 60, 12, f"{int(rng.integers(10**11, 10**12))}")
    return sheet


def _dashes(sheet: Sheet, y: float, right: float, colour: Colour) -> float:
    """A row of dashes; gives the y below it."""
    x = 5.0
    while x < right - 1:
        sheet.line(x, y + 1, x + 1.4, y + 1, 0.25, colour)
        x += 2.4
    return y + 3.5
