"""What a run recorded of the pixels that it changed: ``pixels.jsonl`` in the private folder."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np


class PixelRecords:
    """Reads ``pixels.jsonl``: one line per changed output.

    ``{"output": path, "boxes": [[frame or null, x, y, width, height], ...], "mask": file or null}``; `mask` names a
    ``.npy`` or ``.npz`` (``mask``) file of the private folder with the bool mask (row, column) or (frame, row, column)
    of the output. A line with another ``output_folder`` is of another run into the same private folder.
    """

    def __init__(self, private: Path | None, output: Path | None = None) -> None:
        self._private = private
        self._lines: dict[str, dict[str, Any]] = {}
        path = private / "pixels.jsonl" if private else None
        if path is None or not path.is_file():
            return
        with path.open(encoding="utf-8") as file:
            for entry in map(json.loads, file):
                folder = entry.pop("output_folder", None)
                if folder is None or output is None or Path(folder) == output.resolve():
                    self._lines[entry["output"]] = entry

    def part(self, outputs: Iterable[str]) -> PixelRecords:
        """Return the records of some outputs; they can be sent to another process."""
        made = PixelRecords(None)
        made._private = self._private
        if self._lines:
            made._lines = {output: self._lines[output] for output in outputs if output in self._lines}
        return made

    def of(self, output: str) -> dict[str, Any] | None:
        """Return the record of an output with its mask loaded, None when its pixels are the source's."""
        entry = self._lines.get(output)
        if entry is None or not entry.get("mask") or self._private is None:
            return entry
        loaded = np.load(self._private / entry["mask"], allow_pickle=False)
        return {**entry, "mask": loaded["mask"] if isinstance(loaded, np.lib.npyio.NpzFile) else loaded}
