"""An item's entries as papers say them."""

from __future__ import annotations

from villagedesk.domain.service_item import (
    FlowLevel,
    HandlingMode,
    MaterialForm,
    MaterialRequirement,
    MaterialSource,
    TimeLimit,
    TimeUnit,
)

FORM_WORDS = {MaterialForm.ORIGINAL: "原件", MaterialForm.COPY: "复印件"}
MODE_WORDS = {
    HandlingMode.SYSTEM: "村里收件，联网上报",
    HandlingMode.PROXY: "村里收件，代送乡镇",
    HandlingMode.GUIDED: "村里指导，网上自己办",
    HandlingMode.ON_THE_SPOT: "村里当场办",
}
LEVEL_WORDS = {
    FlowLevel.VILLAGE: "村",
    FlowLevel.TOWNSHIP: "乡镇（街道）",
    FlowLevel.COUNTY: "县（区）",
    FlowLevel.CITY: "市",
    FlowLevel.OTHER: "其他单位",
}
SOURCE_WORDS = {
    MaterialSource.APPLICANT: "自己准备",
    MaterialSource.GOVERNMENT: "政府部门出具",
    MaterialSource.VILLAGE: "村里出具",
    MaterialSource.INSTITUTION: "医院、学校等单位出具",
}
_UNIT_WORDS = {TimeUnit.WORKING_DAYS: "个工作日", TimeUnit.NATURAL_DAYS: "天"}


def limit_words(limit: TimeLimit | None) -> str:
    """A limit in words; one that is not set says so."""
    if limit is None:
        return "待定"
    return f"{limit.days} {_UNIT_WORDS[limit.unit]}" if limit.days else "当场办结"


def form_words(requirement: MaterialRequirement) -> str:
    """Original or copy, and how many."""
    return f"{FORM_WORDS[requirement.form]}{requirement.copies}份"


def source_words(requirement: MaterialRequirement) -> str:
    """Where the villager gets it."""
    return requirement.issuer or SOURCE_WORDS[requirement.source]
