"""The practice system's own web page: stations, cases with their pages, buttons and switches. Plain escaped HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from sqlalchemy import Row, select

from villagedesk.acceptance.wire import RevisionPayload
from villagedesk.practice.autopilot import AutopilotSetting
from villagedesk.practice.catalogue_files import CatalogueFile
from villagedesk.practice.faults import FaultKind, FaultReport, RouteKind
from villagedesk.practice.moves import MOVES
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.storage import Storage
from villagedesk.practice.tables import CASES, PAGES, REVISIONS, STATIONS

SHOWN_CASES = 200

_STATES = {
    "registered": "已登记，材料未齐",
    "submitted": "已提交，待受理",
    "accepted": "已受理",
    "refused": "不予受理",
    "correction_asked": "退回补正",
    "in_process": "办理中",
    "concluded": "已办结",
    "withdrawn": "已撤回",
    "rejected": "已退件",
}
_FAULTS = {
    FaultKind.DROP_BEFORE: "断线（未收到）",
    FaultKind.DROP_MIDWAY: "断线（收到一半）",
    FaultKind.DROP_AFTER: "断线（已保存，无回答）",
    FaultKind.CUT_ANSWER: "断线（回答到一半）",
    FaultKind.ERROR_BEFORE: "500（未保存）",
    FaultKind.ERROR_AFTER: "500（已保存）",
    FaultKind.SLOW: "缓慢",
    FaultKind.WRONG_HASH: "回答中哈希错误",
    FaultKind.HTML_PAGE: "上网认证页面",
    FaultKind.PROXY_PAGE: "502 代理页面",
    FaultKind.TRUNCATED_JSON: "JSON 残缺",
    FaultKind.BUSY_429: "429 请求过多",
    FaultKind.BUSY_503: "503 繁忙",
}
_STYLE = """
body{font:16px/1.5 "Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:24px auto;max-width:1200px;color:#222}
h1{font-size:24px}h2{font-size:18px;margin-top:28px}table{border-collapse:collapse;width:100%}
th,td{border:1px solid #ccc;padding:6px 8px;text-align:left;vertical-align:top}th{background:#f2f4f7}
form{display:inline}button{font:inherit;padding:2px 10px;margin:2px}input,select{font:inherit}
.small{color:#666;font-size:13px;word-break:break-all}
"""


def page_of(storage: Storage, division_code: str, sha256: str) -> str:
    """The media type of a stored page.

    Raises:
        WireProblem: 404 ``unknown_page``.
    """
    with storage.read() as connection:
        media_type = connection.execute(
            select(PAGES.c.media_type).where(PAGES.c.division_code == division_code, PAGES.c.sha256 == sha256)
        ).scalar_one_or_none()
    if media_type is None:
        raise WireProblem(404, "unknown_page", "没有这一页")
    return str(media_type)


def overview(
    storage: Storage, faults: FaultReport, autopilot: AutopilotSetting, catalogues: Sequence[CatalogueFile]
) -> str:
    """The whole page as HTML; the newest :data:`SHOWN_CASES` cases."""
    with storage.read() as connection:
        stations = connection.execute(select(STATIONS).order_by(STATIONS.c.division_code)).all()
        cases = connection.execute(
            select(CASES).order_by(CASES.c.first_seen_at.desc(), CASES.c.case_id).limit(SHOWN_CASES)
        ).all()
        newest: dict[str, Row[Any]] = {}
        for row in connection.execute(
            select(REVISIONS)
            .where(REVISIONS.c.case_id.in_([case.case_id for case in cases]))
            .order_by(REVISIONS.c.revision)
        ):
            newest[row.case_id] = row
        pages = {(row.division_code, row.sha256) for row in connection.execute(select(PAGES))}
    station_rows = "".join(_station_row(station) for station in stations)
    case_rows = "".join(_case_row(case, newest.get(case.case_id), pages) for case in cases)
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>练习受理系统</title><style>{_STYLE}</style></head><body>
<h1>练习受理系统</h1><p>仅供练习：这里的编号和决定没有任何效力。</p>
<h2>站点</h2><table><tr><th>区划代码</th><th>名称</th><th>登记</th><th></th></tr>{station_rows}</table>
<h2>办件（最近 {SHOWN_CASES} 件）</h2>
<table><tr><th>流水号</th><th>事项</th><th>申请人</th><th>状态</th><th>材料</th><th>办理</th></tr>{case_rows}</table>
<h2>事项目录</h2>{_catalogues(catalogues)}
<h2>自动受理</h2>{_autopilot_form(autopilot)}
<h2>故障练习</h2>{_fault_forms(faults)}
</body></html>"""


def _catalogues(files: Sequence[CatalogueFile]) -> str:
    told = "".join(
        f"<li>第 {one.version} 版" + (f"（在第 {one.base} 版上更新）" if one.base is not None else "（完整）") + "</li>"
        for one in files
    )
    how = "用 villagedesk catalogue-package 做目录文件，再 POST 到 /practice/catalogue，或放进 catalogue 文件夹。"
    return f"<ul>{told or '<li>还没有</li>'}</ul><p class='small'>{how}</p>"


def _button(action: str, title: str) -> str:
    return f'<form method="post" action="{escape(action)}"><button>{escape(title)}</button></form>'


def _station_row(station: Row[Any]) -> str:
    enrolled = station.credential_sha256 is not None
    told = f"已登记 {station.enrolled_at}" if enrolled else "未登记"
    revoke = _button(f"/practice/stations/{station.division_code}/revoke", "注销凭据") if enrolled else ""
    return (
        f"<tr><td>{escape(station.division_code)}</td><td>{escape(station.name)}</td>"
        f"<td>{escape(told)}</td><td>{revoke}</td></tr>"
    )


def _case_row(case: Row[Any], revision: Row[Any] | None, pages: set[tuple[str, str]]) -> str:
    applicant, links = "", ""
    if revision is not None:
        payload = RevisionPayload.model_validate_json(revision.payload)
        names = {material.requirement_id: material.name for material in payload.materials}
        applicant = payload.applicant.name
        for entry in payload.manifest:
            title = escape(f"{names.get(entry.requirement_id, entry.requirement_id)}_{entry.order}")
            if (case.division_code, entry.sha256) in pages:
                address = f"/practice/pages/{case.division_code}/{entry.sha256}"
                links += f'<a href="{address}">{title}</a> '
            else:
                links += f"{title}（未到）"
    buttons = "".join(
        _button(f"/practice/cases/{case.case_id}/{name}", move.title)
        for name, move in MOVES.items()
        if case.state in move.from_states
    )
    number = (
        f'<div class="small">{escape(case.acceptance_no)} / {escape(case.query_code)}</div>'
        if case.acceptance_no
        else ""
    )
    version = f"第 {revision.revision} 版" if revision is not None else ""
    return (
        f"<tr><td>{escape(case.local_no)}<div class='small'>{escape(case.case_id)} {version}</div></td>"
        f"<td>{escape(case.item_name)}</td><td>{escape(applicant)}</td>"
        f"<td>{escape(_STATES.get(case.state, case.state))}{number}</td><td>{links}</td><td>{buttons}</td></tr>"
    )


def _autopilot_form(setting: AutopilotSetting) -> str:
    seconds = "" if setting.accept_after_seconds is None else f"{setting.accept_after_seconds:g}"
    return (
        '<form method="post" action="/practice/autopilot">提交后 '
        f'<input name="accept_after_seconds" size="5" value="{escape(seconds)}" aria-label="秒数">'
        " 秒自动受理（留空为关闭）<button>保存</button></form>"
    )


def _fault_forms(report: FaultReport) -> str:
    rows = "".join(
        f"<tr><td>{escape(_FAULTS[fault.kind])}</td><td>{escape('、'.join(fault.routes) or '全部')}</td>"
        f"<td>{'不限' if fault.count is None else fault.count}</td><td>{struck}</td></tr>"
        for fault, struck in zip(report.faults, report.struck, strict=True)
    )
    kinds = "".join(f'<option value="{kind}">{escape(title)}</option>' for kind, title in _FAULTS.items())
    routes = "".join(f'<option value="{route}">{route}</option>' for route in RouteKind)
    return (
        f"<table><tr><th>故障</th><th>请求</th><th>次数</th><th>已发生</th></tr>{rows}</table>"
        '<form method="post" action="/practice/faults">'
        f'<select name="kind" aria-label="故障">{kinds}</select>'
        f'<select name="route" aria-label="请求"><option value="">全部请求</option>{routes}</select>'
        '<input name="count" size="4" value="1" aria-label="次数"> 次<button>添加</button></form>'
        f"{_button('/practice/faults', '全部关闭')}"
    )
