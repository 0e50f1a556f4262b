"""The files that a run says it wrote: by the manifest of its report and by its journal."""

from __future__ import annotations

import csv
import hashlib
import os
from pathlib import Path

from ..files.folders import LOCK_NAME, FolderError
from ..files.system_paths import system_path, walk
from .journal import JOURNAL_NAME, lines_of_last_run

_REPORT = "report"
_BLOCK = 1 << 20
_Sums = dict[str, set[tuple[str, int]]]


def outputs_of_run(output: Path, private: Path) -> list[str]:
    """Return the paths, below the output folder, of the files of a run that are there.

    Parameters
    ----------
    output : Path
        Output folder, canonical.
    private : Path
        Private folder of the run; it may be absent, as where the output was received from somebody.

    Raises
    ------
    FolderError
        If the folder is not the output of a run, or holds a file that the run did not write or that was changed since.
    """
    listed = _from_manifest(output / _REPORT / "manifest.csv")
    for line in lines_of_last_run(private / JOURNAL_NAME, str(output)):
        if line.get("status") == "written" and isinstance(line.get("output"), str):
            listed.setdefault(line["output"], set()).add((line.get("sha256") or "", line.get("size") or 0))
    if not listed:
        raise FolderError("the folder is not the output of a run: it has no report with a manifest, and no journal")
    present = sorted(_files_of(output))
    strange = sum(name not in listed for name in present)
    if strange:
        raise FolderError(f"the folder holds files that the run did not write ({strange}): remove them first")
    changed = sum(not _is_as_listed(output / name, listed[name]) for name in present)
    if changed:
        text = f"the folder holds files that were changed since the run wrote them ({changed}): they may hold anything"
        raise FolderError(text)
    return present


def _from_manifest(path: Path) -> _Sums:
    listed: _Sums = {}
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                listed.setdefault(row["path"], set()).add((row["sha256"].lower(), int(row["bytes"])))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error):
        raise FolderError("the manifest in the folder's report cannot be read") from None
    return listed


def _files_of(output: Path) -> list[str]:
    found = []
    for folder, folders, names in walk(output):
        relative = Path(folder).relative_to(output)
        if relative == Path("."):
            folders[:] = [name for name in folders if name != _REPORT]
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        found += [(relative / name).as_posix() for name in (*names, *links) if name != LOCK_NAME]
    return found


def _is_as_listed(path: Path, listed: set[tuple[str, int]]) -> bool:
    if not path.is_file():
        return False
    size = path.stat().st_size
    sums = {digest for digest, bytes_written in listed if bytes_written == size}
    return "" in sums or (bool(sums) and _sha256_of(path) in sums)


def _sha256_of(path: Path) -> str:
    state = hashlib.sha256()
    with open(system_path(str(path)), "rb") as stream:
        while block := stream.read(_BLOCK):
            state.update(block)
    return state.hexdigest()
