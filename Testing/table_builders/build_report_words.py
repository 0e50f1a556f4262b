"""Make the list of words that a report may hold whoever the subjects are: those of our own texts and of the dictionary.

``python Testing/table_builders/build_report_words.py`` writes ``DeidentifyLib/audit/data/report_words.txt``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from pydicom.datadict import DicomDictionary

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "DeidentifyModule" / "DeidentifyLib"
TARGET = LIBRARY / "audit" / "data" / "report_words.txt"
LEAST = 5


def texts() -> Iterator[str]:
    """Yield the texts that can come into a report."""
    for path in sorted(LIBRARY.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    for path in sorted((LIBRARY / "report" / "data").iterdir()):
        yield path.read_text(encoding="utf-8")
    yield (ROOT / "docs" / "conformance-statement.txt").read_text(encoding="utf-8")
    for table in ("table_E.1-1.csv", "table_E.3.10-1.csv"):
        yield (LIBRARY / "standard" / "data" / table).read_text(encoding="utf-8")
    for _, _, name, _, keyword in DicomDictionary.values():
        yield f"{name} {keyword}"


def main() -> None:
    """Write the list."""
    words = {word for text in texts() for word in re.findall(r"[a-z]+", text.casefold()) if len(word) >= LEAST}
    head = "# made by Testing/table_builders/build_report_words.py; do not edit\n"
    TARGET.write_text(head + "".join(f"{word}\n" for word in sorted(words)), encoding="utf-8")


if __name__ == "__main__":
    main()
