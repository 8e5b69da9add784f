"""The practice system's web page and who may use it."""

from __future__ import annotations

import requests

from tests.practice.village import Village, page, payload
from villagedesk.practice.server import PracticeServer

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}


def _page(village: Village) -> requests.Response:
    answer = village.call("GET", "/practice/")
    assert answer.status_code == 200
    return answer


def test_page_lists_stations_cases_pages_and_escapes_everything(shared_village: Village) -> None:
    here, missing = page("here"), page("missing")
    record = payload(pages=(here, missing), name="<script>甲</script>", item_name='"><img src=x>')
    shared_village.upload(here)
    shared_village.put(record)
    answer = _page(shared_village)
    html = answer.text
    assert "柳林村便民服务站" in html
    assert "&lt;script&gt;甲&lt;/script&gt;" in html
    assert "<script" not in html
    assert "<img" not in html
    assert "居民身份证_1</a>" in html
    assert "居民身份证_2（未到）" in html
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "http" not in html.replace(shared_village.address, ""), "no external assets"
    assert "410421190002300018" not in html


def test_page_shows_a_stored_page(shared_village: Village) -> None:
    content = page("seen")
    record = payload(pages=(content,))
    shared_village.commit(record, content)
    link = _page(shared_village).text.partition('<a href="')[2].partition('"')[0]
    shown = shared_village.call("GET", link)
    assert (shown.content, shown.headers["Content-Type"]) == (content, "image/jpeg")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shared_village.call("GET", link.replace("410421103207", "410421103208")).status_code == 404


def test_stored_html_is_never_shown_as_html(shared_village: Village) -> None:
    content = b"<script>alert(1)</script>"
    path = shared_village.begin(content, media_type="text/html")
    assert shared_village.patch(path, 0, content).status_code == 204
    shared_village.put(payload(pages=(content,)))
    shown = shared_village.call("GET", _page(shared_village).text.partition('<a href="')[2].partition('"')[0])
    assert shown.headers["Content-Type"] == "application/octet-stream"
    assert shown.headers["Content-Disposition"] == "attachment"


def test_buttons_are_those_that_are_possible_and_lead_back(shared_village: Village) -> None:
    record = payload()
    shared_village.commit(record)
    action = f"/practice/cases/{record.case_id}/accept"
    assert f'action="{action}"' in _page(shared_village).text
    answer = shared_village.call("POST", action, b"", {**FORM, "Origin": shared_village.address})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/practice/")
    html = _page(shared_village).text
    assert f'action="{action}"' not in html
    assert "已受理" in html
    number = shared_village.call("GET", "/v1/changes").json()["changes"][-1]["values"]["acceptance_no"]
    assert number in html


def test_fault_and_autopilot_forms(server: PracticeServer, village: Village) -> None:
    body = b"kind=busy_503&route=revision&count=1"
    assert village.call("POST", "/practice/faults", body, FORM).status_code == 303
    assert village.call("POST", "/practice/faults", b"kind=slow&route=&count=", FORM).status_code == 303
    assert [fault.kind for fault in server.faults.report().faults] == ["busy_503", "slow"]
    assert "503 繁忙" in _page(village).text
    assert village.call("POST", "/practice/faults", b"kind=sulk", FORM).status_code == 422
    assert village.call("POST", "/practice/faults", b"kind=", FORM).status_code == 303
    assert server.faults.report().faults == ()
    assert village.call("POST", "/practice/autopilot", b"accept_after_seconds=3", FORM).status_code == 303
    assert 'value="3"' in _page(village).text
    assert village.call("POST", "/practice/autopilot", b"accept_after_seconds=-1", FORM).status_code == 422
    assert village.call("POST", "/practice/autopilot", b"accept_after_seconds=", FORM).status_code == 303
    assert 'value=""' in _page(village).text


def test_other_sites_and_other_names_are_refused(shared_village: Village) -> None:
    record = payload()
    shared_village.commit(record)
    path = f"/practice/cases/{record.case_id}/accept"
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example"},
        {"Host": "evil.example", "Origin": "https://evil.example"},
    ):
        answer = shared_village.call("POST", path, b"", headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "loopback_only"), headers
    assert shared_village.move(record.case_id, "accept").status_code == 200, "nothing had moved it"
