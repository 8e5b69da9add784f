"""Code and message catalogue belong together: no key without its sentence, no sentence without its use."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.domain.catalogue_of_messages import ROOT, messages, sentences
from tests.domain.message_references import Reference, missing, references, unfilled, unused
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import InputProblem

SOURCE = ROOT / "src" / "villagedesk"


@cache
def named_in(source: Path) -> list[Reference]:
    return references(source, frozenset(key.partition(".")[0] for key in sentences()))


def test_every_key_in_the_source_has_a_sentence() -> None:
    named = named_in(SOURCE)
    assert len(named) > 100
    lines = missing(named, frozenset(sentences()))
    assert not lines, "\n" + "\n".join(lines)


def test_every_sentence_is_used() -> None:
    lines = unused(named_in(SOURCE), frozenset(sentences()))
    assert not lines, "\n" + "\n".join(lines)


def test_every_value_a_sentence_shows_is_handed_over() -> None:
    lines = unfilled(named_in(SOURCE), sentences())
    assert not lines, "\n" + "\n".join(lines)


def test_the_catalogue_reads_as_the_program_reads_it() -> None:
    assert messages().keys() == set(sentences())


def test_what_is_looked_for_is_found(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(
        '''"""domain.docstring is no reference."""
raise Problem("nowhere.at_all", count=1)
raise InputProblem("domain.a", field="x")
KEY = "domain.b"
label = words(f"domain.kind.{kind}")
label = words(f"domain.other.{kind}_{size}")
prefix = "domain.table."
Sentence("domain.shown", {"name": 1})
FILE = "domain.toml"
START = "domain.start"
CURSOR = "domain.cursor"
transaction.put_setting(CURSOR, "3")
session.execute(text("domain = 1"))
messages.text("domain.starred", **params)
''',
        encoding="utf-8",
    )
    named = references(tmp_path, frozenset({"domain"}))
    keys = frozenset(
        {
            "domain.a",
            "domain.kind.x",
            "domain.table.y",
            "domain.shown",
            "domain.starred",
            "domain.start.x",
            "domain.idle",
        }
    )
    assert missing(named, keys) == [
        "code.py:2: no message nowhere.at_all",
        "code.py:4: no message domain.b",
        r"code.py:6: no message like domain\.other\.[a-z0-9_.]*_[a-z0-9_.]*",
    ]
    assert unused(named, keys) == ["domain.idle"]
    shown = {"domain.a": "{count} 页", "domain.shown": "{name} {page.order:02d}", "domain.starred": "{any}"}
    assert unfilled(named, shown) == [
        "code.py:3: domain.a shows count",
        "code.py:8: domain.shown shows page",
    ]


def test_problems_become_sentences_and_the_field_is_no_value() -> None:
    problem = InputProblem("domain.local_no.length", field="local_no", count=3)
    assert "现在是 3 位" in messages().of(problem)


def test_unknown_keys_are_a_programming_error() -> None:
    with pytest.raises(KeyError):
        messages().text("domain.nothing_like_this")


def test_a_key_given_in_two_files_or_a_value_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[x]\ny = "1"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('x.y = "2"\n', encoding="utf-8")
    with pytest.raises(ValueError, match="is there already"):
        Messages.from_folder(tmp_path)
    (tmp_path / "b.toml").write_text("x.z = 2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="must be text"):
        Messages.from_folder(tmp_path)


def test_the_sentences_of_the_door_are_read_first_and_the_others_when_one_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "door.toml").write_text('[x]\ny = "1"\n', encoding="utf-8")
    rest = tmp_path / "rest.toml"
    rest.write_text("half of it", encoding="utf-8")
    known = Messages.door_first(tmp_path)
    assert known.text("x.y") == "1"
    with pytest.raises(ValueError, match="line 1"):
        known.text("x.z")
    rest.write_text('x.z = "2"\n', encoding="utf-8")
    assert known.text("x.z") == "2"
    rest.unlink()
    assert known.keys() == {"x.y", "x.z"}
    with pytest.raises(KeyError):
        known.text("x.w")


def test_the_catalogue_is_whole_once_it_was_completed(tmp_path: Path) -> None:
    (tmp_path / "door.toml").write_text('x = "1"\n', encoding="utf-8")
    (tmp_path / "rest.toml").write_text('y = "2"\n', encoding="utf-8")
    known = Messages.door_first(tmp_path)
    known.complete()
    (tmp_path / "rest.toml").unlink()
    assert (known.text("x"), known.text("y")) == ("1", "2")
