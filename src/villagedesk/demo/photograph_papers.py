"""Invented papers of a village window, drawn from a seed. No one on them exists: serial 000 is never given out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from villagedesk.demo.photograph_person import Person, check_digit, portrait
from villagedesk.demo.photograph_sheet import BLACK, PENCIL, SEAL_RED, Sheet

__all__ = ["A4", "PAPERS", "Person", "check_digit"]

A4 = (210.0, 297.0)
_SAMPLE = (206, 212, 226)


def id_card_sheet(font: Path, rng: np.random.Generator) -> Sheet:
    """Both sides of a resident card on one A4 copy, at 1:1."""
    sheet = Sheet(*A4, font, rng)
    person = Person(rng)
    left, top = 62.2 + float(rng.uniform(-8, 8)), 46 + float(rng.uniform(-8, 8))
    sheet.box(left, top, 85.6, 54, (150, 160, 170), (226, 234, 238), 3)
    sheet.watermark(left + 42, top + 25, "样　张", 13, _SAMPLE)
    for row, (label, value) in enumerate((("姓名", person.name), ("性别", f"{person.sex}　民族　汉"))):
        sheet.text(left + 5, top + 6 + row * 7, label, 2.8, (60, 110, 160))
        sheet.text(left + 15, top + 5.5 + row * 7, value, 3.6)
    sheet.text(left + 5, top + 20, "出生", 2.8, (60, 110, 160))
    sheet.text(left + 15, top + 19.5, f"{person.year}年{person.month}月{person.day}日", 3.4)
    sheet.text(left + 5, top + 27, "住址", 2.8, (60, 110, 160))
    sheet.text(left + 15, top + 26.5, person.address[:12], 3.2)
    sheet.text(left + 15, top + 31.5, person.address[12:], 3.2)
    sheet.text(left + 5, top + 45, "公民身份号码", 2.8, (60, 110, 160))
    sheet.text(left + 27, top + 44, person.number, 4.4)
    sheet.paste(left + 59, top + 8, portrait(rng), 21)
    lower = top + 54 + 24
    sheet.box(left, lower, 85.6, 54, (150, 160, 170), (232, 230, 238), 3)
    sheet.watermark(left + 42, lower + 29, "样　张", 13, _SAMPLE)
    sheet.ellipse(left + 7, lower + 7, 14, 14, SEAL_RED)
    sheet.text(left + 52, lower + 7, "中华人民共和国", 5.2, anchor="mt")
    sheet.text(left + 52, lower + 16, "居民身份证", 7.0, anchor="mt")
    sheet.text(left + 12, lower + 36, "签发机关　样张县公安局", 3.4)
    sheet.text(left + 12, lower + 43, "有效期限　2015.01.01-长期", 3.4)
    sheet.text(105, lower + 70, "仅供办理城乡居民基本医疗保险参保登记使用　样张", 4, anchor="mt")
    sheet.handwriting(46, lower + 84, "与原件一致　" + person.name, 6)
    return sheet


def household_register(font: Path, rng: np.random.Generator) -> Sheet:
    """A member's page of a household register 户口簿 (143 × 105 mm, lying)."""
    sheet = Sheet(143, 105, font, rng, (240, 240, 226))
    person = Person(rng)
    sheet.text(71.5, 5, "常住人口登记卡（样张）", 5.2, anchor="mt")
    columns, rows = [22.0, 44.0, 24.0, 41.0], [9.5] * 8
    sheet.table(6, 13.5, columns, rows)
    cells = (
        ("姓　　名", person.name, "户主或与户主关系", "户主"),
        ("曾 用 名", "", "性　　别", person.sex),
        ("出 生 地", "河南省样张县", "民　　族", "汉族"),
        ("籍　　贯", "河南省样张县", "出生日期", f"{person.year}年{person.month}月{person.day}日"),
        ("本市其他住址", "无", "宗教信仰", ""),
        ("身份证号", person.number, "身　　高", f"{int(rng.integers(150, 185))}"),
        ("文化程度", "初中", "婚姻状况", "已婚"),
        ("服务处所", f"{person.village}村民委员会", "职　　业", "务农"),
    )
    for row, (label, value, label2, value2) in enumerate(cells):
        y = 13.5 + row * 9.5 + 3
        sheet.text(8, y, label, 2.9)
        sheet.text(29.5, y - 0.5, value, 3.8)
        sheet.text(73.5, y, label2, 2.6)
        sheet.text(98, y - 0.5, value2, 3.8)
    sheet.text(8, 93, "承办人签章", 2.9)
    sheet.text(80, 93, f"登记日期　{int(rng.integers(1996, 2020))}年{person.month}月{person.day}日", 2.9)
    sheet.seal(108 + float(rng.uniform(-6, 6)), 80, "样张县公安局示例派出所", "户口专用", 34)
    return sheet


