"""Make the audit's own tables from a folder of PS3.15 tables in CSV.

``python Testing/audit/make_audit_tables.py FOLDER`` reads ``table_E.1-1.csv``, ``table_E.3.10-1.csv``,
``cid_7050.csv``, ``not_in_E.1-1_by_vr.csv``, ``iod_of_sop_class.csv`` and ``iod_types.csv.gz`` and writes the files of
``DeidentifyLib/audit/data``. It is a parser of its own: the audit must not inherit a mistake of the engine's loader.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).parents[2] / "DeidentifyModule" / "DeidentifyLib" / "audit" / "data"

OPTION_LETTERS = {
    "rtn_uids": "U",
    "rtn_dev_id": "D",
    "rtn_inst_id": "I",
    "rtn_pat_chars": "P",
    "rtn_long_full_dates": "F",
    "rtn_long_modif_dates": "M",
    "clean_desc": "T",
    "clean_struct_cont": "S",
    "clean_graph": "G",
}
INSTANCE_UIDS_NOT_LISTED = (
    "00081167 00083012 0018991E 00200242 00209312 00209313 00280304 00687004 0070031B 00701209 300A0675 0072007F"
).split()
PLACE = re.compile(
    r"Address|Institution|Department|Station Name|Location|Residence|Organization|Site Name|Requesting Service"
)
IDENTIFIER = re.compile(r"\bIDs?\b|Number\b|Identifier|Serial|Barcode|Military Rank|Medical Record")
CONTACT = re.compile(r"Telephone|Phone|Telecom")
TEXT_VRS = {"LO", "SH", "ST", "LT", "UT", "UC", "UR"}


def kind_of(name: str, vr: str) -> str:
    """Return what sort of identifier an attribute holds: person, date, contact, place, id, station, text or other."""
    if vr == "PN" or (name.startswith("Name to Use") and "Comment" not in name):
        return "person"
    if vr in ("DA", "DT") or "DateTime" in name:
        return "date"
    if vr == "AE":
        return "station"
    if vr and vr not in TEXT_VRS:
        return "other"
    for kind, pattern in (("contact", CONTACT), ("place", PLACE), ("id", IDENTIFIER)):
        if pattern.search(name):
            return kind
    return "text" if vr in TEXT_VRS else "other"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _tag(text: str) -> str | None:
    found = re.fullmatch(r"\(([0-9A-Fa-f]{4}),([0-9A-Fa-f]{4})\)", text)
    return (found[1] + found[2]).upper() if found else None


def _write(name: str, columns: str, lines: list[str]) -> None:
    text = f"# made by Testing/audit/make_audit_tables.py; do not edit\n{columns}\n" + "\n".join(sorted(lines)) + "\n"
    (TARGET / name).write_text(text, encoding="utf-8")


def write_actions(folder: Path) -> None:
    """Write ``actions.tsv``: every listed tag with VR, basic action, options and kind; and the unlisted ones by VR."""
    lines = []
    for row in _rows(folder / "table_E.1-1.csv"):
        pattern = row["tag"]
        if "odd" in pattern:
            continue
        tag = _tag(pattern) or re.sub(r"[(),]", "", pattern)
        options = ",".join(f"{letter}:{row[column]}" for column, letter in OPTION_LETTERS.items() if row[column])
        kind = kind_of(row["name"], row["vr_ps36"])
        vr = row["vr_ps36"].split(" ")[0]
        lines.append("\t".join((tag, vr, row["basic_profile"], options, kind, row["name"])))
    for row in _rows(folder / "not_in_E.1-1_by_vr.csv"):
        tag = _tag(row["tag"])
        if tag is None or tag.startswith("0000"):
            continue
        action = "U" if tag in INSTANCE_UIDS_NOT_LISTED else "-"
        lines.append("\t".join((tag, row["vr"], action, "U:K" if action == "U" else "", "unlisted", row["name"])))
    _write("actions.tsv", "tag\tvr\tbasic\toptions\tkind\tname", lines)


def write_safe_private(folder: Path) -> None:
    """Write ``safe_private.tsv``: creator, group, low byte of the element, VR."""
    lines = [
        "\t".join((row["private_creator"], row["group"].upper(), row["element_low_byte"].upper(), row["vr"]))
        for row in _rows(folder / "table_E.3.10-1.csv")
    ]
    _write("safe_private.tsv", "creator\tgroup\telement\tvr", lines)


def write_codes(folder: Path) -> None:
    """Write ``method_codes.tsv``: the codes of CID 7050."""
    lines = [f"{row['code']}\t{row['meaning']}" for row in _rows(folder / "cid_7050.csv")]
    _write("method_codes.tsv", "code\tmeaning", lines)


def write_types(folder: Path) -> None:
    """Write ``types.tsv``: tag, Type in the mandatory modules, SOP classes; only Type 1 and 2 at the top level."""
    classes = defaultdict(list)
    for row in _rows(folder / "iod_of_sop_class.csv"):
        classes[row["iod"]].append(row["sop_class_uid"].removeprefix("1.2.840.10008."))
    groups = defaultdict(list)
    with gzip.open(folder / "iod_types.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if "." not in row["attribute_path"] and row["type_in_M_modules"] in ("1", "2"):
                groups[_tag(row["tag"]), row["type_in_M_modules"]] += classes[row["iod"]]
    lines = [f"{tag}\t{kind}\t{' '.join(sorted(uids))}" for (tag, kind), uids in groups.items() if uids]
    _write("types.tsv", "tag\ttype\tsop classes below 1.2.840.10008", lines)


def main(arguments: list[str]) -> int:
    """Write all tables from the folder that the one argument names."""
    folder = Path(arguments[0])
    TARGET.mkdir(parents=True, exist_ok=True)
    for write in (write_actions, write_safe_private, write_codes, write_types):
        write(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
