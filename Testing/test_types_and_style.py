"""ruff and mypy find nothing, in the versions that pyproject.toml pins."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXTRA = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]["test"]
PINNED = dict(line.split("==") for line in EXTRA if line.startswith(("mypy==", "ruff==")))
COMMANDS = {
    "ruff check": ("ruff", "check", "--no-cache"),
    "ruff format": ("ruff", "format", "--check", "--no-cache"),
    "mypy": ("mypy", "--no-error-summary"),
}


def installed(tool: str) -> str:
    """Return the version that is installed, empty if there is none."""
    try:
        return version(tool)
    except PackageNotFoundError:
        return ""


def test_both_tools_are_pinned() -> None:
    assert set(PINNED) == {"mypy", "ruff"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_tool_finds_nothing(name: str, tmp_path: Path) -> None:
    tool, *words = COMMANDS[name]
    if installed(tool) != PINNED[tool]:
        pytest.skip(f"{tool} {PINNED[tool]} of the test extra is not installed")
    if tool == "mypy":
        words += ["--cache-dir", str(tmp_path)]
    done = subprocess.run([sys.executable, "-m", tool, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