def application_form(font: Path, rng: np.random.Generator) -> Sheet:
    """A dense application form, filled in by hand."""
    sheet = Sheet(*A4, font, rng)
    person = Person(rng)
    sheet.text(105, 16, "城乡居民基本医疗保险参保登记申请表", 7, anchor="mt")
    sheet.text(18, 28, f"站点：示例乡{person.village}便民服务站（样张）", 3.7)
    sheet.text(192, 28, f"编号：{int(rng.integers(1, 9999)):04}", 3.7, anchor="rt")
    rows = [11.0] * 9
    sheet.table(18, 34, [28.0, 60.0, 28.0, 58.0], rows)
    cells = (
        ("姓　名", person.name, "性　别", person.sex),
        ("证件类型", "居民身份证", "民　族", "汉"),
        ("证件号码", person.number, "联系电话", f"000{int(rng.integers(10**7, 10**8))}"),
        ("户籍地址", f"示例乡{person.village}", "人员类别", "农村居民"),
        ("参保年度", "二〇二七年", "缴费档次", "普通"),
        ("家庭成员一", "样张戊", "关　系", "配偶"),
        ("家庭成员二", "示例己", "关　系", "子女"),
        ("开户银行", "样张县信用社", "账　号", f"6200 {int(rng.integers(1000, 9999))} 0000"),
        ("代办人", "测试辛", "代办电话", "00000000000"),
    )
    for row, (label, value, label2, value2) in enumerate(cells):
        top = 34 + row * 11
        sheet.text(20, top + 3.6, label, 3.7)
        sheet.text(108, top + 3.6, label2, 3.7)
        sheet.handwriting(47.5, top + 2.2, value, 4.6)
        sheet.handwriting(135.5, top + 2.2, value2, 4.6)
    y = sheet.paragraph(
        18,
        140,
        174,
        "填表说明：一、本表由申请人如实填写，字迹清楚，不得涂改。二、参保登记以户为单位，家庭成员应当全部填写，"
        "已在其他地区参保的，须先办理停保手续。三、申请人应当提供居民身份证、户口簿的原件及复印件，经核对无误后原件当场退还。"
        "四、委托他人代办的，须提供授权委托书以及代办人的身份证件。五、缴费完成后待遇享受期自次年一月一日起至十二月三十一日止。"
        "六、个人信息仅用于办理本事项，未经本人同意不得用于其他用途。",
        3.2,
    )
    for clause in range(1, 8):
        promise = (
            f"承诺{clause}：本人所填内容和所交材料真实、完整、有效，如有虚假，愿意承担相应的法律责任，"
            "并退回所享受的待遇。"
        )
        y = sheet.paragraph(18, y + 1.5, 174, promise, 2.9)
    sheet.handwriting(120, 236, f"申请人 {person.name}", 6.5)
    sheet.handwriting(120, 247, f"二〇二六年{int(rng.integers(1, 12))}月{int(rng.integers(1, 28))}日", 5.2)
    sheet.handwriting(22, 238, "铅笔备注：下周补交照片", 4.6, PENCIL)
    sheet.text(18, 281, "样张　请勿作为凭证", 3)
    sheet.seal(150 + float(rng.uniform(-20, 10)), 246, f"示例乡{person.village}村民委员会")
    return sheet


def notice_with_seal(font: Path, rng: np.random.Generator) -> Sheet:
    """A notice with a round red seal over its date."""
    sheet = Sheet(*A4, font, rng)
    person = Person(rng)
    sheet.text(105, 32, f"示例乡{person.village}村民委员会", 8.5, SEAL_RED, "mt")
    sheet.line(22, 46, 188, 46, 0.7, SEAL_RED)
    sheet.text(105, 62, "关于办理参保登记有关事项的通知（样张）", 6.4, anchor="mt")
    y = 82.0
    for clause in (
        "　　各村民小组：为做好二〇二七年度城乡居民基本医疗保险参保登记工作，现将有关事项通知如下。",
        "　　一、办理时间自即日起至十二月三十一日，每周一至周五上午八时至十二时，下午三时至六时。",
        "　　二、办理地点在党群服务中心便民服务窗口，也可以委托亲属代为办理，由工作人员帮助填写。",
        f"　　三、请携带居民身份证、户口簿原件。咨询人：{person.name}，电话：0000-{int(rng.integers(10**6, 10**7))}。",
        "　　四、逾期未办理的，次年不能享受相应待遇，请互相转告。",
    ):
        y = sheet.paragraph(26, y, 160, clause, 5.0, 1.75)
    sheet.text(184, 212, f"示例乡{person.village}村民委员会", 5, anchor="rt")
    sheet.text(184, 222, f"二〇二六年{'一二三四五六七八九'[int(rng.integers(0, 9))]}月十五日", 5, anchor="rt")
    sheet.seal(156 + float(rng.uniform(-8, 8)), 215 + float(rng.uniform(-4, 4)), f"示例乡{person.village}村民委员会")
    return sheet


