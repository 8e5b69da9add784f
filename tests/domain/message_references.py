"""Where the source names message keys, found in its syntax trees.

A key is named by a text that looks like one and begins with a table of the catalogue (``"store.disk_full"``), by an
f-string that does (``f"status.{status}"``, which names every key it could become), or as the first argument of what
takes keys, whatever it looks like. Names of stored settings look alike and are left out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from string import Formatter

_KEY = re.compile(r"[a-z_]+(?:\.[a-z0-9_]+)+")
_PREFIX = re.compile(r"[a-z_]+(?:\.[a-z0-9_]+)*\.(?:[a-z0-9_]+)?")
_FILE_NAME = re.compile(r".*\.(?:toml|json|db|pdf|png|jpg|svg|ttf|txt|lock|log|py)")
_TAKES_KEY = frozenset(
    {"Problem", "InputProblem", "EnvironmentProblem", "Sentence", "StateSentence", "words", "_words"}
)
_PART = "[a-z0-9_.]+"


@dataclass(frozen=True)
class Reference:
    """One place that names a key, or a pattern of keys.

    Args:
        place: ``file:line``.
        key: the key, or "" for a pattern.
        pattern: regular expression of the keys an f-string can become, or "".
        given: names of the values handed over with it, None where the syntax does not tell.
        loose: a text on its own, which may also be the beginning of keys that are put together elsewhere.
    """

    place: str
    key: str
    pattern: str = ""
    given: frozenset[str] | None = None
    loose: bool = False


def references(source: Path, tables: frozenset[str]) -> list[Reference]:
    """All references in a source tree.

    Args:
        tables: first parts of the catalogue's keys.
    """
    found: list[Reference] = []
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in sorted(source.rglob("*.py"))}
    settings = frozenset(name for tree in trees.values() for name in _names_of_settings(tree))
    for file, tree in trees.items():
        for node, reference in _in_tree(tree, tables, settings):
            place = f"{file.relative_to(source)}:{getattr(node, 'lineno', 0)}"
            found.append(replace(reference, place=place))
    return found


def placeholders(sentence: str) -> frozenset[str]:
    """Names of the values a sentence shows."""
    return frozenset(re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(sentence) if name is not None)


def missing(found: list[Reference], keys: frozenset[str]) -> list[str]:
    """References the catalogue does not answer, as lines to read."""
    lines: list[str] = []
    for reference in found:
        beginning = reference.key if reference.key.endswith("_") else f"{reference.key}."
        if reference.loose and any(key.startswith(beginning) for key in keys):
            continue
        if reference.key and reference.key not in keys:
            lines.append(f"{reference.place}: no message {reference.key}")
        elif reference.pattern and not any(re.fullmatch(reference.pattern, key) for key in keys):
            lines.append(f"{reference.place}: no message like {reference.pattern}")
    return lines


def unused(found: list[Reference], keys: frozenset[str]) -> list[str]:
    """Keys no reference names."""
    named = {reference.key for reference in found}
    patterns = [re.compile(reference.pattern) for reference in found if reference.pattern]
    patterns += [re.compile(re.escape(reference.key) + r"\..+") for reference in found if reference.loose]
    return sorted(key for key in keys - named if not any(pattern.fullmatch(key) for pattern in patterns))


def unfilled(found: list[Reference], sentences: Mapping[str, str]) -> list[str]:
    """References whose sentence shows a value that is not handed over."""
    return [
        f"{reference.place}: {reference.key} shows {', '.join(sorted(lacking))}"
        for reference in found
        if reference.given is not None and (lacking := placeholders(sentences.get(reference.key, "")) - reference.given)
    ]


def _names_of_settings(tree: ast.AST) -> Iterator[str]:
    """Variables handed to the store as names of settings."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("setting", "put_setting")
            and node.args
        ):
            yield from (part.id for part in ast.walk(node.args[0]) if isinstance(part, ast.Name))


def _in_tree(tree: ast.AST, tables: frozenset[str], settings: frozenset[str]) -> Iterator[tuple[ast.AST, Reference]]:
    within: set[ast.AST] = set()  # texts already read as part of a call, an f-string, a docstring or a setting's name
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            within.add(node.value)
        elif isinstance(node, ast.Assign) and {getattr(target, "id", "") for target in node.targets} & settings:
            within.update(ast.walk(node.value))
        elif isinstance(node, ast.Call) and node.args and (reference := _called_with_key(node, tables)):
            within.add(node.args[0])
            yield node, reference
        elif isinstance(node, ast.JoinedStr):
            within.update(node.values)
            if node not in within and (pattern := _pattern(node, tables)):
                yield node, Reference("", "", pattern)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in within:
            text = node.value
            if text.partition(".")[0] not in tables or _FILE_NAME.fullmatch(text):
                continue
            if _KEY.fullmatch(text):
                yield node, Reference("", text, loose=True)
            elif text.endswith(".") and _PREFIX.fullmatch(text):
                yield node, Reference("", "", re.escape(text) + _PART)


def _called_with_key(call: ast.Call, tables: frozenset[str]) -> Reference | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[0]
    if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
        return None
    if name == "text" and not (_KEY.fullmatch(first.value) and first.value.partition(".")[0] in tables):
        return None  # sqlalchemy.text and drawing have that name too
    if name not in _TAKES_KEY and name != "text":
        return None
    return Reference("", first.value, given=_given(name, call))


def _given(name: str, call: ast.Call) -> frozenset[str] | None:
    if name in ("Sentence", "StateSentence"):
        table = (
            call.args[1] if len(call.args) > 1 else next((k.value for k in call.keywords if k.arg == "params"), None)
        )
        if table is None:
            return frozenset() if name == "Sentence" else None
        if not isinstance(table, ast.Dict):
            return None
        names = [key.value if isinstance(key, ast.Constant) else None for key in table.keys]
    else:
        names = [keyword.arg for keyword in call.keywords]
    if any(not isinstance(given, str) for given in names):
        return None
    return frozenset(str(given) for given in names)


def _pattern(node: ast.JoinedStr, tables: frozenset[str]) -> str:
    first = node.values[0] if node.values else None
    if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
        return ""
    if first.value.partition(".")[0] not in tables or not _PREFIX.fullmatch(first.value):
        return ""
    parts = [re.escape(str(value.value)) if isinstance(value, ast.Constant) else "[a-z0-9_.]*" for value in node.values]
    return "".join(parts)
