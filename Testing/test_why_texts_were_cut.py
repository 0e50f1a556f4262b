"""The preview and the counts of a run say which rule took something from a text, alike in both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
import runs
from DeidentifyLib.batch.preview import preview
from DeidentifyLib.files.input_files import Source
from DeidentifyLib.options import Options
from DeidentifyLib.pseudonyms import Key, Pseudonyms
from pydicom.dataset import Dataset
from synthetic.files import write_file
from synthetic.images import secondary_capture
from synthetic.patient import Patient
from synthetic.planted import Planter

TEXTS = {
    "SeriesDescription": ("axial Quorvex brain", "axial brain", "an unknown word"),
    "StudyDescription": ("brain 12.07.1941", "brain", "a date or time"),
    "ProtocolName": ("Gurgle_L", None, "would say something else without its neighbours"),
    "ImageComments": ("brain, pt 8830 no 156", "brain", "a record number"),
}


def image() -> Dataset:
    dataset = secondary_capture(Patient.new(Planter(811), "patient"))
    for keyword, (text, _, _) in TEXTS.items():
        setattr(dataset, keyword, text)
    request = Dataset()
    request.RequestedProcedureID = "QX88213"
    dataset.RequestAttributesSequence = [request]
    dataset.ProtocolName = TEXTS["ProtocolName"][0]
    dataset.DerivationDescription = "brain QX88213"
    dataset.ImageType = ["DERIVED", "PRIMARY", "WALLACE"]
    dataset.ViewPosition = "SMITHERS"
    return dataset


def test_the_preview_says_which_rule_took_something(tmp_path: Path) -> None:
    path = tmp_path / "one.dcm"
    write_file(path, image())
    rows = preview(Source(str(path)), Options(clean_descriptors=True), Pseudonyms(Key(b"text" * 8)))
    by_name = {row.keyword: row for row in rows}
    for keyword, (_, kept, rule) in TEXTS.items():
        assert by_name[keyword].result == (kept or ""), keyword
        assert rule in by_name[keyword].reason, keyword
    assert by_name["DerivationDescription"].result == "brain"
    assert "an identifier of the data set" in by_name["DerivationDescription"].reason
    assert by_name["ImageType"].result == "DERIVED\\PRIMARY\\OTHER"


@pytest.mark.parametrize("engine", ["reference", "auto"])
def test_both_engines_cut_alike_and_the_audit_passes(engine: str, tmp_path: Path, key_file: Path) -> None:
    write_file(tmp_path / "in" / "one.dcm", image())
    done = runs.run(tmp_path / "in", output=tmp_path / engine, key=key_file, engine=engine, clean_descriptors=True)
    assert done.code == 0, done.report["audit"]
    ((_, path),) = done.pairs()
    dataset = runs.read(path)
    for keyword, (_, kept, _) in TEXTS.items():
        assert dataset.get(keyword) in ((kept,) if kept else (None, "")), keyword
    assert list(dataset.ImageType) == ["DERIVED", "PRIMARY", "OTHER"]
    assert dataset.get("ViewPosition", "") in ("", None, "OTHER")
