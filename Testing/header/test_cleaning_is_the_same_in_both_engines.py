"""The byte-stream engine cleans as the reference engine does, or hands the file over."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from DeidentifyLib.batch.process import stream_file
from DeidentifyLib.dicom.dicom_file import read, write
from DeidentifyLib.files.input_files import Source
from DeidentifyLib.header.deidentification_method import add_deidentification_method
from DeidentifyLib.header.engine import HeaderEngine
from DeidentifyLib.header.identity import identity_of
from DeidentifyLib.header.stream.engine import StreamEngine
from DeidentifyLib.header.stream.errors import NotStreamable
from DeidentifyLib.options import Options
from DeidentifyLib.profile.resolver import Profile
from DeidentifyLib.pseudonyms import Key, Pseudonyms
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

ALL = Options(clean_graphics=True, clean_structured_content=True, clean_descriptors=True)


def labelled() -> Dataset:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.3"
    ds.PatientName, ds.PatientID, ds.SeriesDescription = "Planted^Axial", "4711", "axial brain of Planted"
    segment, meaning = Dataset(), Dataset()
    segment.SegmentNumber, segment.SegmentLabel = 7, "Planted"
    meaning.CodeValue, meaning.CodingSchemeDesignator, meaning.CodeMeaning = "12738006", "SCT", "Brain"
    segment.AnatomicRegionSequence = [meaning]
    ds.SegmentSequence = [segment]
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return ds


@pytest.fixture(params=["CT_small.dcm", "MR_small.dcm", "rtstruct.dcm", "labels"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param != "labels":
        return Path(str(get_testdata_file(request.param)))
    path = tmp_path / "labels.dcm"
    pydicom.dcmwrite(path, labelled(), enforce_file_format=True)
    return path


@pytest.mark.parametrize("options", [Options(), ALL], ids=["basic", "cleaned"])
def test_the_outputs_are_equal_unless_the_file_is_handed_over(path: Path, options: Options, tmp_path: Path) -> None:
    pseudonyms = Pseudonyms(Key.new(tmp_path / "key"))
    engine = HeaderEngine(Profile(options), pseudonyms)
    with open(path, "rb") as file:
        dataset = read(file)
    subject = pseudonyms.subject(identity_of(dataset))
    engine.deidentify(dataset, subject)
    add_deidentification_method(dataset, options)
    expected = BytesIO()
    write(expected, dataset)
    output = tmp_path / "output.dcm"
    try:
        stream_file(StreamEngine(engine), Source(str(path)), str(output), subject, False)
    except NotStreamable:
        assert path.name in ("labels.dcm", "rtstruct.dcm")
        return
    assert output.read_bytes() == expected.getvalue()
