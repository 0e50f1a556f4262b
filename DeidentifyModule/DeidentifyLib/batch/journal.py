"""The journal of a run: one JSON line per input file, in the private folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any

from .folders import open_private
from .sources import Source

JOURNAL_NAME = "journal.jsonl"


class Journal:
    """Appends what became of each input.

    Parameters
    ----------
    private : Path
        Private folder.
    """

    def __init__(self, private: Path) -> None:
        self._file = os.fdopen(open_private(private / JOURNAL_NAME, "a"), "a", encoding="utf-8")

    def begin(self, values: dict[str, Any]) -> None:
        """Write the line that begins a run."""
        self._write({"run": values})

    def add(self, source: Source, status: str, reason: str, output: str | None, sha256: str = "") -> None:
        """Write the line of one input."""
        self._write(
            {
                "input": source.path,
                "member": source.member,
                "output": output,
                "status": status,
                "reason": reason,
                "sha256": sha256 or None,
            }
        )

    def sync(self) -> None:
        """Bring what was written to the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def _write(self, values: dict[str, Any]) -> None:
        self._file.write(json.dumps(values, ensure_ascii=True) + "\n")

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sync()
        self._file.close()
