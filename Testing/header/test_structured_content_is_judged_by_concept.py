"""Clean Structured Content (PS3.15 E.3.4): Table E.3.4-1 row by row, and what it does not list."""

from __future__ import annotations

import csv
from io import BytesIO
from pathlib import Path

import DeidentifyLib
import pydicom
import pytest
from DeidentifyLib.header.structured_content import (
    Code,
    ContentAction,
    clean_content_sequence,
    content_item_action,
    decide_content_item,
    value_type_of,
)
from DeidentifyLib.options import Dates, Options
from DeidentifyLib.profile.actions import Action
from pydicom.dataset import Dataset

TABLE = Path(DeidentifyLib.__file__).parent / "standard" / "data" / "table_E.3.4-1.csv"
DATES = {"DATE", "TIME", "DATETIME"}
REFERENCES = {"IMAGE", "COMPOSITE", "WAVEFORM", "UIDREF"}
BASIC = Options(clean_structured_content=True, dates=Dates.REMOVE)
COLUMNS = {
    "rtn_uids": BASIC.with_changes(retain_uids=True),
    "rtn_dev_id": BASIC.with_changes(retain_device_identity=True),
    "rtn_inst_id": BASIC.with_changes(retain_institution_identity=True),
    "rtn_pat_chars": BASIC.with_changes(keep_subject_characteristics=True),
    "rtn_long_full_dates": BASIC.with_changes(dates=Dates.KEEP),
    "rtn_long_modif_dates": BASIC.with_changes(dates=Dates.SHIFT),
    "clean_desc": BASIC.with_changes(clean_descriptors=True),
}


def table() -> list[dict[str, str]]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def expected(row: dict[str, str], cell: str) -> ContentAction:
    if cell == "K":
        return ContentAction.KEEP
    if cell == "C":
        return ContentAction.DATE if row["value_type"] in DATES else ContentAction.CLEAN
    if row["basic_profile"] == "X":
        return ContentAction.REMOVE
    return ContentAction.UID if row["value_type"] in REFERENCES else ContentAction.DUMMY


def item(concept: tuple[str, str] | None, value_type: str, **values: object) -> Dataset:
    ds = Dataset()
    ds.RelationshipType = "CONTAINS"
    ds.ValueType = value_type
    if concept is not None:
        name = Dataset()
        name.CodeValue, name.CodingSchemeDesignator = concept
        name.CodeMeaning = "not looked at"
        ds.ConceptNameCodeSequence = [name]
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


def stored(dataset: Dataset) -> Dataset:
    buffer = BytesIO()
    dataset.save_as(buffer, implicit_vr=False, little_endian=True)
    buffer.seek(0)
    return pydicom.dcmread(buffer, force=True)


@pytest.mark.parametrize("column", ["", *COLUMNS])
@pytest.mark.parametrize("row", table(), ids=lambda row: f"{row['code']} {row['value_type']}")
def test_every_cell_of_the_table_is_carried_out(row: dict[str, str], column: str) -> None:
    options = COLUMNS[column] if column else BASIC
    action = content_item_action(Code.of(row["code"], row["scheme"]), row["value_type"], options)
    assert action is expected(row, row[column] if column else "")


@pytest.mark.parametrize(
    ("code", "scheme", "value_type", "action"),
    [
        ("F-02455", "SRT", "TEXT", ContentAction.REMOVE),
        ("F-02455", "SNM3", "TEXT", ContentAction.REMOVE),
        ("F-02455", "99SDM", "TEXT", ContentAction.REMOVE),
        ("G-D321", "SRT", "DATETIME", ContentAction.DUMMY),
        ("11951-1", "LOINC", "TEXT", ContentAction.DUMMY),
        (" 121022 ", "dcm", "TEXT", ContentAction.REMOVE),
    ],
)
def test_older_names_of_coding_schemes_meet_the_same_rows(
    code: str, scheme: str, value_type: str, action: ContentAction
) -> None:
    assert content_item_action(Code.of(code, scheme), value_type, BASIC) is action


@pytest.mark.parametrize(
    ("value_type", "action"),
    [
        ("TEXT", ContentAction.DUMMY),
        ("PNAME", ContentAction.DUMMY),
        ("DATE", ContentAction.DUMMY),
        ("UIDREF", ContentAction.UID),
        ("CODE", ContentAction.KEEP),
        ("NUM", ContentAction.KEEP),
        ("IMAGE", ContentAction.KEEP),
        ("SCOORD", ContentAction.KEEP),
        ("SCOORD3D", ContentAction.KEEP),
        ("TCOORD", ContentAction.KEEP),
        ("CONTAINER", ContentAction.KEEP),
    ],
)
def test_a_concept_that_is_not_listed_is_judged_by_its_value_type(value_type: str, action: ContentAction) -> None:
    assert content_item_action(Code.of("99X", "99LOCAL"), value_type, BASIC) is action
    assert content_item_action(None, value_type, BASIC) is action


