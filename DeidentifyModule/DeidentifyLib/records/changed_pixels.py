"""Which voxels of which outputs were changed: one line each in the private folder, for the audit."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..files.fingerprints import Fingerprints
from ..files.folders import open_private
from ..files.output_files import PART_SUFFIX
from .tasks import TaskResult

PIXELS_NAME = "pixels.jsonl"


class ChangedPixels:
    """Writes ``pixels.jsonl``; see docs/audit.md.

    Parameters
    ----------
    private : Path
        Private folder.
    output : str
        The output folder as the run names it; a private folder may serve several.
    """

    def __init__(self, private: Path, output: str) -> None:
        self._path = private / PIXELS_NAME
        self._output = output

    def add(self, result: TaskResult) -> None:
        """Note what a task changed; to be called before the task counts as done."""
        lines = [
            {"output": one.item.output, "boxes": [], "mask": one.mask, "output_folder": self._output}
            for one in result.instances
            if one.mask
        ]
        if lines:
            with os.fdopen(open_private(self._path, "a"), "a", encoding="utf-8") as file:
                file.writelines(json.dumps(line) + "\n" for line in lines)

    def reduce(self, done: Fingerprints) -> None:
        """Leave one line for each output that stays done, and the lines of other output folders.

        Parameters
        ----------
        done : Fingerprints
            Outputs that an interrupted run wrote and that stay.
        """
        if not self._path.exists():
            return
        part = self._path.with_name(PIXELS_NAME + PART_SUFFIX)
        seen = Fingerprints()
        with os.fdopen(open_private(part), "w", encoding="utf-8") as file:
            for line in self._lines():
                is_other = line.get("output_folder", self._output) != self._output
                if is_other or (line["output"] in done and seen.add(line["output"])):
                    file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self._path)

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Yield the lines; one that was cut off is left out."""
        with open(self._path, encoding="utf-8", errors="replace") as file:
            for text in file:
                try:
                    line = json.loads(text)
                except ValueError:
                    continue
                if text.endswith("\n") and isinstance(line, dict) and "output" in line:
                    yield line
