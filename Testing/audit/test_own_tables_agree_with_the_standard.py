"""The audit's tables are what its own parser makes of the published ones; they are never edited by hand."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from DeidentifyLib.audit.expectation import Expectation
from DeidentifyLib.audit.tables import action_rows, method_codes, row_of, safe_private, word_list

STANDARD = Path(__file__).parents[2] / "DeidentifyModule" / "DeidentifyLib" / "standard" / "data"


COLUMNS = {
    "uids": "U",
    "device": "D",
    "institution": "I",
    "patient": "P",
    "full_dates": "F",
    "modified_dates": "M",
    "descriptors": "T",
    "structured_content": "S",
    "graphics": "G",
}


def published(name: str) -> list[dict[str, str]]:
    """Return the rows of a table that the engine uses."""
    with (STANDARD / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


def test_engine_and_audit_read_the_same_actions_from_two_parsers() -> None:
    theirs = {
        int(row["tag"], 16): (row["basic"], {letter: row[name] for name, letter in COLUMNS.items() if row[name]})
        for row in published("table_E.1-1.csv")
        if re.fullmatch("[0-9A-F]{8}", row["tag"])
    }
    assert len(theirs) > 640
    mine = {tag: (action_rows()[tag].basic, action_rows()[tag].options) for tag in theirs if tag in action_rows()}
    assert mine == theirs


def test_engine_and_audit_call_the_same_private_elements_safe() -> None:
    rows = published("table_E.3.10-1.csv")
    theirs = {(row["creator"], int(row["group"], 16), int(row["low_byte"], 16)): row["vr"] for row in rows}
    assert len(theirs) > 450
    assert safe_private() == theirs


@pytest.mark.parametrize(
    ("tag", "options", "action"),
    [
        (0x00100010, {}, "Z"),
        (0x00100010, {"keep_id_name": True}, "K"),
        (0x00080020, {"dates": "shift"}, "C"),
        (0x00080020, {"dates": "keep"}, "K"),
        (0x00080020, {"dates": "remove"}, "Z"),
        (0x00100030, {"dates": "keep"}, "Z"),
        (0x00101030, {"keep_subject_characteristics": True}, "K"),
        (0x00101030, {}, "X"),
        (0x0020000D, {"retain_uids": True}, "K"),
        (0x0008103E, {"clean_descriptors": True}, "C"),
        (0x00181000, {"retain_device_identity": True}, "K"),
        (0x00080080, {"retain_institution_identity": True}, "K"),
        (0x60023000, {"clean_graphics": True}, "C"),
        (0x60003000, {}, "X"),
        (0x50020010, {}, "X"),
        (0x52009230, {}, "-"),
        (0x54000100, {}, "-"),
        (0x00280010, {}, "-"),
    ],
)
def test_an_option_changes_the_action_as_the_table_says(tag: int, options: dict, action: str) -> None:
    assert Expectation.from_options({"dates": "remove", **options}).action(tag)[0] == action


def test_groups_52_and_54_are_no_curves() -> None:
    assert row_of(0x50FE0010) is not None
    assert row_of(0x52000010) is None
    assert row_of(0x50010010) is None


def test_every_option_has_its_code() -> None:
    everything = Expectation.from_options(
        dict.fromkeys(
            (
                "keep_subject_characteristics",
                "keep_safe_private",
                "retain_uids",
                "retain_device_identity",
                "retain_institution_identity",
                "clean_descriptors",
                "clean_structured_content",
                "clean_graphics",
            ),
            True,
        )
        | {"dates": "keep"}
    )
    other = Expectation.from_options({"dates": "shift"})
    assert everything.codes() | other.codes() | {"113101", "113102"} == set(method_codes())


def test_engine_and_audit_agree_which_attributes_name_equipment() -> None:
    theirs = {row["tag"].lower() for row in published("unlisted.csv") if row["class"] == "equipment"}
    assert word_list("equipment.txt") == theirs
    assert {"00080070", "00081090", "00181020"} <= theirs
