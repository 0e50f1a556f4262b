"""Counts how many names stay that no header tells: alone as a description, and within a technical phrase.

``python Testing/benchmarks/names_alone.py FILE`` reads names, one or more a line, separated by tabs.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "DeidentifyModule")]

from DeidentifyLib.free_text.decide import decide_text  # noqa: E402


def stays(name: str, text: str) -> bool:
    """Return whether a name is left of a text."""
    return name.casefold() in decide_text(text).text.casefold()


def main() -> None:
    """Print the counts and the names that stay."""
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    names = sorted({name for line in text.splitlines() for name in line.split("\t") if len(name) > 1})
    alone = [name for name in names if stays(name, name) or stays(name, name.upper()) or stays(name, name.lower())]
    phrase = [name for name in names if stays(name, f"axial {name} brain")]
    print(f"{len(names)} names; {len(alone)} stay alone: {alone}")
    print(f"{len(phrase)} stay within a technical phrase: {phrase}")


if __name__ == "__main__":
    main()
