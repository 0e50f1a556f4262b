"""Finished face plans in the private folder, so that a resumed run takes them instead of making them again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files.folders import open_private
from ..files.output_files import PART_SUFFIX

if TYPE_CHECKING:
    import SimpleITK as sitk

    from ..scan.scan_inputs import Series

PLANS_NAME = "face_plans.jsonl"


class FacePlans:
    """Remembers the plan of each study: one line, written when it is finished.

    Parameters
    ----------
    private : Path
        Private folder.
    keep : bool
        Whether plans of an earlier run are taken; a line that was cut off is left out.
    """

    def __init__(self, private: Path, keep: bool) -> None:
        self._path = private / PLANS_NAME
        self._plans = dict(_read(self._path)) if keep else {}
        part = self._path.with_name(PLANS_NAME + PART_SUFFIX)
        with os.fdopen(open_private(part), "w", encoding="utf-8") as file:
            file.writelines(_line(key, decisions) for key, decisions in self._plans.items())
        os.replace(part, self._path)

    def recall(self, key: str) -> dict[int, dict[str, Any]] | None:
        """Return the decisions of a study by number of the series, None if it was not planned."""
        return self._plans.get(key)

    def remember(self, key: str, decisions: Mapping[int, dict[str, Any]]) -> None:
        """Write the decisions of a study."""
        with os.fdopen(open_private(self._path, "a"), "a", encoding="utf-8") as file:
            file.write(_line(key, decisions))


def key_of(series: Mapping[int, Series], masks: Mapping[str, sitk.Image]) -> str:
    """Return what stands for a study as it is planned: its files, their size and time, and drawn masks."""
    digest = hashlib.blake2b(digest_size=16)
    for number, one in series.items():
        parts = [str(number), one.subject.canonical, one.study_uid, one.series_uid, one.frame_of_reference]
        if one.frame_of_reference in masks:
            parts.append(_mask_digest(masks[one.frame_of_reference]))
        for instance in one.instances:
            with suppress(OSError):
                status = os.stat(instance.source.path)
                parts.append(f"{status.st_size} {status.st_mtime_ns}")
            parts += [instance.source.path, instance.source.member or "", instance.sop_instance_uid]
        digest.update("\0".join(parts).encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def _mask_digest(mask: sitk.Image) -> str:
    import SimpleITK as sitk

    place = repr((mask.GetOrigin(), mask.GetSpacing(), mask.GetDirection(), mask.GetSize()))
    return hashlib.blake2b(place.encode() + sitk.GetArrayViewFromImage(mask).tobytes(), digest_size=16).hexdigest()


def _line(key: str, decisions: Mapping[int, dict[str, Any]]) -> str:
    return json.dumps({"study": key, "series": list(decisions.items())}) + "\n"


def _read(path: Path) -> Iterator[tuple[str, dict[int, dict[str, Any]]]]:
    if not path.exists():
        return
    with open(path, encoding="utf-8", errors="replace") as file:
        for text in _whole_lines(file):
            try:
                line = json.loads(text)
                yield line["study"], dict(line["series"])
            except (ValueError, KeyError, TypeError):
                continue


def _whole_lines(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if line.endswith("\n"))
