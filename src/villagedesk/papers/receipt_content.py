"""What a receipt 收件凭证(材料接收清单) says, whatever it is printed on (domain: section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from villagedesk.domain.case import Material, MaterialState
from villagedesk.domain.clock import SHANGHAI

COPIES = ("第一联　站点留存", "第二联　申请人留存")
"""Two copies are made: one stays, one goes with the villager."""
NO_ACCEPTANCE = "本凭证不代表受理。"
ADVICE = "是否受理以审批机关出具的文书为准；请妥善保管本凭证，凭收件流水号查询进度。"


@dataclass(frozen=True)
class ReceiptMaterial:
    """One paper handed in.

    Args:
        name: as the item's list calls it.
        form: ``"原件"`` or ``"复印件"``.
        copies: how many copies (份).
        pages: scanned sides (页).
        returned: given back to the applicant after scanning.
        note: where it is instead, e.g. that it was promised; "" where it was taken or given back.
        here: it was handed in, and counts.
    """

    name: str
    form: str
    copies: int
    pages: int
    returned: bool
    note: str = ""
    here: bool = True


@dataclass(frozen=True)
class ReceiptContent:
    """All that a receipt says (domain: section 5).

    Args:
        local_no: 收件流水号, ASCII, short enough for a Code 128 of 72 mm.
        identity_masked: the identity number as it may stand on paper, masked by the caller.
        agent_name: the one who acts for the applicant, or "".
        guardian_name: of a minor, or "".
        reused_mark: what is attested of papers of an earlier case, or "".
        received_at: aware; printed in Asia/Shanghai.
        clock_note: a sentence about a PC clock that is wrong, or "".
        supplement: it is for papers that came later than the application.
        reprint: 0 for the first print; from 1 on the paper is marked 补打 with this count.
        practice: the paper is marked as an exercise without force.
    """

    station_name: str
    local_no: str
    item_name: str
    applicant_name: str
    identity_masked: str
    phone: str
    agent_name: str
    materials: tuple[ReceiptMaterial, ...]
    received_at: datetime
    clerk_name: str
    clock_note: str = ""
    guardian_name: str = ""
    reused_mark: str = ""
    supplement: bool = False
    reprint: int = 0
    practice: bool = False


def state_words(material: Material) -> str:
    """Where a paper is that was not simply taken or given back; "" for those."""
    if material.state is MaterialState.PROMISED:
        return f"{material.promised_until} 前补交"
    if material.state is MaterialState.SEEN:
        return "看后退还"
    return "沿用以前" if material.state is MaterialState.REUSED else ""


def reused_mark(item_name: str) -> str:
    """What the clerk attests of papers of an earlier case (domain: section 5)."""
    return f"沿用以前的材料：此件经与原件核对无误，仅供办理{item_name}使用。"


def counted(content: ReceiptContent) -> str:
    """How much was handed in, in one sentence."""
    here = [one for one in content.materials if one.here]
    copies, pages = sum(one.copies for one in here), sum(one.pages for one in here)
    return f"以上收到材料共 {len(here)} 项、{copies} 份、{pages} 页，经双方当面核对无误。"


def fate(material: ReceiptMaterial) -> str:
    """Where a paper is now."""
    return material.note or ("已退还" if material.returned else "已收取")


def list_name(content: ReceiptContent) -> str:
    """What it lists, beneath its title."""
    return "（补正、补交材料接收清单）" if content.supplement else "（材料接收清单）"


def received_words(content: ReceiptContent) -> str:
    """When the papers were handed in, by Shanghai's clocks."""
    return f"{content.received_at.astimezone(SHANGHAI):%Y年%m月%d日 %H:%M}"
