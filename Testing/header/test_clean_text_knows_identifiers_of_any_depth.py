"""What a data set says about who its subject is, as Clean Descriptors looks for it."""

from __future__ import annotations

from io import BytesIO

import pydicom
import pytest
from DeidentifyLib.free_text.cleaning import clean_text
from DeidentifyLib.free_text.deep_identifiers import texts_of_items
from DeidentifyLib.free_text.vocabulary import Vocabulary
from DeidentifyLib.header.engine import cleaner_of
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian


def stored(dataset: Dataset, transfer_syntax: str) -> Dataset:
    buffer = BytesIO()
    dataset.save_as(buffer, implicit_vr=transfer_syntax == ImplicitVRLittleEndian, little_endian=True)
    buffer.seek(0)
    meta = pydicom.dataset.FileMetaDataset()
    meta.TransferSyntaxUID = transfer_syntax
    dataset = pydicom.dcmread(buffer, force=True)
    dataset.file_meta = meta
    return dataset


@pytest.fixture(params=[ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def dataset(request: pytest.FixtureRequest) -> Dataset:
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.PatientName = "Müller^Long"
    ds.PatientID = "HEAD-001"
    ds.AccessionNumber = "1234"
    ds.StudyID = "1"
    ds.PatientBirthDate = "19740131"
    ds.InstitutionName = "Lung Hospital"
    ds.StationName = "BIOGRAPH"
    ds.DeviceSerialNumber = "4711"
    ds.SeriesDescription = "axial brain"
    item = Dataset()
    item.PersonName = "Short^Field"
    ordered = Dataset()
    ordered.RequestedProcedureID = "QX-88213"
    ds.RequestAttributesSequence = [ordered]
    ds.ContentSequence = [item]
    return stored(ds, request.param)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mueller long axis", "axis"),
        ("head 001 T1", "T1"),
        ("slice 1234", "slice"),
        ("slice 4711", "slice"),
        ("slice 31/01", "slice"),
        ("lung T1", "T1"),
        ("short field", ""),
        ("axial brain 1", "axial brain 1"),
        ("Biograph", "Biograph"),
        ("T1 QX88213", "T1"),
    ],
)
def test_values_of_any_depth_are_found_in_descriptions(dataset: Dataset, text: str, expected: str) -> None:
    assert clean_text(text, cleaner_of(dataset).identifiers, Vocabulary.load()) == expected


def test_gathering_decodes_no_value_in_place(dataset: Dataset) -> None:
    cleaner_of(dataset)
    texts_of_items(dataset)
    assert isinstance(dataset.get_item("PatientName").value, bytes)
    assert isinstance(dataset.get_item("PatientBirthDate").value, bytes)


@pytest.mark.parametrize(
    ("station", "model", "expected"),
    [
        ("SIEMENS-AWP45", "Siemens Biograph", "Siemens Biograph"),
        ("BIOGRAPH64", "Biograph 64", "Biograph 64"),
        ("CT4711", "Biograph CT4711", "Biograph"),
        ("MUELLER 64", "Biograph Mueller", "Biograph"),
    ],
)
def test_a_station_in_an_item_takes_no_word_from_a_model(
    dataset: Dataset, station: str, model: str, expected: str
) -> None:
    item = Dataset()
    item.StationName = station
    dataset.ContributingEquipmentSequence = [item]
    cleaner = cleaner_of(dataset)
    assert cleaner.equipment(model) == expected
    assert cleaner(f"axial {station}") == "axial"
