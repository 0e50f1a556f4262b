"""De-identify a folder with a tool that is a Python library; one bad file does not end it.

``python peers_drive.py TOOL INPUT OUTPUT``; the interpreter must have the tool installed. Default settings of each.
Prints the number of files that the tool refused, and why.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from peer_tools import TOOLS


def idiscore() -> Callable[[Path, Path], None]:
    """Return idiscore's default core; it refuses what may have burned-in text."""
    from idiscore.defaults import create_default_core
    from pydicom import dcmread

    core = create_default_core()

    def one(source: Path, target: Path) -> None:
        core.deidentify(dcmread(source)).save_as(target)

    return one


def dcmanon() -> Callable[[Path, Path], None]:
    """Return dcmanon with its default actions."""
    from dcmanon import Anonymizer

    anonymizer = Anonymizer()

    def one(source: Path, target: Path) -> None:
        target.write_bytes(anonymizer.anonymize(str(source)))

    return one


def main(tool: str, source: str, output: str) -> int:
    """Write what the tool can write; return 0."""
    work = {**TOOLS, "idiscore": idiscore, "dcmanon": dcmanon}[tool]()
    refused: Counter[str] = Counter()
    Path(output).mkdir(parents=True)
    for path in sorted(path for path in Path(source).rglob("*") if path.is_file()):
        target = Path(output) / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            work(path, target)
        except Exception as error:  # whatever a tool raises, its next file is tried
            refused[type(error).__name__] += 1
            target.unlink(missing_ok=True)
    print(", ".join(f"{name} x{count}" for name, count in refused.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
