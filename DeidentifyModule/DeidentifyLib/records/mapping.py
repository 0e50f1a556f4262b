"""Writing of deident.map and of the ``id_old,id_new`` lists into the private folder."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from pathlib import Path

from ..files.fingerprints import Fingerprints
from ..files.folders import open_private
from ..options import Dates, Options
from ..pseudonyms.name_map import MapError, MapRow, check_consistent, map_text, read_map
from ..pseudonyms.pseudonymizer import Pseudonyms
from ..scan.scan_inputs import ScanResult
from ..version import STANDARD_EDITION, __version__

MAP_NAME = "deident.map"
PATIENT_IDS_NAME = "patient_ids.csv"
UIDS_NAME = "uids.csv"


class MappingWriter:
    """Collects replacements and writes them beside those of earlier runs.

    Parameters
    ----------
    private : Path
        Private folder.
    options : Options
        As chosen.
    pseudonyms : Pseudonyms
        Replacements under the project key.

    Raises
    ------
    MapError
        If an earlier map in the folder was made with another key or is damaged.
    """

    def __init__(self, private: Path, options: Options, pseudonyms: Pseudonyms) -> None:
        self._private = private
        self._options = options
        self._pseudonyms = pseudonyms
        self._rows: dict[tuple[str, str, str], MapRow] = {}
        path = private / MAP_NAME
        if path.exists():
            header, rows = read_map(path)
            self._rows = {_key(row): row for row in rows}
            if header.get("key fingerprint") != pseudonyms.fingerprint:
                raise MapError("the map in the private folder was made with another key")
        self._known_uids = _known_uids(private / UIDS_NAME)

    def write_subjects(self, scan: ScanResult) -> None:
        """Add the subjects of a scan to the map.

        Raises
        ------
        MapError
            If the map would give one original two replacements.
        """
        identities = {series.subject.canonical: series.subject for series in scan.series}
        for canonical, identity in identities.items():
            subject = self._pseudonyms.subject(identity)
            shift = str(subject.shift_days) if self._options.dates is Dates.SHIFT else ""
            for name, patient_id in scan.spellings.get(canonical, ()):
                new = (name, patient_id) if self._options.keep_id_name else (subject.new_name, subject.new_id)
                row = MapRow(name, patient_id, *new, shift)
                self._rows[_key(row)] = row
        rows = set(self._rows.values())
        check_consistent(rows)
        header = {
            "deident.map": f"Deidentify {__version__}",
            "edition": STANDARD_EDITION,
            "key fingerprint": self._pseudonyms.fingerprint,
            "options": ", ".join(f"{k}={v}" for k, v in self._options.to_dict().items()),
            "confidential": "this file identifies the subjects; do not share it with the images",
        }
        _replace(self._private / MAP_NAME, map_text(header, rows))
        pairs = sorted({(row.original_id, row.new_id) for row in rows})
        _replace(self._private / PATIENT_IDS_NAME, _csv([("id_old", "id_new"), *pairs]))

    def add_uids(self, uids: Mapping[str, str]) -> None:
        """Append replaced UIDs that are not listed yet."""
        path = self._private / UIDS_NAME
        new = [(old, uids[old]) for old in sorted(uids) if old != uids[old] and self._known_uids.add(old)]
        is_new = not path.exists()
        if new or is_new:
            with os.fdopen(open_private(path, "a"), "a", encoding="utf-8", newline="") as file:
                file.write(_csv([("id_old", "id_new"), *new] if is_new else new))


def _key(row: MapRow) -> tuple[str, str, str]:
    """Return what a row is about: a run with other options replaces the rest of it."""
    return row.original_name, row.original_id, row.new_id


def _known_uids(path: Path) -> Fingerprints:
    known = Fingerprints()
    if path.exists():
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                known.add(row[0] if row else "")
    return known


def _csv(rows: list[tuple[str, str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def _replace(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    with os.fdopen(open_private(part), "w", encoding="utf-8", newline="") as file:
        file.write(text)
    os.replace(part, path)
