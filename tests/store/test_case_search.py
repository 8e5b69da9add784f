"""The search over all cases against a naive reading of every case: nothing missed, nothing doubled, counted exactly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.examples import examples
from tests.store.fixtures import START, OpenedStore, example_case, open_store
from villagedesk.domain.case import Case, CaseStatus
from villagedesk.domain.case_query import CaseQuery, QueryWord
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.names_pinyin import initials_forms, name_syllables
from villagedesk.domain.party import ApplicantKind, Party, PartyRole
from villagedesk.store.connection import writing_engine
from villagedesk.store.database import DATABASE_FILE, EncryptedStore
from villagedesk.store.search import fold

NAMES = (
    "阿卜杜拉\u200b•买买提",
    "王秀英",
    "王小明",
    "欧阳𬍛霖",
    "买买提·阿不都热合曼",
    "解红甲",
    "单于甲",
    "SMITH JOHN",
    "李",
    "英王",
    "秀英秀英秀英王",
    "王秀英秀英秀英",
)
CODES = ("VD-YB-001", "VD-YL-001")
_ALL = frozenset(ApplicantKind)


def case_of(number: int, name: str, agent: str = "", status: CaseStatus = CaseStatus.ACCEPTED) -> Case:
    case = example_case(name=name, status=status)
    parties = (
        (Party(PartyRole.AGENT, name=agent, document_number=f"41042219700{number:06d}X", phone=f"138{number:08d}"),)
        if agent
        else ()
    )
    return replace(
        case,
        created_at=START + timedelta(minutes=number),
        parties=parties,
        item_code=CODES[number % 2],
        acceptance_no=f"4104-{number:09d}",
        query_code=f"Q{number:05d}",
        accepting_organ=("", "某县医疗保障局", "某县民政局")[number % 3],
        received_at=datetime(2026, 1 + number % 12, 1 + number % 28, 3, number % 9, tzinfo=UTC),
        applicant=replace(case.applicant, phone=f"139{number * 7919 % 10**8:08d}"),
    )


def put(opened: OpenedStore, *cases: Case) -> None:
    for case in cases:
        opened.store.write(lambda t, case=case: t.put_case(case)).result()  # type: ignore[misc]


def naive(case: Case, word: QueryWord) -> bool:
    """The same, told plainly."""
    typed = fold(word.text)
    if not typed:
        return True
    people = [(case.applicant.name, case.applicant.document_number, case.applicant.phone)]
    people += [(one.name, one.document_number, one.phone) for one in case.parties]
    for name, *numbers in people:
        if typed in fold(name) or any(form.startswith(typed.lower()) for form in initials_forms(name)):
            return True
        if (
            len(typed) >= 3
            and typed.isalpha()
            and typed.isascii()
            and "".join(name_syllables(name)).startswith(typed.lower())
        ):
            return True
        if any(fold(one).startswith(typed) or fold(one)[-4:] == typed for one in numbers if one):
            return True
    if fold(case.acceptance_no).startswith(typed) or fold(case.acceptance_no)[-4:] == typed:
        return True
    if case.query_code and fold(case.query_code).startswith(typed):
        return True
    if fold(case.item_code).startswith(typed):
        return True
    titles = (case.item_name, case.accepting_organ, *(material.name for material in case.materials))
    if len(typed) > 1 and not typed.isascii() and any(typed in fold(title) for title in titles):
        return True
    day = (case.received_at or case.created_at).astimezone(SHANGHAI)
    said = {f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", f"{day.month}月{day.day}日"}
    said |= {f"{day.year}年{day.month}月", f"{day:%Y-%m}", f"{day:%H:%M}"}
    return word.text in said or case.item_code in word.item_codes


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OpenedStore, list[Case]]]:
    """Sixty cases of people whose names share pieces."""
    opened = open_store(tmp_path_factory.mktemp("search"))
    cases = [case_of(n, NAMES[n % len(NAMES)], NAMES[n * 3 % len(NAMES)] if n % 4 == 0 else "") for n in range(60)]
    put(opened, *cases)
    yield opened, cases
    opened.store.close()


def all_found(opened: OpenedStore, query: CaseQuery, limit: int) -> tuple[list[str], int]:
    """Page by page."""
    ids: list[str] = []
    after, counts = "", set()
    while True:
        found = opened.store.read(lambda s: s.find_cases(query, limit, after))  # noqa: B023 - called at once
        ids += [line.case_id for line in found.lines]
        counts.add(found.count)
        after = found.next
        if not after:
            assert len(counts) == 1
            return ids, counts.pop()


def query(typed: str, codes: frozenset[str] = frozenset()) -> CaseQuery:
    return CaseQuery(tuple(QueryWord(word, codes) for word in typed.split()))


_PIECES = st.sampled_from([name[a:b] for name in NAMES for a in range(len(name)) for b in range(a + 1, len(name) + 1)])
_LETTERS = st.sampled_from(
    [form[:n] for name in NAMES for form in initials_forms(name) for n in range(1, len(form) + 1)]
)
_SPOKEN = st.sampled_from(["wang", "wangxiu", "wangxiuying", "ouyang", "li", "xiehong", "maimaiti", "smithj"])
_NUMBERS = st.one_of(
    st.sampled_from(["4", "41", "410422", "4104", "139", "1390", "0001", "Q00012", "Q", "26", "X", "000X"]),
    st.integers(0, 59).map(lambda n: f"4104-{n:09d}"),
    st.integers(0, 59).map(lambda n: f"139{n * 7919 % 10**8:08d}"),
    st.integers(0, 59).map(lambda n: f"41042219700{n:06d}X"),
    st.integers(1, 18).map(lambda n: "410422190402299997"[:n]),
)
_DAYS = st.integers(0, 59).flatmap(
    lambda n: st.sampled_from(
        [
            f"2026-{1 + n % 12:02d}-{1 + n % 28:02d}",
            f"2026{1 + n % 12:02d}{1 + n % 28:02d}",
            f"{1 + n % 12}月{1 + n % 28}日",
            f"2026年{1 + n % 12}月",
        ]
    )
)
_TITLES = st.sampled_from(["医保", "医疗保", "县", "县医疗", "身份证", "民身份", "参保登记", "VDYB", "11:00", "11:07"])
_ODD = st.one_of(st.text(max_size=4), st.sampled_from(["%", "_", "'", '"']))
_WORDS = st.one_of(_PIECES, _LETTERS, _SPOKEN, _NUMBERS, _DAYS, _TITLES, _ODD)


@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(_WORDS, min_size=1, max_size=3),
    codes=st.sampled_from([frozenset[str](), frozenset({CODES[0]})]),
    limit=st.sampled_from([1, 7, 50, 1000]),
)
def test_nothing_is_missed_nothing_doubled_and_the_count_is_exact(
    filled: tuple[OpenedStore, list[Case]], words: list[str], codes: frozenset[str], limit: int
) -> None:
    opened, cases = filled
    asked = query(" ".join(words), codes)
    if not any(fold(word.text) for word in asked.words):
        return
    ids, count = all_found(opened, asked, limit)
    wanted = [case.case_id for case in cases if all(naive(case, word) for word in asked.words)]
    assert ids == list(reversed(wanted)), "the newest made first"
    assert count == len(wanted)


def test_no_word_lists_all_with_their_count(filled: tuple[OpenedStore, list[Case]]) -> None:
    opened, cases = filled
    for typed in ("", "   ", "-"):
        ids, count = all_found(opened, query(typed), 7)
        assert sorted(ids) == sorted(case.case_id for case in cases)
        assert count == len(cases)


def test_all_pieces_of_a_long_name_in_several_places_are_no_name(filled: tuple[OpenedStore, list[Case]]) -> None:
    opened, _ = filled
    assert all_found(opened, query("秀英秀英王"), 50)[1] == all_found(opened, query("秀英秀英秀英王"), 50)[1] > 0
    assert all_found(opened, query("英秀英秀王"), 50) == ([], 0)


@pytest.mark.parametrize("typed", ["阿卜杜拉买买提", "阿卜杜拉·买买提", "拉•买", "拉・买", "阿卜杜拉\u200d买买提"])
def test_a_name_is_found_with_and_without_its_dot(opened: OpenedStore, typed: str) -> None:
    case = case_of(1, "阿卜杜拉·买买提")
    opened.store.write(lambda t: t.put_case(case)).result()
    assert all_found(opened, query(typed), 9)[1] == 1


def test_an_earlier_person_is_the_one_who_is_meant_not_somebody_else_in_the_case(opened: OpenedStore) -> None:
    case = case_of(1, "王秀英", agent="买买提·阿不都热合曼")
    opened.store.write(lambda t: t.put_case(case)).result()
    persons = opened.store.read(lambda s: [person.name for person in s.earlier_persons("买买提", 9, _ALL)])
    assert persons == ["买买提·阿不都热合曼"]
    for typed in ("王秀英", "wxy", "wangxiuying", case.applicant.phone[-4:], "秀英 139"):
        names = opened.store.read(lambda s, typed=typed: [one.name for one in s.earlier_persons(typed, 9, _ALL)])  # type: ignore[misc]
        assert names == ["王秀英"]


def test_who_was_agent_and_applicant_is_offered_once_with_all_that_is_known(opened: OpenedStore) -> None:
    agent = case_of(1, "王秀英", agent="买买提·阿不都热合曼")
    party = agent.parties[0]
    own = case_of(2, party.name)
    applied = replace(own.applicant, document_kind=party.document_kind, document_number=party.document_number)
    later = case_of(3, "李小明", agent=party.name)
    for case in (replace(own, applicant=replace(applied, address="柳林村3组")), agent, later):
        opened.store.write(lambda t, case=case: t.put_case(case)).result()  # type: ignore[misc]
    found = opened.store.read(lambda s: s.earlier_persons(party.document_number, 9, _ALL))
    assert [(person.name, person.address) for person in found] == [(party.name, "柳林村3组")]


def test_words_made_by_other_rules_are_made_anew_at_opening_and_numbers_go_by_age(tmp_path: Path) -> None:
    opened = open_store(tmp_path)
    newer, older = case_of(9, "王秀英"), case_of(3, "王小明")
    put(opened, newer, older)
    opened.store.close()
    engine = writing_engine(opened.folder / DATABASE_FILE, opened.key.database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE meta SET value = '1' WHERE name = 'words_version'"))
        connection.execute(text("DELETE FROM case_words"))
        connection.execute(text("DELETE FROM case_numbers"))
    engine.dispose()
    store = EncryptedStore.open(opened.folder, opened.key, opened.clock)
    try:
        found = store.read(lambda s: s.find_cases(query("王"), 9))
        assert [line.case_id for line in found.lines] == [newer.case_id, older.case_id]
        store.write(lambda t: t.put_case(replace(older, acceptance_no="7777"))).result()
        assert store.read(lambda s: s.find_cases(query("7777"), 9)).count == 1
    finally:
        store.close()


def test_a_removed_draft_is_found_no_more_and_its_number_is_not_used_again(opened: OpenedStore) -> None:
    first, second = case_of(1, "王秀英", status=CaseStatus.DRAFT), case_of(2, "王小明", status=CaseStatus.DRAFT)
    opened.store.write(lambda t: t.put_case(first)).result()
    opened.store.write(lambda t: t.remove_draft(first.case_id)).result()
    opened.store.write(lambda t: t.put_case(second)).result()
    assert all_found(opened, query("王"), 9) == ([second.case_id], 1)
    assert re.fullmatch("[0-9]*", opened.store.read(lambda s: s.find_cases(query("王"), 9)).next)


def test_cases_of_a_person_are_those_the_whole_number_applied_in(opened: OpenedStore) -> None:
    own, other = case_of(1, "王秀英"), case_of(2, "李小明", agent="王秀英")
    number = own.applicant.document_number
    agent = replace(other.parties[0], document_number=number)
    stranger = replace(other.applicant, document_number="", phone=number[:11])
    put(opened, own, replace(other, applicant=stranger, parties=(agent,)))

    def of(typed: str) -> list[str]:
        return [case.case_id for case in opened.store.read(lambda s: s.cases_of_person(typed, 9))]

    assert of(number) == of(f" {number[:6]} {number[6:].lower()}") == [own.case_id]
    assert of(number[:6]) == of(number[:17]) == of("") == []
