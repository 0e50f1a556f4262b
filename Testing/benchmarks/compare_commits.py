"""Whether two revisions of this repository de-identify the same inputs to the same bytes.

Each revision is checked out into a temporary worktree and its own command line runs over the synthetic patients, the
files that ship with pydicom and those of the package pydicom-data, with one key, several sets of options and both
engines. Every ``.dcm`` file, ``deident.map`` and CSV file is compared byte by byte. The texts of report and terminal
may differ::

    python Testing/benchmarks/compare_commits.py main my-branch
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pydicom

TESTING = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTING))

from synthetic import make_patients  # noqa: E402  (the path of the tests comes first)

SEEDS = (1, 2, 3)
ENGINES = ("reference", "stream")
OPTION_SETS = {
    "defaults": ["--mapping-file"],
    "clean": [
        *("--mapping-file", "--dates", "remove", "--keep-subject-characteristics", "--keep-safe-private"),
        *("--clean-descriptors", "--clean-structured-content", "--clean-graphics"),
    ],
    "retain": [
        *("--mapping-file", "--keep-id-name", "--dates", "keep", "--keep-safe-private", "--retain-uids"),
        *("--retain-device-identity", "--retain-institution-identity", "--clean-descriptors"),
    ],
    "deface": ["--mapping-file", "--deface", "--clean-descriptors", "--clean-graphics"],
}
KEY = "5a" * 32


def main(words: list[str] | None = None) -> int:
    """Return 0 if the revisions write the same, 1 if not; the differences are printed."""
    parser = argparse.ArgumentParser(description="Compare what two revisions write, byte by byte.")
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--options", choices=OPTION_SETS, action="append", help="only this set of options")
    parser.add_argument("--audit", action="store_true", help="audit each output as well, which may withhold files")
    arguments = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        inputs = _make_inputs(folder / "inputs")
        key = folder / "key"
        key.write_text(f"deidentify-key-v1 {KEY}\n")
        key.chmod(0o600)
        common = ["--key-file", str(key), *([] if arguments.audit else ["--no-audit"])]
        checkouts = [_checkout(revision, folder / side) for side, revision in _sides(arguments)]
        try:
            differences = 0
            for name in arguments.options or OPTION_SETS:
                for engine in ENGINES:
                    words = [*common, *OPTION_SETS[name], "--engine", engine]
                    written = [_run(checkout, inputs, words, f"{name}-{engine}") for checkout in checkouts]
                    differences += _compare(f"{name}, {engine}", *written)
        finally:
            for checkout in checkouts:
                _git("worktree", "remove", "--force", str(checkout))
    print(f"{differences} differences")
    return 1 if differences else 0


def _sides(arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    yield "old", arguments.old
    yield "new", arguments.new


def _make_inputs(folder: Path) -> list[str]:
    for seed in SEEDS:
        (folder / str(seed)).mkdir(parents=True)
        make_patients(folder / str(seed), seed)
    cached = find_spec("data_store")  # the module of the package pydicom-data
    packages = [pydicom.__file__, *([cached.origin] if cached and cached.origin else [])]
    return [str(folder), *(str(Path(package).parent / "data") for package in packages)]


def _git(*words: str) -> None:
    subprocess.run(["git", *words], cwd=TESTING, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _checkout(revision: str, place: Path) -> Path:
    _git("worktree", "add", "--detach", str(place), revision)
    return place


def _run(checkout: Path, inputs: list[str], words: list[str], name: str) -> dict[str, str]:
    """Return the SHA-256 of each compared file by its path.

    Raises
    ------
    RuntimeError
        If nothing was written: two runs that fail alike would look equal.
    """
    output = checkout.with_name(f"{checkout.name}-outputs") / name
    environment = {**os.environ, "PYTHONPATH": str(checkout / "DeidentifyModule")}
    command = [sys.executable, "-m", "DeidentifyLib", "run", *inputs, "--output", str(output), *words]
    log = subprocess.run(
        [*command, "--progress", "none"], env=environment, cwd=checkout, text=True, capture_output=True, check=False
    )
    digests = {}
    for folder in (output, output.with_name(output.name + ".private")):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and (path.suffix in {".dcm", ".csv"} or path.name == "deident.map"):
                place = f"{folder.suffix or 'output'}/{path.relative_to(folder)}"
                digests[place] = hashlib.sha256(path.read_bytes()).hexdigest()
                path.unlink()
    if not any(place.endswith(".dcm") for place in digests):
        raise RuntimeError(f"{checkout.name}, {name}: nothing was written (exit code {log.returncode})\n{log.stderr}")
    return digests


def _compare(name: str, old: dict[str, str], new: dict[str, str]) -> int:
    different = sorted(place for place in old.keys() | new.keys() if old.get(place) != new.get(place))
    print(f"{name}: {len(old)} files, {len(different)} different", flush=True)
    for place in different:
        what = "only in old" if place not in new else "only in new" if place not in old else "different bytes"
        print(f"    {place}: {what}")
    return len(different)


if __name__ == "__main__":
    sys.exit(main())