def medical_invoice(font: Path, rng: np.random.Generator) -> Sheet:
    """A hospital's invoice (210 × 127 mm, lying) with a supervisory seal."""
    sheet = Sheet(210, 127, font, rng, (244, 246, 240))
    person = Person(rng)
    green = (40, 110, 80)
    sheet.text(105, 8, "河南省医疗门诊收费票据（样张）", 6, green, "mt")
    sheet.text(14, 19, f"票据号码：{int(rng.integers(10**7, 10**8))}", 3.4)
    sheet.text(196, 19, f"开票日期：2026-{int(rng.integers(1, 12)):02}-{int(rng.integers(1, 28)):02}", 3.4, anchor="rt")
    sheet.text(14, 25.5, f"交款人：{person.name}　　　　社会信用代码：无", 3.4)
    sheet.table(12, 32, [58.0, 20.0, 25.0, 58.0, 25.0], [8.0] * 8)
    for column, head in zip((14, 71, 92, 117, 174), ("项目名称", "数量", "金额", "项目名称", "金额"), strict=True):
        sheet.text(column, 34.4, head, 3.2, green)
    names = ("挂号费", "诊察费", "化验费", "检查费", "西药费", "中成药费", "治疗费")
    total = 0.0
    for row, name in enumerate(names):
        y = 42.4 + row * 8
        first, second = float(rng.uniform(2, 300)), float(rng.uniform(2, 300))
        total += first + second
        sheet.text(14, y, name, 3.3)
        sheet.text(76, y, "1", 3.3)
        sheet.text(113, y, f"{first:.2f}", 3.3, anchor="rt")
        sheet.text(117, y, "其他" + name, 3.3)
        sheet.text(196, y, f"{second:.2f}", 3.3, anchor="rt")
    sheet.text(14, 100, f"合计（小写）：{total:.2f}　　个人账户支付：0.00", 3.6)
    sheet.text(14, 112, "收款单位：样张县人民医院　　复核人：测试壬", 3.4)
    sheet.seal(160 + float(rng.uniform(-8, 8)), 100, "样张县人民医院收费", "专用章", 34)
    return sheet


def handwritten_note(font: Path, rng: np.random.Generator) -> Sheet:
    """A statement written by hand, partly in pencil, on ruled paper."""
    sheet = Sheet(*A4, font, rng, (246, 244, 234))
    person = Person(rng)
    for row in range(22):
        sheet.line(18, 40 + row * 11, 192, 40 + row * 11, 0.2, (196, 160, 160))
    sheet.handwriting(82, 20, "情况说明（样张）", 9)
    lines = (
        f"　　我叫{person.name}，是示例乡{person.village}村民。",
        "因今年雨水多，家中房屋后墙有裂缝，地里",
        "玉米减产，一家四口主要靠打零工生活。",
        "现申请临时救助，请村里帮助核实情况。",
        "　　家庭成员：配偶样张戊，子女示例己。",
    )
    for row, line in enumerate(lines):
        sheet.handwriting(20, 43 + row * 11, line, 7)
    for row, line in enumerate(("铅笔：身份证复印件已交一份", "还差户口簿，下周三送来", person.number)):
        sheet.handwriting(24, 121 + row * 11, line, 6.5, PENCIL)
    sheet.handwriting(128, 175, "申请人：" + person.name, 7, BLACK)
    sheet.handwriting(128, 188, "二〇二六年十一月", 6, BLACK)
    return sheet


PAPERS: dict[str, Callable[[Path, np.random.Generator], Sheet]] = {
    "id_card_sheet": id_card_sheet,
    "household_register": household_register,
    "application_form": application_form,
    "notice_with_seal": notice_with_seal,
    "medical_invoice": medical_invoice,
    "handwritten_note": handwritten_note,
}
