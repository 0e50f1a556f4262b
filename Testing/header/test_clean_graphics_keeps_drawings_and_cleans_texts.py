"""Clean Graphics (PS3.15 E.3.3): overlays, curves, annotations, layers and labels."""

from __future__ import annotations

from io import BytesIO

import pydicom
import pytest
from DeidentifyLib.free_text.cleaning import TextCleaner
from DeidentifyLib.free_text.identifiers import Identifiers
from DeidentifyLib.header.clean_graphics import (
    clean_text_objects,
    graphics_action,
    name_by_number,
    rename_layers,
)
from DeidentifyLib.header.siblings import DatasetSiblings
from DeidentifyLib.profile.actions import Action
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]


@pytest.fixture(scope="module")
def clean() -> TextCleaner:
    return TextCleaner(Identifiers.from_values(names=["Secret^Person"]))


def stored(dataset: Dataset, syntax: str = ExplicitVRLittleEndian) -> Dataset:
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.11.1", "1.2.3"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    buffer = BytesIO()
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
    buffer.seek(0)
    return pydicom.dcmread(buffer)


def overlay(kind: str | None) -> DatasetSiblings:
    ds = Dataset()
    ds.add_new(0x60020010, "US", 8)
    if kind is not None:
        ds.add_new(0x60020040, "CS", kind)
    ds.add_new(0x60021500, "LO", "label")
    ds.add_new(0x60023000, "OW", bytes(8))
    return DatasetSiblings(stored(ds))


def test_a_region_of_interest_stays_and_a_drawing_of_pixels_goes() -> None:
    roi = overlay("R")
    assert graphics_action(roi, 0x60023000) is Action.KEEP
    assert graphics_action(roi, 0x60021500) is Action.CLEAN
    for kind in ("G", None):
        drawing = overlay(kind)
        assert {graphics_action(drawing, tag) for tag in (0x60020010, 0x60021500, 0x60023000)} == {Action.REMOVE}


@pytest.mark.parametrize(("kind", "stays"), [("ECG", True), ("TAC", True), ("VOICE", False), (None, False)])
def test_curves_of_measured_values_stay_without_audio_and_with_clean_texts(kind: str | None, stays: bool) -> None:
    ds = Dataset()
    if kind:
        ds.add_new(0x50020020, "CS", kind)
    ds = DatasetSiblings(stored(ds))
    assert graphics_action(ds, 0x50023000) is (Action.KEEP if stays else Action.REMOVE)
    assert graphics_action(ds, 0x50020022) is (Action.CLEAN if stays else Action.REMOVE)
    assert graphics_action(ds, 0x5002200C) is Action.REMOVE
    assert graphics_action(ds, 0x52009229) is None
    assert graphics_action(ds, 0x54000100) is None


def presentation_state(syntax: str) -> Dataset:
    ds = Dataset()
    annotations = []
    for layer, texts, lines in (
        ("SECRET LAYER", ["Person axial", "Secret"], 0),
        ("SECRET LAYER", ["Secret"], 0),
        ("LAYER 1", ["Secret"], 1),
    ):
        annotation = Dataset()
        annotation.GraphicLayer = layer
        annotation.TextObjectSequence = []
        for text in texts:
            item = Dataset()
            item.UnformattedTextValue = text
            annotation.TextObjectSequence.append(item)
        if lines:
            line = Dataset()
            line.GraphicType = "POLYLINE"
            annotation.GraphicObjectSequence = [line]
        annotations.append(annotation)
    ds.GraphicAnnotationSequence = annotations
    ds.GraphicLayerSequence = []
    for name in ("SECRET LAYER", "LAYER 1"):
        layer_item = Dataset()
        layer_item.GraphicLayer = name
        ds.GraphicLayerSequence.append(layer_item)
    ds.add_new(0x60001001, "CS", "SECRET LAYER")
    return stored(ds, syntax)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_text_objects_are_cleaned_and_empty_ones_dropped(syntax: str, clean: TextCleaner) -> None:
    ds = presentation_state(syntax)
    clean_text_objects(ds, clean)
    texts = [[t.UnformattedTextValue for t in a.get("TextObjectSequence", [])] for a in ds.GraphicAnnotationSequence]
    assert texts == [["axial"], []]
    assert "TextObjectSequence" not in ds.GraphicAnnotationSequence[1]
    assert len(ds.GraphicAnnotationSequence[1].GraphicObjectSequence) == 1


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_layer_has_the_same_new_name_wherever_it_is_used(syntax: str, clean: TextCleaner) -> None:
    ds = presentation_state(syntax)
    rename_layers(ds, clean)
    defined = [layer.GraphicLayer for layer in ds.GraphicLayerSequence]
    assert len(set(defined)) == 2
    assert "SECRET" not in "".join(defined)
    assert defined[1] == "LAYER 1"
    assert [a.GraphicLayer for a in ds.GraphicAnnotationSequence] == [defined[0], defined[0], defined[1]]
    assert ds[0x60001001].value == defined[0]
    assert all(clean(name) == name for name in defined)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_label_of_which_nothing_remains_becomes_its_number(syntax: str, clean: TextCleaner) -> None:
    ds = Dataset()
    ds.StructureSetROISequence = []
    for number, name in ((7, "Secret"), (8, "GTV Person")):
        roi = Dataset()
        roi.ROINumber, roi.ROIName = number, name
        ds.StructureSetROISequence.append(roi)
    segment = Dataset()
    segment.SegmentNumber, segment.SegmentLabel = 3, "Secret Person"
    ds.SegmentSequence = [segment]
    ds = stored(ds, syntax)
    name_by_number(ds, clean)
    assert [roi.ROIName for roi in ds.StructureSetROISequence] == ["ROI 7", "GTV"]
    assert ds.SegmentSequence[0].SegmentLabel == "Segment 3"
    assert ds.SegmentSequence[0].SegmentNumber == 3


def test_a_data_set_without_graphics_is_left_alone(clean: TextCleaner) -> None:
    ds = stored(Dataset())
    before = set(ds.keys())
    for function in (clean_text_objects, rename_layers, name_by_number):
        function(ds, clean)
    assert set(ds.keys()) == before
