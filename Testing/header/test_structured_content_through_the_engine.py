"""Clean Structured Content and Clean Graphics (PS3.15 E.3.3, E.3.4) through the reference engine."""

from __future__ import annotations

from io import BytesIO

import pydicom
import pytest
from DeidentifyLib.header.engine import HeaderEngine
from DeidentifyLib.options import Dates, Options
from DeidentifyLib.profile.resolver import Profile
from DeidentifyLib.pseudonyms import Key, Pseudonyms, SubjectIdentity
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

COMPREHENSIVE_SR = "1.2.840.10008.5.1.4.1.1.88.33"
PRESENTATION_STATE = "1.2.840.10008.5.1.4.1.1.11.1"


@pytest.fixture(scope="module")
def pseudonyms(tmp_path_factory: pytest.TempPathFactory) -> Pseudonyms:
    return Pseudonyms(Key.new(tmp_path_factory.mktemp("key") / "key"))


def code(value: str, scheme: str, meaning: str) -> Dataset:
    ds = Dataset()
    ds.CodeValue, ds.CodingSchemeDesignator, ds.CodeMeaning = value, scheme, meaning
    return ds


def item(name: tuple[str, str, str], value_type: str, *children: Dataset, **values: object) -> Dataset:
    ds = Dataset()
    ds.RelationshipType, ds.ValueType = "CONTAINS", value_type
    ds.ConceptNameCodeSequence = [code(*name)]
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    if children:
        ds.ContentSequence = list(children)
    return ds


def reference(*position: int) -> Dataset:
    ds = Dataset()
    ds.RelationshipType, ds.ReferencedContentItemIdentifier = "INFERRED FROM", list(position)
    return ds


def report() -> Dataset:
    number = Dataset()
    number.NumericValue, number.MeasurementUnitsCodeSequence = "12.5", [code("mm", "UCUM", "mm")]
    image = Dataset()
    image.ReferencedSOPClassUID, image.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "1.2.3.4"
    source = item(("121112", "DCM", "Source of Measurement"), "IMAGE", ReferencedSOPSequence=[image])
    source.RelationshipType = "SELECTED FROM"
    finding = code("108369006", "SCT", "Neoplasm")
    root = Dataset()
    root.SOPClassUID, root.SOPInstanceUID = COMPREHENSIVE_SR, "1.2.3"
    root.PatientName, root.PatientID = "Planted^Person", "SECRET-4711"
    root.ValueType, root.ContinuityOfContent = "CONTAINER", "SEPARATE"
    root.ConceptNameCodeSequence = [code("126000", "DCM", "Imaging Measurement Report")]
    root.ContentSequence = [
        item(("121022", "DCM", "Accession Number"), "TEXT", TextValue="SECRET-ACC"),
        item(("121008", "DCM", "Person Observer Name"), "PNAME", PersonName="Secret^Reader"),
        item(("121106", "DCM", "Comment"), "TEXT", TextValue="brain lesion of Mrs Secret, seen 2024-01-31"),
        item(("121071", "DCM", "Finding"), "CODE", ConceptCodeSequence=[finding]),
        item(
            ("410668003", "SCT", "Length"),
            "NUM",
            item(("111030", "DCM", "Image Region"), "SCOORD", source, GraphicType="POINT", GraphicData=[1.0, 2.0]),
            reference(1, 4),
            reference(1, 1),
            MeasuredValueSequence=[number],
        ),
        item(("111060", "DCM", "Study Date"), "DATE", Date="20240131"),
        item(("112040", "DCM", "Tracking Unique Identifier"), "UIDREF", UID="1.2.3.5"),
        item(("99X", "99LOCAL", "Planted free"), "TEXT", TextValue="SECRET"),
        item(("121033", "DCM", "Subject Age"), "NUM", MeasuredValueSequence=[number]),
    ]
    return root


def deidentified(dataset: Dataset, pseudonyms: Pseudonyms, syntax: str, **options: object) -> Dataset:
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    buffer = BytesIO()
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
    buffer.seek(0)
    ds = pydicom.dcmread(buffer)
    engine = HeaderEngine(Profile(Options(**options)), pseudonyms)
    engine.deidentify(ds, pseudonyms.subject(SubjectIdentity("SECRET-4711", "Planted^Person")))
    out = BytesIO()
    pydicom.dcmwrite(out, ds, enforce_file_format=True)
    content = out.getvalue()
    for secret in (b"SECRET", b"Secret", b"Planted", b"4711", b"2024-01-31"):
        assert secret not in content, secret
    return pydicom.dcmread(BytesIO(content))


def concepts(items: list[Dataset]) -> list[str]:
    return [ds.ConceptNameCodeSequence[0].CodeValue if "ConceptNameCodeSequence" in ds else "->" for ds in items]


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_what_identifies_goes_and_the_measurement_stays(pseudonyms: Pseudonyms, syntax: str) -> None:
    ds = deidentified(report(), pseudonyms, syntax, clean_structured_content=True, dates=Dates.REMOVE)
    items = ds.ContentSequence
    assert concepts(items)[:5] == ["121008", "121071", "410668003", "111060", "112040"]
    assert len(items) == 6
    assert items[0].PersonName == "REMOVED"
    assert items[1].ConceptCodeSequence[0].CodeMeaning == "Neoplasm"
    assert items[2].MeasuredValueSequence[0].NumericValue == 12.5
    region = items[2].ContentSequence[0]
    assert list(region.GraphicData) == [1.0, 2.0]
    source = region.ContentSequence[0]
    assert source.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == pseudonyms.uid("1.2.3.4")
    assert items[3].Date == "19000101"
    assert items[4].UID == pseudonyms.uid("1.2.3.5")
    assert items[5].TextValue == "REMOVED"


