"""What is written down of a fault: where and of what kind, never what it says."""

from __future__ import annotations

from villagedesk.domain.fault_trace import fault_lines

SECRET = "王秀英410422190402299997"


def fault() -> BaseException:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(f"cannot save {SECRET}") from error
    except ValueError as error:
        return error


def test_kinds_and_places_of_the_whole_chain_and_no_value_and_no_folder() -> None:
    lines = fault_lines(fault())
    assert [line for line in lines if not line.startswith(" ")] == ["builtins.ValueError", "builtins.KeyError"]
    assert sum(line.startswith("  test_fault_trace.py:") and line.endswith(" fault") for line in lines) == 2
    text = "\n".join(lines)
    assert SECRET not in text
    assert "cannot save" not in text
    assert "/" not in text


def test_a_fault_that_is_its_own_cause_has_an_end() -> None:
    error = ValueError(SECRET)
    other = KeyError(SECRET)
    error.__cause__, other.__cause__ = other, error
    assert fault_lines(error) == ["builtins.ValueError", "builtins.KeyError"]


def test_folders_of_either_system_are_left_out() -> None:
    for path in ("/home/wang/villagedesk/x.py", "C:\\Users\\wang\\x.py"):
        try:
            exec(compile("raise ValueError", path, "exec"), {})
        except ValueError as error:
            assert fault_lines(error)[-1] == "  x.py:1 <module>"
