"""No statement of SQLAlchemy's that all threads share has others derived from it.

``statement.where(…)`` copies the statement's ``__dict__``. On CPython 3.11 a garbage collection may begin within that
copy and let another thread in, which stores a memoised attribute in the same ``__dict__``: the interpreter then ends
by a segmentation fault, and with it the program (I11). Executing a shared statement copies nothing and is safe.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import villagedesk

SOURCE = Path(villagedesk.__file__).parent
DERIVING_NOTHING = frozenset({"excluded", "exists", "label", "scalar_subquery", "subquery", "c"})


def _derivations(code: str) -> list[str]:
    """Lines of functions that call a deriving method on a statement made at the module's top."""
    module = ast.parse(code)
    shared = {
        target.id
        for node in module.body
        if isinstance(node, ast.Assign) and _begins_statement(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.Lambda)]
    return sorted(
        {
            f"line {use.lineno}: {use.value.id}.{use.attr}"
            for function in functions
            for use in ast.walk(function)
            if isinstance(use, ast.Attribute)
            and isinstance(use.value, ast.Name)
            and use.value.id in shared
            and use.attr not in DERIVING_NOTHING
        }
    )


def _begins_statement(value: ast.expr) -> bool:
    while isinstance(value, ast.Call | ast.Attribute):
        value = value.func if isinstance(value, ast.Call) else value.value
    return isinstance(value, ast.Name) and value.id in {"select", "insert", "update", "delete", "union", "text"}


@pytest.mark.parametrize("folder", ["store", "reports", "practice"])
def test_no_shared_statement_has_others_derived_from_it(folder: str) -> None:
    files = sorted((SOURCE / folder).rglob("*.py"))
    assert files
    found = {file.name: _derivations(file.read_text("utf-8")) for file in files}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_derivation_is_found() -> None:
    code = "LINE = select(A).where(B)\n\ndef read(limit):\n    return LINE.limit(limit)\n"
    assert _derivations(code) == ["line 4: LINE.limit"]
