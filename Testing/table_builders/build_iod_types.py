"""Rebuild the two tables of attribute Types from the PS3.3 tables in highdicom's wheel (MIT licence).

Run ``pip download --no-deps highdicom==0.28.2``, unzip the wheel, then
``python build_iod_types.py <unzipped>/highdicom/_standard``.

``iod_types.csv.gz``      iod, path (keywords joined by dots), Type 1 or 2: the strongest Type of each attribute
                          of Table E.1-1 that needs it, at any depth, in any module of the IOD; of those that the
                          table removes (X), the few that a mandatory module demands at the top level.
``attribute_types.csv``   tag, Type 1 or 2: the strongest Type anywhere, of attributes that Table E.1-1 does not list.

Attention: highdicom's ``ModuleUsageValues`` swaps the names of the letters U and C; both count here.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections import defaultdict
from pathlib import Path

from pydicom.datadict import dictionary_VR, tag_for_keyword

DATA = Path(__file__).parents[2] / "DeidentifyModule/DeidentifyLib/standard/data"
STRENGTH = {"1": 1, "1C": 1, "2": 2, "2C": 2}


def listed_attributes() -> dict[str, str]:
    """Return the Basic Profile action of each keyword of Table E.1-1."""
    lines = [line for line in (DATA / "table_E.1-1.csv").read_text().splitlines() if not line.startswith("#")]
    return {row["keyword"]: row["basic"] for row in csv.DictReader(lines)}


def main(standard: Path) -> None:
    """Write both tables."""
    modules = json.loads((standard / "module_attribute_map.json").read_text())
    iods = json.loads((standard / "iod_module_map.json").read_text())
    listed = listed_attributes()
    needs_type = {keyword for keyword, action in listed.items() if "/" in action or action == "Z"}
    by_path: dict[tuple[str, str], int] = {}
    by_keyword: dict[str, int] = defaultdict(lambda: 3)
    for iod, uses in iods.items():
        for use in uses:
            for attribute in modules.get(use["key"], []):
                strength = STRENGTH.get(attribute["type"], 3)
                if strength == 3:
                    continue
                keyword = attribute["keyword"]
                demanded = use["usage"] == "M" and attribute["type"] in "12" and not attribute["path"]
                if keyword in needs_type or (listed.get(keyword) == "X" and demanded):
                    key = (iod, ".".join([*attribute["path"], keyword]))
                    by_path[key] = min(by_path.get(key, 3), strength)
                elif keyword not in listed:
                    by_keyword[keyword] = min(by_keyword[keyword], strength)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["iod", "path", "type"])
    writer.writerows([iod, path, strength] for (iod, path), strength in sorted(by_path.items()))
    with open(DATA / "iod_types.csv.gz", "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as compressed:
        compressed.write(buffer.getvalue().encode())
    del by_keyword["ResponsiblePersonRole"]  # 1C on Responsible Person, which goes
    rows = [(tag_for_keyword(keyword), strength) for keyword, strength in by_keyword.items()]
    with open(DATA / "attribute_types.csv", "w", newline="") as file:
        file.write("# Strongest Type (PS3.3) of attributes that Table E.1-1 does not list; absent: Type 3\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["tag", "type"])
        writer.writerows(
            [f"{tag:08X}", strength] for tag, strength in sorted(r for r in rows if r[0]) if dictionary_VR(tag) != "SQ"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
