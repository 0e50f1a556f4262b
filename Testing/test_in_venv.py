"""What the commands of ``in_venv.py`` run."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).with_name("in_venv.py")
PLACE = SCRIPT.parent / "batch"


@pytest.fixture
def in_venv(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the script, which notes the commands instead of running them."""
    spec = importlib.util.spec_from_file_location("in_venv", SCRIPT)
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.commands = []
    monkeypatch.setattr(script, "_environment", lambda: Path("python"))
    monkeypatch.setattr(script.subprocess, "call", lambda command, cwd=None: script.commands.append(command) or 0)
    return script


def run(script: ModuleType, *words: str) -> list[list[str]]:
    """Return the commands after the installation, without the name of Python."""
    assert script.main(list(words)) == 0
    assert script.commands[0][1:4] == ["-m", "pip", "install"]
    return [command[1:] for command in script.commands[1:]]


def test_tests_without_a_path_are_all_tests(in_venv: ModuleType) -> None:
    ((*_, last),) = run(in_venv, "tests")
    assert last == "Testing"


def test_tests_with_options_alone_are_all_tests(in_venv: ModuleType) -> None:
    ((*_, before, last),) = run(in_venv, "tests", "-x")
    assert (before, last) == ("-x", "Testing")


@pytest.mark.parametrize("path", ["test_faults.py", "test_faults.py::test_it", "."])
def test_tests_with_a_path_are_those_of_the_path_seen_from_the_caller(
    in_venv: ModuleType, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(PLACE)
    (command,) = run(in_venv, "tests", path)
    assert "Testing" not in command
    assert command[-1] == str(PLACE if path == "." else PLACE / path)


def test_check_runs_style_types_and_fast_tests_that_exist(in_venv: ModuleType) -> None:
    *first, tests = run(in_venv, "check")
    assert [command[1] for command in first] == ["ruff", "ruff", "mypy"]
    named = [SCRIPT.parents[1] / word for word in tests if word.endswith(".py")]
    assert named and all(path.is_file() for path in named)


def test_check_stops_at_what_fails(in_venv: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_venv.subprocess, "call", lambda command, cwd=None: 3 if "ruff" in command else 0)
    assert in_venv.main(["check"]) == 3
