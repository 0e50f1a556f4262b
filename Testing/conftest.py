"""Fixtures that the tests share: a key, and runs that many tests look at."""

from __future__ import annotations

from pathlib import Path

import pytest
import runs


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project key; its bytes are fixed only for the length of the session."""
    path = tmp_path_factory.mktemp("key") / "project.key"
    made = runs.command("key", "new", path)
    assert made.returncode == 0, made.stderr
    return path