def test_what_the_table_does_not_list_follows_the_options_too() -> None:
    unlisted = Code.of("99X", "99LOCAL")
    assert content_item_action(unlisted, "TEXT", COLUMNS["clean_desc"]) is ContentAction.CLEAN
    assert content_item_action(unlisted, "DATE", COLUMNS["rtn_long_modif_dates"]) is ContentAction.DATE
    height = Code.of("8302-2", "LN")
    assert content_item_action(height, "NUM", BASIC) is ContentAction.REMOVE
    assert content_item_action(height, "NUM", COLUMNS["rtn_pat_chars"]) is ContentAction.KEEP
    assert content_item_action(Code.of("111001", "DCM"), "TEXT", BASIC) is ContentAction.CLEAN


def test_the_value_attribute_of_an_item_gets_the_action_of_the_item() -> None:
    text = 0x0040A160
    assert decide_content_item(
        stored(item(("121106", "DCM"), "TEXT", TextValue="x")), COLUMNS["clean_desc"]
    ).actions == {text: Action.CLEAN}
    serial = stored(item(("121016", "DCM"), "TEXT", TextValue="4711"))
    assert decide_content_item(serial, COLUMNS["rtn_dev_id"]).actions == {text: Action.KEEP}
    assert not decide_content_item(serial, BASIC).keep
    day = stored(item(("111060", "DCM"), "DATE", Date="20240131"))
    assert decide_content_item(day, COLUMNS["rtn_long_modif_dates"]).actions == {0x0040A121: Action.SHIFT}
    assert decide_content_item(day, BASIC).actions == {0x0040A121: Action.DUMMY}
    name = stored(item(("121008", "DCM"), "PNAME", PersonName="Secret^Name"))
    assert decide_content_item(name, COLUMNS["clean_desc"]).actions == {0x0040A123: Action.DUMMY}
    uid = stored(item(("112040", "DCM"), "UIDREF", UID="1.2.3"))
    assert decide_content_item(uid, BASIC).actions == {0x0040A124: Action.UID}
    assert decide_content_item(uid, COLUMNS["rtn_uids"]).actions == {0x0040A124: Action.KEEP}


def test_deciding_decodes_no_value_in_place() -> None:
    ds = stored(item(("121106", "DCM"), "TEXT", TextValue="secret"))
    decide_content_item(ds, BASIC)
    assert isinstance(ds.get_item("TextValue").value, bytes)
    assert isinstance(ds.get_item("ValueType").value, bytes)


def test_the_image_that_coordinates_are_selected_from_stays() -> None:
    image = item(("121080", "DCM"), "IMAGE")
    assert not decide_content_item(stored(image), BASIC).keep
    image.RelationshipType = "SELECTED FROM"
    assert decide_content_item(stored(image), BASIC).action is ContentAction.UID


def test_an_item_of_acquisition_context_without_value_type_is_judged_by_what_it_holds() -> None:
    ds = item(None, "X", NumericValue="3")
    del ds.ValueType
    assert value_type_of(stored(ds)) == "NUM"
    ds = item(None, "X", PersonName="Secret^Name")
    del ds.ValueType
    assert value_type_of(stored(ds)) == "PNAME"
    assert value_type_of(stored(Dataset())) == "TEXT"


def test_items_go_and_the_others_stay_the_same_objects_in_the_same_order() -> None:
    root = Dataset()
    root.ContentSequence = [
        item(("121071", "DCM"), "CODE"),
        item(("121022", "DCM"), "TEXT", TextValue="4711"),
        item(("125007", "DCM"), "CONTAINER"),
        item(("121029", "DCM"), "PNAME", PersonName="Secret^Name"),
    ]
    root = stored(root)
    items = root.ContentSequence
    before = list(items)
    entered: list[tuple[Dataset, dict[int, Action]]] = []
    removed = clean_content_sequence(items, BASIC, lambda ds, actions: entered.append((ds, dict(actions))))
    assert removed == 1
    assert [id(ds) for ds in items] == [id(before[i]) for i in (0, 2, 3)]
    assert (before[3], {0x0040A123: Action.DUMMY}) in entered
    assert all(ds is not before[1] for ds, _ in entered)
