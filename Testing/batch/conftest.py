"""Inputs that the tests of runs share."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.make_series import write_series

from batch.folders_of_runs import finish, tree


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of 700 small instances in three series."""
    folder = tmp_path_factory.mktemp("many") / "input"
    write_series(folder, 700, pixel_bytes=2048)
    return folder


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of 12 small instances."""
    folder = tmp_path_factory.mktemp("few") / "input"
    write_series(folder, 12, pixel_bytes=2048)
    return folder


@pytest.fixture(scope="session")
def undisturbed(many: Path, key_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the hashes of the output of a run of `many` that nothing disturbed."""
    output = tmp_path_factory.mktemp("undisturbed") / "output"
    code, said = finish(many, "--output", output, "--key-file", key_file, "--jobs", 1)
    assert code == 0, said
    return tree(output)
