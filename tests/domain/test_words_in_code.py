"""Words a person reads stand in the message catalogue, not in code, but for the places named here."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "villagedesk"
# A paper's words are the paper, whatever language the screen speaks; the practice system and the demo have readers of
# their own; simulated devices bring their names as real ones do; the self-test prints a trial paper; rules about
# Chinese characters have to name them.
ALLOWED = (
    *(
        "papers/",
        "practice/",
        "demo/",
        "devices/camera_simulated.py",
        "devices/scanner_simulated.py",
        "devices/id_reader_simulated.py",
        "devices/id_reader_helper.py",
        "app/self_test.py",
    ),
    *("domain/names.py", "domain/names_pinyin.py", "domain/typed_text.py", "domain/masking.py", "domain/form_check.py"),
    # Rules about words and characters that are typed, which have to name them.
    *("catalogue/typed_words.py", "catalogue/nearness.py", "catalogue/variants.py"),
    # What tells a rule that can be looked up from one that is left open.
    "catalogue/legal_basis.py",
    # Words printed on papers, which rules about reading them have to name.
    "imaging/fields/",
    # Signs between the parts of a date, and the word that stands on a card in the place of a date.
    *("domain/dates.py", "domain/annex_words.py", "devices/id_record.py"),
)


def chinese_literals(file: Path) -> list[str]:
    """String literals with Han characters, docstrings left out, with their lines."""
    tree = ast.parse(file.read_text("utf-8"))
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    loose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings of attributes
    return [
        f"{file.relative_to(SOURCE)}:{node.lineno} {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and any("\u4e00" <= char <= "\u9fff" for char in node.value)
        and id(node) not in documentation | loose
    ]


def test_no_chinese_sentence_stands_in_code() -> None:
    found = [
        line
        for file in sorted(SOURCE.rglob("*.py"))
        if not str(file.relative_to(SOURCE)).startswith(ALLOWED)
        for line in chinese_literals(file)
    ]
    assert not found, "\n" + "\n".join(found)


def test_the_search_finds_one(tmp_path: Path) -> None:
    assert any("不代表受理" in line for line in chinese_literals(SOURCE / "papers" / "receipt_content.py"))