def test_references_between_items_follow_their_targets(pseudonyms: Pseudonyms) -> None:
    ds = deidentified(report(), pseudonyms, ExplicitVRLittleEndian, clean_structured_content=True)
    length = ds.ContentSequence[2].ContentSequence
    assert concepts(length) == ["111030", "->"]
    assert list(length[1].ReferencedContentItemIdentifier) == [1, 2]


def test_further_options_keep_what_they_say(pseudonyms: Pseudonyms) -> None:
    ds = deidentified(
        report(),
        pseudonyms,
        ExplicitVRLittleEndian,
        clean_structured_content=True,
        clean_descriptors=True,
        keep_subject_characteristics=True,
        dates=Dates.SHIFT,
    )
    by_concept = dict(zip(concepts(ds.ContentSequence), ds.ContentSequence, strict=True))
    assert by_concept["121106"].TextValue == "brain lesion, seen"
    assert by_concept["121033"].MeasuredValueSequence[0].NumericValue == 12.5
    assert by_concept["111060"].Date not in ("20240131", "19000101", "")


def test_without_the_option_the_tree_is_replaced_by_a_dummy(pseudonyms: Pseudonyms) -> None:
    ds = deidentified(report(), pseudonyms, ExplicitVRLittleEndian)
    assert concepts(ds.ContentSequence) == ["121106"]


def test_a_presentation_state_keeps_its_lines_and_technical_texts(pseudonyms: Pseudonyms) -> None:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = PRESENTATION_STATE, "1.2.3"
    ds.PatientName, ds.PatientID = "Planted^Person", "SECRET-4711"
    text, secret, line, annotation, layer = (Dataset() for _ in range(5))
    text.UnformattedTextValue, text.AnchorPointAnnotationUnits = "axial lesion Planted", "PIXEL"
    secret.UnformattedTextValue = "SECRET"
    line.GraphicType, line.GraphicData, line.GraphicDimensions = "POLYLINE", [1.0, 2.0, 3.0, 4.0], 2
    annotation.GraphicLayer = layer.GraphicLayer = "SECRET"
    annotation.TextObjectSequence, annotation.GraphicObjectSequence = [text, secret], [line]
    ds.GraphicAnnotationSequence, ds.GraphicLayerSequence = [annotation], [layer]
    ds.add_new(0x60000040, "CS", "R")
    ds.add_new(0x60001500, "LO", "SECRET")
    ds.add_new(0x60003000, "OW", b"\x01\x02")
    ds.add_new(0x60020040, "CS", "G")
    ds.add_new(0x60023000, "OW", b"\x03\x04")
    ds = deidentified(
        ds, pseudonyms, ExplicitVRLittleEndian, clean_graphics=True, clean_descriptors=True, dates=Dates.REMOVE
    )
    annotation = ds.GraphicAnnotationSequence[0]
    assert [t.UnformattedTextValue for t in annotation.TextObjectSequence] == ["axial lesion"]
    assert list(annotation.GraphicObjectSequence[0].GraphicData) == [1.0, 2.0, 3.0, 4.0]
    assert annotation.GraphicLayer == ds.GraphicLayerSequence[0].GraphicLayer == "LAYER 1"
    assert ds[0x60003000].value == b"\x01\x02"
    assert 0x60001500 not in ds
    assert not [tag for tag in ds.keys() if tag.group == 0x6002]


def test_a_person_who_is_named_only_inside_an_item_goes_from_kept_texts(pseudonyms: Pseudonyms) -> None:
    root = report()
    root.ContentSequence.append(item(("121008", "DCM", "Person Observer Name"), "PNAME", PersonName="Axial^Long"))
    root.SeriesDescription = "axial long brain"
    ds = deidentified(root, pseudonyms, ExplicitVRLittleEndian, clean_structured_content=True, clean_descriptors=True)
    assert ds.SeriesDescription == "brain"


def test_a_meaning_of_the_standard_stays_although_a_person_has_its_name(pseudonyms: Pseudonyms) -> None:
    root = report()
    root.ReferringPhysicianName = "Neoplasm^Imaging"
    ds = deidentified(root, pseudonyms, ExplicitVRLittleEndian, clean_structured_content=True)
    assert ds.ConceptNameCodeSequence[0].CodeMeaning == "Imaging Measurement Report"


def test_a_segment_whose_label_identifies_is_called_by_its_number(pseudonyms: Pseudonyms) -> None:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.3"
    ds.PatientName, ds.PatientID = "Planted^Person", "SECRET-4711"
    segment = Dataset()
    segment.SegmentNumber, segment.SegmentLabel = 7, "Planted"
    ds.SegmentSequence = [segment]
    ds = deidentified(ds, pseudonyms, ExplicitVRLittleEndian, clean_graphics=True)
    assert ds.SegmentSequence[0].SegmentLabel == "Segment 7"


def test_a_tree_of_which_nothing_remains_has_no_empty_sequence(pseudonyms: Pseudonyms) -> None:
    root = report()
    root.ContentSequence = root.ContentSequence[:1]
    ds = deidentified(root, pseudonyms, ExplicitVRLittleEndian, clean_structured_content=True)
    assert "ContentSequence" not in ds
