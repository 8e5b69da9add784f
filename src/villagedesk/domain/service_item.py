"""What can be applied for: service items 事项, what they ask for, who decides, and how long that may take.

The shape follows the national implementation list of service items (GB/T 39554.2); see domain: section 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from villagedesk.domain.form_field import FormField
from villagedesk.domain.form_rule import FormRule
from villagedesk.domain.party import ApplicantKind
from villagedesk.domain.when import When


class HandlingMode(StrEnum):
    """How a village handles an item (domain: 系统受理, 人工代办, 指导网办, 直办)."""

    SYSTEM = "system"
    PROXY = "proxy"
    GUIDED = "guided"
    ON_THE_SPOT = "on_the_spot"


class ItemType(StrEnum):
    """How an item is decided: 即办件 the same day, 承诺件 within a promised time, or elsewhere, where the village only
    guides or carries papers 指导代送."""

    AT_ONCE = "at_once"
    PROMISED = "promised"
    ELSEWHERE = "elsewhere"


class Necessity(StrEnum):
    """Whether a material must be there: 必要, 非必要 under a condition, or 可复用: an earlier one of the same person
    serves as long as it is valid."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"
    REUSABLE = "reusable"


class MaterialForm(StrEnum):
    """The paper itself or a copy of it."""

    ORIGINAL = "original"
    COPY = "copy"


class MaterialSource(StrEnum):
    """来源渠道: where the villager gets the paper."""

    APPLICANT = "applicant"
    GOVERNMENT = "government"
    VILLAGE = "village"
    INSTITUTION = "institution"
    """A hospital, school, employer or another body that is no government office."""


class TimeUnit(StrEnum):
    """What a time limit counts in."""

    WORKING_DAYS = "working_days"
    NATURAL_DAYS = "natural_days"


class FlowLevel(StrEnum):
    """Who takes a step of the flow."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"
    CITY = "city"
    OTHER = "other"
    """Outside the line of government offices, e.g. a police station or a hospital."""


class StopKind(StrEnum):
    """What may stop a clock. The first seven are those of 行政许可法 §45; the rest do only where the item's own rule
    says so (domain: section 4)."""

    HEARING = "hearing"
    TENDER = "tender"
    TEST = "test"
    INSPECTION = "inspection"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"
    PUBLICITY = "publicity"
    SITE_VISIT = "site_visit"
    LATE_CORRECTION = "late_correction"
    OTHER = "other"


@dataclass(frozen=True)
class MaterialRequirement:
    """One line of an item's checklist 材料清单项.

    Args:
        requirement_id: stable within the item, e.g. ``"id_card"``.
        name: as the clerk reads it, e.g. 居民身份证.
        form: original or copy; an original stays with the case, of a copy the original may be given back at once.
        copies: how many are handed in.
        min_pages: photographed sides at the least; 0 for what is taken but not photographed.
        source: where the villager gets it; ``issuer`` names the office or body, may be "".
        points: what to look at before taking it, each one sentence.
        when: when it is needed, for conditional ones; None otherwise.
        valid_months: how long an earlier one of the same person serves, 0 for as long as it is right; None when it
            must be brought anew. Reusable ones always have it.
        promise_days: natural days within which it may be handed in later (容缺); 0 when it may not.
        electronic: an electronic certificate is taken as well.
    """

    requirement_id: str
    name: str
    necessity: Necessity
    form: MaterialForm
    copies: int
    min_pages: int
    source: MaterialSource = MaterialSource.APPLICANT
    issuer: str = ""
    points: tuple[str, ...] = ()
    when: When | None = None
    valid_months: int | None = None
    promise_days: int = 0
    electronic: bool = False


@dataclass(frozen=True)
class TimeLimit:
    """A number of days; 0 is the same day."""

    days: int
    unit: TimeUnit


@dataclass(frozen=True)
class StopRule:
    """Something that stops the limit's clock, by the item's own rule.

    Args:
        name: as the clerk reads it, e.g. 公示7天.
        days: at most so many; None when the basis sets none.
        unit: what those days count in.
    """

    kind: StopKind
    name: str
    legal_basis: str
    days: int | None = None
    unit: TimeUnit = TimeUnit.NATURAL_DAYS


@dataclass(frozen=True)
class FlowStep:
    """One step of the flow, e.g. 受理 at the village.

    Args:
        by: the office or person that takes it.
        note: what happens, may be "".
    """

    name: str
    level: FlowLevel
    by: str
    note: str = ""


@dataclass(frozen=True)
class AgeRule:
    """Ages an applicant must have, in full years on the day of taking in.

    Args:
        least, most: inclusive, None for no bound; ``least_female`` where women have another lower bound.
        words: why, in words, e.g. 年满60周岁.
        strict: refuse; else the clerk is warned.
    """

    words: str
    least: int | None = None
    most: int | None = None
    least_female: int | None = None
    strict: bool = False


@dataclass(frozen=True)
class Office:
    """Where and when the item is handled, and whom to call; a village may put its own in place.

    Args:
        complaint_phone: 监督投诉电话.
    """

    address: str = ""
    hours: str = ""
    phone: str = ""
    complaint_phone: str = ""


@dataclass(frozen=True)
class OnlineWay:
    """How the villager applies online 网上办理.

    Args:
        url: https address, printed as QR code; "" when there is none.
        app: the phone app or site by its name.
        steps: what to do there, one sentence each.
    """

    url: str = ""
    app: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class ServiceItem:
    """One version of a service item; a case stays bound to the version it was taken in under.

    Args:
        code: text up to 64 characters, never invented; the starter catalogue's own codes begin ``VD-``.
        version: counted up by the county.
        mode: as the county sets it; a village may choose another (:mod:`villagedesk.catalogue.local_choices`).
        applicants: kinds of applicants that may apply.
        audience: who it is for, in one line; ``conditions`` the single ones.
        organ: who decides.
        legal_limit, promised_limit: None when not set.
        stops: what may stop the limit's clock.
        fee: in words, e.g. 不收费; ``fee_basis`` may be "".
        visits: how often the villager must come, None when not set.
        result: what the villager gets; ``delivery`` how.
        fields: the item's own form, in the order it is filled in; ``rules`` hold between them.
        search_words: what people call it, besides its name.
        to_check: marked 待核 until the county's own list replaces it.
    """

    code: str
    version: int
    name: str
    mode: HandlingMode
    item_type: ItemType
    audience: str
    organ: str
    materials: tuple[MaterialRequirement, ...]
    applicants: tuple[ApplicantKind, ...] = (ApplicantKind.NATURAL,)
    conditions: tuple[str, ...] = ()
    ages: AgeRule | None = None
    legal_basis: tuple[str, ...] = ()
    legal_limit: TimeLimit | None = None
    promised_limit: TimeLimit | None = None
    stops: tuple[StopRule, ...] = ()
    flow: tuple[FlowStep, ...] = ()
    fee: str = ""
    fee_basis: str = ""
    visits: int | None = None
    result: str = ""
    delivery: str = ""
    office: Office = Office()
    online: OnlineWay = OnlineWay()
    fields: tuple[FormField, ...] = ()
    rules: tuple[FormRule, ...] = ()
    search_words: tuple[str, ...] = ()
    to_check: bool = True

    def requirement(self, requirement_id: str) -> MaterialRequirement:
        """The checklist line with that id. Raises KeyError."""
        for requirement in self.materials:
            if requirement.requirement_id == requirement_id:
                return requirement
        raise KeyError(requirement_id)

    def field(self, name: str) -> FormField:
        """The field of that name. Raises KeyError."""
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(name)
